//! From where images may be imported.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rackwright_catalog::{Fault, FaultCode, Role};
use rackwright_model::JobId;
use rackwright_store::job::job_get;
use serde_json::{Value, json};

use crate::support::World;

/// The world's folder without links on the way, with a file in the import folder and one beside that.
fn place(world: &World) -> PathBuf {
    let folder = world.directory.path().canonicalize().expect("a path");
    for part in ["import", "import/inner", "import-other"] {
        std::fs::create_dir(folder.join(part)).expect("a directory");
    }
    for file in ["import/inner/image.tar.zst", "import-other/image.tar.zst", "secret"] {
        std::fs::write(folder.join(file), "not for everybody").expect("written");
    }
    folder
}

async fn import(world: &World, role: Role, path: &Path) -> Result<Value, Fault> {
    let session = world.session(role).await;
    world.call(&session, "image.import", json!({"name": "other", "path": path})).await
}

#[tokio::test]
async fn no_path_leads_out_of_the_import_folder() {
    let world = World::new();
    let folder = place(&world);
    let inside = folder.join("import");
    symlink(folder.join("secret"), inside.join("link")).expect("a link");
    symlink("../secret", inside.join("short")).expect("a link");
    symlink("..", inside.join("up")).expect("a link");
    let mut answers = Vec::new();
    for path in [
        "secret",
        "absent",
        "import-other/image.tar.zst",
        "import/../secret",
        "import/inner/../../secret",
        "import/link",
        "import/short",
        "import/up/secret",
        "import/up/absent",
        "import/inner",
    ] {
        let path = folder.join(path);
        let fault = import(&world, Role::Owner, &path).await.expect_err("is outside");
        assert_eq!(
            (fault.code, fault.fields[0].field.as_str()),
            (FaultCode::InvalidInput, "path"),
            "{fault}"
        );
        let problem = &fault.fields[0].problem;
        assert!(
            problem.contains(&format!("beneath {}", world.domain.site.import_dirs[0].display())),
            "{fault}"
        );
        answers.push(problem.replace(&path.display().to_string(), "PATH"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "nothing is said about what is there: {answers:?}");
    assert_eq!(world.done("job.list", json!({})).await["items"], json!([]));
}

#[tokio::test]
async fn a_file_of_the_import_folder_is_taken_where_it_really_is() {
    let world = World::new();
    let folder = place(&world);
    symlink("inner/image.tar.zst", folder.join("import/image")).expect("a link");
    let started =
        import(&world, Role::Engineer, &folder.join("import/image")).await.expect("it is in the folder");
    let id = JobId(started["job"].as_i64().expect("a job"));
    let job = world.read(move |tx| Ok(job_get(tx, id)?)).await.expect("is there");
    let input: Value = serde_json::from_str(&job.input).expect("JSON");
    assert_eq!(input["path"], json!(folder.join("import/inner/image.tar.zst")));
}

#[tokio::test]
async fn root_on_the_control_center_names_any_file() {
    let world = World::new();
    let folder = place(&world);
    world.done("image.import", json!({"name": "other", "path": folder.join("secret")})).await;
}
