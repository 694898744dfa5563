//! One section of the configuration, read key by key; what nobody asked for is an error at the end.

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    str::FromStr,
};

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;

use super::{
    duration,
    fault::{Faults, Place, nearest},
    tree::{Entry, Node, Table},
};

/// A value that was read, with the key and place that a later fault names.
#[derive(Clone, Debug)]
pub(crate) struct Spot<T> {
    pub(crate) value: T,
    pub(crate) key: String,
    pub(crate) place: Place,
}

/// A section while it is read.
pub(crate) struct Section<'a> {
    table: Option<&'a Table>,
    path: String,
    place: Place,
    faults: &'a Faults,
    asked: RefCell<Vec<String>>,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub(crate) fn root(table: &'a Table, file: &Path, faults: &'a Faults) -> Self {
        Self {
            table: Some(table),
            path: String::new(),
            place: Place::file(file),
            faults,
            asked: RefCell::default(),
        }
    }

    /// A section below this one; where it is not there, one without keys.
    pub(crate) fn section(&self, name: &str) -> Section<'a> {
        let entry = self.entry(name);
        let table = entry.and_then(|entry| match &entry.node {
            Node::Table(table) => Some(table),
            other => {
                let problem = format!("is {}, not a section", other.kind());
                self.faults.add(&entry.place, self.key(name), problem, format!("write [{name}]"));
                None
            }
        });
        Section {
            table,
            path: self.key(name),
            place: entry.map_or_else(|| self.place.clone(), |entry| entry.place.clone()),
            faults: self.faults,
            asked: RefCell::default(),
        }
    }

    pub(crate) fn faults(&self) -> &'a Faults {
        self.faults
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The name of a key with its sections.
    pub(crate) fn key(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The entry of a key; asking makes the key known.
    pub(crate) fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.asked.borrow_mut().push(name.to_owned());
        self.table.and_then(|table| table.get(name))
    }

    /// Every key that is there; asking makes all of them known.
    pub(crate) fn entries(&self) -> Vec<(&'a str, &'a Entry)> {
        let entries: Vec<_> =
            self.table.into_iter().flatten().map(|(key, entry)| (key.as_str(), entry)).collect();
        self.asked.borrow_mut().extend(entries.iter().map(|(key, _)| (*key).to_owned()));
        entries
    }

    /// Names every key that nobody asked for.
    pub(crate) fn finish(self) {
        let asked = self.asked.into_inner();
        for (name, entry) in self.table.into_iter().flatten() {
            if asked.iter().any(|known| known == name) {
                continue;
            }
            let key =
                if self.path.is_empty() { name.clone() } else { format!("{}.{name}", self.path) };
            let remedy = match nearest(name, asked.iter().map(String::as_str)) {
                Some(known) => format!("did you mean '{known}'?"),
                None => "remove it".to_owned(),
            };
            self.faults.add(&entry.place, key, "is no key of this configuration", remedy);
        }
    }

    fn wrong(&self, entry: &Entry, name: &str, remedy: &str) {
        let problem = match &entry.node {
            Node::Text(text) | Node::Plain(text) => format!("'{text}' is not what this key takes"),
            Node::Fraction(text) | Node::Date(text) => {
                format!("{text} is not what this key takes")
            }
            Node::Integer(number) => format!("{number} is not what this key takes"),
            other => format!("{} is not what this key takes", other.kind()),
        };
        self.faults.add(&entry.place, self.key(name), problem, remedy);
    }

    fn spot<T>(&self, entry: &Entry, name: &str, value: T) -> Spot<T> {
        Spot { value, key: self.key(name), place: entry.place.clone() }
    }

    /// Reads a key with a function over its plain text; numbers, dates and switches have one too.
    fn read<T>(
        &self,
        name: &str,
        remedy: &str,
        of: impl Fn(&Node) -> Option<T>,
    ) -> Option<Spot<T>> {
        let entry = self.entry(name)?;
        match of(&entry.node) {
            Some(value) => Some(self.spot(entry, name, value)),
            None => {
                self.wrong(entry, name, remedy);
                None
            }
        }
    }

    /// A text that is not empty.
    pub(crate) fn text(&self, name: &str, remedy: &str) -> Option<Spot<String>> {
        self.read(name, remedy, |node| match node {
            Node::Text(text) | Node::Plain(text) if !text.trim().is_empty() => {
                Some(text.trim().to_owned())
            }
            _ => None,
        })
    }

    /// A text that must be there.
    pub(crate) fn required_text(&self, name: &str, remedy: &str) -> Option<Spot<String>> {
        self.required(name, remedy);
        self.text(name, remedy)
    }

    /// Names a key that is not there.
    pub(crate) fn required(&self, name: &str, remedy: &str) {
        if self.entry(name).is_none() {
            self.faults.missing(&self.place, self.key(name), remedy);
        }
    }

    /// A whole number within bounds.
    pub(crate) fn integer(&self, name: &str, from: i64, to: i64) -> Option<Spot<i64>> {
        let remedy = format!("write a whole number from {from} to {to}, without quotes");
        self.read(name, &remedy, |node| {
            let number = match node {
                Node::Integer(number) => *number,
                Node::Plain(text) => text.trim().parse().ok()?,
                _ => return None,
            };
            (from..=to).contains(&number).then_some(number)
        })
    }

    /// A number with or without a fraction.
    pub(crate) fn decimal(&self, name: &str, remedy: &str) -> Option<Spot<Decimal>> {
        self.read(name, remedy, |node| match node {
            Node::Integer(number) => Some(Decimal::from(*number)),
            Node::Fraction(text) | Node::Plain(text) => {
                Decimal::from_str_exact(text.trim().trim_start_matches('+')).ok()
            }
            _ => None,
        })
    }

    /// `true` or `false`.
    pub(crate) fn switch(&self, name: &str) -> Option<Spot<bool>> {
        self.read(name, "write true or false", |node| match node {
            Node::Bool(value) => Some(*value),
            Node::Plain(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    /// A calendar date.
    pub(crate) fn date(&self, name: &str) -> Option<Spot<NaiveDate>> {
        self.read(name, "write a date like \"2026-01-01\"", |node| match node {
            Node::Text(text) | Node::Plain(text) | Node::Date(text) => {
                NaiveDate::from_str(text.trim()).ok()
            }
            _ => None,
        })
    }

    /// A length of time within bounds.
    pub(crate) fn duration(
        &self,
        name: &str,
        least: TimeDelta,
        most: TimeDelta,
    ) -> Option<Spot<TimeDelta>> {
        let remedy = format!(
            "write a time like \"90s\", \"10m\", \"12h\" or \"2d\", from {} to {}",
            duration::words(least),
            duration::words(most)
        );
        self.read(name, &remedy, |node| match node {
            Node::Text(text) | Node::Plain(text) => {
                duration::parse(text).filter(|time| (least..=most).contains(time))
            }
            _ => None,
        })
    }

    /// One of a few words.
    pub(crate) fn choice(&self, name: &str, choices: &[&str]) -> Option<Spot<String>> {
        let spot = self.text(name, &one_of(choices))?;
        if choices.contains(&spot.value.as_str()) {
            return Some(spot);
        }
        let remedy = match nearest(&spot.value, choices.iter().copied()) {
            Some(known) => format!("did you mean \"{known}\"? {}", one_of(choices)),
            None => one_of(choices),
        };
        let problem = format!("'{}' is not one of the choices", spot.value);
        self.faults.add(&spot.place, spot.key, problem, remedy);
        None
    }

    /// A list of texts, none of them empty.
    pub(crate) fn texts(&self, name: &str, remedy: &str) -> Option<Spot<Vec<Spot<String>>>> {
        let entry = self.entry(name)?;
        let texts = match &entry.node {
            Node::List(items) => items
                .iter()
                .filter_map(|item| match &item.node {
                    Node::Text(text) if !text.trim().is_empty() => {
                        Some(self.spot(item, name, text.trim().to_owned()))
                    }
                    _ => {
                        self.wrong(item, name, remedy);
                        None
                    }
                })
                .collect(),
            Node::Plain(text) => text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| self.spot(entry, name, part.to_owned()))
                .collect(),
            _ => {
                self.wrong(entry, name, remedy);
                return None;
            }
        };
        Some(self.spot(entry, name, texts))
    }

    /// A path; a relative one begins at the configuration's folder.
    pub(crate) fn path(&self, name: &str, folder: &Path, remedy: &str) -> Option<Spot<PathBuf>> {
        let spot = self.text(name, remedy)?;
        Some(Spot { value: folder.join(&spot.value), key: spot.key, place: spot.place })
    }

    /// Refuses a key that belongs to something that this version does not do.
    pub(crate) fn not_built(&self, name: &str, what: &str) {
        if let Some(entry) = self.entry(name) {
            let problem = format!("{what} is not built yet");
            self.faults.add(&entry.place, self.key(name), problem, "remove it");
        }
    }
}

/// The choices in a sentence.
pub(crate) fn one_of(choices: &[&str]) -> String {
    let quoted: Vec<String> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
    match quoted.as_slice() {
        [only] => format!("write {only}"),
        [first @ .., last] => format!("write {} or {last}", first.join(", ")),
        [] => String::new(),
    }
}
