//! The CSV tables: what reads, and what is said about what does not.

use chrono::NaiveDate;
use sync_core::model::{CostCoding, ProjectId};

use crate::bed::Bed;

#[test]
fn faults_of_a_table_are_named_by_file_line_and_column() {
    #[rustfmt::skip]
    let faults: &[(&str, &str, &str)] = &[
        ("accounts.csv", "project,cost_code,gl_account\n", "accounts.csv:1: cost_type: is missing in the header"),
        ("accounts.csv", "project,cost_code,cost_type,gl_acount\n*,*,*,5\n", "accounts.csv:1: gl_acount: is no column of this table; did you mean 'gl_account'?"),
        ("accounts.csv", "project;cost_code;cost_type;gl_account\n", "accounts.csv:1: the columns are separated by semicolons"),
        ("accounts.csv", "project,cost_code,cost_type,gl_account\n*,*,*\n", "accounts.csv:2: has 3 cells, and the header has 4"),
        ("accounts.csv", "project,cost_code,cost_type,gl_account\n*,*,*,1234567890123456\n", "accounts.csv:2: gl_account: '1234567890123456' is longer than SAP's 15"),
        ("accounts.csv", "project,cost_code,cost_type,gl_account,profit_center\n*,*,*,5,CHICAGO-1\n", "accounts.csv:2: profit_center: 'CHICAGO-1' is longer than SAP's 8"),
        ("accounts.csv", "project,cost_code,cost_type,gl_account,tax_code\n*,*,*,5,TAXABLE-1\n", "accounts.csv:2: tax_code: 'TAXABLE-1' is longer than SAP's 8"),
        ("accounts.csv", "project,cost_code,cost_type,gl_account,valid_from\n*,*,*,5,2026-13-01\n", "accounts.csv:2: valid_from: '2026-13-01' is no date"),
        ("accounts.csv", "project,cost_code,cost_type,gl_account,valid_from,valid_to\n*,*,*,5,2026-02-01,2026-01-01\n", "accounts.csv:2: valid_to"),
        ("accounts.csv", "project,cost_code,cost_type,gl_account\n*,*,*,5\n\n*,*,*,6\n", "accounts.csv:4: rows 2 and 4 answer the same question"),
        ("projects.csv", "procore_project_id,sap_project\n865,A-PROJECT-WITH-A-LONG-CODE\n", "projects.csv:2: sap_project: 'A-PROJECT-WITH-A-LONG-CODE' is longer than SAP's 20"),
        ("projects.csv", "procore_project_id,sap_project,branch\n865,P,main\n", "projects.csv:2: branch: 'main' is no number"),
        ("projects.csv", "procore_project_id,sap_project\n865,P\n865,Q\n", "projects.csv:3: project 865 stands in rows 2 and 3"),
        ("vendors.csv", "procore_vendor_id,card_code\n11,\n", "vendors.csv:2: card_code: is empty"),
        ("vendors.csv", "procore_vendor_id,card_code\n11,V123456789012345\n", "vendors.csv:2: card_code: 'V123456789012345' is longer than SAP's 15"),
        ("vendors.csv", "procore_vendor_id,card_code,wt_liable\n11,V1,maybe\n", "vendors.csv:2: wt_liable: 'maybe' is neither yes nor no"),
        ("vendors.csv", "", "vendors.csv: is empty"),
    ];
    for (name, text, expected) in faults {
        let bed = Bed::new();
        bed.write(name, text);
        let found = bed.faults();
        assert!(found.iter().any(|fault| fault.starts_with(expected)), "{expected}: {found:#?}");
    }
}

#[test]
fn a_row_that_is_not_utf8_does_not_hide_the_faults_of_others() {
    let bed = Bed::new();
    bed.write("vendors.csv", b"procore_vendor_id,card_code\n11,V\xe9\n12,\n");
    let faults = bed.faults();
    assert!(faults[0].starts_with("vendors.csv:2: is not UTF-8"), "{faults:#?}");
    assert!(faults[1].starts_with("vendors.csv:3: card_code"), "{faults:#?}");
}

#[test]
fn every_column_reaches_the_rule() {
    let bed = Bed::new();
    bed.write(
        "accounts.csv",
        "\u{feff}project,sub_job,cost_code,cost_type,gl_account,profit_center,dimension_2,dimension_3,\
         dimension_4,dimension_5,tax_code,valid_from,valid_to\r\n\
         865,N,\"03-*\",M,5020,,-,D3,,D5,U1,2026-01-01,2026-06-30\r\n",
    );
    bed.write(
        "projects.csv",
        "procore_project_id,sap_project,branch,profit_center,dimension_2,tax_code\n865,P865,3,CHI,X,EX\n",
    );
    bed.write("vendors.csv", "procore_vendor_id,card_code,wt_liable\n11,V1,yes\n12,V1,\n");
    let tables = bed.load().unwrap().mapping;
    let coding = CostCoding {
        sub_job: Some("N".into()),
        cost_code: "03-300".into(),
        cost_type: Some("M".into()),
    };
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (found, row) = tables.find(ProjectId(865), &coding, day("2026-06-30")).unwrap();
    assert_eq!((found.account.as_str(), row), ("5020", 2));
    let dimensions = found.dimensions.each_ref().map(|d| d.as_deref().unwrap_or("none"));
    assert_eq!(dimensions, ["CHI", "none", "D3", "none", "D5"]);
    assert_eq!(found.project.as_deref(), Some("P865"));
    assert_eq!(found.tax_code.as_deref(), Some("U1"));
    assert!(tables.find(ProjectId(865), &coding, day("2026-07-01")).is_err());
    assert_eq!(tables.project(ProjectId(865)).unwrap().branch, Some(3));
    assert_eq!(tables.vendor(11).unwrap().wt_liable, Some(true));
    assert_eq!(tables.vendor(12).unwrap().wt_liable, None);
}

#[test]
fn rows_are_file_lines_whatever_ends_them_and_however_many_lines_a_cell_has() {
    for end in ["\n", "\r\n"] {
        let bed = Bed::new();
        let lines = ["procore_vendor_id,card_code", "11,V1", "", "\"12", "\",V2", "", "13,"];
        bed.write("vendors.csv", lines.join(end));
        let faults = bed.faults();
        assert_eq!(faults.len(), 1, "{faults:#?}");
        assert!(faults[0].starts_with("vendors.csv:7: card_code: is empty"), "{faults:#?}");
    }
}
