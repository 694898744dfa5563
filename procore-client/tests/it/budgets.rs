//! Budgets: captured rows with their dynamic columns, allocations to the last digit, and budget changes.

use std::collections::BTreeMap;

use procore_client::resources::budget_changes::{AdjustmentType, BudgetAdjustment};
use procore_client::resources::budget_rows::budget_by_cost_code;
use procore_client::resources::budget_views::{BudgetColumn, BudgetView};
use procore_client::resources::contract_payments::ContractPayment;
use procore_client::{ErrorKind, decode_list};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::double::{Double, ok, project, project_of};

const ROWS: &str = include_str!("../fixtures/budget_view_detail_rows.json");
const COLUMNS: &str = include_str!("../fixtures/budget_detail_columns.json");

/// The captured body within a fixture.
fn captured(fixture: &str) -> String {
    #[derive(Deserialize)]
    struct Fixture<'a> {
        #[serde(borrow)]
        json: &'a RawValue,
    }
    serde_json::from_str::<Fixture<'_>>(fixture).unwrap().json.get().to_owned()
}

fn digits(amount: Option<Decimal>) -> String {
    amount.unwrap().to_string()
}

#[tokio::test(start_paused = true)]
async fn captured_rows_keep_the_digits_of_fixed_fields_and_of_the_views_columns() {
    let rows = project_of(&captured(ROWS)).budget_detail_rows(406_809.into(), &Default::default());
    let listing = rows.all().await.unwrap();
    assert!(listing.unreadable.is_empty());
    let row = &listing.records[0].value;
    assert_eq!(digits(row.fixed.original_budget_amount), "30000.00");
    assert_eq!(digits(row.fixed.unit_cost), "150.0000");
    assert_eq!(digits(row.fixed.quantity), "200.000000000000");
    assert_eq!(row.fixed.budget_row_id.as_deref(), Some("1752071628"));
    let code = row.fixed.wbs_code.as_ref().unwrap();
    assert_eq!(code.flat_code.as_deref(), Some("00-.30.14-.L"));
    assert_eq!(row.fixed.budget_forecast.as_ref().unwrap().automatically_calculated, Some(true));

    let columns: Vec<BudgetColumn> = serde_json::from_str(&captured(COLUMNS)).unwrap();
    let misspelt = columns.iter().find(|column| column.id.as_deref() == Some("3141780")).unwrap();
    assert_eq!(misspelt.name.as_deref(), Some("Commtiment Subcontracts"));
    assert_eq!(digits(row.cell(misspelt).unwrap()), "0.00");
    assert_eq!(digits(row.amount("Current Budget").unwrap()), "30000.00");
    assert_eq!(digits(row.amount("Total Variance (Over) / Under $").unwrap()), "0.00");
    assert_eq!(row.amount("a column of another view").unwrap(), None);
    assert!(row.amount("category").unwrap_err().contains("\"category\""));
    assert_eq!(row.raw_field("% Complete"), Some("\"0.00\""));
    // A standard column such as `detail_type` is in the list of columns and not in the rows.
    assert_eq!(row.cell(&columns[0]).unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn what_is_budgeted_per_cost_code_is_the_exact_sum_over_cost_types() {
    let body = r#"[
        {"id":1,"cost_code_id":7,"category_id":1,"biller_type":"Project","biller_id":86,
         "original_budget_amount":"9007199254740993.17","budget_modifications":"-0.17"},
        {"id":2,"cost_code_id":"7","category_id":2,"original_budget_amount":0.005,"budget_modifications":null},
        {"id":3,"cost_code_id":8,"biller_type":"SubJob","biller_id":5,"original_budget_amount":"10.10"},
        {"id":4,"cost_code_id":9,"original_budget_amount":null,"unbudgeted_reason":"direct_cost"}]"#;
    let double = Double::api(move |_| ok(body));
    let allocations = project(&double).budget_allocations(1.into()).await.unwrap();
    assert_eq!(double.api_calls()[0].param("budget_row_type"), Some("budgeted"));
    assert_eq!(allocations.len(), 3);
    assert_eq!(allocations[0].sub_job_id, None);
    assert_eq!(allocations[2].sub_job_id.unwrap().get(), 5);
    let totals = budget_by_cost_code(&allocations);
    let revised: BTreeMap<i64, String> =
        totals.iter().map(|(id, total)| (id.get(), total.revised().to_string())).collect();
    assert_eq!(revised[&7], "9007199254740993.005");
    assert_eq!(revised[&8], "10.10");
}

#[tokio::test(start_paused = true)]
async fn a_budget_with_an_unreadable_row_is_an_error_and_not_a_smaller_budget() {
    let project = project_of(r#"[{"id":1,"cost_code_id":7,"original_budget_amount":"$5"}]"#);
    let error = project.budget_allocations(1.into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("budget row 1"), "{error}");
}

#[test]
fn a_captured_budget_view_and_an_adjustment_of_the_tutorial_are_read() {
    let view: BudgetView =
        serde_json::from_str(&captured(include_str!("../fixtures/budget_view.json"))).unwrap();
    assert_eq!((view.id.get(), view.role.as_deref()), (406_809, Some("budgeting")));

    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        examples: Vec<Example<'a>>,
    }
    #[derive(Deserialize)]
    struct Example<'a> {
        #[serde(borrow)]
        json: &'a RawValue,
    }
    let page: Page<'_> =
        serde_json::from_str(include_str!("../fixtures/budget-changes.json")).unwrap();
    let line: BudgetAdjustment = serde_json::from_str(page.examples[1].json.get()).unwrap();
    assert_eq!((digits(line.amount), digits(line.unit_cost)), ("76.25".into(), "30.5".into()));
    assert_eq!(line.kind, Some(AdjustmentType::ChangeEvent));
    assert_eq!(line.wbs_code.unwrap().flat_code.as_deref(), Some("01-011.CT1"));
}

#[test]
fn the_payment_of_an_erp_event_is_read() {
    #[derive(Deserialize)]
    struct Event {
        payload: Payload,
    }
    #[derive(Deserialize)]
    struct Payload {
        request_data: RequestData,
    }
    #[derive(Deserialize)]
    struct RequestData {
        contract_payment: ContractPayment,
    }
    let event: Event =
        serde_json::from_str(include_str!("../fixtures/create_payment.json")).unwrap();
    let payment = event.payload.request_data.contract_payment;
    assert_eq!((digits(payment.amount), payment.status.as_deref()), ("1.0".into(), Some("paid")));
    assert_eq!(payment.requisition_id.unwrap().get(), 7);
    assert_eq!((payment.draw_request_number, payment.date_payment_settled), (Some(9), None));
}

#[test]
fn a_page_that_a_host_stored_is_decoded_as_a_list_call_decodes_it() {
    for body in [
        r#" [{"id":1,"amount":"2.50"},{"id":2,"amount":"x"}]"#,
        r#"{"data":[{"id":"1","amount":2.50},{"id":"2","amount":true}]}"#,
    ] {
        let page = decode_list::<ContractPayment>(body.as_bytes(), true).unwrap();
        assert_eq!(digits(page.records[0].value.amount), "2.50");
        assert!(page.records[0].raw.is_some());
        assert_eq!((page.unreadable.len(), page.unreadable[0].path.as_str()), (1, "amount"));
        assert_eq!(page.unreadable[0].id.as_deref(), Some("2"));
    }
    for body in ["", "[", "{}", "null", "<html>", "7"] {
        let error = decode_list::<ContractPayment>(body.as_bytes(), false).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
}
