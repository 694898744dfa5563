//! What is worth knowing of a record and never stops it, with the remedy of each finding.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Decisions;

macro_rules! findings {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $remedy:literal, $waits:literal;)*) => {
        /// Something worth knowing that never stops a record.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FindingKind {
            $($(#[$doc])* $variant,)*
        }

        impl FindingKind {
            /// Every finding.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in reports and in the store.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What a person does about it, in a sentence.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }

            /// Whether it counts for exit code 2 until a person accepts it.
            #[must_use]
            pub const fn waits_for_a_person(self) -> bool {
                match self { $(Self::$variant => $waits,)* }
            }
        }
    };
}

findings! {
    /// quantity x unit cost is off the stated amount by more than a unit.
    QuantityPriceDiffers = "quantity_price_differs", "compare quantity and unit cost in Procore; the stated amount was posted", false;
    /// A source amount has more decimals than the currency.
    ExcessDecimals = "excess_decimals", "nothing to do: the amount was rounded to the currency's decimals", false;
    /// The posting date was moved to the next open period.
    MovedToOpenPeriod = "moved_to_open_period", "nothing to do, or open the period in SAP before the next cycle", false;
    /// SAP's tax differs from the prediction by at most a unit per line.
    TaxRounding = "tax_rounding", "nothing to do: SAP rounds tax by its own rule", false;
    /// SAP's tax differs from Procore's stated tax.
    TaxDiffers = "tax_differs", "compare the tax code of the lines with the tax that Procore states", false;
    /// A vendor was billed above what is approved.
    BilledOverApproved = "billed_over_approved", "approve a change order in Procore, or have the vendor correct the invoice", false;
    /// Same vendor, amount and month as another record.
    PossibleRepeat = "possible_repeat", "compare the two records in Procore; void the one that is too much", false;
    /// A line on a cost code without a budget.
    NotInBudget = "not_in_budget", "budget the cost code in Procore, or re-code the line", false;
    /// The budget of a project could not be read.
    BudgetUnavailable = "budget_unavailable", "give the credentials read access to the project's budget and one budget view", false;
    /// A commitment is cleared in its own currency and not in that of the books.
    ExchangeDifference = "exchange_difference", "run SAP's exchange rate differences over the account", false;
    /// A change was adjusted although the policy restates: its documents cannot be taken back.
    NotRestated = "not_restated", "nothing to do: the adjustments say what a restatement would have said", false;
    /// SAP posted other amounts than were sent.
    SapRecalculated = "sap_recalculated", "compare the document with its record; mend the setting in SAP that changed it", true;
}

impl FindingKind {
    /// What a person may decide: to accept a finding that waits for one.
    #[must_use]
    pub const fn decisions(self) -> Decisions {
        Decisions { post: None, skip: self.waits_for_a_person(), adopt: false }
    }

    /// Reads a name back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A finding on one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of finding.
    pub kind: FindingKind,
    /// The figures, in a sentence.
    pub detail: String,
}

impl Finding {
    /// A finding with its figures.
    #[must_use]
    pub fn new(kind: FindingKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}
