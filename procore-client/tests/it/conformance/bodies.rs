//! Bodies written from the table.
//!
//! A type says little about what a text holds, so names help: what ends in `_at` is a moment, what ends in `_date` or
//! `_on` a day, what ends in `id` an id, and any other text reads as an amount too.

use std::fmt::Write;

use super::table::Operation;

/// What is peculiar about a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Every field, of the type that is declared.
    Declared,
    /// Every field but the record's id is null.
    Null,
    /// Every object and list is there, and everything in them but ids is null.
    NullInside,
    /// No field but the record's id.
    Absent,
    /// Numbers as strings, strings as numbers, flags as strings, moments with an offset and a fraction.
    Drift,
    /// Every enumeration has a value that nobody knows.
    UnknownEnum,
    /// Every object has fields that nobody knows.
    Extra,
    /// Every text is empty and every list too.
    Empty,
}

impl Mode {
    pub(super) const ALL: [Self; 8] = [
        Self::Declared,
        Self::Null,
        Self::NullInside,
        Self::Absent,
        Self::Drift,
        Self::UnknownEnum,
        Self::Extra,
        Self::Empty,
    ];
}

/// The body of an answer with one record.
pub(super) fn body(operation: &Operation, mode: Mode) -> String {
    if operation.nothing {
        return String::new();
    }
    let record = object(&tree(operation), mode, 0);
    let record = if operation.many { format!("[{record}]") } else { record };
    if operation.envelope { format!("{{\"data\":{record}}}") } else { record }
}

struct Node {
    name: String,
    kind: String,
    children: Vec<Node>,
}

fn tree(operation: &Operation) -> Vec<Node> {
    let mut roots = vec![];
    for (path, kind) in &operation.fields {
        insert(&mut roots, path, kind);
    }
    if !roots.iter().any(|node: &Node| node.name == "id") {
        // The create call's body, where it stands for a record, has no id.
        insert(&mut roots, "id", "integer");
    }
    roots
}

fn insert(nodes: &mut Vec<Node>, path: &str, kind: &str) {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let element = name.ends_with("[]") && rest.is_none();
    let name = name.trim_end_matches("[]");
    let place = nodes.iter().position(|node| node.name == name).unwrap_or_else(|| {
        nodes.push(Node { name: name.to_owned(), kind: kind.to_owned(), children: vec![] });
        nodes.len() - 1
    });
    match rest {
        Some(rest) => insert(&mut nodes[place].children, rest, kind),
        None if element => nodes[place].kind = format!("array of {kind}"),
        None => {}
    }
}

fn object(nodes: &[Node], mode: Mode, depth: usize) -> String {
    let mut fields = Vec::new();
    for node in nodes {
        let is_id = node.name == "id";
        match mode {
            Mode::Absent if !(is_id && depth == 0) => continue,
            Mode::Null if !is_id => fields.push(format!("{:?}:null", node.name)),
            _ => fields.push(format!("{:?}:{}", node.name, value(node, mode, depth))),
        }
    }
    if mode == Mode::Extra {
        fields.insert(0, r#""a_new_field":{"b":[1,"x",null,{"c":1.50}]}"#.to_owned());
        fields.push(r#""another":-1e3"#.to_owned());
    }
    format!("{{{}}}", fields.join(","))
}

fn value(node: &Node, mode: Mode, depth: usize) -> String {
    if node.kind == "array" && !node.children.is_empty() {
        return match mode {
            Mode::Empty => "[]".to_owned(),
            _ => format!("[{}]", object(&node.children, mode, depth + 1)),
        };
    }
    if !node.children.is_empty() {
        return object(&node.children, mode, depth + 1);
    }
    if let Some(kind) = node.kind.strip_prefix("array of ") {
        return match mode {
            Mode::Empty | Mode::NullInside => "[]".to_owned(),
            // An element of unknown type is an object in every place where the table has one.
            _ if kind == "any" => r#"[{"id":7}]"#.to_owned(),
            _ => format!("[{}]", scalar(&node.name, kind, mode)),
        };
    }
    if mode == Mode::NullInside && node.name != "id" {
        return "null".to_owned();
    }
    scalar(&node.name, &node.kind, mode)
}

fn scalar(name: &str, kind: &str, mode: Mode) -> String {
    const MOMENT: &str = "\"2026-02-01T10:00:00Z\"";
    const MOMENT_ELSEWHERE: &str = "\"2026-02-01T03:00:00.123456-07:00\"";
    let drift = mode == Mode::Drift;
    let quoted =
        |text: &str, quotes: bool| if quotes { format!("\"{text}\"") } else { text.to_owned() };
    let is_id = name == "id" || name.ends_with("_id") || name.ends_with("_ids");
    let is_moment = name.ends_with("_at") || kind == "date-time";
    let is_day = (name.ends_with("_date") && !name.ends_with("_to_date"))
        || name.ends_with("_on")
        || kind == "date";
    let is_text = !matches!(kind, "integer" | "number" | "boolean" | "map" | "any");
    if mode == Mode::Empty && is_text && name != "id" {
        return "\"\"".to_owned();
    }
    match kind {
        "integer" => quoted("598134325841112", drift),
        "number" => quoted("1234.5678", drift),
        "boolean" => quoted("true", drift),
        "map" => {
            r#"{"custom_field_562949953443325":{"data_type":"decimal","value":12.5}}"#.to_owned()
        }
        "any" if is_id => "7".to_owned(),
        "any" => r#"{"id":7,"name":"a name"}"#.to_owned(),
        _ if is_moment => if drift { MOMENT_ELSEWHERE } else { MOMENT }.to_owned(),
        _ if is_day => {
            if drift { "\"2026-02-01T23:30:00-07:00\"" } else { "\"2026-02-01\"" }.to_owned()
        }
        _ if kind.starts_with("enum:") => {
            let first = kind["enum:".len()..].split('|').next().unwrap();
            let mut text = String::new();
            let known = if mode == Mode::UnknownEnum { "a_value_of_tomorrow" } else { first };
            write!(text, "{known:?}").unwrap();
            text
        }
        _ if is_id => quoted("562949953443325", !drift),
        "array" => "[]".to_owned(),
        _ => quoted("-12345.6789", !drift),
    }
}
