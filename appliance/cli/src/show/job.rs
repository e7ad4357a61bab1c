//! One job, with its log.

use rackwright_catalog::actions::job::JobDetail;
use serde_json::Value;

use super::detail::detail;
use super::value::{one_line, time};

/// A job as text. `output` is the same as `job`.
pub(super) fn job(job: &JobDetail, output: &Value) -> String {
    let mut text = detail(output.get("job").unwrap_or(output));
    text.push_str(if job.log.is_empty() { "log:  -\n" } else { "log:\n" });
    for line in &job.log {
        text.push_str(&format!("  {}  {}\n", time(line.at), one_line(&line.text)));
    }
    text
}
