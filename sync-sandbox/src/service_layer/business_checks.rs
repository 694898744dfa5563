//! What the company's own data allows: accounts, partners, profit centers, projects, tax codes,
//! dates and periods. Texts without a published source are made by [`Refusal::unusable`].

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{error::Refusal, options::Localization, state::State, value::Record};

/// Where a code stands: the table of error texts and the line, counted from 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) table: &'static str,
    pub(crate) line: Option<usize>,
}

/// The properties of a line that hold its dimensions 1 to 5, with their columns.
pub(crate) const COSTING_CODES: [(&str, &str); 5] = [
    ("CostingCode", "OcrCode"),
    ("CostingCode2", "OcrCode2"),
    ("CostingCode3", "OcrCode3"),
    ("CostingCode4", "OcrCode4"),
    ("CostingCode5", "OcrCode5"),
];

/// Whether a row that is valid or frozen between dates is usable on a date.
fn usable(row: &Record, valid: &str, frozen: &str, on: NaiveDate) -> bool {
    let within = |from: &str, to: &str| {
        row.date(from).is_none_or(|d| d <= on) && row.date(to).is_none_or(|d| on <= d)
    };
    // Partners have `Valid` and `ValidFrom`, accounts `ValidFor` and `ValidFrom`.
    let span = |flag: &str| {
        let stem = flag.trim_end_matches("For");
        within(&format!("{stem}From"), &format!("{stem}To"))
    };
    let is_valid = row.text(valid) != "tNO" && span(valid);
    let is_frozen = row.is_yes(frozen) && span(frozen);
    is_valid && !is_frozen
}

impl State {
    /// A partner that documents and journal lines may name.
    pub(crate) fn partner(
        &self,
        card_code: &str,
        supplier: bool,
        on: NaiveDate,
        place: Place,
    ) -> Result<&Record, Refusal> {
        let column = if supplier { "CardCode" } else { "ShortName" };
        let field = format!("{}.{column}", place.table);
        let unknown = || Refusal::business(format!("Invalid BP code  [{field}] , '{card_code}'"));
        let row = self.row("BusinessPartners", card_code).ok_or_else(unknown)?;
        if supplier && row.text("CardType") != "cSupplier" {
            return Err(unknown());
        }
        if !usable_partner(row, on) {
            return Err(Refusal::unusable(
                &format!("Business partner '{card_code}' is inactive"),
                &field,
                place.line,
            ));
        }
        Ok(row)
    }

    /// An account that can be posted to at all.
    fn postable(&self, code: &str, on: NaiveDate, place: Place) -> Result<&Record, Refusal> {
        let column = if place.table == "JDT1" { "Account" } else { "AcctCode" };
        let field = format!("{}.{column}", place.table);
        let row = self
            .row("ChartOfAccounts", code)
            .ok_or_else(|| Refusal::unknown_code(&field, code, place.line))?;
        if !row.is_yes("ActiveAccount") {
            return Err(Refusal::unusable(
                &format!("Account '{code}' is a title account"),
                &field,
                place.line,
            ));
        }
        if !usable(row, "ValidFor", "FrozenFor", on) || row.is_yes("BlockManualPosting") {
            return Err(Refusal::unusable(
                &format!("Account '{code}' is inactive"),
                &field,
                place.line,
            ));
        }
        Ok(row)
    }

    /// An account of an ordinary line: control accounts are locked for it.
    pub(crate) fn line_account(
        &self,
        code: &str,
        on: NaiveDate,
        place: Place,
    ) -> Result<&Record, Refusal> {
        let row = self.postable(code, on, place)?;
        if row.is_yes("LockManualTransaction") {
            return Err(Refusal::unusable(
                &format!("Account '{code}' is locked for manual transactions"),
                &format!("{}.Account", place.table),
                place.line,
            ));
        }
        Ok(row)
    }

    /// A control account: the account of a partner's line.
    pub(crate) fn control_account(
        &self,
        code: &str,
        on: NaiveDate,
        place: Place,
    ) -> Result<(), Refusal> {
        let row = self.postable(code, on, place)?;
        if !row.is_yes("LockManualTransaction") {
            return Err(Refusal::unusable(
                &format!("Account '{code}' is not a control account"),
                &format!("{}.CtlAccount", place.table),
                place.line,
            ));
        }
        Ok(())
    }

    /// Dimensions and project of a line; `account` says which of them it requires.
    pub(crate) fn line_codes(
        &self,
        line: &Record,
        account: Option<&Record>,
        on: NaiveDate,
        place: Place,
    ) -> Result<(), Refusal> {
        for (n, (property, column)) in COSTING_CODES.iter().enumerate() {
            let field = format!("{}.{column}", place.table);
            match line.filled(property) {
                Some(code) => self.costing_code(code, n + 1, on, &field, place)?,
                None if requires_dimension(account, n) => {
                    let what = format!("Distribution rule of dimension {} is missing", n + 1);
                    return Err(Refusal::unusable(&what, &field, place.line));
                }
                None => {}
            }
        }
        match line.filled("ProjectCode") {
            Some(code) => self.project(code, on, "Project", place),
            None if account.is_some_and(|a| a.is_yes("ProjectRelevant")) => {
                let field = format!("{}.Project", place.table);
                Err(Refusal::unusable("Project code is missing", &field, place.line))
            }
            None => Ok(()),
        }
    }

    fn costing_code(
        &self,
        code: &str,
        dimension: usize,
        on: NaiveDate,
        field: &str,
        place: Place,
    ) -> Result<(), Refusal> {
        let unknown = || Refusal::unknown_code(field, code, place.line);
        let rule = self.row("DistributionRules", code).ok_or_else(unknown)?;
        if rule.integer("InWhichDimension") != i64::try_from(dimension).ok() {
            return Err(unknown());
        }
        let within = rule.list("DistributionRuleLines").iter().all(|line| {
            line.date("EffectiveFrom").is_none_or(|d| d <= on)
                && line.date("EffectiveTo").is_none_or(|d| on <= d)
        });
        if !rule.is_yes("Active") || !within {
            let what = format!("Distribution rule '{code}' is inactive");
            return Err(Refusal::unusable(&what, field, place.line));
        }
        Ok(())
    }

    /// A project that is active on the date.
    pub(crate) fn project(
        &self,
        code: &str,
        on: NaiveDate,
        column: &str,
        place: Place,
    ) -> Result<(), Refusal> {
        let field = format!("{}.{column}", place.table);
        let row = self
            .row("Projects", code)
            .ok_or_else(|| Refusal::unknown_code(&field, code, place.line))?;
        let within = row.date("ValidFrom").is_none_or(|d| d <= on)
            && row.date("ValidTo").is_none_or(|d| on <= d);
        if !row.is_yes("Active") || !within {
            let what = format!("Project '{code}' is inactive");
            return Err(Refusal::unusable(&what, &field, place.line));
        }
        Ok(())
    }

    /// The rate in percent of the tax code of an A/P line.
    pub(crate) fn purchase_tax_rate(
        &self,
        line: &Record,
        on: NaiveDate,
        place: Place,
    ) -> Result<Decimal, Refusal> {
        let (set, property) = match self.options.localization {
            Localization::SalesTax => ("SalesTaxCodes", "TaxCode"),
            Localization::Vat => ("VatGroups", "VatGroup"),
        };
        let field = format!("{}.{property}", place.table);
        let invalid = || Refusal::unusable("10000180 - Invalid VAT Group", &field, place.line);
        let code = line.filled(property).ok_or_else(invalid)?;
        let row =
            self.row(set, code).ok_or_else(|| Refusal::unknown_code(&field, code, place.line))?;
        let for_purchases = row.is_yes("ValidForAP") || row.text("Category") == "bovcInputTax";
        if row.is_yes("Inactive") || !for_purchases {
            return Err(invalid());
        }
        let rates = row.list("VatGroups_Lines");
        let dated = rates
            .iter()
            .filter(|r| r.date("Effectivefrom").is_none_or(|d| d <= on))
            .max_by_key(|r| r.date("Effectivefrom"));
        Ok(dated.unwrap_or(row).amount("Rate"))
    }

    /// The posting date against periods, the other two against the period's own windows.
    pub(crate) fn dates(
        &self,
        posting: NaiveDate,
        tax: NaiveDate,
        due: NaiveDate,
    ) -> Result<&Record, Refusal> {
        let within = |record: &Record, from: &str, to: &str, date: NaiveDate| {
            record.date(from).is_none_or(|d| d <= date) && record.date(to).is_none_or(|d| date <= d)
        };
        let period = self
            .periods
            .iter()
            .map(|p| &p.record)
            .find(|p| within(p, "PostingDateFrom", "PostingDateTo", posting))
            .ok_or_else(Refusal::date_out_of_range)?;
        let open = matches!(period.text("PeriodStatus"), "ltUnlocked" | "ltUnlockedExceptSales");
        if !open || period.is_yes("Locked") {
            return Err(Refusal::period_locked());
        }
        let tax_fits = within(period, "TaxDateFrom", "TaxDateTo", tax);
        let due_fits = within(period, "ValueDateFrom", "ValueDateTo", due);
        if !tax_fits || !due_fits {
            return Err(Refusal::date_out_of_range());
        }
        Ok(period)
    }

    /// The numbering series that a record names: each kind has one here.
    pub(crate) fn series(&self, record: &Record, own: i64, table: &str) -> Result<(), Refusal> {
        match record.integer("Series") {
            Some(series) if series != own => Err(Refusal::unusable(
                "define the numbering series",
                &format!("{table}.Series"),
                None,
            )),
            _ => Ok(()),
        }
    }

    /// The rate of a currency on a date: local currency per unit of foreign currency.
    pub(crate) fn rate(&self, currency: &str, on: NaiveDate) -> Option<Decimal> {
        self.rates.get(&(currency.to_owned(), on)).copied()
    }

    /// A branch that the partner is assigned to; the text is unverified.
    pub(crate) fn partner_of_branch(
        &self,
        partner: &Record,
        branch: Option<i64>,
        place: Place,
    ) -> Result<(), Refusal> {
        let assigned =
            |row: &Record| row.integer("BPLID") == branch && !row.is_yes("DisabledForBP");
        if !self.options.branches || partner.list("BPBranchAssignment").iter().any(assigned) {
            return Ok(());
        }
        let what = format!(
            "Business partner '{}' is not assigned to branch {}",
            partner.text("CardCode"),
            branch.unwrap_or_default()
        );
        Err(Refusal::unusable(&what, &format!("{}.BPLId", place.table), place.line))
    }

    /// Decimals of amounts in a currency: its own, else the company's.
    pub(crate) fn decimals_of(&self, currency: &str) -> u32 {
        let own = self.row("Currencies", currency).map(|row| row.text("Decimals"));
        let digits = own.and_then(|text| text.strip_prefix("cd")).and_then(|text| {
            if text == "WithoutDecimals" { Some(0) } else { text.get(..1)?.parse().ok() }
        });
        match digits {
            Some(digits) if currency != self.company.local_currency => digits,
            _ => self.options.totals_accuracy,
        }
    }

    /// The active branch that a document or line names.
    pub(crate) fn branch(&self, number: Option<i64>, table: &str) -> Result<(), Refusal> {
        if !self.options.branches {
            return Ok(());
        }
        number
            .and_then(|n| self.table("BusinessPlaces").get(&super::uri::Key::Integer(n)))
            .filter(|place| !place.is_yes("Disabled"))
            .map(|_| ())
            .ok_or_else(|| Refusal::business(format!("Specify an active branch  [{table}.BPLId]")))
    }
}

fn usable_partner(row: &Record, on: NaiveDate) -> bool {
    usable(row, "Valid", "Frozen", on)
}

fn requires_dimension(account: Option<&Record>, dimension: usize) -> bool {
    const RELEVANT: [&str; 5] = [
        "DistributionRuleRelevant",
        "DistributionRule2Relevant",
        "DistributionRule3Relevant",
        "DistributionRule4Relevant",
        "DistributionRule5Relevant",
    ];
    account.is_some_and(|a| RELEVANT.get(dimension).is_some_and(|name| a.is_yes(name)))
}

/// An amount in the decimals of the company, half away from zero.
pub(crate) fn rounded(amount: Decimal, decimals: u32) -> Decimal {
    amount.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}
