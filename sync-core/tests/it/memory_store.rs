//! The switches of the store in memory: broken-off writes and backups.

use chrono::DateTime;
use sync_core::{
    memory::{MemoryStore, WriteFault},
    ports::{StateStore as _, StoreErrorKind},
};

use crate::world::run;

#[test]
fn a_write_that_breaks_off_is_kept_or_lost_whole_as_planned() {
    let store = MemoryStore::new();
    let epoch = run(store.acquire_writer(DateTime::UNIX_EPOCH)).unwrap();
    store.fail_next_write(WriteFault::Lost);
    store.fail_write_after(1, WriteFault::Kept);
    let open = || run(store.open_cycle(DateTime::UNIX_EPOCH, epoch));
    let number = || run(store.last_cycle()).unwrap().map(|row| row.number);
    assert_eq!(open().unwrap_err().kind, StoreErrorKind::Unavailable);
    assert_eq!(number(), None, "lost");
    assert_eq!(open().unwrap(), 1);
    assert_eq!(open().unwrap_err().kind, StoreErrorKind::Unavailable);
    assert_eq!(number(), Some(2), "kept");
    assert_eq!(store.writes(), 4);
}

#[test]
fn a_restored_backup_forgets_what_came_after_it_and_its_writer() {
    let store = MemoryStore::new();
    let epoch = run(store.acquire_writer(DateTime::UNIX_EPOCH)).unwrap();
    run(store.open_cycle(DateTime::UNIX_EPOCH, epoch)).unwrap();
    let backup = store.snapshot();
    run(store.open_cycle(DateTime::UNIX_EPOCH, epoch)).unwrap();
    store.restore(&backup);
    assert_eq!(run(store.last_cycle()).unwrap().unwrap().number, 1);
    let refused = run(store.open_cycle(DateTime::UNIX_EPOCH, epoch)).unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseLost);
}
