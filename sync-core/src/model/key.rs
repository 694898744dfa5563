//! Identity: which record of Procore, and which SAP document of it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A Procore company's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CompanyId(pub i64);

/// A Procore project's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProjectId(pub i64);

impl fmt::Display for CompanyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The kind of a source record, as keys, configuration and commands name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Procore's `purchase_order_contracts`.
    PurchaseOrder,
    /// Procore's `work_order_contracts`.
    Subcontract,
    /// A commitment change order, keyed by its change order *package* in every tier.
    ChangeOrder,
    /// A commitment change order that has no package; the rules of [`Kind::ChangeOrder`] hold.
    CommitmentChangeOrder,
    /// Procore's `direct_costs`.
    DirectCost,
    /// Procore's `requisitions`: a subcontractor's payment application.
    Requisition,
}

impl Kind {
    /// The name in keys, configuration and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PurchaseOrder => "purchase_order",
            Self::Subcontract => "subcontract",
            Self::ChangeOrder => "change_order",
            Self::CommitmentChangeOrder => "commitment_change_order",
            Self::DirectCost => "direct_cost",
            Self::Requisition => "requisition",
        }
    }

    /// Whether records of this kind are commitments.
    #[must_use]
    pub const fn is_commitment(self) -> bool {
        matches!(self, Self::PurchaseOrder | Self::Subcontract)
    }

    /// Whether records of this kind are what a contract is worth: commitments and change orders.
    #[must_use]
    pub const fn is_of_contract(self) -> bool {
        self.is_commitment() || self.is_change_order()
    }

    /// Whether records of this kind are change orders, with a package or without.
    #[must_use]
    pub const fn is_change_order(self) -> bool {
        matches!(self, Self::ChangeOrder | Self::CommitmentChangeOrder)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [
            Self::PurchaseOrder,
            Self::Subcontract,
            Self::ChangeOrder,
            Self::CommitmentChangeOrder,
            Self::DirectCost,
            Self::Requisition,
        ]
        .into_iter()
        .find(|kind| kind.name() == text)
        .ok_or_else(|| format!("'{text}' is no kind of record"))
    }
}

/// One list that a source reads per project: the unit of cursors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadKind {
    /// Purchase orders with their lines.
    PurchaseOrders,
    /// Subcontracts with their lines.
    Subcontracts,
    /// Change orders of commitments with their lines, whatever the project's tier.
    ChangeOrders,
    /// Direct costs with their lines.
    DirectCosts,
    /// Requisitions with their items.
    Requisitions,
}

impl ReadKind {
    /// Every list, parents before the records that depend on them.
    pub const ALL: [Self; 5] = [
        Self::PurchaseOrders,
        Self::Subcontracts,
        Self::ChangeOrders,
        Self::DirectCosts,
        Self::Requisitions,
    ];

    /// The name in the store and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PurchaseOrders => "purchase_orders",
            Self::Subcontracts => "subcontracts",
            Self::ChangeOrders => "change_orders",
            Self::DirectCosts => "direct_costs",
            Self::Requisitions => "requisitions",
        }
    }

    /// The list in which records of `kind` stand.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::PurchaseOrder => Self::PurchaseOrders,
            Kind::Subcontract => Self::Subcontracts,
            Kind::ChangeOrder | Kind::CommitmentChangeOrder => Self::ChangeOrders,
            Kind::DirectCost => Self::DirectCosts,
            Kind::Requisition => Self::Requisitions,
        }
    }
}

impl fmt::Display for ReadKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `<company_id>:<project_id>:<kind>:<id>`: one record of Procore, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey {
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The kind of record.
    pub kind: Kind,
    /// Procore's id of the record; for a change order with a package, the package's id.
    pub id: i64,
}

impl fmt::Display for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}", self.company, self.project, self.kind, self.id)
    }
}

impl FromStr for SourceKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("'{text}' is no record key; a key looks like 8089:865:subcontract:786001");
        let mut parts = text.split(':');
        let (Some(company), Some(project), Some(kind), Some(id), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        Ok(Self {
            company: CompanyId(company.parse().map_err(|_| wrong())?),
            project: ProjectId(project.parse().map_err(|_| wrong())?),
            kind: kind.parse().map_err(|_| wrong())?,
            id: id.parse().map_err(|_| wrong())?,
        })
    }
}

impl Serialize for SourceKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SourceKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// `<source key>#<sequence>`: one SAP document of a record, the value of `U_ProcoreKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentKey {
    /// The record.
    pub source: SourceKey,
    /// Counts the documents of one record from 1; a number is never used again.
    pub sequence: u32,
}

impl fmt::Display for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.source, self.sequence)
    }
}

impl FromStr for DocumentKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (source, sequence) = text
            .split_once('#')
            .ok_or_else(|| format!("'{text}' is no document key: '#<sequence>' is missing"))?;
        Ok(Self {
            source: source.parse()?,
            sequence: sequence
                .parse()
                .map_err(|_| format!("'{text}' is no document key: '{sequence}' is no number"))?,
        })
    }
}

impl Serialize for DocumentKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DocumentKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The records that must be planned together: a commitment with its change orders and
/// requisitions, or one direct cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FamilyId {
    /// The commitment's id.
    Commitment(i64),
    /// The direct cost's id.
    DirectCost(i64),
}

impl fmt::Display for FamilyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commitment(id) => write!(f, "commitment:{id}"),
            Self::DirectCost(id) => write!(f, "direct_cost:{id}"),
        }
    }
}

impl FromStr for FamilyId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is no family of records");
        let (kind, id) = text.split_once(':').ok_or_else(wrong)?;
        let id = id.parse().map_err(|_| wrong())?;
        match kind {
            "commitment" => Ok(Self::Commitment(id)),
            "direct_cost" => Ok(Self::DirectCost(id)),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        let text = "8089:865:subcontract:598134325841112#12";
        let key: DocumentKey = text.parse().unwrap();
        assert_eq!(key.sequence, 12);
        assert_eq!(key.source.kind, Kind::Subcontract);
        assert_eq!(key.to_string(), text);
    }

    #[test]
    fn a_key_with_a_part_missing_or_too_many_is_refused() {
        for text in
            ["8089:865:subcontract", "1:2:house:3", "1:2:subcontract:3:4", "", "1:2:subcontract:x"]
        {
            assert!(text.parse::<SourceKey>().is_err(), "{text}");
        }
        assert!("1:2:subcontract:3".parse::<DocumentKey>().is_err());
    }
}
