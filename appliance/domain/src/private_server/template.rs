//! The files that private servers begin with.

use rackwright_catalog::Fault;
use rackwright_model::Name;
use rackwright_model::profile::ImagePurpose;
use rackwright_store::Connection;
use rackwright_store::image::{ImageRow, image_named};
use rackwright_store::private_server::TemplateFacts;

use crate::Refusal;
use crate::refusal::conflict;

/// The template with this name, in its newest version.
///
/// # Errors
/// When there is none, or its file is broken.
pub(super) fn chosen(tx: &Connection, name: &Name, attempted: &str) -> Result<TemplateFacts, Refusal> {
    let image = image_named(tx, name)?.ok_or_else(|| {
        let advice = "List those there are with: rackwright private-server templates\n\
                      Whoever looks after the images makes one of this name with: rackwright image build, or image import";
        Fault::new(
            rackwright_catalog::FaultCode::NotFound,
            attempted,
            format!("there is no template {name}"),
            advice,
        )
    })?;
    if image.purpose != ImagePurpose::PrivateServer {
        let reason = format!("image {name} is for servers: private servers cannot begin with it");
        let advice = "Choose one of: rackwright private-server templates";
        return Err(conflict(attempted, reason, advice).into());
    }
    if image.broken.is_some() {
        let reason = format!("the file of template {name} is broken");
        return Err(conflict(attempted, reason, "Build or import it again, or choose another.").into());
    }
    Ok(facts(image))
}

fn facts(image: ImageRow) -> TemplateFacts {
    TemplateFacts {
        name: image.name,
        sha256: image.sha256,
        bytes: image.bytes,
        unpacked_bytes: image.unpacked_bytes,
    }
}
