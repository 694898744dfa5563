//! The chart of accounts.

use super::declare::{entity_sets, entity_types, new_entity};
use crate::wire::{AccountType, YesNo};
use chrono::NaiveDate;
use rust_decimal::Decimal;

entity_types! {
    /// A general ledger account.
    read ChartOfAccount is "ChartOfAccount" {
        /// Level in the tree.
        account_level: Option<i32> = "AccountLevel",
        /// Balance, local currency.
        balance: Option<Decimal> = "Balance",
    }
    /// A general ledger account to create.
    write NewChartOfAccount in "ChartOfAccounts" {}
    both {
        /// System key, what rows name: `_SYS00000000164` where account segmentation is on.
        code: Option<String> = "Code",
        /// Number a person sees, segments joined.
        format_code: Option<String> = "FormatCode",
        /// Name.
        name: Option<String> = "Name",
        /// Name in another language.
        foreign_name: Option<String> = "ForeignName",
        /// Title account above.
        father_account_key: Option<String> = "FatherAccountKey",
        /// Postable; title accounts are not.
        active_account: Option<YesNo> = "ActiveAccount",
        /// Revenue, expense or other.
        account_type: Option<AccountType> = "AccountType",
        /// Currency; `##` is any.
        acct_currency: Option<String> = "AcctCurrency",
        /// Cash account.
        cash_account: Option<YesNo> = "CashAccount",
        /// Control account: posted through a partner only.
        lock_manual_transaction: Option<YesNo> = "LockManualTransaction",
        /// No manual posting.
        block_manual_posting: Option<YesNo> = "BlockManualPosting",
        /// Wants a project.
        project_relevant: Option<YesNo> = "ProjectRelevant",
        /// Wants a rule of dimension 1.
        distribution_rule_relevant: Option<YesNo> = "DistributionRuleRelevant",
        /// Wants a rule of dimension 2.
        distribution_rule2_relevant: Option<YesNo> = "DistributionRule2Relevant",
        /// Wants a rule of dimension 3.
        distribution_rule3_relevant: Option<YesNo> = "DistributionRule3Relevant",
        /// Wants a rule of dimension 4.
        distribution_rule4_relevant: Option<YesNo> = "DistributionRule4Relevant",
        /// Wants a rule of dimension 5.
        distribution_rule5_relevant: Option<YesNo> = "DistributionRule5Relevant",
        /// Default tax group.
        default_vat_group: Option<String> = "DefaultVatGroup",
        /// Default project.
        project_code: Option<String> = "ProjectCode",
        /// Has a budget.
        budget_account: Option<YesNo> = "BudgetAccount",
        /// Active.
        valid_for: Option<YesNo> = "ValidFor",
        /// Active from.
        valid_from: Option<NaiveDate> = "ValidFrom",
        /// Active until.
        valid_to: Option<NaiveDate> = "ValidTo",
        /// Inactive.
        frozen_for: Option<YesNo> = "FrozenFor",
        /// Inactive from.
        frozen_from: Option<NaiveDate> = "FrozenFrom",
        /// Inactive until.
        frozen_to: Option<NaiveDate> = "FrozenTo",
        /// Branch.
        branch_id: Option<i32> = "BPLID",
    }
}

new_entity!(NewChartOfAccount creates ChartOfAccount);

entity_sets! {
    ChartOfAccount by code = "Code" {
        /// The chart of accounts.
        chart_of_accounts = "ChartOfAccounts",
    }
}
