//! Both sides of a project, as they were read, with what is looked up by key.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::{
    catalog::Catalog,
    mapping::ProjectRow,
    model::{CostRecord, FamilyId, HeldDocument, SourceKey},
    plan::{Family, Member, out_of_range},
    policy::Policy,
    ports::{BudgetRow, SourceError, SourceProject, StoredRecord},
    states::{Cause, RecordState},
};

/// Both sides of one project.
#[derive(Clone, Copy, Debug)]
pub struct ProjectSides<'a> {
    /// The project in Procore.
    pub project: &'a SourceProject,
    /// Its row in projects.csv.
    pub row: Option<&'a ProjectRow>,
    /// Every record of Procore, read now.
    pub records: &'a [CostRecord],
    /// Every document of SAP by our keys, read now.
    pub documents: &'a [HeldDocument],
    /// The invoices that people keyed and records adopted, as documents of these records, read now.
    pub adopted: &'a [HeldDocument],
    /// What the store knows, for the reasons.
    pub stored: &'a [StoredRecord],
    /// Procore's budget, read now, or why it could not be read.
    pub budget: Result<&'a [BudgetRow], &'a SourceError>,
    /// The company's choices.
    pub policy: &'a Policy,
    /// What SAP has.
    pub catalog: &'a Catalog,
}

/// Both sides with what is looked up by key.
pub(super) struct Sides<'a> {
    pub(super) of: ProjectSides<'a>,
    pub(super) stored: BTreeMap<SourceKey, &'a StoredRecord>,
    pub(super) documents: BTreeMap<SourceKey, Vec<&'a HeldDocument>>,
    pub(super) families: BTreeMap<FamilyId, Family>,
    /// The families with an amount that SAP's columns cannot hold: no figure of theirs is in any sum.
    beyond: BTreeMap<FamilyId, Cause>,
}

impl<'a> Sides<'a> {
    pub(super) fn new(of: ProjectSides<'a>) -> Self {
        let stored: BTreeMap<SourceKey, &StoredRecord> =
            of.stored.iter().map(|stored| (stored.key(), stored)).collect();
        let mut documents: BTreeMap<SourceKey, Vec<&HeldDocument>> = BTreeMap::new();
        for document in of.documents.iter().chain(of.adopted) {
            documents.entry(document.key.source).or_default().push(document);
        }
        let families = families(of.records, &stored);
        let beyond = families
            .iter()
            .filter_map(|(id, family)| Some((*id, out_of_range(of.policy, family)?)))
            .collect();
        Self { of, stored, documents, families, beyond }
    }

    /// Why nothing is computed of a record: its family states an amount that SAP's columns cannot hold.
    pub(super) fn beyond(&self, record: &CostRecord) -> Option<&Cause> {
        self.beyond.get(&record.family())
    }

    /// Whether nothing is computed of a family.
    pub(super) fn is_beyond(&self, family: FamilyId) -> bool {
        self.beyond.contains_key(&family)
    }

    /// The decimals of a record's currency.
    pub(super) fn scale_of(&self, record: &CostRecord) -> u32 {
        self.of.catalog.scale(self.currency_of(record))
    }

    /// An amount of a record in units of its currency.
    pub(super) fn round(&self, record: &CostRecord, amount: Decimal) -> Decimal {
        self.of.policy.rounding.round(amount, self.scale_of(record))
    }

    /// The project's own currency: what Procore states, else that of the books.
    pub(super) fn own_currency(&self) -> &'a str {
        self.of.project.currency.as_deref().unwrap_or(&self.of.catalog.local_currency)
    }

    /// The currency of a record: its own, else the project's.
    pub(super) fn currency_of<'b>(&'b self, record: &'b CostRecord) -> &'b str {
        record.currency.as_deref().unwrap_or_else(|| self.own_currency())
    }

    /// Every currency that has an amount on either side: the project's own first, the others by name.
    pub(super) fn currencies(&self) -> Vec<String> {
        let own = self.own_currency();
        let records = self.of.records.iter().map(|record| self.currency_of(record));
        let documents = self.of.documents.iter().chain(self.of.adopted);
        let documents = documents.map(|document| document.currency.as_str());
        let listed = self.of.stored.iter().filter_map(|stored| stored.opening.as_ref());
        let listed = listed.map(|entry| entry.currency.as_str()).filter(|code| !code.is_empty());
        let every = records.chain(documents).chain(listed);
        let others: BTreeSet<&str> = every.filter(|code| *code != own).collect();
        std::iter::once(own).chain(others).map(str::to_owned).collect()
    }

    /// The net cost that SAP holds of a record in one currency.
    pub(super) fn net_cost_of(&self, key: SourceKey, currency: &str) -> Decimal {
        let documents = self.documents.get(&key).into_iter().flatten();
        let of_currency = documents.filter(|document| document.currency == currency);
        of_currency.map(|document| document.net_cost()).sum()
    }

    /// The record's family, and the record as its member.
    pub(super) fn member(&self, record: &CostRecord) -> Option<(&Family, &Member)> {
        let family = self.families.get(&record.family())?;
        let member = family.members.iter().find(|member| member.record().key == record.key)?;
        Some((family, member))
    }
}

/// The records of Procore as families, for the amounts of requisitions; the store says which
/// commitments were carried over.
fn families(
    records: &[CostRecord],
    known: &BTreeMap<SourceKey, &StoredRecord>,
) -> BTreeMap<FamilyId, Family> {
    let mut members: BTreeMap<FamilyId, Vec<Member>> = BTreeMap::new();
    for record in records {
        let known = known.get(&record.key);
        let stored = StoredRecord {
            state: known.map_or(RecordState::Pending, |stored| stored.state),
            opening: known.and_then(|stored| stored.opening.clone()),
            decisions: known.map(|stored| stored.decisions.clone()).unwrap_or_default(),
            first_postable_on: known.and_then(|stored| stored.first_postable_on),
            postable_at_first_cycle: known.is_some_and(|stored| stored.postable_at_first_cycle),
            ..StoredRecord::unplanned(record.clone(), record.updated_at)
        };
        members.entry(record.family()).or_default().push(Member {
            stored,
            held: Vec::new(),
            blocked: false,
            set_aside: 0,
        });
    }
    members.into_iter().map(|(id, members)| (id, Family::new(members))).collect()
}
