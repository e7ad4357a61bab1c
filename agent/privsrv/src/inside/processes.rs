//! What runs inside, from /proc as it is seen there (proc(5)).

use std::fs::File;
use std::io::Read as _;

use nix::dir::Dir;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;
use nix::unistd::{SysconfVar, sysconf};
use rackwright_model::private_server::USERS;
use rackwright_model::private_server::inside::{ProcessInside, WorkFailure};

use super::names::Names;
use super::tree::{Tree, failure};

/// Processes that are listed.
const MOST: usize = 1_000;
/// Letters of a command line that are told.
const COMMAND: usize = 256;
/// Bytes that are read of one file.
const FILE: u64 = 4_096;

/// All processes, by number.
///
/// # Errors
/// When there is no /proc.
pub fn list(tree: &Tree) -> Result<Vec<ProcessInside>, WorkFailure> {
    let folder = tree.of_root("proc")?;
    let told = folder.try_clone().map_err(|why| super::tree::io_failure("proc", &why))?;
    let mut dir = Dir::from_fd(folder).map_err(|why| failure("proc", why))?;
    let mut numbers: Vec<u32> = Vec::new();
    for entry in dir.iter().filter_map(Result::ok) {
        numbers.extend(entry.file_name().to_str().ok().and_then(|name| name.parse::<u32>().ok()));
        if numbers.len() == MOST {
            break;
        }
    }
    numbers.sort_unstable();
    let names = Names::of(tree);
    let tick = positive(SysconfVar::CLK_TCK, 100);
    let page = positive(SysconfVar::PAGE_SIZE, 4_096);
    let read = |process: u32, file: &str| -> Option<String> {
        let flags =
            OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let file = openat(&told, format!("{process}/{file}").as_str(), flags, Mode::empty()).ok()?;
        let mut bytes = Vec::new();
        File::from(file).take(FILE).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    // Those that ended meanwhile are passed over.
    let all = numbers.into_iter().filter_map(|process| {
        let stat = Stat::read(&read(process, "stat")?)?;
        let uid = uid(&read(process, "status")?)?;
        let line = command(&read(process, "cmdline").unwrap_or_default());
        Some(ProcessInside {
            process,
            parent: stat.parent,
            user: names.user(uid).unwrap_or_else(|| uid.to_string()),
            status: stat.state.to_string(),
            memory_bytes: stat.pages.saturating_mul(page),
            cpu_ms: stat.ticks.saturating_mul(1_000) / tick,
            command: if line.is_empty() { format!("[{}]", stat.name) } else { line },
        })
    });
    Ok(all.collect())
}

fn positive(of: SysconfVar, otherwise: u64) -> u64 {
    sysconf(of)
        .ok()
        .flatten()
        .and_then(|value| u64::try_from(value).ok())
        .filter(|value| *value > 0)
        .unwrap_or(otherwise)
}

/// What is used of /proc/PID/stat.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stat {
    name: String,
    state: char,
    parent: u32,
    ticks: u64,
    pages: u64,
}

impl Stat {
    /// The name stands in brackets and may itself hold some.
    fn read(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once('(')?;
        let (name, rest) = rest.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            name: name.chars().take(64).collect(),
            state: fields.first()?.chars().next()?,
            parent: fields.get(1)?.parse().ok()?,
            ticks: number(11)?.saturating_add(number(12)?),
            pages: number(21)?,
        })
    }
}

/// The effective user of /proc/PID/status.
fn uid(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_whitespace().nth(1)?.parse().ok().filter(|uid| *uid < USERS || *uid == u32::from(u16::MAX) - 1)
}

/// Words are parted by zeros.
fn command(line: &str) -> String {
    let line: String =
        line.chars().map(|c| if c == '\0' || c.is_control() { ' ' } else { c }).take(COMMAND).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_it_calls_itself() {
        let text = "7 (a) b) S 1 7 7 0 -1 4194560 1 0 0 0 12 8 0 0 20 0 1 0 300 9000 25 18446744073709551615";
        let stat = Stat::read(text).expect("is one");
        assert_eq!(
            (stat.name.as_str(), stat.state, stat.parent, stat.ticks, stat.pages),
            ("a) b", 'S', 1, 20, 25)
        );
        assert_eq!(uid("Name:\tx\nUid:\t0\t1000\t0\t0\n"), Some(1000));
        assert_eq!(command("nginx: worker\0\0"), "nginx: worker");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,300}") {
            Stat::read(&text);
            uid(&text);
            proptest::prop_assert!(command(&text).chars().count() <= COMMAND);
        }
    }
}
