//! What runs inside.

use rackwright_model::private_server::inside::ProcessInside;

use super::{OnePrivateServer, action, inside, one, sample_name};
use crate::actions::{Done, Page};

inside! {
    PrivateServerProcessEndInput {
        /// Its number inside.
        #[schemars(range(min = 2, max = 4_194_304))]
        pub process: u32,
        /// Kill it, in place of asking it to end.
        #[serde(default)]
        pub force: bool,
    }
}

action! {
    PrivateServerProcessList, "private-server.process-list", "Processes", "List the processes inside a private server.",
    Inside, Read,
    OnePrivateServer => Page<ProcessInside>, main "private_server",
    columns ["process", "user", "status", "memory_bytes", "cpu_ms", "command"];
    one();
    Page::whole(vec![ProcessInside {
        process: 214,
        parent: 1,
        user: "root".into(),
        status: "S".into(),
        memory_bytes: 7_340_032,
        cpu_ms: 120,
        command: "sshd: /usr/sbin/sshd -D".into(),
    }])
}

action! {
    PrivateServerProcessEnd, "private-server.process-end", "End process", "End a process inside a private server.",
    Inside, Change,
    PrivateServerProcessEndInput => Done, main "private_server";
    PrivateServerProcessEndInput { private_server: sample_name("web1"), process: 214, force: false };
    Done::new("Process 214 was told to end.")
}
