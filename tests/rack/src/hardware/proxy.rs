//! A door from this machine's loopback into the rack, so that a browser outside reaches the panel inside.

use std::io::Write;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::address;
use super::namespace::Namespace;

/// How many ports after the wished one are tried.
const PORTS_TRIED: u16 = 50;
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// A listening proxy; closes when dropped.
#[derive(Debug)]
pub struct PanelProxy {
    port: u16,
    closing: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl PanelProxy {
    /// Listens on 127.0.0.1 at `wished` or the next free port and forwards to the panel in `namespace`.
    ///
    /// # Errors
    /// No port is free.
    pub fn open(namespace: &Namespace, wished: u16) -> Result<Self> {
        let listener = listen(wished)?;
        let port = listener.local_addr().context("asking which port was taken")?.port();
        let closing = Arc::new(AtomicBool::new(false));
        let (flag, namespace) = (Arc::clone(&closing), namespace.clone());
        let acceptor = std::thread::spawn(move || {
            for outside in listener.incoming() {
                if flag.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(outside) = outside else { continue };
                let namespace = namespace.clone();
                std::thread::spawn(move || join(outside, &namespace));
            }
        });
        Ok(Self { port, closing, acceptor: Some(acceptor) })
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The panel's address for a browser on this machine.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }
}

impl Drop for PanelProxy {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        // The acceptor sleeps in accept(): one last caller wakes it.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

fn listen(wished: u16) -> Result<TcpListener> {
    for port in wished..wished.saturating_add(PORTS_TRIED) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).with_context(|| format!("listening on 127.0.0.1:{port}")),
        }
    }
    bail!(
        "ports {wished} to {} on 127.0.0.1 are all taken: free one of them",
        wished.saturating_add(PORTS_TRIED - 1)
    )
}

/// Copies both ways until both sides have finished. A panel that does not answer closes the caller's connection.
fn join(outside: TcpStream, namespace: &Namespace) {
    let panel = SocketAddr::V4(SocketAddrV4::new(address::CENTER, address::PANEL_PORT));
    let inside = namespace.enter(|| Ok(TcpStream::connect_timeout(&panel, CONNECT_LIMIT)?));
    let Ok(inside) = inside else { return };
    let (Ok(from_outside), Ok(to_inside)) = (outside.try_clone(), inside.try_clone()) else { return };
    let up = std::thread::spawn(move || copy(from_outside, to_inside));
    copy(inside, outside);
    drop(up.join());
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    // A broken connection on one side ends the other; there is nobody to tell.
    drop(std::io::copy(&mut from, &mut to));
    drop(to.flush());
    drop(to.shutdown(Shutdown::Write));
}
