//! What people do with budgets: modifications and budget changes, which move money between codes or add it, and
//! snapshots, which keep the budget as it stands.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{
    edit::NoSuchRecord,
    model::{Coding, Company, Project},
};

/// One transfer between budget lines, of a project without budget changes.
#[derive(Clone, Debug)]
pub struct BudgetModification {
    /// The id.
    pub id: i64,
    /// The line that gives; `None` where the whole budget is raised.
    pub from_line_id: Option<i64>,
    /// The line that receives.
    pub to_line_id: i64,
    /// What is transferred.
    pub amount: Decimal,
    /// What it is for.
    pub notes: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A budget as it stood when someone kept it.
#[derive(Clone, Debug)]
pub struct BudgetSnapshot {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// Procore's own word: `ad_hoc` or `project_status_snapshot`.
    pub kind: String,
    /// Procore's own word: `approved` or `under_review`.
    pub approval: String,
    /// The project as it was, without its snapshots.
    pub project: Box<Project>,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

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
    /// Transfers money between two budget lines, or raises one, and returns the modification's id.
    ///
    /// # Errors
    ///
    /// The project or a line does not exist, or the project has moved to budget changes.
    pub fn modify_budget(
        &mut self,
        project_id: i64,
        from_line_id: Option<i64>,
        to_line_id: i64,
        amount: Decimal,
    ) -> Result<i64, NoSuchRecord> {
        let (id, created_at) = (self.new_id(), self.now);
        let project = self.project_or(project_id)?;
        if project.uses_budget_changes {
            let text = format!("budget modification: project {project_id} uses budget changes");
            return Err(NoSuchRecord(text));
        }
        for line in from_line_id.into_iter().chain([to_line_id]) {
            if project.budget.iter().all(|held| held.id != line) {
                return Err(NoSuchRecord(format!("budget line {line}")));
            }
        }
        let notes = "Transfer".to_owned();
        let modification =
            BudgetModification { id, from_line_id, to_line_id, amount, notes, created_at };
        project.budget_modifications.push(modification);
        Ok(id)
    }

    /// Keeps the project's budget as it stands and returns the snapshot's id.
    ///
    /// # Errors
    ///
    /// The project does not exist.
    pub fn keep_budget(
        &mut self,
        project_id: i64,
        name: &str,
        kind: &str,
    ) -> Result<i64, NoSuchRecord> {
        let (id, created_at) = (self.new_id(), self.now);
        let project = self.project_or(project_id)?;
        let mut kept = project.clone();
        kept.budget_snapshots.clear();
        project.budget_snapshots.push(BudgetSnapshot {
            id,
            name: name.to_owned(),
            kind: kind.to_owned(),
            approval: "under_review".to_owned(),
            project: Box::new(kept),
            created_at,
        });
        Ok(id)
    }

    /// Adds a budget change and returns its id. From the first one on the project refuses budget modifications.
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
        let project = self.project_or(project_id)?;
        project.uses_budget_changes = true;
        let changes = &mut project.budget_changes;
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
