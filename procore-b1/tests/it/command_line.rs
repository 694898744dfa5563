//! The command line: what is a command, and which exit code a mistake has.

use std::process::{Command, Output};

use crate::bed::Bed;

fn procore_b1(bed: &Bed, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_procore-b1"))
        .args(arguments)
        .current_dir(bed.folder.path())
        .env_clear()
        .envs(&bed.variables)
        .output()
        .unwrap()
}

#[test]
fn a_usage_error_exits_with_64_and_never_with_2() {
    let bed = Bed::new();
    for arguments in [
        &[][..],
        &["--no-such-option", "check"],
        &["sync", "--project", "house"],
        &["sync", "--project", "999"],
        &["sync", "--approved", "x.json"],
        &["sync", "--rebuild-opening", "--take-over"],
        &["sync", "--rebuild-opening", "--project", "865"],
        &["replay"],
        &["replay", "--all", "8089:865:subcontract:1"],
        &["replay", "8089:865:house:1"],
        &["replay", "1:865:subcontract:1"],
        &["-v", "--quiet", "check"],
        &["init"],
        &["mapping"],
        &["mapping", "lint", "accounts.csv"],
        &["mapping", "diff"],
        &["mapping", "diff", "no-such-file.csv"],
        &["resolve", "8089:865:subcontract:1"],
        &["resolve", "8089:865:subcontract:1", "--reason", "agreed"],
        &["resolve", "8089:865:subcontract:1", "--skip"],
        &["resolve", "8089:865:subcontract:1", "--skip", "--reason", "  "],
        &["resolve", "8089:865:subcontract:1", "--skip", "--post", "--reason", "agreed"],
        &["resolve", "1:865:subcontract:1", "--skip", "--reason", "agreed", "--by", "Ada"],
        &["resolve", "--skip", "--reason", "agreed"],
        &["explain"],
        &["explain", "8089:865:house:1"],
        &["explain", "1:865:subcontract:1"],
        &["explain", "8089:999:subcontract:1"],
        &["customers"],
        &["status"],
        &["run"],
    ] {
        let output = procore_b1(&bed, arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    assert!(!bed.folder.path().join("state.db").exists(), "no mistake creates a state store");
}

#[test]
fn help_and_version_are_results_and_name_only_commands_that_exist() {
    let bed = Bed::new();
    let help = procore_b1(&bed, &["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let text = String::from_utf8(help.stdout).unwrap();
    for command in [
        "check",
        "setup",
        "preview",
        "sync",
        "exceptions",
        "replay",
        "reconcile",
        "mapping",
        "explain",
        "resolve",
        "rebuild",
        "verify",
    ] {
        assert!(text.contains(&format!("\n  {command} ")), "{command}: {text}");
    }
    for later in ["init", "customers", "status", "run"] {
        assert!(!text.contains(&format!("\n  {later} ")), "{later}");
    }
    assert_eq!(procore_b1(&bed, &["--version"]).status.code(), Some(0));
}

#[test]
fn a_configuration_error_exits_with_64_and_names_every_fault_on_standard_error() {
    let bed = Bed::new()
        .with("company_id    = 8089", "company_id = 0")
        .with("\"2026-01-01\"", "\"soon\"");
    for command in ["check", "setup", "preview", "sync", "exceptions", "reconcile"] {
        let output = procore_b1(&bed, &[command]);
        assert_eq!(output.status.code(), Some(64), "{command}");
        assert!(output.stdout.is_empty());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("procore-b1.toml:5: procore.company_id"), "{text}");
        assert!(text.contains("procore-b1.toml:23: posting.start_date"), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn errors_are_one_json_document_where_json_is_asked_for() {
    let bed = Bed::new().with("company_id    = 8089", "company_id = 0");
    let output = procore_b1(&bed, &["--json", "check"]);
    assert_eq!(output.status.code(), Some(64));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["error"]["name"], "configuration");
    assert_eq!(document["error"]["faults"][0]["line"], 5);
    assert_eq!(document["error"]["faults"][0]["key"], "procore.company_id");

    let output = procore_b1(&bed, &["--json", "no-such-command"]);
    assert_eq!(output.status.code(), Some(64));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["error"]["name"], "usage");
}

#[test]
fn nothing_waits_where_nothing_was_ever_read_and_reading_creates_no_store() {
    let bed = Bed::new();
    let output = procore_b1(&bed, &["exceptions", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "{\n  \"exceptions\": []\n}\n");
    assert!(!bed.folder.path().join("state.db").exists());
}

#[test]
fn a_state_file_of_another_program_exits_with_1_and_stays_as_it_is() {
    let bed = Bed::new();
    bed.write("state.db", "this is a letter, not a database, and long enough to be read as a page");
    let before = std::fs::read(bed.folder.path().join("state.db")).unwrap();
    let output = procore_b1(&bed, &["exceptions", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["error"]["name"], "store_unusable");
    assert_eq!(std::fs::read(bed.folder.path().join("state.db")).unwrap(), before);
}
