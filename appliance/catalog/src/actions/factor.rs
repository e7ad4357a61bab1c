//! The second factors of a person: an authenticator app, passkeys, and recovery codes for the day they are lost.

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
    /// A key of a browser, a telephone or a security key, for one host name.
    Passkey,
    /// Codes on paper, each for one sign-in.
    RecoveryCodes,
}

/// One factor that is asked for, or taken, after the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorView {
    pub user: String,
    pub factor: FactorKind,
    /// Of a passkey: what it is removed by.
    pub id: Option<String>,
    /// Of a passkey: what its owner calls it.
    pub label: Option<String>,
    /// Of a passkey: the host name that it works for.
    pub host: Option<String>,
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorPasskeyBeginInput {
    /// The address at which the panel is open, such as https://center.example.com:8443.
    #[schemars(length(min = 1, max = 300))]
    pub origin: String,
}

/// What a browser makes a passkey from: fields of `PublicKeyCredentialCreationOptions` (W3C Web Authentication, level 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorPasskeyBegun {
    /// Random bytes, in base64url; to be answered once, within five minutes.
    pub challenge: String,
    /// The host name that the passkey is for.
    pub rp_id: String,
    /// What the browser calls this Control Center.
    pub rp_name: String,
    /// What the authenticator calls the person by, in base64url.
    pub handle: String,
    pub user: String,
    /// Signatures that are taken, the best first, by their numbers in COSE.
    pub algorithms: Vec<i32>,
    /// Credentials that there are already, in base64url.
    pub exclude: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorPasskeyConfirmInput {
    /// What you call it, such as the name of the telephone.
    #[schemars(length(min = 1, max = 40))]
    pub label: String,
    /// Your present password.
    #[schemars(length(min = 1, max = 256), extend("x-secret" = true))]
    pub current: String,
    /// What the browser says of the ceremony: `clientDataJSON`, in base64url.
    #[schemars(length(min = 1, max = 4_096), extend("x-passkey" = true))]
    pub client_data: String,
    /// What the authenticator made: `attestationObject`, in base64url.
    #[schemars(length(min = 1, max = 8_192), extend("x-passkey" = true))]
    pub attestation: String,
}

/// Codes that are shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Each signs in once in place of the app or the passkey. Empty when there are some from before.
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
    /// The id of one passkey that the list shows; everything goes when left out.
    #[schemars(length(min = 1, max = 32))]
    pub passkey: Option<String>,
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
    FactorListInput => Page<FactorView>, columns ["user", "factor", "label", "host", "id", "left", "created_at", "used_at"];
    FactorListInput { user: None };
    Page::whole(vec![
        FactorView {
            user: "admin".into(),
            factor: FactorKind::Totp,
            id: None,
            label: None,
            host: None,
            left: None,
            created_at: Millis(1_764_000_000_000),
            used_at: Some(Millis(1_764_000_060_000)),
        },
        FactorView {
            user: "admin".into(),
            factor: FactorKind::Passkey,
            id: Some("5b1e07c2a9d4".into()),
            label: Some("Telephone".into()),
            host: Some("center.example.com".into()),
            left: None,
            created_at: Millis(1_764_000_000_000),
            used_at: None,
        },
        FactorView {
            user: "admin".into(),
            factor: FactorKind::RecoveryCodes,
            id: None,
            label: None,
            host: None,
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
    FactorPasskeyBegin, "factor.passkey-begin", "Begin a passkey", "Get what a browser needs to make a passkey.", SignedIn, Read,
    FactorPasskeyBeginInput => FactorPasskeyBegun, main "origin";
    FactorPasskeyBeginInput { origin: "https://center.example.com:8443".into() };
    FactorPasskeyBegun {
        challenge: "q3Zb1x…".into(),
        rp_id: "center.example.com".into(),
        rp_name: "Rackwright".into(),
        handle: "9cV2mA…".into(),
        user: "admin".into(),
        algorithms: vec![-8, -7, -257],
        exclude: vec![],
    }
}

action! {
    FactorPasskeyConfirm, "factor.passkey-confirm", "Add passkey",
    "Add a passkey that the browser made; it signs you in alone, or beside the password.", SignedIn, Change,
    FactorPasskeyConfirmInput => RecoveryCodes;
    FactorPasskeyConfirmInput {
        label: "Telephone".into(),
        current: "correct horse battery".into(),
        client_data: "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0".into(),
        attestation: "o2NmbXRkbm9uZQ".into(),
    };
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
    "Remove the authenticator app, the passkeys and the recovery codes, or one passkey: your own, or those of somebody you manage.", SignedIn, Destroy,
    FactorRemoveInput => Done, main "user";
    FactorRemoveInput { user: Some("robin".into()), current: None, code: Some("287082".into()), passkey: None };
    Done::new("robin signs in with the password alone.")
}
