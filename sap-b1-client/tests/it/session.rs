//! One session for all: logins, their number, and what ends them.

use crate::fake::{FakeSap, Reply, error, ok, session_lost};
use futures_util::future::join_all;
use sap_b1_client::{
    Authenticator, Call, Client, ErrorKind, LoginAnswer, LoginStep, NewJournalEntry, Outcome,
    PasswordLogin, Query,
};
use std::sync::atomic::Ordering;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn fifty_cold_concurrent_calls_share_one_login() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    let calls =
        (0..50).map(|_| async { client.send(&Call::get("Currencies"), None).await.map(|_| ()) });
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!((client.logins(), sap.count("POST", "Login")), (1, 1));
    assert_eq!(sap.most_logins.load(Ordering::SeqCst), 1);
    assert_eq!(client.calls(), 51);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn expiry_under_load_costs_one_more_login_and_every_call_succeeds() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    client.login().await.unwrap();
    sap.drop_sessions();
    let reads =
        (0..40).map(|_| async { client.send(&Call::get("Currencies"), None).await.map(|_| ()) });
    let writes = (0..10).map(|_| async {
        client.journal_entries().create(&NewJournalEntry::default(), None).await.map(|_| ())
    });
    let (reads, writes) = futures_util::future::join(join_all(reads), join_all(writes)).await;
    assert!(reads.iter().chain(&writes).all(Result::is_ok));
    assert_eq!(client.logins(), 2);
    assert_eq!(sap.most_logins.load(Ordering::SeqCst), 1);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_is_replaced_before_it_can_be_refused() {
    let sap = FakeSap::new(|seen, _| (seen.path != "Login").then(|| ok("{\"value\":[]}")));
    let client = sap.client();
    client.currencies().all(Query::new()).await.unwrap();
    tokio::time::sleep(MINUTE * 23).await;
    client.currencies().all(Query::new()).await.unwrap();
    assert_eq!(client.logins(), 1);
    tokio::time::sleep(MINUTE * 25).await;
    client.currencies().all(Query::new()).await.unwrap();
    assert_eq!(client.logins(), 2);
    assert_eq!(sap.count("GET", "Currencies"), 3);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_session_in_use_lives_on() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    for _ in 0..12 {
        client.currencies().all(Query::new()).await.unwrap();
        tokio::time::sleep(MINUTE * 10).await;
    }
    assert_eq!(client.logins(), 1);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_password_is_never_tried_twice() {
    for (status, code) in [(401, -304), (401, -306), (401, 100_000_055), (401, 0), (500, -304)] {
        let sap = FakeSap::new(move |seen, _| {
            (seen.path == "Login").then(|| error(status, code, "Fail to NONE-SSO login from SLD."))
        });
        let client = sap.client();
        let calls = join_all(
            (0..20)
                .map(|_| async { client.send(&Call::get("Currencies"), None).await.map(|_| ()) }),
        )
        .await;
        for result in calls {
            let error = result.unwrap_err();
            assert_eq!(
                (error.kind(), error.outcome()),
                (ErrorKind::LoginRefused, Outcome::NotSent),
                "{code}"
            );
        }
        tokio::time::sleep(MINUTE * 600).await;
        assert!(client.login().await.is_err());
        assert_eq!((client.logins(), client.calls()), (1, 1), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_company_database_is_not_tried_again() {
    let sap = FakeSap::new(|seen, _| {
        (seen.path == "Login").then(|| error(500, 305, "Switch company error: -5027"))
    });
    let client = sap.client();
    assert_eq!(client.login().await.unwrap_err().kind(), ErrorKind::LoginRefused);
    assert!(client.login().await.is_err());
    assert_eq!(client.logins(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_transient_login_fault_is_tried_again_three_times() {
    for (code, message) in [(299, "SAML Login Failed"), (305, "Switch company error: -1102")] {
        let sap = FakeSap::new(move |seen, nth| {
            (seen.path == "Login" && nth <= 3).then(|| error(500, code, message))
        });
        let client = sap.client();
        client.login().await.unwrap();
        assert_eq!(client.logins(), 4);
        client.close().await;
        let sap =
            FakeSap::new(move |seen, _| (seen.path == "Login").then(|| error(500, code, message)));
        let client = sap.client();
        let error = client.login().await.unwrap_err();
        assert_eq!((error.kind(), client.logins()), (ErrorKind::Transient, 4));
        assert!(client.login().await.is_err());
        assert_eq!(client.logins(), 8, "a transient fault is not remembered");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_refused_for_its_session_is_sent_once_more_and_only_once() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    client.login().await.unwrap();
    sap.drop_sessions();
    let created = client.journal_entries().create(&NewJournalEntry::default(), None).await.unwrap();
    assert_eq!(created.doc_entry, Some(7));
    assert_eq!((sap.count("POST", "JournalEntries"), client.logins()), (2, 2));

    let sap = FakeSap::new(|seen, _| (seen.path == "JournalEntries").then(session_lost));
    let client = sap.client();
    let error =
        client.journal_entries().create(&NewJournalEntry::default(), None).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::SessionLost, Outcome::Refused));
    assert_eq!((sap.count("POST", "JournalEntries"), client.logins()), (2, 2));
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn other_401_answers_do_not_cost_a_login() {
    let sap = FakeSap::new(|seen, _| {
        (seen.path == "Drafts(1)").then(|| error(401, -1, "No permission to access this view"))
    });
    let client = sap.client();
    assert_eq!(client.drafts().get(1).await.unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!((client.logins(), sap.count("GET", "Drafts")), (1, 1));
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn two_answers_of_a_broken_node_drop_the_session() {
    let sap = FakeSap::new(|seen, _| {
        let on_first_node =
            seen.cookie.as_deref().is_some_and(|cookie| cookie.contains("canary-session-1;"));
        on_first_node.then(|| error(500, 407, "Table definition not found for '@ZZVF_T'."))
    });
    let client = sap.client();
    assert!(client.projects().all(Query::new()).await.unwrap().is_empty());
    assert_eq!((client.logins(), sap.count("GET", "Projects")), (2, 3));
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_table_costs_no_login_per_read() {
    let sap = FakeSap::new(|seen, _| {
        (seen.path != "Login").then(|| error(500, 407, "Table definition not found for '@X'."))
    });
    let client = sap.client();
    for _ in 0..5 {
        assert_eq!(
            client.projects().all(Query::new()).await.unwrap_err().kind(),
            ErrorKind::BrokenNode
        );
    }
    assert_eq!(client.logins(), 2);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn close_logs_out_with_both_cookies_and_a_later_call_logs_in_again() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    client.login().await.unwrap();
    assert_eq!(client.server_version().as_deref(), Some("1000280"));
    client.close().await;
    client.close().await;
    let log = sap.log();
    let logout: Vec<_> = log.iter().filter(|seen| seen.path == "Logout").collect();
    assert_eq!(logout.len(), 1);
    assert_eq!(logout[0].cookie.as_deref(), Some("B1SESSION=canary-session-1; ROUTEID=.node1"));
    client.currencies().all(Query::new()).await.unwrap();
    assert_eq!(client.logins(), 2);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn close_ends_even_if_the_server_does_not_answer() {
    let sap = FakeSap::new(|seen, _| (seen.path == "Logout").then_some(Reply::Hang));
    let client = sap.client();
    client.login().await.unwrap();
    client.close().await;
    assert_eq!(sap.count("POST", "Logout"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_login_without_an_answer_holds_the_way_for_its_own_time_and_no_longer() {
    let sap = FakeSap::new(|seen, nth| (seen.path == "Login" && nth == 1).then_some(Reply::Hang));
    let client = sap.client();
    assert!(tokio::time::timeout(Duration::from_secs(5), client.login()).await.is_err());
    // It may still be running in SAP, and may have been a wrong password: its end is waited for and told.
    let began = tokio::time::Instant::now();
    client.login().await.unwrap_err();
    assert!(began.elapsed() <= Duration::from_secs(55), "{:?}", began.elapsed());
    assert_eq!(client.logins(), 1);
    client.login().await.unwrap();
    assert_eq!(client.logins(), 2);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn those_who_waited_for_a_login_that_failed_share_its_failure() {
    let sap = FakeSap::new(|seen, _| {
        (seen.path == "Login").then(|| error(500, 299, "SAML Login Failed"))
    });
    let client = sap.client();
    let calls = join_all(
        (0..50).map(|_| async { client.send(&Call::get("Currencies"), None).await.map(|_| ()) }),
    )
    .await;
    assert!(
        calls
            .iter()
            .all(|call| { call.as_ref().is_err_and(|error| error.kind() == ErrorKind::Transient) })
    );
    // Eight reads at a time wait for one login of four tries each.
    assert!(client.logins() <= 4 * 50_u64.div_ceil(8), "{}", client.logins());
    assert_eq!(sap.most_logins.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_login_without_an_answer_is_repeated_only_with_a_password_that_has_worked() {
    let sap = FakeSap::new(|seen, nth| (seen.path == "Login" && nth <= 1).then_some(Reply::Lost));
    let client = sap.client();
    let error = client.login().await.unwrap_err();
    assert_eq!((error.kind(), client.logins()), (ErrorKind::Transient, 1));
    client.login().await.unwrap();
    client.close().await;

    let sap = FakeSap::new(|seen, nth| (seen.path == "Login" && nth == 2).then_some(Reply::Lost));
    let client = sap.client();
    client.login().await.unwrap();
    sap.drop_sessions();
    client.currencies().all(Query::new()).await.unwrap();
    assert_eq!(client.logins(), 3);
    client.close().await;
}

/// Signs in with two requests, then with a token that lasts ten minutes.
#[derive(Debug)]
struct TwoSteps;

#[async_trait::async_trait]
impl Authenticator for TwoSteps {
    async fn begin(&self, service_root: &str) -> sap_b1_client::Result<LoginStep> {
        let request = http::Request::get(format!("{service_root}/ssob1s"));
        Ok(LoginStep::Send(request.body(bytes::Bytes::new()).unwrap()))
    }

    async fn answered(
        &self,
        answer: &http::Response<bytes::Bytes>,
    ) -> sap_b1_client::Result<LoginStep> {
        if answer.body().starts_with(b"{\"Assert") {
            let request = http::Request::post("https://idp.test/x/y/assert");
            return Ok(LoginStep::Send(request.body(answer.body().clone()).unwrap()));
        }
        Ok(LoginStep::Done(LoginAnswer::bearer("canary-token".into(), MINUTE * 10)))
    }
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_of_several_requests_may_end_with_a_token_that_wears_out() {
    let sap = FakeSap::new(|seen, _| match seen.path.as_str() {
        "ssob1s" => Some(ok("{\"Assertion\":1}")),
        "assert" => Some(ok("{}")),
        _ => Some(error(
            400,
            -1000,
            &format!("saw {}", seen.authorization.as_deref().unwrap_or_default()),
        )),
    });
    let client = Client::builder("https://b1.test:50000/b1s/v2", TwoSteps)
        .transport(sap.clone())
        .build()
        .unwrap();
    for minutes in [0, 7, 2] {
        tokio::time::sleep(MINUTE * minutes).await;
        let error = client.send(&Call::get("Currencies"), None).await.unwrap_err();
        assert_eq!(error.message(), "saw Bearer ***");
    }
    assert_eq!(
        (client.logins(), sap.count("GET", "ssob1s"), sap.count("POST", "assert")),
        (2, 2, 2)
    );
    client.close().await;
    assert_eq!(sap.count("POST", "Logout"), 0, "a token has no session to log out of");
}

#[tokio::test]
async fn the_login_body_is_what_the_manual_prints_and_speaks_english() {
    let login = PasswordLogin::new("US506", "manager", "1234".into());
    let step = login.begin("https://h:50000/b1s/v1").await.unwrap();
    let LoginStep::Send(request) = step else { panic!("{step:?}") };
    assert_eq!(request.uri(), "https://h:50000/b1s/v1/Login");
    assert_eq!(
        &request.body()[..],
        br#"{"CompanyDB":"US506","UserName":"manager","Password":"1234","Language":"3"}"#
    );
}

/// Collects the messages of warnings.
#[derive(Clone, Default)]
pub(crate) struct Warnings(std::sync::Arc<std::sync::Mutex<Vec<String>>>);

impl Warnings {
    pub(crate) fn texts(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[derive(Default)]
struct Text(String);

impl tracing::field::Visit for Text {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_dropped_without_close_warns_and_a_closed_one_does_not() {
    let warnings = Warnings::default();
    let _guard = tracing::subscriber::set_default(warnings.clone());
    let client = FakeSap::new(|_, _| None).client();
    client.login().await.unwrap();
    client.close().await;
    drop(client);
    assert!(warnings.0.lock().unwrap().is_empty());
    let client = FakeSap::new(|_, _| None).client();
    client.login().await.unwrap();
    let clone = client.clone();
    drop(client);
    assert!(warnings.0.lock().unwrap().is_empty());
    drop(clone);
    let texts = warnings.0.lock().unwrap().clone();
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("without close()") && !texts[0].contains("canary"), "{texts:?}");
}

/// The server is still at the login of a caller that gave up: a second one beside it could fail, and lock the user.
#[tokio::test(start_paused = true)]
async fn a_login_whose_caller_is_gone_is_waited_for_and_not_begun_again() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    let soon = std::time::Duration::from_millis(40);
    tokio::time::timeout(soon, client.login()).await.unwrap_err();
    tokio::time::timeout(soon, client.projects().find("P1")).await.unwrap_err();
    client.projects().find("P1").await.unwrap();
    assert_eq!((client.logins(), sap.count("POST", "Login")), (1, 1));
    client.close().await;
    assert_eq!(sap.count("POST", "Logout"), 1);
}

#[tokio::test(start_paused = true)]
async fn closing_ends_a_login_whose_caller_is_gone_and_dropping_warns_of_it() {
    let warnings = Warnings::default();
    let _guard = tracing::subscriber::set_default(warnings.clone());
    for close in [true, false] {
        let sap = FakeSap::new(|_, _| None);
        let client = sap.client();
        let soon = std::time::Duration::from_millis(40);
        tokio::time::timeout(soon, client.login()).await.unwrap_err();
        if close {
            client.close().await;
        }
        drop(client);
        assert_eq!(sap.count("POST", "Logout"), usize::from(close));
        assert_eq!(warnings.texts().len(), usize::from(!close));
    }
}
