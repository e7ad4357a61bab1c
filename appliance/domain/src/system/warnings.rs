//! What is not set up yet, without which no server can be installed; failover that waits, and mail that cannot be sent.

use std::sync::Arc;

use rackwright_catalog::actions::environment::EnvironmentBuildInput;
use rackwright_catalog::actions::image::Kernel;
use rackwright_catalog::actions::system::Warning;
use rackwright_model::JobId;
use rackwright_store::Connection;
use rackwright_store::image::image_list;
use rackwright_store::job::{JobKind, JobRow, job_running};
use rackwright_store::letter::letter_count;
use rackwright_store::vault::vault_any;

use crate::environment::built;
use crate::mail::mail_trouble;
use crate::{Domain, Refusal, Site};

impl Domain {
    /// What is missing, in the order in which it is needed, and what does not work; empty when all is well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn warnings(&self) -> Result<Vec<Warning>, Refusal> {
        let known = self
            .read(|tx| Ok((image_list(tx)?.is_empty(), job_running(tx)?, mail_failing(tx)?, vault_any(tx)?)));
        let (no_image, running, mail, backed_up) = known.await?;
        let folder = self.site.boot_dir.join(&self.site.boot_flavour);
        let backups = Arc::clone(&self.ports.backups);
        let look = move || (built(&folder).is_some(), backed_up && backups.is_missing());
        let (built, restic_missing) = tokio::task::spawn_blocking(look).await.unwrap_or_default();
        let missing = [
            self.failover_held(),
            (!self.site.netboot).then(netboot_off),
            (!built).then(|| environment_missing(&self.site, &running)),
            no_image.then(|| image_missing(&running)),
            restic_missing.then(no_restic),
            mail.filter(|_| self.site.panel_url.is_some()),
        ];
        Ok(missing.into_iter().flatten().collect())
    }
}

fn mail_failing(tx: &Connection) -> Result<Option<Warning>, Refusal> {
    let Some(trouble) = mail_trouble(tx)? else { return Ok(None) };
    let waiting = match letter_count(tx)? {
        0 => "Nothing waits to be sent.".to_owned(),
        1 => "One letter waits to be sent.".to_owned(),
        count => format!("{count} letters wait to be sent."),
    };
    Ok(Some(Warning {
        problem: format!("Mail cannot be sent: {}. {waiting}", trouble.cause),
        advice: "Check [mail] in the configuration, restart rackwrightd after a change, then: rackwright mail test"
            .to_owned(),
        action: Some("mail.test".to_owned()),
    }))
}

fn no_restic() -> Warning {
    Warning {
        problem: "The program restic is not on the Control Center: backups of private servers can neither be looked into nor \
                  removed, and take more and more room."
            .to_owned(),
        advice: "Install it on the Control Center with: apt-get install restic".to_owned(),
        action: None,
    }
}

fn netboot_off() -> Warning {
    Warning {
        problem: "Netboot is off: machines that power on get no answer.".to_owned(),
        advice:
            "Name the interface that faces them, and this machine's address on it, under [netboot] in the \
                 configuration; then restart rackwrightd."
                .to_owned(),
        action: None,
    }
}

fn environment_missing(site: &Site, running: &[JobRow]) -> Warning {
    let flavour = site.boot_flavour.as_str();
    let builds = |job: &&JobRow| {
        job.kind == JobKind::EnvironmentBuild
            && serde_json::from_str::<EnvironmentBuildInput>(&job.input)
                .is_ok_and(|input| input.kernel.word() == flavour)
    };
    let (advice, action) = if let Some(job) = running.iter().find(builds) {
        (under_way(job.id), None)
    } else if Kernel::ALL.iter().any(|kernel| kernel.word() == flavour) {
        (
            format!("Build it with: rackwright environment build {flavour}"),
            Some("environment.build".to_owned()),
        )
    } else {
        let folder = site.boot_dir.join(flavour);
        let files = format!("Put vmlinuz and provision.cpio.zst into {}", folder.display());
        (format!("{files}, or set boot_flavour to generic and build that."), None)
    };
    let problem = format!(
        "There is no provisioning environment {flavour}: machines that netboot have nothing to start."
    );
    Warning { problem, advice, action }
}

fn image_missing(running: &[JobRow]) -> Warning {
    let makes = |job: &&JobRow| matches!(job.kind, JobKind::ImageBuild | JobKind::ImageImport);
    let (advice, action) = match running.iter().find(makes) {
        Some(job) => (under_way(job.id), None),
        None => (
            "Build one with: rackwright image build debian-12 --recipe debian-12".to_owned(),
            Some("image.build".to_owned()),
        ),
    };
    Warning { problem: "There is no image: no server can be installed.".to_owned(), advice, action }
}

fn under_way(job: JobId) -> String {
    format!("Job {job} makes it now; follow it with: rackwright job show {job}")
}
