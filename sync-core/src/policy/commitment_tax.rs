//! Taxable codes on commitments, where they would claim input tax before the vendor has invoiced anything.
//!
//! On the basis `commitment` an approved commitment is an A/P invoice. In a VAT localisation an A/P invoice with a
//! taxable code puts its tax on the VAT return of the posting date, and no vendor has sent a tax invoice yet. So such
//! a code is an error of the configuration, unless the company names it.

use rust_decimal::Decimal;

use super::{Basis, Policy, PolicyFinding};
use crate::{
    catalog::Catalog,
    mapping::{AccountRule, MappingTables, Target},
};

/// The key of the configuration.
const KEY: &str = "posting.commitment_tax_codes";

impl Policy {
    /// What contradicts itself without the company's master data: a list that nothing reads.
    pub(super) fn commitment_codes_unread(&self, findings: &mut Vec<PolicyFinding>) {
        if self.basis != Basis::Commitment && !self.commitment_tax_codes.is_empty() {
            findings.push(PolicyFinding::new(
                KEY,
                "is used only with basis = \"commitment\"",
                "remove the key: only there are commitments A/P documents",
            ));
        }
    }

    /// Every rule, and every default of a project, that puts a taxable code on commitments without leave; and
    /// every code that is allowed to no effect.
    pub(super) fn taxable_commitments(
        &self,
        mapping: &MappingTables,
        catalog: &Catalog,
        findings: &mut Vec<PolicyFinding>,
    ) {
        if self.basis != Basis::Commitment {
            return;
        }
        if !catalog.is_vat_localisation() {
            if !self.commitment_tax_codes.is_empty() {
                findings.push(PolicyFinding::new(
                    KEY,
                    "is used only in a VAT localisation, and SAP says that this company is in none",
                    "remove the key",
                ));
            }
            return;
        }
        let unknown = |code: &&String| !catalog.tax_codes.contains_key(*code);
        for code in self.commitment_tax_codes.iter().filter(unknown) {
            findings.push(PolicyFinding::new(
                KEY,
                format!("SAP has no tax code '{code}'"),
                "name one of SAP's tax groups, or remove it",
            ));
        }
        for rule in mapping.rules() {
            if let Target::Value(code) = &rule.tax_code {
                findings.extend(self.without_leave(catalog, code, "accounts.csv", rule.row));
            }
        }
        for (project, row) in mapping.projects() {
            let reads = |rule: &AccountRule| {
                rule.tax_code == Target::Default && rule.project.is_none_or(|own| own == project)
            };
            if let Some(code) = &row.tax_code
                && mapping.rules().iter().any(reads)
            {
                findings.extend(self.without_leave(catalog, code, "projects.csv", row.row));
            }
        }
    }

    /// A taxable code that nobody allowed; what SAP does not know is another fault, of the mapping.
    fn without_leave(
        &self,
        catalog: &Catalog,
        code: &str,
        file: &str,
        row: usize,
    ) -> Option<PolicyFinding> {
        let rate = catalog.tax_codes.get(code)?.rate;
        if rate == Decimal::ZERO || self.commitment_tax_codes.contains(code) {
            return None;
        }
        Some(PolicyFinding::new(
            format!("{file} row {row}"),
            format!(
                "tax code {code} ({} %) is taxable: commitments posted with it claim input tax before the vendor \
                 has sent an invoice",
                rate.normalize()
            ),
            format!("give it a code of 0 %, or name {code} in {KEY}"),
        ))
    }
}
