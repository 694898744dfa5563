//! The gate of the figures that are the same in every run: what the clients allocate beyond bare reqwest, and how much
//! memory a page takes. CPU time is measured by the benches, which decide nothing (`README.md`).
//!
//! Only the measuring thread is counted; the server has a thread of its own.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]

mod calls;
mod engine;
mod page;

use allocation_counter::AllocationInfo;

/// What an operation allocates once everything before it is warm.
fn allocations(runtime: &tokio::runtime::Runtime, call: impl AsyncFn()) -> AllocationInfo {
    for _ in 0..3 {
        runtime.block_on(call());
    }
    // Pools and tables grow now and then: the least of several is what every call pays.
    (0..20)
        .map(|_| allocation_counter::measure(|| runtime.block_on(call())))
        .min_by_key(|info| info.count_total)
        .unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
