//! Change order packages: the change orders of projects with three tiers.

use std::collections::HashSet;

use procore_client::{
    ChangeOrderPackageId, Project,
    resources::{
        change_order_packages::{
            ChangeOrderPackage, ChangeOrderPackageQuery, ChangeOrderPackageType,
        },
        filters::IncludeDeleted,
        line_items::MarkupLine,
    },
};
use sync_core::{
    model::{ChangeOrder, CostLine, CostRecord, Kind, RecordBody, RecordHeader},
    ports::Changes,
};

use super::{
    change_orders::{number_of, own_or_commitments},
    facts::currency_of,
    failure::Failure,
    lists::Headers,
    narrowed::Narrowed,
    reader::Reader,
    text::{first_of, plain},
};

/// The packages of commitments and prime contracts alike; deleted ones are asked for.
pub(super) fn headers(project: &Project, changes: &Changes) -> Headers<ChangeOrderPackage> {
    let lists = Narrowed::by(changes).into_iter().map(|part| {
        project.change_order_packages(&ChangeOrderPackageQuery {
            updated: part.updated,
            ids: part.ids.into_iter().map(ChangeOrderPackageId::new).collect(),
            include_deleted: Some(IncludeDeleted::With),
            ..ChangeOrderPackageQuery::default()
        })
    });
    Headers::new("change order packages", lists.collect::<Vec<_>>())
}

impl Reader {
    /// Whether the list alone tells that a package is a commitment's.
    pub(super) async fn is_of_commitment(&self, header: &ChangeOrderPackage) -> bool {
        if header.kind == Some(ChangeOrderPackageType::Commitment) {
            return true;
        }
        let Some(contract) = header.contract_id else { return false };
        header.kind != Some(ChangeOrderPackageType::Prime)
            && matches!(self.facts.commitment(contract.get()).await, Ok(Some(_)))
    }

    /// What a list tells of a package; `None` where only the package itself tells it.
    pub(super) fn package_header(&self, header: &ChangeOrderPackage) -> Option<RecordHeader> {
        header.contract_id?;
        Some(RecordHeader {
            key: self.key(Kind::ChangeOrder, header.id.get()),
            status: header.status.as_ref().map(ToString::to_string),
            deleted: header.deleted_at.is_some(),
            updated_at: header.updated_at?,
            grand_total: header.grand_total,
            approved_change_orders: None,
        })
    }

    /// A package of a commitment with its lines; `None` for one of a prime contract.
    pub(super) async fn package(
        &self,
        header: ChangeOrderPackage,
    ) -> Result<Option<CostRecord>, Failure> {
        let commitment = match header.contract_id {
            Some(contract) => self.facts.commitment(contract.get()).await?,
            None => None,
        };
        if header.kind == Some(ChangeOrderPackageType::Prime) {
            return Ok(None);
        }
        let deleted = header.deleted_at.is_some();
        let shown = match self.project.change_order_package(header.id, header.contract_id).await {
            Ok(record) => record.into_value(),
            Err(error) if deleted && error.is_not_visible() => header.clone(),
            Err(error) => return Err(error.into()),
        };
        let of_commitment =
            commitment.is_some() || shown.kind == Some(ChangeOrderPackageType::Commitment);
        if !of_commitment {
            // Neither a commitment's by its contract nor by its type: a prime contract's.
            return Ok(None);
        }
        let Some(contract) = shown.contract_id.or(header.contract_id) else {
            return Err(Failure::Record("contract_id is not stated".to_owned()));
        };
        let times = self.times(
            shown.created_at.or(header.created_at),
            header.updated_at.or(shown.updated_at),
        )?;
        let lines = self.lines_of_package(&shown).await?;
        let status = header.status.as_ref().or(shown.status.as_ref());
        let number = header.number.as_deref().or(shown.number.as_deref());
        let reviewed_at = header.reviewed_at.or(shown.reviewed_at);
        Ok(Some(CostRecord {
            key: self.key(Kind::ChangeOrder, header.id.get()),
            number: number_of(number, header.id.get()),
            title: first_of([header.title.as_ref(), shown.description.as_ref()]),
            status: status.map(ToString::to_string).unwrap_or_default(),
            deleted: deleted || shown.deleted_at.is_some(),
            vendor: commitment.as_ref().and_then(|facts| facts.vendor.clone()),
            currency: own_or_commitments(
                currency_of(header.currency_configuration.as_ref()),
                commitment.as_ref(),
            ),
            created_on: times.created_on,
            updated_at: times.updated_at,
            body: RecordBody::ChangeOrder(ChangeOrder {
                commitment_id: contract.get(),
                grand_total: header.grand_total.or(shown.grand_total),
                reviewed_on: reviewed_at.map(|at| self.zone.date_of(at)),
                lines,
            }),
        }))
    }

    /// Lines, the package's markup lines, and markup lines that only hang on a line.
    async fn lines_of_package(
        &self,
        package: &ChangeOrderPackage,
    ) -> Result<Vec<CostLine>, Failure> {
        let lines = self.lines(package.line_items.clone()).await?;
        let on_lines = package.line_items.iter().flat_map(|line| &line.markup_line_items);
        let mut markups = Vec::new();
        for markup in package.markup_line_items.iter().chain(on_lines) {
            markups.push(self.markup(markup).await?);
        }
        Ok(with_markups(lines, markups))
    }

    async fn markup(&self, markup: &MarkupLine) -> Result<CostLine, Failure> {
        let (Some(id), Some(amount)) = (markup.id, markup.amount.or(markup.total_amount)) else {
            return Err(Failure::Record("a markup line states no id or no amount".to_owned()));
        };
        let of_code = match &markup.cost_code {
            Some(code) => self.coding_of_code(code, markup.line_item_type.as_ref()).await?,
            None => None,
        };
        let coding = match of_code {
            Some(coding) => Some(coding),
            None => self.coding_of_wbs(markup.wbs_code.as_ref(), None).await?,
        };
        let description = markup.description.as_ref().or(markup.name.as_ref());
        Ok(CostLine {
            id: id.get(),
            amount,
            quantity: None,
            unit_cost: None,
            calculated: false,
            coding,
            description: description.map(|text| plain(text)).unwrap_or_default(),
        })
    }
}

/// Lines and markup lines; a markup that stands in both of its lists counts once.
///
/// Lines and markups count their ids apart, so that one id may name one of each. A markup whose id
/// is a line's goes by its negative: both are money, and each needs a line of its own in SAP.
fn with_markups(lines: Vec<CostLine>, markups: Vec<CostLine>) -> Vec<CostLine> {
    let mut seen = HashSet::new();
    let mut all = lines;
    let of_lines: HashSet<i64> = all.iter().map(|line| line.id).collect();
    for mut markup in markups {
        if !seen.insert(markup.id) {
            continue;
        }
        if of_lines.contains(&markup.id) {
            markup.id = -markup.id;
        }
        all.push(markup);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: i64, amount: i64) -> CostLine {
        CostLine {
            id,
            amount: amount.into(),
            quantity: None,
            unit_cost: None,
            calculated: false,
            coding: None,
            description: String::new(),
        }
    }

    #[test]
    fn a_markup_with_the_id_of_a_line_is_money_of_its_own() {
        let all = with_markups(vec![line(7, 100), line(8, 50)], vec![line(7, 10), line(9, 5)]);
        assert_eq!(all, [line(7, 100), line(8, 50), line(-7, 10), line(9, 5)]);
    }

    #[test]
    fn a_markup_that_stands_in_both_lists_counts_once() {
        let all = with_markups(vec![line(8, 50)], vec![line(9, 5), line(9, 5)]);
        assert_eq!(all, [line(8, 50), line(9, 5)]);
    }
}
