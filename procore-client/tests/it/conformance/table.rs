//! The derived table, read from its file.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// An operation of Procore's API.
pub(super) struct Operation {
    /// Method and path template.
    pub(super) name: String,
    /// Whether the answer is in `{"data": …}`.
    pub(super) envelope: bool,
    /// Whether the answer is a list of records.
    pub(super) many: bool,
    /// Whether the answer has no body.
    pub(super) nothing: bool,
    /// Query parameters and their types.
    pub(super) parameters: Vec<(String, String)>,
    /// Fields of the request's body by path, and whether they are required.
    pub(super) sent: Vec<(String, bool)>,
    /// Fields and their types, by path: `line_items[].cost_code.id`.
    pub(super) fields: Vec<(String, String)>,
}

/// Before the name of an operation whose record is that of the document of October 2024.
pub(super) const OLDER: &str = "2024 ";

pub(super) static TABLE: LazyLock<Vec<Operation>> =
    LazyLock::new(|| read(include_str!("../../fixtures/conformance/operations.tsv")));

fn read(text: &str) -> Vec<Operation> {
    let mut table: Vec<Operation> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('\t') {
            None => {
                let (name, form) = line.split_once('\t').unwrap();
                table.push(Operation {
                    name: name.to_owned(),
                    envelope: form.starts_with("data "),
                    many: form.ends_with("array"),
                    nothing: form == "nothing",
                    parameters: Vec::new(),
                    sent: Vec::new(),
                    fields: Vec::new(),
                });
            }
            Some(row) => {
                let (name, kind) = row.split_once('\t').unwrap();
                let operation = table.last_mut().unwrap();
                match name.split_at(1) {
                    ("?", name) => operation.parameters.push((name.to_owned(), kind.to_owned())),
                    ("!", name) => operation.sent.push((name.to_owned(), true)),
                    ("=", name) => operation.sent.push((name.to_owned(), false)),
                    // Purchase orders nest one list in another, which models read as one.
                    _ => operation.fields.push((name.replace("[][]", "[]"), kind.to_owned())),
                }
            }
        }
    }
    table
}

impl Operation {
    /// Whether method and path are those of this operation's template.
    pub(super) fn is_at(&self, method: &str, path: &str) -> bool {
        let (own_method, template) = self.name.split_once(' ').unwrap();
        let template: Vec<&str> = template.split('/').collect();
        let steps: Vec<&str> = path.split('/').collect();
        own_method == method
            && template.len() == steps.len()
            && template.iter().zip(steps).all(|(name, step)| name.starts_with('{') || *name == step)
    }

    /// The names of the fields directly below a path; the root is the empty path.
    pub(super) fn children(&self, path: &str) -> BTreeSet<String> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
        self.fields
            .iter()
            .filter_map(|(field, _)| field.strip_prefix(&prefix))
            .filter_map(|rest| rest.split(['.', '[']).next())
            .map(str::to_owned)
            .collect()
    }
}
