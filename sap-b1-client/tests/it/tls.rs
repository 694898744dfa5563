//! A real TLS server on loopback, with certificates made here.

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PublicKeyData};
use sap_b1_client::{ErrorKind, ReqwestTransport, Sent, Transport};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// An authority of its own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Serves one certificate for `name` on a free port, and answers 204 to everything.
    async fn serve(&self, name: &str) -> u16 {
        self.serve_with(name, &KeyPair::generate().unwrap()).await
    }

    async fn serve_with(&self, name: &str, key: &KeyPair) -> u16 {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(key, &self.issuer).unwrap();
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut buffer = [0; 4096];
                    while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
                        let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
                    }
                });
            }
        });
        port
    }
}

async fn status(transport: &ReqwestTransport, port: u16) -> Result<u16, Sent> {
    let request = http::Request::get(format!("https://localhost:{port}/b1s/v2/Currencies"))
        .body(Bytes::new())
        .unwrap();
    match transport.send(request).await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) => {
            assert!(!error.to_string().contains("Currencies"), "{error}");
            Err(error.sent)
        }
    }
}

fn trusting(authority: &Authority) -> ReqwestTransport {
    ReqwestTransport::builder().ca_pem(authority.pem.clone()).build().unwrap()
}

#[tokio::test]
async fn a_server_is_trusted_by_its_own_authority_and_name_only() {
    let (ours, other) = (Authority::new(), Authority::new());
    let right = ours.serve("localhost").await;
    let wrong_name = ours.serve("b1.example.com").await;
    assert_eq!(status(&trusting(&ours), right).await, Ok(204));
    // A refused certificate ends the connection before a byte of the request leaves.
    assert_eq!(status(&trusting(&other), right).await, Err(Sent::NotSent));
    assert_eq!(status(&trusting(&ours), wrong_name).await, Err(Sent::NotSent));
    let system_only = ReqwestTransport::builder().build().unwrap();
    assert_eq!(status(&system_only, right).await, Err(Sent::NotSent));
}

#[tokio::test]
async fn any_certificate_is_accepted_only_by_the_option_that_says_so_and_warns() {
    let warnings = crate::session::Warnings::default();
    let port = Authority::new().serve("b1.example.com").await;
    let transport = {
        let _guard = tracing::subscriber::set_default(warnings.clone());
        ReqwestTransport::builder().danger_accept_invalid_certificates(true).build().unwrap()
    };
    assert_eq!(status(&transport, port).await, Ok(204));
    assert_eq!(warnings.texts().len(), 1);
    assert!(warnings.texts()[0].contains("not checked"), "{:?}", warnings.texts());
}

fn pin_of(key: &KeyPair) -> String {
    let digest = Sha256::digest(key.subject_public_key_info());
    digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

#[tokio::test]
async fn a_pinned_key_is_trusted_whatever_its_certificate_says_and_no_other_key_is() {
    let (authority, key, other) =
        (Authority::new(), KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let port = authority.serve_with("some.other.name", &key).await;
    let pinned = |keys: &[&KeyPair]| {
        let builder = keys
            .iter()
            .fold(ReqwestTransport::builder(), |builder, key| builder.pin_public_key(pin_of(key)));
        builder.build().unwrap()
    };
    assert_eq!(status(&pinned(&[&key]), port).await, Ok(204));
    assert_eq!(status(&pinned(&[&other, &key]), port).await, Ok(204));
    // Not even a byte of the request reaches who cannot be the server.
    assert_eq!(status(&pinned(&[&other]), port).await, Err(Sent::NotSent));
    // A certificate that an authority vouches for, with the very name, is none of the pinned keys.
    let vouched = authority.serve("localhost").await;
    assert_eq!(status(&pinned(&[&key]), vouched).await, Err(Sent::NotSent));
}

#[test]
fn a_pin_stands_alone_and_must_read() {
    let key = KeyPair::generate().unwrap();
    let pinned = || ReqwestTransport::builder().pin_public_key(pin_of(&key));
    for builder in [
        pinned().ca_pem(Authority::new().pem),
        pinned().danger_accept_invalid_certificates(true),
        pinned().pin_public_key("abc"),
    ] {
        assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::Configuration);
    }
}
