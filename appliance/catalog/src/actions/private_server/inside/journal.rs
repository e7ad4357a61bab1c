//! What services inside say.

use rackwright_model::Millis;
use rackwright_model::private_server::inside::{Journal, JournalLine, JournalPlace, UnitName};

use super::{action, inside, sample_name, text};

inside! {
    PrivateServerJournalInput {
        /// Only of this service.
        pub service: Option<UnitName>,
        /// Only of so many seconds.
        #[schemars(range(min = 1, max = 31_536_000))]
        pub since_s: Option<u32>,
        /// The most lines; 100 when it is left out.
        #[schemars(range(min = 1, max = 200))]
        pub lines: Option<u32>,
        /// Only what follows the `newest` of an answer before: the oldest of those lines, however old they are.
        pub after: Option<JournalPlace>,
    }
}

action! {
    PrivateServerJournal, "private-server.journal", "Log", "Show the newest lines of the journal inside a private server.",
    Inside, Read,
    PrivateServerJournalInput => Journal, main "private_server", columns ["at", "from", "severity", "text"];
    PrivateServerJournalInput { private_server: sample_name("web1"), service: Some(text("ssh.service")), since_s: Some(3_600), lines: Some(100), after: None };
    Journal {
        items: vec![JournalLine {
            at: Millis(1_764_000_000_000),
            from: "sshd".into(),
            severity: 6,
            text: "Server listening on 0.0.0.0 port 22.".into(),
        }],
        cut: false,
        newest: Some(text(
            "s=7bb3c5a9e1f24d0c9a6e0d2f4b8c1e35;i=2a4f;b=0f1e2d3c4b5a69788796a5b4c3d2e1f0;m=1f4add4;t=6445a53d2a800;x=9c3e5a7b1d2f4860",
        )),
    }
}
