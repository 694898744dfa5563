//! Where a command writes: its result on standard output, everything else on standard error.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

/// The two streams.
pub struct Output<'a> {
    result: &'a mut (dyn Write + Send),
    aside: &'a mut (dyn Write + Send),
    json: bool,
    quiet: bool,
}

impl<'a> Output<'a> {
    /// Streams for a result and for what stands beside it.
    pub fn new(
        result: &'a mut (dyn Write + Send),
        aside: &'a mut (dyn Write + Send),
        json: bool,
        quiet: bool,
    ) -> Self {
        Self { result, aside, json, quiet }
    }

    /// Writes the result: the one document, or the text.
    ///
    /// # Errors
    ///
    /// When standard output is closed.
    pub fn result(
        &mut self,
        json: impl FnOnce() -> Vec<u8>,
        text: impl FnOnce() -> String,
    ) -> io::Result<()> {
        if self.json {
            self.result.write_all(&json())?;
        } else {
            self.result.write_all(text().as_bytes())?;
        }
        self.result.flush()
    }

    /// Writes a file, and says so.
    ///
    /// # Errors
    ///
    /// When it cannot be written, with its name.
    pub fn file(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::write(path, bytes).map_err(|error| {
            io::Error::new(error.kind(), format!("{} cannot be written: {error}", path.display()))
        })?;
        self.note(&format!("wrote {}", path.display()));
        Ok(())
    }

    /// Says something beside the result, unless it is to be quiet.
    pub fn note(&mut self, text: &str) {
        if !self.quiet {
            // A closed standard error must not end a cycle.
            let _ = writeln!(self.aside, "{text}");
        }
    }

    /// Says why it could not be done: on standard error, and as the one document where one is
    /// wanted.
    pub fn error(&mut self, text: &str, json: impl FnOnce() -> Vec<u8>) {
        let _ = writeln!(self.aside, "{text}");
        if self.json {
            let _ = self.result.write_all(&json());
            let _ = self.result.flush();
        }
    }
}

impl std::fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("json", &self.json).finish_non_exhaustive()
    }
}
