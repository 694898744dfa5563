//! Change orders of commitments, in whichever of their guises the project's tier shows them.
//!
//! With one or two tiers they are `commitment_change_orders`, keyed by their package; with three
//! tiers they are `change_order_packages`. A change order and its package are one record.

use std::collections::{HashMap, hash_map::Entry};

use procore_client::{
    ChangeOrderPackageId, CommitmentChangeOrderId, Project,
    resources::{
        change_order_packages::ChangeOrderPackage,
        commitment_change_orders::{CommitmentChangeOrder, CommitmentChangeOrderQuery},
        filters::TimeRange,
        potential_change_orders::PotentialChangeOrderQuery,
    },
};
use sync_core::{
    model::{ChangeOrder, CostRecord, Kind, RecordBody, RecordHeader, SourceKey},
    ports::{Changes, SourceError},
};

use super::{
    facts::{CommitmentFacts, currency_of},
    failure::{Failure, source_error},
    lists::{Headers, Part},
    narrowed::Narrowed,
    packages,
    reader::Reader,
    text::first_of,
};

/// The change orders of a project, as a list that is being read.
#[derive(Debug)]
pub(super) enum Listed {
    /// One or two tiers.
    ChangeOrders(ChangeOrders),
    /// Three tiers.
    Packages(Headers<ChangeOrderPackage>),
    /// The tier is not stated anywhere: change orders, and packages if there are none.
    Either(ChangeOrders, Changes),
}

/// Commitment change orders, and the packages that have had one.
#[derive(Debug)]
pub(super) struct ChangeOrders {
    headers: Headers<CommitmentChangeOrder>,
    /// Those without a package, which are asked for by their own ids.
    loose: Headers<CommitmentChangeOrder>,
    packages_seen: PackagesSeen,
}

/// Which change order names each package, as far as the list has been read.
#[derive(Debug, Default)]
struct PackagesSeen(HashMap<i64, i64>);

/// What a list says of a change order's package.
#[derive(Debug, PartialEq, Eq)]
enum Naming {
    /// It is named for the first time.
    First,
    /// The same change order again: an edit between two pages moves what comes after it.
    Again,
    /// Another change order names it too: one key would have two amounts.
    Taken,
}

impl PackagesSeen {
    fn name(&mut self, package: i64, change_order: i64) -> Naming {
        match self.0.entry(package) {
            Entry::Vacant(free) => {
                free.insert(change_order);
                Naming::First
            }
            Entry::Occupied(taken) if *taken.get() == change_order => Naming::Again,
            Entry::Occupied(_) => Naming::Taken,
        }
    }
}

/// A part of either list.
#[derive(Debug)]
pub(super) enum ListedPart {
    ChangeOrders(Part<CommitmentChangeOrder>),
    Packages(Part<ChangeOrderPackage>),
}

impl Listed {
    pub(super) fn open(project: &Project, tiers: Option<i64>, changes: &Changes) -> Self {
        match tiers {
            Some(tiers) if tiers >= 3 => Self::Packages(packages::headers(project, changes)),
            Some(_) => Self::ChangeOrders(ChangeOrders::open(project, changes)),
            None => Self::Either(ChangeOrders::open(project, changes), changes.clone()),
        }
    }

    pub(super) async fn next(
        &mut self,
        project: &Project,
    ) -> Result<Option<ListedPart>, SourceError> {
        loop {
            match self {
                Self::ChangeOrders(list) => {
                    return Ok(list.next().await?.map(ListedPart::ChangeOrders));
                }
                Self::Packages(list) => return Ok(list.next().await?.map(ListedPart::Packages)),
                Self::Either(list, changes) => match list.next().await? {
                    Some(part) if part.headers.is_empty() && part.unreadable.is_empty() => {}
                    Some(part) => {
                        let list = std::mem::replace(list, ChangeOrders::none());
                        *self = Self::ChangeOrders(list);
                        return Ok(Some(ListedPart::ChangeOrders(part)));
                    }
                    None => *self = Self::Packages(packages::headers(project, changes)),
                },
            }
        }
    }
}

impl ChangeOrders {
    fn none() -> Self {
        let what = "commitment change orders";
        Self {
            headers: Headers::new(what, []),
            loose: Headers::new(what, []),
            packages_seen: PackagesSeen::default(),
        }
    }

    fn open(project: &Project, changes: &Changes) -> Self {
        let parts = Narrowed::by(changes);
        let by_package = parts.iter().map(|part| CommitmentChangeOrderQuery {
            updated: part.updated,
            packages: part.ids.iter().copied().map(ChangeOrderPackageId::new).collect(),
            ..CommitmentChangeOrderQuery::default()
        });
        let by_own_id = parts.iter().filter(|part| !part.ids.is_empty()).map(|part| {
            CommitmentChangeOrderQuery {
                ids: part.ids.iter().copied().map(CommitmentChangeOrderId::new).collect(),
                ..CommitmentChangeOrderQuery::default()
            }
        });
        let lists = |queries: Vec<CommitmentChangeOrderQuery>| {
            let lists: Vec<_> =
                queries.iter().map(|query| project.commitment_change_orders(query)).collect();
            Headers::new("commitment change orders", lists)
        };
        Self {
            headers: lists(by_package.collect()),
            loose: lists(by_own_id.collect()),
            packages_seen: PackagesSeen::default(),
        }
    }

    async fn next(&mut self) -> Result<Option<Part<CommitmentChangeOrder>>, SourceError> {
        let part = match self.headers.next().await? {
            Some(part) => Some(part),
            None => self.loose.next().await?.map(|mut part| {
                part.headers.retain(|header| header.legacy_package_id.is_none());
                part
            }),
        };
        let Some(mut part) = part else { return Ok(None) };
        let mut kept = Vec::with_capacity(part.headers.len());
        for header in part.headers {
            let Some(package) = header.legacy_package_id else {
                kept.push(header);
                continue;
            };
            match self.packages_seen.name(package.get(), header.id.get()) {
                Naming::First => kept.push(header),
                Naming::Again => {}
                Naming::Taken => part.unreadable.push(sync_core::ports::UnreadableRecord {
                    id: Some(package.get()),
                    detail: format!(
                        "commitment change order {} names package {package}, which another one names too",
                        header.id
                    ),
                }),
            }
        }
        part.headers = kept;
        Ok(Some(part))
    }
}

impl Reader {
    /// How many tiers the project's change orders have, as far as any of them states it.
    ///
    /// The number can be raised at any time. A full read asks every potential change order; an
    /// incremental one asks those that changed, on top of what was known.
    pub(super) async fn tiers(
        &self,
        known: Option<i64>,
        changes: &Changes,
    ) -> Result<Option<i64>, SourceError> {
        let (Some(known), Changes::Since(moment)) = (known, changes) else {
            let tiers = self.project.change_order_tiers().await;
            return tiers.map(|tiers| tiers.most()).map_err(|error| source_error(&error));
        };
        let query = PotentialChangeOrderQuery {
            updated: Some(TimeRange::since(*moment)),
            ..PotentialChangeOrderQuery::default()
        };
        let listing = self.project.potential_change_orders(&query).all().await;
        let listing = listing.map_err(|error| source_error(&error))?;
        let stated =
            listing.into_values().iter().filter_map(|order| order.change_order_tiers).max();
        Ok(Some(stated.map_or(known, |stated| stated.max(known))))
    }

    /// What a list tells of a commitment change order; `None` where it lacks what a record must have.
    pub(super) fn change_order_header(
        &self,
        header: &CommitmentChangeOrder,
    ) -> Option<RecordHeader> {
        header.contract_id?;
        Some(RecordHeader {
            key: self.key_of(header),
            status: header.status.as_ref().map(ToString::to_string),
            deleted: header.deleted_at.is_some(),
            updated_at: header.updated_at.or(header.created_at)?,
            grand_total: header.grand_total,
            approved_change_orders: None,
        })
    }

    /// The key that a change order shares with its package.
    fn key_of(&self, header: &CommitmentChangeOrder) -> SourceKey {
        match header.legacy_package_id {
            Some(package) => self.key(Kind::ChangeOrder, package.get()),
            None => self.key(Kind::CommitmentChangeOrder, header.id.get()),
        }
    }

    /// A commitment change order with its lines, markup lines among them.
    pub(super) async fn change_order(
        &self,
        header: CommitmentChangeOrder,
    ) -> Result<CostRecord, Failure> {
        let times = self.times(header.created_at, header.updated_at)?;
        let Some(contract) = header.contract_id else {
            return Err(Failure::Record("contract_id is not stated".to_owned()));
        };
        let deleted = header.deleted_at.is_some();
        let lines = match self.project.commitment_change_order_line_items(header.id).all().await {
            Ok(listing) => self.lines_of(listing).await?,
            Err(error) if deleted && error.is_not_visible() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let commitment = self.facts.commitment(contract.get()).await?;
        Ok(CostRecord {
            key: self.key_of(&header),
            number: number_of(header.number.as_deref(), header.id.get()),
            title: first_of([header.title.as_ref(), header.description.as_ref()]),
            status: header.status.as_ref().map(ToString::to_string).unwrap_or_default(),
            deleted,
            vendor: commitment.as_ref().and_then(|facts| facts.vendor.clone()),
            currency: own_or_commitments(
                currency_of(header.currency_configuration.as_ref()),
                commitment.as_ref(),
            ),
            created_on: times.created_on,
            updated_at: times.updated_at,
            body: RecordBody::ChangeOrder(ChangeOrder {
                commitment_id: contract.get(),
                grand_total: header.grand_total,
                reviewed_on: header.reviewed_at.map(|at| self.zone.date_of(at)),
                lines,
            }),
        })
    }
}

/// `CO<number>`, as texts in SAP name a change order.
pub(super) fn number_of(number: Option<&str>, id: i64) -> String {
    match number.map(str::trim).filter(|number| !number.is_empty()) {
        Some(number) => format!("CO{number}"),
        None => format!("CO{id}"),
    }
}

pub(super) fn own_or_commitments(
    own: Option<String>,
    commitment: Option<&CommitmentFacts>,
) -> Option<String> {
    own.or_else(|| commitment.and_then(|facts| facts.currency.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_order_that_a_page_repeats_is_no_second_one_of_its_package() {
        let mut seen = PackagesSeen::default();
        assert_eq!(seen.name(70, 1), Naming::First);
        assert_eq!(seen.name(71, 2), Naming::First);
        assert_eq!(seen.name(70, 1), Naming::Again);
        assert_eq!(seen.name(70, 3), Naming::Taken);
    }
}
