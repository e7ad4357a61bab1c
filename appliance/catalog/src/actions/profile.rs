//! Install profiles.

use rackwright_model::profile::{
    DataPartition, DiskLayout, NetworkChoice, PackageSource, Profile, SystemUser,
};
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
    /// Extra packages, by name, from the package sources below and those of the image.
    #[serde(default)]
    #[schemars(length(max = 200), inner(regex(pattern = "^[a-z0-9][a-z0-9+.-]{1,127}$")))]
    pub packages: Vec<String>,
    /// Package sources of the installed system, beside those that its image carries.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub package_sources: Vec<PackageSource>,
    /// Switch off the sources that the image carries: for machines that do not reach them.
    #[serde(default)]
    pub without_image_sources: bool,
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
                package_sources: Vec::new(),
                without_image_sources: false,
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
    ProfileCreateInput => ProfileView, main "name", check check_create, undo true;
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
        package_sources: vec![PackageSource {
            uri: "http://10.77.0.1/debian".into(),
            suite: "bookworm".into(),
            components: vec!["main".into()],
            key: None,
            unsigned: false,
        }],
        without_image_sources: false,
        post_install: Vec::new(),
    };
    ProfileView::sample()
}

action! {
    ProfileRemove, "profile.remove", "Remove", "Remove an install profile; installed servers stay as they are.",
    Configure, Destroy,
    ProfileRemoveInput => Done, main "profile", undo true;
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
    for (at, source) in input.package_sources.iter().enumerate() {
        check_source(&format!("package_sources.{at}"), source, &mut problems);
    }
    if input.without_image_sources && input.package_sources.is_empty() && !input.packages.is_empty() {
        problems.push(FieldProblem::new(
            "without_image_sources",
            "leaves no source for the packages; name one in package_sources",
        ));
    }
    problems
}

/// What sources.list(5) asks of an entry beyond the shape of its parts.
fn check_source(field: &str, source: &PackageSource, problems: &mut Vec<FieldProblem>) {
    let mut wrong = |part: &str, why: &str| problems.push(FieldProblem::new(format!("{field}.{part}"), why));
    match (source.suite.ends_with('/'), source.components.is_empty()) {
        (true, false) => wrong("components", "must be empty for a suite that ends in a slash"),
        (false, true) => wrong(
            "components",
            "names none; name one, such as main, or let the suite be a directory that ends in a slash",
        ),
        (true, true) | (false, false) => {}
    }
    if let Some(key) = &source.key {
        if !is_armoured_key(key) {
            wrong("key", "is not an OpenPGP public key in ASCII armour; make one with: gpg --armor --export");
        }
        if source.unsigned {
            wrong("unsigned", "contradicts key; leave one of them out");
        }
    }
}

/// RFC 9580 section 6.2. Whether it is a key that fits is for apt to say.
fn is_armoured_key(key: &str) -> bool {
    let body = key
        .trim()
        .strip_prefix("-----BEGIN PGP PUBLIC KEY BLOCK-----")
        .and_then(|rest| rest.strip_suffix("-----END PGP PUBLIC KEY BLOCK-----"));
    let plain = |byte: u8| byte == b'\n' || byte == b'\r' || (byte.is_ascii() && !byte.is_ascii_control());
    body.is_some_and(|body| {
        body.starts_with(['\n', '\r']) && !body.contains("-----") && body.bytes().all(plain)
    })
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
