//! Posting dates and posting periods.

use chrono::{FixedOffset, TimeDelta};
use sync_core::{
    catalog::{PaymentTerms, PeriodStatus, TermsStart, Validity},
    memory::PostFault,
    model::Posting,
    policy::{ClosedPeriod, OnChange},
    resolve::Verb,
    states::{FindingKind, Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::subcontract,
    records::{SC, add_up, change_order, change_order_of, co, commitment_of, d, day, dc},
    records::{direct_cost, direct_cost_of, lines_of, moment, req, requisition, requisition_of},
    world::World,
};

/// A direct cost dated on this day, in a world where these months of 2026 are closed.
fn dated(on: &str, closed: &[u32]) -> World {
    let mut record = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
    direct_cost_of(&mut record).dated = Some(day(on));
    let world = World::of([record]);
    close(&world, closed);
    world
}

fn close(world: &World, months: &[u32]) {
    world.ledger.edit_catalog(|catalog| {
        for month in months {
            let name = format!("2026-{month:02}");
            let period = catalog.periods.iter_mut().find(|period| period.name == name).unwrap();
            period.status = PeriodStatus::Closed;
        }
    });
}

#[test]
pub(crate) fn a_date_in_a_closed_period_moves_to_the_next_open_one_and_keeps_its_tax_date() {
    let world = dated("2026-01-15", &[1, 2]);
    let report = world.sync();
    assert_eq!(world.dates(dc(9)), ["2026-03-01"]);
    let Posting::JournalEntry(entry) = &world.postings(dc(9))[0] else { panic!("no entry") };
    assert_eq!(entry.header.tax_date, day("2026-01-15"));
    assert_eq!(report.findings[0].finding.kind, FindingKind::MovedToOpenPeriod);
    assert_eq!(report.exit_code(), 0);
}

#[test]
fn a_tax_window_that_excludes_the_original_date_moves_the_tax_date_too() {
    let world = dated("2026-01-15", &[1, 2]);
    world.ledger.edit_catalog(|catalog| {
        for period in &mut catalog.periods {
            period.tax = period.posting;
        }
    });
    world.sync();
    let Posting::JournalEntry(entry) = &world.postings(dc(9))[0] else { panic!("no entry") };
    assert_eq!(entry.header.tax_date, day("2026-03-01"));
}

#[test]
fn closed_period_hold_leaves_the_record_to_a_person_until_the_period_opens() {
    let mut world = dated("2026-01-15", &[1, 2]);
    world.policy.closed_period = ClosedPeriod::Hold;
    assert_eq!(world.sync().exit_code(), 2);
    let detail = world.assert_cause(dc(9), Reason::PeriodClosed);
    assert!(detail.contains("2026-01-15") && detail.contains("2026-01"), "{detail}");
    world.ledger.edit_catalog(|catalog| {
        for period in &mut catalog.periods {
            period.status = PeriodStatus::Open;
        }
    });
    world.sync();
    assert_eq!(world.dates(dc(9)), ["2026-01-15"]);
}

#[test]
pub(crate) fn the_next_open_period_of_another_year_is_crosses_fiscal_year() {
    let mut world = dated("2025-12-15", &[]);
    world.policy.start_date = day("2025-12-01");
    world.sync();
    world.assert_cause(dc(9), Reason::CrossesFiscalYear);
    assert_eq!(world.ledger.posts(), 0);
}

#[test]
fn without_any_later_open_period_it_is_period_closed() {
    let world = dated("2026-01-15", &(1..=12).collect::<Vec<_>>());
    world.ledger.edit_catalog(|catalog| catalog.periods.retain(|p| p.fiscal_year == "2026"));
    world.sync();
    world.assert_cause(dc(9), Reason::PeriodClosed);
}

#[test]
pub(crate) fn a_date_without_any_period_is_period_closed() {
    let world = dated("2026-03-05", &[]);
    world.ledger.edit_catalog(|catalog| catalog.periods.clear());
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::PeriodClosed);
    assert!(detail.contains("no posting period"), "{detail}");
}

#[test]
fn a_date_after_today_is_future_dated_and_posts_when_its_day_has_come() {
    let world = dated("2026-04-02", &[]);
    let report = world.sync();
    assert_eq!((world.state(dc(9)), report.exit_code()), (RecordState::FutureDated, 0));
    world.assert_reconciles();
    world.clock.set(moment("2026-04-02T00:30:00Z"));
    world.sync();
    assert_eq!(world.dates(dc(9)), ["2026-04-02"]);
}

#[test]
pub(crate) fn a_next_open_period_that_has_not_begun_is_future_dated() {
    let world = dated("2026-01-15", &[1, 2, 3]);
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::FutureDated);
    world.clock.set(moment("2026-04-01T12:00:00Z"));
    world.sync();
    assert_eq!(world.dates(dc(9)), ["2026-04-01"]);
}

#[test]
pub(crate) fn a_due_date_outside_its_window_is_date_out_of_window() {
    let world = dated("2026-03-05", &[]);
    world.ledger.edit_catalog(|catalog| {
        catalog.payment_terms.insert(3, PaymentTerms { days: 30, ..PaymentTerms::default() });
        catalog.partners.get_mut("V100").unwrap().payment_terms = Some(3);
        for period in &mut catalog.periods {
            period.due = Validity { from: None, to: Some(day("2026-03-31")) };
        }
    });
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::DateOutOfWindow);
    assert!(detail.contains("2026-04-04"), "{detail}");
}

#[test]
fn a_payable_falls_due_by_the_partners_terms_from_the_posting_date() {
    let world = dated("2026-01-31", &[1]);
    world.ledger.edit_catalog(|catalog| {
        catalog
            .payment_terms
            .insert(3, PaymentTerms { months: 1, days: 10, ..PaymentTerms::default() });
        catalog.partners.get_mut("V100").unwrap().payment_terms = Some(3);
    });
    world.sync();
    let Posting::JournalEntry(entry) = &world.postings(dc(9))[0] else { panic!("no entry") };
    assert_eq!(entry.lines.last().unwrap().due_date, Some(day("2026-03-11")), "from 2026-02-01");
}

/// Posting date, where the terms start, months, days, and when the payable falls due.
const TERMS: [(&str, TermsStart, u32, i64, &str); 13] = [
    ("2026-03-10", TermsStart::PostingDate, 0, 30, "2026-04-09"),
    ("2026-03-10", TermsStart::PostingDate, 1, 0, "2026-04-10"),
    ("2026-03-10", TermsStart::MonthEnd, 0, 0, "2026-03-31"),
    ("2026-03-10", TermsStart::MonthEnd, 0, 30, "2026-04-30"),
    ("2026-03-31", TermsStart::MonthEnd, 1, 0, "2026-04-30"),
    ("2026-02-10", TermsStart::MonthEnd, 1, 10, "2026-04-07"),
    ("2028-02-10", TermsStart::MonthEnd, 0, 0, "2028-02-29"),
    ("2026-12-05", TermsStart::MonthEnd, 0, 1, "2027-01-01"),
    ("2026-03-10", TermsStart::HalfMonth, 0, 0, "2026-03-15"),
    ("2026-03-10", TermsStart::HalfMonth, 1, 0, "2026-04-15"),
    ("2026-03-10", TermsStart::MonthStart, 1, 9, "2026-04-10"),
    // Nothing falls due before it is posted.
    ("2026-03-20", TermsStart::HalfMonth, 0, 0, "2026-03-20"),
    ("2026-03-20", TermsStart::MonthStart, 0, 14, "2026-03-20"),
];

#[test]
fn terms_count_from_the_posting_date_or_from_the_start_the_half_or_the_end_of_its_month() {
    for (posted, start, months, days, due) in TERMS {
        let terms = PaymentTerms { start, months, days };
        assert_eq!(terms.due_date(day(posted)), day(due), "{posted} {terms:?}");
    }
}

#[test]
fn a_payable_of_a_vendor_that_is_paid_at_the_end_of_the_month_falls_due_then() {
    let world = dated("2026-03-05", &[]);
    world.ledger.edit_catalog(|catalog| {
        let terms = PaymentTerms { start: TermsStart::MonthEnd, months: 1, days: 0 };
        catalog.payment_terms.insert(3, terms);
        catalog.partners.get_mut("V100").unwrap().payment_terms = Some(3);
    });
    world.sync();
    let Posting::JournalEntry(entry) = &world.postings(dc(9))[0] else { panic!("no entry") };
    assert_eq!(entry.lines.last().unwrap().due_date, Some(day("2026-04-30")));
}

#[test]
fn in_the_first_cycle_a_commitment_is_dated_as_agreed() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    assert_eq!(world.dates(SC), ["2026-02-10"]);
}

#[test]
fn later_a_commitment_is_dated_on_the_day_it_was_first_seen_approved() {
    let world = World::of([]);
    world.sync();
    let mut record = subcontract(1, &[(11, "03-300", "100")]);
    record.status = "Draft".to_owned();
    world.put([record]);
    world.sync();
    world.clock.advance(TimeDelta::days(3));
    world.edit(SC, |record| record.status = "Approved".to_owned());
    world.sync();
    assert_eq!(world.dates(SC), ["2026-04-03"]);
}

#[test]
fn without_any_date_the_day_of_creation_counts() {
    let mut record = subcontract(1, &[(11, "03-300", "100")]);
    commitment_of(&mut record).agreed_on = None;
    let mut cost = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
    direct_cost_of(&mut cost).dated = None;
    let world = World::of([cost]);
    world.sync();
    assert_eq!(world.dates(dc(9)), ["2026-02-01"]);
}

#[test]
fn no_change_order_and_no_requisition_is_dated_before_its_commitment() {
    let mut commitment = subcontract(1, &[(11, "03-300", "100")]);
    commitment_of(&mut commitment).agreed_on = Some(day("2026-03-15"));
    let mut change = change_order(5, 1, &[(51, "03-300", "10")]);
    change_order_of(&mut change).reviewed_on = Some(day("2026-03-01"));
    let mut billing = requisition(71, 1, &[(11, "40", "40", "0", "0")], "40");
    requisition_of(&mut billing).period_end = Some(day("2026-03-10"));
    let world = World::of([commitment, change, billing]);
    world.sync();
    assert_eq!(world.dates(SC), ["2026-03-15"]);
    assert_eq!(world.dates(co(5)), ["2026-03-15"]);
    assert_eq!(world.dates(req(71)), ["2026-03-15"]);
}

#[test]
fn an_adjustment_is_dated_on_the_day_the_change_is_seen() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    world.clock.advance(TimeDelta::days(10));
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("120");
        add_up(record);
    });
    world.sync();
    assert_eq!(world.dates(SC), ["2026-02-10", "2026-04-10"]);
}

#[test]
fn today_is_the_projects_day() {
    let world = dated("2026-04-01", &[]);
    world.clock.set(moment("2026-04-01T03:00:00Z"));
    world.clock.set_zone("UTC", chrono::FixedOffset::west_opt(6 * 3600).unwrap());
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::FutureDated, "it is still 31 March there");
}

#[test]
fn a_document_outside_the_tax_window_of_its_period_carries_the_nearest_day_of_it() {
    for (from, to, tax_date) in [
        (Some("2026-02-15"), None, "2026-02-15"),
        (None, Some("2026-02-05"), "2026-02-05"),
        (Some("2026-02-10"), Some("2026-02-10"), "2026-02-10"),
    ] {
        let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
        world.ledger.edit_catalog(|catalog| {
            let february = catalog.periods.iter_mut().find(|period| period.name == "2026-02");
            february.unwrap().tax = Validity { from: from.map(day), to: to.map(day) };
        });
        world.sync();
        let header = world.postings(SC)[0].header().clone();
        assert_eq!(header.posting_date, day("2026-02-10"));
        assert_eq!(header.tax_date, day(tax_date));
    }
}

#[test]
fn a_change_is_dated_on_the_day_it_was_first_seen_however_late_it_is_posted() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.policy.on_change = OnChange::Hold;
    world.sync();
    let raise = |world: &World, amount: &str| {
        world.edit(SC, |record| {
            lines_of(record)[0].amount = d(amount);
            add_up(record);
        });
        world.sync();
        world.assert_cause(SC, Reason::ChangedAfterPosting);
    };
    // Seen on the last day of March, changed no more, let through in April.
    raise(&world, "150");
    world.clock.advance(TimeDelta::days(3));
    world.edit(SC, |record| record.title = "a new title changes no amount".to_owned());
    world.replay(None);
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.dates(SC)[1..], ["2026-03-31"]);
    // A change that is changed again before it is posted is that of the last day.
    raise(&world, "175");
    world.clock.advance(TimeDelta::days(2));
    raise(&world, "180");
    world.clock.advance(TimeDelta::days(2));
    decide(&world, SC, Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.dates(SC)[2], "2026-04-05");
    assert_eq!(world.stored(SC).change_seen_on, None, "it stands");
}

#[test]
fn a_change_that_sap_refuses_for_days_keeps_its_date() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("150");
        add_up(record);
    });
    for _ in 0..3 {
        world.ledger.fail_next_post(PostFault::NotSent);
        world.sync();
        world.clock.advance(TimeDelta::days(1));
    }
    world.sync();
    assert_eq!(world.dates(SC)[1..], ["2026-03-31"]);
}

#[test]
fn a_record_that_left_its_status_is_reversed_on_the_day_that_was_seen() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    world.edit(SC, |record| record.status = "Draft".to_owned());
    for _ in 0..3 {
        world.sync();
        world.clock.advance(TimeDelta::hours(13));
    }
    assert_eq!(world.dates(SC)[1..], ["2026-03-31"]);
}

#[test]
fn what_is_posted_again_is_dated_on_the_projects_day_of_the_decision() {
    // Decided at 20:30 in Chicago, which is the next day in UTC; and in the morning in Sydney, which is
    // the day before in UTC.
    for (hours, decided_at, expected) in
        [(-6, "2026-04-01T02:30:00Z", "2026-03-31"), (10, "2026-04-02T22:00:00Z", "2026-04-03")]
    {
        let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
        world.sync();
        world.clock.set_zone("UTC", FixedOffset::east_opt(hours * 3600).unwrap());
        world.ledger.cancel(world.held(SC)[0].doc_entry);
        world.replay(Some(&[SC]));
        world.clock.set(moment(decided_at));
        decide(&world, SC, Verb::Post).unwrap();
        // The cycle that posts it comes a day later.
        world.clock.advance(TimeDelta::days(1));
        world.sync();
        assert_eq!(world.dates(SC)[1], expected, "{hours} hours east");
    }
}
