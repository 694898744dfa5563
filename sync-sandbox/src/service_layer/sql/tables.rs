//! The tables of the allow-list and their columns, each with the property that holds it.
//!
//! Tables and columns bear the names of SAP's database. The allow-list is the part of the
//! published one (`conf/b1s_sqltable.conf`) that is simulated; OJDT, JDT1, OACT, OPRC and OPRJ are
//! not on it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::super::{
    schema,
    state::State,
    value::{Record, Value},
};

/// A column: its name and the property of the entity.
type Column = (&'static str, &'static str);

const HEADER: &[Column] = &[
    ("DocEntry", "DocEntry"),
    ("DocNum", "DocNum"),
    ("DocType", "DocType"),
    ("CANCELED", "CancelStatus"),
    ("DocStatus", "DocumentStatus"),
    ("DocDate", "DocDate"),
    ("DocDueDate", "DocDueDate"),
    ("TaxDate", "TaxDate"),
    ("CardCode", "CardCode"),
    ("CardName", "CardName"),
    ("NumAtCard", "NumAtCard"),
    ("VatSum", "VatSum"),
    ("VatSumFC", "VatSumFc"),
    ("DocCur", "DocCurrency"),
    ("DocRate", "DocRate"),
    ("DocTotal", "DocTotal"),
    ("DocTotalFC", "DocTotalFc"),
    ("PaidToDate", "PaidToDate"),
    ("Comments", "Comments"),
    ("JrnlMemo", "JournalMemo"),
    ("TransId", "TransNum"),
    ("Series", "Series"),
    ("Project", "Project"),
    ("CtlAccount", "ControlAccount"),
    ("BPLId", "BPL_IDAssignedToInvoice"),
];

const LINE: &[Column] = &[
    ("DocEntry", "DocEntry"),
    ("LineNum", "LineNum"),
    ("LineStatus", "LineStatus"),
    ("Dscription", "ItemDescription"),
    ("AcctCode", "AccountCode"),
    ("LineTotal", "LineTotal"),
    ("TotalFrgn", "RowTotalFC"),
    ("VatSum", "TaxTotal"),
    ("TaxCode", "TaxCode"),
    ("VatGroup", "VatGroup"),
    ("OcrCode", "CostingCode"),
    ("OcrCode2", "CostingCode2"),
    ("OcrCode3", "CostingCode3"),
    ("OcrCode4", "CostingCode4"),
    ("OcrCode5", "CostingCode5"),
    ("Project", "ProjectCode"),
    ("FreeTxt", "FreeText"),
];

const PERIOD: &[Column] = &[
    ("AbsEntry", "AbsoluteEntry"),
    ("Code", "PeriodCode"),
    ("Name", "PeriodName"),
    ("F_RefDate", "PostingDateFrom"),
    ("T_RefDate", "PostingDateTo"),
    ("F_DueDate", "ValueDateFrom"),
    ("T_DueDate", "ValueDateTo"),
    ("F_TaxDate", "TaxDateFrom"),
    ("T_TaxDate", "TaxDateTo"),
    ("PeriodStat", "PeriodStatus"),
];

const RATE: &[Column] = &[("RateDate", "RateDate"), ("Currency", "Currency"), ("Rate", "Rate")];

const CURRENCY: &[Column] = &[("CurrCode", "Code"), ("CurrName", "Name"), ("Decimals", "Decimals")];

const PARTNER: &[Column] = &[
    ("CardCode", "CardCode"),
    ("CardName", "CardName"),
    ("CardType", "CardType"),
    ("Currency", "Currency"),
    ("GroupNum", "PayTermsGrpCode"),
    ("DebPayAcct", "DebitorAccount"),
    ("validFor", "Valid"),
    ("frozenFor", "Frozen"),
    ("ProjectCod", "ProjectCode"),
];

/// A table of the allow-list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    columns: &'static [Column],
    /// The type whose enums the columns hold as letters.
    type_name: &'static str,
}

const TABLES: [Table; 6] = [
    Table { name: "OPCH", columns: HEADER, type_name: "Document" },
    Table { name: "PCH1", columns: LINE, type_name: "DocumentLine" },
    Table { name: "OFPR", columns: PERIOD, type_name: "FinancePeriod" },
    Table { name: "ORTT", columns: RATE, type_name: "" },
    Table { name: "OCRN", columns: CURRENCY, type_name: "Currency" },
    Table { name: "OCRD", columns: PARTNER, type_name: "BusinessPartner" },
];

impl Table {
    /// The table of that name, if it is on the allow-list.
    pub(super) fn of(name: &str) -> Option<Self> {
        TABLES.into_iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }

    /// The column as the database spells it: standard, or a user field of the table.
    pub(super) fn column(self, state: &State, name: &str) -> Option<String> {
        let standard = self.columns.iter().find(|(column, _)| column.eq_ignore_ascii_case(name));
        standard.map(|(column, _)| (*column).to_owned()).or_else(|| {
            let fields = state.user_fields(self.name);
            fields
                .into_iter()
                .map(|field| field.name)
                .find(|field| field.eq_ignore_ascii_case(name))
        })
    }

    /// Every standard column.
    pub(super) fn columns(self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|(column, _)| *column)
    }

    /// The rows as properties.
    pub(super) fn rows(self, state: &State) -> Vec<Record> {
        let all = |set: &str| state.table(set).rows().cloned().collect::<Vec<_>>();
        match self.name {
            "OPCH" => all("PurchaseInvoices"),
            "PCH1" => {
                let lines = |invoice: &Record| {
                    let entry = invoice.integer("DocEntry").unwrap_or_default();
                    let lines = invoice.list("DocumentLines").iter().cloned();
                    lines.map(|line| line.with("DocEntry", entry)).collect::<Vec<_>>()
                };
                state.table("PurchaseInvoices").rows().flat_map(lines).collect()
            }
            "OFPR" => state.periods.iter().map(|period| period.record.clone()).collect(),
            "ORTT" => {
                let row = |((currency, day), rate): (&(String, NaiveDate), &Decimal)| {
                    Record::default()
                        .with("RateDate", *day)
                        .with("Currency", currency.as_str())
                        .with("Rate", *rate)
                };
                state.rates.iter().map(row).collect()
            }
            "OCRN" => all("Currencies"),
            _ => all("BusinessPartners"),
        }
    }

    /// What a column of a row holds: an enum as its letter.
    pub(super) fn cell(self, row: &Record, column: &str) -> Value {
        let property = self.columns.iter().find(|(name, _)| *name == column);
        let property = property.map_or(column, |(_, property)| *property);
        let value = row.get(property).cloned().unwrap_or(Value::Null);
        let kind = schema::type_of(self.type_name).and_then(|of| of.property(property));
        match (&value, kind.map(|property| &property.kind)) {
            (Value::Text(text), Some(schema::Kind::Enum(members))) => {
                let member = schema::members_of(members).iter().find(|m| m.name == text);
                let letter = member.and_then(|member| member.letter);
                letter.map_or(value.clone(), Value::from)
            }
            _ => value,
        }
    }
}
