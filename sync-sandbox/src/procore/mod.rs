//! A stateful simulated Procore.
//!
//! A request goes through `answer`: faults, then the token, the company header and the rate
//! windows, then the route of its path. `views` turns the records of `model` and `records` into
//! Procore's irregular bodies, `page` cuts lists into pages. People's work in Procore is done by
//! `edit`. `grants` is the login server over `token`, `writes` what can be written over the wire:
//! hooks (`hooks`, `deliveries`), vendors and sync actions (`sync`, `upsert`, `origins`). Whatever
//! else would change a record is answered 405, because this project's own sync never writes to
//! Procore.

mod answer;
mod body;
mod budget;
mod deliveries;
mod edit;
mod edit_records;
mod grants;
mod hooks;
mod json;
mod limits;
mod model;
mod number;
mod origins;
mod page;
mod query;
mod records;
mod refusal;
mod requisitions;
mod route;
mod singles;
mod sync;
mod token;
mod upsert;
mod views;
mod writes;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};

use crate::{clock::SandboxClock, fault::ConnectionLost, fault::Faults};
use answer::State;

pub use budget::{BudgetAdjustment, BudgetChange, BudgetModification, BudgetSnapshot};
pub use deliveries::{DeliveryEnd, Happening, Outgoing};
pub use edit::{NewChangeOrder, NewCommitment, NewDirectCost, NewLine, NoSuchRecord, RecordRef};
pub use limits::RateWindow;
pub use model::{
    BillingPeriod, BudgetLine, Coding, Company, CostCode, ExchangeRate, LineItemType, Project,
    SubJob, TaxCode, UnitOfMeasure, Vendor, WbsCode,
};
pub use records::{
    ChangeOrder, Commitment, CommitmentKind, DirectCost, DirectCostType, ItemType, Line, Payment,
    Requisition, RequisitionItem, cents, sum_of,
};
pub use requisitions::{NewRequisition, RequisitionChange, Work};

/// How a simulated Procore behaves.
#[derive(Clone, Debug)]
pub struct ProcoreOptions {
    /// The client id that gets tokens.
    pub client_id: String,
    /// The client secret that gets tokens.
    pub client_secret: String,
    /// The one address that a user's authorisation comes back to.
    pub redirect_uri: String,
    /// The life of a token in seconds.
    pub token_lifetime_seconds: u32,
    /// The window of 60 minutes.
    pub hourly: RateWindow,
    /// The window of 10 seconds.
    pub spike: RateWindow,
    /// Whether a 429 carries `Retry-After`; the sources disagree.
    pub retry_after_on_429: bool,
    /// The status of a call without `Procore-Company-Id`: 400, or 404 as it was historically.
    pub missing_company_status: u16,
    /// What is wrong with pages.
    pub pages: PageQuirk,
    /// Whether lists carry the `Link` header.
    pub link_header: bool,
    /// Whether lists carry the `Total` and `Per-Page` headers.
    pub total_header: bool,
    /// Whether the direct-cost list leaves out `vendor_id`.
    pub direct_costs_without_vendor_id: bool,
    /// Whether a list of one commitment change order is the object itself, as its page documents.
    pub lone_change_order_is_object: bool,
}

/// What is wrong with the pages of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageQuirk {
    /// Pages are full until the last.
    #[default]
    None,
    /// Pages hold fewer rows than `per_page` although more follow.
    Short,
    /// `per_page` is ignored in favour of the server's own default.
    PerPageIgnored,
    /// Beyond the last page the first one comes again.
    Cycling,
}

impl Default for ProcoreOptions {
    /// A server that is quick enough for trials: 36,000 calls an hour, 1,000 in ten seconds.
    fn default() -> Self {
        Self {
            client_id: "sandbox-client".to_owned(),
            client_secret: "sandbox-secret".to_owned(),
            redirect_uri: "https://app.example.com/callback".to_owned(),
            token_lifetime_seconds: 5_400,
            hourly: RateWindow { calls_max: 36_000, seconds: 3_600 },
            spike: RateWindow { calls_max: 1_000, seconds: 10 },
            retry_after_on_429: false,
            missing_company_status: 400,
            pages: PageQuirk::None,
            link_header: true,
            total_header: true,
            direct_costs_without_vendor_id: false,
            lone_change_order_is_object: false,
        }
    }
}

impl ProcoreOptions {
    /// The same server with the limits that Procore documents as examples: 600 calls an hour, 25
    /// in ten seconds (source: Procore documentation, rate limiting).
    #[must_use]
    pub fn with_documented_limits(self) -> Self {
        Self {
            hourly: RateWindow { calls_max: 600, seconds: 3_600 },
            spike: RateWindow { calls_max: 25, seconds: 10 },
            ..self
        }
    }
}

/// One simulated Procore. Clones share its state.
#[derive(Clone, Debug)]
pub struct Procore {
    state: Arc<Mutex<State>>,
    faults: Faults,
    clock: SandboxClock,
}

impl Procore {
    /// A server that holds one company.
    #[must_use]
    pub fn new(
        company: Company,
        options: ProcoreOptions,
        clock: SandboxClock,
        faults: Faults,
    ) -> Self {
        let state = State::new(company, options);
        Self { state: Arc::new(Mutex::new(state)), faults, clock }
    }

    /// Answers one call; path and query alone decide, so the login host is the same function.
    ///
    /// A slow answer carries [`crate::AnswerAfter`] in its extensions.
    ///
    /// # Errors
    ///
    /// The connection ended without an answer.
    pub fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ConnectionLost> {
        let target = request.uri().path_and_query().map_or("/", |p| p.as_str());
        let fault = self.faults.take(request.method().as_str(), target);
        self.lock().answer(&request, fault, self.clock.now())
    }

    /// Does what people do in Procore, at the clock's present time.
    pub fn edit<T>(&self, work: impl FnOnce(&mut Company) -> T) -> T {
        let mut state = self.lock();
        state.company.now = self.clock.now();
        work(&mut state.company)
    }

    /// Looks at the company as it stands.
    pub fn read<T>(&self, look: impl FnOnce(&Company) -> T) -> T {
        look(&self.lock().company)
    }

    /// Changes how the server behaves from now on; the rate windows begin anew.
    pub fn reconfigure(&self, change: impl FnOnce(&mut ProcoreOptions)) {
        let mut state = self.lock();
        let mut options = state.options.clone();
        change(&mut options);
        state.configure(options);
    }

    /// How many calls came in, token requests included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// The last calls as `METHOD path?query`, oldest first, at most 10,000 of them.
    #[must_use]
    pub fn call_log(&self) -> Vec<String> {
        self.lock().log.iter().cloned().collect()
    }

    /// Lets something happen to a record: every active hook that follows it gets a delivery.
    ///
    /// Writes over the wire do so by themselves; edits do not.
    pub fn happened(&self, what: &Happening) {
        let mut state = self.lock();
        state.company.now = self.clock.now();
        state.happened(what);
    }

    /// Takes the deliveries that nobody took yet, oldest first.
    #[must_use]
    pub fn take_outgoing(&self) -> Vec<Outgoing> {
        std::mem::take(&mut self.lock().outgoing)
    }

    /// Notes what became of a delivery, for the hook's history; `false` where the hook is gone.
    pub fn delivered(&self, sent: &Outgoing, end: DeliveryEnd) -> bool {
        self.lock().hooks.delivered(sent, end)
    }

    /// How many tokens were given out.
    #[must_use]
    pub fn tokens_given(&self) -> u64 {
        self.lock().tokens.given()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
