//! The same GET by a client and by bare reqwest.

use http::{HeaderMap, header};
use procore_client::resources::projects::ProjectDetails;
use sap_b1_client::{Document, PasswordLogin};
use serde::de::DeserializeOwned;

use super::Server;

/// Bare reqwest with its defaults: what a program would write that uses no client.
#[derive(Clone, Debug)]
pub struct Bare {
    http: reqwest::Client,
    url: String,
    headers: HeaderMap,
}

impl Bare {
    /// Repeats the last GET that the server saw. The URL and all headers are ready beforehand: the yardstick pays for
    /// no formatting of its own.
    pub fn as_last_get(server: &Server) -> Self {
        let (uri, mut headers) = server.last_get();
        headers.remove(header::HOST);
        let url = format!("http://{}{uri}", server.address);
        Self { http: reqwest::Client::new(), url, headers }
    }

    /// Gets and decodes.
    pub async fn get<T: DeserializeOwned>(&self) -> T {
        let mut request = self.http.get(&self.url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        let body = answer.expect("the server answers").bytes().await.expect("a whole body");
        serde_json::from_slice(&body).expect("the body fits the type")
    }
}

/// A Procore client of the server that has its token.
pub async fn procore(server: &Server) -> procore_client::Project {
    let root = format!("http://{}", server.address);
    let client = procore_client::Client::builder(procore_client::CompanyId::new(1001))
        .base_url(&root)
        .login_url(&root)
        .credentials("client-id", "client-secret".into())
        .projects([procore_client::ProjectId::new(2_783_683)])
        .build()
        .expect("the settings are sound");
    let project = client.project(procore_client::ProjectId::new(2_783_683)).expect("in scope");
    project.details().await.expect("the server answers");
    project
}

/// The measured GET of the Procore client.
pub async fn project(project: &procore_client::Project) -> ProjectDetails {
    project.details().await.expect("the server answers").value
}

/// A Service Layer client of the server that is logged in.
pub async fn service_layer(server: &Server) -> sap_b1_client::Client {
    let login = PasswordLogin::new("SBODEMOUS", "manager", "secret".into());
    let client = sap_b1_client::Client::builder(format!("http://{}/b1s/v2", server.address), login)
        .build()
        .expect("the settings are sound");
    invoice(&client).await;
    client
}

/// The measured GET of the Service Layer client, which keeps the raw text beside the decoded document (its default).
pub async fn invoice(client: &sap_b1_client::Client) -> Document {
    client.purchase_invoices().get(7).await.expect("the server answers").value
}
