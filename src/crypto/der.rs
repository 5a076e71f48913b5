//! The little DER we write, and the little we read where no certificate parser helps.
//!
//! Reading is for telling one pasted thing from another and for keys we made ourselves; certificates go through
//! x509-parser. Lengths are definite and fit in memory, or there is no element.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// One element and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'d> {
    pub(super) tag: u8,
    pub(super) content: &'d [u8],
    pub(super) rest: &'d [u8],
}

/// Reads the element at the front.
pub(super) fn read(input: &[u8]) -> Option<Element<'_>> {
    let (tag, input) = input.split_first()?;
    let (first, input) = input.split_first()?;
    let (length, input) = match *first {
        short @ 0..=0x7f => (usize::from(short), input),
        0x81 => input.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
        long @ 0x82..=0x84 => {
            let (length, rest) = input.split_at_checked(usize::from(long & 0x7f))?;
            (length.iter().fold(0, |value, byte| (value << 8) | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = input.split_at_checked(length)?;
    Some(Element { tag: *tag, content, rest })
}

/// Reads the element at the front if it has this tag.
pub(super) fn read_tagged(input: &[u8], tag: u8) -> Option<Element<'_>> {
    read(input).filter(|element| element.tag == tag)
}

/// One element.
pub(super) fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    nest(tag, &[content])
}

/// What stands in front of a content of this length.
pub(super) fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER);
    append_header(&mut out, tag, length);
    out
}

/// An element around others.
pub(super) fn nest(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(HEADER.saturating_add(length));
    append(&mut out, tag, parts);
    out
}

/// A non-negative INTEGER from its big-endian magnitude.
pub(super) fn unsigned_integer(magnitude: &[u8]) -> Vec<u8> {
    nest(INTEGER, &unsigned(magnitude))
}

/// A SEQUENCE of two non-negative INTEGERs, in one allocation: each login with ECDSA makes one of its signature.
pub(super) fn unsigned_integers(magnitudes: [&[u8]; 2]) -> Vec<u8> {
    let length: usize = magnitudes.iter().map(|magnitude| magnitude.len()).sum();
    let mut out = Vec::with_capacity(length.saturating_add(4 * HEADER));
    for magnitude in magnitudes {
        append(&mut out, INTEGER, &unsigned(magnitude));
    }
    let content = out.len();
    append_header(&mut out, SEQUENCE, content);
    out.rotate_left(content);
    out
}

/// Octets of a header at most: the tag, one that says how many follow, eight of length.
const HEADER: usize = 10;

fn append(out: &mut Vec<u8>, tag: u8, parts: &[&[u8]]) {
    append_header(out, tag, parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

fn append_header(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let significant = without_leading_zeros(&octets);
            // At most eight bytes of length.
            out.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
            out.extend_from_slice(significant);
        }
    }
}

/// The content of a non-negative INTEGER: a set top bit would make it negative, and zero needs one octet.
fn unsigned(magnitude: &[u8]) -> [&[u8]; 2] {
    let significant = without_leading_zeros(magnitude);
    match significant.first() {
        Some(first) if first & 0x80 == 0 => [&[], significant],
        _ => [&[0], significant],
    }
}

/// A BIT STRING of whole octets.
pub(super) fn bit_string(octets: &[u8]) -> Vec<u8> {
    nest(BIT_STRING, &[&[0], octets])
}

pub(super) fn without_leading_zeros(magnitude: &[u8]) -> &[u8] {
    let zeros = magnitude.iter().take_while(|byte| **byte == 0).count();
    magnitude.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_at_every_width_of_length() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let content = vec![7; length];
            let written = write(OCTET_STRING, &content);
            let element = read(&written).unwrap();
            assert_eq!((element.tag, element.content.len(), element.rest.len()), (OCTET_STRING, length, 0));
        }
    }

    #[test]
    fn integers_are_never_negative() {
        assert_eq!(unsigned_integer(&[0, 0, 0x7f]), [2, 1, 0x7f]);
        assert_eq!(unsigned_integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned_integer(&[0]), [2, 1, 0]);
        assert_eq!(unsigned_integer(&[]), [2, 1, 0]);
    }

    #[test]
    fn a_sequence_of_integers_is_written_in_the_room_that_it_has() {
        for length in [0, 1, 32, 66, 127, 128, 255, 256] {
            for first in [0, 1, 0x80] {
                let mut magnitude = vec![7; length];
                magnitude.iter_mut().take(1).for_each(|octet| *octet = first);
                let written = unsigned_integers([&magnitude, &[0x80]]);
                assert_eq!(written, nest(SEQUENCE, &[&unsigned_integer(&magnitude), &[2, 2, 0, 0x80]]));
                assert!(written.capacity() <= length + 1 + 4 * HEADER, "it grew");
            }
        }
    }

    #[test]
    fn cut_off_or_indefinite_is_no_element() {
        for input in [
            &[][..],
            &[0x30],
            &[0x30, 1],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x82, 1],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 0],
        ] {
            assert_eq!(read(input), None, "{input:?}");
        }
    }
}
