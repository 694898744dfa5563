//! The observers of the host obey the laws of the port: they return from every step, in any order.

use procore_b1::progress::{Bars, Logged, observer};
use sync_core::contract;

#[test]
fn bars_return_from_every_step_of_a_cycle() {
    contract::observer::suite(&Bars::new());
}

#[test]
fn the_log_returns_from_every_step_of_a_cycle() {
    contract::observer::suite(&Logged);
}

#[test]
fn whatever_is_chosen_for_the_terminal_returns_from_every_step() {
    for quiet in [false, true] {
        contract::observer::suite(&*observer(quiet));
    }
}
