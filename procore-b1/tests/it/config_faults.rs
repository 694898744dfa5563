//! What is wrong with a configuration is said with file, line, key and remedy, all of it at once.

use crate::bed::Bed;

/// A line of the configuration, what stands there instead, and what the one fault must say.
#[rustfmt::skip]
const FAULTS: &[(&str, &str, &[&str])] = &[
    ("company_id    = 8089", "company_id = \"8089\"", &["procore-b1.toml:5: procore.company_id", "whole number"]),
    ("company_id    = 8089", "", &["procore-b1.toml:1: procore.company_id: is missing"]),
    ("company_id    = 8089", "company_id = 8089\ncompany_idd = 1", &["procore-b1.toml:6: procore.company_idd: is no key", "did you mean 'company_id'?"]),
    ("project_ids   = [865, 866]", "project_ids = []", &["toml:6: procore.project_ids: names no project"]),
    ("project_ids   = [865, 866]", "project_ids = [865, 865]", &["toml:6: procore.project_ids: project 865 stands twice"]),
    ("project_ids   = [865, 866]", "project_ids = [\"house\"]", &["toml:6: procore.project_ids", "[865, 866]"]),
    ("https://api.procore.com", "http://api.procore.com", &["toml:2: procore.base_url: is plain http", "this machine"]),
    ("https://api.procore.com", "https://sandbox.procore.com", &["procore.login_url", "another environment", "login-sandbox"]),
    ("{ env = \"PROCORE_CLIENT_SECRET\" }", "{ env = \"NOT_SET\" }", &["toml:4: procore.client_secret", "NOT_SET is not set"]),
    ("{ env = \"PROCORE_CLIENT_SECRET\" }", "{ file = \"nowhere\" }", &["toml:4: procore.client_secret", "nowhere cannot be read"]),
    ("{ env = \"PROCORE_CLIENT_SECRET\" }", "{ env = \"A\", file = \"b\" }", &["toml:4: procore.client_secret: names not exactly one"]),
    (":50000/b1s/v2", ":50000/b1s", &["toml:9: sap_b1.service_layer_url: does not end in /v1 or /v2"]),
    ("company_db        = \"SBO_CONTRACTOR\"", "company_db = \"\"", &["toml:10: sap_b1.company_db"]),
    ("password          = { env = \"B1_PASSWORD\" }", "password = { env = \"B1_PASSWORD\" }\nca_certificate = \"none.pem\"", &["toml:13: sap_b1.ca_certificate", "cannot be read"]),
    #[cfg(feature = "postgres")]
    ("sqlite:state.db", "postgres://db/state?schema=North", &["toml:15: state.url: the schema 'North'", "begin with a letter"]),
    #[cfg(feature = "postgres")]
    ("sqlite:state.db", "postgres://joe:hunter2@db/state", &["toml:15: state.url: carries a password in plain text", "{ env = \"NAME\" }"]),
    #[cfg(not(feature = "postgres"))]
    ("sqlite:state.db", "postgres://db/state", &["toml:15: state.url: this program was built without PostgreSQL", "sqlite:"]),
    ("\"sqlite:state.db\"", "\"sqlite:state.db\"\nretention = \"1h\"", &["toml:16: state.retention", "from 1d to 36500d"]),
    ("\"sqlite:state.db\"", "\"sqlite:state.db\"\nlease = \"5m\"", &["toml:16: state.lease: is used only with a state in PostgreSQL", "remove it"]),
    ("\"sqlite:state.db\"", "{ env = \"NOT_SET\" }", &["toml:15: state.url: the environment variable NOT_SET is not set"]),
    ("sqlite:state.db", "sqlite::memory:", &["toml:15: state.url", "outlive"]),
    ("sqlite:state.db", "sqlite:nowhere/state.db", &["toml:15: state.url", "folder that is not there"]),
    ("\"2026-01-01\"", "\"01/02/2026\"", &["toml:23: posting.start_date: '01/02/2026'", "2026-01-01"]),
    ("start_date        = \"2026-01-01\"", "", &["toml:22: posting.start_date: is missing"]),
    ("[posting]", "[posting]\nbasis = \"progress\"", &["toml:25: posting.unbilled_account: is used only with basis = \"commitment\""]),
    ("unbilled_account  = \"2160\"", "basis = \"commitment_journal\"", &["toml:22: posting.accrued_account: is missing"]),
    ("[posting]", "[posting]\nbasis = \"comitment\"", &["toml:23: posting.basis: 'comitment'", "did you mean \"commitment\"?"]),
    ("unbilled_account  = \"2160\"", "basis = \"progress\"\nopening = \"committed\"", &["toml:25: posting.opening: \"committed\" says that the books held whole commitments", "on the basis progress", "write opening = \"billed\""]),
    ("[posting]", "[posting]\nreference = \"number\"", &["toml:23: posting.reference: 'number'", "\"udf\""]),
    ("[posting]", "[posting]\nrequisition_document = \"purchase_invoice\"", &["toml:23: posting.requisition_document", "cost twice"]),
    ("[posting]", "[posting]\nretainage_tax_code = \"EX\"", &["toml:23: posting.retainage_tax_code: is used only with"]),
    ("[posting]", "[posting]\ntax_in_journal = \"account\"\ntax_account = \"2160\"", &["posting.tax_account: account 2160 is also posting.unbilled_account"]),
    ("[posting]", "[posting]\naccrued_account = \"2165\"", &["toml:23: posting.accrued_account: is used only with basis = \"commitment_journal\""]),
    ("unbilled_account  = \"2160\"", "basis = \"progress\"\ncommitment_tax_codes = [\"V1\"]", &["posting.commitment_tax_codes: is used only with basis = \"commitment\""]),
    ("[posting]", "[posting]\ncommitment_tax_codes = [19]", &["posting.commitment_tax_codes", "e.g. [\"V1\"]"]),
    ("[posting]", "[posting]\ntax_in_journal = \"account\"", &["toml:23: posting.tax_in_journal", "posting.tax_account"]),
    ("[posting]", "[posting]\ntax_account = \"1400\"", &["toml:23: posting.tax_account", "only with"]),
    ("[posting]", "[posting]\nsettle_time = \"12 hours\"", &["toml:23: posting.settle_time", "\"12h\""]),
    ("[posting]", "[posting]\nlines_max = 0", &["toml:23: posting.lines_max", "from 2 to 2000"]),
    ("\"2160\"", "2160", &["toml:24: posting.unbilled_account", "in quotes"]),
    ("\"2160\"", "\"2160-00-00-00-00\"", &["toml:24: posting.unbilled_account", "longer than SAP's 15"]),
    ("\"2115\"", "\"2160\"", &["toml:25: posting.retainage_account: account 2160 is also posting.unbilled_account"]),
    ("expense = \"2195\"", "expense = \"2115\"", &["toml:29: posting.direct_cost_offset.expense: account 2115 is also posting.retainage_account"]),
    ("expense = \"2195\"", "expence = \"2195\"", &["toml:29: posting.direct_cost_offset.expence", "did you mean 'expense'?"]),
    ("expense = \"2195\"", "subcontractor_invoice = \"vendor\"", &["toml:29: posting.direct_cost_offset.subcontractor_invoice", "cost twice"]),
    ("expense = \"2195\"", "[posting.postable]\nsubcontract = [\"approved\"]", &["toml:30: posting.postable.subcontract: 'approved'", "did you mean \"Approved\"?"]),
    ("expense = \"2195\"", "[schedule]\ncron = \"0 2 * * *\"", &["toml:29: schedule: the schedule of the daemon is not built yet"]),
    ("expense = \"2195\"", "[run]\nlisten = \"127.0.0.1:1\"", &["toml:29: run: the daemon is not built yet"]),
    ("expense = \"2195\"", "[sap_b1.limits]\npost_with_claim = \"yes\"", &["toml:30: sap_b1.limits.post_with_claim"]),
    ("expense = \"2195\"", "[sap_b1.limits]\nunknown_settle = \"5m\"", &["toml:30: sap_b1.limits.unknown_settle", "6m"]),
    ("expense = \"2195\"", "[procore.limits]\nquota_share = 1.5", &["toml:30: procore.limits.quota_share", "0.01 to 1"]),
    ("expense = \"2195\"", "[procore.limits]\nsweep = \"saturday\"", &["toml:30: procore.limits.sweep: 'saturday' is no schedule"]),
    ("[procore]", "name = \"north\"\n[procore]", &["toml:1: name: one installation for several customers is not built yet"]),
    ("accounts = \"accounts.csv\"", "accounts = \"nowhere.csv\"", &["nowhere.csv: cannot be read"]),
];

#[test]
fn each_fault_is_named_with_file_line_key_and_remedy_and_brings_no_other() {
    for (from, to, says) in FAULTS {
        let faults = Bed::new().with(from, to).faults();
        assert_eq!(faults.len(), 1, "{to}: {faults:#?}");
        for part in *says {
            assert!(faults[0].contains(part), "{to}: '{part}' is not in: {}", faults[0]);
        }
    }
}

#[test]
fn faults_of_the_file_and_of_all_tables_are_named_at_once() {
    let bed = Bed::new()
        .with("company_id    = 8089", "company_id = -1")
        .with("start_date        = \"2026-01-01\"", "start_date = \"soon\"")
        .with("password          = { env = \"B1_PASSWORD\" }", "password = \"plain\"");
    bed.write("accounts.csv", "project,cost_code,cost_type,gl_account\n*,*,*,\n*,03*1,*,5010\n");
    bed.write("vendors.csv", "procore_vendor_id,card_code\nx,V1\n");
    let faults = bed.faults();
    for part in [
        "procore-b1.toml:5: procore.company_id",
        "procore-b1.toml:12: sap_b1.password",
        "procore-b1.toml:23: posting.start_date",
        "accounts.csv:2: gl_account: is empty",
        "accounts.csv:3: cost_code",
        "vendors.csv:2: procore_vendor_id: 'x'",
    ] {
        assert!(faults.iter().any(|fault| fault.contains(part)), "{part}: {faults:#?}");
    }
    assert_eq!(faults.len(), 6, "{faults:#?}");
}

#[test]
fn a_line_that_is_no_toml_is_named_with_the_other_faults_and_invents_no_missing_keys() {
    let bed = Bed::new()
        .with("company_id    = 8089", "company_id = = 8089")
        .with("\"2160\"", "\"2160-00-00-00-00\"");
    let faults = bed.faults();
    assert!(faults.iter().any(|fault| fault.contains("toml:5: is no TOML")), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.contains("posting.unbilled_account")), "{faults:#?}");
    assert!(!faults.iter().any(|fault| fault.contains("is missing")), "{faults:#?}");
}

#[test]
fn a_secret_in_plain_text_is_refused_and_shown_nowhere() {
    for (from, key) in [
        ("{ env = \"PROCORE_CLIENT_SECRET\" }", "procore.client_secret"),
        ("{ env = \"B1_PASSWORD\" }", "sap_b1.password"),
    ] {
        for plain in ["\"hunter2-canary\"", "{ env = \"hunter2-canary!\" }", "[\"hunter2-canary\"]"]
        {
            let bed = Bed::new().with(from, plain);
            let error = bed.load().unwrap_err();
            assert_eq!(error.faults.len(), 1);
            assert_eq!(error.faults[0].key, key);
            let text = format!("{error} {error:?}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
    let bed = Bed::new().with("https://b1.example.com", "https://u:hunter2-canary@b1.example.com");
    let error = bed.load().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    assert!(error.to_string().contains("user or a password"), "{error}");
}

#[cfg(feature = "postgres")]
#[test]
fn a_wrong_address_of_the_state_is_shown_nowhere() {
    for address in [
        "postgres://joe:hunter2-canary@db/state",
        "postgres://joe:hunter2-canary@db:port/state",
        "postgres://db/state?password=hunter2-canary",
        "mysql://joe:hunter2-canary@db/state",
    ] {
        let error = Bed::new().with("sqlite:state.db", address).load().unwrap_err();
        assert_eq!(error.faults.len(), 1, "{error}");
        assert_eq!(error.faults[0].key, "state.url");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}

#[test]
fn a_secret_in_a_broken_line_is_not_shown() {
    let error =
        Bed::new().with("{ env = \"B1_PASSWORD\" }", "hunter2-canary\" = 1").load().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
}

#[test]
fn a_cost_account_that_is_a_clearing_account_is_refused_with_both_places() {
    for (account, key) in [
        ("2160", "posting.unbilled_account"),
        ("2115", "posting.retainage_account"),
        ("2195", "posting.direct_cost_offset.expense"),
    ] {
        let bed = Bed::new();
        let table = format!("project,cost_code,cost_type,gl_account\n*,*,*,{account}\n");
        bed.write("accounts.csv", table);
        let faults = bed.faults();
        assert_eq!(faults.len(), 1, "{faults:#?}");
        assert!(faults[0].starts_with("accounts.csv:2: gl_account"), "{}", faults[0]);
        assert!(faults[0].contains(key) && faults[0].contains("twice"), "{}", faults[0]);
    }
}

#[test]
fn a_variable_that_overrides_no_key_is_named() {
    let faults = Bed::new().with_variable("PROCORE_B1__STATE__URI", "sqlite:x.db").faults();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(
        faults[0].starts_with("environment variable PROCORE_B1__STATE__URI: state.uri"),
        "{}",
        faults[0]
    );
    assert!(faults[0].contains("did you mean 'url'?"), "{}", faults[0]);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let bed = Bed::new();
    std::fs::remove_file(bed.file()).unwrap();
    assert!(bed.faults()[0].starts_with("procore-b1.toml: cannot be read"));
}
