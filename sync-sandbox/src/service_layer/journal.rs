//! Journal entries: what a POST is checked for, and the entry that `/Cancel` makes.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    business_checks::{Place, rounded},
    error::{CODE_UNPUBLISHED, Refusal},
    state::State,
    unsupported,
    uri::Key,
    value::{Record, Value},
    write_checks::amount_limit,
};

const ENTRIES: &str = "JournalEntries";

/// The numbering series of journal entries.
const SERIES: i64 = 16;

/// Creates a journal entry; `body` has passed the checks of its type.
pub(crate) fn create(state: &mut State, mut body: Record) -> Result<Key, Refusal> {
    for name in ["JdtNum", "Number", "OriginalJournal", "Original", "BaseReference"] {
        body.remove(name);
    }
    unsupported::journal_entry(&body)?;
    state.series(&body, SERIES, "OJDT")?;
    let posting = body.date("ReferenceDate").unwrap_or_else(|| state.today());
    let due = body.date("DueDate").unwrap_or(posting);
    let tax = body.date("TaxDate").unwrap_or(posting);
    state.dates(posting, tax, due)?;
    if let Some(project) = body.filled("ProjectCode") {
        state.project(project, posting, "Project", Place { table: "OJDT", line: None })?;
    }
    for (name, date) in [("ReferenceDate", posting), ("DueDate", due), ("TaxDate", tax)] {
        body.set(name, Value::Date(date));
    }
    if body.get("VatDate").is_none() {
        body.set("VatDate", Value::Date(tax));
    }
    let mut lines = body.list("JournalEntryLines").to_vec();
    if lines.is_empty() {
        return Err(Refusal::bad(CODE_UNPUBLISHED, "Journal entry must have at least one row"));
    }
    for (n, line) in lines.iter_mut().enumerate() {
        complete_line(state, line, n, posting)?;
        for (name, date) in [("DueDate", due), ("TaxDate", tax)] {
            if line.get(name).is_none() {
                line.set(name, Value::Date(date));
            }
        }
        line.set("ReferenceDate1", Value::Date(posting));
        let reference = body.text("Reference").to_owned();
        if line.get("Reference1").is_none() {
            line.set("Reference1", Value::Text(reference));
        }
    }
    balanced(&lines)?;
    body.set("OriginalJournal", Value::from("ttJournalEntry"));
    let number = store(state, body, lines);
    if let Some(entry) = state.table_mut(ENTRIES).get_mut(&Key::Integer(number)) {
        entry.set("Original", Value::Integer(number));
        entry.set("BaseReference", Value::Text(number.to_string()));
    }
    Ok(Key::Integer(number))
}

/// Account or partner, codes and amounts of one line.
fn complete_line(
    state: &State,
    line: &mut Record,
    n: usize,
    posting: NaiveDate,
) -> Result<(), Refusal> {
    let place = Place { table: "JDT1", line: Some(n) };
    let short_name = line.filled("ShortName").filter(|code| *code != line.text("AccountCode"));
    let account = if let Some(card_code) = short_name {
        // A name that is no partner's is refused, whatever account stands beside it.
        let partner = state.partner(card_code, false, posting, place)?.clone();
        let named = line.filled("ControlAccount").or(line.filled("AccountCode"));
        let control = named.unwrap_or(partner.text("DebitorAccount")).to_owned();
        state.control_account(&control, posting, place)?;
        line.set("ShortName", Value::from(partner.text("CardCode")));
        line.set("AccountCode", Value::Text(control.clone()));
        line.set("ControlAccount", Value::Text(control));
        None
    } else {
        let account = line.text("AccountCode").to_owned();
        let row = state.line_account(&account, posting, place)?.clone();
        line.set("AccountCode", Value::Text(account.clone()));
        line.set("ShortName", Value::Text(account));
        Some(row)
    };
    state.line_codes(line, account.as_ref(), posting, place)?;
    let branch = line.integer("BPLID");
    state.branch(branch, "JDT1")?;
    if account.is_none()
        && let Some(partner) = state.row("BusinessPartners", line.text("ShortName"))
    {
        state.partner_of_branch(partner, branch, place)?;
    }
    amounts(state, line, posting, place)
}

/// Local amounts, those computed from foreign ones, and the system currency's.
fn amounts(
    state: &State,
    line: &mut Record,
    posting: NaiveDate,
    place: Place,
) -> Result<(), Refusal> {
    let decimals = state.options.totals_accuracy;
    let local = &state.company.local_currency;
    if let Some(currency) = line.filled("FCCurrency").filter(|c| c != local).map(str::to_owned) {
        if state.row("Currencies", &currency).is_none() {
            return Err(Refusal::unknown_code("JDT1.FCCurrency", &currency, place.line));
        }
        // A rate of the day is asked for even where the local amount is sent (unverified).
        let rate = state.rate(&currency, posting).ok_or_else(|| Refusal::no_rate(&currency))?;
        for (foreign, name) in [("FCDebit", "Debit"), ("FCCredit", "Credit")] {
            let amount = line.amount(foreign);
            if amount.is_zero() || line.get(name).is_some() {
                continue;
            }
            line.set(name, Value::Number(rounded(amount * rate, decimals)));
        }
    }
    let foreign = !line.amount("FCDebit").is_zero() || !line.amount("FCCredit").is_zero();
    if foreign && line.filled("FCCurrency").is_none() {
        return Err(Refusal::unknown_code("JDT1.FCCurrency", "", place.line));
    }
    let debit = rounded(line.amount("Debit"), decimals);
    let credit = rounded(line.amount("Credit"), decimals);
    if !debit.is_zero() && !credit.is_zero() {
        let what = "A row has either a debit or a credit amount";
        return Err(Refusal::unusable(what, "JDT1.Debit", place.line));
    }
    for (name, amount) in [("Debit", debit), ("Credit", credit)] {
        line.set(name, Value::Number(amount));
    }
    // The system currency is the local one here; amounts that are sent must balance as well.
    for (name, amount) in [("DebitSys", debit), ("CreditSys", credit)] {
        let value = line.number(name).map_or(amount, |sent| rounded(sent, decimals));
        line.set(name, Value::Number(value));
    }
    Ok(())
}

/// Debit and credit are equal in local currency, in system currency and in each foreign one.
fn balanced(lines: &[Record]) -> Result<(), Refusal> {
    let unbalanced = || Refusal::business("Unbalanced Transaction");
    let sum = |name: &str, currency: Option<&str>| {
        lines
            .iter()
            .filter(|line| currency.is_none_or(|c| line.text("FCCurrency") == c))
            .map(|line| line.amount(name))
            .sum::<Decimal>()
    };
    let (debit, credit) = (sum("Debit", None), sum("Credit", None));
    if debit >= amount_limit() || credit >= amount_limit() {
        return Err(Refusal::too_long("Debit", "JournalEntryLine"));
    }
    if debit != credit || sum("DebitSys", None) != sum("CreditSys", None) {
        return Err(unbalanced());
    }
    for currency in lines.iter().filter_map(|line| line.filled("FCCurrency")) {
        if sum("FCDebit", Some(currency)) != sum("FCCredit", Some(currency)) {
            return Err(unbalanced());
        }
    }
    // Each branch of a multi-branch company balances by itself; the text is unverified.
    for branch in lines.iter().filter_map(|line| line.integer("BPLID")) {
        let of_branch = lines.iter().filter(|line| line.integer("BPLID") == Some(branch));
        let rest: Decimal =
            of_branch.map(|line| line.amount("Debit") - line.amount("Credit")).sum();
        if !rest.is_zero() {
            return Err(unbalanced());
        }
    }
    Ok(())
}

/// Numbers an entry and its lines and stores it; answers its number.
pub(crate) fn store(state: &mut State, mut entry: Record, mut lines: Vec<Record>) -> i64 {
    let number = state.next(ENTRIES, 4001);
    for (n, line) in lines.iter_mut().enumerate() {
        line.set("Line_ID", Value::Integer(i64::try_from(n).unwrap_or_default()));
    }
    let contra: Vec<String> = lines.iter().map(|l| l.text("ShortName").to_owned()).collect();
    for (n, line) in lines.iter_mut().enumerate() {
        let other = contra.iter().enumerate().find(|(m, _)| *m != n).map(|(_, code)| code.as_str());
        line.set("ContraAccount", Value::from(other.unwrap_or_default()));
    }
    entry.set("JdtNum", Value::Integer(number));
    entry.set("Number", Value::Integer(number + 96_000));
    if entry.get("Series").is_none() {
        entry.set("Series", Value::Integer(SERIES));
    }
    entry.set("JournalEntryLines", Value::List(lines));
    state.table_mut(ENTRIES).insert(Key::Integer(number), entry);
    number
}

/// `JournalEntries(n)/Cancel`: an entry with the sides exchanged. User fields and references are
/// copied (unverified; the harder case for whoever searches by them).
pub(crate) fn cancel(state: &mut State, key: &Key) -> Result<i64, Refusal> {
    let entry =
        state.table(ENTRIES).get(key).ok_or_else(|| Refusal::no_entity(&key.plain()))?.clone();
    let number = entry.integer("JdtNum").unwrap_or_default();
    if entry.text("OriginalJournal") != "ttJournalEntry" {
        return Err(Refusal::not_supported());
    }
    if state.reversed.contains(&number) {
        return Err(Refusal::business("Journal entry is already reversed"));
    }
    let date = |name| entry.date(name).unwrap_or_else(|| state.today());
    state.dates(date("ReferenceDate"), date("TaxDate"), date("DueDate"))?;
    let mut lines = entry.list("JournalEntryLines").to_vec();
    for line in &mut lines {
        for (one, other) in
            [("Debit", "Credit"), ("DebitSys", "CreditSys"), ("FCDebit", "FCCredit")]
        {
            let (debit, credit) = (line.amount(one), line.amount(other));
            line.set(one, Value::Number(credit));
            line.set(other, Value::Number(debit));
        }
    }
    let mut reversal = entry.clone();
    let memo: String = format!("{} (Reversal) - {number}", entry.text("Memo"));
    reversal.set("Memo", Value::Text(memo.chars().take(254).collect()));
    let made = store(state, reversal, lines);
    if let Some(entry) = state.table_mut(ENTRIES).get_mut(&Key::Integer(made)) {
        entry.set("Original", Value::Integer(made));
        entry.set("BaseReference", Value::Text(made.to_string()));
    }
    state.reversed.extend([number, made]);
    Ok(made)
}
