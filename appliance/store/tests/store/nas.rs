//! Exports of NAS and failovers: what is written comes back, what is used stays, and the most urgent come first.

use rackwright_model::AccountId;
use rackwright_model::nas::{NasPurpose, NfsVersion};
use rackwright_model::private_server::FailoverStage;
use rackwright_store::failover::*;
use rackwright_store::nas::*;
use rackwright_store::private_server::*;

use crate::private_servers::{draft, server};
use crate::{Database, NOW, name};

fn export(called: &str) -> NasDraft {
    NasDraft {
        name: name(called),
        purpose: NasPurpose::Roots,
        address: [10, 78, 0, 20].into(),
        path: "/srv/private".parse().expect("a path"),
        version: NfsVersion::V41,
        capacity_mib: Some(3_000),
    }
}

#[tokio::test]
async fn what_uses_a_nas_is_counted_and_keeps_it() {
    let database = Database::new();
    database
        .write(|tx| {
            let on = server(tx, "r1", AccountId::PROVIDER)?;
            let id = nas_insert(tx, &export("nas1"), "rw-1", NOW)?;
            let shared = NasDraft { purpose: NasPurpose::Shared, capacity_mib: None, ..export("tools") };
            let tools = nas_insert(tx, &shared, "rw-2", NOW)?;
            assert!(nas_insert(tx, &export("nas1"), "rw-3", NOW).is_err(), "the name is taken");
            let mut rows = Vec::new();
            for (number, called, priority) in [(1, "web1", 5), (2, "web2", 1), (3, "web3", 5)] {
                let wanted = PrivateServerDraft {
                    nas: (number != 3).then_some(id),
                    priority,
                    ..draft(called, number, on, AccountId::PROVIDER)
                };
                rows.push(private_server_insert(tx, &wanted, NOW)?);
                assert_eq!(private_server_get(tx, rows[rows.len() - 1])?.expect("is there").wanted, wanted);
            }
            let at = "/srv/shared".parse().expect("a directory");
            share_insert(tx, rows[2], tools, &at)?;
            assert!(share_insert(tx, rows[2], id, &at).is_err(), "one thing at one place");
            assert_eq!(share_of(tx, rows[2])?, share_list(tx)?);
            let nas = nas_named(tx, &name("nas1"))?.expect("is there");
            assert_eq!((nas.used, nas.promised_mib, nas.draft.clone()), (2, 2_000, export("nas1")));
            assert!(nas_delete(tx, id).is_err() && nas_delete(tx, tools).is_err(), "they are used");
            let named = |rows: Vec<PrivateServer>| -> Vec<String> {
                rows.into_iter().map(|row| row.wanted.name.to_string()).collect()
            };
            assert_eq!(named(private_server_on_nas_of(tx, on)?), ["web2", "web1"], "the urgent one first");
            assert_eq!(named(private_server_using(tx, tools)?), ["web3"]);
            assert_eq!(private_server_nas_servers(tx)?, [on]);
            private_server_delete(tx, rows[2], NOW)?;
            assert_eq!(share_list(tx)?, []);
            nas_delete(tx, tools)?;
            nas_change(tx, id, &NasDraft { capacity_mib: None, ..export("nas2") })?;
            assert_eq!(nas_list(tx)?.len(), 1);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn every_place_of_a_disk_has_an_epoch_of_its_own() {
    let database = Database::new();
    database
        .write(|tx| {
            let (from, to) = (server(tx, "r1", AccountId::PROVIDER)?, server(tx, "r2", AccountId::PROVIDER)?);
            let id = private_server_insert(tx, &draft("web1", 1, from, AccountId::PROVIDER), NOW)?;
            let epoch = |tx| private_server_get(tx, id).map(|row| row.expect("is there").epoch);
            assert_eq!(epoch(tx)?, 1);
            private_server_place(tx, id, to)?;
            assert_eq!(epoch(tx)?, 2);
            private_server_place(tx, id, from)?;
            assert_eq!(epoch(tx)?, 3, "never the same again");
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_failover_is_that_of_one_server() {
    let database = Database::new();
    database
        .write(|tx| {
            let on = server(tx, "r1", AccountId::PROVIDER)?;
            failover_begin(tx, on, NOW)?;
            assert!(failover_begin(tx, on, NOW).is_err(), "it has begun");
            failover_reason(tx, on, Some("Its BMC does not answer."))?;
            let row = failover_get(tx, on)?.expect("is there");
            assert_eq!(row.reason.as_deref(), Some("Its BMC does not answer."));
            failover_fenced(tx, on, Some("ada"), NOW)?;
            let row = failover_list(tx)?.remove(0);
            assert_eq!((row.stage, row.reason, row.fenced_at), (FailoverStage::Restarting, None, Some(NOW)));
            assert_eq!(row.fenced_by.as_deref(), Some("ada"));
            failover_end(tx, on)?;
            assert_eq!(failover_get(tx, on)?, None);
            Ok(())
        })
        .await;
}
