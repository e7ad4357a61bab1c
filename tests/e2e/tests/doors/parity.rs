//! The panel's form, the command and the HTTP route of every action ask for the same: what reaches the handler is the
//! input of the catalogue's sample, whichever way it went.

use std::collections::BTreeSet;
use std::sync::Arc;

use rackwright_api::{ServeLimits, serve_unix};
use rackwright_catalog::{ENTRIES, Entry, entry};
use rackwright_client::{Caller, Client, Credential, Origin, UnixTransport, cli_line};
use rackwright_controld::front;
use rackwright_panel_kit::act::has_form;
use rackwright_panel_kit::form::{fields, fill};
use serde_json::Value;
use tokio::net::UnixListener;

use crate::center::{Front, Reply};
use crate::crawl;
use crate::door;
use crate::html::{Form, forms, text_of};
use crate::line::{Pipe, parse, piped};
use crate::recorder::{Recorder, recorder};

const SESSION: &str = "rws_anybody";

/// The three doors, with the recorder behind them.
struct Doors {
    recorder: Arc<Recorder>,
    front: Front,
    client: Client,
    _folder: tempfile::TempDir,
}

impl Doors {
    fn open() -> Self {
        let (recorder, transport) = recorder();
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("socket");
        let listener = UnixListener::bind(&socket).expect("a socket");
        let door = Arc::clone(&transport);
        tokio::spawn(serve_unix(listener, door, ServeLimits::default(), std::future::pending()));
        let caller = Caller::new(Credential::Bearer(SESSION.to_owned()), Origin::Cli);
        let client = Client::new(Arc::new(UnixTransport::new(&socket)), caller);
        // Somebody whose panel can be entered.
        let mut people = (entry("user.list").expect("in the catalogue").sample_output)();
        people["items"][0]["account"] = "acme".into();
        recorder.answer("user.list", people);
        Self { recorder, front: Front(front::app(&transport)), client, _folder: folder }
    }

    /// What the handler gets of an input that comes over HTTP.
    async fn by_route(&self, entry: &Entry, input: &Value) -> Value {
        self.recorder.take();
        let reply = self.front.call(SESSION, entry.spec.name, input).await;
        assert_eq!(reply.status, 200, "{}: {}", entry.spec.name, reply.text);
        self.only(entry)
    }

    /// What it gets of a command line, with the secrets of `input` on standard input.
    async fn by_line(&self, line: &str, pipe: &mut Pipe) -> (&'static str, Value) {
        let (entry, input) = parse(line, pipe);
        self.recorder.take();
        let result = self.client.call_named(entry.spec.name, input).await;
        result.unwrap_or_else(|fault| panic!("{line}: {fault}"));
        (entry.spec.name, self.only(entry))
    }

    fn only(&self, entry: &Entry) -> Value {
        let mut inputs = self.recorder.take_of(entry.spec.name);
        assert_eq!(inputs.len(), 1, "{} was called once: {inputs:?}", entry.spec.name);
        inputs.remove(0)
    }

    async fn page(&self, path: &str) -> Reply {
        let reply = self.front.open(SESSION, path, false).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply
    }

    /// What the handlers get when a form is sent with this.
    async fn submit(&self, form: &Form, pairs: &[(String, String)]) -> Vec<(&'static str, Value)> {
        let pairs = pairs.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        self.recorder.take();
        let reply = if form.method == "post" {
            self.front.post(SESSION, &form.action, pairs, false).await
        } else {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            self.front.open(SESSION, &format!("{}?{query}", form.action), false).await
        };
        assert!(matches!(reply.status, 200 | 303), "{}: {} {}", form.action, reply.status, reply.text);
        self.recorder.take()
    }
}

/// The form of an action, opened as pages link to it: with the things that it is about.
fn linked(entry: &Entry, sample: &Value) -> String {
    let schema = (entry.input_schema)();
    let chosen = schema["properties"].as_object().into_iter().flatten();
    let chosen = chosen.filter(|(name, field)| field.get("x-from").is_some() && !sample[*name].is_null());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = chosen.map(|(name, _)| (name, text(&sample[name])));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{}?{query}", door::act_path(entry))
}

/// The way in and out has pages of its own.
fn with_forms() -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().filter(|entry| has_form(entry))
}

#[tokio::test]
async fn route_and_command_ask_for_the_same() {
    let doors = Doors::open();
    for entry in ENTRIES {
        let sample = (entry.sample_input)();
        let by_route = doors.by_route(entry, &sample).await;
        let line = cli_line(entry, &sample);
        let by_line = doors.by_line(&line, &mut piped(entry, &sample)).await;
        assert_eq!(by_line, (entry.spec.name, by_route), "{line}");
    }
}

#[tokio::test]
async fn form_and_route_ask_for_the_same() {
    let doors = Doors::open();
    for entry in with_forms() {
        let (name, path) = (entry.spec.name, door::act_path(entry));
        let sample = (entry.sample_input)();
        let expected = doors.by_route(entry, &sample).await;
        let page = doors.page(&linked(entry, &sample)).await;
        let found = forms(&page.text).into_iter().find(|form| form.id == "act-form");
        let Some(form) = found else {
            assert!(entry.spec.only_looks() && fields(&(entry.input_schema)()).is_empty(), "{name}");
            continue;
        };
        assert_eq!(form.action, path, "{name}");
        let typed = fill(&fields(&(entry.input_schema)()), &sample);
        let intents = doors.submit(&form, &form.filled(typed.pairs())).await;
        let asked = intents.iter().any(|(action, input)| *action == name && *input == expected);
        assert!(asked, "{name}: the form asks for\n{intents:#?}\nand the route for\n{expected:#}");
        let changes = intents.iter().filter(|(action, _)| is_change(action)).count();
        assert_eq!(changes, usize::from(!entry.spec.only_looks()), "{name}: {intents:#?}");
    }
}

fn is_change(action: &str) -> bool {
    entry(action).is_some_and(|entry| !entry.spec.only_looks())
}

#[tokio::test]
async fn the_command_below_a_form_asks_for_the_same() {
    let doors = Doors::open();
    for entry in with_forms().filter(|entry| !entry.spec.only_looks()) {
        let sample = (entry.sample_input)();
        let expected = doors.by_route(entry, &sample).await;
        let path = door::act_path(entry);
        let page = doors.page(&linked(entry, &sample)).await;
        let form = forms(&page.text).into_iter().find(|form| form.id == "act-form").expect("a form");
        let pairs = form.filled(fill(&fields(&(entry.input_schema)()), &sample).pairs());
        let pairs = pairs.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let line = doors.front.post(SESSION, &format!("{path}/line"), pairs, false).await;
        let by_line = doors.by_line(&line.text, &mut piped(entry, &sample)).await;
        assert_eq!(by_line, (entry.spec.name, expected), "{}", line.text);
    }
}

#[tokio::test]
async fn signing_in_and_out_ask_for_the_same() {
    let doors = Doors::open();
    let open = entry("session.open").expect("in the catalogue");
    let mut sample = (open.sample_input)();
    // The code is asked for in a second step.
    sample["code"] = Value::Null;
    let expected = doors.by_route(open, &sample).await;
    let page = doors.front.open("", "/sign-in", false).await;
    let form = forms(&page.text).into_iter().find(|form| form.action == "/sign-in").expect("a form");
    let text = |name: &str| sample[name].as_str().expect("a text").to_owned();
    let (user, password) = (text("user"), text("password"));
    let typed = [("user", user.as_str()), ("password", password.as_str())];
    let intents = doors.submit(&form, &form.filled(typed.into_iter())).await;
    assert!(intents.contains(&("session.open", expected)), "{intents:?}");

    let page = doors.page("/servers").await;
    let form = forms(&page.text).into_iter().find(|form| form.action == "/sign-out").expect("a form");
    let intents = doors.submit(&form, &form.filled(std::iter::empty())).await;
    assert!(intents.contains(&("session.close", serde_json::json!({}))), "{intents:?}");
}

/// Every page but the documentation, which has no buttons.
async fn pages(doors: &Doors) -> Vec<(String, String)> {
    crawl::pages(&doors.front, SESSION, &["/servers"], |link| !link.starts_with("/docs")).await
}

#[tokio::test]
async fn every_button_does_what_its_command_does() {
    let doors = Doors::open();
    let mut tried = BTreeSet::new();
    for (path, page) in pages(&doors).await {
        for form in forms(&page).into_iter().filter(|form| form.method == "post") {
            let Some(name) = form.action.strip_prefix("/act/").map(|name| name.replace('/', ".")) else {
                continue;
            };
            if form.id == "act-form" || !tried.insert((form.action.clone(), form.title.clone())) {
                continue;
            }
            let intents = doors.submit(&form, &form.filled(std::iter::empty())).await;
            let done: Vec<_> = intents.into_iter().filter(|(action, _)| *action == name).collect();
            let by_line = doors.by_line(&form.title, &mut Pipe::default()).await;
            assert_eq!(done, [by_line], "{path}: the button of {:?}", form.title);
        }
    }
    assert!(tried.len() >= 3, "only these buttons were found: {tried:?}");
}

#[tokio::test]
async fn every_button_opens_its_form_with_what_it_knows() {
    let doors = Doors::open();
    let mut tried = BTreeSet::new();
    for (path, page) in pages(&doors).await {
        for button in forms(&page).into_iter().filter(|form| form.method == "get") {
            let fresh = button.id != "act-form" && button.action.starts_with("/act/");
            if !fresh || !tried.insert((button.action.clone(), button.title.clone())) {
                continue;
            }
            let known = button.filled(std::iter::empty());
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&known).finish();
            let opened = doors.page(&format!("{}?{query}", button.action)).await;
            let form = forms(&opened.text).into_iter().find(|form| form.id == "act-form").expect("a form");
            let kept = form.filled(std::iter::empty());
            let lost: Vec<_> = known.iter().filter(|pair| !kept.contains(pair)).collect();
            assert!(lost.is_empty(), "{path}: {} forgets {lost:?} of {known:?}: {kept:?}", button.action);
        }
    }
    assert!(tried.len() > 20, "only these buttons were found: {tried:?}");
}

#[tokio::test]
async fn one_form_for_several_servers_asks_for_what_its_commands_ask() {
    let doors = Doors::open();
    for (action, typed) in [
        ("server.power", &[("order", "cycle")][..]),
        ("server.install", &[("profile", "debian-12"), ("_confirm", "2 servers")]),
        ("server.retire", &[("_confirm", "2 servers")]),
        ("private-server.stop", &[]),
    ] {
        let key = action.split_once('.').map_or("", |(noun, _)| noun).replace('-', "_");
        let path = format!("/bulk/{}?{key}=r1-u07&{key}=r1-u08", action.replace('.', "/"));
        let known: Vec<String> = typed.iter().map(|(name, text)| format!("&{name}={text}")).collect();
        let known = known.concat().replace(' ', "%20");
        let page = doors.page(&format!("{path}{known}")).await;
        let form = forms(&page.text).into_iter().find(|form| form.id == "bulk-form").expect("a form");
        let shown = text_of(&page.text, "cli-line").expect("the commands");
        let pairs = form.filled(typed.iter().copied());
        let intents = doors.submit(&form, &pairs).await;
        let done: Vec<_> = intents.into_iter().filter(|(name, _)| *name == action).collect();
        let mut by_lines = Vec::new();
        for line in shown.lines().filter(|line| !line.trim().is_empty()) {
            by_lines.push(doors.by_line(line, &mut Pipe::default()).await);
        }
        assert_eq!(by_lines.len(), 2, "{shown}");
        assert_eq!(done, by_lines, "{action}");
    }
}
