//! Before anything is powered or wiped: the image must have its hash, and the profile must fit the machine.

use std::path::PathBuf;

use rackwright_model::InstallEvent;
use rackwright_store::image::{image_mark, image_named};
use rackwright_store::install::InstallRow;
use rackwright_store::server::Server;

use super::Outcome;
use crate::{Domain, Refusal};

pub(super) async fn step(domain: &Domain, install: &InstallRow, server: &Server) -> Result<Outcome, Refusal> {
    let name = install.image.clone();
    let Some(image) = domain.read(move |tx| Ok(image_named(tx, &name)?)).await? else {
        return Ok(Outcome::Fail {
            reason: format!("there is no image {} in the repository.", install.image),
            advice: "Build or import it, then install again: rackwright image list".into(),
        });
    };
    let directory: PathBuf = domain.site.images_dir.clone();
    let expected = image.sha256.clone();
    let checked =
        tokio::task::spawn_blocking(move || rackwright_images::repository::verify(&directory, &expected))
            .await;
    let verdict = match checked {
        Ok(verdict) => verdict,
        Err(error) => return Ok(broken(install, format!("the check of its hash broke off: {error}."))),
    };
    let at = domain.now();
    let name = install.image.clone();
    if let Err(error) = verdict {
        let sentence = crate::refusal::chain(&error);
        let stored = sentence.clone();
        domain.write(move |tx| Ok(image_mark(tx, &name, at, Some(&stored))?)).await?;
        return Ok(broken(install, sentence));
    }
    domain.write(move |tx| Ok(image_mark(tx, &name, at, None)?)).await?;
    if let Some(inventory) = &server.inventory
        && let Err(problems) =
            rackwright_images::profile::target_disk(&install.profile, inventory, image.unpacked_bytes)
    {
        return Ok(misfit(&problems));
    }
    Ok(Outcome::Advance {
        event: InstallEvent::Checked,
        step: "Boot from the network",
        log: format!("image {} agrees with its SHA-256 {}", image.name, image.sha256),
    })
}

fn broken(install: &InstallRow, sentence: String) -> Outcome {
    Outcome::Fail {
        reason: format!("image {} was refused before anything was touched: {sentence}", install.image),
        advice: "Build or import the image again, then install again.".into(),
    }
}

/// The profile does not fit the machine: every problem at once.
pub(super) fn misfit(problems: &[String]) -> Outcome {
    Outcome::Fail {
        reason: format!("the profile does not fit the machine: {}. Nothing was wiped.", problems.join("; ")),
        advice: "Change the profile or the machine, then install again.".into(),
    }
}
