//! Answers one request.

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ACCEPT_RANGES, ALLOW, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, IF_RANGE, RANGE,
};
use hyper::{Method, Request, Response, StatusCode};
use rackwright_model::MacAddr;

use crate::context::Context;
use crate::counters::{add, count};
use crate::http::file::{self, FileBody, Opened, Sent};
use crate::http::path::{self, Place};
use crate::http::range::{self, Part};
use crate::script;
use crate::timeline::transfer;

pub(crate) type AnyBody = Either<Full<Bytes>, FileBody>;
type Answer = Response<AnyBody>;

/// The station that a machine passes when it has a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Station {
    Program,
    Kernel,
    RamDisk,
    None,
}

/// Answers; never fails, since a failure is an answer too.
pub(crate) async fn answer(request: Request<Incoming>, client: Ipv4Addr, context: Arc<Context>) -> Answer {
    count(&context.counters.http_requests);
    let (path, head) = (request.uri().path(), request.method() == Method::HEAD);
    let answer = match (request.method(), path::parse(path)) {
        (&Method::GET | &Method::HEAD, Some(place)) => {
            locate(place, request.headers(), head, client, &context).await
        }
        (&Method::GET | &Method::HEAD, None) => text(StatusCode::NOT_FOUND, "There is nothing here.\n"),
        _ => {
            let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD.\n");
            answer
                .headers_mut()
                .insert(ALLOW, const { hyper::header::HeaderValue::from_static("GET, HEAD") });
            answer
        }
    };
    let status = answer.status();
    if status.is_client_error() || status.is_server_error() {
        count(&context.counters.http_refused);
        tracing::info!(%client, http.status = status.as_u16(), "HTTP: {} {:.200}", request.method(), path);
    }
    if head { without_body(answer) } else { answer }
}

async fn locate(
    place: Place,
    headers: &HeaderMap,
    head: bool,
    client: Ipv4Addr,
    context: &Arc<Context>,
) -> Answer {
    let config = &context.config;
    let (path, station) = match &place {
        Place::Script(mac) => return boot_script(*mac, head, client, context).await,
        Place::Autoexec => return text(StatusCode::OK, script::autoexec(&context.http_host)),
        Place::Boot(name) => match config.tftp_files.get(name) {
            Some(program) => (program.clone(), Station::Program),
            None => (config.boot_dir.join(name), station(name)),
        },
        Place::Flavour(flavour, name) => (config.boot_dir.join(flavour).join(name), station(name)),
        Place::Image(name) => (config.images_dir.join(name), Station::None),
    };
    match send_file(&path, headers, head, station, client, context).await {
        Ok(answer) => answer,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            text(StatusCode::NOT_FOUND, "There is no such file.\n")
        }
        Err(error) => {
            tracing::error!("HTTP: could not read {}: {error}. Check its permissions.", path.display());
            text(StatusCode::INTERNAL_SERVER_ERROR, "The file could not be read.\n")
        }
    }
}

fn station(name: &str) -> Station {
    if name.starts_with("vmlinuz") {
        Station::Kernel
    } else if name.contains(".cpio") {
        Station::RamDisk
    } else {
        Station::None
    }
}

async fn boot_script(mac: MacAddr, head: bool, client: Ipv4Addr, context: &Arc<Context>) -> Answer {
    // Asking begins a boot, so only the machine itself may ask: its address must be leased to it.
    if context.holder(client).await != Some(mac) {
        return text(StatusCode::FORBIDDEN, "This address is not leased to that machine.\n");
    }
    if head {
        // A look, not a boot: the choice is not asked for, since asking may begin one.
        return text(StatusCode::OK, String::new());
    }
    let rendered = match context.ask(context.plan.choose(mac)).await {
        Ok(choice) => script::render(mac, &choice, context)
            .map(|script| (script, choice))
            .map_err(|bad| format!("{bad}.")),
        Err(none) => Err(none.reason()),
    };
    match rendered {
        Ok((script, choice)) => {
            context.timeline.script(mac, choice_in_words(&choice));
            text(StatusCode::OK, script)
        }
        Err(reason) => {
            tracing::warn!(machine.mac = %mac, "No boot script: {reason}");
            context.plan.silent(mac, &reason);
            text(StatusCode::OK, script::refusal(mac, &reason, context))
        }
    }
}

fn choice_in_words(choice: &crate::plan::BootChoice) -> String {
    match choice {
        crate::plan::BootChoice::Provision { flavour, .. } => {
            format!("Told to start the provisioning environment ({flavour} kernel).")
        }
        crate::plan::BootChoice::Disk => "Told to boot its first disk.".to_owned(),
    }
}

async fn send_file(
    path: &Path,
    headers: &HeaderMap,
    head: bool,
    station: Station,
    client: Ipv4Addr,
    context: &Arc<Context>,
) -> io::Result<Answer> {
    let opened = file::open(path.to_owned()).await?;
    let builder = Response::builder()
        .header(ACCEPT_RANGES, "bytes")
        .header(ETAG, &opened.tag)
        .header(CONTENT_TYPE, "application/octet-stream");
    let size = opened.size;
    let (builder, first, length) = match part(headers, &opened) {
        Part::Whole => (builder, 0, size),
        Part::Range { first, length } => {
            let range = format!("bytes {first}-{}/{size}", first + length - 1);
            (builder.status(StatusCode::PARTIAL_CONTENT).header(CONTENT_RANGE, range), first, length)
        }
        Part::Unsatisfiable => {
            let answer = builder
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(CONTENT_RANGE, format!("bytes */{size}"));
            return answer.header(CONTENT_LENGTH, 0).body(empty()).map_err(io::Error::other);
        }
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let sent = (!head).then(|| {
        sent(Arc::clone(context), name, client, length, (first == 0 && length == size).then_some(station))
    });
    let body = FileBody::new(opened.file, first, length, sent)?;
    builder.header(CONTENT_LENGTH, length).body(Either::Right(body)).map_err(io::Error::other)
}

/// The part asked for; the whole file when the client's copy is of an older one (RFC 9110 section 13.1.5).
fn part(headers: &HeaderMap, opened: &Opened) -> Part {
    let current = headers.get(IF_RANGE).is_none_or(|tag| tag.as_bytes() == opened.tag.as_bytes());
    match headers.get(RANGE).and_then(|range| range.to_str().ok()) {
        Some(header) if current => range::parse(header, opened.size),
        Some(_) | None => Part::Whole,
    }
}

/// Counts the bytes and, for a whole file of the boot, tells the plan which machine has it.
fn sent(
    context: Arc<Context>,
    name: String,
    client: Ipv4Addr,
    length: u64,
    station: Option<Station>,
) -> Sent {
    Box::new(move |begun| {
        add(&context.counters.http_bytes, length);
        let Some(station) = station.filter(|station| *station != Station::None) else { return };
        let part = format!("{name}: {}", transfer(length, begun.elapsed()));
        tokio::spawn(async move {
            let Some(mac) = context.holder(client).await else {
                tracing::info!(%client, "Sent {part}.");
                return;
            };
            match station {
                Station::Program => context.timeline.program(mac, format!("Sent by HTTP {part}.")),
                Station::Kernel => context.timeline.kernel(mac, format!("Sent {part}.")),
                Station::RamDisk => context.timeline.ram_disk(mac, part),
                Station::None => {}
            }
        });
    })
}

fn text(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let text = text.into();
    let length = text.len();
    let mut answer = Response::new(Either::Left(Full::new(text)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers
        .insert(CONTENT_TYPE, const { hyper::header::HeaderValue::from_static("text/plain; charset=utf-8") });
    headers.insert(CONTENT_LENGTH, length.into());
    answer
}

fn empty() -> AnyBody {
    Either::Left(Full::default())
}

/// The same head, `Content-Length` and all: UEFI asks for it before it makes room for the file.
fn without_body(answer: Answer) -> Answer {
    answer.map(|_| empty())
}
