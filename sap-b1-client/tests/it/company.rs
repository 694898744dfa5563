//! Company services in both versions, and what a missing rate is.

use crate::fake::{FakeSap, error, ok};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sap_b1_client::{ErrorKind, YesNo};

const INFO: &str = r#"{"odata.metadata":"x","CompanyName":"OEC","Version":1000280,"EnableAccountSegmentation":"tYES","B1iTimeOut":100000}"#;

#[tokio::test(start_paused = true)]
async fn version_1_posts_functions_and_version_2_gets_them() {
    for (version, method) in [("v1", "POST"), ("v2", "GET")] {
        let sap = FakeSap::new(|seen, _| {
            seen.path.starts_with("CompanyService_GetCompanyInfo").then(|| ok(INFO))
        });
        let client = sap.builder(version).build().unwrap();
        let info = client.company_info().await.unwrap();
        assert_eq!(info.value.enable_account_segmentation, Some(YesNo::Yes));
        assert_eq!(info.property("B1iTimeOut").unwrap().get(), "100000");
        assert_eq!(sap.count(method, "CompanyService_GetCompanyInfo"), 1);
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_that_only_reads_is_repeated_although_it_is_a_post() {
    let sap = FakeSap::new(|seen, nth| {
        seen.path.starts_with("CompanyService_GetFinancePeriods").then(|| match nth {
            1 => crate::fake::Reply::Lost,
            _ => ok(r#"{"value":[{"AbsoluteEntry":9,"PostingDateFrom":"2026-08-01T00:00:00Z","PostingDateTo":"20260831","Locked":"tNO","PeriodStatus":"ltUnlocked"}]}"#),
        })
    });
    let client = sap.client();
    let periods = client.finance_periods(1).await.unwrap();
    assert_eq!(periods[0].posting_date_to, NaiveDate::from_ymd_opt(2026, 8, 31));
    assert_eq!(sap.log()[1].body, r#"{"PeriodCategoryParams":{"AbsoluteEntry":1}}"#);
    assert_eq!(sap.count("POST", "CompanyService_GetFinancePeriods"), 2);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_rate_is_posted_and_got_where_the_server_knows_no_post() {
    let day = NaiveDate::from_ymd_opt(2015, 10, 1).unwrap();
    for answer in ["1.0845", "{\"@odata.context\":\"x\",\"value\":1.0845}", "\"1.0845\""] {
        let sap = FakeSap::new(move |seen, _| {
            seen.path.starts_with("SBOBobService_GetCurrencyRate").then(|| ok(answer))
        });
        let client = sap.client();
        assert_eq!(client.currency_rate("EUR", day).await.unwrap(), Decimal::new(10845, 4));
        assert_eq!(sap.log()[1].body, r#"{"Currency":"EUR","Date":"20151001"}"#);
        client.close().await;
    }
    let sap = FakeSap::new(|seen, _| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "SBOBobService_GetCurrencyRate") => Some(error(405, 0, "Method Not Allowed")),
        ("GET", "SBOBobService_GetCurrencyRate(Currency='EUR',Date='20151001')") => Some(ok("2")),
        _ => None,
    });
    let client = sap.client();
    assert_eq!(client.currency_rate("EUR", day).await.unwrap(), Decimal::from(2));
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_rate_is_named_as_such() {
    let day = NaiveDate::from_ymd_opt(2026, 8, 1).unwrap();
    for reply in
        [error(400, -10, "Update the exchange rate  , 'USD'"), ok("0.0"), ok("{\"value\":null}")]
    {
        let sap =
            FakeSap::new(move |seen, _| seen.path.starts_with("SBOBob").then(|| reply.clone()));
        let client = sap.client();
        assert_eq!(
            client.currency_rate("USD", day).await.unwrap_err().kind(),
            ErrorKind::MissingExchangeRate
        );
        assert_eq!(sap.count("GET", "SBOBob"), 0);
        client.close().await;
    }
}
