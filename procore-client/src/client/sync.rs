//! Sync actions: up to 1,000 records created or changed by one request, each entry with a result of its own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Answer, Client, Project};
use crate::error::{Error, Outcome, Result};
use crate::error_body;
use crate::record::{self, Record, Unreadable};
use crate::request::Request;
use crate::wire;

/// The most entries that Procore takes in one sync action.
pub const SYNC_ENTRIES_MAX: usize = 1_000;

/// What became of the entries of a sync action. Status 200 says nothing: Procore sends it when every entry failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use = "an entry may have been refused although the call succeeded"]
pub struct SyncReport<T> {
    /// The records as they stand after the call.
    pub entities: Vec<Record<T>>,
    /// Records that were written and whose answer could not be decoded.
    pub unreadable: Vec<Unreadable>,
    /// The entries that Procore refused.
    pub refused: Vec<RefusedEntry>,
    /// How many entries were sent.
    pub sent: usize,
}

/// An entry that Procore refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefusedEntry {
    /// The `id` that the entry named, if any.
    pub id: Option<String>,
    /// The `origin_id` that the entry named, if any.
    pub origin_id: Option<String>,
    /// Procore's words, such as `id: Entity with this ID not found`.
    pub messages: Vec<String>,
    /// The entry as Procore repeats it.
    pub raw: Box<RawValue>,
}

impl<T> SyncReport<T> {
    /// Returns how many entries appear neither among the records nor among the refused ones.
    #[must_use]
    pub fn unaccounted(&self) -> usize {
        let told = self.entities.len() + self.unreadable.len() + self.refused.len();
        self.sent.saturating_sub(told)
    }

    /// Returns whether every entry was written.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.refused.is_empty() && self.unaccounted() == 0
    }
}

#[derive(Serialize)]
struct Body<'a, U> {
    #[serde(skip_serializing_if = "Option::is_none")]
    company_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<i64>,
    updates: &'a [U],
}

impl Client {
    /// Sends a sync action of the company, such as `PATCH /rest/v1.0/vendors/sync`; `company_id` is added.
    ///
    /// Procore matches an entry by `id`, else by `origin_id`, else creates a record: an entry without both, sent
    /// twice, makes two. Writes of direct costs take turns, because Procore answers 409 to concurrent ones; a direct
    /// cost takes at most 100 lines.
    ///
    /// # Errors
    ///
    /// Before anything is sent: [`Configuration`](crate::ErrorKind::Configuration) for no entry or more than
    /// [`SYNC_ENTRIES_MAX`], and all that [`raw`](Self::raw) refuses. An answer that cannot be read has outcome
    /// [`Unknown`](Outcome::Unknown), because what it says of the entries is lost. Refused entries are no error; they
    /// are in [`SyncReport::refused`].
    pub async fn sync<U, T>(&self, request: Request, updates: &[U]) -> Result<SyncReport<T>>
    where
        U: Serialize + Sync,
        T: DeserializeOwned,
    {
        let in_path = request.path().contains("/companies/");
        let company_id = (!in_path).then(|| self.company_id().get());
        let body = Body { company_id, project_id: None, updates };
        self.sync_body(request, &body).await
    }

    async fn sync_body<U, T>(&self, request: Request, body: &Body<'_, U>) -> Result<SyncReport<T>>
    where
        U: Serialize + Sync,
        T: DeserializeOwned,
    {
        let sent = body.updates.len();
        if !(1..=SYNC_ENTRIES_MAX).contains(&sent) {
            return Err(Error::configuration(format!(
                "a sync action takes 1 to {SYNC_ENTRIES_MAX} entries, not {sent}; send them in parts"
            )));
        }
        if !request.method().is_write() || !request.path().ends_with("/sync") {
            return Err(Error::configuration(
                "a sync action is a write to a path that ends in /sync",
            ));
        }
        let answer = self.send_in_scope(&request.json(body)?).await?;
        report(&answer, sent, self.shared().keep_raw)
    }
}

impl Project {
    /// Sends a sync action of the project, such as `PATCH /rest/v1.0/work_order_contracts/sync`.
    ///
    /// `project_id` is added to query and body unless the path names the project, because some actions want it here
    /// and some there. Everything else is as with [`Client::sync`].
    ///
    /// # Errors
    ///
    /// As [`Client::sync`].
    pub async fn sync<U, T>(&self, request: Request, updates: &[U]) -> Result<SyncReport<T>>
    where
        U: Serialize + Sync,
        T: DeserializeOwned,
    {
        let in_path = self.is_named_by(request.path());
        let project_id = (!in_path).then(|| self.id().get());
        let body = Body { company_id: None, project_id, updates };
        self.client().sync_body(self.named_in(request), &body).await
    }
}

fn report<T: DeserializeOwned>(
    answer: &Answer,
    sent: usize,
    keep_raw: bool,
) -> Result<SyncReport<T>> {
    #[derive(Deserialize)]
    struct Entities<'a> {
        #[serde(borrow)]
        entities: Vec<&'a RawValue>,
        #[serde(borrow, default)]
        errors: Option<Vec<&'a RawValue>>,
    }
    let lost = |_| {
        answer
            .unreadable("the answer to the sync action does not tell what became of its entries")
            .with_outcome(Outcome::Unknown)
    };
    // One action (budget line items) is documented to answer with the records alone.
    let is_list = answer.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let told = if is_list {
        let entities = serde_json::from_slice(&answer.body).map_err(lost)?;
        Entities { entities, errors: None }
    } else {
        serde_json::from_slice::<Entities<'_>>(&answer.body).map_err(lost)?
    };
    let mut report = SyncReport {
        entities: Vec::with_capacity(told.entities.len()),
        unreadable: Vec::new(),
        refused: told.errors.unwrap_or_default().into_iter().map(refused).collect(),
        sent,
    };
    for entity in told.entities {
        match record::decode(entity, keep_raw) {
            Ok(record) => report.entities.push(record),
            Err(unreadable) => report.unreadable.push(unreadable),
        }
    }
    Ok(report)
}

fn refused(entry: &RawValue) -> RefusedEntry {
    #[derive(Deserialize, Default)]
    struct Entry<'a> {
        #[serde(borrow, default)]
        id: Option<&'a RawValue>,
        #[serde(borrow, default)]
        origin_id: Option<&'a RawValue>,
        #[serde(borrow, default)]
        errors: Option<&'a RawValue>,
    }
    let read: Entry<'_> = serde_json::from_str(entry.get()).unwrap_or_default();
    let text = |token: Option<&RawValue>| token.and_then(|token| wire::text(token).ok().flatten());
    RefusedEntry {
        id: text(read.id),
        origin_id: text(read.origin_id),
        messages: error_body::messages(read.errors.unwrap_or(entry).get()),
        raw: entry.to_owned(),
    }
}
