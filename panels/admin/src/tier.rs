//! Menu and addresses of the admin panel.

use rackwright_catalog::{Entry, Permission};
use rackwright_panel_kit::panel::Tier;
use rackwright_panel_kit::{Crumb, MenuItem};
use serde_json::Value;

/// The provider's tier.
pub struct Admin;

/// A menu entry; `group` is the message above it, when it begins a group.
const fn item(
    (topic, href, icon): (&'static str, &'static str, &'static str),
    group: &'static str,
    key: &'static str,
    nouns: &'static [&'static str],
    permission: Permission,
) -> MenuItem {
    MenuItem { topic, href, icon, group, key, nouns, permission }
}

const MENU: &[MenuItem] = &[
    item(("servers", "/servers", "server-2"), "group-machines", "s", &["server"], Permission::Look),
    item(
        ("private-servers", "/private-servers", "cube"),
        "",
        "m",
        &["private-server"],
        Permission::SeePrivate,
    ),
    item(("nas", "/nas", "database"), "", "x", &["nas", "failover"], Permission::Allot),
    item(("racks", "/racks", "stack-2"), "", "r", &["rack"], Permission::Inspect),
    item(("discovery", "/discovery", "radar-2"), "", "d", &["discovery"], Permission::Inspect),
    item(("networks", "/networks", "topology-star-3"), "", "n", &["network"], Permission::Inspect),
    item(("images", "/images", "disc"), "group-installing", "i", &["image"], Permission::Inspect),
    item(("environments", "/environments", "cpu"), "", "v", &["environment"], Permission::Inspect),
    item(("profiles", "/profiles", "file-settings"), "", "p", &["profile"], Permission::Inspect),
    item(("jobs", "/jobs", "list-check"), "group-center", "j", &["job"], Permission::Look),
    item(("system", "/system", "heart-rate-monitor"), "", "y", &["system", "mail"], Permission::Inspect),
    item(("accounts", "/accounts", "building"), "group-people", "c", &["account"], Permission::ViewAccounts),
    item(("users", "/users", "users"), "", "u", &["user"], Permission::People),
    item(("roles", "/roles", "shield-check"), "", "o", &["role"], Permission::SignedIn),
    item(("sessions", "/sessions", "device-desktop"), "", "e", &["session"], Permission::SignedIn),
    item(("factors", "/factors", "shield-check"), "", "f", &["factor"], Permission::SignedIn),
    item(("identities", "/identities", "login"), "", "l", &["identity"], Permission::SignedIn),
    item(("oidc", "/oidc", "login"), "", "k", &["oidc"], Permission::People),
    item(("tokens", "/tokens", "key"), "", "t", &["token"], Permission::SignedIn),
    item(("webhooks", "/webhooks", "webhook"), "", "w", &["webhook", "delivery"], Permission::Webhooks),
    item(("audit", "/audit", "history"), "", "a", &["audit"], Permission::Audit),
];

impl Tier for Admin {
    fn menu(&self) -> &'static [MenuItem] {
        MENU
    }

    fn crumb(&self, noun: &str) -> Crumb {
        let href = list_of(noun);
        let label = MENU.iter().find(|item| item.href == href).unwrap_or(&MENU[0]).label();
        Crumb::new(label, href)
    }

    fn home_of(&self, entry: &Entry, input: &Value, output: Option<&Value>) -> String {
        let placed = entry.spec.name == "server.place" && input.get("rack").is_some_and(Value::is_string);
        if let Some(page) = crate::private::inside::home_of(entry.spec.name, input) {
            return page;
        }
        let list = if placed { "/racks" } else { list_of(entry.spec.noun()) };
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let given = |value: &Value, key: &str| value.get(key).filter(|found| !found.is_null()).map(text);
        // Long work on a thing that has no page yet is watched on its job's page.
        let job = output.and_then(|output| given(output, "job"));
        let name = |value: &Value| given(value, "name");
        let page = match (entry.spec.name, output) {
            ("image.build" | "image.import" | "environment.build", Some(_)) => {
                return job.map_or_else(|| list.to_owned(), |job| format!("/jobs/{job}"));
            }
            (
                "server.remove"
                | "private-server.remove"
                | "image.remove"
                | "profile.remove"
                | "rack.remove"
                | "nas.remove"
                | "account.remove",
                Some(_),
            ) => None,
            ("webhook.create", Some(output)) => given(output, "webhook"),
            ("webhook.remove", Some(_)) => None,
            ("delivery.redeliver", _) => {
                return given(input, "delivery")
                    .filter(|id| plain(id))
                    .map_or_else(|| list.to_owned(), |id| format!("/deliveries/{id}"));
            }
            ("factor.totp-begin", Some(_)) => return "/act/factor/totp-confirm".to_owned(),
            ("session.enter" | "session.leave", _) => return "/".to_owned(),
            (
                "server.add"
                | "server.rename"
                | "profile.create"
                | "rack.create"
                | "rack.rename"
                | "nas.create"
                | "nas.change"
                | "account.create"
                | "account.rename"
                | "private-server.create"
                | "private-server.rename",
                Some(output),
            ) => name(output),
            (
                "server.add"
                | "image.build"
                | "image.import"
                | "profile.create"
                | "rack.create"
                | "nas.create"
                | "account.create"
                | "private-server.create",
                None,
            ) => None,
            (_, _) => match list {
                "/servers" => given(input, "server"),
                "/private-servers" => given(input, "private_server"),
                "/racks" => given(input, "rack"),
                "/nas" => given(input, "nas"),
                "/images" => given(input, "image"),
                "/profiles" => given(input, "profile"),
                "/jobs" => given(input, "job"),
                "/accounts" => given(input, "account"),
                "/webhooks" => given(input, "webhook"),
                _ => None,
            },
        };
        page.filter(|page| plain(page)).map_or_else(|| list.to_owned(), |page| format!("{list}/{page}"))
    }

    fn item_page(&self, noun: &str, item: &Value) -> Option<String> {
        let list = list_of(noun);
        let key = match noun {
            "server" | "private-server" | "rack" | "nas" | "image" | "profile" | "account" => {
                item.get("name")?.as_str()?.to_owned()
            }
            "job" | "webhook" => item.get("id")?.as_i64()?.to_string(),
            "delivery" => return Some(format!("/deliveries/{}", item.get("id")?.as_i64()?)),
            _ => return None,
        };
        plain(&key).then(|| format!("{list}/{key}"))
    }
}

/// Where the things of a noun are listed.
fn list_of(noun: &str) -> &'static str {
    match noun {
        "private-server" => "/private-servers",
        "image" => "/images",
        "environment" => "/environments",
        "profile" => "/profiles",
        "rack" => "/racks",
        "nas" | "failover" => "/nas",
        "network" => "/networks",
        "discovery" => "/discovery",
        "job" => "/jobs",
        "user" => "/users",
        "token" => "/tokens",
        "audit" => "/audit",
        "webhook" | "delivery" => "/webhooks",
        "system" | "mail" => "/system",
        "session" => "/sessions",
        "account" | "brand" => "/accounts",
        "factor" => "/factors",
        "identity" => "/identities",
        "oidc" => "/oidc",
        "role" => "/roles",
        "search" => "/search",
        _ => "/servers",
    }
}

/// Whether the text can stand in a path as it is: typed names may be anything.
fn plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
