//! Counts work in tests, so that "linear" is asserted on numbers and not on a clock. Costs nothing in a build.

#[cfg(test)]
thread_local! {
    static DONE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// So many steps are done: bytes looked at, texts compared, records visited.
pub(crate) fn count(steps: usize) {
    #[cfg(test)]
    DONE.set(DONE.get().saturating_add(steps));
    #[cfg(not(test))]
    let _ = steps;
}

/// The steps done since the last call.
#[cfg(test)]
pub(crate) fn take() -> usize {
    DONE.replace(0)
}
