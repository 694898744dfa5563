//! Everything the simulated company and its server remember.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{
    entity::{EntitySet, Shape, UserField, family},
    nodes::Nodes,
    options::ServiceLayerOptions,
    schema::Kind,
    session::Sessions,
    uri::Key,
    value::Record,
};

/// The rows of one entity set in the order of their keys' creation. Cloning is cheap: rows are
/// shared until one is changed, so that a change set can be taken back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    rows: Vec<(Key, Arc<Record>)>,
    index: HashMap<Key, usize>,
}

impl Table {
    pub(crate) fn get(&self, key: &Key) -> Option<&Record> {
        self.index.get(key).and_then(|at| self.rows.get(*at)).map(|(_, row)| &**row)
    }

    pub(crate) fn get_mut(&mut self, key: &Key) -> Option<&mut Record> {
        let at = *self.index.get(key)?;
        self.rows.get_mut(at).map(|(_, row)| Arc::make_mut(row))
    }

    pub(crate) fn insert(&mut self, key: Key, row: Record) {
        if let Some(held) = self.get_mut(&key) {
            *held = row;
            return;
        }
        self.index.insert(key.clone(), self.rows.len());
        self.rows.push((key, Arc::new(row)));
    }

    pub(crate) fn remove(&mut self, key: &Key) -> Option<Arc<Record>> {
        let at = self.index.remove(key)?;
        let (_, row) = self.rows.remove(at);
        for held in self.index.values_mut().filter(|held| **held > at) {
            *held -= 1;
        }
        Some(row)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Key, &Record)> {
        self.rows.iter().map(|(key, row)| (key, &**row))
    }

    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.rows.iter().map(|(_, row)| &**row)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// How many POSTs an entity set got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PostCount {
    /// POSTs that reached the entity set.
    pub received: u64,
    /// POSTs that created something.
    pub created: u64,
}

/// One posting period with the fiscal year it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Period {
    /// The number of the period category.
    pub(crate) category: i64,
    /// The `FinancePeriod` as the server shows it.
    pub(crate) record: Record,
}

/// The whole state.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) options: ServiceLayerOptions,
    pub(crate) company: Company,
    pub(crate) tables: HashMap<String, Table>,
    pub(crate) periods: Vec<Period>,
    pub(crate) rates: BTreeMap<(String, NaiveDate), Decimal>,
    pub(crate) sessions: Sessions,
    pub(crate) nodes: Nodes,
    pub(crate) posts: BTreeMap<String, PostCount>,
    /// Journal entries that `/Cancel` has reversed, and those that reverse them.
    pub(crate) reversed: HashSet<i64>,
    counters: HashMap<&'static str, i64>,
    /// The server's present time, set at the beginning of each call.
    pub(crate) now: DateTime<Utc>,
}

/// What a login must name, and the company's currency.
#[derive(Clone, Debug)]
pub(crate) struct Company {
    pub(crate) database: String,
    pub(crate) user_name: String,
    pub(crate) password: String,
    pub(crate) local_currency: String,
}

impl State {
    pub(crate) fn empty(
        options: ServiceLayerOptions,
        company: Company,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            options,
            company,
            tables: HashMap::new(),
            periods: Vec::new(),
            rates: BTreeMap::new(),
            sessions: Sessions::default(),
            nodes: Nodes::default(),
            posts: BTreeMap::new(),
            reversed: HashSet::new(),
            counters: HashMap::new(),
            now,
        }
    }

    /// The next number of a counter; the first is `from`.
    pub(crate) fn next(&mut self, counter: &'static str, from: i64) -> i64 {
        let next = self.counters.entry(counter).or_insert(from);
        let number = *next;
        *next += 1;
        number
    }

    pub(crate) fn table(&self, set: &str) -> &Table {
        static EMPTY: std::sync::OnceLock<Table> = std::sync::OnceLock::new();
        self.tables.get(set).unwrap_or_else(|| EMPTY.get_or_init(Table::default))
    }

    pub(crate) fn table_mut(&mut self, set: &str) -> &mut Table {
        if !self.tables.contains_key(set) {
            self.tables.insert(set.to_owned(), Table::default());
        }
        self.tables.entry(set.to_owned()).or_default()
    }

    pub(crate) fn row(&self, set: &str, code: &str) -> Option<&Record> {
        self.table(set).get(&Key::Text(code.to_owned()))
    }

    pub(crate) fn row_mut(&mut self, set: &str, code: &str) -> Option<&mut Record> {
        self.table_mut(set).get_mut(&Key::Text(code.to_owned()))
    }

    /// Today in the simulated company.
    pub(crate) fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// The user fields of a table, whichever table of its family they were created on.
    pub(crate) fn user_fields(&self, table: &str) -> Vec<UserField> {
        let family = family(table);
        let canonical = family.first().copied().unwrap_or(table);
        self.table("UserFieldsMD")
            .rows()
            .filter(|row| row.text("TableName") == canonical)
            .map(user_field)
            .collect()
    }

    /// The shape of an entity set's rows with its user fields.
    pub(crate) fn shape(&self, set: &EntitySet) -> Shape {
        Shape::new(set.type_name, self.user_fields(&set.table))
    }

    /// The shape of an entity set's lines.
    pub(crate) fn line_shape(&self, set: &EntitySet) -> Option<(&'static str, Shape)> {
        let (name, type_name, table) = set.lines?;
        Some((name, Shape::new(type_name, self.user_fields(table))))
    }

    /// Whether an entity set exists: a standard one, or the rows of a user table.
    pub(crate) fn has_set(&self, set: &EntitySet) -> bool {
        match set.name.strip_prefix("U_") {
            Some(table) => self.row("UserTablesMD", table).is_some(),
            None => true,
        }
    }
}

fn user_field(row: &Record) -> UserField {
    let kind = match row.text("Type") {
        "db_Numeric" => Kind::Integer,
        "db_Float" => Kind::Number,
        "db_Date" => Kind::Date,
        "db_Memo" => Kind::Text(None),
        _ => Kind::Text(row.integer("Size").and_then(|n| usize::try_from(n).ok())),
    };
    let default = row
        .filled("DefaultValue")
        .map(|text| super::value::Value::Text(text.to_owned()))
        .and_then(|v| super::write_checks::value_of(&v, &kind, "DefaultValue", "UserFieldMD").ok());
    let valid = row
        .list("ValidValuesMD")
        .iter()
        .map(|valid| (valid.text("Value").to_owned(), valid.text("Description").to_owned()))
        .collect();
    let mandatory = row.is_yes("Mandatory");
    UserField { name: format!("U_{}", row.text("Name")), kind, default, mandatory, valid }
}
