//! What can go wrong, what became of the request, and what a person can do about it.

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It failed before any byte of it left. It may be sent again.
    NotSent,
    /// The server answered that it did not do it.
    Refused,
    /// The server did it.
    Done,
    /// It was written, but there is no trustworthy answer. A write may be sent again only after a look-up by the caller's own
    /// key, begun at least [`crate::Client::unknown_settle`] after the call returned, proved absence: the request may still
    /// be running in SAP. Presence counts at once; a look-up that failed is not absence.
    Unknown,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The session is gone, and a new one did not help or could not be used safely.
    SessionLost,
    /// SAP refused the login: password, company database, user locked. Never tried again.
    LoginRefused,
    /// What was to be created is already there (or its vendor reference is taken).
    AlreadyExists,
    /// The posting period of the date is locked.
    PeriodClosed,
    /// A date lies outside the window of its period.
    DateWindow,
    /// There is no exchange rate for the currency and day.
    MissingExchangeRate,
    /// Something in the company's setup is missing: numbering series, branch, attachments folder.
    Setup,
    /// The company's own rule (`SBO_SP_TransactionNotification`) refused it.
    CustomRule,
    /// The user may not do this.
    Forbidden,
    /// The object, or one it refers to, does not exist.
    NotFound,
    /// Somebody changed the object in between.
    Conflict,
    /// SAP refused the content.
    Rejected,
    /// The address or the service name does not exist on this server or version.
    NoSuchResource,
    /// The server could not do it just now.
    Transient,
    /// A node behind the balancer does not know a table (or the table does not exist).
    BrokenNode,
    /// A write without a trustworthy answer.
    OutcomeUnknown,
    /// Nothing was sent: no connection.
    NotSent,
    /// The answer does not read.
    Decode,
    /// The request cannot be sent as it is: a value too long, a name that is no property.
    InvalidRequest,
    /// The client cannot be built as it is.
    Configuration,
}

impl ErrorKind {
    /// One sentence that says what a person can do.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::SessionLost => {
                "look up what was written before sending it again; check the session timeout of the Service Layer"
            }
            Self::LoginRefused => {
                "check company database, user and password, and whether the user is locked, then start again"
            }
            Self::AlreadyExists => {
                "look the document up by its key and its vendor reference instead of sending it again"
            }
            Self::PeriodClosed => {
                "open the posting period in SAP Business One or use a date in an open one"
            }
            Self::DateWindow => {
                "use a date inside the period's own range for posting, due and tax dates"
            }
            Self::MissingExchangeRate => {
                "enter the exchange rate for the currency and day in SAP Business One"
            }
            Self::Setup => "complete the setup that the message names in SAP Business One",
            Self::CustomRule => {
                "ask the owner of this company's transaction notification what its rule wants"
            }
            Self::Forbidden => {
                "give the integration user the licence and authorization for this object"
            }
            Self::NotFound => {
                "check that the object and everything it refers to exist in this company"
            }
            Self::Conflict => "read the object again and repeat the change",
            Self::Rejected => "correct what the message names",
            Self::NoSuchResource => {
                "check the base address and the version of the Service Layer, and whether the user table is visible there"
            }
            Self::Transient => "try again later",
            Self::BrokenNode => {
                "check that the table exists; if it does, restart the node of the Service Layer that does not know it"
            }
            Self::OutcomeUnknown => "look the document up by its key before anything is sent again",
            Self::NotSent => {
                "check address, network, certificate and whether the Service Layer runs"
            }
            Self::Decode => "report the answer's shape; if it was a write, look up what it created",
            Self::InvalidRequest => "correct the request; nothing was sent",
            Self::Configuration => "correct the configuration of the client",
        }
    }
}
