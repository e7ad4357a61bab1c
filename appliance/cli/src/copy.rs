//! `rackwright copy`: one file into a private server or out of it, as with scp(1), through the Control Center.

mod down;
mod place;
mod up;

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};
use indicatif::{ProgressBar, ProgressStyle};
use rackwright_client::Limits;

use crate::format::Format;
use crate::input::InputError;
use crate::screen::End;
use crate::{connection, run};
use place::Place;

pub(crate) const COPY: &str = "copy";
const FROM: &str = "@from";
const TO: &str = "@to";
const REPLACE: &str = "@replace";

/// The command itself.
pub(crate) fn command() -> Command {
    let place = |id: &'static str, name: &'static str, help: &'static str| {
        Arg::new(id).value_name(name).required(true).value_hint(ValueHint::FilePath).help(help)
    };
    Command::new(COPY)
        .about("Copy a file into a private server, or out of it.")
        .arg(place(FROM, "FROM", "The file: here, or as PRIVATE-SERVER:/PATH; - is standard input"))
        .arg(place(
            TO,
            "TO",
            "Its new place, or the folder for it: here, or as PRIVATE-SERVER:/PATH (a folder there ends with /); - is \
             standard output",
        ))
        .arg(
            Arg::new(REPLACE)
                .long("replace")
                .action(ArgAction::SetTrue)
                .help("Take the place of what stands there"),
        )
        .after_help(
            "A local name with a colon is written with its folder: ./a:b. Whoever has a login there begins at its \
             home.\n\nExamples:\n  rackwright copy index.html web1:/srv/www/\n  rackwright copy web1:/var/log/syslog .",
        )
}

/// Copy what is asked for.
pub(crate) fn run(arguments: &ArgMatches) -> Result<(), End> {
    let place = |id| Place::of(arguments.get_one::<String>(id).map_or("", String::as_str));
    let (from, to) = (place(FROM)?, place(TO)?);
    let client = connection::client(arguments, Limits::default())?;
    let format = Format::of(arguments);
    let replace = arguments.get_flag(REPLACE);
    let runtime = run::runtime()?;
    match (from, to) {
        (Place::Here(from), Place::There(to)) => {
            runtime.block_on(up::send(&client, &from, to, replace, format))
        }
        (Place::There(from), Place::Here(to)) => {
            runtime.block_on(down::fetch(&client, from, &to, replace, format))
        }
        (Place::Here(_), Place::Here(_)) => {
            Err(InputError("one of both must be in a private server: PRIVATE-SERVER:/PATH".to_owned()).into())
        }
        (Place::There(_), Place::There(_)) => {
            Err(InputError("one of both must be here: copy it here first, and then there".to_owned()).into())
        }
    }
}

/// Drawn on standard error, and only when that is a terminal; without a length when nobody knows it.
fn bar(bytes: Option<u64>, format: Format) -> ProgressBar {
    match bytes {
        _ if !format.is_for_people() => ProgressBar::hidden(),
        Some(bytes) => ProgressBar::new(bytes).with_style(
            ProgressStyle::with_template("{bar:30} {percent:>3} % {binary_bytes_per_sec}, {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        ),
        None => ProgressBar::new_spinner(),
    }
}
