//! Every action there is. An action is a type with a typed input and output, a wire name, a permission, a sentence of
//! documentation and samples; it stands in exactly one list, [`registry`]. Routes, the API description, commands, forms
//! and audit rows are all derived from that list. This crate knows no HTTP, no terminal and no database.

pub mod action;
pub mod actions;
pub mod event;
pub mod fault;
pub mod idempotency;
pub mod permission;
pub mod registry;
pub mod schema;
pub mod validate;

pub use action::{Action, Effect, Entry, Spec};
pub use fault::{Fault, FaultCode, FieldProblem};
pub use idempotency::{BadKey, IdempotencyKey};
pub use permission::{Permission, Role};
pub use registry::{ENTRIES, Handle, HandleAll, dispatch, entry};
