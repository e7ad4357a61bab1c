//! Tables.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::value::{title, value};

/// Rows under a line of titles, two blanks between the columns.
#[must_use]
pub fn table(columns: &[&str], items: &[Value]) -> String {
    let head = |column: &str| title(column.strip_suffix("_at").unwrap_or(column)).to_uppercase();
    let head: Vec<String> = columns.iter().map(|column| head(column)).collect();
    let cell = |item: &Value, column: &str| value(column, item.get(column).unwrap_or(&Value::Null));
    let mut rows = vec![head];
    rows.extend(items.iter().map(|item| columns.iter().map(|column| cell(item, column)).collect()));
    aligned(&rows)
}

/// Rows of cells in columns as wide as their widest cell.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        let items =
            [json!({"name": "r1", "os": "日本", "bytes": 2048}), json!({"name": "longer", "os": null})];
        assert_eq!(
            table(&["name", "os", "bytes"], &items),
            "NAME    OS    SIZE\nr1      日本  2.0 KiB\nlonger  -     -\n"
        );
    }
}
