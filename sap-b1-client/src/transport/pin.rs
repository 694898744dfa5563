//! Trust in one public key, for servers whose certificate no authority vouches for.
//!
//! A pin says more than an authority: whoever holds the private key is the server, whatever name and dates its certificate
//! states. The handshake's signature is checked as always, so a copied certificate is worth nothing without the key.

use crate::error::{Error, Result};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;

/// SHA-256 of a public key (the whole `SubjectPublicKeyInfo`).
pub(super) type Pin = [u8; 32];

/// Reads 64 hexadecimal digits; colons and spaces between them do not matter.
pub(super) fn parse(text: &str) -> Result<Pin> {
    let wrong = || {
        Error::configuration(
            "the pin of a public key is its SHA-256 in 64 hexadecimal digits, as `openssl dgst -sha256` prints it",
        )
    };
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b':' | b' '))
        .map(|byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()
        .ok_or_else(wrong)?;
    let bytes: Vec<u8> =
        digits.chunks(2).map(|pair| pair.iter().fold(0, |n, d| n << 4 | d)).collect();
    if digits.len() % 2 == 1 {
        return Err(wrong());
    }
    Pin::try_from(bytes).map_err(|_| wrong())
}

/// TLS 1.2 and 1.3 with servers that hold one of the pinned keys, and with no other.
pub(super) fn config(pins: Vec<Pin>) -> Result<ClientConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = PinnedKeys { pins, algorithms: provider.signature_verification_algorithms };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::configuration("TLS cannot start").with_source(error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

#[derive(Debug)]
struct PinnedKeys {
    pins: Vec<Pin>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for PinnedKeys {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let key = Pin::from(Sha256::digest(certificate.subject_public_key_info()));
        if self.pins.contains(&key) {
            return Ok(ServerCertVerified::assertion());
        }
        let shown = key.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        Err(rustls::Error::General(format!(
            "the server's public key is not the pinned one: its SHA-256 is {shown}"
        )))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_pin_is_64_hexadecimal_digits() {
        let plain = "00ff".repeat(16);
        let parted = "00:FF:".repeat(16);
        assert_eq!(parse(&plain).unwrap(), parse(&parted).unwrap());
        assert_eq!(parse(&plain).unwrap()[..3], [0, 0xff, 0]);
        for wrong in ["", "00", &plain[1..], &format!("{plain}00"), &plain.replace('f', "g")] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
