//! The line of a commitment, change order or direct cost, of REST v1 and v2 alike.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::cost_codes::CostCode;
use super::filters::TimeRange;
use super::line_item_types::LineItemType;
use super::query::query;
use super::shapes::{CompanyRef, CurrencyConfiguration, IdName};
use super::wbs::WbsCodeRef;
use crate::id::{CostCodeId, DirectCostId, Id, LineItemId, LineItemTypeId, TaxCodeId, WbsCodeId};
use crate::wire::{model, open_enum};

open_enum! {
    /// How a line's amount came about.
    pub enum ExtendedType {
        /// Typed in; quantity times unit cost need not match:
        Manual = "manual",
        /// Quantity times unit cost:
        Calculated = "calculated",
    }
}

model! {
    /// A line. Amounts are in the record's currency, positive or negative.
    pub struct LineItem {
        /// Its id.
        key id: LineItemId,
        /// Its place in the list; REST v2 declares any number, so that 1.5 may stand between 1 and 2.
        money position,
        /// The description; may hold HTML.
        opt description: String,
        /// The amount as stated; v1 repeats it in `total_amount` and `extended_amount`.
        money amount,
        /// The amount as v1 repeats it.
        money total_amount,
        /// The amount as v1 repeats it.
        money extended_amount,
        /// The tax, in ERP payloads.
        money tax_amount,
        /// How the amount came about.
        opt extended_type: ExtendedType,
        /// The quantity.
        money quantity,
        /// The price of one unit.
        money unit_cost,
        /// The unit of measure, by name.
        name uom,
        /// The cost code.
        sub cost_code: CostCode,
        /// The cost code's id, where the object is not sent.
        opt cost_code_id: CostCodeId,
        /// The cost type.
        sub line_item_type: LineItemType,
        /// The cost type's id, where the object is not sent.
        opt line_item_type_id: LineItemTypeId,
        /// The code of the work breakdown structure.
        sub wbs_code: WbsCodeRef,
        /// The id of that code, where it is sent beside or instead of it.
        opt wbs_code_id: WbsCodeId,
        /// The tax code.
        opt tax_code_id: TaxCodeId,
        /// The company (the tenant).
        sub company: CompanyRef,
        /// The project.
        sub project: IdName,
        /// The record that holds the line.
        sub holder: Holder,
        /// The direct cost that holds the line, in some bodies.
        opt direct_cost_id: DirectCostId,
        /// On a change order's line: the commitment's line that it changes.
        #[serde(default, deserialize_with = "id_or_word")]
        plain commitment_line_item_id: Option<LineItemId>,
        /// The line of the change event that it comes from.
        sub change_event_line_item: ChangeEventLine,
        /// The rule of the owner's funding, in REST v2.
        opt funding_rule_id: Id,
        /// The prime contract's line.
        opt prime_line_item_id: LineItemId,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
        /// Markup that belongs to this line, in a change order package.
        list markup_line_items: MarkupLine,
    }
}

model! {
    /// A line of a change event.
    pub struct ChangeEventLine {
        /// Its id.
        opt id: Id,
        /// The change event.
        opt event_id: Id,
        /// The cost as estimated.
        money cost_rom,
        /// The revenue as estimated.
        money revenue_rom,
        /// The cost code.
        sub cost_code: CostCode,
        /// The cost type.
        sub line_item_type: LineItemType,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
    }
}

model! {
    /// The record that holds a line.
    pub struct Holder {
        /// Its id.
        opt id: Id,
        /// Its type, such as `WorkOrderContract`, `PurchaseOrderContract` or `DirectCost::Item`.
        opt holder_type: String,
    }
}

model! {
    /// A markup of a change order; its shape is in no public document beyond its name.
    pub struct MarkupLine {
        /// Its id.
        opt id: LineItemId,
        /// What it is called.
        opt name: String,
        /// The description.
        opt description: String,
        /// The amount.
        money amount,
        /// The amount as v1 repeats it.
        money total_amount,
        /// The cost code, if it has one.
        sub cost_code: CostCode,
        /// The cost type, if it has one.
        sub line_item_type: LineItemType,
        /// The code of the work breakdown structure, if it has one.
        sub wbs_code: WbsCodeRef,
    }
}

query! {
    /// What a list of lines is narrowed by.
    pub struct LineItemQuery {
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        many ids: LineItemId = "id",
        many cost_codes: CostCodeId = "cost_code_id",
        many line_item_types: LineItemTypeId = "line_item_type_id",
    }
}

/// An id, or the word `"new"` that writers use for a line that does not exist yet.
fn id_or_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<LineItemId>, D::Error> {
    let token = <&'de RawValue>::deserialize(deserializer)?;
    match crate::id::parse(token.get()) {
        Ok(id) => Ok(id.map(LineItemId::new)),
        Err(_) if token.get() == "\"new\"" => Ok(None),
        Err(problem) => Err(serde::de::Error::custom(problem)),
    }
}
