//! A look of its own for the panels of an account.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rackwright_catalog::actions::brand::{BrandPart, BrandSet, BrandSetInput, BrandView};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_store::StoreError;
use rackwright_store::brand::{Brand, brand_delete, brand_put, brand_whole};
use ring::digest::{SHA256, digest};

use crate::refusal::conflict;
use crate::{Caller, Domain, Refusal, account};

/// Bytes of a logo.
const LOGO_BYTES: usize = 64 << 10;
/// How every PNG file begins (PNG specification, section 5.2).
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

impl Handle<BrandSet, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BrandSetInput) -> Result<BrandView, Fault> {
        let (attempted, actor) = ("set the look of panels", caller.actor.clone());
        let logo = input.logo.as_deref().map(|text| Logo::read(text, attempted)).transpose()?;
        self.reversible(caller, attempted, move |tx| {
            let account = account::chosen(tx, &actor, input.account.as_ref(), attempted)?;
            super::has_a_look(&account, attempted)?;
            if input.host.is_some() && account.id == actor.account && account.parent.is_some() {
                // Else a reseller could put its look on the sign-in page of the provider, by claiming the provider's name.
                return Err(conflict(
                    attempted,
                    "the host name of panels is set from an account above",
                    "Ask your provider to set it, or leave it out.",
                )
                .into());
            }
            let (hash, png) = logo.map(|logo| (logo.hash, logo.base64)).unzip();
            let given = Brand { title: input.title, accent: input.accent, host: input.host, logo: hash, png };
            let before = brand_whole(tx, account.id)?;
            let brand = laid_over(before.clone().unwrap_or_default(), given, &input.without);
            if brand == Brand::default() {
                brand_delete(tx, account.id)?;
            } else {
                brand_put(tx, account.id, &brand).map_err(|error| taken(error, attempted))?;
            }
            let changed = before.clone().unwrap_or_default() != brand;
            Ok((super::view(tx, &account)?, changed.then(|| super::back(&account, before, &brand))))
        })
        .await
    }
}

/// What is set wins, what is given up goes, the rest stays.
fn laid_over(before: Brand, given: Brand, without: &[BrandPart]) -> Brand {
    let keeps = |part| !without.contains(&part);
    let (logo, png) = match given.logo {
        Some(logo) => (Some(logo), given.png),
        None if keeps(BrandPart::Logo) => (before.logo, before.png),
        None => (None, None),
    };
    Brand {
        title: given.title.or(before.title.filter(|_| keeps(BrandPart::Title))),
        accent: given.accent.or(before.accent.filter(|_| keeps(BrandPart::Accent))),
        host: given.host.or(before.host.filter(|_| keeps(BrandPart::Host))),
        logo,
        png,
    }
}

struct Logo {
    hash: String,
    base64: String,
}

impl Logo {
    /// Only PNG files: nothing in them can be run by a browser.
    fn read(text: &str, attempted: &str) -> Result<Self, Fault> {
        let bad = |problem: &str| Fault::invalid(attempted, vec![FieldProblem::new("logo", problem)]);
        let compact: String = text.split_ascii_whitespace().collect();
        let bytes =
            BASE64.decode(&compact).map_err(|_| bad("is not base64; write it with: base64 -w0 logo.png"))?;
        if bytes.len() > LOGO_BYTES {
            return Err(bad(&format!("has {} bytes; at most {LOGO_BYTES} are taken", bytes.len())));
        }
        if !bytes.starts_with(PNG) {
            return Err(bad("is no PNG file"));
        }
        Ok(Self { hash: hex::encode(digest(&SHA256, &bytes)), base64: compact })
    }
}

fn taken(error: StoreError, attempted: &str) -> Refusal {
    match error {
        StoreError::Taken { .. } => {
            conflict(attempted, "the host name is in use for other panels", "Take another host name.").into()
        }
        other => other.into(),
    }
}
