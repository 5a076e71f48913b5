//! Lines in, verdicts out: in order, flushed one by one, nothing kept from one to the next.

mod case;
mod idp;
mod login;
mod logout;
mod metadata;
mod request;
mod sp;
mod sp_metadata;

use std::io::{self, BufRead, Read, Write};

use saml_sp::{CertificateError, EncodingError, Error, MetadataError, PrivateKeyError};
use serde_json::{Map, Value, json};

use case::Fields;

/// The longest line, in bytes. A metadata document at the library's limit (64 MiB) has 86 MiB as base64; and whatever
/// comes in, memory is bounded.
const MAX_LINE: usize = 128 * 1024 * 1024;
/// What the line buffer keeps for the next line, in bytes; most lines are shorter.
const KEEP: usize = 1024 * 1024;

/// Answers every line until the input ends.
pub(crate) fn run(input: impl BufRead, output: impl Write) -> io::Result<()> {
    run_within(MAX_LINE, input, output)
}

/// As [`run`], for lines of at most so many bytes.
pub(crate) fn run_within(max_line: usize, mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        line.shrink_to(KEEP);
        let most = u64::try_from(max_line).unwrap_or(u64::MAX);
        if input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let verdict = if line.len() == max_line && !line.ends_with(b"\n") && pass_over_rest(&mut input)? {
            error(Value::Null, &format!("the line has more than {max_line} bytes"))
        } else {
            answer(&line)
        };
        output.write_all(format!("{verdict}\n").as_bytes())?;
        output.flush()?;
    }
}

/// Passes over what is left of a line; false where nothing was left.
fn pass_over_rest(input: &mut impl BufRead) -> io::Result<bool> {
    let mut any = false;
    loop {
        let buffer = input.fill_buf()?;
        let (used, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(0) => (1, true),
            Some(end) => {
                any = true;
                (end.saturating_add(1), true)
            }
            None => {
                any |= !buffer.is_empty();
                (buffer.len(), buffer.is_empty())
            }
        };
        input.consume(used);
        if ended {
            return Ok(any);
        }
    }
}

/// The verdict on one line.
pub(crate) fn answer(line: &[u8]) -> Value {
    let case: Value = match serde_json::from_slice(line.trim_ascii_end()) {
        Ok(case) => case,
        Err(reason) => return error(Value::Null, &format!("the line is not JSON: {reason}")),
    };
    let Some(case) = case.as_object() else {
        return error(Value::Null, "the line is JSON, but no object");
    };
    // An id of the wrong type comes back too, as long as it is one value.
    let id = case.get("id").filter(|id| !id.is_array() && !id.is_object()).cloned().unwrap_or_default();
    match judge(Fields::new(case)) {
        Ok(facts) => {
            let mut verdict = Map::new();
            verdict.insert("id".to_owned(), id);
            verdict.insert("verdict".to_owned(), "accept".into());
            verdict.extend(facts);
            Value::Object(verdict)
        }
        Err(Stop::Refused { code, message, hint }) => {
            json!({"id": id, "verdict": "reject", "code": code, "message": message, "hint": hint})
        }
        Err(Stop::NoCase(message)) => error(id, &message),
    }
}

fn error(id: Value, message: &str) -> Value {
    json!({"id": id, "verdict": "error", "message": message})
}

fn judge(case: Fields<'_>) -> Result<Map<String, Value>, Stop> {
    case.text("id")?;
    match case.text("op")? {
        "login" => login::judge(&case),
        "diagnose" => login::diagnose(&case),
        "logout" => logout::judge(&case),
        "metadata" => metadata::judge(&case),
        "request" => request::judge(&case),
        "sp-metadata" => sp_metadata::judge(&case),
        op => Err(Stop::no_case(format!(
            "op: {op:?} is not built; there are login, diagnose, logout, metadata, request, sp-metadata"
        ))),
    }
}

/// Why a case is not accepted.
pub(crate) enum Stop {
    /// The library refuses something: the message, the configuration, the metadata.
    Refused { code: &'static str, message: String, hint: String },
    /// The line is no case.
    NoCase(String),
}

impl Stop {
    fn no_case(message: impl Into<String>) -> Self {
        Self::NoCase(message.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused { code: error.code(), message: error.to_string(), hint: error.hint() }
    }
}

impl From<MetadataError> for Stop {
    fn from(error: MetadataError) -> Self {
        Error::from(error).into()
    }
}

impl From<EncodingError> for Stop {
    fn from(error: EncodingError) -> Self {
        Error::from(error).into()
    }
}

impl From<CertificateError> for Stop {
    fn from(error: CertificateError) -> Self {
        Self::Refused { code: error.code(), message: error.to_string(), hint: error.hint().to_owned() }
    }
}

impl From<PrivateKeyError> for Stop {
    fn from(error: PrivateKeyError) -> Self {
        Self::Refused { code: error.code(), message: error.to_string(), hint: error.hint().to_owned() }
    }
}
