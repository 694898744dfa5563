//! `$expand`: the entities that an entity refers to, and those that refer to it.
//!
//! Only navigation properties of the metadata, and of v2 alone; rows of a document are none. The
//! table beside the schema holds their names; those that lead to a set which is not simulated are
//! refused like any other name. Options of an expansion, `$expand=A($select=B)`, are refused.

use super::{
    entity::set_of,
    error::Refusal,
    reading::Reader,
    state::State,
    uri::Key,
    value::{Record, Value},
    wire::Flavour,
};

const NAVIGATION: &str = include_str!("schema/navigation.txt");

/// One navigation property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Navigation {
    name: &'static str,
    set: &'static str,
    /// The property that holds the key: ours of one entity, theirs of many.
    by: &'static str,
    many: bool,
}

/// The navigation properties that an `$expand` names.
pub(crate) fn parse(
    type_name: &str,
    text: Option<&str>,
    flavour: Flavour,
) -> Result<Vec<Navigation>, Refusal> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let unknown = |name: &str| Refusal::query_property(name);
    text.split(',')
        .map(str::trim)
        .map(|name| match flavour {
            Flavour::V1 => Err(unknown(name)),
            Flavour::V2 => of(type_name, name).ok_or_else(|| unknown(name)),
        })
        .collect()
}

fn of(type_name: &str, wanted: &str) -> Option<Navigation> {
    NAVIGATION.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut words = line.split_whitespace();
        let (kind, of, name, set) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let by = words.nth(1)?;
        (of == type_name && name == wanted).then_some(Navigation {
            name,
            set,
            by,
            many: kind == "many",
        })
    })
}

fn key_of(value: Option<&Value>) -> Option<Key> {
    match value? {
        Value::Integer(number) => Some(Key::Integer(*number)),
        Value::Text(text) if !text.is_empty() => Some(Key::Text(text.clone())),
        _ => None,
    }
}

/// Writes the expanded entities of a row as further members.
pub(crate) fn write(
    out: &mut String,
    state: &State,
    from: &Reader<'_>,
    key: &Key,
    record: &Record,
    navigations: &[Navigation],
) {
    for navigation in navigations {
        let Some(set) = set_of(navigation.set) else { continue };
        let reader = Reader::new(state, &set, from.flavour, from.root);
        if !out.ends_with('{') {
            out.push(',');
        }
        out.push_str(&format!("\"{}\":", navigation.name));
        if !navigation.many {
            let row =
                key_of(record.get(navigation.by)).and_then(|key| state.table(&set.name).get(&key));
            match row {
                Some(row) => reader.object(out, row),
                None => out.push_str("null"),
            }
            continue;
        }
        let rows = state.table(&set.name).rows();
        let ours = rows.filter(|row| key_of(row.get(navigation.by)).as_ref() == Some(key));
        out.push('[');
        for (n, row) in ours.enumerate() {
            if n > 0 {
                out.push(',');
            }
            reader.object(out, row);
        }
        out.push(']');
    }
}
