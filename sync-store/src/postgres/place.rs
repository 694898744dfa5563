//! Which schema of which database the store is.

use std::{str::FromStr, time::Duration};

use sqlx::postgres::PgConnectOptions;
use sync_core::ports::StoreError;

use crate::database::unusable;

/// The schema where the address names none.
const SCHEMA: &str = "procore_b1";

#[derive(Debug)]
pub(super) struct Place {
    pub(super) connect: PgConnectOptions,
    /// For errors: without user and password.
    pub(super) name: String,
    pub(super) schema: String,
}

/// Reads `postgres://user@host/database?schema=name`.
pub(super) fn of(url: &str) -> Result<Place, StoreError> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let parameters = || query.split('&').filter(|parameter| !parameter.is_empty());
    let schema = parameters().find_map(|parameter| parameter.strip_prefix("schema="));
    let schema = schema.unwrap_or(SCHEMA);
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts_well = schema.starts_with(|c: char| c.is_ascii_lowercase());
    if !starts_well || !schema.chars().all(letters) || schema.len() > 63 {
        return Err(unusable(format!(
            "the schema '{schema}' in the address of the state must be up to 63 of a to z, 0 to 9 and _, and begin with a letter"
        )));
    }
    let others: Vec<&str> = parameters().filter(|p| !p.starts_with("schema=")).collect();
    let rest = if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) };
    // The parser's own words could repeat the password.
    let connect = PgConnectOptions::from_str(&format!("{address}{rest}")).map_err(|_| {
        unusable("the address of the state must be postgres://user@host:port/database?schema=name")
    })?;
    let connect = connect
        .application_name("procore-b1")
        .options([("search_path", schema), ("synchronous_commit", "on")]);
    let database = connect.get_database().unwrap_or("(the user's)").to_owned();
    let name = format!(
        "schema {schema} of database {database} on {}:{}",
        connect.get_host(),
        connect.get_port()
    );
    Ok(Place { connect, name, schema: schema.to_owned() })
}

/// Waits between two attempts.
pub(super) async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_names_its_schema_and_no_error_shows_the_password() {
        let place = of("postgres://joe:canary@db.example:6543/state?schema=contractor_7").unwrap();
        assert_eq!(place.name, "schema contractor_7 of database state on db.example:6543");
        assert_eq!(of("postgres://joe@db.example/state").unwrap().schema, "procore_b1");
        for schema in ["", "Upper", "a;drop", "1a", "a b", "\u{e4}"] {
            let error = of(&format!("postgres://joe:canary@db/state?schema={schema}")).unwrap_err();
            assert!(error.to_string().contains("schema"), "{error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        let error = of("postgres://joe:canary@db:port/state").unwrap_err();
        assert!(!error.to_string().contains("canary"), "{error}");
    }
}
