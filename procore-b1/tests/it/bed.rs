//! A folder with a configuration and tables that are right, to be made wrong one by one.

use std::{collections::BTreeMap, fs, path::PathBuf};

use procore_b1::config::{Config, ConfigError};

pub(crate) const CONFIG: &str = r#"[procore]
base_url      = "https://api.procore.com"
client_id     = { env = "PROCORE_CLIENT_ID" }
client_secret = { env = "PROCORE_CLIENT_SECRET" }
company_id    = 8089
project_ids   = [865, 866]

[sap_b1]
service_layer_url = "https://b1.example.com:50000/b1s/v2"
company_db        = "SBO_CONTRACTOR"
user_name         = { env = "B1_USER" }
password          = { env = "B1_PASSWORD" }

[state]
url = "sqlite:state.db"

[mapping]
accounts = "accounts.csv"
projects = "projects.csv"
vendors  = "vendors.csv"

[posting]
start_date        = "2026-01-01"
unbilled_account  = "2160"
retainage_account = "2115"

[posting.direct_cost_offset]
invoice = "vendor"
expense = "2195"
"#;

pub(crate) const ACCOUNTS: &str = "project,sub_job,cost_code,cost_type,gl_account,profit_center\n\
                                   *,*,*,*,5090,\n\
                                   865,*,03-*,M,5020,CHI\n";
pub(crate) const PROJECTS: &str =
    "procore_project_id,sap_project,profit_center,tax_code\n865,P865,CHI,EX\n866,P866,NYC,EX\n";
pub(crate) const VENDORS: &str = "procore_vendor_id,card_code\n11,V10011\n12,V10012\n";

pub(crate) struct Bed {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) variables: BTreeMap<String, String>,
}

impl Bed {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("procore-b1.toml", CONFIG),
            ("accounts.csv", ACCOUNTS),
            ("projects.csv", PROJECTS),
            ("vendors.csv", VENDORS),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let variables = [
            ("PROCORE_CLIENT_ID", "the-client"),
            ("PROCORE_CLIENT_SECRET", "canary-secret"),
            ("B1_USER", "integration"),
            ("B1_PASSWORD", "canary-password"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        Self { folder, variables }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("procore-b1.toml")
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Puts one text in place of another, which must be there.
    pub(crate) fn with(self, from: &str, to: &str) -> Self {
        let text = fs::read_to_string(self.file()).unwrap();
        assert!(text.contains(from), "{from}");
        self.write("procore-b1.toml", text.replacen(from, to, 1));
        self
    }

    pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        Config::load_with(&self.file(), &self.variables)
    }

    /// The faults as lines, without the folder.
    pub(crate) fn faults(&self) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        let error = self.load().expect_err("the configuration is wrong");
        error.faults.iter().map(|fault| fault.to_string().replace(&folder, "")).collect()
    }
}
