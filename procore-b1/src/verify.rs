//! Whether the state is what it was left as. Nothing is repaired.

use sync_core::{
    engine::{CheckLine, CheckStatus},
    ports::{StoreError, StoreErrorKind},
};
use sync_store::Verification;

use crate::{
    host::{Host, HostError},
    report::{amount, text},
    state::State,
};

/// What `verify` looked at.
#[derive(Clone, Debug)]
pub struct StateVerification {
    /// Schema, file, audit trail, documents, records; a line for each thing that is wrong.
    pub lines: Vec<CheckLine>,
    /// The totals, where the rows could be read.
    pub found: Option<Verification>,
}

impl StateVerification {
    /// 0, or 1 when a line failed.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        u8::from(self.lines.iter().any(|line| line.status == CheckStatus::Failed))
    }

    fn line(&mut self, subject: &str, sound: bool, detail: impl Into<String>) {
        let status = if sound { CheckStatus::Ok } else { CheckStatus::Failed };
        self.lines.push(CheckLine { subject: subject.to_owned(), status, detail: detail.into() });
    }

    fn looked(&mut self, looked: Looked) {
        match looked.schema {
            Ok(version) => self.line("schema", true, format!("version {version}, this program's")),
            Err(error) => self.line("schema", false, error.detail),
        }
        match looked.damage {
            Ok(None) => {}
            Ok(Some(damage)) => self.line("file", false, format!("damaged: {damage}")),
            Err(error) => self.line("file", false, error.detail),
        }
        match looked.found {
            Ok(found) => self.rows(found),
            Err(error) => self.line("rows", false, error.detail),
        }
    }

    /// The rows, read and compared.
    fn rows(&mut self, found: Verification) {
        let wrong = |subject: &str| found.faults.iter().any(|fault| fault.row.starts_with(subject));
        let mut trail = format!("{} that follow one another", text::count(found.audit_rows, "row"));
        if found.unchained > 0 {
            let older = text::count(found.unchained, "row");
            trail.push_str(&format!("; {older} from before schema version 2 without a hash"));
        }
        match &found.last_hash {
            Some(hash) => trail.push_str(&format!("; last hash {hash}")),
            None => trail.push_str("; no hash yet"),
        }
        self.line("audit trail", !wrong("audit"), trail);
        let states = |counts: &std::collections::BTreeMap<&'static str, u64>| {
            let parts = counts.iter().map(|(state, n)| format!("{} {state}", amount::whole(*n)));
            let parts: Vec<String> = parts.collect();
            if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
        };
        let mut documents = states(&found.intents);
        for (currency, (n, total)) in &found.posted {
            let total = amount::accounting(*total, currency);
            let posted = text::count(*n, "posted document");
            documents.push_str(&format!("; {posted} over {total} {currency}"));
        }
        self.line("documents", !wrong("intent"), documents);
        self.line("records", !wrong("record"), states(&found.records));
        let mut decisions = states(&found.acts);
        if found.untold_decisions > 0 {
            let older = text::count(found.untold_decisions, "decision");
            decisions.push_str(&format!("; {older} from before the audit trail told of them"));
        }
        self.line("decisions of people", true, decisions);
        for fault in &found.faults {
            self.line(&fault.row, false, fault.detail.clone());
        }
        let untold = found.faults_found.saturating_sub(found.faults.len() as u64);
        if untold > 0 {
            self.line("more", false, format!("{} not shown", text::count(untold, "fault")));
        }
        self.found = Some(found);
    }
}

impl Host {
    /// Reads the whole state and compares it with itself: schema, file, audit chain, totals, decisions. It
    /// is looked at as of one moment; another process may go on writing.
    ///
    /// # Errors
    ///
    /// When there is no state yet, it cannot be read, or the host was interrupted.
    pub async fn verify(&self) -> Result<StateVerification, HostError> {
        Ok(self.then_close(1, self.verified()).await??)
    }

    async fn verified(&self) -> Result<StateVerification, StoreError> {
        if matches!(self.state(), State::Nothing(_)) {
            let detail = format!("there is nothing to verify: {}", self.told_state());
            return Err(StoreError::new(StoreErrorKind::Unavailable, detail));
        }
        let looked = match self.state() {
            State::File(store) => Looked {
                damage: store.damage().await,
                schema: store.schema_version().await,
                found: store.verify().await,
            },
            #[cfg(feature = "postgres")]
            State::Postgres(store) => Looked {
                // The server guards its own files.
                damage: Ok(None),
                schema: store.schema_version().await,
                found: store.verify().await,
            },
            State::Nothing(_) => unreachable!("it was answered above"),
        };
        let mut report = StateVerification { lines: Vec::new(), found: None };
        report.line("state", true, self.told_state());
        report.looked(looked);
        Ok(report)
    }
}

/// What the store answered.
struct Looked {
    damage: Result<Option<String>, StoreError>,
    schema: Result<i64, StoreError>,
    found: Result<Verification, StoreError>,
}
