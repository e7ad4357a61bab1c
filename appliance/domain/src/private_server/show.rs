//! `private-server show`.

use rackwright_catalog::actions::private_server::{
    OnePrivateServer, PrivateServerDetail, PrivateServerShow, ShareView,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::image::image_named;
use rackwright_store::nas::share_of;
use rackwright_store::private_server::private_server_usage_last;

use super::view::span;
use crate::{Caller, Domain};

impl Handle<PrivateServerShow, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<PrivateServerDetail, Fault> {
        let attempted = format!("show private server {name}");
        let (scope, phrase) = (caller.scope(), attempted.clone());
        let (row, newest, usage, shares) = self
            .look(&attempted, move |tx| {
                let row = super::named(tx, &scope, &name, &phrase)?;
                let newest = image_named(tx, &row.wanted.template.name)?;
                let usage = private_server_usage_last(tx, row.id)?;
                let shares = share_of(tx, row.id)?;
                Ok((row, newest, usage, shares))
            })
            .await?;
        let keys = row.wanted.access.ssh_keys.len();
        Ok(PrivateServerDetail {
            phase: row.phase,
            seen_at: row.seen_at,
            mac: row.wanted.mac,
            template_is_old: newest.is_some_and(|image| image.sha256 != row.wanted.template.sha256),
            template_sha256: row.wanted.template.sha256.clone(),
            ssh_keys: u32::try_from(keys).unwrap_or(u32::MAX),
            shares: shares.into_iter().map(|share| ShareView { nas: share.nas_name, at: share.at }).collect(),
            has_password: row.wanted.access.password_hash.is_some(),
            created_at: row.created_at,
            usage: usage.as_ref().map(span),
            summary: self.view(row, &caller.actor),
        })
    }
}
