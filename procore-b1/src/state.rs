//! The store that a configuration names, opened.

use sync_core::{
    memory::MemoryStore,
    ports::{StateStore, StoreError},
};
use sync_store::SqliteStore;
#[cfg(feature = "postgres")]
use sync_store::{PostgresOptions, PostgresStore};

use crate::config::StateConfig;

/// An open store.
#[derive(Debug)]
pub(crate) enum State {
    File(SqliteStore),
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
    /// Nothing was ever stored, and a command that only reads creates nothing.
    Nothing(MemoryStore),
}

impl State {
    /// Opens the store, and makes it where there is none.
    pub(crate) async fn open(config: &StateConfig) -> Result<Self, StoreError> {
        match config {
            StateConfig::File(file) => SqliteStore::open(file).await.map(Self::File),
            #[cfg(feature = "postgres")]
            StateConfig::Postgres { url, lease, .. } => {
                use secrecy::ExposeSecret;
                let mut options = PostgresOptions::default();
                options.lease = *lease;
                let opened = PostgresStore::open_with(url.expose_secret(), options).await;
                opened.map(Self::Postgres)
            }
        }
    }

    /// Opens the store where there is one.
    pub(crate) async fn open_for_reading(config: &StateConfig) -> Result<Self, StoreError> {
        let there = match config {
            StateConfig::File(file) => file.exists(),
            #[cfg(feature = "postgres")]
            StateConfig::Postgres { url, .. } => {
                use secrecy::ExposeSecret;
                PostgresStore::exists(url.expose_secret()).await?
            }
        };
        if there { Self::open(config).await } else { Ok(Self::Nothing(MemoryStore::default())) }
    }

    pub(crate) fn store(&self) -> &dyn StateStore {
        match self {
            Self::File(store) => store,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store,
            Self::Nothing(store) => store,
        }
    }

    /// What `check` says of it: it was opened already.
    pub(crate) fn told(&self, config: &StateConfig) -> String {
        let place = match config {
            StateConfig::File(file) => file.display().to_string(),
            #[cfg(feature = "postgres")]
            StateConfig::Postgres { place, .. } => place.clone(),
        };
        match self {
            Self::Nothing(_) => format!("{place} will be created by the first cycle"),
            _ => format!("{place} is there and can be opened"),
        }
    }

    /// Ends the store: what waits is written, the right to write is given back.
    pub(crate) async fn close(self) -> Result<(), StoreError> {
        match self {
            Self::File(store) => store.close().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.close().await,
            Self::Nothing(_) => Ok(()),
        }
    }
}
