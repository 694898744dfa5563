//! A few records that cannot be posted as they are, so that exceptions are seen.

use rust_decimal::Decimal;

use super::{
    Making,
    books::{Books, PartnerKind},
    commitments::{on, typed},
    directory::{self, codings},
    words::UNMAPPED_COST_CODE,
};
use crate::procore::{
    CommitmentKind, Company, DirectCostType, NewCommitment, NewDirectCost, NewLine, RecordRef,
    Vendor,
};

/// Why a record cannot be posted as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// A direct cost on a cost code that no rule covers: `cost_code_unmapped`.
    UnmappedCostCode,
    /// A direct cost of a vendor that SAP has frozen: `vendor_invalid`.
    FrozenVendor,
    /// A subcontract whose header is not the sum of its lines: `rounding_mismatch`.
    HeaderDiffersFromLines,
    /// A direct cost that states tax: `tax_not_configured`.
    StatedTax,
}

/// One record that cannot be posted as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong.
    pub kind: TroubleKind,
    /// The project it is in.
    pub project_id: i64,
    /// The record.
    pub record: RecordRef,
    /// The record's source key, such as `8089:865:direct_cost:4711`.
    pub source_key: String,
}

impl Trouble {
    fn new(kind: TroubleKind, company: &Company, project_id: i64, record: RecordRef) -> Self {
        let (word, id) = match record {
            RecordRef::Commitment(id) => ("subcontract", id),
            RecordRef::ChangeOrder(id) => ("change_order", id),
            RecordRef::DirectCost(id) => ("direct_cost", id),
            RecordRef::Requisition(id) => ("requisition", id),
        };
        let source_key = format!("{}:{project_id}:{word}:{id}", company.id);
        Self { kind, project_id, record, source_key }
    }
}

/// Adds one record of each trouble to a project, and the frozen vendor to the books.
pub(crate) fn add(
    making: &mut Making,
    company: &mut Company,
    books: &mut Books,
    project_id: i64,
) -> Vec<Trouble> {
    let month = making.size.months / 2;
    let day = making.day_in_month(month);
    on(company, day);
    let frozen = frozen_vendor(company, books);
    let mut troubles = Vec::new();
    let costs = [
        (TroubleKind::UnmappedCostCode, None, Decimal::ZERO),
        (TroubleKind::FrozenVendor, Some(frozen), Decimal::ZERO),
        (TroubleKind::StatedTax, None, Decimal::new(2_400, 2)),
    ];
    for (kind, vendor, tax_total) in costs {
        let vendor_id = vendor.or_else(|| company.vendors.first().map(|v| v.id));
        let lines = cost_lines(company, project_id, kind);
        let new = NewDirectCost {
            kind: DirectCostType::Invoice,
            status: "approved".to_owned(),
            date: Some(day),
            vendor_id,
            employee: None,
            invoice_number: Some(making.invoice_number()),
            description: "Entered in haste".to_owned(),
            tax_total,
            lines,
        };
        if let Ok(id) = company.add_direct_cost(project_id, new) {
            troubles.push(Trouble::new(kind, company, project_id, RecordRef::DirectCost(id)));
        }
    }
    troubles.extend(odd_subcontract(company, project_id, day));
    troubles
}

fn cost_lines(company: &Company, project_id: i64, kind: TroubleKind) -> Vec<NewLine> {
    let codings = codings(company, project_id, "M");
    let mut lines: Vec<NewLine> = codings
        .iter()
        .take(1)
        .map(|coding| typed(*coding, "Anchor bolts", Decimal::new(30_000, 2)))
        .collect();
    if kind == TroubleKind::UnmappedCostCode {
        let unmapped = company
            .project(project_id)
            .and_then(|p| p.cost_codes.iter().find(|c| c.full_code == UNMAPPED_COST_CODE.0));
        for (line, code) in lines.iter_mut().zip(unmapped) {
            if let Some(coding) = &mut line.coding {
                coding.cost_code_id = code.id;
            }
        }
    }
    lines
}

/// A subcontract whose header is 137.00 above its lines; nothing was billed on it.
fn odd_subcontract(
    company: &mut Company,
    project_id: i64,
    day: chrono::NaiveDate,
) -> Option<Trouble> {
    let codings = codings(company, project_id, "S");
    let lines: Vec<NewLine> = codings
        .iter()
        .take(2)
        .map(|coding| typed(*coding, "Lump sum", Decimal::new(1_250_000, 2)))
        .collect();
    let new = NewCommitment {
        kind: CommitmentKind::Subcontract,
        number: "SC-900".to_owned(),
        title: "Imported from a spreadsheet".to_owned(),
        status: "Approved".to_owned(),
        vendor_id: company.vendors.first().map(|v| v.id),
        contract_date: Some(day),
        execution_date: Some(day),
        retainage_percent: Decimal::TEN,
        lines,
    };
    let id = company.add_commitment(project_id, new).ok()?;
    let record = RecordRef::Commitment(id);
    let total = Decimal::new(2_513_700, 2);
    company.set_stated_total(project_id, record, Some(total)).ok()?;
    Some(Trouble::new(TroubleKind::HeaderDiffersFromLines, company, project_id, record))
}

fn frozen_vendor(company: &mut Company, books: &mut Books) -> i64 {
    let id = company.new_id();
    let name = "Vanished Fasteners";
    company.vendors.push(Vendor {
        id,
        name: name.to_owned(),
        active: true,
        tax_id: None,
        created_at: company.now,
        updated_at: company.now,
    });
    let mut partner = directory::partner("V99001".to_owned(), name, PartnerKind::Supplier);
    partner.frozen = true;
    books.partners.push(partner);
    id
}
