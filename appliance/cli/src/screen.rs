//! Standard output, and how a command ends when it does not end well.

use std::io::Write;
use std::process::ExitCode;

use rackwright_catalog::{Fault, FaultCode};

use crate::input::InputError;

/// Why a command does not go on.
#[derive(Debug)]
pub(crate) enum End {
    /// The action failed.
    Fault(Fault),
    /// A Control Center is not trusted yet: what it shows, and how to trust it.
    Untrusted(String),
    /// The command line is wrong.
    Usage(InputError),
    /// It did what it could, and said what is wrong.
    Failed,
    /// What ran elsewhere ended with this status.
    Status(u8),
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// Nobody reads standard output any more, as in `rackwright job list | head`.
    Unread,
}

impl End {
    /// The exit code: 1 failed, 2 wrong command line, 3 a confirmation is missing, 130 as shells write SIGINT.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::Fault(fault) if fault.code == FaultCode::ConfirmationNeeded => ExitCode::from(3),
            Self::Fault(_) | Self::Untrusted(_) | Self::Failed => ExitCode::FAILURE,
            Self::Usage(_) => ExitCode::from(2),
            Self::Status(status) => ExitCode::from(*status),
            Self::Interrupted => ExitCode::from(130),
            Self::Unread => ExitCode::SUCCESS,
        }
    }
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<InputError> for End {
    fn from(error: InputError) -> Self {
        Self::Usage(error)
    }
}

/// Write to standard output, at once. `text` ends with its own line break.
pub(crate) fn write(text: &str) -> Result<(), End> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(|_| End::Unread)
}
