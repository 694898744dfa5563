//! The two sides of the comparison with b1sl-python: `serve` holds a simulated Service Layer until its input ends, `call URL
//! ROUNDS COMPANY` makes the calls that `calls.py` makes too.

use sap_b1_client::{
    Client, Filter, NewJournalEntry, NewJournalEntryLine, PasswordLogin, Query, Result,
};
use sync_sandbox::contractor::{Contractor, ContractorSize};
use sync_sandbox::{Sandbox, SandboxClock, SandboxOptions, ServeOptions, Served};

/// Rows of a page; the other client is told the same.
const PAGE: u32 = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => serve().await,
        ["call", url, rounds, company] => Ok(call(url, rounds.parse()?, company).await?),
        _ => Err("usage: oracle_calls serve | call URL ROUNDS COMPANY".into()),
    }
}

#[allow(clippy::print_stdout)]
async fn serve() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 9, 15).ok_or("a day")?;
    let contractor = Contractor::generate(ContractorSize::one_project(), 7, day);
    let noon = day.and_hms_opt(12, 0, 0).ok_or("noon")?.and_utc();
    let sandbox = Sandbox::new(contractor, SandboxOptions::default(), SandboxClock::fixed(noon));
    let served = Served::start(&sandbox, ServeOptions::default()).await?;
    println!("{} {}", served.service_layer_url, sandbox.contractor.books.company_db);
    // Until whoever started this closes the pipe.
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()))
        .await??;
    Ok(())
}

/// One round: all vendors in pages, one vendor by its key, one balanced journal entry.
async fn call(url: &str, rounds: usize, company: &str) -> Result<()> {
    let login = PasswordLogin::new(company, "manager", "sandbox-b1-password".into());
    let client = Client::builder(url, login).page_size(PAGE).build()?;
    client.login().await?;
    for round in 0..rounds {
        let query = Query::new().filter(Filter::eq("CardType", "cSupplier"));
        let vendors = client.business_partners().all(query).await?;
        let code = vendors.first().and_then(|row| row.value.card_code.clone()).unwrap_or_default();
        client.business_partners().get(code).await?;
        client.journal_entries().create(&entry(round), None).await?;
    }
    client.close().await;
    Ok(())
}

fn entry(round: usize) -> NewJournalEntry {
    let line = |account: &str| NewJournalEntryLine {
        account_code: Some(account.to_owned()),
        ..Default::default()
    };
    NewJournalEntry {
        reference_date: chrono::NaiveDate::from_ymd_opt(2026, 9, 15),
        memo: Some(format!("round {round}")),
        journal_entry_lines: vec![
            NewJournalEntryLine { debit: Some(100.into()), ..line("5010") },
            NewJournalEntryLine { credit: Some(100.into()), ..line("2195") },
        ],
        ..Default::default()
    }
}
