//! A CSV file with a header row, as rows of named cells that know their lines.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::config::fault::{Faults, Place, nearest};

/// A column that a table has.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    /// The longest value that SAP takes.
    pub(crate) chars_max: Option<usize>,
}

impl Column {
    pub(crate) const fn required(name: &'static str) -> Self {
        Self { name, required: true, chars_max: None }
    }

    pub(crate) const fn optional(name: &'static str) -> Self {
        Self { name, required: false, chars_max: None }
    }

    pub(crate) const fn at_most(mut self, chars: usize) -> Self {
        self.chars_max = Some(chars);
        self
    }
}

/// A row with its cells by column.
pub(crate) struct Row<'a> {
    pub(crate) line: usize,
    cells: BTreeMap<&'static str, String>,
    file: &'a Path,
    faults: &'a Faults,
}

impl Row<'_> {
    /// A cell without the blanks around it; empty where the column is missing.
    pub(crate) fn cell(&self, column: &'static str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// Names a fault of a cell.
    pub(crate) fn wrong(&self, column: &str, problem: impl Into<String>, remedy: &str) {
        self.faults.add(&Place::line(self.file, self.line), column, problem, remedy);
    }

    /// A cell that must not be empty.
    pub(crate) fn filled(&self, column: &'static str, remedy: &str) -> Option<&str> {
        let cell = self.cell(column);
        if cell.is_empty() {
            self.wrong(column, "is empty", remedy);
            return None;
        }
        Some(cell)
    }

    /// A cell with an id of Procore.
    pub(crate) fn id(&self, column: &'static str) -> Option<i64> {
        const REMEDY: &str = "write the number that Procore shows in the address";
        let cell = self.filled(column, REMEDY)?;
        match cell.parse() {
            Ok(id) if id > 0 => Some(id),
            _ => {
                self.wrong(column, format!("'{cell}' is no id of Procore"), REMEDY);
                None
            }
        }
    }
}

/// Reads the rows of a file; faults of single rows do not hide those of the others.
pub(crate) fn read<'a>(file: &'a Path, columns: &[Column], faults: &'a Faults) -> Vec<Row<'a>> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let problem = format!("cannot be read: {error}");
            faults.add(&Place::file(file), "", problem, "correct the path in [mapping]");
            return Vec::new();
        }
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut rows = Vec::new();
    let mut header: Option<Vec<Option<&'static str>>> = None;
    for record in reader.byte_records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.add(&Place::file(file), "", format!("is no CSV: {error}"), "correct it");
                break;
            }
        };
        let line = lines.of(&record);
        let Some(cells) = texts(&record, file, line, faults) else { continue };
        match &header {
            None => header = Some(read_header(&cells, file, columns, faults)),
            Some(_) if cells.iter().all(String::is_empty) => {}
            Some(header) if cells.len() != header.len() => {
                let problem =
                    format!("has {} cells, and the header has {}", cells.len(), header.len());
                let remedy = "put a value with a comma into quotes, or add the missing commas";
                faults.add(&Place::line(file, line), "", problem, remedy);
            }
            Some(header) => rows.push(row(header, cells, line, file, faults)),
        }
    }
    if header.is_none() {
        faults.add(&Place::file(file), "", "is empty", "write the header row");
    }
    for row in &rows {
        refuse_long_values(row, columns);
    }
    rows
}

/// Counts lines from record to record. The reader's own count lags behind after an empty line, and
/// after every line that ends as those of Windows do.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line on which a record begins; records come in the order of the file.
    fn of(&mut self, record: &csv::ByteRecord) -> usize {
        let begins = record.position().map_or(0, csv::Position::byte);
        let begins = usize::try_from(begins).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.at)
            && (self.at < begins || matches!(byte, b'\r' | b'\n'))
        {
            self.line += usize::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

fn texts(
    record: &csv::ByteRecord,
    file: &Path,
    line: usize,
    faults: &Faults,
) -> Option<Vec<String>> {
    let cells: Result<Vec<String>, _> = record
        .iter()
        .map(|cell| std::str::from_utf8(cell).map(|text| text.trim().to_owned()))
        .collect();
    if cells.is_err() {
        let remedy = "save the file as \"CSV UTF-8\"";
        faults.add(&Place::line(file, line), "", "is not UTF-8", remedy);
    }
    cells.ok()
}

fn read_header(
    cells: &[String],
    file: &Path,
    columns: &[Column],
    faults: &Faults,
) -> Vec<Option<&'static str>> {
    let place = Place::line(file, 1);
    if let [only] = cells
        && only.contains(';')
    {
        let problem = "the columns are separated by semicolons";
        faults.add(&place, "", problem, "separate them by commas");
        return vec![None];
    }
    let mut header: Vec<Option<&'static str>> = Vec::new();
    for cell in cells {
        let column = columns.iter().find(|column| column.name == cell.to_lowercase());
        let name = column.map(|column| column.name);
        if name.is_none() {
            let remedy = match nearest(cell, columns.iter().map(|column| column.name)) {
                Some(known) => format!("did you mean '{known}'?"),
                None => "remove the column".to_owned(),
            };
            faults.add(&place, cell.clone(), "is no column of this table", remedy);
        } else if header.contains(&name) {
            faults.add(&place, cell.clone(), "stands twice in the header", "keep one");
        }
        header.push(name);
    }
    for column in columns.iter().filter(|column| column.required) {
        if !header.contains(&Some(column.name)) {
            let remedy = format!(
                "the header is {}",
                columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",")
            );
            faults.add(&place, column.name, "is missing in the header", remedy);
        }
    }
    header
}

fn row<'a>(
    header: &[Option<&'static str>],
    cells: Vec<String>,
    line: usize,
    file: &'a Path,
    faults: &'a Faults,
) -> Row<'a> {
    let cells = header
        .iter()
        .zip(cells)
        .filter_map(|(column, cell)| column.map(|column| (column, cell)))
        .collect();
    Row { line, cells, file, faults }
}

fn refuse_long_values(row: &Row<'_>, columns: &[Column]) {
    for column in columns {
        let Some(most) = column.chars_max else { continue };
        let cell = row.cell(column.name);
        if cell.chars().count() > most {
            let problem = format!("'{cell}' is longer than SAP's {most} characters");
            row.wrong(column.name, problem, "correct the code");
        }
    }
}

/// The files of the three tables.
pub(crate) struct Files {
    pub(crate) accounts: PathBuf,
    pub(crate) projects: PathBuf,
    pub(crate) vendors: PathBuf,
}
