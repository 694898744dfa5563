//! The host: a configuration becomes clients, adapters, a store and an engine.
//!
//! Only this file knows which adapters there are. Every method that talks to SAP ends the session,
//! also after an error and after an interruption.

use std::{future::Future, sync::Arc, time::Duration};

use sap_b1_client::{PasswordLogin, ReqwestTransport};
use sync_connectors::{ProcoreSource, Projects, SapB1Ledger, SystemClock};
use sync_core::{
    engine::{
        CheckReport, CheckStatus, CycleOptions, CycleReport, Engine, EngineLimits, ExceptionRow,
        Failure, OpeningChange, OpeningList, PreviewReport, RebuildReport, RecordLife, StopFlag,
    },
    mapping::{BlastRadius, Lint, MappingTables},
    model::{ProjectId, SourceKey},
    ports::{
        Clock, Ledger, LedgerError, Observer, SetupReport, Signature, Silent, StateStore,
        StoreError,
    },
    reconcile::Reconciliation,
};
use tokio::sync::watch;

use crate::{
    config::{Config, ProjectChoice},
    state::State,
};

/// How long the end of a session may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a call to Procore may take in all: longer than the hour after which its hourly limit ends.
const HOURLY_WAIT: Duration = Duration::from_secs(75 * 60);

/// Why a host could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// A client cannot be built from the configuration.
    #[error("{0}")]
    Configuration(String),
    /// The state store cannot be opened or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// SAP could not answer.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The engine could not go on.
    #[error("{}", .0.detail)]
    Failure(Failure),
    /// Someone asked to stop.
    #[error("stopped before the end")]
    Stopped,
}

impl HostError {
    /// The name in reports.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Configuration(_) => "configuration",
            Self::Store(error) => error.kind.name(),
            Self::Ledger(error) => error.kind.name(),
            Self::Failure(failure) => failure.name,
            Self::Stopped => "stopped",
        }
    }

    /// The sentence without the name.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Store(error) => error.detail.clone(),
            Self::Ledger(error) => error.detail.clone(),
            Self::Configuration(_) | Self::Failure(_) | Self::Stopped => self.to_string(),
        }
    }
}

/// Asks a host to stop, from a signal handler: once to finish what is under way, twice to leave
/// at once.
#[derive(Clone, Debug)]
pub struct Interrupter {
    stop: StopFlag,
    asked: watch::Sender<u32>,
}

impl Interrupter {
    /// Asks; answers how often it was asked by now.
    pub fn interrupt(&self) -> u32 {
        self.stop.request();
        let mut times = 0;
        self.asked.send_modify(|asked| {
            *asked += 1;
            times = *asked;
        });
        times
    }
}

/// Both systems, the state and the company's choices, ready for an engine.
pub struct Host {
    config: Config,
    source: ProcoreSource,
    ledger: SapB1Ledger,
    state: State,
    clock: SystemClock,
    stop: StopFlag,
    asked: watch::Sender<u32>,
}

impl Host {
    /// Builds clients and opens the store, creating it where there is none. Nothing is sent to either system.
    ///
    /// # Errors
    ///
    /// When a client cannot be built or the store cannot be opened.
    pub async fn open(config: Config) -> Result<Self, HostError> {
        let state = State::open(&config.state).await?;
        Self::over(config, state)
    }

    /// As [`Host::open`] for commands that only read: where there is no store, none is created.
    ///
    /// # Errors
    ///
    /// As [`Host::open`].
    pub async fn open_for_reading(config: Config) -> Result<Self, HostError> {
        let state = State::open_for_reading(&config.state).await?;
        Self::over(config, state)
    }

    fn over(config: Config, state: State) -> Result<Self, HostError> {
        Ok(Self {
            source: source(&config)?,
            ledger: ledger(&config)?,
            state,
            clock: SystemClock,
            stop: StopFlag::default(),
            asked: watch::Sender::new(0),
            config,
        })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What a signal handler interrupts the host with.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        Interrupter { stop: self.stop.clone(), asked: self.asked.clone() }
    }

    /// An engine over everything that the host holds.
    #[must_use]
    pub fn engine<'a>(&'a self, observer: &'a dyn Observer) -> Engine<'a> {
        Engine {
            source: &self.source,
            ledger: &self.ledger,
            store: self.store(),
            clock: &self.clock,
            observer,
            mapping: &self.config.mapping,
            policy: &self.config.policy,
            profile: &self.config.profile,
            time_zone: "UTC",
            limits: EngineLimits {
                overlap: self.config.procore.overlap,
                sweep_every: self.config.procore.sweep.period_at(self.clock.now()),
                sweep_lines: usize::try_from(self.config.procore.sweep_lines).unwrap_or(usize::MAX),
                post_time: self.config.sap_b1.post_time(),
                retention: self.config.retention,
                ..EngineLimits::default()
            },
            stop: self.stop.clone(),
        }
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn store(&self) -> &dyn StateStore {
        self.state.store()
    }

    /// Where the state is, and whether it is there yet.
    #[must_use]
    pub fn told_state(&self) -> String {
        self.state.told(&self.config.state)
    }

    /// One cycle now, of these projects or of every configured one; with a sweep where one is due.
    ///
    /// # Errors
    ///
    /// [`HostError::Stopped`] when it was interrupted twice.
    pub async fn sync(
        &self,
        observer: &dyn Observer,
        projects: Option<Vec<ProjectId>>,
    ) -> Result<CycleReport, HostError> {
        self.cycle(observer, CycleOptions { projects, ..CycleOptions::default() }).await
    }

    /// As [`Host::sync`], and makes this state the one that feeds SAP, where SAP says that another one
    /// does: a person's act, when the other one is gone for good. The audit trail keeps it. What is to be
    /// posted is left for the first cycle after `unknown_settle`.
    ///
    /// # Errors
    ///
    /// As [`Host::sync`].
    pub async fn take_over(
        &self,
        observer: &dyn Observer,
        projects: Option<Vec<ProjectId>>,
        signature: Signature,
    ) -> Result<CycleReport, HostError> {
        let options = CycleOptions {
            projects,
            take_over: true,
            signature: Some(signature),
            ..CycleOptions::default()
        };
        self.cycle(observer, options).await
    }

    async fn cycle(
        &self,
        observer: &dyn Observer,
        mut options: CycleOptions,
    ) -> Result<CycleReport, HostError> {
        self.then_close(2, async {
            options.sweep = self.config.procore.sweep.due_at(self.clock.now());
            self.engine(observer).sync(&options).await
        })
        .await
    }

    /// The documents that a cycle would post now; nothing is written anywhere.
    ///
    /// # Errors
    ///
    /// [`HostError::Stopped`] when it was interrupted.
    pub async fn preview(&self, observer: &dyn Observer) -> Result<PreviewReport, HostError> {
        self.then_close(1, async {
            let sweep = self.config.procore.sweep.due_at(self.clock.now());
            let options = CycleOptions { sweep, ..CycleOptions::default() };
            self.engine(observer).preview(&options).await
        })
        .await
    }

    /// The opening list, stored or as a first cycle would store it; nothing is changed.
    ///
    /// # Errors
    ///
    /// [`HostError::Stopped`] when it was interrupted.
    pub async fn opening_list(&self, observer: &dyn Observer) -> Result<OpeningList, HostError> {
        self.then_close(1, async { self.engine(observer).opening_list().await }).await
    }

    /// Makes the opening list anew for the configured cut-over; nothing is posted. The audit trail keeps
    /// who did it and why.
    ///
    /// # Errors
    ///
    /// [`HostError::Stopped`] when it was interrupted twice.
    pub async fn rebuild_opening(
        &self,
        observer: &dyn Observer,
        signature: Signature,
    ) -> Result<OpeningChange, HostError> {
        self.then_close(2, async { self.engine(observer).rebuild_opening(signature).await }).await
    }

    /// Runs these records again, or every one that waits for a person.
    ///
    /// # Errors
    ///
    /// [`HostError::Stopped`] when it was interrupted twice.
    pub async fn replay(
        &self,
        observer: &dyn Observer,
        keys: Option<&[SourceKey]>,
    ) -> Result<CycleReport, HostError> {
        self.then_close(2, async { self.engine(observer).replay(keys).await }).await
    }

    /// Makes the state again from what SAP holds; nothing is posted. The audit trail keeps who did it and
    /// why.
    ///
    /// # Errors
    ///
    /// [`HostError::Stopped`] when it was interrupted twice.
    pub async fn rebuild(
        &self,
        observer: &dyn Observer,
        signature: Signature,
    ) -> Result<RebuildReport, HostError> {
        self.then_close(2, async { self.engine(observer).rebuild(signature).await }).await
    }

    /// Project to general ledger, both sides read now.
    ///
    /// # Errors
    ///
    /// [`HostError::Stopped`] when it was interrupted.
    pub async fn reconcile(&self, observer: &dyn Observer) -> Result<Reconciliation, HostError> {
        self.then_close(1, async { self.engine(observer).reconcile().await }).await
    }

    /// Credentials, visibility, master data and mapping; nothing is changed.
    ///
    /// # Errors
    ///
    /// [`HostError::Stopped`] when it was interrupted.
    pub async fn check(&self, observer: &dyn Observer) -> Result<CheckReport, HostError> {
        let mut report = self.then_close(1, async { self.engine(observer).check().await }).await?;
        let next = self.config.procore.sweep.next_after(self.clock.now());
        let next = next.map_or_else(
            || "never comes".to_owned(),
            |at| at.format("is %Y-%m-%d %H:%M UTC").to_string(),
        );
        let late = format!(
            "what was deleted in Procore, and an edit of a line that does not move its record, is seen in the \
             first cycle after the next sweep is due, which {next}"
        );
        report.say("sweep", CheckStatus::Ok, late);
        Ok(report)
    }

    /// Faults and coverage of the mapping tables, over every list of Procore; nothing is changed.
    ///
    /// # Errors
    ///
    /// When a side cannot be read, or when it was interrupted.
    pub async fn lint_mapping(&self) -> Result<Lint, HostError> {
        let work = async { self.engine(&Silent).lint_mapping().await };
        self.then_close(1, work).await?.map_err(HostError::Failure)
    }

    /// What an edited mapping would change; nothing is changed.
    ///
    /// # Errors
    ///
    /// When a side cannot be read, or when it was interrupted.
    pub async fn blast_radius(&self, edited: &MappingTables) -> Result<BlastRadius, HostError> {
        let work = async { self.engine(&Silent).blast_radius(edited).await };
        self.then_close(1, work).await?.map_err(HostError::Failure)
    }

    /// The life of one record; nothing is changed.
    ///
    /// # Errors
    ///
    /// When no cycle has read it, a side cannot be read, or when it was interrupted.
    pub async fn explain(&self, key: SourceKey) -> Result<RecordLife, HostError> {
        let work = async { self.engine(&Silent).explain(key).await };
        self.then_close(1, work).await?.map_err(HostError::Failure)
    }

    /// Creates the user fields in SAP, once.
    ///
    /// # Errors
    ///
    /// When SAP cannot be reached or refuses, or when it was interrupted.
    pub async fn setup(&self) -> Result<SetupReport, HostError> {
        Ok(self.then_close(1, async { self.ledger.set_up().await }).await??)
    }

    /// The records that wait for a person, from the store alone.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn exceptions(
        &self,
        observer: &dyn Observer,
    ) -> Result<Vec<ExceptionRow>, HostError> {
        Ok(self.engine(observer).exceptions().await?)
    }

    /// Ends the store: what waits is written, the right to write is given back.
    ///
    /// # Errors
    ///
    /// When the store's task has ended already.
    pub async fn close(self) -> Result<(), HostError> {
        Ok(self.state.close().await?)
    }

    /// Does the work unless it is interrupted this often, and ends SAP's session in any case.
    pub(crate) async fn then_close<T>(
        &self,
        interruptions: u32,
        work: impl Future<Output = T> + Send,
    ) -> Result<T, HostError> {
        let mut asked = self.asked.subscribe();
        let outcome = tokio::select! {
            done = work => Ok(done),
            _ = asked.wait_for(|times| *times >= interruptions) => Err(HostError::Stopped),
        };
        // The session ends by itself a while later; a report must not be lost over it.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, self.ledger.close()).await;
        outcome
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("profile", &self.config.profile).finish_non_exhaustive()
    }
}

fn source(config: &Config) -> Result<ProcoreSource, HostError> {
    let procore = &config.procore;
    let company = procore_client::CompanyId::new(procore.company.0);
    // Whoever has used up an hour's calls waits for the next hour: a cycle that gave up instead would read
    // the same lists from their beginning in vain.
    let mut retry = procore_client::RetryPolicy::default();
    retry.deadline = HOURLY_WAIT;
    let client = procore_client::Client::builder(company)
        .base_url(&procore.base_url)
        .login_url(&procore.login_url)
        .credentials(&procore.client_id, procore.client_secret.clone())
        .quota_share_percent(procore.quota_share_percent)
        .retry(retry)
        .build()
        .map_err(|error| HostError::Configuration(error.to_string()))?;
    let projects = match &procore.projects {
        ProjectChoice::All => Projects::All,
        ProjectChoice::Only(projects) => Projects::Only(projects.clone()),
    };
    Ok(ProcoreSource::new(client, projects))
}

fn ledger(config: &Config) -> Result<SapB1Ledger, HostError> {
    let sap = &config.sap_b1;
    let refused = |error: sap_b1_client::Error| HostError::Configuration(error.to_string());
    let mut transport = ReqwestTransport::builder();
    if let Some(pem) = &sap.ca_certificate {
        transport = transport.ca_pem(pem.clone());
    }
    let login =
        PasswordLogin::new(sap.company_db.clone(), sap.user_name.clone(), sap.password.clone());
    let client = sap_b1_client::Client::builder(&sap.service_layer_url, login)
        .transport(Arc::new(transport.build().map_err(refused)?))
        .writes_in_flight(sap.writes_in_flight)
        .reads_in_flight(sap.reads_in_flight)
        .document_timeout(sap.document_timeout)
        .build()
        .map_err(refused)?;
    Ok(SapB1Ledger::new(client)
        .with_claims(sap.post_with_claim)
        .with_reference(config.policy.reference))
}
