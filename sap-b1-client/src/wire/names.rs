//! The enumerations of the Service Layer this crate names. Every one keeps an `Other` arm, because customers' versions
//! add members, and reads the stored letter as well as the member name.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

macro_rules! sap_enum {
    ($(#[$doc:meta])* $name:ident is $metadata:literal { $($(#[$member_doc:meta])* $member:ident = $wire:literal $(| $letter:literal)?),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$member_doc])* $member,)+
            /// A member this crate does not know, as the server wrote it.
            Other(String),
        }

        impl $name {
            /// Name of the enumeration in the service's metadata.
            pub const METADATA_NAME: &'static str = $metadata;
            /// The members this crate names, as they appear on the wire.
            pub const MEMBERS: &'static [&'static str] = &[$($wire),+];

            /// The members and the letters the database stores for them; empty where a member has none.
            #[cfg(test)]
            pub(crate) const LETTERS: &'static [(&'static str, &'static str)] =
                &[$(($wire, concat!("" $(, $letter)?))),+];

            /// Returns the member as it is written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$member => $wire,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($wire $(| $letter)? => Self::$member,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl super::field::Value for $name {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                Option::deserialize(deserializer)
            }

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(test)]
        impl crate::resources::conformance::ValueShape for $name {
            const SHAPE: crate::resources::conformance::Shape =
                crate::resources::conformance::Shape::Member(Self::METADATA_NAME);
        }

        impl From<$name> for crate::query::Literal {
            fn from(member: $name) -> Self {
                Self::Text(member.as_str().to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::from(Cow::<'de, str>::deserialize(deserializer)?.as_ref()))
            }
        }
    };
}

pub(super) use sap_enum;

sap_enum! {
    /// SAP's yes and no.
    YesNo is "BoYesNoEnum" {
        /// Yes.
        Yes = "tYES" | "Y",
        /// No.
        No = "tNO" | "N",
    }
}

impl YesNo {
    /// True for yes; an unknown member is not yes.
    #[must_use]
    pub fn is_yes(&self) -> bool {
        *self == Self::Yes
    }
}

impl From<bool> for YesNo {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

sap_enum! {
    /// Whether the rows of a document are items or services.
    DocType is "BoDocumentTypes" {
        /// Rows name items.
        Items = "dDocument_Items" | "I",
        /// Rows name a description and an account.
        Service = "dDocument_Service" | "S",
    }
}
sap_enum! {
    /// Whether a document is open.
    DocumentStatus is "BoStatus" {
        /// Open.
        Open = "bost_Open" | "O",
        /// Closed.
        Closed = "bost_Close" | "C",
        /// Paid.
        Paid = "bost_Paid" | "P",
        /// Delivered.
        Delivered = "bost_Delivered" | "D",
    }
}
sap_enum! {
    /// Where a document stands in a cancellation.
    CancelStatus is "CancelStatusEnum" {
        /// The document was cancelled.
        Cancelled = "csYes" | "Y",
        /// The document stands.
        NotCancelled = "csNo" | "N",
        /// The document is itself the cancellation of another.
        Cancellation = "csCancellation" | "C",
    }
}
sap_enum! {
    /// Where a document stands in an approval procedure.
    AuthorizationStatus is "DocumentAuthorizationStatusEnum" {
        /// No approval needed.
        Without = "dasWithout" | "-",
        /// Waiting for approval.
        Pending = "dasPending" | "W",
        /// Approved, not yet posted.
        Approved = "dasApproved" | "Y",
        /// Rejected by an approver.
        Rejected = "dasRejected" | "N",
        /// Posted from the draft.
        Generated = "dasGenerated" | "P",
        /// Posted by the authorizer.
        GeneratedByAuthorizer = "dasGeneratedbyAuthorizer" | "A",
        /// The approval was cancelled.
        Cancelled = "dasCancelled" | "C",
    }
}
sap_enum! {
    /// What kind of document a draft becomes.
    DocObjectCode is "BoObjectTypes" {
        /// An A/P invoice.
        PurchaseInvoices = "oPurchaseInvoices" | "18",
        /// An A/P credit note.
        PurchaseCreditNotes = "oPurchaseCreditNotes" | "19",
        /// A purchase order.
        PurchaseOrders = "oPurchaseOrders" | "22",
        /// A goods receipt.
        PurchaseDeliveryNotes = "oPurchaseDeliveryNotes" | "20",
    }
}
sap_enum! {
    /// Customer, vendor or lead.
    CardType is "BoCardTypes" {
        /// Customer.
        Customer = "cCustomer" | "C",
        /// Vendor.
        Supplier = "cSupplier" | "S",
        /// Lead.
        Lead = "cLid" | "L",
    }
}
sap_enum! {
    /// Kind of a general ledger account.
    AccountType is "BoAccountTypes" {
        /// Revenue.
        Revenues = "at_Revenues" | "I",
        /// Expense.
        Expenses = "at_Expenses" | "E",
        /// Neither: balance sheet and other accounts.
        BalanceSheet = "at_Other" | "N",
    }
}
sap_enum! {
    /// Direction of a tax group.
    VatCategory is "BoVatCategoryEnum" {
        /// Input tax (purchases).
        InputTax = "bovcInputTax" | "I",
        /// Output tax (sales).
        OutputTax = "bovcOutputTax" | "O",
    }
}
sap_enum! {
    /// Decimal places of a currency.
    CurrencyDecimals is "CurrenciesDecimalsEnum" {
        /// The company's `TotalsAccuracy`.
        Default = "cdDefault" | "-1",
        /// No decimal places.
        Without = "cdWithoutDecimals" | "0",
        /// One.
        One = "cd1Digit" | "1",
        /// Two.
        Two = "cd2Digits" | "2",
        /// Three.
        Three = "cd3Digits" | "3",
        /// Four.
        Four = "cd4Digits" | "4",
        /// Five.
        Five = "cd5Digits" | "5",
        /// Six.
        Six = "cd6Digits" | "6",
    }
}

impl CurrencyDecimals {
    /// The number of places, or `None` where the company's default applies (or the member is unknown).
    #[must_use]
    pub fn places(&self) -> Option<u32> {
        match self {
            Self::Without => Some(0),
            Self::One => Some(1),
            Self::Two => Some(2),
            Self::Three => Some(3),
            Self::Four => Some(4),
            Self::Five => Some(5),
            Self::Six => Some(6),
            Self::Default | Self::Other(_) => None,
        }
    }
}

sap_enum! {
    /// Lock state of a posting period.
    PeriodStatus is "PeriodStatusEnum" {
        /// Open.
        Unlocked = "ltUnlocked" | "N",
        /// Open, except for sales.
        UnlockedExceptSales = "ltUnlockedExceptSales" | "S",
        /// In closing.
        Closing = "ltPeriodClosing" | "C",
        /// Locked.
        Locked = "ltLocked" | "Y",
    }
}
sap_enum! {
    /// Type of a user-defined field.
    FieldType is "BoFieldTypes" {
        /// Text up to 254 characters.
        Alpha = "db_Alpha" | "A",
        /// Long text.
        Memo = "db_Memo" | "M",
        /// Whole number of up to 11 digits.
        Numeric = "db_Numeric" | "N",
        /// Date.
        Date = "db_Date" | "D",
        /// Decimal number; needs a sub type.
        Float = "db_Float" | "B",
    }
}
sap_enum! {
    /// Sub type of a user-defined field.
    FieldSubType is "BoFldSubTypes" {
        /// None.
        None = "st_None",
        /// An amount.
        Sum = "st_Sum" | "S",
        /// A price.
        Price = "st_Price" | "P",
        /// A rate.
        Rate = "st_Rate" | "R",
        /// A quantity.
        Quantity = "st_Quantity" | "Q",
        /// A percentage.
        Percentage = "st_Percentage" | "%",
        /// A link.
        Link = "st_Link" | "B",
    }
}
sap_enum! {
    /// Kind of a user table.
    UserTableType is "BoUTBTableType" {
        /// Plain table with `Code` and `Name`.
        NoObject = "bott_NoObject" | "0",
        /// Plain table whose `Code` the server counts.
        NoObjectAutoIncrement = "bott_NoObjectAutoIncrement" | "5",
        /// Master data.
        MasterData = "bott_MasterData" | "1",
        /// Rows of master data.
        MasterDataLines = "bott_MasterDataLines" | "2",
        /// Document.
        Document = "bott_Document" | "3",
        /// Rows of a document.
        DocumentLines = "bott_DocumentLines" | "4",
    }
}

/// Name of an enumeration, and its members with their letters.
#[cfg(test)]
type EnumTable = (&'static str, &'static [(&'static str, &'static str)]);

#[cfg(test)]
pub(crate) const ALL_ENUMS: &[EnumTable] = &[
    (YesNo::METADATA_NAME, YesNo::LETTERS),
    (DocType::METADATA_NAME, DocType::LETTERS),
    (DocumentStatus::METADATA_NAME, DocumentStatus::LETTERS),
    (CancelStatus::METADATA_NAME, CancelStatus::LETTERS),
    (AuthorizationStatus::METADATA_NAME, AuthorizationStatus::LETTERS),
    (DocObjectCode::METADATA_NAME, DocObjectCode::LETTERS),
    (CardType::METADATA_NAME, CardType::LETTERS),
    (AccountType::METADATA_NAME, AccountType::LETTERS),
    (VatCategory::METADATA_NAME, VatCategory::LETTERS),
    (CurrencyDecimals::METADATA_NAME, CurrencyDecimals::LETTERS),
    (PeriodStatus::METADATA_NAME, PeriodStatus::LETTERS),
    (FieldType::METADATA_NAME, FieldType::LETTERS),
    (FieldSubType::METADATA_NAME, FieldSubType::LETTERS),
    (UserTableType::METADATA_NAME, UserTableType::LETTERS),
    (super::YesNoNone::METADATA_NAME, super::YesNoNone::LETTERS),
    (super::AddressType::METADATA_NAME, super::AddressType::LETTERS),
    (super::CurrencyRounding::METADATA_NAME, super::CurrencyRounding::LETTERS),
    (super::PaymentTermsStart::METADATA_NAME, super::PaymentTermsStart::LETTERS),
    (super::RoundingContext::METADATA_NAME, super::RoundingContext::LETTERS),
    (super::TaxSystem::METADATA_NAME, super::TaxSystem::LETTERS),
    (super::WithholdingCategory::METADATA_NAME, super::WithholdingCategory::LETTERS),
    (super::WithholdingBase::METADATA_NAME, super::WithholdingBase::LETTERS),
];
