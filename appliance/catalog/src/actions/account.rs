//! The tree of accounts: the provider, its resellers, their customers.

use rackwright_model::{AccountId, Millis, Name, NameSort, Order, Tier};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Page, action, sample_name};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccountListInput {
    /// Part of the name or of the title.
    #[schemars(length(max = 64))]
    pub search: Option<String>,
    /// By what the list is put in order; by name when it is left out.
    pub sort: Option<NameSort>,
    /// Ascending when it is left out.
    pub order: Option<Order>,
    /// The `next` of the page before, of the same list in the same order.
    #[schemars(length(max = 256))]
    pub after: Option<String>,
    /// Rows of a page; 100 when it is left out.
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneAccount {
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountCreateInput {
    /// A short name, for commands and addresses. Below a reseller or customer it begins with that account's name and a hyphen.
    pub name: Name,
    /// What people call it; the name when left out.
    #[schemars(length(min = 1, max = 80))]
    pub title: Option<String>,
    /// `reseller` or `customer`.
    pub tier: Tier,
    /// The account above; your own when left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub parent: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRenameInput {
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Name,
    /// The new name; left out, it stays.
    pub name: Option<Name>,
    /// The new title; left out, it stays.
    #[schemars(length(min = 1, max = 80))]
    pub title: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRemoveInput {
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Name,
    /// The name again: its people are removed with it.
    pub confirm: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountView {
    pub id: AccountId,
    pub name: Name,
    pub title: String,
    pub tier: Tier,
    /// The account above; none of your own top account.
    pub parent: Option<Name>,
    /// Since when nobody of it may sign in.
    pub suspended_at: Option<Millis>,
    pub created_at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountDetail {
    #[serde(flatten)]
    pub account: AccountView,
    /// Accounts directly below.
    pub accounts: u32,
    pub people: u32,
    pub servers: u32,
}

fn sample_view() -> AccountView {
    AccountView {
        id: AccountId(4),
        name: sample_name("acme"),
        title: "Acme Hosting".into(),
        tier: Tier::Reseller,
        parent: Some(sample_name("provider")),
        suspended_at: None,
        created_at: Millis(1_764_000_000_000),
    }
}

action! {
    AccountList, "account.list", "List", "List your account and those below it.", ViewAccounts, Read,
    AccountListInput => Page<AccountView>, columns ["name", "title", "tier", "parent", "suspended_at", "created_at"];
    AccountListInput { search: Some("acme".into()), ..AccountListInput::default() };
    Page::whole(vec![sample_view()])
}

action! {
    AccountShow, "account.show", "Show", "Show an account and what it holds.", ViewAccounts, Read,
    OneAccount => AccountDetail, main "account";
    OneAccount { account: sample_name("acme") };
    AccountDetail { account: sample_view(), accounts: 12, people: 2, servers: 3 }
}

action! {
    AccountCreate, "account.create", "Create", "Make an account for a reseller or a customer.", Accounts, Change,
    AccountCreateInput => AccountView, main "name";
    AccountCreateInput { name: sample_name("acme"), title: Some("Acme Hosting".into()), tier: Tier::Reseller, parent: None };
    sample_view()
}

action! {
    AccountRename, "account.rename", "Rename", "Give an account another name or title.", Accounts, Change,
    AccountRenameInput => AccountView, main "account", undo true;
    AccountRenameInput { account: sample_name("acme"), name: None, title: Some("Acme Hosting".into()) };
    sample_view()
}

action! {
    AccountSuspend, "account.suspend", "Suspend",
    "Keep everybody of an account, and of the accounts below it, from signing in. Servers go on running.", Accounts, Change,
    OneAccount => Done, main "account", undo true;
    OneAccount { account: sample_name("acme") };
    Done::new("Nobody of acme can sign in. Lift it with: rackwright account resume acme")
}

action! {
    AccountResume, "account.resume", "Resume", "Let the people of a suspended account sign in again.", Accounts, Change,
    OneAccount => Done, main "account", undo true;
    OneAccount { account: sample_name("acme") };
    Done::new("The people of acme can sign in again.")
}

action! {
    AccountRemove, "account.remove", "Remove",
    "Remove an account that holds no servers and no accounts, with its people.", Accounts, Destroy,
    AccountRemoveInput => Done, main "account";
    AccountRemoveInput { account: sample_name("acme"), confirm: Some(sample_name("acme")) };
    Done::new("Account acme is removed.")
}
