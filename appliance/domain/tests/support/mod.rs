//! A Control Center on a real database in a directory of its own, with fakes where hardware, machines, time and chance
//! begin.

pub mod authenticator;
mod backups;
mod bmc;
mod courier;
mod machines;
pub mod private;
pub mod provider;
mod surroundings;
pub mod table;
pub mod tree;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rackwright_catalog::{Fault, Role};
use rackwright_domain::ports::Ports;
use rackwright_domain::secret::{SecretKey, fingerprint};
use rackwright_domain::{Credential, Domain, Origin, Refusal, Site};
use rackwright_model::{Millis, Scope, Tier};
use rackwright_store::account::account_named;
use rackwright_store::person::{PersonDraft, person_insert, person_named};
use rackwright_store::session::{SessionRow, session_insert};
use rackwright_store::{Connection, Store};
use serde_json::{Value, json};

pub use backups::{FakeBackups, Shelved};
pub use bmc::{BmcCall, FakeBmc};
pub use courier::FakeCourier;
pub use machines::{FakeMachines, Sent};
pub use surroundings::{FakeAuthority, FakeChance, FakeClock, FakeCounters, FakePing, FakePost};

/// When every test begins.
pub const START: Millis = Millis(1_764_000_000_000);

/// A Control Center and everything around it.
pub struct World {
    pub domain: Arc<Domain>,
    pub clock: Arc<FakeClock>,
    pub bmc: Arc<FakeBmc>,
    pub machines: Arc<FakeMachines>,
    pub ping: Arc<FakePing>,
    pub provider: Arc<provider::Provider>,
    pub post: Arc<FakePost>,
    pub courier: Arc<FakeCourier>,
    pub backups: Arc<FakeBackups>,
    pub directory: tempfile::TempDir,
    sessions: AtomicI64,
}

impl World {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        for part in ["images", "work", "boot"] {
            std::fs::create_dir(directory.path().join(part)).expect("a directory");
        }
        let store = Store::open(&directory.path().join("rackwright.db")).expect("a database");
        let clock = Arc::new(FakeClock::at(START));
        let (bmc, machines, ping) =
            (Arc::<FakeBmc>::default(), Arc::<FakeMachines>::default(), Arc::<FakePing>::default());
        let provider = Arc::new(provider::Provider::with_clock(clock.clone()));
        let post = Arc::<FakePost>::default();
        let courier = Arc::<FakeCourier>::default();
        let backups = Arc::<FakeBackups>::default();
        let ports = Ports {
            bmc: bmc.clone(),
            machines: machines.clone(),
            clock: clock.clone(),
            chance: Arc::new(FakeChance::default()),
            authority: Arc::new(FakeAuthority),
            ping: ping.clone(),
            web: provider.clone(),
            post: post.clone(),
            counters: Arc::new(FakeCounters(vec![("dhcp.malformed".to_owned(), 3)])),
            courier: courier.clone(),
            backups: backups.clone(),
        };
        let site = Site {
            images_dir: directory.path().join("images"),
            import_dirs: vec![directory.path().join("import"), directory.path().join("not there")],
            work_dir: directory.path().join("work"),
            boot_dir: directory.path().join("boot"),
            netboot: true,
            http_base: "http://10.77.0.1".to_owned(),
            agent_endpoint: "10.77.0.1:8444".to_owned(),
            backup_endpoint: "10.77.0.1:8445".to_owned(),
            boot_flavour: "cloud".to_owned(),
            panel_names: vec!["center.example.com".to_owned(), "localhost".to_owned()],
            panel_url: Some("https://center.example.com:8443".to_owned()),
            apt_sources: None,
            webhook_networks: vec!["127.0.0.0/8".parse().expect("a block")],
        };
        let domain = Arc::new(Domain::new(store, site, ports, SecretKey::new(&[7; SecretKey::LEN])));
        let sessions = AtomicI64::new(0);
        Self { domain, clock, bmc, machines, ping, provider, post, courier, backups, directory, sessions }
    }

    /// The process ends and begins again on the same database; nobody is connected then.
    pub fn restart(&mut self) {
        let store =
            Store::open(&self.directory.path().join("rackwright.db")).expect("the database opens again");
        let (site, ports) = (self.domain.site.clone(), self.domain.ports.clone());
        self.domain = Arc::new(Domain::new(store, site, ports, SecretKey::new(&[7; SecretKey::LEN])));
    }

    /// The configuration names no interface of machines.
    pub fn without_netboot(&mut self) {
        Arc::get_mut(&mut self.domain).expect("nobody works with it yet").site.netboot = false;
    }

    /// The configuration names no mail server.
    pub fn without_mail(&mut self) {
        Arc::get_mut(&mut self.domain).expect("nobody works with it yet").site.panel_url = None;
    }

    /// Carry out an action.
    pub async fn call(&self, credential: &Credential, action: &str, input: Value) -> Result<Value, Fault> {
        self.domain.call(credential, Origin::Api, action, input).await
    }

    /// Carry out an action as local root.
    pub async fn root(&self, action: &str, input: Value) -> Result<Value, Fault> {
        self.call(&Credential::LocalRoot, action, input).await
    }

    /// Carry out an action as local root, which must succeed.
    pub async fn done(&self, action: &str, input: Value) -> Value {
        self.root(action, input).await.unwrap_or_else(|fault| panic!("{action}: {fault}"))
    }

    /// Carry out an action as local root, which must be refused.
    pub async fn refused(&self, action: &str, input: Value) -> Fault {
        self.root(action, input).await.err().unwrap_or_else(|| panic!("{action} was not refused"))
    }

    /// Sign in with a password.
    pub async fn sign_in(&self, user: &str, password: &str) -> Result<Credential, Fault> {
        let opened =
            self.call(&Credential::None, "session.open", json!({"user": user, "password": password})).await?;
        Ok(Credential::Bearer(opened["session"].as_str().expect("a session").to_owned()))
    }

    /// A session of somebody with this role, without the work of hashing a password. The user is called like the role
    /// and sits in the account of [`tree`] that fits.
    pub async fn session(&self, role: Role) -> Credential {
        let account = match role.row().tier {
            Tier::Provider => "provider",
            Tier::Reseller => "acme",
            Tier::Customer => "acme-shop",
        };
        self.session_in(account, role.word(), role).await
    }

    /// A session of a user with this role in an account of the tree.
    pub async fn session_in(&self, account: &str, user: &str, role: Role) -> Credential {
        let credential = format!("rws_{}", self.sessions.fetch_add(1, Ordering::Relaxed));
        let (hash, user) = (fingerprint(&credential), user.to_owned());
        let account = account.parse().expect("a name");
        let id = hash[..12].to_owned();
        self.write(move |tx| {
            let all = Scope::everything();
            let account = match account_named(tx, &all, &account)? {
                Some(account) => account.id,
                None => tree::grow(tx, &account)?,
            };
            let person = match person_named(tx, &all, &user)? {
                Some(person) => person.id,
                None => {
                    let draft = PersonDraft {
                        name: user,
                        role: role.word().to_owned(),
                        account,
                        email: None,
                        password_hash: "no password".to_owned(),
                    };
                    person_insert(tx, &draft, START)?
                }
            };
            let session = SessionRow {
                hash,
                id,
                person,
                origin: "api".to_owned(),
                address: None,
                acting_as: None,
                created_at: START,
                expires_at: START.plus(i64::from(i32::MAX)),
                seen_at: None,
            };
            Ok(session_insert(tx, &session)?)
        })
        .await;
        Credential::Bearer(credential)
    }

    /// Write past the actions.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> T {
        self.domain.write(work).await.expect("the write holds")
    }

    /// Look past the actions.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> T {
        self.domain.read(work).await.expect("the read succeeds")
    }
}
