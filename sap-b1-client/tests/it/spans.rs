//! What a call shows to `tracing`: its shape, and no value.

use crate::fake::{FakeSap, Reply, error};
use sap_b1_client::{Filter, NewDocument, Query};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};

/// Keeps every span's fields, and every event's.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    spans: Vec<BTreeMap<String, String>>,
    events: Vec<BTreeMap<String, String>>,
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl tracing::Subscriber for Capture {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("sap_b1_client")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut kept = self.0.lock().unwrap();
        let mut fields = BTreeMap::new();
        attributes.record(&mut Fields(&mut fields));
        kept.spans.push(fields);
        Id::from_u64(u64::try_from(kept.spans.len()).unwrap())
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let at = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Fields(&mut self.0.lock().unwrap().spans[at]));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        self.0.lock().unwrap().events.push(fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn a_span_names_method_path_status_attempts_and_wait_and_nothing_else() {
    let capture = Capture::default();
    let _guard = tracing::subscriber::set_default(capture.clone());
    let sap = FakeSap::new(|seen, nth| match seen.path.as_str() {
        "PurchaseInvoices" => Some(error(400, -10, "canary-message")),
        path if path.starts_with("BusinessPartners?") && nth <= 2 => Some(Reply::Lost),
        _ => None,
    });
    let client = sap.client();
    let vendors = Query::new().filter(Filter::eq("CardName", "canary-name"));
    client.business_partners().all(vendors).await.unwrap();
    let _ = client.business_partners().get("canary-key").await;
    let invoice = NewDocument { num_at_card: Some("canary-body".into()), ..Default::default() };
    client.purchase_invoices().create(&invoice, None).await.unwrap_err();
    client.close().await;

    let kept = capture.0.lock().unwrap();
    let field = |span: usize, name: &str| kept.spans[span].get(name).cloned().unwrap_or_default();
    let names: Vec<_> = kept.spans[0].keys().map(String::as_str).collect();
    assert_eq!(names, ["attempts", "method", "outcome", "path", "status", "wait_ms"]);
    assert_eq!(field(0, "path"), "BusinessPartners?$filter&$orderby");
    assert_eq!((field(0, "attempts"), field(0, "status")), ("3".to_owned(), "200".to_owned()));
    assert!(field(0, "wait_ms").parse::<u64>().unwrap() > 0);
    assert_eq!(field(1, "path"), "BusinessPartners({key})");
    assert_eq!((field(2, "method"), field(2, "path")), ("POST".into(), "PurchaseInvoices".into()));
    assert_eq!((field(2, "status"), field(2, "outcome")), ("400".into(), "Refused".into()));
    assert_eq!(kept.spans.len(), 3);
    assert!(kept.events.len() >= 6, "every attempt is an event");
    let text = format!("{:?} {:?}", kept.spans, kept.events);
    assert!(!text.contains("canary"), "{text}");
}
