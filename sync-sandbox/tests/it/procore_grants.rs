//! A user's authorisation: codes and refresh tokens that are valid once, and taking tokens back.

use bytes::Bytes;
use chrono::TimeDelta;
use http::Request;
use serde_json::Value;
use sync_sandbox::{Fault, FaultRule, Sandbox, procore::ProcoreOptions};

use crate::caller::{Caller, one_project};

const BACK: &str = "https://app.example.com/callback";

fn sandbox() -> Sandbox {
    one_project(ProcoreOptions::default())
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The user's browser; returns status, place and body.
fn visit(sandbox: &Sandbox, pairs: &[(&str, &str)]) -> (u16, Option<String>, String) {
    let target = format!("https://login.example.com/oauth/authorize?{}", encoded(pairs));
    let answer = sandbox.procore.call(Request::get(target).body(Bytes::new()).unwrap()).unwrap();
    let place = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    let body = String::from_utf8(answer.body().to_vec()).unwrap();
    (answer.status().as_u16(), place, body)
}

fn code(sandbox: &Sandbox) -> String {
    let (status, place, _) = visit(
        sandbox,
        &[
            ("response_type", "code"),
            ("client_id", "sandbox-client"),
            ("redirect_uri", BACK),
            ("state", "a b"),
        ],
    );
    assert_eq!(status, 302);
    let place = url::Url::parse(&place.unwrap()).unwrap();
    assert!(place.as_str().starts_with(BACK));
    let find =
        |name: &str| place.query_pairs().find(|(key, _)| key == name).map(|(_, v)| v.into_owned());
    assert_eq!(find("state").as_deref(), Some("a b"));
    find("code").unwrap()
}

/// Posts a form with id and secret of the app; later pairs of the same name win.
fn post(sandbox: &Sandbox, path: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
    let mut form = vec![("client_id", "sandbox-client"), ("client_secret", "sandbox-secret")];
    form.retain(|(name, _)| !pairs.iter().any(|(other, _)| other == name));
    form.extend(pairs);
    let request = Request::post(format!("https://login.example.com{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(encoded(&form)))
        .unwrap();
    let answer = sandbox.procore.call(request).unwrap();
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
}

fn exchange(sandbox: &Sandbox, code: &str) -> (u16, Value) {
    let pairs = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
    post(sandbox, "/oauth/token", &pairs)
}

fn refresh(sandbox: &Sandbox, token: &Value) -> (u16, Value) {
    let token = token.as_str().unwrap();
    post(sandbox, "/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
}

fn works(sandbox: &Sandbox, access_token: &Value) -> bool {
    let token = access_token.as_str().unwrap().to_owned();
    let caller = Caller { procore: sandbox.procore.clone(), token };
    caller.get("/rest/v1.0/companies").status == 200
}

#[test]
fn a_code_brings_both_tokens_once() {
    let sandbox = sandbox();
    let code = code(&sandbox);
    let (status, tokens) = exchange(&sandbox, &code);
    assert_eq!((status, &tokens["expires_in"]), (200, &Value::from(5_400)));
    assert!(works(&sandbox, &tokens["access_token"]));
    assert!(tokens["refresh_token"].is_string());
    let (status, again) = exchange(&sandbox, &code);
    assert_eq!((status, again["error"].as_str()), (400, Some("invalid_grant")));
}

#[test]
fn a_code_ends_after_ten_minutes_and_with_the_wrong_address() {
    let sandbox = sandbox();
    let late = code(&sandbox);
    sandbox.clock.advance(TimeDelta::minutes(10));
    assert_eq!(exchange(&sandbox, &late).0, 400);
    let misused = code(&sandbox);
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", misused.as_str()),
        ("redirect_uri", "https://evil.example/callback"),
    ];
    assert_eq!(post(&sandbox, "/oauth/token", &pairs).1["error"], "invalid_grant");
    assert_eq!(exchange(&sandbox, &misused).0, 400, "it was presented once");
}

#[test]
fn the_browser_is_sent_to_the_registered_address_alone() {
    let sandbox = sandbox();
    let ask = |client: &str, back: &str, kind: &str| {
        visit(&sandbox, &[("response_type", kind), ("client_id", client), ("redirect_uri", back)])
    };
    let (status, place, body) = ask("another", BACK, "code");
    assert_eq!((status, place), (401, None));
    assert!(body.contains("invalid_client"));
    let (status, place, body) = ask("sandbox-client", "https://evil.example/", "code");
    assert_eq!((status, place), (400, None));
    assert!(body.contains("invalid_redirect_uri"));
    let (status, place, _) = ask("sandbox-client", BACK, "token");
    assert_eq!(status, 302);
    assert_eq!(place.unwrap(), format!("{BACK}?error=unsupported_response_type"));
}

#[test]
fn a_refresh_token_is_valid_once_and_ends_the_access_token_before() {
    let sandbox = sandbox();
    let (_, first) = exchange(&sandbox, &code(&sandbox));
    sandbox.clock.advance(TimeDelta::days(400));
    assert!(!works(&sandbox, &first["access_token"]));
    let (status, second) = refresh(&sandbox, &first["refresh_token"]);
    assert_eq!(status, 200, "refresh tokens do not expire");
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let (status, again) = refresh(&sandbox, &first["refresh_token"]);
    assert_eq!((status, again["error"].as_str()), (400, Some("invalid_grant")));
    assert!(works(&sandbox, &second["access_token"]));
    let (_, third) = refresh(&sandbox, &second["refresh_token"]);
    assert!(!works(&sandbox, &second["access_token"]));
    assert!(works(&sandbox, &third["access_token"]));
}

#[test]
fn an_answer_lost_after_the_rotation_leaves_nobody_with_a_valid_token() {
    let sandbox = sandbox();
    let (_, first) = exchange(&sandbox, &code(&sandbox));
    let fault = |fault| FaultRule {
        method: Some("POST".to_owned()),
        path_contains: "/oauth/token".to_owned(),
        skip: 0,
        times: 1,
        fault,
    };
    sandbox.procore_faults.add(fault(Fault::LostAfter));
    let lost = Request::post("https://login.example.com/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(encoded(&[
            ("client_id", "sandbox-client"),
            ("client_secret", "sandbox-secret"),
            ("grant_type", "refresh_token"),
            ("refresh_token", first["refresh_token"].as_str().unwrap()),
        ])))
        .unwrap();
    assert!(sandbox.procore.call(lost).is_err());
    assert_eq!(refresh(&sandbox, &first["refresh_token"]).0, 400);
    let (_, other) = exchange(&sandbox, &code(&sandbox));
    sandbox.procore_faults.add(fault(Fault::Refuse(503)));
    assert_eq!(refresh(&sandbox, &other["refresh_token"]).0, 503);
    assert_eq!(refresh(&sandbox, &other["refresh_token"]).0, 200, "a refusal uses nothing up");
}

#[test]
fn wrong_requests_are_refused_with_the_words_of_the_rfc() {
    let sandbox = sandbox();
    let (_, tokens) = exchange(&sandbox, &code(&sandbox));
    let token = tokens["refresh_token"].as_str().unwrap();
    type Refused<'a> = (&'a str, &'a [(&'a str, &'a str)], u16, &'a str);
    let refused: [Refused<'_>; 8] = [
        ("/oauth/token", &[], 400, "invalid_request"),
        ("/oauth/token", &[("grant_type", "password")], 400, "unsupported_grant_type"),
        ("/oauth/token", &[("grant_type", "authorization_code")], 400, "invalid_request"),
        ("/oauth/token", &[("grant_type", "refresh_token")], 400, "invalid_request"),
        (
            "/oauth/token",
            &[("grant_type", "refresh_token"), ("refresh_token", token), ("client_secret", "x")],
            401,
            "invalid_client",
        ),
        (
            "/oauth/token",
            &[("grant_type", "refresh_token"), ("refresh_token", "made up")],
            400,
            "invalid_grant",
        ),
        ("/oauth/revoke", &[("token", token), ("client_id", "another")], 401, "invalid_client"),
        ("/oauth/revoke", &[], 400, "invalid_request"),
    ];
    for (path, pairs, status, error) in refused {
        let (found, body) = post(&sandbox, path, pairs);
        assert_eq!((found, body["error"].as_str()), (status, Some(error)), "{pairs:?}");
    }
    let plain = Request::post("https://login.example.com/oauth/token")
        .header("content-type", "text/plain")
        .body(Bytes::from_static(b"grant_type=client_credentials"))
        .unwrap();
    assert_eq!(sandbox.procore.call(plain).unwrap().status(), 400);
    let get = Request::get("https://login.example.com/oauth/revoke").body(Bytes::new()).unwrap();
    assert_eq!(sandbox.procore.call(get).unwrap().status(), 405);
    assert_eq!(refresh(&sandbox, &tokens["refresh_token"]).0, 200, "none of that used it up");
}

#[test]
fn a_token_taken_back_ends_with_its_refresh_token_and_an_unknown_one_is_no_error() {
    let sandbox = sandbox();
    let (_, tokens) = exchange(&sandbox, &code(&sandbox));
    assert_eq!(post(&sandbox, "/oauth/revoke", &[("token", "made up")]).0, 200);
    assert!(works(&sandbox, &tokens["access_token"]));
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(post(&sandbox, "/oauth/revoke", &[("token", access)]).0, 200);
    assert!(!works(&sandbox, &tokens["access_token"]));
    assert_eq!(refresh(&sandbox, &tokens["refresh_token"]).0, 400);
}
