//! The laws of [`CostSource`]: every source passes them over a project that has records of some
//! kinds and does not change meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::{
    model::{CostRecord, ProjectId, ReadKind, RecordHeader, SourceKey},
    ports::{Changes, Chunk, CostSource, PageToken, ReadScope},
};

/// How many chunks a list may have in a test before it counts as endless.
const CHUNKS_MAX: usize = 10_000;

/// Runs every law over a project that the source sees.
///
/// # Panics
///
/// When the source breaks a law, or when no list of the project has a record.
pub async fn suite(source: &dyn CostSource, project: ProjectId) {
    the_scope_shows_the_project(source, project).await;
    let mut records = 0;
    for kind in ReadKind::ALL {
        records += lists_are_whole_and_of_their_kind(source, project, kind).await;
        headers_leave_nothing_out(source, project, kind).await;
        changes_since_leave_nothing_out(source, project, kind).await;
        ids_are_answered_and_no_others(source, project, kind).await;
        a_page_that_the_source_did_not_make_is_an_error(source, project, kind).await;
    }
    assert!(records > 0, "the suite needs a project with records");
    a_budget_is_whole_or_an_error(source, project).await;
    a_project_that_is_not_visible_is_an_error(source, ProjectId(i64::MAX - 7)).await;
}

/// The project is among the visible ones, once, and the calls are counted.
pub async fn the_scope_shows_the_project(source: &dyn CostSource, project: ProjectId) {
    let before = source.calls();
    let scope = source.scope().await.expect("scope");
    let shown = scope.projects.iter().filter(|own| own.id == project).count();
    assert_eq!(shown, 1, "project {project} is shown {shown} times");
    assert!(source.calls() > before, "scope makes a call, and it is counted");
}

/// Read in full, twice: the same records with the same lines, each of the project and of the list's
/// kind, no line twice. Answers how many.
pub async fn lists_are_whole_and_of_their_kind(
    source: &dyn CostSource,
    project: ProjectId,
    kind: ReadKind,
) -> usize {
    let before = source.calls();
    let first = all(source, project, kind, Changes::All).await;
    assert!(source.calls() > before, "reading {kind} makes a call, and it is counted");
    for (key, record) in &first {
        assert_eq!(key.project, project, "{key} in the list of {project}");
        assert_eq!(ReadKind::of(key.kind), kind, "{key} in the list of {kind}");
        let lines: BTreeSet<i64> = record.lines().iter().map(|line| line.id).collect();
        assert_eq!(lines.len(), record.lines().len(), "{key} has a line twice");
    }
    let second = all(source, project, kind, Changes::All).await;
    assert_eq!(first, second, "{kind} read twice while nothing changed");
    first.len()
}

/// Every record of the list is answered, whole or by a header that says the same; none twice over, and
/// none that is not there.
pub async fn headers_leave_nothing_out(
    source: &dyn CostSource,
    project: ProjectId,
    kind: ReadKind,
) {
    let whole = all(source, project, kind, Changes::All).await;
    let (records, headers) = read(source, project, kind, Changes::Headers).await;
    for (key, record) in &records {
        assert_eq!(whole.get(key), Some(record), "{key} is answered whole and differs");
    }
    let of_list = |header: &&RecordHeader| ReadKind::of(header.key.kind) == kind;
    for header in headers.iter().filter(of_list) {
        let record = whole.get(&header.key);
        let agrees = record.is_some_and(|record| header.agrees_with(record));
        assert!(agrees, "{header:?} is not what the list says in full: {record:?}");
        assert!(!records.contains_key(&header.key), "{} is answered both ways", header.key);
    }
    let mut answered: BTreeSet<SourceKey> = records.keys().copied().collect();
    answered.extend(headers.iter().filter(of_list).map(|header| header.key));
    let missing: Vec<&SourceKey> = whole.keys().filter(|key| !answered.contains(key)).collect();
    assert!(missing.is_empty(), "{missing:?} are left out of the headers of {kind}");
}

/// Every record changed at or after the moment is answered, and equals the one of the full list.
pub async fn changes_since_leave_nothing_out(
    source: &dyn CostSource,
    project: ProjectId,
    kind: ReadKind,
) {
    let whole = all(source, project, kind, Changes::All).await;
    let mut moments: Vec<_> = whole.values().map(|record| record.updated_at).collect();
    moments.sort();
    let Some(last) = moments.last().copied() else { return };
    let middle = moments[moments.len() / 2];
    for moment in [moments[0] - TimeDelta::days(1), middle, last] {
        let changed = all(source, project, kind, Changes::Since(moment)).await;
        for (key, record) in whole.iter().filter(|(_, record)| record.updated_at >= moment) {
            let answered = changed.get(key);
            assert_eq!(answered, Some(record), "{key} changed after {moment} and is left out");
        }
    }
}

/// The records with these ids are answered; none that was not asked for; none for no id at all.
pub async fn ids_are_answered_and_no_others(
    source: &dyn CostSource,
    project: ProjectId,
    kind: ReadKind,
) {
    let whole = all(source, project, kind, Changes::All).await;
    let wanted: BTreeSet<i64> = whole.keys().step_by(2).take(5).map(|key| key.id).collect();
    if wanted.is_empty() {
        return;
    }
    let answered = all(source, project, kind, Changes::Ids(wanted.iter().copied().collect())).await;
    for (key, record) in whole.iter().filter(|(key, _)| wanted.contains(&key.id)) {
        assert_eq!(answered.get(key), Some(record), "{key} was asked for by its id");
    }
    for key in answered.keys() {
        assert!(wanted.contains(&key.id), "{key} was not asked for");
    }
}

/// A page token of someone else is refused: an empty chunk would read as the end of the list.
pub async fn a_page_that_the_source_did_not_make_is_an_error(
    source: &dyn CostSource,
    project: ProjectId,
    kind: ReadKind,
) {
    let scope = ReadScope { project, kind, changes: Changes::All };
    let foreign = PageToken("no page of any source".to_owned());
    source.read(&scope, Some(&foreign)).await.expect_err("a foreign page is no page");
}

/// A project that the source cannot see answers an error, never an empty list: that would read as
/// the deletion of all that was there.
pub async fn a_project_that_is_not_visible_is_an_error(
    source: &dyn CostSource,
    project: ProjectId,
) {
    for kind in ReadKind::ALL {
        let scope = ReadScope { project, kind, changes: Changes::All };
        let answer = source.read(&scope, None).await;
        assert!(answer.is_err(), "{kind} of an invisible project: {answer:?}");
    }
    let answer = source.budget(project).await;
    assert!(answer.is_err(), "the budget of an invisible project: {answer:?}");
}

/// A source that keeps budgets answers the same one twice, every row on a cost code, and counts the
/// calls; one that does not says so both times. Rows of one code are added up: segments that are no
/// part of the coding may divide them.
pub async fn a_budget_is_whole_or_an_error(source: &dyn CostSource, project: ProjectId) {
    let before = source.calls();
    let Ok(first) = source.budget(project).await else {
        let second = source.budget(project).await;
        assert!(second.is_err(), "no budget before, and now {second:?}");
        return;
    };
    assert!(source.calls() > before, "reading a budget makes a call, and it is counted");
    assert!(first.iter().all(|row| !row.coding.cost_code.is_empty()), "{first:?}");
    let second = source.budget(project).await.expect("a budget that was there before");
    assert_eq!(first, second, "the budget read twice while nothing changed");
}

/// The records of a list that is followed to its end.
async fn all(
    source: &dyn CostSource,
    project: ProjectId,
    kind: ReadKind,
    changes: Changes,
) -> BTreeMap<SourceKey, CostRecord> {
    read(source, project, kind, changes).await.0
}

/// Follows a list to its end; a record that pages repeat must be the same each time.
async fn read(
    source: &dyn CostSource,
    project: ProjectId,
    kind: ReadKind,
    changes: Changes,
) -> (BTreeMap<SourceKey, CostRecord>, Vec<RecordHeader>) {
    let scope = ReadScope { project, kind, changes };
    let mut records = BTreeMap::new();
    let mut headers = Vec::new();
    let mut page = None;
    for _ in 0..CHUNKS_MAX {
        let chunk: Chunk = source.read(&scope, page.as_ref()).await.expect("a chunk");
        assert_eq!(chunk.unreadable, [], "the suite needs lists that decode");
        headers.extend(chunk.headers);
        for record in chunk.records {
            let key = record.key;
            if let Some(before) = records.insert(key, record) {
                assert_eq!(before, records[&key], "{key} is answered twice and differs");
            }
        }
        page = chunk.next;
        if page.is_none() {
            return (records, headers);
        }
    }
    panic!("{kind} of {project} does not end");
}
