#![doc = include_str!("idps.md")]

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    use crate::saml::product::Product;

    const CHAPTER: &str = include_str!("idps.md");

    const INTRODUCTION: &str = "\
Setting up identity providers, product by product: what to enter there, what to take from there.

Each section is the `Display` of [`Product::guide`](crate::Product::guide), and the same as data there, so that an application can show it on the
page where administrators set up a connection: [`AdminValues::for_product`](crate::AdminValues::for_product) has the fields with the values of this
service in them, [`Product::remedy`](crate::Product::remedy) what to change when an answer fails. The pages of a product change without notice:
each section ends with those on which it was read. How messages of these and of other products look is in [`providers`](super::providers).

What is taken from a product goes to [`Metadata::read`](crate::Metadata::read), which is the better way wherever there is metadata, or as entity
ID, sign-on URL and signing certificate to [`IdentityProvider::manual`](crate::IdentityProvider::manual), and the logout URL to
[`with_slo_url`](crate::IdentityProvider::with_slo_url).
";

    /// `SAML_SP_WRITE_GUIDES=1 cargo test --lib manual::idps` writes the chapter anew.
    #[test]
    fn the_chapter_is_made_from_the_data() {
        let mut made = INTRODUCTION.to_owned();
        for product in Product::ALL {
            write!(made, "\n{}", product.guide()).unwrap();
        }
        if std::env::var_os("SAML_SP_WRITE_GUIDES").is_some() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/manual/idps.md");
            std::fs::write(path, &made).unwrap();
            return;
        }
        for (line, (made, stored)) in made.lines().zip(CHAPTER.lines()).enumerate() {
            assert_eq!(made, stored, "line {}; SAML_SP_WRITE_GUIDES=1 writes it anew", line + 1);
        }
        assert_eq!(made.lines().count(), CHAPTER.lines().count());
    }
}
