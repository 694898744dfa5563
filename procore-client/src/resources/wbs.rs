//! The work breakdown structure of a project: pattern, segments, their values, and the codes made of them.

use chrono::{DateTime, Utc};

use super::filters::TimeRange;
use super::query::query;
use crate::client::Project;
use crate::error::Result;
use crate::id::{CommitmentId, CostCodeId, Id, SegmentId, SegmentItemId, SubJobId, WbsCodeId};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{model, open_enum};

open_enum! {
    /// What a segment is made of.
    pub enum SegmentType {
        /// Cost codes:
        CostCode = "cost_code",
        /// Cost types:
        LineItemType = "line_item_type",
        /// Sub jobs:
        SubJob = "sub_job",
        /// Values of the company's own:
        Custom = "custom",
    }
}

model! {
    /// The order of a project's segments.
    pub struct WbsPattern {
        /// Its id.
        key id: Id,
        /// The description.
        opt description: String,
        /// Whether the project orders the segments by itself.
        opt is_project_level_ordered: bool,
        /// The segments.
        list segments: Segment,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

model! {
    /// A segment.
    pub struct Segment {
        /// Its id.
        opt id: SegmentId,
        /// What it is made of.
        #[serde(rename = "type")]
        opt kind: SegmentType,
        /// Its name.
        opt name: String,
        /// Its place in a code.
        opt position: i64,
        /// What separates it from the one before in `flat_code`.
        opt delimiter: String,
        /// Whether every code has it.
        opt required: bool,
        /// `tiered` or `flat`.
        opt structure: String,
        /// The same as a flag, in the list of segments.
        opt tiered: bool,
        /// Whether values that others hang below can be chosen.
        opt selectable_tiers: bool,
        /// How many values it has.
        opt segment_items_count: i64,
        /// Whether the project's pattern has it.
        opt is_included_in_project_pattern: bool,
        /// Whether the project may change its own values.
        opt project_can_modify_origin_project: bool,
        /// Whether the project may remove the company's values.
        opt project_can_delete_origin_company: bool,
        /// The pattern.
        opt wbs_pattern_id: Id,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

model! {
    /// A value of a segment.
    pub struct SegmentItem {
        /// Its id; equal to the id of the cost code or cost type that it stands for.
        opt id: SegmentItemId,
        /// Its code.
        opt code: String,
        /// Its name.
        opt name: String,
        /// The parent, in a tiered segment.
        opt parent_id: SegmentItemId,
        /// The codes from the root to this value.
        opt path_code: String,
        /// Whether other values hang below it.
        opt is_parent: bool,
        /// Whether a code uses it.
        opt in_use: bool,
        /// `active` or `inactive`.
        opt status: String,
        /// The segment, in lists.
        sub segment: Segment,
        /// The segment's id, within a line's code.
        opt segment_id: SegmentId,
        /// What the segment is made of, within a line's code.
        opt segment_type: SegmentType,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

impl SegmentItem {
    /// Returns what the value's segment is made of, wherever it is stated.
    #[must_use]
    pub fn kind(&self) -> Option<&SegmentType> {
        self.segment_type.as_ref().or_else(|| self.segment.as_ref()?.kind.as_ref())
    }
}

model! {
    /// A code as lines carry it. `flat_code` is for people: its delimiters can be configured.
    pub struct WbsCodeRef {
        /// Its id.
        opt id: WbsCodeId,
        /// All segments' codes in one text.
        opt flat_code: String,
        /// All segments' names in one text, in live budget rows.
        opt flat_name: String,
        /// The description.
        opt description: String,
        /// The values that it is made of, where they are sent.
        list segment_items: SegmentItem,
    }
}

model! {
    /// A code as the list has it.
    pub struct WbsCode {
        /// Its id.
        key id: WbsCodeId,
        /// All segments' codes in one text.
        opt flat_code: String,
        /// All segments' names in one text.
        opt flat_name: String,
        /// The description.
        opt description: String,
        /// `active` or `inactive`.
        opt status: String,
        /// The values that it is made of.
        list segment_items: SegmentItem,
        /// The pattern.
        opt wbs_pattern_id: Id,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

impl WbsCode {
    /// Returns the code of the value of a segment of this type.
    #[must_use]
    pub fn segment_code(&self, kind: &SegmentType) -> Option<&str> {
        self.segment_items.iter().find(|item| item.kind() == Some(kind))?.code.as_deref()
    }
}

open_enum! {
    /// What a code is used for.
    pub enum WbsScope {
        /// Budgets:
        BudgetCode = "budget_code",
        /// Production quantities:
        ProductionQuantityCode = "production_quantity_code",
    }
}

open_enum! {
    /// What codes are grouped by.
    pub enum WbsGroup {
        /// The lines of a contract:
        Contract = "contract",
    }
}

query! {
    /// What a list of codes is narrowed by.
    pub struct WbsCodeQuery {
        range updated: TimeRange = "updated_at",
        each statuses: String = "status",
        param scope: WbsScope = "scope",
        /// Words of the code or its description; sorts by how well they match.
        param search: String = "query",
        /// Whether codes of divisions are listed; the server's default is yes.
        param can_select_divisions: bool = "can_select_divisions",
        param required_segments: SegmentType = "required_segments",
        /// Codes of one contract; the server groups by nothing else.
        param group_type: WbsGroup = "group_type",
        /// The contract of `group_type`.
        param group_id: CommitmentId = "group_id",
        /// Whether codes outside the group are left out; the server's default is yes.
        param hide_not_in_group: bool = "hide_not_in_group",
    }
}

query! {
    /// What a list of a segment's values is narrowed by.
    pub struct SegmentItemQuery {
        param only_active: bool = "only_active_items",
        param include_sub_job_cost_codes: bool = "include_sub_job_cost_codes",
        /// Cost codes of one sub job; the server's default is the project's own.
        param sub_job: SubJobId = "legacy_sub_job_id",
        param cost_code: CostCodeId = "legacy_cost_code_id",
    }
}

impl Project {
    /// Shows the project's pattern with its segments.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn wbs_pattern(&self) -> Result<Record<WbsPattern>> {
        self.show(&self.by_path("v1.0", "/work_breakdown_structure/patterns")).await
    }

    /// Lists the project's segments.
    pub fn wbs_segments(&self) -> List<Segment> {
        self.list(self.by_path("v1.0", "/work_breakdown_structure/segments")).without_page_size()
    }

    /// Lists the values of a segment.
    pub fn wbs_segment_items(
        &self,
        segment: SegmentId,
        query: &SegmentItemQuery,
    ) -> List<SegmentItem> {
        let path = format!("/work_breakdown_structure/segments/{segment}/segment_items");
        self.list(query.apply(self.by_path("v1.0", &path)))
    }

    /// Lists the project's codes.
    pub fn wbs_codes(&self, query: &WbsCodeQuery) -> List<WbsCode> {
        self.list(query.apply(self.by_path("v1.0", "/work_breakdown_structure/wbs_codes")))
    }

    /// Shows a segment of the project.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn wbs_segment(&self, id: SegmentId) -> Result<Record<Segment>> {
        self.show(&self.by_path("v1.0", &format!("/work_breakdown_structure/segments/{id}"))).await
    }
}
