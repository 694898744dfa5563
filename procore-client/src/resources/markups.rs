//! Markups of contracts and potential change orders: the rules that add a percentage to their lines.
//!
//! What a markup adds up to is part of the `grand_total` of the change order that it is on, and of
//! `markup_line_items` where a package is shown.

use rust_decimal::Decimal;

use super::query::query;
use super::wbs::WbsCodeRef;
use crate::client::Project;
use crate::exact;
use crate::id::{Id, ProjectId, SegmentId, TaxCodeId};
use crate::paging::List;
use crate::wire::{model, open_enum};

open_enum! {
    /// What a markup is on.
    pub enum MarkupHolderType {
        /// A contract:
        Contract = "Contract",
        /// A potential change order:
        PotentialChangeOrder = "PotentialChangeOrder",
    }
}

open_enum! {
    /// How a markup is calculated.
    pub enum MarkupSet {
        /// On each line:
        Horizontal = "horizontal",
        /// As a line of its own:
        Vertical = "vertical",
        /// On each line of the contract's change orders:
        ChangeOrdersHorizontal = "change_orders_horizontal",
        /// As a line of its own on the contract's change orders:
        ChangeOrdersVertical = "change_orders_vertical",
    }
}

model! {
    /// A markup.
    pub struct Markup {
        /// Its id.
        key id: Id,
        /// Its name.
        opt name: String,
        /// The percentage, 10 for ten percent, as its text: the reference gives it up to 50 digits. See
        /// [`percent`](Self::percent).
        opt percentage: String,
        /// How it is calculated.
        opt markup_set: MarkupSet,
        /// Its place in its set, from 1.
        opt position: i64,
        /// Whether it is on everything, or on what its conditions name.
        opt applies_to_all: bool,
        /// What it is on, by id.
        opt holder_id: Id,
        /// What kind of record that is.
        opt holder_type: MarkupHolderType,
        /// The project.
        opt project_id: ProjectId,
        /// Whether it is on other markups too.
        sub compound: MarkupCompound,
        /// What it is on, or not on.
        list markup_conditions: MarkupCondition,
        /// The code that its amount belongs to.
        sub wbs_code: WbsCodeRef,
        /// The line of the prime contract that goes with it, if it was asked for.
        opt prime_line_item_id: Id,
        /// The tax codes.
        list tax_code_ids: TaxCodeId,
    }
}

impl Markup {
    /// Returns the percentage as a number, 10 for ten percent; `None` when there is none.
    ///
    /// # Errors
    ///
    /// A sentence that quotes the text when it needs more than 28 digits.
    pub fn percent(&self) -> Result<Option<Decimal>, String> {
        let text = self.percentage.as_deref().map(|text| text.trim().trim_end_matches('%'));
        text.map(|text| exact::parse(text.trim_end())).transpose()
    }
}

model! {
    /// Which other markups a markup is on.
    pub struct MarkupCompound {
        /// How they are chosen; absent when it is on lines alone.
        #[serde(rename = "type")]
        opt kind: String,
        /// The chosen ones.
        list selections: Id,
    }
}

model! {
    /// What a markup is on, or not on.
    pub struct MarkupCondition {
        /// Its id.
        opt id: Id,
        /// `includes` or `excludes`.
        opt match_type: String,
        /// The segment whose values it names.
        opt wbs_segment_id: SegmentId,
    }
}

open_enum! {
    /// How much of a markup is listed.
    pub enum MarkupView {
        /// With the line of the prime contract:
        WithErpData = "with_erp_data",
    }
}

query! {
    /// What a list of markups is narrowed by.
    pub struct MarkupQuery {
        param holder_type: MarkupHolderType = "holder_type",
        param view: MarkupView = "view",
    }
}

impl Project {
    /// Lists the markups of a contract or of a potential change order; the documentation names no paging.
    pub fn markups(&self, holder: Id, query: &MarkupQuery) -> List<Markup> {
        let request = self.by_query("/rest/v1.0/financials/markups").query("holder_id", holder);
        self.list(query.apply(request)).without_page_size()
    }
}
