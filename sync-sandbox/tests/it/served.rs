//! Both systems over sockets.

use std::time::{Duration, Instant};

use sync_sandbox::{Fault, FaultRule, Sandbox, ServeOptions, Served, procore::ProcoreOptions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::caller::{Caller, one_project};

/// Sends one request on an open connection and reads until the body is whole or the end comes.
async fn exchange(stream: &mut TcpStream, head: &str, body: &str) -> String {
    let request =
        format!("{head}\r\nhost: sandbox\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut chunk = [0_u8; 4_096];
    loop {
        let read = stream.read(&mut chunk).await.unwrap_or(0);
        answer.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        if read == 0 || whole(&text) {
            return text;
        }
    }
}

fn whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|l| l.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    length.is_some_and(|n| body.len() >= n.parse().unwrap())
}

async fn open(url: &str) -> TcpStream {
    let authority = url.trim_start_matches("http://").split('/').next().unwrap();
    TcpStream::connect(authority).await.unwrap()
}

fn vendors(sandbox: &Sandbox) -> String {
    let token = Caller::of(sandbox).token;
    format!(
        "GET /rest/v1.0/vendors?company_id=8089 HTTP/1.1\r\nauthorization: Bearer {token}\r\n\
         procore-company-id: 8089"
    )
}

#[tokio::test]
async fn one_connection_serves_many_calls_and_links_lead_back_to_it() {
    let sandbox = one_project(ProcoreOptions::default());
    let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
    let mut stream = open(&served.procore_url).await;
    for _ in 0..3 {
        let answer = exchange(&mut stream, &vendors(&sandbox), "").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("link: <http://sandbox/rest/v1.0/vendors?"), "{answer}");
    }
}

#[tokio::test]
async fn the_login_answers_on_a_port_of_its_own() {
    let sandbox = one_project(ProcoreOptions::default());
    let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
    assert_ne!(served.login_url, served.procore_url);
    let mut stream = open(&served.login_url).await;
    let head = "POST /oauth/token HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded";
    let body =
        "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret";
    let answer = exchange(&mut stream, head, body).await;
    assert!(answer.contains("\"access_token\""), "{answer}");
}

#[tokio::test]
async fn a_lost_connection_ends_without_a_byte() {
    let sandbox = one_project(ProcoreOptions::default());
    let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
    let head = vendors(&sandbox);
    sandbox.procore_faults.add(FaultRule {
        method: Some("GET".into()),
        path_contains: "vendors".into(),
        skip: 0,
        times: 1,
        fault: Fault::LostAfter,
    });
    let mut stream = open(&served.procore_url).await;
    assert_eq!(exchange(&mut stream, &head, "").await, "");
    let mut stream = open(&served.procore_url).await;
    assert!(exchange(&mut stream, &head, "").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn latency_and_slow_answers_take_their_time() {
    let sandbox = one_project(ProcoreOptions::default());
    let options = ServeOptions { procore_latency_ms: 60, service_layer_latency_ms: 0 };
    let served = Served::start(&sandbox, options).await.unwrap();
    let head = vendors(&sandbox);
    sandbox.procore_faults.add(FaultRule {
        method: None,
        path_contains: "vendors".into(),
        skip: 1,
        times: 1,
        fault: Fault::Slow(100),
    });
    let mut stream = open(&served.procore_url).await;
    let start = Instant::now();
    exchange(&mut stream, &head, "").await;
    assert!(start.elapsed() >= Duration::from_millis(60));
    let start = Instant::now();
    exchange(&mut stream, &head, "").await;
    assert!(start.elapsed() >= Duration::from_millis(160));
}

#[tokio::test]
async fn the_service_layer_takes_a_login() {
    let sandbox = one_project(ProcoreOptions::default());
    let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
    assert!(served.service_layer_url.ends_with("/b1s/v2"));
    let books = &sandbox.contractor.books;
    let body = format!(
        "{{\"CompanyDB\":\"{}\",\"UserName\":\"{}\",\"Password\":\"{}\"}}",
        books.company_db, books.user_name, books.password
    );
    let mut stream = open(&served.service_layer_url).await;
    let head = "POST /b1s/v2/Login HTTP/1.1\r\ncontent-type: application/json";
    let answer = exchange(&mut stream, head, &body).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("B1SESSION"), "{answer}");
}

#[tokio::test]
async fn everything_closes_when_it_is_dropped() {
    let sandbox = one_project(ProcoreOptions::default());
    let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
    let head = vendors(&sandbox);
    let url = served.procore_url.clone();
    let mut stream = open(&url).await;
    assert!(exchange(&mut stream, &head, "").await.starts_with("HTTP/1.1 200"));
    drop(served);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut chunk = [0_u8; 16];
    assert!(matches!(stream.read(&mut chunk).await, Ok(0) | Err(_)), "the connection is closed");
    let authority = url.trim_start_matches("http://");
    assert!(TcpStream::connect(authority).await.is_err(), "the port is closed");
}
