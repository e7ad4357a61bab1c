//! Accounts form one tree: the provider, its resellers, their customers. Every object has one owner account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, PrivateServerId};

/// What an account is in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    Provider,
    Reseller,
    Customer,
}

impl Tier {
    pub const ALL: [Self; 3] = [Self::Provider, Self::Reseller, Self::Customer];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Reseller => "reseller",
            Self::Customer => "customer",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.word() == word)
    }

    /// Whether an account of this tier may have accounts of that tier below it.
    #[must_use]
    pub fn is_above(self, below: Self) -> bool {
        matches!(
            (self, below),
            (Self::Provider, Self::Reseller | Self::Customer) | (Self::Reseller, Self::Customer)
        )
    }
}

/// The accounts that an actor may touch: its own and all below it, as a range of paths.
///
/// A path names the way from the root by ids, such as `/1/4/`; the paths of a tree are the texts that begin with the
/// path of its top, which is the range from that path up to the same with the last `/` replaced by its successor `0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    path: String,
    /// Of all private servers of the tree, only this one; one that there is not, for whoever has none.
    only: Option<PrivateServerId>,
}

impl Scope {
    /// The tree of the account with this path.
    #[must_use]
    pub fn tree(path: impl Into<String>) -> Self {
        Self { path: path.into(), only: None }
    }

    /// One private server of the tree, or none of them.
    #[must_use]
    pub fn one_private_server(path: impl Into<String>, one: Option<PrivateServerId>) -> Self {
        Self { path: path.into(), only: Some(one.unwrap_or(PrivateServerId(0))) }
    }

    /// The only private server that is inside; none when all of the tree are.
    #[must_use]
    pub fn only_private_server(&self) -> Option<PrivateServerId> {
        self.only
    }

    /// Every account there is.
    #[must_use]
    pub fn everything() -> Self {
        Self::tree(root_path())
    }

    /// No account at all.
    #[must_use]
    pub fn nothing() -> Self {
        Self::tree("/0/")
    }

    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.path == root_path()
    }

    /// The first path of the range.
    #[must_use]
    pub fn low(&self) -> &str {
        &self.path
    }

    /// The first path after the range.
    #[must_use]
    pub fn high(&self) -> String {
        format!("{}0", self.path.trim_end_matches('/'))
    }

    /// Whether the account with this path is inside.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        path.starts_with(&self.path)
    }

    /// Whether the account with this path is inside and not the top itself.
    #[must_use]
    pub fn is_above(&self, path: &str) -> bool {
        self.covers(path) && path != self.path
    }
}

/// The path of the root.
fn root_path() -> String {
    format!("/{}/", AccountId::PROVIDER)
}

/// The ids on the way from the root to the account with this path, the account itself last.
pub fn way(path: &str) -> impl Iterator<Item = AccountId> {
    path.split('/').filter_map(|part| part.parse().ok()).map(AccountId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_holds_itself_and_what_is_below_and_nothing_beside() {
        let scope = Scope::tree("/1/4/");
        for (path, inside) in
            [("/1/4/", true), ("/1/4/17/", true), ("/1/", false), ("/1/40/", false), ("/1/5/", false)]
        {
            assert_eq!(scope.covers(path), inside, "{path}");
            assert_eq!(path >= scope.low() && path < scope.high().as_str(), inside, "{path} in the range");
        }
        assert!(!scope.is_above("/1/4/") && scope.is_above("/1/4/17/"));
    }

    #[test]
    fn everything_and_nothing() {
        assert!(Scope::everything().covers("/1/") && Scope::everything().covers("/1/4/17/"));
        assert!(Scope::everything().is_everything() && !Scope::tree("/1/4/").is_everything());
        assert!(!Scope::nothing().covers("/1/"));
    }

    #[test]
    fn the_way_leads_from_the_root() {
        assert_eq!(way("/1/4/17/").collect::<Vec<_>>(), [AccountId(1), AccountId(4), AccountId(17)]);
    }

    #[test]
    fn resellers_hold_customers_and_customers_hold_nobody() {
        assert!(Tier::Provider.is_above(Tier::Reseller) && Tier::Provider.is_above(Tier::Customer));
        assert!(Tier::Reseller.is_above(Tier::Customer) && !Tier::Reseller.is_above(Tier::Reseller));
        assert!(Tier::ALL.into_iter().all(|below| !Tier::Customer.is_above(below)));
        assert!(Tier::ALL.into_iter().all(|tier| Tier::from_word(tier.word()) == Some(tier)));
    }
}
