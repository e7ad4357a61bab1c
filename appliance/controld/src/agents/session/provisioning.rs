//! A session of the provisioning environment. It may have nothing to say for hours while it waits for an order; TCP
//! itself finds out when it vanishes.

use rackwright_domain::ports::Later;
use rackwright_proto::{FromMachine, ProvisionHello, ToMachine, frame};
use tokio::io::{AsyncRead, AsyncWrite};

use super::super::counters::count;
use super::super::frames::Frames;
use super::super::registry::Seat;
use super::talk::{Matter, Talk};
use super::{End, Session, refusal};

/// Characters of a boot nonce: as many as a kernel command line has room for.
const LONGEST_NONCE: usize = 128;

pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    session: &Session,
    frames: &mut Frames<S>,
    hello: ProvisionHello,
) -> Result<(), End> {
    let boot = hello.boot.clone();
    if boot.is_empty() || boot.len() > LONGEST_NONCE || !boot.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(End::Misplaced);
    }
    let registry = &session.shared.registry;
    let (part, turn) = registry.approach(Seat::Boot(boot.clone()), session.peer).await;
    if part.is_taken_by_another() {
        return Err(refusal(
            "another machine has a session with this boot's nonce; power this machine on again to netboot",
            10,
        ));
    }
    let judged = session.answer(session.shared.desk.provision_hello(session.peer, hello)).await;
    // An inventory of a machine with many disks is long.
    frames.longest = frame::MAX;
    let talk = Talk { session, part, idle: None };
    if judged.is_ok() {
        count(&session.shared.counters.agents_sessions);
    }
    talk.hold(frames, judged, turn, &Provisioning { session, boot: &boot }).await
}

struct Provisioning<'a> {
    session: &'a Session,
    boot: &'a str,
}

impl Matter for Provisioning<'_> {
    fn take(&self, message: FromMachine) -> Later<'_, Result<Option<ToMachine>, End>> {
        Box::pin(async move {
            match message {
                FromMachine::Inventory { .. }
                | FromMachine::Stage { .. }
                | FromMachine::Progress { .. }
                | FromMachine::Log { .. }
                | FromMachine::Written { .. }
                | FromMachine::InstallFailed { .. }
                | FromMachine::CommandDone { .. } => {
                    self.session
                        .answer(self.session.shared.desk.machine_said(self.session.peer, self.boot, message))
                        .await
                }
                FromMachine::Provision(_)
                | FromMachine::Enrol { .. }
                | FromMachine::Agent(_)
                | FromMachine::Heartbeat(_)
                | FromMachine::Room(_)
                | FromMachine::PrivateServers { .. }
                | FromMachine::Usage(_)
                | FromMachine::ExecDone(_)
                | FromMachine::Console(_)
                | FromMachine::Inside(_)
                | FromMachine::Transfer(_)
                | FromMachine::Vault(_) => Err(End::Misplaced),
            }
        })
    }

    fn gone(&self) -> Later<'_, ()> {
        self.session.shared.desk.provision_gone(self.boot)
    }
}
