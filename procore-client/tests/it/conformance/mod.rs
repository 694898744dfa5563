//! The models against the names and types of Procore's OpenAPI documents.
//!
//! `table` reads the derived table, `bodies` writes bodies from it, `probe` asks serde which fields a model has,
//! `operations` and `webhooks` name what the crate calls, and `docs` writes the page that the crate's documentation
//! includes. `hostile` has what no document shows. How the table was derived stands in `tests/fixtures/conformance/derive.py`.

mod bodies;
mod docs;
mod full;
mod hostile;
mod operations;
mod probe;
mod sources;
mod table;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};

use bodies::{Mode, body};
use operations::Modelled;
use procore_client::WriteAccess;
use table::{OLDER, Operation, TABLE};

use crate::double::{Double, PROJECT, builder, with_headers};

/// Every operation that the crate calls.
fn modelled() -> impl Iterator<Item = &'static Modelled> {
    operations::modelled().chain(webhooks::modelled())
}

fn documented(modelled: &Modelled) -> &'static Operation {
    TABLE
        .iter()
        .find(|operation| operation.name == modelled.operation)
        .unwrap_or_else(|| panic!("{} is not in the table", modelled.operation))
}

/// Sends one generated body through the crate's own call.
async fn call(modelled: &Modelled, body: String) -> (Result<usize, String>, crate::double::Seen) {
    let double = Double::api(move |_| with_headers(200, &[("total", "1")], &body));
    let client = builder(&double).allow_writes(WriteAccess::Write).build().unwrap();
    let answer = (modelled.call)(client.project(PROJECT).unwrap()).await;
    let seen = double.api_calls();
    assert_eq!(seen.len(), 1, "{}", modelled.operation);
    (answer, seen.into_iter().next().unwrap())
}

#[tokio::test(start_paused = true)]
async fn every_modelled_operation_decodes_every_generated_body() {
    let mut failed = Vec::new();
    for modelled in modelled() {
        for mode in Mode::ALL {
            let (answer, _) = call(modelled, body(documented(modelled), mode)).await;
            if answer != Ok(1) {
                failed.push(format!("{} {mode:?}: {answer:?}", modelled.operation));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test(start_paused = true)]
async fn records_of_the_older_document_are_decoded_too() {
    let mut failed = Vec::new();
    let older: Vec<&Operation> = TABLE.iter().filter(|old| old.name.starts_with(OLDER)).collect();
    assert!(older.len() > 10);
    for operation in older {
        let name = &operation.name[OLDER.len()..];
        let modelled = modelled().find(|modelled| modelled.operation == name).unwrap();
        for mode in Mode::ALL {
            let (answer, _) = call(modelled, body(operation, mode)).await;
            if answer != Ok(1) {
                failed.push(format!("{name} {mode:?}: {answer:?}"));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test(start_paused = true)]
async fn every_call_goes_to_the_path_and_sends_only_parameters_that_are_documented() {
    for modelled in modelled() {
        let operation = documented(modelled);
        let (_, seen) = call(modelled, body(operation, Mode::Declared)).await;
        assert!(
            operation.is_at(&seen.method, &seen.path),
            "{} was sent to {}",
            modelled.operation,
            seen.path
        );
        for (key, _) in &seen.query {
            // `filters[id][]=1` is the documented spelling of a filter with several values.
            let several = key.strip_suffix("[]").unwrap_or(key);
            assert!(
                operation.parameters.iter().any(|(name, _)| name == key || name == several)
                    || sources::PARAMETERS
                        .iter()
                        .any(|(path, name, _)| modelled.operation.ends_with(path) && name == key),
                "{} has no parameter {key}",
                modelled.operation
            );
        }
        for (name, _) in operation.parameters.iter().filter(|(name, _)| {
            matches!(name.as_str(), "project_id" | "company_id" | "contract_id")
        }) {
            let optional = operation.name.ends_with("/change_order_packages/{id}");
            assert!(
                optional || seen.param(name).is_some(),
                "{} does not send {name}",
                modelled.operation
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_write_sends_fields_that_are_documented_and_all_that_are_required() {
    let mut sent = 0;
    for modelled in modelled().filter(|modelled| !modelled.operation.starts_with("GET ")) {
        let operation = documented(modelled);
        let (_, seen) = call(modelled, body(operation, Mode::Declared)).await;
        let fields: BTreeMap<String, serde_json::Value> = if seen.body.is_empty() {
            BTreeMap::new()
        } else {
            serde_json::from_str(&seen.body).unwrap()
        };
        let mut paths: BTreeSet<String> = fields.keys().cloned().collect();
        for (name, value) in fields.iter().filter(|(_, value)| value.is_object()) {
            let inner = value.as_object().unwrap().keys();
            paths.extend(inner.map(|field| format!("{name}.{field}")));
        }
        let known: BTreeSet<String> = operation.sent.iter().map(|(path, _)| path.clone()).collect();
        assert_eq!(paths, known, "{}", modelled.operation);
        sent += paths.len();
    }
    assert!(sent > 0);
}

/// The fields that the table has where a model is used, by model.
fn documented_by_model() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut found: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for modelled in modelled() {
        let operation = documented(modelled);
        for (path, model) in (modelled.shape)().models {
            found.entry(model).or_default().extend(operation.children(&path));
        }
    }
    found
}

/// The fields of each model, by model.
fn modelled_by_model() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut found: BTreeMap<&'static str, BTreeSet<&'static str>> = BTreeMap::new();
    for modelled in modelled() {
        for (model, fields) in (modelled.shape)().fields {
            found.entry(model).or_default().extend(fields);
        }
    }
    found
}

#[test]
fn every_field_of_a_model_is_documented_or_names_its_other_source() {
    let documented = documented_by_model();
    let mut unknown = Vec::new();
    let mut unused: BTreeSet<(&str, &str)> =
        sources::FIELDS.iter().map(|(model, field, _)| (*model, *field)).collect();
    for (model, fields) in modelled_by_model() {
        for field in fields {
            if !documented[model].contains(field) && !unused.remove(&(model, field)) {
                unknown.push(format!("{model}.{field}"));
            }
        }
    }
    assert!(unknown.is_empty(), "without a source: {unknown:#?}");
    assert!(unused.is_empty(), "documented or gone, so no longer on the list: {unused:#?}");
}

#[test]
fn every_operation_of_the_table_is_called() {
    let called: BTreeSet<&str> = modelled().map(|modelled| modelled.operation).collect();
    let listed: BTreeSet<&str> = TABLE
        .iter()
        .map(|operation| operation.name.as_str())
        .filter(|name| !name.starts_with(OLDER))
        .collect();
    assert_eq!(called, listed);
}

#[test]
fn the_page_of_operations_is_up_to_date() {
    docs::check();
}
