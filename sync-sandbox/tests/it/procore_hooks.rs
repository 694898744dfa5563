//! Hooks of a company and of a project: made, followed, told about, and gone.

use bytes::Bytes;
use http::Method;
use serde_json::Value;
use sync_sandbox::{
    Sandbox,
    procore::{DeliveryEnd, Happening, ProcoreOptions},
};

use crate::caller::{Answer, Caller, one_project};

const BASE: &str = "/rest/v2.0/companies/8089/webhooks";
const HOOK: &str = r#"{"payload_version":"v4.0","namespace":"acme-1","destination_url":"https://hooks.example.com/a","destination_headers":{"Authorization":"Bearer secret-12345"}}"#;

fn send(caller: &Caller, method: Method, target: &str, body: &str) -> Answer {
    let mut request = caller.request(target);
    *request.method_mut() = method;
    if !body.is_empty() {
        request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    }
    *request.body_mut() = Bytes::from(body.to_owned());
    caller.send(request).unwrap()
}

fn made(caller: &Caller, base: &str, hook: &str) -> Value {
    let answer = send(caller, Method::POST, &format!("{base}/hooks"), hook);
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["data"].clone()
}

fn parts() -> (Sandbox, Caller, String) {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let of_project = format!("/rest/v2.0/companies/8089/projects/{project}/webhooks");
    (sandbox, caller, of_project)
}

#[test]
fn a_hook_is_made_shown_changed_and_deleted_where_it_belongs() {
    let (_sandbox, caller, of_project) = parts();
    let hook = made(&caller, BASE, HOOK);
    assert_eq!(hook["destination_headers"]["Authorization"], "**************12345");
    assert_eq!((&hook["status"], &hook["project_id"]), (&Value::from("active"), &Value::Null));
    let id = hook["id"].as_str().unwrap();
    let target = format!("{BASE}/hooks/{id}");
    assert_eq!(caller.ok(&target).json()["data"]["namespace"], "acme-1");
    assert_eq!(caller.get(&format!("{of_project}/hooks/{id}")).status, 404);
    let changed = send(&caller, Method::PATCH, &target, r#"{"status":"disabled"}"#);
    assert_eq!(
        (changed.status, &changed.json()["data"]["status"]),
        (200, &Value::from("disabled"))
    );
    let listed = caller.ok(&format!("{BASE}/hooks?namespace=acme-1&include_trigger_count=true"));
    assert_eq!(listed.json()["data"][0]["trigger_count"], 0);
    assert_eq!(
        caller.ok(&format!("{BASE}/hooks?namespace=other")).json()["data"],
        Value::Array(vec![])
    );
    let gone = send(&caller, Method::DELETE, &target, "");
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(send(&caller, Method::DELETE, &target, "").status, 404);
}

#[test]
fn hooks_and_triggers_that_procore_does_not_take_are_refused() {
    let (_sandbox, caller, of_project) = parts();
    let refused = [
        ("", "no body"),
        ("[]", "no object"),
        (r#"{"namespace":"a","destination_url":"https://h.example"}"#, "no version"),
        (&HOOK.replace("v4.0", "v1.0"), "unknown version"),
        (&HOOK.replace("acme-1", "Acme"), "namespace"),
        (&HOOK.replace("https:", "http:"), "no https"),
        (&HOOK.replace("https://hooks.example.com/a", ""), "no address"),
    ]
    .map(|(body, what)| (body.to_owned(), what));
    for (body, what) in refused {
        let answer = send(&caller, Method::POST, &format!("{BASE}/hooks"), &body);
        assert_eq!(answer.status, 400, "{what}");
        assert!(answer.json()["error"]["message"].is_string(), "{what}");
    }
    let mut form = caller.request(&format!("{BASE}/hooks"));
    *form.method_mut() = Method::POST;
    *form.body_mut() = Bytes::from(HOOK);
    assert_eq!(caller.send(form).unwrap().status, 400, "no content type");

    let hook = made(&caller, &of_project, HOOK);
    let triggers = format!("{of_project}/hooks/{}/triggers", hook["id"].as_str().unwrap());
    let good = r#"{"resource_name":"Direct Costs","event_type":"update"}"#;
    for (body, status) in [
        (r#"{"resource_name":"Direct Costs"}"#, 400),
        (r#"{"resource_name":"Requisitions","event_type":"update"}"#, 400),
        (r#"{"resource_name":"Company Vendors","event_type":"update"}"#, 400),
        (r#"{"resource_name":"Direct Costs","event_type":"archive"}"#, 400),
        (good, 201),
        (good, 400),
    ] {
        assert_eq!(send(&caller, Method::POST, &triggers, body).status, status, "{body}");
    }
    assert_eq!(
        send(&caller, Method::POST, &format!("{BASE}/hooks/none/triggers"), good).status,
        404
    );
    assert_eq!(caller.get(&format!("{BASE}/resources")).status, 400, "the version is required");
    let other = "/rest/v2.0/companies/1/webhooks/hooks";
    assert_eq!(send(&caller, Method::POST, other, HOOK).status, 403);
}

#[test]
fn what_happens_goes_to_the_hooks_that_follow_it_and_into_their_history() {
    let (sandbox, caller, of_project) = parts();
    let project = sandbox.contractor.project_ids()[0];
    let follow = |hook: &Value| {
        let target = format!("{of_project}/hooks/{}/triggers", hook["id"].as_str().unwrap());
        let body = r#"{"resource_name":"Direct Costs","event_type":"update"}"#;
        let trigger = send(&caller, Method::POST, &target, body).json();
        format!("{target}/{}", trigger["data"]["id"].as_str().unwrap())
    };
    let newest = made(&caller, &of_project, HOOK);
    let older = made(&caller, &of_project, &HOOK.replace("v4.0", "v3.0"));
    let idle = made(&caller, &of_project, HOOK);
    let (newest_trigger, _) = (follow(&newest), follow(&older));
    let what = Happening {
        resource_name: "Direct Costs".to_owned(),
        event_type: "update".to_owned(),
        resource_id: 5,
        project_id: Some(project),
        user_id: 9,
    };
    sandbox.procore.happened(&what);
    sandbox.procore.happened(&Happening { event_type: "delete".to_owned(), ..what.clone() });
    let going = sandbox.procore.take_outgoing();
    assert_eq!(going.len(), 2, "one for each hook that follows, none for the other event");
    assert!(sandbox.procore.take_outgoing().is_empty());
    assert_eq!(going[0].authorization.as_deref(), Some("Bearer secret-12345"));
    let body: Value = serde_json::from_str(&going[0].body).unwrap();
    assert_eq!(
        (&body["resource_id"], &body["reason"]),
        (&Value::from("5"), &Value::from("update"))
    );
    let body: Value = serde_json::from_str(&going[1].body).unwrap();
    assert_eq!(
        (&body["resource_id"], &body["event_type"]),
        (&Value::from(5), &Value::from("update"))
    );

    assert!(sandbox.procore.delivered(&going[0], DeliveryEnd::Retrying));
    assert!(sandbox.procore.delivered(&going[0], DeliveryEnd::Delivered));
    let history = |hook: &Value, rest: &str| {
        let id = hook["id"].as_str().unwrap();
        caller.ok(&format!("{of_project}/hooks/{id}/deliveries{rest}")).json()["data"].clone()
    };
    assert_eq!(history(&newest, "?filter%5Bstatus%5D=succeeded")[0]["status"], "delivered");
    assert_eq!(history(&newest, "")[0]["delivery_attempts"].as_array().unwrap().len(), 2);
    assert_eq!(history(&older, "")[0]["status"], "enqueued");
    assert_eq!(history(&older, "?filter%5Bevent_type%5D=delete"), Value::Array(vec![]));
    assert_eq!(history(&idle, ""), Value::Array(vec![]));

    assert_eq!(send(&caller, Method::DELETE, &newest_trigger, "").status, 204);
    sandbox.procore.happened(&what);
    assert_eq!(sandbox.procore.take_outgoing().len(), 1);
}
