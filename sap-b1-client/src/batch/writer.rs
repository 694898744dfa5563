//! Words a batch as `multipart/mixed`, as SAP's manual 1.22 prints it in section 3.10: CRLF, no quotes around a boundary,
//! two empty lines after a request without a body, a `Content-ID` for every request of a change set. Only the request line
//! ends with `HTTP/1.1`, which the manual leaves out, the specification of OData wants and SAP's own CAP runtime insists on;
//! real servers take both.

use super::request::{Batch, Item};
use crate::client::Call;
use bytes::Bytes;
use std::fmt::Write as _;

/// A batch as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) content_type: String,
    pub(super) body: Bytes,
}

/// Writes a batch; `root_path` is the path of the service root (`/b1s/v2`). The same batch is always written the same way.
pub(super) fn write(batch: &Batch, root_path: &str) -> Written {
    let boundaries = Boundaries::for_batch(batch);
    let mut out = Vec::new();
    for (n, item) in batch.items.iter().enumerate() {
        line(&mut out, &format!("--{}", boundaries.batch()));
        match item {
            Item::Single(call) => part(&mut out, call, None, root_path),
            Item::Set(set) => {
                let boundary = boundaries.set(n);
                line(&mut out, &format!("Content-Type: multipart/mixed;boundary={boundary}"));
                line(&mut out, "");
                for (index, call) in set.calls.iter().enumerate() {
                    line(&mut out, &format!("--{boundary}"));
                    part(&mut out, call, Some(set.id(index)), root_path);
                }
                line(&mut out, &format!("--{boundary}--"));
            }
        }
    }
    line(&mut out, &format!("--{}--", boundaries.batch()));
    let content_type = format!("multipart/mixed;boundary={}", boundaries.batch());
    Written { content_type, body: Bytes::from(out) }
}

/// Boundaries that no body contains, found by counting, so that a batch is a value.
struct Boundaries(u32);

impl Boundaries {
    fn for_batch(batch: &Batch) -> Self {
        let bodies = || {
            batch.items.iter().flat_map(|item| match item {
                Item::Single(call) => std::slice::from_ref(call),
                Item::Set(set) => set.calls.as_slice(),
            })
        };
        let taken = |mark: &str| {
            let mark = mark.as_bytes();
            bodies()
                .filter_map(|call| call.body.as_ref())
                .any(|body| body.windows(mark.len()).any(|window| window == mark))
        };
        Self((1..u32::MAX).find(|n| !taken(&Self::mark(*n))).unwrap_or(u32::MAX))
    }

    /// What every boundary of a batch contains.
    fn mark(n: u32) -> String {
        format!("{n:08x}-fc75-4b56-8c71-56071383e77b")
    }

    fn batch(&self) -> String {
        format!("batch_{}", Self::mark(self.0))
    }

    fn set(&self, item: usize) -> String {
        format!("changeset_{item}_{}", Self::mark(self.0))
    }
}

fn part(out: &mut Vec<u8>, call: &Call, content_id: Option<u64>, root_path: &str) {
    let mut head =
        String::from("Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n");
    if let Some(id) = content_id {
        let _ = write!(head, "Content-ID: {id}\r\n");
    }
    let _ = write!(head, "\r\n{} {root_path}/{} HTTP/1.1\r\n", call.method, call.path);
    if let Some(rows) = call.page_size {
        let _ = write!(head, "Prefer: odata.maxpagesize={rows}\r\n");
    }
    if let Some(etag) = &call.if_match {
        let _ = write!(head, "If-Match: {etag}\r\n");
    }
    if call.body.is_some() {
        head.push_str("Content-Type: application/json\r\n");
    }
    line(out, &head);
    out.extend_from_slice(call.body.as_deref().unwrap_or_default());
    line(out, "");
}

fn line(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_a_batch_as_the_manual_prints_it() {
        let mut batch = Batch::new();
        batch.add(Call::get("Items('i001')")).unwrap();
        let set = batch.change_set();
        let item = set.add(Call::post("Items", Bytes::from_static(b"{\"ItemCode\":\"i002\"}")));
        let patch = Bytes::from_static(b"{\"ItemName\":\"name2\"}");
        set.add(Call::patch(item.unwrap().path(), patch)).unwrap();
        let written = write(&batch, "/b1s/v1");

        #[derive(serde::Deserialize)]
        struct Samples {
            request: String,
        }
        let samples: Samples =
            serde_json::from_str(include_str!("../../tests/fixtures/batch-samples.json")).unwrap();
        // The manual's boundaries are random, and one of its headers has no space.
        let ours = String::from_utf8(written.body.to_vec())
            .unwrap()
            .replace("00000001-fc75", "36522ad7-fc75")
            .replace(
                "changeset_1_36522ad7-fc75-4b56-8c71-56071383e77b",
                "changeset_77162fcd-b8da-41ac-a9f8-9357efbbd",
            );
        let ours = ours.replace(" HTTP/1.1\r\n", "\r\n");
        assert_eq!(ours, samples.request.replace("Encoding:binary", "Encoding: binary"));
        assert_eq!(
            written.content_type,
            "multipart/mixed;boundary=batch_00000001-fc75-4b56-8c71-56071383e77b"
        );
        assert_eq!(write(&batch, "/b1s/v1"), written, "a batch is a value");
    }

    #[test]
    fn no_body_contains_the_boundary() {
        let mut batch = Batch::new();
        let body = "{\"Memo\":\"\r\n--batch_00000001-fc75-4b56-8c71-56071383e77b--\"}";
        batch.add(Call::post("JournalEntries", Bytes::from(body))).unwrap();
        assert!(write(&batch, "/b1s/v2").content_type.contains("batch_00000002-"));
    }
}
