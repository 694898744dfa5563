//! A page of 2,000 contracts: the most memory that is in use at once, from the first byte of the answer to the records.

use procore_b1_benches::bodies;
use procore_b1_benches::loopback::{self, Server};
use procore_client::resources::commitments::CommitmentQuery;

use crate::runtime;

const CONTRACTS: usize = 2_000;
/// Most memory in use at once, as a multiple of the page's bytes.
const PEAK_MAX: f64 = 4.0;

fn peak(keep_raw: bool) -> f64 {
    let runtime = runtime();
    let answers = bodies::answers(CONTRACTS);
    let page_bytes = answers.contracts.len();
    let server = Server::start(answers);
    let project = runtime.block_on(loopback::procore(&server));
    let mut records = 0;
    let info = allocation_counter::measure(|| {
        let list = project.purchase_order_contracts(&CommitmentQuery::default());
        let listing = runtime.block_on(list.per_page(2_000).keep_raw(keep_raw).all()).unwrap();
        assert_eq!(listing.pages, 1);
        records = listing.records.len();
    });
    assert_eq!(records, CONTRACTS);
    let peak = info.bytes_max as f64 / page_bytes as f64;
    println!(
        "page of {page_bytes} bytes, raw copy kept {keep_raw}: peak {:.2}x of at most {PEAK_MAX}x",
        peak
    );
    peak
}

#[test]
fn a_page_takes_at_most_four_times_its_size() {
    assert!(peak(false) <= PEAK_MAX);
}

#[test]
fn a_page_takes_at_most_four_times_its_size_with_the_raw_copy() {
    assert!(peak(true) <= PEAK_MAX);
}
