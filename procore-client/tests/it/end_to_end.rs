//! The whole client over sockets against the simulated Procore, which keeps to the documentation's letter.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{NaiveDate, TimeDelta};
use procore_client::auth::{AuthorizationCode, MemoryTokenStore, RefreshTokens};
use procore_client::resources::vendors::Vendor;
use procore_client::transport::HttpTransport;
use procore_client::webhooks::{
    AuthorizationValue, Delivery, DeliveryQuery, DeliveryStatus, Event, HookQuery, NewHook,
    NewTrigger, PayloadVersion,
};
use procore_client::{
    Client, ClientBuilder, CompanyId, ErrorKind, Invisible, Outcome, ProjectId, Request,
    SecretString, Transport, Visibility, WriteAccess,
};
use sync_sandbox::contractor::Contractor;
use sync_sandbox::procore::{DeliveryEnd, Happening};
use sync_sandbox::{Fault, FaultRule, Sandbox, SandboxOptions, ServeOptions, Served};

const BACK: &str = "https://app.example.com/callback";

struct World {
    sandbox: Sandbox,
    served: Served,
    project: ProjectId,
}

impl World {
    async fn new() -> Self {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let contractor = Contractor::one_project(1, day);
        let sandbox = Sandbox::standing(contractor, SandboxOptions::default());
        let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
        let project = ProjectId::new(sandbox.contractor.project_ids()[0]);
        Self { sandbox, served, project }
    }

    fn builder(&self) -> ClientBuilder {
        let company = self.sandbox.procore.read(|company| company.id);
        Client::builder(CompanyId::new(company))
            .base_url(&self.served.procore_url)
            .login_url(&self.served.login_url)
            .projects([self.project])
            .allow_writes(WriteAccess::WriteWithOrigin)
    }

    fn service(&self) -> Client {
        let secret = SecretString::from("sandbox-secret");
        self.builder().credentials("sandbox-client", secret).build().unwrap()
    }

    fn app(&self, secret: &str) -> AuthorizationCode {
        let secret = SecretString::from(secret);
        AuthorizationCode::new(&self.served.login_url, "sandbox-client", secret, BACK).unwrap()
    }

    /// What the user's browser does: it comes back with a code.
    async fn code(&self) -> SecretString {
        let visit = self.app("sandbox-secret").authorize_url("a state");
        let request = http::Request::get(visit.as_str()).body(Bytes::new()).unwrap();
        let answer = HttpTransport::new().unwrap().send(request).await.unwrap();
        let back = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let find =
            |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(find("state"), "a state");
        SecretString::from(find("code"))
    }

    async fn authorised(&self, store: Arc<MemoryTokenStore>) -> RefreshTokens {
        let code = self.code().await;
        let transport = HttpTransport::new().unwrap();
        self.app("sandbox-secret").exchange(&code, store, &transport).await.unwrap()
    }

    fn fault(&self, method: &str, path: &str, fault: Fault) {
        self.sandbox.procore_faults.add(FaultRule {
            method: Some(method.to_owned()),
            path_contains: path.to_owned(),
            skip: 0,
            times: 1,
            fault,
        });
    }

    fn calls(&self, to: &str) -> usize {
        self.sandbox.procore.call_log().iter().filter(|call| call.starts_with(to)).count()
    }
}

#[tokio::test]
async fn a_service_account_reads_and_its_expired_token_is_replaced() {
    let world = World::new().await;
    let client = world.service();
    assert!(client.verify_scope().await.is_complete());
    world.sandbox.clock.advance(TimeDelta::seconds(5_400));
    client.companies().all().await.unwrap();
    assert_eq!((world.calls("POST /oauth/token"), client.calls().logins), (2, 2));
    assert_eq!(
        client.token_info().await.unwrap().application_uid.as_deref(),
        Some("sandbox-client")
    );
}

#[tokio::test]
async fn a_user_authorises_the_app_and_each_refresh_token_is_used_once() {
    let world = World::new().await;
    let store: Arc<MemoryTokenStore> = Arc::default();
    let tokens = world.authorised(store.clone()).await;
    let client = world.builder().token_source(Arc::new(tokens)).build().unwrap();
    client.companies().all().await.unwrap();
    for _ in 0..3 {
        world.sandbox.clock.advance(TimeDelta::seconds(5_400));
        client.companies().all().await.unwrap();
    }
    assert_eq!(world.calls("POST /oauth/token"), 4);
    // Another process goes on with what was saved.
    let resumed = world.app("sandbox-secret").resume(store);
    let client = world.builder().token_source(Arc::new(resumed)).build().unwrap();
    client.companies().all().await.unwrap();
}

#[tokio::test]
async fn a_code_is_refused_late_used_with_a_wrong_secret_and_twice() {
    let world = World::new().await;
    let transport = HttpTransport::new().unwrap();
    let exchange = |secret: &'static str, code: SecretString| {
        let (app, transport) = (world.app(secret), &transport);
        async move { app.exchange(&code, Arc::<MemoryTokenStore>::default(), transport).await }
    };
    let late = world.code().await;
    world.sandbox.clock.advance(TimeDelta::minutes(11));
    let error = exchange("sandbox-secret", late).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::AuthorizationLost, Outcome::Refused));
    let code = world.code().await;
    let error = exchange("a guess", code.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRefused);
    exchange("sandbox-secret", code.clone()).await.unwrap();
    let error = exchange("sandbox-secret", code).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthorizationLost);
}

#[tokio::test]
async fn a_refresh_whose_answer_is_lost_ends_the_authorisation_and_says_so() {
    for fault in [Fault::LostAfter, Fault::AnswerReplaced(502), Fault::Malformed] {
        let world = World::new().await;
        let tokens = world.authorised(Arc::default()).await;
        let client = world.builder().token_source(Arc::new(tokens)).build().unwrap();
        client.companies().all().await.unwrap();
        world.sandbox.clock.advance(TimeDelta::seconds(5_400));
        world.fault("POST", "/oauth/token", fault.clone());
        for _ in 0..2 {
            let error = client.companies().all().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AuthorizationLost, "{fault:?}: {error}");
            assert!(error.to_string().contains("authorise the app again"), "{error}");
        }
        assert_eq!(world.calls("POST /oauth/token"), 2, "{fault:?}: one exchange, one refresh");
    }
}

#[tokio::test]
async fn a_token_given_back_is_worth_nothing_and_the_next_call_logs_in() {
    let world = World::new().await;
    let client = world.service();
    client.companies().all().await.unwrap();
    client.revoke_token().await.unwrap();
    client.companies().all().await.unwrap();
    assert_eq!((world.calls("POST /oauth/revoke"), client.calls().logins), (1, 2));
    // For a user the simulated server ends the refresh token too.
    let tokens = world.authorised(Arc::default()).await;
    let client = world.builder().token_source(Arc::new(tokens)).build().unwrap();
    client.companies().all().await.unwrap();
    client.revoke_token().await.unwrap();
    let error = client.companies().all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthorizationLost);
}

#[derive(serde::Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    name: &'static str,
    origin_id: &'static str,
}

#[tokio::test]
async fn a_sync_action_tells_its_one_refused_entry() {
    let world = World::new().await;
    let client = world.service();
    let updates = [
        Entry { id: None, name: "New Vendor", origin_id: "V-1" },
        Entry { id: Some(0), name: "Nobody", origin_id: "V-2" },
        Entry { id: None, name: "Newer Vendor", origin_id: "V-3" },
    ];
    let request = || Request::patch("/rest/v1.0/vendors/sync");
    let report = client.sync::<_, Vendor>(request(), &updates).await.unwrap();
    assert_eq!((report.entities.len(), report.refused.len(), report.unaccounted()), (2, 1, 0));
    assert_eq!(report.entities[0].value.origin_id.as_deref(), Some("V-1"));
    assert_eq!(report.refused[0].origin_id.as_deref(), Some("V-2"));
    assert_eq!(report.refused[0].messages, ["id: Entity with this ID not found"]);
    let stolen = Entry {
        id: Some(report.entities[1].value.id.get()),
        name: "Newer Vendor",
        origin_id: "V-1",
    };
    let report = client.sync::<_, Vendor>(request(), &[stolen]).await.unwrap();
    assert_eq!(report.refused[0].messages, ["origin_id: has already been taken"]);
    assert_eq!(world.calls("PATCH"), 2);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_was_done_once() {
    let world = World::new().await;
    let client = world.service();
    client.login().await.unwrap();
    for fault in [Fault::LostAfter, Fault::AnswerReplaced(504)] {
        world.fault("POST", "/webhooks/hooks", fault);
        let error = client.webhooks().create_hook(&hook(PayloadVersion::V4)).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown);
    }
    let hooks = client.webhooks().hooks(&HookQuery::default()).all().await.unwrap();
    assert_eq!((hooks.records.len(), world.calls("POST /rest")), (2, 2));
    // A token that ended is no reason to write twice.
    world.fault("POST", "/webhooks/hooks", Fault::Expire);
    client.webhooks().create_hook(&hook(PayloadVersion::V4)).await.unwrap();
    let hooks = client.webhooks().hooks(&HookQuery::default()).all().await.unwrap();
    assert_eq!((hooks.records.len(), world.calls("POST /rest")), (3, 4));
}

fn hook(payload_version: PayloadVersion) -> NewHook {
    NewHook {
        payload_version,
        namespace: "acme-costs".to_owned(),
        destination_url: "https://hooks.example.com/procore".to_owned(),
        authorization: Some(SecretString::from("Bearer 0123456789abcdef")),
    }
}

#[tokio::test]
async fn a_hook_is_made_followed_told_about_listed_and_deleted() {
    for version in [PayloadVersion::V2, PayloadVersion::V3, PayloadVersion::V4] {
        let world = World::new().await;
        let webhooks = world.service().project(world.project).unwrap().webhooks();
        let offered = webhooks.resources(version).all().await.unwrap().into_values();
        let costs = offered.iter().find(|r| r.name.as_deref() == Some("Direct Costs")).unwrap();
        assert!(costs.actions.contains(&Event::Update));
        let made = webhooks.create_hook(&hook(version)).await.unwrap().value;
        assert_eq!(made.project_id, Some(world.project));
        assert_eq!(made.destination_headers.unwrap().authorization.as_deref(), Some("bcdef"));
        let follow = NewTrigger::new("Direct Costs", Event::Update);
        let trigger = webhooks.create_trigger(&made.id, &follow).await.unwrap().value;
        let listed = webhooks.triggers(&made.id).all().await.unwrap().into_values();
        assert_eq!(listed.iter().map(|trigger| &trigger.id).collect::<Vec<_>>(), [&trigger.id]);
        let unknown = NewTrigger::new("Requisitions", Event::Update);
        let error = webhooks.create_trigger(&made.id, &unknown).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Invalid, Outcome::Refused));

        world.sandbox.procore.happened(&Happening {
            resource_name: "Direct Costs".to_owned(),
            event_type: "update".to_owned(),
            resource_id: 5,
            project_id: Some(world.project.get()),
            user_id: 9,
        });
        let going = world.sandbox.procore.take_outgoing();
        let mut headers = http::HeaderMap::new();
        headers.insert("authorization", going[0].authorization.as_ref().unwrap().parse().unwrap());
        let value = SecretString::from("Bearer 0123456789abcdef");
        assert!(AuthorizationValue::new(value).unwrap().matches(&headers));
        let delivery = Delivery::parse(going[0].body.as_bytes()).unwrap();
        assert_eq!((delivery.version, delivery.event.clone()), (version, Some(Event::Update)));
        assert_eq!(
            (delivery.resource_id.as_deref(), delivery.key()),
            (Some("5"), Some(going[0].event_id.as_str()))
        );
        assert!(world.sandbox.procore.delivered(&going[0], DeliveryEnd::Retrying));

        let past = webhooks.deliveries(&made.id, &DeliveryQuery::default()).all().await.unwrap();
        let past = past.into_values();
        assert_eq!((past.len(), &past[0].status), (1, &Some(DeliveryStatus::Retrying)));
        assert_eq!(past[0].payload.as_ref(), Some(&delivery));
        webhooks.delete_trigger(&made.id, &trigger.id).await.unwrap();
        webhooks.delete_hook(&made.id).await.unwrap();
        let error = webhooks.delete_hook(&made.id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(webhooks.hooks(&HookQuery::default()).all().await.unwrap().records.is_empty());
    }
}

#[tokio::test]
async fn what_the_app_cannot_see_is_told_with_its_reason() {
    let world = World::new().await;
    let id = world.project.get();
    world.sandbox.procore.edit(|company| company.set_permitted(id, false)).unwrap();
    let report = world.service().verify_scope().await;
    assert!(matches!(report.projects[0].1, Visibility::Invisible(Invisible::Denied)), "{report:?}");
    world.sandbox.procore.edit(|company| company.set_installed(false));
    let report = world.service().verify_scope().await;
    assert!(matches!(report.company, Some(Visibility::Invisible(Invisible::AppNotInstalled))));
    let elsewhere = Client::builder(CompanyId::new(1))
        .base_url(&world.served.procore_url)
        .login_url(&world.served.login_url)
        .credentials("sandbox-client", SecretString::from("sandbox-secret"))
        .build()
        .unwrap();
    let report = elsewhere.verify_scope().await;
    assert!(matches!(report.company, Some(Visibility::Invisible(Invisible::Denied))), "{report:?}");
}
