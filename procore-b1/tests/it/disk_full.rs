//! No room for the state any more, at ever later moments of a cycle.
//!
//! A limit on the size of files stands in for a full disk on every machine. The tests on file systems that are really full
//! mount them, which not every machine allows: they are ignored, and `.ci/run` asks for them where it may mount.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    keeps::{Keep, converges, in_sap, nothing_twice, nothing_without_intent},
    site::Site,
};

/// A cycle that may write files of this many blocks of 512 bytes, and what it answered. A write beyond
/// fails as one on a full disk does, instead of ending the process.
async fn cycle_within(site: &Site, blocks: u32) -> (Option<i32>, Value) {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --json sync");
    let output = site.shell(&script).output().await.unwrap();
    let answer = serde_json::from_slice(&output.stdout);
    (output.status.code(), answer.unwrap_or_else(|_| panic!("{output:?}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_without_room_stops_the_cycle_before_what_it_cannot_store_and_goes_on_with_room() {
    let keep = Keep::File;
    let site = Site::new().await.with_document_timeout(1);
    site.json(&["setup"], 0).await;
    let (mut stopped_at_start, mut stopped_within) = (0, 0);
    let mut blocks = 64;
    loop {
        let (code, answer) = cycle_within(&site, blocks).await;
        let when = format!("{blocks} blocks: {answer}");
        if matches!(code, Some(0 | 2)) {
            break;
        }
        assert_eq!(code, Some(1), "{when}");
        // The sentence says where, and what the system said.
        let told = answer.to_string();
        assert!(told.contains("store_unavailable") && told.contains("state.db"), "{when}");
        assert!(told.contains("disk"), "{when}");
        match answer["cycle"]["status"].as_str() {
            None => stopped_at_start += 1,
            Some(status) => {
                assert!(["failed", "partial"].contains(&status), "{when}");
                stopped_within += 1;
            }
        }
        if in_sap(&site) > 0 {
            nothing_without_intent(&keep, &site, &when).await;
            nothing_twice(&site, &when);
        }
        blocks += blocks / 4;
        assert!(blocks < 100_000, "{when}");
    }
    assert!(stopped_at_start > 0, "too little room for the tables");
    assert!(stopped_within > 0, "too little room for a cycle");

    converges(&site, "with room again").await;
}

/// A file system of its own, in memory and of a limited size, with a file that takes the room away.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// Mounts it on an empty folder; `None`, loudly, where this machine refuses that.
    fn mounted(folder: PathBuf, mib: u32) -> Option<Self> {
        let size = format!("size={mib}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&folder);
        if let Err(why) = done(&mut mount) {
            let mut error = std::io::stderr();
            writeln!(error, "\n*** skipped: no file system can be mounted here ({why}) ***")
                .unwrap();
            return None;
        }
        Some(Self { folder })
    }

    /// Leaves so much room, in KiB.
    fn leave(&self, kib: u64) {
        self.make_room();
        let available = self.available_kib();
        assert!(available > kib, "{available} KiB are left without the ballast");
        let ballast = vec![0x5a; usize::try_from((available - kib) * 1024).unwrap()];
        std::fs::write(self.ballast(), ballast).unwrap();
        assert!(self.available_kib() <= kib);
    }

    fn make_room(&self) {
        let _ = std::fs::remove_file(self.ballast());
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    fn available_kib(&self) -> u64 {
        let told = Command::new("df").args(["-Pk"]).arg(&self.folder).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        let line = told.lines().nth(1).unwrap();
        line.split_whitespace().nth(3).unwrap().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.folder).status();
        let _ = std::fs::remove_dir(&self.folder);
    }
}

fn done(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(()) } else { Err(told) }
}

/// Cycles with ever more room on a disk, from none on, until one has enough of it. Each that has not ends as the design
/// says, and sends nothing that it could not note before.
async fn cycles_on_a_full_disk(keep: &Keep, site: &Site, disk: &Disk, place: &str) {
    let (mut stopped_at_start, mut stopped_within, mut stopped_after_posts) = (0, 0, 0);
    let mut kib = 0;
    loop {
        disk.leave(kib);
        let output = site.run(&["--json", "sync"]).await;
        let answer: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{kib} KiB: {output:?}"));
        let when = format!("{kib} KiB: {answer}");
        if matches!(output.status.code(), Some(0 | 2)) {
            break;
        }
        assert_eq!(output.status.code(), Some(1), "{when}");
        let told = answer.to_string();
        assert!(told.contains("store_unavailable") && told.contains(place), "{when}");
        match answer["cycle"]["status"].as_str() {
            None => stopped_at_start += 1,
            Some(status) => {
                assert!(["failed", "partial"].contains(&status), "{when}");
                // The tables are there: from now on a page more or less decides how far a cycle gets.
                if stopped_within == 0 {
                    kib = 0;
                }
                stopped_within += 1;
            }
        }
        if in_sap(site) > 0 {
            stopped_after_posts += 1;
            nothing_without_intent(keep, site, &when).await;
            nothing_twice(site, &when);
        }
        kib += 8 + kib / 4;
        assert!(kib < 50_000, "{when}");
    }
    // A run in which no cycle met the full disk would prove nothing.
    let mut error = std::io::stderr();
    writeln!(
        error,
        "stopped {stopped_at_start} times before a cycle, {stopped_within} within one, {stopped_after_posts} of them \
         when SAP held documents"
    )
    .unwrap();
    assert!(stopped_at_start > 0 && stopped_within > 3 && stopped_after_posts > 0);
    disk.make_room();
    converges(site, "with room again").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "mounts a file system"]
async fn a_file_on_a_disk_that_is_full_stops_the_cycle_and_goes_on_with_room() {
    let site = Site::new().await.with_document_timeout(1);
    let folder = site.path("disk");
    std::fs::create_dir(&folder).unwrap();
    let Some(disk) = Disk::mounted(folder, 16) else { return };
    site.edit("url = \"sqlite:state.db\"", "url = \"sqlite:disk/state.db\"");
    // Where the tests look into it.
    std::os::unix::fs::symlink(Path::new("disk/state.db"), site.path("state.db")).unwrap();
    site.json(&["setup"], 0).await;
    cycles_on_a_full_disk(&Keep::File, &site, &disk, "disk/state.db").await;
}

/// The whole cluster: tables, indexes and the write-ahead log.
#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "mounts a file system"]
async fn a_database_on_a_disk_that_is_full_stops_the_cycle_and_goes_on_with_room() {
    use crate::server::{Server, found};

    let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
    let Some(disk) = Disk::mounted(folder.path().to_owned(), 192) else { return };
    let Some(server) = found(Server::start_in(folder)) else { return };
    let keep = Keep::Schema(server.url("full"));
    let site = keep.of(Site::new().await.with_document_timeout(1));
    site.json(&["setup"], 0).await;
    cycles_on_a_full_disk(&keep, &site, &disk, "schema full of database postgres").await;
}
