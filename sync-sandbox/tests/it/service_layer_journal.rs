//! Journal entries over the wire.

use rust_decimal::Decimal;
use sync_sandbox::contractor::books::PeriodState;

use crate::service_layer::{Sap, amount, day, entry};

#[test]
fn an_entry_of_accounts_and_a_partner_is_posted_and_read_back() {
    let sap = Sap::ready();
    let body = r#"{"ReferenceDate":"2026-03-31","TaxDate":"2026-03-28","DueDate":"2026-04-30",
        "Memo":"Procore direct cost 77","Reference":"INV-77","Reference2":"8:865:direct_cost:77#1",
        "U_ProcoreKey":"8:865:direct_cost:77#1","JournalEntryLines":[
        {"AccountCode":"5010","Debit":"100.05","Credit":0,"CostingCode":"SITE01","ProjectCode":"PRJ01","LineMemo":"03-300","Reference1":"77"},
        {"ShortName":"V100","Credit":60.05,"DueDate":"2026-05-15"},
        {"ShortName":"V100","ControlAccount":"2160","Credit":40}]}"#;
    let answer = sap.post("JournalEntries", body);
    assert_eq!(answer.status, 201, "{}", answer.text);
    let made = answer.json();
    assert!(answer.header("location").ends_with(&format!("/JournalEntries({})", made["JdtNum"])));
    assert_eq!(answer.header("etag"), "");
    assert_eq!(made["OriginalJournal"], "ttJournalEntry");
    let lines = &made["JournalEntryLines"];
    assert_eq!(lines[1]["AccountCode"], "2110", "the partner's own control account follows");
    assert_eq!(lines[2]["AccountCode"], "2160");
    assert_eq!(lines[1]["DueDate"], "2026-05-15T00:00:00Z");
    assert_eq!(lines[2]["DueDate"], "2026-04-30T00:00:00Z");
    assert_eq!(lines[1]["Reference1"], "INV-77", "the header's reference unless the line has one");
    assert_eq!(lines[0]["Reference1"], "77");
    assert!(answer.text.contains(r#""DebitSys":100.05"#));
    let ledger = sap.layer.ledger();
    assert_eq!(ledger.partner_balance("2160", "V100"), amount("-40"));
    assert_eq!(ledger.partner_balance("2110", "V100"), amount("-60.05"));
    // What the server shows is what it takes: account lines repeat their account as the name.
    assert_eq!(lines[0]["ShortName"], "5010");
    let shown = r#"{"ReferenceDate":"2026-03-31","JournalEntryLines":[
        {"AccountCode":"5010","ShortName":"5010","Debit":1},
        {"AccountCode":"2160","ShortName":"V100","Credit":1}]}"#;
    sap.created("JournalEntries", shown);
    assert_eq!(sap.layer.ledger().partner_balance("2160", "V100"), amount("-41"));
}

#[test]
fn what_does_not_balance_is_refused_with_minus_5002() {
    let sap = Sap::ready();
    let unbalanced = (-5002, "Unbalanced Transaction".to_owned());
    let cases = [
        entry("5010", "2195", "1.00", "").replace(r#""Credit":1.00"#, r#""Credit":1.01"#),
        entry("5010", "2195", "1.00", "").replace(r#""Credit":1.00"#, r#""Debit":1.00"#),
        entry("5010", "2195", "1.00", "")
            .replace(r#""Credit":1.00"#, r#""Credit":1.00,"CreditSys":2"#),
    ];
    // Balanced in the system currency alone is not balanced.
    let local = entry("5010", "2195", "1.00", "")
        .replace(r#""Debit":1.00"#, r#""Debit":2.00,"DebitSys":1"#)
        .replace(r#""Credit":1.00"#, r#""Credit":1.00,"CreditSys":1"#);
    assert_eq!(sap.refused("JournalEntries", &local), unbalanced);
    for body in cases {
        assert_eq!(sap.refused("JournalEntries", &body), unbalanced, "{body}");
    }
    sap.layer.set_rate("EUR", day("2026-03-10"), amount("1.1"));
    let foreign = |debit: &str, credit: &str| {
        format!(
            r#"{{"ReferenceDate":"2026-03-10","JournalEntryLines":[{{"AccountCode":"5010","FCCurrency":"EUR","FCDebit":{debit},"Debit":11}},{{"AccountCode":"2195","FCCurrency":"EUR","FCCredit":{credit},"Credit":11}}]}}"#
        )
    };
    assert_eq!(sap.refused("JournalEntries", &foreign("10", "9")), unbalanced);
    sap.created("JournalEntries", &foreign("10", "10"));
    // A cent of a cent is rounded before it is compared.
    let body = entry("5010", "2195", "1.00", "").replace(r#""Credit":1.00"#, r#""Credit":1.004"#);
    sap.created("JournalEntries", &body);
}

#[test]
fn local_amounts_are_computed_where_only_foreign_ones_are_sent() {
    let sap = Sap::ready();
    let body = r#"{"ReferenceDate":"2026-03-10","JournalEntryLines":[
        {"AccountCode":"5010","FCCurrency":"EUR","FCDebit":10.01},
        {"AccountCode":"2195","FCCurrency":"EUR","FCCredit":10.01}]}"#;
    assert_eq!(sap.refused("JournalEntries", body).1, "Update the exchange rate  , 'EUR'");
    sap.layer.set_rate("EUR", day("2026-03-10"), amount("1.1055"));
    sap.created("JournalEntries", body);
    assert_eq!(sap.layer.ledger().balance("5010"), amount("11.07"));
}

#[test]
fn accounts_partners_codes_and_dates_are_checked() {
    let sap = Sap::ready();
    let line = |property: &str| {
        entry("5010", "2195", "1.00", "").replacen(
            r#""Debit""#,
            &format!(r#"{property},"Debit""#),
            1,
        )
    };
    let partner =
        |named: &str| entry("5010", "2195", "1.00", "").replace(r#""AccountCode":"2195""#, named);
    for (body, code, text) in [
        (entry("2160", "2195", "1.00", ""), -10, "Account '2160' is locked for manual"),
        (entry("5000", "2195", "1.00", ""), -10, "Account '5000' is a title account"),
        (entry("NOPE", "2195", "1.00", ""), -5002, "Enter valid code  [JDT1.Account][line: 1]"),
        (
            entry("5010", "V100", "1.00", ""),
            -5002,
            "Enter valid code  [JDT1.Account][line: 2] , 'V100'",
        ),
        (partner(r#""ShortName":"VFROZEN""#), -10, "Business partner 'VFROZEN' is inactive"),
        (partner(r#""ShortName":"NOBODY""#), -5002, "Invalid BP code  [JDT1.ShortName] , 'NOBODY'"),
        (
            partner(r#""ShortName":"NOBODY","AccountCode":"2195""#),
            -5002,
            "Invalid BP code  [JDT1.ShortName] , 'NOBODY'",
        ),
        (partner(r#""ShortName":"2195""#), -5002, "Invalid BP code  [JDT1.ShortName] , '2195'"),
        (
            partner(r#""ShortName":"V100","AccountCode":"2195""#),
            -10,
            "Account '2195' is not a control account",
        ),
        (line(r#""FCDebit":1"#), -5002, "Enter valid code  [JDT1.FCCurrency][line: 1]"),
        (
            line(r#""FCCurrency":"XXX""#),
            -5002,
            "Enter valid code  [JDT1.FCCurrency][line: 1] , 'XXX'",
        ),
        (entry("5010", "2195", "1.00", r#","Series":99"#), -10, "define the numbering series"),
        (entry("5010", "2195", "1.00", r#","AutoVAT":"tYES""#), -10, "an automatic tax line"),
        (entry("5010", "2195", "1.00", r#","AttachmentEntry":1"#), -10, "an attachment"),
        (line(r#""CostingCode":"SITE02""#), -10, "Distribution rule 'SITE02' is inactive"),
        (line(r#""CostingCode2":"SITE01""#), -5002, "Enter valid code  [JDT1.OcrCode2]"),
        (line(r#""ProjectCode":"PRJ02""#), -10, "Project 'PRJ02' is inactive"),
        (line(r#""U_Nope":"x""#), -1000, "Property 'U_Nope' of 'JournalEntryLine' is invalid"),
        (line(r#""Credit":1"#), -10, "A row has either a debit or a credit amount"),
        (
            entry("5010", "2195", "1.00", r#","NoSuch":1"#),
            -1000,
            "Property 'NoSuch' of 'JournalEntry'",
        ),
        (entry("5010", "2195", "1.00", r#","ReferenceDate":"2025-01-01""#), -10, "Date deviates"),
        (entry("5010", "2195", "1.00", r#","DueDate":"2030-01-01""#), -10, "Date deviates"),
        (
            entry("5010", "2195", "1.00", r#","ProjectCode":"NOPE""#),
            -5002,
            "Enter valid code  [OJDT.Project]",
        ),
        (
            entry("5010", "2195", "1.00", r#","JournalEntryLines":[]"#),
            -10,
            "Journal entry must have",
        ),
        (entry("5010", "2195", "1.00", r#","UseAutoStorno":"tYES""#), -10, "an automatic reversal"),
    ] {
        let (given, message) = sap.refused("JournalEntries", &body);
        assert_eq!(given, code, "{body}: {message}");
        assert!(message.starts_with(text), "{message}");
    }
    sap.layer.set_period("2026-03", PeriodState::Closing);
    assert_eq!(sap.refused("JournalEntries", &entry("5010", "2195", "1.00", "")).0, -4013);
    assert!(sap.layer.journal_entries().is_empty());
}

#[test]
fn cancelling_makes_an_entry_with_the_sides_exchanged_once() {
    let sap = Sap::ready();
    let key = r#","U_ProcoreKey":"8:865:direct_cost:1#1","Reference":"R""#;
    let made = sap.created("JournalEntries", &entry("5010", "2195", "12.34", key));
    let path = format!("JournalEntries({})/Cancel", made["JdtNum"]);
    assert_eq!(sap.post(&path, "").status, 204);
    let entries = sap.layer.journal_entries();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[1].original_journal, "ttJournalEntry");
    assert_eq!(entries[1].user_fields, entries[0].user_fields);
    assert_eq!(
        (entries[1].lines[0].debit, entries[1].lines[0].credit),
        (Decimal::ZERO, amount("12.34"))
    );
    assert_eq!(sap.layer.ledger().balance("5010"), Decimal::ZERO);
    assert_eq!(sap.post(&path, "").status, 400);
    assert!(sap.layer.reverse_journal_entry(entries[1].number).is_err(), "nor the reversal");
    assert_eq!(sap.post("JournalEntries(1)/Cancel", "").status, 404);
}

#[test]
fn an_entry_is_never_deleted_and_only_its_texts_change() {
    let sap = Sap::ready();
    let made = sap.created("JournalEntries", &entry("5010", "2195", "1.00", ""));
    let path = format!("JournalEntries({})", made["JdtNum"]);
    assert_eq!(sap.send("DELETE", &path, "", &[]).error().0, -5006);
    let memo = r#"{"Memo":"new","JournalEntryLines":[{"Line_ID":1,"LineMemo":"text"}]}"#;
    assert_eq!(sap.send("PATCH", &path, memo, &[]).status, 204);
    let held = &sap.layer.journal_entries()[0];
    assert_eq!((held.memo.as_str(), held.lines[1].memo.as_str()), ("new", "text"));
    for refused in
        [r#"{"ReferenceDate":"2026-04-01"}"#, r#"{"JournalEntryLines":[{"Line_ID":0,"Debit":2}]}"#]
    {
        assert_eq!(sap.send("PATCH", &path, refused, &[]).error().0, -5002);
    }
}

#[test]
fn our_entries_are_told_from_those_of_documents_by_their_origin() {
    let sap = Sap::ready();
    sap.created("JournalEntries", &entry("5010", "2195", "1.00", r#","Reference2":"K#1""#));
    sap.created("PurchaseInvoices", &crate::service_layer::invoice("K#1", "1.00", "", ""));
    let search = |more: &str| {
        sap.ok(&format!("JournalEntries?$filter=startswith(Reference2,'K%23'){more}")).rows().len()
    };
    assert_eq!(search(""), 2, "SAP copies the reference onto its own entry");
    assert_eq!(search("%20and%20OriginalJournal%20eq%20'ttJournalEntry'"), 1);
}
