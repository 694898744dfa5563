//! The claim that a document is posted with, where a company wants one.
//!
//! A look-up before a post leaves a gap: another writer, a request that SAP finishes late, a proxy that sends one request
//! twice. A claim closes it. It is a row of `@PROCORE_CLAIM` whose `Code` only one can create, posted with the document
//! in one change set, which happens whole or not at all.
//!
//! What is claimed is not the document's own key but *the place after the document that SAP held last*: a writer that
//! plans the next document of a record says which one it saw last. Two plans that saw the same claim the same
//! place, whatever sequences they gave their documents, and only one of them is executed. A document that was given
//! up for absent and replaced under the next sequence is such a plan too.
//!
//! A claim that is taken says that somebody was executed after the same document:
//!
//! | SAP holds | means |
//! |---|---|
//! | the document under its own key, as it was sent | it is done: this request, or one like it, was executed before |
//! | another document of the record after that place | the plan is out of date: refused, planned again in the next cycle |
//! | neither | a change set leaves no claim without its document, so a person removed the document's draft or cleared its key, or this server does not roll change sets back: refused as long as the row stands |
//!
//! That a change set is rolled back whole was seen on a live system for business partners, never for a row with a
//! document: it must be tried in the company that relies on it.

use sap_b1_client::{Client, ErrorKind, UserRow};
use sync_core::{
    model::{DocumentKey, Fingerprint, SourceKey},
    ports::{LedgerError, SetupPart},
};

use super::failure::ledger_error;

/// The table, without `@` and `U_`.
pub(super) const TABLE: &str = "PROCORE_CLAIM";

/// How many hex digits of a hash are a code: a whole key is longer than the 50 characters of `Code`.
const CODE_DIGITS: usize = 40;

/// The claim of a document on the place after the sequence `after` of its record. The name tells people whose it is.
pub(super) fn row(key: DocumentKey, after: u32) -> UserRow {
    let code = code(key.source, after);
    UserRow { code, name: key.to_string(), ..UserRow::default() }
}

fn code(source: SourceKey, after: u32) -> String {
    let hash = Fingerprint::over(["claim", &source.to_string(), &after.to_string()]);
    hash.as_str().chars().take(CODE_DIGITS).collect()
}

/// The row that stands under a claim's code.
pub(super) async fn find(client: &Client, claim: &UserRow) -> Result<Option<UserRow>, LedgerError> {
    let rows = client.user_table(TABLE).map_err(|error| ledger_error(&error))?;
    rows.find(&claim.code).await.map_err(|error| ledger_error(&error))
}

/// Whether the table is there, on the node that answers.
pub(super) async fn part(client: &Client) -> Result<SetupPart, LedgerError> {
    let rows = client.user_table(TABLE).map_err(|error| ledger_error(&error))?;
    let present = match rows.find("-").await {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NoSuchResource => false,
        Err(error) => return Err(ledger_error(&error)),
    };
    Ok(SetupPart { name: format!("table @{TABLE}"), present })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key(text: &str) -> DocumentKey {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_has_one_code_whatever_document_claims_it() {
        let (first, second) = (key("8089:865:subcontract:7#1"), key("8089:865:subcontract:7#2"));
        assert_eq!(row(first, 0).code, row(second, 0).code);
        assert_eq!(row(first, 0).code.len(), 40);
        assert_eq!(row(second, 0).name, "8089:865:subcontract:7#2");
        let others = [row(first, 1), row(key("8089:865:subcontract:71#1"), 0)];
        assert!(others.iter().all(|other| other.code != row(first, 0).code));
        assert_ne!(others[0].code, others[1].code);
    }

    #[test]
    fn the_longest_key_fits_into_the_name() {
        let long = key(&format!("{0}:{0}:commitment_change_order:{0}#{1}", i64::MAX, u32::MAX));
        assert!(row(long, 0).name.chars().count() <= 100, "{}", row(long, 0).name);
    }
}
