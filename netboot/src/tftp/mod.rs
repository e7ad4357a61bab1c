//! A read-only TFTP server for boot programs. The codec is the tftpd crate's; sessions, bounds and retransmission are
//! our own, because its server lets one unauthenticated request allocate gigabytes.

mod request;
mod session;
mod source;
mod window;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tftpd::ErrorCode;
use tokio::net::UdpSocket;
use tokio::task::{AbortHandle, JoinSet};

use crate::context::Context;
use crate::counters::{add, count};
use crate::error::StartError;
use crate::timeline::transfer;
use crate::{script, sockets};
use request::{Refusal, Request};
use session::{End, Session};
use source::{Content, Source};

const PORT: u16 = 69;
/// A request with every option fits (RFC 2347 section 2 bounds it to 512).
const DATAGRAM: usize = 1_024;
/// Transfers at once: of everybody, and of one address.
const SESSIONS: usize = 256;
const SESSIONS_EACH: usize = 8;

/// The opened server.
pub(crate) struct Tftp {
    socket: UdpSocket,
    files: HashMap<String, Content>,
    context: Arc<Context>,
}

/// A transfer in progress.
struct Running {
    task: AbortHandle,
    answered: Arc<AtomicBool>,
}

impl Tftp {
    pub fn open(context: Arc<Context>) -> Result<Self, StartError> {
        let address = SocketAddrV4::new(context.config.address, PORT);
        let socket = sockets::udp_on_address(address).map_err(|source| StartError::Open {
            service: "TFTP",
            address: SocketAddr::V4(address),
            source,
        })?;
        let autoexec = Content::Text(script::autoexec(&context.http_host).into());
        let named =
            context.config.tftp_files.iter().map(|(name, path)| (name.clone(), Content::Path(path.clone())));
        let files = named.chain([(script::AUTOEXEC.to_owned(), autoexec)]).collect();
        Ok(Self { socket, files, context })
    }

    /// Serves until the socket fails for good.
    pub async fn run(self) -> io::Error {
        let mut running: HashMap<SocketAddrV4, Running> = HashMap::new();
        let mut work = JoinSet::new();
        let mut bytes = vec![0; DATAGRAM];
        loop {
            let (length, client) = match self.socket.recv_from(&mut bytes).await {
                Ok((length, SocketAddr::V4(client))) => (length, client),
                Ok(_) => continue,
                Err(error) if sockets::passes(&error) => continue,
                Err(error) => return error,
            };
            while work.try_join_next().is_some() {}
            running.retain(|_, session| !session.task.is_finished());
            if let Some(earlier) = running.get(&client) {
                // A repeated request: the session repeats its own first packet. One that was answered has ended for this client.
                if !earlier.answered.load(Ordering::Relaxed) {
                    continue;
                }
                earlier.task.abort();
            }
            let Some((request, content)) = self.admit(&bytes[..length], client, &running).await else {
                continue;
            };
            let answered = Arc::new(AtomicBool::new(false));
            let context = Arc::clone(&self.context);
            let task = work.spawn(serve(request, content, client, context, Arc::clone(&answered)));
            running.insert(client, Running { task, answered });
        }
    }

    /// The request and what it names, or an error to the client.
    async fn admit(
        &self,
        bytes: &[u8],
        client: SocketAddrV4,
        running: &HashMap<SocketAddrV4, Running>,
    ) -> Option<(Request, Content)> {
        let counters = &self.context.counters;
        let of_client = running.keys().filter(|other| other.ip() == client.ip()).count();
        if running.len() >= SESSIONS || of_client >= SESSIONS_EACH {
            count(&counters.tftp_overload);
            self.refuse(client, ErrorCode::NotDefined, "too many transfers at once").await;
            return None;
        }
        let request = match request::parse(bytes) {
            Ok(request) => request,
            Err(Refusal::Malformed) => {
                count(&counters.tftp_malformed);
                return None;
            }
            Err(refusal @ (Refusal::ReadOnly | Refusal::Mode)) => {
                count(&counters.tftp_refused);
                let reason = if refusal == Refusal::Mode { "only octet mode" } else { "read only" };
                self.refuse(client, ErrorCode::IllegalOperation, reason).await;
                return None;
            }
        };
        let Some(content) = self.files.get(&request.file) else {
            count(&counters.tftp_refused);
            tracing::info!(%client, "TFTP: no file {:?}.", request.file.chars().take(64).collect::<String>());
            self.refuse(client, ErrorCode::FileNotFound, "no such file").await;
            return None;
        };
        Some((request, content.clone()))
    }

    async fn refuse(&self, client: SocketAddrV4, code: ErrorCode, reason: &str) {
        if let Ok(packet) = session::error_packet(code, reason)
            && let Err(error) = self.socket.send_to(&packet, SocketAddr::V4(client)).await
        {
            tracing::debug!(%client, "Could not refuse a TFTP request: {error}.");
        }
    }
}

async fn serve(
    request: Request,
    content: Content,
    client: SocketAddrV4,
    context: Arc<Context>,
    answered: Arc<AtomicBool>,
) {
    let begun = Instant::now();
    let (size, end) = match prepare(&request, &content, client, &context, &answered).await {
        Ok(session) => (session.source.size, session.run().await),
        Err(error) => (0, End::Failed(error)),
    };
    let counters = &context.counters;
    let file = &request.file;
    match end {
        End::Done => {
            count(&counters.tftp_transfers);
            add(&counters.tftp_bytes, size);
            let detail = format!("Sent {file} by TFTP: {}.", transfer(size, begun.elapsed()));
            passed(&context, *client.ip(), detail).await;
        }
        End::Probe => count(&counters.tftp_probes),
        End::Aborted(reason) => {
            count(&counters.tftp_aborted);
            tracing::warn!(%client, "TFTP: the client ended the transfer of {file}: {reason}.");
        }
        End::TimedOut => {
            count(&counters.tftp_timeouts);
            tracing::warn!(%client, "TFTP: the client stopped answering during {file}.");
        }
        End::Failed(error) => {
            count(&counters.tftp_errors);
            tracing::error!(%client, "TFTP: could not send {file}: {error}. Check that the file is readable.");
        }
    }
}

async fn prepare<'a>(
    request: &Request,
    content: &Content,
    client: SocketAddrV4,
    context: &'a Context,
    answered: &'a AtomicBool,
) -> io::Result<Session<'a>> {
    let socket = session::port(SocketAddrV4::new(context.config.address, 0), client).await?;
    let source = match Source::open(content).await {
        Ok(source) => source,
        Err(error) => {
            socket.send(&session::error_packet(ErrorCode::NotDefined, "the file could not be read")?).await?;
            return Err(error);
        }
    };
    let terms = request::settle(&request.options, source.size);
    tracing::debug!(%client, "TFTP: {} of {} B, {}", request.file, source.size, session::words(&terms.granted));
    Ok(Session { socket, source, terms, answered, counters: &context.counters })
}

/// Names the machine by its lease, and tells the plan.
async fn passed(context: &Context, client: Ipv4Addr, detail: String) {
    match context.holder(client).await {
        Some(mac) => context.timeline.program(mac, detail),
        None => tracing::info!(%client, "{detail}"),
    }
}
