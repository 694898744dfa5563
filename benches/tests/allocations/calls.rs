//! A GET by each client beside the same GET by bare reqwest.

use procore_b1_benches::bodies;
use procore_b1_benches::loopback::{self, Bare, Server};
use procore_client::resources::projects::ProjectDetails;
use sap_b1_client::Document;

use crate::{allocations, runtime};

/// Allocations that a client may add to a GET.
const ADDED_MAX: i64 = 25;

fn added(name: &str, bare: u64, client: u64) -> i64 {
    let added = client.cast_signed() - bare.cast_signed();
    println!("{name}: bare reqwest {bare}, client {client}: adds {added} of at most {ADDED_MAX}");
    added
}

#[test]
fn a_get_of_procore_client_adds_few_allocations() {
    let runtime = runtime();
    let server = Server::start(bodies::answers(1));
    let project = runtime.block_on(loopback::procore(&server));
    let bare = Bare::as_last_get(&server);
    let yardstick = allocations(&runtime, async || drop(bare.get::<ProjectDetails>().await));
    let client = allocations(&runtime, async || drop(loopback::project(&project).await));
    assert!(added("procore-client GET", yardstick.count_total, client.count_total) <= ADDED_MAX);
}

#[test]
fn a_get_of_sap_b1_client_adds_few_allocations() {
    let runtime = runtime();
    let server = Server::start(bodies::answers(1));
    let client = runtime.block_on(loopback::service_layer(&server));
    let bare = Bare::as_last_get(&server);
    let yardstick = allocations(&runtime, async || drop(bare.get::<Document>().await));
    let count = allocations(&runtime, async || drop(loopback::invoice(&client).await));
    assert!(added("sap-b1-client GET", yardstick.count_total, count.count_total) <= ADDED_MAX);
}
