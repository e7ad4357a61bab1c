//! On which server a private server stands: only where its guarantees can be kept.

use rackwright_catalog::Fault;
use rackwright_model::private_server::{Resource, Room, Short, Size};
use rackwright_model::{Name, PrivateServerId, Scope, ServerState};
use rackwright_store::Connection;
use rackwright_store::nas::share_of;
use rackwright_store::private_server::{
    PrivateServer, ServerRoom, private_server_coming, private_server_on, server_room_get, server_room_list,
    snapshot_mib_on,
};
use rackwright_store::server::{Server, server_get};

use crate::Refusal;
use crate::refusal::conflict;

/// Servers that a refusal names.
const NAMED: usize = 5;

/// What a private server needs of its server.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    /// Without the disk when that is on a NAS.
    size: Size,
    /// Whether it uses a NAS.
    nfs: bool,
}

impl Need {
    pub(crate) fn new(size: &Size, disk_on_nas: bool, reads_nas: bool) -> Self {
        Self { size: here(size, disk_on_nas), nfs: disk_on_nas || reads_nas }
    }

    /// That of one that is made already.
    pub(crate) fn of(tx: &Connection, row: &PrivateServer) -> Result<Self, Refusal> {
        let reads = !share_of(tx, row.id)?.is_empty();
        Ok(Self::new(&row.wanted.size, row.wanted.nas.is_some(), reads))
    }

    /// The same with another size.
    pub(super) fn sized(self, size: &Size, disk_on_nas: bool) -> Self {
        Self { size: here(size, disk_on_nas), ..self }
    }
}

/// What is promised of the server itself: a disk on a NAS is not.
pub(super) fn here(size: &Size, disk_on_nas: bool) -> Size {
    if disk_on_nas { Size { disk_mib: 0, ..size.clone() } } else { size.clone() }
}

/// Why guarantees cannot be kept on a server.
enum Lack {
    /// It holds no private server of this kind, whatever its size.
    Unfit(String),
    Short(Vec<Short>),
}

/// A server with what it can promise, and to whom it has promised.
pub(super) struct Host {
    pub server: Server,
    pub room: Option<ServerRoom>,
    /// The private servers on it, by name, and those on their way to it.
    pub standing: Vec<(PrivateServerId, Size)>,
    /// What snapshots on it take of its disk.
    pub snapshots_mib: u64,
}

impl Host {
    fn of(tx: &Connection, server: Server, room: Option<ServerRoom>) -> Result<Self, Refusal> {
        let mut standing = private_server_on(tx, server.id)?;
        standing.extend(private_server_coming(tx, server.id)?);
        let standing = standing
            .into_iter()
            .map(|row| (row.id, here(&row.wanted.size, row.wanted.nas.is_some())))
            .collect();
        let snapshots_mib = snapshot_mib_on(tx, server.id)?;
        Ok(Self { server, room, standing, snapshots_mib })
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
    fn lack(&self, asked: &Need, without: Option<PrivateServerId>) -> Option<Lack> {
        if let Some(obstacle) = self.obstacle() {
            return Some(Lack::Unfit(obstacle));
        }
        let room = self.room.as_ref()?;
        if asked.nfs && !room.nfs {
            return Some(Lack::Unfit(format!(
                "{} cannot mount the exports of a NAS: its system or its agent is too old",
                self.server.name
            )));
        }
        let whole = Room { disk_mib: room.whole.disk_mib.saturating_sub(self.snapshots_mib), ..room.whole };
        whole.admit(self.sizes(without), &asked.size).err().map(Lack::Short)
    }

    /// The same with the sums.
    fn short(&self, asked: &Need, without: Option<PrivateServerId>) -> Option<String> {
        Some(match self.lack(asked, without)? {
            Lack::Unfit(reason) => reason,
            Lack::Short(short) => {
                let sums: Vec<String> = short.iter().map(ToString::to_string).collect();
                format!("{}: {}", self.server.name, sums.join(". "))
            }
        })
    }

    /// The same with what is free.
    fn tight(&self, asked: &Need) -> Option<String> {
        Some(match self.lack(asked, None)? {
            Lack::Unfit(reason) => reason,
            Lack::Short(short) => {
                let told: Vec<String> = short.iter().map(|short| lacks(&self.server.name, short)).collect();
                told.join(". ")
            }
        })
    }

    /// How full its fullest resource would be, in thousandths.
    fn fullness(&self, asked: &Need) -> u128 {
        let Some(room) = &self.room else { return u128::MAX };
        let promised = promised(self.sizes(None).chain([&asked.size]));
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

fn lacks(server: &Name, short: &Short) -> String {
    let (free, wanted) = (short.free(), short.wanted());
    match short.resource {
        Resource::Cpu => format!("{server} lacks CPU: {free} is free, less than {wanted}"),
        Resource::Memory => format!("{server} lacks memory: {free} is free, less than {wanted}"),
        Resource::Disk => format!("{server} lacks disk: {free} is free, less than {wanted}"),
        Resource::Bandwidth => format!("{server} lacks bandwidth: {free} is free, less than {wanted}"),
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
pub(crate) fn place(
    tx: &Connection,
    scope: &Scope,
    chosen: Option<Server>,
    may: &dyn Fn(&Server) -> bool,
    asked: &Need,
    attempted: &str,
) -> Result<Server, Refusal> {
    if let Some(server) = chosen {
        admit(tx, scope, server.clone(), asked, None, attempted)?;
        return Ok(server);
    }
    let looked: Vec<Host> = hosts(tx, scope)?.into_iter().filter(|host| may(&host.server)).collect();
    let tight: Vec<String> = looked.iter().filter_map(|host| host.tight(asked)).collect();
    let fits = looked.into_iter().filter(|host| host.lack(asked, None).is_none());
    let emptiest = fits.min_by_key(|host| host.fullness(asked));
    emptiest.map(|host| host.server).ok_or_else(|| {
        let advice = "See what each can still promise with: rackwright private-server room";
        conflict(attempted, nowhere(tight), advice).into()
    })
}

/// That there is room nowhere, with what each server lacks.
fn nowhere(mut tight: Vec<String>) -> String {
    if tight.is_empty() {
        return "none of your servers has room for it".to_owned();
    }
    let more = tight.len().saturating_sub(NAMED);
    tight.truncate(NAMED);
    if more > 0 {
        tight.push(format!("{more} more have no room either"));
    }
    format!("none of your servers has room for it: {}", tight.join(". "))
}

/// That a snapshot of a private server finds room on the disk of its server, beside all that is promised.
///
/// # Errors
/// The fault has the sum for those who may see the server.
pub(super) fn admit_disk(
    tx: &Connection,
    scope: &Scope,
    row: &PrivateServer,
    attempted: &str,
) -> Result<(), Refusal> {
    let room = server_room_get(tx, row.wanted.server)?;
    let Some(server) = server_get(tx, row.wanted.server)? else { return Ok(()) };
    let asked = Size {
        cpu_permille: 0,
        memory_mib: 0,
        swap_mib: 0,
        disk_mib: row.wanted.size.disk_mib,
        bandwidth_kbit: 0,
        ceiling_kbit: None,
        sessions: 0,
        processes: 0,
    };
    let asked = Need::new(&asked, false, false);
    let Some(short) = Host::of(tx, server, room)?.short(&asked, None) else { return Ok(()) };
    // The name of the server and what others have on it is not for whoever has one private server there.
    let shown = scope.covers(&row.server_account_path);
    let reason = if shown { short } else { "its server has no room for as much as its disk now".to_owned() };
    let advice = "Remove snapshots that are not needed, or ask those who look after the server for room.";
    Err(conflict(attempted, reason, advice).into())
}

/// That whoever gives of its server may: it is in their tree.
///
/// # Errors
/// The fault names nothing of the server.
pub(super) fn server_is_own(scope: &Scope, row: &PrivateServer, attempted: &str) -> Result<(), Fault> {
    if scope.covers(&row.server_account_path) {
        return Ok(());
    }
    let reason = "the server that it stands on is not yours";
    Err(conflict(attempted, reason, "Ask those who look after that server."))
}

/// That the guarantees can be kept on this server, beside all that stand there but `own`.
///
/// # Errors
/// As [`place`].
pub(super) fn admit(
    tx: &Connection,
    scope: &Scope,
    server: Server,
    asked: &Need,
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
    asked: &Need,
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
