//! Processors, from /proc/cpuinfo.

use std::collections::BTreeSet;

use rackwright_model::inventory::Cpu;

/// Reads the text of /proc/cpuinfo: one paragraph per hardware thread.
pub fn parse(text: &str) -> Cpu {
    let (mut sockets, mut cores, mut threads) = (BTreeSet::new(), BTreeSet::new(), 0);
    let mut model = String::new();
    for (index, paragraph) in text.split("\n\n").enumerate() {
        let field = |name: &str| {
            paragraph.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                (key.trim() == name).then(|| value.trim())
            })
        };
        if field("processor").is_none() {
            continue;
        }
        threads += 1;
        if let (true, Some(name)) = (model.is_empty(), field("model name")) {
            model = name.chars().take(256).collect();
        }
        let socket = field("physical id").unwrap_or("0").to_owned();
        let core = field("core id").map_or_else(|| format!("thread {index}"), str::to_owned);
        cores.insert((socket.clone(), core));
        sockets.insert(socket);
    }
    let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    Cpu { model, sockets: count(sockets.len()), cores: count(cores.len()), threads }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sockets_with_hyper_threading() {
        let mut text = String::new();
        for thread in 0..8 {
            let (socket, core) = (thread / 4, thread % 2);
            text += &format!(
                "processor\t: {thread}\nmodel name\t: Example CPU\nphysical id\t: {socket}\ncore id\t\t: {core}\n\n"
            );
        }
        assert_eq!(parse(&text), Cpu { model: "Example CPU".into(), sockets: 2, cores: 4, threads: 8 });
    }

    #[test]
    fn a_virtual_cpu_without_topology() {
        let cpu = parse("processor: 0\nmodel name: V\n\nprocessor: 1\nmodel name: V\n");
        assert_eq!((cpu.sockets, cpu.cores, cpu.threads), (1, 2, 2));
    }
}
