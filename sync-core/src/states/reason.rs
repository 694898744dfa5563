//! Why a record waits, is held or was rejected, with the remedy of each reason and the decisions
//! that a person has.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a person may decide on a held record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Decisions {
    /// `--post`: what it posts; `None` where the record posts only when the cause is mended.
    pub post: Option<&'static str>,
    /// `--skip`.
    pub skip: bool,
    /// `--adopt DOCENTRY`.
    pub adopt: bool,
}

impl Decisions {
    /// The allowed decisions by the names of the command's options.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let mut names = Vec::new();
        if self.post.is_some() {
            names.push("post");
        }
        if self.skip {
            names.push("skip");
        }
        if self.adopt {
            names.push("adopt");
        }
        names
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $remedy:literal, $post:expr, $skip:literal, $adopt:literal;)*) => {
        /// Why a record waits, is held or was rejected.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in reports and in the store.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What would mend it, in a sentence.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }

            /// What a person may decide.
            #[must_use]
            pub const fn decisions(self) -> Decisions {
                match self { $(Self::$variant => Decisions { post: $post, skip: $skip, adopt: $adopt },)* }
            }
        }
    };
}

reasons! {
    /// The commitment that the record belongs to is not posted.
    WaitingForParent = "waiting_for_parent", "nothing to do: it goes on when its commitment is posted", None, false, false;
    /// The requisition before it is not posted.
    WaitingForPrevious = "waiting_for_previous", "nothing to do: it goes on when the requisition before it is posted", None, false, false;
    /// It left its postable status; more than one observation is needed before money is reversed.
    Settling = "settling", "nothing to do: it is reversed or goes on when its status has settled", None, false, false;
    /// No row of projects.csv.
    ProjectUnmapped = "project_unmapped", "add the project's row to projects.csv", None, true, false;
    /// No rule of accounts.csv.
    CostCodeUnmapped = "cost_code_unmapped", "add a rule for this cost code to accounts.csv", None, true, false;
    /// No row of vendors.csv.
    VendorUnmapped = "vendor_unmapped", "add the vendor's row to vendors.csv", None, true, false;
    /// Procore names no vendor and a line needs one.
    VendorMissing = "vendor_missing", "set the vendor in Procore", None, true, false;
    /// The partner is not in SAP, no supplier, inactive, frozen, or of another currency.
    VendorInvalid = "vendor_invalid", "mend the business partner in SAP, or its row in vendors.csv", None, true, false;
    /// SAP lacks the account, or it cannot be posted to.
    AccountInvalid = "account_invalid", "correct the account in the mapping or in SAP", None, true, false;
    /// SAP lacks the profit center, or it is inactive or out of its dates.
    ProfitCenterInvalid = "profit_center_invalid", "correct the profit center in the mapping or in SAP", None, true, false;
    /// SAP lacks the project, or it is inactive or out of its dates.
    SapProjectInvalid = "sap_project_invalid", "correct the SAP project in projects.csv or in SAP", None, true, false;
    /// SAP lacks the tax code, or it is inactive or not valid for purchases.
    TaxCodeInvalid = "tax_code_invalid", "correct the tax code in the mapping or in SAP", None, true, false;
    /// The account requires a dimension or a project.
    DimensionRequired = "dimension_required", "fill the dimension in accounts.csv or projects.csv", None, true, false;
    /// Branches are on and the project has none.
    BranchMissing = "branch_missing", "fill the branch in projects.csv", None, true, false;
    /// An A/P line has no tax code.
    TaxCodeMissing = "tax_code_missing", "fill tax_code in accounts.csv or projects.csv", None, true, false;
    /// A value is longer than SAP's column.
    ValueTooLong = "value_too_long", "shorten the value in the mapping", None, true, false;
    /// SAP does not know the currency.
    CurrencyNotInSap = "currency_not_in_sap", "add the currency in SAP", None, true, false;
    /// More digits than SAP's columns hold.
    AmountOutOfRange = "amount_out_of_range", "correct the amount in Procore", None, true, false;
    /// Header and lines differ by more than rounding explains.
    RoundingMismatch = "rounding_mismatch", "correct the header or the lines in Procore", Some("the lines"), true, false;
    /// Procore states tax and the configuration does not say where it goes.
    TaxNotConfigured = "tax_not_configured", "set posting.tax_in_journal to cost or account", None, true, false;
    /// A record in another currency while foreign currencies are held.
    ForeignCurrencyNotEnabled = "foreign_currency_not_enabled", "set posting.foreign_currency to post, or enter the record in SAP by hand", None, true, false;
    /// SAP has no exchange rate for the posting date.
    MissingExchangeRate = "missing_exchange_rate", "enter the exchange rate of the posting date in SAP", None, true, false;
    /// A requisition's ties fail.
    DoesNotTie = "does_not_tie", "correct the requisition in Procore", Some("the differences"), true, false;
    /// More retainage is released than is held.
    ReleaseExceedsRetainage = "release_exceeds_retainage", "correct the retainage in Procore", Some("as stated"), true, false;
    /// More is billed than approved.
    OverBilling = "over_billing", "approve a change order in Procore, or set posting.over_billing to post", Some("the excess as cost"), true, false;
    /// SAP holds more cost by key than the record's limit allows.
    OverRecognised = "over_recognised", "look at the documents named and cancel what is too much", None, true, false;
    /// An A/P invoice without our key looks like this record.
    PossibleManualDuplicate = "possible_manual_duplicate", "look at the document named; adopt it or post", Some("as planned"), true, true;
    /// A direct cost and a requisition carry one invoice number.
    PossibleDoubleCount = "possible_double_count", "look at the other record; one of them is too much", Some("as planned"), true, false;
    /// SAP holds the vendor's number on another document.
    VendorReferenceTaken = "vendor_reference_taken", "look at the document that holds this vendor reference", Some("with the sequence after the number"), true, true;
    /// Two live documents under one sequence, or lines that are not the record's.
    ForeignDocument = "foreign_document", "cancel the copy in SAP, or clear its U_ProcoreKey", None, true, false;
    /// A person cancelled or reversed our document.
    CancelledInSap = "cancelled_in_sap", "decide whether the record is posted again", Some("under the next sequence"), true, false;
    /// A draft was rejected or vanished.
    RefusedInSap = "refused_in_sap", "ask the approver, then decide whether the record is posted again", Some("under the next sequence"), true, false;
    /// The period of the posting date is closed.
    PeriodClosed = "period_closed", "open the period in SAP, or set posting.closed_period to next_open", Some("first open period"), true, false;
    /// The next open period is in another fiscal year.
    CrossesFiscalYear = "crosses_fiscal_year", "open a period of the fiscal year in SAP", Some("first open period"), true, false;
    /// A due date is outside its window.
    DateOutOfWindow = "date_out_of_window", "widen the period's due date window in SAP, or mend the payment terms", None, true, false;
    /// A record of the opening list changed.
    ChangedBeforeStart = "changed_before_start", "correct the opening balance in SAP", Some("difference, whole"), true, false;
    /// A record with an early posting date that was not on the opening list.
    LateBeforeStart = "late_before_start", "check whether the books hold it already", Some("difference, whole"), true, false;
    /// A posted record changed in a way that needs a person.
    ChangedAfterPosting = "changed_after_posting", "look at the change and correct it in SAP", Some("as adjust"), true, false;
    /// A billed commitment ended.
    EndedEarly = "ended_early", "decide whether the commitment is reduced to what was billed", Some("reduce to billed"), true, false;
    /// A finished commitment was not billed in full.
    UnbilledRemainder = "unbilled_remainder", "decide whether the remainder is released", Some("reduce to billed"), true, false;
    /// A reduction is beyond what the vendor's documents of the record leave open.
    WouldExceedOpenBalance = "would_exceed_open_balance", "look at the payments of the document in SAP", Some("as planned"), true, false;
    /// The project's change order tier changed.
    TierChanged = "tier_changed", "match the posted change orders with those of the new tier", Some("as a new record"), true, false;
    /// An item of a list does not decode.
    UnreadableRecord = "unreadable_record", "report the record; its list is read again in every cycle", None, false, false;
    /// SAP refused the document.
    RejectedBySap = "rejected_by_sap", "mend what SAP's message names; it is sent again in the next cycle", None, true, false;
    /// The company's own check in SAP refused it.
    CustomRule = "custom_rule", "ask who keeps the company's own checks in SAP", None, true, false;
    /// The user may not do it.
    Forbidden = "forbidden", "give the SAP user the authorisation", None, true, false;
    /// Numbering series or user fields are missing.
    SetupMissing = "setup_missing", "run setup, and define the numbering series in SAP", None, true, false;
}

impl Reason {
    /// Reads a name back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.name() == name)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a record is where it is: the reason with its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The name.
    pub reason: Reason,
    /// Record, field, value, and what would be right.
    pub detail: String,
}

impl Cause {
    /// A cause with its figures.
    #[must_use]
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}
