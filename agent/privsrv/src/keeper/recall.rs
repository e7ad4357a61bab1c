//! Files that a restore put in place right before a crash, or while records could not be written: over which template they
//! lie stands beside them, and is not noted.

use super::Shared;
use super::record::is_version;
use crate::explain;
use crate::vault;

impl Shared {
    /// Notes it now. While the disk is not mounted nothing is there to say it.
    pub(super) fn recall(&self) {
        let mut state = self.lock();
        for record in state.records.values_mut().filter(|record| record.wanted.nas.is_none()) {
            let number = record.wanted.number;
            let said = vault::template_in_place(&self.site.places, number).filter(|said| is_version(said));
            let Some((said, made)) = said.zip(record.done.made.as_ref()) else { continue };
            if said == made.template {
                continue;
            }
            record.done.lie_over(&said);
            if let Err(why) = self.records.keep(record) {
                eprintln!(
                    "{}: over which template its files lie is not kept: {}",
                    number.tag(),
                    explain(&why)
                );
            }
        }
    }
}
