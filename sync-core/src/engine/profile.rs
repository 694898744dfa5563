//! Which pair of companies a store belongs to, and what its history was posted by.

use super::{Engine, Failure, cycle::Purpose, store_row::NOT_CURRENT};
use crate::ports::{Epoch, Profile, StoreError};

/// How a failure is named that the configuration alone explains.
pub(super) const CONFIGURATION: &str = "configuration";

impl Engine<'_> {
    /// What the store was begun with, which is this pair of companies; `None` where it is new. It belongs to
    /// one pair for ever, and its history to one basis, one cut-over, one kind of opening and one place for
    /// keys. A later cut-over is taken where the opening list is made anew for it.
    pub(super) async fn belongs_to_us(&self, purpose: Purpose) -> Result<Option<Profile>, Failure> {
        let Some(known) = self.store.profile().await? else { return Ok(None) };
        let same_pair = known.environment == self.profile.environment
            && known.company == self.profile.company
            && known.ledger == self.profile.ledger;
        if !same_pair {
            return Err(other_pair(&known, self.profile));
        }
        let faults = changed_choices(&known, self.profile, purpose);
        match faults.is_empty() {
            true => Ok(Some(known)),
            false => Err(Failure { name: CONFIGURATION, detail: faults.join("; ") }),
        }
    }

    /// A new store may begin only where the ledger holds nothing of the company: what it holds was posted
    /// by a state that is lost, or that is somewhere else.
    pub(super) async fn begin_with_nothing(&self, epoch: Epoch) -> Result<(), Failure> {
        if self.ledger.holds_documents_of(self.company()).await? {
            return Err(Failure {
                name: NOT_CURRENT,
                detail: format!(
                    "the state is empty, and SAP holds documents of Procore company {}; name the state \
                     that posted them, restore it from a backup, or run rebuild",
                    self.company()
                ),
            });
        }
        self.store.set_profile(self.profile, epoch).await?;
        Ok(())
    }

    /// A state that was made again; one that was there before belongs to the companies already.
    pub(super) async fn belongs_from_now_on(&self, epoch: Epoch) -> Result<(), StoreError> {
        match self.store.profile().await? {
            None => self.store.set_profile(self.profile, epoch).await,
            Some(_) => Ok(()),
        }
    }

    /// Writes down what the store does not say yet, or says otherwise and may be changed.
    pub(super) async fn keep_profile(&self, known: &Profile, epoch: Epoch) -> Result<(), Failure> {
        let mut profile = self.profile.clone();
        if known.reference.is_empty() {
            self.looks_where_documents_stand().await?;
            // One that is under way may come to stand in the other place after that look.
            if !self.store.open_intents().await?.is_empty() {
                profile.reference.clear();
            }
        }
        if profile != *known {
            self.store.set_profile(&profile, epoch).await?;
        }
        Ok(())
    }

    /// Refuses to look where the documents of the company are not: each of them would be absent, and posted again.
    pub(super) async fn looks_where_documents_stand(&self) -> Result<(), Failure> {
        if !self.ledger.holds_documents_elsewhere(self.company()).await? {
            return Ok(());
        }
        let reference = self.policy.reference;
        let (now, other) = (reference.name(), reference.other().name());
        Err(Failure {
            name: CONFIGURATION,
            detail: format!(
                "posting.reference: SAP holds documents of Procore company {} that carry their keys where reference = \
                 \"{other}\" puts them, and the configuration says \"{now}\", under which no look-up finds them; \
                 write reference = \"{other}\"",
                self.company()
            ),
        })
    }
}

fn other_pair(known: &Profile, configured: &Profile) -> Failure {
    Failure {
        name: "environment_differs",
        detail: format!(
            "the state store belongs to Procore company {} at {}, SAP {}; the configuration says {} at \
             {}, {}; name the state of these companies, or a new one",
            known.company,
            known.environment,
            known.ledger,
            configured.company,
            configured.environment,
            configured.ledger
        ),
    }
}

/// The keys that this history was not posted by, each with what would be right.
fn changed_choices(known: &Profile, configured: &Profile, purpose: Purpose) -> Vec<String> {
    let changed = |key: &str, stored: &str, now: &str, why: &str| {
        format!(
            "posting.{key}: the state was begun with {key} = \"{stored}\", the configuration says \
             \"{now}\"; {why}; write {key} = \"{stored}\""
        )
    };
    let mut faults = Vec::new();
    if known.basis != configured.basis {
        let why = "what is posted stands on the basis it was posted on";
        faults.push(changed("basis", &known.basis, &configured.basis, why));
    }
    if known.opening != configured.opening {
        let why = "commitments of the opening list went on by it";
        faults.push(changed("opening", &known.opening, &configured.opening, why));
    }
    if !known.reference.is_empty() && known.reference != configured.reference {
        let why = "what is posted would not be found under another, and be posted again";
        faults.push(changed("reference", &known.reference, &configured.reference, why));
    }
    let (stored, now) = (known.start_date, configured.start_date);
    let why = match purpose {
        _ if now < stored => {
            Some("the books hold what is dated before, and an earlier cut-over would post it again")
        }
        Purpose::Opening => None,
        _ if now > stored => {
            Some("a later cut-over is taken with sync --rebuild-opening, which posts nothing")
        }
        _ => None,
    };
    if let Some(why) = why {
        let [stored, now] = [stored, now].map(|day| day.to_string());
        faults.push(changed("start_date", &stored, &now, why));
    }
    faults
}
