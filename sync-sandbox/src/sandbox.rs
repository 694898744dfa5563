//! Both simulated systems on one clock, loaded with one contractor.

use bytes::Bytes;
use http::{Request, Response};

use crate::{
    clock::SandboxClock,
    contractor::Contractor,
    fault::{ConnectionLost, Faults},
    procore::{Procore, ProcoreOptions},
    service_layer::{ServiceLayer, ServiceLayerOptions},
};

/// How both systems behave.
#[derive(Clone, Debug, Default)]
pub struct SandboxOptions {
    /// Procore.
    pub procore: ProcoreOptions,
    /// The Service Layer.
    pub service_layer: ServiceLayerOptions,
}

/// Both simulated systems. Clones share them.
#[derive(Clone, Debug)]
pub struct Sandbox {
    /// The time of both servers.
    pub clock: SandboxClock,
    /// The contractor as it was generated; edits reach [`Sandbox::procore`] only.
    pub contractor: Contractor,
    /// The simulated Procore.
    pub procore: Procore,
    /// What goes wrong with calls to Procore.
    pub procore_faults: Faults,
    /// The simulated Service Layer.
    pub service_layer: ServiceLayer,
    /// What goes wrong with calls to the Service Layer.
    pub service_layer_faults: Faults,
    options: SandboxOptions,
}

impl Sandbox {
    /// Loads both systems with a contractor.
    #[must_use]
    pub fn new(contractor: Contractor, options: SandboxOptions, clock: SandboxClock) -> Self {
        let procore_faults = Faults::default();
        let service_layer_faults = Faults::default();
        let procore = Procore::new(
            contractor.company.clone(),
            options.procore.clone(),
            clock.clone(),
            procore_faults.clone(),
        );
        let service_layer = ServiceLayer::new(
            &contractor.books,
            options.service_layer.clone(),
            clock.clone(),
            service_layer_faults.clone(),
        );
        Self {
            clock,
            contractor,
            procore,
            procore_faults,
            service_layer,
            service_layer_faults,
            options,
        }
    }

    /// Loads both systems with a contractor and stops the clock at noon (UTC) of its `as_of`.
    #[must_use]
    pub fn standing(contractor: Contractor, options: SandboxOptions) -> Self {
        let midnight = contractor.as_of.and_time(chrono::NaiveTime::MIN).and_utc();
        let clock = SandboxClock::fixed(midnight + chrono::TimeDelta::hours(12));
        Self::new(contractor, options, clock)
    }

    /// Answers one call: paths below `/b1s` are the Service Layer's, all others Procore's.
    ///
    /// # Errors
    ///
    /// The connection ended without an answer.
    pub fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ConnectionLost> {
        if request.uri().path().starts_with("/b1s") {
            self.service_layer.call(request)
        } else {
            self.procore.call(request)
        }
    }

    /// The environment variables that [`Contractor::config_toml`] reads, with their values.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 4] {
        let books = &self.contractor.books;
        [
            ("PROCORE_CLIENT_ID", self.options.procore.client_id.clone()),
            ("PROCORE_CLIENT_SECRET", self.options.procore.client_secret.clone()),
            ("B1_USER", books.user_name.clone()),
            ("B1_PASSWORD", books.password.clone()),
        ]
    }
}
