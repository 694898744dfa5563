//! What goes wrong on demand, and what it leaves behind.

use chrono::TimeDelta;
use sync_sandbox::{AnswerAfter, ConnectionLost, Fault};

use crate::service_layer::{Sap, entry};

const BODY: (&str, &str, &str) = ("5010", "2195", "1.00");

fn body() -> String {
    entry(BODY.0, BODY.1, BODY.2, "")
}

#[test]
fn a_refused_or_replaced_call_shows_what_its_fault_says() {
    let sap = Sap::ready();
    for (fault, status, json, executed) in [
        (Fault::Refuse(500), 500, true, 0),
        (Fault::Refuse(401), 401, true, 0),
        (Fault::Refuse(403), 403, true, 0),
        (Fault::Refuse(400), 400, true, 0),
        (Fault::Refuse(503), 503, false, 0),
        (Fault::Html(502), 502, false, 0),
        (Fault::Bare5002, 400, true, 0),
        (Fault::AnswerReplaced(504), 504, false, 1),
        (Fault::Throttle(1), 201, true, 1),
    ] {
        let before = sap.layer.journal_entries().len();
        sap.fault("POST", "JournalEntries", fault.clone());
        let answer = sap.post("JournalEntries", &body());
        assert_eq!(answer.status, status, "{fault:?}");
        assert_eq!(answer.text.starts_with('{'), json, "{fault:?}: {}", answer.text);
        if !json {
            assert_eq!(answer.header("content-type"), "text/html; charset=iso-8859-1");
        }
        assert_eq!(sap.layer.journal_entries().len() - before, executed, "{fault:?}");
    }
    assert_eq!(sap.faults.waiting(), 0);
}

#[test]
fn a_bare_5002_says_nothing_more() {
    let sap = Sap::ready();
    sap.fault("GET", "Projects", Fault::Bare5002);
    let answer = sap.get("Projects");
    assert_eq!(answer.error(), (-5002, "Internal error (-5002) occurred".to_owned()));
    sap.ok("Projects");
}

#[test]
fn a_lost_connection_executes_before_or_not_at_all() {
    let sap = Sap::ready();
    for (fault, executed) in [(Fault::LostBefore, 0), (Fault::LostAfter, 1)] {
        sap.fault("POST", "JournalEntries", fault);
        let lost = sap.try_send("POST", "JournalEntries", &body());
        assert_eq!(lost.err(), Some(ConnectionLost));
        assert_eq!(sap.layer.journal_entries().len(), executed);
    }
}

#[test]
fn a_call_that_is_sent_twice_is_executed_twice_and_answered_once() {
    let sap = Sap::ready();
    sap.fault("POST", "JournalEntries", Fault::Twice);
    assert_eq!(sap.post("JournalEntries", &body()).status, 201);
    assert_eq!(sap.layer.journal_entries().len(), 2);
    // What only one can create is answered as the second was.
    sap.created("UserTablesMD", r#"{"TableName":"ONCE","TableType":"bott_NoObject"}"#);
    sap.fault("POST", "U_ONCE", Fault::Twice);
    assert_eq!(sap.post("U_ONCE", r#"{"Code":"one"}"#).error().0, -2035);
    assert_eq!(sap.layer.user_table_rows("ONCE").len(), 1);
}

#[test]
fn a_malformed_answer_is_200_and_no_json_after_the_call_was_executed() {
    let sap = Sap::ready();
    sap.fault("POST", "JournalEntries", Fault::Malformed);
    let answer = sap.post("JournalEntries", &body());
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_str::<serde_json::Value>(&answer.text).is_err());
    assert_eq!(sap.layer.journal_entries().len(), 1);
}

#[test]
fn a_slow_answer_says_how_long_it_takes() {
    let sap = Sap::ready();
    sap.fault("POST", "JournalEntries", Fault::Slow(90_000));
    let answer = sap.post("JournalEntries", &body());
    assert_eq!(answer.status, 201);
    assert_eq!(
        answer.response.extensions().get::<AnswerAfter>(),
        Some(&AnswerAfter { ms: 90_000 })
    );
}

#[test]
fn an_expired_session_is_lost_with_every_other_one() {
    let sap = Sap::ready();
    sap.fault("POST", "JournalEntries", Fault::Expire);
    let answer = sap.post("JournalEntries", &body());
    assert_eq!((answer.status, answer.error().0), (401, 301));
    assert_eq!(sap.layer.sessions(), 0);
    assert!(sap.layer.journal_entries().is_empty());
}

#[test]
fn a_late_commit_appears_when_its_time_has_come() {
    let sap = Sap::ready();
    sap.fault("POST", "JournalEntries", Fault::LateCommit(60_000));
    let lost = sap.try_send("POST", "JournalEntries", &body());
    assert_eq!(lost.err(), Some(ConnectionLost));
    assert_eq!(sap.ok("JournalEntries/$count").text, "0");
    sap.clock.advance(TimeDelta::milliseconds(59_999));
    assert_eq!((sap.layer.run_due(), sap.layer.late_commits()), (0, 1));
    sap.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(sap.ok("JournalEntries/$count").text, "1", "executed before the next call");
    assert_eq!((sap.layer.run_due(), sap.layer.late_commits()), (0, 0));
}

#[test]
fn a_late_commit_outlives_its_session_but_not_a_missing_one() {
    let mut sap = Sap::ready();
    sap.fault("POST", "JournalEntries", Fault::LateCommit(1_000));
    assert!(sap.try_send("POST", "JournalEntries", &body()).is_err());
    sap.layer.expire_sessions();
    sap.clock.advance(TimeDelta::seconds(2));
    assert_eq!((sap.layer.run_due(), sap.layer.journal_entries().len()), (1, 1));

    sap.cookie.clear();
    sap.fault("POST", "JournalEntries", Fault::LateCommit(1_000));
    assert!(sap.try_send("POST", "JournalEntries", &body()).is_err());
    sap.clock.advance(TimeDelta::seconds(2));
    assert_eq!(sap.layer.journal_entries().len(), 1, "it was never let in");
}

#[test]
fn late_commits_obey_the_rules_of_their_own_time() {
    let sap = Sap::ready();
    sap.fault("POST", "JournalEntries", Fault::LateCommit(1_000));
    assert!(sap.try_send("POST", "JournalEntries", &body()).is_err());
    sap.layer.set_period("2026-03", sync_sandbox::contractor::books::PeriodState::Locked);
    sap.clock.advance(TimeDelta::seconds(2));
    assert_eq!((sap.layer.run_due(), sap.layer.journal_entries().len()), (1, 0));
}
