//! Outputs as text for a person. Much of it was said by machines that nobody vouches for, so nothing that could steer a
//! terminal comes through.

mod csv;
mod detail;
mod job;
mod json;
mod refusal;
mod server;
mod system;
mod table;
mod value;
mod yaml;

use rackwright_catalog::action::UNDO;
use rackwright_catalog::actions::audit::AuditUndone;
use rackwright_catalog::actions::job::JobDetail;
use rackwright_catalog::actions::server::ServerDetail;
use rackwright_catalog::actions::system::SystemView;
use rackwright_catalog::actions::{Done, JobStarted};
use rackwright_catalog::{Entry, schema};
use rackwright_client::command::flags;
use serde_json::Value;

pub use csv::{csv, csv_head, csv_row};
pub use detail::detail;
pub use json::json;
pub use refusal::fault;
pub use table::table;
pub use value::{one_line, time, value};
pub use yaml::yaml;

/// The output of an action as text, and a remark that is not part of it.
#[must_use]
pub fn output(entry: &Entry, output: &Value) -> (String, Option<String>) {
    let (shape, mut output) = (without_undo((entry.output_schema)()), output.clone());
    if entry.spec.undo {
        let undo = take(&mut output, UNDO);
        let text = plain(entry, &shape, &output).0;
        let remark = undo.as_ref().and_then(Value::as_i64);
        return (text, remark.map(|row| format!("Undo it with: rackwright audit undo {row}")));
    }
    plain(entry, &shape, &output)
}

/// A shape of output, without what tells how to undo the action.
pub(crate) fn without_undo(mut shape: Value) -> Value {
    take(&mut shape["properties"], UNDO);
    shape
}

fn take(object: &mut Value, field: &str) -> Option<Value> {
    object.as_object_mut()?.remove(field)
}

fn plain(entry: &Entry, shape: &Value, output: &Value) -> (String, Option<String>) {
    let is = |other: Value| *shape == other;
    if !entry.spec.columns.is_empty()
        && let Some(items) = output.get("items").and_then(Value::as_array)
    {
        return (table(entry.spec.columns, items), remark(entry, items, output));
    }
    if is(schema::of::<JobStarted>())
        && let (Some(message), Some(job)) = (output["message"].as_str(), output["job"].as_i64())
    {
        let remark = format!("Follow it with: rackwright job show {job}, or say --wait with the command");
        return (format!("{}\n", one_line(message)), Some(remark));
    }
    let text = if is(schema::of::<Done>()) || is(schema::of::<AuditUndone>()) {
        output.get("message").and_then(Value::as_str).map(|message| format!("{}\n", one_line(message)))
    } else if is(schema::of::<ServerDetail>()) {
        serde_json::from_value(output.clone()).ok().map(|detail| server::server(&detail, output))
    } else if is(schema::of::<JobDetail>()) {
        serde_json::from_value(output.clone()).ok().map(|detail| job::job(&detail, output))
    } else if is(schema::of::<SystemView>()) {
        serde_json::from_value(output.clone()).ok().map(|status| system::system(&status, output))
    } else {
        None
    };
    (text.unwrap_or_else(|| detail(output)), None)
}

fn remark(entry: &Entry, items: &[Value], output: &Value) -> Option<String> {
    if items.is_empty() {
        return Some("There are none.".to_owned());
    }
    let next = output.get("next").and_then(Value::as_str)?;
    let pages = flags(entry).iter().any(|flag| flag.long == "after");
    pages.then(|| format!("There are more: add --after {}", one_line(next)))
}
