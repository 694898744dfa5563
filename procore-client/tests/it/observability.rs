//! What a call's span shows, and what it must not.

use std::io::Write;
use std::sync::{Arc, Mutex};

use procore_client::{Request, WriteAccess};
use tracing_subscriber::fmt::format::FmtSpan;

use crate::double::{Double, SECRET, TOKEN_BODY, builder, ok, status, with_headers};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn spans_show_template_status_attempts_and_wait_and_no_secret_name_or_id() {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let mut calls = 0;
    let double = Double::new(move |seen| {
        if seen.is_login() {
            return ok(TOKEN_BODY);
        }
        calls += 1;
        match calls {
            1 => with_headers(429, &[("retry-after", "3")], r#"{"errors":"Jane Doe"}"#),
            2 => with_headers(200, &[("x-request-id", "req-77")], r#"[{"name":"Jane Doe"}]"#),
            _ => status(500, "{}"),
        }
    });
    let client = builder(&double).allow_writes(WriteAccess::Write).build().unwrap();
    let query = [("filters[search]", "Jane Doe")];
    client.get_raw("/rest/v1.0/projects/86/vendors/4711", &query).await.unwrap();
    let body = [("name", "Jane Doe")].into_iter().collect::<std::collections::BTreeMap<_, _>>();
    let request = Request::post("/rest/v1.0/vendors").json(&body).unwrap();
    assert!(client.raw(&request).await.is_err());
    drop(guard);

    let text = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    for shown in [
        "method=\"GET\"",
        "path=/rest/v1.0/projects/{id}/vendors/{id}",
        "status=200",
        "attempts=2",
        "wait_ms=3",
        "request_id=\"req-77\"",
        "method=\"POST\"",
        "status=500",
        "outcome=\"unknown\"",
    ] {
        assert!(text.contains(shown), "{shown} is missing in {text}");
    }
    for hidden in [SECRET, "canary-token", "Jane", "Doe", "filters", "4711"] {
        assert!(!text.contains(hidden), "{hidden} shows in {text}");
    }
}
