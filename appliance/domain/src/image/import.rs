//! Importing an image, as a job. Whoever is not root on the Control Center reads only files of its import folders.

use rackwright_catalog::actions::JobStarted;
use rackwright_catalog::actions::image::{ImageImport, ImageImportInput};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_store::job::JobKind;

use super::source::resolve;
use super::start::Start;
use crate::{Caller, Domain};

impl Handle<ImageImport, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ImageImportInput) -> Result<JobStarted, Fault> {
        let name = input.name.clone();
        let is_root = caller.actor.by == "local";
        let (path, folders) = (input.path.clone(), self.site.import_dirs.clone());
        let looked =
            tokio::task::spawn_blocking(move || resolve(&path, (!is_root).then_some(folders.as_slice())));
        let path = match looked.await {
            Ok(Ok(path)) => path,
            Ok(Err(problem)) => return Err(Fault::invalid(format!("import image {name}"), vec![problem])),
            Err(error) => {
                let problem = FieldProblem::new("path", format!("it could not be looked at: {error}"));
                return Err(Fault::invalid(format!("import image {name}"), vec![problem]));
            }
        };
        let input = ImageImportInput { path, ..input };
        let start =
            Start { kind: JobKind::ImageImport, doing: "Importing", verb: "import", name, input: &input };
        self.start_image_job(caller, start).await
    }
}
