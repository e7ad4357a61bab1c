//! `cargo rack image`: makes the image and the provisioning environment, and nothing else.

use anyhow::Result;

use crate::hardware::Hardware;
use crate::prepare::prepare;
use crate::progress::step;
use crate::setup;

/// Runs the command.
///
/// # Errors
/// Something cannot be installed or built.
pub fn run() -> Result<()> {
    let programs = setup::all()?;
    let prepared =
        step("Image and provisioning environment", |step| prepare(&programs, Hardware::Virtio, step))?;
    println!("image        {}", prepared.image.display());
    println!("sha256       {}", prepared.sha256);
    println!("environment  {}", prepared.boot.display());
    Ok(())
}
