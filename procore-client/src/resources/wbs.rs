//! The work breakdown structure of a project: pattern, segments, their values, and the codes made of them.

use chrono::{DateTime, Utc};

use super::filters::TimeRange;
use crate::client::Project;
use crate::error::Result;
use crate::id::{Id, SegmentId, SegmentItemId, WbsCodeId};
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
        /// The segments.
        list segments: Segment,
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
    pub fn wbs_segment_items(&self, segment: SegmentId) -> List<SegmentItem> {
        self.list(self.by_path(
            "v1.0",
            &format!("/work_breakdown_structure/segments/{segment}/segment_items"),
        ))
    }

    /// Lists the project's codes.
    pub fn wbs_codes(&self, updated: Option<TimeRange>) -> List<WbsCode> {
        self.list(
            self.by_path("v1.0", "/work_breakdown_structure/wbs_codes")
                .filter_opt("updated_at", updated),
        )
    }
}
