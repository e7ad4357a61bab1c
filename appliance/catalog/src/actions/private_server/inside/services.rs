//! Services of systemd inside.

use rackwright_model::private_server::inside::{Deed, Service, UnitName};

use super::{OnePrivateServer, action, inside, one, sample_name, text};
use crate::actions::{Done, Page};

inside! {
    PrivateServerServiceDoInput {
        /// Such as ssh.service.
        pub service: UnitName,
        /// What becomes of it.
        pub deed: Deed,
    }
}

action! {
    PrivateServerServiceList, "private-server.service-list", "Services", "List the services inside a private server.",
    Inside, Read,
    OnePrivateServer => Page<Service>, main "private_server", columns ["service", "active", "sub", "at_start", "description"];
    one();
    Page::whole(vec![Service {
        service: "ssh.service".into(),
        description: "OpenBSD Secure Shell server".into(),
        active: "active".into(),
        sub: "running".into(),
        at_start: Some("enabled".into()),
    }])
}

action! {
    PrivateServerServiceDo, "private-server.service-do", "Control service",
    "Start, stop or restart a service inside a private server, or have it started with it or not.", Inside, Change,
    PrivateServerServiceDoInput => Done, main "private_server";
    PrivateServerServiceDoInput { private_server: sample_name("web1"), service: text("ssh.service"), deed: Deed::Restart };
    Done::new("What was asked of ssh.service is done.")
}
