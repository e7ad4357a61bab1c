//! Private servers to look at: one in every state, on servers with room and without, and consoles that write what is typed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rackwright_catalog::{Fault, FaultCode, FieldProblem, entry};
use serde_json::{Value, json};

use crate::fake::Fake;

fn sample(action: &str) -> Value {
    (entry(action).expect("in the catalogue").sample_output)()
}

/// Name, account, state, server, reason.
const ALL: [(&str, &str, &str, &str, Option<&str>); 10] = [
    ("acme-mail", "acme", "running", "r1-u01", None),
    ("acme-shop-db", "acme-shop", "stopped", "r1-u01", None),
    ("acme-shop-web", "acme-shop", "running", "r1-u02", None),
    ("build", "provider", "creating", "r1-u02", None),
    ("club", "acme", "suspended", "r1-u02", None),
    ("git", "provider", "starting", "r1-u04", None),
    (
        "lab",
        "provider",
        "failed",
        "r1-u04",
        Some("the template debian-12-private could not be fetched: no room on the disk"),
    ),
    ("old", "acme", "removing", "r1-u04", None),
    ("queue", "acme", "stopping", "r1-u04", None),
    ("ticket", "acme", "unreachable", "r1-u05", Some("r1-u05 does not answer.")),
];

fn view(at: usize) -> Value {
    let (name, account, state, server, reason) = ALL[at];
    let mut one = sample("private-server.list")["items"][0].clone();
    one["number"] = json!(at + 1);
    one["name"] = json!(name);
    one["account"] = json!(account);
    one["state"] = json!(state);
    one["server"] = json!(server);
    one["reason"] = json!(reason);
    one["address"] = json!(format!("10.77.0.{}", 200 + at));
    one["suspended"] = json!(state == "suspended");
    one["quarantine"] = json!(name == "acme-mail");
    one["progress"] = if state == "creating" { json!(430) } else { Value::Null };
    one["power"] = json!(if matches!(state, "stopped" | "stopping") { "off" } else { "on" });
    one
}

fn fits(input: &Value, one: &Value) -> bool {
    let same = |key: &str| input[key].is_null() || input[key] == one[key];
    let words = input["search"].as_str().unwrap_or_default();
    ["state", "server", "account"].into_iter().all(same)
        && one["name"].as_str().is_some_and(|name| name.contains(words))
}

pub fn set(fake: &Arc<Fake>) {
    fake.on("private-server.list", |input| {
        let items: Vec<Value> = (0..ALL.len()).map(view).filter(|one| fits(input, one)).collect();
        Ok(json!({"items": items, "next": null}))
    });
    fake.on("private-server.show", |input| {
        let name = &input["private_server"];
        // What is made in a story is made like `build`.
        let at = ALL.iter().position(|(known, ..)| *name == *known).or((*name == "shop").then_some(3));
        let at = at.ok_or_else(|| {
            let reason = "there is no private server of that name";
            Fault::new(FaultCode::NotFound, "show private server", reason, "Choose one from the list.")
        })?;
        let mut detail = sample("private-server.show");
        detail["summary"] = view(at);
        detail["template_is_old"] = json!(ALL[at].0 == "acme-mail");
        Ok(detail)
    });
    fake.on("private-server.usage", |input| {
        let mut series = sample("private-server.usage");
        series["private_server"] = input["private_server"].clone();
        let until = crate::scene::now() / 300_000 * 300_000;
        let spans: Vec<Value> = (0..280_i64)
            .filter(|step| !(90..110).contains(step))
            .map(|step| {
                let wave = (step % 90 - 45).abs();
                json!({
                    "at": until - (280 - step) * 300_000, "span_ms": 300_000, "cpu_ms": 3_000 + wave * 3_100,
                    "memory_bytes": (96 + wave) << 20, "disk_bytes": (310 + step) << 20,
                    "in_bytes": 1_204_881 + wave * 90_000, "out_bytes": 9_550_012 + wave * 400_000,
                })
            })
            .collect();
        series["items"] = json!(spans);
        Ok(series)
    });
    fake.on("private-server.room", |_| Ok(room()));
    fake.on("private-server.create", |input| {
        let memory = input["size"]["memory_mib"].as_u64().unwrap_or_default();
        if memory <= 3_000 {
            let mut made = view(3);
            made["name"] = input["name"].clone();
            return Ok(made);
        }
        let problem =
            format!("memory is short: 512 MiB is promised, {memory} MiB is asked for, and there is 3600 MiB");
        Err(Fault::invalid("create a private server", vec![FieldProblem::new("size.memory_mib", problem)]))
    });
    set_console(fake);
}

fn room() -> Value {
    let whole =
        json!({"cpu_permille": 900, "memory_mib": 3_600, "disk_mib": 40_000, "bandwidth_kbit": 1_000_000});
    let server = |name: &str, reason: Option<&str>, cpu: u64, memory: u64, disk: u64| {
        let promised = json!({"cpu_permille": cpu, "memory_mib": memory, "disk_mib": disk, "bandwidth_kbit": 10_000 * cpu});
        let free = json!({"cpu_permille": 900 - cpu, "memory_mib": 3_600 - memory, "disk_mib": 40_000 - disk,
                          "bandwidth_kbit": 1_000_000 - 10_000 * cpu});
        let shares: Vec<Value> = (0..ALL.len())
            .filter(|at| ALL[*at].3 == name)
            .map(|at| json!({"name": ALL[at].0, "size": view(at)["size"]}))
            .collect();
        json!({"name": name, "reason": reason, "whole": whole, "promised": promised, "free": free, "shares": shares})
    };
    let silent = "its agent is not connected";
    json!({"next": null, "items": [
        server("r1-u01", None, 20, 512, 5_120),
        server("r1-u02", None, 60, 3_400, 30_720),
        server("r1-u04", None, 90, 1_800, 39_000),
        server("r1-u05", Some(silent), 10, 512, 5_120),
    ]})
}

/// What each console has written, and whether it has ended.
#[derive(Default)]
struct Consoles(Mutex<BTreeMap<u64, (String, bool)>>);

impl Consoles {
    fn of<T>(&self, input: &Value, act: impl FnOnce(&mut (String, bool)) -> T) -> Result<T, Fault> {
        let mut open = self.0.lock().expect("not poisoned");
        let console = input["console"].as_u64().and_then(|number| open.get_mut(&number));
        console.map(act).ok_or_else(|| {
            let reason = "there is no such console";
            Fault::new(FaultCode::NotFound, "use a console", reason, "Open another one.")
        })
    }
}

/// A terminal that writes what is typed, tells its size, knows colours, and ends at Ctrl D.
fn set_console(fake: &Arc<Fake>) {
    let consoles = Arc::new(Consoles::default());
    let all = Arc::clone(&consoles);
    fake.on("private-server.console", move |input| {
        if input["private_server"] != "acme-mail" {
            let reason = "it does not run";
            return Err(Fault::new(FaultCode::Conflict, "open a console", reason, "Start it first."));
        }
        let mut open = all.0.lock().expect("not poisoned");
        let number = 1_764_000_000_001 + open.len() as u64;
        let (rows, columns) = (&input["rows"], &input["columns"]);
        let greeting =
            format!("{columns} by {rows}\r\n\x1b[32mroot@acme-mail\x1b[0m:\x1b[38;2;120;170;255m~\x1b[0m# ");
        open.insert(number, (greeting, false));
        Ok(json!({"console": number}))
    });
    let all = Arc::clone(&consoles);
    fake.on("private-server.console-type", move |input| {
        let text = input["text"].as_str().unwrap_or_default().to_owned();
        all.of(input, |(written, ended)| {
            written.push_str(&text.replace('\r', "\r\n"));
            *ended |= text.contains('\u{4}');
        })?;
        Ok(json!({"message": "Typed."}))
    });
    let all = Arc::clone(&consoles);
    fake.on("private-server.console-read", move |input| {
        let after = usize::try_from(input["after"].as_u64().unwrap_or(0)).expect("fits");
        all.of(input, |(written, ended)| {
            let fresh = written.as_bytes().get(after..).unwrap_or_default();
            json!({"base64": BASE64.encode(fresh), "next": after + fresh.len(),
                   "ended": ended.then_some("The shell has ended.")})
        })
    });
    let all = Arc::clone(&consoles);
    fake.on("private-server.console-resize", move |input| {
        let (rows, columns) = (&input["rows"], &input["columns"]);
        all.of(input, |(written, _)| written.push_str(&format!("[{columns} by {rows}]\r\n")))?;
        Ok(json!({"message": "Resized."}))
    });
    fake.on("private-server.console-close", move |input| {
        consoles.of(input, |(_, ended)| *ended = true)?;
        Ok(json!({"message": "The console is closed."}))
    });
}
