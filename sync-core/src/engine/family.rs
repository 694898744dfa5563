//! One family: plan, write the intents, post, write the results, member after member.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::{
    Engine, Failure, FindingRow, PostedDocument, StatusAmount,
    cycle::{Cycle, Gathered, Purpose, stated_amount},
    leave::WhileWriting,
    read::does_not_decode,
    rebuild::remember_documents,
};
use crate::{
    catalog::Catalog,
    exchange::Rates,
    model::{HeldDocument, HeldState, Posting},
    plan::{self, Billed, Decision, Family, Member, Plan, PlanContext},
    ports::{
        Calendar, Intent, IntentState, OpeningEntry, Payload, PostOutcome, Progress, ResultBatch,
        ResultRow, SourceProject, StoredRecord, UnkeyedInvoice,
    },
    states::{Cause, Finding, FindingKind, Reason, RecordState},
};

/// What is known before the ledger was asked.
static NO_RATES: Rates = Rates::new();

/// What is known of other bills where one record is looked at alone.
static NOTHING_BILLED: Billed = Billed::new();

/// How posting the documents of one decision ended.
struct Posted {
    state: RecordState,
    cause: Option<Cause>,
    results: Vec<ResultRow>,
    documents: Vec<PostedDocument>,
    findings: Vec<Finding>,
    /// Why nothing more may be sent in this cycle.
    stopped: Option<Failure>,
}

impl Engine<'_> {
    /// What the records of a project are planned with; "today" is the project's.
    pub(super) fn plan_context<'a>(
        &'a self,
        catalog: &'a Catalog,
        project: &'a SourceProject,
    ) -> PlanContext<'a> {
        let zone = project.time_zone.as_deref().unwrap_or(self.time_zone);
        PlanContext {
            mapping: self.mapping,
            catalog,
            policy: self.policy,
            today: self.clock.today(zone),
            calendar: Calendar::of(self.clock, zone),
            currency: project.currency.as_deref(),
            rates: &NO_RATES,
            billed: &NOTHING_BILLED,
            invoices: &[],
            restated_on: None,
            now: self.clock.now(),
            cycle: None,
        }
    }

    /// Plans and posts a family's members in order; each sees what the ones before it posted.
    pub(super) async fn family(
        &self,
        cycle: &Cycle,
        project: &SourceProject,
        billed: &Billed,
        invoices: &[UnkeyedInvoice],
        mut family: Family,
    ) -> Result<Gathered, Failure> {
        let mut gathered = Gathered::default();
        if cycle.purpose == Purpose::Opening {
            self.list_anew(cycle, project, family).await?;
            return Ok(gathered);
        }
        let context = self.plan_context(&cycle.catalog, project);
        let cycle_number = Some(cycle.number);
        let context = PlanContext { billed, invoices, cycle: cycle_number, ..context };
        if let Cow::Owned(known) = plan::brought_up_to_date(&context, &family) {
            family = known;
        }
        let mut settled: Vec<StoredRecord> = Vec::new();
        let out_of_range = plan::out_of_range(self.policy, &family);
        let mut behind = false;
        for index in 0..family.members.len() {
            let member = &family.members[index];
            if member.blocked || does_not_decode(&member.stored) {
                continue;
            }
            if self.stop.is_requested() {
                break;
            }
            let plan = self
                .with_rates(
                    &cycle.rates,
                    &context,
                    |context| plan::plan_of(context, &family, index, out_of_range.as_ref()),
                    |plan| &plan.decision,
                )
                .await?;
            // What a rebuild finds to post, or may not be posted yet, is left for a later cycle, with what waits for it.
            let posts = matches!(plan.decision, Decision::Post(_));
            let waits = matches!(plan.decision, Decision::Wait(_) | Decision::Hold(_));
            if cycle.leaves_posts() && (posts || (waits && behind)) {
                behind = true;
                gathered.left += u64::from(cycle.purpose == Purpose::Post);
                leave(&context, &mut family.members[index], &plan);
                settled.push(family.members[index].stored.clone());
                continue;
            }
            let posted = match &plan.decision {
                Decision::Post(postings) => {
                    Some(self.post_all(cycle, &mut family, index, postings).await?)
                }
                _ => None,
            };
            self.conclude(
                cycle,
                &context,
                &mut family,
                index,
                plan,
                posted.as_ref(),
                &mut gathered,
            );
            let stored = family.members[index].stored.clone();
            match posted {
                Some(posted) => {
                    let batch = ResultBatch { results: posted.results, records: vec![stored] };
                    self.store.record_results(&batch, cycle.epoch).await?;
                    if let Some(failure) = posted.stopped {
                        return Err(failure);
                    }
                    gathered.documents.extend(posted.documents);
                }
                None => settled.push(stored),
            }
        }
        if !settled.is_empty() {
            let batch = ResultBatch { results: Vec::new(), records: settled };
            self.store.record_results(&batch, cycle.epoch).await?;
        }
        Ok(gathered)
    }

    /// Writes the intents of all documents, then posts them in order; after the first that is not
    /// taken the others are not sent.
    async fn post_all(
        &self,
        cycle: &Cycle,
        family: &mut Family,
        index: usize,
        postings: &[Posting],
    ) -> Result<Posted, Failure> {
        let key = family.members[index].record().key;
        let payloads: Vec<Payload> = match postings
            .iter()
            .map(|posting| self.ledger.payload(posting, &cycle.catalog))
            .collect()
        {
            Ok(payloads) => payloads,
            Err(error) => {
                return Ok(Posted {
                    state: RecordState::Held,
                    cause: Some(Cause::new(Reason::ValueTooLong, error.detail)),
                    results: Vec::new(),
                    documents: Vec::new(),
                    findings: Vec::new(),
                    stopped: None,
                });
            }
        };
        let intents: Vec<Intent> = postings
            .iter()
            .zip(&payloads)
            .map(|(posting, payload)| self.intent(cycle, posting, payload))
            .collect();
        self.store.record_intents(&intents, cycle.epoch).await?;
        let highest = postings.iter().map(|posting| posting.key().sequence).max();
        let member = &mut family.members[index];
        member.stored.sequence = member.stored.sequence.max(highest.unwrap_or_default());
        let mut posted = Posted {
            state: RecordState::Posted,
            cause: None,
            results: Vec::new(),
            documents: Vec::new(),
            findings: Vec::new(),
            stopped: None,
        };
        for (posting, payload) in postings.iter().zip(&payloads) {
            if posted.state != RecordState::Posted {
                posted.results.push(row(posting, IntentState::Rejected, "not sent"));
                continue;
            }
            let leave = WhileWriting::of(self, cycle);
            let after = family.members[index].highest_in_ledger();
            let outcome = self.ledger.post(&key, payload, after, &leave).await;
            posted.stopped = leave.refused();
            let given_up_at = match outcome {
                // Where the store cannot tell, it counts from when the intent is next looked for.
                PostOutcome::Unknown(_) => self.store.time(self.clock.now()).await.ok(),
                _ => None,
            };
            self.take(cycle, (outcome, given_up_at), posting, &mut posted, family, index);
        }
        Ok(posted)
    }

    fn intent(&self, cycle: &Cycle, posting: &Posting, payload: &Payload) -> Intent {
        Intent {
            key: posting.key(),
            posting: posting.clone(),
            document_type: payload.document_type,
            body: payload.body.clone(),
            state: IntentState::InFlight,
            written_at: self.clock.now(),
            given_up_at: None,
            epoch: cycle.epoch,
            cycle: cycle.number,
        }
    }

    /// Takes the outcome of one post.
    fn take(
        &self,
        cycle: &Cycle,
        (outcome, given_up_at): (PostOutcome, Option<DateTime<Utc>>),
        posting: &Posting,
        posted: &mut Posted,
        family: &mut Family,
        index: usize,
    ) {
        match outcome {
            PostOutcome::Done(receipt) => {
                let document = receipt.document;
                if document.state == HeldState::PendingApproval {
                    posted.state = RecordState::PendingApproval;
                }
                let scale = cycle.catalog.scale(&posting.header().currency);
                posted.findings.extend(recalculated(posting, &document, scale));
                let mut result = row(posting, IntentState::Posted, "posted");
                result.doc_entry = Some(document.doc_entry);
                posted.results.push(result);
                posted.documents.push(PostedDocument {
                    key: posting.key().source,
                    sequence: posting.key().sequence,
                    document_type: document.document_type,
                    doc_entry: document.doc_entry,
                    doc_num: document.doc_num,
                    total: document.total,
                    net_cost: posting.net_cost(),
                    currency: document.currency.clone(),
                });
                family.members[index].held.push(document);
            }
            PostOutcome::Refused(refusal) => {
                let held = refusal.reason == Reason::VendorReferenceTaken;
                posted.state = if held { RecordState::Held } else { RecordState::Rejected };
                if held {
                    let stored = &mut family.members[index].stored;
                    stored.reference_refused = stored.sequence;
                }
                posted.results.push(row(posting, IntentState::Rejected, &refusal.message));
                posted.cause = Some(Cause::new(refusal.reason, refusal.message));
            }
            PostOutcome::NotSent(why) => {
                posted.state = RecordState::Rejected;
                posted.results.push(row(posting, IntentState::Rejected, &why));
                posted.cause = Some(Cause::new(
                    Reason::RejectedBySap,
                    format!("not sent, it is sent again in the next cycle: {why}"),
                ));
            }
            PostOutcome::Unknown(why) => {
                posted.state = RecordState::Uncertain;
                let mut result = row(posting, IntentState::Uncertain, &why);
                result.given_up_at = given_up_at;
                posted.results.push(result);
                family.members[index].blocked = true;
            }
        }
    }

    /// What goes onto the opening list, of a record that was not on it and belongs there: a change order
    /// of a carried-over commitment only where it is early itself.
    fn opening_of(
        &self,
        context: &PlanContext<'_>,
        family: &Family,
        index: usize,
        plan: &Plan,
    ) -> Option<OpeningEntry> {
        let member = &family.members[index];
        if plan.decision != Decision::Opening || member.stored.opening.is_some() {
            return None;
        }
        let dated = plan.posting_date.unwrap_or_else(|| plan::dates::original(member, None));
        let entry = plan::opening_entry(context, family, index, dated, &plan.fingerprint);
        let lost = member.live().next().is_some();
        (lost || entry.dated < self.policy.start_date).then_some(entry)
    }

    /// Writes into the record what its plan and its posts came to.
    #[expect(clippy::too_many_arguments, reason = "one place where plan, posts and report meet")]
    fn conclude(
        &self,
        cycle: &Cycle,
        context: &PlanContext<'_>,
        family: &mut Family,
        index: usize,
        plan: Plan,
        posted: Option<&Posted>,
        gathered: &mut Gathered,
    ) {
        let opening = self.opening_of(context, family, index, &plan);
        let change_seen_on = plan::change_seen_on(context, &family.members[index].stored, &plan);
        let member = &mut family.members[index];
        let sums = sums_lines(&plan.decision);
        remember_documents(member);
        let (state, cause) = match posted {
            Some(posted) => (posted.state, posted.cause.clone()),
            None => outcome_of(plan.decision),
        };
        let afterwards = plan.afterwards.filter(|_| state == RecordState::Posted);
        if posted.is_some() && (sums || !member.stored.places.is_empty()) {
            member.stored.places = plan.places;
        }
        if stands_as_planned(posted.is_some(), state) {
            member.stored.rounding = plan.rounding;
        }
        let gone: Vec<HeldDocument> = member.gone().cloned().collect();
        // What was posted again in place of a document that is gone never stops the record for it again;
        // nor where nothing was missing. What was not taken is still to be posted.
        let again = [Reason::CancelledInSap, Reason::RefusedInSap];
        let taken = [RecordState::Posted, RecordState::PendingApproval, RecordState::Unchanged];
        if taken.contains(&state) && again.iter().any(|reason| plan.decided.contains(reason)) {
            let counts =
                |d: &&HeldDocument| matches!(d.state, HeldState::Cancelled | HeldState::Rejected);
            let past = member.held.iter().filter(counts).chain(&gone);
            let sequences: Vec<u32> = past.map(|document| document.key.sequence).collect();
            member.stored.answered.extend(sequences);
            again.into_iter().for_each(|reason| member.stored.decisions.spend(reason));
        }
        let stored = &mut member.stored;
        // What a person let be posted, or left as it stands, is matched.
        let matched = taken.contains(&state) && plan.decided.contains(&Reason::TierChanged);
        stored.unmatched &= !matched;
        let key = stored.key();
        keep_fingerprint(stored, plan.fingerprint.to_string());
        stored.opening = opening.or(stored.opening.take());
        stored.findings = plan.findings;
        stored.findings.extend(posted.into_iter().flat_map(|posted| posted.findings.clone()));
        if stored.posting_date.is_none() || member.held.is_empty() {
            stored.posting_date = plan.posting_date;
        }
        let (state, cause) = match afterwards {
            Some(cause) => (RecordState::Held, Some(cause)),
            None => (state, cause),
        };
        stored.change_seen_on =
            change_seen_on.filter(|_| !stands_as_planned(posted.is_some(), state));
        stored.state = state;
        stored.cause = cause;
        stored.planned_in_cycle = cycle.number;
        if state == RecordState::NotPostable {
            let status = (key.kind.name().to_owned(), stored.record.status.clone());
            let sum: &mut StatusAmount = gathered.not_postable.entry(status).or_default();
            sum.records += 1;
            sum.amount = sum.amount.saturating_add(stated_amount(stored));
        }
        let findings = stored.findings.iter().cloned();
        gathered.findings.extend(findings.map(|finding| FindingRow { key, finding }));
        let documents = posted.map_or(0, |posted| posted.documents.len());
        if documents > 0 {
            gathered.posted.insert(key);
        }
        self.observer.on(&Progress::Settled { key, state: state.name(), documents });
    }
}

/// Leaves a record to be planned again. What changed was seen today, whenever it is posted.
fn leave(context: &PlanContext<'_>, member: &mut Member, plan: &Plan) {
    let change_seen_on = plan::change_seen_on(context, &member.stored, plan);
    remember_documents(member);
    let stored = &mut member.stored;
    keep_fingerprint(stored, plan.fingerprint.to_string());
    stored.change_seen_on = change_seen_on;
    stored.state = RecordState::Pending;
    stored.cause = None;
}

/// Writes down by which fingerprint a record was planned.
fn keep_fingerprint(stored: &mut StoredRecord, fingerprint: String) {
    // An older state kept the fingerprint of the opening list as that of the record.
    if let Some(entry) = &mut stored.opening
        && entry.fingerprint.is_empty()
    {
        entry.fingerprint.clone_from(&stored.fingerprint);
    }
    stored.fingerprint = fingerprint;
}

/// Whether SAP holds a record as it was planned: what its plan moved by rounding stands there, and
/// nothing else does. What was not taken in full, or waits, leaves the earlier rows as they are.
fn stands_as_planned(posted: bool, state: RecordState) -> bool {
    match state {
        RecordState::Posted | RecordState::PendingApproval => posted,
        RecordState::Unchanged | RecordState::NothingToPost | RecordState::NotPostable => !posted,
        _ => false,
    }
}

/// Whether a document that is to be posted has a line for several source lines.
fn sums_lines(decision: &Decision) -> bool {
    let Decision::Post(postings) = decision else { return false };
    postings.iter().any(|posting| match posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            document.lines.iter().any(|line| line.mark.is_sum())
        }
        Posting::JournalEntry(entry) => entry.lines.iter().any(|line| line.mark.is_sum()),
    })
}

fn row(posting: &Posting, state: IntentState, detail: &str) -> ResultRow {
    ResultRow {
        key: posting.key(),
        state,
        given_up_at: None,
        doc_entry: None,
        detail: detail.to_owned(),
    }
}

/// The state that a decision without a post leads to.
fn outcome_of(decision: Decision) -> (RecordState, Option<Cause>) {
    match decision {
        Decision::Unchanged => (RecordState::Unchanged, None),
        Decision::NothingToPost => (RecordState::NothingToPost, None),
        Decision::NotPostable => (RecordState::NotPostable, None),
        Decision::NotConfigured => (RecordState::NotConfigured, None),
        Decision::Opening => (RecordState::Opening, None),
        Decision::FutureDated(_) => (RecordState::FutureDated, None),
        Decision::Wait(cause) => (RecordState::Waiting, Some(cause)),
        Decision::Hold(cause) => (RecordState::Held, Some(cause)),
        Decision::PendingApproval => (RecordState::PendingApproval, None),
        // Only reached where nobody asked for the rate.
        Decision::NeedsRate { currency, day } => {
            let detail = format!("SAP was not asked for the rate of {currency} on {day}");
            (RecordState::Held, Some(Cause::new(Reason::MissingExchangeRate, detail)))
        }
        Decision::Skipped(cause) => (RecordState::Skipped, Some(cause)),
        // Only reached with a post, which has its own state.
        Decision::Post(_) => (RecordState::Pending, None),
    }
}

/// What SAP made of an A/P document, where it is not what was sent.
fn recalculated(posting: &Posting, document: &HeldDocument, scale: u32) -> Option<Finding> {
    let sent = match posting {
        Posting::PurchaseInvoice(sent) | Posting::PurchaseCreditNote(sent) => sent,
        Posting::JournalEntry(_) => return None,
    };
    let same = sent.lines.len() == document.lines.len()
        && sent.lines.iter().zip(&document.lines).all(|(s, d)| s.amount.abs() == d.amount.abs());
    if !same {
        return Some(Finding {
            kind: FindingKind::SapRecalculated,
            detail: format!("SAP's lines of {} are not the ones that were sent", document.key),
        });
    }
    let off = (document.tax.abs() - sent.expected_tax.abs()).abs();
    if off.is_zero() {
        return None;
    }
    let kind = if off <= crate::money::unit(scale) * rust_decimal::Decimal::from(sent.lines.len()) {
        FindingKind::TaxRounding
    } else {
        FindingKind::SapRecalculated
    };
    Some(Finding {
        kind,
        detail: format!(
            "SAP's tax of {} is {}, predicted was {}",
            document.key, document.tax, sent.expected_tax
        ),
    })
}
