//! Sync actions and vendors over the wire: what is kept, and what is refused entry by entry.

use bytes::Bytes;
use http::Method;
use serde_json::Value;
use sync_sandbox::procore::ProcoreOptions;

use crate::caller::{Answer, Caller, one_project};

fn send(caller: &Caller, method: Method, target: &str, body: &str) -> Answer {
    let mut request = caller.request(target);
    *request.method_mut() = method;
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    *request.body_mut() = Bytes::from(body.to_owned());
    caller.send(request).unwrap()
}

fn vendors(caller: &Caller, updates: &str) -> Answer {
    let body = format!(r#"{{"company_id":8089,"updates":[{updates}]}}"#);
    send(caller, Method::PATCH, "/rest/v1.0/vendors/sync", &body)
}

fn caller() -> Caller {
    Caller::of(&one_project(ProcoreOptions::default()))
}

fn count(answer: &Answer, list: &str) -> usize {
    answer.json()[list].as_array().unwrap().len()
}

#[test]
fn an_entry_is_matched_by_id_then_by_origin_and_else_makes_a_record() {
    let caller = caller();
    let made = vendors(&caller, r#"{"name":"New One","origin_id":"V-1"},{"name":"New Two"}"#);
    assert_eq!((made.status, count(&made, "entities"), count(&made, "errors")), (200, 2, 0));
    let id = made.json()["entities"][0]["id"].as_i64().unwrap();
    let by_origin = vendors(&caller, r#"{"name":"Renamed","origin_id":"V-1"}"#);
    assert_eq!(by_origin.json()["entities"][0]["id"], id);
    // Both given: the id matches, which is the only way to change an origin id.
    let both = vendors(&caller, &format!(r#"{{"id":{id},"origin_id":"V-9"}}"#));
    assert_eq!(both.json()["entities"][0]["name"], "Renamed");
    let found = caller.all("/rest/v1.0/vendors?company_id=8089&filters%5Borigin_id%5D=V-9");
    assert_eq!((found.len(), &found[0]["origin_id"]), (1, &Value::from("V-9")));
    let again = vendors(&caller, r#"{"name":"Renamed Again","origin_id":"V-1"}"#);
    assert_ne!(again.json()["entities"][0]["id"], id, "V-1 belongs to nobody any more");
}

#[test]
fn one_refused_entry_leaves_the_others_and_the_status_is_200() {
    let caller = caller();
    let answer = vendors(
        &caller,
        r#"{"name":"Kept","origin_id":"K"},{"id":0,"name":"No vendor has this id"},{"name":" "},
           {"name":"Kept"},{"name":"Other","is_active":"yes"},{"name":"Third","address":"x"}"#,
    );
    assert_eq!((answer.status, count(&answer, "entities"), count(&answer, "errors")), (200, 1, 5));
    let errors = answer.json()["errors"].clone();
    assert_eq!(errors[0]["errors"]["id"][0], "Entity with this ID not found");
    assert_eq!(errors[0]["name"], "No vendor has this id", "the entry is repeated");
    assert_eq!(errors[1]["errors"]["name"][0], "can't be blank");
    let id = answer.json()["entities"][0]["id"].as_i64().unwrap();
    let other = vendors(&caller, r#"{"name":"Fourth"}"#).json()["entities"][0]["id"].clone();
    let taken = vendors(&caller, &format!(r#"{{"id":{other},"origin_id":"K"}}"#));
    assert_eq!(taken.json()["errors"][0]["errors"]["origin_id"][0], "has already been taken");
    assert_ne!(other, id);
}

#[test]
fn an_action_that_is_none_is_refused_as_a_whole() {
    let caller = caller();
    let many = vec![r#"{"name":"x"}"#; 1_001].join(",");
    assert_eq!(vendors(&caller, &many).status, 400);
    assert_eq!(vendors(&caller, "").status, 400);
    let target = "/rest/v1.0/vendors/sync";
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        (r#"{"updates":[{"name":"x"}]}"#, 400),
        (r#"{"company_id":1,"updates":[{"name":"x"}]}"#, 403),
        (r#"{"company_id":8089,"updates":{}}"#, 400),
    ] {
        assert_eq!(send(&caller, Method::PATCH, target, body).status, status, "{body}");
    }
    assert_eq!(
        send(&caller, Method::PATCH, "/rest/v1.0/projects/1/direct_costs/sync", "{}").status,
        404
    );
}

#[test]
fn direct_costs_are_checked_and_a_date_that_is_none_becomes_null() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let target = format!("/rest/v1.0/projects/{project}/direct_costs/sync");
    let answer = send(
        &caller,
        Method::PATCH,
        &target,
        r#"{"updates":[
            {"direct_cost_type":"expense","direct_cost_date":"24.11.2026","origin_id":"E-1"},
            {"direct_cost_type":"invoice"},{"direct_cost_type":"gift"},
            {"direct_cost_type":"expense","status":"paid"},
            {"direct_cost_type":"expense","vendor_id":1}]}"#,
    );
    assert_eq!((answer.status, count(&answer, "entities"), count(&answer, "errors")), (200, 1, 4));
    let made = answer.json()["entities"][0].clone();
    assert_eq!(
        (&made["direct_cost_date"], &made["origin_id"]),
        (&Value::Null, &Value::from("E-1"))
    );
    let id = made["id"].as_i64().unwrap();
    let shown = caller.ok(&format!("/rest/v1.1/projects/{project}/direct_costs/{id}")).json();
    assert_eq!(
        (&shown["status"], &shown["origin_id"]),
        (&Value::from("draft"), &Value::from("E-1"))
    );
}

#[test]
fn one_vendor_is_made_and_changed_and_a_broken_rule_is_a_422() {
    let caller = caller();
    let body = r#"{"company_id":8089,"vendor":{"name":"Single"}}"#;
    let made = send(&caller, Method::POST, "/rest/v1.0/vendors", body);
    assert_eq!(made.status, 201);
    let target = format!("/rest/v1.0/vendors/{}", made.json()["id"]);
    let body = r#"{"company_id":8089,"vendor":{"name":"Single","is_active":false}}"#;
    assert_eq!(send(&caller, Method::PATCH, &target, body).json()["is_active"], false);
    let again = send(&caller, Method::POST, "/rest/v1.0/vendors", body);
    assert_eq!(
        (again.status, &again.json()["errors"]["name"][0]),
        (422, &Value::from("has already been taken"))
    );
    assert_eq!(send(&caller, Method::PATCH, "/rest/v1.0/vendors/1", body).status, 404);
    assert_eq!(send(&caller, Method::POST, "/rest/v1.0/vendors", r#"{"vendor":{}}"#).status, 400);
}
