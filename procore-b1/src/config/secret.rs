//! Secrets and identifiers of logins: by reference, never in the file.

use std::{collections::BTreeMap, fs, path::Path};

use secrecy::SecretString;

use super::{
    fault::Place,
    section::Section,
    tree::{Node, Table},
};

const REMEDY: &str = "write { env = \"NAME\" } or { file = \"path\" }";

/// Where the values behind references are looked up.
pub(crate) struct Vault<'a> {
    pub(crate) variables: &'a BTreeMap<String, String>,
    pub(crate) folder: &'a Path,
}

impl Vault<'_> {
    /// A secret: plain text is refused, and no message shows the value.
    pub(crate) fn secret(&self, section: &Section<'_>, name: &str) -> Option<SecretString> {
        section.required(name, REMEDY);
        let entry = section.entry(name)?;
        match &entry.node {
            Node::Table(table) => {
                self.referenced(section, name, &entry.place, table).map(SecretString::from)
            }
            _ => {
                let problem = "is a secret in plain text, which is refused";
                section.faults().add(&entry.place, section.key(name), problem, REMEDY);
                None
            }
        }
    }

    /// A client id or a user name: no secret, so plain text is taken too.
    pub(crate) fn identifier(&self, section: &Section<'_>, name: &str) -> Option<String> {
        let remedy = "write a text, { env = \"NAME\" } or { file = \"path\" }";
        if let Some(entry) = section.entry(name)
            && let Node::Table(table) = &entry.node
        {
            return self.referenced(section, name, &entry.place, table);
        }
        section.required_text(name, remedy).map(|spot| spot.value)
    }

    /// A text that may hold a secret: the value, and whether it stands in the file itself.
    pub(crate) fn text_or_secret(
        &self,
        section: &Section<'_>,
        name: &str,
        remedy: &str,
    ) -> Option<(String, bool)> {
        if let Some(entry) = section.entry(name)
            && let Node::Table(table) = &entry.node
        {
            return Some((self.referenced(section, name, &entry.place, table)?, false));
        }
        let written = section.entry(name).is_some_and(|entry| matches!(entry.node, Node::Text(_)));
        section.required_text(name, remedy).map(|spot| (spot.value, written))
    }

    fn referenced(
        &self,
        section: &Section<'_>,
        name: &str,
        place: &Place,
        table: &Table,
    ) -> Option<String> {
        let wrong = |problem: String, remedy: &str| {
            section.faults().add(place, section.key(name), problem, remedy);
            None
        };
        let [(source, entry)] = table.iter().collect::<Vec<_>>()[..] else {
            return wrong("names not exactly one of env and file".to_owned(), REMEDY);
        };
        let (Node::Text(target) | Node::Plain(target)) = &entry.node else {
            return wrong(format!("{source} takes a text"), REMEDY);
        };
        match source.as_str() {
            "env" if !is_variable_name(target) => wrong(
                "env takes the name of an environment variable, and this is none".to_owned(),
                "name a variable like PROCORE_CLIENT_SECRET, not the value itself",
            ),
            "env" => match self.variables.get(target).filter(|value| !value.is_empty()) {
                Some(value) => Some(value.clone()),
                None => wrong(format!("the environment variable {target} is not set"), "set it"),
            },
            "file" => match fs::read_to_string(self.folder.join(target)) {
                Ok(text) if !text.trim_end_matches(['\r', '\n']).is_empty() => {
                    Some(text.trim_end_matches(['\r', '\n']).to_owned())
                }
                Ok(_) => wrong(format!("the file {target} is empty"), "put the value into it"),
                Err(error) => {
                    wrong(format!("the file {target} cannot be read: {error}"), "correct the path")
                }
            },
            other => wrong(format!("'{other}' is neither env nor file"), REMEDY),
        }
    }
}

fn is_variable_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
