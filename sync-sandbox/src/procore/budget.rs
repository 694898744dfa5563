//! What people do with budgets: budget changes, which move money between codes or add it.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{
    edit::NoSuchRecord,
    model::{Coding, Company},
};

/// One budget change.
#[derive(Clone, Debug)]
pub struct BudgetChange {
    /// The id.
    pub id: i64,
    /// The number, from 1.
    pub number: i64,
    /// The title.
    pub title: String,
    /// Procore's own word: `draft`, `under_review`, `approved` or `void`.
    pub status: String,
    /// What it adds to each code, or takes.
    pub lines: Vec<BudgetAdjustment>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// One line of a budget change.
#[derive(Clone, Debug)]
pub struct BudgetAdjustment {
    /// The id.
    pub id: i64,
    /// What is changed.
    pub coding: Coding,
    /// What is added, or taken if negative.
    pub amount: Decimal,
}

impl Company {
    /// Adds a budget change and returns its id.
    ///
    /// # Errors
    ///
    /// The project does not exist, or it has no WBS code of that coding.
    pub fn add_budget_change(
        &mut self,
        project_id: i64,
        title: &str,
        status: &str,
        lines: &[(Coding, Decimal)],
    ) -> Result<i64, NoSuchRecord> {
        let project = self.project_or(project_id)?;
        if lines.iter().any(|(coding, _)| project.wbs_code(*coding).is_none()) {
            return Err(NoSuchRecord("WBS code of a budget change".to_owned()));
        }
        let id = self.new_id();
        let lines = lines
            .iter()
            .map(|(coding, amount)| BudgetAdjustment {
                id: self.new_id(),
                coding: *coding,
                amount: *amount,
            })
            .collect();
        let now = self.now;
        let changes = &mut self.project_or(project_id)?.budget_changes;
        let number = i64::try_from(changes.len()).unwrap_or(i64::MAX - 1) + 1;
        changes.push(BudgetChange {
            id,
            number,
            title: title.to_owned(),
            status: status.to_owned(),
            lines,
            created_at: now,
        });
        Ok(id)
    }
}
