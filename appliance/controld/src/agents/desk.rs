//! Who the sessions report to: the domain.

use std::net::Ipv4Addr;
use std::sync::Arc;

use rackwright_catalog::{Fault, FaultCode};
use rackwright_domain::ports::Later;
use rackwright_domain::{Domain, Refusal};
use rackwright_model::ServerId;
use rackwright_proto::{AgentHello, FromMachine, ProvisionHello, ToMachine};

/// A session that must end: why, and when the machine may come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub reason: String,
    pub retry_after_s: u32,
}

/// Takes the reports of machines. `peer` is the address a machine connects from.
pub trait Desk: Send + Sync + 'static {
    /// Answers with `Welcome` or `Refused`.
    fn provision_hello(&self, peer: Ipv4Addr, hello: ProvisionHello)
    -> Later<'_, Result<ToMachine, Refused>>;
    /// A message of the provisioning environment that booted with this nonce.
    fn machine_said<'a>(
        &'a self,
        peer: Ipv4Addr,
        boot: &'a str,
        said: FromMachine,
    ) -> Later<'a, Result<Option<ToMachine>, Refused>>;
    /// Its last session ended.
    fn provision_gone<'a>(&'a self, boot: &'a str) -> Later<'a, ()>;
    /// Answers with `Enrolled` or `Refused`.
    fn enrol<'a>(&'a self, token: &'a str, csr_pem: &'a str) -> Later<'a, Result<ToMachine, Refused>>;
    /// The server that the certificate speaks for, and `Welcome` or `Refused`.
    fn agent_hello<'a>(
        &'a self,
        fingerprint: &'a str,
        peer: Ipv4Addr,
        hello: AgentHello,
    ) -> Later<'a, Result<(ServerId, ToMachine), Refused>>;
    /// A message of the agent of this server.
    fn agent_said(
        &self,
        server: ServerId,
        said: FromMachine,
    ) -> Later<'_, Result<Option<ToMachine>, Refused>>;
    /// Its last session ended.
    fn agent_gone(&self, server: ServerId) -> Later<'_, ()>;
}

/// What a machine is told of a refusal.
fn refused(refusal: Refusal) -> Refused {
    let fault = refusal.fault("take the report of a machine");
    Refused { retry_after_s: retry_after(&fault), reason: reason(&fault) }
}

fn reason(fault: &Fault) -> String {
    if fault.advice.is_empty() { fault.reason.clone() } else { format!("{}. {}", fault.reason, fault.advice) }
}

/// Soon when the trouble passes by itself, later when a person has to act.
fn retry_after(fault: &Fault) -> u32 {
    match fault.code {
        FaultCode::Internal | FaultCode::TimedOut | FaultCode::Unavailable | FaultCode::Conflict => 5,
        FaultCode::StorageFull | FaultCode::TooMany => 20,
        FaultCode::InvalidInput
        | FaultCode::NotSignedIn
        | FaultCode::Forbidden
        | FaultCode::NotFound
        | FaultCode::ConfirmationNeeded => 60,
    }
}

impl Desk for Arc<Domain> {
    fn provision_hello(
        &self,
        peer: Ipv4Addr,
        hello: ProvisionHello,
    ) -> Later<'_, Result<ToMachine, Refused>> {
        Box::pin(async move { Domain::provision_hello(self, peer, hello).await.map_err(refused) })
    }

    fn machine_said<'a>(
        &'a self,
        peer: Ipv4Addr,
        boot: &'a str,
        said: FromMachine,
    ) -> Later<'a, Result<Option<ToMachine>, Refused>> {
        Box::pin(async move { Domain::machine_said(self, peer, boot, said).await.map_err(refused) })
    }

    fn provision_gone<'a>(&'a self, boot: &'a str) -> Later<'a, ()> {
        Box::pin(async move { Domain::provision_gone(self, boot) })
    }

    fn enrol<'a>(&'a self, token: &'a str, csr_pem: &'a str) -> Later<'a, Result<ToMachine, Refused>> {
        Box::pin(async move { Domain::enrol(self, token, csr_pem).await.map_err(refused) })
    }

    fn agent_hello<'a>(
        &'a self,
        fingerprint: &'a str,
        peer: Ipv4Addr,
        hello: AgentHello,
    ) -> Later<'a, Result<(ServerId, ToMachine), Refused>> {
        Box::pin(async move { Domain::agent_hello(self, fingerprint, peer, hello).await.map_err(refused) })
    }

    fn agent_said(
        &self,
        server: ServerId,
        said: FromMachine,
    ) -> Later<'_, Result<Option<ToMachine>, Refused>> {
        Box::pin(async move { Domain::agent_said(self, server, said).await.map_err(refused) })
    }

    fn agent_gone(&self, server: ServerId) -> Later<'_, ()> {
        Box::pin(async move { Domain::agent_gone(self, server).await })
    }
}
