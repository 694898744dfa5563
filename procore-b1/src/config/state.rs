//! The section `[state]`: where the state is kept, and how long the right to write lasts.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::TimeDelta;

use super::{
    secret::Vault,
    section::{Section, Spot},
};

#[cfg(not(feature = "postgres"))]
const REMEDY: &str = "write a file like \"sqlite:procore-b1.db\"";
#[cfg(feature = "postgres")]
const REMEDY: &str = "write a file like \"sqlite:procore-b1.db\", or an address like \
                      \"postgres://user@host/database?schema=contractor\"";

/// Where the state is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StateConfig {
    /// In a SQLite file.
    File(PathBuf),
    /// In a schema of a PostgreSQL database.
    #[cfg(feature = "postgres")]
    Postgres {
        /// Its name in messages, without user and password.
        place: String,
        /// The address, which may carry a password.
        url: secrecy::SecretString,
        /// How long the right to write lasts after its last renewal.
        lease: Duration,
    },
}

/// How long payloads and the rows of cycles are kept where the file does not say: longer than a fiscal
/// year and its closing.
const RETENTION: TimeDelta = TimeDelta::days(400);

/// Reads the section: where the state is, and how long it keeps what nothing needs. `post_time` is what a document may take at most, with its margin: no lease is
/// shorter than that and a quarter, because it is renewed at each tenth of it.
pub(crate) fn state(
    section: Section<'_>,
    vault: &Vault<'_>,
    post_time: Duration,
) -> Option<(StateConfig, TimeDelta)> {
    let place = section.entry("url").map(|entry| entry.place.clone());
    let url = vault.text_or_secret(&section, "url", REMEDY);
    let lease = lease(&section, post_time);
    let found = match (url, place) {
        (Some((url, written)), Some(place)) => {
            let key = section.key("url");
            let spot = Spot { value: url, key, place };
            one_of_both(&section, spot, written, vault.folder, lease)
        }
        _ => None,
    };
    let longest = TimeDelta::days(36_500);
    let retention = section.duration("retention", TimeDelta::days(1), longest);
    section.finish();
    Some((found?, retention.map_or(RETENTION, |spot| spot.value)))
}

fn lease(section: &Section<'_>, post_time: Duration) -> (Duration, Option<Spot<()>>) {
    let least = post_time + post_time / 4;
    let shortest = TimeDelta::from_std(least).unwrap_or(TimeDelta::hours(1));
    let written = section.duration("lease", shortest, TimeDelta::days(1));
    let spot = section.entry("lease").map(|entry| {
        let (key, place) = (section.key("lease"), entry.place.clone());
        Spot { value: (), key, place }
    });
    let default = Duration::from_secs(300).max(least);
    (written.and_then(|spot| spot.value.to_std().ok()).unwrap_or(default), spot)
}

/// No message shows the address, which may carry a password.
fn one_of_both(
    section: &Section<'_>,
    url: Spot<String>,
    written: bool,
    folder: &Path,
    lease: (Duration, Option<Spot<()>>),
) -> Option<StateConfig> {
    let refuse = |problem: &str| -> Option<StateConfig> {
        section.faults().add(&url.place, url.key.clone(), problem, REMEDY);
        None
    };
    if url.value.starts_with("postgres:") || url.value.starts_with("postgresql:") {
        return postgres(section, &url, written, lease.0);
    }
    if let Some(spot) = lease.1 {
        let problem = "is used only with a state in PostgreSQL; a file is locked by its process";
        section.faults().add(&spot.place, spot.key, problem, "remove it");
    }
    let Some(path) = url.value.strip_prefix("sqlite:") else {
        return refuse("is no state that is known");
    };
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" || path.contains('?') {
        return refuse("names no plain file, and the state must outlive the process");
    }
    let file = folder.join(path);
    if !file.parent().is_some_and(|parent| parent.as_os_str().is_empty() || parent.is_dir()) {
        return refuse("names a file in a folder that is not there");
    }
    Some(StateConfig::File(file))
}

#[cfg(not(feature = "postgres"))]
fn postgres(
    section: &Section<'_>,
    url: &Spot<String>,
    _: bool,
    _: Duration,
) -> Option<StateConfig> {
    let problem = "this program was built without PostgreSQL (feature postgres)";
    section.faults().add(&url.place, url.key.clone(), problem, REMEDY);
    None
}

#[cfg(feature = "postgres")]
fn postgres(
    section: &Section<'_>,
    url: &Spot<String>,
    written: bool,
    lease: Duration,
) -> Option<StateConfig> {
    let refuse = |problem: &str, remedy: &str| {
        section.faults().add(&url.place, url.key.clone(), problem, remedy);
        None
    };
    if written && carries_password(&url.value) {
        return refuse(
            "carries a password in plain text, which is refused",
            "write { env = \"NAME\" } or { file = \"path\" } for the whole address, or leave the \
             password to PGPASSWORD or ~/.pgpass",
        );
    }
    match sync_store::PostgresStore::place_of(&url.value) {
        Ok(place) => {
            let url = secrecy::SecretString::from(url.value.clone());
            Some(StateConfig::Postgres { place, url, lease })
        }
        Err(error) => refuse(&error.detail, REMEDY),
    }
}

#[cfg(feature = "postgres")]
fn carries_password(address: &str) -> bool {
    match url::Url::parse(address) {
        Ok(url) => {
            url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
        }
        // It is refused as no address, by words that do not repeat it.
        Err(_) => false,
    }
}
