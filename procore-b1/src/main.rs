//! The command `procore-b1`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut result, mut aside) = (std::io::stdout(), std::io::stderr());
    ExitCode::from(procore_b1::commands::main(std::env::args_os(), &mut result, &mut aside))
}
