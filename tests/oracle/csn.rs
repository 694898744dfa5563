//! The model that the CAP runtime serves: the committed table of names and types, in its own notation (CSN).
//!
//! CAP would read the service's metadata itself, but numbers the members of enumerations and stores open types loosely; so
//! enumerations are texts here, and structures that are no rows are left out. Of the links between entities those to one
//! entity are there, which is what `$expand` is judged by.

use serde_json::{Map, Value, json};

const TABLE: &str = include_str!("../../sap-b1-client/tests/fixtures/metadata.json");

/// The model as JSON.
pub(crate) fn model() -> String {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let types = table["types"].as_object().unwrap();
    let sets = table["sets"].as_object().unwrap();
    let mut definitions = Map::new();
    definitions.insert("SAPB1".into(), json!({"kind": "service", "@path": "/b1s/v2"}));
    for (set, versions) in sets {
        let kind = versions["v4"].as_str().unwrap();
        let mut elements = elements(&table, kind);
        elements.extend(links(&table, kind));
        definitions.insert(format!("SAPB1.{set}"), json!({"kind": "entity", "elements": elements}));
    }
    let entity_types: Vec<_> = sets.values().map(|versions| &versions["v4"]).collect();
    for name in types.keys().filter(|name| !entity_types.contains(&&json!(name))) {
        let elements = elements(&table, name);
        definitions.insert(format!("SAPB1.{name}"), json!({"kind": "type", "elements": elements}));
    }
    json!({ "definitions": definitions }).to_string()
}

fn elements(table: &Value, name: &str) -> Map<String, Value> {
    let described = &table["types"][name];
    let keys = described["key"][1].as_array().unwrap();
    let mut elements = Map::new();
    for (property, versions) in described["properties"].as_object().unwrap() {
        let Some(mut element) = versions[1].as_str().and_then(|wire| element(table, wire)) else {
            continue;
        };
        if keys.contains(&json!(property)) {
            element["key"] = json!(true);
        }
        elements.insert(property.clone(), element);
    }
    elements
}

/// What `$expand` can follow: the links of a type to one entity of a set that is served.
fn links(table: &Value, name: &str) -> Map<String, Value> {
    let mut found = Map::new();
    let links = table["links"].get(name).and_then(Value::as_object);
    for (link, described) in links.into_iter().flatten() {
        let sets = table["sets"].as_object().unwrap();
        let target = sets.iter().find(|(_, versions)| versions["v4"] == described["to"]);
        let (set, _) = target.unwrap();
        for (own, theirs) in described["key"].as_object().unwrap() {
            let on = json!([{"ref": [link, theirs]}, "=", {"ref": [own]}]);
            let target = format!("SAPB1.{set}");
            found.insert(
                link.clone(),
                json!({"type": "cds.Association", "target": target, "on": on}),
            );
        }
    }
    found
}

fn element(table: &Value, wire_type: &str) -> Option<Value> {
    let plain = match wire_type {
        "Edm.Int32" => "cds.Integer",
        "Edm.Double" => "cds.Double",
        "Edm.String" => "cds.String",
        "Edm.DateTimeOffset" => "cds.DateTime",
        "Edm.TimeOfDay" => "cds.Time",
        _ if table["enums"].get(wire_type).is_some() => "cds.String",
        _ => {
            let rows = wire_type.strip_prefix("Collection(")?.strip_suffix(')')?;
            table["types"].get(rows)?;
            return Some(json!({"items": {"type": format!("SAPB1.{rows}")}}));
        }
    };
    Some(json!({ "type": plain }))
}
