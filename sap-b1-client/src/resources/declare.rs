//! The macros that declare entities: each property stands once, with its name, its type and what it means.
//!
//! `entity_types!` makes the type that is read and the type that is written; `new_entity!` lets the latter be created;
//! `entity_sets!` gives a set its key and its method of [`crate::Client`].

/// Declares a type that is read and, where it can be created, the type that is written.
///
/// Properties under `both` are read and written; those beside `read` and `write` on that side alone. What is written can
/// hold user-defined fields; what is absent is not sent.
macro_rules! entity_types {
    (
        $(#[$read_doc:meta])*
        read $read:ident is $metadata:literal {
            $($(#[$rdoc:meta])* $rfield:ident: $rtype:ty = $rname:literal,)*
        }
    ) => {
        $(#[$read_doc])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
        #[serde(default)]
        #[non_exhaustive]
        pub struct $read {
            $($(#[$rdoc])* #[serde(rename = $rname, deserialize_with = "crate::wire::field::read")] pub $rfield: $rtype,)*
        }

        #[cfg(test)]
        impl crate::resources::conformance::Described for $read {
            const METADATA_TYPE: &'static str = $metadata;
            const READ: &'static [(&'static str, crate::resources::conformance::Shape)] = &[
                $(($rname, <$rtype as crate::resources::conformance::Shaped>::SHAPE),)*
            ];
        }
    };
    (
        $(#[$read_doc:meta])*
        read $read:ident is $metadata:literal {
            $($(#[$rdoc:meta])* $rfield:ident: $rtype:ty = $rname:literal,)*
        }
        $(#[$write_doc:meta])*
        write $write:ident in $collection:literal {
            $($(#[$wdoc:meta])* $wfield:ident: $wtype:ty = $wname:literal,)*
        }
        both {
            $($(#[$bdoc:meta])* $bfield:ident: $btype:ty = $bname:literal,)*
        }
    ) => {
        entity_types! {
            $(#[$read_doc])*
            read $read is $metadata {
                $($(#[$bdoc])* $bfield: $btype = $bname,)*
                $($(#[$rdoc])* $rfield: $rtype = $rname,)*
            }
        }

        $(#[$write_doc])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
        pub struct $write {
            $($(#[$bdoc])*
            #[serde(
                rename = $bname,
                serialize_with = "crate::wire::field::write",
                skip_serializing_if = "crate::wire::field::is_absent"
            )]
            pub $bfield: $btype,)*
            $($(#[$wdoc])*
            #[serde(
                rename = $wname,
                serialize_with = "crate::wire::field::write",
                skip_serializing_if = "crate::wire::field::is_absent"
            )]
            pub $wfield: $wtype,)*
            /// User-defined fields by their full names (`U_...`).
            #[serde(flatten)]
            pub udfs: crate::wire::Udfs,
        }

        impl $write {
            /// Texts of this level that are longer than their columns; `row` is its place among rows.
            pub(crate) fn own_findings(
                &self,
                row: Option<usize>,
                limits: &crate::lengths::LengthLimits,
            ) -> Vec<crate::lengths::TooLong> {
                use crate::wire::field::WriteField;
                let texts = [
                    $(($bname, WriteField::text(&self.$bfield)),)*
                    $(($wname, WriteField::text(&self.$wfield)),)*
                ];
                limits.findings($collection, row, &texts)
            }
        }

        #[cfg(test)]
        impl crate::resources::conformance::Described for $write {
            const METADATA_TYPE: &'static str = $metadata;
            const READ: &'static [(&'static str, crate::resources::conformance::Shape)] = &[
                $(($bname, <$btype as crate::resources::conformance::Shaped>::SHAPE),)*
                $(($wname, <$wtype as crate::resources::conformance::Shaped>::SHAPE),)*
            ];
        }
    };
}

/// Lets a written type be created in the sets that read as `entity`; `rows` are the collections whose texts are checked too.
macro_rules! new_entity {
    ($new:ident creates $entity:ident $(with $($rows:ident),+)?) => {
        impl $new {
            /// The exact bytes that are sent. A host that must be able to prove what it sent stores these before sending
            /// them with [`crate::Collection::create_raw`].
            #[must_use]
            pub fn to_body(&self) -> bytes::Bytes {
                bytes::Bytes::from(
                    serde_json::to_vec(self)
                        .expect("strings, numbers and maps with string keys always serialise"),
                )
            }

            /// Every text that is longer than its column.
            #[must_use]
            pub fn length_findings(
                &self,
                limits: &crate::lengths::LengthLimits,
            ) -> Vec<crate::lengths::TooLong> {
                #[allow(unused_mut)]
                let mut findings = self.own_findings(None, limits);
                $($(
                    for (index, row) in self.$rows.iter().enumerate() {
                        findings.extend(row.own_findings(Some(index), limits));
                    }
                )+)?
                findings
            }

            /// Refuses a text that is longer than its column; SAP would refuse it too, and never cuts.
            ///
            /// # Errors
            /// Names the first property that is too long, its length and its limit.
            pub fn validate_lengths(
                &self,
                limits: &crate::lengths::LengthLimits,
            ) -> crate::error::Result<()> {
                crate::lengths::check(&self.length_findings(limits))
            }
        }

        impl crate::resources::NewEntity for $new {
            type Entity = $entity;

            fn body(&self) -> bytes::Bytes {
                self.to_body()
            }

            fn check(&self, limits: &crate::lengths::LengthLimits) -> crate::error::Result<()> {
                self.validate_lengths(limits)
            }
        }
    };
}

/// Gives entities their keys, and their sets a method of [`crate::Client`] each.
macro_rules! entity_sets {
    ($($entity:ident by $field:ident = $key:literal {
        $($(#[$doc:meta])* $method:ident = $set:literal,)+
    })+) => {
        $(impl crate::resources::Entity for $entity {
            const KEY: &'static str = $key;

            fn key(&self) -> Option<crate::query::Key> {
                self.$field.as_ref().map(crate::query::Key::from)
            }
        }

        impl crate::client::Client {
            $($(#[$doc])*
            #[must_use]
            pub fn $method(&self) -> crate::resources::Collection<$entity> {
                crate::resources::Collection::new(self, $set)
            })+
        }

        #[cfg(test)]
        impl crate::resources::conformance::Sets for $entity {
            const SETS: &'static [&'static str] = &[$($set),+];
        })+
    };
}

pub(super) use {entity_sets, entity_types, new_entity};
