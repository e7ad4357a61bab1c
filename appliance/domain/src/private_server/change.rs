//! A change of what is wanted of one private server: written down as its next generation, then told to its server.

use rackwright_catalog::Fault;
use rackwright_catalog::actions::private_server::PrivateServerView;
use rackwright_model::Name;
use rackwright_store::Connection;
use rackwright_store::private_server::{
    PrivateServer, PrivateServerDraft, private_server_change, private_server_get, private_server_touch,
};

use crate::refusal::{conflict, not_found};
use crate::undo::Inverse;
use crate::{Caller, Domain, Refusal};

/// What a change comes to.
#[derive(Default)]
pub(super) struct Step {
    /// How it is taken back.
    pub inverse: Option<Inverse>,
    /// Its server is told even when nothing else is wanted than before.
    pub again: bool,
    /// What is said to those who watch; nothing when nothing was changed.
    pub said: String,
    /// What happened before to one of its name is not its owner's business.
    pub forget: bool,
}

impl Domain {
    /// Change what is wanted. `work` is given how it is, and changes the draft.
    ///
    /// # Errors
    /// When there is no such private server, when it is being removed, and what `work` refuses.
    pub(super) async fn alter(
        &self,
        caller: &Caller,
        name: &Name,
        attempted: &str,
        work: impl FnOnce(&Connection, &PrivateServer, &mut PrivateServerDraft, &str) -> Result<Step, Refusal>
        + Send
        + 'static,
    ) -> Result<PrivateServerView, Fault> {
        let (scope, name, phrase) = (caller.scope(), name.clone(), attempted.to_owned());
        let (row, step) = self
            .reversible(caller, attempted, move |tx| {
                let before = super::named(tx, &scope, &name, &phrase)?;
                if before.wanted.removing {
                    let advice = "Wait until it is gone, then make another.";
                    return Err(conflict(&phrase, "it is being removed", advice).into());
                }
                super::moving::stays(tx, &before, &phrase)?;
                let mut draft = before.wanted.clone();
                let step = work(tx, &before, &mut draft, &phrase)?;
                if draft != before.wanted {
                    private_server_change(tx, before.id, &draft)?;
                } else if step.again {
                    private_server_touch(tx, &draft.name)?;
                }
                let after = private_server_get(tx, before.id)?
                    .ok_or_else(|| not_found(&phrase, "private-server", &draft.name))?;
                let changed = after.generation != before.generation;
                let inverse = step.inverse.clone().filter(|_| changed);
                Ok(((after, step), inverse))
            })
            .await?;
        self.tell_private_server(&row).await;
        if step.forget {
            self.events.forget_private_server(&row.wanted.name);
        }
        if !step.said.is_empty() {
            self.events.private_server(self.now(), &row, step.said);
        }
        Ok(self.view(row, &caller.actor))
    }
}

/// What suspension keeps from its owner.
pub(super) fn not_suspended(row: &PrivateServer, attempted: &str) -> Result<(), Fault> {
    if !row.wanted.suspended {
        return Ok(());
    }
    let advice = format!(
        "Whoever suspended it lets it run again with: rackwright private-server resume {}",
        row.wanted.name
    );
    Err(conflict(attempted, "it is suspended", advice))
}
