//! `rackwright events`: what happens in the Control Center, one event per line.

use clap::{Arg, ArgAction, ArgMatches, Command};
use clap_complete::engine::ArgValueCandidates;
use rackwright_catalog::Entry;
use rackwright_catalog::actions::server::ServerWatch;
use rackwright_client::Limits;
use serde_json::{Map, Value, json};

use crate::completion::candidates;
use crate::format::Format;
use crate::screen::End;
use crate::{connection, run, watch};

pub(crate) const EVENTS: &str = "events";
const FOLLOW: &str = "@follow";
const SERVER: &str = "@server";
const AFTER: &str = "@after";

/// The command itself.
pub(crate) fn command() -> Command {
    Command::new(EVENTS)
        .about("Show what the Control Center remembers of the last events; with --follow, what happens from now on.")
        .arg(
            Arg::new(FOLLOW)
                .long("follow")
                .short('f')
                .action(ArgAction::SetTrue)
                .help("Go on until Ctrl-C; a Control Center that restarts is waited for"),
        )
        .arg(
            Arg::new(SERVER)
                .long("server")
                .value_name("SERVER")
                .help("Only events of this server; see: rackwright server list")
                .add(ArgValueCandidates::new(candidates("server.list".to_owned()))),
        )
        .arg(
            Arg::new(AFTER)
                .long("after")
                .value_name("N")
                .value_parser(clap::value_parser!(i64))
                .help("Only what came after the event with this id"),
        )
}

/// Show what is asked for.
pub(crate) fn run(arguments: &ArgMatches) -> Result<(), End> {
    let entry = Entry::of::<ServerWatch>();
    let client = connection::client(arguments, Limits::default())?;
    let format = Format::of(arguments);
    let mut input = Map::new();
    if let Some(server) = arguments.get_one::<String>(SERVER) {
        input.insert("server".to_owned(), json!(server));
    }
    let follows = arguments.get_flag(FOLLOW);
    // Ids are larger than 0, so that everything comes after it.
    let after = arguments.get_one::<i64>(AFTER).copied().or_else(|| (!follows).then_some(0));
    input.extend(after.map(|after| ("after".to_owned(), json!(after))));
    let (runtime, input) = (run::runtime()?, Value::Object(input));
    if follows {
        return runtime.block_on(watch::watch(&client, &entry, input, format));
    }
    runtime.block_on(watch::once(&client, &entry, input, format))
}
