//! Pages, their headers and quirks; filters.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::Value;
use sync_sandbox::procore::{PageQuirk, ProcoreOptions, RecordRef};

use crate::caller::{Caller, id, one_project, since};

fn ids(rows: &[Value]) -> BTreeSet<i64> {
    rows.iter().map(id).collect()
}

#[test]
fn pages_follow_each_other_by_link_and_name_the_total() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let target = format!("/rest/v1.0/cost_codes?project_id={project}&per_page=15");
    let first = caller.ok(&target);
    assert_eq!(first.rows().len(), 15);
    assert_eq!(first.header("total"), Some("40"));
    assert_eq!(first.header("per-page"), Some("15"));
    assert!(first.link("prev").is_none());
    let last = caller.ok(&first.link("last").unwrap());
    assert_eq!(last.rows().len(), 10);
    assert!(last.link("next").is_none(), "the last page has no next");
    let all = caller.all(&target);
    assert_eq!((all.len(), ids(&all).len()), (40, 40));
    assert!(first.link("next").unwrap().contains(&format!("project_id={project}")));
}

#[test]
fn requisitions_come_thirty_a_page_and_v2_lines_ten() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let answer = caller.ok(&format!("/rest/v1.1/requisitions?project_id={project}"));
    assert_eq!(answer.header("per-page"), Some("30"));
    let contract = sandbox.procore.read(|c| c.projects[0].commitments[0].id);
    let lines = format!(
        "/rest/v2.0/companies/8089/projects/{project}/commitment_contracts/{contract}/line_items"
    );
    let answer = caller.ok(&lines);
    assert_eq!(answer.header("per-page"), Some("10"));
    assert!(answer.json()["data"].is_array());
    let answer = caller.ok(&format!("{lines}?per_page=500"));
    assert_eq!(answer.header("per-page"), Some("100"), "v2 gives at most a hundred");
}

#[test]
fn short_pages_leave_nothing_out() {
    let sandbox =
        one_project(ProcoreOptions { pages: PageQuirk::Short, ..ProcoreOptions::default() });
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let target = format!("/rest/v1.0/cost_codes?project_id={project}&per_page=15");
    assert_eq!(caller.ok(&target).rows().len(), 10, "fewer than asked although more follow");
    assert_eq!(ids(&caller.all(&target)).len(), 40);
}

#[test]
fn per_page_may_be_ignored_and_pages_may_cycle() {
    let sandbox = one_project(ProcoreOptions {
        pages: PageQuirk::PerPageIgnored,
        ..ProcoreOptions::default()
    });
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let target = format!("/rest/v1.0/cost_codes?project_id={project}&per_page=15");
    assert_eq!(caller.ok(&target).rows().len(), 40);

    sandbox.procore.reconfigure(|options| {
        options.pages = PageQuirk::Cycling;
        options.link_header = false;
        options.total_header = false;
    });
    let first = caller.ok(&format!("{target}&page=1"));
    let fourth = caller.ok(&format!("{target}&page=4"));
    assert_eq!(first.text, fourth.text);
    assert!(first.header("link").is_none() && first.header("total").is_none());
}

#[test]
fn a_page_beyond_the_last_is_empty() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let target = format!("/rest/v1.0/cost_codes?project_id={project}&page=9");
    assert!(caller.ok(&target).rows().is_empty());
}

#[test]
fn commitment_change_orders_come_whole_without_page_headers() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let target = format!("/rest/v1.0/projects/{project}/commitment_change_orders");
    let answer = caller.ok(&format!("{target}?per_page=1"));
    assert!(answer.header("total").is_none() && answer.header("link").is_none());
    let rows = answer.rows();
    assert!(rows.len() > 1, "per_page means nothing here");
    sandbox.procore.reconfigure(|o| o.lone_change_order_is_object = true);
    let lone = caller.ok(&format!("{target}?filters[id]={}", id(&rows[0])));
    assert_eq!(id(&lone.json()), id(&rows[0]));
}

#[test]
fn filters_select_by_id_status_and_parent() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let base = format!("/rest/v1.1/requisitions?project_id={project}");
    let all = caller.all(&base);
    let (first, last) = (id(&all[0]), id(all.last().unwrap()));
    for filter in [
        format!("filters[id]={first},{last}"),
        format!("filters[id]=[{first},{last}]"),
        format!("filters%5Bid%5D%5B%5D={first}&filters%5Bid%5D%5B%5D={last}"),
    ] {
        let found = caller.ok(&format!("{base}&{filter}")).rows();
        assert_eq!(ids(&found), BTreeSet::from([first, last]), "{filter}");
    }
    let commitment = all[0]["commitment_id"].as_i64().unwrap();
    let chain = caller.ok(&format!("{base}&filters[commitment_id]={commitment}")).rows();
    assert!(!chain.is_empty());
    assert!(chain.iter().all(|r| r["commitment_id"] == commitment));
    let last = caller.all(&format!("{base}&filters[is_last]=true"));
    let commitments: BTreeSet<_> = all.iter().map(|r| r["commitment_id"].as_i64()).collect();
    assert_eq!(last.len(), commitments.len(), "one last requisition per commitment");
    let approved = caller.ok(&format!("{base}&filters[status]=approved")).rows();
    let expected = all.iter().filter(|r| r["status"] == "approved").count();
    assert_eq!(approved.len(), expected);
}

#[test]
fn change_orders_are_found_by_package_and_lines_by_direct_cost() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let orders = format!("/rest/v1.0/projects/{project}/commitment_change_orders");
    let package = caller.ok(&orders).rows()[0]["legacy_package_id"].as_i64().unwrap();
    let found = caller.ok(&format!("{orders}?filters[legacy_package_id]={package}")).rows();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["legacy_package_id"], package);

    let cost = sandbox.procore.read(|c| c.projects[0].direct_costs[0].clone());
    let lines = format!(
        "/rest/v1.0/projects/{project}/direct_costs/line_items?filters[direct_cost_id]={}",
        cost.id
    );
    let rows = caller.ok(&lines).rows();
    assert_eq!(rows.len(), cost.lines.len());
    assert!(rows.iter().all(|l| l["holder"]["id"] == cost.id));
}

#[test]
fn a_range_of_updated_at_finds_what_changed_and_must_be_a_range() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let base = format!("/rest/v1.1/projects/{project}/direct_costs");
    let before = sandbox.clock.now();
    sandbox.clock.advance(TimeDelta::minutes(5));
    let changed = sandbox.procore.read(|c| c.projects[0].direct_costs[2].id);
    assert!(caller.ok(&format!("{base}?{}", since(before))).rows().is_empty());
    sandbox
        .procore
        .edit(|c| c.set_status(project, RecordRef::DirectCost(changed), "pending"))
        .unwrap();
    let found = caller.ok(&format!("{base}?{}", since(before))).rows();
    assert_eq!(ids(&found), BTreeSet::from([changed]));
    let quoted =
        format!("{base}?filters[updated_at]=%222026-11-24T12:00:00Z...2026-11-25T00:00:00Z%22");
    assert_eq!(ids(&caller.ok(&quoted).rows()), BTreeSet::from([changed]));
    let point = format!("{base}?filters[updated_at]=2026-11-24T12:00:00Z");
    assert_eq!(caller.get(&point).status, 400);
}

#[test]
fn a_filter_that_an_endpoint_does_not_offer_is_ignored() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let base = format!("/rest/v1.1/projects/{project}/direct_costs");
    let all = caller.all(&base).len();
    let filtered = caller.all(&format!("{base}?filters[status]=approved")).len();
    assert_eq!(filtered, all, "direct costs have no status filter");
}
