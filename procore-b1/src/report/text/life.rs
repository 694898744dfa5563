//! What `explain` prints.

use sync_core::{
    engine::RecordLife,
    plan::{Explanation, Header, HeaderReading, LinePlace},
};

use super::{grid::Grid, mapping::in_short, preview::posting_lines, printable, rounding, say};
use crate::report::amount::accounting;

/// The life of one record.
#[must_use]
pub fn life(life: &RecordLife) -> String {
    let own = &life.explanation;
    let mut text = String::new();
    say(&mut text, format!("{} {} | {}", own.key, printable(&own.number), printable(&own.title)));
    if let Some(failure) = &life.not_read_anew {
        let detail = printable(&failure.detail);
        say(
            &mut text,
            format!("Not read anew ({}: {detail}): this is the stored copy.", failure.name),
        );
    }
    facts(&mut text, own);
    lines(&mut text, own);
    in_sap(&mut text, life);
    decisions(&mut text, life);
    say(&mut text, "");
    say(&mut text, format!("Now: {}", printable(&own.because)));
    for finding in &own.findings {
        say(
            &mut text,
            format!("Worth knowing: {}: {}", finding.kind.name(), printable(&finding.detail)),
        );
    }
    for posting in own.would_post() {
        let header = posting.header();
        say(
            &mut text,
            format!(
                "\nWould post {} {} on {}, {} {}",
                header.key,
                posting.document_type().entity_set(),
                header.posting_date,
                accounting(posting.total(), &header.currency),
                header.currency
            ),
        );
        text.push_str(&posting_lines(posting, &std::collections::BTreeMap::new()));
    }
    text
}

fn facts(text: &mut String, own: &Explanation) {
    let postable = if own.postable { "posted in this status" } else { "not posted in this status" };
    say(text, format!("Procore: status {}, {postable}", printable(&own.status)));
    if let Some(vendor) = &own.vendor {
        let card = own.card_code.as_ref().map_or_else(
            || "no row of vendors.csv".to_owned(),
            |(code, row)| format!("{code} by row {row} of vendors.csv"),
        );
        say(text, format!("Vendor: {} ({}): {card}", printable(&vendor.name), vendor.id));
    }
    if let Some((code, row)) = &own.sap_project {
        say(text, format!("SAP project: {code} by row {row} of projects.csv"));
    }
    if let Some(day) = own.posting_date {
        say(text, format!("Posting date: {day}"));
    }
    if let Some(Header { amount, reading }) = own.header {
        let of = match reading {
            HeaderReading::GrandTotal => "its grand total",
            HeaderReading::Subtotal => "its subtotal",
            HeaderReading::Total => "its total",
            HeaderReading::TotalLessTax => "its total less the stated tax",
        };
        let amount = accounting(amount, &own.currency);
        say(text, format!("Compared with the header: {amount}, {of}"));
    }
    let cause = own.cause.as_ref();
    let cause = cause.map(|c| format!(": {}: {}", c.reason, printable(&c.detail)));
    say(text, format!("After the last cycle: {}{}", own.state, cause.unwrap_or_default()));
}

fn lines(text: &mut String, own: &Explanation) {
    let money = |amount| accounting(amount, &own.currency);
    if !own.lines.is_empty() {
        say(text, "");
        let mut grid = Grid::new(&[
            ">Line",
            "Coding",
            ">Procore says",
            ">Moved",
            ">Target",
            ">SAP holds",
            "Where, by which row",
        ]);
        for line in &own.lines {
            let coding = line.coding.as_ref().map(sync_core::model::CostCoding::token);
            grid.row([
                line.id.to_string(),
                coding.unwrap_or_default(),
                money(line.stated),
                if line.moved.is_zero() { String::new() } else { money(line.moved) },
                line.target.map(money).unwrap_or_default(),
                money(line.held),
                place(&line.place),
            ]);
        }
        text.push_str(&grid.lines());
    }
    rounding::rows(text, &own.rounding);
    if !own.items.is_empty() {
        say(text, "");
        let mut grid = Grid::new(&[">Item", ">Billed", ">Held", ">Released", "What"]);
        for item in &own.items {
            grid.row([
                item.line_item_id.to_string(),
                money(item.gross),
                money(item.held),
                money(item.released),
                item.description.clone(),
            ]);
        }
        text.push_str(&grid.lines());
    }
}

/// Where a line goes, in words.
pub(crate) fn place(place: &LinePlace) -> String {
    match place {
        LinePlace::Standing(coding) => format!("{}, where it stands", in_short(coding)),
        LinePlace::Rule { row, coding } => {
            format!("{}, row {row} of accounts.csv", in_short(coding))
        }
        LinePlace::Unmapped(remedy) => remedy.clone(),
        LinePlace::Spread => "spread over the other lines by amount".to_owned(),
    }
}

fn in_sap(text: &mut String, life: &RecordLife) {
    say(text, "");
    if life.explanation.held.is_empty() {
        say(text, "SAP holds nothing of it.");
    }
    for document in &life.explanation.held {
        let number = document.doc_num.map(|n| format!(", DocNum {n}")).unwrap_or_default();
        say(
            text,
            format!(
                "SAP holds {} {} DocEntry {}{number} of {}, {} {}, net {}: {}",
                document.key,
                document.document_type.entity_set(),
                document.doc_entry,
                document.posting_date,
                accounting(document.total, &document.currency),
                document.currency,
                accounting(document.net_cost(), &document.currency),
                held_name(document.state)
            ),
        );
    }
    for intent in &life.intents {
        say(
            text,
            format!(
                "Sent in cycle {} at {}: {}, {}",
                intent.cycle,
                intent.written_at.to_rfc3339(),
                intent.key,
                intent.state.name()
            ),
        );
    }
}

/// What people decided on it, also where it has lapsed since.
fn decisions(text: &mut String, life: &RecordLife) {
    for act in &life.acts {
        let reason = act.reason.map(|reason| format!(" on {reason}")).unwrap_or_default();
        say(
            text,
            format!(
                "Decided {} by {}{reason}: {}, {}",
                act.at.format("%Y-%m-%d %H:%M UTC"),
                printable(&act.by),
                act.deed,
                printable(&act.note)
            ),
        );
    }
}

/// The name of a held document's state.
pub(crate) const fn held_name(state: sync_core::model::HeldState) -> &'static str {
    use sync_core::model::HeldState;
    match state {
        HeldState::Live => "live",
        HeldState::Cancelled => "cancelled",
        HeldState::PendingApproval => "pending_approval",
        HeldState::Rejected => "rejected",
    }
}
