//! The contract suites of the ports, on the adapters over both simulated systems.

use async_trait::async_trait;
use chrono::NaiveDate;
use sync_connectors::SystemClock;
use sync_core::{
    contract::{self, ledger::LedgerBed},
    model::{Kind, Posting, SourceKey},
    ports::Ledger,
};
use sync_sandbox::{
    Fault,
    service_layer::{ManualInvoice, ManualLine},
};

use crate::world::{World, day};

#[tokio::test]
async fn the_clock_of_the_machine_obeys_every_law() {
    contract::clock::suite(&SystemClock).await;
}

#[tokio::test]
async fn procore_as_a_source_obeys_every_law_in_every_project() {
    let world = World::new();
    for project in world.sandbox.contractor.project_ids() {
        contract::source::suite(&world.source, sync_core::model::ProjectId(project)).await;
    }
}

#[tokio::test]
async fn sap_as_a_ledger_obeys_every_law() {
    contract::ledger::suite(async || Box::new(Bed(World::ready())) as Box<dyn LedgerBed>).await;
}

#[tokio::test]
async fn sap_as_a_ledger_obeys_every_law_with_claims() {
    contract::ledger::suite(async || {
        let world = World::ready().claiming().await;
        Box::new(Bed(world)) as Box<dyn LedgerBed>
    })
    .await;
}

#[tokio::test]
async fn sap_as_a_ledger_obeys_every_law_where_keys_stand_in_references() {
    for claims in [false, true] {
        contract::ledger::suite(async || {
            // No user field exists.
            let world = World::new().referring();
            let world = if claims { world.claiming().await } else { world };
            Box::new(Bed(world)) as Box<dyn LedgerBed>
        })
        .await;
    }
}

struct Bed(World);

fn under(mut posting: Posting, source: SourceKey) -> Posting {
    match &mut posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            document.header.key.source = source;
        }
        Posting::JournalEntry(entry) => entry.header.key.source = source,
    }
    posting
}

#[async_trait]
impl LedgerBed for Bed {
    fn ledger(&self) -> &dyn Ledger {
        &self.0.ledger
    }

    fn key(&self, kind: Kind, id: i64) -> SourceKey {
        self.0.key(kind, id)
    }

    fn invoice(&self, source: SourceKey, sequence: u32) -> Posting {
        let reference = format!("R-{}-{}-{sequence}", source.kind, source.id);
        under(self.0.invoice(source.id, sequence, &reference), source)
    }

    fn journal_entry(&self, source: SourceKey, sequence: u32) -> Posting {
        under(Posting::JournalEntry(self.0.entry(source.id, sequence)), source)
    }

    fn refused(&self, source: SourceKey, sequence: u32) -> Posting {
        let mut posting = self.invoice(source, sequence);
        if let Posting::PurchaseInvoice(document) = &mut posting {
            document.header.posting_date = day(1999, 1, 4);
        }
        posting
    }

    fn key_invoice(&self, reference: &str, day: NaiveDate) -> Option<i64> {
        let Posting::PurchaseInvoice(like) = self.0.invoice(1, 1, reference) else { return None };
        let line = &like.lines[0];
        let keyed = ManualInvoice {
            card_code: like.card_code.clone(),
            num_at_card: reference.to_owned(),
            date: day,
            lines: vec![ManualLine {
                account: line.coding.account.clone(),
                net: line.amount,
                tax_code: line.coding.tax_code.clone().unwrap_or_default(),
                profit_center: String::new(),
                project: line.coding.project.clone().unwrap_or_default(),
            }],
        };
        self.0.sandbox.service_layer.key_invoice(&keyed).ok()
    }

    fn compares(&self) -> bool {
        self.0.claims
    }

    fn lose_next_answer(&self) {
        let path = if self.0.claims { "$batch" } else { "PurchaseInvoices" };
        self.0.sap_fault("POST", path, 1, Fault::LostAfter);
    }

    fn fail_look_ups(&self) {
        self.0.sap_fault("GET", "PurchaseInvoices", u32::MAX, Fault::Html(502));
    }

    fn mend(&self) {
        self.0.sandbox.service_layer_faults.clear();
    }
}
