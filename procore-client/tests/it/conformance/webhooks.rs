//! The calls of webhooks, which write too, for a company and for a project.

use chrono::NaiveDate;
use procore_client::SecretString;
use procore_client::webhooks::{
    DeliveryFilter, DeliveryQuery, Event, Hook, HookChange, HookId, HookQuery, HookStatus, NewHook,
    NewTrigger, PastDelivery, PayloadVersion, Trigger, TriggerId, WebhookResource, Webhooks,
};
use procore_client::{List, Project};

use super::operations::Modelled;
use super::probe::{Shape, shape};

fn hook_id() -> HookId {
    "01JMYXMZRBVKK0PC6XS8SA4QRE".parse().unwrap()
}

fn trigger_id() -> TriggerId {
    "7".parse().unwrap()
}

fn hooks(webhooks: &Webhooks) -> List<Hook> {
    webhooks.hooks(&HookQuery {
        namespace: Some("acme".to_owned()),
        payload_version: Some(PayloadVersion::V4),
        include_trigger_count: Some(true),
    })
}

fn new_hook() -> NewHook {
    NewHook {
        payload_version: PayloadVersion::V4,
        namespace: "acme-costs".to_owned(),
        destination_url: "https://hooks.example.com/procore".to_owned(),
        authorization: Some(SecretString::from("Bearer canary-hook-0123456789")),
    }
}

fn change(status: Option<HookStatus>) -> HookChange {
    let hook = new_hook();
    HookChange {
        payload_version: Some(hook.payload_version),
        namespace: Some(hook.namespace),
        destination_url: Some(hook.destination_url),
        authorization: hook.authorization,
        status,
    }
}

fn deliveries(webhooks: &Webhooks) -> List<PastDelivery> {
    let query = DeliveryQuery {
        status: Some(DeliveryFilter::Retrying),
        resource_name: Some("Direct Costs".to_owned()),
        event_type: Some(Event::Update),
        start: NaiveDate::from_ymd_opt(2026, 11, 1),
        end: NaiveDate::from_ymd_opt(2026, 11, 24),
    };
    webhooks.deliveries(&hook_id(), &query)
}

fn no_record() -> Shape {
    Shape::default()
}

fn of_company(project: &Project) -> Webhooks {
    project.client().webhooks()
}

macro_rules! calls {
    (@list $scope:literal, $rest:literal, $of:expr, $method:literal, $model:ty, |$w:ident| $list:expr) => {
        Modelled {
            operation: concat!("GET ", $scope, "/webhooks/", $rest),
            method: concat!("Webhooks::", $method),
            shape: shape::<$model>,
            call: |project| {
                Box::pin(async move {
                    let $w = $of(&project);
                    let listing = $list.all().await.map_err(|error| error.to_string())?;
                    match listing.unreadable.first() {
                        Some(item) => Err(format!("{}: {}", item.path, item.problem)),
                        None => Ok(listing.records.len()),
                    }
                })
            },
        }
    };
    (@one $verb:literal, $scope:literal, $rest:literal, $of:expr, $method:literal, $shape:expr, |$w:ident| $call:expr) => {
        Modelled {
            operation: concat!($verb, " ", $scope, "/webhooks/", $rest),
            method: concat!("Webhooks::", $method),
            shape: $shape,
            call: |project| {
                Box::pin(async move {
                    let $w = $of(&project);
                    $call.await.map(|_| 1).map_err(|error| format!("{error} {:?}", error.path()))
                })
            },
        }
    };
    ($scope:literal, $of:expr, $status:expr) => {
        [
            calls!(@list $scope, "resources", $of, "resources", WebhookResource, |w| w.resources(PayloadVersion::V4)),
            calls!(@list $scope, "hooks", $of, "hooks", Hook, |w| hooks(&w)),
            calls!(@one "POST", $scope, "hooks", $of, "create_hook", shape::<Hook>, |w| w.create_hook(&new_hook())),
            calls!(@one "GET", $scope, "hooks/{id}", $of, "hook", shape::<Hook>, |w| w.hook(&hook_id())),
            calls!(@one "PATCH", $scope, "hooks/{id}", $of, "update_hook", shape::<Hook>, |w| w
                .update_hook(&hook_id(), &change($status))),
            calls!(@one "DELETE", $scope, "hooks/{id}", $of, "delete_hook", no_record, |w| w.delete_hook(&hook_id())),
            calls!(@list $scope, "hooks/{hook_id}/triggers", $of, "triggers", Trigger, |w| w.triggers(&hook_id())),
            calls!(@one "POST", $scope, "hooks/{hook_id}/triggers", $of, "create_trigger", shape::<Trigger>, |w| w
                .create_trigger(&hook_id(), &NewTrigger::new("Direct Costs", Event::Update))),
            calls!(@one "DELETE", $scope, "hooks/{hook_id}/triggers/{id}", $of, "delete_trigger", no_record, |w| w
                .delete_trigger(&hook_id(), &trigger_id())),
            calls!(@list $scope, "hooks/{hook_id}/deliveries", $of, "deliveries", PastDelivery, |w| deliveries(&w)),
        ]
    };
}

const OF_COMPANY: &[Modelled] =
    &calls!("/rest/v2.0/companies/{company_id}", of_company, Some(HookStatus::Disabled));
const OF_PROJECT: &[Modelled] = &calls!(
    "/rest/v2.0/companies/{company_id}/projects/{project_id}",
    Project::webhooks,
    // The status is documented for the hooks of a company alone.
    None
);

/// Both, one after the other.
pub(super) fn modelled() -> impl Iterator<Item = &'static Modelled> {
    OF_COMPANY.iter().chain(OF_PROJECT)
}
