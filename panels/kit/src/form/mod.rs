//! Forms made from the input schema of an action.
//!
//! One walk over the schema gives a tree of [`Field`]s. What a person typed is a flat list of name–text pairs
//! ([`Typed`]), whether it came from a link, from a posted form or from a value ([`fill`]); [`decode`] makes the
//! action's JSON input of it, and [`view`] what the template draws.

pub mod choices;
pub mod decode;
pub mod field;
pub mod fill;
pub mod typed;
pub mod view;

pub use choices::{Choice, Choices};
pub use decode::decode;
pub use field::{Field, Kind, fields};
pub use fill::fill;
pub use typed::Typed;
pub use view::{FieldView, FormView};
