//! Every state, hold, finding and difference is reached by a test; the names that the core cannot
//! reach are listed with the reason.

use std::{collections::BTreeMap, fs, path::Path};

use sync_core::{
    model::SourceKey,
    policy::Basis,
    states::{DifferenceKind, FindingKind, Reason, RecordState},
};

use crate::{
    records::{PROJECT, SC, requisition, subcontract},
    world::World,
};

/// Names that no test of the core can reach, with the reason. A name that the core's code gives to a
/// record may not stand here: it needs a test then.
const OUT_OF_REACH: [(&str, &str); 1] = [(
    "RecordState::InFlight",
    "an intent is in flight, its record keeps its state until SAP answers",
)];

/// Rust files below a folder, with their text.
fn sources(folder: &Path, skip: &[&str]) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if skip.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            texts.extend(sources(&path, skip));
        } else if name.ends_with(".rs") {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

/// The tests of the suite by name, each with its own text.
fn tests() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut tests = BTreeMap::new();
    for text in sources(&folder, &[]) {
        for part in text.split("#[test]\n").skip(1) {
            let name = part.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap();
            tests.insert(name.to_owned(), part.to_owned());
        }
    }
    tests
}

/// Whether a text has the name as a word of its own: `Reason::Opening` is no `Reason::OpeningGone`.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        text[at + name.len()..].chars().next().is_none_or(|next| !next.is_alphanumeric())
    })
}

fn every_name() -> Vec<String> {
    let reasons = Reason::ALL.iter().map(|reason| format!("Reason::{reason:?}"));
    let states = RecordState::ALL.iter().map(|state| format!("RecordState::{state:?}"));
    let findings = FindingKind::ALL.iter().map(|kind| format!("FindingKind::{kind:?}"));
    let differences = DifferenceKind::ALL.iter().map(|kind| format!("DifferenceKind::{kind:?}"));
    reasons.chain(states).chain(findings).chain(differences).collect()
}

#[test]
fn every_name_is_asserted_by_a_test_or_is_out_of_reach_with_its_reason() {
    let tests = tests();
    assert!(tests.len() > 100, "the tests are read from their files: {}", tests.len());
    let asserted = |name: &str| tests.values().any(|t| t.contains("assert") && names(t, name));
    let missing: Vec<String> = every_name()
        .into_iter()
        .filter(|name| !OUT_OF_REACH.iter().any(|(out, _)| out == name) && !asserted(name))
        .collect();
    assert!(missing.is_empty(), "no test asserts {missing:?}");
}

#[test]
fn what_is_out_of_reach_is_given_to_no_record_by_the_core() {
    let code = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &["states", "contract"]);
    let tests = tests();
    for (name, why) in OUT_OF_REACH {
        assert!(every_name().contains(&name.to_owned()), "{name} is no name any more");
        // Matching on a name gives it to nobody.
        let given = code.iter().flat_map(|text| text.lines()).any(|line| {
            names(line, name)
                && !line.contains("=>")
                && !line.contains("matches!(")
                && !line.trim_start().starts_with('|')
        });
        let asserted = tests.values().any(|t| t.contains("assert") && names(t, name));
        assert!(!given || asserted, "{name} is given to records now ({why}): write its test");
    }
}

#[test]
fn every_hold_has_a_remedy_in_a_sentence_and_what_waits_for_a_person_can_be_decided() {
    for reason in Reason::ALL {
        let remedy = reason.remedy();
        assert!(remedy.len() > 10 && !remedy.ends_with('.'), "{reason}: {remedy}");
        let waits = matches!(
            reason,
            Reason::WaitingForParent | Reason::WaitingForPrevious | Reason::Settling
        );
        let mended_only = *reason == Reason::UnreadableRecord;
        assert_eq!(reason.decisions().skip, !waits && !mended_only, "{reason}");
    }
}

#[test]
fn a_project_without_a_row_is_project_unmapped() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.project_mapped = false;
    world.sync();
    let detail = world.assert_cause(SC, Reason::ProjectUnmapped);
    assert!(detail.contains(&PROJECT.to_string()), "{detail}");
    assert_eq!(world.state(SC), RecordState::Held);
}

#[test]
fn a_profit_center_that_sap_lacks_or_that_is_inactive_is_profit_center_invalid() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.project_row.dimensions[0] = Some("NONE".to_owned());
    world.sync();
    assert!(world.assert_cause(SC, Reason::ProfitCenterInvalid).contains("NONE"));
    world.project_row.dimensions[0] = Some("CHI".to_owned());
    world.ledger.edit_catalog(|catalog| {
        catalog.profit_centers.get_mut("CHI").unwrap().active = false;
    });
    world.sync();
    assert!(world.assert_cause(SC, Reason::ProfitCenterInvalid).contains("CHI"));
    world.ledger.edit_catalog(|catalog| {
        catalog.profit_centers.get_mut("CHI").unwrap().active = true;
    });
    assert_eq!(world.sync().exit_code(), 0);
}

#[test]
fn a_project_that_sap_lacks_or_closed_is_sap_project_invalid() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.project_row.sap_project = Some("NONE".to_owned());
    world.sync();
    assert!(world.assert_cause(SC, Reason::SapProjectInvalid).contains("NONE"));
    world.project_row.sap_project = Some("P865".to_owned());
    world.ledger.edit_catalog(|catalog| catalog.projects.get_mut("P865").unwrap().active = false);
    world.sync();
    assert!(world.assert_cause(SC, Reason::SapProjectInvalid).contains("P865"));
}

#[test]
fn billing_above_what_is_approved_is_a_finding_where_billing_is_cost() {
    let world = World::on(Basis::Progress);
    world.put([
        subcontract(1, &[(11, "03-300", "100")]),
        requisition(71, 1, &[(11, "130", "130", "0", "0")], "130"),
    ]);
    let report = world.sync();
    let found: Vec<_> = report.findings.iter().map(|row| row.finding.kind).collect();
    assert_eq!(found, [FindingKind::BilledOverApproved]);
    assert_eq!(report.exit_code(), 0);
    assert_eq!(world.cost(), "130".parse().unwrap());
}

#[test]
fn a_child_without_its_parent_is_waiting_and_waits_for_nobody() {
    let world = World::of([requisition(71, 1, &[(11, "40", "40", "0", "0")], "40")]);
    let report = world.sync();
    let key: SourceKey = crate::records::req(71);
    assert_eq!(world.state(key), RecordState::Waiting);
    assert_eq!((report.counts.get(&RecordState::Waiting), report.exit_code()), (Some(&1), 0));
}

#[test]
fn records_of_a_project_that_is_not_visible_any_more_are_out_of_scope_and_stay_posted() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    world.source.hide(PROJECT);
    let report = world.cycle();
    assert_eq!(report.counts.get(&RecordState::OutOfScope), Some(&1));
    assert_eq!((report.seen(), report.exit_code()), (1, 1));
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
    world.source.show(PROJECT);
    assert_eq!(world.sync().counts.get(&RecordState::Unchanged), Some(&1));
}
