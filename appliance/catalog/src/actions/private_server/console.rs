//! A terminal inside a private server: opened once, then typed into and read from. Everybody who opened one has it alone.

use rackwright_model::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{action, sample_name};
use crate::actions::Done;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerConsoleInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Lines of the terminal; 24 when it is left out.
    #[schemars(range(min = 2, max = 500))]
    pub rows: Option<u16>,
    /// Columns of the terminal; 80 when it is left out.
    #[schemars(range(min = 10, max = 500))]
    pub columns: Option<u16>,
}

/// A console that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsoleOpened {
    /// Names the console in the actions that follow. It ends when nobody reads from it for a minute.
    pub console: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneConsole {
    /// As private-server console answered, with --json.
    pub console: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerConsoleTypeInput {
    /// As private-server console answered, with --json.
    pub console: u64,
    /// What is typed, as a terminal would send it.
    #[schemars(length(min = 1, max = 16384), extend("x-secret" = true))]
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerConsoleResizeInput {
    /// As private-server console answered, with --json.
    pub console: u64,
    #[schemars(range(min = 2, max = 500))]
    pub rows: u16,
    #[schemars(range(min = 10, max = 500))]
    pub columns: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerConsoleReadInput {
    /// As private-server console answered, with --json.
    pub console: u64,
    /// The `next` of the answer before; 0 at first.
    #[serde(default)]
    pub after: u64,
    /// Seconds to wait for something to be written before answering with nothing; 20 when it is left out.
    #[schemars(range(max = 30))]
    pub wait_s: Option<u32>,
}

/// What a console wrote since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsoleRead {
    /// Terminal output, in base64: it may end inside a letter.
    pub base64: String,
    /// Pass it as `after`.
    pub next: u64,
    /// Why nothing follows.
    #[schemars(extend("x-sentence" = true))]
    pub ended: Option<String>,
}

action! {
    PrivateServerConsole, "private-server.console", "Console", "Open a terminal of root inside a private server. On the command line Ctrl-] leaves it.",
    Inside, Change,
    PrivateServerConsoleInput => ConsoleOpened, main "private_server";
    PrivateServerConsoleInput { private_server: sample_name("web1"), rows: None, columns: None };
    ConsoleOpened { console: 1_764_000_000_001 }
}

action! {
    PrivateServerConsoleType, "private-server.console-type", "Type", "Type into a console that you opened.", Inside, Read,
    PrivateServerConsoleTypeInput => Done, main "console", piece true;
    PrivateServerConsoleTypeInput { console: 1_764_000_000_001, text: "uptime\r".into() };
    Done::new("Typed.")
}

action! {
    PrivateServerConsoleRead, "private-server.console-read", "Read", "Read what a console that you opened has written.",
    Inside, Read,
    PrivateServerConsoleReadInput => ConsoleRead, main "console";
    PrivateServerConsoleReadInput { console: 1_764_000_000_001, after: 0, wait_s: Some(20) };
    ConsoleRead { base64: "cm9vdEB3ZWIxOn4jIA==".into(), next: 13, ended: None }
}

action! {
    PrivateServerConsoleResize, "private-server.console-resize", "Resize",
    "Tell a console that you opened how large its window is.", Inside, Read,
    PrivateServerConsoleResizeInput => Done, main "console", piece true;
    PrivateServerConsoleResizeInput { console: 1_764_000_000_001, rows: 40, columns: 120 };
    Done::new("The console has 40 lines of 120 columns.")
}

action! {
    PrivateServerConsoleClose, "private-server.console-close", "Close",
    "Close a console that you opened; what runs in it is hung up.", Inside, Change,
    OneConsole => Done, main "console";
    OneConsole { console: 1_764_000_000_001 };
    Done::new("The console is closed.")
}
