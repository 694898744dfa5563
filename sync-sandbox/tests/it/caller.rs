//! A caller of the simulated Procore: it logs in and reads, nothing more.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::{Request, Response};
use rust_decimal::Decimal;
use serde_json::Value;
use sync_sandbox::{
    ConnectionLost, Sandbox, SandboxOptions,
    contractor::Contractor,
    procore::{Procore, ProcoreOptions},
};

pub(crate) const BASE: &str = "https://sandbox.example.com";
const COMPANY: &str = "8089";

pub(crate) fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

/// A sandbox of one project at noon of its last day.
pub(crate) fn one_project(procore: ProcoreOptions) -> Sandbox {
    let options = SandboxOptions { procore, ..SandboxOptions::default() };
    Sandbox::standing(Contractor::one_project(1, as_of()), options)
}

/// An answer with its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    fn of(response: Response<Bytes>) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: String::from_utf8(response.body().to_vec()).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        self.json().as_array().unwrap_or_else(|| panic!("no list: {}", self.text)).clone()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|v| v.to_str().unwrap())
    }

    /// The target of the `Link` header with this relation, without the origin.
    pub(crate) fn link(&self, rel: &str) -> Option<String> {
        let wanted = format!("rel=\"{rel}\"");
        let link = self.header("link")?.split(", ").find(|l| l.ends_with(&wanted))?;
        let target = link.trim_start_matches('<').split('>').next()?;
        Some(target.strip_prefix(BASE).unwrap_or(target).to_owned())
    }
}

/// A logged-in caller.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) procore: Procore,
    pub(crate) token: String,
}

pub(crate) fn login_request(secret: &str) -> Request<Bytes> {
    let form =
        format!("grant_type=client_credentials&client_id=sandbox-client&client_secret={secret}");
    Request::post("https://login.example.com/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .unwrap()
}

impl Caller {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        let procore = sandbox.procore.clone();
        let answer = Answer::of(procore.call(login_request("sandbox-secret")).unwrap());
        assert_eq!(answer.status, 200, "{}", answer.text);
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        Self { procore, token }
    }

    pub(crate) fn request(&self, target: &str) -> Request<Bytes> {
        Request::get(format!("{BASE}{target}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("procore-company-id", COMPANY)
            .body(Bytes::new())
            .unwrap()
    }

    pub(crate) fn send(&self, request: Request<Bytes>) -> Result<Answer, ConnectionLost> {
        self.procore.call(request).map(Answer::of)
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        self.send(self.request(target)).unwrap()
    }

    /// A read that must succeed.
    pub(crate) fn ok(&self, target: &str) -> Answer {
        let answer = self.get(target);
        assert_eq!(answer.status, 200, "{target}: {}", answer.text);
        answer
    }

    /// Every row of a list, following `rel="next"`.
    pub(crate) fn all(&self, target: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut next = Some(target.to_owned());
        while let Some(target) = next {
            let answer = self.ok(&target);
            rows.extend(answer.rows());
            next = answer.link("next");
        }
        rows
    }
}

/// An amount of the wire, written as a string or as a number.
pub(crate) fn amount(value: &Value) -> Decimal {
    match value {
        Value::String(text) => Decimal::from_str_exact(text).unwrap(),
        Value::Number(number) => Decimal::from_str_exact(&number.to_string()).unwrap(),
        other => panic!("no amount: {other}"),
    }
}

pub(crate) fn id(value: &Value) -> i64 {
    value["id"].as_i64().unwrap_or_else(|| panic!("no id: {value}"))
}

/// A range filter from an instant to the far future, encoded.
pub(crate) fn since(at: DateTime<Utc>) -> String {
    let from = at.format("%Y-%m-%dT%H:%M:%SZ");
    format!("filters%5Bupdated_at%5D={from}...2099-01-01T00:00:00Z")
}
