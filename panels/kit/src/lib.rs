//! What every panel is made of: the page around each page, sessions, forms from the inputs of actions, tables from their
//! outputs, assets, and the guards against other sites. A tier adds a menu and pages; it can never add an action.

pub mod act;
pub mod asset;
pub mod brand;
pub mod docs;
pub mod flash;
pub mod form;
pub mod headers;
pub mod help;
pub mod humane;
pub mod icon;
pub mod language;
pub mod messages;
mod palette;
pub mod panel;
pub mod posted;
mod qr;
pub mod refusal;
pub mod render;
pub mod routes;
mod second_step;
pub mod sentences;
pub mod session;
pub mod shell;
mod sign_in;
mod spoken;
pub mod table;
mod tray;
pub mod words;

pub use act::go_back;
pub use flash::{Ending, Status};
pub use panel::{Live, Panel, Tier};
pub use posted::Posted;
pub use refusal::Refusal;
pub use session::Session;
pub use shell::{Button, Crumb, Heading, MenuItem, Page, Shell};
pub use table::{Cell, Empty, Table};
