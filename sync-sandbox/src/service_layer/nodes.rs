//! Nodes behind the balancer: which one a session sticks to, and what a broken one answers.
//!
//! Each login lands on the next node, and `ROUTEID` names it. Sessions are known to every node. A user table is seen at once
//! by the node that made it only, by others after the service is restarted (live tests, FP 2608); user fields are
//! seen everywhere here, which is kinder than those tests.

use http::HeaderMap;

use super::{
    ServiceLayer, entity::EntitySet, error::Refusal, options::ServiceLayerOptions, session::cookie,
    state::State,
};

/// What differs from node to node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nodes {
    broken: Vec<u32>,
    /// User tables that only one node sees.
    seen_by_one: Vec<(String, u32)>,
}

/// The node that the `n`th login (from 1) lands on.
pub(crate) fn of_login(options: &ServiceLayerOptions, n: u64) -> u32 {
    let nodes = u64::from(options.nodes.max(1));
    u32::try_from(n.saturating_sub(1) % nodes).unwrap_or_default() + 1
}

/// The node that a call goes to; without a `ROUTEID` the balancer takes the first.
pub(crate) fn of_call(headers: &HeaderMap) -> u32 {
    cookie(headers, "ROUTEID")
        .and_then(|route| route.strip_prefix(".node").and_then(|n| n.parse().ok()))
        .unwrap_or(1)
}

/// A broken node logs in, and answers nothing else.
pub(crate) fn check(state: &State, headers: &HeaderMap) -> Result<(), Refusal> {
    if state.nodes.broken.contains(&of_call(headers)) {
        return Err(Refusal::broken_node());
    }
    Ok(())
}

/// A user table was made by this call's node.
pub(crate) fn table_made(state: &mut State, headers: &HeaderMap, table: &str) {
    if state.options.nodes > 1 {
        state.nodes.seen_by_one.push((table.to_owned(), of_call(headers)));
    }
}

/// Whether the call's node sees an entity set.
pub(crate) fn sees(state: &State, headers: &HeaderMap, set: &EntitySet) -> bool {
    let Some(table) = set.name.strip_prefix("U_") else { return true };
    let node = of_call(headers);
    !state.nodes.seen_by_one.iter().any(|(name, at)| name == table && *at != node)
}

impl ServiceLayer {
    /// Breaks a node: whatever reaches it is answered 500 with code 407, but for logins and logouts. What writes are
    /// answered there is not published; here they are refused like reads.
    pub fn break_node(&self, node: u32) {
        self.state().nodes.broken.push(node);
    }

    /// Mends a node.
    pub fn mend_node(&self, node: u32) {
        self.state().nodes.broken.retain(|broken| *broken != node);
    }

    /// Restarts the service: every node sees every user table, every session is gone, broken nodes work.
    pub fn restart(&self) {
        let mut state = self.state();
        state.nodes = Nodes::default();
        state.sessions.clear();
    }
}
