//! A domain that writes down what it is told.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use rackwright_controld::agents::{Desk, Refused};
use rackwright_controld::authority::Authority;
use rackwright_domain::ports::{self, Later};
use rackwright_model::ServerId;
use rackwright_proto::{AgentHello, FromMachine, ProvisionHello, ToMachine};
use tokio::sync::watch;

/// The token that the desk takes, for [`SERVER`].
pub const TOKEN: &str = "one-use";
pub const SERVER: ServerId = ServerId(7);

pub struct Notes {
    authority: Arc<Authority>,
    said: watch::Sender<Vec<String>>,
    revoked: Mutex<HashSet<String>>,
}

impl Notes {
    pub fn new(authority: Arc<Authority>) -> Arc<Self> {
        Arc::new(Self { authority, said: watch::Sender::default(), revoked: Mutex::default() })
    }

    pub fn revoke(&self, fingerprint: &str) {
        self.revoked.lock().expect("fine").insert(fingerprint.to_owned());
    }

    /// Waits until exactly these things were said, in this order.
    pub async fn heard(&self, expected: &[&str]) {
        let mut said = self.said.subscribe();
        let all = said.wait_for(|said| said.len() >= expected.len());
        drop(tokio::time::timeout(std::time::Duration::from_secs(20), all).await);
        assert_eq!(*self.said.borrow(), expected);
    }

    fn note(&self, line: String) {
        self.said.send_modify(|said| said.push(line));
    }
}

/// The desk, which the port takes by value.
pub struct Shared(pub Arc<Notes>);

impl Desk for Shared {
    fn provision_hello(
        &self,
        peer: Ipv4Addr,
        hello: ProvisionHello,
    ) -> Later<'_, Result<ToMachine, Refused>> {
        Box::pin(async move {
            self.0.note(format!("hello {} from {peer}", hello.boot));
            match hello.boot.as_str() {
                "unwanted" => Err(Refused { reason: "nobody holds a lease".into(), retry_after_s: 5 }),
                "stuck" => std::future::pending().await,
                _ => Ok(ToMachine::Welcome { name: "srv-1".into() }),
            }
        })
    }

    fn machine_said<'a>(
        &'a self,
        _: Ipv4Addr,
        boot: &'a str,
        said: FromMachine,
    ) -> Later<'a, Result<Option<ToMachine>, Refused>> {
        Box::pin(async move {
            if let FromMachine::Log { line, .. } = said {
                self.0.note(format!("{boot}: {line}"));
            }
            Ok(Some(ToMachine::Wait))
        })
    }

    fn provision_gone<'a>(&'a self, boot: &'a str) -> Later<'a, ()> {
        Box::pin(async move { self.0.note(format!("gone {boot}")) })
    }

    fn enrol<'a>(&'a self, token: &'a str, csr_pem: &'a str) -> Later<'a, Result<ToMachine, Refused>> {
        Box::pin(async move {
            let refused = |reason: String| Refused { reason, retry_after_s: 60 };
            if token != TOKEN {
                return Err(refused("there is no such token".into()));
            }
            let issued = ports::Authority::issue(&*self.0.authority, SERVER, csr_pem).map_err(refused)?;
            Ok(ToMachine::Enrolled {
                server: SERVER,
                certificate_pem: issued.certificate_pem,
                authority_pem: ports::Authority::certificate_pem(&*self.0.authority),
            })
        })
    }

    fn agent_hello<'a>(
        &'a self,
        fingerprint: &'a str,
        _: Ipv4Addr,
        hello: AgentHello,
    ) -> Later<'a, Result<(ServerId, ToMachine), Refused>> {
        Box::pin(async move {
            if self.0.revoked.lock().expect("fine").contains(fingerprint) {
                self.0.note(format!("revoked {}", hello.host_name));
                return Err(Refused { reason: "its certificate was revoked".into(), retry_after_s: 60 });
            }
            self.0.note(format!("agent {}", hello.host_name));
            Ok((SERVER, ToMachine::Welcome { name: hello.host_name }))
        })
    }

    fn agent_said(&self, _: ServerId, said: FromMachine) -> Later<'_, Result<Option<ToMachine>, Refused>> {
        Box::pin(async move {
            let heartbeat = matches!(said, FromMachine::Heartbeat(_));
            Ok(heartbeat.then_some(ToMachine::Heard))
        })
    }

    fn agent_gone(&self, server: ServerId) -> Later<'_, ()> {
        Box::pin(async move { self.0.note(format!("agent {server} gone")) })
    }
}
