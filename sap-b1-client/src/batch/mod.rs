//! Several requests in one `$batch`: what is sent, and what each of them was answered.
//!
//! [`request`] holds the requests, [`writer`] words them as multipart, [`reader`] takes any server's answer apart,
//! [`answers`] aligns the parts with the requests, [`claim`] posts an entity together with a row that only one can create.
//! What a batch means for session, retry and outcome lives in [`crate::client`] like that of every other call.
//!
//! A batch runs in order and stops at the first failure. A change set inside it is one unit: it happens whole or not at all
//! (verified on a live system for business partners; SAP's manual 1.22 says so in 3.10.4 and denies it in 7.1, so test it
//! where it matters). A batch whose answer is lost leaves every write in it unknown, and is never sent again.

mod answers;
mod claim;
mod reader;
mod request;
mod writer;

pub use answers::{BatchAnswer, BatchAnswers};
pub use request::{Batch, ChangeSet, ContentId};
