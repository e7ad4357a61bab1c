//! A login shell of root in a terminal inside a private server. The terminal is read no faster than what was read is taken,
//! so nothing piles up here: a program that writes without end waits.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::openpty;
use rackwright_model::private_server::Number;

use crate::exec::{self, ExecError, Inside};
use crate::{runtime, terminal};

/// What is typed is thrown away when nobody inside reads it for so long.
const TYPED: Duration = Duration::from_secs(1);
/// How often a silent terminal is looked at for its end.
const TICK: u16 = 1000;
/// login(1) shows what root is greeted with; a template without it has a shell at least.
const LOGIN: &str = "[ -x /bin/login ] && exec /bin/login -f root; exec /bin/sh -l";

/// An open console.
pub struct Console {
    /// The outer end; it does not block.
    terminal: Arc<File>,
    child: Child,
    inside: Arc<Inside>,
}

/// The end that is typed into, for another thread than the one that reads.
#[derive(Clone)]
pub struct Keyboard {
    terminal: Arc<File>,
    inside: Arc<Inside>,
}

impl Console {
    /// Opens one.
    ///
    /// # Errors
    /// [`ExecError`]
    pub fn open(number: Number, rows: u16, columns: u16) -> Result<Self, ExecError> {
        if !runtime::is_populated(number) {
            return Err(ExecError::NotRunning(number.tag()));
        }
        let pair = openpty(None, None).map_err(io::Error::from)?;
        terminal::resize(pair.master.as_fd(), rows, columns)?;
        for end in [&pair.master, &pair.slave] {
            fcntl(end, FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC)).map_err(io::Error::from)?;
        }
        fcntl(&pair.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(io::Error::from)?;
        let inside = Arc::new(Inside::new(number));
        // setsid(1) gives crun this terminal as its own, by which it hears of changes of size.
        let child = exec::command("setsid", &inside, number, true)
            .args(["/bin/sh", "-c", LOGIN])
            .stdin(pair.slave.try_clone()?)
            .stdout(pair.slave.try_clone()?)
            .stderr(pair.slave)
            .spawn()?;
        Ok(Self { terminal: Arc::new(File::from(pair.master)), child, inside })
    }

    #[must_use]
    pub fn keyboard(&self) -> Keyboard {
        Keyboard { terminal: Arc::clone(&self.terminal), inside: Arc::clone(&self.inside) }
    }

    /// Waits for what is written next: the number of bytes, 0 at the end, none when nothing came for a second.
    ///
    /// # Errors
    /// The kernel's.
    pub fn read(&mut self, bytes: &mut [u8]) -> io::Result<Option<usize>> {
        let mut fds = [PollFd::new(self.terminal.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::from(TICK)) {
            Ok(0) | Err(Errno::EINTR) => return Ok(None),
            Ok(_) => {}
            Err(why) => return Err(why.into()),
        }
        match (&*self.terminal).read(bytes) {
            // EIO: nobody has the inner end any more (pty(7)).
            Err(why) if why.raw_os_error() == Some(libc::EIO) => Ok(Some(0)),
            Err(why) if matches!(why.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                Ok(None)
            }
            other => other.map(Some),
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // Ends by itself when the shell inside does; else everything in it is hung up.
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.inside.kill();
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}

impl Keyboard {
    /// Types.
    ///
    /// # Errors
    /// When the terminal is closed, or nobody inside read for a second: the rest is thrown away.
    pub fn type_in(&self, mut bytes: &[u8]) -> io::Result<()> {
        let until = Instant::now() + TYPED;
        while !bytes.is_empty() {
            match (&*self.terminal).write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                Err(why) if why.kind() == io::ErrorKind::WouldBlock => {
                    let left = until.saturating_duration_since(Instant::now());
                    let mut fds = [PollFd::new(self.terminal.as_fd(), PollFlags::POLLOUT)];
                    let wait = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
                    if left.is_zero() || poll(&mut fds, wait) == Ok(0) {
                        return Err(why);
                    }
                }
                Err(why) => return Err(why),
            }
        }
        Ok(())
    }

    /// Sets the size of the terminal.
    ///
    /// # Errors
    /// The kernel's.
    pub fn resize(&self, rows: u16, columns: u16) -> io::Result<()> {
        terminal::resize(self.terminal.as_fd(), rows, columns)?;
        // Not every crun hands it on. Before the shell is there it takes the size that the terminal has by then.
        self.inside.terminal().and_then(|inner| terminal::resize(inner.as_fd(), rows, columns)).ok();
        Ok(())
    }
}
