//! Logins, sessions, cookies and lock-out.

use sync_sandbox::service_layer::{ServiceLayerOptions, SessionErrorShape};

use crate::service_layer::Sap;

#[test]
fn a_login_answers_the_session_and_two_odd_cookies() {
    let mut sap = Sap::without_session(ServiceLayerOptions::default());
    let answer = sap.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password");
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let id = body["SessionId"].as_str().unwrap();
    assert_eq!(body["SessionTimeout"], 30);
    assert_eq!(body["Version"], "1000280");
    assert!(body["@odata.context"].as_str().unwrap().ends_with("#B1Sessions/$entity"));
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies[0], format!("B1SESSION={id};HttpOnly;").as_str());
    assert_eq!(cookies[1], "ROUTEID=.node1; path=/b1s");

    sap.version = "v1";
    let v1 = sap.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password");
    assert!(v1.json().get("odata.metadata").is_none());
    assert_ne!(v1.json()["SessionId"], body["SessionId"], "every login is a session of its own");
}

#[test]
fn without_a_balancer_there_is_no_route_cookie() {
    let options = ServiceLayerOptions { balancer: false, ..ServiceLayerOptions::default() };
    let sap = Sap::without_session(options);
    let answer = sap.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password");
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1);
}

#[test]
fn a_call_without_a_session_or_with_garbage_is_401_301() {
    let mut sap = Sap::without_session(ServiceLayerOptions::default());
    for cookie in ["", "B1SESSION=garbage", "ROUTEID=.node1", "B1SESSION="] {
        sap.cookie = cookie.to_owned();
        let answer = sap.get("Projects");
        assert_eq!((answer.status, answer.error().0), (401, 301), "{cookie}");
    }
}

#[test]
fn a_session_ends_after_thirty_idle_minutes_and_slides_while_it_is_used() {
    let sap = Sap::ready();
    for _ in 0..5 {
        sap.wait(29);
        sap.ok("CompanyService_GetCompanyInfo");
    }
    sap.wait(31);
    assert_eq!(sap.get("CompanyService_GetCompanyInfo").status, 401);
    assert_eq!(sap.get("CompanyService_GetCompanyInfo").error().0, 301, "and stays lost");
}

#[test]
fn the_idle_time_is_the_servers_setting() {
    let options = ServiceLayerOptions { session_timeout_minutes: 5, ..Default::default() };
    let sap = Sap::with(options);
    sap.wait(6);
    assert_eq!(sap.get("Projects").status, 401);
}

#[test]
fn a_session_of_one_service_is_good_on_the_other() {
    let mut sap = Sap::ready();
    sap.version = "v1";
    sap.ok("Projects");
}

#[test]
fn logout_ends_the_session_and_needs_one() {
    let sap = Sap::ready();
    assert_eq!(sap.layer.sessions(), 1);
    assert_eq!(sap.post("Logout", "").status, 204);
    assert_eq!(sap.layer.sessions(), 0);
    assert_eq!(sap.get("Projects").status, 401);
    assert_eq!(sap.post("Logout", "").status, 401);
}

#[test]
fn the_hybrid_shape_of_a_lost_session_is_words_in_v1_only() {
    let options = ServiceLayerOptions {
        session_error_shape: SessionErrorShape::Hybrid,
        ..ServiceLayerOptions::default()
    };
    let mut sap = Sap::without_session(options);
    sap.version = "v1";
    let answer = sap.get("Projects");
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"]["code"], "301");
    assert!(answer.json()["error"]["message"].is_string());
    assert!(answer.json()["error"].get("details").is_none());
    // Other errors keep the ordinary shape.
    let wrong = sap.log_in_with("SBODEMOUS", "manager", "wrong");
    assert_eq!(wrong.json()["error"]["code"], -304);
}

#[test]
fn five_wrong_passwords_lock_the_user_even_for_the_right_one() {
    let sap = Sap::without_session(ServiceLayerOptions::default());
    for _ in 0..5 {
        let answer = sap.log_in_with("SBODEMOUS", "manager", "wrong");
        assert_eq!((answer.status, answer.error().0), (401, -304));
    }
    let locked = sap.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password");
    assert_eq!((locked.status, locked.error().0), (401, 100_000_055));
    sap.layer.unlock_user();
    assert_eq!(sap.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password").status, 200);
}

#[test]
fn a_right_password_forgives_the_wrong_ones_before_it() {
    let sap = Sap::without_session(ServiceLayerOptions::default());
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(sap.log_in_with("SBODEMOUS", "manager", "wrong").error().0, -304);
        }
        assert_eq!(sap.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password").status, 200);
    }
}

#[test]
fn logins_within_the_window_of_another_are_refused_and_can_be_repeated() {
    let options = ServiceLayerOptions { parallel_login_window_ms: 500, ..Default::default() };
    let sap = Sap::without_session(options);
    let log_in = || sap.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password");
    assert_eq!(log_in().status, 200);
    let parallel = log_in();
    assert_eq!((parallel.status, parallel.error().0), (500, 299));
    sap.clock.advance(chrono::TimeDelta::milliseconds(501));
    assert_eq!(log_in().status, 200);
    assert_eq!((sap.layer.logins().received, sap.layer.logins().created), (3, 2));
}

#[test]
fn expect_100_continue_is_answered_500_with_nothing() {
    let sap = Sap::ready();
    let answer = sap.send("POST", "JournalEntries", "{}", &[("expect", "100-continue")]);
    assert_eq!((answer.status, answer.text.as_str()), (500, ""));
    assert_eq!(answer.header("connection"), "close");
    assert_eq!(sap.layer.posts("JournalEntries").received, 0);
}

fn two_nodes() -> ServiceLayerOptions {
    ServiceLayerOptions { nodes: 2, ..ServiceLayerOptions::default() }
}

/// Logs in once more and takes both cookies.
fn log_in_to_the_next_node(sap: &mut Sap) {
    let answer = sap.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password");
    let cookies: Vec<String> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|text| text.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect();
    sap.cookie = cookies.join("; ");
}

#[test]
fn a_broken_node_logs_in_and_answers_407_to_all_else_until_a_session_lands_elsewhere() {
    let mut sap = Sap::without_session(two_nodes());
    log_in_to_the_next_node(&mut sap);
    assert!(sap.cookie.ends_with("ROUTEID=.node1"), "{}", sap.cookie);
    sap.layer.break_node(1);
    for _ in 0..3 {
        let answer = sap.get("Projects");
        assert_eq!((answer.status, answer.error().0), (500, 407));
    }
    assert_eq!(sap.post("JournalEntries", "{}").status, 500);
    let batch =
        "--b\r\nContent-Type: application/http\r\n\r\nGET /b1s/v2/Projects\r\n\r\n\r\n--b--\r\n";
    let kind = [("content-type", "multipart/mixed;boundary=b")];
    assert_eq!(sap.send("POST", "$batch", batch, &kind).status, 500);
    log_in_to_the_next_node(&mut sap);
    assert!(sap.cookie.ends_with("ROUTEID=.node2"));
    sap.ok("Projects");
    log_in_to_the_next_node(&mut sap);
    assert_eq!(sap.get("Projects").status, 500, "back on the broken one");
    sap.layer.mend_node(1);
    sap.ok("Projects");
}

#[test]
fn a_user_table_is_seen_by_the_node_that_made_it_until_the_service_is_restarted() {
    let mut sap = Sap::without_session(two_nodes());
    log_in_to_the_next_node(&mut sap);
    sap.created("UserTablesMD", r#"{"TableName":"CLAIM","TableType":"bott_NoObject"}"#);
    sap.created("U_CLAIM", r#"{"Code":"1","Name":"1"}"#);
    log_in_to_the_next_node(&mut sap);
    assert_eq!(sap.refused("U_CLAIM", r#"{"Code":"2","Name":"2"}"#).1, "Service Not Found");
    sap.layer.restart();
    assert_eq!(sap.get("U_CLAIM").status, 401, "sessions are gone");
    log_in_to_the_next_node(&mut sap);
    log_in_to_the_next_node(&mut sap);
    sap.ok("U_CLAIM");
}
