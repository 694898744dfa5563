//! An entity and a claim on it, created together or not at all.

use super::{Batch, BatchAnswer};
use crate::client::{Call, Client, ResendGuard};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::query::property_name;
use crate::resources::{Created, UserRow, body_of};
use bytes::Bytes;

impl Client {
    /// Creates an entity in one change set with a row of a user table, whose code only one caller can ever create.
    ///
    /// The Service Layer has no idempotency key. A row whose code is derived from the caller's own key stands in for one:
    /// a second post under the same code is refused by the database itself, whoever sends it and however late, because
    /// the change set fails as a whole. This closes what no look-up can: two writers that both found nothing, and a proxy
    /// that sends one request twice. The table must exist (`bott_NoObject`) and be visible on every node.
    ///
    /// That a change set is rolled back whole was seen on a live system for business partners; a row together with a
    /// document was not, so it is worth one trial in the company that relies on it: claim a code, post a second document
    /// under it, and see that only the first is there.
    ///
    /// `guard` is the one of every write: it is asked for leave before each sending, and for its look-up where the whole
    /// batch was answered with a -5002 that turned out to be a lost session. A doubtful -5002 inside the batch's answer is
    /// [`Outcome::Unknown`] and nothing is sent again.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] with [`Outcome::Refused`] where the code is taken: nothing was posted, and whatever holds
    /// the claim must be looked up by the caller's key. A vendor reference that is taken reads the same, with its number 10001467
    /// in [`Error::detail`]. Any other refusal means as well that neither was created. With
    /// [`Outcome::Unknown`] both may be there or neither: look the document up, or post again under the same claim once a
    /// look-up says that it is absent.
    pub async fn post_with_claim(
        &self,
        claim_table: &str,
        claim: &UserRow,
        entity_set: &str,
        body: Bytes,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<Created> {
        let mut batch = Batch::new();
        let set = batch.change_set();
        let table = format!("U_{}", property_name(claim_table)?);
        set.add(Call::post(table, body_of("a row of a user table", claim)?))?;
        set.add(Call::post(property_name(entity_set)?, body))?;
        let name = |error: Error| error.with_call(&format!("POST {entity_set} with a claim"));
        let answers = self.send_batch(&batch, guard, Call::one_document).await.map_err(name)?;
        match answers.into_vec().pop() {
            Some(BatchAnswer::Done(answers)) => match answers.last() {
                Some(answer) => Created::read(answer).map_err(name),
                None => Err(name(lost())),
            },
            Some(BatchAnswer::Failed(error)) => Err(name(error)),
            _ => Err(name(lost())),
        }
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::OutcomeUnknown, Outcome::Unknown, "the change set has no answer")
}
