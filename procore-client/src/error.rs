//! The one error of this crate: what was attempted, what the server said, and whether it can have been done.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync>;

/// What kind of failure an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was built or called with a setting that cannot work.
    Configuration,
    /// The call would have left the configured company or the allow-list of projects; nothing was sent.
    OutOfScope,
    /// The connection failed.
    Transport,
    /// No answer came in time.
    Timeout,
    /// The client was not built to write, or not to write origin fields; nothing was sent.
    ReadOnly,
    /// The login server refused the client id or secret; never tried again.
    LoginRefused,
    /// The refresh token is used up, lost or refused: the user has to authorise the app again.
    AuthorizationLost,
    /// The login server failed or answered something unexpected.
    Login,
    /// Procore did not accept the token (401), not even a fresh one.
    Unauthorized,
    /// 403: no permission, app not installed, tool disabled, or project not permitted.
    Forbidden,
    /// 404 or 410: missing, or no read access; not a proof of deletion.
    NotFound,
    /// 408: the data set is too large; filter or page.
    TooLarge,
    /// 409: a duplicate, or a concurrent write of the same direct cost.
    Conflict,
    /// 400, 405, 406 or 422: the request broke a rule.
    Invalid,
    /// 429, or 503 with a wait: the rate limit is used up.
    Throttled,
    /// 5xx.
    Server,
    /// An answer with another status than the protocol has, such as a redirect.
    Unexpected,
    /// A successful answer whose body could not be read.
    Decode,
    /// A list that repeats pages or leads elsewhere.
    Paging,
}

/// What is known about the effect of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Failed before any byte of the request left.
    NotSent,
    /// The server answered that it did not do it.
    Refused,
    /// The server answered that it did it; only its words could not be read.
    Done,
    /// Written, but there was no trustworthy answer.
    Unknown,
}

impl Outcome {
    /// Returns the outcome as logs name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Refused => "refused",
            Self::Done => "done",
            Self::Unknown => "unknown",
        }
    }
}

/// A failed call. It carries no secret and no type of another library.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    message: String,
    endpoint: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    messages: Vec<String>,
    path: Option<String>,
    raw_body: Option<String>,
    source: Option<Source>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, outcome: Outcome, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            outcome,
            message: message.into(),
            endpoint: None,
            status: None,
            request_id: None,
            retry_after: None,
            messages: Vec::new(),
            path: None,
            raw_body: None,
            source: None,
        }))
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, Outcome::NotSent, message)
    }

    pub(crate) fn out_of_scope(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::OutOfScope, Outcome::NotSent, message)
    }

    pub(crate) fn decode(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Decode, Outcome::Done, message)
    }

    pub(crate) fn at(mut self, endpoint: impl Into<String>) -> Self {
        self.0.endpoint = Some(endpoint.into());
        self
    }

    pub(crate) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.0.request_id = request_id;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn with_messages(mut self, messages: Vec<String>) -> Self {
        self.0.messages = messages;
        self
    }

    pub(crate) fn with_body(mut self, raw_body: Option<String>) -> Self {
        self.0.raw_body = raw_body;
        self
    }

    pub(crate) fn with_path(mut self, path: Option<String>) -> Self {
        self.0.path = path;
        self
    }

    pub(crate) fn with_source(mut self, source: Source) -> Self {
        self.0.source = Some(source);
        self
    }

    /// Returns the kind of failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns what is known about the effect of the call.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// Returns the HTTP status, if an answer came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns method and path of the call, without its query.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.0.endpoint.as_deref()
    }

    /// Returns Procore's `x-request-id`, which its support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns how long the server asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the messages found in the answer's body, best effort: the shapes of error bodies are not uniform.
    #[must_use]
    pub fn api_messages(&self) -> &[String] {
        &self.0.messages
    }

    /// Returns where in the body a value could not be read, such as `line_items[3].amount`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Returns the beginning of the answer's body (at most 8 KiB), never that of a login answer.
    #[must_use]
    pub fn raw_body(&self) -> Option<&str> {
        self.0.raw_body.as_deref()
    }

    /// Returns whether the record or project is not visible to this app (403 or 404).
    #[must_use]
    pub fn is_not_visible(&self) -> bool {
        matches!(self.kind(), ErrorKind::Forbidden | ErrorKind::NotFound)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.write_str(&inner.message)?;
        if let Some(path) = &inner.path {
            write!(f, " at {path}")?;
        }
        if let Some(status) = inner.status {
            write!(f, " (HTTP {status})")?;
        }
        if let Some(endpoint) = &inner.endpoint {
            write!(f, " for {endpoint}")?;
        }
        if !inner.messages.is_empty() {
            write!(f, ": {}", inner.messages.join("; "))?;
        }
        if let Some(id) = &inner.request_id {
            write!(f, " [request {id}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("outcome", &inner.outcome)
            .field("message", &inner.message)
            .field("endpoint", &inner.endpoint)
            .field("status", &inner.status)
            .field("request_id", &inner.request_id)
            .field("retry_after", &inner.retry_after)
            .field("messages", &inner.messages)
            .field("path", &inner.path)
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
