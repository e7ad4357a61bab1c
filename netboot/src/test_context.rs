//! A context for unit tests: Control Center 10.77.0.1 with both boot programs and no files.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{BIOS_PROGRAM, Config, UEFI_PROGRAM};
use crate::context::Context;
use crate::counters::Counters;
use crate::plan::BootPlan;
use crate::timeline::Timeline;

pub(crate) fn context(plan: Arc<dyn BootPlan>) -> Context {
    let address = Ipv4Addr::new(10, 77, 0, 1);
    let programs = [BIOS_PROGRAM, UEFI_PROGRAM].map(|name| (name.to_owned(), PathBuf::from(name)));
    let config = Config {
        interface: "rack0".into(),
        address,
        http_port: 80,
        tftp_files: programs.into(),
        boot_dir: "boot".into(),
        images_dir: "images".into(),
        center: SocketAddrV4::new(address, 8444),
        ca_fingerprint: "ab".repeat(32),
    };
    let timeline = Timeline::new(Arc::clone(&plan));
    Context {
        config,
        http_host: address.to_string(),
        plan,
        counters: Arc::new(Counters::default()),
        timeline,
    }
}
