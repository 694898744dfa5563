//! The method of all figures: CPU time of the measuring thread, interleaved blocks, medians, and a check of itself.
//!
//! One round measures a block of the yardstick, a block of the subject and a block of the yardstick again, in turning
//! order. A figure is the median over the rounds, each compared with the yardstick of its own round, so that a machine
//! that grows slower meanwhile slows both. The two yardstick blocks are compared as well (A/A): where their median
//! differs by more than 2 %, the machine is too busy and the figure is not valid.
#![allow(clippy::print_stdout, reason = "figures are printed")]

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Rounds of a measurement; the figure is the median of so many.
const ROUNDS: usize = 11;
/// The most by which the yardstick may differ from itself, in percent.
const AA_PERCENT_MAX: f64 = 2.0;
/// A measurement that is not valid is taken again at most so often.
const TRIES: usize = 5;

/// What one measurement gave.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// CPU time of one operation of the yardstick.
    pub yardstick_us: f64,
    /// CPU time that one operation of the subject takes beyond it; negative where it takes less.
    pub added_us: f64,
    /// Time of the yardstick over the time of the subject: 0.75 means that the subject works at 75 % of its speed.
    pub speed: f64,
    /// How much the yardstick differs from itself, in percent.
    pub aa_percent: f64,
}

impl Figure {
    /// Whether the machine was quiet enough.
    pub fn is_valid(&self) -> bool {
        self.aa_percent.abs() <= AA_PERCENT_MAX
    }
}

/// Measures until a measurement is valid, at most five times, and prints each; the last one counts. Whether another is
/// taken depends on the yardstick alone, never on the figure.
pub fn compare(
    name: &str,
    block: usize,
    mut yardstick: impl FnMut(usize),
    mut subject: impl FnMut(usize),
) -> Figure {
    yardstick(block);
    subject(block);
    let mut figure = measure(block, &mut yardstick, &mut subject);
    for _ in 1..TRIES {
        if figure.is_valid() {
            break;
        }
        show(name, figure);
        figure = measure(block, &mut yardstick, &mut subject);
    }
    show(name, figure);
    figure
}

/// Prints what a figure should be and says whether it is met. Returns false only for a valid figure that misses.
pub fn verdict(name: &str, figure: Figure, limit: &str, met: bool) -> bool {
    let word = match (figure.is_valid(), met) {
        (false, _) => "not valid (the machine is too busy)",
        (true, true) => "pass",
        (true, false) => "FAIL",
    };
    println!("{name}: {limit}: {word}");
    !figure.is_valid() || met
}

fn show(name: &str, figure: Figure) {
    println!(
        "{name}: yardstick {:.1} us, added {:+.1} us, speed {:.3}x, A/A {:+.2} %",
        figure.yardstick_us, figure.added_us, figure.speed, figure.aa_percent
    );
}

fn measure(
    block: usize,
    yardstick: &mut impl FnMut(usize),
    subject: &mut impl FnMut(usize),
) -> Figure {
    let (mut own, mut added, mut speed, mut aa) = (vec![], vec![], vec![], vec![]);
    for round in 0..ROUNDS {
        let mut times = [0.0; 3];
        for step in 0..3 {
            let place = (round + step) % 3;
            let work: &mut dyn FnMut(usize) = if place == 1 { subject } else { yardstick };
            times[place] = cpu_us(|| work(block)) / block as f64;
        }
        let [first, subject, second] = times;
        let yardstick = f64::midpoint(first, second);
        own.push(yardstick);
        added.push(subject - yardstick);
        speed.push(yardstick / subject);
        aa.push((second / first - 1.0) * 100.0);
    }
    Figure {
        yardstick_us: median(own),
        added_us: median(added),
        speed: median(speed),
        aa_percent: median(aa),
    }
}

fn cpu_us(work: impl FnOnce()) -> f64 {
    let began = thread_time();
    work();
    (thread_time() - began).as_secs_f64() * 1e6
}

/// CPU time that this thread has used.
fn thread_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).expect("time does not run backwards")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
