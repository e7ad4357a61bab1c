//! From a blank machine to a live agent, with the Control Center killed at every point between.

mod alive;
mod boots;
mod killed;
mod refused;
mod removed;
mod whole;

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rackwright_domain::boot::Choice;
use rackwright_domain::reconcile;
use rackwright_domain::secret::fingerprint;
use rackwright_model::boot::Firmware;
use rackwright_model::inventory::{Cpu, Disk, Dmi, Nic};
use rackwright_model::profile::{ImageFormat, ImagePurpose};
use rackwright_model::{BootStage, ImageId, InstallId, Inventory, MacAddr, ServerId};
use rackwright_proto::{AgentHello, FromMachine, Order, ProvisionHello, ToMachine, VERSION};
use rackwright_store::image::{ImageRow, image_put};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::support::{START, Sent, World};

const MAC: MacAddr = MacAddr([0x52, 0x54, 0, 0, 0, 1]);
const LINK: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
const AGENT: ServerId = ServerId(1);
/// Longer than any step needs; a test that reaches it has failed.
const LIMIT: Duration = Duration::from_secs(20);

/// A Control Center with reconcilers, an image, a profile and one announced machine with a BMC.
struct Room {
    world: World,
    reconcilers: JoinHandle<()>,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.reconcilers.abort();
    }
}

impl Room {
    async fn new() -> Self {
        let world = World::new();
        let image = stored_image(&world.directory.path().join("images"));
        world.write(move |tx| Ok(image_put(tx, &image)?)).await;
        let network = json!({"name": "rack", "cidr": "10.77.0.0/24", "pool_first": "10.77.0.50", "pool_last": "10.77.0.60"});
        world.done("network.set", network).await;
        world.done("profile.create", json!({"name": "plain", "image": "debian"})).await;
        let bmc = json!({"address": "10.77.1.1", "user": "admin", "password": "hush"});
        world.done("server.add", json!({"name": "r1", "macs": [MAC], "bmc": bmc})).await;
        let reconcilers = tokio::spawn(reconcile::run(Arc::clone(&world.domain)));
        Self { world, reconcilers }
    }

    /// As `kill -9` and a start: nothing in memory survives, machines lose their sessions.
    async fn kill_and_restart(&mut self) {
        self.reconcilers.abort();
        self.world.restart();
        self.reconcilers = tokio::spawn(reconcile::run(Arc::clone(&self.world.domain)));
    }

    async fn install(&self) -> Value {
        self.world.done("server.install", json!({"server": "r1", "profile": "plain"})).await
    }

    /// The machine netboots: address, boot script, environment. Its nonce.
    async fn netboot(&self) -> String {
        let domain = &self.world.domain;
        let address = self.offered(MAC, None).await;
        domain.lease_commit(MAC, address, LINK, None).await.expect("a lease");
        match domain.boot_choice(MAC).await.expect("a choice") {
            Choice::Provision { nonce } => nonce,
            Choice::Disk => panic!("the machine was sent to its disk"),
        }
    }

    /// The address that a machine is offered.
    async fn offered(&self, mac: MacAddr, wanted: Option<Ipv4Addr>) -> Ipv4Addr {
        let grant = self.world.domain.lease_offer(mac, wanted, LINK, None, true).await.expect("an answer");
        grant.lease().expect("an address of ours").address
    }

    /// The environment opens its session and reports the inventory.
    async fn report(&self, boot: &str, resuming: Option<InstallId>) {
        let domain = &self.world.domain;
        self.world.machines.boot_connects(boot);
        let hello =
            ProvisionHello { version: VERSION, boot: boot.into(), mac: MAC, macs: vec![MAC], resuming };
        let address = self.offered(MAC, None).await;
        let answer = domain.provision_hello(address, hello).await.expect("a session");
        assert!(matches!(answer, ToMachine::Welcome { .. }), "{answer:?}");
        let inventory = FromMachine::Inventory { inventory: inventory(20_000) };
        domain.machine_said(address, boot, inventory).await.expect("the inventory is taken");
    }

    async fn says(&self, boot: &str, message: FromMachine) -> Option<ToMachine> {
        let address = self.offered(MAC, None).await;
        self.world.domain.machine_said(address, boot, message).await.expect("the report is taken")
    }

    /// The order, once it is sent.
    async fn order(&self) -> Order {
        let order = self.until("the order", || {
            self.world.machines.take_sent().into_iter().find_map(|sent| match sent {
                Sent::ToBoot(_, ToMachine::Install(order)) => Some(*order),
                _ => None,
            })
        });
        order.await
    }

    /// The installed system comes up: it redeems the token and its agent connects.
    async fn first_boot(&self, order: &Order) {
        assert_eq!(self.world.domain.boot_choice(MAC).await, Ok(Choice::Disk), "network boot is disarmed");
        let enrolled =
            self.world.domain.enrol(&order.agent.token, "csr of key 1").await.expect("a certificate");
        let ToMachine::Enrolled { certificate_pem, .. } = enrolled else { panic!("{enrolled:?}") };
        self.agent_connects(&fingerprint(&certificate_pem)).await;
    }

    async fn agent_connects(&self, fingerprint: &str) {
        let hello = AgentHello {
            version: VERSION,
            agent_version: "0.1.0".into(),
            boot_id: "b".into(),
            host_name: "r1".into(),
            kernel: "6.1".into(),
            os: "Debian".into(),
        };
        let (server, _) = self
            .world
            .domain
            .agent_hello(fingerprint, Ipv4Addr::new(10, 77, 0, 50), hello)
            .await
            .expect("a session");
        assert_eq!(server, AGENT);
    }

    async fn server(&self) -> Value {
        self.world.done("server.show", json!({"server": "r1"})).await
    }

    async fn reaches_state(&self, state: &str) -> Value {
        let end = tokio::time::Instant::now() + LIMIT;
        loop {
            let server = self.server().await;
            if server["summary"]["state"] == state {
                return server;
            }
            assert!(tokio::time::Instant::now() < end, "waited {LIMIT:?} for {state}: {server:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn reaches_phase(&self, phase: &str) {
        let end = tokio::time::Instant::now() + LIMIT;
        loop {
            let server = self.server().await;
            if server["install"]["phase"] == phase {
                return;
            }
            assert!(tokio::time::Instant::now() < end, "waited {LIMIT:?} for {phase}: {server:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let end = tokio::time::Instant::now() + LIMIT;
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(tokio::time::Instant::now() < end, "waited {LIMIT:?} for {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn stage(install: InstallId, stage: BootStage) -> FromMachine {
    FromMachine::Stage { install, stage, detail: "done".into() }
}

/// A file in the repository and its record.
fn stored_image(images: &Path) -> ImageRow {
    let content = b"not really an operating system";
    let file = images.join("incoming");
    std::fs::write(&file, content).expect("a file");
    let sha256 = rackwright_images::repository::file_sha256(&file).expect("a hash");
    std::fs::rename(&file, rackwright_images::repository::image_path(images, &sha256)).expect("a place");
    ImageRow {
        id: ImageId(0),
        name: "debian".parse().expect("a name"),
        os: "Debian".into(),
        arch: "amd64".into(),
        format: ImageFormat::TarZst,
        purpose: ImagePurpose::Server,
        sha256,
        bytes: content.len() as u64,
        unpacked_bytes: 100 << 20,
        added_at: START,
        verified_at: None,
        broken: None,
    }
}

fn inventory(disk_mib: u64) -> Inventory {
    Inventory {
        firmware: Firmware::Uefi,
        cpu: Cpu { model: "test".into(), sockets: 1, cores: 2, threads: 2 },
        memory_bytes: 2 << 30,
        disks: vec![Disk {
            name: "vda".into(),
            bytes: disk_mib << 20,
            serial: None,
            model: None,
            rotational: false,
            removable: false,
        }],
        nics: vec![Nic { name: "eth0".into(), mac: MAC, link: true, speed_mbps: None, driver: None }],
        dmi: Dmi::default(),
    }
}
