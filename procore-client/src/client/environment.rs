//! Procore's environments by name.

/// Procore's environments and their hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// `api.procore.com`; on-demand sandboxes live here too, with another company id.
    Production,
    /// `sandbox.procore.com`, with credentials of its own.
    DevelopmentSandbox,
    /// `api-monthly.procore.com`, a copy of the company made each month.
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
