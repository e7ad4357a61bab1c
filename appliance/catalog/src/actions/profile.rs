//! Install profiles.

use rackwright_model::profile::{DataPartition, DiskLayout, NetworkChoice, Profile, SystemUser};
use rackwright_model::{Millis, Name, ProfileId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Nothing, Page, action, sample_name};
use crate::fault::FieldProblem;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneProfile {
    #[schemars(extend("x-from" = "profile.list"))]
    pub profile: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileCreateInput {
    pub name: Name,
    #[schemars(extend("x-from" = "image.list"))]
    pub image: Name,
    #[serde(default)]
    pub disk: DiskLayout,
    /// Public keys in OpenSSH form that may sign in as root.
    #[serde(default)]
    #[schemars(length(max = 64), inner(length(min = 16, max = 8192)), extend("x-multiline" = true))]
    pub root_keys: Vec<String>,
    /// Further people.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub users: Vec<SystemUser>,
    /// Time zone in the tz database, such as Europe/Berlin.
    #[schemars(regex(pattern = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$"), length(max = 64))]
    pub timezone: Option<String>,
    /// DNS domain appended to the server's name.
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"))]
    pub domain: Option<String>,
    #[serde(default)]
    pub network: NetworkChoice,
    /// Extra packages, by name, from the package sources of the image.
    #[serde(default)]
    #[schemars(length(max = 200), inner(regex(pattern = "^[a-z0-9][a-z0-9+.-]{1,127}$")))]
    pub packages: Vec<String>,
    /// Shell commands run inside the new system, in order, before its first boot.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(min = 1, max = 4096)), extend("x-multiline" = true))]
    pub post_install: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileRemoveInput {
    #[schemars(extend("x-from" = "profile.list"))]
    pub profile: Name,
    /// Repeat the profile's name to confirm.
    pub confirm: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileView {
    pub id: ProfileId,
    pub name: Name,
    pub image: Name,
    pub created_at: Millis,
    /// Servers last installed with it.
    pub servers: u32,
    /// The whole profile, without password hashes.
    pub profile: Profile,
}

impl ProfileView {
    fn sample() -> Self {
        Self {
            id: ProfileId(1),
            name: sample_name("debian-12"),
            image: sample_name("debian-12"),
            created_at: Millis(1_764_000_000_000),
            servers: 2,
            profile: Profile {
                image: sample_name("debian-12"),
                disk: DiskLayout::default(),
                users: Vec::new(),
                timezone: "Etc/UTC".into(),
                domain: None,
                network: NetworkChoice::Dhcp,
                packages: Vec::new(),
                post_install: Vec::new(),
            },
        }
    }
}

action! {
    ProfileList, "profile.list", "List", "List install profiles.", Inspect, Read,
    Nothing => Page<ProfileView>, columns ["name", "image", "servers", "created_at"];
    Nothing {};
    Page::whole(vec![ProfileView::sample()])
}

action! {
    ProfileShow, "profile.show", "Show", "Show one install profile.", Inspect, Read,
    OneProfile => ProfileView, main "profile";
    OneProfile { profile: sample_name("debian-12") };
    ProfileView::sample()
}

action! {
    ProfileCreate, "profile.create", "Create",
    "Write down how a system is installed: image, disk, people, network, packages and commands.", Configure, Change,
    ProfileCreateInput => ProfileView, main "name", check check_create;
    ProfileCreateInput {
        name: sample_name("debian-12"),
        image: sample_name("debian-12"),
        disk: DiskLayout { target: "first".into(), root_mib: 8_192, data: DataPartition::Xfs },
        root_keys: vec!["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEONLYEXAMPLEONLYEXAMPLEONLYEXAMPLEON ops".into()],
        users: Vec::new(),
        timezone: Some("Europe/Berlin".into()),
        domain: Some("example.net".into()),
        network: NetworkChoice::Dhcp,
        packages: vec!["htop".into()],
        post_install: Vec::new(),
    };
    ProfileView::sample()
}

action! {
    ProfileRemove, "profile.remove", "Remove", "Remove an install profile; installed servers stay as they are.",
    Configure, Destroy,
    ProfileRemoveInput => Done, main "profile";
    ProfileRemoveInput { profile: sample_name("debian-12"), confirm: Some(sample_name("debian-12")) };
    Done::new("Profile debian-12 is removed.")
}

fn check_create(input: &ProfileCreateInput) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for (at, key) in input.root_keys.iter().enumerate() {
        check_key(&format!("root_keys.{at}"), key, &mut problems);
    }
    for (at, user) in input.users.iter().enumerate() {
        if user.name == "root" {
            problems.push(FieldProblem::new(
                format!("users.{at}.name"),
                "is root; give root's keys in root_keys",
            ));
        }
        if input.users[..at].iter().any(|other| other.name == user.name) {
            problems
                .push(FieldProblem::new(format!("users.{at}.name"), format!("{} is named twice", user.name)));
        }
        for (key_at, key) in user.ssh_keys.iter().enumerate() {
            check_key(&format!("users.{at}.ssh_keys.{key_at}"), key, &mut problems);
        }
        let hash_ok = user.password_hash.as_deref().is_none_or(|hash| {
            hash.starts_with('$') && hash.bytes().all(|b| b.is_ascii_graphic() && b != b':')
        });
        if !hash_ok {
            problems.push(FieldProblem::new(
                format!("users.{at}.password_hash"),
                "is not a crypt(5) hash; make one with: mkpasswd --method=yescrypt",
            ));
        }
    }
    problems
}

/// An OpenSSH public key on one line: a type, base64, and perhaps a comment.
fn check_key(field: &str, key: &str, problems: &mut Vec<FieldProblem>) {
    let mut words = key.split_ascii_whitespace();
    let kind = words.next().unwrap_or_default();
    let body = words.next().unwrap_or_default();
    let known = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| kind.starts_with(start));
    let base64 = body.len() >= 16 && body.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    if !known || !base64 || key.chars().any(char::is_control) {
        problems.push(FieldProblem::new(
            field,
            "is not a public key; paste one line of a .pub file, such as ssh-ed25519 AAAA… name",
        ));
    }
}
