//! Importing an image, as a job.

use rackwright_catalog::actions::JobStarted;
use rackwright_catalog::actions::image::{ImageImport, ImageImportInput};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_store::job::JobKind;

use super::start::Start;
use crate::{Caller, Domain};

impl Handle<ImageImport, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ImageImportInput) -> Result<JobStarted, Fault> {
        let name = input.name.clone();
        if !tokio::fs::metadata(&input.path).await.is_ok_and(|file| file.is_file()) {
            let problem =
                FieldProblem::new("path", format!("there is no file {} on the Control Center", input.path));
            return Err(Fault::invalid(format!("import image {name}"), vec![problem]));
        }
        let start =
            Start { kind: JobKind::ImageImport, doing: "Importing", verb: "import", name, input: &input };
        self.start_image_job(caller, start).await
    }
}
