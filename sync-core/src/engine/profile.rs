//! Which pair of companies a store belongs to, and what its history was posted by.

use super::{Engine, Failure, cycle::Purpose};
use crate::ports::Profile;

/// How a failure is named that the configuration alone explains.
pub(super) const CONFIGURATION: &str = "configuration";

impl Engine<'_> {
    /// Whether the store belongs to this pair of companies already; it belongs to one pair for ever, and
    /// its history to one basis, one cut-over and one kind of opening. A later cut-over is taken where the
    /// opening list is made anew for it.
    pub(super) async fn belongs_to_us(&self, purpose: Purpose) -> Result<bool, Failure> {
        let Some(known) = self.store.profile().await? else { return Ok(false) };
        let same_pair = known.environment == self.profile.environment
            && known.company == self.profile.company
            && known.ledger == self.profile.ledger;
        if !same_pair {
            return Err(other_pair(&known, self.profile));
        }
        let faults = changed_choices(&known, self.profile, purpose);
        match faults.is_empty() {
            true => Ok(true),
            false => Err(Failure { name: CONFIGURATION, detail: faults.join("; ") }),
        }
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
