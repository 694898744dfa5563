//! Sync actions: an answer of 200 whatever became of the entries, each of which is told by itself.

use super::{
    deliveries::Happening,
    json::{Json, object},
    model::Company,
    refusal::Refusal,
    upsert::{Meant, Target, upsert},
};

/// The most entries of one action.
const ENTRIES_MAX: usize = 1_000;
/// The service account, as hooks name it.
pub(crate) const SERVICE_USER: i64 = 4242;

/// Answers a sync action, and tells what happened to records.
///
/// An entry is matched by `id`, else by `origin_id`, else it makes a record (source: Procore
/// documentation, using sync actions).
pub(crate) fn sync(
    company: &mut Company,
    target: Target,
    sent: &Json,
) -> Result<(Json, Vec<Happening>), Refusal> {
    let Some(Json::List(updates)) = sent.get("updates") else {
        return Err(Refusal::missing("updates"));
    };
    if updates.is_empty() {
        return Err(Refusal::missing("updates"));
    }
    if updates.len() > ENTRIES_MAX {
        let text = format!("updates takes at most {ENTRIES_MAX} entries");
        return Err(Refusal::new(400, "updates", text));
    }
    let (mut written, mut errors, mut happenings) = (Vec::new(), Vec::new(), Vec::new());
    for entry in updates {
        let done = meant(company, target, entry)
            .and_then(|meant| upsert(company, target, meant, entry).map(|id| (meant, id)));
        match done {
            Ok((meant, id)) => {
                written.push(id);
                happenings.push(happening(target, meant, id));
            }
            Err((field, message)) => {
                let messages = Json::List(vec![message.into()]);
                errors.push(
                    entry.clone().set("errors", Json::Object(vec![(field.into(), messages)])),
                );
            }
        }
    }
    let entities = written.into_iter().map(|id| target.shown(company, id)).collect();
    let answer = object! { "entities": Json::List(entities), "errors": Json::List(errors) };
    Ok((answer, happenings))
}

fn meant(company: &Company, target: Target, entry: &Json) -> Result<Meant, super::upsert::Problem> {
    match (entry.get("id"), entry.filled("origin_id")) {
        (None | Some(Json::Null), None) => Ok(Meant::New),
        (None | Some(Json::Null), Some(origin_id)) => {
            let found = company.origins.find(target.kind(), origin_id);
            match found {
                Some(id) if target.exists(company, id) => Ok(Meant::Existing(id)),
                // It belongs to a record of another project.
                Some(_) => Err(("origin_id", "has already been taken")),
                None => Ok(Meant::New),
            }
        }
        (Some(_), _) => match entry.int("id") {
            Some(id) if target.exists(company, id) => Ok(Meant::Existing(id)),
            _ => Err(("id", "Entity with this ID not found")),
        },
    }
}

pub(crate) fn happening(target: Target, meant: Meant, id: i64) -> Happening {
    let (resource, project_id) = target.resource();
    let event = match meant {
        Meant::Existing(_) => "update",
        Meant::New => "create",
    };
    Happening {
        resource_name: resource.to_owned(),
        event_type: event.to_owned(),
        resource_id: id,
        project_id,
        user_id: SERVICE_USER,
    }
}
