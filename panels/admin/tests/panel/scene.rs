//! A fleet to look at: servers in every state, boots that stopped and boots that go on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rackwright_catalog::{Fault, FaultCode, entry};
use rackwright_model::BootStage;
use serde_json::{Value, json};

use crate::fake::{CREDENTIAL, Fake};

pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis())
        .expect("fits")
}

fn sample(action: &str) -> Value {
    (entry(action).expect("in the catalogue").sample_output)()
}

const SERVERS: [(&str, &str, Option<u32>, Option<&str>); 14] = [
    ("r1-u01", "online", None, None),
    ("r1-u02", "online", None, None),
    ("r1-u03", "installing", Some(640), None),
    ("r1-u04", "online", None, None),
    ("r1-u05", "unreachable", None, Some("Neither its agent nor its address has answered for 42 s.")),
    ("r1-u06", "online", None, None),
    (
        "r1-u07",
        "failed",
        None,
        Some("The image did not arrive whole: its SHA-256 is 1f0c…, on record is 9f86…."),
    ),
    ("r1-u08", "ready", None, None),
    ("r1-u09", "installing", Some(120), None),
    ("r1-u10", "online", None, None),
    ("r1-u11", "online", None, None),
    ("machine-52540012aa01", "discovered", None, None),
    ("machine-52540012aa02", "discovered", None, None),
    ("old-db-1", "retired", None, None),
];

/// Signing in, searching, and events that go on.
fn set_shell(fake: &Arc<Fake>) {
    fake.on("session.open", |_| {
        let mut opened = sample("session.open");
        opened["session"] = json!(CREDENTIAL);
        opened["expires_at"] = json!(now() + 3_600_000);
        Ok(opened)
    });
    fake.on("search.find", |input| {
        let query = input["query"].as_str().unwrap_or_default().to_lowercase();
        let hit = |kind: &str, name: &str, note: &str, state: Option<&str>| {
            json!({"kind": kind, "name": name, "note": note, "state": state})
        };
        let servers = (0..SERVERS.len()).map(|at| {
            let server = summary(at);
            let address = server["address"].as_str().unwrap_or_default().to_owned();
            hit("server", SERVERS[at].0, &address, Some(SERVERS[at].1))
        });
        let others = [
            hit("private-server", "acme-mail", "10.77.0.200", Some("running")),
            hit("job", "9", "install r1-u03 with debian-12", Some("running")),
            hit("image", "debian-12", "Debian GNU/Linux 12 (bookworm)", None),
            hit("profile", "debian-12", "debian-12", None),
            hit("network", "rack-1", "10.77.0.0/24", None),
            hit("user", "robin", "engineer", None),
        ];
        let fits = |hit: &Value| {
            ["name", "note"].iter().any(|key| hit[key].as_str().is_some_and(|text| text.to_lowercase().contains(&query)))
        };
        let items: Vec<Value> = servers.chain(others).filter(fits).take(12).collect();
        Ok(json!({"items": items, "next": null}))
    });
    fake.on("server.watch", |_| {
        let event = json!({"id": now(), "at": now(), "server": null, "kind": "job", "text": "It goes on."});
        Ok(json!({"items": [event], "next": now()}))
    });
}

/// What people did.
fn set_audit(fake: &Arc<Fake>) {
    fake.on("audit.list", |_| {
        let row = |id: i64, user: &str, by: &str, action: &str, input: Value, result: &str| {
            json!({"id": id, "at": now() - (50 - id) * 340_000, "user": user, "by": by, "action": action, "input": input, "result": result})
        };
        Ok(json!({"next": "38", "items": [
            row(49, "admin", "panel", "server.install", json!({"server": "r1-u03", "profile": "debian-12"}), "done"),
            row(48, "robin", "cli", "server.power", json!({"server": "r1-u05", "order": "cycle"}), "unavailable: the BMC did not answer within 10 s"),
            row(47, "admin", "api", "user.create", json!({"user": "robin", "role": "engineer", "password": "[redacted]"}), "done"),
        ]}))
    });
}

/// Everything as it could be on a busy day.
pub fn set(fake: &Arc<Fake>) {
    set_shell(fake);
    set_audit(fake);
    set_jobs(fake);
    crate::private_scene::set(fake);
    fake.on("server.list", |input| {
        let state = input["state"].as_str().unwrap_or_default().to_owned();
        let search = input["search"].as_str().unwrap_or_default().to_owned();
        let fits = |server: &Value| {
            (state.is_empty() || server["state"] == state.as_str())
                && server["name"].as_str().is_some_and(|name| name.contains(&search))
        };
        let items: Vec<Value> = (0..SERVERS.len()).map(summary).filter(fits).collect();
        Ok(json!({"items": items, "next": null}))
    });
    fake.on("server.count", |input| {
        let search = input["search"].as_str().unwrap_or_default().to_owned();
        let mut counts = BTreeMap::<String, u32>::new();
        let servers = (0..SERVERS.len()).map(summary);
        for server in
            servers.filter(|server| server["name"].as_str().is_some_and(|name| name.contains(&search)))
        {
            *counts.entry(server["state"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        let items: Vec<Value> =
            counts.iter().map(|(state, servers)| json!({"state": state, "servers": servers})).collect();
        Ok(json!({"items": items, "next": null}))
    });
    fake.on("server.show", |input| {
        let at = SERVERS.iter().position(|(name, ..)| input["server"] == *name);
        at.map(detail).ok_or_else(|| {
            Fault::new(
                FaultCode::NotFound,
                "show server",
                "there is no server of that name",
                "Choose one on the wall.",
            )
        })
    });
    fake.on("server.samples", |input| {
        let at = SERVERS.iter().position(|(name, ..)| input["server"] == *name).unwrap_or(0);
        Ok(series(at, input["range"].as_str().unwrap_or("hour")))
    });
    fake.on("rack.list", |_| {
        let racks = [("a1", "fra-1", 24, 8), ("a2", "fra-1", 24, 4), ("b1", "ams-2", 16, 0)];
        let rack = |(id, (name, site, height, servers)): (i64, (&str, &str, u32, u32))| {
            json!({"id": id, "name": name, "site": site, "height": height, "servers": servers, "used": servers * 2,
                   "free": height - servers * 2})
        };
        Ok(json!({"items": (1..).zip(racks).map(rack).collect::<Vec<_>>(), "next": null}))
    });
    fake.on("profile.list", |_| {
        let profile = |name: &str| {
            let mut profile = sample("profile.list")["items"][0].clone();
            profile["name"] = json!(name);
            profile
        };
        let profiles = ["debian-12", "web", "database"].map(profile);
        Ok(json!({"items": profiles, "next": null}))
    });
    fake.on("server.power", |input| {
        if input["server"] == "r1-u05" {
            let reason = "the BMC at 10.77.1.5 did not answer within 10 s";
            return Err(Fault::new(FaultCode::Unavailable, "power on r1-u05", reason, "Check its cable."));
        }
        Ok(json!({"on": true, "message": format!("{} is powered on.", input["server"].as_str().unwrap_or_default())}))
    });
    fake.on("system.status", |_| {
        let mut status = sample("system.status");
        status["warnings"] = json!([]);
        Ok(status)
    });
    fake.on("server.add", |input| {
        let problems = [("macs.1", "52:54:00:12:34:56 is named twice"), ("bmc.address", "is missing")];
        let wrong =
            problems.map(|(field, problem)| rackwright_catalog::FieldProblem::new(field, problem)).to_vec();
        if input["name"] == "wrong" { Err(Fault::invalid("add a server", wrong)) } else { Ok(summary(7)) }
    });
}

fn set_jobs(fake: &Arc<Fake>) {
    fake.on("job.list", |input| {
        let jobs = [
            job(9, "running"),
            job(8, "running"),
            job(7, "failed"),
            job(6, "succeeded"),
            job(5, "cancelled"),
        ];
        let wanted = input["state"].as_str().unwrap_or_default().to_owned();
        let items: Vec<Value> =
            jobs.into_iter().filter(|job| wanted.is_empty() || job["state"] == wanted.as_str()).collect();
        Ok(json!({"items": items, "next": "4"}))
    });
    fake.on("job.show", |input| {
        let lines = [
            "image debian-12 agrees with its SHA-256",
            "network boot is set on the BMC of r1-u03",
            "the machine is powered on",
            "the provisioning environment reported",
            "order given",
            "disk vda: GPT, BIOS boot, EFI system, root 8 GiB, data XFS",
            "image: 64 MB of 141 MB",
        ];
        let log: Vec<Value> = lines
            .iter()
            .zip(0..)
            .map(|(text, at)| json!({"at": now() - 90_000 + at * 9_000, "text": text}))
            .collect();
        Ok(json!({"job": job(input["job"].as_i64().unwrap_or(9), "running"), "log": log}))
    });
}

fn summary(at: usize) -> Value {
    let (name, state, progress, reason) = SERVERS[at];
    let seen = (!matches!(state, "ready" | "retired"))
        .then(|| now() - if state == "unreachable" { 42_000 } else { 2_000 });
    let place = match at {
        0..7 => Some(("a1", at * 3 + 1, if at.is_multiple_of(2) { 2 } else { 1 })),
        7..11 => Some(("a2", (at - 7) * 2 + 3, 1)),
        _ => None,
    };
    json!({
        "id": at + 1, "name": name, "account": "provider", "state": state, "reason": reason,
        "macs": [format!("52:54:00:12:34:{:02x}", at + 16)],
        "address": (state != "ready" && state != "retired").then(|| format!("10.77.0.{}", 50 + at)),
        "firmware": if at.is_multiple_of(3) { "bios" } else { "uefi" },
        "agent_connected": state == "online", "seen_at": seen,
        "job": progress.map(|_| 9), "progress": progress,
        "profile": (!matches!(state, "discovered" | "ready")).then_some(if at % 4 == 1 { "web" } else { "debian-12" }),
        "rack": place.map(|(rack, ..)| rack), "site": place.map(|_| "fra-1"),
        "unit": place.map(|(_, unit, _)| unit), "height": place.map(|(.., height)| height),
    })
}

/// A day and a night of work, with a gap.
fn series(at: usize, range: &str) -> Value {
    let (span_s, spans) = match range {
        "day" => (300, 288),
        "week" => (1_800, 336),
        "month" => (7_200, 360),
        _ => (15, 240),
    };
    let reports = matches!(SERVERS[at].1, "online" | "unreachable");
    let wave = |step: i64, length: i64, height: i64| {
        let place = step % length;
        let up = if place * 2 < length { place } else { length - place };
        height * up * 2 / length
    };
    let first = now() / 1_000 / span_s * span_s - spans * span_s;
    let items: Vec<Value> = (0..spans)
        .filter(|step| reports && !(spans / 3..spans / 3 + spans / 24).contains(step))
        .map(|step| {
            let noise = (step * 7_919 + 13) % 97;
            json!({
                "at": (first + step * span_s) * 1_000,
                "cpu_permille": 60 + wave(step, spans / 3, 420) + noise,
                "memory_bytes": 34_359_738_368_i64,
                "memory_used_bytes": 9_000_000_000_i64 + wave(step, spans / 2, 6_000_000_000) + noise * 9_000_000,
                "disk_bytes": 960_197_124_096_i64,
                "disk_used_bytes": 310_000_000_000_i64 + step * 300_000_000,
                "net_in_bytes_per_s": 400_000 + wave(step, spans / 4, 9_000_000) + noise * 20_000,
                "net_out_bytes_per_s": 150_000 + wave(step, spans / 5, 3_000_000) + noise * 9_000,
            })
        })
        .collect();
    json!({"range": range, "span_s": span_s, "from": (first + span_s) * 1_000, "until": now(), "items": items})
}

fn job(id: i64, state: &str) -> Value {
    let mut job = sample("job.show")["job"].clone();
    let running = state == "running";
    job["id"] = json!(id);
    job["state"] = json!(state);
    job["title"] = json!(format!("install {} with debian-12", if id == 8 { "r1-u09" } else { "r1-u03" }));
    job["step"] = json!(if running { "writing the image" } else { "done" });
    // What runs goes on: a percent every two seconds.
    let progress = if id == 8 { 120 } else { 400 + now() / 2_000 % 60 * 10 };
    job["progress_permille"] = json!(if running { progress } else { 1000 });
    job["server"] = json!(if id == 8 { "r1-u09" } else { "r1-u03" });
    job["started_at"] = json!(now() - 95_000 - (9 - id) * 4_000_000);
    job["ended_at"] = if running { Value::Null } else { json!(now() - 20_000 - (9 - id) * 4_000_000) };
    if state == "failed" {
        job["reason"] = json!("The image did not arrive whole: its SHA-256 is 1f0c…, on record is 9f86….");
    }
    job
}

fn detail(at: usize) -> Value {
    let (_, state, progress, _) = SERVERS[at];
    let mut detail = sample("server.show");
    detail["summary"] = summary(at);
    detail["jobs"] =
        json!([job(9, if progress.is_some() { "running" } else { "succeeded" }), job(7, "failed")]);
    detail["leases"] =
        json!([{"mac": "52:54:00:12:34:56", "address": "10.77.0.50", "until": now() + 3_000_000}]);
    detail["inventory_at"] = json!(now() - 80_000);
    detail["load"]["at"] = json!(now() - 2_000);
    let reached = match state {
        "installing" => 10,
        "failed" => 10,
        "discovered" | "ready" => 9,
        "retired" => 0,
        _ => 16,
    };
    detail["timeline"] = timeline(reached, if state == "installing" { 70_000 } else { 7_200_000 });
    match state {
        "failed" => {
            detail["stopped"] = json!(BootStage::Disk.advice());
            detail["load"] = Value::Null;
        }
        "online" | "unreachable" => {}
        _ => detail["load"] = Value::Null,
    }
    if state == "discovered" {
        detail["bmc"] = Value::Null;
    }
    detail
}

fn timeline(reached: usize, ago: i64) -> Value {
    let took = [
        0, 9_100, 40, 1_900, 350, 2_700, 4_100, 12_400, 800, 3_200, 31_000, 9_800, 6_100, 2_000, 24_500, 400,
    ];
    let details = [
        "power on over IPMI",
        "10.77.0.50 offered",
        "10.77.0.50 leased for 1 h",
        "ipxe.efi, 1.0 MB by TFTP",
        "boot.ipxe",
        "vmlinuz, 8.1 MB",
        "provision.cpio.zst, 38 MB",
        "session from 10.77.0.50",
        "2 cores, 2.0 GiB, 1 disk",
        "vda: 4 partitions",
        "141 MB, SHA-256 agrees",
        "host name, 1 user, 3 packages",
        "GRUB for UEFI",
        "told to restart",
        "certificate given",
        "connected",
    ];
    let mut at = now() - ago;
    let records: Vec<Value> = BootStage::ALL
        .into_iter()
        .zip(took)
        .zip(details)
        .take(reached)
        .map(|((stage, took), detail)| {
            at += took;
            json!({"stage": stage, "at": at, "detail": detail})
        })
        .collect();
    json!(records)
}
