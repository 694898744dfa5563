//! A journal entry as rows of a CSV file, and back.

use std::{error::Error, io::Read};

use rust_decimal::Decimal;
use sync_core::model::{
    Coding, DocumentType, HeldDocument, HeldLine, HeldState, JournalEntry, JournalTarget, LineMark,
};

/// Key, revision, posting date, line mark, account, profit center, project, amount, text. An amount
/// is a text with its own digits.
type Row = [String; 9];

/// The rows of an entry; vendors and A/P documents have no place in them.
pub(crate) fn write(entry: &JournalEntry) -> Result<Vec<u8>, Box<dyn Error>> {
    let text = |cell: Option<&String>| cell.cloned().unwrap_or_default();
    let header = &entry.header;
    let mut rows = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    for line in &entry.lines {
        let JournalTarget::Account(to) = &line.target else {
            return Err("this ledger keeps no vendors; give the cost an offset account".into());
        };
        let row: Row = [
            header.key.to_string(),
            header.revision.clone(),
            header.posting_date.to_string(),
            line.mark.to_string(),
            to.account.clone(),
            text(to.dimensions[0].as_ref()),
            text(to.project.as_ref()),
            line.amount.to_string(),
            line.description.clone(),
        ];
        rows.write_record(&row)?;
    }
    Ok(rows.into_inner()?)
}

/// Every document in the rows, in their order. One row that does not read spoils the whole.
pub(crate) fn read(rows: impl Read) -> Result<Vec<HeldDocument>, Box<dyn Error>> {
    let mut documents: Vec<HeldDocument> = Vec::new();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(rows);
    for row in reader.deserialize() {
        let [key, revision, posting_date, mark, account, center, project, amount, text]: Row = row?;
        let (key, amount) = (key.parse()?, Decimal::from_str_exact(&amount)?);
        if documents.last().is_none_or(|last| last.key != key) {
            let doc_entry = i64::try_from(documents.len())? + 1;
            documents.push(HeldDocument {
                key,
                revision,
                document_type: DocumentType::JournalEntry,
                doc_entry,
                doc_num: Some(doc_entry),
                state: HeldState::Live,
                posting_date: posting_date.parse()?,
                card_code: None,
                control_account: None,
                branch: None,
                currency: "USD".to_owned(),
                total: Decimal::ZERO,
                local_total: None,
                tax: Decimal::ZERO,
                paid: Decimal::ZERO,
                open: true,
                lines: Vec::new(),
            });
        }
        let Some(document) = documents.last_mut() else { continue };
        let filled = |cell: String| (!cell.is_empty()).then_some(cell);
        let coding = Coding {
            account,
            dimensions: [filled(center), None, None, None, None],
            project: filled(project),
            tax_code: None,
        };
        document.total += amount.max(Decimal::ZERO);
        document.lines.push(HeldLine {
            mark: LineMark::parse(&mark),
            target: JournalTarget::Account(coding),
            amount,
            local: None,
            tax: Decimal::ZERO,
            paid: Decimal::ZERO,
            description: text,
        });
    }
    Ok(documents)
}
