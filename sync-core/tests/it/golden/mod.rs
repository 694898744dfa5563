//! Golden files: what Procore says in JSON, beside the journal that SAP then holds as a table that an
//! accountant reads. `tests/golden/README.md` says how they are made and refreshed.

mod case;
mod table;

use std::{env, fs, path::PathBuf};

use case::Case;

/// Set to `refresh`, the journals are written anew instead of compared.
const REFRESH: &str = "GOLDEN";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The files of cases, in the order of their names.
fn cases() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
}

fn refresh() -> bool {
    env::var(REFRESH).is_ok_and(|value| value == "refresh")
}

#[test]
fn every_case_posts_the_journal_that_stands_beside_it() {
    let mut off = Vec::new();
    for file in cases() {
        let case = Case::read(&file);
        let journal = case.journal();
        let beside = file.with_extension("txt");
        if refresh() {
            fs::write(&beside, &journal).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&beside)
            .unwrap_or_else(|error| panic!("{}: {error}", beside.display()));
        if expected != journal {
            let first = expected.lines().zip(journal.lines()).find(|(old, new)| old != new);
            off.push(format!("{}: {first:?}\n{journal}", beside.display()));
        }
    }
    assert!(off.is_empty(), "{}", off.join("\n"));
}

#[test]
fn every_basis_every_kind_and_every_kind_of_change_has_a_case() {
    let cases: Vec<Case> = cases().iter().map(|file| Case::read(file)).collect();
    for basis in sync_core::policy::Basis::ALL {
        for kind in ["purchase_order", "subcontract", "change_order", "direct_cost", "requisition"]
        {
            let there = cases.iter().any(|case| case.basis == basis && case.has(kind));
            assert!(there, "no case of {kind} on the basis {}", basis.name());
        }
    }
    for what in [
        "a foreign currency",
        "several branches",
        "restating",
        "retainage on a control account",
        "tax in an account",
        "settling",
        "ended_early",
    ] {
        assert!(cases.iter().any(|case| case.shows(what)), "no case of {what}");
    }
    let journals = fs::read_dir(folder()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "txt")
    });
    // While they are refreshed, some are not there yet.
    assert!(
        refresh() || journals.count() == cases.len(),
        "a journal without its case, or the reverse"
    );
}
