//! Pages of lists: filtered, put in order and cut by the database, so that a page costs the same however long the list is.
//!
//! A page goes on after the last row of the page before (keyset): the place is the value of the column of the order and the
//! id. Rows that come and go meanwhile move no other row to another page.

use rackwright_model::{AccountId, Order, Scope};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};

use crate::error::StoreError;
use crate::row;

/// The value of the column of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Text(String),
    Number(i64),
}

/// The place of a row in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub key: Key,
    pub id: i64,
}

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub order: Order,
    /// The last row of the page before; none asks for the first page.
    pub after: Option<Cursor>,
    /// Rows of a page.
    pub rows: u32,
}

impl Ask {
    /// The first page.
    #[must_use]
    pub fn first(order: Order, rows: u32) -> Self {
        Self { order, after: None, rows }
    }
}

/// A page, and where the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<T> {
    pub rows: Vec<T>,
    /// None on the last page.
    pub next: Option<Cursor>,
}

/// The owners whose rows are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owners {
    Everybody,
    /// Each account's rows are read by its own index.
    Few(Vec<i64>),
    /// So many accounts that rows are read in order and looked at for their owner: most of them fit.
    Many {
        low: String,
        high: String,
    },
}

/// Accounts of a scope whose rows are read one account after the other.
const FEW: i64 = 64;

impl Owners {
    /// The owners in a scope.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn of(tx: &Connection, scope: &Scope) -> Result<Self, StoreError> {
        if scope.is_everything() {
            return Ok(Self::Everybody);
        }
        let sql = "SELECT id FROM account WHERE path >= $1 AND path < $2 LIMIT $3";
        let ids = row::all(tx, sql, (scope.low(), scope.high(), FEW + 1), |row| Ok(row.get(0)?))?;
        if i64::try_from(ids.len()).is_ok_and(|count| count <= FEW) {
            return Ok(Self::Few(ids));
        }
        Ok(Self::Many { low: scope.low().to_owned(), high: scope.high() })
    }

    /// The owners in a scope, for rows that another condition makes few: those are looked at for their owner.
    pub(crate) fn of_few_rows(scope: &Scope) -> Self {
        if scope.is_everything() {
            return Self::Everybody;
        }
        Self::Many { low: scope.low().to_owned(), high: scope.high() }
    }

    /// So many rows that those with a word in them are better asked of an index than looked for one by one.
    pub(crate) fn have_many(&self) -> bool {
        !matches!(self, Self::Few(_))
    }

    /// The owners in a scope, or one account of it alone.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn chosen(
        tx: &Connection,
        scope: &Scope,
        only: Option<AccountId>,
    ) -> Result<Self, StoreError> {
        match (only, Self::of(tx, scope)?) {
            (None, owners) => Ok(owners),
            (Some(only), Self::Few(ids)) => {
                Ok(Self::Few(ids.into_iter().filter(|id| *id == only.0).collect()))
            }
            (Some(only), Self::Everybody) => Ok(Self::Few(vec![only.0])),
            (Some(only), Self::Many { low, high }) => {
                let sql = "SELECT id FROM account WHERE id = $1 AND path >= $2 AND path < $3";
                row::all(tx, sql, (only.0, low, high), |row| Ok(row.get(0)?)).map(Self::Few)
            }
        }
    }
}

/// Conditions of a query with the values that they name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// The name of a value in a condition.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    pub(crate) fn and(&mut self, text: impl Into<String>) {
        self.texts.push(text.into());
    }

    /// `column` has this value, if one is asked for.
    pub(crate) fn equal(&mut self, column: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            let bound = self.bind(value);
            self.and(format!("{column} = {bound}"));
        }
    }

    /// The owner in `column` is one of these.
    pub(crate) fn owned(&mut self, column: &str, owners: &Owners) {
        match owners {
            Owners::Everybody => {}
            Owners::Few(ids) if ids.is_empty() => self.and("1 = 0"),
            Owners::Few(ids) => {
                let ids: Vec<String> = ids.iter().map(|id| self.bind(*id)).collect();
                self.and(format!("{column} IN ({})", ids.join(", ")));
            }
            Owners::Many { low, high } => {
                let (low, high) = (self.bind(low.clone()), self.bind(high.clone()));
                self.and(format!(
                    "EXISTS (SELECT 1 FROM account AS owner WHERE owner.id = {column} AND owner.path >= {low} \
                     AND owner.path < {high})"
                ));
            }
        }
    }

    /// ` WHERE …`, or nothing.
    pub(crate) fn clause(&self) -> String {
        if self.texts.is_empty() { String::new() } else { format!(" WHERE {}", self.texts.join(" AND ")) }
    }

    /// All rows of a query whose conditions these are.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn all<T>(
        &self,
        tx: &Connection,
        sql: &str,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        row::all(tx, sql, params_from_iter(&self.values), read)
    }
}

/// By what a list is put in order.
pub(crate) struct Column {
    /// The name of the column in a row.
    pub name: &'static str,
    /// What the order compares: the column, or an expression of it that is never null.
    pub sql: &'static str,
}

/// A list that is read in pages.
pub(crate) struct List<'a> {
    /// `SELECT … FROM …`, with all columns of the table.
    pub select: &'a str,
    pub table: &'a str,
    /// The column with the owner of a row.
    pub owner: &'a str,
    pub column: Column,
}

impl List<'_> {
    /// One page of the rows of `owners` that meet `conditions`, which name columns of the table alone.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn page<T>(
        &self,
        tx: &Connection,
        owners: &Owners,
        conditions: Conditions,
        ask: &Ask,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Slice<T>, StoreError> {
        let mut conditions = conditions;
        let (direction, beyond) = match ask.order {
            Order::Ascending => ("ASC", ">"),
            Order::Descending => ("DESC", "<"),
        };
        let (table, key) = (self.table, self.column.sql);
        if let Some(Cursor { key: value, id }) = &ask.after {
            let value = match value {
                Key::Text(text) => conditions.bind(text.clone()),
                Key::Number(number) => conditions.bind(*number),
            };
            let id = conditions.bind(*id);
            conditions.and(format!("({key}, {table}.id) {beyond} ({value}, {id})"));
        }
        // One more row tells whether there is a next page.
        let limit = conditions.bind(i64::from(ask.rows) + 1);
        let sorted = |columns: &str, conditions: &Conditions| {
            format!(
                "SELECT {columns} FROM {table}{} ORDER BY {key} {direction}, {table}.id {direction} LIMIT {limit}",
                conditions.clause()
            )
        };
        let ids = match owners {
            Owners::Few(accounts) if accounts.is_empty() => {
                return Ok(Slice { rows: Vec::new(), next: None });
            }
            Owners::Few(accounts) if accounts.len() > 1 => {
                let parts: Vec<String> = accounts
                    .iter()
                    .map(|account| {
                        let account = conditions.bind(*account);
                        let mut one = conditions.clone();
                        one.and(format!("{} = {account}", self.owner));
                        let part = sorted(&format!("{key} AS place, {table}.id AS id"), &one);
                        format!("SELECT place, id FROM ({part}) AS part")
                    })
                    .collect();
                format!(
                    "SELECT id FROM ({}) AS parts ORDER BY place {direction}, id {direction} LIMIT {limit}",
                    parts.join(" UNION ALL ")
                )
            }
            Owners::Few(accounts) => {
                conditions.equal(self.owner, accounts.first().copied());
                sorted(&format!("{table}.id"), &conditions)
            }
            Owners::Everybody | Owners::Many { .. } => {
                conditions.owned(self.owner, owners);
                sorted(&format!("{table}.id"), &conditions)
            }
        };
        let sql = format!(
            "{} WHERE {table}.id IN ({ids}) ORDER BY {key} {direction}, {table}.id {direction}",
            self.select
        );
        self.cut(tx, &sql, &conditions, ask.rows, read)
    }

    fn cut<T>(
        &self,
        tx: &Connection,
        sql: &str,
        conditions: &Conditions,
        rows: u32,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Slice<T>, StoreError> {
        let mut statement = row::prepare(tx, sql)?;
        let mut found = statement.query(params_from_iter(&conditions.values))?;
        let mut slice = Slice { rows: Vec::new(), next: None };
        let mut last = None;
        while let Some(row) = found.next()? {
            if slice.rows.len() >= usize::try_from(rows).unwrap_or(usize::MAX) {
                slice.next = last;
                break;
            }
            last = Some(self.place(row)?);
            slice.rows.push(read(row)?);
        }
        Ok(slice)
    }

    fn place(&self, row: &Row<'_>) -> Result<Cursor, StoreError> {
        let name = self.column.name;
        let key = match row.get_ref(name)? {
            ValueRef::Null => Key::Number(0),
            ValueRef::Integer(number) => Key::Number(number),
            ValueRef::Text(text) => Key::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Real(_) | ValueRef::Blob(_) => {
                return Err(StoreError::Unreadable { what: "column of an order", value: name.to_owned() });
            }
        };
        Ok(Cursor { key, id: row.get("id")? })
    }
}
