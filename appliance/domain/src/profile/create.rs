//! Writing down how a system is installed.

use rackwright_catalog::actions::profile::{ProfileCreate, ProfileCreateInput, ProfileView};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::Name;
use rackwright_model::profile::{ImagePurpose, Profile, SystemUser};
use rackwright_store::Connection;
use rackwright_store::image::image_named;
use rackwright_store::profile::{profile_insert, profile_named};
use serde_json::json;

use super::view;
use crate::refusal::not_found;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain, Refusal};

impl Handle<ProfileCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ProfileCreateInput) -> Result<ProfileView, Fault> {
        let attempted = format!("create profile {}", input.name);
        let (name, profile, phrase, at) = (input.name.clone(), profile(input), attempted.clone(), self.now());
        self.reversible(caller, &attempted, move |tx| {
            let problems = problems(tx, &name, &profile)?;
            if !problems.is_empty() {
                return Err(Fault::invalid(phrase, problems).into());
            }
            profile_insert(tx, &name, &profile, at)?;
            let row = profile_named(tx, &name)?.ok_or_else(|| not_found(phrase, "profile", &name))?;
            let inverse = Inverse {
                action: "profile.remove",
                input: json!({"profile": name, "confirm": name}),
                thing: Thing::Profile(name),
            };
            Ok((view(row), Some(inverse)))
        })
        .await
    }
}

fn profile(input: ProfileCreateInput) -> Profile {
    let root = (!input.root_keys.is_empty()).then(|| SystemUser {
        name: "root".to_owned(),
        ssh_keys: input.root_keys,
        password_hash: None,
        sudo: false,
    });
    Profile {
        image: input.image,
        disk: input.disk,
        users: root.into_iter().chain(input.users).collect(),
        timezone: input.timezone.unwrap_or_else(|| "Etc/UTC".to_owned()),
        domain: input.domain,
        network: input.network,
        packages: input.packages,
        package_sources: input.package_sources,
        without_image_sources: input.without_image_sources,
        post_install: input.post_install,
    }
}

/// What only the database can tell of the input.
fn problems(tx: &Connection, name: &Name, profile: &Profile) -> Result<Vec<FieldProblem>, Refusal> {
    let mut problems = Vec::new();
    if profile_named(tx, name)?.is_some() {
        problems.push(FieldProblem::new(
            "name",
            format!("there is a profile {name} already; choose another name"),
        ));
    }
    let image = &profile.image;
    let problem = match image_named(tx, image)? {
        None => Some(format!("there is no image {image}; list them with: rackwright image list")),
        Some(row) if row.purpose == ImagePurpose::PrivateServer => {
            Some(format!("{image} is for private servers: it has no kernel and cannot be installed"))
        }
        Some(_) => None,
    };
    problems.extend(problem.map(|problem| FieldProblem::new("image", problem)));
    Ok(problems)
}
