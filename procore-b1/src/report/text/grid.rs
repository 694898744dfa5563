//! Aligned columns without frames.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::printable;

/// A table that is being filled.
pub(super) struct Grid {
    table: Table,
    right: Vec<bool>,
}

impl Grid {
    /// A table with these headings; a heading that begins with `>` stands over right-aligned cells.
    pub(super) fn new(headings: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        let right: Vec<bool> = headings.iter().map(|heading| heading.starts_with('>')).collect();
        let mut grid = Self { table, right };
        let cells: Vec<String> =
            headings.iter().map(|heading| heading.trim_start_matches('>').to_owned()).collect();
        let cells = grid.cells(cells);
        grid.table.set_header(cells);
        grid
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = self.cells(cells);
        self.table.add_row(cells);
    }

    /// The table's lines, indented by what the cells' padding gives.
    pub(super) fn lines(&self) -> String {
        let mut text = String::new();
        for line in self.table.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    fn cells(&self, cells: impl IntoIterator<Item = String>) -> Vec<Cell> {
        cells
            .into_iter()
            .zip(&self.right)
            .map(|(cell, right)| {
                let alignment = if *right { CellAlignment::Right } else { CellAlignment::Left };
                Cell::new(printable(&cell)).set_alignment(alignment)
            })
            .collect()
    }
}
