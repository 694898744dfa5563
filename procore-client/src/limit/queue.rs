//! Who is next: one queue per project, served in turn.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::Place;
use crate::id::ProjectId;

/// Callers that wait, project by project. A project with many waiting calls delays another by one call, not by all.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lanes: VecDeque<Lane>,
}

#[derive(Debug)]
struct Lane {
    project: Option<ProjectId>,
    waiting: VecDeque<oneshot::Sender<Place>>,
}

impl Queue {
    /// Puts a caller at the end of its project's queue, or in front for the second request of a call.
    pub(super) fn push(
        &mut self,
        project: Option<ProjectId>,
        in_front: bool,
        caller: oneshot::Sender<Place>,
    ) {
        let at = self.lanes.iter().position(|lane| lane.project == project);
        let at = at.unwrap_or_else(|| {
            self.lanes.push_back(Lane { project, waiting: VecDeque::new() });
            self.lanes.len() - 1
        });
        if let Some(lane) = self.lanes.get_mut(at) {
            if in_front { lane.waiting.push_front(caller) } else { lane.waiting.push_back(caller) }
        }
    }

    /// Takes the next caller who still waits; its project goes to the end of the round.
    pub(super) fn pop(&mut self) -> Option<oneshot::Sender<Place>> {
        while let Some(mut lane) = self.lanes.pop_front() {
            let caller = loop {
                match lane.waiting.pop_front() {
                    Some(caller) if caller.is_closed() => {}
                    other => break other,
                }
            };
            if !lane.waiting.is_empty() {
                self.lanes.push_back(lane);
            }
            if caller.is_some() {
                return caller;
            }
        }
        None
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }
}
