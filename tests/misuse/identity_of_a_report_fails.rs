//! A report opens nothing.
use saml_sp::{Accepted, Error, Login, Report, Seen};

pub fn overrule(report: Report, accepted: Accepted) -> Result<Login, Error> {
    println!("{report} {}", accepted.replay_key());
    report.confirm(Seen::FirstTime)
}

fn main() {}
