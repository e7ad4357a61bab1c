//! The second factor of a person: an authenticator app, and recovery codes for the day it is lost.

use rackwright_model::Millis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Page, action};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FactorListInput {
    /// Whose factors; your own when left out.
    #[schemars(length(max = 32), extend("x-from" = "user.list"))]
    pub user: Option<String>,
}

/// What a second factor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FactorKind {
    /// An authenticator app that shows a code of six digits.
    Totp,
    /// Codes on paper, each for one sign-in.
    RecoveryCodes,
}

/// One factor that is asked for, or taken, after the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorView {
    pub user: String,
    pub factor: FactorKind,
    /// Of recovery codes: how many are not used yet.
    pub left: Option<u32>,
    pub created_at: Millis,
    pub used_at: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorTotpBeginInput {
    /// Your present password.
    #[schemars(length(min = 1, max = 256), extend("x-secret" = true))]
    pub current: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorTotpBegun {
    /// The address that an authenticator app reads as a picture.
    #[schemars(extend("x-secret" = true, "x-qr" = true))]
    pub uri: String,
    /// The same secret, to be typed: base32.
    #[schemars(extend("x-secret" = true))]
    pub secret: String,
    #[schemars(extend("x-sentence" = true))]
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorTotpConfirmInput {
    /// The six digits that the app shows now.
    #[schemars(length(min = 6, max = 32))]
    pub code: String,
}

/// Codes that are shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Each signs in once in place of a code of the app.
    #[schemars(extend("x-secret" = true))]
    pub codes: Vec<String>,
    #[schemars(extend("x-sentence" = true))]
    pub message: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FactorRemoveInput {
    /// Whose second factor; your own when left out.
    #[schemars(length(max = 32), extend("x-from" = "user.list"))]
    pub user: Option<String>,
    /// Your present password, or else a code; neither is asked for somebody else's.
    #[schemars(length(max = 256), extend("x-secret" = true))]
    pub current: Option<String>,
    /// A code of the app, or a recovery code.
    #[schemars(length(min = 6, max = 32), extend("x-secret" = true))]
    pub code: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FactorRecoveryRenewInput {
    /// Your present password, or else a code.
    #[schemars(length(max = 256), extend("x-secret" = true))]
    pub current: Option<String>,
    /// A code of the app, or a recovery code.
    #[schemars(length(min = 6, max = 32), extend("x-secret" = true))]
    pub code: Option<String>,
}

fn sample_codes() -> RecoveryCodes {
    RecoveryCodes {
        codes: vec!["01234-56789-abcde-fghjk".into(), "kmnpq-rstvw-xyz01-23456".into()],
        message: "Sign-ins ask for a code from now on. Keep these recovery codes where the phone is not."
            .into(),
    }
}

action! {
    FactorList, "factor.list", "List", "List the second factors that you, or somebody you manage, signs in with.", SignedIn, Read,
    FactorListInput => Page<FactorView>, columns ["user", "factor", "left", "created_at", "used_at"];
    FactorListInput { user: None };
    Page::whole(vec![
        FactorView {
            user: "admin".into(),
            factor: FactorKind::Totp,
            left: None,
            created_at: Millis(1_764_000_000_000),
            used_at: Some(Millis(1_764_000_060_000)),
        },
        FactorView {
            user: "admin".into(),
            factor: FactorKind::RecoveryCodes,
            left: Some(9),
            created_at: Millis(1_764_000_000_000),
            used_at: None,
        },
    ])
}

action! {
    FactorTotpBegin, "factor.totp-begin", "Set up authenticator app",
    "Make the secret of an authenticator app; it is asked for once you confirm it with a first code.", SignedIn, Change,
    FactorTotpBeginInput => FactorTotpBegun;
    FactorTotpBeginInput { current: "correct horse battery".into() };
    FactorTotpBegun {
        uri: "otpauth://totp/Rackwright:admin?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Rackwright".into(),
        secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
        message: "Confirm it with the code that the app shows.".into(),
    }
}

action! {
    FactorTotpConfirm, "factor.totp-confirm", "Confirm authenticator app",
    "Switch the authenticator app on with a first code, and get ten recovery codes.", SignedIn, Change,
    FactorTotpConfirmInput => RecoveryCodes, main "code";
    FactorTotpConfirmInput { code: "287082".into() };
    sample_codes()
}

action! {
    FactorRecoveryRenew, "factor.recovery-renew", "Renew recovery codes",
    "Make ten new recovery codes; the old ones are worth nothing then.", SignedIn, Change,
    FactorRecoveryRenewInput => RecoveryCodes;
    FactorRecoveryRenewInput { current: Some("correct horse battery".into()), code: None };
    sample_codes()
}

action! {
    FactorRemove, "factor.remove", "Remove second factor",
    "Remove the authenticator app and the recovery codes, your own or those of somebody you manage.", SignedIn, Destroy,
    FactorRemoveInput => Done, main "user";
    FactorRemoveInput { user: Some("robin".into()), current: None, code: Some("287082".into()) };
    Done::new("robin signs in with the password alone.")
}
