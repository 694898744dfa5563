//! What each client adds to a GET by bare reqwest: at most 10 us of CPU. `cargo bench --bench overhead`.
//!
//! Allocations are counted by the test `allocations`, which fails beyond its limit; see `benches/README.md`.
#![allow(missing_docs, clippy::print_stdout, reason = "a bench prints its figures")]

use procore_b1_benches::loopback::{self, Bare, Server};
use procore_b1_benches::{bodies, measure};
use procore_client::resources::projects::ProjectDetails;
use sap_b1_client::Document;
use std::process::ExitCode;
use tokio::runtime::Runtime;

/// GETs of one block.
const BLOCK: usize = 500;
/// The CPU time that a client may add to a GET.
const ADDED_US_MAX: f64 = 10.0;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("the clients' runtime");
    let server = Server::start(bodies::answers(1));
    let met = [procore(&runtime, &server), service_layer(&runtime, &server)];
    if met.contains(&false) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn procore(runtime: &Runtime, server: &Server) -> bool {
    let project = runtime.block_on(loopback::procore(server));
    let bare = Bare::as_last_get(server);
    let figure = measure::compare(
        "procore-client GET",
        BLOCK,
        |times| runtime.block_on(async { repeat(times, || bare.get::<ProjectDetails>()).await }),
        |times| runtime.block_on(async { repeat(times, || loopback::project(&project)).await }),
    );
    added("procore-client GET", figure)
}

fn service_layer(runtime: &Runtime, server: &Server) -> bool {
    let client = runtime.block_on(loopback::service_layer(server));
    let bare = Bare::as_last_get(server);
    let figure = measure::compare(
        "sap-b1-client GET",
        BLOCK,
        |times| runtime.block_on(async { repeat(times, || bare.get::<Document>()).await }),
        |times| runtime.block_on(async { repeat(times, || loopback::invoice(&client)).await }),
    );
    runtime.block_on(client.close());
    added("sap-b1-client GET", figure)
}

async fn repeat<T, F: Future<Output = T>>(times: usize, call: impl Fn() -> F) {
    for _ in 0..times {
        std::hint::black_box(call().await);
    }
}

fn added(name: &str, figure: measure::Figure) -> bool {
    let limit = format!("adds {:.1} us of at most {ADDED_US_MAX} us", figure.added_us);
    measure::verdict(name, figure, &limit, figure.added_us <= ADDED_US_MAX)
}
