//! Refused calls. Procore's error bodies have eight shapes; which one comes depends on the
//! endpoint, so a client that reads one of them has read nothing.

use super::json::{Json, object};

/// The shapes of error bodies (source: Procore OpenAPI and guides, collected in the facts).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `{"code":401,"message":..,"fields":..,"reason":..,"error":..}`.
    Code,
    /// `{"message":..,"exception":..}`.
    MessageException,
    /// `{"errors":"one string"}`.
    ErrorsText,
    /// `{"errors":["..."]}`.
    ErrorsList,
    /// `{"errors":{"field":["..."]}}`.
    ErrorsMap,
    /// `{"message":..,"error":..}`.
    MessageError,
    /// `{"error":{"code":..,"message":..}}`.
    ErrorCode,
    /// `{"error":{"error":".."}}`.
    ErrorError,
    /// v2: `{"error":{"code":"BAD_REQUEST","message":..,"details":[..]}}`.
    Version2,
}

/// A call that was refused.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// A field that the refusal is about.
    pub(crate) field: &'static str,
    pub(crate) message: String,
    /// Where the shape does not depend on the endpoint.
    pub(crate) shape: Option<Shape>,
}

impl Refusal {
    pub(crate) fn new(status: u16, field: &'static str, message: impl Into<String>) -> Self {
        Self { status, field, message: message.into(), shape: None }
    }

    pub(crate) fn shaped(self, shape: Shape) -> Self {
        Self { shape: Some(shape), ..self }
    }

    pub(crate) fn missing(field: &'static str) -> Self {
        Self::new(400, field, format!("param is missing or the value is empty: {field}"))
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, "id", format!("{what} not found"))
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(403, "project_id", "You do not have permission to access this project")
    }

    pub(crate) fn not_connected() -> Self {
        Self::new(403, "company_id", "App is not connected to this company")
            .shaped(Shape::ErrorsText)
    }

    /// The body, in the given shape unless the refusal has its own.
    pub(crate) fn body(&self, shape: Shape) -> Json {
        let message = self.message.as_str();
        match self.shape.unwrap_or(shape) {
            Shape::Code => object! {
                "code": i64::from(self.status), "message": message, "fields": self.field,
                "reason": message, "error": status_word(self.status),
            },
            Shape::MessageException => object! {
                "message": message, "exception": "ActiveRecord::RecordNotFound",
            },
            Shape::ErrorsText => object! { "errors": message },
            Shape::ErrorsList => object! { "errors": vec![Json::from(message)] },
            Shape::ErrorsMap => object! {
                "errors": Json::Object(vec![(self.field.into(), Json::List(vec![message.into()]))]),
            },
            Shape::MessageError => object! {
                "message": message, "error": status_word(self.status),
            },
            Shape::ErrorCode => object! {
                "error": object! { "code": status_word(self.status), "message": message },
            },
            Shape::ErrorError => object! { "error": object! { "error": message } },
            Shape::Version2 => object! {
                "error": object! {
                    "code": status_word(self.status), "message": message,
                    "details": vec![object! {
                        "reason_code": status_word(self.status), "message": message,
                        "source": self.field,
                    }],
                },
            },
        }
    }
}

fn status_word(status: u16) -> &'static str {
    match status {
        400 => "BAD_REQUEST",
        401 => "UNAUTHORIZED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        409 => "CONFLICT",
        422 => "UNPROCESSABLE_ENTITY",
        429 => "TOO_MANY_REQUESTS",
        _ => "INTERNAL_SERVER_ERROR",
    }
}

/// The shape that an endpoint answers with, by the resource in its path.
pub(crate) fn shape_of(path: &str) -> Shape {
    if path.starts_with("/rest/v2") {
        return Shape::Version2;
    }
    let has = |word: &str| path.contains(word);
    if has("requisitions") || has("contract_payments") {
        Shape::ErrorsText
    } else if has("direct_costs") {
        Shape::Code
    } else if has("purchase_order_contracts") || has("commitment_change_orders") {
        Shape::MessageError
    } else if has("work_order_contracts") || has("commitments") {
        Shape::MessageException
    } else if has("tax_types") || has("tax_codes") || has("vendors") {
        Shape::ErrorsMap
    } else if has("budget") {
        Shape::ErrorError
    } else if has("currency_configuration") || has("work_breakdown_structure") {
        Shape::ErrorCode
    } else if has("change_order") {
        Shape::ErrorsList
    } else {
        Shape::Code
    }
}
