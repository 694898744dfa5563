//! What an A/P document is checked for, and what SAP makes of it.

use rust_decimal::Decimal;
use sync_sandbox::{
    contractor::books::PeriodState,
    service_layer::{Localization, ServiceLayerOptions},
};

use crate::service_layer::{Sap, amount, day, invoice};

#[test]
fn an_invoice_is_answered_with_what_sap_computed() {
    let sap = Sap::ready();
    let line = r#","CostingCode":"SITE01","CostingCode2":"DIV1","ProjectCode":"PRJ01""#;
    let body = invoice("INV-4711", "12500.00", "", line).replace("EX", "TX8");
    let answer = sap.post("PurchaseInvoices", &body);
    assert_eq!(answer.status, 201, "{}", answer.text);
    let made = answer.json();
    let entry = made["DocEntry"].as_i64().unwrap();
    assert_eq!(
        answer.header("location"),
        format!("https://sap.example.com:50000/b1s/v2/PurchaseInvoices({entry})")
    );
    assert!(answer.header("etag").starts_with("W/\""));
    assert_eq!(answer.header("etag").len(), 44);
    assert!(
        answer.text.contains(r#""VatSum":1000.0,"#)
            && answer.text.contains(r#""DocTotal":13500.0,"#)
    );
    assert_ne!(made["DocNum"], made["DocEntry"]);
    assert_eq!(made["DocDueDate"], "2026-04-09T00:00:00Z", "thirty days by the partner's terms");
    assert_eq!(made["TaxDate"], "2026-03-10T00:00:00Z");
    assert_eq!(made["DocCurrency"], "USD");
    assert_eq!(made["ControlAccount"], "2110");
    assert_eq!(made["CancelStatus"], "csNo");
    assert_eq!(made["DocumentLines"][0]["LineNum"], 0);
    assert_eq!(made, sap.ok(&format!("PurchaseInvoices({entry})")).json());
    assert_eq!(
        (sap.layer.posts("PurchaseInvoices").received, sap.layer.rows("JournalEntries")),
        (1, 1)
    );
}

#[test]
fn return_no_content_is_answered_204_with_the_place() {
    let sap = Sap::ready();
    let answer = sap.send(
        "POST",
        "PurchaseInvoices",
        &invoice("N-1", "1.00", "", ""),
        &[("prefer", "return-no-content")],
    );
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert!(answer.header("location").contains("/PurchaseInvoices("));
}

#[test]
fn codes_that_are_unknown_inactive_or_of_another_dimension_are_refused() {
    let sap = Sap::ready();
    for (header, line, code, text) in [
        (r#","CardCode":"NOBODY""#, "", -5002, "Invalid BP code  [OPCH.CardCode] , 'NOBODY'"),
        (r#","CardCode":"C100""#, "", -5002, "Invalid BP code  [OPCH.CardCode] , 'C100'"),
        (r#","CardCode":"VFROZEN""#, "", -10, "Business partner 'VFROZEN' is inactive"),
        (r#","CardCode":"VINVALID""#, "", -10, "Business partner 'VINVALID' is inactive"),
        (r#","ControlAccount":"2115""#, "", -10, "Account '2115' is not a control account"),
        (r#","Project":"NOPE""#, "", -5002, "Enter valid code  [OPCH.Project] , 'NOPE'"),
        (
            "",
            r#","AccountCode":"9999""#,
            -5002,
            "Enter valid code  [PCH1.AcctCode][line: 1] , '9999'",
        ),
        ("", r#","AccountCode":"5000""#, -10, "Account '5000' is a title account"),
        ("", r#","AccountCode":"2160""#, -10, "Account '2160' is locked for manual transactions"),
        (
            "",
            r#","CostingCode":"NOPE""#,
            -5002,
            "Enter valid code  [PCH1.OcrCode][line: 1] , 'NOPE'",
        ),
        ("", r#","CostingCode":"SITE02""#, -10, "Distribution rule 'SITE02' is inactive"),
        ("", r#","CostingCode":"PAST""#, -10, "Distribution rule 'PAST' is inactive"),
        (
            "",
            r#","CostingCode":"DIV1""#,
            -5002,
            "Enter valid code  [PCH1.OcrCode][line: 1] , 'DIV1'",
        ),
        ("", r#","ProjectCode":"PRJ02""#, -10, "Project 'PRJ02' is inactive"),
        ("", r#","ProjectCode":"ENDED""#, -10, "Project 'ENDED' is inactive"),
        ("", r#","TaxCode":"NOPE""#, -5002, "Enter valid code  [PCH1.TaxCode][line: 1] , 'NOPE'"),
        ("", r#","TaxCode":"AR""#, -10, "10000180 - Invalid VAT Group"),
        ("", r#","TaxCode":"OLD""#, -10, "10000180 - Invalid VAT Group"),
        (r#","DocType":"dDocument_Items""#, "", -5002, "Item number is missing"),
        (r#","DocDate":"2025-12-31""#, "", -10, "Date deviates from permissible range"),
        (r#","TaxDate":"2028-01-01""#, "", -10, "Date deviates from permissible range"),
        (r#","DocDueDate":"2029-06-01""#, "", -10, "Date deviates from permissible range"),
        (r#","DocDate":"10.03.2026""#, "", -1000, "Property 'DocDate' of 'Document' is invalid"),
        (
            r#","Rounding":"maybe""#,
            "",
            -1004,
            "'maybe' is not a valid value for property 'Rounding'",
        ),
        (r#","Comments":null"#, "", -5002, "Internal error (-5002) occurred"),
        (r#","U_Unknown":"x""#, "", -1000, "Property 'U_Unknown' of 'Document' is invalid"),
        (r#","DocumentLines":[]"#, "", -10, "Document must have at least one row"),
        (r#","DiscountPercent":2"#, "", -10, "a document discount is not simulated"),
        ("", r#","BaseEntry":1"#, -10, "a base document is not simulated"),
        (
            "",
            r#","LineTotal":10000000000000"#,
            -10,
            "CServiceData::SetPropertyValueString failed; Value too long in property 'LineTotal'",
        ),
        ("", r#","LineTotal":-1"#, -10, "Total amount of a document cannot be negative"),
        (
            "",
            r#","LineTotal":-1,"TaxCode":"TX8""#,
            -5002,
            "Tax amount cannot be negative [INVVatSum]",
        ),
        ("", r#","LineTotal":"ten""#, -1000, "Property 'LineTotal' of 'DocumentLine' is invalid"),
    ] {
        // A property that stands twice counts as its last one.
        let (given, message) = sap.refused("PurchaseInvoices", &invoice("X", "1.00", header, line));
        assert_eq!(given, code, "{header}{line}: {message}");
        assert!(message.starts_with(text), "{header}{line}: {message}");
    }
    assert_eq!(sap.layer.documents().len(), 0);
    assert_eq!(sap.layer.journal_entries().len(), 0);
    assert_eq!(sap.layer.posts("PurchaseInvoices").created, 0);
}

#[test]
fn what_the_sandbox_has_no_rules_for_is_refused_and_not_ignored() {
    let sap = Sap::ready();
    for (header, line, what) in [
        (r#","DocumentAdditionalExpenses":[{"LineTotal":5}]"#, "", "freight"),
        (r#","WithholdingTaxDataCollection":[{"WTCode":"W"}]"#, "", "withholding tax"),
        (r#","DownPaymentsToDraw":[{"DocEntry":1}]"#, "", "a down payment"),
        (r#","TotalDiscount":1"#, "", "a document discount"),
        (r#","Rounding":"tYES""#, "", "document rounding"),
        (r#","HandWritten":"tYES""#, "", "a document number of one's own"),
        (r#","BaseEntry":1"#, "", "a base document"),
        (r#","AttachmentEntry":1"#, "", "an attachment"),
        ("", r#","DocumentLineAdditionalExpenses":[{"LineTotal":5}]"#, "freight"),
        ("", r#","WithholdingTaxLines":[{"WTCode":"W"}]"#, "withholding tax"),
        ("", r#","WTLiable":"tYES""#, "withholding tax"),
        ("", r#","TaxOnly":"tYES""#, "a line of tax alone"),
        ("", r#","ItemCode":"A1""#, "an item"),
        ("", r#","DiscountPercent":1"#, "a line discount"),
    ] {
        let refused = sap.refused("PurchaseInvoices", &invoice("X", "1.00", header, line));
        assert_eq!(refused, (-10, format!("{what} is not simulated by this sandbox")));
    }
    let harmless = invoice("X", "1.00", r#","Rounding":"tNO""#, r#","WTLiable":"tNO""#);
    sap.created("PurchaseInvoices", &harmless);
}

#[test]
fn series_and_payment_terms_must_exist_and_the_terms_make_the_due_date() {
    let sap = Sap::ready();
    let with = |header: &str| invoice("", "1.00", header, "");
    let series = sap.refused("PurchaseInvoices", &with(r#","Series":99"#));
    assert_eq!(series, (-10, "define the numbering series  [OPCH.Series]".to_owned()));
    let credit = sap.refused("PurchaseCreditNotes", &with(r#","Series":17"#));
    assert_eq!(credit.1, "define the numbering series  [ORPC.Series]");
    sap.created("PurchaseInvoices", &with(r#","Series":17"#));
    let terms = sap.refused("PurchaseInvoices", &with(r#","PaymentGroupCode":99"#));
    assert_eq!(terms, (-5002, "Enter valid code  [OPCH.GroupNum] , '99'".to_owned()));
    let made = sap.created("PurchaseInvoices", &with(r#","PaymentGroupCode":1"#));
    assert_eq!(made["DocDueDate"], "2026-04-09T00:00:00Z");
}

#[test]
fn a_patch_obeys_the_rules_of_what_it_changes() {
    let sap = Sap::ready();
    sap.created("PurchaseInvoices", &invoice("TAKEN", "1.00", "", ""));
    let made = sap.created("PurchaseInvoices", &invoice("MINE", "1.00", "", ""));
    let path = format!("PurchaseInvoices({})", made["DocEntry"]);
    let patch = |body: &str| sap.send("PATCH", &path, body, &[]);
    assert!(patch(r#"{"NumAtCard":"TAKEN"}"#).error().1.starts_with("10001467"));
    assert_eq!(patch(r#"{"NumAtCard":"MINE"}"#).status, 204, "its own number is its own");
    assert!(patch(r#"{"DocDueDate":"2029-06-01"}"#).error().1.starts_with("Date deviates"));
    assert_eq!(patch(r#"{"DocDueDate":null}"#).error().0, -5002);
    assert_eq!(patch(r#"{"DocDueDate":"2026-05-01"}"#).status, 204);
    assert_eq!(sap.ok(&path).json()["DocDueDate"], "2026-05-01T00:00:00Z");
}

#[test]
fn over_length_is_an_error_and_never_a_cut() {
    let sap = Sap::ready();
    let fits = "x".repeat(100);
    sap.created("PurchaseInvoices", &invoice(&fits, "1.00", "", ""));
    let (_, text) = sap.refused("PurchaseInvoices", &invoice(&format!("{fits}y"), "1.00", "", ""));
    assert!(text.ends_with("Value too long in property 'NumAtCard' of 'Document'"), "{text}");
    let umlauts = "ä".repeat(100);
    sap.created("PurchaseInvoices", &invoice(&umlauts, "1.00", "", ""));
    let key = format!(r#","U_ProcoreKey":"{}""#, "k".repeat(101));
    let (_, text) = sap.refused("PurchaseInvoices", &invoice("L", "1.00", &key, ""));
    assert!(text.ends_with("Value too long in property 'U_ProcoreKey' of 'Document'"), "{text}");
}

#[test]
fn amounts_keep_every_digit_as_numbers_and_as_strings() {
    let sap = Sap::ready();
    for (n, sent) in
        ["1234567890123.45", "\"1234567890123.45\"", "1.23456789012345e12"].into_iter().enumerate()
    {
        let made = sap.post("PurchaseInvoices", &invoice(&format!("A{n}"), sent, "", ""));
        assert_eq!(made.status, 201, "{sent}: {}", made.text);
        let document = sap.layer.documents().pop().unwrap();
        assert_eq!(document.lines[0].net, amount("1234567890123.45"), "{sent}");
        assert!(made.text.contains(r#""DocTotal":1234567890123.45,"#));
    }
}

#[test]
fn a_sum_of_more_than_thirteen_integer_digits_is_refused() {
    let sap = Sap::ready();
    let two = r#"},{"AccountCode":"5030","LineTotal":9000000000000,"TaxCode":"EX""#;
    let (_, text) = sap.refused("PurchaseInvoices", &invoice("S", "9000000000000", "", two));
    assert!(text.contains("Value too long in property 'DocTotal'"), "{text}");
}

#[test]
fn tax_is_rounded_per_line_away_from_zero() {
    let sap = Sap::ready();
    let lines = r#"},{"AccountCode":"5030","LineTotal":0.19,"TaxCode":"TX8"},{"AccountCode":"5030","LineTotal":-0.06,"TaxCode":"TX8"},{"AccountCode":"5030","LineTotal":1.1875,"TaxCode":"TX8""#;
    sap.created("PurchaseInvoices", &invoice("T", "0.06", "", lines).replace("EX", "TX8"));
    let document = sap.layer.documents().pop().unwrap();
    let taxes: Vec<_> = document.lines.iter().map(|l| l.tax.normalize().to_string()).collect();
    assert_eq!(taxes, ["0", "0.02", "0", "0.1"]);
    assert_eq!(document.lines[3].net, amount("1.19"), "a line is rounded to the company's cents");
    assert_eq!(document.tax, amount("0.12"));
    assert_eq!(document.total, amount("1.50"));
}

#[test]
fn a_closed_period_refuses_and_the_other_states_do_not() {
    let sap = Sap::ready();
    for (n, (status, open)) in [
        (PeriodState::Locked, false),
        (PeriodState::Closing, false),
        (PeriodState::OpenExceptSales, true),
        (PeriodState::Open, true),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(sap.layer.set_period("2026-03", status));
        let answer = sap.post("PurchaseInvoices", &invoice(&format!("P{n}"), "1.00", "", ""));
        assert_eq!(answer.status == 201, open, "{status:?}");
        if !open {
            assert_eq!(answer.error().0, -4013);
        }
    }
    assert!(!sap.layer.set_period("1999-01", PeriodState::Open));
}

#[test]
fn a_vendors_number_is_taken_until_its_invoice_is_cancelled() {
    let sap = Sap::ready();
    let first = sap.created("PurchaseInvoices", &invoice("SAME", "1.00", "", ""));
    let repeat = || sap.post("PurchaseInvoices", &invoice("SAME", "2.00", "", ""));
    assert!(repeat().error().1.starts_with("10001467 - "));
    let other = invoice("SAME", "1.00", r#","CardCode":"V200""#, "");
    sap.created("PurchaseInvoices", &other);
    sap.created("PurchaseCreditNotes", &invoice("SAME", "1.00", "", ""));
    sap.created("PurchaseInvoices", &invoice("", "1.00", "", ""));
    sap.created("PurchaseInvoices", &invoice("", "1.00", "", ""));
    assert_eq!(
        sap.post(&format!("PurchaseInvoices({})/Cancel", first["DocEntry"]), "").status,
        204
    );
    assert_eq!(repeat().status, 201);
    sap.layer.with_options(|options| options.block_duplicate_vendor_ref = false);
    assert_eq!(repeat().status, 201);
}

#[test]
fn required_dimensions_and_projects_are_required() {
    let sap = Sap::ready();
    assert!(sap.layer.require_dimensions("5030", true, true));
    let (_, text) = sap.refused("PurchaseInvoices", &invoice("Q", "1.00", "", ""));
    assert!(text.starts_with("Distribution rule of dimension 1 is missing"), "{text}");
    let center = r#","CostingCode":"SITE01""#;
    let (_, text) = sap.refused("PurchaseInvoices", &invoice("Q", "1.00", "", center));
    assert!(text.starts_with("Project code is missing"), "{text}");
    let both = r#","CostingCode":"SITE01","ProjectCode":"PRJ01""#;
    sap.created("PurchaseInvoices", &invoice("Q", "1.00", "", both));
}

#[test]
fn branches_are_asked_for_where_the_company_has_them() {
    let sap = Sap::with(ServiceLayerOptions { branches: true, ..Default::default() });
    for header in ["", r#","BPL_IDAssignedToInvoice":9"#, r#","BPL_IDAssignedToInvoice":3"#] {
        let refused = sap.refused("PurchaseInvoices", &invoice("B", "1.00", header, ""));
        assert_eq!(refused, (-5002, "Specify an active branch  [OPCH.BPLId]".to_owned()));
    }
    let header = r#","BPL_IDAssignedToInvoice":1"#;
    sap.created("PurchaseInvoices", &invoice("B", "1.00", header, ""));
    let places = sap.ok("BusinessPlaces").rows();
    let disabled: Vec<_> = places.iter().map(|place| place["Disabled"].as_str().unwrap()).collect();
    assert_eq!(disabled, ["tNO", "tNO", "tYES"]);
    // A partner is used in the branches that it is assigned to, and in no other.
    let only = r#"{"BPBranchAssignment":[{"BPLID":2,"DisabledForBP":"tYES"}]}"#;
    assert_eq!(sap.send("PATCH", "BusinessPartners('V100')", only, &[]).status, 204);
    let header = r#","BPL_IDAssignedToInvoice":2"#;
    let refused = sap.refused("PurchaseInvoices", &invoice("C", "1.00", header, ""));
    assert!(refused.1.starts_with("Business partner 'V100' is not assigned to branch 2"));
    let held = sap.ok("BusinessPartners('V100')").json();
    assert_eq!(held["BPBranchAssignment"].as_array().unwrap().len(), 2, "the other one stays");
}

#[test]
fn each_branch_of_a_journal_entry_balances_by_itself() {
    let sap = Sap::with(ServiceLayerOptions { branches: true, ..Default::default() });
    let entry = |branches: [i64; 2]| {
        let [debit, credit] = branches;
        format!(
            r#"{{"ReferenceDate":"2026-03-10","JournalEntryLines":[
                {{"AccountCode":"5010","Debit":10,"CostingCode":"SITE01","BPLID":{debit}}},
                {{"AccountCode":"2195","Credit":10,"BPLID":{credit}}}]}}"#
        )
    };
    sap.created("JournalEntries", &entry([2, 2]));
    assert_eq!(
        sap.refused("JournalEntries", &entry([1, 2])),
        (-5002, "Unbalanced Transaction".to_owned())
    );
    let refused = sap.refused("JournalEntries", &entry([2, 3]));
    assert_eq!(refused.1, "Specify an active branch  [JDT1.BPLId]");
}

#[test]
fn vat_localisations_use_vat_groups() {
    let options =
        ServiceLayerOptions { localization: Localization::Vat, ..ServiceLayerOptions::default() };
    let sap = Sap::with(options);
    let body = invoice("V", "100.00", "", "").replace(r#""TaxCode":"EX""#, r#""VatGroup":"TX8""#);
    let made = sap.created("PurchaseInvoices", &body);
    assert_eq!(made["VatSum"].as_f64(), Some(8.0));
    let (code, text) = sap.refused("PurchaseInvoices", &invoice("W", "1.00", "", ""));
    assert!(code == -10 && text.starts_with("10000180"), "a tax code is no VAT group: {text}");
    assert_eq!(sap.ok("SalesTaxCodes").rows().len(), 0);
    let group = sap.ok("VatGroups('TX8')").json();
    assert_eq!(group["Category"], "bovcInputTax");
    assert_eq!(group["VatGroups_Lines"][0]["Rate"].as_f64(), Some(8.0));
}

#[test]
fn foreign_currency_takes_the_rate_of_the_posting_date() {
    let sap = Sap::ready();
    let header = r#","DocCurrency":"EUR""#;
    let body = invoice("F", "0", header, "").replace(r#""LineTotal":0"#, r#""RowTotalFC":100.00"#);
    let (_, text) = sap.refused("PurchaseInvoices", &body);
    assert_eq!(text, "Update the exchange rate  , 'EUR'");
    sap.layer.set_rate("EUR", day("2026-03-10"), amount("1.1055"));
    let made = sap.post("PurchaseInvoices", &body);
    assert!(made.text.contains(r#""DocTotal":110.55,"#), "{}", made.text);
    assert!(made.text.contains(r#""DocTotalFc":100.0,"#));
    assert!(made.text.contains(r#""DocRate":1.1055,"#));
    let unknown = invoice("G", "1.00", r#","DocCurrency":"XXX""#, "");
    assert_eq!(sap.refused("PurchaseInvoices", &unknown).0, -5002);
}

#[test]
fn texts_and_user_fields_can_be_patched_and_nothing_else() {
    let sap = Sap::ready();
    let made = sap.created("PurchaseInvoices", &invoice("K", "1.00", "", ""));
    let path = format!("PurchaseInvoices({})", made["DocEntry"]);
    let change = r#"{"Comments":"seen","U_ProcoreKey":"k#1","DocumentLines":[{"LineNum":0,"FreeText":"77"}]}"#;
    assert_eq!(sap.send("PATCH", &path, change, &[]).status, 204);
    let document = sap.layer.documents().pop().unwrap();
    assert_eq!((document.comments.as_str(), document.lines[0].free_text.as_str()), ("seen", "77"));
    assert_eq!(document.user_fields["U_ProcoreKey"], "k#1");
    assert_eq!(document.lines[0].net, Decimal::ONE, "the rest of the line stays");
    for refused in [
        r#"{"CardCode":"V200"}"#,
        r#"{"DocDate":"2026-04-01"}"#,
        r#"{"DocumentLines":[{"LineNum":0,"LineTotal":5}]}"#,
    ] {
        let answer = sap.send("PATCH", &path, refused, &[]);
        assert_eq!(answer.error(), (-5002, "Internal error (-5002) occurred".to_owned()));
    }
    assert_eq!(sap.send("PATCH", &path, r#"{"Comments":null}"#, &[]).status, 204);
    assert_eq!(sap.layer.documents()[0].comments, "");
    let instead =
        sap.send("POST", &path, r#"{"Comments":"again"}"#, &[("x-http-method-override", "PATCH")]);
    assert_eq!(instead.status, 204);
}

#[test]
fn a_partner_is_frozen_and_valid_between_dates() {
    let sap = Sap::ready();
    let dated = |change: &str| {
        assert_eq!(sap.send("PATCH", "BusinessPartners('V100')", change, &[]).status, 204);
        sap.post("PurchaseInvoices", &invoice("", "1.00", "", "")).status
    };
    assert_eq!(dated(r#"{"Frozen":"tYES","FrozenFrom":"2026-04-01"}"#), 201);
    assert_eq!(dated(r#"{"FrozenFrom":"2026-03-01","FrozenTo":"2026-03-31"}"#), 400);
    assert_eq!(dated(r#"{"Frozen":"tNO","ValidFrom":"2026-03-11"}"#), 400);
    assert_eq!(dated(r#"{"ValidFrom":"2026-03-10","ValidTo":"2026-03-10"}"#), 201);
}
