//! Signature wrapping: what is verified is not what is read.

use crate::stage::{ASSERTION_SIGNED, RESPONSE_SIGNED};
use crate::vector::{Outcome, vectors};

vectors! { "wrapping";
    /// The signed Response, without its Signature, in an Object of that Signature, inside a forged Response.
    xsw1_response_in_an_object_of_its_signature: "Somorovsky et al. 2012, XSW 1; CVE-2016-5697", RESPONSE_SIGNED,
        Outcome::Reject("signature-shape") => |stage| {
        let mut tree = stage.forged_response()?;
        let mut genuine = stage.genuine()?;
        let signature = genuine.find("Signature")?;
        let signature_text = genuine.xml_of(signature);
        genuine.remove(signature)?;
        let signature = tree.element(&signature_text)?;
        let object = tree.element("<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>")?;
        let original = tree.element(&genuine.to_xml())?;
        tree.append(object, original)?;
        tree.append(signature, object)?;
        tree.insert_after(tree.find("Issuer")?, signature)?;
        tree.set(tree.root(), "ID", "_forged")?;
        Ok(tree.into())
    };

    /// A forged assertion in front of the signed one.
    forged_assertion_before_the_signed_one: "Somorovsky et al. 2012, XSW 3; CVE-2022-41912", ASSERTION_SIGNED,
        Outcome::Reject("assertion-count") => |stage| {
        let mut tree = stage.genuine()?;
        let forged = stage.forged_assertion(&mut tree)?;
        tree.insert_before(stage.carrier(&tree)?, forged)?;
        Ok(tree.into())
    };
}
