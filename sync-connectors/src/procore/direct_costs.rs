//! Direct costs with their lines: a list of headers, and one list of the lines of a whole part.

use std::collections::{BTreeMap, HashMap};

use procore_client::{
    DirectCostId, Project,
    resources::{
        direct_costs::{DirectCost as Header, DirectCostLineQuery, DirectCostQuery},
        line_items::LineItem,
    },
};
use serde::Deserialize;
use sync_core::{
    model::{CostRecord, DirectCost, Kind, RecordBody, Vendor},
    ports::{Changes, SourceError},
};

use super::{
    facts::currency_of,
    failure::{Failure, incomplete, source_error},
    lists::{Headers, IDS_MAX},
    narrowed::Narrowed,
    reader::Reader,
    text::plain,
};

/// The headers of the project's direct costs.
pub(super) fn headers(project: &Project, changes: &Changes) -> Headers<Header> {
    let lists = Narrowed::by(changes).into_iter().map(|part| {
        project.direct_costs(&DirectCostQuery {
            updated: part.updated,
            ids: part.ids.into_iter().map(DirectCostId::new).collect(),
            ..DirectCostQuery::default()
        })
    });
    Headers::new("direct costs", lists.collect::<Vec<_>>())
}

/// The lines of a part's direct costs, by direct cost; or why one of them cannot be read.
#[derive(Debug, Default)]
pub(super) struct LinesOfPart {
    lines: HashMap<i64, Vec<LineItem>>,
    /// Why a line of the direct cost does not read.
    broken: HashMap<i64, String>,
    /// Whether a line does not say whose it is: every direct cost of the part is shown by itself then.
    has_orphans: bool,
}

/// Whose a line is, read from a line that does not read as one.
#[derive(Debug, Deserialize)]
struct Whose {
    #[serde(default)]
    direct_cost_id: Option<i64>,
    #[serde(default)]
    holder: Option<WhoseHolder>,
}

#[derive(Debug, Deserialize)]
struct WhoseHolder {
    #[serde(default)]
    id: Option<i64>,
}

impl Whose {
    fn of(text: &str) -> Option<i64> {
        let whose: Self = serde_json::from_str(text).ok()?;
        whose.direct_cost_id.or_else(|| whose.holder?.id)
    }
}

impl Reader {
    /// Reads the lines of these direct costs: one list for many of them, never one call each.
    pub(super) async fn lines_of_direct_costs(
        &self,
        headers: &[Header],
    ) -> Result<LinesOfPart, SourceError> {
        let mut of_part = LinesOfPart::default();
        for batch in headers.chunks(IDS_MAX) {
            let query = DirectCostLineQuery {
                direct_costs: batch.iter().map(|header| header.id).collect(),
                ..DirectCostLineQuery::default()
            };
            let listing = self.project.direct_cost_line_items(&query).all().await;
            let listing = listing.map_err(|error| source_error(&error))?;
            if !listing.complete {
                return Err(incomplete("direct cost lines"));
            }
            for line in &listing.unreadable {
                let id = line.id.as_deref().unwrap_or("without an id");
                let detail = format!("line {id}: {}: {}", line.path, line.problem);
                match Whose::of(&line.text) {
                    Some(cost) => drop(of_part.broken.insert(cost, detail)),
                    None => of_part.has_orphans = true,
                }
            }
            for line in listing.into_values() {
                // A server that ignores the filter answers the lines of other costs too.
                let holder = line.direct_cost_id.map(DirectCostId::get);
                let holder = holder.or_else(|| Some(line.holder.as_ref()?.id?.get()));
                match holder {
                    Some(cost) => of_part.lines.entry(cost).or_default().push(line),
                    None => of_part.has_orphans = true,
                }
            }
        }
        Ok(of_part)
    }

    /// A direct cost with its lines.
    pub(super) async fn direct_cost(
        &self,
        header: Header,
        of_part: &LinesOfPart,
    ) -> Result<CostRecord, Failure> {
        let times = self.times(header.created_at, header.updated_at)?;
        let id = header.id.get();
        if let Some(problem) = of_part.broken.get(&id) {
            return Err(Failure::Record(problem.clone()));
        }
        let mut vendor = vendor_of(&header);
        let mut lines = of_part.lines.get(&id).cloned().unwrap_or_default();
        if of_part.has_orphans || needs_show(&header) {
            // The show call has the vendor's id, and lines that belong to nobody else.
            let shown = self.project.direct_cost(header.id).await?.into_value();
            vendor = vendor_of(&shown).or(vendor);
            if of_part.has_orphans {
                lines = shown.line_items;
            }
        }
        let taxes = header.tax_breakdown.as_ref();
        Ok(CostRecord {
            key: self.key(Kind::DirectCost, id),
            number: header.invoice_number.clone().unwrap_or_else(|| id.to_string()),
            title: header.description.as_deref().map(plain).unwrap_or_default(),
            status: header.status.as_ref().map(ToString::to_string).unwrap_or_default(),
            deleted: header.deleted_at.is_some(),
            vendor,
            currency: currency_of(header.currency_configuration.as_ref()),
            created_on: times.created_on,
            updated_at: times.updated_at,
            body: RecordBody::DirectCost(DirectCost {
                direct_cost_type: header
                    .direct_cost_type
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                invoice_number: header.invoice_number.clone(),
                total: header.grand_total.or(header.amount),
                subtotal: taxes.and_then(|taxes| taxes.subtotal),
                stated_tax: taxes.and_then(|taxes| taxes.tax_total),
                dated: header.direct_cost_date,
                lines: self.lines(distinct(lines)).await?,
            }),
        })
    }
}

/// A vendor is named, but the list does not say which: the id is never found by name.
fn needs_show(header: &Header) -> bool {
    header.vendor().is_none() && vendor_name(header).is_some()
}

fn vendor_of(header: &Header) -> Option<Vendor> {
    let name = vendor_name(header).unwrap_or_default();
    Some(Vendor { id: header.vendor()?.get(), name })
}

fn vendor_name(header: &Header) -> Option<String> {
    let named = header.vendor.as_ref().and_then(|vendor| vendor.name.clone());
    header.vendor_name.clone().or(named)
}

/// A server that ignores the filter answers the same lines in every batch.
fn distinct(lines: Vec<LineItem>) -> Vec<LineItem> {
    let by_id: BTreeMap<i64, LineItem> =
        lines.into_iter().map(|line| (line.id.get(), line)).collect();
    by_id.into_values().collect()
}
