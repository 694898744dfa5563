//! The client against the simulated Service Layer, called as a function, in virtual time.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sap_b1_client::{
    Client, ClientBuilder, NewJournalEntry, NewJournalEntryLine, PasswordLogin, Transport,
    TransportError,
};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_sandbox::contractor::books::{BookPartner, BookProject, Books, PartnerKind};
use sync_sandbox::service_layer::{ServiceLayer, ServiceLayerOptions};
use sync_sandbox::{AnswerAfter, ConnectionLost, Fault, FaultRule, Faults, SandboxClock};
use tokio::time::Instant;

/// A network of 50 ms to the simulated server, whose clock follows the tokio clock.
pub(crate) struct Sandbox {
    pub(crate) layer: ServiceLayer,
    pub(crate) faults: Faults,
    clock: SandboxClock,
    started: Instant,
    passed: Mutex<Duration>,
    pub(crate) sent: AtomicUsize,
    in_flight: AtomicUsize,
    pub(crate) most_in_flight: AtomicUsize,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sandbox")
    }
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn books() -> Books {
    let mut books = Books::usual("SBODEMOUS", day("2026-01-01"));
    books.partners = vec![BookPartner {
        card_code: "V100".to_owned(),
        name: "Partner".to_owned(),
        kind: PartnerKind::Supplier,
        currency: "##".to_owned(),
        frozen: false,
        valid: true,
        debitor_account: "2110".to_owned(),
        payment_terms: 30,
    }];
    books.projects = (0..45)
        .map(|n| BookProject {
            code: format!("P{n:02}"),
            name: "Project".to_owned(),
            active: true,
            from: day("2026-01-01"),
            to: None,
        })
        .collect();
    books
}

impl Sandbox {
    pub(crate) fn new(options: ServiceLayerOptions) -> Arc<Self> {
        let noon: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().unwrap();
        let clock = SandboxClock::fixed(noon);
        let faults = Faults::default();
        let layer = ServiceLayer::new(&books(), options, clock.clone(), faults.clone());
        Arc::new(Self {
            layer,
            faults,
            clock,
            started: Instant::now(),
            passed: Mutex::default(),
            sent: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
        })
    }

    pub(crate) fn usual() -> Arc<Self> {
        Self::new(ServiceLayerOptions::default())
    }

    pub(crate) fn builder(self: &Arc<Self>, version: &str) -> ClientBuilder {
        let login = PasswordLogin::new("SBODEMOUS", "manager", "sandbox-b1-password".into());
        Client::builder(format!("https://b1.test:50000/b1s/{version}"), login)
            .transport(self.clone())
    }

    pub(crate) fn client(self: &Arc<Self>, version: &str) -> Client {
        self.builder(version).build().unwrap()
    }

    pub(crate) fn fault(&self, method: &str, path: &str, times: u32, fault: Fault) {
        self.faults.add(FaultRule {
            method: Some(method.to_owned()),
            path_contains: path.to_owned(),
            skip: 0,
            times,
            fault,
        });
    }

    fn follow_the_time(&self) {
        let mut passed = self.passed.lock().unwrap();
        let now = self.started.elapsed();
        self.clock.advance(TimeDelta::from_std(now - *passed).unwrap());
        *passed = now;
    }
}

#[async_trait]
impl Transport for Sandbox {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.sent.fetch_add(1, Ordering::SeqCst);
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(25)).await;
        self.follow_the_time();
        let answer = self.layer.call(request);
        tokio::time::sleep(Duration::from_millis(25)).await;
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let answer = answer.map_err(|ConnectionLost| TransportError::maybe_sent("reset"))?;
        if let Some(AnswerAfter { ms }) = answer.extensions().get::<AnswerAfter>() {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
        }
        Ok(answer)
    }
}

/// A journal entry that carries its caller's key.
pub(crate) fn entry(key: &str) -> NewJournalEntry {
    let line = |account: &str, debit: Option<u32>, credit: Option<u32>| NewJournalEntryLine {
        account_code: Some(account.to_owned()),
        debit: debit.map(Into::into),
        credit: credit.map(Into::into),
        ..NewJournalEntryLine::default()
    };
    NewJournalEntry {
        reference_date: Some(day("2026-03-10")),
        reference2: Some(key.to_owned()),
        journal_entry_lines: vec![line("5010", Some(10), None), line("2195", None, Some(10))],
        ..NewJournalEntry::default()
    }
}
