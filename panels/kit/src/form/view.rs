//! What the form template draws.

use rackwright_catalog::FieldProblem;
use serde::Serialize;

use super::choices::{Choice, Choices};
use super::field::{Field, Kind};
use super::typed::Typed;
use crate::messages::tell_with;

/// One control of a form, or a set of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldView {
    /// `text`, `secret`, `passkey`, `whole`, `switch`, `radio`, `select`, `lines`, `json`, `group`, `rows` or `fixed`.
    pub control: &'static str,
    pub name: String,
    /// The element id, and the target of the link in the summary of problems.
    pub id: String,
    pub label: String,
    pub help: Option<String>,
    pub required: bool,
    pub value: String,
    /// Everything that is wrong with it.
    pub problems: Vec<String>,
    pub pattern: Option<String>,
    pub least: Option<i64>,
    pub most: Option<i64>,
    pub placeholder: String,
    pub code: bool,
    /// Offer the choices as suggestions to what is typed, because there are more of them.
    pub suggest: bool,
    pub choices: Vec<Choice>,
    pub fields: Vec<FieldView>,
    /// The rows of a list of objects.
    pub rows: Vec<Vec<FieldView>>,
    /// An empty row, with `__N__` where its number will stand.
    pub blank: Vec<FieldView>,
    /// `fold` when few need it and it stands folded below the others; else empty.
    pub place: &'static str,
}

/// A form: its fields and what is wrong with the whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormView {
    pub fields: Vec<FieldView>,
    /// Problems of fields that the form does not show.
    pub loose: Vec<FieldProblem>,
    /// How many controls have a problem.
    pub wrong: usize,
    /// Whether the browser is asked for a new passkey before it is sent.
    pub passkey: bool,
    /// Whether the fold with rare fields stands open; none when there is no fold.
    pub fold_open: Option<bool>,
}

/// Everything that a field is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    pub typed: &'a Typed,
    pub problems: &'a [FieldProblem],
    pub choices: &'a Choices,
    /// Show what was typed into password inputs again.
    pub echo_secrets: bool,
    /// A field that cannot be changed here, because the page is about its value.
    pub fixed: Option<&'a str>,
    /// The list to which an empty row is added.
    pub grow: Option<&'a str>,
}

impl FormView {
    #[must_use]
    pub fn draw(fields: &[Field], drawing: &Drawing<'_>) -> Self {
        let fields: Vec<FieldView> = fields.iter().map(|field| draw(field, "", drawing)).collect();
        let mut shown = Vec::new();
        all(&fields, &mut shown);
        let loose: Vec<FieldProblem> = drawing
            .problems
            .iter()
            .filter(|problem| !shown.iter().any(|field| field.shows(&problem.field)))
            .cloned()
            .collect();
        let wrong = shown.iter().filter(|field| !field.problems.is_empty()).count();
        let passkey = shown.iter().any(|field| field.control == "passkey");
        Self { fields, loose, wrong, passkey, fold_open: None }
    }

    /// Puts these fields into a fold, which stands open when one of them is filled in or wrong.
    pub fn fold(&mut self, rare: &[&str]) {
        for field in self.fields.iter_mut().filter(|field| rare.contains(&field.name.as_str())) {
            field.place = "fold";
            self.fold_open = Some(self.fold_open == Some(true) || field.has_something());
        }
    }
}

impl FieldView {
    /// Whether there is something in it to see: a value, a row or a problem.
    fn has_something(&self) -> bool {
        !(self.value.is_empty() && self.rows.is_empty() && self.problems.is_empty())
            || self.fields.iter().any(Self::has_something)
    }

    /// Whether a problem of the input's `field` stands at this control: its own, or that of a part which has no control.
    fn shows(&self, field: &str) -> bool {
        field.strip_prefix(self.name.as_str()).is_some_and(|rest| {
            rest.is_empty() || (rest.starts_with('.') && matches!(self.control, "lines" | "json"))
        })
    }
}

/// Every control of a form, also those inside groups and rows.
fn all<'a>(fields: &'a [FieldView], out: &mut Vec<&'a FieldView>) {
    for field in fields {
        all(&field.fields, out);
        for row in &field.rows {
            all(row, out);
        }
        out.push(field);
    }
}

fn draw(field: &Field, prefix: &str, drawing: &Drawing<'_>) -> FieldView {
    let name = format!("{prefix}{}", field.path);
    let mut view = blank_view(field, &name);
    view.value = drawing.typed.get(&name).unwrap_or_default().to_owned();
    view.problems = problems_at(&name, &field.kind, drawing.problems);
    match &field.kind {
        Kind::Text { pattern, least, most, placeholder } => {
            view.pattern = pattern.as_deref().map(crate::words::html_pattern);
            (view.least, view.most) = (signed(*least), signed(*most));
            view.placeholder = (*placeholder).to_owned();
        }
        Kind::Secret { least, most } => {
            (view.least, view.most) = (signed(*least), signed(*most));
            if !drawing.echo_secrets {
                view.value.clear();
            }
        }
        Kind::Whole { least, most } => (view.least, view.most) = (*least, *most),
        Kind::OneOf(words) => draw_words(&mut view, words),
        Kind::From { action, .. } => draw_listed(&mut view, action, drawing),
        Kind::Lines { code, item } => draw_lines(&mut view, *code, item),
        Kind::Group(inner) => {
            view.fields = inner.iter().map(|inner| draw(inner, prefix, drawing)).collect();
            if !field.required {
                // A browser cannot know that these are needed only once one of them is filled in.
                view.fields.iter_mut().for_each(|inner| inner.required = false);
            }
        }
        Kind::Rows { fields, .. } => draw_rows(&mut view, fields, drawing),
        Kind::Block => view.code = true,
        Kind::Here => {
            if !view.value.is_empty() && view.problems.is_empty() {
                view.control = "fixed";
            }
        }
        // Each answer is taken once: one that was refused is asked for anew.
        Kind::Passkey => view.value.clear(),
        Kind::Switch | Kind::Json => {}
    }
    if drawing.fixed == Some(name.as_str()) && !view.value.is_empty() && view.problems.is_empty() {
        view.control = "fixed";
    }
    view
}

fn blank_view(field: &Field, name: &str) -> FieldView {
    FieldView {
        control: match &field.kind {
            Kind::Text { .. } | Kind::Here => "text",
            Kind::Block => "block",
            Kind::Secret { .. } => "secret",
            Kind::Passkey => "passkey",
            Kind::Whole { .. } => "whole",
            Kind::Switch => "switch",
            Kind::OneOf(_) | Kind::From { .. } => "select",
            Kind::Lines { .. } => "lines",
            Kind::Group(_) => "group",
            Kind::Rows { .. } => "rows",
            Kind::Json => "json",
        },
        id: format!("f-{}", name.replace('.', "-")),
        name: name.to_owned(),
        label: field.label.clone(),
        help: field.help.clone(),
        required: field.required,
        value: String::new(),
        problems: Vec::new(),
        pattern: None,
        least: None,
        most: None,
        placeholder: String::new(),
        code: false,
        suggest: false,
        choices: Vec::new(),
        fields: Vec::new(),
        rows: Vec::new(),
        blank: Vec::new(),
        place: "",
    }
}

/// A few words with meanings are all shown; otherwise they drop down.
fn draw_words(view: &mut FieldView, words: &[(String, String)]) {
    view.choices =
        words.iter().map(|(value, note)| Choice { value: value.clone(), note: note.clone() }).collect();
    let told = words.iter().any(|(_, note)| !note.is_empty());
    if told && words.len() <= 5 {
        view.control = "radio";
    }
}

/// A list that is not to be had becomes a text input; one that goes on, suggestions.
fn draw_listed(view: &mut FieldView, action: &str, drawing: &Drawing<'_>) {
    let Some(listed) = drawing.choices.of(action) else {
        view.control = "text";
        return;
    };
    view.choices.clone_from(&listed.choices);
    if listed.more {
        view.control = "text";
        view.suggest = true;
    } else if !view.value.is_empty() && !listed.choices.iter().any(|choice| choice.value == view.value) {
        view.choices.insert(0, Choice { value: view.value.clone(), note: String::new() });
    }
}

fn draw_lines(view: &mut FieldView, code: bool, item: &Kind) {
    view.code = code;
    if let Kind::Text { placeholder, .. } = item {
        view.placeholder = (*placeholder).to_owned();
    }
}

fn draw_rows(view: &mut FieldView, fields: &[Field], drawing: &Drawing<'_>) {
    let mut rows = drawing.typed.rows(&view.name);
    if drawing.grow == Some(view.name.as_str()) {
        rows.push(rows.last().map_or(0, |last| last + 1));
    }
    let name = view.name.clone();
    let row = |number: &str| {
        fields.iter().map(|field| draw(field, &format!("{name}.{number}."), drawing)).collect()
    };
    view.rows = rows.iter().map(|number| row(&number.to_string())).collect();
    view.blank = row("__N__");
}

/// The problems to show at this control: those of the field itself, and for a list of lines those of each line.
fn problems_at(name: &str, kind: &Kind, problems: &[FieldProblem]) -> Vec<String> {
    problems
        .iter()
        .filter_map(|problem| {
            let rest = problem.field.strip_prefix(name)?;
            match (rest.strip_prefix('.'), kind) {
                (None, _) if rest.is_empty() => Some(problem.problem.clone()),
                (Some(line), Kind::Lines { .. }) => {
                    let line = line.parse::<usize>().map_or_else(
                        |_| line.to_owned(),
                        |line| tell_with("form-line", &[("n", (line + 1).into())]),
                    );
                    Some(format!("{line}: {}", problem.problem))
                }
                (Some(rest), Kind::Json) => Some(format!("{rest}: {}", problem.problem)),
                _ => None,
            }
        })
        .collect()
}

fn signed(bound: Option<u64>) -> Option<i64> {
    bound.and_then(|bound| i64::try_from(bound).ok())
}
