//! On which server a private server stands: only where its guarantees can be kept.

use rackwright_catalog::Fault;
use rackwright_model::private_server::{Room, Size};
use rackwright_model::{Name, PrivateServerId, Scope, ServerState};
use rackwright_store::Connection;
use rackwright_store::private_server::{
    ServerRoom, private_server_coming, private_server_on, server_room_get, server_room_list,
};
use rackwright_store::server::{Server, server_get};

use crate::Refusal;
use crate::refusal::conflict;

/// Servers that a refusal names.
const NAMED: usize = 5;

/// A server with what it can promise, and to whom it has promised.
pub(super) struct Host {
    pub server: Server,
    pub room: Option<ServerRoom>,
    /// The private servers on it, by name, and those on their way to it.
    pub standing: Vec<(PrivateServerId, Size)>,
}

impl Host {
    fn of(tx: &Connection, server: Server, room: Option<ServerRoom>) -> Result<Self, Refusal> {
        let mut standing = private_server_on(tx, server.id)?;
        standing.extend(private_server_coming(tx, server.id)?);
        let standing = standing.into_iter().map(|row| (row.id, row.wanted.size)).collect();
        Ok(Self { server, room, standing })
    }

    /// Why no private server can be placed here now.
    pub(super) fn obstacle(&self) -> Option<String> {
        obstacle(&self.server, self.room.as_ref())
    }

    /// The sizes of those that stand here, without one.
    fn sizes(&self, without: Option<PrivateServerId>) -> impl Iterator<Item = &Size> {
        self.standing.iter().filter(move |(id, _)| Some(*id) != without).map(|(_, size)| size)
    }

    /// Why these guarantees cannot be kept here; none when they can.
    fn short(&self, asked: &Size, without: Option<PrivateServerId>) -> Option<String> {
        if let Some(obstacle) = self.obstacle() {
            return Some(obstacle);
        }
        let whole = &self.room.as_ref()?.whole;
        let short = whole.admit(self.sizes(without), asked).err()?;
        let sums: Vec<String> = short.iter().map(ToString::to_string).collect();
        Some(format!("{}: {}", self.server.name, sums.join(". ")))
    }

    /// How full its fullest resource would be, in thousandths.
    fn fullness(&self, asked: &Size) -> u128 {
        let Some(room) = &self.room else { return u128::MAX };
        let promised = promised(self.sizes(None).chain([asked]));
        let Room { cpu_permille, memory_mib, disk_mib, bandwidth_kbit } = room.whole;
        let shares = [
            (promised.cpu_permille, cpu_permille),
            (promised.memory_mib, memory_mib),
            (promised.disk_mib, disk_mib),
            (promised.bandwidth_kbit, bandwidth_kbit),
        ];
        let share = |(part, whole): (u64, u64)| u128::from(part) * 1_000 / u128::from(whole).max(1);
        shares.into_iter().map(share).max().unwrap_or(u128::MAX)
    }
}

/// What was promised to private servers of these sizes.
pub(super) fn promised<'a>(sizes: impl IntoIterator<Item = &'a Size>) -> Room {
    let nothing = Room { cpu_permille: 0, memory_mib: 0, disk_mib: 0, bandwidth_kbit: 0 };
    sizes.into_iter().fold(nothing, |sum, size| Room {
        cpu_permille: sum.cpu_permille + u64::from(size.cpu_permille),
        memory_mib: sum.memory_mib + u64::from(size.memory_mib),
        disk_mib: sum.disk_mib + u64::from(size.disk_mib),
        bandwidth_kbit: sum.bandwidth_kbit + u64::from(size.bandwidth_kbit),
    })
}

fn obstacle(server: &Server, room: Option<&ServerRoom>) -> Option<String> {
    let name = &server.name;
    if server.state != ServerState::Online {
        let what = server.state.word();
        return Some(format!("{name} is not online, but {what}"));
    }
    let Some(room) = room else {
        return Some(format!("{name} has not said what it can give to private servers"));
    };
    let missing: Vec<&str> = room.missing.iter().map(|said| said.trim_end_matches('.')).collect();
    (!missing.is_empty()).then(|| format!("{name} cannot hold private servers: {}", missing.join(". ")))
}

/// Every server of a scope on which private servers can or could stand, by name.
pub(super) fn hosts(tx: &Connection, scope: &Scope) -> Result<Vec<Host>, Refusal> {
    let mut hosts = Vec::new();
    for (id, room) in server_room_list(tx, scope)? {
        if let Some(server) = server_get(tx, id)? {
            hosts.push(Host::of(tx, server, room)?);
        }
    }
    Ok(hosts)
}

/// The server that was chosen, if the guarantees can be kept there; else the one of the scope with the most room, of those
/// that `may` hold it.
///
/// # Errors
/// The fault says which resource is short, with the sum, and where there is room.
pub(super) fn place(
    tx: &Connection,
    scope: &Scope,
    chosen: Option<Server>,
    may: &dyn Fn(&Server) -> bool,
    asked: &Size,
    attempted: &str,
) -> Result<Server, Refusal> {
    if let Some(server) = chosen {
        admit(tx, scope, server.clone(), asked, None, attempted)?;
        return Ok(server);
    }
    let fits =
        hosts(tx, scope)?.into_iter().filter(|host| may(&host.server) && host.short(asked, None).is_none());
    let emptiest = fits.min_by_key(|host| host.fullness(asked));
    emptiest.map(|host| host.server).ok_or_else(|| {
        let reason = "none of your servers has room for it";
        conflict(attempted, reason, "See what each can still promise with: rackwright private-server room")
            .into()
    })
}

/// That the guarantees can be kept on this server, beside all that stand there but `own`.
///
/// # Errors
/// As [`place`].
pub(super) fn admit(
    tx: &Connection,
    scope: &Scope,
    server: Server,
    asked: &Size,
    own: Option<PrivateServerId>,
    attempted: &str,
) -> Result<(), Refusal> {
    let room = server_room_get(tx, server.id)?;
    let host = Host::of(tx, server, room)?;
    let Some(reason) = host.short(asked, own) else { return Ok(()) };
    Err(refusal(tx, scope, &host, asked, reason, attempted)?.into())
}

fn refusal(
    tx: &Connection,
    scope: &Scope,
    full: &Host,
    asked: &Size,
    reason: String,
    attempted: &str,
) -> Result<Fault, Refusal> {
    let fits = |host: &Host| host.server.id != full.server.id && host.short(asked, None).is_none();
    let others: Vec<Name> = hosts(tx, scope)?.into_iter().filter(fits).map(|host| host.server.name).collect();
    let mut named: Vec<&str> = others.iter().take(NAMED).map(Name::as_str).collect();
    if others.len() > NAMED {
        named.push("…");
    }
    let advice = if named.is_empty() {
        "See what each server can still promise with: rackwright private-server room".to_owned()
    } else {
        format!("There is room on: {}", named.join(", "))
    };
    Ok(conflict(attempted, reason, advice))
}
