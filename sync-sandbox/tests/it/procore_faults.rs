//! What goes wrong on demand.

use sync_sandbox::{AnswerAfter, ConnectionLost, Fault, FaultRule, procore::ProcoreOptions};

use crate::caller::{Caller, one_project};

const TARGET: &str = "/rest/v1.0/vendors?company_id=8089";

fn once(path: &str, fault: Fault) -> FaultRule {
    FaultRule { method: None, path_contains: path.into(), skip: 0, times: 1, fault }
}

#[test]
fn a_lost_connection_has_no_answer_and_the_next_call_has() {
    for fault in [Fault::LostBefore, Fault::LostAfter, Fault::LateCommit(500)] {
        let sandbox = one_project(ProcoreOptions::default());
        let caller = Caller::of(&sandbox);
        sandbox.procore_faults.add(once("vendors", fault));
        assert_eq!(caller.send(caller.request(TARGET)).unwrap_err(), ConnectionLost);
        caller.ok(TARGET);
    }
}

#[test]
fn a_refusal_has_the_endpoints_own_body() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    sandbox.procore_faults.add(once("vendors", Fault::Refuse(500)));
    let answer = caller.get(TARGET);
    assert_eq!(answer.status, 500);
    assert!(answer.json()["errors"]["base"].is_array());
}

#[test]
fn the_balancer_answers_html() {
    for fault in [Fault::Html(503), Fault::AnswerReplaced(503)] {
        let sandbox = one_project(ProcoreOptions::default());
        let caller = Caller::of(&sandbox);
        sandbox.procore_faults.add(once("vendors", fault));
        let answer = caller.get(TARGET);
        assert_eq!((answer.status, answer.header("content-type")), (503, Some("text/html")));
    }
}

#[test]
fn a_malformed_answer_is_no_json() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    sandbox.procore_faults.add(once("vendors", Fault::Malformed));
    let answer = caller.get(TARGET);
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_str::<serde_json::Value>(&answer.text).is_err());
}

#[test]
fn a_slow_answer_says_how_long_it_takes() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    sandbox.procore_faults.add(once("vendors", Fault::Slow(1_500)));
    let response = sandbox.procore.call(caller.request(TARGET)).unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.extensions().get(), Some(&AnswerAfter { ms: 1_500 }));
}

#[test]
fn tokens_expire_on_demand() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    sandbox.procore_faults.add(once("vendors", Fault::Expire));
    assert_eq!(caller.get(TARGET).status, 401);
    assert_eq!(caller.get(TARGET).status, 401, "until a new token is taken");
    Caller::of(&sandbox).ok(TARGET);
}

#[test]
fn throttling_names_the_wait() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    sandbox.procore_faults.add(once("vendors", Fault::Throttle(7)));
    let answer = caller.get(TARGET);
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
    caller.ok(TARGET);
}

#[test]
fn calls_are_counted_and_logged_faults_included() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    sandbox.procore_faults.add(once("vendors", Fault::LostBefore));
    assert!(caller.send(caller.request(TARGET)).is_err());
    assert_eq!(sandbox.procore.calls(), 2);
    assert_eq!(sandbox.procore.call_log(), ["POST /oauth/token", &format!("GET {TARGET}")]);
}
