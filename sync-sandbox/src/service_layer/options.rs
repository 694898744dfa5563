//! How the simulated company is set up.

use rust_decimal::Decimal;

/// Which tax columns a company's documents use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Localization {
    /// `TaxCode` and `SalesTaxCodes`: the United States, Canada, India, Brazil.
    SalesTax,
    /// `VatGroup` and `VatGroups`.
    Vat,
}

/// How the v1 service words a lost session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionErrorShape {
    /// Number code and object message, as the manual prints it.
    Manual,
    /// String code and string message inside v1, as one production server logs it.
    Hybrid,
}

/// The settings of a simulated Service Layer and its company.
#[derive(Clone, Debug)]
pub struct ServiceLayerOptions {
    /// Minutes without a call after which a session ends. Default 30.
    pub session_timeout_minutes: u32,
    /// How v1 words a lost session. Default [`SessionErrorShape::Manual`].
    pub session_error_shape: SessionErrorShape,
    /// A login that arrives less than this many milliseconds after the previous one is answered
    /// with HTTP 500, code 299, as parallel logins are. Default 0: never.
    pub parallel_login_window_ms: u32,
    /// Wrong passwords in a row after which the user is locked. Default 5.
    pub wrong_passwords_max: u32,
    /// Whether a balancer stands before the nodes and sets the `ROUTEID` cookie. Default true.
    pub balancer: bool,
    /// Nodes behind the balancer; each login lands on the next one. Default 1.
    pub nodes: u32,
    /// Rows on a page when the caller does not say. Default 20.
    pub page_size: usize,
    /// Whether `nextLink` starts at the server's root (`/b1s/v1/...`) instead of at the service
    /// root. Default false.
    pub rooted_next_link: bool,
    /// Whether SAP refuses a repeated `NumAtCard` of one vendor. Default true.
    pub block_duplicate_vendor_ref: bool,
    /// Whether a change set that fails is taken back whole. Default true, as live tests saw it; SAP's manual 1.22 says so
    /// in 3.10.4 and denies it in 7.1.
    pub rolls_back_change_sets: bool,
    /// Whether an approval procedure turns every posted A/P invoice into a draft. Default false.
    pub approval_procedure: bool,
    /// Whether documents need an active branch. Default false.
    pub branches: bool,
    /// Sales tax codes or VAT groups. Default [`Localization::SalesTax`].
    pub localization: Localization,
    /// The account that input tax is posted to. Default `1510`.
    pub tax_account: String,
    /// Decimals of amounts in the local currency (`TotalsAccuracy`). Default 2.
    pub totals_accuracy: u32,
    /// Days after its posting date within which a document may be cancelled; `None` means always.
    pub cancel_days_max: Option<i64>,
    /// Whether a `null` in the body of a POST is refused with the bare -5002. Default true.
    pub refuse_nulls: bool,
    /// Exchange rates: currency, first day, rate. Default none.
    pub rates: Vec<(String, chrono::NaiveDate, Decimal)>,
    /// The version that a login answers. Default `1000280`.
    pub version: String,
}

impl Default for ServiceLayerOptions {
    fn default() -> Self {
        Self {
            session_timeout_minutes: 30,
            session_error_shape: SessionErrorShape::Manual,
            parallel_login_window_ms: 0,
            wrong_passwords_max: 5,
            balancer: true,
            nodes: 1,
            page_size: 20,
            rooted_next_link: false,
            block_duplicate_vendor_ref: true,
            rolls_back_change_sets: true,
            approval_procedure: false,
            branches: false,
            localization: Localization::SalesTax,
            tax_account: "1510".to_owned(),
            totals_accuracy: 2,
            cancel_days_max: None,
            refuse_nulls: true,
            rates: Vec::new(),
            version: "1000280".to_owned(),
        }
    }
}
