//! Which fields a model has, asked of serde itself: no list in the library that could be out of date.
//!
//! A derived `Deserialize` names its fields when it asks for a struct. The probe follows one path at a time, notes
//! what is asked for at its end, and answers with an error.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use procore_client::resources::contract_payments::ContractPayment;
use procore_client::resources::shapes::{Attachment, ChangeOrderRef, InvoiceContact};
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

/// The models within a model.
#[derive(Default)]
pub(super) struct Shape {
    /// Where each model is, by path; the root is the empty path.
    pub(super) models: Vec<(String, &'static str)>,
    /// The fields of each model by their wire names.
    pub(super) fields: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

/// The shape of a model.
pub(super) fn shape<T: DeserializeOwned>() -> Shape {
    let mut shape = Shape::default();
    explore::<T>(&mut Vec::new(), String::new(), &mut shape);
    shape
}

#[derive(Clone, Copy)]
enum Step {
    Field(&'static str),
    Element,
}

enum Found {
    Struct(&'static str, &'static [&'static str]),
    List,
    /// A list of any nesting, whose reader asks for anything.
    Anything,
}

fn explore<T: DeserializeOwned>(steps: &mut Vec<Step>, path: String, shape: &mut Shape) {
    let found = RefCell::new(None);
    let probe = Probe { steps, found: &found };
    assert!(T::deserialize(probe).is_err());
    match found.into_inner() {
        None => {}
        Some(Found::Struct(model, fields)) => {
            shape.models.push((path.clone(), model));
            shape.fields.entry(model).or_default().extend(fields);
            for field in fields {
                steps.push(Step::Field(field));
                let path =
                    if path.is_empty() { (*field).to_owned() } else { format!("{path}.{field}") };
                explore::<T>(steps, path, shape);
                steps.pop();
            }
        }
        Some(Found::List) => {
            steps.push(Step::Element);
            explore::<T>(steps, format!("{path}[]"), shape);
            steps.pop();
        }
        Some(Found::Anything) => {
            let inner = match path.rsplit('.').next().unwrap() {
                "attachments" => self::shape::<Attachment>(),
                "change_order_packages" | "change_order_requests" | "potential_change_orders" => {
                    self::shape::<ChangeOrderRef>()
                }
                "payments_issued" => self::shape::<ContractPayment>(),
                "invoice_contacts" => self::shape::<InvoiceContact>(),
                other => panic!("{other} is a list of any nesting that the probe does not know"),
            };
            for (below, model) in inner.models {
                let dot = if below.is_empty() { "" } else { "." };
                shape.models.push((format!("{path}[]{dot}{below}"), model));
            }
            for (model, fields) in inner.fields {
                shape.fields.entry(model).or_default().extend(fields);
            }
        }
    }
}

#[derive(Debug)]
struct Stop;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the probe has seen what it came for")
    }
}

impl std::error::Error for Stop {}

impl Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

#[derive(Clone, Copy)]
struct Probe<'a> {
    steps: &'a [Step],
    found: &'a RefCell<Option<Found>>,
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Stop;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        match self.steps.split_first() {
            Some((Step::Field(field), steps)) => {
                visitor.visit_map(OneField { field: Some(field), inner: Probe { steps, ..self } })
            }
            _ => {
                *self.found.borrow_mut() = Some(Found::Struct(name, fields));
                Err(Stop)
            }
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.steps.split_first() {
            Some((Step::Element, steps)) => {
                visitor.visit_seq(OneElement(Some(Probe { steps, ..self })))
            }
            _ => {
                *self.found.borrow_mut() = Some(Found::List);
                Err(Stop)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_some(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        *self.found.borrow_mut() = Some(Found::Anything);
        Err(Stop)
    }

    /// Scalars are read from their raw token, which serde_json asks for in this way.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: V,
    ) -> Result<V::Value, Stop> {
        Err(Stop)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map enum identifier ignored_any
    }
}

struct OneField<'a> {
    field: Option<&'static str>,
    inner: Probe<'a>,
}

impl<'de> MapAccess<'de> for OneField<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stop> {
        let Some(field) = self.field.take() else {
            return Ok(None);
        };
        let name: StrDeserializer<'_, Stop> = field.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Stop> {
        seed.deserialize(self.inner)
    }
}

struct OneElement<'a>(Option<Probe<'a>>);

impl<'de> SeqAccess<'de> for OneElement<'_> {
    type Error = Stop;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Stop> {
        self.0.take().map(|inner| seed.deserialize(inner)).transpose()
    }
}
