//! Vaults outlive their private servers for a while, in whatever way those go.

use rackwright_model::AccountId;
use rackwright_model::private_server::Retention;
use rackwright_store::account::account_holdings;
use rackwright_store::private_server::{private_server_delete, private_server_insert};
use rackwright_store::vault::{VaultDraft, vault_any, vault_get, vault_insert, vault_of, vault_release};
use rackwright_store::{Connection, StoreError};

use crate::private_servers::{draft, server};
use crate::{Database, NOW, name};

const ACCOUNT: AccountId = AccountId::PROVIDER;

#[tokio::test]
async fn backups_stay_for_a_while_and_their_account_has_them() {
    Database::new()
        .write(|tx| {
            let on = server(tx, "r1", ACCOUNT)?;
            let until = NOW.plus(7);
            assert!(!vault_any(tx)?);
            let mut vaults = Vec::new();
            for number in [1, 2] {
                let called = format!("web{number}");
                let of = private_server_insert(tx, &draft(&called, number, on, ACCOUNT), NOW)?;
                let vault = VaultDraft {
                    folder: format!("{number:032x}"),
                    account: ACCOUNT,
                    private_server: of,
                    name: name(&called),
                    key: "sealed".into(),
                    password: "sealed".into(),
                    fingerprint: "ab".repeat(32),
                    limit_bytes: 9,
                    keep: Retention::default(),
                };
                vaults.push((of, vault_insert(tx, &vault, NOW)?));
            }
            let kept = |tx: &Connection| Ok::<_, StoreError>(account_holdings(tx, ACCOUNT)?.kept_backups);
            assert_eq!((vault_any(tx)?, kept(tx)?), (true, 0));

            let (first, vault) = vaults[0];
            private_server_delete(tx, first, until)?;
            let row = vault_get(tx, vault)?.expect("is there");
            assert_eq!((row.private_server, row.hour, row.kept_until), (None, None, Some(until)));
            assert_eq!((vault_of(tx, first)?.is_none(), kept(tx)?), (true, 1));

            // One that went and still stands in its vault.
            let (second, vault) = vaults[1];
            tx.execute("DELETE FROM private_server WHERE id = ?1", [second.0])?;
            assert_eq!(kept(tx)?, 2);
            assert_eq!((vault_release(tx, until)?, vault_release(tx, until)?), (1, 0));
            let row = vault_get(tx, vault)?.expect("is there");
            assert_eq!((row.private_server, row.kept_until), (None, Some(until)));
            Ok(())
        })
        .await;
}
