//! The page of modelled operations that the crate's documentation includes.
//!
//! `UPDATE_DOCS=1 cargo test -p procore-client --test it conformance` writes it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use super::{documented, documented_by_model, modelled, modelled_by_model, sources};

pub(super) fn check() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stands == page,
        "docs/operations.md is out of date: run UPDATE_DOCS=1 cargo test -p procore-client --test it conformance"
    );
}

fn page() -> String {
    let mut page = String::from(
        "# Operations\n\n\
         What this crate calls, against the names and types of Procore's OpenAPI documents (May 2026, filled in from \
         October 2024 where that one is cut off). *Fields* counts the top-level fields that are documented and those \
         of them that the model has; *parameters* those that are documented, without paging, and those that the \
         method can send; for a write, the fields of its body. A field without a place in a model is in the record's JSON text, which the client keeps on \
         demand.\n\n\
         | operation | method | fields | parameters |\n|---|---|---|---|\n",
    );
    for modelled in modelled() {
        let operation = documented(modelled);
        let shape = (modelled.shape)();
        let root = shape.models.iter().find(|(path, _)| path.is_empty()).map(|(_, root)| *root);
        let fields = operation.children("");
        let has =
            |field: &String| root.is_some_and(|root| shape.fields[root].contains(field.as_str()));
        let known = fields.iter().filter(|field| has(field)).count();
        if operation.parameters.is_empty() && !operation.name.starts_with("GET ") {
            let answer = if operation.nothing {
                "no answer".to_owned()
            } else {
                format!("{known} of {}", fields.len())
            };
            // A test holds that a write can send every field that is documented.
            let body = operation.sent.iter().filter(|(path, _)| !path.contains('.')).count();
            writeln!(
                page,
                "| `{}` | `{}` | {answer} | {body} of {body} |",
                operation.name, modelled.method,
            )
            .unwrap();
            continue;
        }
        let offered = operation
            .parameters
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "page" | "per_page"))
            .count();
        let sent = sent(modelled);
        let of_sent = operation
            .parameters
            .iter()
            .filter(|(name, _)| sent.contains(name) || sent.contains(&format!("{name}[]")))
            .filter(|(name, _)| !matches!(name.as_str(), "page" | "per_page"))
            .count();
        // Records that no document expands have no fields to count.
        let count = if fields.is_empty() {
            "not documented".to_owned()
        } else {
            format!("{known} of {}", fields.len())
        };
        writeln!(
            page,
            "| `{}` | `{}` | {count} | {of_sent} of {offered} |",
            operation.name, modelled.method,
        )
        .unwrap();
    }
    page.push_str(
        "\n## Documented fields without a place in a model\n\n| model | fields |\n|---|---|\n",
    );
    let models = modelled_by_model();
    for (model, documented) in documented_by_model() {
        let left: Vec<String> = documented
            .iter()
            .filter(|field| !models[model].contains(field.as_str()))
            .map(|field| format!("`{field}`"))
            .collect();
        if !left.is_empty() {
            writeln!(page, "| `{model}` | {} |", left.join(", ")).unwrap();
        }
    }
    page.push_str("\n## Fields from other sources\n\n| model | field | source |\n|---|---|---|\n");
    for (model, field, source) in sources::FIELDS {
        writeln!(page, "| `{model}` | `{field}` | {source} |").unwrap();
    }
    page
}

/// The parameters that a call sends when all of its filters are set.
fn sent(modelled: &super::Modelled) -> BTreeSet<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let text = super::body(documented(modelled), super::Mode::Declared);
    let (_, seen) = runtime.block_on(super::call(modelled, text));
    seen.query.into_iter().map(|(key, _)| key).collect()
}
