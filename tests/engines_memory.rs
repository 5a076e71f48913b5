//! The engine on libxmlsec1 frees what it makes. A process of its own, whose memory nobody else uses.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // a test may stop where it stands

#[path = "engines/message.rs"]
mod message;

use saml_sp::{Expect, PostedResponse};

/// `SAML_SP_VERIFICATIONS=100000` for longer. A tree that is not freed is some 50 KB.
#[test]
fn memory_stays_flat() {
    let count = std::env::var("SAML_SP_VERIFICATIONS").map_or(2_000, |count| count.parse().unwrap());
    let (sp, idp, form) = message::for_xmlsec();
    let verify = |count: u32| {
        // Two signatures an answer.
        for _ in 0..count / 2 {
            drop(sp.accept(&idp, &PostedResponse::new(&form, None), Expect::unsolicited(message::ACS)).unwrap());
        }
    };
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    verify(1_000);
    let before = resident();
    verify(count);
    let grown = resident().saturating_sub(before);
    println!("{count} verifications: {before} KB before, {grown} KB more after");
    assert!(grown < 2_048, "{grown} KB more after {count} verifications");
}
