//! Both simulated systems, the clients over them, and the adapters over the clients.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use http::{Request, Response};
use rust_decimal::Decimal;
use sync_connectors::{ProcoreSource, Projects, SapB1Ledger};
use sync_core::{
    catalog::Catalog,
    model::{
        ApDocument, ApLine, Coding, CompanyId, CostRecord, DocumentKey, JournalEntry, JournalLine,
        JournalTarget, Kind, LineMark, Posting, PostingHeader, ProjectId, ReadKind, SourceKey,
    },
    policy::Reference,
    ports::{
        Always, CatalogRequest, Changes, Chunk, CostSource as _, Ledger as _, PostOutcome,
        ReadScope,
    },
};
use sync_sandbox::{
    ConnectionLost, Fault, FaultRule, Sandbox, SandboxClock, SandboxOptions,
    contractor::{Contractor, ContractorSize},
};

/// Texts that are replaced in every answer whose path contains another.
pub(crate) type Forgeries = Arc<Mutex<Vec<Forgery>>>;

/// Stands for the `Total` header instead of a text of the body.
const TOTAL: &str = "Total:";

/// A text that is replaced.
pub(crate) struct Forgery {
    path: &'static str,
    from: String,
    to: String,
    times: usize,
}

/// Everything that a test touches.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) source: ProcoreSource,
    pub(crate) ledger: SapB1Ledger,
    pub(crate) forgeries: Forgeries,
    /// Whether the next A/P invoice is executed before its session is lost and -5002 is answered.
    pub(crate) lost_as_5002: LostAs5002,
    /// Whether documents are posted with their claims.
    pub(crate) claims: bool,
}

/// `Some` while it waits for its call.
pub(crate) type LostAs5002 = Arc<Mutex<Option<bool>>>;

impl World {
    /// A contractor with two projects.
    pub(crate) fn new() -> Self {
        Self::with(SandboxOptions::default())
    }

    pub(crate) fn with(options: SandboxOptions) -> Self {
        Self::built(options, |_| ())
    }

    /// A contractor whose books are changed before SAP is loaded with them.
    pub(crate) fn built(options: SandboxOptions, change: impl FnOnce(&mut Contractor)) -> Self {
        let size = ContractorSize::small().without_troubles();
        let mut contractor = Contractor::generate(size, 7, day(2026, 8, 28));
        change(&mut contractor);
        let sandbox = Sandbox::standing(contractor, options);
        let forgeries = Forgeries::default();
        let source = source(&sandbox, &forgeries, "sandbox-secret", Projects::All);
        let lost_as_5002 = LostAs5002::default();
        let ledger = ledger(&sandbox, &lost_as_5002);
        Self { sandbox, source, ledger, forgeries, lost_as_5002, claims: false }
    }

    /// The same systems, with documents that carry their keys in their own references.
    pub(crate) fn referring(self) -> Self {
        self.with_reference(Reference::Key)
    }

    pub(crate) fn with_reference(mut self, reference: Reference) -> Self {
        self.ledger = self.ledger.with_reference(reference);
        self
    }

    /// The same systems, with documents that are posted with their claims, and the table for these.
    pub(crate) async fn claiming(mut self) -> Self {
        self.ledger = self.ledger.with_claims(true);
        self.claims = true;
        self.ledger.set_up().await.unwrap();
        self
    }

    /// The same systems, with the user fields that posting needs.
    pub(crate) fn ready() -> Self {
        Self::ready_with(SandboxOptions::default())
    }

    pub(crate) fn ready_with(options: SandboxOptions) -> Self {
        let world = Self::with(options);
        world.sandbox.service_layer.create_procore_udfs();
        world
    }

    pub(crate) fn company(&self) -> CompanyId {
        CompanyId(self.sandbox.contractor.company.id)
    }

    pub(crate) fn first_project(&self) -> ProjectId {
        ProjectId(self.sandbox.contractor.project_ids()[0])
    }

    /// What goes wrong with the next calls to Procore whose path contains this.
    pub(crate) fn procore_fault(&self, path: &str, times: u32, fault: Fault) {
        self.sandbox.procore_faults.add(rule(None, path, times, fault));
    }

    /// What goes wrong with the next calls to the Service Layer.
    pub(crate) fn sap_fault(&self, method: &str, path: &str, times: u32, fault: Fault) {
        self.sandbox.service_layer_faults.add(rule(Some(method), path, times, fault));
    }

    /// Replaces the first such text in each answer of Procore.
    pub(crate) fn forge(&self, path: &'static str, from: &str, to: &str) {
        self.forge_times(path, from, to, 1);
    }

    /// Replaces every such text in each answer of Procore.
    pub(crate) fn forge_all(&self, path: &'static str, from: &str, to: &str) {
        self.forge_times(path, from, to, usize::MAX);
    }

    /// States a total in each answer that its list does not reach.
    pub(crate) fn overstate_total(&self, path: &'static str) {
        self.forge_times(path, TOTAL, "9999", 0);
    }

    fn forge_times(&self, path: &'static str, from: &str, to: &str, times: usize) {
        let forgery = Forgery { path, from: from.to_owned(), to: to.to_owned(), times };
        self.forgeries.lock().unwrap().push(forgery);
    }

    /// A source that may see only these projects.
    pub(crate) fn source_of(&self, projects: Projects) -> ProcoreSource {
        source(&self.sandbox, &self.forgeries, "sandbox-secret", projects)
    }

    /// Every record of a list, by following its pages; unreadable ones as an error of the test.
    pub(crate) async fn read(&self, kind: ReadKind, changes: Changes) -> Vec<CostRecord> {
        let project = self.first_project();
        let chunks = chunks(&self.source, project, kind, changes).await;
        chunks
            .into_iter()
            .flat_map(|chunk| {
                assert_eq!(chunk.unreadable, []);
                chunk.records
            })
            .collect()
    }

    pub(crate) async fn catalog(&self) -> Catalog {
        self.ledger.catalog(&CatalogRequest::default()).await.unwrap()
    }

    /// Writes and posts the first document of a record.
    pub(crate) async fn post(&self, posting: &Posting) -> PostOutcome {
        let payload = self.ledger.payload(posting, &self.catalog().await).unwrap();
        self.ledger.post(&posting.key().source, &payload, 0, &Always).await
    }

    /// The first supplier of the books.
    pub(crate) fn vendor(&self) -> String {
        self.sandbox.contractor.books.partners[0].card_code.clone()
    }

    /// An A/P invoice of two lines and 300.05 net.
    pub(crate) fn invoice(&self, id: i64, sequence: u32, reference: &str) -> Posting {
        Posting::PurchaseInvoice(self.ap(id, sequence, reference))
    }

    pub(crate) fn ap(&self, id: i64, sequence: u32, reference: &str) -> ApDocument {
        let coding = self.coding("5030");
        ApDocument {
            header: self.header(Kind::Subcontract, id, sequence, reference),
            card_code: self.vendor(),
            control_account: Some("2160".to_owned()),
            payment_block: true,
            expected_tax: Decimal::ZERO,
            comments: "Procore subcontract SC-001".to_owned(),
            lines: vec![
                ApLine {
                    mark: LineMark::Line(5_629_499_534_213_120),
                    coding: coding.clone(),
                    amount: amount("200.05"),
                    wt_liable: None,
                    description: "03-300.S Slab on grade".to_owned(),
                },
                ApLine {
                    mark: LineMark::Line(12),
                    coding,
                    amount: amount("100.00"),
                    wt_liable: Some(false),
                    description: "03-310.S Footings".to_owned(),
                },
            ],
        }
    }

    /// A journal entry: cost 24.50 and 75.50 against the vendor's trade account.
    pub(crate) fn entry(&self, id: i64, sequence: u32) -> JournalEntry {
        let header = self.header(Kind::DirectCost, id, sequence, "INV-1");
        let project = header.project.clone();
        let line = |id, text: &str| JournalLine {
            mark: LineMark::Line(id),
            target: JournalTarget::Account(Coding { tax_code: None, ..self.coding("5020") }),
            amount: amount(text),
            due_date: None,
            payment_block: false,
            description: "05-120.M Anchor bolts".to_owned(),
        };
        JournalEntry {
            lines: vec![
                line(71, "24.50"),
                line(72, "75.50"),
                JournalLine {
                    mark: LineMark::Role("payable".to_owned()),
                    target: JournalTarget::Partner {
                        card_code: self.vendor(),
                        control_account: "2110".to_owned(),
                        project,
                    },
                    amount: amount("-100.00"),
                    due_date: Some(day(2026, 9, 1)),
                    payment_block: true,
                    description: "Procore direct_cost INV-1".to_owned(),
                },
            ],
            header,
        }
    }

    pub(crate) fn key(&self, kind: Kind, id: i64) -> SourceKey {
        SourceKey { company: self.company(), project: self.first_project(), kind, id }
    }

    pub(crate) fn header(
        &self,
        kind: Kind,
        id: i64,
        sequence: u32,
        reference: &str,
    ) -> PostingHeader {
        let books = &self.sandbox.contractor.books;
        PostingHeader {
            key: DocumentKey { source: self.key(kind, id), sequence },
            revision: "00112233445566aa".to_owned(),
            posting_date: day(2026, 8, 3),
            tax_date: day(2026, 8, 1),
            reference: reference.to_owned(),
            memo: format!("Procore {kind} {id}"),
            currency: "USD".to_owned(),
            exchange_rate: None,
            project: Some(books.projects[0].code.clone()),
            branch: None,
        }
    }

    fn coding(&self, account: &str) -> Coding {
        let books = &self.sandbox.contractor.books;
        let center = books.profit_centers.iter().find(|center| center.dimension == 1).unwrap();
        Coding {
            account: account.to_owned(),
            dimensions: [Some(center.code.clone()), None, None, None, None],
            project: Some(books.projects[0].code.clone()),
            tax_code: Some("EX".to_owned()),
        }
    }
}

/// Follows a list to its end.
pub(crate) async fn chunks(
    source: &ProcoreSource,
    project: ProjectId,
    kind: ReadKind,
    changes: Changes,
) -> Vec<Chunk> {
    let scope = ReadScope { project, kind, changes };
    let mut chunks = Vec::new();
    let mut page = None;
    loop {
        let chunk = source.read(&scope, page.as_ref()).await.unwrap();
        page = chunk.next.clone();
        chunks.push(chunk);
        if page.is_none() {
            return chunks;
        }
    }
}

pub(crate) fn source(
    sandbox: &Sandbox,
    forgeries: &Forgeries,
    secret: &str,
    projects: Projects,
) -> ProcoreSource {
    ProcoreSource::new(procore_client(sandbox, forgeries, secret), projects)
}

pub(crate) fn procore_client(
    sandbox: &Sandbox,
    forgeries: &Forgeries,
    secret: &str,
) -> procore_client::Client {
    let company = procore_client::CompanyId::new(sandbox.contractor.company.id);
    let network = Network {
        sandbox: sandbox.clone(),
        forgeries: Arc::clone(forgeries),
        lost_as_5002: LostAs5002::default(),
    };
    procore_client::Client::builder(company)
        .base_url("https://procore.test")
        .login_url("https://login.procore.test")
        .credentials("sandbox-client", procore_client::SecretString::from(secret))
        .transport(Arc::new(network))
        .timer(Arc::new(MovingTimer(sandbox.clock.clone())))
        .jitter_seed(1)
        .build()
        .unwrap()
}

pub(crate) fn ledger(sandbox: &Sandbox, lost_as_5002: &LostAs5002) -> SapB1Ledger {
    let books = &sandbox.contractor.books;
    let login = sap_b1_client::PasswordLogin::new(
        books.company_db.as_str(),
        books.user_name.as_str(),
        sap_b1_client::SecretString::from(books.password.as_str()),
    );
    let network = Network {
        sandbox: sandbox.clone(),
        forgeries: Forgeries::default(),
        lost_as_5002: Arc::clone(lost_as_5002),
    };
    let client = sap_b1_client::Client::builder("https://b1.test:50000/b1s/v2", login)
        .transport(Arc::new(network))
        .timer(Arc::new(MovingTimer(sandbox.clock.clone())))
        .build()
        .unwrap();
    SapB1Ledger::new(client)
}

/// The network between clients and sandbox: a function call.
struct Network {
    sandbox: Sandbox,
    forgeries: Forgeries,
    lost_as_5002: LostAs5002,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}

impl Network {
    fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ConnectionLost> {
        let path = request.uri().path().to_owned();
        if path.ends_with("/PurchaseInvoices")
            && request.method() == http::Method::POST
            && let Some(executed) = self.lost_as_5002.lock().unwrap().take()
        {
            if executed {
                self.sandbox.call(request)?;
            }
            self.sandbox.service_layer.expire_sessions();
            let body = r#"{"error":{"code":"-5002","message":"Internal error (-5002) occurred"}}"#;
            return Ok(Response::builder().status(400).body(Bytes::from(body)).unwrap());
        }
        let mut answer = self.sandbox.call(request)?;
        let mut text = None;
        for forgery in self.forgeries.lock().unwrap().iter() {
            if path.contains(forgery.path) && forgery.from == TOTAL {
                answer.headers_mut().remove("link");
                answer.headers_mut().insert("total", forgery.to.parse().unwrap());
            } else if path.contains(forgery.path) {
                let body = text
                    .take()
                    .unwrap_or_else(|| String::from_utf8(answer.body().to_vec()).unwrap());
                text = Some(body.replacen(&forgery.from, &forgery.to, forgery.times));
            }
        }
        Ok(match text {
            Some(text) => answer.map(|_| Bytes::from(text)),
            None => answer,
        })
    }
}

#[async_trait]
impl procore_client::Transport for Network {
    async fn send(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, procore_client::transport::TransportError> {
        self.call(request).map_err(|ConnectionLost| {
            procore_client::transport::TransportError::new(
                procore_client::transport::Sent::MaybeSent,
                "connection lost",
            )
        })
    }
}

#[async_trait]
impl sap_b1_client::Transport for Network {
    async fn send(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, sap_b1_client::TransportError> {
        let lost = |ConnectionLost| sap_b1_client::TransportError::maybe_sent("connection lost");
        self.call(request).map_err(lost)
    }
}

/// The sandbox's clock: whoever sleeps moves it.
#[derive(Debug)]
struct MovingTimer(SandboxClock);

impl MovingTimer {
    fn pass(&self, duration: Duration) {
        self.0.advance(TimeDelta::from_std(duration).unwrap());
    }
}

#[async_trait]
impl procore_client::Timer for MovingTimer {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        settle().await;
        self.pass(duration);
    }
}

#[async_trait]
impl sap_b1_client::Timer for MovingTimer {
    fn now(&self) -> Duration {
        (self.0.now() - DateTime::UNIX_EPOCH).to_std().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        settle().await;
        // A deadline that is never needed must not move the clock; a wait between two tries must.
        self.pass(duration);
    }
}

/// Lets everything that can go on go on first.
async fn settle() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}

fn rule(method: Option<&str>, path: &str, times: u32, fault: Fault) -> FaultRule {
    FaultRule {
        method: method.map(str::to_owned),
        path_contains: path.to_owned(),
        skip: 0,
        times,
        fault,
    }
}

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub(crate) fn amount(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}
