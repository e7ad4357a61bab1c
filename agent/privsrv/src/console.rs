//! A login shell of root in a terminal inside a private server. The terminal is read no faster than what was read is taken,
//! so nothing piles up here: a program that writes without end waits.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::openpty;
use rackwright_model::private_server::Number;

use crate::bell::Bell;
use crate::exec::{self, ExecError, Inside};
use crate::{runtime, terminal};

/// Bytes that wait for a program inside to read them: somebody pastes a file.
const WAITING: usize = 64 * 1024;
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
    typed: Arc<Typed>,
}

/// What was typed and waits until somebody inside reads.
struct Typed {
    waiting: Mutex<VecDeque<u8>>,
    /// Rung when something begins to wait.
    bell: Bell,
}

/// The end that is typed into, for another thread than the one that reads.
#[derive(Clone)]
pub struct Keyboard {
    terminal: Arc<File>,
    inside: Arc<Inside>,
    typed: Arc<Typed>,
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
        let child = exec::command(&inside, number, true)?
            .args(["/bin/sh", "-c", LOGIN])
            .stdin(pair.slave.try_clone()?)
            .stdout(pair.slave.try_clone()?)
            .stderr(pair.slave)
            .spawn()?;
        let typed = Arc::new(Typed { waiting: Mutex::default(), bell: Bell::new()? });
        Ok(Self { terminal: Arc::new(File::from(pair.master)), child, inside, typed })
    }

    #[must_use]
    pub fn keyboard(&self) -> Keyboard {
        Keyboard {
            terminal: Arc::clone(&self.terminal),
            inside: Arc::clone(&self.inside),
            typed: Arc::clone(&self.typed),
        }
    }

    /// Waits for what is written next: the number of bytes, 0 at the end, none when nothing came for a second. What was typed
    /// and waits is handed on meanwhile.
    ///
    /// # Errors
    /// The kernel's.
    pub fn read(&mut self, bytes: &mut [u8]) -> io::Result<Option<usize>> {
        let wanted =
            if self.typed.waits() { PollFlags::POLLIN | PollFlags::POLLOUT } else { PollFlags::POLLIN };
        let mut fds = [
            PollFd::new(self.terminal.as_fd(), wanted),
            PollFd::new(self.typed.bell.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut fds, PollTimeout::from(TICK)) {
            Ok(0) | Err(Errno::EINTR) => return Ok(None),
            Ok(_) => {}
            Err(why) => return Err(why.into()),
        }
        self.typed.bell.silence();
        self.typed.hand_on(&self.terminal)?;
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
    /// Types. Nothing waits here for whoever reads inside: what they do not read at once is handed on by
    /// [`Console::read`].
    ///
    /// # Errors
    /// When the terminal is closed, or 64 KiB wait already: nothing of this is typed then.
    pub fn type_in(&self, bytes: &[u8]) -> io::Result<()> {
        self.typed.add(bytes)?;
        self.typed.hand_on(&self.terminal)?;
        if self.typed.waits() {
            self.typed.bell.ring();
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

impl Typed {
    fn waits(&self) -> bool {
        !self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn add(&self, bytes: &[u8]) -> io::Result<()> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() + bytes.len() > WAITING {
            return Err(io::Error::other("more was typed than is read inside"));
        }
        waiting.extend(bytes);
        Ok(())
    }

    /// Writes as much as is taken at once.
    fn hand_on(&self, mut terminal: &File) -> io::Result<()> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while !waiting.is_empty() {
            match terminal.write(waiting.as_slices().0) {
                Ok(count) => drop(waiting.drain(..count)),
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                Err(why) if why.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                // EIO: nobody has the inner end any more; whoever reads is told.
                Err(why) if why.raw_os_error() == Some(libc::EIO) => return Ok(()),
                Err(why) => return Err(why),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};

    use super::*;

    #[test]
    fn what_nobody_reads_inside_keeps_nobody_waiting() {
        let pair = openpty(None, None).expect("a terminal");
        fcntl(&pair.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("set");
        let terminal = File::from(pair.master);
        let typed = Typed { waiting: Mutex::default(), bell: Bell::new().expect("a bell") };
        // Without lines: one that waits for the end of a line takes everything, and forgets it.
        let mut settings = tcgetattr(&pair.slave).expect("settings");
        cfmakeraw(&mut settings);
        tcsetattr(&pair.slave, SetArg::TCSANOW, &settings).expect("set");
        let piece = [b'x'; 4_096];
        let taken = (0..64).take_while(|_| typed.add(&piece).is_ok()).inspect(|_| {
            typed.hand_on(&terminal).expect("handed on");
        });
        let count = taken.count();
        assert!((16..64).contains(&count), "{count} pieces");
        assert!(typed.waits());
        let mut reader = File::from(pair.slave);
        let (mut got, mut bytes) = (0, [0; 4_096]);
        while typed.waits() {
            got += reader.read(&mut bytes).expect("read");
            typed.hand_on(&terminal).expect("handed on");
        }
        assert!(got > WAITING / 2, "{got} bytes were handed on");
    }
}
