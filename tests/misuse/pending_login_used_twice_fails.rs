//! A pending login takes one answer.
use saml_sp::{Accepted, Error, Expect, IdentityProvider, PendingLogin, PostedResponse, ServiceProvider};

pub fn two_answers(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    posted: &PostedResponse<'_>,
    [pending, another]: [PendingLogin; 2],
) -> Result<[Accepted; 2], Error> {
    println!("{}", another.handle());
    let first = sp.accept(idp, posted, Expect::AnswerTo(pending))?;
    let second = sp.accept(idp, posted, Expect::AnswerTo(pending))?;
    Ok([first, second])
}

fn main() {}
