//! What commitments and change orders post, by template.
//!
//! ```text
//! A/P document   net up: A/P invoice   Dr cost per line   Cr vendor on unbilled_account
//!                net down: A/P credit memo on the same account; net zero: journal between cost accounts
//! accrual        Dr cost per line           Cr accrued_account
//! encumbrance    Dr encumbrance_account     Cr encumbrance_reserve   (profit center per line)
//! ```

use rust_decimal::Decimal;

use super::{
    super::{
        Member, PlanContext, Stop,
        dates::Dates,
        delta::{self, DeltaLine, Layer},
        documents::{Writer, balance_sheet, role_line},
        hold,
        lines::{Stand, TargetLine},
    },
    Contract,
};
use crate::{catalog::Partner, model::JournalLine, states::Reason};

/// How the target of a contract record stands in the ledger.
///
/// # Errors
///
/// `account_invalid` where the encumbrance account is missing or of the income statement.
pub(in super::super) fn stand<'a>(
    context: &PlanContext<'a>,
    contract: Contract,
) -> Result<Stand<'a>, Stop> {
    match contract {
        Contract::ApDocument | Contract::Nothing => Ok(Stand::AP),
        Contract::Accrual => Ok(Stand::JOURNAL),
        Contract::Encumbrance => Ok(Stand {
            layer: Layer::Encumbrance,
            with_tax_code: false,
            account: Some(encumbrance_account(context)?),
        }),
    }
}

/// The account outside the income statement on which commitments stand.
///
/// # Errors
///
/// `account_invalid`.
pub(in super::super) fn encumbrance_account<'a>(
    context: &PlanContext<'a>,
) -> Result<&'a str, Stop> {
    let key = "posting.encumbrance_account";
    let invalid = |detail: String| hold(Reason::AccountInvalid, detail);
    let code = context
        .policy
        .encumbrance_account
        .as_deref()
        .ok_or_else(|| invalid(format!("{key} is not set")))?;
    let account = context
        .catalog
        .account(code)
        .ok_or_else(|| invalid(format!("SAP has no account {code}, which {key} names")))?;
    if account.income_statement {
        return Err(invalid(format!(
            "{code} of {key} is an account of the income statement; name one outside of it"
        )));
    }
    Ok(&account.code)
}

/// The other side of a journal entry of a contract record, whole: `accrued_account` or
/// `encumbrance_reserve`, which carry the vendor in their text.
///
/// # Errors
///
/// `account_invalid`.
pub(in super::super) fn balance_lines(
    context: &PlanContext<'_>,
    writer: &Writer<'_>,
    contract: Contract,
    target: &[TargetLine],
    card_code: Option<&str>,
) -> Result<Vec<JournalLine>, Stop> {
    let (role, account, key) = match contract {
        Contract::ApDocument | Contract::Nothing => return Ok(Vec::new()),
        Contract::Accrual => {
            ("accrued", context.policy.accrued_account.as_deref(), "posting.accrued_account")
        }
        Contract::Encumbrance => (
            "reserve",
            context.policy.encumbrance_reserve.as_deref(),
            "posting.encumbrance_reserve",
        ),
    };
    let total: Decimal = target.iter().map(|line| line.amount).sum();
    let place = plain(context, writer, account, key)?;
    let text = [Some(role), card_code, Some(writer.number())];
    let text: Vec<&str> = text.into_iter().flatten().collect();
    Ok(vec![role_line(role, place, -total, text.join(" "))])
}

/// A plain balance sheet account that a key of the configuration names.
///
/// # Errors
///
/// `account_invalid`.
pub(in super::super) fn plain(
    context: &PlanContext<'_>,
    writer: &Writer<'_>,
    account: Option<&str>,
    key: &str,
) -> Result<crate::model::JournalTarget, Stop> {
    let account =
        account.ok_or_else(|| hold(Reason::AccountInvalid, format!("{key} is not set")))?;
    balance_sheet(context, writer.row(), account, key, None)
}

/// Writes the A/P document, or the two documents, of a difference.
pub(in super::super) fn ap_documents(
    writer: &mut Writer<'_>,
    member: &Member,
    partner: &Partner,
    change: &[DeltaLine],
    dates: Dates,
) {
    if change.is_empty() {
        return;
    }
    let account = writer.unbilled_account();
    let net: Decimal = change.iter().map(|line| line.amount).sum();
    if !net.is_zero() && !writer.splits_negative_lines() {
        writer.ap_document(partner, change, account, dates);
        return;
    }
    // A journal entry carries no tax code, so a shift is one only where a single code is in play:
    // that of the change, and of everything that SAP holds of the record.
    let mut codes = change.iter().map(|line| &line.coding.tax_code);
    let first = codes.next().cloned().flatten();
    let fits = !delta::has_ap_documents(member) || delta::single_tax_code(member) == first;
    if net.is_zero() && codes.all(|code| *code == first) && fits {
        writer.shift(change, dates);
        return;
    }
    let (up, down): (Vec<DeltaLine>, Vec<DeltaLine>) =
        change.iter().cloned().partition(|line| line.amount.is_sign_positive());
    for lines in [up, down].iter().filter(|lines| !lines.is_empty()) {
        writer.ap_document(partner, lines, account.clone(), dates);
    }
}
