//! `server install`: records the intent as a job; the reconciler carries it out.

use rackwright_catalog::actions::JobStarted;
use rackwright_catalog::actions::server::{ServerInstall, ServerInstallInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::profile::ImagePurpose;
use rackwright_model::{JobId, Millis, Name, ServerEvent};
use rackwright_store::Connection;
use rackwright_store::image::image_named;
use rackwright_store::install::install_insert;
use rackwright_store::job::{JobDraft, JobKind, job_insert};
use rackwright_store::private_server::server_room_delete;
use rackwright_store::profile::profile_named;
use rackwright_store::server::{Server, server_set_approved};

use crate::private_server::standing;
use crate::refusal::{confirmed, conflict, not_found};
use crate::{Caller, Domain, Refusal};

impl Handle<ServerInstall, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerInstallInput) -> Result<JobStarted, Fault> {
        let attempted = format!("install {} with profile {}", input.server, input.profile);
        let scope = caller.scope();
        let fault = attempted.clone();
        let (server_name, profile_name) = (input.server.clone(), input.profile.clone());
        let (at, by) = (self.now(), caller.actor.name.clone());
        let connected = self.presence.connected_servers();
        let job = self
            .change(caller, &attempted, move |tx| {
                let server = super::named(tx, &scope, &input.server, &fault)?;
                standing::leave(tx, &server, connected.contains(&server.id), at, &fault)?;
                if server.state.holds_a_system() {
                    let reason = format!(
                        "{} is {}: everything on its disk would be destroyed",
                        server.name,
                        server.state.word()
                    );
                    confirmed(&fault, reason, "confirm-wipe", &server.name, input.confirm_wipe.as_ref())?;
                }
                begin(tx, &server, &input.profile, &by, at, &fault)
            })
            .await?;
        self.events.server(
            at,
            &server_name,
            "job",
            format!("Installing {server_name} with {profile_name} began."),
        );
        Ok(JobStarted {
            job,
            message: format!("Installing {server_name} with profile {profile_name} is job {job}."),
        })
    }
}

/// Begin an install of a server that may be installed: job, install row and state in one transaction.
pub(crate) fn begin(
    tx: &Connection,
    server: &Server,
    profile_name: &Name,
    started_by: &str,
    at: Millis,
    attempted: &str,
) -> Result<JobId, Refusal> {
    let profile =
        profile_named(tx, profile_name)?.ok_or_else(|| not_found(attempted, "profile", profile_name))?;
    if server.bmc.is_none() && server.inventory.is_none() {
        let reason = format!(
            "{} has never netbooted and has no BMC on record, so it cannot be started from here",
            server.name
        );
        let advice = format!(
            "Set its BMC with: rackwright server set-bmc {}, or power it on by hand to netboot",
            server.name
        );
        return Err(conflict(attempted, reason, advice).into());
    }
    let image = &profile.profile.image;
    if image_named(tx, image)?.is_some_and(|image| image.purpose == ImagePurpose::PrivateServer) {
        let reason =
            format!("image {image} of profile {profile_name} is for private servers: it has no kernel");
        return Err(conflict(attempted, reason, "Choose a profile with another image.").into());
    }
    super::step(tx, server, ServerEvent::Install, None, attempted)?;
    // What comes onto it says anew what it can give to private servers.
    server_room_delete(tx, server.id)?;
    let draft = JobDraft {
        kind: JobKind::Install,
        title: format!("install {} with {profile_name}", server.name),
        input: "{}".to_owned(),
        server: Some(server.id),
        account: server.account,
        started_by: started_by.to_owned(),
    };
    // Whoever installs a machine takes it into service.
    server_set_approved(tx, server.id, true)?;
    let job = job_insert(tx, &draft, at)?;
    install_insert(tx, server.id, job, profile_name, &profile.profile, at)?;
    Ok(job)
}
