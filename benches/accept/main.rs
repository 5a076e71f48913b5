//! What a login costs, beside what its cryptography costs: `cargo bench --bench accept`, explained in benches/README.md.
//!
//! A word after `--` picks the cases whose names contain it. `--count` is for callgrind, which .ci/instructions.py calls.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::as_conversions,
    reason = "a benchmark may stop where it stands"
)]

#[cfg(feature = "xmlsec")]
mod engines;
mod floor;
mod measure;
mod messages;
mod rejections;

use std::hint::black_box;
use std::sync::Mutex;

use floor::Floor;
use measure::{allocations, counted, interleaved};
use messages::{ACS, Door, Key};
use saml_sp::testing::Sign;
use saml_sp::{Expect, LoginOptions, Metadata, MetadataTrust, Outbound, PostedResponse};

/// What is measured, and what no implementation can do without.
pub(crate) struct Case<'a> {
    pub(crate) name: String,
    /// Bytes that go in.
    pub(crate) bytes: usize,
    pub(crate) run: Box<dyn Fn() + Sync + 'a>,
    pub(crate) floor: Box<dyn Fn() + Sync + 'a>,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !matches!(&**word, "--bench" | "--test")).collect();
    let count = words.iter().any(|word| word == "--count");
    let wanted =
        |name: &str| words.iter().filter(|word| !word.starts_with('-')).all(|word| name.contains(word.as_str()));
    let doors: Vec<Door> = Key::ALL.into_iter().filter(|key| !count || key.is_quick()).map(Door::new).collect();
    let mut cases: Vec<Case<'_>> = doors.iter().flat_map(accepts).collect();
    cases.extend(metadata(&doors[0]));
    cases.push(begin_login(&doors[0]));
    cases.extend(diagnose(&doors[0]));
    #[cfg(feature = "xmlsec")]
    cases.extend(engines::by_xmlsec(&doors[0]));
    if count {
        // Long messages say nothing that short ones do not say, and take long under callgrind.
        for case in cases.iter().filter(|case| wanted(&case.name) && case.bytes < 30_000) {
            case.count();
        }
        return;
    }
    cases.iter().filter(|case| wanted(&case.name)).for_each(Case::compare);
    rejections::all(&doors[0], &wanted);
    if wanted("threads") {
        threads(&cases[0]);
    }
    if wanted("linear") {
        linear(&doors[0]);
    }
}

impl Case<'_> {
    fn compare(&self) {
        let (ratio, floor) = interleaved(self.bytes, &self.run, &self.floor);
        let (name, bytes, count) = (&self.name, self.bytes, allocations(&self.run));
        println!("ratio {name} {ratio:.2} (floor {floor:.1?}, {bytes} bytes, {count} allocations)");
    }

    fn count(&self) {
        // What is made once a process or a thread is made here.
        (self.run)();
        (self.floor)();
        println!("{} {}", self.name, allocations(&self.run));
        counted(&self.run);
        counted(&self.floor);
    }
}

/// An answer from its form value to the accepted login.
fn accept<'a>(door: &'a Door, name: &str, form: String, response_signed: bool) -> Case<'a> {
    let run = |form: &str| {
        let posted = PostedResponse::new(black_box(form), None);
        door.sp.accept(&door.idp, &posted, Expect::unsolicited(ACS)).unwrap()
    };
    let floor = Floor::of(door, &form, run(&form).signed_octets().as_bytes(), response_signed);
    let floor_form = form.clone();
    Case {
        name: format!("accept/{name}"),
        bytes: form.len(),
        run: Box::new(move || drop(black_box(run(&form)))),
        floor: Box::new(move || floor.run(&floor_form)),
    }
}

/// The same where the answer belongs to a login that began here, as most do. A pending login is used up: they are made before.
fn accept_answer(door: &Door) -> Case<'_> {
    const RUNS: usize = 10_000;
    let (form, pending) = door.answered(18, RUNS);
    let (floor_form, at_hand) = (form.clone(), Mutex::new(pending));
    let run = move || {
        let pending = at_hand.lock().unwrap().pop().unwrap();
        let posted = PostedResponse::new(black_box(&form), None);
        door.sp.accept(&door.idp, &posted, Expect::AnswerTo(pending)).unwrap()
    };
    let floor = Floor::of(door, &floor_form, run().signed_octets().as_bytes(), false);
    Case {
        name: "accept/answer-rsa2048-6k".to_owned(),
        bytes: floor_form.len(),
        run: Box::new(move || drop(black_box(run()))),
        floor: Box::new(move || floor.run(&floor_form)),
    }
}

fn accepts(door: &Door) -> Vec<Case<'_>> {
    let case = |sign: Sign, groups, size: &str| {
        let what = if sign == Sign::Assertion {
            "assertion"
        } else if sign == Sign::Response {
            "response"
        } else {
            "both"
        };
        accept(door, &format!("{what}-{}-{size}", door.key.name()), door.signed(sign, groups), sign != Sign::Assertion)
    };
    let mut cases = vec![case(Sign::Assertion, 18, "6k")];
    if door.key == Key::Rsa2048 {
        cases.push(accept_answer(door));
        cases.push(case(Sign::Response, 18, "6k"));
        cases.push(case(Sign::Both, 18, "6k"));
        cases.push(accept(door, "encrypted-rsa2048-6k", door.encrypted(18), false));
        cases.extend(
            [(70, "16k"), (330, "64k"), (5_400, "1m")].map(|(groups, size)| case(Sign::Assertion, groups, size)),
        );
    }
    cases
}

/// Metadata under a signature: one identity provider, and a federation of three hundred.
fn metadata(door: &Door) -> [Case<'_>; 2] {
    [(1, "one"), (300, "federation")].map(|(count, name)| {
        let document = door.signed_federation(count);
        let trust = MetadataTrust::signed_by(door.certificate());
        let floor = Floor::of_metadata(door, &document);
        Case {
            name: format!("metadata/{name}"),
            bytes: document.len(),
            run: Box::new(move || drop(black_box(Metadata::read(document.as_bytes(), trust.clone()).unwrap()))),
            floor: Box::new(move || floor.run("")),
        }
    })
}

/// A request by Redirect beside its own DEFLATE and base64.
fn begin_login(door: &Door) -> Case<'_> {
    let begin = || door.sp.begin_login_with(&door.idp, &LoginOptions::new()).unwrap();
    let request = begin().send;
    assert!(matches!(request, Outbound::Redirect(_)), "the floor is that of Redirect");
    let xml = door.test_idp.receive(&request).unwrap().xml;
    Case {
        name: "begin-login/redirect".to_owned(),
        bytes: xml.len(),
        run: Box::new(move || drop(black_box(begin()))),
        floor: Box::new(move || floor::deflate_and_encode(&xml)),
    }
}

/// The report on an answer, beside `accept` of the same answer: one that is accepted, and one that was altered.
fn diagnose(door: &Door) -> [Case<'_>; 2] {
    let genuine = door.signed(Sign::Assertion, 18);
    let altered = rejections::tampered(&genuine);
    [("accepted", genuine), ("altered", altered)].map(|(name, form)| {
        let accept = form.clone();
        Case {
            name: format!("diagnose/{name}"),
            bytes: form.len(),
            run: Box::new(move || {
                let posted = PostedResponse::new(black_box(&form), None);
                drop(black_box(door.sp.diagnose_unsolicited(&door.idp, &posted, ACS)));
            }),
            floor: Box::new(move || {
                let posted = PostedResponse::new(black_box(&accept), None);
                drop(black_box(door.sp.accept(&door.idp, &posted, Expect::unsolicited(ACS))));
            }),
        }
    })
}

/// How much more two threads do than one, and how much more of the floor, which shares nothing at all and so says what the
/// machine gives; on one that is busy that says nothing.
fn threads(case: &Case<'_>) {
    let more = |run: &(dyn Fn() + Sync)| {
        let each = |threads: usize| {
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| (0..500).for_each(|_| run()));
                }
            });
        };
        // So many bytes make a hundred and twenty pairs.
        2.0 * interleaved(200_000, || each(1), || each(2)).0
    };
    println!(
        "threads {} {:.2} times as many by two as by one, floor {:.2}",
        case.name,
        more(&case.run),
        more(&case.floor)
    );
}

/// Time and the most heap for each byte, which must not grow: answers up to the limit of 1 MB, metadata beyond it.
fn linear(door: &Door) {
    let line = |name: &str, bytes: usize, run: &dyn Fn()| {
        let nanoseconds = measure::least(bytes, run).as_secs_f64() * 1e9;
        let heap = allocation_counter::measure(run).bytes_max as f64;
        let (time, heap) = (nanoseconds / bytes as f64, heap / bytes as f64);
        println!("linear {name:8} {bytes:>8} bytes: {time:>5.2} ns and {heap:.2} bytes of heap for each");
    };
    for groups in [18, 70, 330, 1_300, 2_700, 5_400] {
        let case = accept(door, "linear", door.signed(Sign::Assertion, groups), false);
        line("answer", case.bytes, &case.run);
    }
    for count in [1, 10, 100, 1_000, 10_000] {
        let document = door.federation(count);
        let read = || drop(black_box(Metadata::read(document.as_bytes(), MetadataTrust::Transport).unwrap()));
        line("metadata", document.len(), &read);
    }
}
