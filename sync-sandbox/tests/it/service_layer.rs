//! A caller of the simulated Service Layer, and the company that it calls.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use http::{HeaderMap, Request, Response};
use rust_decimal::Decimal;
use serde_json::Value;
use sync_sandbox::{
    ConnectionLost, Fault, FaultRule, Faults, SandboxClock,
    contractor::books::{BookPartner, BookProfitCenter, BookProject, Books, PartnerKind},
    service_layer::{ServiceLayer, ServiceLayerOptions},
};

pub(crate) const HOST: &str = "https://sap.example.com:50000";

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn amount(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// Two fiscal years from January 2026, three partners, three profit centers, three projects.
pub(crate) fn books() -> Books {
    let mut books = Books::usual("SBODEMOUS", day("2026-01-01"));
    let partner = |code: &str, kind, frozen, valid| BookPartner {
        card_code: code.to_owned(),
        name: format!("Partner {code}"),
        kind,
        currency: "##".to_owned(),
        frozen,
        valid,
        debitor_account: "2110".to_owned(),
        payment_terms: 30,
    };
    books.partners = vec![
        partner("V100", PartnerKind::Supplier, false, true),
        partner("V200", PartnerKind::Supplier, false, true),
        partner("VFROZEN", PartnerKind::Supplier, true, true),
        partner("VINVALID", PartnerKind::Supplier, false, false),
        partner("O'Brien & Co", PartnerKind::Supplier, false, true),
        partner("C100", PartnerKind::Customer, false, true),
    ];
    let center = |code: &str, dimension, active, to| BookProfitCenter {
        code: code.to_owned(),
        name: format!("Center {code}"),
        dimension,
        active,
        from: day("2026-01-01"),
        to,
    };
    books.profit_centers = vec![
        center("SITE01", 1, true, None),
        center("SITE02", 1, false, None),
        center("PAST", 1, true, Some(day("2026-02-28"))),
        center("DIV1", 2, true, None),
    ];
    let project = |code: &str, active, to| BookProject {
        code: code.to_owned(),
        name: format!("Project {code}"),
        active,
        from: day("2026-01-01"),
        to,
    };
    books.projects = vec![
        project("PRJ01", true, None),
        project("PRJ02", false, None),
        project("ENDED", true, Some(day("2026-02-28"))),
    ];
    books.tax_codes.push(sync_sandbox::contractor::books::BookTaxCode {
        code: "AR".to_owned(),
        name: "Sales only".to_owned(),
        rate: Decimal::ONE,
        valid_for_ap: false,
        inactive: false,
    });
    books.tax_codes.push(sync_sandbox::contractor::books::BookTaxCode {
        code: "OLD".to_owned(),
        name: "Out of use".to_owned(),
        rate: Decimal::ONE,
        valid_for_ap: true,
        inactive: true,
    });
    books
}

/// An answer with its body as text.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) response: Response<Bytes>,
}

impl Answer {
    fn of(response: Response<Bytes>) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: String::from_utf8(response.body().to_vec()).unwrap(),
            response,
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        self.json()["value"].as_array().unwrap_or_else(|| panic!("no list: {}", self.text)).clone()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }

    /// Code and text of an error in either shape.
    pub(crate) fn error(&self) -> (i64, String) {
        let error = &self.json()["error"];
        let code = match &error["code"] {
            Value::String(text) => text.parse().unwrap(),
            code => code.as_i64().unwrap(),
        };
        let message = error["message"]["value"].as_str().or(error["message"].as_str());
        (code, message.unwrap_or_else(|| panic!("no text: {}", self.text)).to_owned())
    }
}

/// A caller with its session.
pub(crate) struct Sap {
    pub(crate) layer: ServiceLayer,
    pub(crate) clock: SandboxClock,
    pub(crate) faults: Faults,
    pub(crate) version: &'static str,
    pub(crate) cookie: String,
}

impl Sap {
    /// A company at noon of 24 November 2026 with the two user fields, logged in on v2.
    pub(crate) fn ready() -> Self {
        Self::with(ServiceLayerOptions::default())
    }

    pub(crate) fn with(options: ServiceLayerOptions) -> Self {
        let mut sap = Self::without_session(options);
        sap.layer.create_procore_udfs();
        sap.log_in();
        sap
    }

    pub(crate) fn without_session(options: ServiceLayerOptions) -> Self {
        let noon: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().unwrap();
        let (clock, faults) = (SandboxClock::fixed(noon), Faults::default());
        let layer = ServiceLayer::new(&books(), options, clock.clone(), faults.clone());
        Self { layer, clock, faults, version: "v2", cookie: String::new() }
    }

    pub(crate) fn log_in(&mut self) {
        let answer = self.log_in_with("SBODEMOUS", "manager", "sandbox-b1-password");
        assert_eq!(answer.status, 200, "{}", answer.text);
        let id = answer.json()["SessionId"].as_str().unwrap().to_owned();
        self.cookie = format!("B1SESSION={id}; ROUTEID=.node1");
    }

    pub(crate) fn log_in_with(&self, database: &str, user: &str, password: &str) -> Answer {
        let body =
            format!(r#"{{"CompanyDB":"{database}","UserName":"{user}","Password":"{password}"}}"#);
        self.send("POST", "Login", &body, &[])
    }

    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Request<Bytes> {
        let mut request =
            Request::builder().method(method).uri(format!("{HOST}/b1s/{}/{path}", self.version));
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Bytes::from(body.to_owned())).unwrap()
    }

    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<Answer, ConnectionLost> {
        self.layer.call(self.request(method, path, body, &[])).map(Answer::of)
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        Answer::of(self.layer.call(self.request(method, path, body, headers)).unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", &[])
    }

    /// A read that must succeed.
    pub(crate) fn ok(&self, path: &str) -> Answer {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer
    }

    pub(crate) fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, body, &[])
    }

    /// A write that must create something.
    pub(crate) fn created(&self, path: &str, body: &str) -> Value {
        let answer = self.post(path, body);
        assert_eq!(answer.status, 201, "{path}: {}", answer.text);
        answer.json()
    }

    /// A write that must be refused with HTTP 400.
    pub(crate) fn refused(&self, path: &str, body: &str) -> (i64, String) {
        let answer = self.post(path, body);
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        answer.error()
    }

    pub(crate) fn fault(&self, method: &str, path: &str, fault: Fault) {
        self.faults.add(FaultRule {
            method: Some(method.to_owned()),
            path_contains: path.to_owned(),
            skip: 0,
            times: 1,
            fault,
        });
    }

    pub(crate) fn wait(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
    }
}

/// An invoice of one line; `header` and `line` are further properties, with leading commas.
pub(crate) fn invoice(reference: &str, net: &str, header: &str, line: &str) -> String {
    format!(
        r#"{{"DocType":"dDocument_Service","CardCode":"V100","DocDate":"2026-03-10","NumAtCard":"{reference}","DocumentLines":[{{"AccountCode":"5030","LineTotal":{net},"TaxCode":"EX"{line}}}]{header}}}"#
    )
}

/// A journal entry that moves an amount from one account to another.
pub(crate) fn entry(debit: &str, credit: &str, net: &str, header: &str) -> String {
    format!(
        r#"{{"ReferenceDate":"2026-03-10","JournalEntryLines":[{{"AccountCode":"{debit}","Debit":{net}}},{{"AccountCode":"{credit}","Credit":{net}}}]{header}}}"#
    )
}
