//! What the crate calls: the operation, the method, the model, and the call itself.
//!
//! `records` has the financial records and the lists around them, `reference` what they are coded to and show calls
//! of single lines.

use std::future::Future;
use std::pin::Pin;

use procore_client::Project;

use super::full;
use super::probe::{Shape, shape};

type Answer = Pin<Box<dyn Future<Output = Result<usize, String>> + Send>>;

/// An operation that the crate calls.
pub(super) struct Modelled {
    /// Method and path template, as the table names it.
    pub(super) operation: &'static str,
    /// The method that calls it.
    pub(super) method: &'static str,
    /// The model of its record.
    pub(super) shape: fn() -> Shape,
    /// Calls it with every parameter, and tells how many records were decoded.
    pub(super) call: fn(Project) -> Answer,
}

macro_rules! list {
    ($operation:literal, $method:literal, $model:ty, |$project:ident| $list:expr) => {
        Modelled {
            operation: concat!("GET ", $operation),
            method: $method,
            shape: shape::<$model>,
            call: |$project| {
                Box::pin(async move {
                    let listing = $list.all().await.map_err(|error| error.to_string())?;
                    match listing.unreadable.first() {
                        Some(item) => Err(format!("{}: {}", item.path, item.problem)),
                        None => Ok(listing.records.len()),
                    }
                })
            },
        }
    };
}

macro_rules! show {
    ($operation:literal, $method:literal, $model:ty, |$project:ident| $show:expr) => {
        Modelled {
            operation: concat!("GET ", $operation),
            method: $method,
            shape: shape::<$model>,
            call: |$project| {
                Box::pin(async move {
                    $show.await.map(|_| 1).map_err(|error| format!("{error} {:?}", error.path()))
                })
            },
        }
    };
}

mod records;
mod reference;

/// Every modelled operation.
pub(super) fn modelled() -> impl Iterator<Item = &'static Modelled> {
    reference::MODELLED.iter().chain(records::MODELLED)
}
