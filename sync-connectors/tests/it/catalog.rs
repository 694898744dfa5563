//! The catalog is what the books hold.

use sap_b1_client::{NewPaymentTermsType, PaymentTermsStart, Query};
use sync_core::{
    catalog::{PaymentTerms, PeriodStatus, TaxField, TermsStart},
    ports::{CatalogRequest, Ledger as _, LedgerErrorKind},
};
use sync_sandbox::{
    Fault, SandboxOptions,
    contractor::books::{AccountKind, PartnerKind, PeriodState},
    service_layer::{Localization, ServiceLayerOptions},
};

use crate::world::{World, amount, day};

#[tokio::test]
async fn the_catalog_is_what_the_books_hold() {
    let world = World::ready();
    let catalog = world.catalog().await;
    let books = &world.sandbox.contractor.books;
    assert_eq!(catalog.company, books.company_db);
    assert_eq!(catalog.local_currency, "USD");
    assert_eq!(catalog.totals_accuracy, 2);
    assert_eq!(catalog.currencies["USD"], Some(2));
    assert_eq!(catalog.memo_length, 50);
    assert!(catalog.user_fields_present && !catalog.branches_enabled);
    assert_eq!(catalog.accounts.len(), books.accounts.len());
    for held in &books.accounts {
        let account = catalog.account(&held.code).unwrap();
        assert_eq!(account.postable, held.postable, "{}", held.code);
        assert_eq!(account.control, held.control);
        assert_eq!(account.cash, held.cash);
        assert_eq!(account.income_statement, held.kind != AccountKind::Other);
        assert!(!account.frozen && account.currency.is_none());
    }
    assert_eq!(catalog.profit_centers.len(), books.profit_centers.len());
    for held in &books.profit_centers {
        let center = &catalog.profit_centers[&held.code];
        assert_eq!((center.dimension, center.active), (held.dimension, held.active));
        assert_eq!((center.validity.from, center.validity.to), (Some(held.from), held.to));
    }
    for held in &books.projects {
        let project = &catalog.projects[&held.code];
        assert_eq!((project.active, project.validity.from), (held.active, Some(held.from)));
    }
    assert_eq!(catalog.tax_field, TaxField::TaxCode);
    assert_eq!(catalog.tax_codes["TX8"].rate, amount("8"));
    assert!(catalog.tax_codes["TX8"].valid_for_purchases);
    assert_eq!(catalog.periods.len(), books.periods.len());
    for (period, held) in catalog.periods.iter().zip(&books.periods) {
        assert_eq!(period.name, held.code);
        assert_eq!(period.fiscal_year, held.fiscal_year);
        assert_eq!((period.posting.from, period.posting.to), (Some(held.from), Some(held.to)));
        assert_eq!((period.tax.from, period.due.to), (Some(held.tax_from), Some(held.due_to)));
        assert_eq!(period.status, PeriodStatus::Open);
    }
}

#[tokio::test]
async fn partners_are_all_suppliers_or_those_that_are_asked_for() {
    let world = World::ready();
    let books = &world.sandbox.contractor.books;
    let all = world.catalog().await.partners;
    let suppliers = books.partners.iter().filter(|p| p.kind == PartnerKind::Supplier);
    assert_eq!(all.len(), suppliers.clone().count());
    for held in suppliers {
        let partner = &all[&held.card_code];
        assert!(partner.supplier && partner.active);
        assert_eq!(partner.frozen, held.frozen);
        assert_eq!(partner.control_account.as_ref(), Some(&held.debitor_account));
    }
    let held = &books.partners[0];
    let request = CatalogRequest { partners: vec![held.card_code.clone(), "NOBODY".to_owned()] };
    let catalog = world.ledger.catalog(&request).await.unwrap();
    assert_eq!(catalog.partners.keys().collect::<Vec<_>>(), [&held.card_code]);
    let due = catalog.due_date(&held.card_code, day(2026, 8, 3));
    assert_eq!((due - day(2026, 8, 3)).num_days(), i64::from(held.payment_terms));
}

#[tokio::test]
async fn payment_terms_say_what_their_months_and_days_are_counted_from() {
    let world = World::ready();
    let set = world.ledger.client().payment_terms_types();
    for (start, expected) in [
        (PaymentTermsStart::None, TermsStart::PostingDate),
        (PaymentTermsStart::MonthStart, TermsStart::MonthStart),
        (PaymentTermsStart::HalfMonth, TermsStart::HalfMonth),
        (PaymentTermsStart::MonthEnd, TermsStart::MonthEnd),
    ] {
        let terms = NewPaymentTermsType {
            payment_terms_group_name: Some(format!("{expected:?}")),
            start_from: Some(start),
            number_of_additional_months: Some(1),
            number_of_additional_days: Some(5),
            ..NewPaymentTermsType::default()
        };
        set.create(&terms, None).await.unwrap();
        let made = set.all(Query::new()).await.unwrap().pop().unwrap();
        let group = i64::from(made.value.group_number.unwrap());
        let known = world.catalog().await.payment_terms[&group];
        assert_eq!(known, PaymentTerms { start: expected, months: 1, days: 5 });
    }
}

#[tokio::test]
async fn what_people_change_in_sap_is_seen() {
    let world = World::ready();
    let sap = &world.sandbox.service_layer;
    let books = &world.sandbox.contractor.books;
    let period = &books.periods[3];
    assert!(sap.set_period(&period.code, PeriodState::Closing));
    assert!(sap.require_dimensions("5030", true, true));
    assert!(sap.activate_profit_center(&books.profit_centers[0].code, false));
    assert!(sap.freeze_partner(&books.partners[0].card_code, true));
    let catalog = world.catalog().await;
    assert_eq!(catalog.periods[3].status, PeriodStatus::Closed);
    let account = catalog.account("5030").unwrap();
    assert!(account.project_required);
    assert_eq!(account.dimensions_required, [true, false, false, false, false]);
    assert!(!catalog.profit_centers[&books.profit_centers[0].code].active);
    assert!(catalog.partners[&books.partners[0].card_code].frozen);
}

#[tokio::test]
async fn vat_countries_have_groups_with_the_rate_of_today() {
    let service_layer =
        ServiceLayerOptions { localization: Localization::Vat, ..ServiceLayerOptions::default() };
    let world = World::ready_with(SandboxOptions { service_layer, ..SandboxOptions::default() });
    let catalog = world.catalog().await;
    assert_eq!(catalog.tax_field, TaxField::VatGroup);
    assert_eq!(catalog.tax_codes["TX8"].rate, amount("8"));
}

#[tokio::test]
async fn a_missing_user_field_is_seen_and_a_failing_list_is_an_error() {
    let world = World::new();
    assert!(!world.catalog().await.user_fields_present);
    world.sap_fault("GET", "ProfitCenters", 50, Fault::Html(502));
    let error = world.ledger.catalog(&CatalogRequest::default()).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unavailable);
}
