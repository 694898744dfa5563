//! The whole job on your own machine: a simulated Procore and a simulated SAP Business One Service
//! Layer on loopback, a contractor with 20 projects, and the real host between them.
//!
//! `cargo run --release --example quick_trial` goes through the story and writes
//! `target/quick_trial/reconciliation.html`; `-- --serve` leaves both systems running and prints
//! the configuration with which `procore-b1` can be pointed at them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it tells a story on the terminal")]

mod month;
mod stage;

use std::{process::ExitCode, time::Duration};

use procore_b1::{host::Host, progress, report};
use sync_core::{engine::CycleReport, states::RecordState};

use stage::{Stage, Trouble};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let serve = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--serve") => true,
        Some(other) => {
            eprintln!("'{other}' is no option of the trial; there is only --serve");
            return ExitCode::from(64);
        }
    };
    let told = if serve { stage::serve().await } else { story().await };
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe trial went wrong: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the trial says how long it took")]
async fn story() -> Outcome<()> {
    let began = std::time::Instant::now();
    let stage = Stage::build().await?;
    stage.introduce();

    chapter("Set up and check");
    let host = stage.host().await?;
    let made = host.setup().await?;
    println!("SAP has the user fields now: {}.", made.created.join(", "));
    let check = host.check(&sync_core::ports::Silent).await?;
    print!("{}", report::text::check(&check));

    chapter("Preview: what would be posted");
    let preview = host.preview(progress::observer(false).as_ref()).await?;
    println!(
        "{} documents would be posted and {} records would wait for a person. Nothing was sent.",
        preview.documents.len(),
        preview.exceptions.len()
    );

    chapter("The first cycle");
    let first = host.sync(progress::observer(false).as_ref(), None).await?;
    tell(&first);
    require(
        first.documents.len() == preview.documents.len(),
        "the cycle posts what was previewed",
    )?;
    require(first.exceptions.len() == stage.troubles(), "exactly the known troubles wait")?;
    for row in &first.exceptions {
        if let Some(cause) = &row.cause {
            println!("  waits: {} {}\n         {}", row.key, cause.reason, cause.detail);
            println!("         remedy: {}", cause.reason.remedy());
        }
    }

    chapter("The month goes on");
    for what in month::goes_on(&stage)? {
        println!("  - {what}");
    }
    let second = host.sync(progress::observer(false).as_ref(), None).await?;
    tell(&second);
    let uncertain = second.counts.get(&RecordState::Uncertain).copied().unwrap_or_default();
    require(uncertain == 1, "the lost reply leaves one record uncertain")?;

    chapter("A little later");
    println!("The lost reply is believed absent only {} later, so we wait.", stage::SETTLE_TEXT);
    tokio::time::sleep(stage::SETTLE + Duration::from_millis(200)).await;
    let third = host.sync(progress::observer(false).as_ref(), None).await?;
    tell(&third);
    require(
        !third.counts.contains_key(&RecordState::Uncertain),
        "SAP answered for the lost reply: the document was found and adopted",
    )?;
    host.close().await?;

    chapter("People mend what waits");
    for trouble in Trouble::ALL {
        println!("  - {}", stage.mend(trouble)?);
    }
    let host = stage.host().await?;
    let replay = host.replay(progress::observer(false).as_ref(), None).await?;
    tell(&replay);
    require(replay.exit_code() == 0, "nothing waits for a person any more")?;

    chapter("Reconciliation");
    finish(&stage, host).await?;
    println!("\nThe whole trial took {:.1} s.", began.elapsed().as_secs_f32());
    Ok(())
}

async fn finish(stage: &Stage, host: Host) -> Outcome<()> {
    let idle = host.sync(progress::observer(false).as_ref(), None).await?;
    require(idle.documents.is_empty(), "one more cycle posts nothing")?;
    println!(
        "One more cycle posted nothing; it made {} calls to Procore and {} to SAP.",
        idle.calls.source, idle.calls.ledger
    );
    let reconciliation = host.reconcile(progress::observer(false).as_ref()).await?;
    print!("{}", report::text::reconciliation(&reconciliation));
    let page = stage.folder().join("reconciliation.html");
    std::fs::write(&page, report::html::reconciliation(&reconciliation))?;
    host.close().await?;
    require(reconciliation.exit_code() == 0, "the difference is 0.00 and nothing waits")?;
    stage.nothing_stands_twice()?;
    println!("\nThe page for the controller: {}", page.display());
    Ok(())
}

fn chapter(title: &str) {
    println!("\n{title}\n{}", "-".repeat(title.chars().count()));
}

fn tell(report: &CycleReport) {
    let count = |state: RecordState| report.counts.get(&state).copied().unwrap_or_default();
    let seconds = (report.finished_at - report.started_at).num_milliseconds();
    println!(
        "Cycle {} is {} after {} ms: {} documents posted; {} records unchanged, {} waiting, {} for a person.",
        report.number,
        report.status.name(),
        seconds,
        report.documents.len(),
        count(RecordState::Unchanged),
        count(RecordState::Waiting),
        report.exceptions.len(),
    );
    println!(
        "  calls: {} to Procore, {} to SAP, {} login",
        report.calls.source, report.calls.ledger, report.calls.logins
    );
    for problem in &report.problems {
        println!(
            "  project {}: {} {}",
            problem.project, problem.failure.name, problem.failure.detail
        );
    }
    if let Some(failure) = &report.failure {
        println!("  {}: {}", failure.name, failure.detail);
    }
}

fn require(holds: bool, what: &str) -> Outcome<()> {
    if holds { Ok(()) } else { Err(format!("expected that {what}").into()) }
}
