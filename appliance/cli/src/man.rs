//! Manual pages: one for every command, made from the tree of commands.

use std::io::{Error, Result};
use std::path::Path;

use clap::{Arg, ArgMatches, Command, ValueHint};
use clap_mangen::Man;

use crate::input::InputError;
use crate::screen::{End, write};
use crate::tree;

pub(crate) const MAN: &str = "man";
const FOLDER: &str = "@folder";

/// The command itself.
pub(crate) fn command() -> Command {
    Command::new(MAN)
        .about(
            "Write the manual: the main page to standard output, or a page for every command into a folder.",
        )
        .arg(
            Arg::new(FOLDER)
                .value_name("DIR")
                .value_hint(ValueHint::DirPath)
                .help("Where the pages go, such as /usr/local/share/man/man1; it is made if it is not there"),
        )
}

/// Write what is asked for.
pub(crate) fn run(arguments: &ArgMatches) -> std::result::Result<(), End> {
    let failed = |what: &str, error: Error| InputError(format!("{what} cannot be written: {error}"));
    let tree = built();
    let Some(folder) = arguments.get_one::<String>(FOLDER) else {
        let page = page(&tree).map_err(|error| failed("the page", error))?;
        return write(&page);
    };
    let count = pages(&tree, Path::new(folder)).map_err(|error| failed(folder, error))?;
    write(&format!("{count} pages are in {folder}; read one with: man {folder}/rackwright.1\n"))
}

/// The tree with the names of its pages, such as `rackwright-server-install`.
fn built() -> Command {
    let mut tree = tree::command();
    tree.build();
    tree
}

fn page(command: &Command) -> Result<String> {
    let mut roff = Vec::new();
    // Pages stand in section 1, and are dated by the version.
    Man::new(command.clone()).render(&mut roff)?;
    String::from_utf8(roff).map_err(Error::other)
}

fn pages(command: &Command, folder: &Path) -> Result<usize> {
    std::fs::create_dir_all(folder)?;
    let name = command.get_display_name().unwrap_or(command.get_name());
    std::fs::write(folder.join(format!("{name}.1")), page(command)?)?;
    let mut count = 1;
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        count += pages(below, folder)?;
    }
    Ok(count)
}
