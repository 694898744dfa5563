//! The laws of [`Observer`].

use crate::{
    model::{CompanyId, Kind, ProjectId, SourceKey},
    ports::{Observer, Progress},
    states::RecordState,
};

/// Tells an observer of a whole cycle, in order and out of order: it returns from every step.
///
/// # Panics
///
/// When the observer does.
pub fn suite(observer: &dyn Observer) {
    let project = ProjectId(865);
    let mut steps = vec![Progress::CycleOpened { projects: 2 }];
    for project in [project, ProjectId(866)] {
        steps.push(Progress::Read { project, records: 3 });
        steps.push(Progress::Planning { project, records: 3 });
        for (id, state) in (1..).zip(RecordState::ALL) {
            let key = SourceKey { company: CompanyId(8089), project, kind: Kind::Subcontract, id };
            steps.push(Progress::Settled { key, state: state.name(), documents: 1 });
        }
        steps.push(Progress::ProjectDone { project });
    }
    for step in &steps {
        observer.on(step);
    }
    // Projects run side by side, and a cycle that is cut short tells less: no order may be relied on.
    for step in steps.iter().rev() {
        observer.on(step);
    }
    observer.on(&Progress::CycleOpened { projects: 0 });
    observer.on(&Progress::Read { project, records: usize::MAX });
}
