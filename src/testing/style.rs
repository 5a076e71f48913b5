//! The forms of signature that the test identity provider can make.

use super::TestIdpError;
use crate::c14n::{Canonicalization, Method};
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};
use crate::dsig::sign::SignOptions;
use crate::text::base64;

/// How a signature of the test identity provider looks. By default as most products make it: exclusive canonicalization
/// throughout, `#` and the ID as Reference, its own certificate in KeyInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureStyle {
    /// The URI of the canonicalization of SignedInfo.
    pub canonicalization: String,
    /// The URI of the canonicalization behind enveloped-signature; `None` leaves that transform out, which means
    /// inclusive 1.0.
    pub transform: Option<String>,
    /// The PrefixList of both, where they are exclusive, as it is spelled: prefixes separated by spaces. Empty for none.
    pub prefix_list: String,
    /// Whether the Reference has the empty URI, which means the whole document.
    pub empty_reference: bool,
    /// What stands in KeyInfo.
    pub carries: CarriedCertificate,
    /// The prefix of the signature's elements; empty for none: their namespace is the default one then.
    pub prefix: &'static str,
}

/// What the test identity provider puts into KeyInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CarriedCertificate {
    /// The certificate of the key that signs.
    Own,
    /// There is no KeyInfo.
    Nothing,
    /// Another certificate, as base64 of its DER.
    Other(String),
}

const EXCLUSIVE: Method = Method::Exclusive { comments: false };

impl Default for SignatureStyle {
    fn default() -> Self {
        Self {
            canonicalization: EXCLUSIVE.uri().to_owned(),
            transform: Some(EXCLUSIVE.uri().to_owned()),
            prefix_list: String::new(),
            empty_reference: false,
            carries: CarriedCertificate::Own,
            prefix: "ds",
        }
    }
}

impl SignatureStyle {
    pub(super) fn options(
        &self,
        algorithm: SignatureAlgorithm,
        digest: DigestAlgorithm,
        own: &[u8],
    ) -> Result<SignOptions, TestIdpError> {
        let certificate = match &self.carries {
            CarriedCertificate::Own => Some(own.to_vec()),
            CarriedCertificate::Nothing => None,
            CarriedCertificate::Other(text) => Some(
                base64::decode(text.as_bytes(), usize::MAX)
                    .map_err(|error| TestIdpError::new("read the other certificate", error))?,
            ),
        };
        Ok(SignOptions {
            digest,
            signed_info: self.method(&self.canonicalization)?,
            reference: self.transform.as_deref().map(|uri| self.method(uri)).transpose()?,
            certificate,
            empty_uri: self.empty_reference,
            ..SignOptions::new(algorithm)
        })
    }

    /// A message with the Signature that was just written, in this style; `None` where that is as it is written. Another with
    /// the prefix `ds` in it is inside of the first.
    pub(super) fn dress(&self, xml: &str) -> Option<String> {
        const END: &str = "</ds:Signature>";
        if self.prefix == "ds" {
            return None;
        }
        let from = xml.find("<ds:Signature ")?;
        let until = xml.get(from..)?.find(END)?.checked_add(from)?.checked_add(END.len())?;
        let (colon, declared) = if self.prefix.is_empty() { ("", "") } else { (":", ":") };
        let name = |slash: &str| format!("<{slash}{}{colon}", self.prefix);
        let signature = xml.get(from..until)?.replace("<ds:", &name("")).replace("</ds:", &name("/"));
        let signature = signature.replace(" xmlns:ds=", &format!(" xmlns{declared}{}=", self.prefix));
        Some([xml.get(..from)?, &signature, xml.get(until..)?].concat())
    }

    fn method(&self, uri: &str) -> Result<Canonicalization, TestIdpError> {
        let doing = "canonicalize";
        let method = Method::from_uri(uri).ok_or_else(|| TestIdpError::new(doing, format!("by {uri}")))?;
        let how = Canonicalization::new(method);
        if !matches!(method, Method::Exclusive { .. }) {
            return Ok(how);
        }
        how.with_prefix_list(&self.prefix_list, usize::MAX).map_err(|error| TestIdpError::new(doing, error))
    }
}
