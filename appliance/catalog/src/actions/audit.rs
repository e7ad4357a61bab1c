//! Who did what.

use rackwright_model::{Millis, Name, Order};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, action, sample_name};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AuditListInput {
    /// Only this action, such as server.install.
    #[schemars(length(max = 64))]
    pub action: Option<String>,
    /// Only this person.
    #[schemars(length(max = 32))]
    pub user: Option<String>,
    /// Descending, newest first, when it is left out.
    pub order: Option<Order>,
    /// The `next` of the page before, of the same list in the same order.
    #[schemars(length(max = 256))]
    pub after: Option<String>,
    /// Rows of a page; 100 when it is left out.
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditRow {
    pub id: i64,
    pub at: Millis,
    pub user: String,
    /// The account of that person; none when it is removed.
    pub account: Option<Name>,
    /// Who acted, when somebody had entered that person's panel.
    pub behind: Option<String>,
    /// `panel`, `api`, `cli`, `agent` or `system`.
    pub by: String,
    pub action: String,
    /// The input, with secrets redacted.
    pub input: serde_json::Value,
    /// What came of it: `done`, or the fault's code and reason.
    pub result: String,
    /// Whether it can be taken back; none when not.
    pub undo: Option<UndoState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UndoState {
    /// It can be taken back, unless what it changed was changed again since.
    Possible,
    /// It was taken back.
    Undone,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AuditUndoInput {
    /// The number of the audit row; your newest change that can be taken back when left out.
    pub row: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditUndone {
    pub message: String,
    /// The audit row that was taken back.
    pub row: i64,
    /// The action that took it back.
    pub action: String,
    /// The input of that action.
    pub input: serde_json::Value,
    /// What that action answered.
    pub output: serde_json::Value,
}

action! {
    AuditList, "audit.list", "List", "List what people and machines did, newest first.", Audit, Read,
    AuditListInput => Page<AuditRow>, columns ["id", "at", "user", "account", "behind", "by", "action", "input", "result", "undo"];
    AuditListInput::default();
    Page {
        items: vec![AuditRow {
            id: 41,
            at: Millis(1_764_000_000_000),
            user: "admin".into(),
            account: Some(sample_name("provider")),
            behind: None,
            by: "panel".into(),
            action: "server.power".into(),
            input: serde_json::json!({"server": "r1-u07", "order": "on"}),
            result: "done".into(),
            undo: None,
        }],
        next: Some("41".into()),
    }
}

action! {
    AuditUndo, "audit.undo", "Undo",
    "Take a change of the last day back, as long as nobody has changed the same again.", SignedIn, Change,
    AuditUndoInput => AuditUndone, main "row", undo true;
    AuditUndoInput { row: Some(40) };
    AuditUndone {
        message: "Undone: server rename.".into(),
        row: 40,
        action: "server.rename".into(),
        input: serde_json::json!({"server": "web-1", "name": "r1-u07"}),
        output: serde_json::json!({"name": "r1-u07"}),
    }
}
