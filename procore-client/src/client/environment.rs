//! Procore's environments by name.

/// Procore's environments and their hosts, as its documentation names them (development environments, May 2026).
///
/// None of the hosts was tried. Where one differs for a company, such as behind a proxy, set it with
/// [`ClientBuilder::base_url`](crate::ClientBuilder::base_url) and
/// [`ClientBuilder::login_url`](crate::ClientBuilder::login_url): each takes any https address. The zone that
/// `GET /rest/v1.0/company_base_url` tells, such as `us02.procore.com`, is for links to pages, not for calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// `api.procore.com`; on-demand sandboxes live here too, with another company id.
    Production,
    /// `sandbox.procore.com`, with credentials of its own.
    DevelopmentSandbox,
    /// `api-monthly.procore.com`, a copy of the company made each month, with the credentials of production. Its login
    /// server is `login-sandbox-monthly.procore.com`; browser apps call
    /// [another host](Environment::browser_base_url).
    MonthlySandbox,
}

impl Environment {
    /// Returns the API's base URL.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Production => "https://api.procore.com",
            Self::DevelopmentSandbox => "https://sandbox.procore.com",
            Self::MonthlySandbox => "https://api-monthly.procore.com",
        }
    }

    /// Returns the API's base URL for apps that run in a browser: another one in the monthly sandbox alone.
    ///
    /// The documentation names it for browser apps and says no more; that it answers other programs is unverified.
    #[must_use]
    pub const fn browser_base_url(self) -> &'static str {
        match self {
            Self::MonthlySandbox => "https://api-sandbox-monthly.procore.com",
            _ => self.base_url(),
        }
    }

    /// Returns the login server's URL.
    #[must_use]
    pub const fn login_url(self) -> &'static str {
        match self {
            Self::Production => "https://login.procore.com",
            Self::DevelopmentSandbox => "https://login-sandbox.procore.com",
            Self::MonthlySandbox => "https://login-sandbox-monthly.procore.com",
        }
    }
}
