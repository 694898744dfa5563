//! Procore's bodies: compact, amounts as strings, ids as numbers, many nulls.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The answer of the login server.
pub const TOKEN: &str = r#"{"access_token":"eyJhbGciOiJIUzUxMiJ9.canned-token-of-a-length-that-real-ones-have-and-more.b1Vn2sX7","token_type":"Bearer","expires_in":5400,"created_at":1764000000}"#;

/// A project as a live server sent it (4 KB, custom fields among it).
pub fn project() -> String {
    #[derive(Deserialize)]
    struct Fixture<'a> {
        #[serde(borrow)]
        json: &'a RawValue,
    }
    let text = include_str!("../../../procore-client/tests/fixtures/project_show.json");
    let fixture: Fixture<'_> = serde_json::from_str(text).expect("the fixture is JSON");
    // Servers send no indentation. The fixture breaks lines between tokens only.
    fixture.json.get().lines().map(str::trim).collect()
}

/// A page of purchase order contracts as the list has them (`view=extended`).
pub fn contract_page(contracts: usize) -> String {
    let contracts: Vec<String> = (0..contracts).map(contract).collect();
    format!("[{}]", contracts.join(","))
}

fn contract(nth: usize) -> String {
    let id = 598_134_325_000_000_usize + nth * 17;
    let cents = (nth * 7_919) % 100;
    let total = 1_000 + nth * 37;
    let number = nth + 1;
    let status = ["Approved", "Draft", "Submitted", "Closed"][nth % 4];
    let day = 1 + nth % 28;
    let executed = nth.is_multiple_of(3);
    let execution_date = if executed { format!("\"2026-03-{day:02}\"") } else { "null".to_owned() };
    format!(
        concat!(
            r#"{{"id":{id},"accounting_method":"amount","approval_letter_date":null,"#,
            r#""approved_change_orders":"{change}.50","assignee":{{"id":{assignee},"name":"Pat Example"}},"#,
            r#""bill_to_address":"1 Builder Way\nCarpinteria, CA 93013","billing_schedule_of_values_status":null,"#,
            r#""contract_date":"2026-02-{day:02}","created_at":"2026-02-{day:02}T20:39:39Z","created_by":{{"id":3238394,"login":"user@example.com","name":"Pat Example"}},"#,
            r#""custom_fields":{{"custom_field_168115":{{"data_type":"lov_entry","value":{{"id":137972,"label":"Standard"}}}},"custom_field_218239":{{"data_type":"boolean","value":true}}}},"#,
            r#""deleted_at":null,"delivery_date":"2026-06-{day:02}","description":"<p>Concrete, level {number}: \"supply only\" &amp; delivery</p>","#,
            r#""draft_change_orders_amount":"0.0","executed":{executed},"execution_date":{execution_date},"grand_total":"{total}.{cents:02}","issued_on_date":"2026-02-{day:02}","#,
            r#""letter_of_intent_date":null,"number":"PO-{number:05}","origin_code":null,"origin_data":null,"origin_id":null,"payment_terms":"Net 30","#,
            r#""pending_change_orders":"0.0","pending_revised_contract":"{revised}.{cents:02}","percentage_paid":"12.5","private":false,"#,
            r#""project":{{"id":2783683,"name":"Example Project A"}},"remaining_balance_outstanding":"{total}.{cents:02}","requisitions_are_enabled":true,"#,
            r#""retainage_percent":"10.0","returned_date":null,"revised_contract":"{revised}.{cents:02}","ship_to_address":"Site 4, gate B","ship_via":null,"#,
            r#""show_line_items_to_non_admins":false,"signed_contract_received_date":null,"status":"{status}","title":"Concrete, level {number}","#,
            r#""total_draw_requests_amount":"0.0","total_payments":"{change}.00","total_requisitions_amount":"{change}.25","updated_at":"2026-05-{day:02}T07:12:01Z","#,
            r#""vendor":{{"id":{vendor},"company":"Example Concrete & Sons","origin_data":null,"origin_id":null}},"#,
            r#""currency_configuration":{{"currency_iso_code":"USD","base_currency_iso_code":"USD","currency_exchange_rate":"1.0"}}}}"#,
        ),
        id = id,
        change = nth % 900,
        assignee = 3_238_000 + nth % 40,
        day = day,
        number = number,
        executed = executed,
        execution_date = execution_date,
        total = total,
        cents = cents,
        revised = total + nth % 900,
        status = status,
        vendor = 9_100_000 + nth % 300,
    )
}
