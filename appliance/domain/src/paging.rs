//! Lists are shown page by page. What a page hands out to go on from is opaque, and counts for its own list in its own order
//! alone.
//!
//! Attacker's input: the cursor, any text of at most 256 bytes. It names a place in an order, never a row: what stands there
//! is looked for in the scope of whoever asks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rackwright_catalog::actions::Page;
use rackwright_catalog::{Fault, FieldProblem};
use rackwright_model::Order;
use rackwright_store::page::{Ask, Cursor, Key, Slice};

/// Rows of a page when nothing is said.
const ROWS: u32 = 100;

/// One page of a list in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paging {
    /// Names the list and the order, so that a cursor of another is told from one of this.
    list: String,
    pub(crate) ask: Ask,
}

impl Paging {
    /// # Errors
    /// When `after` is no cursor of this list in this order.
    pub(crate) fn of(
        list: &str,
        sort: &str,
        order: Order,
        after: Option<&str>,
        limit: Option<u32>,
        attempted: &str,
    ) -> Result<Self, Fault> {
        let list = format!("{list} {sort} {}", order.word());
        let after = after
            .map(|text| cursor(&list, text))
            .transpose()
            .map_err(|problem| Fault::invalid(attempted, vec![FieldProblem::new("after", problem)]))?;
        Ok(Self { ask: Ask { order, after, rows: limit.unwrap_or(ROWS) }, list })
    }

    /// What was read, as it is shown.
    pub(crate) fn page<R, T>(&self, slice: Slice<R>, view: impl Fn(R) -> T) -> Page<T> {
        Page {
            items: slice.rows.into_iter().map(view).collect(),
            next: slice.next.map(|cursor| token(&self.list, &cursor)),
        }
    }
}

fn token(list: &str, cursor: &Cursor) -> String {
    let (kind, key) = match &cursor.key {
        Key::Text(text) => ('t', text.clone()),
        Key::Number(number) => ('n', number.to_string()),
    };
    URL_SAFE_NO_PAD.encode(format!("{list}\n{}\n{kind}{key}", cursor.id))
}

fn cursor(list: &str, text: &str) -> Result<Cursor, &'static str> {
    const BAD: &str = "is not the `next` of a page of this list";
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BAD)?;
    let text = String::from_utf8(bytes).map_err(|_| BAD)?;
    let mut parts = text.splitn(3, '\n');
    let (of, id, key) = (parts.next(), parts.next(), parts.next());
    if of.is_some_and(|of| of != list && of.split(' ').count() == 3) {
        return Err(
            "is the `next` of a page of another list, or of this list in another order: begin again without it",
        );
    }
    let id = id.and_then(|id| id.parse().ok()).ok_or(BAD)?;
    let key = match key.ok_or(BAD)?.split_at_checked(1).ok_or(BAD)? {
        ("t", text) => Key::Text(text.to_owned()),
        ("n", number) => Key::Number(number.parse().map_err(|_| BAD)?),
        _ => return Err(BAD),
    };
    Ok(Cursor { key, id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_and_only_to_its_own_list() {
        let list = "server.list name ascending";
        for key in [Key::Text("r1-u07".into()), Key::Text(String::new()), Key::Number(-3)] {
            let given = Cursor { key, id: 7 };
            let text = token(list, &given);
            assert_eq!(cursor(list, &text), Ok(given));
            assert!(
                cursor("server.list name descending", &text).is_err_and(|why| why.contains("another order"))
            );
            assert!(cursor("user.list name ascending", &text).is_err());
        }
    }

    #[test]
    fn garbage_is_refused() {
        let list = "job.list id descending";
        let coded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for text in [
            String::new(),
            "41".into(),
            "ä".into(),
            coded(list),
            coded(&format!("{list}\n7")),
            coded(&format!("{list}\nseven\nn7")),
            coded(&format!("{list}\n7\nnseven")),
            coded(&format!("{list}\n7\n")),
            coded(&format!("{list}\n7\nä")),
            URL_SAFE_NO_PAD.encode([0xff, 0xfe]),
        ] {
            assert!(cursor(list, &text).is_err(), "{text}");
        }
    }
}
