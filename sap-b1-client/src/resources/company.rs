//! What the company is, how it rounds, which periods it has. The calls are in [`super::company_service`].

use super::declare::entity_types;
use crate::wire::{PeriodStatus, TaxSystem, YesNo};
use chrono::NaiveDate;

entity_types! {
    /// What the company is.
    read CompanyInfo is "CompanyInfo" {
        /// Name.
        company_name: Option<String> = "CompanyName",
        /// Version of the company database.
        version: Option<i32> = "Version",
        /// Country whose rules apply.
        localization: Option<String> = "Localization",
        /// How sales tax is computed.
        tax_calculation_system: Option<TaxSystem> = "TaxCalculationSystem",
        /// Accounts have segments, so `Code` is a system key.
        enable_account_segmentation: Option<YesNo> = "EnableAccountSegmentation",
        /// The company's own rules run on every write.
        enable_transaction_notification: Option<YesNo> = "EnableTransactionNotification",
    }
}

entity_types! {
    /// How the company is set up.
    read AdminInfo is "AdminInfo" {
        /// Name.
        company_name: Option<String> = "CompanyName",
        /// Country.
        country: Option<String> = "Country",
        /// Local currency.
        local_currency: Option<String> = "LocalCurrency",
        /// System currency.
        system_currency: Option<String> = "SystemCurrency",
        /// Decimal places of amounts.
        totals_accuracy: Option<i32> = "TotalsAccuracy",
        /// Decimal places of prices.
        price_accuracy: Option<i32> = "PriceAccuracy",
        /// Decimal places of rates.
        rate_accuracy: Option<i32> = "RateAccuracy",
        /// Decimal places of percentages.
        percentage_accuracy: Option<i32> = "PercentageAccuracy",
        /// Decimal places of quantities.
        quantity_accuracy: Option<i32> = "AccuracyofQuantities",
        /// How rates are quoted.
        direct_indirect_rate: Option<YesNo> = "DirectIndirectRate",
        /// Rounding by currency.
        rounding_method: Option<YesNo> = "RoundingMethod",
        /// Tax amounts are rounded.
        round_tax_amounts: Option<YesNo> = "RoundTaxAmounts",
        /// Documents need a branch.
        enable_branches: Option<YesNo> = "EnableBranches",
        /// Posting dates may lie ahead.
        allow_future_posting_date: Option<YesNo> = "AllowFuturePostingDate",
        /// Document dates are blocked.
        block_tax_date: Option<YesNo> = "BlockTaxDate",
        /// Posting dates cannot be edited.
        block_posting_date_editing: Option<YesNo> = "BlockPostingDateEditing",
        /// Days within which a document can be cancelled.
        max_days_for_cancel: Option<i32> = "MaxDaysForCancel",
        /// Approval procedures apply to documents that come through an interface.
        enable_approval_procedure_in_di: Option<YesNo> = "EnableApprovalProcedureInDI",
        /// Reversals use negative amounts.
        use_negative_amounts: Option<YesNo> = "UseNegativeAmounts",
        /// What happens over budget.
        block_budget: Option<String> = "BlockBudget",
        /// When a budget warns.
        budget_alert: Option<String> = "BudgetAlert",
    }
}

entity_types! {
    /// A posting year.
    read PeriodCategory is "PeriodCategoryParams" {
        /// Key.
        absolute_entry: Option<i32> = "AbsoluteEntry",
    }
}

entity_types! {
    /// A posting period with its three independent windows.
    read FinancePeriod is "FinancePeriod" {
        /// Key.
        absolute_entry: Option<i32> = "AbsoluteEntry",
        /// Code.
        period_code: Option<String> = "PeriodCode",
        /// Name.
        period_name: Option<String> = "PeriodName",
        /// First posting date.
        posting_date_from: Option<NaiveDate> = "PostingDateFrom",
        /// Last posting date.
        posting_date_to: Option<NaiveDate> = "PostingDateTo",
        /// First due date.
        value_date_from: Option<NaiveDate> = "ValueDateFrom",
        /// Last due date.
        value_date_to: Option<NaiveDate> = "ValueDateTo",
        /// First document date.
        tax_date_from: Option<NaiveDate> = "TaxDateFrom",
        /// Last document date.
        tax_date_to: Option<NaiveDate> = "TaxDateTo",
        /// Locked.
        locked: Option<YesNo> = "Locked",
        /// Lock state.
        period_status: Option<PeriodStatus> = "PeriodStatus",
        /// Indicator.
        period_indicator: Option<String> = "PeriodIndicator",
    }
}
