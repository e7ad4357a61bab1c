//! The actions, one module per noun. Each declares inputs, outputs and samples; what an action does stands in `domain`.

pub mod account;
pub mod audit;
pub mod brand;
pub mod delivery;
pub mod discovery;
pub mod environment;
pub mod factor;
pub mod failover;
pub mod identity;
pub mod image;
pub mod job;
pub mod mail;
pub mod nas;
pub mod network;
pub mod oidc;
pub mod private_server;
pub mod profile;
pub mod rack;
pub mod role;
pub mod search;
pub mod server;
pub mod session;
pub mod system;
pub mod token;
pub mod user;
pub mod webhook;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass it as `after` to get the next page; none on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A list that always fits one page.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// Input of actions that need none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The action was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Done {
    /// What is true now, in a sentence.
    #[schemars(extend("x-sentence" = true))]
    pub message: String,
}

impl Done {
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// Long work began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobStarted {
    pub job: rackwright_model::JobId,
    #[schemars(extend("x-sentence" = true))]
    pub message: String,
}

/// Declares that a unit type is an action.
macro_rules! action {
    (
        $(#[$doc:meta])*
        $type:ident, $name:literal, $title:literal, $summary:literal, $permission:ident, $effect:ident,
        $input:ty => $output:ty
        $(, main $main:literal)? $(, columns [$($column:literal),+])? $(, check $check:path)? $(, undo $undo:literal)?
        $(, piece $piece:literal)?
        ; $sample_input:expr ; $sample_output:expr
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $type;

        impl $crate::action::Action for $type {
            type Input = $input;
            type Output = $output;
            const SPEC: $crate::action::Spec = $crate::action::Spec {
                name: $name,
                title: $title,
                summary: $summary,
                permission: $crate::permission::Permission::$permission,
                effect: $crate::action::Effect::$effect,
                main: $crate::actions::first!($(Some($main),)? None),
                columns: &[$($($column),+)?],
                undo: $crate::actions::first!($($undo,)? false),
                piece: $crate::actions::first!($($piece,)? false),
            };

            fn sample_input() -> Self::Input { $sample_input }
            fn sample_output() -> Self::Output { $sample_output }
            $(
                fn check(input: &Self::Input) -> Vec<$crate::fault::FieldProblem> { $check(input) }
            )?
        }
    };
}

macro_rules! first {
    ($first:expr $(, $rest:expr)*) => {
        $first
    };
}

pub(crate) use {action, first};

/// A name that a sample uses. Panics on a bad literal, which the sample tests see.
fn sample_name(text: &str) -> rackwright_model::Name {
    text.parse().expect("samples use valid names")
}
