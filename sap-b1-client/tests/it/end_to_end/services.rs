//! The services of the company, of currencies and of rounding.

use super::{Company, VERSIONS, amount, document};
use crate::sandbox::day;
use sap_b1_client::*;

#[tokio::test]
async fn the_company_says_what_it_is_and_which_periods_it_has() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let sap = &company.client;
        let info = sap.company_info().await.unwrap().value;
        assert_eq!(info.company_name.as_deref(), Some("SBODEMOUS"));
        let settings = sap.admin_info().await.unwrap().value;
        assert_eq!(settings.local_currency.as_deref(), Some("USD"));
        assert_eq!(settings.totals_accuracy, Some(2));
        assert_eq!(settings.enable_branches, Some(YesNo::No));
        let years = sap.periods().await.unwrap();
        assert_eq!(years.len(), 2);
        let periods = sap.finance_periods(years[0].absolute_entry.unwrap()).await.unwrap();
        assert_eq!(periods.len(), 12);
        assert_eq!(periods[2].posting_date_from, Some(day("2026-03-01")));
        assert_eq!(periods[2].period_status, Some(PeriodStatus::Unlocked));
        let unknown = sap.finance_periods(99).await.unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn a_rate_is_missing_until_it_is_set_and_then_converts_documents() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let sap = &company.client;
        let posting = day("2026-03-10");
        assert_eq!(sap.local_currency().await.unwrap(), "USD");
        assert_eq!(sap.system_currency().await.unwrap(), "USD");
        let missing = sap.currency_rate("EUR", posting).await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::MissingExchangeRate);
        sap.set_currency_rate("EUR", posting, amount("1.08765"), None).await.unwrap();
        assert_eq!(sap.currency_rate("EUR", posting).await.unwrap(), amount("1.08765"));
        let local = sap.set_currency_rate("USD", posting, amount("1"), None).await.unwrap_err();
        assert_eq!(local.kind(), ErrorKind::Rejected);
        let mut foreign = document("F-1", "0");
        foreign.doc_currency = Some("EUR".to_owned());
        foreign.document_lines[0].line_total = None;
        foreign.document_lines[0].row_total_fc = Some(amount("100.01"));
        foreign.document_lines[0].tax_code = Some("TX8".to_owned());
        let created = sap.purchase_invoices().create(&foreign, None).await.unwrap();
        let made: Document = created.value().unwrap();
        assert_eq!(
            (made.doc_total_fc, made.vat_sum_fc),
            (Some(amount("108.01")), Some(amount("8.00")))
        );
        assert_eq!((made.doc_total, made.vat_sum), (Some(amount("117.48")), Some(amount("8.70"))));
        assert_eq!(made.doc_rate, Some(amount("1.08765")));
        assert_eq!(made.document_lines[0].net_tax_amount_fc, Some(amount("8.00")));
        let journal = sap.journal_entries().get(made.trans_num.unwrap()).await.unwrap().value;
        let vendor = &journal.journal_entry_lines[0];
        assert_eq!(
            (vendor.fc_credit, vendor.credit),
            (Some(amount("108.01")), Some(amount("117.48")))
        );
        assert_eq!(vendor.fc_currency.as_deref(), Some("EUR"));
    }
}

#[tokio::test]
async fn amounts_are_rounded_as_the_company_rounds_them() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        for (value, context, rounded) in [
            ("12.345", RoundingContext::Sum, "12.35"),
            ("-12.345", RoundingContext::Sum, "-12.35"),
            ("1.2345675", RoundingContext::Rate, "1.234568"),
        ] {
            let answer =
                company.client.round_decimal(amount(value), "USD", &context).await.unwrap();
            assert_eq!(answer, amount(rounded), "{value}");
        }
        let unknown = company.client.round_decimal(amount("1"), "XXX", &RoundingContext::Sum).await;
        assert_eq!(unknown.unwrap_err().kind(), ErrorKind::Rejected);
    }
}
