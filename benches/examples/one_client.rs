//! One client's GET, over and over, for a profiler: `one_client procore|procore-bare|sap-b1|sap-b1-bare TIMES`.
//!
//! Instructions are counted the same in every run, however busy the machine is. `README.md` tells how.

use procore_b1_benches::bodies;
use procore_b1_benches::loopback::{self, Bare, Server};
use procore_client::resources::projects::ProjectDetails;
use sap_b1_client::Document;
use std::hint::black_box;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let who = arguments.next().expect("whose GET");
    let times = arguments.next().and_then(|times| times.parse::<usize>().ok()).expect("how often");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let server = Server::start(bodies::answers(1));
    runtime.expect("the client's runtime").block_on(calls(&who, times, &server));
}

async fn calls(who: &str, times: usize, server: &Server) {
    match who {
        "procore" => {
            let project = loopback::procore(server).await;
            for _ in 0..times {
                black_box(loopback::project(&project).await);
            }
        }
        "procore-bare" => {
            loopback::procore(server).await;
            let bare = Bare::as_last_get(server);
            for _ in 0..times {
                black_box(bare.get::<ProjectDetails>().await);
            }
        }
        "sap-b1" => {
            let client = loopback::service_layer(server).await;
            for _ in 0..times {
                black_box(loopback::invoice(&client).await);
            }
        }
        "sap-b1-bare" => {
            loopback::service_layer(server).await;
            let bare = Bare::as_last_get(server);
            for _ in 0..times {
                black_box(bare.get::<Document>().await);
            }
        }
        other => panic!("{other} is no client"),
    }
}
