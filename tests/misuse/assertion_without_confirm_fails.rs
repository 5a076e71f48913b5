//! What an assertion says is read from an identity, after the replay record has answered.
use saml_sp::Accepted;

pub fn name(accepted: Accepted) -> Option<String> {
    let subject = accepted.assertion.subject;
    Some(subject.name_id()?.value.clone())
}

fn main() {}
