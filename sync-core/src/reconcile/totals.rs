//! The projects of one currency, added up.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{ProjectReconciliation, Terms};

/// The way from Procore's total to what SAP holds, over every project of one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrencyTotal {
    /// The currency.
    pub currency: String,
    /// Commitments and change orders, or what is billed, by the basis.
    pub committed: Decimal,
    /// Direct costs.
    pub direct_costs: Decimal,
    /// Why a part is not in SAP.
    pub terms: Terms,
    /// Net cost that SAP holds by key.
    pub in_sap: Decimal,
    /// How many documents SAP holds by key.
    pub documents: u64,
    /// Billed to date by approved requisitions.
    pub billed: Decimal,
    /// What stands in SAP by key as approved and not yet billed.
    pub unbilled_in_sap: Decimal,
    /// What the books held of it at the cut-over.
    pub unbilled_opening: Decimal,
    /// Retainage that Procore says is held.
    pub retainage_in_procore: Decimal,
    /// Retainage that SAP holds by key.
    pub retainage_in_sap: Decimal,
    /// Retainage that the books held at the cut-over.
    pub retainage_opening: Decimal,
}

impl CurrencyTotal {
    /// One total per currency, by the currency's code.
    pub(super) fn of(projects: &[ProjectReconciliation]) -> Vec<Self> {
        let mut totals: BTreeMap<&str, Self> = BTreeMap::new();
        for project in projects {
            let total = totals
                .entry(&project.currency)
                .or_insert_with(|| Self { currency: project.currency.clone(), ..Self::default() });
            total.committed += project.committed;
            total.direct_costs += project.direct_costs;
            total.terms.add(&project.terms);
            total.in_sap += project.in_sap;
            total.documents += project.documents;
            total.billed += project.billed;
            total.unbilled_in_sap += project.unbilled_in_sap;
            total.retainage_in_procore += project.retainage_in_procore;
            total.retainage_in_sap += project.retainage_in_sap;
            total.unbilled_opening += project.unbilled_opening;
            total.retainage_opening += project.retainage_opening;
        }
        totals.into_values().collect()
    }

    /// Procore's total: commitments, change orders and direct costs in their postable statuses.
    #[must_use]
    pub fn procore_total(&self) -> Decimal {
        self.committed + self.direct_costs
    }

    /// What SAP should hold by key.
    #[must_use]
    pub fn expected(&self) -> Decimal {
        self.terms.expected_of(self.procore_total())
    }

    /// Expected minus what SAP holds. Two projects whose differences cancel out show zero here and a
    /// difference each; [`Reconciliation::difference`](super::Reconciliation::difference) shows both.
    #[must_use]
    pub fn difference(&self) -> Decimal {
        self.expected() - self.in_sap
    }
}
