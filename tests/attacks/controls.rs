//! Messages that look odd and are right: they must be accepted, and say what was signed.

use crate::stage::{ALL, PLAIN};
use crate::vector::{Outcome, vectors};

vectors! { "controls";
    /// The message as it was made.
    the_genuine_message: "", ALL, Outcome::Alice => |stage| Ok(stage.genuine()?.into());

    /// Comments between elements, where no text is.
    comments_between_elements: "", ALL, Outcome::Alice => |stage| {
        let xml = stage.written(|tree| {
            let comment = tree.raw("<!-- here -->");
            tree.insert_before(tree.find("Subject")?, comment)
        })?;
        Ok(xml.into())
    };

    /// A NameID that the identity provider wrote with a CDATA section, and signed.
    cdata_in_a_signed_name: "", PLAIN, Outcome::Alice => |stage| {
        let xml = stage.written(|tree| tree.set_raw(tree.find("NameID")?, "al<![CDATA[ice]]>"))?;
        Ok(xml.into())
    };
}
