//! A simulated SAP Business One Service Layer with one company behind it.
//!
//! A call goes through `faults` (what goes wrong with it), `routes` (session, service or entity
//! set), then reads by `reading` and `filter`, or writes: `write_checks` knows the types,
//! `business_checks` the company, `documents` and `journal` post, `posting` makes SAP's own
//! entries, `changes` patches and cancels; `nodes` are behind the balancer; `unsupported` names
//! what has no rules here. `wire` words everything in v1 or v2. The state in memory is `state`,
//! loaded by `seed` from the contractor's books. What people do inside SAP is in `accountant`; what the company holds comes back as plain data from `ledger`.
//!
//! `masters` creates master data, `sql` stores and runs SQL queries, `expand` follows what refers
//! to what.
//!
//! Not simulated, and refused when it is asked for: items and every document of the item type,
//! discounts, withholding tax on documents, freight, base documents, payments over the wire,
//! `$apply`, `$crossjoin`, `$metadata`, attachments, webhooks, branches that are
//! created, tax authorities. Codes and texts come from SAP's manual and published records of real servers;
//! where none is published the source says "unverified".

mod accountant;
mod approvals;
mod batch;
mod business_checks;
mod changes;
mod company;
mod documents;
mod entity;
mod error;
mod expand;
mod faults;
mod filter;
mod journal;
mod ledger;
mod masters;
mod nodes;
mod options;
mod posting;
mod reading;
mod routes;
mod schema;
mod seed;
mod session;
mod sql;
mod state;
mod unsupported;
mod uri;
mod user_fields;
mod value;
mod wire;
mod write_checks;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{Request, Response};

pub use self::{
    accountant::{ManualInvoice, ManualLine, Refused},
    ledger::{Document, DocumentKind, DocumentLine, JournalEntry, JournalLine, Ledger, LedgerRow},
    options::{Localization, ServiceLayerOptions, SessionErrorShape},
    state::PostCount,
};
use self::{faults::Pending, state::State};
use crate::{ConnectionLost, Faults, SandboxClock, contractor::books::Books};

/// A simulated Service Layer. Clones share one server and one company.
#[derive(Clone)]
pub struct ServiceLayer {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    pending: Mutex<Vec<Pending>>,
    clock: SandboxClock,
    faults: Faults,
}

impl fmt::Debug for ServiceLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceLayer").finish_non_exhaustive()
    }
}

impl ServiceLayer {
    /// A server whose company is loaded with `books`.
    #[must_use]
    pub fn new(
        books: &Books,
        options: ServiceLayerOptions,
        clock: SandboxClock,
        faults: Faults,
    ) -> Self {
        let state = Mutex::new(seed::state(books, options, clock.now()));
        let pending = Mutex::default();
        Self { shared: Arc::new(Shared { state, pending, clock, faults }) }
    }

    /// Answers one request.
    ///
    /// A slow answer comes at once and carries [`crate::AnswerAfter`] in its extensions: whoever
    /// serves or simulates the network waits. What a late commit has left behind and is due by
    /// now is executed first.
    ///
    /// # Errors
    ///
    /// [`ConnectionLost`] where a fault ends the connection without an answer.
    pub fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ConnectionLost> {
        faults::call(&self.shared, request)
    }

    /// Executes the late commits that are due by the sandbox's clock; answers how many.
    pub fn run_due(&self) -> usize {
        faults::run_due(&self.shared)
    }

    /// How many late commits still wait for their time.
    #[must_use]
    pub fn late_commits(&self) -> usize {
        self.shared.pending().len()
    }

    /// The state at the present time, with due late commits executed.
    fn state(&self) -> MutexGuard<'_, State> {
        faults::run_due(&self.shared);
        self.shared.state()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = self.clock.now();
        state
    }

    fn pending(&self) -> MutexGuard<'_, Vec<Pending>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
