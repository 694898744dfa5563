//! The chart of accounts.

use super::{Collection, Entity};
use crate::client::Client;
use crate::query::Key;
use crate::wire::{AccountType, YesNo, date, exact};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

/// A general ledger account.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ChartOfAccount {
    /// System key, what rows name: `_SYS00000000164` where account segmentation is on.
    #[serde(rename = "Code")]
    pub code: Option<String>,
    /// Number a person sees, segments joined.
    #[serde(rename = "FormatCode")]
    pub format_code: Option<String>,
    /// Name.
    #[serde(rename = "Name")]
    pub name: Option<String>,
    /// Name in another language.
    #[serde(rename = "ForeignName")]
    pub foreign_name: Option<String>,
    /// Title account above.
    #[serde(rename = "FatherAccountKey")]
    pub father_account_key: Option<String>,
    /// Level in the tree.
    #[serde(rename = "AccountLevel")]
    pub account_level: Option<i32>,
    /// Postable; title accounts are not.
    #[serde(rename = "ActiveAccount")]
    pub active_account: Option<YesNo>,
    /// Revenue, expense or other.
    #[serde(rename = "AccountType")]
    pub account_type: Option<AccountType>,
    /// Currency; `##` is any.
    #[serde(rename = "AcctCurrency")]
    pub acct_currency: Option<String>,
    /// Cash account.
    #[serde(rename = "CashAccount")]
    pub cash_account: Option<YesNo>,
    /// Control account: posted through a partner only.
    #[serde(rename = "LockManualTransaction")]
    pub lock_manual_transaction: Option<YesNo>,
    /// No manual posting.
    #[serde(rename = "BlockManualPosting")]
    pub block_manual_posting: Option<YesNo>,
    /// Wants a project.
    #[serde(rename = "ProjectRelevant")]
    pub project_relevant: Option<YesNo>,
    /// Wants a rule of dimension 1.
    #[serde(rename = "DistributionRuleRelevant")]
    pub distribution_rule_relevant: Option<YesNo>,
    /// Wants a rule of dimension 2.
    #[serde(rename = "DistributionRule2Relevant")]
    pub distribution_rule2_relevant: Option<YesNo>,
    /// Wants a rule of dimension 3.
    #[serde(rename = "DistributionRule3Relevant")]
    pub distribution_rule3_relevant: Option<YesNo>,
    /// Wants a rule of dimension 4.
    #[serde(rename = "DistributionRule4Relevant")]
    pub distribution_rule4_relevant: Option<YesNo>,
    /// Wants a rule of dimension 5.
    #[serde(rename = "DistributionRule5Relevant")]
    pub distribution_rule5_relevant: Option<YesNo>,
    /// Default tax group.
    #[serde(rename = "DefaultVatGroup")]
    pub default_vat_group: Option<String>,
    /// Default project.
    #[serde(rename = "ProjectCode")]
    pub project_code: Option<String>,
    /// Has a budget.
    #[serde(rename = "BudgetAccount")]
    pub budget_account: Option<YesNo>,
    /// Balance, local currency.
    #[serde(rename = "Balance", deserialize_with = "exact::option::deserialize")]
    pub balance: Option<Decimal>,
    /// Active.
    #[serde(rename = "ValidFor")]
    pub valid_for: Option<YesNo>,
    /// Active from.
    #[serde(rename = "ValidFrom", deserialize_with = "date::option::deserialize")]
    pub valid_from: Option<NaiveDate>,
    /// Active until.
    #[serde(rename = "ValidTo", deserialize_with = "date::option::deserialize")]
    pub valid_to: Option<NaiveDate>,
    /// Inactive.
    #[serde(rename = "FrozenFor")]
    pub frozen_for: Option<YesNo>,
    /// Inactive from.
    #[serde(rename = "FrozenFrom", deserialize_with = "date::option::deserialize")]
    pub frozen_from: Option<NaiveDate>,
    /// Inactive until.
    #[serde(rename = "FrozenTo", deserialize_with = "date::option::deserialize")]
    pub frozen_to: Option<NaiveDate>,
    /// Branch.
    #[serde(rename = "BPLID")]
    pub branch_id: Option<i32>,
}

impl Entity for ChartOfAccount {
    const KEY: &'static str = "Code";

    fn key(&self) -> Option<Key> {
        self.code.clone().map(Key::from)
    }
}

impl Client {
    /// The chart of accounts.
    #[must_use]
    pub fn chart_of_accounts(&self) -> Collection<ChartOfAccount> {
        Collection::new(self, "ChartOfAccounts")
    }
}
