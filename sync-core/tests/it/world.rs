//! The company under test: master data, mapping, policy, and an engine over the ports in memory.

use std::{
    collections::BTreeMap,
    pin::pin,
    task::{Context, Poll, Waker},
};

use chrono::TimeDelta;
use rust_decimal::Decimal;
use sync_core::{
    catalog::{
        Account, Catalog, Partner, Period, PeriodStatus, ProfitCenter, SapProject, TaxCode,
        TaxField, Validity,
    },
    engine::{CycleOptions, CycleReport, Engine, EngineLimits, PreviewReport, StopFlag, Sweep},
    mapping::{AccountRule, MappingTables, ProjectRow, Target, VendorRow},
    memory::{ManualClock, MemoryLedger, MemorySource, MemoryStore},
    model::{CostRecord, HeldDocument, Posting, ReadKind, SourceKey},
    policy::{Basis, Offset, Policy, RequisitionDocument, TaxInJournal},
    ports::{
        Clock as _, CycleStatus, Observer, Profile, Silent, SourceProject, StateStore, StoredRecord,
    },
    reconcile::{Difference, Reconciliation},
    states::{Reason, RecordState},
};

use crate::{
    records::{COMPANY, PROJECT, day, moment},
    seen::{note_preview, note_reconciliation, note_record},
};

pub(crate) const TRADE: &str = "2110";
pub(crate) const UNBILLED: &str = "2160";
pub(crate) const RETAINAGE: &str = "2115";
pub(crate) const ACCRUED: &str = "2165";
pub(crate) const ENCUMBRANCE: &str = "9010";
pub(crate) const RESERVE: &str = "9020";
pub(crate) const TAX_ACCOUNT: &str = "1610";

/// Polls a future to its end: nothing in memory ever waits for the outside.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..100_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("a future over ports in memory waits for ever")
}

pub(crate) struct World {
    pub(crate) source: MemorySource,
    pub(crate) ledger: MemoryLedger,
    pub(crate) store: MemoryStore,
    pub(crate) clock: ManualClock,
    pub(crate) rules: Vec<AccountRule>,
    pub(crate) project_row: ProjectRow,
    pub(crate) project_mapped: bool,
    /// The rows of `vendors.csv`: Procore's vendor, `card_code`, `wt_liable`.
    pub(crate) vendors: Vec<(i64, &'static str, Option<bool>)>,
    pub(crate) policy: Policy,
    pub(crate) limits: EngineLimits,
    pub(crate) stop: StopFlag,
}

/// How accounts are made: `control` and `cash` by their numbers.
pub(crate) fn account(code: &str, name: &str) -> Account {
    Account {
        code: code.to_owned(),
        format_code: None,
        name: name.to_owned(),
        postable: code != "5000",
        control: [TRADE, UNBILLED, "2116"].contains(&code),
        cash: code == "1110",
        income_statement: code.starts_with('5'),
        frozen: false,
        validity: Validity::default(),
        currency: None,
        project_required: false,
        dimensions_required: [false; 5],
    }
}

pub(crate) fn partner(card_code: &str) -> Partner {
    Partner {
        card_code: card_code.to_owned(),
        name: format!("Partner {card_code}"),
        supplier: true,
        active: true,
        frozen: false,
        validity: Validity::default(),
        frozen_during: None,
        currency: None,
        control_account: Some(TRADE.to_owned()),
        payment_terms: None,
        withholding: false,
        branches: Vec::new(),
    }
}

/// The months of 2025 (closed) and 2026 (open).
fn periods() -> Vec<Period> {
    let month = |year: i32, month: u32| {
        let first = chrono::NaiveDate::from_ymd_opt(year, month, 1).unwrap();
        let last = first + chrono::Months::new(1) - TimeDelta::days(1);
        let window = Validity { from: Some(first), to: Some(last) };
        Period {
            name: format!("{year}-{month:02}"),
            fiscal_year: year.to_string(),
            posting: window,
            tax: Validity::default(),
            due: Validity::default(),
            status: if year == 2026 { PeriodStatus::Open } else { PeriodStatus::Closed },
        }
    };
    (2025..=2027).flat_map(|year| (1..=12).map(move |m| month(year, m))).collect()
}

pub(crate) fn catalog() -> Catalog {
    let accounts = [
        (TRADE, "Trade payables"),
        (UNBILLED, "Unbilled commitments"),
        (RETAINAGE, "Retainage payable"),
        ("2116", "Retainage payable per vendor"),
        (ACCRUED, "Accrued commitments"),
        (ENCUMBRANCE, "Encumbrance"),
        (RESERVE, "Reserve for encumbrance"),
        (TAX_ACCOUNT, "Input tax"),
        ("2190", "Card clearing"),
        ("1110", "Cash"),
        ("5000", "Cost of construction"),
        ("5010", "Concrete"),
        ("5020", "Electrical"),
        ("5090", "Other cost"),
    ];
    let centers = [("CHI", 1), ("NYC", 1), ("EAST", 2)];
    let taxes = [("EX", "0"), ("T8", "8"), ("T5", "5")];
    Catalog {
        company: "SBODEMO".to_owned(),
        local_currency: "USD".to_owned(),
        totals_accuracy: 2,
        currencies: BTreeMap::from([("USD".to_owned(), None), ("EUR".to_owned(), None)]),
        accounts: accounts.map(|(code, name)| account(code, name)).into_iter().collect(),
        profit_centers: centers
            .map(|(code, dimension)| {
                let center = ProfitCenter {
                    code: code.to_owned(),
                    name: format!("Center {code}"),
                    dimension,
                    active: true,
                    validity: Validity::default(),
                };
                (code.to_owned(), center)
            })
            .into(),
        projects: BTreeMap::from([(
            "P865".to_owned(),
            SapProject {
                code: "P865".to_owned(),
                name: "Tower".to_owned(),
                active: true,
                validity: Validity::default(),
            },
        )]),
        partners: ["V100", "V200"].map(|code| (code.to_owned(), partner(code))).into(),
        payment_terms: BTreeMap::new(),
        tax_codes: taxes
            .map(|(code, rate)| {
                let tax = TaxCode {
                    code: code.to_owned(),
                    name: format!("{rate} %"),
                    rate: rate.parse().unwrap(),
                    valid_for_purchases: true,
                    active: true,
                };
                (code.to_owned(), tax)
            })
            .into(),
        tax_field: TaxField::TaxCode,
        periods: periods(),
        branches_enabled: false,
        user_fields_present: true,
        memo_length: 50,
    }
}

/// A rule for every cost type of a code or prefix.
pub(crate) fn rule(row: usize, cost_code: &str, gl_account: &str) -> AccountRule {
    AccountRule {
        row,
        project: None,
        sub_job: None,
        cost_code: cost_code.to_owned(),
        cost_type: None,
        gl_account: gl_account.to_owned(),
        dimensions: Default::default(),
        tax_code: Target::Default,
        valid_from: None,
        valid_to: None,
    }
}

impl World {
    /// 2026-03-31; cut-over on 2026-01-01; codes 03-* to 5010, 26-* to 5020; no tax; vendors 1 and
    /// 2 to V100 and V200; direct costs of type invoice against the vendor.
    pub(crate) fn new() -> Self {
        let project = SourceProject {
            id: PROJECT,
            name: "Tower".to_owned(),
            number: None,
            time_zone: None,
            currency: Some("USD".to_owned()),
        };
        let mut policy = Policy::starting_on(day("2026-01-01"));
        policy.unbilled_account = Some(UNBILLED.to_owned());
        policy.retainage_account = Some(RETAINAGE.to_owned());
        policy.direct_cost_offset = BTreeMap::from([("invoice".to_owned(), Offset::Vendor)]);
        Self {
            source: MemorySource::new(COMPANY, vec![project]),
            ledger: MemoryLedger::new(catalog()),
            store: MemoryStore::new(),
            clock: ManualClock::at(moment("2026-03-31T12:00:00Z")),
            rules: vec![rule(2, "03-*", "5010"), rule(3, "26-*", "5020")],
            project_row: ProjectRow {
                row: 2,
                sap_project: Some("P865".to_owned()),
                branch: None,
                dimensions: [Some("CHI".to_owned()), None, None, None, None],
                tax_code: Some("EX".to_owned()),
            },
            project_mapped: true,
            vendors: vec![(1, "V100", None), (2, "V200", None)],
            policy,
            limits: EngineLimits::default(),
            stop: StopFlag::default(),
        }
    }

    /// The company on another basis, with the accounts that this one needs.
    pub(crate) fn on(basis: Basis) -> Self {
        let mut world = Self::new();
        world.policy.basis = basis;
        world.policy.unbilled_account = (basis == Basis::Commitment).then(|| UNBILLED.to_owned());
        world.policy.accrued_account =
            (basis == Basis::CommitmentJournal).then(|| ACCRUED.to_owned());
        if basis == Basis::Encumbrance {
            world.policy.encumbrance_account = Some(ENCUMBRANCE.to_owned());
            world.policy.encumbrance_reserve = Some(RESERVE.to_owned());
        }
        world
    }

    /// Requisitions as A/P invoices, with the 0 % code on their retainage lines.
    pub(crate) fn with_invoices(mut self) -> Self {
        self.policy.requisition_document = RequisitionDocument::PurchaseInvoice;
        self.policy.retainage_tax_code = Some("EX".to_owned());
        self
    }

    /// The company with 8 % tax on its A/P lines and stated tax on the tax account.
    pub(crate) fn with_tax() -> Self {
        let mut world = Self::new();
        world.project_row.tax_code = Some("T8".to_owned());
        world.policy.tax_in_journal = TaxInJournal::Account(TAX_ACCOUNT.to_owned());
        world
    }

    /// The company with these records.
    pub(crate) fn of(records: impl IntoIterator<Item = CostRecord>) -> Self {
        let world = Self::new();
        world.put(records);
        world
    }

    /// Enters records in Procore, now.
    pub(crate) fn put(&self, records: impl IntoIterator<Item = CostRecord>) {
        let updated_at = self.clock.now();
        for record in records {
            self.source.put(CostRecord { updated_at, ..record });
        }
    }

    /// Edits a record; Procore moves its `updated_at` to now.
    pub(crate) fn edit(&self, key: SourceKey, change: impl FnOnce(&mut CostRecord)) {
        let now = self.clock.now();
        let there = self.source.edit(&key, |record| {
            change(record);
            record.updated_at = now;
        });
        assert!(there, "{key} is not in Procore");
    }

    fn mapping(&self) -> MappingTables {
        let vendors = self.vendors.iter().zip(2..).map(|((vendor, card_code, wt_liable), row)| {
            let card_code = (*card_code).to_owned();
            (*vendor, VendorRow { row, card_code, wt_liable: *wt_liable })
        });
        MappingTables::new(
            self.rules.clone(),
            self.project_mapped.then(|| (PROJECT, self.project_row.clone())).into_iter().collect(),
            vendors.collect(),
        )
        .unwrap()
    }

    /// Does something with the parts of an engine that are made for it.
    pub(crate) fn with_parts<T>(&self, act: impl FnOnce(&MappingTables, &Profile) -> T) -> T {
        let profile = Profile {
            company: COMPANY,
            environment: "https://api.procore.com".to_owned(),
            ledger: "SBODEMO".to_owned(),
            basis: self.policy.basis.name().to_owned(),
            start_date: self.policy.start_date,
            opening: self.policy.opening.name().to_owned(),
            reference: self.policy.reference.name().to_owned(),
        };
        act(&self.mapping(), &profile)
    }

    /// Does something with an engine over this world.
    pub(crate) fn with_engine<T>(
        &self,
        observer: &dyn Observer,
        act: impl AsyncFnOnce(Engine<'_>) -> T,
    ) -> T {
        self.with_parts(|mapping, profile| {
            run(act(Engine {
                source: &self.source,
                ledger: &self.ledger,
                store: &self.store,
                clock: &self.clock,
                observer,
                mapping,
                policy: &self.policy,
                profile,
                time_zone: "UTC",
                limits: self.limits,
                stop: self.stop.clone(),
            }))
        })
    }

    /// A cycle, whatever it comes to.
    pub(crate) fn cycle(&self) -> CycleReport {
        let options = CycleOptions::default();
        let report = self.with_engine(&Silent, async |engine| engine.sync(&options).await);
        self.note_cycle(&report);
        report
    }

    /// A cycle that must be gone through in full, ten minutes later.
    pub(crate) fn sync(&self) -> CycleReport {
        self.clock.advance(TimeDelta::minutes(10));
        let report = self.cycle();
        assert_eq!(report.status, CycleStatus::Done, "{:?} {:?}", report.failure, report.problems);
        report
    }

    pub(crate) fn sweep(&self) -> CycleReport {
        self.clock.advance(TimeDelta::minutes(10));
        let options = CycleOptions { sweep: Sweep::Everything, ..Default::default() };
        let report = self.with_engine(&Silent, async |engine| engine.sync(&options).await);
        self.note_cycle(&report);
        report
    }

    pub(crate) fn replay(&self, keys: Option<&[SourceKey]>) -> CycleReport {
        let report = self.with_engine(&Silent, async |engine| engine.replay(keys).await);
        self.note_cycle(&report);
        report
    }

    pub(crate) fn preview(&self) -> PreviewReport {
        let options = CycleOptions::default();
        let report = self.with_engine(&Silent, async |engine| engine.preview(&options).await);
        note_preview(&report);
        report
    }

    pub(crate) fn reconcile(&self) -> Reconciliation {
        let report = self.with_engine(&Silent, async |engine| engine.reconcile().await);
        note_reconciliation(&report);
        report
    }

    /// The identity of reconciliation: every cent is explained.
    pub(crate) fn assert_reconciles(&self) {
        let report = self.reconcile();
        assert_eq!(report.failure, None);
        assert_eq!(report.differences(), [], "{:#?}", report.projects);
        let differences = report.projects.iter().flat_map(|project| &project.differences);
        assert_eq!(differences.collect::<Vec<_>>(), Vec::<&Difference>::new());
        assert_eq!(report.tie_out.differences(), BTreeMap::new(), "{:#?}", report.tie_out.rows);
        for project in &report.projects {
            let traced: Decimal = project.rounding.iter().map(|record| record.total()).sum();
            assert_eq!(traced, project.terms.rounding, "{:#?}", project.rounding);
            let untraced = project.rounding.iter().find(|record| !record.untraced().is_zero());
            assert_eq!(untraced, None, "every unit is a row of the rounding ledger");
            let off: Vec<Vec<String>> = project.off().map(|balance| balance.off()).collect();
            assert!(off.is_empty(), "{off:#?}\n{:#?}", project.commitments);
        }
    }

    pub(crate) fn stored(&self, key: SourceKey) -> StoredRecord {
        let records = run(self.store.records(&[key])).unwrap();
        let stored = records.into_iter().next().unwrap_or_else(|| panic!("{key} is not stored"));
        note_record(&stored);
        stored
    }

    pub(crate) fn state(&self, key: SourceKey) -> RecordState {
        self.stored(key).state
    }

    /// Asserts that a record waits, is held or was rejected for this reason, and answers the detail.
    pub(crate) fn assert_cause(&self, key: SourceKey, reason: Reason) -> String {
        let stored = self.stored(key);
        let cause = stored.cause.unwrap_or_else(|| panic!("{key} is {}", stored.state));
        assert_eq!(cause.reason, reason, "{}", cause.detail);
        cause.detail
    }

    /// What SAP holds of a record, in the order of posting.
    pub(crate) fn held(&self, key: SourceKey) -> Vec<HeldDocument> {
        let documents = self.ledger.documents();
        documents.into_iter().map(|d| d.held).filter(|held| held.key.source == key).collect()
    }

    /// What was posted for a record, in order.
    pub(crate) fn postings(&self, key: SourceKey) -> Vec<Posting> {
        let documents = self.ledger.documents();
        documents.into_iter().map(|d| d.posting).filter(|p| p.key().source == key).collect()
    }

    /// A record's documents in short: `"#1 PurchaseInvoices 100.00, #2 JournalEntries 5.00"`.
    pub(crate) fn documents(&self, key: SourceKey) -> String {
        self.held(key)
            .iter()
            .map(|held| {
                let set = held.document_type.entity_set();
                format!("#{} {set} {:.2}", held.key.sequence, held.total)
            })
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The posting dates of a record's documents.
    pub(crate) fn dates(&self, key: SourceKey) -> Vec<String> {
        self.held(key).iter().map(|held| held.posting_date.to_string()).collect()
    }

    /// When a list was last read in full, and its high-water mark.
    pub(crate) fn cursor(&self, kind: ReadKind) -> Option<sync_core::ports::Cursor> {
        let cursors = run(self.store.cursors(PROJECT)).unwrap();
        cursors.into_iter().find(|cursor| cursor.kind == kind)
    }
}
