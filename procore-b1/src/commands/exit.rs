//! Exit codes.

/// Done, and nothing waits for a person.
pub const DONE: u8 = 0;
/// The cycle is partial or failed, a check failed, there is a difference, or a file or system could
/// not be used.
pub const FAILED: u8 = 1;
/// Done, and something waits for a person.
pub const WAITING: u8 = 2;
/// The command line or the configuration is wrong.
pub const USAGE: u8 = 64;
