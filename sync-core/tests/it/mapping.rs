//! The mapping tables: which rule answers.

use chrono::NaiveDate;
use proptest::{collection::vec, prelude::*};
use sync_core::{
    mapping::{AccountRule, MappingTables, ProjectRow, VendorRow},
    model::{CostCoding, ProjectId},
};

use crate::{
    records::{PROJECT, day},
    world::rule,
};

fn coding(sub_job: Option<&str>, code: &str, cost_type: &str) -> CostCoding {
    CostCoding {
        sub_job: sub_job.map(str::to_owned),
        cost_code: code.to_owned(),
        cost_type: Some(cost_type.to_owned()),
    }
}

pub(crate) fn tables(rules: Vec<AccountRule>) -> MappingTables {
    let row = |row| ProjectRow { row, ..ProjectRow::default() };
    let projects = vec![(PROJECT, row(2)), (ProjectId(866), row(3))];
    let vendor = VendorRow { row: 2, card_code: "V100".to_owned(), wt_liable: None };
    MappingTables::new(rules, projects, vec![(1, vendor)]).unwrap()
}

fn row_of(tables: &MappingTables, project: ProjectId, coding: &CostCoding) -> Option<usize> {
    tables.locate(project, coding, day("2026-03-01")).ok().map(|located| located.rule.row)
}

#[test]
fn sub_job_comes_before_cost_code_and_project_before_both() {
    let tables = tables(vec![
        rule(2, "03-300", "5010"),
        AccountRule { sub_job: Some("A".into()), ..rule(3, "*", "5020") },
        AccountRule { project: Some(PROJECT), ..rule(4, "*", "5030") },
        AccountRule {
            project: Some(PROJECT),
            sub_job: Some("A".into()),
            ..rule(5, "03-*", "5040")
        },
    ]);
    let other = ProjectId(866);
    assert_eq!(row_of(&tables, other, &coding(None, "03-300", "L")), Some(2));
    assert_eq!(row_of(&tables, other, &coding(Some("A"), "03-300", "L")), Some(3));
    assert_eq!(row_of(&tables, other, &coding(Some("B"), "03-300", "L")), Some(2));
    assert_eq!(row_of(&tables, PROJECT, &coding(Some("B"), "03-300", "L")), Some(4));
    assert_eq!(row_of(&tables, PROJECT, &coding(Some("A"), "03-300", "L")), Some(5));
    assert_eq!(row_of(&tables, PROJECT, &coding(Some("A"), "26-100", "L")), Some(4));
}

#[test]
fn the_answer_is_the_one_that_trying_every_rule_in_order_gives() {
    let codes = ["*", "0*", "03-*", "03-3*", "03-300", "03-300-\u{e9}*", "26-100"];
    let mut rules = Vec::new();
    for project in [None, Some(PROJECT)] {
        for sub_job in [None, Some("A")] {
            for code in codes {
                for cost_type in [None, Some("L"), Some("S")] {
                    // Every third combination is left out, so that look-ups fall through.
                    let row = rules.len() + 2;
                    rules.push(AccountRule {
                        project,
                        sub_job: sub_job.map(str::to_owned),
                        cost_type: cost_type.map(str::to_owned),
                        ..rule(row, code, "5010")
                    });
                }
            }
        }
    }
    let rules: Vec<AccountRule> =
        rules.into_iter().filter(|rule| rule.row % 3 != 0 && rule.row % 7 != 0).collect();
    let tables = tables(rules);
    let mut answered = 0;
    for project in [PROJECT, ProjectId(866)] {
        for sub_job in [None, Some("A"), Some("B")] {
            for code in ["", "0", "03-300", "03-300-\u{e9}1", "03-31", "26-100", "\u{e9}"] {
                for cost_type in ["L", "S", "X"] {
                    let asked = coding(sub_job, code, cost_type);
                    let day = day("2026-03-01");
                    let slow = tables.rules().iter().find(|r| r.matches(project, &asked, day));
                    let fast = row_of(&tables, project, &asked);
                    assert_eq!(fast, slow.map(|rule| rule.row), "{project} {asked:?}");
                    answered += usize::from(fast.is_some());
                }
            }
        }
    }
    assert!(answered > 50, "{answered}");
}

/// Any rule over a small world of projects, sub jobs, codes, types and months, so that rules meet.
fn any_rule() -> impl Strategy<Value = AccountRule> {
    let codes = ["*", "0*", "03-*", "03-3*", "03-300", "03-310", "26-*", "26-100"];
    let month = |month: u32| NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
    (
        prop_oneof![Just(None), Just(Some(PROJECT)), Just(Some(ProjectId(866)))],
        prop_oneof![Just(None), Just(Some("A")), Just(Some("B"))],
        0..codes.len(),
        prop_oneof![Just(None), Just(Some("L")), Just(Some("S"))],
        proptest::option::of(1_u32..7),
        proptest::option::of(6_u32..12),
    )
        .prop_map(move |(project, sub_job, code, cost_type, from, to)| AccountRule {
            project,
            sub_job: sub_job.map(str::to_owned),
            cost_type: cost_type.map(str::to_owned),
            valid_from: from.map(month),
            valid_to: to.map(month),
            ..rule(2, codes[code], "5010")
        })
}

/// Rules that do not contradict each other, with rows and accounts of their own.
fn any_rules() -> impl Strategy<Value = Vec<AccountRule>> {
    vec(any_rule(), 0..40).prop_map(|rules| {
        let mut kept: Vec<AccountRule> = Vec::new();
        for rule in rules {
            let same = |other: &AccountRule| {
                other.project == rule.project
                    && other.sub_job == rule.sub_job
                    && other.cost_code == rule.cost_code
                    && other.cost_type == rule.cost_type
            };
            if !kept.iter().any(same) {
                let row = kept.len() + 2;
                kept.push(AccountRule { row, gl_account: format!("5{row:03}"), ..rule });
            }
        }
        kept
    })
}

fn any_question() -> impl Strategy<Value = (ProjectId, CostCoding, NaiveDate)> {
    let codes = ["", "0", "03-300", "03-310", "03-399", "26-100", "26-1", "31-000"];
    (
        prop_oneof![Just(PROJECT), Just(ProjectId(866))],
        prop_oneof![Just(None), Just(Some("A")), Just(Some("C"))],
        0..codes.len(),
        prop_oneof![Just("L"), Just("S"), Just("X")],
        1_u32..13,
    )
        .prop_map(move |(project, sub_job, code, cost_type, month)| {
            let day = NaiveDate::from_ymd_opt(2026, month, 15).unwrap();
            (project, coding(sub_job, codes[code], cost_type), day)
        })
}

proptest! {
    #[test]
    fn the_order_of_rules_never_matters_and_the_index_answers_as_a_scan_of_every_rule(
        rules in any_rules(),
        shuffled in any::<prop::sample::Index>(),
        questions in vec(any_question(), 1..40),
    ) {
        let mut turned = rules.clone();
        turned.reverse();
        let by = shuffled.index(turned.len().max(1)).min(turned.len());
        turned.rotate_left(by);
        let (tables, turned) = (tables(rules.clone()), tables(turned));
        for (project, asked, day) in &questions {
            let answer = tables.locate(*project, asked, *day).ok();
            let row = answer.map(|located| located.rule.row);
            let other = turned.locate(*project, asked, *day).ok().map(|located| located.rule.row);
            prop_assert_eq!(row, other);
            // By hand: of all rules that match, the one that is more specific than every other.
            let matching: Vec<&AccountRule> =
                rules.iter().filter(|rule| rule.matches(*project, asked, *day)).collect();
            let best = matching.iter().copied().max_by_key(|rule| {
                let code = match rule.cost_code.strip_suffix('*') {
                    Some(prefix) => (0, prefix.len()),
                    None => (1, 0),
                };
                (rule.project.is_some(), rule.sub_job.is_some(), code, rule.cost_type.is_some())
            });
            prop_assert_eq!(row, best.map(|rule| rule.row), "{:?} {:?}", asked, day);
        }
    }

    #[test]
    fn equally_specific_rules_of_one_day_are_refused_whatever_their_order(
        rule in any_rule(),
        from in 1_u32..12,
        swap in any::<bool>(),
    ) {
        let month = |month: u32| NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
        let first = AccountRule { valid_from: None, valid_to: Some(month(6)), ..rule.clone() };
        let second =
            AccountRule { row: 3, valid_from: Some(month(from)), valid_to: None, ..rule };
        let rules = if swap { vec![second, first] } else { vec![first, second] };
        let tables = MappingTables::new(rules, vec![], vec![]);
        // The first holds to the first of June, the second from the first of its month on.
        prop_assert_eq!(tables.is_err(), from <= 6);
        if let Err(faults) = tables {
            prop_assert!(faults[0].detail.contains("rows 2 and 3"), "{}", faults[0].detail);
        }
    }
}

#[test]
fn ten_thousand_rules_answer_as_a_scan_would_and_a_look_up_allocates_nothing() {
    let mut rules = vec![rule(2, "*", "5090")];
    for number in 0_i64..10_000 {
        let row = rules.len() + 2;
        let code = format!("{:02}-{:03}", number % 50, number % 997);
        let project = (number % 3 != 0).then_some(ProjectId(865 + number % 40));
        let own = AccountRule { project, ..rule(row, &code, "5010") };
        let same = |other: &&AccountRule| other.project == project && other.cost_code == code;
        if !rules.iter().rev().take(4_000).any(|other| same(&other)) {
            rules.push(own);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    rules.retain(|rule| seen.insert((rule.project, rule.cost_code.clone())));
    let tables = tables(rules);
    for number in 0..200 {
        let asked = coding(None, &format!("{:02}-{:03}", number % 50, number * 7 % 997), "L");
        for project in [PROJECT, ProjectId(866)] {
            let on = day("2026-03-01");
            let slow = tables.rules().iter().find(|rule| rule.matches(project, &asked, on));
            let mut fast = None;
            let allocations = allocation_counter::measure(|| {
                let located = tables.locate(project, &asked, on).ok();
                fast = located.map(|located| (located.rule.row, located.dimension(1)));
            });
            assert_eq!(allocations.count_total, 0, "a look-up allocates nothing");
            assert_eq!(fast.map(|(row, _)| row), slow.map(|rule| rule.row));
        }
    }
}
