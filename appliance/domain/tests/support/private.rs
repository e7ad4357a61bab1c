//! A server that can hold private servers, the network that it stands in, and an agent that does as it is told.

use std::net::Ipv4Addr;

use rackwright_model::private_server::{Intent, Number, Phase, Power, RootAccess, Seen, Wanted};
use rackwright_model::profile::{ImageFormat, ImagePurpose};
use rackwright_model::{AccountId, ImageId, MacAddr, Scope, ServerId, ServerState};
use rackwright_proto::{FromMachine, HostRoom, ToMachine};
use rackwright_store::image::{ImageRow, image_put};
use rackwright_store::person::{person_named, person_set_inside};
use rackwright_store::private_server::{
    PrivateServerDraft, TemplateFacts, private_server_insert, private_server_named,
};
use rackwright_store::server::{server_insert, server_named, server_set_address, server_set_state};
use serde_json::{Value, json};

use super::{START, Sent, World, tree};

/// The network of [`World::host`]: its pool is .100 to .199, its router .1, its name server .2.
pub const NETWORK: &str = "10.78.0.0/24";

/// Half of what most servers here can promise of processors and memory.
pub fn size() -> Value {
    json!({
        "cpu_permille": 400, "memory_mib": 1_500, "swap_mib": 0, "disk_mib": 5_000, "bandwidth_kbit": 10_000,
        "sessions": 1_000, "processes": 500,
    })
}

/// The input that makes a private server of the provider with this name.
pub fn input(name: &str) -> Value {
    json!({"name": name, "template": "debian-12-ps", "size": size(), "password": "correct horse battery"})
}

/// What is wanted of a private server of an account on a server, written past the actions; `number` is its last octet too.
pub fn draft(name: &str, account: AccountId, server: ServerId, number: u16) -> PrivateServerDraft {
    let [high, low] = number.to_be_bytes();
    PrivateServerDraft {
        number: Number::try_from(u32::from(number)).expect("a number"),
        name: name.parse().expect("a name"),
        server,
        account,
        template: TemplateFacts {
            name: "debian-12-ps".parse().expect("a name"),
            sha256: "a".repeat(64),
            bytes: 1,
            unpacked_bytes: 1,
        },
        size: serde_json::from_value(size()).expect("a size"),
        address: Some([10, 88, high, low].into()),
        address_v6: None,
        mac: MacAddr([2, 0, 0, 7, high, low]),
        access: RootAccess::default(),
        power: Power::On,
        suspended: false,
        suspended_by: None,
        removing: false,
        quarantine: false,
        quarantine_imposed: false,
        quarantine_by: None,
        edition: 0,
        boots: 0,
        nas: None,
        priority: 5,
        origin: None,
    }
}

impl World {
    /// The network, a template and a server with room.
    pub async fn with_room() -> Self {
        let world = Self::new();
        world.ready_for_private_servers().await;
        world
    }

    /// The network, a template and a server `h1` with room, at 10.78.0.9.
    pub async fn ready_for_private_servers(&self) -> ServerId {
        let network = json!({
            "name": "ps-net", "cidr": NETWORK, "pool_first": "10.78.0.100", "pool_last": "10.78.0.199",
            "router": "10.78.0.1", "dns": ["10.78.0.2"],
        });
        self.done("network.set", network).await;
        self.template("debian-12-ps", 'a').await;
        self.host("h1", 9).await
    }

    /// An image for private servers, in the version that this letter stands for.
    pub async fn template(&self, name: &str, version: char) {
        let image = ImageRow {
            id: ImageId(0),
            name: name.parse().expect("a name"),
            os: "Debian GNU/Linux 12 (bookworm)".into(),
            arch: "amd64".into(),
            format: ImageFormat::TarZst,
            purpose: ImagePurpose::PrivateServer,
            sha256: version.to_string().repeat(64),
            bytes: 10,
            unpacked_bytes: 100,
            added_at: START,
            verified_at: None,
            broken: None,
        };
        self.write(move |tx| Ok(image_put(tx, &image)?)).await;
    }

    /// A server of the provider that is online, with a connected agent that said how much room there is.
    pub async fn host(&self, name: &str, last: u8) -> ServerId {
        let name = name.parse().expect("a name");
        let id = self
            .write(move |tx| {
                let id = server_insert(tx, &name, true, &[MacAddr([2, 0, 0, 0, 9, last])], START)?;
                server_set_address(tx, id, Ipv4Addr::new(10, 78, 0, last))?;
                server_set_state(tx, id, ServerState::Online, None)?;
                Ok(id)
            })
            .await;
        self.machines.agent_connects(id);
        self.domain.presence.connected(id, true);
        self.says(id, FromMachine::Room(room(vec![]))).await;
        id
    }

    /// One more private server of an account of the tree, on the server of `solo`.
    pub async fn beside(&self, name: &str, account: &str, number: u16) {
        let (name, account) = (name.to_owned(), account.parse().expect("a name"));
        self.write(move |tx| {
            let on = server_named(tx, &Scope::everything(), &"on-solo".parse().expect("a name"))?;
            let account = tree::grow(tx, &account)?;
            private_server_insert(tx, &draft(&name, account, on.expect("is there").id, number), START)?;
            Ok(())
        })
        .await;
    }

    /// Says which private server somebody works on, and as which user inside.
    pub async fn works_in(&self, user: &str, private_server: &str, login: Option<&str>) {
        let (user, name) = (user.to_owned(), private_server.parse().expect("a name"));
        let login = login.map(|login| login.parse().expect("a login"));
        self.write(move |tx| {
            let all = Scope::everything();
            let person = person_named(tx, &all, &user)?.expect("is there");
            let row = private_server_named(tx, &all, &name)?.expect("is there");
            Ok(person_set_inside(tx, person.id, Some(row.id), login.as_ref())?)
        })
        .await;
    }

    /// The agent of this server says something, which must be taken.
    pub async fn says(&self, server: ServerId, said: FromMachine) -> Option<ToMachine> {
        self.domain.agent_said(server, said).await.expect("is taken")
    }

    /// What was last wanted of each private server, as its agent was told since it was last asked.
    pub fn told(&self) -> Vec<Wanted> {
        let sent = self.machines.take_sent().into_iter();
        sent.flat_map(|sent| match sent {
            Sent::ToAgent(_, ToMachine::PrivateServers { wanted }) => wanted,
            _ => Vec::new(),
        })
        .collect()
    }

    /// The agent carries out what it was told, and says so.
    pub async fn obeys(&self, server: ServerId) -> Vec<Wanted> {
        let told = self.told();
        let seen =
            told.iter().map(|wanted| seen(wanted.number, wanted.generation, phase(wanted.intent))).collect();
        self.says(server, FromMachine::PrivateServers { seen }).await;
        told
    }

    /// The state of a private server.
    pub async fn state(&self, name: &str) -> Value {
        let shown = self.done("private-server.show", json!({"private_server": name})).await;
        shown["summary"]["state"].clone()
    }
}

/// How it is when an intent was carried out.
pub fn phase(intent: Intent) -> Phase {
    match intent {
        Intent::On => Phase::Running,
        Intent::Off | Intent::Near => Phase::Stopped,
        Intent::Gone | Intent::Left => Phase::Gone,
    }
}

pub fn seen(number: Number, generation: u64, phase: Phase) -> Seen {
    Seen { number, generation, phase, reason: None, progress: None }
}

/// Of 4,000 MiB of memory, 40,000 MiB of disk and a gigabit.
pub fn room(missing: Vec<String>) -> HostRoom {
    HostRoom {
        missing,
        processors: 4,
        memory_mib: 4_000,
        swap_mib: 0,
        disk_mib: 40_000,
        link_kbit: 1_000_000,
        nfs: true,
    }
}
