//! The panel of the provider: the Control Center. Pages arrange actions of the catalogue; what an action does stands
//! elsewhere.

mod bulk;
mod fleet;
mod live;
mod pages;
mod private;
mod server;
mod tier;
mod warnings;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use private::inside;
use rackwright_client::Transport;
use rackwright_panel_kit::Panel;
use rackwright_panel_kit::routes::finish;

/// Templates of this tier, by name.
const TEMPLATES: &[(&str, &str)] = &[
    ("fleet.html", include_str!("../templates/fleet.html")),
    ("parts/fleet.html", include_str!("../templates/parts/fleet.html")),
    ("parts/tile.html", include_str!("../templates/parts/tile.html")),
    ("parts/row.html", include_str!("../templates/parts/row.html")),
    ("bulk.html", include_str!("../templates/bulk.html")),
    ("bulk-results.html", include_str!("../templates/bulk-results.html")),
    ("racks.html", include_str!("../templates/racks.html")),
    ("parts/racks.html", include_str!("../templates/parts/racks.html")),
    ("server.html", include_str!("../templates/server.html")),
    ("parts/head.html", include_str!("../templates/parts/head.html")),
    ("parts/timeline.html", include_str!("../templates/parts/timeline.html")),
    ("parts/lifecycle.html", include_str!("../templates/parts/lifecycle.html")),
    ("parts/actions.html", include_str!("../templates/parts/actions.html")),
    ("parts/charts.html", include_str!("../templates/parts/charts.html")),
    ("parts/load.html", include_str!("../templates/parts/load.html")),
    ("parts/hardware.html", include_str!("../templates/parts/hardware.html")),
    ("parts/shares.html", include_str!("../templates/parts/shares.html")),
    ("private.html", include_str!("../templates/private.html")),
    ("parts/private-list.html", include_str!("../templates/parts/private-list.html")),
    ("parts/private-tile.html", include_str!("../templates/parts/private-tile.html")),
    ("private-server.html", include_str!("../templates/private-server.html")),
    ("parts/private-head.html", include_str!("../templates/parts/private-head.html")),
    ("parts/private-facts.html", include_str!("../templates/parts/private-facts.html")),
    ("parts/private-vault.html", include_str!("../templates/parts/private-vault.html")),
    ("private-backup.html", include_str!("../templates/private-backup.html")),
    ("parts/inside-nav.html", include_str!("../templates/parts/inside-nav.html")),
    ("parts/inside-part.html", include_str!("../templates/parts/inside-part.html")),
    ("inside.html", include_str!("../templates/inside.html")),
    ("files.html", include_str!("../templates/files.html")),
    ("file.html", include_str!("../templates/file.html")),
    ("console.html", include_str!("../templates/console.html")),
    ("parts/warnings.html", include_str!("../templates/parts/warnings.html")),
    ("parts/jobs.html", include_str!("../templates/parts/jobs.html")),
    ("list.html", include_str!("../templates/list.html")),
    ("object.html", include_str!("../templates/object.html")),
    ("job.html", include_str!("../templates/job.html")),
    ("parts/job.html", include_str!("../templates/parts/job.html")),
    ("roles.html", include_str!("../templates/roles.html")),
    ("webhook.html", include_str!("../templates/webhook.html")),
    ("system.html", include_str!("../templates/system.html")),
];

/// The admin panel over `transport`, to be mounted at `/`. It has a fallback, so whoever merges it must have none.
///
/// # Errors
/// What the template engine says of a template that is not well formed; the tests of this crate see that.
pub fn router(transport: Arc<dyn Transport>) -> Router {
    let panel =
        Panel::new(transport, Box::new(tier::Admin), TEMPLATES).expect("the templates are parsed by a test");
    let pages = Router::new()
        .route("/", get(pages::home))
        .route("/live", get(live::stream))
        .route("/servers", get(fleet::page))
        .route("/servers/{name}", get(server::page))
        .route("/parts/fleet", get(fleet::part))
        .route("/parts/warnings", get(warnings::part))
        .route("/parts/tile/{name}", get(fleet::tile))
        .route("/parts/row/{name}", get(fleet::row))
        .route("/parts/server/{name}/charts", get(server::charts::part))
        .route("/parts/server/{name}/private-servers", get(private::share::part))
        .route("/parts/server/{name}/{part}", get(server::part))
        .route("/private-servers", get(private::page))
        .route("/private-servers-overview", get(private::overview::page))
        .route("/private-servers/{name}", get(private::one::page))
        .route("/private-servers/{name}/console", get(private::console::page).post(private::console::open))
        .route("/private-servers/{name}/backups/{backup}", get(private::vault::files))
        .route("/parts/private-server/{name}/vault", get(private::vault::part))
        .route("/private-servers/{name}/files", get(inside::files::page))
        .route("/private-servers/{name}/files/put", post(inside::upload::put))
        .route("/private-servers/{name}/files/finish", post(inside::upload::finish))
        .route("/private-servers/{name}/files/abandon", post(inside::upload::abandon))
        .route("/private-servers/{name}/file", get(inside::file::page).post(inside::file::save))
        .route("/private-servers/{name}/file/get", get(inside::download::get))
        .route("/private-servers/{name}/services", get(inside::lists::services))
        .route("/private-servers/{name}/processes", get(inside::lists::processes))
        .route("/private-servers/{name}/people", get(inside::lists::logins))
        .route("/private-servers/{name}/people/{login}", get(inside::lists::login))
        .route("/private-servers/{name}/log", get(inside::log::page))
        .route("/private-servers/{name}/network", get(inside::system::page))
        .route("/parts/private-servers", get(private::part))
        .route("/parts/private-server/{name}/usage", get(private::usage::part))
        .route("/parts/private-server/{name}/log", get(inside::log::part))
        .route("/parts/private-server/{name}/{part}", get(private::one::part))
        .route("/parts/console/{console}", get(private::console::read))
        .route("/parts/console/{console}/type", post(private::console::type_in))
        .route("/parts/console/{console}/resize", post(private::console::resize))
        .route("/parts/console/{console}/close", post(private::console::close))
        .route("/bulk/{noun}/{verb}", get(bulk::show).post(bulk::submit))
        .route("/bulk/{noun}/{verb}/lines", post(bulk::line))
        .route("/racks", get(pages::racks::list))
        .route("/racks/{name}", get(pages::racks::one))
        .route("/parts/racks", get(pages::racks::part))
        .route("/parts/racks/{name}", get(pages::racks::one_part))
        .route("/images", get(pages::images::list))
        .route("/images/{name}", get(pages::images::one))
        .route("/environments", get(pages::environments::list))
        .route("/profiles", get(pages::profiles::list))
        .route("/profiles/{name}", get(pages::profiles::one))
        .route("/nas", get(pages::nas::list))
        .route("/nas/{name}", get(pages::nas::one))
        .route("/networks", get(pages::networks::list))
        .route("/discovery", get(pages::discovery::one))
        .route("/jobs", get(pages::jobs::list))
        .route("/jobs/{job}", get(pages::jobs::one))
        .route("/parts/job/{job}", get(pages::jobs::part))
        .route("/accounts", get(pages::accounts::list))
        .route("/accounts/{name}", get(pages::accounts::one))
        .route("/roles", get(pages::roles::matrix))
        .route("/sessions", get(pages::sessions::list))
        .route("/factors", get(pages::factors::list))
        .route("/oidc", get(pages::oidc::providers))
        .route("/identities", get(pages::oidc::identities))
        .route("/users", get(pages::people::users))
        .route("/tokens", get(pages::people::tokens))
        .route("/webhooks", get(pages::webhooks::list))
        .route("/webhooks/{id}", get(pages::webhooks::one))
        .route("/deliveries/{id}", get(pages::webhooks::delivery))
        .route("/audit", get(pages::audit::list))
        .route("/system", get(pages::system::one));
    finish(Arc::new(panel), pages)
}
