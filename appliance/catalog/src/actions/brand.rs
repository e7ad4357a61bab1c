//! White label: what a reseller's people see in place of the product's own name, colour and logo.

use std::net::IpAddr;

use rackwright_model::{Colour, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, action, sample_name};
use crate::fault::FieldProblem;

/// How the panel looks to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BrandFace {
    /// Stands where the name of the product would stand.
    pub title: String,
    /// The colour of buttons and links; the product's own when there is none.
    pub accent: Option<Colour>,
    /// SHA-256 of the logo, which is its address; none when there is no logo.
    pub logo: Option<String>,
}

impl Default for BrandFace {
    fn default() -> Self {
        Self { title: "Rackwright".to_owned(), accent: None, logo: None }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BrandShowInput {
    /// Whose; your own account's when left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BrandView {
    pub account: Name,
    #[serde(flatten)]
    pub face: BrandFace,
    /// The host name under which the panel is opened with this face.
    pub host: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BrandSetInput {
    /// Whose; your own account's when left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
    /// What the panel is called; left out, it stays.
    #[schemars(length(min = 1, max = 40))]
    pub title: Option<String>,
    /// The colour of buttons and links, such as #0a57c2; left out, it stays.
    pub accent: Option<Colour>,
    /// The host name of the panel, such as panel.example.com; left out, it stays. Point it at the Control Center yourself.
    #[schemars(
        length(min = 4, max = 253),
        regex(pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)+$")
    )]
    pub host: Option<String>,
    /// The logo: a PNG file of at most 64 KiB, in base64; left out, it stays.
    #[schemars(length(max = 90_000), extend("x-multiline" = true))]
    pub logo: Option<String>,
    /// What to have of its own no more, so that it is that of the account above again.
    #[serde(default)]
    #[schemars(length(max = 4))]
    pub without: Vec<BrandPart>,
}

/// A part of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BrandPart {
    Title,
    Accent,
    Host,
    Logo,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandFindInput {
    /// The host name that a browser asked for.
    #[schemars(length(max = 253))]
    pub host: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandLogoInput {
    /// SHA-256 of the logo.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub logo: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BrandLogoView {
    /// A PNG file, in base64.
    pub png: String,
}

impl BrandPart {
    fn word(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Accent => "accent",
            Self::Host => "host",
            Self::Logo => "logo",
        }
    }
}

fn sample_face() -> BrandFace {
    BrandFace { title: "Acme Hosting".into(), accent: Some(Colour([0x0a, 0x57, 0xc2])), logo: None }
}

fn sample_view() -> BrandView {
    BrandView { account: sample_name("acme"), face: sample_face(), host: Some("panel.example.com".into()) }
}

action! {
    BrandShow, "brand.show", "Show", "Show the name, colour, logo and host name of an account's panels.", ViewAccounts, Read,
    BrandShowInput => BrandView, main "account";
    BrandShowInput { account: Some(sample_name("acme")) };
    sample_view()
}

action! {
    BrandSet, "brand.set", "Set", "Give the panels of an account, and of the accounts below it, a name, colour, logo or host name of their own.",
    Accounts, Change,
    BrandSetInput => BrandView, main "account", check check_set, undo true;
    BrandSetInput {
        account: Some(sample_name("acme")),
        title: Some("Acme Hosting".into()),
        accent: Some(Colour([0x0a, 0x57, 0xc2])),
        host: Some("panel.example.com".into()),
        logo: None,
        without: Vec::new(),
    };
    sample_view()
}

action! {
    BrandRemove, "brand.remove", "Remove", "Give the panels of an account the look of the account above again.", Accounts, Destroy,
    BrandShowInput => Done, main "account", undo true;
    BrandShowInput { account: Some(sample_name("acme")) };
    Done::new("The panels of acme look like those of the account above.")
}

action! {
    BrandFind, "brand.find", "Find", "Find the look that belongs to a host name, for the page on which one signs in.", Public, Read,
    BrandFindInput => BrandFace, main "host";
    BrandFindInput { host: "panel.example.com".into() };
    sample_face()
}

action! {
    BrandLogo, "brand.logo", "Logo", "Fetch a logo by its hash.", Public, Read,
    BrandLogoInput => BrandLogoView, main "logo";
    BrandLogoInput { logo: "ab".repeat(32) };
    BrandLogoView { png: "iVBORw0KGgo=".into() }
}

/// Text must be readable on the colour, and the colour on the page (WCAG 2.2, 1.4.3: 4.5 to 1).
fn check_set(input: &BrandSetInput) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let given = [
        (BrandPart::Title, input.title.is_some()),
        (BrandPart::Accent, input.accent.is_some()),
        (BrandPart::Host, input.host.is_some()),
        (BrandPart::Logo, input.logo.is_some()),
    ];
    for (part, _) in given.iter().filter(|(part, given)| *given && input.without.contains(part)) {
        let problem = format!("{} is set and given up at once; leave one of them out", part.word());
        problems.push(FieldProblem::new("without", problem));
    }
    if input.without.is_empty() && given.iter().all(|(_, given)| !given) {
        problems.push(FieldProblem::new(
            "title",
            "is missing, and so is everything else: there is nothing to set",
        ));
    }
    // By its address the Control Center is opened by the provider's people, who are to see the provider's own look.
    if input.host.as_ref().is_some_and(|host| host.parse::<IpAddr>().is_ok()) {
        problems.push(FieldProblem::new("host", "is an address; take a host name"));
    }
    if let Some(accent) = input.accent.filter(|accent| accent.contrast(Colour::WHITE) < 4.5) {
        let contrast = accent.contrast(Colour::WHITE);
        let problem = format!(
            "is too light: white text on it has a contrast of {contrast:.1} to 1; take one with 4.5 or more"
        );
        problems.push(FieldProblem::new("accent", problem));
    }
    problems
}
