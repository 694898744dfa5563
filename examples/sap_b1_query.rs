//! Queries SAP Business One, posts one invoice and reads what SAP made of it, with the client alone and no credentials: the
//! sandbox answers over HTTP.
//!
//! Run with `cargo run --example sap_b1_query`.

use std::{error::Error, io::Write};

use futures_util::TryStreamExt;
use rust_decimal::Decimal;
use sap_b1_client::{
    CardType, Client, DocType, Filter, NewDocument, NewDocumentLine, NewUserField, PasswordLogin,
    Query, SecretString,
};
use sync_sandbox::{
    Sandbox, SandboxClock, SandboxOptions, ServeOptions, Served, contractor::Contractor,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    #[expect(clippy::disallowed_methods, reason = "the contractor's year ends today")]
    let today = chrono::Utc::now().date_naive();
    let contractor = Contractor::full(7, today);
    let sandbox = Sandbox::new(contractor, SandboxOptions::default(), SandboxClock::wall());
    let served = Served::start(&sandbox, ServeOptions::default()).await?;
    let books = &sandbox.contractor.books;

    // With a real company: its https address, its database, a user of your own.
    let password = SecretString::from(books.password.as_str());
    let login = PasswordLogin::new(&books.company_db, &books.user_name, password);
    let client = Client::builder(&served.service_layer_url, login).page_size(5).build()?;
    let mut out = std::io::stdout().lock();

    let company = client.company_info().await?.value;
    let settings = client.admin_info().await?.value;
    writeln!(
        out,
        "{}: books in {}, {} decimals.\n",
        company.company_name.unwrap_or_default(),
        settings.local_currency.unwrap_or_default(),
        settings.totals_accuracy.unwrap_or_default(),
    )?;

    // A filter is a value: no text in it can change the question. Rows stream, five to a page.
    let vendors = Query::new().filter(Filter::eq("CardType", CardType::Supplier)).select([
        "CardCode",
        "CardName",
        "PayTermsGrpCode",
    ]);
    let total = client.business_partners().count(&vendors).await?;
    writeln!(out, "{total} vendors, the first six:")?;
    let mut rows = std::pin::pin!(client.business_partners().pages(vendors.top(6))?.into_stream());
    let mut vendor = None;
    while let Some(row) = rows.try_next().await? {
        let (code, name) = (row.value.card_code, row.value.card_name.unwrap_or_default());
        writeln!(out, "  {:<8} {name}", code.as_deref().unwrap_or_default())?;
        vendor = vendor.or(code);
    }

    // A user-defined field of the header carries a key of ours; a real server shows a new one after a restart.
    let field = NewUserField::text("OPCH", "SourceKey", "Key in the source system", 50);
    client.user_fields().create(&field, None).await?;
    let invoice = NewDocument {
        doc_type: Some(DocType::Service),
        card_code: vendor,
        doc_date: Some(today),
        tax_date: Some(today),
        doc_due_date: Some(today + chrono::TimeDelta::days(30)),
        num_at_card: Some("INV-4711".into()),
        document_lines: vec![
            line("Cast-in-place concrete", "5030", Decimal::new(1_250_000, 2)),
            line("Formwork", "5020", Decimal::new(133_742, 2)),
        ],
        udfs: [("U_SourceKey".to_owned(), "site-8#1".into())].into(),
        ..Default::default()
    };
    let posted = client.purchase_invoices().create(&invoice, None).await?;
    let key = posted.doc_entry.ok_or("the answer has no key")?;

    // Whoever lost the answer finds the document by that key.
    let ours = Query::new().filter(Filter::eq("U_SourceKey", "site-8#1"));
    let found = client.purchase_invoices().all(ours).await?;
    let found = found.first().ok_or("the invoice is not there")?;
    let number = found.value.doc_num.unwrap_or_default();
    writeln!(out, "\nInvoice {number} (key {key}), found again by its U_SourceKey. SAP booked:")?;
    let entry = found.value.trans_num.ok_or("the invoice has no journal entry")?;
    let entry = client.journal_entries().get(entry).await?.value;
    for line in entry.journal_entry_lines {
        let amount = |amount: Option<Decimal>| match amount {
            Some(amount) if !amount.is_zero() => format!("{amount:.2}"),
            _ => String::new(),
        };
        writeln!(
            out,
            "  {:<8} {:<8} {:>12} {:>12}",
            line.account_code.unwrap_or_default(),
            line.short_name.unwrap_or_default(),
            amount(line.debit),
            amount(line.credit),
        )?;
    }
    writeln!(out, "\n{} requests, {} login.", client.calls(), client.logins())?;
    client.close().await;
    Ok(())
}

fn line(description: &str, account: &str, total: Decimal) -> NewDocumentLine {
    NewDocumentLine {
        item_description: Some(description.into()),
        account_code: Some(account.into()),
        line_total: Some(total),
        tax_code: Some("EX".into()),
        ..Default::default()
    }
}
