//! The sections `[procore]` and `[sap_b1]`: which systems, as whom, how fast.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use chrono::TimeDelta;
use procore_client::Environment;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use secrecy::SecretString;
use sync_core::model::{CompanyId, ProjectId};
use url::{Host, Url};

use super::{
    secret::Vault,
    section::{Section, Spot},
    tree::Node,
};
use crate::sweep::SweepSchedule;

/// Which projects are synchronised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectChoice {
    /// Every project that the credentials can see.
    All,
    /// These.
    Only(BTreeSet<ProjectId>),
}

/// Procore: where, as whom, which company and projects, how fast.
#[derive(Clone, Debug)]
pub struct ProcoreConfig {
    /// The API's address, without a slash at the end.
    pub base_url: String,
    /// The login server's address, without a slash at the end.
    pub login_url: String,
    /// The client id.
    pub client_id: String,
    /// The client secret.
    pub client_secret: SecretString,
    /// The company.
    pub company: CompanyId,
    /// The projects.
    pub projects: ProjectChoice,
    /// Which share of the hourly quota is used, in percent.
    pub quota_share_percent: u8,
    /// How far behind its high-water mark a list is read again.
    pub overlap: TimeDelta,
    /// When every list is read in full again.
    pub sweep: SweepSchedule,
    /// Of how many records a sweep reads the lines in an hour.
    pub sweep_lines: u64,
}

/// SAP Business One: where, as whom, which company, how fast.
#[derive(Clone, Debug)]
pub struct SapB1Config {
    /// The Service Layer's address with its version, without a slash at the end.
    pub service_layer_url: String,
    /// The host of that address.
    pub host: String,
    /// The company database.
    pub company_db: String,
    /// The user.
    pub user_name: String,
    /// The user's password.
    pub password: SecretString,
    /// The certificate authority's certificate, as PEM.
    pub ca_certificate: Option<Vec<u8>>,
    /// How many documents are sent at the same time.
    pub writes_in_flight: usize,
    /// How many reads run at the same time.
    pub reads_in_flight: usize,
    /// How long a document may take.
    pub document_timeout: Duration,
    /// How long after a request without an answer its absence is believed.
    pub unknown_settle: TimeDelta,
    /// Whether each document is posted with a claim in one change set.
    pub post_with_claim: bool,
}

/// How long a document may take where the file does not say.
const DOCUMENT_TIMEOUT: TimeDelta = TimeDelta::seconds(180);

/// How much longer than a document the right to write must last, at most.
const POST_MARGIN_MAX: Duration = Duration::from_secs(60);

impl SapB1Config {
    /// How long the right to write must still last when a document is sent: the time-out of a document,
    /// and as much again up to a minute.
    #[must_use]
    pub fn post_time(&self) -> Duration {
        self.document_timeout + self.document_timeout.min(POST_MARGIN_MAX)
    }
}

pub(crate) fn procore(section: Section<'_>, vault: &Vault<'_>) -> Option<ProcoreConfig> {
    let base = address(&section, "base_url", Some(Environment::Production.base_url()));
    let login = address(&section, "login_url", Some(Environment::Production.login_url()));
    if let (Some(base), Some(login)) = (&base, &login) {
        refuse_mixed_environments(&section, base, login);
    }
    let client_id = vault.identifier(&section, "client_id");
    let client_secret = vault.secret(&section, "client_secret");
    section.required("company_id", "write the number that Procore shows in the company's address");
    let company = section.integer("company_id", 1, i64::MAX);
    let projects = projects(&section);
    let limits = section.section("limits");
    let quota_share_percent = quota_share(&limits);
    let overlap = limits.duration("overlap", TimeDelta::zero(), TimeDelta::days(2));
    let sweep = sweep(&limits);
    let sweep_lines = limits.integer("sweep_lines", 1, 1_000_000);
    limits.finish();
    section.finish();
    Some(ProcoreConfig {
        base_url: base?.text,
        login_url: login?.text,
        client_id: client_id?,
        client_secret: client_secret?,
        company: CompanyId(company?.value),
        projects: projects?,
        quota_share_percent: quota_share_percent?,
        overlap: overlap.map_or(TimeDelta::minutes(10), |spot| spot.value),
        sweep: sweep?,
        sweep_lines: sweep_lines.map_or(300, |spot| spot.value.unsigned_abs()),
    })
}

fn projects(section: &Section<'_>) -> Option<ProjectChoice> {
    const REMEDY: &str = "write \"all\", or a list of Procore project ids like [865, 866]";
    section.required("project_ids", REMEDY);
    let entry = section.entry("project_ids")?;
    let mut only = BTreeSet::new();
    let mut sound = true;
    let mut take = |place, number: Option<i64>| match number {
        Some(number) if number > 0 => {
            if !only.insert(ProjectId(number)) {
                let problem = format!("project {number} stands twice");
                section.faults().add(place, section.key("project_ids"), problem, "keep one");
                sound = false;
            }
        }
        _ => {
            let problem = "holds something that is no project id";
            section.faults().add(place, section.key("project_ids"), problem, REMEDY);
            sound = false;
        }
    };
    match &entry.node {
        Node::Text(text) | Node::Plain(text) if text.trim() == "all" => {
            return Some(ProjectChoice::All);
        }
        Node::List(items) => {
            for item in items {
                let number =
                    if let Node::Integer(number) = item.node { Some(number) } else { None };
                take(&item.place, number);
            }
        }
        Node::Plain(text) => {
            text.split(',').for_each(|part| take(&entry.place, part.trim().parse().ok()));
        }
        _ => take(&entry.place, None),
    }
    if sound && only.is_empty() {
        let problem = "names no project";
        section.faults().add(&entry.place, section.key("project_ids"), problem, REMEDY);
        return None;
    }
    sound.then_some(ProjectChoice::Only(only))
}

fn quota_share(limits: &Section<'_>) -> Option<u8> {
    const REMEDY: &str = "write a share from 0.01 to 1, in steps of 0.01";
    if limits.entry("quota_share").is_none() {
        return Some(80);
    }
    let spot = limits.decimal("quota_share", REMEDY)?;
    let percent = spot.value.checked_mul(Decimal::ONE_HUNDRED)?;
    match percent.to_u8().filter(|whole| Decimal::from(*whole) == percent) {
        Some(percent @ 1..=100) => Some(percent),
        _ => {
            let problem = format!("{} is no such share", spot.value);
            limits.faults().add(&spot.place, spot.key, problem, REMEDY);
            None
        }
    }
}

fn sweep(limits: &Section<'_>) -> Option<SweepSchedule> {
    const REMEDY: &str = "write five fields like \"0 3 * * 6\": minute, hour, day, month, weekday";
    if limits.entry("sweep").is_none() {
        return Some(SweepSchedule::default());
    }
    let spot = limits.text("sweep", REMEDY)?;
    match SweepSchedule::parse(&spot.value) {
        Ok(schedule) => Some(schedule),
        Err(error) => {
            let problem = format!("'{}' is no schedule: {error}", spot.value);
            limits.faults().add(&spot.place, spot.key, problem, REMEDY);
            None
        }
    }
}

pub(crate) fn sap_b1(
    section: Section<'_>,
    vault: &Vault<'_>,
    folder: &Path,
) -> Option<SapB1Config> {
    let url = address(&section, "service_layer_url", None).filter(|url| has_version(&section, url));
    let company_db = section.required_text(
        "company_db",
        "write the name of SAP's company database, e.g. \"SBODEMOUS\"",
    );
    let user_name = vault.identifier(&section, "user_name");
    let password = vault.secret(&section, "password");
    let ca_certificate = certificate(&section, folder);
    let limits = section.section("limits");
    let writes = limits.integer("writes_in_flight", 1, 64).map_or(4, |spot| spot.value);
    let reads = limits.integer("reads_in_flight", 1, 64).map_or(8, |spot| spot.value);
    let timeout = limits.duration("document_timeout", TimeDelta::seconds(1), TimeDelta::hours(1));
    let timeout = timeout.map_or(DOCUMENT_TIMEOUT, |spot| spot.value);
    let settle = unknown_settle(&limits, timeout);
    let post_with_claim = limits.switch("post_with_claim").is_some_and(|spot| spot.value);
    limits.finish();
    section.finish();
    let url = url?;
    Some(SapB1Config {
        service_layer_url: url.text,
        host: url.host,
        company_db: company_db?.value,
        user_name: user_name?,
        password: password?,
        ca_certificate: ca_certificate?,
        writes_in_flight: usize::try_from(writes).ok()?,
        reads_in_flight: usize::try_from(reads).ok()?,
        document_timeout: timeout.to_std().ok()?,
        unknown_settle: settle,
        post_with_claim,
    })
}

/// The larger of 10 minutes and twice the document time-out, unless the file says otherwise; never
/// below twice the time-out, because the request may still be running in SAP.
fn unknown_settle(limits: &Section<'_>, document_timeout: TimeDelta) -> TimeDelta {
    let default = TimeDelta::minutes(10).max(document_timeout * 2);
    limits
        .duration("unknown_settle", document_timeout * 2, TimeDelta::days(7))
        .map_or(default, |spot| spot.value)
}

/// `None` when the file cannot be read, `Some(None)` when none is named.
fn certificate(section: &Section<'_>, folder: &Path) -> Option<Option<Vec<u8>>> {
    let remedy = "write the path of a PEM file";
    let Some(spot) = section.path("ca_certificate", folder, remedy) else { return Some(None) };
    match fs::read(&spot.value) {
        Ok(pem) if pem.windows(11).any(|part| part == b"-----BEGIN ") => Some(Some(pem)),
        outcome => {
            let problem = match outcome {
                Ok(_) => "the file holds no PEM certificate".to_owned(),
                Err(error) => format!("{} cannot be read: {error}", spot.value.display()),
            };
            section.faults().add(&spot.place, spot.key, problem, remedy);
            None
        }
    }
}

/// An address that was read.
pub(crate) struct Address {
    text: String,
    host: String,
    path: String,
    spot: Spot<()>,
}

/// An https address, or a plain http one to this machine. No message shows the address, which may
/// carry a password.
fn address(section: &Section<'_>, name: &str, default: Option<&str>) -> Option<Address> {
    let remedy = "write an address like \"https://host.example.com\"";
    let spot = match (section.entry(name), default) {
        (None, Some(default)) => Spot {
            value: default.to_owned(),
            key: section.key(name),
            place: section.place().clone(),
        },
        _ => section.required_text(name, remedy)?,
    };
    let refuse = |problem: &str| {
        section.faults().add(&spot.place, spot.key.clone(), problem, remedy);
        None
    };
    let Ok(url) = Url::parse(&spot.value) else { return refuse("is no address") };
    let Some(host) = url.host() else { return refuse("names no host") };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("carries a user or a password, which belong into keys of their own");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("carries a query or a fragment");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" => return refuse("is plain http, which is allowed to this machine only"),
        _ => return refuse("is not https"),
    }
    Some(Address {
        text: url.as_str().trim_end_matches('/').to_owned(),
        host: host.to_string(),
        path: url.path().trim_end_matches('/').to_owned(),
        spot: Spot { value: (), key: spot.key, place: spot.place },
    })
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn has_version(section: &Section<'_>, url: &Address) -> bool {
    let has = url.path.ends_with("/v1") || url.path.ends_with("/v2");
    if !has {
        let remedy = "write an address like \"https://b1.example.com:50000/b1s/v2\"";
        let Spot { key, place, .. } = &url.spot;
        section.faults().add(place, key.clone(), "does not end in /v1 or /v2", remedy);
    }
    has
}

/// Credentials of one environment never work in another, and their data must not meet.
fn refuse_mixed_environments(section: &Section<'_>, base: &Address, login: &Address) {
    let known =
        [Environment::Production, Environment::DevelopmentSandbox, Environment::MonthlySandbox];
    let of_base = known.iter().find(|environment| environment.base_url() == base.text);
    let of_login = known.iter().find(|environment| environment.login_url() == login.text);
    if let (Some(of_base), Some(of_login)) = (of_base, of_login)
        && of_base != of_login
    {
        let problem = format!("{} logs in to another environment than {}", login.text, base.text);
        let remedy = format!("write \"{}\"", of_base.login_url());
        section.faults().add(&login.spot.place, login.spot.key.clone(), problem, remedy);
    }
}
