//! Files that a restore put in place right before a crash, or while records could not be written: over which template they
//! lie stands beside them, and is not noted.

use rackwright_model::private_server::Number;

use super::Shared;
use super::record::{Record, is_version};
use crate::explain;
use crate::vault;

impl Shared {
    /// Notes it of all now. While the disk is not mounted nothing is there to say it.
    pub(super) fn recall(&self) {
        self.lock().records.values_mut().for_each(|record| self.recall_of(record));
    }

    /// The same of one.
    pub(super) fn recall_one(&self, number: Number) {
        if let Some(record) = self.lock().records.get_mut(&number.into()) {
            self.recall_of(record);
        }
    }

    fn recall_of(&self, record: &mut Record) {
        if record.wanted.nas.is_some() {
            return;
        }
        let number = record.wanted.number;
        let said = vault::template_in_place(&self.site.places, number).filter(|said| is_version(said));
        let Some((said, made)) = said.zip(record.done.made.as_ref()) else { return };
        if said == made.template {
            return;
        }
        record.done.lie_over(&said);
        if let Err(why) = self.records.keep(record) {
            eprintln!("{}: over which template its files lie is not kept: {}", number.tag(), explain(&why));
        }
    }
}
