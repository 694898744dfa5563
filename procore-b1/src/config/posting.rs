//! The section `[posting]`: the company's choices, as a [`Policy`].

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use sync_core::{
    model::Kind,
    money::Rounding,
    policy::{
        Basis, ClosedPeriod, ForeignCurrency, NegativeLines, Offset, OnChange, Opening,
        OverBilling, Policy, Reference, RequisitionDocument, TaxInJournal,
    },
};

use super::{
    fault::nearest,
    section::{Section, Spot, one_of},
};

/// SAP's longest account code.
pub(crate) const ACCOUNT_CHARS: usize = 15;

/// The types of direct costs that Procore has.
const DIRECT_COST_TYPES: [&str; 4] = ["invoice", "expense", "payroll", "subcontractor_invoice"];

/// The statuses of each kind, as Procore writes them.
const STATUSES: [(Kind, &[&str]); 5] = [
    (
        Kind::PurchaseOrder,
        &[
            "Draft",
            "Processing",
            "Submitted",
            "Partially Received",
            "Received",
            "Approved",
            "Closed",
        ],
    ),
    (
        Kind::Subcontract,
        &[
            "Draft",
            "Out For Bid",
            "Out For Signature",
            "Approved",
            "Complete",
            "Terminated",
            "Void",
        ],
    ),
    (
        Kind::ChangeOrder,
        &[
            "draft",
            "pricing",
            "not_pricing",
            "pending",
            "revised",
            "proceeding",
            "not_proceeding",
            "pending_billable",
            "no_charge",
            "approved",
            "rejected",
            "void",
        ],
    ),
    (Kind::DirectCost, &["draft", "pending", "revise_and_resubmit", "approved"]),
    (
        Kind::Requisition,
        &[
            "draft",
            "under_review",
            "revise_and_resubmit",
            "approved",
            "approved_as_noted",
            "pending_owner_approval",
        ],
    ),
];

/// The policy, with the place of every account for the checks that need the tables.
pub(crate) struct Posting {
    pub(crate) policy: Policy,
    pub(crate) clearing: Vec<Spot<String>>,
}

pub(crate) fn posting(section: Section<'_>, unknown_settle: TimeDelta) -> Option<Posting> {
    section.required("start_date", "write the cut-over date, e.g. \"2026-01-01\"");
    let start = section.date("start_date");
    // Without a date the rest is read all the same, for its faults.
    let mut policy = Policy::starting_on(start.as_ref().map_or(NaiveDate::MIN, |spot| spot.value));
    policy.unknown_settle = unknown_settle;
    basis(&section, &mut policy);
    changes(&section, &mut policy);
    amounts(&section, &mut policy);
    let mut clearing = Vec::new();
    accounts(&section, &mut policy, &mut clearing);
    offsets(&section, &mut policy, &mut clearing);
    postable(&section, &mut policy);
    for finding in policy.findings(&[]) {
        let name = finding.key.strip_prefix("posting.").unwrap_or(&finding.key);
        let (of, name) = match name.strip_prefix("direct_cost_offset.") {
            Some(kind) => (section.section("direct_cost_offset").entry(kind), name),
            None => (section.entry(name), name),
        };
        let place = of.map_or_else(|| section.place().clone(), |entry| entry.place.clone());
        section.faults().add(&place, section.key(name), finding.problem, &finding.remedy);
    }
    section.finish();
    start.map(|_| Posting { policy, clearing })
}

/// When cost is recognised, what the books held before, and by which document a requisition bills.
fn basis(section: &Section<'_>, policy: &mut Policy) {
    if let Some(spot) = section.choice("basis", &Basis::ALL.map(Basis::name)) {
        let chosen = Basis::ALL.into_iter().find(|basis| basis.name() == spot.value);
        policy.basis = chosen.unwrap_or(policy.basis);
    }
    if let Some(spot) = section.choice("opening", &["billed", "committed"]) {
        policy.opening = match spot.value.as_str() {
            "committed" => Opening::Committed,
            _ => Opening::Billed,
        };
    }
    if let Some(spot) =
        section.choice("requisition_document", &["journal_entry", "purchase_invoice"])
    {
        policy.requisition_document = match spot.value.as_str() {
            "purchase_invoice" => RequisitionDocument::PurchaseInvoice,
            _ => RequisitionDocument::JournalEntry,
        };
    }
    let remedy = "write SAP's tax code of 0 % in quotes";
    policy.retainage_tax_code =
        section.text("retainage_tax_code", remedy).map(|spot| spot.value.clone());
}

fn changes(section: &Section<'_>, policy: &mut Policy) {
    if let Some(spot) = section.choice("on_change", &["adjust", "restate", "hold"]) {
        policy.on_change = match spot.value.as_str() {
            "restate" => OnChange::Restate,
            "hold" => OnChange::Hold,
            _ => OnChange::Adjust,
        };
    }
    if let Some(spot) = section.integer("settle_cycles", 1, 1_000) {
        policy.settle_cycles = u32::try_from(spot.value).unwrap_or(policy.settle_cycles);
    }
    if let Some(spot) = section.duration("settle_time", TimeDelta::zero(), TimeDelta::days(60)) {
        policy.settle_time = spot.value;
    }
    if let Some(spot) = section.choice("reference", &["udf", "key"]) {
        policy.reference = if spot.value == "key" { Reference::Key } else { Reference::Udf };
    }
    if let Some(spot) = section.choice("closed_period", &["next_open", "hold"]) {
        policy.closed_period =
            if spot.value == "hold" { ClosedPeriod::Hold } else { ClosedPeriod::NextOpen };
    }
    if let Some(spot) = section.choice("release_unbilled", &["hold", "auto"]) {
        policy.release_unbilled = spot.value == "auto";
    }
    if let Some(spot) = section.switch("remap_posted") {
        policy.remap_posted = spot.value;
    }
}

fn amounts(section: &Section<'_>, policy: &mut Policy) {
    if let Some(spot) = section.choice("rounding", &["half_up", "half_even"]) {
        policy.rounding =
            if spot.value == "half_even" { Rounding::HalfEven } else { Rounding::HalfUp };
    }
    if let Some(spot) = section.choice("rounding_residual", &["largest_remainder", "strict"]) {
        policy.strict_rounding = spot.value == "strict";
    }
    if let Some(spot) = section.choice("over_billing", &["hold", "post"]) {
        policy.over_billing =
            if spot.value == "post" { OverBilling::Post } else { OverBilling::Hold };
    }
    if let Some(spot) = section.choice("negative_lines", &["keep", "split"]) {
        policy.negative_lines =
            if spot.value == "split" { NegativeLines::Split } else { NegativeLines::Keep };
    }
    if let Some(spot) = section.choice("foreign_currency", &["hold", "post"]) {
        policy.foreign_currency =
            if spot.value == "post" { ForeignCurrency::Post } else { ForeignCurrency::Hold };
    }
    let remedy = "write a list of SAP's tax codes, e.g. [\"V1\"]";
    if let Some(codes) = section.texts("commitment_tax_codes", remedy) {
        policy.commitment_tax_codes = codes.value.into_iter().map(|spot| spot.value).collect();
    }
    if let Some(spot) = section.integer("lines_max", 2, 2_000) {
        policy.lines_max = usize::try_from(spot.value).unwrap_or(policy.lines_max);
    }
}

fn accounts(section: &Section<'_>, policy: &mut Policy, clearing: &mut Vec<Spot<String>>) {
    let mut named = |name: &str| {
        let spot = account(section, name)?;
        let code = spot.value.clone();
        clearing.push(spot);
        Some(code)
    };
    policy.unbilled_account = named("unbilled_account");
    policy.accrued_account = named("accrued_account");
    policy.encumbrance_account = named("encumbrance_account");
    policy.encumbrance_reserve = named("encumbrance_reserve");
    policy.retainage_account = named("retainage_account");
    let tax_account = account(section, "tax_account");
    let tax = section.choice("tax_in_journal", &["hold", "cost", "account"]);
    let wants_account = tax.as_ref().is_some_and(|spot| spot.value == "account");
    match (wants_account, tax_account) {
        (true, Some(account)) => {
            policy.tax_in_journal = TaxInJournal::Account(account.value.clone());
            clearing.push(account);
        }
        (true, None) => {
            if let Some(tax) = tax
                && section.entry("tax_account").is_none()
            {
                let problem = "tax_in_journal = \"account\" needs posting.tax_account";
                let remedy = "add tax_account = \"<SAP account>\"";
                section.faults().add(&tax.place, tax.key, problem, remedy);
            }
        }
        (false, Some(account)) => {
            let problem = "is used only with tax_in_journal = \"account\"";
            let remedy = "set tax_in_journal = \"account\", or remove tax_account";
            section.faults().add(&account.place, account.key, problem, remedy);
        }
        (false, None) => {
            if tax.is_some_and(|spot| spot.value == "cost") {
                policy.tax_in_journal = TaxInJournal::Cost;
            }
        }
    }
}

fn account(section: &Section<'_>, name: &str) -> Option<Spot<String>> {
    let remedy = "write SAP's account code in quotes, e.g. \"2160\"";
    let spot = section.text(name, remedy)?;
    if spot.value.chars().count() > ACCOUNT_CHARS {
        let problem = format!("'{}' is longer than SAP's {ACCOUNT_CHARS} characters", spot.value);
        section.faults().add(&spot.place, spot.key, problem, remedy);
        return None;
    }
    Some(spot)
}

fn offsets(section: &Section<'_>, policy: &mut Policy, clearing: &mut Vec<Spot<String>>) {
    let offsets = section.section("direct_cost_offset");
    for (name, entry) in offsets.entries() {
        if !DIRECT_COST_TYPES.contains(&name) {
            let remedy = match nearest(name, DIRECT_COST_TYPES) {
                Some(known) => format!("did you mean '{known}'?"),
                None => format!("the types are {}", DIRECT_COST_TYPES.join(", ")),
            };
            let problem = "is no type of direct cost in Procore";
            section.faults().add(&entry.place, offsets.key(name), problem, remedy);
            continue;
        }
        let Some(spot) = account(&offsets, name) else { continue };
        let offset = if spot.value == "vendor" {
            Offset::Vendor
        } else {
            let code = spot.value.clone();
            clearing.push(spot);
            Offset::Account(code)
        };
        policy.direct_cost_offset.insert(name.to_owned(), offset);
    }
    offsets.finish();
}

fn postable(section: &Section<'_>, policy: &mut Policy) {
    let lists = section.section("postable");
    let mut read = BTreeMap::new();
    for (kind, known) in STATUSES {
        let remedy = "write a list of Procore's statuses, e.g. [\"approved\"]";
        let Some(spots) = lists.texts(kind.name(), remedy) else { continue };
        let mut statuses: Vec<String> = Vec::new();
        for spot in spots.value {
            if known.contains(&spot.value.as_str()) {
                statuses.push(spot.value);
                continue;
            }
            let folded = |status: &&str| status.eq_ignore_ascii_case(&spot.value);
            let remedy = match known.iter().copied().find(folded) {
                Some(status) => format!("did you mean \"{status}\"? {}", one_of(known)),
                None => one_of(known),
            };
            let problem = format!("'{}' is no status of a {}", spot.value, kind.name());
            lists.faults().add(&spot.place, spot.key, problem, remedy);
        }
        read.insert(kind, statuses);
    }
    let own = Kind::CommitmentChangeOrder.name();
    if let Some(entry) = lists.entry(own) {
        let problem = "follows the list of change_order";
        lists.faults().add(&entry.place, lists.key(own), problem, "write it under change_order");
    }
    policy.postable.extend(read);
    lists.finish();
}
