//! Octets that nobody can guess.

use super::provider::AWS_LC;

/// The system gave no random octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system's random generator failed")]
pub(crate) struct RandomFailed;

/// `N` fresh octets.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], RandomFailed> {
    let mut octets = [0; N];
    if (AWS_LC.fill_random)(&mut octets) { Ok(octets) } else { Err(RandomFailed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike() {
        let drawn: std::collections::HashSet<[u8; 20]> = (0..1000).map(|_| bytes().unwrap()).collect();
        assert_eq!(drawn.len(), 1000);
    }
}
