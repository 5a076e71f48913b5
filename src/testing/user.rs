//! Whom the test identity provider signs in.

/// A user of the test identity provider, and what it tells about them. Every field can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestUser {
    /// The name that they sign in by.
    pub name: String,
    /// Their mailbox; `None` for somebody who has none.
    pub email: Option<String>,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// Their groups, or roles.
    pub groups: Vec<String>,
    /// Whether they belong to another organization, and are here as a guest.
    pub is_guest: bool,
}

impl TestUser {
    /// Somebody with this name, a mailbox at `example.com` unless the name is an e-mail address itself, and the groups `staff`
    /// and `on-call`.
    ///
    /// ```
    /// use saml_sp::testing::TestUser;
    ///
    /// let mut alice = TestUser::new("alice");
    /// assert_eq!(alice.email.as_deref(), Some("alice@example.com"));
    /// alice.groups.push("admins".to_owned());
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        let local = name.split('@').next().unwrap_or_default();
        let (initial, rest) = local.split_at_checked(1).unwrap_or((local, ""));
        Self {
            email: Some(if name.contains('@') { name.clone() } else { format!("{name}@example.com") }),
            first_name: format!("{}{rest}", initial.to_uppercase()),
            last_name: "Example".to_owned(),
            groups: vec!["staff".to_owned(), "on-call".to_owned()],
            is_guest: false,
            name,
        }
    }

    /// A name for people.
    pub(super) fn display_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// The name in a directory of Microsoft's, which for guests is made of the address at home.
    pub(super) fn principal_name(&self) -> String {
        let name = if self.name.contains('@') { self.name.clone() } else { format!("{}@example.com", self.name) };
        if self.is_guest { format!("{}#EXT#@example.onmicrosoft.com", name.replace('@', "_")) } else { name }
    }
}
