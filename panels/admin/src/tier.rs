//! Menu and addresses of the admin panel.

use rackwright_catalog::{Entry, Permission};
use rackwright_model as model;
use rackwright_panel_kit::panel::Tier;
use rackwright_panel_kit::{Crumb, MenuItem};
use serde_json::Value;

/// The provider's tier.
pub struct Admin;

const fn item(
    label: &'static str,
    href: &'static str,
    icon: &'static str,
    group: &'static str,
    permission: Permission,
) -> MenuItem {
    MenuItem { label, href, icon, group, permission }
}

const MENU: &[MenuItem] = &[
    item("Servers", "/servers", "server-2", "Machines", Permission::Look),
    item("Discovery", "/discovery", "radar-2", "", Permission::Inspect),
    item("Networks", "/networks", "topology-star-3", "", Permission::Inspect),
    item("Images", "/images", "disc", "Installing", Permission::Inspect),
    item("Environments", "/environments", "cpu", "", Permission::Inspect),
    item("Profiles", "/profiles", "file-settings", "", Permission::Inspect),
    item("Jobs", "/jobs", "list-check", "Control Center", Permission::Look),
    item("System", "/system", "heart-rate-monitor", "", Permission::Inspect),
    item("Accounts", "/accounts", "building", "People", Permission::ViewAccounts),
    item("Users", "/users", "users", "", Permission::People),
    item("Roles", "/roles", "shield-check", "", Permission::SignedIn),
    item("Sessions", "/sessions", "device-desktop", "", Permission::SignedIn),
    item("API tokens", "/tokens", "key", "", Permission::SignedIn),
    item("Audit", "/audit", "history", "", Permission::Audit),
];

impl Tier for Admin {
    fn title(&self, of: model::Tier) -> &'static str {
        match of {
            model::Tier::Provider => "Control Center",
            model::Tier::Reseller => "Reseller panel",
            model::Tier::Customer => "Account panel",
        }
    }

    fn menu(&self) -> &'static [MenuItem] {
        MENU
    }

    fn crumb(&self, noun: &str) -> Crumb {
        let href = list_of(noun);
        let label = MENU.iter().find(|item| item.href == href).map_or("Servers", |item| item.label);
        Crumb::new(label, href)
    }

    fn home_of(&self, entry: &Entry, input: &Value, output: Option<&Value>) -> String {
        let list = list_of(entry.spec.noun());
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let given = |value: &Value, key: &str| value.get(key).filter(|found| !found.is_null()).map(text);
        // Long work on a thing that has no page yet is watched on its job's page.
        let job = output.and_then(|output| given(output, "job"));
        let name = |value: &Value| given(value, "name");
        let page = match (entry.spec.name, output) {
            ("image.build" | "image.import" | "environment.build", Some(_)) => {
                return job.map_or_else(|| list.to_owned(), |job| format!("/jobs/{job}"));
            }
            ("server.remove" | "image.remove" | "profile.remove" | "account.remove", Some(_)) => None,
            ("session.enter" | "session.leave", _) => return "/".to_owned(),
            (
                "server.add" | "server.rename" | "profile.create" | "account.create" | "account.rename",
                Some(output),
            ) => name(output),
            ("server.add" | "image.build" | "image.import" | "profile.create" | "account.create", None) => {
                None
            }
            (_, _) => match list {
                "/servers" => given(input, "server"),
                "/images" => given(input, "image"),
                "/profiles" => given(input, "profile"),
                "/jobs" => given(input, "job"),
                "/accounts" => given(input, "account"),
                _ => None,
            },
        };
        page.filter(|page| plain(page)).map_or_else(|| list.to_owned(), |page| format!("{list}/{page}"))
    }

    fn item_page(&self, noun: &str, item: &Value) -> Option<String> {
        let list = list_of(noun);
        let key = match noun {
            "server" | "image" | "profile" | "account" => item.get("name")?.as_str()?.to_owned(),
            "job" => item.get("id")?.as_i64()?.to_string(),
            _ => return None,
        };
        plain(&key).then(|| format!("{list}/{key}"))
    }
}

/// Where the things of a noun are listed.
fn list_of(noun: &str) -> &'static str {
    match noun {
        "image" => "/images",
        "environment" => "/environments",
        "profile" => "/profiles",
        "network" => "/networks",
        "discovery" => "/discovery",
        "job" => "/jobs",
        "user" => "/users",
        "token" => "/tokens",
        "audit" => "/audit",
        "system" => "/system",
        "session" => "/sessions",
        "account" => "/accounts",
        "role" => "/roles",
        _ => "/servers",
    }
}

/// Whether the text can stand in a path as it is: typed names may be anything.
fn plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
