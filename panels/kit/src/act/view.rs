//! What the page of an action shows.

use rackwright_catalog::{Effect, Entry, Fault, FieldProblem, schema};
use rackwright_client::cli_line;
use rackwright_model::Millis;
use serde::Serialize;
use serde_json::Value;

use super::room::RoomView;
use crate::form::{self, Choices, Field, FormView, Typed, view::Drawing};
use crate::messages::{has, of_catalogue, tell, tell_with};
use crate::panel::Tier;
use crate::table::{self, Fact, Table};
use crate::words;

/// Fields that few need, by action: they stand folded below the others.
const RARE: [(&str, &[&str]); 1] = [("private-server.create", &["nas", "priority", "shares", "address_v6"])];

/// The page of an action.
#[derive(Debug, Clone, Serialize)]
pub struct ActView {
    pub action: &'static str,
    pub path: String,
    pub title: String,
    pub summary: String,
    /// `read`, `change` or `destroy`.
    pub effect: &'static str,
    /// The object that the page is about, when it is known.
    pub object: String,
    pub form: FormView,
    /// The command that does what the form says now.
    pub line: String,
    pub fault: Option<Fault>,
    pub result: Option<ResultView>,
    /// Where "Back" leads.
    pub back: String,
    /// The room on servers, where the action asks for some.
    pub room: Option<RoomView>,
}

/// The output of an action that is for reading, or that is shown only once.
#[derive(Debug, Clone, Serialize)]
pub struct ResultView {
    pub title: String,
    pub table: Option<Table>,
    pub facts: Vec<Fact>,
    /// A secret is among the facts and will not be shown again.
    pub once: bool,
}

/// What a form is drawn from.
pub struct Draft<'a> {
    pub entry: &'static Entry,
    pub fields: &'a [Field],
    pub typed: &'a Typed,
    pub choices: &'a Choices,
    pub fault: Option<Fault>,
    pub echo_secrets: bool,
    pub grow: Option<&'a str>,
}

impl Draft<'_> {
    /// The page of the action with what is typed so far.
    #[must_use]
    pub fn view(self, tier: &dyn Tier) -> ActView {
        let spec = &self.entry.spec;
        let input = form::decode(self.fields, self.typed);
        let object = spec.main.and_then(|main| self.typed.get(main)).unwrap_or_default().trim().to_owned();
        let problems: &[FieldProblem] = self.fault.as_ref().map_or(&[], |fault| &fault.fields);
        let drawing = Drawing {
            typed: self.typed,
            problems,
            choices: self.choices,
            echo_secrets: self.echo_secrets,
            fixed: spec.main.filter(|_| is_about_a_thing(self.entry)),
            grow: self.grow,
        };
        let mut form = FormView::draw(self.fields, &drawing);
        ask_for_the_name(&mut form, &confirmed(self.entry, self.typed, &object), self.entry);
        for (_, rare) in RARE.iter().filter(|(action, _)| *action == spec.name) {
            form.fold(rare);
        }
        ActView {
            action: spec.name,
            path: crate::shell::act_path(self.entry),
            title: title(self.entry, &object),
            summary: of_catalogue(spec.summary).into_owned(),
            effect: match spec.effect {
                Effect::Read if spec.only_looks() => "read",
                Effect::Read | Effect::Change => "change",
                Effect::Destroy => "destroy",
            },
            line: cli_line(self.entry, &schema::redact(&(self.entry.input_schema)(), &input)),
            back: tier.home_of(self.entry, &input, None),
            form,
            object,
            fault: self.fault,
            result: None,
            room: None,
        }
    }
}

/// Whether the main field names something that is there already.
pub fn is_about_a_thing(entry: &Entry) -> bool {
    let schema = (entry.input_schema)();
    entry.spec.main.is_some_and(|main| schema["properties"][main].get("x-from").is_some())
}

/// "Install r1-u07", "Create user", "List servers".
#[must_use]
pub fn title(entry: &Entry, object: &str) -> String {
    let verb = of_catalogue(entry.spec.title);
    // A list is of several.
    let several = format!("several-{}", entry.spec.noun());
    let noun = match entry.spec.verb() {
        "list" if has(&several) => tell(&several),
        _ => words::noun(entry.spec.noun()),
    };
    let values = [("verb", verb.into()), ("noun", noun.into()), ("object", object.into())];
    let named = is_about_a_thing(entry) && !object.is_empty();
    if entry.spec.title.contains(' ') && !named {
        // It says already of what it is: "Add passkey".
        return of_catalogue(entry.spec.title).into_owned();
    }
    tell_with(if named { "act-title-of" } else { "act-title" }, &values)
}

/// The name that is repeated: that of the thing, or the last part of what the input marks.
fn confirmed(entry: &Entry, typed: &Typed, object: &str) -> String {
    let schema = (entry.input_schema)();
    let fields = schema["properties"].as_object().into_iter().flatten();
    let marked = fields.filter(|(_, field)| field["x-confirmed"].as_bool() == Some(true));
    let name = marked.filter_map(|(name, _)| typed.get(name)).next();
    let part = |text: &str| text.trim().rsplit('/').next().unwrap_or_default().to_owned();
    name.map_or_else(|| object.to_owned(), part)
}

/// The field in which the name is repeated gets a place and words of its own.
fn ask_for_the_name(form: &mut FormView, object: &str, entry: &Entry) {
    if entry.spec.effect != Effect::Destroy {
        return;
    }
    for field in
        form.fields.iter_mut().filter(|field| field.name == "confirm" || field.name == "confirm_wipe")
    {
        field.control = "confirm";
        field.required = field.name == "confirm";
        object.clone_into(&mut field.placeholder);
        field.pattern = None;
        if !object.is_empty() {
            let key = if field.required { "form-confirm" } else { "form-confirm-wipe" };
            field.label = tell_with(key, &[("object", object.into())]);
        }
    }
}

impl ResultView {
    /// The output, as a table when it is a list.
    #[must_use]
    pub fn of(entry: &Entry, output: &Value, now: Millis, tier: &dyn Tier) -> Self {
        let schema = (entry.output_schema)();
        let list = !entry.spec.columns.is_empty() && output.get("items").is_some();
        let table =
            list.then(|| Table::of(entry, output, now, |item| tier.item_page(entry.spec.noun(), item)));
        Self {
            title: tell("result"),
            facts: if list { Vec::new() } else { table::facts(&schema, output, now) },
            once: !list && schema.to_string().contains("\"x-secret\":true"),
            table,
        }
    }
}
