//! What a private server is: its guarantees and limits, the room of the server that it stands on, what is wanted of it and
//! what was seen of it (white paper, sections 5.3 to 5.7).

mod failover;
pub mod inside;
mod moving;
mod number;
mod retention;
mod room;
mod size;
mod state;
mod usage;
mod wanted;

pub use failover::{FailoverEvent, FailoverStage, OutOfPlace};
pub use moving::{Misplaced, MoveEvent, MoveStage};
pub use number::{BadNumber, Number, USERS};
pub use retention::Retention;
pub use room::{CPU_PROMISED, Resource, Room, Short};
pub use size::Size;
pub use state::{Phase, Power, PrivateServerState, Standing};
pub use usage::{UsageBatch, UsageSample};
pub use wanted::{Intent, Origin, RootAccess, Seen, Template, Wanted};
