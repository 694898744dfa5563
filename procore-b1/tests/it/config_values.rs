//! What a configuration without faults means.

use chrono::{NaiveDate, TimeDelta};
use procore_b1::config::{Config, ProjectChoice, StateConfig};
use sync_core::{
    model::{Kind, ProjectId},
    policy::{
        Basis, ClosedPeriod, NegativeLines, Offset, OnChange, Opening, OverBilling, Policy,
        Reference, RequisitionDocument, TaxInJournal,
    },
};

use crate::bed::Bed;

fn state_file(config: &Config) -> std::path::PathBuf {
    match &config.state {
        StateConfig::File(file) => file.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_that_are_not_there_have_their_documented_defaults() {
    let config = Bed::new().load().unwrap();
    let mut expected = Policy::starting_on(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
    expected.unbilled_account = Some("2160".into());
    expected.retainage_account = Some("2115".into());
    expected.direct_cost_offset.insert("invoice".into(), Offset::Vendor);
    expected.direct_cost_offset.insert("expense".into(), Offset::Account("2195".into()));
    assert_eq!(config.policy, expected);
    assert_eq!(config.procore.quota_share_percent, 80);
    assert_eq!(config.procore.overlap, TimeDelta::minutes(10));
    assert_eq!(config.sap_b1.document_timeout.as_secs(), 180);
    assert_eq!(config.sap_b1.unknown_settle, TimeDelta::minutes(10));
    assert_eq!(config.profile.ledger, "SBO_CONTRACTOR@b1.example.com");
    assert_eq!(state_file(&config), config.file.with_file_name("state.db"));
    assert_eq!(config.retention, TimeDelta::days(400));
}

#[test]
fn a_basis_reaches_the_policy_with_its_accounts() {
    let basis = |keys: &str| {
        let bed = Bed::new().with("unbilled_account  = \"2160\"", keys);
        let config = bed.load().unwrap();
        assert_eq!(config.profile.basis, config.policy.basis.name());
        config.policy
    };
    let policy = basis("basis = \"commitment_journal\"\naccrued_account = \"2165\"");
    assert_eq!(policy.basis, Basis::CommitmentJournal);
    assert_eq!(policy.accrued_account.as_deref(), Some("2165"));
    let policy = basis(
        "basis = \"encumbrance\"\nencumbrance_account = \"9010\"\nencumbrance_reserve = \"9020\"\n\
         requisition_document = \"purchase_invoice\"\nretainage_tax_code = \"EX\"",
    );
    assert_eq!(policy.basis, Basis::Encumbrance);
    assert_eq!(policy.encumbrance_account.as_deref(), Some("9010"));
    assert_eq!(policy.encumbrance_reserve.as_deref(), Some("9020"));
    assert_eq!(policy.requisition_document, RequisitionDocument::PurchaseInvoice);
    assert_eq!(policy.retainage_tax_code.as_deref(), Some("EX"));
    assert_eq!(basis("basis = \"progress\"").basis, Basis::Progress);
}

#[test]
fn every_key_of_the_posting_section_reaches_the_policy() {
    let config = Bed::new()
        .with(
            "[posting]",
            "[posting]\nbasis = \"commitment\"\nopening = \"committed\"\non_change = \"hold\"\n\
             settle_cycles = 3\nsettle_time = \"2d\"\nclosed_period = \"hold\"\n\
             rounding = \"half_even\"\nrounding_residual = \"strict\"\nover_billing = \"post\"\n\
             release_unbilled = \"auto\"\nnegative_lines = \"split\"\nlines_max = 50\nremap_posted = true\n\
             tax_in_journal = \"account\"\ntax_account = \"1400\"\ncommitment_tax_codes = [\"V1\", \"V2\"]",
        )
        .with(
            "expense = \"2195\"",
            "expense = \"2195\"\n[posting.postable]\nrequisition = [\"approved\", \
             \"approved_as_noted\"]\ndirect_cost = []",
        )
        .load()
        .unwrap();
    let policy = config.policy;
    assert_eq!(policy.opening, Opening::Committed);
    assert_eq!(config.profile.opening, "committed");
    assert_eq!(policy.on_change, OnChange::Hold);
    assert_eq!((policy.settle_cycles, policy.settle_time), (3, TimeDelta::days(2)));
    assert_eq!(policy.closed_period, ClosedPeriod::Hold);
    assert_eq!(policy.rounding, sync_core::money::Rounding::HalfEven);
    assert!(policy.strict_rounding && policy.remap_posted);
    assert_eq!(policy.lines_max, 50);
    assert_eq!(policy.commitment_tax_codes, ["V1".to_owned(), "V2".to_owned()].into());
    assert_eq!(policy.over_billing, OverBilling::Post);
    assert_eq!(policy.negative_lines, NegativeLines::Split);
    assert!(policy.release_unbilled);
    assert_eq!(policy.tax_in_journal, TaxInJournal::Account("1400".into()));
    assert!(policy.is_postable(Kind::Requisition, "approved_as_noted"));
    assert!(!policy.is_postable(Kind::DirectCost, "approved"));
    assert!(
        policy.is_postable(Kind::Subcontract, "Approved"),
        "lists not named keep their default"
    );
}

#[test]
fn claims_and_keys_in_references_are_chosen_and_not_the_default() {
    let config = Bed::new().load().unwrap();
    assert!(!config.sap_b1.post_with_claim);
    assert_eq!(config.policy.reference, Reference::Udf);
    let config = Bed::new()
        .with("[posting]", "[posting]\nreference = \"key\"")
        .with("expense = \"2195\"", "expense = \"2195\"\n[sap_b1.limits]\npost_with_claim = true")
        .load()
        .unwrap();
    assert!(config.sap_b1.post_with_claim);
    assert_eq!(config.policy.reference, Reference::Key);
}

#[test]
fn a_longer_document_timeout_lengthens_the_settling_of_unknown_outcomes() {
    let settle = |limits: &str| {
        let bed = Bed::new()
            .with("expense = \"2195\"", &format!("expense = \"2195\"\n[sap_b1.limits]\n{limits}"));
        bed.load().unwrap().policy.unknown_settle
    };
    assert_eq!(settle("document_timeout = \"20m\""), TimeDelta::minutes(40));
    let both = "document_timeout = \"2s\"\nunknown_settle = \"4s\"";
    assert_eq!(settle(both), TimeDelta::seconds(4));
}

#[test]
fn environment_variables_override_keys_whatever_their_type() {
    let config = Bed::new()
        .with_variable("PROCORE_B1__STATE__URL", "sqlite:other.db")
        .with_variable("PROCORE_B1__PROCORE__PROJECT_IDS", "all")
        .with_variable("PROCORE_B1__PROCORE__COMPANY_ID", "77")
        .with_variable("PROCORE_B1__POSTING__UNBILLED_ACCOUNT", "2161")
        .with_variable("PROCORE_B1__POSTING__REMAP_POSTED", "true")
        .with_variable("PROCORE_B1__PROCORE__LIMITS__QUOTA_SHARE", "0.5")
        .with_variable("PROCORE_B1__POSTING__POSTABLE__SUBCONTRACT", "[\"Complete\"]")
        .with_variable("PROCORE_B1__SAP_B1__PASSWORD__FILE", "password.txt");
    config.write("password.txt", "from-a-file\n");
    let config = config.load().unwrap();
    assert_eq!(state_file(&config), config.file.with_file_name("other.db"));
    assert_eq!(config.procore.projects, ProjectChoice::All);
    assert_eq!(config.procore.company.0, 77);
    assert_eq!(config.policy.unbilled_account.as_deref(), Some("2161"));
    assert!(config.policy.remap_posted);
    assert_eq!(config.procore.quota_share_percent, 50);
    assert!(!config.policy.is_postable(Kind::Subcontract, "Approved"));
}

#[test]
fn one_id_in_a_variable_is_a_list_of_one() {
    let bed = Bed::new().with_variable("PROCORE_B1__PROCORE__PROJECT_IDS", "866");
    let only = [ProjectId(866)].into_iter().collect();
    assert_eq!(bed.load().unwrap().procore.projects, ProjectChoice::Only(only));
}

#[test]
fn a_configuration_that_is_printed_shows_no_secret() {
    let config = Bed::new().load().unwrap();
    let text = format!("{config:?}");
    assert!(text.contains("the-client"), "the canaries would be seen: {text}");
    assert!(!text.contains("canary"), "{text}");
}

#[test]
fn plain_http_and_a_local_time_are_taken_for_this_machine_and_as_toml_dates() {
    let bed = Bed::new()
        .with("https://b1.example.com:50000/b1s/v2", "http://127.0.0.1:50001/b1s/v1/")
        .with("\"2026-01-01\"", "2026-01-01");
    let config = bed.load().unwrap();
    assert_eq!(config.sap_b1.service_layer_url, "http://127.0.0.1:50001/b1s/v1");
}

#[cfg(feature = "postgres")]
mod in_postgres {
    use std::time::Duration;

    use procore_b1::config::StateConfig;
    use secrecy::ExposeSecret;

    use crate::bed::Bed;

    fn state(bed: &Bed) -> (String, String, Duration) {
        match bed.load().unwrap().state {
            StateConfig::Postgres { place, url, lease } => {
                (place, url.expose_secret().to_owned(), lease)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_address_with_a_password_is_taken_by_reference_and_never_printed() {
        let url = "postgres://joe:canary-pw@db.example:6543/state?schema=north";
        let bed = Bed::new()
            .with("\"sqlite:state.db\"", "{ env = \"STATE_URL\" }")
            .with_variable("STATE_URL", url);
        let (place, read, lease) = state(&bed);
        assert_eq!(place, "schema north of database state on db.example:6543");
        assert_eq!(read, url);
        assert_eq!(lease, Duration::from_secs(300));
        let printed = format!("{:?}", bed.load().unwrap());
        assert!(printed.contains("schema north"), "{printed}");
        assert!(!printed.contains("canary-pw"), "{printed}");

        let bed = Bed::new().with("\"sqlite:state.db\"", "{ file = \"url.txt\" }");
        bed.write("url.txt", format!("{url}\n"));
        assert_eq!(state(&bed).1, url);
        // A variable that overrides the key is no text of the file either.
        let bed = Bed::new().with_variable("PROCORE_B1__STATE__URL", url);
        assert_eq!(state(&bed).1, url);
        let plain = "postgres://joe@db.example/state";
        assert_eq!(state(&Bed::new().with("sqlite:state.db", plain)).1, plain);
    }

    #[test]
    fn the_lease_outlasts_a_document_with_its_margin() {
        let bed = |limits: &str, lease: &str| {
            Bed::new().with("sqlite:state.db\"", &format!("postgres://db/state\"{lease}")).with(
                "password          = { env = \"B1_PASSWORD\" }",
                &format!("password = {{ env = \"B1_PASSWORD\" }}\n[sap_b1.limits]\n{limits}"),
            )
        };
        let lease = |limits, lease| state(&bed(limits, lease)).2.as_secs_f64();
        assert_eq!(lease("document_timeout = \"1s\"", ""), 300.0);
        assert_eq!(lease("document_timeout = \"1s\"", "\nlease = \"3s\""), 3.0);
        assert_eq!(lease("document_timeout = \"10m\"", ""), 825.0);
        let faults = bed("document_timeout = \"180s\"", "\nlease = \"4m\"").faults();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains("state.lease") && faults[0].contains("from 5m"), "{faults:?}");
    }
}
