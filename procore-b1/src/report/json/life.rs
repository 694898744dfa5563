//! The document of `explain`.

use serde::Serialize;
use sync_core::{
    engine::RecordLife,
    plan::{ExplainedLine, LinePlace},
    states::{Cause, Reason},
};

use super::{
    FailureJson, document,
    mapping::PlaceJson,
    rounding::{RoundingRowJson, of_row},
};
use crate::report::{
    amount::plain,
    text::{held_name, place},
};

/// The life of one record.
#[must_use]
pub fn life(life: &RecordLife) -> Vec<u8> {
    let own = &life.explanation;
    let money = |amount| plain(amount, &own.currency);
    document(&LifeJson {
        key: own.key.to_string(),
        number: &own.number,
        title: &own.title,
        status: &own.status,
        postable: own.postable,
        vendor: own.vendor.as_ref().map(|vendor| vendor.id),
        card_code: own.card_code.as_ref().map(|(code, row)| MappedJson { value: code, row: *row }),
        sap_project: own
            .sap_project
            .as_ref()
            .map(|(code, row)| MappedJson { value: code, row: *row }),
        currency: &own.currency,
        posting_date: own.posting_date.map(|day| day.to_string()),
        state: own.state.name(),
        cause: own.cause.as_ref().map(CauseJson::from),
        header: own.header.map(|header| HeaderJson {
            amount: money(header.amount),
            reading: header.reading.name(),
        }),
        not_read_anew: life.not_read_anew.as_ref().map(FailureJson::from),
        lines: own.lines.iter().map(|line| of_line(line, &own.currency)).collect(),
        rounding: own.rounding.iter().map(of_row).collect(),
        items: own
            .items
            .iter()
            .map(|item| ItemJson {
                line_item_id: item.line_item_id,
                gross: money(item.gross),
                held: money(item.held),
                released: money(item.released),
            })
            .collect(),
        in_sap: own
            .held
            .iter()
            .map(|held| HeldJson {
                key: held.key.to_string(),
                r#type: held.document_type.entity_set(),
                doc_entry: held.doc_entry,
                doc_num: held.doc_num,
                posting_date: held.posting_date.to_string(),
                total: plain(held.total, &held.currency),
                net_cost: plain(held.net_cost(), &held.currency),
                state: held_name(held.state),
            })
            .collect(),
        intents: life
            .intents
            .iter()
            .map(|intent| IntentJson {
                key: intent.key.to_string(),
                cycle: intent.cycle,
                written_at: intent.written_at.to_rfc3339(),
                state: intent.state.name(),
            })
            .collect(),
        decisions: life
            .acts
            .iter()
            .map(|act| ActJson {
                decision: act.deed.to_string(),
                reason: act.reason.map(Reason::name),
                fingerprint: &act.fingerprint,
                by: &act.by,
                note: &act.note,
                at: act.at.to_rfc3339(),
            })
            .collect(),
        now: &own.because,
        would_post: own
            .would_post()
            .iter()
            .map(|posting| WouldPostJson {
                key: posting.key().to_string(),
                r#type: posting.document_type().entity_set(),
                posting_date: posting.header().posting_date.to_string(),
                total: money(posting.total()),
                net_cost: money(posting.net_cost()),
            })
            .collect(),
        findings: own
            .findings
            .iter()
            .map(|finding| FindingJson { finding: finding.kind.name(), detail: &finding.detail })
            .collect(),
    })
}

fn of_line<'a>(line: &'a ExplainedLine, currency: &str) -> LineJson<'a> {
    let (coding, row) = match &line.place {
        LinePlace::Standing(coding) => (Some(coding), None),
        LinePlace::Rule { row, coding } => (Some(coding), Some(*row)),
        LinePlace::Unmapped(_) | LinePlace::Spread => (None, None),
    };
    LineJson {
        id: line.id,
        coding: line.coding.as_ref().map(sync_core::model::CostCoding::token),
        description: &line.description,
        stated: plain(line.stated, currency),
        moved: plain(line.moved, currency),
        target: line.target.map(|target| plain(target, currency)),
        held: plain(line.held, currency),
        place: coding.map(PlaceJson::from),
        row,
        says: place(&line.place),
    }
}

impl<'a> From<&'a Cause> for CauseJson<'a> {
    fn from(cause: &'a Cause) -> Self {
        Self {
            reason: cause.reason.name(),
            detail: &cause.detail,
            remedy: cause.reason.remedy(),
            decisions: cause.reason.decisions().names(),
        }
    }
}

#[derive(Serialize)]
struct LifeJson<'a> {
    key: String,
    number: &'a str,
    title: &'a str,
    status: &'a str,
    postable: bool,
    vendor: Option<i64>,
    card_code: Option<MappedJson<'a>>,
    sap_project: Option<MappedJson<'a>>,
    currency: &'a str,
    posting_date: Option<String>,
    state: &'a str,
    cause: Option<CauseJson<'a>>,
    header: Option<HeaderJson>,
    not_read_anew: Option<FailureJson<'a>>,
    lines: Vec<LineJson<'a>>,
    rounding: Vec<RoundingRowJson<'a>>,
    items: Vec<ItemJson>,
    in_sap: Vec<HeldJson<'a>>,
    intents: Vec<IntentJson<'a>>,
    decisions: Vec<ActJson<'a>>,
    now: &'a str,
    would_post: Vec<WouldPostJson<'a>>,
    findings: Vec<FindingJson<'a>>,
}

/// The figure of the header that the lines are compared with.
#[derive(Serialize)]
struct HeaderJson {
    amount: String,
    reading: &'static str,
}

#[derive(Serialize)]
struct MappedJson<'a> {
    value: &'a str,
    row: usize,
}

#[derive(Serialize)]
struct CauseJson<'a> {
    reason: &'a str,
    detail: &'a str,
    remedy: &'a str,
    decisions: Vec<&'a str>,
}

#[derive(Serialize)]
struct LineJson<'a> {
    id: i64,
    coding: Option<String>,
    description: &'a str,
    stated: String,
    moved: String,
    target: Option<String>,
    held: String,
    place: Option<PlaceJson<'a>>,
    row: Option<usize>,
    says: String,
}

#[derive(Serialize)]
struct ItemJson {
    line_item_id: i64,
    gross: String,
    held: String,
    released: String,
}

#[derive(Serialize)]
struct HeldJson<'a> {
    key: String,
    r#type: &'a str,
    doc_entry: i64,
    doc_num: Option<i64>,
    posting_date: String,
    total: String,
    net_cost: String,
    state: &'a str,
}

#[derive(Serialize)]
struct IntentJson<'a> {
    key: String,
    cycle: i64,
    written_at: String,
    state: &'a str,
}

/// What a person decided, also where it has lapsed since.
#[derive(Serialize)]
struct ActJson<'a> {
    decision: String,
    reason: Option<&'static str>,
    fingerprint: &'a str,
    by: &'a str,
    note: &'a str,
    at: String,
}

#[derive(Serialize)]
struct WouldPostJson<'a> {
    key: String,
    r#type: &'a str,
    posting_date: String,
    total: String,
    net_cost: String,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    finding: &'a str,
    detail: &'a str,
}
