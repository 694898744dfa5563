//! The two simulated systems, the contractor's files, and a host that is pointed at them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use procore_b1::{config::Config, host::Host};
use rust_decimal::Decimal;
use sync_sandbox::{
    Sandbox, SandboxClock, SandboxOptions, ServeOptions, Served,
    contractor::{ConfigUrls, Contractor, TroubleKind},
    procore::{RateWindow, RecordRef},
};

use crate::Outcome;

/// How long the trial waits before it believes that a document is absent. A real configuration
/// says ten minutes.
pub(crate) const SETTLE: Duration = Duration::from_secs(4);
pub(crate) const SETTLE_TEXT: &str = "four seconds";

/// What is wrong with the contractor's data on purpose.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trouble {
    UnmappedCostCode,
    FrozenVendor,
    StatedTax,
    HeaderDiffersFromLines,
}

impl Trouble {
    pub(crate) const ALL: [Self; 4] =
        [Self::UnmappedCostCode, Self::FrozenVendor, Self::StatedTax, Self::HeaderDiffersFromLines];
}

pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    served: Served,
    folder: PathBuf,
    variables: BTreeMap<String, String>,
}

impl Stage {
    pub(crate) async fn build() -> Outcome<Self> {
        #[expect(clippy::disallowed_methods, reason = "the contractor's year ends today")]
        let today = chrono::Utc::now().date_naive();
        let contractor = Contractor::full(7, today);
        let mut options = SandboxOptions::default();
        options.procore.token_lifetime_seconds = 20;
        options.procore.hourly.calls_max = 1_000_000;
        options.procore.spike = RateWindow { calls_max: 100_000, seconds: 2 };
        options.service_layer.session_timeout_minutes = 1;
        let sandbox = Sandbox::new(contractor, options, SandboxClock::wall());
        let latency = ServeOptions { procore_latency_ms: 1, service_layer_latency_ms: 1 };
        let served = Served::start(&sandbox, latency).await?;
        let folder = Path::new("target/quick_trial").to_owned();
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let variables = sandbox
            .environment()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let stage = Self { sandbox, served, folder, variables };
        stage.write_files()?;
        Ok(stage)
    }

    fn write_files(&self) -> Outcome<()> {
        let contractor = &self.sandbox.contractor;
        fs::write(self.folder.join("accounts.csv"), contractor.accounts_csv())?;
        fs::write(self.folder.join("projects.csv"), contractor.projects_csv())?;
        fs::write(self.folder.join("vendors.csv"), contractor.vendors_csv())?;
        let urls = ConfigUrls {
            procore: self.served.procore_url.clone(),
            login: self.served.login_url.clone(),
            service_layer: self.served.service_layer_url.clone(),
            state: "sqlite:procore-b1.db".to_owned(),
        };
        let config = contractor
            .config_toml(&urls)
            .replace(
                "closed_period     = \"next_open\"",
                "closed_period     = \"next_open\"\nsettle_cycles     = 2\nsettle_time       = \"1s\"",
            )
            .replace("document_timeout = \"180s\"", "document_timeout = \"2s\"\nunknown_settle   = \"4s\"");
        fs::write(self.config_file(), config)?;
        Ok(())
    }

    fn config_file(&self) -> PathBuf {
        self.folder.join("procore-b1.toml")
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn introduce(&self) {
        let contractor = &self.sandbox.contractor;
        println!("A contractor with {} projects in 4 offices.", contractor.company.projects.len());
        println!(
            "Procore is simulated at {}, SAP at {}.",
            self.served.procore_url, self.served.service_layer_url
        );
        println!(
            "For the trial answers take 1 ms, quotas are large, tokens live 20 s, sessions 1 minute,\n\
             and an unanswered document is given up after {SETTLE_TEXT}; real systems are slower and\n\
             a real configuration waits 10 minutes."
        );
    }

    /// The host, with the configuration as it now stands in the folder.
    pub(crate) async fn host(&self) -> Outcome<Host> {
        let config = Config::load_with(&self.config_file(), &self.variables)?;
        Ok(Host::open(config).await?)
    }

    /// How many records the contractor's data hold that must wait for a person.
    pub(crate) fn troubles(&self) -> usize {
        self.sandbox.contractor.troubles.len()
    }

    /// Mends one trouble where a person would mend it; answers what was done.
    pub(crate) fn mend(&self, trouble: Trouble) -> Outcome<&'static str> {
        match trouble {
            Trouble::UnmappedCostCode => {
                let file = self.folder.join("accounts.csv");
                let table = fs::read_to_string(&file)?;
                let columns = table.lines().next().unwrap_or_default().split(',');
                let row: Vec<&str> = columns
                    .map(|column| match column.trim() {
                        "project" | "sub_job" | "cost_type" => "*",
                        "cost_code" => "99-*",
                        "gl_account" => "5090",
                        _ => "",
                    })
                    .collect();
                fs::write(&file, format!("{}\n{}\n", table.trim_end(), row.join(",")))?;
                Ok("accounts.csv gets a rule for cost codes 99-*")
            }
            Trouble::FrozenVendor => {
                let books = &self.sandbox.contractor.books;
                for partner in books.partners.iter().filter(|partner| partner.frozen) {
                    self.sandbox.service_layer.freeze_partner(&partner.card_code, false);
                }
                Ok("the frozen vendor is released in SAP")
            }
            Trouble::StatedTax => {
                let config = fs::read_to_string(self.config_file())?;
                let config = config.replace(
                    "retainage_account = \"2115\"",
                    "retainage_account = \"2115\"\ntax_in_journal    = \"account\"\ntax_account       = \"1510\"",
                );
                fs::write(self.config_file(), config)?;
                Ok("the configuration says where stated tax goes: account 1510")
            }
            Trouble::HeaderDiffersFromLines => {
                let known = &self.sandbox.contractor.troubles;
                let known = known.iter().find(|t| t.kind == TroubleKind::HeaderDiffersFromLines);
                if let Some(known) = known {
                    let (project, record): (i64, RecordRef) = (known.project_id, known.record);
                    self.sandbox
                        .procore
                        .edit(|company| company.set_stated_total(project, record, None))?;
                }
                Ok("the subcontract's header is corrected in Procore")
            }
        }
    }

    /// Asks the simulated SAP itself, not our reports.
    pub(crate) fn nothing_stands_twice(&self) -> Outcome<()> {
        let mut keys = BTreeSet::new();
        let documents = self.sandbox.service_layer.documents();
        let live = documents.iter().filter(|document| document.cancel_status == "csNo");
        let document_keys = live.filter_map(|document| document.user_fields.get("U_ProcoreKey"));
        let entries = self.sandbox.service_layer.journal_entries();
        let entry_keys = entries
            .iter()
            .filter(|entry| entry.original_journal == "ttJournalEntry")
            .filter_map(|entry| entry.user_fields.get("U_ProcoreKey"));
        for key in document_keys.chain(entry_keys) {
            if !keys.insert(key.clone()) {
                return Err(format!("{key} stands twice in SAP").into());
            }
        }
        let balance: Decimal = self.sandbox.service_layer.ledger().balance_of(|_| true);
        if !balance.is_zero() {
            return Err(format!("SAP's ledger is off by {balance}").into());
        }
        println!(
            "SAP's own ledger holds {} of our documents, none twice, and balances to {balance}.",
            keys.len()
        );
        Ok(())
    }
}

/// Leaves both systems running for a person to try the command on.
pub(crate) async fn serve() -> Outcome<()> {
    let stage = Stage::build().await?;
    stage.introduce();
    println!("\nBoth systems run until you press Ctrl-C. In another terminal:\n");
    for (name, value) in &stage.variables {
        println!("  export {name}='{value}'");
    }
    let file = stage.config_file();
    for command in ["setup", "check", "preview", "sync", "exceptions", "reconcile"] {
        println!("  cargo run --release -p procore-b1 -- {command} --config {}", file.display());
    }
    println!("\nThe configuration, {}:\n", file.display());
    println!("{}", fs::read_to_string(&file)?);
    tokio::signal::ctrl_c().await?;
    Ok(())
}
