//! The resources that triggers can follow; the list changes, so that it is asked for.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::delivery::Event;
use crate::wire::{self, model};

model! {
    /// A resource that triggers can follow.
    pub struct WebhookResource {
        /// The category.
        opt category: String,
        /// The tool that it belongs to.
        opt tool: String,
        /// The name that a trigger takes.
        opt name: String,
        /// The version of the payload.
        opt payload_version: String,
        /// The events that can be followed. The documents cut the form of an element off; what is no text is left out.
        #[serde(default, deserialize_with = "events")]
        plain actions: Vec<Event>,
    }
}

fn events<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Event>, D::Error> {
    let items = Option::<Vec<&'de RawValue>>::deserialize(deserializer)?.unwrap_or_default();
    let text = |item: &&RawValue| wire::text(item).ok().flatten();
    Ok(items.iter().filter_map(text).map(|text| Event::from(text.as_str())).collect())
}
