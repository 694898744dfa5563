//! The contract suites of the ports, on the adapters over both simulated systems.

use async_trait::async_trait;
use sync_connectors::SystemClock;
use sync_core::{
    contract::{self, ledger::LedgerBed},
    model::{Kind, Posting, SourceKey},
    ports::Ledger,
};
use sync_sandbox::Fault;

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

    fn lose_next_answer(&self) {
        self.0.sap_fault("POST", "PurchaseInvoices", 1, Fault::LostAfter);
    }

    fn fail_look_ups(&self) {
        self.0.sap_fault("GET", "PurchaseInvoices", u32::MAX, Fault::Html(502));
    }

    fn mend(&self) {
        self.0.sandbox.service_layer_faults.clear();
    }
}
