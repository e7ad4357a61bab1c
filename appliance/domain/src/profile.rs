//! Install profiles.

mod create;
mod list;
mod remove;
mod show;

use rackwright_catalog::actions::profile::ProfileView;
use rackwright_catalog::schema::REDACTED;
use rackwright_store::profile::ProfileRow;

/// What a person sees of a profile: whether somebody has a password, but not its hash.
fn view(row: ProfileRow) -> ProfileView {
    let mut profile = row.profile;
    for user in &mut profile.users {
        user.password_hash = user.password_hash.as_ref().map(|_| REDACTED.to_owned());
    }
    ProfileView {
        id: row.id,
        name: row.name,
        image: profile.image.clone(),
        created_at: row.created_at,
        servers: row.servers,
        profile,
    }
}
