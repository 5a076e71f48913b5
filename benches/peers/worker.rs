//! What the peers in Rust do alike: read the message, show that the genuine one is accepted and the altered one refused, and
//! answer each number on standard input with the nanoseconds of so many validations.

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The folder that `ours make` has written.
pub struct Message {
    pub sp: String,
    pub acs: String,
    pub metadata: String,
    genuine: String,
    altered: String,
}

impl Message {
    pub fn read() -> Result<Self> {
        let folder = std::env::args().nth(1).ok_or("no folder")?;
        let file = |name: &str| std::fs::read_to_string(Path::new(&folder).join(name));
        Ok(Self {
            sp: file("sp")?,
            acs: file("acs")?,
            metadata: file("metadata")?,
            genuine: file("genuine")?,
            altered: file("altered")?,
        })
    }

    /// `validate` takes a form value and says who logged in.
    pub fn serve(&self, validate: impl Fn(&str) -> Result<String>) -> Result<()> {
        let user = validate(&self.genuine)?;
        let Err(refusal) = validate(&self.altered) else { return Err("the altered message was accepted".into()) };
        let mut out = std::io::stdout().lock();
        writeln!(out, "accepts {user}\nrefuses {}", refusal.to_string().replace('\n', " "))?;
        out.flush()?;
        for line in std::io::stdin().lock().lines() {
            let mut times = Vec::new();
            for _ in 0..line?.parse()? {
                let begun = Instant::now();
                black_box(validate(black_box(&self.genuine))?);
                times.push(begun.elapsed().as_nanos().to_string());
            }
            writeln!(out, "{}", times.join(" "))?;
            out.flush()?;
        }
        Ok(())
    }
}
