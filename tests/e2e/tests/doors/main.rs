//! The three doors of a Control Center (API, command and panel) lead to the same rooms: who may do what, on whose things,
//! and that all three say the same. Behind them stands the real domain on a real database.

#[path = "../../../../appliance/cli/tests/support/line.rs"]
mod line;
#[path = "../../../../appliance/domain/tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the stories of the domain use the rest of it")]
mod support;

mod agent;
mod browser;
mod center;
mod crawl;
mod door;
mod front;
mod html;
mod inside;
mod markup;
mod matrix;
mod parity;
mod recorder;
