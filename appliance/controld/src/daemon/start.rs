//! Starting, in the order in which things need each other. Nothing answers before everything is there.

use std::collections::BTreeMap;
use std::net::{SocketAddr, SocketAddrV4};
use std::path::Path;
use std::sync::Arc;

use rackwright_api::{ServeLimits, serve_https, serve_unix};
use rackwright_catalog::actions::system::Warning;
use rackwright_client::Transport;
use rackwright_domain::refusal::chain;
use rackwright_domain::{Domain, reconcile};
use rackwright_netboot::{BIOS_PROGRAM, Netboot, Running, UEFI_PROGRAM};
use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::wiring::{self, Parts};
use super::{Addresses, Daemon, GRACE, StartError, admin, names};
use crate::agents::{AgentPort, Limits, server_config};
use crate::boot_files;
use crate::config::{Config, Netboot as NetbootConfig};
use crate::data::DataDir;
use crate::front;
use crate::plan::Plan;
use crate::sockets;
use crate::transport::InProcess;

/// Every listening socket of people and agents.
struct Listeners {
    panel: Vec<TcpListener>,
    agents: TcpListener,
    backups: TcpListener,
    unix: UnixListener,
}

impl Daemon {
    /// Starts a Control Center, in a tokio runtime with I/O and time.
    ///
    /// # Errors
    /// [`StartError`] says what to do; nothing is left running then.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let data = DataDir::open(&config.data_dir)?;
        make_folder(&config.run_dir)?;
        let listeners = Listeners::open(&config)?;
        let addresses = listeners.addresses(&config)?;
        let dialled = SocketAddrV4::new(
            *config.agents.address.ip(),
            match config.agents.address.port() {
                0 => addresses.agents.port(),
                port => port,
            },
        );
        let backups = SocketAddrV4::new(*dialled.ip(), addresses.backups.port());
        let parts = wiring::parts(&config, &data, dialled, backups)?;
        let addresses = Addresses { authority_fingerprint: parts.authority.fingerprint(), ..addresses };
        let admin_password = admin::first(&parts.domain, &config.run_dir).await?;

        let netboot = match &config.netboot {
            Some(netboot) => Some(netboot_servers(&config, netboot, &data, dialled, &parts).await?),
            None => None,
        };
        let stop = watch::Sender::new(false);
        let serving = serve(listeners.panel, listeners.backups, listeners.unix, &parts, &stop)?;
        let working = work(config, listeners.agents, &parts, netboot)?;
        tracing::info!(
            authority.fingerprint = %addresses.authority_fingerprint,
            "The Control Center listens: panel {:?}, agents {}, socket {}.",
            addresses.panel, addresses.agents, addresses.socket.display()
        );
        say_what_is_missing(&parts.domain).await;
        Ok(Self { domain: parts.domain, serving, working, stop, addresses, admin_password, _data: data })
    }
}

async fn say_what_is_missing(domain: &Domain) {
    match domain.warnings().await {
        Ok(warnings) => warnings.iter().for_each(|Warning { problem, advice, .. }| {
            tracing::warn!("{problem} {advice}");
        }),
        Err(error) => tracing::error!("What is missing could not be looked up: {}.", chain(&error)),
    }
}

fn make_folder(path: &Path) -> Result<(), StartError> {
    std::fs::create_dir_all(path).map_err(|source| StartError::File {
        what: "create the folder",
        path: path.to_owned(),
        source,
    })
}

impl Listeners {
    fn open(config: &Config) -> Result<Self, StartError> {
        let panel =
            config.panel.listen.iter().map(|address| sockets::tcp("the panel", "panel.listen", *address));
        Ok(Self {
            panel: panel.collect::<Result<_, _>>()?,
            agents: sockets::tcp("agents", "agents.listen", config.agents.listen)?,
            backups: sockets::tcp("backups", "backups.listen", config.backups.listen)?,
            unix: sockets::unix(&config.run_dir)?,
        })
    }

    fn addresses(&self, config: &Config) -> Result<Addresses, StartError> {
        let of = |listener: &TcpListener| -> Result<SocketAddr, StartError> {
            let failed = |source| StartError::File {
                what: "ask where it listens:",
                path: "the socket".into(),
                source,
            };
            listener.local_addr().map_err(failed)
        };
        Ok(Addresses {
            panel: self.panel.iter().map(of).collect::<Result<_, _>>()?,
            agents: of(&self.agents)?,
            backups: of(&self.backups)?,
            socket: config.run_dir.join(sockets::UNIX_SOCKET),
            authority_fingerprint: String::new(),
        })
    }
}

/// The panel, the API, the unix socket, and the port for backups.
fn serve(
    panel: Vec<TcpListener>,
    backups: TcpListener,
    unix: UnixListener,
    parts: &Parts,
    stop: &watch::Sender<bool>,
) -> Result<JoinSet<&'static str>, StartError> {
    let transport: Arc<dyn Transport> = Arc::new(InProcess::new(Arc::clone(&parts.domain)));
    let limits = ServeLimits { grace: GRACE, ..ServeLimits::default() };
    let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(StartError::PanelTls)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(&parts.certificate) as _);
    let app = front::app(&transport);
    let mut serving = JoinSet::new();
    for listener in panel {
        let (tls, app, stopped) = (tls.clone(), app.clone(), stopped(stop));
        serving.spawn(async move {
            serve_https(listener, tls, app, limits, stopped).await;
            "the panel"
        });
    }
    let (door, stopped_too) = (Arc::clone(&parts.domain), stopped(stop));
    let store = crate::backups::app(parts.shelf.clone(), Arc::new(door));
    serving.spawn(async move {
        serve_https(backups, tls, store, crate::backups::limits(), stopped_too).await;
        "the port for backups"
    });
    let stopped = stopped(stop);
    serving.spawn(async move {
        serve_unix(unix, transport, limits, stopped).await;
        "the local socket"
    });
    Ok(serving)
}

fn stopped(stop: &watch::Sender<bool>) -> impl Future<Output = ()> + Send + 'static {
    let mut stop = stop.subscribe();
    async move {
        // A sender that is gone means the same.
        drop(stop.wait_for(|stop| *stop).await);
    }
}

/// The agent port, the reconcilers and whatever else goes on by itself.
fn work(
    config: Config,
    agents: TcpListener,
    parts: &Parts,
    netboot: Option<Running>,
) -> Result<JoinSet<(&'static str, String)>, StartError> {
    const BY_ITSELF: &str = "it ended by itself";
    let tls = server_config(&parts.authority, Arc::clone(&parts.certificate) as _)?;
    let (registry, counters) = (Arc::clone(&parts.registry), Arc::clone(&parts.agent_counters));
    let port = AgentPort::new(
        agents,
        tls,
        Arc::new(Arc::clone(&parts.domain)),
        registry,
        counters,
        Limits::default(),
    );
    let mut working = JoinSet::new();
    working.spawn(async move {
        port.run().await;
        ("the agent port", BY_ITSELF.to_owned())
    });
    let domain = Arc::clone(&parts.domain);
    working.spawn(async move {
        reconcile::run(domain).await;
        ("the reconciler of servers", BY_ITSELF.to_owned())
    });
    let domain = Arc::clone(&parts.domain);
    working.spawn(async move {
        reconcile::image_jobs::run(domain).await;
        ("the reconciler of images", BY_ITSELF.to_owned())
    });
    let (authority, certificate) = (Arc::clone(&parts.authority), Arc::clone(&parts.certificate));
    working.spawn(async move {
        names::keep_fresh(config, authority, certificate).await;
        ("the renewal of certificates", BY_ITSELF.to_owned())
    });
    if let Some(mut netboot) = netboot {
        working.spawn(async move { ("netboot", chain(&netboot.stopped().await)) });
    }
    Ok(working)
}

async fn netboot_servers(
    config: &Config,
    netboot: &NetbootConfig,
    data: &DataDir,
    center: SocketAddrV4,
    parts: &Parts,
) -> Result<Running, StartError> {
    boot_files::gather(config, &data.boot())?;
    let programs = [BIOS_PROGRAM, UEFI_PROGRAM].map(|name| (name.to_owned(), config.ipxe_dir.join(name)));
    let settings = rackwright_netboot::Config {
        interface: netboot.interface.clone(),
        address: netboot.address,
        http_port: netboot.http_port,
        tftp_files: BTreeMap::from(programs),
        boot_dir: data.boot(),
        images_dir: data.images(),
        center,
        ca_fingerprint: parts.authority.fingerprint(),
    };
    let plan = Plan { domain: Arc::clone(&parts.domain), kernel_args: netboot.kernel_args.clone() };
    let running = Netboot::start(settings, Arc::new(plan)).await?;
    parts.counters.netboot_runs(running.counters());
    Ok(running)
}
