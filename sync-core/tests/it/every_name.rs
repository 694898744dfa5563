//! Every state, hold, finding and difference is reached by a test that runs here; the names that the core
//! cannot reach are listed with the reason.

use std::{fs, path::Path};

use sync_core::{
    model::SourceKey,
    policy::Basis,
    states::{DifferenceKind, FindingKind, Reason, RecordState},
};

use crate::{
    broken_off, changes, cut_over, decisions, direct_costs, duplicates, exactly_once, foreign,
    foreign::abroad,
    leaving, ledger_answers, money, periods, reading, rebuilding, reconciling,
    records::{PROJECT, SC, d, day, requisition, subcontract},
    repeats, requisitions, restating,
    seen::{Name, names_seen_in},
    tiers, validation,
    world::World,
};

/// Names that no test of the core can reach, with the reason. A name that the core's code gives to a
/// record may not stand here: it needs a test then.
const OUT_OF_REACH: [(Name, &str); 1] = [(
    Name::State(RecordState::InFlight),
    "an intent is in flight, its record keeps its state until SAP answers",
)];

/// Each name with the test whose cycles, previews or reconciliations report it.
#[rustfmt::skip]
const REACHED: &[(Name, fn())] = &[
    (Name::Reason(Reason::WaitingForParent), requisitions::a_requisition_without_its_commitment_waits_for_parent),
    (Name::Reason(Reason::WaitingForPrevious), broken_off::the_next_requisition_waits_for_one_whose_plan_broke_off),
    (Name::Reason(Reason::Settling), leaving::two_cycles_within_the_settle_time_are_not_enough),
    (Name::Reason(Reason::ProjectUnmapped), a_project_without_a_row_is_project_unmapped),
    (Name::Reason(Reason::CostCodeUnmapped), money::a_commitment_line_without_cost_code_is_held),
    (Name::Reason(Reason::VendorUnmapped), validation::a_vendor_without_row_is_vendor_unmapped_and_names_the_row_to_add),
    (Name::Reason(Reason::VendorMissing), validation::a_commitment_without_vendor_is_vendor_missing),
    (Name::Reason(Reason::VendorInvalid), foreign::a_vendor_of_another_currency_is_invalid_and_one_of_this_or_of_all_is_not),
    (Name::Reason(Reason::AccountInvalid), direct_costs::a_cash_account_as_offset_is_refused),
    (Name::Reason(Reason::ProfitCenterInvalid), a_profit_center_that_sap_lacks_or_that_is_inactive_is_profit_center_invalid),
    (Name::Reason(Reason::SapProjectInvalid), a_project_that_sap_lacks_or_closed_is_sap_project_invalid),
    (Name::Reason(Reason::TaxCodeInvalid), validation::a_tax_code_that_sap_lacks_or_does_not_take_for_purchases_is_tax_code_invalid),
    (Name::Reason(Reason::DimensionRequired), validation::an_account_that_requires_a_project_is_dimension_required),
    (Name::Reason(Reason::BranchMissing), validation::with_branches_on_a_project_without_one_is_branch_missing),
    (Name::Reason(Reason::TaxCodeMissing), validation::an_ap_line_without_a_tax_code_is_tax_code_missing),
    (Name::Reason(Reason::ValueTooLong), validation::a_code_over_saps_length_is_value_too_long_and_says_the_limit),
    (Name::Reason(Reason::CurrencyNotInSap), a_record_in_a_currency_that_sap_lacks_is_currency_not_in_sap),
    (Name::Reason(Reason::AmountOutOfRange), money::an_amount_beyond_thirteen_digits_is_held),
    (Name::Reason(Reason::RoundingMismatch), money::a_header_that_rounding_does_not_explain_is_held_with_both_figures),
    (Name::Reason(Reason::TaxNotConfigured), direct_costs::tax_in_journal_hold_stops_stated_tax),
    (Name::Reason(Reason::ForeignCurrencyNotEnabled), foreign::without_the_switch_a_foreign_record_is_held_and_names_the_key),
    (Name::Reason(Reason::MissingExchangeRate), foreign::a_missing_rate_holds_the_record_with_currency_and_day_until_it_is_entered),
    (Name::Reason(Reason::DoesNotTie), requisitions::a_requisition_whose_predecessor_is_not_posted_waits_for_previous),
    (Name::Reason(Reason::ReleaseExceedsRetainage), requisitions::a_release_above_what_is_held_is_release_exceeds_retainage),
    (Name::Reason(Reason::OverBilling), requisitions::billed_above_approved_is_over_billing),
    (Name::Reason(Reason::OverRecognised), ledger_answers::more_cost_than_the_headers_allow_is_over_recognised),
    (Name::Reason(Reason::PossibleManualDuplicate), duplicates::commitments_and_requisitions_are_compared_too),
    (Name::Reason(Reason::PossibleDoubleCount), repeats::a_direct_cost_with_the_invoice_number_of_a_posted_requisition_is_held),
    (Name::Reason(Reason::VendorReferenceTaken), ledger_answers::a_vendor_reference_that_is_taken_is_held),
    (Name::Reason(Reason::ForeignDocument), ledger_answers::two_live_documents_under_one_sequence_are_a_foreign_document),
    (Name::Reason(Reason::CancelledInSap), ledger_answers::a_document_cancelled_by_a_person_is_cancelled_in_sap_and_not_posted_again),
    (Name::Reason(Reason::RefusedInSap), ledger_answers::a_rejected_draft_is_refused_in_sap_and_never_posted_again_by_itself),
    (Name::Reason(Reason::PeriodClosed), periods::a_date_without_any_period_is_period_closed),
    (Name::Reason(Reason::CrossesFiscalYear), periods::the_next_open_period_of_another_year_is_crosses_fiscal_year),
    (Name::Reason(Reason::DateOutOfWindow), periods::a_due_date_outside_its_window_is_date_out_of_window),
    (Name::Reason(Reason::ChangedBeforeStart), cut_over::a_change_of_another_record_on_the_list_is_changed_before_start),
    (Name::Reason(Reason::LateBeforeStart), cut_over::a_record_that_comes_later_with_an_earlier_date_is_late_before_start),
    (Name::Reason(Reason::ChangedAfterPosting), changes::on_change_hold_leaves_the_difference_to_a_person),
    (Name::Reason(Reason::EndedEarly), leaving::a_commitment_that_ends_with_something_billed_is_ended_early),
    (Name::Reason(Reason::UnbilledRemainder), decisions::the_unbilled_remainder_of_a_finished_commitment_is_released_by_decision_or_by_policy),
    (Name::Reason(Reason::WouldExceedOpenBalance), changes::a_reduction_beyond_what_is_open_is_held),
    (Name::Reason(Reason::TierChanged), tiers::what_is_missing_because_the_tier_changed_waits_and_is_not_reversed),
    (Name::Reason(Reason::UnreadableRecord), reading::a_known_record_that_does_not_decode_is_held_and_not_planned_from_its_old_copy),
    (Name::Reason(Reason::RejectedBySap), ledger_answers::a_refused_document_is_rejected_with_saps_words_and_sent_again_in_the_next_cycle),
    (Name::Reason(Reason::CustomRule), ledger_answers::the_reasons_of_a_refusal_are_told_apart),
    (Name::Reason(Reason::Forbidden), ledger_answers::the_reasons_of_a_refusal_are_told_apart),
    (Name::Reason(Reason::SetupMissing), ledger_answers::the_reasons_of_a_refusal_are_told_apart),
    (Name::State(RecordState::Pending), rebuilding::what_is_missing_in_sap_is_left_for_the_next_cycle),
    (Name::State(RecordState::Posted), reading::a_list_that_fails_says_nothing_of_absence),
    (Name::State(RecordState::Unchanged), changes::a_description_or_a_date_alone_posts_nothing),
    (Name::State(RecordState::NothingToPost), money::a_record_of_zero_lines_is_nothing_to_post),
    (Name::State(RecordState::NotPostable), requisitions::what_is_not_approved_is_not_posted_and_stands_in_the_report_by_status),
    (Name::State(RecordState::NotConfigured), direct_costs::a_type_without_an_offset_is_not_configured_and_no_exception),
    (Name::State(RecordState::Opening), cut_over::a_change_order_reviewed_before_the_start_under_a_carried_over_commitment_is_opening),
    (Name::State(RecordState::OutOfScope), records_of_a_project_that_is_not_visible_any_more_are_out_of_scope_and_stay_posted),
    (Name::State(RecordState::FutureDated), periods::a_next_open_period_that_has_not_begun_is_future_dated),
    (Name::State(RecordState::Waiting), a_child_without_its_parent_is_waiting_and_waits_for_nobody),
    (Name::State(RecordState::Held), a_project_without_a_row_is_project_unmapped),
    (Name::State(RecordState::Rejected), ledger_answers::a_refused_document_is_rejected_with_saps_words_and_sent_again_in_the_next_cycle),
    (Name::State(RecordState::Uncertain), exactly_once::a_lost_answer_is_found_by_the_next_cycle_and_not_sent_again),
    (Name::State(RecordState::PendingApproval), ledger_answers::a_draft_is_pending_approval_and_nothing_further_is_planned),
    (Name::State(RecordState::Skipped), repeats::of_two_that_are_new_neither_is_posted_before_a_person_chose_one),
    (Name::Finding(FindingKind::QuantityPriceDiffers), money::quantity_times_price_is_a_finding_and_never_a_substitute),
    (Name::Finding(FindingKind::ExcessDecimals), money::a_cent_that_rounding_leaves_goes_to_the_largest_remainder_ties_to_the_smaller_id),
    (Name::Finding(FindingKind::MovedToOpenPeriod), periods::a_date_in_a_closed_period_moves_to_the_next_open_one_and_keeps_its_tax_date),
    (Name::Finding(FindingKind::TaxRounding), ledger_answers::a_tax_of_sap_that_is_off_by_a_cent_is_tax_rounding),
    (Name::Finding(FindingKind::TaxDiffers), requisitions::stated_tax_beside_the_share_of_saps_tax_is_only_compared),
    (Name::Finding(FindingKind::BilledOverApproved), billing_above_what_is_approved_is_a_finding_where_billing_is_cost),
    (Name::Finding(FindingKind::PossibleRepeat), repeats::the_same_vendor_amount_and_month_is_a_finding_and_stops_nothing),
    (Name::Finding(FindingKind::NotInBudget), reconciling::a_line_on_a_cost_code_without_a_budget_is_a_finding_that_stops_nothing),
    (Name::Finding(FindingKind::BudgetUnavailable), reconciling::a_budget_that_cannot_be_read_is_a_finding_and_the_other_figures_stand),
    (Name::Finding(FindingKind::ExchangeDifference), foreign::what_moved_rates_leave_on_a_cleared_commitment_is_an_exchange_difference),
    (Name::Finding(FindingKind::NotRestated), restating::what_was_paid_is_adjusted_instead_and_says_so),
    (Name::Finding(FindingKind::SapRecalculated), ledger_answers::a_tax_of_sap_that_is_off_by_more_is_sap_recalculated_and_waits_for_a_person),
    (Name::Difference(DifferenceKind::Edited), ledger_answers::a_document_edited_in_sap_is_a_difference),
    (Name::Difference(DifferenceKind::Cancelled), reconciling::a_cancelled_document_stands_on_no_account),
    (Name::Difference(DifferenceKind::Recalculated), reconciling::amounts_that_sap_computed_anew_are_called_recalculated),
    (Name::Difference(DifferenceKind::Missing), reconciling::a_document_that_vanished_is_called_missing),
    (Name::Difference(DifferenceKind::Unknown), ledger_answers::a_document_of_no_record_is_an_unknown_difference),
];

fn every_name() -> Vec<Name> {
    let reasons = Reason::ALL.iter().copied().map(Name::Reason);
    let states = RecordState::ALL.into_iter().map(Name::State);
    let findings = FindingKind::ALL.iter().copied().map(Name::Finding);
    let differences = DifferenceKind::ALL.into_iter().map(Name::Difference);
    reasons.chain(states).chain(findings).chain(differences).collect()
}

#[test]
fn every_name_has_a_test_or_is_out_of_reach_with_its_reason() {
    let listed = REACHED.iter().map(|(name, _)| *name);
    let listed: Vec<Name> = listed.chain(OUT_OF_REACH.map(|(name, _)| name)).collect();
    let every = every_name();
    assert!(every.iter().all(|name| listed.contains(name)), "not listed: {:?}", {
        every.iter().filter(|name| !listed.contains(name)).collect::<Vec<_>>()
    });
    assert_eq!(listed.len(), every.len(), "a name stands here twice");
}

#[test]
fn the_test_of_every_name_reports_it() {
    let silent: Vec<Name> = REACHED
        .iter()
        .filter(|(name, test)| !names_seen_in(*test).contains(name))
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(silent, [], "their tests run and never report them");
}

/// The Rust code below a folder, without what only names names.
fn code(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["states", "contract"].contains(&name.as_str()) {
            texts.extend(code(&path));
        } else if name.ends_with(".rs") {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

#[test]
fn what_is_out_of_reach_is_given_to_no_record_by_the_core() {
    let code = code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for (name, why) in OUT_OF_REACH {
        let Name::State(state) = name else { panic!("{name:?} has a test") };
        let text = format!("RecordState::{state:?}");
        // Matching on a name gives it to nobody.
        let given = code.iter().flat_map(|text| text.lines()).find(|line| {
            line.contains(&text)
                && !line.contains("=>")
                && !line.contains("matches!(")
                && !line.trim_start().starts_with('|')
        });
        assert_eq!(given, None, "{text} is given to records now ({why}): write its test");
    }
}

#[test]
fn every_hold_has_a_remedy_in_a_sentence_and_what_waits_for_a_person_can_be_decided() {
    for reason in Reason::ALL {
        let remedy = reason.remedy();
        assert!(remedy.len() > 10 && !remedy.ends_with('.'), "{reason}: {remedy}");
        let waits = matches!(
            reason,
            Reason::WaitingForParent | Reason::WaitingForPrevious | Reason::Settling
        );
        let mended_only = *reason == Reason::UnreadableRecord;
        assert_eq!(reason.decisions().skip, !waits && !mended_only, "{reason}");
    }
}

#[test]
fn a_project_without_a_row_is_project_unmapped() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.project_mapped = false;
    world.sync();
    let detail = world.assert_cause(SC, Reason::ProjectUnmapped);
    assert!(detail.contains(&PROJECT.to_string()), "{detail}");
    assert_eq!(world.state(SC), RecordState::Held);
}

#[test]
fn a_profit_center_that_sap_lacks_or_that_is_inactive_is_profit_center_invalid() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.project_row.dimensions[0] = Some("NONE".to_owned());
    world.sync();
    assert!(world.assert_cause(SC, Reason::ProfitCenterInvalid).contains("NONE"));
    world.project_row.dimensions[0] = Some("CHI".to_owned());
    world.ledger.edit_catalog(|catalog| {
        catalog.profit_centers.get_mut("CHI").unwrap().active = false;
    });
    world.sync();
    assert!(world.assert_cause(SC, Reason::ProfitCenterInvalid).contains("CHI"));
    world.ledger.edit_catalog(|catalog| {
        catalog.profit_centers.get_mut("CHI").unwrap().active = true;
    });
    assert_eq!(world.sync().exit_code(), 0);
}

#[test]
fn a_project_that_sap_lacks_or_closed_is_sap_project_invalid() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.project_row.sap_project = Some("NONE".to_owned());
    world.sync();
    assert!(world.assert_cause(SC, Reason::SapProjectInvalid).contains("NONE"));
    world.project_row.sap_project = Some("P865".to_owned());
    world.ledger.edit_catalog(|catalog| catalog.projects.get_mut("P865").unwrap().active = false);
    world.sync();
    assert!(world.assert_cause(SC, Reason::SapProjectInvalid).contains("P865"));
}

#[test]
fn billing_above_what_is_approved_is_a_finding_where_billing_is_cost() {
    let world = World::on(Basis::Progress);
    world.put([
        subcontract(1, &[(11, "03-300", "100")]),
        requisition(71, 1, &[(11, "130", "130", "0", "0")], "130"),
    ]);
    let report = world.sync();
    let found: Vec<_> = report.findings.iter().map(|row| row.finding.kind).collect();
    assert_eq!(found, [FindingKind::BilledOverApproved]);
    assert_eq!(report.exit_code(), 0);
    assert_eq!(world.cost(), "130".parse().unwrap());
}

#[test]
fn a_child_without_its_parent_is_waiting_and_waits_for_nobody() {
    let world = World::of([requisition(71, 1, &[(11, "40", "40", "0", "0")], "40")]);
    let report = world.sync();
    let key: SourceKey = crate::records::req(71);
    assert_eq!(world.state(key), RecordState::Waiting);
    assert_eq!((report.counts.get(&RecordState::Waiting), report.exit_code()), (Some(&1), 0));
}

#[test]
fn records_of_a_project_that_is_not_visible_any_more_are_out_of_scope_and_stay_posted() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    world.source.hide(PROJECT);
    let report = world.cycle();
    assert_eq!(report.counts.get(&RecordState::OutOfScope), Some(&1));
    assert_eq!((report.seen(), report.exit_code()), (1, 1));
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
    world.source.show(PROJECT);
    assert_eq!(world.sync().counts.get(&RecordState::Unchanged), Some(&1));
}

#[test]
fn a_record_in_a_currency_that_sap_lacks_is_currency_not_in_sap() {
    let world = abroad(World::new());
    // Somebody entered a rate for it, and not the currency.
    let rate = sync_core::exchange::ExchangeRate::direct(d("2"));
    world.ledger.set_rate("XTS", day("2026-01-01"), rate);
    let mut record = subcontract(1, &[(11, "03-300", "100")]);
    record.currency = Some("XTS".to_owned());
    world.put([record]);
    world.sync();
    assert!(world.assert_cause(SC, Reason::CurrencyNotInSap).contains("XTS"));
    assert_eq!(world.ledger.posts(), 0);
}
