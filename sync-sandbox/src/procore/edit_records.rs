//! What people do with single records: status, amounts, vendors, texts, deletion.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{
    edit::{NewLine, NoSuchRecord, RecordRef},
    model::{Company, Project},
    records::Line,
    requisitions::RequisitionChange,
};

impl RecordRef {
    fn missing(self) -> NoSuchRecord {
        NoSuchRecord(match self {
            Self::Commitment(id) => format!("commitment {id}"),
            Self::ChangeOrder(id) => format!("change order {id}"),
            Self::DirectCost(id) => format!("direct cost {id}"),
            Self::Requisition(id) => format!("requisition {id}"),
        })
    }
}

/// The parts that edits touch, whatever the kind of record.
struct Parts<'a> {
    status: &'a mut String,
    title: Option<&'a mut String>,
    vendor: Option<&'a mut Option<i64>>,
    stated_total: Option<&'a mut Option<Decimal>>,
    reviewed_at: Option<&'a mut Option<DateTime<Utc>>>,
    lines: Option<&'a mut Vec<Line>>,
    updated_at: &'a mut DateTime<Utc>,
}

impl Project {
    fn parts(&mut self, record: RecordRef) -> Result<Parts<'_>, NoSuchRecord> {
        let found = match record {
            RecordRef::Commitment(id) => {
                self.commitments.iter_mut().find(|c| c.id == id).map(|c| Parts {
                    status: &mut c.status,
                    title: Some(&mut c.title),
                    vendor: Some(&mut c.vendor_id),
                    stated_total: Some(&mut c.stated_total),
                    reviewed_at: None,
                    lines: Some(&mut c.lines),
                    updated_at: &mut c.updated_at,
                })
            }
            RecordRef::ChangeOrder(id) => {
                self.change_orders.iter_mut().find(|c| c.has_id(id)).map(|c| Parts {
                    status: &mut c.status,
                    title: Some(&mut c.title),
                    vendor: None,
                    stated_total: Some(&mut c.stated_total),
                    reviewed_at: Some(&mut c.reviewed_at),
                    lines: Some(&mut c.lines),
                    updated_at: &mut c.updated_at,
                })
            }
            RecordRef::DirectCost(id) => {
                self.direct_costs.iter_mut().find(|c| c.id == id).map(|c| Parts {
                    status: &mut c.status,
                    title: Some(&mut c.description),
                    vendor: Some(&mut c.vendor_id),
                    stated_total: Some(&mut c.stated_total),
                    reviewed_at: None,
                    lines: Some(&mut c.lines),
                    updated_at: &mut c.updated_at,
                })
            }
            RecordRef::Requisition(id) => {
                self.requisitions.iter_mut().find(|r| r.id == id).map(|r| Parts {
                    status: &mut r.status,
                    title: None,
                    vendor: None,
                    stated_total: None,
                    reviewed_at: None,
                    lines: None,
                    updated_at: &mut r.updated_at,
                })
            }
        };
        found.ok_or_else(|| record.missing())
    }
}

impl Company {
    /// Moves a record to another status. A change order that becomes approved is reviewed now.
    ///
    /// # Errors
    ///
    /// The project or the record does not exist.
    pub fn set_status(
        &mut self,
        project_id: i64,
        record: RecordRef,
        status: &str,
    ) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let project = self.project_or(project_id)?;
        let parts = project.parts(record)?;
        let old = std::mem::replace(parts.status, status.to_owned());
        *parts.updated_at = now;
        if let Some(reviewed_at) = parts.reviewed_at.filter(|_| status == "approved") {
            *reviewed_at = Some(now);
        }
        if let RecordRef::Requisition(requisition_id) = record {
            let new = status.to_owned();
            let change = RequisitionChange { requisition_id, column: "status", old, new, at: now };
            project.requisition_changes.push(change);
        }
        Ok(())
    }

    /// Changes a text of a record that nothing is posted from.
    ///
    /// # Errors
    ///
    /// The project or the record does not exist, or the record has no title.
    pub fn set_title(
        &mut self,
        project_id: i64,
        record: RecordRef,
        title: &str,
    ) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let parts = self.project_or(project_id)?.parts(record)?;
        title.clone_into(parts.title.ok_or_else(|| record.missing())?);
        *parts.updated_at = now;
        Ok(())
    }

    /// Sets or clears the vendor of a commitment or a direct cost.
    ///
    /// # Errors
    ///
    /// The project or the record does not exist, or the record has no vendor of its own.
    pub fn set_vendor(
        &mut self,
        project_id: i64,
        record: RecordRef,
        vendor_id: Option<i64>,
    ) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let parts = self.project_or(project_id)?.parts(record)?;
        *parts.vendor.ok_or_else(|| record.missing())? = vendor_id;
        *parts.updated_at = now;
        Ok(())
    }

    /// Types an amount into a line; the header's total follows. Whether the record's own
    /// `updated_at` moves with its line is unverified at Procore, so the caller says.
    ///
    /// # Errors
    ///
    /// The project, the record or the line does not exist.
    pub fn set_line_amount(
        &mut self,
        project_id: i64,
        record: RecordRef,
        line_id: i64,
        amount: Decimal,
        moves_record: bool,
    ) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let parts = self.project_or(project_id)?.parts(record)?;
        let line = parts
            .lines
            .and_then(|lines| lines.iter_mut().find(|l| l.id == line_id))
            .ok_or_else(|| NoSuchRecord(format!("line {line_id}")))?;
        line.amount = amount;
        line.quantity = Decimal::ZERO;
        line.unit_cost = Decimal::ZERO;
        line.uom = None;
        line.updated_at = now;
        if moves_record {
            *parts.updated_at = now;
        }
        Ok(())
    }

    /// States a header total that the lines do not add up to, or returns to their sum.
    ///
    /// # Errors
    ///
    /// The project or the record does not exist, or the record has no lines.
    pub fn set_stated_total(
        &mut self,
        project_id: i64,
        record: RecordRef,
        total: Option<Decimal>,
    ) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let parts = self.project_or(project_id)?.parts(record)?;
        *parts.stated_total.ok_or_else(|| record.missing())? = total;
        *parts.updated_at = now;
        Ok(())
    }

    /// Adds a line to a commitment, change order or direct cost and returns its id.
    ///
    /// # Errors
    ///
    /// The project or the record does not exist, or the record has no lines.
    pub fn add_line(
        &mut self,
        project_id: i64,
        record: RecordRef,
        line: NewLine,
    ) -> Result<i64, NoSuchRecord> {
        let now = self.now;
        self.project_or(project_id)?.parts(record)?;
        let mut made = self.make_lines(project_id, vec![line]);
        let parts = self.project_or(project_id)?.parts(record)?;
        let lines = parts.lines.ok_or_else(|| record.missing())?;
        let position = lines.iter().map(|l| l.position).max().unwrap_or(0) + 1;
        let mut line = made.pop().ok_or_else(|| record.missing())?;
        line.position = position;
        let id = line.id;
        lines.push(line);
        *parts.updated_at = now;
        Ok(id)
    }

    /// Removes a line for good.
    ///
    /// # Errors
    ///
    /// The project, the record or the line does not exist.
    pub fn remove_line(
        &mut self,
        project_id: i64,
        record: RecordRef,
        line_id: i64,
        moves_record: bool,
    ) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let parts = self.project_or(project_id)?.parts(record)?;
        let missing = || NoSuchRecord(format!("line {line_id}"));
        let lines = parts.lines.ok_or_else(missing)?;
        let at = lines.iter().position(|l| l.id == line_id).ok_or_else(missing)?;
        lines.remove(at);
        if moves_record {
            *parts.updated_at = now;
        }
        Ok(())
    }

    /// Deletes a record as Procore does: commitments and packages go to the recycle bin and keep
    /// a `deleted_at`; commitment change orders, direct costs and requisitions are gone at once.
    ///
    /// # Errors
    ///
    /// The project or the record does not exist.
    pub fn delete(&mut self, project_id: i64, record: RecordRef) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let project = self.project_or(project_id)?;
        project.parts(record)?;
        match record {
            RecordRef::Commitment(id) => {
                for commitment in project.commitments.iter_mut().filter(|c| c.id == id) {
                    commitment.deleted_at = Some(now);
                    commitment.updated_at = now;
                }
            }
            RecordRef::ChangeOrder(id) => {
                for change_order in project.change_orders.iter_mut().filter(|c| c.has_id(id)) {
                    change_order.deleted_at = Some(now);
                    change_order.updated_at = now;
                }
                project.change_orders.retain(|c| c.package_id.is_some() || !c.has_id(id));
            }
            RecordRef::DirectCost(id) => project.direct_costs.retain(|c| c.id != id),
            RecordRef::Requisition(id) => project.requisitions.retain(|r| r.id != id),
        }
        Ok(())
    }
}
