//! The picture of the room left on each server, beside the size that a private server is to have. What is asked for is drawn
//! on top of what is promised; a script draws it again while sizes are typed.

use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::private_server::{PrivateServerRoom, ServerRoom};
use rackwright_client::Client;
use rackwright_model::private_server::{Resource, Room};
use serde::Serialize;

use crate::form::{FieldView, Typed};
use crate::language;
use crate::messages::{tell, tell_with};

/// Servers in one picture; of more nobody sees anything.
const MOST: usize = 24;
/// Actions that ask for room.
const ACTIONS: [&str; 2] = ["private-server.create", "private-server.resize"];
/// The button that fills in a size to begin with.
pub(super) const SIZE_BUTTON: &str = "_size";

/// Sizes to begin with: name and fields.
const SIZES: [(&str, [(&str, u32); 7]); 3] = [
    ("small", fields([50, 512, 256, 5_120, 10_000, 1_000, 500])),
    ("medium", fields([150, 2_048, 512, 20_480, 50_000, 4_000, 2_000])),
    ("large", fields([300, 4_096, 1_024, 40_960, 100_000, 16_000, 4_000])),
];

const fn fields(of: [u32; 7]) -> [(&'static str, u32); 7] {
    [
        ("cpu_permille", of[0]),
        ("memory_mib", of[1]),
        ("swap_mib", of[2]),
        ("disk_mib", of[3]),
        ("bandwidth_kbit", of[4]),
        ("sessions", of[5]),
        ("processes", of[6]),
    ]
}

/// The picture, with the sizes to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomView {
    pub servers: Vec<ServerView>,
    pub sizes: Vec<SizeView>,
}

/// A size to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SizeView {
    pub name: &'static str,
    pub title: String,
    /// "5 % CPU, 512 MiB, 5 GiB".
    pub note: String,
    /// Its fields as JSON, for the script.
    pub fields: String,
}

/// One server and what it can promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerView {
    pub name: String,
    /// Why nothing can be placed there now.
    pub reason: String,
    pub chosen: bool,
    /// Whether what is asked for fits; not before all of it is told.
    pub fits: bool,
    /// Whether there is no room for what is told so far.
    pub short: bool,
    pub bars: Vec<Bar>,
}

/// One resource of a server. Lengths are per mille of the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    pub resource: Resource,
    pub label: String,
    /// The field of the size that asks for it.
    pub field: &'static str,
    pub whole: u64,
    pub promised: u64,
    /// What the private server that is resized has of it already, for when nothing else is asked for.
    pub own: u64,
    pub promised_length: u64,
    pub asked_length: u64,
    pub short: bool,
    /// Whether it is taken elsewhere, whatever is asked for: the disk that is resized is on a NAS.
    pub elsewhere: bool,
    /// "20 % + 30 % ≤ 90 %"
    pub sum: String,
}

/// The picture for the form of an action; none when it asks for no room, or when the person may not see the room.
pub(super) async fn picture(client: &Client, action: &str, fields: &[FieldView]) -> Option<RoomView> {
    if !ACTIONS.contains(&action) {
        return None;
    }
    let page = client.call::<PrivateServerRoom>(Nothing {}).await.ok()?;
    let value = |name: &str| value_of(fields, name);
    let (server, resized) = (value("server"), value("private_server"));
    let mut asked = asked(fields);
    // What is left blank in a resize stays as it is.
    if let Some(own) = page.items.iter().find_map(|room| share(room, &resized)) {
        asked.iter_mut().zip(own).filter(|(asked, _)| **asked == 0).for_each(|(asked, own)| *asked = own);
    }
    let told = !resized.is_empty() || asked.iter().all(|of| *of > 0);
    if !value("nas").is_empty() {
        asked[DISK] = 0;
    }
    let mut servers: Vec<ServerView> = page
        .items
        .iter()
        .filter(|room| resized.is_empty() || share(room, &resized).is_some())
        .map(|room| {
            let drawn = drawn(room, &asked, &server, &resized);
            ServerView { fits: told && drawn.fits, ..drawn }
        })
        .collect();
    servers.sort_by_key(|server| (!server.chosen, !server.reason.is_empty()));
    servers.truncate(MOST);
    Some(RoomView { servers, sizes: SIZES.iter().map(size).collect() })
}

/// What was typed, with the fields of a size to begin with in the place of what was there.
pub(super) fn with_size(typed: &Typed, name: &str) -> Typed {
    let mut out = typed.filtered(|key| key != SIZE_BUTTON);
    if let Some((_, fields)) = SIZES.iter().find(|(known, _)| *known == name) {
        out = out.filtered(|key| !fields.iter().any(|(field, _)| key == format!("size.{field}")));
        for (field, value) in fields {
            out.push(format!("size.{field}"), value.to_string());
        }
    }
    out
}

/// After a refusal: the sum stands at each field of which there is too little on the chosen server, or on all of them when none
/// was chosen; unless the refusal says something of that field itself.
pub(super) fn mark(fields: &mut [FieldView], room: &RoomView) {
    let chosen = room.servers.iter().find(|server| server.chosen);
    let meant: Vec<&ServerView> = match chosen {
        Some(server) => vec![server],
        None => room.servers.iter().filter(|server| server.reason.is_empty()).collect(),
    };
    for (_, name) in RESOURCES {
        let bars: Vec<(&ServerView, &Bar)> = meant
            .iter()
            .filter_map(|server| Some((*server, server.bars.iter().find(|bar| bar.field == name)?)))
            .collect();
        let Some((server, bar)) = bars.first().filter(|_| bars.iter().all(|(_, bar)| bar.short)) else {
            continue;
        };
        let values = [("server", server.name.as_str().into()), ("sum", bar.sum.as_str().into())];
        let at = fields.iter_mut().flat_map(|field| &mut field.fields);
        for field in at.filter(|field| field.name == format!("size.{name}") && field.problems.is_empty()) {
            field.problems.push(tell_with("room-short-on", &values));
        }
    }
}

fn value_of(fields: &[FieldView], name: &str) -> String {
    let found = fields.iter().find_map(|field| match field.name == name {
        true => Some(field.value.clone()),
        false => Some(value_of(&field.fields, name)).filter(|value| !value.is_empty()),
    });
    found.unwrap_or_default()
}

/// In the order of [`Resource`]; what is no number asks for nothing.
fn asked(fields: &[FieldView]) -> [u64; 4] {
    RESOURCES.map(|(_, field)| value_of(fields, &format!("size.{field}")).trim().parse().unwrap_or(0))
}

const RESOURCES: [(Resource, &str); 4] = [
    (Resource::Cpu, "cpu_permille"),
    (Resource::Memory, "memory_mib"),
    (Resource::Disk, "disk_mib"),
    (Resource::Bandwidth, "bandwidth_kbit"),
];

/// Where the disk stands among them.
const DISK: usize = 2;

/// How much of each resource.
#[must_use]
pub fn amounts(room: &Room) -> [(Resource, u64); 4] {
    [
        (Resource::Cpu, room.cpu_permille),
        (Resource::Memory, room.memory_mib),
        (Resource::Disk, room.disk_mib),
        (Resource::Bandwidth, room.bandwidth_kbit),
    ]
}

/// What the private server that is being resized has been promised there already.
fn share(room: &ServerRoom, resized: &str) -> Option<[u64; 4]> {
    let share = room.shares.iter().find(|share| share.name.as_str() == resized)?;
    let size = &share.size;
    Some([size.cpu_permille, size.memory_mib, size.disk_mib, size.bandwidth_kbit].map(u64::from))
}

fn drawn(room: &ServerRoom, asked: &[u64; 4], server: &str, resized: &str) -> ServerView {
    let own = share(room, resized);
    let on_nas = own.is_some_and(|own| own[DISK] == 0);
    let own = own.unwrap_or_default();
    let whole = room.whole.as_ref().map(amounts);
    let promised = amounts(&room.promised);
    let bars: Vec<Bar> = whole
        .map(|whole| {
            let one = |at: usize| {
                let elsewhere = on_nas && at == DISK;
                let asked = if elsewhere { 0 } else { asked[at] };
                let promised = promised[at].1.saturating_sub(own[at]);
                Bar { elsewhere, own: own[at], ..bar(at, whole[at].1, promised, asked) }
            };
            (0..4).map(one).collect()
        })
        .unwrap_or_default();
    let short = room.reason.is_some() || bars.is_empty() || bars.iter().any(|bar| bar.short);
    ServerView {
        name: room.name.to_string(),
        reason: room.reason.clone().unwrap_or_default(),
        chosen: room.name.as_str() == server,
        fits: !short,
        short,
        bars,
    }
}

fn bar(at: usize, whole: u64, promised: u64, asked: u64) -> Bar {
    let (resource, field) = RESOURCES[at];
    let length = |of: u64| of.saturating_mul(1_000).checked_div(whole).unwrap_or(1_000).min(1_000);
    let short = promised.saturating_add(asked) > whole;
    Bar {
        resource,
        label: label(resource),
        field,
        whole,
        promised,
        own: 0,
        promised_length: length(promised),
        asked_length: length(asked).min(1_000 - length(promised)),
        short,
        elsewhere: false,
        sum: format!(
            "{} + {} {} {}",
            amount(resource, promised),
            amount(resource, asked),
            if short { ">" } else { "≤" },
            amount(resource, whole)
        ),
    }
}

/// What a resource is called.
#[must_use]
pub fn label(resource: Resource) -> String {
    match resource {
        Resource::Cpu => tell("room-cpu"),
        Resource::Memory => tell("room-memory"),
        Resource::Disk => tell("room-disk"),
        Resource::Bandwidth => tell("room-bandwidth"),
    }
}

/// "12.5 %", "1.5 GiB", "10 Mbit/s". The script says it in the same way.
#[must_use]
pub fn amount(resource: Resource, of: u64) -> String {
    let (step, units) = match resource {
        Resource::Cpu => return format!("{} %", tenths(of)),
        Resource::Memory | Resource::Disk => (1_024, ["MiB", "GiB", "TiB"]),
        Resource::Bandwidth => (1_000, ["kbit/s", "Mbit/s", "Gbit/s"]),
    };
    let (mut unit, mut number) = (0, of.saturating_mul(10));
    while number >= step * 10 && unit + 1 < units.len() {
        number /= step;
        unit += 1;
    }
    format!("{} {}", tenths(number), units[unit])
}

/// Tenths as a decimal number, without a zero at its end.
fn tenths(of: u64) -> String {
    match of % 10 {
        0 => (of / 10).to_string(),
        tenth => format!("{}{}{tenth}", of / 10, language::current().decimal_mark()),
    }
}

fn size((name, fields): &(&'static str, [(&'static str, u32); 7])) -> SizeView {
    let of = |resource, at: usize| amount(resource, u64::from(fields[at].1));
    let json: serde_json::Map<String, serde_json::Value> =
        fields.iter().map(|(field, value)| ((*field).to_owned(), (*value).into())).collect();
    SizeView {
        name,
        title: tell(&format!("size-{name}")),
        note: format!(
            "{} {} · {} · {}",
            label(Resource::Cpu),
            of(Resource::Cpu, 0),
            of(Resource::Memory, 1),
            of(Resource::Disk, 3)
        ),
        fields: serde_json::Value::Object(json).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_like_words() {
        for (resource, of, told) in [
            (Resource::Cpu, 125, "12.5 %"),
            (Resource::Memory, 512, "512 MiB"),
            (Resource::Disk, 1_536, "1.5 GiB"),
            (Resource::Bandwidth, 1_000_000, "1 Gbit/s"),
        ] {
            assert_eq!(amount(resource, of), told);
        }
    }

    #[test]
    fn a_bar_holds_what_is_promised_and_what_is_asked() {
        let fits = bar(1, 2_000, 500, 1_500);
        assert_eq!((fits.promised_length, fits.asked_length, fits.short), (250, 750, false));
        let short = bar(1, 2_000, 1_900, 200);
        assert_eq!((short.promised_length, short.asked_length, short.short), (950, 50, true));
        assert_eq!(short.sum, "1.8 GiB + 200 MiB > 1.9 GiB");
        assert!(bar(2, 0, 0, 1).short, "of nothing there is nothing");
    }

    #[test]
    fn a_size_to_begin_with_takes_the_place_of_what_was_typed() {
        let typed = Typed::parse(b"name=web1&size.memory_mib=7&size.ceiling_kbit=9&_size=small");
        let filled = with_size(&typed, "small");
        assert_eq!(filled.get("size.memory_mib"), Some("512"));
        assert_eq!((filled.get("name"), filled.get("size.ceiling_kbit")), (Some("web1"), Some("9")));
        assert_eq!(filled.get(SIZE_BUTTON), None);
    }
}
