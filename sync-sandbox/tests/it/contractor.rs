//! The generated contractor: size, dates, sums, books and tables.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use rust_decimal::Decimal;
use sync_sandbox::{
    Sandbox, SandboxOptions,
    contractor::{ConfigUrls, Contractor, ContractorSize, TroubleKind},
    procore::{Line, RecordRef, cents, sum_of},
};

use crate::caller::as_of;

fn full() -> Contractor {
    Contractor::full(1, as_of())
}

#[test]
fn the_full_contractor_has_about_two_thousand_postable_records() {
    for seed in [1, 2, 42] {
        let count = Contractor::full(seed, as_of()).postable();
        assert!((1_850..=2_250).contains(&count.total()), "{seed}: {count:?} {}", count.total());
        assert!(count.purchase_orders > 180 && count.subcontracts > 180, "{count:?}");
        assert!(count.change_orders > 100 && count.requisitions > 400, "{count:?}");
        assert!(count.direct_costs > 700, "{count:?}");
    }
}

#[test]
fn the_smaller_contractors_have_about_forty_and_twenty() {
    let small = Contractor::small(1, as_of());
    assert_eq!(small.project_ids().len(), 2);
    assert!((30..=50).contains(&small.postable().total()), "{:?}", small.postable());
    let one = Contractor::one_project(1, as_of());
    assert_eq!(one.project_ids().len(), 1);
    assert!((14..=26).contains(&one.postable().total()), "{:?}", one.postable());
    assert!(one.troubles.is_empty() && small.troubles.is_empty());
}

#[test]
fn one_seed_gives_one_contractor() {
    let text = |seed| format!("{:?}", Contractor::small(seed, as_of()));
    assert_eq!(text(5), text(5));
    assert_ne!(text(5), text(6));
}

#[test]
fn headers_are_the_sum_of_their_lines_within_the_allowance_except_for_the_named_trouble() {
    let contractor = full();
    let mut off = Vec::new();
    let check = |lines: &[&[Line]], header: Decimal| {
        let rounded: Decimal = lines.iter().flat_map(|l| l.iter()).map(|l| cents(l.amount)).sum();
        let count = lines.iter().map(|l| l.len()).sum::<usize>();
        let allowance = Decimal::new(5, 3) * Decimal::from(u64::try_from(count).unwrap() + 1);
        (rounded - header).abs() <= allowance
    };
    for project in &contractor.company.projects {
        for commitment in &project.commitments {
            if !check(&[&commitment.lines], commitment.grand_total()) {
                off.push(RecordRef::Commitment(commitment.id));
            }
        }
        for order in &project.change_orders {
            assert!(check(&[&order.lines, &order.markups], order.grand_total()));
        }
        for cost in &project.direct_costs {
            assert!(check(&[&cost.lines], cost.subtotal()));
        }
    }
    let trouble =
        contractor.troubles.iter().find(|t| t.kind == TroubleKind::HeaderDiffersFromLines).unwrap();
    assert_eq!(off, [trouble.record]);
}

#[test]
fn some_lines_need_rounding_some_are_negative_some_are_zero() {
    let contractor = full();
    let lines: Vec<Line> = contractor
        .company
        .projects
        .iter()
        .flat_map(|p| p.commitments.iter().flat_map(|c| c.lines.clone()))
        .collect();
    let count = |test: fn(&Line) -> bool| lines.iter().filter(|l| test(l)).count();
    assert!(count(|l| l.amount.normalize().scale() > 2) > 100);
    assert!(count(|l| l.amount.is_sign_negative() && !l.amount.is_zero()) > 10);
    assert!(count(|l| l.amount.is_zero()) > 10);
    assert!(lines.iter().all(|l| l.amount.normalize().scale() <= 4));
    let residual = contractor.company.projects.iter().flat_map(|p| &p.commitments).any(|c| {
        let rounded: Decimal = c.lines.iter().map(|l| cents(l.amount)).sum();
        rounded != cents(sum_of(&c.lines))
    });
    assert!(residual, "somewhere a unit must be placed");
}

#[test]
fn every_posting_date_lies_in_the_window_and_after_its_commitment() {
    for (seed, day) in [(1, 24), (2, 1), (3, 30)] {
        let day = as_of().with_day(day).unwrap();
        let contractor = Contractor::full(seed, day);
        let inside = |date| contractor.start_date <= date && date <= contractor.as_of;
        for project in &contractor.company.projects {
            let dated: BTreeMap<i64, _> = project
                .commitments
                .iter()
                .map(|c| (c.id, c.execution_date.or(c.contract_date).unwrap()))
                .collect();
            assert!(dated.values().all(|d| inside(*d)));
            for order in project.change_orders.iter().filter(|c| c.is_approved()) {
                let reviewed = order.reviewed_at.unwrap().date_naive();
                assert!(inside(reviewed) && reviewed >= dated[&order.contract_id]);
            }
            for requisition in &project.requisitions {
                let end = requisition.requisition_end.unwrap();
                assert!(inside(end) && end >= dated[&requisition.commitment_id]);
            }
            assert!(project.direct_costs.iter().all(|c| inside(c.direct_cost_date.unwrap())));
            let stamps = project.commitments.iter().map(|c| c.updated_at);
            let stamps = stamps.chain(project.requisitions.iter().map(|r| r.updated_at));
            assert!(stamps.map(|s| s.date_naive()).all(inside));
        }
    }
}

#[test]
fn nothing_is_billed_above_its_contract_and_its_approved_change_orders() {
    for seed in 1..=4 {
        let contractor = Contractor::full(seed, as_of());
        for project in &contractor.company.projects {
            for commitment in &project.commitments {
                let approved: Decimal = project
                    .change_orders
                    .iter()
                    .filter(|c| c.contract_id == commitment.id && c.is_approved())
                    .map(|c| c.grand_total())
                    .sum();
                let limit = commitment.grand_total() + approved;
                let chain =
                    project.requisitions.iter().filter(|r| r.commitment_id == commitment.id);
                for requisition in chain {
                    assert!(requisition.completed_to_date() <= limit, "{seed} {}", commitment.id);
                    if requisition.is_final {
                        assert_eq!(requisition.completed_to_date(), limit, "{}", commitment.id);
                    }
                }
                if commitment.status == "Complete" {
                    assert!(commitment.is_postable());
                }
            }
        }
    }
}

#[test]
fn one_record_of_each_trouble_is_named() {
    let contractor = full();
    let company = &contractor.company;
    let kinds: Vec<TroubleKind> = contractor.troubles.iter().map(|t| t.kind).collect();
    assert_eq!(
        kinds,
        [
            TroubleKind::UnmappedCostCode,
            TroubleKind::FrozenVendor,
            TroubleKind::StatedTax,
            TroubleKind::HeaderDiffersFromLines,
        ]
    );
    let cost = |n: usize| {
        let trouble = &contractor.troubles[n];
        let RecordRef::DirectCost(id) = trouble.record else { panic!("{trouble:?}") };
        assert_eq!(trouble.source_key, format!("8089:{}:direct_cost:{id}", trouble.project_id));
        let project = company.project(trouble.project_id).unwrap();
        (project, project.direct_costs.iter().find(|c| c.id == id).unwrap())
    };
    let (project, unmapped) = cost(0);
    let code = project.cost_code(unmapped.lines[0].coding.unwrap().cost_code_id).unwrap();
    assert_eq!(code.full_code, "99-900");
    assert!(!contractor.accounts_csv().contains("99-"));
    let (_, frozen) = cost(1);
    let row = format!("\n{},V99001\n", frozen.vendor_id.unwrap());
    assert!(contractor.vendors_csv().contains(&row));
    assert!(contractor.books.partners.iter().any(|p| p.card_code == "V99001" && p.frozen));
    assert_eq!(cost(2).1.tax_total, Decimal::new(2_400, 2));
    let clean = Contractor::generate(ContractorSize::full().without_troubles(), 1, as_of());
    assert!(clean.troubles.is_empty() && clean.books.partners.iter().all(|p| !p.frozen));
}

#[test]
fn the_tables_name_what_both_systems_hold() {
    let contractor = full();
    let books = &contractor.books;
    let accounts = contractor.accounts_csv();
    assert!(accounts.starts_with("project,sub_job,cost_code,cost_type,gl_account,"));
    for row in accounts.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        assert_eq!(cells.len(), 9, "{row}");
        let account = books.accounts.iter().find(|a| a.code == cells[4]).unwrap();
        assert!(account.postable && !account.control, "{row}");
    }
    let projects = contractor.projects_csv();
    assert_eq!(projects.lines().count(), 21);
    for row in projects.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        assert!(contractor.project_ids().contains(&cells[0].parse().unwrap()));
        assert!(books.projects.iter().any(|p| p.code == cells[1]), "{row}");
        assert!(books.profit_centers.iter().any(|p| p.code == cells[3]), "{row}");
        assert!(books.tax_codes.iter().any(|t| t.code == cells[4]), "{row}");
    }
    let vendors = contractor.vendors_csv();
    assert_eq!(vendors.lines().count(), contractor.company.vendors.len() + 1);
    let cards: Vec<&str> = vendors.lines().skip(1).map(|r| r.split(',').nth(1).unwrap()).collect();
    assert!(cards.iter().all(|c| books.partners.iter().any(|p| p.card_code == *c)));
    assert!(cards.iter().collect::<BTreeSet<_>>().len() < cards.len(), "two vendors were merged");
}

#[test]
fn every_coded_line_but_the_trouble_has_a_rule() {
    let contractor = full();
    let accounts = contractor.accounts_csv();
    let mut unmapped = 0;
    for project in &contractor.company.projects {
        let orders = project.change_orders.iter().flat_map(|c| &c.lines);
        let costs = project.direct_costs.iter().flat_map(|c| &c.lines);
        for line in project.commitments.iter().flat_map(|c| &c.lines).chain(orders).chain(costs) {
            let coding = line.coding.unwrap();
            let code = &project.cost_code(coding.cost_code_id).unwrap().full_code;
            let kind = contractor.company.line_item_type(coding.line_item_type_id).unwrap();
            let rule = format!("*,*,{}-*,{},", &code[..2], kind.code);
            unmapped += usize::from(!accounts.contains(&rule));
        }
    }
    assert_eq!(unmapped, 1);
}

#[test]
fn the_books_are_one_company_with_two_fiscal_years() {
    let contractor = full();
    let books = &contractor.books;
    assert_eq!(books.periods.len(), 24);
    assert_eq!(books.periods[0].from, contractor.start_date);
    for pair in books.periods.windows(2) {
        assert_eq!(pair[0].to.succ_opt().unwrap(), pair[1].from);
    }
    let window: BTreeSet<&str> = books
        .periods
        .iter()
        .filter(|p| p.from <= as_of())
        .map(|p| p.fiscal_year.as_str())
        .collect();
    assert_eq!(window.len(), 1, "the window never crosses a fiscal year");
    assert!(books.profit_centers.iter().all(|p| p.code.len() <= 8));
    assert!(books.projects.iter().all(|p| p.code.len() <= 20));
    assert!(books.partners.iter().all(|p| p.card_code.len() <= 15));
}

#[test]
fn the_configuration_names_the_systems_and_no_secret() {
    let sandbox = Sandbox::standing(full(), SandboxOptions::default());
    let text = sandbox.contractor.config_toml(&ConfigUrls {
        procore: "http://127.0.0.1:1".into(),
        login: "http://127.0.0.1:2".into(),
        service_layer: "http://127.0.0.1:3/b1s/v2".into(),
        state: "sqlite:state.db".into(),
    });
    for needle in [
        "base_url      = \"http://127.0.0.1:1\"",
        "company_id    = 8089",
        "basis             = \"commitment\"",
        "start_date        = \"2025-12-01\"",
        "unbilled_account  = \"2160\"",
        "invoice = \"vendor\"",
    ] {
        assert!(text.contains(needle), "{needle} is missing in\n{text}");
    }
    for (name, value) in sandbox.environment() {
        assert!(text.contains(name), "{name}");
        assert!(value.len() < 8 || !text.contains(&value), "{value}");
    }
}

#[test]
fn invoice_numbers_never_repeat() {
    let contractor = full();
    let mut seen = BTreeSet::new();
    for project in &contractor.company.projects {
        let costs = project.direct_costs.iter().filter_map(|c| c.invoice_number.clone());
        let billed = project.requisitions.iter().filter_map(|r| r.invoice_number.clone());
        for number in costs.chain(billed) {
            assert!(seen.insert(number.clone()), "{number} repeats");
        }
    }
    assert!(seen.len() > 900);
}
