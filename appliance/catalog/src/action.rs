//! What an action is.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::fault::{FaultCode, FieldProblem};
use crate::permission::Permission;

/// What carrying out an action does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Looks, changes nothing. No audit row. The pieces of what an action began ([`Spec::piece`]) count as that too.
    Read,
    /// Changes something that can be changed back.
    Change,
    /// Destroys something: a person must be asked first.
    Destroy,
}

/// The constant part of an action.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// `noun.verb`: the route is `/api/v1/noun/verb`, the command `rackwright noun verb`.
    pub name: &'static str,
    /// A verb for a button, such as "Install".
    pub title: &'static str,
    /// One sentence on what it does.
    pub summary: &'static str,
    pub permission: Permission,
    pub effect: Effect,
    /// The input field that a command takes without a flag.
    pub main: Option<&'static str>,
    /// For outputs with `items`: the fields of an item that a table shows, in order.
    pub columns: &'static [&'static str],
    /// Whether what it did can be taken back with `audit.undo`. Its output then has the field [`UNDO`].
    pub undo: bool,
    /// Whether it is one of the many pieces of what another action began, such as a key that is pressed: too many for the audit
    /// trail, and yet nothing that a link may do or that is done again and again.
    pub piece: bool,
}

/// The field of an output that names the audit row to give to `audit.undo`; null when this very change cannot be taken back.
pub const UNDO: &str = "undo";

impl Spec {
    /// The noun of `noun.verb`.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(noun, _)| noun)
    }

    /// The verb of `noun.verb`.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(_, verb)| verb)
    }

    /// Whether it only looks: a link may do it, and it may be done again and again.
    #[must_use]
    pub fn only_looks(&self) -> bool {
        self.effect == Effect::Read && !self.piece
    }
}

/// One thing that a person can do.
pub trait Action: Send + Sync + 'static {
    type Input: Serialize + DeserializeOwned + JsonSchema + Send + 'static;
    type Output: Serialize + DeserializeOwned + JsonSchema + Send + 'static;
    const SPEC: Spec;

    /// An input that passes every check, for documentation and tests.
    fn sample_input() -> Self::Input;

    /// An output as it could really be.
    fn sample_output() -> Self::Output;

    /// What no schema can say: rules between fields. Every problem is named, not only the first.
    fn check(_input: &Self::Input) -> Vec<FieldProblem> {
        Vec::new()
    }
}

/// An action with its types erased, for everything that is derived from the list.
#[derive(Clone, Copy)]
pub struct Entry {
    pub spec: Spec,
    /// JSON Schema (2020-12) of the input; without `$ref`, so that a form can be made by walking it.
    pub input_schema: fn() -> Value,
    pub output_schema: fn() -> Value,
    pub sample_input: fn() -> Value,
    pub sample_output: fn() -> Value,
}

impl Entry {
    /// The entry of an action type.
    #[must_use]
    pub const fn of<A: Action>() -> Self {
        Self {
            spec: A::SPEC,
            input_schema: crate::schema::of::<A::Input>,
            output_schema: output_schema::<A>,
            sample_input: sample_input::<A>,
            sample_output: sample_output::<A>,
        }
    }
}

impl Entry {
    /// The codes that a call of this action may fail with: all but those that it cannot.
    #[must_use]
    pub fn fault_codes(&self) -> Vec<FaultCode> {
        let Spec { permission, effect, .. } = self.spec;
        let schema = (self.input_schema)();
        let asks = schema["properties"]
            .as_object()
            .is_some_and(|fields| fields.keys().any(|name| name.starts_with("confirm")));
        let can = |code: &FaultCode| match code {
            FaultCode::Forbidden => permission != Permission::Public,
            FaultCode::ConfirmationNeeded => effect == Effect::Destroy && asks,
            FaultCode::StorageFull => effect != Effect::Read,
            FaultCode::TooMany => crate::schema::holds_secret(&schema, ""),
            FaultCode::InvalidInput
            | FaultCode::NotSignedIn
            | FaultCode::NotFound
            | FaultCode::Conflict
            | FaultCode::Unavailable
            | FaultCode::TimedOut
            | FaultCode::Internal => true,
        };
        FaultCode::ALL.into_iter().filter(can).collect()
    }
}

fn sample_input<A: Action>() -> Value {
    serde_json::to_value(A::sample_input()).unwrap_or(Value::Null)
}

fn output_schema<A: Action>() -> Value {
    let mut schema = crate::schema::of::<A::Output>();
    if A::SPEC.undo {
        schema["properties"][UNDO] = json!({
            "description": "The audit row to give to `audit undo`; null when this change cannot be taken back.",
            "type": ["integer", "null"],
        });
    }
    schema
}

fn sample_output<A: Action>() -> Value {
    let mut output = serde_json::to_value(A::sample_output()).unwrap_or(Value::Null);
    if A::SPEC.undo {
        output[UNDO] = json!(41);
    }
    output
}
