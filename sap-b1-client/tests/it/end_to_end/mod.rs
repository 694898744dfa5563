//! The client over HTTP against the simulated Service Layer, in both versions: every entity set, action and service.

mod actions;
mod entities;
mod queries;
mod refusals;
mod services;

use crate::sandbox::{books, day};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sap_b1_client::{Client, DocType, NewDocument, NewDocumentLine, PasswordLogin};
use sync_sandbox::contractor::Contractor;
use sync_sandbox::contractor::books::BookProfitCenter;
use sync_sandbox::serve::{ServeOptions, Served};
use sync_sandbox::service_layer::{ServiceLayer, ServiceLayerOptions};
use sync_sandbox::{Sandbox, SandboxClock, SandboxOptions};

const VERSIONS: [&str; 2] = ["v1", "v2"];

/// A company behind HTTP, and a client of one version.
struct Company {
    layer: ServiceLayer,
    client: Client,
    _served: Served,
}

impl Company {
    async fn of(version: &str, service_layer: ServiceLayerOptions) -> Self {
        let mut contractor = Contractor::one_project(1, day("2026-11-24"));
        contractor.books = books();
        contractor.books.profit_centers = [("SITE01", 1), ("DIV1", 2)]
            .map(|(code, dimension)| BookProfitCenter {
                code: code.to_owned(),
                name: code.to_owned(),
                dimension,
                active: true,
                from: day("2026-01-01"),
                to: None,
            })
            .to_vec();
        let noon: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().unwrap();
        let options = SandboxOptions { service_layer, ..SandboxOptions::default() };
        let sandbox = Sandbox::new(contractor, options, SandboxClock::fixed(noon));
        let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
        let url = served.service_layer_url.replace("/v2", &format!("/{version}"));
        let login = PasswordLogin::new("SBODEMOUS", "manager", "sandbox-b1-password".into());
        let client = Client::builder(url, login).build().unwrap();
        Self { layer: sandbox.service_layer, client, _served: served }
    }

    async fn usual(version: &str) -> Self {
        Self::of(version, ServiceLayerOptions::default()).await
    }
}

fn amount(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A row of cost on an ordinary account.
fn row(net: &str) -> NewDocumentLine {
    NewDocumentLine {
        item_description: some("03-300 Concrete"),
        account_code: some("5030"),
        line_total: Some(amount(net)),
        tax_code: some("EX"),
        costing_code: some("SITE01"),
        project_code: some("P01"),
        ..NewDocumentLine::default()
    }
}

/// A service document of one row in March.
fn document(reference: &str, net: &str) -> NewDocument {
    NewDocument {
        doc_type: Some(DocType::Service),
        card_code: some("V100"),
        doc_date: Some(day("2026-03-10")),
        num_at_card: some(reference),
        document_lines: vec![row(net)],
        ..NewDocument::default()
    }
}
