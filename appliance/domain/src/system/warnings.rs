//! What is not set up yet, without which no server can be installed.

use rackwright_catalog::actions::environment::EnvironmentBuildInput;
use rackwright_catalog::actions::image::Kernel;
use rackwright_catalog::actions::system::Warning;
use rackwright_model::JobId;
use rackwright_store::image::image_list;
use rackwright_store::job::{JobKind, JobRow, job_running};

use crate::environment::built;
use crate::{Domain, Refusal, Site};

impl Domain {
    /// What is missing, in the order in which it is needed; empty when servers can be installed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn warnings(&self) -> Result<Vec<Warning>, Refusal> {
        let (no_image, running) = self.read(|tx| Ok((image_list(tx)?.is_empty(), job_running(tx)?))).await?;
        let folder = self.site.boot_dir.join(&self.site.boot_flavour);
        let looked = tokio::task::spawn_blocking(move || built(&folder).is_some()).await;
        let missing = [
            (!self.site.netboot).then(netboot_off),
            (!looked.unwrap_or(false)).then(|| environment_missing(&self.site, &running)),
            no_image.then(|| image_missing(&running)),
        ];
        Ok(missing.into_iter().flatten().collect())
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
