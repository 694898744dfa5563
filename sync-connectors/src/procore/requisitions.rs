//! Requisitions with their items: one list call for both.

use std::collections::BTreeMap;

use procore_client::{
    ChangeOrderPackageId, LineItemId, Project, RequisitionId, RequisitionItemId,
    resources::requisitions::{
        ChangeOrderItemQuery, Requisition as Header, RequisitionItem as Item,
        RequisitionItemType as ItemType, RequisitionQuery, RequisitionView,
    },
};
use sync_core::{
    model::{CostRecord, Kind, RecordBody, Requisition, RequisitionItem, Vendor},
    money::{OutOfRange, sum},
    ports::{Changes, SourceError},
};

use super::{
    facts::currency_of,
    failure::Failure,
    lists::Headers,
    narrowed::Narrowed,
    reader::Reader,
    retainage,
    text::{first_of, plain},
};

/// Headers carry all of their items, so that a page of them is kept small.
const PER_PAGE: u32 = 50;

/// The project's requisitions with their items.
pub(super) fn headers(project: &Project, changes: &Changes) -> Headers<Header> {
    let lists = Narrowed::by(changes).into_iter().map(|part| {
        let query = RequisitionQuery {
            updated: part.updated,
            ids: part.ids.into_iter().map(RequisitionId::new).collect(),
            view: Some(RequisitionView::Items),
            ..RequisitionQuery::default()
        };
        project.requisitions(&query).per_page(PER_PAGE)
    });
    Headers::new("requisitions", lists.collect::<Vec<_>>())
}

impl Reader {
    /// A requisition with its items.
    pub(super) async fn requisition(&self, header: Header) -> Result<CostRecord, Failure> {
        let times = self.times(header.created_at, header.updated_at)?;
        let (Some(commitment), Some(sequence)) = (header.commitment_id, header.number) else {
            return Err(Failure::Record("commitment_id or number is not stated".to_owned()));
        };
        let facts = self.facts.commitment(commitment.get()).await?;
        let contract_number =
            facts.as_ref().map_or_else(|| commitment.to_string(), |facts| facts.number.clone());
        let own_vendor = header.vendor_id.map(|id| Vendor {
            id: id.get(),
            name: header.vendor_name.clone().unwrap_or_default(),
        });
        let own_currency = currency_of(header.currency_configuration.as_ref());
        let summary = header.summary();
        let body = Requisition {
            commitment_id: commitment.get(),
            sequence,
            previous_id: header.previous_requisition_id.map(RequisitionId::get),
            invoice_number: header.invoice_number.clone(),
            is_final: header.is_final.unwrap_or(false),
            period_end: self.period_end(&header).await?,
            current_payment_due: summary.and_then(|summary| summary.current_payment_due),
            stated_tax: summary.and_then(|summary| summary.tax_applicable_to_this_payment),
            completed_and_stored: summary
                .and_then(|summary| summary.total_completed_and_stored_to_date),
            items: self.items(header.id, &header.items, commitment.get()).await?,
        };
        Ok(CostRecord {
            key: self.key(Kind::Requisition, header.id.get()),
            number: format!("{contract_number}-{sequence}"),
            title: first_of([header.contract_name.as_ref()]),
            status: header.status.as_ref().map(ToString::to_string).unwrap_or_default(),
            deleted: false,
            vendor: own_vendor.or_else(|| facts.as_ref().and_then(|facts| facts.vendor.clone())),
            currency: own_currency.or_else(|| facts.and_then(|facts| facts.currency)),
            created_on: times.created_on,
            updated_at: times.updated_at,
            body: RecordBody::Requisition(body),
        })
    }

    /// The end of the billing period, else `requisition_end`, else `billing_date`.
    async fn period_end(&self, header: &Header) -> Result<Option<chrono::NaiveDate>, SourceError> {
        let of_period = match header.period_id {
            Some(period) => {
                self.facts.period_ends(&self.project).await?.get(&period.get()).copied()
            }
            None => None,
        };
        Ok(of_period.or(header.requisition_end).or(header.billing_date))
    }

    /// The items by the line that they bill; items of one line (ERP projects show lines of zero
    /// twice) are added up, because every column is a sum.
    async fn items(
        &self,
        requisition: RequisitionId,
        items: &[Item],
        commitment: i64,
    ) -> Result<Vec<RequisitionItem>, Failure> {
        let packages = self.packages_billed(requisition, items).await?;
        let mut by_line: BTreeMap<i64, RequisitionItem> = BTreeMap::new();
        for item in items {
            let package = item.change_order_package_id.or(packages.get(&item.id).copied());
            let read = self.item(item, package, commitment).await?;
            match by_line.get_mut(&read.line_item_id) {
                Some(known) => add(known, read).map_err(out_of_range)?,
                None => {
                    by_line.insert(read.line_item_id, read);
                }
            }
        }
        Ok(by_line.into_values().collect())
    }

    /// The packages of the items that bill change orders and have no coding of their own: the view with
    /// items does not name them, the list of those items does.
    async fn packages_billed(
        &self,
        requisition: RequisitionId,
        items: &[Item],
    ) -> Result<BTreeMap<RequisitionItemId, ChangeOrderPackageId>, Failure> {
        let of_changes = [ItemType::ChangeOrderItem, ItemType::WholeChangeOrderItem];
        let bare = |item: &Item| {
            item.item_type.as_ref().is_some_and(|of| of_changes.contains(of))
                && item.change_order_package_id.is_none()
                && item.wbs_code.is_none()
                && item.cost_code_id.is_none()
        };
        if !items.iter().any(bare) {
            return Ok(BTreeMap::new());
        }
        let query = ChangeOrderItemQuery::default();
        let listing =
            self.project.requisition_change_order_items(requisition, &query).all().await?;
        let named = listing.into_values().into_iter();
        Ok(named.filter_map(|item| Some((item.id, item.change_order_package_id?))).collect())
    }

    async fn item(
        &self,
        item: &Item,
        package: Option<ChangeOrderPackageId>,
        commitment: i64,
    ) -> Result<RequisitionItem, Failure> {
        let package = package.map(ChangeOrderPackageId::get);
        // An item that bills a whole change order may name no line: the package then tells it from others.
        let whole = package.filter(|_| item.item_type == Some(ItemType::WholeChangeOrderItem));
        let line = item.line_item_id.map(LineItemId::get);
        let Some(line_item_id) = line.or(whole.map(|package| -package)) else {
            return Err(Failure::Record(format!("item {} states no line_item_id", item.id)));
        };
        let work_before = item.work_completed_from_previous_application.unwrap_or_default();
        let work_this_period = item.work_completed_this_period.unwrap_or_default();
        let materials_stored = item.materials_presently_stored.unwrap_or_default();
        let retainage = retainage::of_item(item).map_err(out_of_range)?;
        // The column is the sum of the three others by its definition; it is only not sent.
        let completed_and_stored = match item.total_completed_and_stored_to_date {
            Some(stated) => stated,
            None => sum([work_before, work_this_period, materials_stored]).map_err(out_of_range)?,
        };
        Ok(RequisitionItem {
            line_item_id,
            coding: self.coding_of_item(item, commitment).await?,
            change_order: package,
            description: item.description_of_work.as_deref().map(plain).unwrap_or_default(),
            completed_and_stored,
            work_this_period,
            materials_stored,
            materials_previously_stored: item.materials_presently_stored_from_previous_progress,
            materials_moved: item.materials_moved.unwrap_or_default(),
            retainage_held_to_date: retainage.held_to_date,
            retainage_released: retainage.released,
        })
    }
}

fn add(known: &mut RequisitionItem, more: RequisitionItem) -> Result<(), OutOfRange> {
    for (column, other) in [
        (&mut known.completed_and_stored, more.completed_and_stored),
        (&mut known.work_this_period, more.work_this_period),
        (&mut known.materials_stored, more.materials_stored),
        (&mut known.materials_moved, more.materials_moved),
        (&mut known.retainage_held_to_date, more.retainage_held_to_date),
        (&mut known.retainage_released, more.retainage_released),
    ] {
        *column = sum([*column, other])?;
    }
    known.materials_previously_stored =
        match (known.materials_previously_stored, more.materials_previously_stored) {
            (Some(one), Some(other)) => Some(sum([one, other])?),
            (one, other) => one.or(other),
        };
    if known.coding.is_none() {
        known.coding = more.coding;
    }
    Ok(())
}

fn out_of_range(error: OutOfRange) -> Failure {
    Failure::Record(error.to_string())
}
