//! The configuration as a tree whose every value knows its place: the file parsed, environment
//! variables laid over it.

use std::{collections::BTreeMap, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::fault::{Faults, Place};

/// The prefix of variables that override keys.
pub(crate) const OVERRIDE_PREFIX: &str = "PROCORE_B1__";

/// Keys whose value is `{ env = ".." }` or `{ file = ".." }`: an override of one replaces the other.
const REFERENCES: [&str; 4] = ["client_id", "client_secret", "user_name", "password"];

pub(crate) type Table = BTreeMap<String, Entry>;

/// A value and where it stands.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    pub(crate) node: Node,
}

/// A value.
#[derive(Clone)]
pub(crate) enum Node {
    Text(String),
    Integer(i64),
    /// A number with a fraction, in its own digits.
    Fraction(String),
    Bool(bool),
    Date(String),
    List(Vec<Entry>),
    Table(Table),
    /// The text of an environment variable, which may stand for any kind of value.
    Plain(String),
}

impl Node {
    /// What kind of value it is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Plain(_) => "a text",
            Self::Integer(_) => "a number",
            Self::Fraction(_) => "a number with a fraction",
            Self::Bool(_) => "true or false",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a section",
        }
    }
}

/// Parses a file. Of a file whose syntax is broken, what can be read is read.
pub(crate) fn parse(file: &Path, text: &str) -> (Table, Faults) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let faults = if errors.is_empty() { Faults::default() } else { Faults::of_broken_file() };
    for error in errors {
        let place = match error.span() {
            Some(span) => Place::line(file, line_of(text, span.start)),
            None => Place::file(file),
        };
        faults.add(&place, "", format!("is no TOML: {}", error.message()), "correct this line");
    }
    let reading = Reading { file, text };
    (reading.table(root.get_ref()), faults)
}

struct Reading<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Reading<'_> {
    fn table(&self, table: &DeTable<'_>) -> Table {
        table
            .iter()
            .map(|(key, value)| {
                let place = Place::line(self.file, line_of(self.text, key.span().start));
                (key.get_ref().to_string(), Entry { place, node: self.node(value) })
            })
            .collect()
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        match value.get_ref() {
            DeValue::Table(table) => Node::Table(self.table(table)),
            DeValue::Array(list) => Node::List(
                list.iter()
                    .map(|item| Entry {
                        place: Place::line(self.file, line_of(self.text, item.span().start)),
                        node: self.node(item),
                    })
                    .collect(),
            ),
            scalar => of_scalar(scalar),
        }
    }
}

fn of_scalar(value: &DeValue<'_>) -> Node {
    match value {
        DeValue::String(text) => Node::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Node::Fraction(number.as_str().to_owned()), Node::Integer),
        DeValue::Float(number) => Node::Fraction(number.as_str().to_owned()),
        DeValue::Boolean(value) => Node::Bool(*value),
        DeValue::Datetime(date) => Node::Date(date.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => Node::Table(Table::new()),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count()
}

/// Lays `PROCORE_B1__SECTION__KEY` over the tree.
pub(crate) fn override_with(
    root: &mut Table,
    variables: &BTreeMap<String, String>,
    faults: &Faults,
) {
    for (name, value) in variables {
        let Some(rest) = name.strip_prefix(OVERRIDE_PREFIX) else { continue };
        let path: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
        let place = Place::Variable(name.clone());
        if path.iter().any(String::is_empty) {
            let remedy = "write it like PROCORE_B1__STATE__URL";
            faults.add(&place, "", "names no key", remedy);
            continue;
        }
        lay(root, &path, Entry { place: place.clone(), node: of_variable(&place, value) });
    }
}

fn lay(table: &mut Table, path: &[String], entry: Entry) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        table.insert(first.clone(), entry);
        return;
    }
    let below = table
        .entry(first.clone())
        .or_insert_with(|| Entry { place: entry.place.clone(), node: Node::Table(Table::new()) });
    let replaces = REFERENCES.contains(&first.as_str()) || !matches!(below.node, Node::Table(_));
    if replaces {
        *below = Entry { place: entry.place.clone(), node: Node::Table(Table::new()) };
    }
    if let Node::Table(inner) = &mut below.node {
        lay(inner, rest, entry);
    }
}

/// A list or an inline table is read as TOML; everything else stays a text until a key says what
/// it is.
fn of_variable(place: &Place, text: &str) -> Node {
    let trimmed = text.trim();
    if (trimmed.starts_with('[') || trimmed.starts_with('{'))
        && let Ok(value) = DeValue::parse(trimmed)
    {
        return placed(place, value.get_ref());
    }
    Node::Plain(text.to_owned())
}

fn placed(place: &Place, value: &DeValue<'_>) -> Node {
    let entry = |value: &Spanned<DeValue<'_>>| Entry {
        place: place.clone(),
        node: placed(place, value.get_ref()),
    };
    match value {
        DeValue::Array(list) => Node::List(list.iter().map(entry).collect()),
        DeValue::Table(table) => Node::Table(
            table.iter().map(|(key, value)| (key.get_ref().to_string(), entry(value))).collect(),
        ),
        scalar => of_scalar(scalar),
    }
}
