//! Lists that grow for ever are shown page by page; the cursor is the id or the name of the last row of the page.

use rackwright_catalog::actions::Page;
use rackwright_catalog::{Fault, FieldProblem};

/// Rows of a page.
const ROWS: usize = 100;
/// Rows to read for a page: one more tells whether there is a next one.
pub(crate) const READ: i64 = 101;

/// The id to go on from.
///
/// # Errors
/// When it is not one that a page gave out.
pub(crate) fn cursor(after: Option<&str>, attempted: &str) -> Result<Option<i64>, Fault> {
    let bad = |_| {
        Fault::invalid(
            attempted,
            vec![FieldProblem::new("after", "is not the `next` of a page of this list")],
        )
    };
    after.map(|text| text.parse::<i64>().map_err(bad)).transpose()
}

/// A page of up to [`READ`] rows that were read.
pub(crate) fn page<R, K: ToString, T>(
    mut rows: Vec<R>,
    key: impl Fn(&R) -> K,
    view: impl Fn(R) -> T,
) -> Page<T> {
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = rows.last().filter(|_| more).map(|row| key(row).to_string());
    Page { items: rows.into_iter().map(view).collect(), next }
}
