/// Who can put an error right.
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The person who signs in: try again, choose another account.
    User,
    /// The application that calls this library: its state, its stores, its arguments.
    Application,
    /// The configuration of the service provider (ours).
    ServiceProvider,
    /// The configuration of the identity provider.
    IdentityProvider,
    /// Nobody by mistake: a message like this is made to deceive.
    Attack,
}
