//! The header total that a record's lines are compared with.

use rust_decimal::Decimal;

use crate::{
    model::{CostRecord, DirectCost, RecordBody},
    money,
};

/// The figure of a record's header that its lines, without tax, are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The amount as Procore states it, before it is rounded.
    pub amount: Decimal,
    /// Where it comes from.
    pub reading: HeaderReading,
}

/// Where a [`Header`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderReading {
    /// `grand_total` of a commitment or a change order.
    GrandTotal,
    /// `tax_breakdown.subtotal` of a direct cost.
    Subtotal,
    /// The total of a direct cost that states no tax, or states one beside it.
    Total,
    /// The total of a direct cost less the stated tax that is in it.
    TotalLessTax,
}

impl HeaderReading {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GrandTotal => "grand_total",
            Self::Subtotal => "subtotal",
            Self::Total => "total",
            Self::TotalLessTax => "total_less_tax",
        }
    }
}

/// The header of a record; `None` where it states none, or has ties of its own as requisitions have.
/// It follows from the record alone, so that the stored record says which reading was taken.
pub(super) fn header(record: &CostRecord) -> Option<Header> {
    let grand_total = |amount| Header { amount, reading: HeaderReading::GrandTotal };
    match &record.body {
        RecordBody::Commitment(body) => body.grand_total.map(grand_total),
        RecordBody::ChangeOrder(body) => body.grand_total.map(grand_total),
        RecordBody::DirectCost(cost) => of_direct_cost(cost),
        RecordBody::Requisition(_) => None,
    }
}

/// The subtotal, where one is stated; else the total or the total less the stated tax, whichever is
/// nearer to the lines. Of two that are equally near it is the one by which no more is owed than the total.
fn of_direct_cost(cost: &DirectCost) -> Option<Header> {
    let read = |amount, reading| Some(Header { amount, reading });
    if let Some(subtotal) = cost.subtotal {
        return read(subtotal, HeaderReading::Subtotal);
    }
    let total = cost.total?;
    let tax = cost.stated_tax.unwrap_or_default();
    let sum = money::saturated(cost.lines.iter().map(|line| line.amount));
    let off = |header: Decimal| (header - sum).abs();
    if tax.is_zero() || off(total) < off(total - tax) {
        read(total, HeaderReading::Total)
    } else {
        read(total - tax, HeaderReading::TotalLessTax)
    }
}
