//! How fast procore-client decodes a page of 2,000 contracts, beside plain serde_json into the same fields with `f64`
//! amounts: at least 0.75 of its speed, 0.65 with the raw text kept. `cargo bench --bench decode`.
//!
//! Measured is the whole list call without a network: request, limits, paging with its de-duplication, records.
//! Its memory is measured by the test `allocations`; see `benches/README.md`.
#![allow(missing_docs, clippy::print_stdout, reason = "a bench prints its figures")]

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use procore_b1_benches::{bodies, measure, plain};
use procore_client::resources::commitments::CommitmentQuery;
use procore_client::transport::{Transport, TransportError};
use procore_client::{Client, CompanyId, Project, ProjectId};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::runtime::Runtime;

const CONTRACTS: u32 = 2_000;
/// Pages of one block.
const BLOCK: usize = 5;
/// The least speed beside plain serde_json.
const SPEED_MIN: f64 = 0.75;
/// The same where each record keeps its JSON text, which plain serde_json does not.
const SPEED_WITH_RAW_MIN: f64 = 0.65;

/// Answers a login with a token and every other request with the page.
#[derive(Debug)]
struct Canned(Bytes);

#[async_trait]
impl Transport for Canned {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let login = request.uri().path() == "/oauth/token";
        let body = if login { bodies::TOKEN.into() } else { self.0.clone() };
        let mut response = Response::new(body);
        response.headers_mut().insert("total", CONTRACTS.into());
        Ok(response)
    }
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let page = Bytes::from(bodies::contract_page(CONTRACTS as usize));
    let project = project(&page);
    println!("a page of {CONTRACTS} contracts, {} bytes", page.len());
    let met = [
        decode(&runtime, &page, &project, false, SPEED_MIN),
        decode(&runtime, &page, &project, true, SPEED_WITH_RAW_MIN),
    ];
    if met.contains(&false) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn project(page: &Bytes) -> Project {
    let client = Client::builder(CompanyId::new(1001))
        .credentials("client-id", "client-secret".into())
        .projects([ProjectId::new(2_783_683)])
        .transport(Arc::new(Canned(page.clone())))
        .build()
        .expect("the settings are sound");
    client.project(ProjectId::new(2_783_683)).expect("in scope")
}

fn decode(
    runtime: &Runtime,
    page: &Bytes,
    project: &Project,
    keep_raw: bool,
    speed_min: f64,
) -> bool {
    let name = if keep_raw { "decode, raw text kept" } else { "decode" };
    let figure = measure::compare(
        name,
        BLOCK,
        |times| {
            for _ in 0..times {
                let contracts: Vec<plain::Contract> =
                    serde_json::from_slice(page).expect("the page fits");
                assert_eq!(std::hint::black_box(contracts).len(), CONTRACTS as usize);
            }
        },
        |times| {
            for _ in 0..times {
                let list = project.purchase_order_contracts(&CommitmentQuery::default());
                let list = list.per_page(CONTRACTS).keep_raw(keep_raw);
                let listing = runtime.block_on(list.all()).expect("the page is readable");
                let listing = std::hint::black_box(listing);
                assert_eq!((listing.pages, listing.records.len()), (1, CONTRACTS as usize));
            }
        },
    );
    let limit = format!("{:.2}x of at least {speed_min}x", figure.speed);
    measure::verdict(name, figure, &limit, figure.speed >= speed_min)
}
