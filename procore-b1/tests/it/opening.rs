//! The real binary at the cut-over: the opening list before and after the first cycle, a later start date,
//! whole commitments in the books, and a state that is lost afterwards.

use chrono::Months;
use rust_decimal::Decimal;
use serde_json::Value;
use sync_sandbox::procore::RecordRef;

use crate::{
    keeps::{Keep, in_sap, nothing_twice},
    site::Site,
};

/// A site whose cut-over lies eight months after its first records.
async fn cut_over() -> (Site, chrono::NaiveDate) {
    let site = Site::new().await;
    let first = site.sandbox.contractor.start_date;
    let start = first + Months::new(8);
    start_on(&site, first, start);
    site.json(&["setup"], 0).await;
    (site, start)
}

fn start_on(site: &Site, before: chrono::NaiveDate, after: chrono::NaiveDate) {
    let line = |day: chrono::NaiveDate| format!("start_date        = \"{day}\"");
    site.edit(&line(before), &line(after));
}

async fn settled(site: &Site) {
    let posted = in_sap(site);
    assert_eq!(site.json(&["sync"], 0).await["documents"], Value::Array(Vec::new()));
    assert_eq!(in_sap(site), posted);
    let totals = &site.json(&["reconcile"], 0).await["totals"];
    assert_eq!(totals[0]["difference"], "0.00", "{totals}");
    if posted > 0 {
        nothing_twice(site, "after the cut-over");
    }
}

/// Raises a line of the first purchase order of a list by 100; answers its key.
fn raise(site: &Site, list: &Value) -> String {
    let rows = list["opening"].as_array().unwrap();
    let mut keys = rows.iter().map(|row| row["key"].as_str().unwrap());
    let key = keys.find(|key| key.contains(":purchase_order:")).unwrap();
    let id: i64 = key.rsplit(':').next().unwrap().parse().unwrap();
    site.sandbox.procore.edit(|company| {
        let project = &company.projects[0];
        let order = project.commitments.iter().find(|commitment| commitment.id == id).unwrap();
        let (project, line) = (project.id, &order.lines[0]);
        let (line, amount) = (line.id, line.amount + Decimal::ONE_HUNDRED);
        company.set_line_amount(project, RecordRef::Commitment(id), line, amount, true).unwrap();
    });
    key.to_owned()
}

fn cents(text: &Value) -> i64 {
    text.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_opening_list_is_printed_before_the_first_cycle_stored_by_it_and_made_anew_later() {
    let (site, start) = cut_over().await;
    let before = site.json(&["preview", "--opening"], 0).await;
    assert_eq!(before["start_date"], start.to_string());
    assert_eq!(before["not_stored"].as_array().unwrap().len(), 1, "{before}");
    let rows = before["opening"].as_array().unwrap();
    assert!(!rows.is_empty(), "{before}");
    assert!(rows.iter().all(|row| row["dated"].as_str().unwrap() < start.to_string().as_str()));
    assert!(rows.iter().all(|row| row["card_code"].is_string()), "{before}");
    let sums = before["sums"].as_array().unwrap();
    let listed: i64 = rows.iter().map(|row| cents(&row["amount"])).sum();
    assert_eq!(sums.iter().map(|sum| cents(&sum["amount"])).sum::<i64>(), listed);
    assert_eq!(in_sap(&site), 0, "nothing that writes was sent");

    assert_ne!(site.json(&["sync"], 0).await["records"]["opening"], 0);
    let saved = site.path("opening.json");
    let page = site.path("opening.html");
    let arguments = ["preview", "--opening", "--save", "opening.json", "--html", "opening.html"];
    let text = String::from_utf8(site.run(&arguments).await.stdout).unwrap();
    assert!(text.starts_with(&format!("The opening list of {start} holds ")), "{text}");
    let stored: Value = serde_json::from_slice(&std::fs::read(saved).unwrap()).unwrap();
    assert_eq!((&stored["opening"], &stored["sums"]), (&before["opening"], &before["sums"]));
    assert_eq!(stored["not_stored"], Value::Array(Vec::new()));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("Opening list of") && page.contains(rows[0]["key"].as_str().unwrap()));
    settled(&site).await;

    // A commitment of the list grows in Procore and in the books, and the cut-over moves.
    let raised = raise(&site, &before);
    let later = start + Months::new(1);
    start_on(&site, start, later);
    let refused = site.json(&["sync"], 64).await;
    let failure = &refused["cycle"]["failure"];
    assert_eq!(failure["name"], "configuration", "{refused}");
    let detail = failure["detail"].as_str().unwrap();
    assert!(
        detail.contains(&start.to_string()) && detail.contains("--rebuild-opening"),
        "{detail}"
    );

    let posted = in_sap(&site);
    let signed =
        ["sync", "--rebuild-opening", "--by", "Ada", "--reason", "tied to the trial balance"];
    let anew = site.json(&signed, 0).await;
    let verified = site.json(&["verify"], 0).await;
    assert_eq!(verified["totals"]["decisions"]["rebuild_opening"], 1, "{verified}");
    assert_eq!(anew["former_start_date"], start.to_string());
    assert_eq!(anew["documents"], Value::Array(Vec::new()));
    assert_eq!(in_sap(&site), posted, "nothing was posted");
    let changes = anew["changes"].as_array().unwrap();
    let grown = changes.iter().find(|change| change["after"]["key"] == raised.as_str());
    let grown = grown.unwrap_or_else(|| panic!("{raised} is not in {anew}"));
    assert_eq!(cents(&grown["after"]["amount"]) - cents(&grown["before"]["amount"]), 10_000);
    settled(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_commitments_of_the_books_take_their_changes_and_a_lost_state_finds_the_list_again() {
    let (site, _) = cut_over().await;
    site.edit("opening           = \"billed\"", "opening           = \"committed\"");
    site.json(&["sync"], 0).await;
    let paper = site.json(&["preview", "--opening"], 0).await;
    settled(&site).await;

    let raised = raise(&site, &paper);
    let posted = site.json(&["sync"], 0).await;
    let documents = posted["documents"].as_array().unwrap();
    assert_eq!((documents.len(), &documents[0]["key"]), (1, &raised.as_str().into()), "{posted}");
    assert_eq!(
        (&documents[0]["sequence"], &documents[0]["type"]),
        (&2.into(), &"PurchaseInvoices".into())
    );
    settled(&site).await;

    Keep::File.lose(&site).await;
    let rebuilt = site.json(&["rebuild"], 0).await;
    assert_eq!((&rebuilt["opening"], &rebuilt["sums"]), (&paper["opening"], &paper["sums"]));
    settled(&site).await;
    let text = String::from_utf8(site.run(&["rebuild"]).await.stdout).unwrap();
    assert!(text.contains("compare it with the one kept on paper"), "{text}");
}
