//! Nodes behind a balancer: a broken one is left with a new session.

use crate::sandbox::{Sandbox, entry};
use sap_b1_client::{ErrorKind, Outcome, Query};
use sync_sandbox::service_layer::ServiceLayerOptions;

fn two_nodes() -> ServiceLayerOptions {
    ServiceLayerOptions { nodes: 2, ..ServiceLayerOptions::default() }
}

#[tokio::test(start_paused = true)]
async fn reads_leave_a_broken_node_by_themselves_and_writes_are_refused_there() {
    for version in ["v1", "v2"] {
        let sandbox = Sandbox::new(two_nodes());
        let client = sandbox.client(version);
        client.login().await.unwrap();
        sandbox.layer.break_node(1);
        assert_eq!(client.projects().all(Query::new()).await.unwrap().len(), 45);
        assert_eq!(client.logins(), 2, "{version}: the new session lives on the other node");

        sandbox.layer.break_node(2);
        sandbox.layer.mend_node(1);
        let mut errors = Vec::new();
        for key in ["A", "B", "C"] {
            tokio::time::sleep(std::time::Duration::from_secs(90)).await;
            errors.extend(client.journal_entries().create(&entry(key), None).await.err());
        }
        assert_eq!(errors.len(), 2, "{version}: two answers show that the node is broken");
        for error in errors {
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::BrokenNode, Outcome::Refused));
        }
        assert_eq!((client.logins(), sandbox.layer.journal_entries().len()), (3, 1), "{version}");
        client.close().await;
    }
}
