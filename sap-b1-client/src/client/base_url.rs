//! The service root: its version, and which addresses belong to it.

use crate::error::{Error, Result};
use std::fmt;
use url::Url;

/// Version of the protocol, chosen by the base address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ODataVersion {
    /// `/b1s/v1`, OData 3.
    V1,
    /// `/b1s/v2`, OData 4.
    V2,
}

/// The address of a Service Layer, without a trailing slash.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    root: String,
    version: ODataVersion,
}

impl BaseUrl {
    /// Reads an address. The last path segment (`v1`, `v2`) chooses the version unless `version` does.
    ///
    /// # Errors
    /// When it is no `https` address (plain `http` is allowed to this machine only), carries user, query or fragment, or
    /// neither address nor `version` says which version it is.
    pub fn parse(text: &str, version: Option<ODataVersion>) -> Result<Self> {
        let refuse = |why: &str| {
            Error::configuration(format!(
                "the base address of the Service Layer {why}; expected something like https://host:50000/b1s/v2"
            ))
        };
        let mut url =
            Url::parse(text.trim()).map_err(|error| refuse("does not read").with_source(error))?;
        let host = url.host_str().ok_or_else(|| refuse("has no host"))?;
        match url.scheme() {
            "https" => {}
            "http" if crate::transport::is_loopback(host) => {}
            "http" => return Err(refuse("is plain http, which is allowed to this machine only")),
            _ => return Err(refuse("is not https")),
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(refuse("carries a user, a query or a fragment"));
        }
        // `//b1s/v1` is an address that works; links to next pages name it with one slash.
        let segments = url.path().split('/').filter(|segment| !segment.is_empty());
        let path: String = segments.flat_map(|segment| ["/", segment]).collect();
        let version = version
            .or_else(|| version_of(&path))
            .ok_or_else(|| refuse("does not end in v1 or v2, and no version was set"))?;
        url.set_path(&format!("{path}/"));
        let root = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, root, version })
    }

    /// The version of the protocol.
    #[must_use]
    pub fn version(&self) -> ODataVersion {
        self.version
    }

    /// The address without a trailing slash.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The path of the service root without a trailing slash, as requests inside a batch begin.
    pub(crate) fn root_path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// Resolves the link to a next page: relative to the service root, rooted, or absolute with the same origin. Returns
    /// what follows the service root.
    pub(crate) fn next_path(&self, link: &str) -> Result<String> {
        let refuse = |why: &str| {
            Error::new(
                crate::ErrorKind::Decode,
                crate::Outcome::Done,
                format!("the link to the next page {why}"),
            )
        };
        let next =
            self.url.join(link).map_err(|error| refuse("does not read").with_source(error))?;
        if next.origin() != self.url.origin()
            || !next.username().is_empty()
            || next.password().is_some()
        {
            return Err(refuse("leads to another server, which is refused"));
        }
        let path = next
            .path()
            .strip_prefix(self.url.path())
            .ok_or_else(|| refuse("leads outside the service"))?;
        Ok(next.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
    }
}

fn version_of(path: &str) -> Option<ODataVersion> {
    match path.rsplit('/').next()? {
        "v1" => Some(ODataVersion::V1),
        "v2" => Some(ODataVersion::V2),
        _ => None,
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.root)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn base(text: &str) -> Result<BaseUrl> {
        BaseUrl::parse(text, None)
    }

    #[test]
    fn the_address_chooses_the_version() {
        assert_eq!(base("https://h:50000/b1s/v1/").unwrap().version(), ODataVersion::V1);
        assert_eq!(base("https://h:50000/b1s/v2").unwrap().version(), ODataVersion::V2);
        assert!(base("https://h/sap").is_err());
        assert_eq!(
            BaseUrl::parse("https://h/sap", Some(ODataVersion::V2)).unwrap().root(),
            "https://h/sap"
        );
    }

    #[test]
    fn a_doubled_slash_is_one_so_that_rooted_links_stay_inside_the_service() {
        for text in ["https://h:50000//b1s/v1", "https://h:50000//b1s//v1//"] {
            let base = base(text).unwrap();
            assert_eq!((base.version(), base.root()), (ODataVersion::V1, "https://h:50000/b1s/v1"));
            assert_eq!(base.next_path("/b1s/v1/Orders?$skip=20").unwrap(), "Orders?$skip=20");
        }
    }

    #[test]
    fn refuses_addresses_that_are_not_safe() {
        for text in [
            "http://h:50000/b1s/v2",
            "ftp://h/b1s/v2",
            "https://u:p@h/b1s/v2",
            "https://h/b1s/v2?x=1",
            "b1s/v2",
            "",
        ] {
            assert_eq!(base(text).unwrap_err().kind(), crate::ErrorKind::Configuration, "{text}");
        }
        for text in
            ["http://127.0.0.1:8080/b1s/v2", "http://localhost/b1s/v1", "http://[::1]:1/b1s/v1"]
        {
            assert!(base(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn next_links_stay_inside_the_service() {
        let base = base("https://h:50000/b1s/v2").unwrap();
        for link in
            ["Orders?$skip=20", "/b1s/v2/Orders?$skip=20", "https://h:50000/b1s/v2/Orders?$skip=20"]
        {
            assert_eq!(base.next_path(link).unwrap(), "Orders?$skip=20", "{link}");
        }
        for link in [
            "https://evil/b1s/v2/Orders",
            "//evil/b1s/v2/Orders",
            "http://h:50000/b1s/v2/Orders",
            "https://h/b1s/v2/Orders",
            "/other/Orders",
            "../../x",
        ] {
            assert!(base.next_path(link).is_err(), "{link}");
        }
    }
}
