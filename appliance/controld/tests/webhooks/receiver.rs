//! An HTTP server that remembers what it was sent and answers as it is told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How a request is answered.
#[derive(Debug, Clone)]
pub enum Manner {
    Code(u16),
    Redirect(String),
    /// Takes the request and says nothing.
    Silent,
    /// 200 and a body without end.
    Endless,
    /// Something that is no HTTP.
    Garbage,
}

/// What was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    pub line: String,
    /// By names in small letters.
    pub headers: HashMap<String, String>,
    pub text: String,
}

impl Sent {
    pub fn body(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }
}

/// A running receiver; it ends when this is dropped.
pub struct Receiver {
    pub address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    serving: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    pub async fn start(manner: Manner) -> Self {
        Self::with_tls(manner, None).await
    }

    pub async fn with_tls(manner: Manner, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (manner, sent) = (Arc::new(Mutex::new(manner)), Arc::<Mutex<Vec<Sent>>>::default());
        let (how, seen) = (Arc::clone(&manner), Arc::clone(&sent));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (how, seen, tls) = (Arc::clone(&how), Arc::clone(&seen), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => answer(stream, &how, &seen).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => answer(stream, &how, &seen).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self { address, manner, sent, serving }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks?from=center", self.address)
    }

    /// From now on answer so.
    pub fn set(&self, manner: Manner) {
        *self.manner.lock().expect("whole") = manner;
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().expect("whole").clone()
    }

    /// Wait until this much was sent.
    pub async fn waits_for(&self, count: usize) -> Vec<Sent> {
        for _ in 0..3_000 {
            let sent = self.sent();
            if sent.len() >= count {
                return sent;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("waited for {count} requests: {:?}", self.sent());
    }
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    manner: &Mutex<Manner>,
    seen: &Mutex<Vec<Sent>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut headers) = (String::new(), HashMap::new());
    stream.read_line(&mut line).await.ok()?;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.ok()?;
        match header.trim().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
            None => break,
        };
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let text = String::from_utf8(body).ok()?;
    seen.lock().expect("whole").push(Sent { line: line.trim().to_owned(), headers, text });
    let manner = manner.lock().expect("whole").clone();
    let said = match &manner {
        Manner::Code(code) => format!("HTTP/1.1 {code} Said\r\ncontent-length: 2\r\n\r\nok"),
        Manner::Redirect(to) => format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"),
        Manner::Silent => std::future::pending().await,
        Manner::Endless => "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
        Manner::Garbage => "SSH-2.0-OpenSSH_9.2\r\n".to_owned(),
    };
    stream.write_all(said.as_bytes()).await.ok()?;
    stream.flush().await.ok()?;
    if matches!(manner, Manner::Endless) {
        loop {
            stream.write_all(&[b'x'; 4_096]).await.ok()?;
        }
    }
    stream.shutdown().await.ok()
}
