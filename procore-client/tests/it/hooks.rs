//! Making hooks: what is refused before it is sent, where a write goes, and what never shows.

use procore_client::webhooks::{
    DeliveryQuery, DeliveryStatus, Event, HookChange, HookId, HookQuery, HookStatus, NewHook,
    NewTrigger, PayloadVersion, Webhooks,
};
use procore_client::{ErrorKind, Outcome, SecretString, WriteAccess};

use crate::double::{Double, PROJECT, Reply, builder, client, ok, status, with_headers};

const VALUE: &str = "Bearer canary \"hook\" 0123456789";
const HOOK: &str = r#"{"data":{"id":"01JMYX","status":"active","payload_version":"v4.0","namespace":"acme","destination_headers":{"Authorization":"********56789"},"destination_url":"https://hooks.example.com/a","company_id":"7","project_id":null,"created_at":"2026-02-01T10:00:00Z"}}"#;

fn new_hook() -> NewHook {
    NewHook {
        payload_version: PayloadVersion::V4,
        namespace: "acme".to_owned(),
        destination_url: "https://hooks.example.com/a".to_owned(),
        authorization: Some(SecretString::from(VALUE)),
    }
}

fn hook_id() -> HookId {
    "01JMYX".parse().unwrap()
}

fn writing(double: &std::sync::Arc<Double>) -> Webhooks {
    builder(double).allow_writes(WriteAccess::Write).build().unwrap().webhooks()
}

#[tokio::test(start_paused = true)]
async fn a_hook_is_made_where_its_company_or_project_is() {
    let double = Double::api(|_| status(201, HOOK));
    let hook = writing(&double).create_hook(&new_hook()).await.unwrap().value;
    assert_eq!((hook.id.as_str(), hook.status), ("01JMYX", Some(HookStatus::Active)));
    let shown = hook.destination_headers.unwrap().authorization;
    assert_eq!(shown.as_deref(), Some("56789"));
    let client = builder(&double).allow_writes(WriteAccess::Write).build().unwrap();
    let of_project = client.project(PROJECT).unwrap().webhooks();
    of_project
        .create_trigger(&hook.id, &NewTrigger::new("Direct Costs", Event::Update))
        .await
        .unwrap();
    let calls = double.api_calls();
    assert_eq!(calls[0].path, "/rest/v2.0/companies/7/webhooks/hooks");
    assert_eq!(
        calls[0].body,
        r#"{"payload_version":"v4.0","namespace":"acme","destination_headers":{"Authorization":"Bearer canary \"hook\" 0123456789"},"destination_url":"https://hooks.example.com/a"}"#
    );
    assert_eq!(calls[1].path, "/rest/v2.0/companies/7/projects/86/webhooks/hooks/01JMYX/triggers");
    assert_eq!(calls[1].body, r#"{"resource_name":"Direct Costs","event_type":"update"}"#);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_only_makes_changes_and_deletes_no_hook() {
    let double = Double::api(|_| ok(HOOK));
    let webhooks = client(&double).webhooks();
    let change = HookChange { status: Some(HookStatus::Disabled), ..HookChange::default() };
    let refused = [
        webhooks.create_hook(&new_hook()).await.err(),
        webhooks.update_hook(&hook_id(), &change).await.err(),
        webhooks.delete_hook(&hook_id()).await.err(),
        webhooks.create_trigger(&hook_id(), &NewTrigger::new("X", Event::Create)).await.err(),
        webhooks.delete_trigger(&hook_id(), &"1".parse().unwrap()).await.err(),
    ];
    for error in refused {
        let error = error.unwrap();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::ReadOnly, Outcome::NotSent));
    }
    assert!(double.seen().is_empty());
    webhooks.hook(&hook_id()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_procore_does_not_take_is_refused_before_it_is_sent() {
    let double = Double::api(|_| ok(HOOK));
    let webhooks = writing(&double);
    let bad: [fn(&mut NewHook); 7] = [
        |hook| hook.namespace.clear(),
        |hook| hook.namespace = "Acme".to_owned(),
        |hook| hook.namespace = "a_b".to_owned(),
        |hook| hook.destination_url = "http://hooks.example.com/a".to_owned(),
        |hook| hook.destination_url = "http://localhost/a".to_owned(),
        |hook| hook.destination_url = "hooks.example.com/a".to_owned(),
        |hook| hook.destination_url = "https://user:pass@hooks.example.com/a".to_owned(),
    ];
    for spoil in bad {
        let mut hook = new_hook();
        spoil(&mut hook);
        let error = webhooks.create_hook(&hook).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Configuration, Outcome::NotSent));
    }
    let nothing = webhooks.update_hook(&hook_id(), &HookChange::default()).await.unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::Configuration);
    let nameless = NewTrigger::new(" ", Event::Update);
    assert!(webhooks.create_trigger(&hook_id(), &nameless).await.is_err());
    assert!(double.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_hook_whose_answer_was_lost_is_not_made_twice() {
    for lost in [|| Reply::Hang, || status(502, "<html>"), || status(500, "{}")] {
        let double = Double::api(move |_| lost());
        let error = writing(&double).create_hook(&new_hook()).await.unwrap_err();
        assert_eq!((error.outcome(), double.api_calls().len()), (Outcome::Unknown, 1));
    }
    // What was done and cannot be read was done.
    let double = Double::api(|_| status(201, r#"{"data":{"namespace":"acme"}}"#));
    let error = writing(&double).create_hook(&new_hook()).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Done));
}

#[tokio::test(start_paused = true)]
async fn the_authorization_value_shows_nowhere() {
    let mut texts = vec![format!("{:?}", new_hook())];
    for code in [201, 400, 403, 422, 500] {
        let double = Double::api(move |seen| {
            status(
                code,
                &format!(
                    r#"{{"errors":"{}","message":{}}}"#,
                    VALUE.replace('"', "\\\""),
                    serde_json::to_string(&seen.body).unwrap()
                ),
            )
        });
        let error = writing(&double).create_hook(&new_hook()).await.unwrap_err();
        texts.push(format!("{error} {error:?} {:?} {:?}", error.raw_body(), error.api_messages()));
    }
    // A server that does not mask it.
    let unmasked = HOOK.replace("********56789", "Bearer canary hook 0123456789");
    let double = Double::api(move |_| ok(&unmasked));
    texts.push(format!("{:?}", writing(&double).hook(&hook_id()).await.unwrap().value));
    for text in texts {
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_hook_cannot_be_deleted_and_a_deletion_answers_nothing() {
    let double = Double::api(|seen| match seen.path.as_str() {
        "/rest/v2.0/companies/7/webhooks/hooks/01JMYX" => status(204, ""),
        _ => status(404, r#"{"error":{"code":"NOT_FOUND","message":"gone","details":[]}}"#),
    });
    let webhooks = writing(&double);
    webhooks.delete_hook(&hook_id()).await.unwrap();
    let error = webhooks.delete_hook(&"other".parse().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::NotFound, Outcome::Refused));
    assert_eq!(error.api_messages(), ["gone"]);
    assert_eq!(double.api_calls()[0].method, "DELETE");
}

#[tokio::test(start_paused = true)]
async fn lists_are_read_to_their_end_and_deliveries_tell_what_became_of_them() {
    let double = Double::api(|seen| {
        if seen.path.ends_with("/deliveries") {
            return ok(r#"{"data":[
                {"id":"01A","status":"delivered","payload":{"id":"01A","resource_type":"Direct Costs","reason":"update","resource_id":"5"},"delivery_attempts":[]},
                {"id":"01B","status":"paused","payload":null,"delivery_attempts":[{"response_status":503,"response_error":"timeout"}]},
                {"id":"01C","status":"retrying","payload":{"id":1,"resource_name":null}}]}"#);
        }
        let page = seen.param("page").unwrap();
        let id = format!(r#"{{"data":[{{"id":"h{page}","namespace":"acme"}}]}}"#);
        with_headers(200, &[("total", "3")], &id)
    });
    let webhooks = client(&double).webhooks();
    let hooks = webhooks.hooks(&HookQuery::default()).all().await.unwrap();
    assert_eq!((hooks.records.len(), hooks.complete), (3, true));
    assert_eq!(double.api_calls()[0].param("per_page"), Some("100"));
    let deliveries =
        webhooks.deliveries(&hook_id(), &DeliveryQuery::default()).all().await.unwrap();
    let deliveries = deliveries.into_values();
    assert_eq!(deliveries[0].status, Some(DeliveryStatus::Delivered));
    assert_eq!(deliveries[0].payload.as_ref().unwrap().resource_id.as_deref(), Some("5"));
    assert_eq!(deliveries[1].status, Some(DeliveryStatus::Other("paused".to_owned())));
    assert_eq!(deliveries[1].delivery_attempts[0].response_status, Some(503));
    assert!(deliveries[2].payload.is_none());
}
