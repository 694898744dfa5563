//! Records, intents and profiles that are hard to keep: many digits, odd bytes, every field filled.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;

use crate::{
    model::{
        ApDocument, ApLine, Coding, Commitment, CompanyId, CostCoding, CostLine, CostRecord,
        DirectCost, DocumentKey, DocumentType, HeldDocument, HeldLine, HeldState, JournalTarget,
        Kind, LineMark, Posting, PostingHeader, ProjectId, RecordBody, SourceKey, Vendor,
    },
    ports::{
        Act, Deed, Epoch, Intent, IntentState, OpeningEntry, OpeningLine, Profile, ResultRow,
        Settling, StoredRecord,
    },
    resolve::{Adoption, Decisions, Resolution, Verb},
    states::{Cause, Finding, FindingKind, Reason, RecordState},
};

/// The project of every record.
pub(crate) const PROJECT: ProjectId = ProjectId(865);

/// In the order of keys.
pub(super) fn sorted(mut records: Vec<StoredRecord>) -> Vec<StoredRecord> {
    records.sort_by_key(StoredRecord::key);
    records
}

/// A moment with nanoseconds.
pub(crate) fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::new(1_780_000_000 + second, 123_456_789).expect("small")
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 2, day).expect("a day of February")
}

fn amount(digits: &str) -> Decimal {
    Decimal::from_str_exact(digits).expect("at most 28 digits")
}

/// A key of the project.
pub(crate) fn key(kind: Kind, id: i64) -> SourceKey {
    SourceKey { company: CompanyId(8089), project: PROJECT, kind, id }
}

/// The companies.
pub(super) fn profile() -> Profile {
    Profile {
        company: CompanyId(8089),
        environment: "https://sandbox.example".to_owned(),
        ledger: "https://b1.example:50000/SBODEMOUS".to_owned(),
        basis: "commitment".to_owned(),
        start_date: day(1),
        opening: "Müller's \"opening\"\nlist".to_owned(),
        reference: "key".to_owned(),
    }
}

/// A commitment of which little is known.
pub(crate) fn commitment(id: i64, state: RecordState) -> StoredRecord {
    let body = RecordBody::Commitment(Commitment {
        grand_total: None,
        approved_change_orders: None,
        agreed_on: None,
        lines: Vec::new(),
    });
    let record = CostRecord {
        key: key(Kind::Subcontract, id),
        number: format!("SC-{id}"),
        title: String::new(),
        status: "Draft".to_owned(),
        deleted: false,
        vendor: None,
        currency: None,
        created_on: day(1),
        updated_at: at(0),
        body,
    };
    StoredRecord { state, ..StoredRecord::unplanned(record, at(0)) }
}

/// One decision on each of two holds.
fn decisions() -> Decisions {
    let mut decisions = Decisions::default();
    for (verb, reason) in
        [(Verb::Adopt(412), Reason::DoesNotTie), (Verb::Post, Reason::PossibleDoubleCount)]
    {
        decisions.take(Resolution {
            verb,
            reason,
            fingerprint: "9f86d081884c7d65".to_owned(),
            by: "Åse".to_owned(),
            note: "agreed with\nthe controller".to_owned(),
            at: at(9),
        });
    }
    decisions
}

/// A direct cost with every field filled; it waits for a person.
pub(super) fn full_record() -> StoredRecord {
    let id = 598_134_325_841_112;
    StoredRecord {
        record: CostRecord {
            key: key(Kind::DirectCost, id),
            number: "0042".to_owned(),
            title: "Rebar \u{1F3D7} \"Ø 12\" \\ 'half'\nsecond line\u{0}".to_owned(),
            status: "Approved".to_owned(),
            deleted: true,
            vendor: Some(Vendor { id: i64::MAX, name: "Åse & Søn".to_owned() }),
            currency: Some("USD".to_owned()),
            created_on: day(2),
            updated_at: at(5),
            body: RecordBody::DirectCost(direct_cost()),
        },
        fingerprint: "9f86d081884c7d65".to_owned(),
        state: RecordState::Held,
        cause: Some(Cause::new(Reason::DoesNotTie, "the header says 1.00, the lines 1.01")),
        findings: vec![Finding { kind: FindingKind::ExcessDecimals, detail: "seen".to_owned() }],
        absent: true,
        first_seen_at: at(1),
        lines_read_at: Some(at(2)),
        change_seen_on: Some(day(6)),
        first_postable_on: Some(day(3)),
        postable_at_first_cycle: true,
        settling: Some(Settling { since: at(7), cycles: u32::MAX, seen_in_cycle: Some(i64::MAX) }),
        opening: Some(OpeningEntry {
            dated: day(4),
            amount: amount("100.000000000000000000000001"),
            billed: amount("-0.10"),
            retained: amount("0.000"),
            currency: "EUR".to_owned(),
            vendor: Some(Vendor { id: 7, name: "Åse & Søn".to_owned() }),
            card_code: Some("V100".to_owned()),
            lines: vec![OpeningLine {
                id: i64::MIN,
                amount: amount("99.900000000000000000000001"),
                coding: None,
                place: Some(Coding::default()),
            }],
            held: amount("5.00"),
            released: amount("-0.000"),
            tax: amount("8.0"),
            fingerprint: "9f86d081884c7d65".to_owned(),
        }),
        posting_date: Some(day(5)),
        sequence: 12,
        reference_refused: 11,
        documents: vec![held(key(Kind::DirectCost, id))],
        planned_in_cycle: i64::MAX,
        decisions: decisions(),
        adopted: Some(Adoption {
            doc_entry: i64::MAX,
            invoice: "A/P invoice 90412 (DocEntry 412) of V100".to_owned(),
            reason: Reason::PossibleManualDuplicate,
            fingerprint: "9f86d081884c7d65".to_owned(),
            by: "Åse".to_owned(),
            note: "one cost".to_owned(),
            at: at(9),
        }),
        answered: vec![1, u32::MAX],
        tiers: Some(3),
        unmatched: true,
        places: vec![crate::model::PostedPlace {
            mark: crate::model::LineMark::Encumbrance(7),
            coding: crate::model::Coding {
                account: "9010".to_owned(),
                tax_code: Some("EX".to_owned()),
                ..Default::default()
            },
            text: "03-300 S \u{D8} 12".to_owned(),
        }],
        rounding: vec![crate::model::RoundingRow {
            source: key(Kind::DirectCost, id),
            line: i64::MIN,
            currency: "USD".to_owned(),
            exact: amount("33.3333333333333333333333333"),
            rounded: amount("33.330"),
            moved: amount("-0.01"),
            since: day(5),
        }],
    }
}

/// Amounts of 28 digits and of every scale.
fn direct_cost() -> DirectCost {
    let line = |id, digits| CostLine {
        id,
        amount: amount(digits),
        quantity: Some(amount("3.0000")),
        unit_cost: None,
        calculated: true,
        coding: Some(CostCoding {
            sub_job: Some("S1".to_owned()),
            cost_code: "03-300".to_owned(),
            cost_type: Some("M".to_owned()),
        }),
        description: "line".to_owned(),
    };
    DirectCost {
        direct_cost_type: "invoice".to_owned(),
        invoice_number: Some("INV 7/2026".to_owned()),
        total: Some(amount("9999999999999999999999999999")),
        subtotal: Some(amount("-0.9999999999999999999999999999")),
        stated_tax: Some(amount("0.00")),
        dated: Some(day(6)),
        lines: vec![
            line(1, "12345678901234.12345678901234"),
            line(2, "-1.10"),
            line(3, "1.1"),
            line(4, "0.0000000000000000000000000001"),
        ],
    }
}

fn held(source: SourceKey) -> HeldDocument {
    HeldDocument {
        key: DocumentKey { source, sequence: 12 },
        revision: "9f86d081884c7d65".to_owned(),
        document_type: DocumentType::PurchaseInvoice,
        doc_entry: 4711,
        doc_num: Some(815),
        state: HeldState::Live,
        posting_date: day(5),
        card_code: Some("V10000".to_owned()),
        control_account: Some("2160".to_owned()),
        branch: Some(-2),
        currency: "USD".to_owned(),
        total: amount("1234567.890000"),
        local_total: Some(amount("1358024.68")),
        tax: amount("0.00"),
        paid: amount("1.0"),
        open: true,
        lines: vec![HeldLine {
            mark: Some(LineMark::Tax(9)),
            target: JournalTarget::Account(coding()),
            amount: amount("1234567.890000"),
            local: None,
            tax: amount("0"),
            paid: Decimal::ZERO,
            description: "03-300.M line".to_owned(),
        }],
    }
}

fn coding() -> Coding {
    Coding {
        account: "_SYS00000000042".to_owned(),
        dimensions: [Some("CC1".to_owned()), None, Some(String::new()), None, None],
        project: Some("P1".to_owned()),
        tax_code: None,
    }
}

/// An intent whose body is no text and whose amount has 28 digits.
pub(crate) fn intent(sequence: u32, epoch: Epoch) -> Intent {
    let key = DocumentKey { source: key(Kind::PurchaseOrder, 500), sequence };
    let header = PostingHeader {
        key,
        revision: "0123456789abcdef".to_owned(),
        posting_date: day(7),
        tax_date: day(8),
        reference: "P1/PO-500".to_owned(),
        memo: "Procore purchase_order PO-500".to_owned(),
        currency: "USD".to_owned(),
        exchange_rate: None,
        project: None,
        branch: Some(-2),
    };
    let line = ApLine {
        mark: LineMark::Sum(3),
        coding: coding(),
        amount: amount("1234567890123456789012345.670"),
        wt_liable: Some(false),
        description: "03-300 concrete".to_owned(),
    };
    let mut body: Vec<u8> = (0..=u8::MAX).collect();
    body.extend(sequence.to_le_bytes());
    Intent {
        key,
        posting: Posting::PurchaseCreditNote(ApDocument {
            header,
            card_code: "V10000".to_owned(),
            control_account: None,
            payment_block: true,
            expected_tax: amount("0.10"),
            comments: "two\nlines".to_owned(),
            lines: vec![line],
        }),
        document_type: DocumentType::PurchaseCreditNote,
        body,
        state: IntentState::InFlight,
        written_at: at(20),
        given_up_at: None,
        epoch,
        cycle: 3,
    }
}

/// A decision on a record, in words that are hard to keep.
pub(super) fn act() -> Act {
    Act {
        deed: Deed::Resolve(Verb::Adopt(i64::MAX)),
        key: Some(key(Kind::DirectCost, 598_134_325_841_112)),
        reason: Some(Reason::PossibleManualDuplicate),
        fingerprint: "9f86d081884c7d65".to_owned(),
        by: "Åse \"the\" controller".to_owned(),
        note: "one cost,\nkeyed by 'hand': yes".to_owned(),
        at: at(9),
        unsettled: false,
    }
}

/// A result of an intent.
pub(crate) fn result(
    intent: &Intent,
    state: IntentState,
    given_up_at: Option<DateTime<Utc>>,
) -> ResultRow {
    let doc_entry = (state == IntentState::Posted).then_some(4711);
    ResultRow { key: intent.key, state, given_up_at, doc_entry, detail: "as SAP said".to_owned() }
}
