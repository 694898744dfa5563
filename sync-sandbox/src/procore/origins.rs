//! Origin fields: what other systems call a record, set by sync actions alone.

use std::collections::BTreeMap;

use super::json::Json;

/// What other systems call one record.
#[derive(Clone, Debug, Default)]
struct Origin {
    id: Option<String>,
    code: Option<String>,
    data: Option<String>,
}

/// The origin fields of all records, by the kind of object and its id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    held: BTreeMap<(Kind, i64), Origin>,
}

/// A kind of object; an `origin_id` is unique among those of one kind in the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Vendor,
    DirectCost,
}

impl Origins {
    /// The record that an origin id belongs to.
    pub(crate) fn find(&self, kind: Kind, origin_id: &str) -> Option<i64> {
        let mut held = self.held.iter();
        let found = held.find(|((of, _), o)| *of == kind && o.id.as_deref() == Some(origin_id));
        found.map(|((_, id), _)| *id)
    }

    /// Takes the origin fields of a body; the caller has seen that the origin id is free.
    pub(crate) fn take(&mut self, kind: Kind, id: i64, sent: &Json) {
        let origin = self.held.entry((kind, id)).or_default();
        for (name, held) in [
            ("origin_id", &mut origin.id),
            ("origin_code", &mut origin.code),
            ("origin_data", &mut origin.data),
        ] {
            if sent.get(name).is_some() {
                *held = sent.filled(name).map(str::to_owned);
            }
        }
    }

    /// Puts a record's origin fields into its body.
    pub(crate) fn put(&self, kind: Kind, id: i64, body: Json) -> Json {
        let Some(origin) = self.held.get(&(kind, id)) else {
            return body;
        };
        let body =
            body.set("origin_id", origin.id.as_ref()).set("origin_data", origin.data.as_ref());
        // Direct costs have no origin code.
        if kind == Kind::Vendor { body.set("origin_code", origin.code.as_ref()) } else { body }
    }

    /// What a filter by origin id compares with.
    pub(crate) fn id_of(&self, kind: Kind, id: i64) -> Option<&str> {
        self.held.get(&(kind, id))?.id.as_deref()
    }
}
