//! Numbered migrations. Never change one that has been released; add the next.

use rusqlite_migration::{M, Migrations};

pub(crate) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(include_str!("migrations/001_first.sql")),
        M::up(include_str!("migrations/002_accounts.sql")),
        M::up(include_str!("migrations/003_sample.sql")),
        M::up(include_str!("migrations/004_rack.sql")),
        M::up(include_str!("migrations/005_pages.sql")),
        M::up(include_str!("migrations/006_search.sql")),
        M::up(include_str!("migrations/007_brand.sql")),
        M::up(include_str!("migrations/008_kept_answer.sql")),
        M::up(include_str!("migrations/009_factor.sql")),
        M::up(include_str!("migrations/010_reset.sql")),
        M::up(include_str!("migrations/011_passkey.sql")),
        M::up(include_str!("migrations/012_oidc.sql")),
        M::up(include_str!("migrations/013_webhook.sql")),
        M::up(include_str!("migrations/014_undo.sql")),
        M::up(include_str!("migrations/015_fast_lists.sql")),
        M::up(include_str!("migrations/016_private_server.sql")),
        M::up(include_str!("migrations/017_move.sql")),
        M::up(include_str!("migrations/018_vault.sql")),
        M::up(include_str!("migrations/019_nas.sql")),
        M::up(include_str!("migrations/020_person_inside.sql")),
        M::up(include_str!("migrations/021_quarantine.sql")),
        M::up(include_str!("migrations/022_imposed.sql")),
    ])
}
