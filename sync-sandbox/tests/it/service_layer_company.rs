//! Company settings, periods, rates and master data.

use sync_sandbox::service_layer::ServiceLayerOptions;

use crate::service_layer::{Sap, amount, day};

#[test]
fn company_and_admin_info_answer_post_everywhere_and_get_in_v2_only() {
    let mut sap = Sap::with(ServiceLayerOptions { approval_procedure: true, ..Default::default() });
    for (version, get) in [("v2", 200), ("v1", 400)] {
        sap.version = version;
        for name in ["CompanyService_GetCompanyInfo", "CompanyService_GetAdminInfo"] {
            assert_eq!(sap.get(name).status, get, "{version} {name}");
            assert_eq!(sap.post(name, "").status, 200, "{version} {name}");
        }
    }
    let info = sap.post("CompanyService_GetCompanyInfo", "").json();
    assert_eq!(
        (info["CompanyName"].as_str(), info["Localization"].as_str()),
        (Some("SBODEMOUS"), Some("US"))
    );
    let admin = sap.post("CompanyService_GetAdminInfo", "").json();
    assert_eq!(admin["LocalCurrency"], "USD");
    assert_eq!(admin["TotalsAccuracy"], 2);
    assert_eq!(admin["EnableApprovalProcedureInDI"], "tYES");
    assert_eq!(admin["EnableBranches"], "tNO");
}

#[test]
fn periods_are_listed_per_fiscal_year_with_their_three_windows() {
    let sap = Sap::ready();
    let years = sap.post("CompanyService_GetPeriods", "").rows();
    assert_eq!(years.len(), 2);
    let body = r#"{"PeriodCategoryParams":{"AbsoluteEntry":1}}"#;
    let periods = sap.post("CompanyService_GetFinancePeriods", body).rows();
    assert_eq!(periods.len(), 12);
    assert_eq!(periods[2]["PeriodCode"], "2026-03");
    assert_eq!(periods[2]["PostingDateFrom"], "2026-03-01T00:00:00Z");
    assert_eq!(periods[2]["TaxDateTo"], "2027-12-31T00:00:00Z");
    assert_eq!(periods[2]["PeriodStatus"], "ltUnlocked");
    sap.layer.set_period("2026-03", sync_sandbox::contractor::books::PeriodState::Locked);
    let periods = sap.post("CompanyService_GetFinancePeriods", body).rows();
    assert_eq!(
        (periods[2]["PeriodStatus"].as_str(), periods[2]["Locked"].as_str()),
        (Some("ltLocked"), Some("tYES"))
    );
    let third = r#"{"PeriodCategoryParams":{"AbsoluteEntry":3}}"#;
    assert_eq!(sap.post("CompanyService_GetFinancePeriods", third).status, 404);
}

#[test]
fn a_rate_is_answered_or_missed_by_both_ways_of_asking() {
    let mut sap = Sap::ready();
    let body = r#"{"Currency":"EUR","Date":"20260310"}"#;
    let missing = sap.post("SBOBobService_GetCurrencyRate", body);
    assert_eq!(missing.error().1, "Update the exchange rate  , 'EUR'");
    sap.layer.set_rate("EUR", day("2026-03-10"), amount("1.105"));
    assert!(sap.post("SBOBobService_GetCurrencyRate", body).text.ends_with(r#""value":1.105}"#));
    let get = "SBOBobService_GetCurrencyRate(Currency='EUR',Date='2026-03-10')";
    assert!(sap.ok(get).text.ends_with(r#""value":1.105}"#));
    sap.version = "v1";
    assert_eq!(sap.post("SBOBobService_GetCurrencyRate", body).text, "1.105");
}

#[test]
fn master_data_is_what_the_books_hold() {
    let sap = Sap::ready();
    let account = sap.ok("ChartOfAccounts('2160')").json();
    assert_eq!(
        (account["LockManualTransaction"].as_str(), account["ActiveAccount"].as_str()),
        (Some("tYES"), Some("tYES"))
    );
    assert_eq!(sap.ok("ChartOfAccounts('5000')").json()["ActiveAccount"], "tNO");
    let center = sap.ok("ProfitCenters('DIV1')").json();
    assert_eq!(center["InWhichDimension"], 2);
    assert_eq!(sap.ok("DistributionRules('DIV1')").json()["FactorCode"], "DIV1");
    assert_eq!(sap.ok("Dimensions").rows().len(), 5);
    assert_eq!(sap.ok("Projects('ENDED')").json()["ValidTo"], "2026-02-28T00:00:00Z");
    let partner = sap.ok("BusinessPartners('V100')").json();
    assert_eq!(partner["DebitorAccount"], "2110");
    let terms = sap.ok(&format!("PaymentTermsTypes({})", partner["PayTermsGrpCode"])).json();
    assert_eq!(terms["NumberOfAdditionalDays"], 30);
    assert_eq!(sap.ok("Currencies('USD')").json()["Decimals"], "cd2Digits");
    assert_eq!(sap.ok("SalesTaxCodes('TX8')").json()["Rate"].as_f64(), Some(8.0));
    assert_eq!(sap.post("Dimensions", r#"{"DimensionCode":6}"#).error().0, -5006);
    let suppliers = "BusinessPartners/$count?$filter=CardType%20eq%20'S'";
    assert_eq!(sap.ok(suppliers).text, "5");
}

#[test]
fn services_and_actions_that_do_not_exist_are_refused() {
    let sap = Sap::ready();
    assert_eq!(sap.post("CompanyService_Nonsense", "").status, 400);
    assert_eq!(sap.post("PurchaseInvoices(1)/Nonsense", "").error().0, -1008);
    assert_eq!(sap.send("PUT", "Projects('PRJ01')", "{}", &[]).error().0, -1008);
    assert_eq!(sap.get("CompanyService_GetFinancePeriods").error().0, -1008);
    assert_eq!(sap.get("CompanyService_GetCompanyInfo(1)").error().0, -1008);
    assert_eq!(sap.get("CompanyService_GetCompanyInfo/Name").error().0, -1008);
}
