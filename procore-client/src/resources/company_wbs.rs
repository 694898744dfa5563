//! The company's work breakdown structure, which projects copy and extend: pattern, segments, lists, values.

use super::query::query;
use super::wbs::{Segment, SegmentItem, WbsPattern};
use crate::client::Client;
use crate::error::Result;
use crate::id::{Id, SegmentId, SegmentItemId};
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;
use crate::wire::model;

model! {
    /// A list of values of a segment.
    pub struct SegmentItemList {
        /// Its id.
        key id: Id,
        /// Its name.
        opt name: String,
        /// How many values it has.
        opt segment_items_count: i64,
        /// Whether it comes from an accounting system.
        opt erp_integrated: bool,
        /// Whether new projects can copy it.
        opt available_to_use_on_new_projects: bool,
    }
}

query! {
    /// What a list of a company segment's values is narrowed by.
    pub struct CompanySegmentItemQuery {
        param list: Id = "segment_item_list_id",
    }
}

impl Client {
    fn company_wbs(&self, rest: &str) -> Request {
        let company = self.company_id();
        Request::get(format!("/rest/v1.0/companies/{company}/work_breakdown_structure/{rest}"))
    }

    /// Shows the company's pattern with its segments.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn company_wbs_pattern(&self) -> Result<Record<WbsPattern>> {
        self.show(&self.company_wbs("patterns")).await
    }

    /// Lists the company's segments; the documentation names no paging.
    pub fn company_wbs_segments(&self) -> List<Segment> {
        self.list(self.company_wbs("segments")).without_page_size()
    }

    /// Shows a segment of the company.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn company_wbs_segment(&self, id: SegmentId) -> Result<Record<Segment>> {
        self.show(&self.company_wbs(&format!("segments/{id}"))).await
    }

    /// Lists the lists of values that a segment has; the documentation names no paging.
    pub fn company_wbs_segment_lists(&self, segment: SegmentId) -> List<SegmentItemList> {
        self.list(self.company_wbs(&format!("segments/{segment}/lists"))).without_page_size()
    }

    /// Lists the values of a segment of the company.
    pub fn company_wbs_segment_items(
        &self,
        segment: SegmentId,
        query: &CompanySegmentItemQuery,
    ) -> List<SegmentItem> {
        self.list(query.apply(self.company_wbs(&format!("segments/{segment}/segment_items"))))
    }

    /// Shows a value of a segment of the company; one that is a cost code needs its list of standard cost codes.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn company_wbs_segment_item(
        &self,
        segment: SegmentId,
        id: SegmentItemId,
        standard_cost_code_list: Option<Id>,
    ) -> Result<Record<SegmentItem>> {
        let request = self.company_wbs(&format!("segments/{segment}/segment_items/{id}"));
        let list = standard_cost_code_list;
        self.show(&request.query_opt("standard_cost_code_list_id", list)).await
    }
}
