//! Master data created over the wire, purchase orders, rates and rounding.

use sync_sandbox::service_layer::ServiceLayerOptions;

use crate::service_layer::{Sap, amount, day, invoice};

#[test]
fn a_partner_needs_its_code_gets_its_defaults_and_merges_its_rows() {
    let sap = Sap::ready();
    assert_eq!(
        sap.refused("BusinessPartners", r#"{"CardName":"New"}"#),
        (-5002, "Code undefined  [OCRD.CardCode]".to_owned())
    );
    let body = r#"{"CardCode":"V900","CardName":"New","CardType":"S","BPAddresses":[
        {"AddressName":"Office","AddressType":"bo_BillTo","City":"Austin"},{"AddressName":"Yard"}],
        "ContactEmployees":[{"Name":"Jo","E_Mail":"jo@example.com"}]}"#;
    let made = sap.created("BusinessPartners", body);
    assert_eq!(
        (made["DebitorAccount"].as_str(), made["Valid"].as_str()),
        (Some("2110"), Some("tYES"))
    );
    assert_eq!(made["BPAddresses"][1]["RowNum"], 1);
    assert_eq!(made["BPAddresses"][0]["BPCode"], "V900");
    assert_eq!(made["ContactEmployees"][0]["E_Mail"], "jo@example.com");
    let (code, text) = sap.refused("BusinessPartners", body);
    assert_eq!(code, -10);
    assert!(
        text.starts_with("1320000140 - Business partner code 'V900' already assigned"),
        "{text}"
    );
    let change = r#"{"BPAddresses":[{"RowNum":0,"City":"Dallas"},{"AddressName":"Shop"}]}"#;
    let path = "BusinessPartners('V900')";
    assert_eq!(sap.send("PATCH", path, change, &[]).status, 204);
    let rows = sap.ok(path).json()["BPAddresses"].clone();
    assert_eq!(rows.as_array().unwrap().len(), 3);
    assert_eq!(
        (rows[0]["City"].as_str(), rows[0]["AddressName"].as_str()),
        (Some("Dallas"), Some("Office"))
    );
    let replace = [("b1s-replacecollectionsonpatch", "true")];
    assert_eq!(
        sap.send("PATCH", path, r#"{"BPAddresses":[{"AddressName":"One"}]}"#, &replace).status,
        204
    );
    assert_eq!(sap.ok(path).json()["BPAddresses"].as_array().unwrap().len(), 1);
    for (body, text) in [
        (
            r#"{"CardCode":"X","CardType":"S","DebitorAccount":"5010"}"#,
            "[OCRD.DebPayAcct] , '5010'",
        ),
        (r#"{"CardCode":"X","CardType":"S","ProjectCode":"NOPE"}"#, "[OCRD.ProjectCod] , 'NOPE'"),
        (r#"{"CardCode":"X","CardType":"S","Currency":"XXX"}"#, "[OCRD.Currency] , 'XXX'"),
        (
            r#"{"CardCode":"X","CardType":"S","BPAddresses":[{"Town":"A"}]}"#,
            "Property 'Town' of 'BPAddress' is invalid",
        ),
    ] {
        let refused = sap.refused("BusinessPartners", body).1;
        assert!(refused.contains(text), "{refused}");
    }
    sap.created("PurchaseInvoices", &invoice("A", "1.00", "", "").replace("V100", "V900"));
}

#[test]
fn cost_accounting_is_created_with_the_rules_that_lines_name() {
    let sap = Sap::ready();
    let center = r#"{"CenterCode":"NEWSITE","CenterName":"New","EffectiveFrom":"2026-01-01"}"#;
    sap.created("ProfitCenters", center);
    assert_eq!(sap.refused("ProfitCenters", center).0, -2035);
    assert_eq!(sap.ok("DistributionRules('NEWSITE')").json()["Direct"], "Y");
    let rule = |second: &str, total: u32| {
        format!(
            r#"{{"FactorCode":"HALVES","FactorDescription":"Halves","TotalFactor":{total},"DistributionRuleLines":[
            {{"CenterCode":"NEWSITE","TotalInCenter":50}},{{"CenterCode":"{second}","TotalInCenter":50}}]}}"#
        )
    };
    let refused = sap.refused("DistributionRules", &rule("DIV1", 100));
    assert_eq!(refused.1, "Enter valid code  [OCR1.PrcCode][line: 2] , 'DIV1'", "of dimension 2");
    assert_eq!(sap.refused("DistributionRules", &rule("SITE01", 90)).0, -10);
    sap.created("DistributionRules", &rule("SITE01", 100));
    let line = r#","CostingCode":"HALVES""#;
    sap.created("PurchaseInvoices", &invoice("H", "1.00", "", line));
    sap.created("Projects", r#"{"Code":"P-NEW","Name":"New"}"#);
    sap.created("PurchaseInvoices", &invoice("I", "1.00", "", r#","ProjectCode":"P-NEW""#));
    assert_eq!(sap.refused("Projects", r#"{"Code":"P-NEW","Name":"Again"}"#).0, -2035);
    assert_eq!(sap.refused("Dimensions", r#"{"DimensionCode":5}"#).0, -5006);
}

#[test]
fn tax_terms_currencies_and_branches_of_employees_are_created() {
    let sap = Sap::ready();
    let code = r#"{"WTCode":"W01","WTName":"WT tax","Account":"2300","WithholdingTaxCodes_Lines":[
        {"Effectivefrom":"2014-11-10","Rate":5},{"Effectivefrom":"2099-01-01","Rate":9}]}"#;
    let made = sap.created("WithholdingTaxCodes", code);
    assert_eq!(made["Rate"].as_f64(), Some(5.0), "the rate of today");
    assert_eq!(sap.refused("WithholdingTaxCodes", code).0, -2035);
    let refused =
        sap.refused("WithholdingTaxCodes", r#"{"WTCode":"W2","WTName":"x","Account":"9"}"#);
    assert_eq!(refused.1, "Enter valid code  [OWHT.Account] , '9'");
    let terms = sap.created(
        "PaymentTermsTypes",
        r#"{"PaymentTermsGroupName":"Net 7","NumberOfAdditionalDays":7}"#,
    );
    let header = format!(r#","PaymentGroupCode":{}"#, terms["GroupNumber"]);
    let made = sap.created("PurchaseInvoices", &invoice("T", "1.00", &header, ""));
    assert_eq!(made["DocDueDate"], "2026-03-17T00:00:00Z");
    for (start, due) in
        [("pdt_MonthStart", "2026-04-03"), ("pdt_HalfMonth", "2026-04-17"), ("E", "2026-05-02")]
    {
        let terms = format!(
            r#"{{"PaymentTermsGroupName":"{start}","StartFrom":"{start}","NumberOfAdditionalMonths":1,"NumberOfAdditionalDays":2}}"#
        );
        let terms = sap.created("PaymentTermsTypes", &terms);
        let header = format!(r#","PaymentGroupCode":{}"#, terms["GroupNumber"]);
        let made = sap.created("PurchaseInvoices", &invoice(start, "1.00", &header, ""));
        assert_eq!(made["DocDueDate"], format!("{due}T00:00:00Z"), "{start}");
    }
    sap.created("Currencies", r#"{"Code":"JPY","Name":"Yen","Decimals":"cdWithoutDecimals"}"#);
    let branch = sap.created("Branches", r#"{"Name":"Yard"}"#);
    assert_eq!(branch["Code"], 1);
    assert_eq!(sap.refused("Branches", r#"{"Name":"Yard"}"#).0, -2035);
    let refused = sap.refused(
        "SalesTaxCodes",
        r#"{"Code":"S1","Name":"S","SalesTaxCodes_Lines":[{"STACode":"CA"}]}"#,
    );
    assert_eq!(refused.1, "Enter valid code  [STC1.STACode][line: 1] , 'CA'");
    // A partner that is withheld from posts only lines that say they are exempt.
    let subject = r#"{"SubjectToWithholdingTax":"boYES","WTCode":"W01"}"#;
    assert_eq!(sap.send("PATCH", "BusinessPartners('V100')", subject, &[]).status, 204);
    assert!(
        sap.refused("PurchaseInvoices", &invoice("W", "1.00", "", "")).1.contains("withholding")
    );
    sap.created("PurchaseInvoices", &invoice("W", "1.00", "", r#","WTLiable":"tNO""#));
}

#[test]
fn a_purchase_order_posts_nothing_and_is_closed_or_cancelled_once() {
    let sap = Sap::ready();
    let made = sap.created("PurchaseOrders", &invoice("PO-1", "12.00", "", ""));
    let path = format!("PurchaseOrders({})", made["DocEntry"]);
    assert_eq!(
        (made["DocObjectCode"].as_str(), sap.layer.rows("JournalEntries")),
        (Some("oPurchaseOrders"), 0)
    );
    assert!(made["TransNum"].is_null());
    assert_eq!(sap.post(&format!("{path}/Close"), "").status, 204);
    assert_eq!(sap.ok(&path).json()["DocumentStatus"], "bost_Close");
    assert_eq!(sap.refused(&format!("{path}/Close"), "").1, "Document is already closed");
    assert_eq!(sap.post(&format!("{path}/Reopen"), "").status, 204);
    assert_eq!(sap.post(&format!("{path}/Cancel"), "").status, 204);
    let held = sap.ok(&path).json();
    assert_eq!(
        (held["Cancelled"].as_str(), held["CancelStatus"].as_str()),
        (Some("tYES"), Some("csYes"))
    );
    assert_eq!(sap.layer.rows("PurchaseOrders"), 1, "an order has no cancellation document");
    assert_eq!(sap.post(&format!("{path}/Cancel"), "").status, 400);
    // The guard against repeated vendor numbers is of invoices alone.
    sap.created("PurchaseOrders", &invoice("PO-1", "12.00", "", ""));
}

#[test]
fn a_cancellation_has_the_dates_and_remarks_that_it_is_given() {
    let sap = Sap::ready();
    let made = sap.created("PurchaseInvoices", &invoice("C-1", "12.00", "", ""));
    let entry = made["DocEntry"].as_i64().unwrap();
    let cancel = |rest: &str| {
        let body = format!(r#"{{"Document":{{"DocEntry":{entry}{rest}}}}}"#);
        sap.post("PurchaseInvoicesService_Cancel2", &body)
    };
    assert_eq!(
        cancel(r#","DocDate":"2026-03-09""#).error().1,
        "Date deviates from permissible range"
    );
    assert_eq!(cancel(r#","CardCode":"V100""#).error().0, -5002);
    assert_eq!(cancel(r#","NoSuch":1"#).error().0, -1000);
    assert_eq!(cancel(r#","DocDate":"2026-04-02","Comments":"wrong vendor""#).status, 204);
    assert_eq!(cancel("").error().1, "Document is already closed");
    let made = sap.ok(&format!("PurchaseInvoices({})", entry + 1)).json();
    assert_eq!(made["CancelStatus"], "csCancellation");
    assert_eq!(
        (made["DocDate"].as_str(), made["Comments"].as_str()),
        (Some("2026-04-02T00:00:00Z"), Some("wrong vendor"))
    );
    assert_eq!(sap.layer.ledger().balance("2110"), amount("0"));
    let march = sap.layer.ledger_between(day("2026-03-01"), day("2026-03-31"));
    assert_eq!(march.balance("2110"), amount("-12.00"), "the reversal stands in April");
}

#[test]
fn rates_are_set_for_foreign_currencies_and_asked_for_by_documents() {
    let sap = Sap::ready();
    let euros = |entry: &str| {
        invoice(entry, "10.00", r#","DocCurrency":"EUR""#, "")
            .replace("LineTotal", "RowTotalFC")
            .replace("V100", "VANY")
    };
    let set = |body: &str| sap.post("SBOBobService_SetCurrencyRate", body);
    assert_eq!(set(r#"{"Currency":"USD","Rate":"1","RateDate":"20260310"}"#).status, 400);
    assert_eq!(set(r#"{"Currency":"XXX","Rate":"1","RateDate":"20260310"}"#).status, 400);
    assert_eq!(set(r#"{"Currency":"EUR","Rate":"0","RateDate":"20260310"}"#).status, 400);
    let missing =
        sap.post("SBOBobService_GetCurrencyRate", r#"{"Currency":"EUR","Date":"20260310"}"#);
    assert_eq!(missing.error().1, "Update the exchange rate  , 'EUR'");
    assert_eq!(set(r#"{"Currency":"EUR","Rate":"1.0855","RateDate":"20260310"}"#).status, 204);
    let rate = sap.post("SBOBobService_GetCurrencyRate", r#"{"Currency":"EUR","Date":"20260310"}"#);
    assert_eq!(rate.json()["value"].as_f64(), Some(1.0855));
    let any = r#"{"CardCode":"VANY","CardName":"Any","CardType":"S","Currency":"EUR"}"#;
    sap.created("BusinessPartners", any);
    let made = sap.created("PurchaseInvoices", &euros("F-1"));
    assert_eq!((made["DocTotal"].as_f64(), made["DocTotalFc"].as_f64()), (Some(10.86), Some(10.0)));
    let entry = sap.ok(&format!("JournalEntries({})", made["TransNum"])).json();
    assert_eq!(entry["JournalEntryLines"][0]["FCCredit"].as_f64(), Some(10.0));
    assert_eq!(entry["JournalEntryLines"][0]["FCCurrency"], "EUR");
}

#[test]
fn amounts_are_rounded_as_the_context_and_the_currency_say() {
    let sap = Sap::with(ServiceLayerOptions::default());
    sap.created("Currencies", r#"{"Code":"JPY","Name":"Yen","Decimals":"0"}"#);
    for (context, currency, value, rounded) in [
        ("rcSum", "USD", "12.345", "12.35"),
        ("rcSum", "USD", "-12.345", "-12.35"),
        ("rcSum", "JPY", "12.5", "13.0"),
        ("rcRate", "USD", "1.2345678", "1.234568"),
    ] {
        let body = format!(
            r#"{{"DecimalData":{{"Context":"{context}","Currency":"{currency}","Value":{value}}}}}"#
        );
        let answer = sap.post("CompanyService_RoundDecimal", &body);
        assert!(answer.text.contains(&format!(r#""Value":{rounded}"#)), "{}", answer.text);
    }
    let unknown = r#"{"DecimalData":{"Context":"rcSum","Currency":"XXX","Value":1}}"#;
    assert_eq!(sap.post("CompanyService_RoundDecimal", unknown).status, 400);
    assert_eq!(sap.get("CompanyService_RoundDecimal").error().0, -1008);
}
