//! Templates come over HTTP, as images do.

use std::path::Path;
use std::time::Duration;

use rackwright_model::private_server::Template;
use rackwright_privsrv::keeper::Templates;

use crate::command::Cancel;
use crate::install::image::{self, Lists, Source, Watch};
use crate::session::explain;

/// Without a byte for so long the fetch fails, and others have their turn before it is tried again.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct OverHttp;

struct Arrived<'a>(&'a mut dyn FnMut(u64));

impl Watch for Arrived<'_> {
    fn progress(&mut self, done: u64) {
        (self.0)(done);
    }

    fn note(&mut self, line: &str) {
        eprintln!("{line}");
    }
}

impl Templates for OverHttp {
    fn fetch(&self, template: &Template, to: &Path, arrived: &mut dyn FnMut(u64)) -> Result<(), String> {
        let source = Source::new(&template.url, template.bytes, PATIENCE).map_err(|why| explain(&why))?;
        let cancel = Cancel::default();
        // Linux 6.1 copies lists of default access up from a layer with other owners as they are: in them are groups of the
        // server, which nobody has inside. What systemd wants of them it sets when it starts.
        image::stream(&source, &template.sha256, to, Lists::LeftOut, &cancel, &mut Arrived(arrived))
            .map(drop)
            .map_err(|why| explain(&why))
    }
}
