//! A fleet to look at: servers in every state, boots that stopped and boots that go on.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rackwright_catalog::{Fault, FaultCode, entry};
use rackwright_model::BootStage;
use serde_json::{Value, json};

use crate::fake::Fake;

fn now() -> i64 {
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

/// Everything as it could be on a busy day.
pub fn set(fake: &Arc<Fake>) {
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
    fake.on("system.status", |_| {
        let mut status = sample("system.status");
        status["warnings"] = json!([]);
        Ok(status)
    });
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
    fake.on("server.add", |input| {
        let problems = [("macs.1", "52:54:00:12:34:56 is named twice"), ("bmc.address", "is missing")];
        let wrong =
            problems.map(|(field, problem)| rackwright_catalog::FieldProblem::new(field, problem)).to_vec();
        if input["name"] == "wrong" { Err(Fault::invalid("add a server", wrong)) } else { Ok(summary(7)) }
    });
}

fn summary(at: usize) -> Value {
    let (name, state, progress, reason) = SERVERS[at];
    let seen = (!matches!(state, "ready" | "retired"))
        .then(|| now() - if state == "unreachable" { 42_000 } else { 2_000 });
    json!({
        "id": at + 1, "name": name, "state": state, "reason": reason,
        "macs": [format!("52:54:00:12:34:{:02x}", at + 16)],
        "address": (state != "ready" && state != "retired").then(|| format!("10.77.0.{}", 50 + at)),
        "firmware": if at.is_multiple_of(3) { "bios" } else { "uefi" },
        "agent_connected": state == "online", "seen_at": seen,
        "job": progress.map(|_| 9), "progress": progress,
        "profile": (!matches!(state, "discovered" | "ready")).then_some("debian-12"),
    })
}

fn job(id: i64, state: &str) -> Value {
    let mut job = sample("job.show")["job"].clone();
    let running = state == "running";
    job["id"] = json!(id);
    job["state"] = json!(state);
    job["title"] = json!(format!("install {} with debian-12", if id == 8 { "r1-u09" } else { "r1-u03" }));
    job["step"] = json!(if running { "writing the image" } else { "done" });
    job["progress_permille"] = json!(if running { 640 } else { 1000 });
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
