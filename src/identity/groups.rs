//! Groups: listed, not sent because there were too many, or not sent.

use std::fmt;

/// The groups of a user, or why they are not known. An application that lets nobody in without a group treats the last two alike; one that
/// shows an error can say what to change.
#[derive(Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "apps match on it, and must not take a list that was not sent for an empty one"
)]
pub enum Groups {
    /// These, each once, in the order in which they were sent.
    Listed(Vec<String>),
    /// Entra ID sends no groups for a user who is in more than 150 of them, but a link to ask for them.
    ///
    /// Assign the groups that matter to the application and choose *Groups assigned to the application* for its group
    /// claim; following the link needs rights in the directory, and is not for this library.
    Overage {
        /// The link: a foreign text, to be shown and not followed.
        link: String,
    },
    /// There is no attribute for them: the identity provider sends it only where somebody sets it up.
    Absent,
}

impl Groups {
    /// Those that were listed.
    #[must_use]
    pub fn listed(&self) -> &[String] {
        match self {
            Self::Listed(groups) => groups,
            Self::Overage { .. } | Self::Absent => &[],
        }
    }
}

impl fmt::Debug for Groups {
    /// How many: the names are personal data and stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(groups) => write!(f, "Groups({} listed)", groups.len()),
            Self::Overage { .. } => f.write_str("Groups(overage)"),
            Self::Absent => f.write_str("Groups(absent)"),
        }
    }
}
