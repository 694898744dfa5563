//! Reports: the JSON that programs rely on, the pages that finance prints.

use procore_b1::report::{html, json, sheet, text};
use serde_json::Value;
use sync_core::{
    engine::{Failure, FindingRow, ProjectProblem},
    model::ProjectId,
    ports::CycleStatus,
    states::{Finding, FindingKind, RecordState},
};

use crate::samples;

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn the_document_of_a_cycle_has_the_documented_shape() {
    let document = json::cycle(&samples::cycle());
    let expected = r#"{
  "cycle": {
    "id": 7,
    "started_at": "2026-11-24T02:00:00+00:00",
    "finished_at": "2026-11-24T02:00:31+00:00",
    "status": "done",
    "failure": null,
    "posts_from": null
  },
  "records": {
    "seen": 8,
    "posted": 1,
    "unchanged": 0,
    "nothing_to_post": 0,
    "not_postable": 3,
    "not_configured": 0,
    "opening": 0,
    "out_of_scope": 0,
    "future_dated": 0,
    "waiting": 0,
    "held": 1,
    "rejected": 0,
    "uncertain": 3,
    "pending_approval": 0,
    "skipped": 0
  },
  "documents": [
    {
      "key": "8089:865:subcontract:786002",
      "sequence": 1,
      "type": "PurchaseInvoices",
      "doc_entry": 412,
      "doc_num": 90412,
      "total": "1080.00",
      "net_cost": "1000.00",
      "currency": "USD"
    }
  ],
  "calls": {
    "procore": 12,
    "sap_b1": 9,
    "sap_b1_logins": 1
  },
  "exceptions": [
    {
      "key": "8089:865:subcontract:786001",
      "state": "held",
      "reason": "vendor_unmapped",
      "detail": "vendor 11 has no row",
      "remedy": "add the vendor's row to vendors.csv",
      "decisions": [
        "skip"
      ],
      "number": "SC-001",
      "title": "<script>alert('x')</script> & \u001b[2J",
      "amount": "12500.00",
      "currency": "USD"
    }
  ],
  "findings": [
    {
      "key": "8089:865:subcontract:786002",
      "finding": "excess_decimals",
      "detail": "1000.004"
    }
  ],
  "problems": [],
  "not_postable": [
    {
      "kind": "subcontract",
      "status": "Draft",
      "records": 3,
      "amount": "90000.50"
    }
  ]
}
"#;
    assert_eq!(String::from_utf8(document).unwrap(), expected);
}

#[test]
fn counts_of_a_cycle_add_up_to_the_records_seen() {
    let document = parsed(&json::cycle(&samples::cycle()));
    let records = document["records"].as_object().unwrap();
    let sum: u64 =
        records.iter().filter(|(name, _)| *name != "seen").map(|(_, n)| n.as_u64().unwrap()).sum();
    assert_eq!(sum, records["seen"].as_u64().unwrap());
}

#[test]
fn a_preview_names_each_document_with_its_hash_and_lines() {
    let document = parsed(&json::preview(&samples::preview()));
    let first = &document["documents"][0];
    assert_eq!(first["type"], "PurchaseInvoices");
    assert_eq!(first["content_hash"], "ab".repeat(32));
    assert_eq!(first["total"], "1080.00");
    assert_eq!(first["control_account"], "2160");
    assert_eq!(first["lines"][0]["amount"], "1000.00");
    assert_eq!(first["lines"][0]["dimensions"][0], "CHI");
    assert_eq!(document["preview"]["status"], "done");
}

#[test]
fn a_reconciliation_gives_every_amount_as_text() {
    let document = parsed(&json::reconciliation(&samples::reconciliation()));
    let project = &document["projects"][0];
    assert_eq!(project["procore_total"], "1234067.89");
    assert_eq!(project["terms"]["held"], "12500.00");
    assert_eq!(project["terms"]["rounding"], "0.01");
    assert_eq!(project["expected"], "1221567.90");
    assert_eq!(project["difference"], "0.00");
    assert_eq!(document["reconciliation"]["waiting_for_a_person"], 1);
    assert_eq!(project["periods"][1]["moved_in"], "100.00");
    assert_eq!(project["periods"][1]["expected"], "-400.00");
    assert_eq!(project["budget"]["lines"][0]["remaining"], "77932.10");
    assert_eq!(project["budget"]["lines"][1]["budget"], Value::Null);
    assert_eq!(project["findings"][0]["finding"], "not_in_budget");
    let duplicate = &document["possible_duplicates"][0];
    assert_eq!((&duplicate["doc_entry"], &duplicate["net"]), (&77.into(), &"1000.00".into()));
    assert_no_fraction(&document);
}

fn assert_no_fraction(value: &Value) {
    match value {
        Value::Number(number) => assert!(number.is_i64() || number.is_u64(), "{number}"),
        Value::Array(items) => items.iter().for_each(assert_no_fraction),
        Value::Object(map) => map.values().for_each(assert_no_fraction),
        _ => {}
    }
}

#[test]
fn pages_escape_the_text_of_both_systems_and_load_nothing() {
    for page in [html::reconciliation(&samples::edited()), html::preview(&samples::preview())] {
        assert!(page.contains("&lt;script&gt;"), "the text is there");
        assert!(!page.contains("<script"), "and no script is");
        for loading in ["src=", "href=", "@import", "url(", "http://", "https://"] {
            assert!(!page.contains(loading), "{loading}");
        }
    }
}

#[test]
fn the_page_of_a_reconciliation_holds_what_finance_ties_out() {
    let page = html::reconciliation(&samples::reconciliation());
    for part in [
        "Procore and SAP agree",
        "One record waits for a person",
        "1,234,567.89",
        "-500.00",
        "Less held",
        "-12,500.00",
        "1,221,567.90",
        "vendor_unmapped: vendor 11 has no row",
        "add the vendor&#39;s row to vendors.csv",
        "<svg",
        "2026-11",
        "What counts as approved",
        "Approved",
        "Accounts and profit centers",
        "Unbilled in SAP",
        "Retainage in SAP",
        "Posting periods",
        "In SAP to date",
        "Posted into another period than its own",
        "Budget in USD",
        "Ledger tie-out",
        "Possible manual duplicates",
        "90077",
        "1,221,623.40",
        "Not ours on these accounts",
        "Remaining",
        "A/03-300",
        "no budget for A/03-300: 12500",
        "<title>Cost recognised in SAP per month of posting</title>",
        "Expected in SAP",
        "In SAP, by key",
        "or decide: skip",
        "Prepared by",
        "Reviewed by",
        "2026-11-24 06:00 UTC",
    ] {
        let plain = page.replace("&#39;", "'");
        assert!(plain.contains(&part.replace("&#39;", "'")), "{part}");
    }
}

#[test]
fn a_difference_is_never_called_an_agreement() {
    let mut report = samples::reconciliation();
    report.tie_out.rows[0].amounts.by_key += samples::money("1");
    assert_eq!(report.exit_code(), 1);
    assert!(text::reconciliation(&report).contains("but 1.00 USD of SAP's journal does not tie"));
    let mut report = samples::edited();
    assert!(text::reconciliation(&report).starts_with("Procore and SAP differ by 100.00 USD"));
    report.failure = Some(Failure { name: "login_refused", detail: "no".into() });
    assert!(text::reconciliation(&report).starts_with("The reconciliation could not be made"));
}

#[test]
fn terminal_text_cannot_move_the_cursor() {
    let report = samples::cycle();
    for text in [
        text::cycle(&report),
        text::preview(&samples::preview()),
        text::reconciliation(&samples::edited()),
    ] {
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
    let text = text::cycle(&report);
    assert!(
        text.starts_with(
            "Cycle 7 is done: 1 document posted, 0 records unchanged, 4 wait for a person.\n"
        ),
        "{text}"
    );
    assert!(text.contains("remedy:    add the vendor's row to vendors.csv"), "{text}");
}

#[test]
fn csv_files_have_plain_amounts_and_no_formulas() {
    let mut row = samples::held();
    row.title = "=HYPERLINK(\"x\")".into();
    let csv = String::from_utf8(sheet::exceptions(&[row])).unwrap();
    assert!(csv.contains("held,vendor_unmapped,12500.00,USD,SC-001,\"'=HYPERLINK"), "{csv}");
    let csv = String::from_utf8(sheet::reconciliation(&samples::reconciliation())).unwrap();
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(header[..5], ["row", "project", "name", "sap_project", "currency"]);
    assert!(lines.next().unwrap().contains(",1234567.89,-500.00,1234067.89,"), "{csv}");
}

#[test]
fn amounts_of_two_currencies_are_never_added_in_any_form_of_the_report() {
    let report = samples::two_currencies();
    assert_eq!(report.exit_code(), 1);

    let said = text::reconciliation(&report);
    assert!(said.starts_with("Procore and SAP differ by 10.00 EUR;"), "{said}");
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let totals = said.lines().skip_while(|line| !line.trim_start().starts_with("Total in"));
    let totals: Vec<Vec<String>> = totals.map(words).skip(1).take(2).collect();
    assert!(
        totals[0].iter().eq(["EUR", "1,000.00", "0.00", "0.00", "1,000.00", "990.00", "10.00"])
    );
    assert_eq!((totals[1][0].as_str(), totals[1][5].as_str()), ("USD", "1,221,567.90"));

    let document = parsed(&json::reconciliation(&report));
    assert_eq!(document["reconciliation"]["differs_by"]["EUR"], "10.00");
    assert_eq!(document["reconciliation"]["differs_by"]["USD"], Value::Null);
    let in_sap =
        |at: usize| (&document["totals"][at]["currency"], &document["totals"][at]["in_sap"]);
    assert_eq!(in_sap(0), (&Value::from("EUR"), &Value::from("990.00")));
    assert_eq!(in_sap(1), (&Value::from("USD"), &Value::from("1221567.90")));
    let tied = &document["tie_out"]["accounts"][1];
    assert_eq!((&tied["currency"], &tied["by_key"]), (&"EUR".into(), &"990.00".into()));
    assert_eq!(tied["local"]["by_key"], "1089.00", "and in the currency of the books");

    let bytes = sheet::reconciliation(&report);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let in_short = |row: &csv::StringRecord| format!("{} {} {}", &row[0], &row[4], &row[7]);
    let of_kinds = ["project", "total"];
    let shown = rows.iter().filter(|row| of_kinds.contains(&&row[0]));
    let short: Vec<String> = shown.map(in_short).collect();
    assert_eq!(
        short,
        [
            "project USD 1234067.89",
            "project EUR 1000.00",
            "total EUR 1000.00",
            "total USD 1234067.89"
        ]
    );

    let page = html::reconciliation(&report);
    for part in [
        "Rounding ledger",
        "Totals per currency",
        "Summary in EUR",
        "Summary in USD",
        "Does not tie, USD",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("1,235,067.89"), "dollars and euros are not one sum");
    assert!(!html::reconciliation(&samples::reconciliation()).contains("Totals per currency"));
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap()
}

fn unreadable() -> ProjectProblem {
    let failure = Failure { name: "source_unavailable", detail: "502 three times".into() };
    ProjectProblem { project: ProjectId(866), failure }
}

#[test]
fn the_verdict_of_a_cycle_is_never_kinder_than_its_exit_code() {
    let mut report = samples::cycle();
    report.exceptions.clear();
    report.counts = [(RecordState::Posted, 1), (RecordState::Unchanged, 1904)].into();
    assert_eq!(report.exit_code(), 0);
    assert_eq!(
        first_line(&text::cycle(&report)),
        "Cycle 7 is done: 1 document posted, 1,904 records unchanged, nothing waits for a person."
    );

    let finding = Finding { kind: FindingKind::SapRecalculated, detail: "10.01".into() };
    let key = samples::key("8089:865:subcontract:786002");
    report.findings.push(FindingRow { key, finding });
    assert_eq!(report.exit_code(), 2);
    assert!(first_line(&text::cycle(&report)).ends_with("unchanged, 1 finding to accept."));

    (report.left, report.posts_from) = (3, Some(samples::at("2026-11-24T02:10:00Z")));
    let said = text::cycle(&report);
    let left = "1 finding to accept, 3 records left until 2026-11-24 02:10:00 UTC.";
    assert!(first_line(&said).ends_with(left), "{said}");
    let why = "\nNothing new is posted before 2026-11-24 02:10:00 UTC: this state took over";
    assert!(said.contains(why), "{said}");
    assert_eq!(parsed(&json::cycle(&report))["cycle"]["posts_from"], "2026-11-24T02:10:00+00:00");
    let finding = report.findings.pop().unwrap();
    assert_eq!(report.exit_code(), 2, "what was left waits");
    report.findings.push(finding);
    (report.left, report.posts_from) = (0, None);

    report.counts.insert(RecordState::Held, 2);
    let said = text::cycle(&report);
    assert!(first_line(&said).ends_with("2 wait for a person, 1 finding to accept."), "{said}");

    report.status = CycleStatus::Partial;
    report.problems.push(unreadable());
    assert_eq!(report.exit_code(), 1);
    let said = text::cycle(&report);
    assert!(first_line(&said).starts_with("Cycle 7 is partial, a part could not be done: "));
    assert!(said.contains("project 866: source_unavailable: 502 three times"), "{said}");

    report.status = CycleStatus::Failed;
    report.number = 0;
    report.failure = Some(Failure { name: "login_refused", detail: "SAP said no".into() });
    let said = text::cycle(&report);
    assert_eq!(first_line(&said), "The cycle failed before it began; nothing was posted.");
    assert!(said.contains("login_refused: SAP said no"), "{said}");
}

#[test]
fn the_verdict_of_a_preview_is_never_kinder_than_its_exit_code() {
    let mut report = samples::preview();
    assert_eq!(report.exit_code(), 2);
    assert_eq!(
        first_line(&text::preview(&report)),
        "A sync would post 1 document; 1 record would wait for a person. Nothing was written."
    );
    report.problems.push(unreadable());
    let said = text::preview(&report);
    assert!(first_line(&said).starts_with("1 project could not be read in full;"), "{said}");
    report.problems.clear();
    report.exceptions.clear();
    assert_eq!(report.exit_code(), 0);
    let said = text::preview(&report);
    assert!(first_line(&said).contains("nothing would wait for a person"), "{said}");
    report.posts_from = Some(samples::at("2026-11-24T02:10:00Z"));
    let when = "would post 1 document, not before 2026-11-24 02:10:00 UTC; nothing would wait";
    assert!(text::preview(&report).contains(when), "{}", text::preview(&report));
    assert!(html::preview(&report).contains(when));
    assert_eq!(
        parsed(&json::preview(&report))["preview"]["posts_from"],
        "2026-11-24T02:10:00+00:00"
    );
}

#[test]
fn a_title_with_a_line_break_begins_no_line_of_its_own() {
    let mut row = samples::held();
    row.title = "x\n0 records wait\u{202e}for a person.".into();
    let said = text::exceptions(&[row.clone()]);
    assert!(said.contains("x 0 records wait for a person."), "{said}");
    let mut report = samples::preview();
    report.documents[0].title = row.title;
    assert!(text::preview(&report).contains("x 0 records wait for a person."));
}

#[test]
fn text_that_a_spreadsheet_would_calculate_is_guarded_and_amounts_stay_numbers() {
    let starts = ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "plain"];
    let rows = starts.map(|title| {
        let mut row = samples::held();
        row.title = title.into();
        row.amount = samples::money("-500");
        row
    });
    let bytes = sheet::exceptions(&rows);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    for (row, title) in reader.records().zip(starts) {
        let row = row.unwrap();
        let guarded = if title == "plain" { title.to_owned() } else { format!("'{title}") };
        assert_eq!(&row[6], guarded);
        assert_eq!(&row[3], "-500.00");
    }
}

/// The CSV file of a reconciliation as cells by the names of their columns, of one kind of rows.
fn of_kind(bytes: &[u8], kind: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows = reader.records().map(Result::unwrap).filter(|row| &row[0] == kind);
    rows.map(|row| columns.iter().map(|name| row[at(name)].to_owned()).collect()).collect()
}

#[test]
fn the_rounding_term_is_traced_to_rows_in_every_form_of_the_report() {
    let mut report = samples::reconciliation();
    report.projects[0].rounding[0].number = "=SC-2".into();
    let bytes = sheet::reconciliation(&report);
    let columns = ["key", "number", "stated", "rounded", "moved", "untraced", "posted", "since"];
    let [record] = of_kind(&bytes, "rounding", &columns).try_into().unwrap();
    let key = "8089:865:subcontract:786002";
    assert_eq!(record, [key, "'=SC-2", "99.9999", "99.99", "0.01", "0.01", "100.01", ""]);
    let columns = ["key", "line", "currency", "stated", "rounded", "moved", "posted", "since"];
    let [unit] = of_kind(&bytes, "rounding_unit", &columns).try_into().unwrap();
    assert_eq!(unit, [key, "9", "USD", "33.3333", "33.33", "0.01", "33.34", "2026-11-03"]);

    let document = parsed(&json::reconciliation(&report));
    let record = &document["projects"][0]["rounding"][0];
    assert_eq!((&record["total"], &record["lines"]), (&"0.0101".into(), &"-0.0099".into()));
    assert_eq!((&record["moved"], &record["untraced"]), (&"0.01".into(), &"0.01".into()));
    let row = &record["rows"][0];
    assert_eq!((&row["line"], &row["posted"]), (&9.into(), &"33.34".into()));
    assert_eq!((&row["exact"], &row["since"]), (&"33.3333".into(), &"2026-11-03".into()));

    let page = html::reconciliation(&report);
    for part in ["Rounding ledger", "33.3333", "33.34", "2026-11-03"] {
        assert!(page.contains(part), "{part}");
    }
    let said = text::reconciliation(&report);
    assert!(said.contains("Lines alone") && said.contains("-0.0099"), "{said}");
}

#[test]
fn the_csv_file_has_a_row_for_each_account_of_the_tie_out_in_both_currencies() {
    let bytes = sheet::reconciliation(&samples::two_currencies());
    let columns = [
        "account",
        "name",
        "profit_center",
        "currency",
        "in_journal",
        "by_documents",
        "does_not_tie",
        "not_ours",
        "local_currency",
        "local_by_key",
    ];
    let rows = of_kind(&bytes, "tie_out", &columns);
    assert_eq!(
        rows,
        [
            ["5020", "Materials", "CHI", "USD", "1221623.40", "1221567.90", "0.00", "55.50", "USD"]
                .map(str::to_owned)
                .into_iter()
                .chain(["1221567.90".to_owned()])
                .collect::<Vec<_>>(),
            ["5020", "Materials", "CHI", "EUR", "990.00", "990.00", "0.00", "0.00", "USD"]
                .map(str::to_owned)
                .into_iter()
                .chain(["1089.00".to_owned()])
                .collect(),
        ]
    );
}
