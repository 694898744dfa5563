//! The metadata of both versions: names and types.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Types of a property in version 3 and version 4 of OData.
pub(super) type Pair = [Option<String>; 2];

/// Parameters of each overload of an operation, and their types.
pub(super) type Overloads = Vec<BTreeMap<String, String>>;

#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) sets: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) types: BTreeMap<String, Type>,
    pub(super) enums: BTreeMap<String, Enum>,
    pub(super) operations: BTreeMap<String, BTreeMap<String, Overloads>>,
}

#[derive(Deserialize)]
pub(super) struct Type {
    pub(super) key: [Vec<String>; 2],
    pub(super) properties: BTreeMap<String, Pair>,
}

#[derive(Deserialize)]
pub(super) struct Enum {
    pub(super) v3: Vec<String>,
    pub(super) v4: Vec<String>,
    pub(super) letters: BTreeMap<String, String>,
}

pub(super) fn metadata() -> Metadata {
    serde_json::from_str(include_str!("../../../tests/fixtures/metadata.json"))
        .expect("the table is JSON")
}
