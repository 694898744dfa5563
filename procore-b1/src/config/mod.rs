//! The configuration: one TOML file, environment variables over it, three CSV tables.
//!
//! [`Config::load`] reads everything, finds every fault at once, and answers values that need no
//! further checks: a [`Policy`], a [`Profile`], [`MappingTables`], and where the systems are. What a
//! value means for posting is sync-core's; how clients are built from it is [`host`](crate::host)'s.
//!
//! The file becomes a tree whose values know their lines (`tree`); sections are read key by key
//! (`section`); a key that nobody asked for is an error.

mod duration;
mod fault;
mod posting;
mod secret;
mod section;
mod state;
mod systems;
mod tables;
mod tree;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::TimeDelta;
use sync_core::{mapping::MappingTables, policy::Policy, ports::Profile};

pub use fault::{ConfigError, ConfigFault, Place};
pub use state::StateConfig;
pub use systems::{ProcoreConfig, ProjectChoice, SapB1Config};

use posting::Posting;
use secret::Vault;
use section::Section;

/// A configuration without faults.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that was read.
    pub file: PathBuf,
    /// Procore.
    pub procore: ProcoreConfig,
    /// SAP Business One.
    pub sap_b1: SapB1Config,
    /// The state store.
    pub state: StateConfig,
    /// How long the state keeps payloads and the rows of cycles.
    pub retention: TimeDelta,
    /// The mapping tables.
    pub mapping: MappingTables,
    /// What is posted, how, and when.
    pub policy: Policy,
    /// The pair of companies that the state belongs to.
    pub profile: Profile,
    /// The accounts that no cost may stand on.
    clearing: Vec<section::Spot<String>>,
}

impl Config {
    /// Reads a file and its tables, with the variables of this process.
    ///
    /// # Errors
    ///
    /// Every fault at once.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::load_with(file, &variables)
    }

    /// Reads a file and its tables, with these environment variables.
    ///
    /// # Errors
    ///
    /// Every fault at once.
    pub fn load_with(
        file: &Path,
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => return Err(unreadable(file, &error)),
        };
        let (mut root, faults) = tree::parse(file, &text);
        tree::override_with(&mut root, variables, &faults);
        let root = Section::root(&root, file, &faults);
        let folder = file.parent().unwrap_or(Path::new(""));
        let config = read(&root, file, folder, variables);
        refuse_later_parts(&root);
        root.finish();
        faults.into_result(config)
    }
    /// The mapping tables with another `accounts.csv`.
    ///
    /// # Errors
    ///
    /// Every fault of the file at once, with the same rules as for the configured one.
    pub fn with_accounts(&self, accounts: &Path) -> Result<MappingTables, ConfigError> {
        tables::with_accounts(&self.mapping, accounts, &self.clearing)
    }
}

fn unreadable(file: &Path, error: &std::io::Error) -> ConfigError {
    let (problem, remedy) = if file.is_dir() {
        ("is a folder, and several customers are not built yet".to_owned(), "name one file")
    } else {
        (format!("cannot be read: {error}"), "name the file with --config")
    };
    let place = Place::file(file);
    let (key, remedy) = (String::new(), remedy.to_owned());
    ConfigError { faults: vec![ConfigFault { place, key, problem, remedy }] }
}

fn read(
    root: &Section<'_>,
    file: &Path,
    folder: &Path,
    variables: &BTreeMap<String, String>,
) -> Option<Config> {
    let vault = Vault { variables, folder };
    let procore = systems::procore(root.section("procore"), &vault);
    let sap_b1 = systems::sap_b1(root.section("sap_b1"), &vault, folder);
    // Where the section is wrong, its own faults say so.
    let post_time = sap_b1.as_ref().map_or(Duration::ZERO, SapB1Config::post_time);
    let state = state::state(root.section("state"), &vault, post_time);
    let settle = sap_b1.as_ref().map_or(chrono::TimeDelta::minutes(10), |sap| sap.unknown_settle);
    let posting = posting::posting(root.section("posting"), settle);
    let clearing = posting.as_ref().map_or(&[][..], |posting| &posting.clearing);
    let mapping = tables::mapping(root.section("mapping"), folder, clearing);
    let (procore, sap_b1, Posting { policy, clearing }) = (procore?, sap_b1?, posting?);
    let (state, retention) = state?;
    let profile = Profile {
        company: procore.company,
        environment: procore.base_url.clone(),
        ledger: format!("{}@{}", sap_b1.company_db, sap_b1.host),
        basis: policy.basis.name().to_owned(),
        start_date: policy.start_date,
        opening: policy.opening.name().to_owned(),
        reference: policy.reference.name().to_owned(),
    };
    Some(Config {
        file: file.to_owned(),
        procore,
        sap_b1,
        state,
        retention,
        mapping: mapping?,
        policy,
        profile,
        clearing,
    })
}

fn refuse_later_parts(root: &Section<'_>) {
    root.not_built("name", "one installation for several customers");
    root.not_built("schedule", "the schedule of the daemon");
    root.not_built("run", "the daemon");
}
