//! Building an image, as a job.

use rackwright_catalog::actions::JobStarted;
use rackwright_catalog::actions::image::{ImageBuild, ImageBuildInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::job::JobKind;

use super::start::Start;
use crate::{Caller, Domain};

impl Handle<ImageBuild, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ImageBuildInput) -> Result<JobStarted, Fault> {
        let name = input.name.clone();
        let start =
            Start { kind: JobKind::ImageBuild, doing: "Building", verb: "build", name, input: &input };
        self.start_image_job(caller, start).await
    }
}
