//! Time as interleaved pairs, allocations, and instructions.

use std::time::{Duration, Instant};

/// So many bytes are worked through in a case: pairs of short messages are many, of long ones few.
const BYTES: usize = 24_000_000;

fn time(run: impl Fn()) -> Duration {
    let begun = Instant::now();
    run();
    begun.elapsed()
}

fn rounds(bytes: usize) -> usize {
    (BYTES / bytes.max(1)).clamp(30, 3_000)
}

/// The median of the ratios of pairs run one after the other, and the median time of the second. A machine that is busy
/// or changes its clock does so to both halves of a pair.
pub(crate) fn interleaved(bytes: usize, first: impl Fn(), second: impl Fn()) -> (f64, Duration) {
    let pairs: Vec<_> = (0..rounds(bytes)).map(|_| (time(&first), time(&second))).collect();
    let mut ratios: Vec<f64> = pairs.iter().map(|(first, second)| first.as_secs_f64() / second.as_secs_f64()).collect();
    let mut seconds: Vec<Duration> = pairs.iter().map(|(_, second)| *second).collect();
    ratios.sort_by(f64::total_cmp);
    seconds.sort();
    (ratios[ratios.len() / 2], seconds[seconds.len() / 2])
}

/// The shortest time: what else a machine does only adds to it, and to long runs more than to short ones.
pub(crate) fn least(bytes: usize, run: impl Fn()) -> Duration {
    (0..rounds(bytes)).map(|_| time(&run)).min().unwrap_or_default()
}

/// How often `run` asks for memory.
pub(crate) fn allocations(run: impl Fn()) -> u64 {
    allocation_counter::measure(run).count_total
}

/// Callgrind counts inside of this function alone, and writes the sum down when it ends (.ci/instructions.py).
#[inline(never)]
pub(crate) fn counted(run: &dyn Fn()) {
    run();
}
