//! The names and types of this crate against the table.

#![allow(clippy::unwrap_used)]

use super::super::*;
use super::table::{Metadata, metadata};
use super::{Described, Sets, Shape};
use crate::wire::ALL_ENUMS;
use std::collections::BTreeSet;

type Declared = (&'static str, &'static [(&'static str, Shape)]);

fn of<T: Described>() -> Declared {
    (T::METADATA_TYPE, T::READ)
}

fn declared() -> Vec<Declared> {
    vec![
        of::<Document>(),
        of::<NewDocument>(),
        of::<DocumentLine>(),
        of::<NewDocumentLine>(),
        of::<DocumentReference>(),
        of::<NewDocumentReference>(),
        of::<JournalEntry>(),
        of::<NewJournalEntry>(),
        of::<JournalEntryLine>(),
        of::<NewJournalEntryLine>(),
        of::<BusinessPartner>(),
        of::<NewBusinessPartner>(),
        of::<PartnerAddress>(),
        of::<NewPartnerAddress>(),
        of::<PartnerBranch>(),
        of::<NewPartnerBranch>(),
        of::<ChartOfAccount>(),
        of::<NewChartOfAccount>(),
        of::<ProfitCenter>(),
        of::<NewProfitCenter>(),
        of::<DistributionRule>(),
        of::<NewDistributionRule>(),
        of::<DistributionRuleLine>(),
        of::<NewDistributionRuleLine>(),
        of::<Dimension>(),
        of::<Project>(),
        of::<NewProject>(),
        of::<VatGroup>(),
        of::<NewVatGroup>(),
        of::<VatGroupLine>(),
        of::<NewVatGroupLine>(),
        of::<SalesTaxCode>(),
        of::<NewSalesTaxCode>(),
        of::<SalesTaxCodeLine>(),
        of::<NewSalesTaxCodeLine>(),
        of::<WithholdingTaxCode>(),
        of::<NewWithholdingTaxCode>(),
        of::<WithholdingTaxCodeLine>(),
        of::<NewWithholdingTaxCodeLine>(),
        of::<Currency>(),
        of::<NewCurrency>(),
        of::<BusinessPlace>(),
        of::<Branch>(),
        of::<NewBranch>(),
        of::<PaymentTermsType>(),
        of::<NewPaymentTermsType>(),
        of::<UserField>(),
        of::<ValidValue>(),
        of::<UserTable>(),
        of::<SqlQuery>(),
        of::<CompanyInfo>(),
        of::<AdminInfo>(),
        of::<PeriodCategory>(),
        of::<FinancePeriod>(),
    ]
}

/// Whether a type of the metadata is what a Rust type says.
fn fits(metadata: &Metadata, wire_type: &str, shape: Shape) -> bool {
    match shape {
        Shape::Text => wire_type == "Edm.String" || metadata.enums.contains_key(wire_type),
        Shape::Integer => wire_type == "Edm.Int32",
        Shape::Amount => wire_type == "Edm.Double",
        Shape::Date => ["Edm.DateTime", "Edm.DateTimeOffset"].contains(&wire_type),
        Shape::Member(name) => wire_type == name,
        Shape::Rows(name) => wire_type == format!("Collection({name})"),
    }
}

#[test]
fn every_property_exists_in_both_versions_with_its_type() {
    let metadata = metadata();
    let mut compared = 0;
    for (name, properties) in declared() {
        let known =
            &metadata.types.get(name).unwrap_or_else(|| panic!("no type {name}")).properties;
        for (property, shape) in properties {
            let pair = known.get(*property).unwrap_or_else(|| panic!("no {name}.{property}"));
            for wire_type in pair {
                let wire_type = wire_type.as_deref().unwrap_or("nothing");
                assert!(
                    fits(&metadata, wire_type, *shape),
                    "{name}.{property} is {wire_type} in the metadata and {shape:?} here"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 700, "{compared}");
}

#[test]
fn every_declared_type_is_compared() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/resources");
    let mut expected = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() || path.file_name().unwrap() == "declare.rs" {
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        let types = source.split("entity_types! {").skip(1);
        expected += types.clone().count();
        expected += types.filter(|text| text.contains("\n    write New")).count();
    }
    assert_eq!(declared().len(), expected);
}

#[test]
fn every_set_and_its_key_exist() {
    fn of<T: Entity + Sets>() -> (&'static [&'static str], &'static str, bool) {
        (T::SETS, T::KEY, T::KEY_IS_SINGLE)
    }
    let metadata = metadata();
    let sets = [
        of::<Document>(),
        of::<JournalEntry>(),
        of::<BusinessPartner>(),
        of::<ChartOfAccount>(),
        of::<ProfitCenter>(),
        of::<DistributionRule>(),
        of::<Dimension>(),
        of::<Project>(),
        of::<VatGroup>(),
        of::<SalesTaxCode>(),
        of::<WithholdingTaxCode>(),
        of::<Currency>(),
        of::<BusinessPlace>(),
        of::<Branch>(),
        of::<PaymentTermsType>(),
        (&["UserFieldsMD"], UserField::KEY, UserField::KEY_IS_SINGLE),
        of::<UserTable>(),
        of::<SqlQuery>(),
    ];
    let mut compared = 0;
    for (names, key, single) in sets {
        for set in names {
            compared += 1;
            for version in ["v3", "v4"] {
                let entity = &metadata.types[&metadata.sets[*set][version]];
                for keys in &entity.key {
                    assert!(keys.iter().any(|name| name == key), "{set}: {keys:?}, not {key}");
                    assert_eq!(keys.len() == 1, single, "{set}");
                }
            }
        }
    }
    assert_eq!(compared, metadata.sets.len());
}

#[test]
fn every_enumeration_member_and_its_letter_exist() {
    let metadata = metadata();
    for (name, members) in ALL_ENUMS {
        let real = metadata
            .enums
            .get(*name)
            .unwrap_or_else(|| panic!("{name} is no enumeration of a property this crate names"));
        for (member, letter) in *members {
            for version in [&real.v3, &real.v4] {
                assert!(version.iter().any(|known| known == member), "{name}.{member}");
            }
            let known = real.letters.get(*member).map(String::as_str).unwrap_or_default();
            assert_eq!(known, *letter, "{name}.{member}");
        }
    }
}

/// Services and their parameters.
const SERVICES: &[(&str, &[&str])] = &[
    ("CompanyService_GetCompanyInfo", &[]),
    ("CompanyService_GetAdminInfo", &[]),
    ("CompanyService_GetPeriods", &[]),
    ("CompanyService_GetFinancePeriods", &["PeriodCategoryParams"]),
    ("CompanyService_RoundDecimal", &["DecimalData"]),
    ("SBOBobService_GetCurrencyRate", &["Currency", "Date"]),
    ("SBOBobService_SetCurrencyRate", &["Currency", "Rate", "RateDate"]),
    ("SBOBobService_GetLocalCurrency", &[]),
    ("SBOBobService_GetSystemCurrency", &[]),
    ("PurchaseInvoicesService_Cancel2", &["Document"]),
    ("PurchaseCreditNotesService_Cancel2", &["Document"]),
    ("DraftsService_SaveDraftToDocument", &["Document"]),
];

/// What is done with one entity, and the type it is bound to.
const ACTIONS: &[(&str, &str)] = &[
    ("Cancel", "Document"),
    ("Close", "Document"),
    ("Reopen", "Document"),
    ("Cancel", "JournalEntry"),
    ("List", "SQLQuery"),
];

#[test]
fn every_operation_and_its_parameters_exist() {
    let metadata = metadata();
    for version in ["v3", "v4"] {
        let operation = |name: &str| &metadata.operations[name][version];
        for (name, parameters) in SERVICES {
            let names: Vec<_> = operation(name)[0].keys().map(String::as_str).collect();
            assert_eq!(names, *parameters, "{name} {version}");
        }
        for (action, bound_to) in ACTIONS {
            let mut overloads = operation(action).iter();
            assert!(
                overloads.any(|overload| overload.values().any(|bound| bound == bound_to)),
                "{action} of {bound_to}"
            );
        }
    }
    let decimal = &metadata.types["DecimalData"].properties;
    assert!(["Context", "Currency", "Value"].iter().all(|name| decimal.contains_key(*name)));
    assert!(metadata.types["RoundedData"].properties.contains_key("Value"));
}

/// The operations that the sources call: `"..Service_.."` anywhere, and the name given to an action of an entity.
#[test]
fn every_operation_that_is_called_is_compared() {
    let mut called = BTreeSet::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/resources")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        let is_name = |text: &&str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let services = source.split('"').filter(is_name).filter(|name| name.contains("Service_"));
        called.extend(services.map(str::to_owned));
        let actions = source.split(".action(").skip(1);
        called.extend(actions.filter_map(|call| Some(call.split('"').nth(1)?.to_owned())));
        called.extend(source.contains("/List{").then(|| "List".to_owned()));
    }
    let services = SERVICES.iter().map(|(name, _)| *name);
    let compared: BTreeSet<_> =
        services.chain(ACTIONS.iter().map(|(name, _)| *name)).map(str::to_owned).collect();
    assert_eq!(called, compared);
}
