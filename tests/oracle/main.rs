//! Judges that nobody of this project wrote: SAP's CAP runtime answers our client, and a Python client asks our sandbox.
//!
//! They need node and python, so they are ignored by `cargo test` and run by `.ci/run`: `tests/oracle/README.md`.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros)]

mod b1sl;
mod cap;
mod csn;

use std::path::PathBuf;

/// Where `install.sh` put a judge.
fn installed(judge: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tools/oracle").join(judge);
    assert!(folder.exists(), "run tests/oracle/install.sh first: {} is missing", folder.display());
    folder
}
