//! Servers, boot timelines, jobs, installs and certificates.

use std::net::Ipv4Addr;

use rackwright_model::inventory::{Cpu, Dmi};
use rackwright_model::job::JobState;
use rackwright_model::{
    AccountId, BootRecord, BootStage, Firmware, InstallPhase, Inventory, JobId, MacAddr, Scope, ServerId,
    ServerState,
};
use rackwright_model::{Order, ServerSort};
use rackwright_store::boot_record::*;
use rackwright_store::certificate::*;
use rackwright_store::install::*;
use rackwright_store::job::*;
use rackwright_store::page::{Ask, Cursor, Key};
use rackwright_store::rack::*;
use rackwright_store::server::*;
use rackwright_store::{Connection, StoreError};

use super::serving::profile;
use crate::{Database, NOW, name};

fn mac(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

fn server(tx: &Connection) -> Result<ServerId, StoreError> {
    server_insert(tx, &name("r1"), true, &[mac(2), mac(1)], NOW)
}

fn job(tx: &Connection, server: Option<ServerId>) -> Result<JobId, StoreError> {
    let draft = JobDraft {
        kind: JobKind::Install,
        title: "install r1".into(),
        input: "{}".into(),
        account: AccountId::PROVIDER,
        server,
        started_by: "ann".into(),
    };
    job_insert(tx, &draft, NOW)
}

#[tokio::test]
async fn a_new_server_is_discovered_with_its_interfaces_in_order() {
    let row = Database::new()
        .write(|tx| {
            let id = server(tx)?;
            server_mac_put(tx, id, mac(0))?;
            server_mac_put(tx, id, mac(2))?;
            assert_eq!(server_of_mac(tx, mac(0))?, server_get(tx, id)?);
            server_named(tx, &Scope::everything(), &name("r1"))
        })
        .await
        .expect("is there");
    assert_eq!(row.macs, [mac(2), mac(1), mac(0)]);
    assert_eq!((row.state, row.approved, row.created_at), (ServerState::Discovered, true, NOW));
    assert_eq!((row.bmc, row.inventory, row.agent, row.address), (None, None, None, None));
}

#[tokio::test]
async fn an_interface_belongs_to_one_server() {
    Database::new()
        .write(|tx| {
            server(tx)?;
            let taken = server_insert(tx, &name("r2"), false, &[mac(1)], NOW);
            assert!(
                matches!(&taken, Err(StoreError::Taken { what }) if what.contains(&mac(1).to_string())),
                "{taken:?}"
            );
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn everything_that_is_set_on_a_server_comes_back() {
    let inventory = Inventory {
        firmware: Firmware::Uefi,
        cpu: Cpu { model: "cpu".into(), sockets: 1, cores: 2, threads: 4 },
        memory_bytes: 1 << 40,
        disks: Vec::new(),
        nics: Vec::new(),
        dmi: Dmi::default(),
    };
    let bmc = BmcRow { address: [10, 77, 1, 7].into(), user: "admin".into(), secret: "sealed".into() };
    let agent = AgentFacts {
        version: "0.1.0".into(),
        boot_id: "b".into(),
        kernel: "6.1".into(),
        os: "Debian".into(),
    };
    let address = Ipv4Addr::new(10, 77, 0, 50);
    let (given_inventory, given_bmc, given_agent) = (inventory.clone(), bmc.clone(), agent.clone());
    let row = Database::new()
        .write(move |tx| {
            let id = server(tx)?;
            server_set_state(tx, id, ServerState::Failed, Some("why"))?;
            server_set_approved(tx, id, false)?;
            server_rename(tx, id, &name("web-3"))?;
            server_set_bmc(tx, id, &given_bmc)?;
            server_set_inventory(tx, id, &given_inventory, NOW.plus(1))?;
            server_set_address(tx, id, address)?;
            server_set_profile(tx, id, &name("web"))?;
            server_set_agent(tx, id, &given_agent)?;
            server_seen(tx, id, NOW.plus(2))?;
            server_get(tx, id)
        })
        .await
        .expect("is there");
    assert_eq!((row.state, row.reason.as_deref(), row.approved), (ServerState::Failed, Some("why"), false));
    assert_eq!((row.name, row.profile), (name("web-3"), Some(name("web"))));
    assert_eq!((row.bmc, row.inventory, row.agent), (Some(bmc), Some(inventory), Some(agent)));
    assert_eq!((row.inventory_at, row.seen_at), (Some(NOW.plus(1)), Some(NOW.plus(2))));
    assert_eq!(row.address, Some(address));
}

#[tokio::test]
async fn servers_are_found_by_state() {
    Database::new()
        .write(|tx| {
            let id = server(tx)?;
            server_insert(tx, &name("web-7"), false, &[mac(9)], NOW)?;
            server_set_state(tx, id, ServerState::Ready, None)?;
            let names = |state| {
                Ok::<_, StoreError>(
                    server_page(
                        tx,
                        &Scope::everything(),
                        &ServerChoice { state, ..ServerChoice::default() },
                        ServerSort::Name,
                        &Ask::first(Order::Ascending, 10),
                    )?
                    .rows
                    .into_iter()
                    .map(|row| row.name)
                    .collect::<Vec<_>>(),
                )
            };
            assert_eq!(names(None)?, [name("r1"), name("web-7")]);
            assert_eq!(names(Some(ServerState::Ready))?, [name("r1")]);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_server_stands_in_one_place_of_one_rack() {
    Database::new()
        .write(|tx| {
            let id = server(tx)?;
            let other = server_insert(tx, &name("web-7"), false, &[mac(9)], NOW)?;
            let rack = rack_insert(tx, &name("a1"), Some(&name("fra-1")), 42, NOW)?;
            let second = rack_insert(tx, &name("a2"), None, 10, NOW)?;
            placement_put(tx, id, rack, 7, 2)?;
            let place = |site: Option<&str>, rack, unit, height| {
                Some(Place { rack: name(rack), site: site.map(name), unit, height })
            };
            let place_of = |id| Ok::<_, StoreError>(server_get(tx, id)?.and_then(|row| row.place));
            assert_eq!(place_of(id)?, place(Some("fra-1"), "a1", 7, 2));
            assert_eq!(place_of(other)?, None);
            assert!(matches!(placement_put(tx, other, rack, 7, 1), Err(StoreError::Taken { .. })));
            assert!(matches!(rack_delete(tx, rack), Err(StoreError::Taken { .. })));
            placement_put(tx, id, second, 1, 1)?;
            rack_rename(tx, second, &name("b2"))?;
            assert_eq!(place_of(id)?, place(None, "b2", 1, 1));
            rack_delete(tx, rack)?;
            let racks = rack_list(tx)?;
            let known: Vec<_> =
                racks.iter().map(|rack| (rack.name.as_str(), rack.servers, rack.used)).collect();
            assert_eq!(known, [("b2", 1, 1)]);
            placement_delete(tx, id)?;
            assert_eq!(place_of(id)?, None);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_boot_keeps_the_first_time_of_each_station() {
    Database::new()
        .write(|tx| {
            let id = server(tx)?;
            let record = |stage, after| BootRecord { stage, at: NOW.plus(after), detail: format!("{after}") };
            boot_record_put(tx, id, &record(BootStage::DhcpAck, 2))?;
            boot_record_put(tx, id, &record(BootStage::DhcpAck, 3))?;
            boot_record_put(tx, id, &record(BootStage::Power, 1))?;
            assert_eq!(
                boot_record_list(tx, id)?,
                [record(BootStage::Power, 1), record(BootStage::DhcpAck, 2)]
            );
            boot_record_clear(tx, id)?;
            assert!(boot_record_list(tx, id)?.is_empty());
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_station_with_parts_keeps_its_latest_record() {
    Database::new()
        .write(|tx| {
            let id = server(tx)?;
            let record = |after, detail: &str| BootRecord {
                stage: BootStage::RamDisk,
                at: NOW.plus(after),
                detail: detail.into(),
            };
            for (after, detail) in [(2, "base"), (5, "base; agent"), (3, "base, written down late")] {
                boot_record_put(tx, id, &record(after, detail))?;
            }
            assert_eq!(boot_record_list(tx, id)?, [record(5, "base; agent")]);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_job_runs_and_ends_once() {
    Database::new()
        .write(|tx| {
            let server = server(tx)?;
            let id = job(tx, Some(server))?;
            job_step(tx, id, "writing", 1_700)?;
            assert!(job_ask_cancel(tx, id)?);
            let row = job_get(tx, id)?.expect("is there");
            assert_eq!(
                (row.state, row.step.as_str(), row.progress_permille),
                (JobState::Running, "writing", 1000)
            );
            assert_eq!((row.kind, row.server, row.cancel_asked), (JobKind::Install, Some(name("r1")), true));
            job_end(tx, id, JobState::Failed, Some("why"), NOW.plus(9))?;
            job_end(tx, id, JobState::Succeeded, None, NOW.plus(10))?;
            job_step(tx, id, "too late", 1)?;
            let row = job_get(tx, id)?.expect("is there");
            assert_eq!(
                (row.state, row.reason.as_deref(), row.ended_at),
                (JobState::Failed, Some("why"), Some(NOW.plus(9)))
            );
            assert_eq!(row.step, "writing", "that is where it stopped");
            let other = job(tx, None)?;
            job_step(tx, other, "writing", 999)?;
            job_end(tx, other, JobState::Succeeded, None, NOW.plus(9))?;
            let row = job_get(tx, other)?.expect("is there");
            assert_eq!((row.step.as_str(), row.progress_permille), ("", 1_000));
            assert!(!job_ask_cancel(tx, id)?, "it has ended");
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn jobs_are_paged_and_filtered() {
    Database::new()
        .write(|tx| {
            let server = server(tx)?;
            let (one, two, three) = (job(tx, None)?, job(tx, Some(server))?, job(tx, None)?);
            job_end(tx, one, JobState::Succeeded, None, NOW)?;
            let ids = |state, server: Option<&str>, before: Option<JobId>, limit| {
                let server = server.map(name);
                let after = before.map(|id| Cursor { key: Key::Number(id.0), id: id.0 });
                let ask = Ask { order: Order::Descending, after, rows: limit };
                let rows = job_page(tx, &Scope::everything(), state, server.as_ref(), &ask)?.rows;
                Ok::<_, StoreError>(rows.into_iter().map(|row| row.id).collect::<Vec<_>>())
            };
            assert_eq!(ids(None, None, None, 2)?, [three, two]);
            assert_eq!(ids(None, None, Some(two), 2)?, [one]);
            assert_eq!(ids(Some(JobState::Succeeded), None, None, 9)?, [one]);
            assert_eq!(ids(None, Some("r1"), None, 9)?, [two]);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_log_keeps_its_newest_lines_and_cuts_long_ones() {
    Database::new()
        .write(|tx| {
            let id = job(tx, None)?;
            for number in 0..5_100 {
                job_log(tx, id, NOW.plus(number), &number.to_string())?;
            }
            let lines = job_lines(tx, id, 3)?;
            assert_eq!(
                lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
                ["5097", "5098", "5099"]
            );
            assert_eq!(job_lines(tx, id, 10_000)?.len(), 5_001);
            job_log(tx, id, NOW, &"ä".repeat(5_000))?;
            assert!(job_lines(tx, id, 1)?[0].text.len() <= 2_000);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_server_has_one_install_under_way() {
    Database::new()
        .write(|tx| {
            let (server, other) = (server(tx)?, server_insert(tx, &name("r2"), true, &[mac(7)], NOW)?);
            let job = job(tx, Some(server))?;
            let begin = |server| install_insert(tx, server, job, &name("web"), &profile(), NOW);
            let id = begin(server)?;
            assert!(matches!(begin(server), Err(StoreError::Taken { .. })));
            assert_eq!(install_active_on(tx, server)?, install_get(tx, id)?);
            assert_eq!(install_active_on(tx, other)?, None);
            install_set_phase(tx, id, InstallPhase::Failed, Some("why"), NOW.plus(4))?;
            assert!(install_active(tx)?.is_empty());
            let ended = install_last(tx, server)?.expect("is there");
            assert_eq!((ended.reason.as_deref(), ended.ended_at), (Some("why"), Some(NOW.plus(4))));
            let next = begin(server)?;
            assert_eq!(install_active(tx)?.len(), 1);
            assert_eq!(install_last(tx, server)?.map(|install| install.id), Some(next));
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn an_order_has_one_token_and_a_new_order_voids_it() {
    Database::new()
        .write(|tx| {
            let server = server(tx)?;
            let job = job(tx, Some(server))?;
            let id = install_insert(tx, server, job, &name("web"), &profile(), NOW)?;
            install_set_order(tx, id, "boot-1", "token-1", NOW.plus(9))?;
            install_set_certificate(tx, id, "key", "pem")?;
            let row = install_of_token(tx, "token-1")?.expect("is there");
            assert_eq!((row.id, row.profile.clone(), row.image.clone()), (id, profile(), name("debian-12")));
            assert_eq!((row.boot.as_deref(), row.token_expires_at), (Some("boot-1"), Some(NOW.plus(9))));
            assert_eq!((row.token_key.as_deref(), row.certificate.as_deref()), (Some("key"), Some("pem")));
            assert_eq!(install_of_job(tx, job)?, Some(row));
            install_set_order(tx, id, "boot-2", "token-2", NOW.plus(9))?;
            assert_eq!(install_of_token(tx, "token-1")?, None);
            let row = install_of_token(tx, "token-2")?.expect("is there");
            assert_eq!((row.token_key, row.certificate), (None, None));
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_revoked_certificate_speaks_for_nobody() {
    Database::new()
        .write(|tx| {
            let id = server(tx)?;
            certificate_insert(tx, "print", id, NOW)?;
            certificate_insert(tx, "print", id, NOW)?;
            assert_eq!(certificate_server(tx, "print")?, Some(id));
            assert_eq!(certificate_server(tx, "other")?, None);
            certificate_revoke(tx, id, NOW)?;
            assert_eq!(certificate_server(tx, "print")?, None);
            certificate_insert(tx, "print", id, NOW)?;
            assert_eq!(certificate_server(tx, "print")?, None, "issuing it again does not bring it back");
            Ok(())
        })
        .await;
}
