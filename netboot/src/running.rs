//! Starts the servers, and stops them.

use std::io;
use std::net::{SocketAddr, SocketAddrV4};
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::config::Config;
use crate::context::Context;
use crate::counters::Counters;
use crate::dhcp::Dhcp;
use crate::error::{StartError, Stopped};
use crate::http::Http;
use crate::plan::BootPlan;
use crate::router::NoRouter;
use crate::sockets;
use crate::tftp::Tftp;
use crate::timeline::Timeline;

/// DHCP, TFTP and HTTP boot on one interface.
#[derive(Debug, Clone, Copy)]
pub struct Netboot;

/// The running servers. Dropping this stops them at once, transfers included.
pub struct Running {
    tasks: JoinSet<(&'static str, io::Error)>,
    counters: Arc<Counters>,
    http: SocketAddrV4,
}

impl Netboot {
    /// Opens every socket and starts to serve, in a tokio runtime with I/O and time.
    ///
    /// # Errors
    /// [`StartError`] when a value cannot work, or a socket cannot be opened; then nothing is left running.
    pub async fn start(config: Config, plan: Arc<dyn BootPlan>) -> Result<Running, StartError> {
        config.check()?;
        let wanted = SocketAddrV4::new(config.address, config.http_port);
        let open_error =
            |source| StartError::Open { service: "HTTP", address: SocketAddr::V4(wanted), source };
        let listener = sockets::tcp_on_address(wanted).map_err(open_error)?;
        let port = listener.local_addr().map_err(open_error)?.port();
        let http = SocketAddrV4::new(config.address, port);
        let http_host = if port == 80 { config.address.to_string() } else { http.to_string() };

        let counters = Arc::new(Counters::default());
        let timeline = Timeline::new(Arc::clone(&plan));
        let context =
            Arc::new(Context { config, http_host, plan, counters: Arc::clone(&counters), timeline });
        let dhcp = Dhcp::open(Arc::clone(&context))?;
        let tftp = Tftp::open(Arc::clone(&context))?;
        let files = Http::new(listener, Arc::clone(&context));

        let mut tasks = JoinSet::new();
        tasks.spawn(async move { ("DHCP", dhcp.run().await) });
        tasks.spawn(async move { ("TFTP", tftp.run().await) });
        tasks.spawn(async move { ("HTTP", files.run().await) });
        match NoRouter::open(Arc::clone(&context)) {
            Ok(router) => drop(tasks.spawn(async move { ("IPv6", router.run().await) })),
            Err(error) => {
                tracing::info!("No IPv6 on the boot network ({error}): iPXE will look for a router for 16 s.")
            }
        }
        tracing::info!(net.interface = %context.config.interface, net.address = %context.config.address, "Netboot is served.");
        Ok(Running { tasks, counters, http })
    }
}

impl Running {
    /// Totals of what was served and dropped.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Where boot files are served.
    #[must_use]
    pub fn http_address(&self) -> SocketAddrV4 {
        self.http
    }

    /// Waits until a server ends by itself, and says why. May be cancelled and called again.
    pub async fn stopped(&mut self) -> Stopped {
        match self.tasks.join_next().await {
            Some(Ok((service, source))) => Stopped::Socket { service, source },
            Some(Err(error)) => {
                tracing::error!("A netboot server crashed: {error}.");
                Stopped::Crashed
            }
            None => Stopped::Crashed,
        }
    }

    /// Stops the servers and waits until their sockets are closed.
    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
    }
}
