//! What properties the simulated entities have: names, kinds, lengths and enum members.
//!
//! The two tables beside this file are derived from SAP's metadata; they hold names and types
//! only. Reading them once per process gives the lookup below.

use std::{collections::HashMap, sync::OnceLock};

/// The kind of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A string with its column's length, where it is known.
    Text(Option<usize>),
    Integer,
    Number,
    Date,
    Time,
    /// A string out of the named enum's members.
    Enum(&'static str),
    /// A collection of the named type.
    Many(&'static str),
    /// A structure of the named type.
    One(&'static str),
}

/// One property of a type.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// One entity or line type.
#[derive(Debug, Default)]
pub(crate) struct Type {
    pub(crate) properties: Vec<Property>,
    by_name: HashMap<&'static str, usize>,
}

impl Type {
    pub(crate) fn property(&self, name: &str) -> Option<&Property> {
        self.by_name.get(name).and_then(|at| self.properties.get(*at))
    }
}

/// One member of an enum, with the letter that the database stores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) letter: Option<&'static str>,
}

const PROPERTIES: &str = include_str!("properties.txt");
const ENUMS: &str = include_str!("enums.txt");

/// The type of that name, if it is simulated.
pub(crate) fn type_of(name: &str) -> Option<&'static Type> {
    static TYPES: OnceLock<HashMap<&'static str, Type>> = OnceLock::new();
    TYPES.get_or_init(read_types).get(name)
}

/// The members of an enum; empty for one that is not known.
pub(crate) fn members_of(name: &str) -> &'static [Member] {
    static MEMBERS: OnceLock<HashMap<&'static str, Vec<Member>>> = OnceLock::new();
    MEMBERS.get_or_init(read_enums).get(name).map_or(&[], Vec::as_slice)
}

/// The member that a name or a stored letter means.
pub(crate) fn member_of(name: &str, text: &str) -> Option<&'static str> {
    members_of(name).iter().find(|m| m.name == text || m.letter == Some(text)).map(|m| m.name)
}

fn read_types() -> HashMap<&'static str, Type> {
    let mut types = HashMap::new();
    let mut current = "";
    for line in PROPERTIES.lines().filter(|l| !l.starts_with('#')) {
        if let Some(name) = line.strip_prefix("type ") {
            current = name;
            continue;
        }
        let known: &mut Type = types.entry(current).or_default();
        for (name, kind) in line.split_whitespace().filter_map(|w| w.split_once(':')) {
            known.by_name.insert(name, known.properties.len());
            known.properties.push(Property { name, kind: kind_of(kind) });
        }
    }
    types
}

fn kind_of(text: &'static str) -> Kind {
    let inner = text.trim_matches(['[', ']', '{', '}']);
    match text.as_bytes() {
        [b'[', ..] => Kind::Many(inner),
        [b'{', ..] => Kind::One(inner),
        b"i" => Kind::Integer,
        b"f" => Kind::Number,
        b"d" => Kind::Date,
        b"t" => Kind::Time,
        [b's', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => {
            Kind::Text(text[1..].parse().ok())
        }
        _ => Kind::Enum(text),
    }
}

fn read_enums() -> HashMap<&'static str, Vec<Member>> {
    let mut enums = HashMap::new();
    let mut current = "";
    for line in ENUMS.lines().filter(|l| !l.starts_with('#')) {
        if let Some(name) = line.strip_prefix("enum ") {
            current = name;
            continue;
        }
        let known: &mut Vec<Member> = enums.entry(current).or_default();
        known.extend(line.split_whitespace().map(|word| match word.split_once('=') {
            Some((name, letter)) => Member { name, letter: Some(letter).filter(|l| !l.is_empty()) },
            None => Member { name: word, letter: None },
        }));
    }
    enums
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_tables_hold_the_published_names_kinds_and_letters() {
        let document = type_of("Document").unwrap();
        assert_eq!(document.properties.len(), 292);
        assert_eq!(document.property("NumAtCard").unwrap().kind, Kind::Text(Some(100)));
        assert_eq!(document.property("DocDate").unwrap().kind, Kind::Date);
        assert_eq!(document.property("DocumentLines").unwrap().kind, Kind::Many("DocumentLine"));
        assert_eq!(type_of("DocumentLine").unwrap().properties.len(), 235);
        assert!(document.property("NoSuchField").is_none());
        assert_eq!(member_of("BoCardTypes", "S"), Some("cSupplier"));
        assert_eq!(member_of("CancelStatusEnum", "csCancellation"), Some("csCancellation"));
        assert_eq!(member_of("BoYesNoEnum", "maybe"), None);
    }
}
