//! Lists the commitments of a project, with the client alone and no credentials: the sandbox answers over HTTP.
//!
//! Run with `cargo run --example procore_list_commitments`.

use std::{error::Error, io::Write};

use futures_util::StreamExt;
use procore_client::{
    Client, CompanyId, Project, ProjectId, SecretString, Visibility,
    paging::Item,
    resources::commitments::{Commitment, CommitmentQuery},
};
use rust_decimal::Decimal;
use sync_sandbox::{
    Sandbox, SandboxClock, SandboxOptions, ServeOptions, Served, contractor::Contractor,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    #[expect(clippy::disallowed_methods, reason = "the contractor's year ends today")]
    let today = chrono::Utc::now().date_naive();
    let contractor = Contractor::full(7, today);
    let (company, projects) = (contractor.company.id, contractor.project_ids());
    let mut options = SandboxOptions::default();
    options.procore = options.procore.with_documented_limits();
    let secret = SecretString::from(options.procore.client_secret.clone());
    let client_id = options.procore.client_id.clone();
    let sandbox = Sandbox::new(contractor, options, SandboxClock::wall());
    let latency = ServeOptions { procore_latency_ms: 20, ..ServeOptions::default() };
    let served = Served::start(&sandbox, latency).await?;

    // With a real company: leave the two URLs out and name your own company and projects.
    let client = Client::builder(CompanyId::new(company))
        .base_url(&served.procore_url)
        .login_url(&served.login_url)
        .credentials(client_id, secret)
        .projects(projects.iter().copied().map(ProjectId::new))
        .per_page(5)
        .build()?;

    let scope = client.verify_scope().await;
    scope.token?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "The app sees {} of {} projects.", visible(&scope.projects), projects.len())?;
    let first = scope.projects.iter().find(|(_, project)| project.is_visible());
    let (id, seen) = first.ok_or("the app sees no project")?;
    if let Visibility::Visible { name: Some(name), .. } = seen {
        writeln!(out, "Project {id}, {name}:\n")?;
    }
    let project = client.project(*id)?;
    let mut sum = Sum::default();
    show(&mut out, &project, &mut sum).await?;

    writeln!(out, "{:->96}", "")?;
    writeln!(out, "{:<61} {:>16.2} {:>16.2}", "", sum.original, sum.revised)?;
    let calls = client.calls();
    writeln!(out, "\n{} calls and {} login.", calls.api, calls.logins)?;
    if let Some(window) = client.rate_limit().short {
        writeln!(out, "{} of {} calls are left in this window.", window.remaining, window.limit)?;
    }
    Ok(())
}

#[derive(Default)]
struct Sum {
    original: Decimal,
    revised: Decimal,
}

async fn show(out: &mut impl Write, project: &Project, sum: &mut Sum) -> Outcome<()> {
    let query = CommitmentQuery::default();
    let kinds = [
        ("purchase orders", project.purchase_order_contracts(&query)),
        ("subcontracts", project.work_order_contracts(&query)),
    ];
    for (kind, list) in kinds {
        let mut items = list.stream();
        let total = items.total().await?.unwrap_or_default();
        writeln!(
            out,
            "{total} {kind}{:>width$} {:>16}",
            "original",
            "revised",
            width = 77 - kind.len() - total.to_string().len()
        )?;
        while let Some(item) = items.next().await {
            match item? {
                Item::Record(record) => row(out, &record.value, sum)?,
                Item::Unreadable(bad) => {
                    writeln!(out, "  cannot be read: {} at {}", bad.problem, bad.path)?
                }
            }
        }
    }
    Ok(())
}

fn row(out: &mut impl Write, commitment: &Commitment, sum: &mut Sum) -> Outcome<()> {
    let text = |text: Option<&str>, length| -> String {
        text.unwrap_or("-").chars().take(length).collect()
    };
    let status = commitment.status.as_ref().map(|status| status.as_str());
    let original = commitment.grand_total.unwrap_or_default();
    let revised = commitment.revised_contract.unwrap_or(original);
    sum.original += original;
    sum.revised += revised;
    writeln!(
        out,
        "  {:<12} {:<26} {:<18} {original:>16.2} {revised:>16.2}",
        text(commitment.number.as_deref(), 12),
        text(commitment.title.as_deref(), 26),
        text(status, 18),
    )?;
    Ok(())
}

fn visible(projects: &[(ProjectId, Visibility)]) -> usize {
    projects.iter().filter(|(_, visibility)| visibility.is_visible()).count()
}
