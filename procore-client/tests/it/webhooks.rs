//! Deliveries of webhooks: the documentation's own payloads, damaged ones, and who sent them.

use std::collections::BTreeMap;

use procore_client::webhooks::{
    AuthorizationValue, BODY_BYTES_MAX, Delivery, Event, PayloadVersion,
};
use procore_client::{ErrorKind, ProjectId, SecretString};
use serde_json::value::RawValue;

fn documented() -> Vec<String> {
    let text = include_str!("../fixtures/webhook-payload.json");
    let file: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).unwrap();
    let examples: Vec<BTreeMap<String, Box<RawValue>>> =
        serde_json::from_str(file["examples"].get()).unwrap();
    examples.iter().map(|example| example["json"].get().to_owned()).collect()
}

#[test]
fn every_documented_payload_is_read_into_the_same_value() {
    let read: Vec<Delivery> =
        documented().iter().map(|body| Delivery::parse(body.as_bytes()).unwrap()).collect();
    let versions: Vec<_> = read.iter().map(|delivery| delivery.version).collect();
    assert_eq!(versions, [PayloadVersion::V2, PayloadVersion::V3, PayloadVersion::V4]);
    for delivery in &read {
        assert_eq!(delivery.event, Some(Event::Update));
        assert!(delivery.timestamp.is_some() && delivery.key().is_some());
        assert!(delivery.company_id.is_some() && delivery.user_id.is_some());
    }
    assert_eq!(read[1].resource, "Direct Cost Line Items");
    assert_eq!(read[1].related_resources[0].name.as_deref(), Some("Direct Costs"));
    assert_eq!(read[1].resource_id, read[2].resource_id, "a number in one, text in the other");
    assert_eq!(read[2].project_id, Some(ProjectId::new(6778)));
    assert_eq!(read[0].key(), Some("0A1B2C3D4F5G6H7I8J9K0LMN"));
}

#[test]
fn unknown_events_nulls_and_further_fields_are_taken() {
    let body = r#"{"id":1,"resource_name":"X","event_type":"archive","project_id":null,"metadata":null,"new":{"a":[1]}}"#;
    let delivery = Delivery::parse(body.as_bytes()).unwrap();
    assert_eq!(delivery.event, Some(Event::Other("archive".to_owned())));
    assert_eq!((delivery.project_id, delivery.key()), (None, Some("1")));
}

#[test]
fn what_is_no_delivery_is_refused() {
    let large = format!(r#"{{"resource_name":"{}"}}"#, "x".repeat(BODY_BYTES_MAX));
    for body in
        ["", "[]", "null", "{}", r#"{"resource_name":""}"#, r#"{"resource_name":{}}"#, &large]
    {
        let error = Delivery::parse(body.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
}

#[test]
fn only_the_whole_value_proves_the_sender() {
    let value = AuthorizationValue::new(SecretString::from("Bearer 0123456789abcdef")).unwrap();
    let headers = |values: &[&str]| {
        let mut headers = http::HeaderMap::new();
        for value in values {
            headers.append("authorization", value.parse().unwrap());
        }
        headers
    };
    assert!(value.matches(&headers(&["Bearer 0123456789abcdef"])));
    for wrong in [
        &[][..],
        &[""],
        &["Bearer 0123456789abcde"],
        &["Bearer 0123456789abcdeF"],
        &["Bearer 0123456789abcdef0"],
        &["Bearer 0123456789abcdef", "x"],
    ] {
        assert!(!value.matches(&headers(wrong)), "{wrong:?}");
    }
    assert!(AuthorizationValue::new(SecretString::from("short")).is_none());
    assert!(!format!("{value:?}").contains("0123"));
}
