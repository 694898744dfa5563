//! The calls of webhooks: the same for a company and for a project.

use super::PayloadVersion;
use super::history::{DeliveryQuery, PastDelivery};
use super::hook::{Hook, HookChange, HookQuery, NewHook};
use super::ids::{HookId, TriggerId};
use super::resource::WebhookResource;
use super::trigger::{NewTrigger, Trigger};
use crate::client::{Client, Project};
use crate::error::Result;
use crate::paging::List;
use crate::record::{self, Record};
use crate::request::{Method, Request};

/// The most records that a page of REST v2 has.
const PER_PAGE_MAX: u32 = 100;

/// The webhooks of a company or of a project. A hook of one is not listed with the other.
///
/// Reading needs no permission of the client; making, changing and deleting needs
/// [`WriteAccess::Write`](crate::WriteAccess::Write). A write without a trustworthy answer is not sent again: list the
/// hooks of the namespace to find out whether it was done.
#[derive(Clone, Debug)]
pub struct Webhooks {
    client: Client,
    base: String,
}

impl Client {
    /// Enters the webhooks of the company: events of its own records, such as vendors.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks {
        let base = format!("/rest/v2.0/companies/{}/webhooks", self.company_id());
        Webhooks { client: self.clone(), base }
    }
}

impl Project {
    /// Enters the webhooks of the project: events of its records, such as direct costs.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks {
        let base =
            format!("/rest/v2.0/companies/{}/projects/{}/webhooks", self.company_id(), self.id());
        Webhooks { client: self.client().clone(), base }
    }
}

impl Webhooks {
    /// Lists the resources that triggers can follow.
    pub fn resources(&self, version: PayloadVersion) -> List<WebhookResource> {
        let request = Request::get(format!("{}/resources", self.base));
        self.list(request.query("payload_version", version.as_str()))
    }

    /// Lists the hooks.
    pub fn hooks(&self, query: &HookQuery) -> List<Hook> {
        self.list(query.apply(Request::get(format!("{}/hooks", self.base))))
    }

    /// Shows a hook.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn hook(&self, id: &HookId) -> Result<Record<Hook>> {
        self.client.show(&Request::get(self.of(id, ""))).await
    }

    /// Makes a hook; it sends nothing until it has a trigger.
    ///
    /// # Errors
    ///
    /// Before anything is sent: [`Configuration`](crate::ErrorKind::Configuration) for a namespace or address that
    /// Procore does not take, and all that [`Client::raw`] refuses.
    pub async fn create_hook(&self, hook: &NewHook) -> Result<Record<Hook>> {
        self.write(hook.written(Request::post(format!("{}/hooks", self.base)))?).await
    }

    /// Changes a hook.
    ///
    /// # Errors
    ///
    /// As [`create_hook`](Self::create_hook); a change of nothing is refused too.
    pub async fn update_hook(&self, id: &HookId, change: &HookChange) -> Result<Record<Hook>> {
        self.write(change.written(Request::patch(self.of(id, "")))?).await
    }

    /// Deletes a hook with its triggers.
    ///
    /// # Errors
    ///
    /// As [`Client::raw`]; [`NotFound`](crate::ErrorKind::NotFound) when there is none.
    pub async fn delete_hook(&self, id: &HookId) -> Result<()> {
        self.delete(self.of(id, "")).await
    }

    /// Lists the triggers of a hook.
    pub fn triggers(&self, hook: &HookId) -> List<Trigger> {
        self.list(Request::get(self.of(hook, "/triggers")))
    }

    /// Makes a trigger.
    ///
    /// # Errors
    ///
    /// As [`Client::raw`].
    pub async fn create_trigger(
        &self,
        hook: &HookId,
        trigger: &NewTrigger,
    ) -> Result<Record<Trigger>> {
        self.write(trigger.written(Request::post(self.of(hook, "/triggers")))?).await
    }

    /// Deletes a trigger.
    ///
    /// # Errors
    ///
    /// As [`Client::raw`]; [`NotFound`](crate::ErrorKind::NotFound) when there is none.
    pub async fn delete_trigger(&self, hook: &HookId, trigger: &TriggerId) -> Result<()> {
        self.delete(self.of(hook, &format!("/triggers/{trigger}"))).await
    }

    /// Lists the deliveries of a hook and what became of them; Procore keeps 28 days.
    pub fn deliveries(&self, hook: &HookId, query: &DeliveryQuery) -> List<PastDelivery> {
        self.list(query.apply(Request::get(self.of(hook, "/deliveries"))))
    }

    fn of(&self, hook: &HookId, rest: &str) -> String {
        format!("{}/hooks/{hook}{rest}", self.base)
    }

    fn list<T: serde::de::DeserializeOwned>(&self, request: Request) -> List<T> {
        self.client.list(request).at_most_per_page(PER_PAGE_MAX)
    }

    async fn write<T: serde::de::DeserializeOwned>(&self, request: Request) -> Result<Record<T>> {
        let answer = self.client.send_in_scope(&request).await?;
        record::one(&answer, self.client.shared().keep_raw)
    }

    async fn delete(&self, path: String) -> Result<()> {
        self.client.send_in_scope(&Request::new(Method::Delete, path)).await.map(drop)
    }
}
