//! Who may do what, written down apart from the roles and the catalogue, which are tested against it.

use rackwright_catalog::Role as R;

/// The permission table: whoever has one of these roles may, in the own account and below. A new action needs a line here.
pub const TABLE: &[(&str, &[R])] = &[
    ("session.close", ALL),
    ("session.show", ALL),
    ("session.list", ALL),
    ("session.revoke", ALL),
    ("session.enter", &[R::Owner, R::Support, R::Reseller]),
    ("session.leave", ALL),
    ("server.list", LOOKERS),
    ("server.count", LOOKERS),
    ("server.show", LOOKERS),
    ("server.samples", LOOKERS),
    ("server.add", WORKERS),
    ("server.accept", WORKERS),
    ("server.install", WORKERS),
    ("server.power", OPERATORS),
    ("server.reboot", OPERATORS),
    ("server.rename", WORKERS),
    ("server.set-bmc", WORKERS),
    ("server.place", WORKERS),
    ("server.retire", WORKERS),
    ("server.remove", WORKERS),
    ("server.assign", KEEPERS),
    ("server.watch", LOOKERS),
    ("rack.list", STAFF),
    ("rack.show", STAFF),
    ("rack.create", WORKERS),
    ("rack.rename", WORKERS),
    ("rack.remove", WORKERS),
    ("image.list", STAFF),
    ("image.show", STAFF),
    ("image.build", WORKERS),
    ("image.import", WORKERS),
    ("image.verify", WORKERS),
    ("image.remove", WORKERS),
    ("environment.list", STAFF),
    ("environment.build", WORKERS),
    ("profile.list", STAFF),
    ("profile.show", STAFF),
    ("profile.create", WORKERS),
    ("profile.remove", WORKERS),
    ("job.list", LOOKERS),
    ("job.show", LOOKERS),
    ("job.cancel", OPERATORS),
    ("network.list", STAFF),
    ("network.set", WORKERS),
    ("network.remove", WORKERS),
    ("discovery.show", STAFF),
    ("discovery.set", WORKERS),
    ("account.list", LOOKERS),
    ("account.show", LOOKERS),
    ("account.create", KEEPERS),
    ("account.rename", KEEPERS),
    ("account.suspend", KEEPERS),
    ("account.resume", KEEPERS),
    ("account.remove", KEEPERS),
    ("brand.show", LOOKERS),
    ("brand.set", KEEPERS),
    ("brand.remove", KEEPERS),
    ("role.list", ALL),
    ("user.list", MANAGERS),
    ("user.create", MANAGERS),
    ("user.change", MANAGERS),
    ("user.remove", MANAGERS),
    ("user.passwd", ALL),
    ("factor.list", ALL),
    ("factor.totp-begin", ALL),
    ("factor.totp-confirm", ALL),
    ("factor.recovery-renew", ALL),
    ("factor.remove", ALL),
    ("identity.list", ALL),
    ("identity.link", ALL),
    ("identity.bind", MANAGERS),
    ("identity.unlink", ALL),
    ("oidc.list", MANAGERS),
    ("oidc.show", MANAGERS),
    ("oidc.set", MANAGERS),
    ("oidc.remove", MANAGERS),
    ("token.list", ALL),
    ("token.create", ALL),
    ("token.revoke", ALL),
    ("audit.list", MANAGERS),
    ("system.status", STAFF),
    ("search.find", ALL),
];

const ALL: &[R] = &R::ALL;
const LOOKERS: &[R] = &[R::Owner, R::Engineer, R::Support, R::Billing, R::Reseller, R::AccountManager];
const OPERATORS: &[R] = &[R::Owner, R::Engineer, R::Reseller, R::AccountManager];
/// Of those who look after the racks, the ones who change them.
const WORKERS: &[R] = &[R::Owner, R::Engineer];
const STAFF: &[R] = &[R::Owner, R::Engineer, R::Support];
/// Who keeps accounts.
const KEEPERS: &[R] = &[R::Owner, R::Billing, R::Reseller];
/// Who manages people.
const MANAGERS: &[R] = &[R::Owner, R::Reseller, R::AccountManager];

/// Open to everybody.
pub const PUBLIC: &[&str] =
    &["session.open", "brand.find", "brand.logo", "oidc.offered", "oidc.begin", "oidc.finish"];
