//! Over sockets: what the reqwest transport sends, and how it fails.

use bytes::Bytes;
use httpmock::prelude::*;
use sap_b1_client::{
    Client, ErrorKind, NewDocument, Outcome, PasswordLogin, Query, ReqwestTransport,
    ReqwestTransportBuilder, Sent, Transport,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn client(server: &MockServer) -> Client {
    Client::builder(
        server.url("/b1s/v2"),
        PasswordLogin::new("SBODEMOUS", "manager", "1234".into()),
    )
    .build()
    .unwrap()
}

#[allow(clippy::future_not_send)] // httpmock's builders are not Send
async fn login(server: &MockServer) -> httpmock::Mock<'_> {
    server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/b1s/v2/Login")
                .json_body_includes(r#"{"CompanyDB":"SBODEMOUS","Language":"3"}"#);
            then.status(200)
                .header("Set-Cookie", "B1SESSION=PTRz-3A;HttpOnly;")
                .header("Set-Cookie", "ROUTEID=.node1; path=/b1s")
                .header("Content-Type", "application/json;odata.metadata=minimal;charset=utf-8")
                .body(r#"{"SessionId":"PTRz-3A","Version":"1000280","SessionTimeout":30}"#);
        })
        .await
}

#[tokio::test]
async fn echoes_both_cookies_asks_for_pages_and_expects_nothing() {
    let server = MockServer::start_async().await;
    let login = login(&server).await;
    let list = server
        .mock_async(|when, then| {
            when.method(GET)
                .path("/b1s/v2/Projects")
                .query_param("$filter", "Code eq 'O''Brien & Söhne'")
                .query_param("$orderby", "Code")
                .header("Cookie", "B1SESSION=PTRz-3A; ROUTEID=.node1")
                .header("Prefer", "odata.maxpagesize=100")
                .header_missing("Expect");
            then.status(200).body(r#"{"value":[{"Code":"O'Brien & Söhne"}]}"#);
        })
        .await;
    let post = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/b1s/v2/PurchaseInvoices")
                .header("Content-Type", "application/json")
                .header_missing("Expect")
                .body(r#"{"NumAtCard":"INV-1"}"#);
            then.status(201)
                .header("Location", "/b1s/v2/PurchaseInvoices(9)")
                .body(r#"{"DocEntry":9,"DocNum":10}"#);
        })
        .await;
    let client = client(&server);
    let rows = client
        .projects()
        .all(Query::new().filter(sap_b1_client::Filter::eq("Code", "O'Brien & Söhne")))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    let document = NewDocument { num_at_card: Some("INV-1".into()), ..NewDocument::default() };
    assert_eq!(
        client.purchase_invoices().create(&document, None).await.unwrap().doc_entry,
        Some(9)
    );
    login.assert_async().await;
    list.assert_async().await;
    post.assert_async().await;
    client.close().await;
}

/// A node fails, the balancer names another one: the session goes on there, and the old name is not sent again.
#[tokio::test]
async fn a_route_that_the_balancer_changes_is_echoed_from_then_on() {
    let server = MockServer::start_async().await;
    login(&server).await;
    let moved = server
        .mock_async(|when, then| {
            when.path("/b1s/v2/Drafts(1)").header("Cookie", "B1SESSION=PTRz-3A; ROUTEID=.node1");
            then.status(200).header("Set-Cookie", "ROUTEID=.node2; path=/b1s").body("{}");
        })
        .await;
    let after = server
        .mock_async(|when, then| {
            when.path("/b1s/v2/Drafts(2)").header("Cookie", "B1SESSION=PTRz-3A; ROUTEID=.node2");
            then.status(200).body("{}");
        })
        .await;
    let client = client(&server);
    client.drafts().get(1).await.unwrap();
    client.drafts().get(2).await.unwrap();
    client.drafts().get(2).await.unwrap();
    assert_eq!((moved.calls_async().await, after.calls_async().await), (1, 2));
    assert_eq!(client.logins(), 1);
    client.close().await;
}

#[tokio::test]
async fn follows_no_redirect() {
    let server = MockServer::start_async().await;
    login(&server).await;
    let elsewhere = server
        .mock_async(|when, then| {
            when.path("/elsewhere");
            then.status(200).body("{}");
        })
        .await;
    server
        .mock_async(|when, then| {
            when.path("/b1s/v2/Drafts(1)");
            then.status(302).header("Location", "/elsewhere");
        })
        .await;
    let client = client(&server);
    let error = client.drafts().get(1).await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Configuration, 302));
    assert_eq!(elsewhere.calls_async().await, 0);
    client.close().await;
}

#[tokio::test]
async fn a_refused_connection_is_not_sent_and_a_cut_answer_is_unknown() {
    let transport = ReqwestTransport::builder().build().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let request = || {
        http::Request::post(format!("http://{address}/b1s/v2/PurchaseInvoices"))
            .body(Bytes::from_static(b"{}"))
            .unwrap()
    };
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 1024];
        let _ = stream.read(&mut buffer).unwrap();
        stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{").unwrap();
    });
    let error = transport.send(request()).await.unwrap_err();
    assert_eq!(error.sent, Sent::MaybeSent, "{error}");
    server.join().unwrap();
    let error = transport.send(request()).await.unwrap_err();
    assert_eq!(error.sent, Sent::NotSent, "{error}");
}

#[tokio::test]
async fn plain_http_to_another_machine_never_leaves() {
    let transport = ReqwestTransport::builder().build().unwrap();
    let request =
        http::Request::get("http://b1.example.com/b1s/v2/Currencies").body(Bytes::new()).unwrap();
    let error = transport.send(request).await.unwrap_err();
    assert_eq!(error.sent, Sent::NotSent);
    assert!(error.to_string().contains("https"), "{error}");
}

/// A server that keeps every connection open and counts them.
struct Counting {
    url: String,
    accepted: Arc<AtomicUsize>,
}

impl Counting {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/b1s/v2/X", listener.local_addr().unwrap());
        let accepted = Arc::new(AtomicUsize::new(0));
        let counter = accepted.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer_all(stream));
            }
        });
        Self { url, accepted }
    }

    /// Sends one request; how many connections were opened until then.
    async fn after(&self, transport: &ReqwestTransport, method: &str) -> usize {
        let request = http::Request::builder().method(method).uri(&self.url).body(Bytes::new());
        assert_eq!(transport.send(request.unwrap()).await.unwrap().status(), 204);
        self.accepted.load(Ordering::SeqCst)
    }
}

/// Answers every request of one connection, and leaves it open.
async fn answer_all(stream: tokio::net::TcpStream) {
    let mut buffer = [0; 4096];
    loop {
        stream.readable().await.unwrap();
        match stream.try_read(&mut buffer) {
            Ok(0) => return,
            Ok(_) => {
                stream.writable().await.unwrap();
                stream
                    .try_write(b"HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n")
                    .unwrap();
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

#[tokio::test]
async fn a_write_opens_a_fresh_connection() {
    let transport = ReqwestTransport::builder().build().unwrap();
    let server = Counting::start().await;
    for (method, connections) in [("GET", 1), ("GET", 1), ("POST", 2), ("POST", 3), ("PATCH", 4)] {
        assert_eq!(server.after(&transport, method).await, connections, "{method}");
    }
    let reusing = ReqwestTransport::builder().reuse_connections_for_writes(true).build().unwrap();
    let server = Counting::start().await;
    for (method, connections) in [("POST", 1), ("POST", 1), ("DELETE", 1), ("GET", 2)] {
        assert_eq!(server.after(&reusing, method).await, connections, "{method}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_retired_before_the_server_closes_it() {
    let idle = Duration::from_millis(300);
    let transport = ReqwestTransport::builder().pool_idle_timeout(idle).build().unwrap();
    let server = Counting::start().await;
    for (wait_ms, connections) in [(0, 1), (0, 1), (700, 2)] {
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        assert_eq!(server.after(&transport, "GET").await, connections);
    }
}

/// Apache closes them after five seconds. Whoever asks for more gets less all the same, writes that reuse one included.
#[tokio::test]
async fn no_setting_keeps_an_idle_connection_for_five_seconds() {
    let build = |builder: ReqwestTransportBuilder| builder.build().unwrap();
    let long = ReqwestTransport::builder().pool_idle_timeout(Duration::from_secs(600));
    let mut transports = Vec::new();
    for (transport, method) in [
        (build(ReqwestTransport::builder()), "GET"),
        (build(long.clone()), "GET"),
        (build(long.reuse_connections_for_writes(true)), "POST"),
    ] {
        let server = Counting::start().await;
        assert_eq!(server.after(&transport, method).await, 1);
        assert_eq!(server.after(&transport, method).await, 1, "it is reused at first");
        transports.push((transport, method, server));
    }
    tokio::time::sleep(Duration::from_millis(4950)).await;
    for (transport, method, server) in transports {
        assert_eq!(server.after(&transport, method).await, 2);
    }
}

#[test]
fn a_certificate_file_that_is_none_is_refused() {
    for pem in
        ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        let error = ReqwestTransport::builder().ca_pem(pem).build().unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Configuration, Outcome::NotSent),
            "{pem}"
        );
    }
}
