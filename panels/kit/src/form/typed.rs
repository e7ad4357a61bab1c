//! What stands in the inputs of a form: names and texts.
//!
//! Attacker's input: any list of pairs, bounded in size by the reader of the body or of the address. Pairs are looked for one
//! by one, so their number is bounded too.

use std::collections::BTreeSet;

use super::field::{Field, Kind};

/// No list of objects in a form is longer.
const MOST_ROWS: usize = 256;
/// No form has more inputs.
const MOST_PAIRS: usize = 10_000;

/// Name–text pairs, in the order in which they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Pairs of `a=b&c=d`; none at all when there are more than any form has.
    #[must_use]
    pub fn parse(encoded: &[u8]) -> Self {
        let pairs: Vec<_> = form_urlencoded::parse(encoded).into_owned().take(MOST_PAIRS + 1).collect();
        if pairs.len() > MOST_PAIRS { Self::default() } else { Self(pairs) }
    }

    /// The last text of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, text)| text.as_str())
    }

    pub fn push(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.push((name.into(), text.into()));
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every pair, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Only the pairs that `keep` wants.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| keep(name)).cloned().collect())
    }

    /// The numbers of the rows below `path` in which something is typed.
    #[must_use]
    pub fn rows(&self, path: &str) -> Vec<usize> {
        let numbers: BTreeSet<usize> = self
            .0
            .iter()
            .filter(|(_, text)| !text.trim().is_empty())
            .filter_map(|(name, _)| {
                name.strip_prefix(path)?.strip_prefix('.')?.split('.').next()?.parse().ok()
            })
            .filter(|number| *number < MOST_ROWS)
            .collect();
        numbers.into_iter().collect()
    }

    /// The same with the rows of every list numbered 0, 1, 2 …: blank rows are gone, so that a problem of `users.1`
    /// stands at the second row that is shown.
    #[must_use]
    pub fn renumbered(&self, fields: &[Field]) -> Self {
        let mut pairs = self.0.clone();
        for field in fields.iter().filter(|field| matches!(field.kind, Kind::Rows { .. })) {
            let rows = self.rows(&field.path);
            pairs = pairs
                .into_iter()
                .filter_map(|(name, text)| Some((renumber(&name, &field.path, &rows)?, text)))
                .collect();
        }
        Self(pairs)
    }

    /// Without the row `users.3` of the list `users`.
    #[must_use]
    pub fn without_row(&self, row: &str) -> Self {
        let below = format!("{row}.");
        self.filtered(|name| !name.starts_with(&below))
    }
}

/// The new name of a pair; none when its row is gone.
fn renumber(name: &str, path: &str, rows: &[usize]) -> Option<String> {
    let Some(rest) = name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')) else {
        return Some(name.to_owned());
    };
    let (number, tail) = rest.split_once('.')?;
    let number: usize = number.parse().ok()?;
    let place = rows.iter().position(|row| *row == number)?;
    Some(format!("{path}.{place}.{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_more_inputs_than_any_form_is_none() {
        let typed = |pairs: usize| Typed::parse("a=1&".repeat(pairs).as_bytes());
        assert_eq!(typed(MOST_PAIRS).pairs().count(), MOST_PAIRS);
        assert!(typed(MOST_PAIRS + 1).is_empty());
    }

    #[test]
    fn blank_rows_are_closed_up() {
        let fields = super::super::fields(&serde_json::json!({
            "properties": {"users": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}}
        }));
        let typed = Typed::parse(b"users.0.name=&users.4.name=robin&name=x&users.9999.name=far");
        let closed = typed.renumbered(&fields);
        assert_eq!(closed, Typed::parse(b"users.0.name=robin&name=x"));
    }
}
