//! A look-up in a long mapping table takes no memory, so that a cycle may ask for every line of every record.

use sync_core::{
    mapping::{AccountRule, MappingTables, ProjectRow, Target, Unanswered},
    model::{CostCoding, ProjectId},
};

use crate::{
    records::{PROJECT, day},
    world::rule,
};

const RULES: usize = 10_000;

/// Rules of every kind that the index knows: full codes with and without project and sub job, prefixes, any code.
fn long_table() -> MappingTables {
    let mut rules: Vec<AccountRule> = (0..RULES - 2)
        .map(|nth| {
            let code = format!("{:02}-{:04}", nth % 50, nth / 4);
            match nth % 4 {
                0 => rule(nth + 2, &code, "5010"),
                1 => AccountRule { project: Some(PROJECT), ..rule(nth + 2, &code, "5020") },
                2 => AccountRule { sub_job: Some("A".into()), ..rule(nth + 2, &code, "5030") },
                _ => rule(nth + 2, &format!("{code}*"), "5040"),
            }
        })
        .collect();
    rules.push(rule(RULES, "9*", "5050"));
    rules.push(AccountRule {
        tax_code: Target::read("EX"),
        project: Some(PROJECT),
        ..rule(RULES + 1, "*", "5060")
    });
    let other = ProjectRow { row: 3, ..ProjectRow::default() };
    let projects =
        vec![(PROJECT, ProjectRow { row: 2, ..ProjectRow::default() }), (ProjectId(866), other)];
    MappingTables::new(rules, projects, Vec::new()).unwrap()
}

fn coding(sub_job: Option<&str>, code: &str) -> CostCoding {
    CostCoding {
        sub_job: sub_job.map(str::to_owned),
        cost_code: code.to_owned(),
        cost_type: Some("L".to_owned()),
    }
}

#[test]
fn a_look_up_in_a_table_of_ten_thousand_rules_allocates_nothing() {
    let tables = long_table();
    assert_eq!(tables.rules().len(), RULES);
    let day = day("2026-03-01");
    let other = ProjectId(866);
    let asked = [
        (PROJECT, coding(None, "01-2000"), Some("5020")),
        (other, coding(Some("A"), "02-2000"), Some("5030")),
        (other, coding(None, "03-0000-77"), Some("5040")),
        (other, coding(None, "99-1"), Some("5050")),
        (PROJECT, coding(Some("B"), "77-unknown"), Some("5060")),
        (other, coding(None, "77-unknown"), None),
        (ProjectId(1), coding(None, "01-2000"), None),
    ];
    for (project, coding, _) in &asked {
        let count = allocation_counter::measure(|| {
            let located = std::hint::black_box(tables.locate(*project, coding, day));
            if let Ok(located) = located {
                std::hint::black_box((located.dimension(1), located.tax_code()));
            }
        });
        assert_eq!(count.count_total, 0, "{project:?} {coding:?}");
    }
    for (project, coding, account) in &asked {
        let found = tables.locate(*project, coding, day);
        let found = found.map(|located| located.rule.gl_account.as_str());
        let expected = account.ok_or(if *project == ProjectId(1) {
            Unanswered::Project
        } else {
            Unanswered::CostCode
        });
        assert_eq!(found, expected, "{coding:?}");
    }
    // The count counts: the question itself takes memory.
    assert!(allocation_counter::measure(|| drop(asked.clone())).count_total > 0);
}
