//! The agent of a server with private servers, as the Control Center hears it: it does at once what it is told, and in its
//! consoles a shell writes what is typed, until Ctrl D.

use std::time::Duration;

use rackwright_model::ServerId;
use rackwright_model::private_server::{Intent, Phase, Seen, Wanted};
use rackwright_proto::{Console, ConsoleOrder, ConsoleOutput, FromMachine, ToMachine};

use crate::inside::Inside;
use crate::support::{Sent, World};

/// How long it rests between two looks.
const REST: Duration = Duration::from_millis(20);

/// Works for as long as anybody waits for it.
pub async fn works(world: &World, host: ServerId) {
    let mut inside = Inside::default();
    loop {
        for sent in world.machines.take_sent() {
            let Sent::ToAgent(server, told) = sent else { continue };
            if server != host {
                continue;
            }
            let said = match told {
                ToMachine::PrivateServers { wanted } => {
                    Some(FromMachine::PrivateServers { seen: wanted.iter().map(seen).collect() })
                }
                ToMachine::Inside(order) => Some(FromMachine::Inside(inside.does(order))),
                ToMachine::Console(console) => wrote(console).map(FromMachine::Console),
                _ => None,
            };
            if let Some(said) = said {
                world.says(host, said).await;
            }
        }
        tokio::time::sleep(REST).await;
    }
}

fn seen(wanted: &Wanted) -> Seen {
    let phase = match wanted.intent {
        Intent::On => Phase::Running,
        Intent::Off | Intent::Near => Phase::Stopped,
        Intent::Gone | Intent::Left => Phase::Gone,
    };
    Seen { number: wanted.number, generation: wanted.generation, phase, reason: None, progress: None }
}

fn wrote(Console { console, order }: Console) -> Option<ConsoleOutput> {
    let output = |bytes: &[u8], ended: bool| ConsoleOutput {
        console,
        bytes: bytes.to_vec(),
        ended: ended.then(|| "The shell ended.".to_owned()),
    };
    match order {
        ConsoleOrder::Open { rows, columns, .. } => {
            Some(output(format!("{columns} by {rows}\r\n# ").as_bytes(), false))
        }
        ConsoleOrder::Input { bytes } => Some(output(&bytes, bytes.contains(&4))),
        ConsoleOrder::Resize { .. } | ConsoleOrder::Close => None,
    }
}
