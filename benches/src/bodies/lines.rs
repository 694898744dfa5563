//! The lines of a contract: every property that REST v1 sends, amounts and quantities as strings.

/// Cost codes that the lines of a contract are on; line after line takes the next one.
pub const COST_CODES: usize = 40;

/// Line `nth` is on this cost code.
pub fn cost_code(nth: usize) -> String {
    format!("{:02}-{:03}", 1 + nth % COST_CODES, 100 + nth % COST_CODES)
}

/// What line `nth` is worth, in cents.
pub fn cents(nth: usize) -> usize {
    100_000 + nth * 7_919 % 900_000
}

/// The list of a contract's lines (`work_order_contracts/{id}/line_items`).
pub fn contract_lines(lines: usize) -> String {
    let lines: Vec<String> = (0..lines).map(line).collect();
    format!("[{}]", lines.join(","))
}

fn line(nth: usize) -> String {
    let (code, cents) = (cost_code(nth), cents(nth));
    format!(
        concat!(
            r#"{{"id":{id},"amount":"{whole}.{cents:02}","company":{{"id":1001,"name":"Example Builders"}},"#,
            r#""cost_code":{{"id":{code_id},"name":"Cost code {code}","full_code":"{code}","origin_id":null,"origin_data":null,"standard_cost_code_id":null,"#,
            r#""biller":"Example Project A","biller_id":2783683,"biller_type":"Project","biller_origin_id":null,"budgeted":true,"code":"{last}","#,
            r#""parent":{{"id":{parent}}},"sortable_code":"{code}","created_at":"2025-11-03T20:39:39Z","deleted_at":null,"line_item_types":[],"position":null,"#,
            r#""updated_at":"2025-11-03T20:39:39Z","standard_cost_code_list_id":184747}},"#,
            r#""created_at":"2026-02-10T20:39:39Z","description":"Concrete &amp; forms, level {nth}","extended_type":"manual","#,
            r#""holder":{{"id":598134325000001,"holder_type":"WorkOrderContract"}},"#,
            r#""line_item_type":{{"id":12345,"name":"Commitment","code":"S","base_type":"other","origin_data":null,"origin_id":null}},"#,
            r#""origin_data":null,"origin_id":null,"position":{position},"project":{{"id":2783683,"name":"Example Project A"}},"quantity":"1.0","#,
            r#""tax_code_id":null,"tax_amount":"0.0","total_amount":"{whole}.{cents:02}","extended_amount":"{whole}.{cents:02}","unit_cost":"{whole}.{cents:02}","#,
            r#""uom":"ls","updated_at":"2026-02-10T20:39:39Z","wbs_code":{{"id":{wbs},"flat_code":"{code}.S","description":"Cost code {code}.Commitment"}},"#,
            r#""currency_configuration":{{"currency_iso_code":"USD","base_currency_iso_code":"USD","currency_exchange_rate":"1.0"}}}}"#,
        ),
        id = 700_000_000_000_usize + nth,
        whole = cents / 100,
        cents = cents % 100,
        code = code,
        code_id = 88_000 + nth % COST_CODES,
        last = 100 + nth % COST_CODES,
        parent = 87_000 + nth % COST_CODES,
        nth = nth,
        position = nth + 1,
        wbs = 99_000 + nth % COST_CODES,
    )
}
