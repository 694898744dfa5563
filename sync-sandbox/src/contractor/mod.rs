//! A generated contractor: what one general contractor holds in both systems.
//!
//! The same size, seed and date always give the same contractor. `directory` makes the company,
//! its vendors, projects and cost coding; `commitments`, `billing` and `direct_costs` the
//! financial records, through the edits that people make in Procore; `troubles` a few records
//! that cannot be posted as they are. `books` is the SAP side as plain data, `tables` the mapping
//! between both. Every amount is consistent: headers are the rounded sums of their lines,
//! requisitions tie, nothing is billed above its contract.

mod billing;
pub mod books;
mod commitments;
mod direct_costs;
mod directory;
mod rng;
mod tables;
mod troubles;
mod words;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};

use crate::procore::Company;
use books::Books;
use rng::Rng;

pub use tables::ConfigUrls;
pub use troubles::{Trouble, TroubleKind};

/// How much a contractor holds. Counts are per project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractorSize {
    /// Projects.
    pub projects: usize,
    /// Months of history, the month of `as_of` included.
    pub months: u32,
    /// Vendors of the company.
    pub vendors: usize,
    /// Purchase orders.
    pub purchase_orders: usize,
    /// Subcontracts.
    pub subcontracts: usize,
    /// Requisitions per subcontract, at most.
    pub requisitions_max: usize,
    /// Change orders per subcontract, at most.
    pub change_orders_max: usize,
    /// Direct costs.
    pub direct_costs: usize,
    /// Whether there are a few records that cannot be posted as they are.
    pub troubles: bool,
}

impl ContractorSize {
    /// 20 projects in 4 offices, 12 months, about 2,000 postable records.
    #[must_use]
    pub fn full() -> Self {
        Self {
            projects: 20,
            months: 12,
            vendors: 60,
            purchase_orders: 13,
            subcontracts: 11,
            requisitions_max: 5,
            change_orders_max: 2,
            direct_costs: 46,
            troubles: true,
        }
    }

    /// 2 projects, about 40 postable records.
    #[must_use]
    pub fn small() -> Self {
        Self {
            projects: 2,
            vendors: 8,
            purchase_orders: 3,
            subcontracts: 3,
            requisitions_max: 3,
            direct_costs: 7,
            ..Self::full()
        }
    }

    /// 1 project, about 20 postable records.
    #[must_use]
    pub fn one_project() -> Self {
        Self { projects: 1, ..Self::small() }
    }

    /// The same size without records that cannot be posted.
    #[must_use]
    pub fn without_troubles(self) -> Self {
        Self { troubles: false, ..self }
    }
}

/// One contractor on the day `as_of`.
#[derive(Clone, Debug)]
pub struct Contractor {
    /// What Procore holds.
    pub company: Company,
    /// What SAP holds before the first posting.
    pub books: Books,
    /// The first day of the window: every posting date lies in it.
    pub start_date: NaiveDate,
    /// The last day of the window.
    pub as_of: NaiveDate,
    /// The records that cannot be posted as they are.
    pub troubles: Vec<Trouble>,
}

/// How many postable records there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Postable {
    /// Purchase orders.
    pub purchase_orders: usize,
    /// Subcontracts.
    pub subcontracts: usize,
    /// Change orders, each once.
    pub change_orders: usize,
    /// Direct costs.
    pub direct_costs: usize,
    /// Requisitions.
    pub requisitions: usize,
}

impl Postable {
    /// All kinds together.
    #[must_use]
    pub fn total(&self) -> usize {
        self.purchase_orders
            + self.subcontracts
            + self.change_orders
            + self.direct_costs
            + self.requisitions
    }
}

/// The window of a contractor's history and its chance: what every generating function needs.
#[derive(Debug)]
pub(crate) struct Making {
    pub(crate) size: ContractorSize,
    pub(crate) rng: Rng,
    pub(crate) start_date: NaiveDate,
    pub(crate) as_of: NaiveDate,
    /// Numbers given to invoices so far, so that none repeats.
    pub(crate) invoices: usize,
}

impl Making {
    /// The first day of the nth month of the window.
    pub(crate) fn month_start(&self, n: u32) -> NaiveDate {
        self.start_date + Months::new(n)
    }

    /// The last day of the nth month of the window.
    pub(crate) fn month_end(&self, n: u32) -> NaiveDate {
        self.month_start(n + 1) - chrono::Days::new(1)
    }

    /// A day of the nth month, never after the day before `as_of` unless the window is that short.
    pub(crate) fn day_in_month(&mut self, n: u32) -> NaiveDate {
        let first = self.month_start(n);
        let last = self.month_end(n).min(self.as_of.pred_opt().unwrap_or(self.as_of)).max(first);
        let days = usize::try_from((last - first).num_days()).unwrap_or_default();
        first + chrono::Days::new(u64::try_from(self.rng.between(0, days)).unwrap_or_default())
    }

    /// The next invoice number.
    pub(crate) fn invoice_number(&mut self) -> String {
        self.invoices += 1;
        let number = 40_000 + self.invoices;
        if self.rng.chance(40) { number.to_string() } else { format!("INV-{number}") }
    }
}

/// The instant of a day at which things happen: the same calendar day in every American zone.
pub(crate) fn morning(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default()).and_utc()
}

impl Contractor {
    /// Makes the contractor of this size and seed whose history ends at `as_of`.
    ///
    /// The last records are made on the morning of `as_of` (09:00 UTC), so the clock of a sandbox
    /// must not stand before it.
    #[must_use]
    pub fn generate(size: ContractorSize, seed: u64, as_of: NaiveDate) -> Self {
        let this_month = as_of.with_day(1).unwrap_or(as_of);
        let start_date = this_month - Months::new(size.months.saturating_sub(1));
        let mut making = Making { size, rng: Rng::new(seed), start_date, as_of, invoices: 0 };
        let mut company = directory::company(&mut making);
        let mut projects: Vec<i64> = company.projects.iter().map(|p| p.id).collect();
        projects.dedup();
        for project_id in &projects {
            commitments::purchase_orders(&mut making, &mut company, *project_id);
            commitments::subcontracts(&mut making, &mut company, *project_id);
            direct_costs::direct_costs(&mut making, &mut company, *project_id);
        }
        let mut books = directory::books(&making, &company);
        let troubles = match (size.troubles, projects.first()) {
            (true, Some(project_id)) => {
                troubles::add(&mut making, &mut company, &mut books, *project_id)
            }
            _ => Vec::new(),
        };
        for project_id in projects {
            directory::budget(&mut company, project_id);
        }
        company.now = morning(as_of);
        Self { company, books, start_date, as_of, troubles }
    }

    /// The contractor of [`ContractorSize::full`].
    #[must_use]
    pub fn full(seed: u64, as_of: NaiveDate) -> Self {
        Self::generate(ContractorSize::full(), seed, as_of)
    }

    /// The contractor of [`ContractorSize::small`], without troubles.
    #[must_use]
    pub fn small(seed: u64, as_of: NaiveDate) -> Self {
        Self::generate(ContractorSize::small().without_troubles(), seed, as_of)
    }

    /// The contractor of [`ContractorSize::one_project`], without troubles.
    #[must_use]
    pub fn one_project(seed: u64, as_of: NaiveDate) -> Self {
        Self::generate(ContractorSize::one_project().without_troubles(), seed, as_of)
    }

    /// The project ids, in order.
    #[must_use]
    pub fn project_ids(&self) -> Vec<i64> {
        self.company.projects.iter().map(|p| p.id).collect()
    }

    /// Counts the records in postable statuses, the troubled ones included.
    #[must_use]
    pub fn postable(&self) -> Postable {
        use crate::procore::CommitmentKind::{PurchaseOrder, Subcontract};
        let mut count = Postable::default();
        for project in &self.company.projects {
            let commitments = || project.commitments.iter().filter(|c| c.is_postable());
            count.purchase_orders += commitments().filter(|c| c.kind == PurchaseOrder).count();
            count.subcontracts += commitments().filter(|c| c.kind == Subcontract).count();
            count.change_orders += project.change_orders.iter().filter(|c| c.is_approved()).count();
            let approved = |status: &str| status == "approved";
            count.direct_costs +=
                project.direct_costs.iter().filter(|c| approved(&c.status)).count();
            count.requisitions +=
                project.requisitions.iter().filter(|r| approved(&r.status)).count();
        }
        count
    }
}
