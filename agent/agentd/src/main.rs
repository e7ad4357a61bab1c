//! The `rackwright-agent` program: reads the command line, does one task, says in a sentence what went wrong.

use std::process::ExitCode;

use rackwright_agent::arguments::{self, HELP, Task};
use rackwright_agent::inventory::Kernel;
use rackwright_agent::{enrol, managed, provision, session, transfer};

fn main() -> ExitCode {
    let mut words = std::env::args();
    let program = words.next().unwrap_or_default();
    match arguments::read(&program, &words.collect::<Vec<_>>()) {
        Ok(task) => carry_out(task),
        Err(why) => {
            eprintln!("rackwright-agent: {why}");
            ExitCode::from(2)
        }
    }
}

fn carry_out(task: Task) -> ExitCode {
    match task {
        Task::Provision => provision::start(),
        Task::Enrol => end(enrol::start()),
        Task::Run => end(managed::start()),
        Task::Inventory { json } => print_inventory(json),
        Task::TransferPipe => end(transfer::pipe()),
        Task::Inside => end(rackwright_privsrv::inside::visit()),
        Task::PrivateServers { json } => print_private_servers(json),
        Task::Version => {
            println!("rackwright-agent {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Task::Help => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
    }
}

fn end<E: std::error::Error>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("rackwright-agent: {}", session::explain(&why));
            ExitCode::FAILURE
        }
    }
}

fn print_private_servers(json: bool) -> ExitCode {
    let told = managed::private::report().and_then(|report| {
        if json {
            serde_json::to_string_pretty(&report).map_err(|why| why.to_string())
        } else {
            Ok(report.to_string())
        }
    });
    match told {
        Ok(text) => {
            println!("{}", text.trim_end());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("rackwright-agent: {why}");
            ExitCode::FAILURE
        }
    }
}

fn print_inventory(json: bool) -> ExitCode {
    let inventory = Kernel::default().inventory();
    if json {
        match serde_json::to_string_pretty(&inventory) {
            Ok(text) => println!("{text}"),
            Err(why) => {
                eprintln!("rackwright-agent: the inventory cannot be printed: {why}");
                return ExitCode::FAILURE;
            }
        }
    } else {
        print!("{}", rackwright_agent::inventory::in_words(&inventory));
    }
    ExitCode::SUCCESS
}
