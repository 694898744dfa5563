//! What is read once per project and cycle: cost coding, billing periods, headers of commitments.
//!
//! Everything is read when it is first needed, so that an idle cycle reads none of it. A list that
//! is not visible (its tool is off) is an empty one; a list that fails is an error.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use procore_client::{
    CommitmentId, List, Listing, Project,
    resources::{
        billing_periods::BillingPeriodQuery,
        commitments::{Commitment, CommitmentQuery},
        cost_codes::CostCodeQuery,
        filters::IncludeDeleted,
        line_item_types::LineItemTypeQuery,
        line_items::LineItemQuery,
        wbs::{WbsCode, WbsCodeQuery},
    },
};
use serde::de::DeserializeOwned;
use sync_core::{
    model::{Kind, RecordHeader, Vendor},
    ports::SourceError,
};
use tokio::sync::{Mutex, OnceCell};

use super::{
    failure::{Failure, incomplete, source_error},
    lists::IDS_MAX,
    reader::Reader,
};

/// A cost code of the project.
#[derive(Clone, Debug)]
pub(super) struct CodeFacts {
    pub(super) full_code: String,
    pub(super) sub_job: Option<i64>,
}

/// What change orders and requisitions take from their commitment.
#[derive(Clone, Debug)]
pub(super) struct CommitmentFacts {
    pub(super) kind: Kind,
    pub(super) number: String,
    pub(super) vendor: Option<Vendor>,
    pub(super) currency: Option<String>,
}

/// The lists of one project, each read at most once.
#[derive(Debug, Default)]
pub(super) struct Facts {
    cost_codes: OnceCell<HashMap<i64, CodeFacts>>,
    cost_types: OnceCell<HashMap<i64, String>>,
    sub_jobs: OnceCell<HashMap<i64, String>>,
    wbs_codes: OnceCell<HashMap<i64, WbsCode>>,
    period_ends: OnceCell<HashMap<i64, NaiveDate>>,
    commitments: Mutex<Commitments>,
    sov_lines: Mutex<HashMap<i64, SovLines>>,
}

/// Headers of commitments by id, and those that do not read.
#[derive(Debug, Default)]
struct Commitments {
    known: HashMap<i64, CommitmentFacts>,
    unreadable: HashMap<i64, String>,
    /// What those say that were read for the sake of others, until somebody asks.
    beside: Vec<RecordHeader>,
}

/// The lines of one commitment as they are coded, by id.
pub(super) type SovLines =
    std::sync::Arc<HashMap<i64, procore_client::resources::line_items::LineItem>>;

impl Facts {
    /// The project's cost codes by id, those of sub jobs included.
    pub(super) async fn cost_codes(
        &self,
        project: &Project,
    ) -> Result<&HashMap<i64, CodeFacts>, SourceError> {
        let read = || async {
            let codes = whole("cost codes", project.cost_codes(&CostCodeQuery::default())).await?;
            Ok(codes
                .into_iter()
                .filter_map(|code| {
                    let full_code = code.full_code.as_ref().or(code.code.as_ref())?;
                    let full_code = full_code.trim().to_owned();
                    let sub_job = code.sub_job_id().map(procore_client::SubJobId::get);
                    Some((code.id?.get(), CodeFacts { full_code, sub_job }))
                })
                .collect())
        };
        self.cost_codes.get_or_try_init(read).await
    }

    /// The codes of the cost types by id.
    pub(super) async fn cost_types(
        &self,
        project: &Project,
    ) -> Result<&HashMap<i64, String>, SourceError> {
        let read = || async {
            let types =
                whole("line item types", project.line_item_types(&LineItemTypeQuery::default()))
                    .await?;
            Ok(types.into_iter().filter_map(|of| Some((of.id?.get(), of.code?))).collect())
        };
        self.cost_types.get_or_try_init(read).await
    }

    /// The codes of the sub jobs by id.
    pub(super) async fn sub_jobs(
        &self,
        project: &Project,
    ) -> Result<&HashMap<i64, String>, SourceError> {
        let read = || async {
            let jobs = whole("sub jobs", project.sub_jobs()).await?;
            Ok(jobs.into_iter().filter_map(|job| Some((job.id.get(), job.code?))).collect())
        };
        self.sub_jobs.get_or_try_init(read).await
    }

    /// The codes of the work breakdown structure by id.
    pub(super) async fn wbs_codes(
        &self,
        project: &Project,
    ) -> Result<&HashMap<i64, WbsCode>, SourceError> {
        let read = || async {
            let codes = whole("WBS codes", project.wbs_codes(&WbsCodeQuery::default())).await?;
            Ok(codes.into_iter().map(|code| (code.id.get(), code)).collect())
        };
        self.wbs_codes.get_or_try_init(read).await
    }

    /// The last days of the billing periods by id.
    pub(super) async fn period_ends(
        &self,
        project: &Project,
    ) -> Result<&HashMap<i64, NaiveDate>, SourceError> {
        let read = || async {
            let periods =
                whole("billing periods", project.billing_periods(&BillingPeriodQuery::default()))
                    .await?;
            Ok(periods
                .into_iter()
                .filter_map(|period| Some((period.id.get(), period.end_date?)))
                .collect())
        };
        self.period_ends.get_or_try_init(read).await
    }

    /// Remembers a commitment's header that was read anyway.
    pub(super) async fn remember(&self, kind: Kind, header: &Commitment) {
        let facts = CommitmentFacts::of(kind, header);
        self.commitments.lock().await.known.insert(header.id.get(), facts);
    }

    /// Reads the headers of those commitments that are not known yet, of both families.
    pub(super) async fn learn(
        &self,
        reader: &Reader,
        ids: impl IntoIterator<Item = i64>,
    ) -> Result<(), SourceError> {
        let project = &reader.project;
        // Held while reading, so that nobody reads the same headers twice.
        let mut commitments = self.commitments.lock().await;
        let missing: BTreeSet<i64> =
            ids.into_iter().filter(|id| !commitments.known.contains_key(id)).collect();
        let missing: Vec<CommitmentId> = missing.into_iter().map(CommitmentId::new).collect();
        for batch in missing.chunks(IDS_MAX) {
            let query = CommitmentQuery {
                ids: batch.to_vec(),
                include_deleted: Some(IncludeDeleted::With),
                ..CommitmentQuery::default()
            };
            let orders = listing("purchase orders", project.purchase_order_contracts(&query));
            let contracts = listing("subcontracts", project.work_order_contracts(&query));
            let (orders, contracts) = futures_util::future::try_join(orders, contracts).await?;
            let families = [(Kind::PurchaseOrder, orders), (Kind::Subcontract, contracts)];
            for (kind, listing) in families {
                let Some(listing) = listing else { continue };
                for item in &listing.unreadable {
                    if let Some(id) = item.id.as_deref().and_then(|id| id.parse().ok()) {
                        commitments.unreadable.insert(id, item.problem.clone());
                    }
                }
                for header in listing.into_values() {
                    let facts = CommitmentFacts::of(kind, &header);
                    commitments.known.insert(header.id.get(), facts);
                    commitments.beside.extend(reader.commitment_header(kind, &header));
                }
            }
        }
        Ok(())
    }

    /// The headers that [`Self::learn`] has read since this was last asked.
    pub(super) async fn read_beside(&self) -> Vec<RecordHeader> {
        std::mem::take(&mut self.commitments.lock().await.beside)
    }

    /// A commitment that [`Self::learn`] or [`Self::remember`] has read; `None` where there is none.
    ///
    /// A header that does not read makes unreadable what depends on it: without the vendor and the
    /// currency of its commitment nothing can be said of a record.
    pub(super) async fn commitment(&self, id: i64) -> Result<Option<CommitmentFacts>, Failure> {
        let commitments = self.commitments.lock().await;
        match (commitments.known.get(&id), commitments.unreadable.get(&id)) {
            (Some(facts), _) => Ok(Some(facts.clone())),
            (None, Some(problem)) => {
                Err(Failure::Record(format!("its commitment {id} does not read: {problem}")))
            }
            (None, None) => Ok(None),
        }
    }

    /// The lines of a commitment, for items that carry no coding of their own.
    pub(super) async fn sov_lines(
        &self,
        project: &Project,
        commitment: i64,
        kind: Kind,
    ) -> Result<SovLines, Failure> {
        let mut known = self.sov_lines.lock().await;
        if let Some(lines) = known.get(&commitment) {
            return Ok(lines.clone());
        }
        let listing = commitment_lines(project, kind, commitment).all().await?;
        let lines = listing.into_values().into_iter().map(|line| (line.id.get(), line));
        let lines = SovLines::new(lines.collect());
        known.insert(commitment, lines.clone());
        Ok(lines)
    }
}

impl CommitmentFacts {
    fn of(kind: Kind, header: &Commitment) -> Self {
        Self {
            kind,
            number: header.number.clone().unwrap_or_else(|| header.id.to_string()),
            vendor: vendor_of(header),
            currency: currency_of(header.currency_configuration.as_ref()),
        }
    }
}

/// The list of a commitment's lines.
pub(super) fn commitment_lines(
    project: &Project,
    kind: Kind,
    id: i64,
) -> List<procore_client::resources::line_items::LineItem> {
    let (id, query) = (CommitmentId::new(id), LineItemQuery::default());
    if kind == Kind::PurchaseOrder {
        project.purchase_order_contract_line_items(id, &query, None)
    } else {
        project.work_order_contract_line_items(id, &query, None)
    }
}

/// The vendor that a commitment names, by id.
pub(super) fn vendor_of(header: &Commitment) -> Option<Vendor> {
    let vendor = header.vendor.as_ref()?;
    let name = vendor.company.clone().or_else(|| vendor.name.clone()).unwrap_or_default();
    Some(Vendor { id: vendor.id?.get(), name })
}

/// A record's own currency; null where multi-currency is off.
pub(super) fn currency_of(
    configuration: Option<&procore_client::resources::shapes::CurrencyConfiguration>,
) -> Option<String> {
    configuration?.currency_iso_code.clone().map(|code| code.trim().to_owned())
}

/// A reference list to its end; empty where it is not visible.
async fn whole<T: DeserializeOwned>(
    what: &'static str,
    list: List<T>,
) -> Result<Vec<T>, SourceError> {
    let Some(listing) = listing(what, list).await? else { return Ok(Vec::new()) };
    for item in &listing.unreadable {
        tracing::warn!(
            what,
            id = item.id.as_deref(),
            path = %item.path,
            problem = %item.problem,
            "an entry of a reference list does not read; lines that name it cannot be coded"
        );
    }
    Ok(listing.into_values())
}

/// A list to its end; `None` where it is not visible.
async fn listing<T: DeserializeOwned>(
    what: &'static str,
    list: List<T>,
) -> Result<Option<Listing<T>>, SourceError> {
    match list.all().await {
        Ok(listing) if !listing.complete => Err(incomplete(what)),
        Ok(listing) => Ok(Some(listing)),
        Err(error) if error.is_not_visible() => {
            tracing::debug!(what, %error, "a reference list is not visible and read as empty");
            Ok(None)
        }
        Err(error) => Err(source_error(&error)),
    }
}
