//! How a line is coded: sub job, cost code and cost type, by the codes of the segments.
//!
//! `flat_code` is never split: its delimiters can be configured.

use procore_client::resources::{
    cost_codes::CostCode,
    line_item_types::LineItemType,
    line_items::LineItem,
    requisitions::RequisitionItem,
    wbs::{SegmentItem, SegmentType, WbsCodeRef},
};
use sync_core::model::CostCoding;

use super::{failure::Failure, reader::Reader};

impl Reader {
    /// The coding of a line of REST v1 or v2; `None` where Procore states none.
    pub(super) async fn coding_of_line(
        &self,
        line: &LineItem,
    ) -> Result<Option<CostCoding>, Failure> {
        if let Some(code) = &line.cost_code
            && let Some(coding) = self.coding_of_code(code, line.line_item_type.as_ref()).await?
        {
            return Ok(Some(coding));
        }
        let wbs_id = line.wbs_code_id.map(procore_client::WbsCodeId::get);
        if let Some(coding) = self.coding_of_wbs(line.wbs_code.as_ref(), wbs_id).await? {
            return Ok(Some(coding));
        }
        let cost_code = line.cost_code_id.map(procore_client::CostCodeId::get);
        let cost_type = line.line_item_type_id.map(procore_client::LineItemTypeId::get);
        self.coding_of_ids(cost_code, cost_type).await
    }

    /// The coding of the objects that v1 lines and markups carry.
    pub(super) async fn coding_of_code(
        &self,
        code: &CostCode,
        cost_type: Option<&LineItemType>,
    ) -> Result<Option<CostCoding>, Failure> {
        let stated = code.full_code.as_ref().or(code.code.as_ref()).map(|text| text.trim());
        let Some(cost_code) = stated.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let sub_job = match code.sub_job_id() {
            Some(id) => Some(self.sub_job_code(id.get()).await?),
            None => None,
        };
        let cost_type = match cost_type {
            Some(LineItemType { code: Some(code), .. }) => Some(code.trim().to_owned()),
            Some(LineItemType { id: Some(id), .. }) => Some(self.cost_type_code(id.get()).await?),
            _ => None,
        };
        Ok(Some(CostCoding { sub_job, cost_code: cost_code.to_owned(), cost_type }))
    }

    /// The coding of a code of the work breakdown structure, by its own values or by the list.
    pub(super) async fn coding_of_wbs(
        &self,
        stated: Option<&WbsCodeRef>,
        id: Option<i64>,
    ) -> Result<Option<CostCoding>, Failure> {
        if let Some(stated) = stated
            && let Some(coding) = self.coding_of_segments(&stated.segment_items).await?
        {
            return Ok(Some(coding));
        }
        let stated_id = stated.and_then(|code| code.id).map(procore_client::WbsCodeId::get);
        let Some(id) = id.or(stated_id) else { return Ok(None) };
        let codes = self.facts.wbs_codes(&self.project).await?;
        let Some(code) = codes.get(&id) else {
            return Err(Failure::Record(format!(
                "WBS code {id} is not in the project's list of codes, so its cost code is not known"
            )));
        };
        match self.coding_of_segments(&code.segment_items).await? {
            Some(coding) => Ok(Some(coding)),
            None => Err(Failure::Record(format!("WBS code {id} states no cost code segment"))),
        }
    }

    /// Segment values stand for the project's cost code, cost type and sub job of the same id, whose
    /// codes they take, so that a line reads alike in REST v1 and v2.
    async fn coding_of_segments(
        &self,
        items: &[SegmentItem],
    ) -> Result<Option<CostCoding>, Failure> {
        let Some(cost_code) = segment(items, &SegmentType::CostCode) else { return Ok(None) };
        let id = cost_code.id.map(procore_client::SegmentItemId::get);
        let known = match id {
            Some(id) => self.facts.cost_codes(&self.project).await?.get(&id),
            None => None,
        };
        let own_code = || cost_code.path_code.as_ref().or(cost_code.code.as_ref());
        let full_code = match known {
            Some(known) => known.full_code.clone(),
            None => match own_code() {
                Some(code) => code.trim().to_owned(),
                None => return Ok(None),
            },
        };
        let sub_job =
            match (segment(items, &SegmentType::SubJob), known.and_then(|code| code.sub_job)) {
                (Some(SegmentItem { code: Some(code), .. }), _) => Some(code.trim().to_owned()),
                (_, Some(id)) => Some(self.sub_job_code(id).await?),
                _ => None,
            };
        let cost_type = segment(items, &SegmentType::LineItemType)
            .and_then(|item| item.code.as_ref())
            .map(|code| code.trim().to_owned());
        Ok(Some(CostCoding { sub_job, cost_code: full_code, cost_type }))
    }

    /// The coding of a cost code and a cost type by their ids.
    pub(super) async fn coding_of_ids(
        &self,
        cost_code: Option<i64>,
        cost_type: Option<i64>,
    ) -> Result<Option<CostCoding>, Failure> {
        let Some(id) = cost_code else { return Ok(None) };
        let known = self.facts.cost_codes(&self.project).await?;
        let Some(code) = known.get(&id) else {
            return Err(Failure::Record(format!("cost code {id} is not in the project's list")));
        };
        let sub_job = match code.sub_job {
            Some(id) => Some(self.sub_job_code(id).await?),
            None => None,
        };
        let cost_type = match cost_type {
            Some(id) => Some(self.cost_type_code(id).await?),
            None => None,
        };
        Ok(Some(CostCoding { sub_job, cost_code: code.full_code.clone(), cost_type }))
    }

    /// The coding of a requisition's item: its WBS code, else that of the line it bills, else its
    /// cost code alone.
    pub(super) async fn coding_of_item(
        &self,
        item: &RequisitionItem,
        commitment: i64,
    ) -> Result<Option<CostCoding>, Failure> {
        if let Some(coding) = self.coding_of_wbs(item.wbs_code.as_ref(), None).await? {
            return Ok(Some(coding));
        }
        let facts = self.facts.commitment(commitment).await?;
        if let (Some(facts), Some(line)) = (facts, item.line_item_id) {
            let lines = self.facts.sov_lines(&self.project, commitment, facts.kind).await?;
            if let Some(line) = lines.get(&line.get()) {
                return self.coding_of_line(line).await;
            }
        }
        self.coding_of_ids(item.cost_code_id.map(procore_client::CostCodeId::get), None).await
    }

    async fn sub_job_code(&self, id: i64) -> Result<String, Failure> {
        let known = self.facts.sub_jobs(&self.project).await?;
        known.get(&id).map(|code| code.trim().to_owned()).ok_or_else(|| {
            Failure::Record(format!("sub job {id} is not in the project's list of sub jobs"))
        })
    }

    async fn cost_type_code(&self, id: i64) -> Result<String, Failure> {
        let known = self.facts.cost_types(&self.project).await?;
        known.get(&id).map(|code| code.trim().to_owned()).ok_or_else(|| {
            Failure::Record(format!("line item type {id} is not in the company's list"))
        })
    }
}

fn segment<'a>(items: &'a [SegmentItem], kind: &SegmentType) -> Option<&'a SegmentItem> {
    items.iter().find(|item| item.kind() == Some(kind))
}
