//! The real binary as a process that goes on beside the test: begun, met by a fault, signalled.

use std::{process::Stdio, time::Duration};

use sync_sandbox::{Fault, FaultRule, Faults};
use tokio::process::{Child, Command};

use crate::site::Site;

/// The fault for the first call with this method and path.
pub(crate) fn once(method: &str, path_contains: &str, fault: Fault) -> FaultRule {
    let (method, path_contains) = (Some(method.to_owned()), path_contains.to_owned());
    FaultRule { method, path_contains, skip: 0, times: 1, fault }
}

/// Begins a command, and answers when it has met every one of the faults.
pub(crate) async fn meeting(site: &Site, arguments: &[&str], faults: &Faults) -> Child {
    let mut command = site.command(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    while faults.waiting() > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child
}

pub(crate) async fn signal(child: &Child, name: &str) {
    let sent =
        Command::new("kill").args([format!("-{name}"), child.id().unwrap().to_string()]).status();
    assert!(sent.await.unwrap().success());
}
