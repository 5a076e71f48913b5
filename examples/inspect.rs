//! The report on a captured answer, in the terminal.
//!
//! ```sh
//! cargo run --example inspect -- response.b64 --idp metadata.xml --sp ENTITY-ID --acs ACS-URL
//!     [--answer-to REQUEST-ID | --unsolicited]   # by default the answer to whatever request it names
//!     [--at 2026-01-15T12:00:00Z]                # the moment to judge at; by default now
//!     [--decryption-key key.pem]                 # as often as there are keys
//!     [--values]                                 # names and values of the person, which are hidden otherwise
//! ```
//!
//! The file holds what the browser posted as `SAMLResponse`, or the XML itself; `-` is standard input. Exit code 0 where it would be
//! accepted, 1 where not, 2 where there is nothing to inspect.

use std::error::Error as StdError;
use std::io::{IsTerminal as _, Read as _};
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::{
    Clock, DecryptionKey, IdentityProvider, Metadata, MetadataTrust, PostedResponse, Report, ServiceProvider,
};

fn main() -> ExitCode {
    match Options::read(std::env::args().skip(1)).and_then(inspect) {
        Ok(report) => {
            print(&report, std::io::stdout().is_terminal());
            if report.is_pass() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

pub(crate) type Fallible<T> = Result<T, Box<dyn StdError>>;

#[derive(Default)]
pub(crate) struct Options {
    response: Option<String>,
    idp: Option<String>,
    sp: Option<String>,
    acs: Option<String>,
    answer_to: Option<String>,
    unsolicited: bool,
    at: Option<String>,
    decryption_keys: Vec<String>,
    values: bool,
}

impl Options {
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Fallible<Self> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} wants a value"));
            match argument.as_str() {
                "--idp" => options.idp = Some(value()?),
                "--sp" => options.sp = Some(value()?),
                "--acs" => options.acs = Some(value()?),
                "--answer-to" => options.answer_to = Some(value()?),
                "--unsolicited" => options.unsolicited = true,
                "--at" => options.at = Some(value()?),
                "--decryption-key" => options.decryption_keys.push(value()?),
                "--values" => options.values = true,
                other if other.starts_with("--") => return Err(format!("there is no {other}").into()),
                _ => options.response = Some(argument),
            }
        }
        Ok(options)
    }
}

pub(crate) fn inspect(options: Options) -> Fallible<Report> {
    let wanted = |value: Option<String>, what: &str| value.ok_or_else(|| format!("{what} is missing"));
    let acs = wanted(options.acs, "--acs")?;
    let mut builder = ServiceProvider::builder(wanted(options.sp, "--sp")?, &acs);
    for path in &options.decryption_keys {
        builder = builder.decryption_key(DecryptionKey::from_pem(&std::fs::read_to_string(path)?)?);
    }
    if let Some(at) = options.at {
        builder = builder.clock(Clock::Fixed(at.parse()?));
    }
    let sp = builder.build()?;
    let metadata = std::fs::read(wanted(options.idp, "--idp")?)?;
    let idp = Metadata::read(&metadata, MetadataTrust::Transport)?.only_identity_provider()?;
    let field = form_value(&contents(&wanted(options.response, "the file of the response")?)?);
    let posted = PostedResponse::new(&field, None);
    let report = report(&sp, &idp, &posted, &acs, options.answer_to, options.unsolicited)?;
    Ok(if options.values { report.with_values() } else { report })
}

/// The pending login of a captured answer is gone: one that was begun now, with the same request ID, takes its place.
fn report(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    posted: &PostedResponse<'_>,
    acs: &str,
    request: Option<String>,
    unsolicited: bool,
) -> Fallible<Report> {
    let report = sp.diagnose_unsolicited(idp, posted, acs);
    let named = || Some(report.sent()?.response.in_response_to.as_ref()?.as_str().to_owned());
    match request.or_else(named).filter(|_| !unsolicited) {
        None => Ok(report),
        Some(id) => Ok(sp.diagnose(idp, posted, &saml_sp::testing::pending_login(sp, idp, &id)?)),
    }
}

fn contents(path: &str) -> std::io::Result<String> {
    if path != "-" {
        return std::fs::read_to_string(path);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

fn form_value(text: &str) -> String {
    if text.trim_start().starts_with('<') { STANDARD.encode(text) } else { text.to_owned() }
}

/// Green, red and yellow where it is a terminal.
fn print(report: &Report, coloured: bool) {
    for line in report.to_string().lines() {
        let colour = match line.split_whitespace().next() {
            _ if !coloured => None,
            Some("pass" | "accepted,") => Some(32),
            Some("FAIL" | "refused:") => Some(31),
            Some("note" | "skipped") => Some(33),
            _ if line.contains("UNPROVEN") || line.contains("not opened") => Some(33),
            _ => None,
        };
        match colour {
            Some(colour) => println!("\u{1b}[{colour}m{line}\u{1b}[0m"),
            None => println!("{line}"),
        }
    }
}
