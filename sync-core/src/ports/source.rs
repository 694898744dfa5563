//! Where costs are read from.

use std::{collections::BTreeMap, fmt};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::model::{CompanyId, CostCoding, CostRecord, ProjectId, ReadKind, RecordHeader};

/// Which records of a list are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Every record, without any filter.
    All,
    /// Those changed at or after this moment.
    Since(DateTime<Utc>),
    /// Those with these ids (of [`SourceKey::id`](crate::model::SourceKey)).
    Ids(Vec<i64>),
    /// Every record, without any filter; those whose lines cost a call of their own by their headers alone.
    Headers,
}

/// One list of one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadScope {
    /// The project.
    pub project: ProjectId,
    /// The list.
    pub kind: ReadKind,
    /// Which records.
    pub changes: Changes,
}

/// Where the next chunk begins; only the source that made it can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken(pub String);

/// An item of a list that does not decode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRecord {
    /// The id, where at least that could be read.
    pub id: Option<i64>,
    /// Where in the item it fails and why.
    pub detail: String,
}

/// A bounded part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    /// The records, with their lines.
    pub records: Vec<CostRecord>,
    /// Records by their headers alone: with [`Changes::Headers`] those of the list that are not among
    /// `records`; in every reading those of other lists that the source had to read beside it.
    pub headers: Vec<RecordHeader>,
    /// The items that could not be read.
    pub unreadable: Vec<UnreadableRecord>,
    /// Of the list of change orders: how many tiers the project's change orders have, where the source
    /// knows. With three tiers a list shows other records than with one or two.
    pub tiers: Option<i64>,
    /// The next chunk; `None` on the last.
    pub next: Option<PageToken>,
}

/// A project that the source can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceProject {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Its number, where it has one.
    pub number: Option<String>,
    /// Its time zone, as Procore writes it.
    pub time_zone: Option<String>,
    /// Its ISO 4217 currency, where Procore states one; `None` is the company's.
    pub currency: Option<String>,
}

/// What is budgeted for one code of a project, in the project's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetRow {
    /// The code; a budget may be kept without cost types.
    pub coding: CostCoding,
    /// The original budget.
    pub original: Decimal,
    /// What modifications added to it or took from it.
    pub modifications: Decimal,
}

impl BudgetRow {
    /// The original budget with its modifications.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        self.original + self.modifications
    }
}

/// What the credentials can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeReport {
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub company_name: String,
    /// The configured projects that are visible.
    pub projects: Vec<SourceProject>,
    /// The configured projects that are not, each with the reason.
    pub not_visible: Vec<(ProjectId, String)>,
}

/// What the requests of the engine cost in calls, as far as that can be told before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCosts {
    /// Once per cycle, for [`CostSource::scope`].
    pub scope: u64,
    /// Per project and cycle, beside its lists.
    pub project: u64,
    /// Per part of a list, empty ones too.
    pub list: u64,
    /// How many records a part of a list holds.
    pub page: u64,
    /// Once per project in which anything is read: reference lists.
    pub reference: u64,
    /// What the records of a list cost beside it.
    pub kinds: BTreeMap<ReadKind, KindCosts>,
}

impl Default for SourceCosts {
    /// One call for the scope and one per part of a list, which brings its lines.
    fn default() -> Self {
        Self { scope: 1, project: 0, list: 1, page: 100, reference: 0, kinds: BTreeMap::new() }
    }
}

/// What the records of one list cost beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindCosts {
    /// Per list and cycle, whether anything changed or not.
    pub list: u64,
    /// Per record: its lines.
    pub record: u64,
    /// Where lines of many records come in one list: how many records one of its parts serves.
    pub page: Option<u64>,
}

/// What went wrong, as far as the engine must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceErrorKind {
    /// The credentials were refused: `login_refused`.
    LoginRefused,
    /// The company is not visible: `company_not_visible`.
    CompanyNotVisible,
    /// One project or list is not visible: `project_not_visible`.
    ProjectNotVisible,
    /// The list could not be read after retries, HTML or malformed: `source_unavailable`.
    Unavailable,
}

impl SourceErrorKind {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoginRefused => "login_refused",
            Self::CompanyNotVisible => "company_not_visible",
            Self::ProjectNotVisible => "project_not_visible",
            Self::Unavailable => "source_unavailable",
        }
    }
}

/// A source that could not answer.
#[derive(Debug, thiserror::Error)]
#[error("{}: {detail}", kind.name())]
pub struct SourceError {
    /// What went wrong.
    pub kind: SourceErrorKind,
    /// Where, and what would be right.
    pub detail: String,
}

impl SourceError {
    /// An error with its sentence.
    #[must_use]
    pub fn new(kind: SourceErrorKind, detail: impl fmt::Display) -> Self {
        Self { kind, detail: detail.to_string() }
    }
}

/// Where costs are read from.
///
/// Laws: `read` answers records with all their lines; following `next` until it is `None` answers
/// each record of the scope at least once; with [`Changes::All`] a record that is not answered is
/// not there, and with [`Changes::Headers`] one that is answered neither whole nor by its header, which
/// says the same as the record does; with [`Changes::Since`] every record changed at or after the moment is answered, more
/// may be; an item that does not decode is answered as unreadable and takes no other item with it;
/// nothing is ever written to the source; `budget` answers every budgeted code of the project or an
/// error, never a part.
#[async_trait]
pub trait CostSource: Send + Sync {
    /// Proves that credentials, company and projects are visible.
    ///
    /// # Errors
    ///
    /// `login_refused`, `company_not_visible`, `source_unavailable`; a project that is not visible
    /// is no error.
    async fn scope(&self) -> Result<ScopeReport, SourceError>;

    /// Reads a part of a list; `page` is `next` of the chunk before.
    ///
    /// # Errors
    ///
    /// Any [`SourceErrorKind`]; nothing of the list may be believed then.
    async fn read(&self, scope: &ReadScope, page: Option<&PageToken>)
    -> Result<Chunk, SourceError>;

    /// Reads the project's budget, in full. A source without budgets need not have it.
    ///
    /// # Errors
    ///
    /// Any [`SourceErrorKind`]; reports show it as the finding `budget_unavailable`, and nothing waits
    /// for it.
    async fn budget(&self, project: ProjectId) -> Result<Vec<BudgetRow>, SourceError> {
        let detail = format!("this source keeps no budgets; project {project} has none to read");
        Err(SourceError::new(SourceErrorKind::Unavailable, detail))
    }

    /// What requests cost, for the call budget. A default that is too low makes the estimate too low,
    /// and nothing else.
    fn costs(&self) -> SourceCosts {
        SourceCosts::default()
    }

    /// How many calls the source has made so far.
    fn calls(&self) -> u64;
}
