//! The command line.

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    Provision,
    Enrol,
    Run,
    Inventory { json: bool },
    TransferPipe,
    Inside,
    PrivateServers { json: bool },
    Version,
    Help,
}

/// The command line makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadArguments {
    #[error("no subcommand; `rackwright-agent --help` lists them")]
    Nothing,
    #[error("{0:?} is not known here; `rackwright-agent --help` lists what is")]
    Unknown(String),
}

/// Printed by `--help`.
pub const HELP: &str = "\
rackwright-agent: the agent of Rackwright on a server

Usage: rackwright-agent <SUBCOMMAND>

Subcommands:
  provision         Be the provisioning environment: load drivers, report the inventory to the
                    Control Center named on the kernel command line, install when told to.
                    Also what happens when started as /init. Only for a machine booted for that:
                    it writes to disks on the Control Center's order.
  enrol             Redeem the token in /etc/rackwright/enrol.json for a certificate. Does nothing
                    when there is no token. Started by systemd before `run`.
  run               Keep the session of a managed server: report its state, carry out commands.
  inventory [--json]
                    Print the hardware of this machine.
  private-servers [--json]
                    Print the private servers that are kept on this server, whether each runs, and
                    what carries their names but belongs to none of them.

Options:
  -h, --help        Print this text.
  -V, --version     Print the version.

Files (of enrol and run):
  /etc/rackwright/agent.json   the Control Center's address and this server's number
  /etc/rackwright/agent.crt    this server's certificate
  /etc/rackwright/agent.key    its key (mode 0600)
  /etc/rackwright/ca.crt       the Control Center's authority
  /var/lib/rackwright/private-servers/
                               what is wanted and done of each private server

Kernel parameters (of provision): rackwright.center=IP:PORT rackwright.ca=SHA-256
  rackwright.boot=NONCE rackwright.mac=AA:BB:CC:DD:EE:FF
";

/// Reads the words after the program's name; `program` is that name, by which /init is known.
///
/// # Errors
/// [`BadArguments`] names the word.
pub fn read(program: &str, words: &[String]) -> Result<Task, BadArguments> {
    // The kernel hands /init those words of its command line that it does not know itself.
    if program.rsplit('/').next() == Some("init") {
        return Ok(Task::Provision);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Err(BadArguments::Nothing),
        ["-h" | "--help" | "help"] | [_, "-h" | "--help"] => Ok(Task::Help),
        ["-V" | "--version"] => Ok(Task::Version),
        ["provision"] => Ok(Task::Provision),
        ["enrol"] => Ok(Task::Enrol),
        ["run"] => Ok(Task::Run),
        ["inventory"] => Ok(Task::Inventory { json: false }),
        ["inventory", "--json"] => Ok(Task::Inventory { json: true }),
        // rsync appends the host and its own command.
        ["transfer-pipe", ..] => Ok(Task::TransferPipe),
        // Started by the agent itself, with its orders on its input.
        ["inside"] => Ok(Task::Inside),
        ["private-servers"] => Ok(Task::PrivateServers { json: false }),
        ["private-servers", "--json"] => Ok(Task::PrivateServers { json: true }),
        ["provision" | "enrol" | "run", word, ..]
        | ["private-servers", "--json", word, ..]
        | ["private-servers", word, ..]
        | ["inventory", "--json", word, ..]
        | ["inventory", word, ..]
        | [word, ..] => Err(BadArguments::Unknown((*word).to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Result<Task, BadArguments> {
        let mut words = line.split_whitespace().map(str::to_owned);
        let program = words.next().expect("a program");
        read(&program, &words.collect::<Vec<_>>())
    }

    #[test]
    fn knows_its_subcommands() {
        assert_eq!(ask("/usr/local/sbin/rackwright-agent run"), Ok(Task::Run));
        assert_eq!(ask("agent inventory --json"), Ok(Task::Inventory { json: true }));
        assert_eq!(ask("agent enrol --help"), Ok(Task::Help));
        assert_eq!(ask("agent private-servers --json"), Ok(Task::PrivateServers { json: true }));
        assert_eq!(ask("agent private-servers all"), Err(BadArguments::Unknown("all".into())));
        assert_eq!(ask("agent"), Err(BadArguments::Nothing));
        assert_eq!(ask("agent run fast"), Err(BadArguments::Unknown("fast".into())));
        assert_eq!(ask("agent inventory --xml"), Err(BadArguments::Unknown("--xml".into())));
    }

    #[test]
    fn is_init_whatever_the_kernel_hands_over() {
        assert_eq!(ask("/init splash quiet"), Ok(Task::Provision));
    }
}
