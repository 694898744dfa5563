//! The simulated entity sets: their keys, types and database tables, and user fields on them.

use std::borrow::Cow;

use super::{
    error::Refusal,
    schema::{self, Kind, Type},
    value::{Record, Value},
};

/// What one entity set is.
#[derive(Clone, Debug)]
pub(crate) struct EntitySet {
    pub(crate) name: Cow<'static, str>,
    /// The type as error texts name it.
    pub(crate) type_name: &'static str,
    /// The key property; the second key of user fields is `FieldID`.
    pub(crate) key: &'static str,
    pub(crate) table: Cow<'static, str>,
    /// The line collection, its type and table.
    pub(crate) lines: Option<(&'static str, &'static str, &'static str)>,
    pub(crate) has_etag: bool,
}

const DOCUMENT: &str = "Document";

/// The set of that name; `U_<NAME>` names the rows of a user table.
pub(crate) fn set_of(name: &str) -> Option<EntitySet> {
    let lines = |table| Some(("DocumentLines", "DocumentLine", table));
    let (type_name, key, table, lines, has_etag) = match name {
        "PurchaseInvoices" => (DOCUMENT, "DocEntry", "OPCH", lines("PCH1"), true),
        "PurchaseCreditNotes" => (DOCUMENT, "DocEntry", "ORPC", lines("RPC1"), true),
        "PurchaseOrders" => (DOCUMENT, "DocEntry", "OPOR", lines("POR1"), true),
        "Drafts" => (DOCUMENT, "DocEntry", "ODRF", lines("DRF1"), true),
        "JournalEntries" => (
            "JournalEntry",
            "JdtNum",
            "OJDT",
            Some(("JournalEntryLines", "JournalEntryLine", "JDT1")),
            false,
        ),
        "BusinessPartners" => ("BusinessPartner", "CardCode", "OCRD", None, true),
        "ChartOfAccounts" => ("ChartOfAccount", "Code", "OACT", None, false),
        "ProfitCenters" => ("ProfitCenter", "CenterCode", "OPRC", None, false),
        "DistributionRules" => ("DistributionRule", "FactorCode", "OOCR", None, false),
        "Dimensions" => ("Dimension", "DimensionCode", "ODIM", None, false),
        "Projects" => ("Project", "Code", "OPRJ", None, false),
        "VatGroups" => ("VatGroup", "Code", "OVTG", None, false),
        "SalesTaxCodes" => ("SalesTaxCode", "Code", "OSTC", None, false),
        "WithholdingTaxCodes" => ("WithholdingTaxCode", "WTCode", "OWHT", None, false),
        "Currencies" => ("Currency", "Code", "OCRN", None, false),
        "PaymentTermsTypes" => ("PaymentTermsType", "GroupNumber", "OCTG", None, false),
        "BusinessPlaces" => ("BusinessPlace", "BPLID", "OBPL", None, false),
        "Branches" => ("Branch", "Code", "OUBR", None, false),
        "SQLQueries" => ("SQLQuery", "SqlCode", "SQLQ", None, false),
        "UserFieldsMD" => ("UserFieldMD", "TableName", "CUFD", None, false),
        "UserTablesMD" => ("UserTablesMD", "TableName", "OUTB", None, false),
        _ => {
            let table = name.strip_prefix("U_")?;
            return Some(EntitySet {
                name: Cow::Owned(name.to_owned()),
                type_name: "UserTableRow",
                key: "Code",
                table: Cow::Owned(format!("@{table}")),
                lines: None,
                has_etag: false,
            });
        }
    };
    Some(EntitySet {
        name: Cow::Owned(name.to_owned()),
        type_name,
        key,
        table: Cow::Borrowed(table),
        lines,
        has_etag,
    })
}

/// The sets that hold marketing documents.
pub(crate) const DOCUMENT_SETS: [&str; 4] =
    ["PurchaseInvoices", "PurchaseCreditNotes", "PurchaseOrders", "Drafts"];

/// The tables that share their user fields with this one: a field on one marketing document
/// appears on all of them, a field of the journal on its archive and its vouchers.
pub(crate) fn family(table: &str) -> Vec<&str> {
    const FAMILIES: [&[&str]; 4] = [
        &["OPCH", "ORPC", "ODRF", "ORDR", "OPOR", "OINV", "ORIN", "OPDN"],
        &["PCH1", "RPC1", "DRF1", "RDR1", "POR1", "INV1", "RIN1", "PDN1"],
        &["OJDT", "AJDT", "OBTF"],
        &["JDT1", "AJD1", "BTF1"],
    ];
    FAMILIES
        .iter()
        .find(|family| family.contains(&table))
        .map_or_else(|| vec![table], |family| family.to_vec())
}

/// The tables that can have user fields, apart from families and user tables.
const OTHER_TABLES: [&str; 13] = [
    "OCRD", "OACT", "OPRC", "OOCR", "ODIM", "OPRJ", "OVTG", "OSTC", "OCRN", "OCTG", "OBPL", "OWHT",
    "OUBR",
];

/// Whether the simulated company's database has a standard table of that name.
pub(crate) fn is_standard_table(table: &str) -> bool {
    OTHER_TABLES.contains(&table) || family(table).len() > 1
}

/// A user field: what comes after `U_` is the field's `Name`.
#[derive(Clone, Debug)]
pub(crate) struct UserField {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) default: Option<Value>,
    pub(crate) mandatory: bool,
    /// The only values it may hold, with their descriptions; any where there are none.
    pub(crate) valid: Vec<(String, String)>,
}

impl UserField {
    /// Refuses what is not among the valid values.
    pub(crate) fn allows(&self, value: &Value) -> Result<(), Refusal> {
        let text = match value {
            Value::Text(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            _ => return Ok(()),
        };
        if self.valid.is_empty() || self.valid.iter().any(|(valid, _)| *valid == text) {
            return Ok(());
        }
        let valid: Vec<_> =
            self.valid.iter().map(|(value, what)| format!("'{value}' - '{what}'")).collect();
        Err(Refusal::invalid_value(&text, &self.name, &valid.join(", ")))
    }
}

/// A type together with the user fields of its table.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) type_name: &'static str,
    pub(crate) standard: &'static Type,
    pub(crate) user_fields: Vec<UserField>,
}

impl Shape {
    pub(crate) fn new(type_name: &'static str, user_fields: Vec<UserField>) -> Self {
        let standard = schema::type_of(type_name).expect("every simulated set has its type");
        Self { type_name, standard, user_fields }
    }

    /// The shape of a collection's rows; `None` where their type is not simulated.
    pub(crate) fn of_rows(type_name: &'static str) -> Option<Self> {
        let standard = schema::type_of(type_name)?;
        Some(Self { type_name, standard, user_fields: Vec::new() })
    }

    pub(crate) fn user_field(&self, name: &str) -> Option<&UserField> {
        self.user_fields.iter().find(|f| f.name == name)
    }

    /// The kind of a property, standard or user field.
    pub(crate) fn kind(&self, name: &str) -> Option<&Kind> {
        if let Some(property) = self.standard.property(name) {
            return Some(&property.kind);
        }
        self.user_field(name).map(|f| &f.kind)
    }
}

/// What the server shows for a property: the value held, or what the database holds by default.
pub(crate) fn shown<'a>(record: &'a Record, name: &str, kind: &Kind) -> Cow<'a, Value> {
    shown_value(record.get(name), name, kind)
}

/// The same for a value that was looked up before.
pub(crate) fn shown_value<'a>(held: Option<&'a Value>, name: &str, kind: &Kind) -> Cow<'a, Value> {
    if let Some(value) = held {
        return Cow::Borrowed(value);
    }
    let user_field = name.starts_with("U_");
    Cow::Owned(match kind {
        Kind::Number if !user_field => Value::Number(rust_decimal::Decimal::ZERO),
        Kind::Enum("BoYesNoEnum") => Value::from("tNO"),
        Kind::Many(_) => Value::List(Vec::new()),
        _ => Value::Null,
    })
}
