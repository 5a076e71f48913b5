//! The language-neutral door: one JSON case a line on stdin, one JSON verdict a line on stdout.
//!
//! With it any corpus, and any fuzzer in any language, can drive the library. `examples/README.md` describes the fields.
//!
//! ```sh
//! cargo run --example judge < cases.jsonl
//! ```

#[path = "judge/door.rs"]
mod door;

fn main() -> std::io::Result<()> {
    match door::run(std::io::stdin().lock(), std::io::stdout().lock()) {
        // Whoever read our verdicts has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        ended => ended,
    }
}
