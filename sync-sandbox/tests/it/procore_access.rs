//! Login, tokens, the company header, permissions and the rate windows.

use bytes::Bytes;
use chrono::TimeDelta;
use http::Request;
use sync_sandbox::procore::{ProcoreOptions, RateWindow};

use crate::caller::{BASE, Caller, login_request, one_project};

fn projects_target() -> &'static str {
    "/rest/v1.0/projects?company_id=8089"
}

#[test]
fn a_token_is_given_for_form_and_for_json() {
    let sandbox = one_project(ProcoreOptions::default());
    let body = r#"{"grant_type":"client_credentials","client_id":"sandbox-client","client_secret":"sandbox-secret"}"#;
    let request = Request::post("https://login.example.com/oauth/token")
        .header("content-type", "application/json")
        .body(Bytes::from(body))
        .unwrap();
    let by_json = sandbox.procore.call(request).unwrap();
    let by_form = sandbox.procore.call(login_request("sandbox-secret")).unwrap();
    assert_eq!((by_json.status(), by_form.status()), (http::StatusCode::OK, http::StatusCode::OK));
    let answer: serde_json::Value = serde_json::from_slice(by_form.body()).unwrap();
    assert_eq!(answer["expires_in"], 5_400);
    assert_eq!(answer["token_type"], "bearer");
    assert_eq!(sandbox.procore.tokens_given(), 2);
}

#[test]
fn a_wrong_secret_is_an_invalid_client() {
    let sandbox = one_project(ProcoreOptions::default());
    let answer = sandbox.procore.call(login_request("guess")).unwrap();
    assert_eq!(answer.status(), 401);
    let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(body["error"], "invalid_client");
    assert_eq!(sandbox.procore.tokens_given(), 0);
}

#[test]
fn a_token_ends_when_its_life_is_over() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    sandbox.clock.advance(TimeDelta::seconds(5_399));
    caller.ok(projects_target());
    let info = caller.ok("/oauth/token/info").json();
    assert_eq!(info["expires_in_seconds"], 1);
    sandbox.clock.advance(TimeDelta::seconds(1));
    assert_eq!(caller.get(projects_target()).status, 401);
    assert_eq!(caller.get("/oauth/token/info").status, 401);
    Caller::of(&sandbox).ok(projects_target());
}

#[test]
fn a_call_without_token_or_company_header_is_refused() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let mut request = caller.request(projects_target());
    request.headers_mut().remove("authorization");
    assert_eq!(caller.send(request).unwrap().status, 401);

    let mut request = caller.request(projects_target());
    request.headers_mut().remove("procore-company-id");
    let answer = caller.send(request).unwrap();
    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("Missing Procore-Company-Id header!"), "{}", answer.text);

    let mut request = caller.request(projects_target());
    request.headers_mut().insert("procore-company-id", "1".parse().unwrap());
    let answer = caller.send(request).unwrap();
    assert_eq!(answer.status, 403);
    assert!(answer.text.contains("App is not connected"), "{}", answer.text);
}

#[test]
fn an_app_that_is_not_installed_sees_no_company_and_no_error() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    assert_eq!(caller.ok("/rest/v1.0/companies").rows().len(), 1);
    sandbox.procore.edit(|company| company.set_installed(false));
    assert_eq!(caller.ok("/rest/v1.0/companies").rows().len(), 0);
    assert_eq!(caller.get(projects_target()).status, 403);
}

#[test]
fn a_project_that_is_not_permitted_is_absent_from_the_list_and_forbidden() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let target = format!("/rest/v1.0/purchase_order_contracts?project_id={project}");
    assert_eq!(caller.ok(projects_target()).rows().len(), 1);
    caller.ok(&target);
    sandbox.procore.edit(|company| company.set_permitted(project, false)).unwrap();
    assert_eq!(caller.ok(projects_target()).rows().len(), 0);
    assert_eq!(caller.get(&target).status, 403);
    let by_path = format!("/rest/v1.1/projects/{project}/direct_costs");
    assert_eq!(caller.get(&by_path).status, 403);
}

#[test]
fn missing_parameters_and_wrong_nesting_are_told_apart() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    for (target, status) in [
        ("/rest/v1.0/projects".to_owned(), 400),
        ("/rest/v1.0/work_order_contracts".to_owned(), 400),
        ("/rest/v1.0/work_order_contracts?project_id=abc".to_owned(), 400),
        ("/rest/v1.0/work_order_contracts?project_id=1".to_owned(), 404),
        (format!("/rest/v1.0/projects/{project}/cost_codes"), 404),
        (format!("/rest/v1.0/direct_costs?project_id={project}"), 404),
        (format!("/rest/v1.0/contract_payments?project_id={project}"), 400),
        ("/rest/v9.0/projects?company_id=8089".to_owned(), 404),
    ] {
        assert_eq!(caller.get(&target).status, status, "{target}");
    }
}

#[test]
fn error_bodies_differ_from_endpoint_to_endpoint() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let body = |target: &str| caller.get(target).json();
    assert!(body("/rest/v1.1/requisitions")["errors"].is_string());
    assert!(body("/rest/v1.1/projects/1/direct_costs")["code"].is_i64());
    assert!(body("/rest/v1.0/purchase_order_contracts")["error"].is_string());
    assert!(body("/rest/v1.0/work_order_contracts")["exception"].is_string());
    assert!(body("/rest/v1.0/vendors")["errors"]["company_id"].is_array());
    assert!(body("/rest/v1.0/budget_views")["error"]["error"].is_string());
    assert!(body("/rest/v1.0/change_order_packages")["errors"].is_array());
    let v2 = body("/rest/v2.0/companies/8089/projects/1/commitment_contracts/1/line_items");
    assert_eq!(v2["error"]["code"], "NOT_FOUND");
    let wbs = body("/rest/v1.0/projects/1/work_breakdown_structure/wbs_codes");
    assert!(wbs["error"]["message"].is_string());
}

#[test]
fn the_spike_window_runs_out_and_comes_back() {
    let sandbox = one_project(ProcoreOptions {
        hourly: RateWindow { calls_max: 100, seconds: 3_600 },
        spike: RateWindow { calls_max: 3, seconds: 10 },
        ..ProcoreOptions::default()
    });
    let caller = Caller::of(&sandbox);
    for left in ["2", "1", "0"] {
        let answer = caller.ok(projects_target());
        assert_eq!(answer.header("x-rate-limit-limit"), Some("3"));
        assert_eq!(answer.header("x-rate-limit-remaining"), Some(left));
    }
    let refused = caller.get(projects_target());
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), None);
    let reset: i64 = refused.header("x-rate-limit-reset").unwrap().parse().unwrap();
    assert_eq!(reset - sandbox.clock.now().timestamp(), 10);
    sandbox.clock.advance(TimeDelta::seconds(10));
    caller.ok(projects_target());
}

#[test]
fn the_headers_show_the_hour_when_it_is_nearer() {
    let sandbox = one_project(ProcoreOptions {
        hourly: RateWindow { calls_max: 4, seconds: 3_600 },
        spike: RateWindow { calls_max: 3, seconds: 10 },
        retry_after_on_429: true,
        ..ProcoreOptions::default()
    });
    let caller = Caller::of(&sandbox);
    for _ in 0..3 {
        assert_eq!(caller.ok(projects_target()).header("x-rate-limit-limit"), Some("3"));
    }
    sandbox.clock.advance(TimeDelta::seconds(10));
    assert_eq!(caller.ok(projects_target()).header("x-rate-limit-limit"), Some("4"));
    let refused = caller.get(projects_target());
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("3590"));
    assert!(refused.text.contains("max number of requests for an hour"), "{}", refused.text);
}

#[test]
fn every_answer_carries_the_servers_date_and_a_request_id() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let (one, two) = (caller.get(projects_target()), caller.get("/nowhere"));
    assert_eq!(one.header("date"), Some("Tue, 24 Nov 2026 12:00:00 GMT"));
    assert!(one.header("x-request-id").is_some());
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}

#[test]
fn what_the_sandbox_cannot_keep_cannot_be_written() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    for (method, target) in [
        (http::Method::POST, "/rest/v1.0/work_order_contracts?project_id=1"),
        (http::Method::PUT, "/rest/v1.0/vendors?company_id=8089"),
        (http::Method::DELETE, "/rest/v1.0/vendors/1?company_id=8089"),
    ] {
        let mut request = caller.request(target);
        *request.method_mut() = method;
        let answer = caller.send(request).unwrap();
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")), "{target}");
    }
    assert!(BASE.starts_with("https"));
}
