//! What a PDF would do when opened or looked at, told from the names in it.

use std::io::Cursor;

use zip::ZipArchive;

use super::{MediaType, Unfit, has_markup};

/// Names in a PDF that make it do something, or carry something.
const ACTIVE_NAMES: [&[u8]; 17] = [
    b"AA",
    b"Rendition",
    b"JavaScript",
    b"JS",
    b"Launch",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"EF",
    b"FileAttachment",
    b"Movie",
    b"Sound",
    b"RichMedia",
    b"XFA",
    b"SubmitForm",
    b"ImportData",
    b"GoToR",
    b"GoToE",
];

/// Tells whether a PDF is whole and does nothing by itself.
pub(super) fn pdf(bytes: &[u8]) -> Result<MediaType, Unfit> {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    let Some(end) = tail.windows(5).rposition(|window| window == b"%%EOF") else {
        return Err(Unfit::Damaged);
    };
    // Writers end the file with line breaks and at times with a few zeros, with nothing else.
    if tail[end + 5..].iter().any(|byte| !byte.is_ascii_whitespace() && *byte != 0) {
        return Err(Unfit::Damaged);
    }
    // A zip is read from its end, wherever it begins.
    if has_markup(bytes) || ZipArchive::new(Cursor::new(bytes)).is_ok() {
        return Err(Unfit::Damaged);
    }
    let (mut encrypted, mut opens) = (false, 0);
    let mut rest = bytes;
    while let Some(slash) = rest.iter().position(|byte| *byte == b'/') {
        let (name, used) = pdf_name(&rest[slash + 1..]);
        if ACTIVE_NAMES.iter().any(|active| *active == name) {
            return Err(Unfit::Active);
        }
        encrypted |= name == b"Encrypt";
        rest = &rest[slash + 1 + used..];
        if name == b"OpenAction" {
            opens += 1;
            if opens > MOST_OPEN_ACTIONS || opens_an_address(bytes, rest) {
                return Err(Unfit::Reaching);
            }
        }
    }
    if encrypted { Err(Unfit::Encrypted) } else { Ok(MediaType::Pdf) }
}

/// How many open actions are looked into: each revision of a document has one.
const MOST_OPEN_ACTIONS: usize = 16;
/// How many bytes the head of an object, and an action, are looked for in.
const OBJECT_HEAD: usize = 64;
const ACTION: usize = 64 << 10;

/// The first bytes, at most so many.
fn first(bytes: &[u8], most: usize) -> &[u8] {
    &bytes[..bytes.len().min(most)]
}

/// Whether what a PDF does when it is opened, which follows, is more than to show one of its pages.
fn opens_an_address(pdf: &[u8], action: &[u8]) -> bool {
    let start = action.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != 0).unwrap_or(action.len());
    let action = &action[start..];
    if action.starts_with(b"<<") {
        return names_an_address(action);
    }
    // `5 0 R`: whatever is object 5, in any of the versions that the file holds.
    let words = first(action, OBJECT_HEAD).split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty());
    let [Some(number), Some(version)] = [words.clone().next(), words.clone().nth(1)] else { return false };
    let is_number = |word: &[u8]| word.len() <= 10 && word.iter().all(u8::is_ascii_digit);
    if !is_number(number) || !is_number(version) {
        return false;
    }
    let is_object = |at: usize| {
        let before = at == 0 || !pdf[at - 1].is_ascii_digit();
        let mut words = first(&pdf[at..], OBJECT_HEAD).split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        before
            && words.next() == Some(number)
            && words.next() == Some(version)
            && words.next().is_some_and(|word| word.starts_with(b"obj"))
    };
    (0..pdf.len())
        .filter(|at| pdf[*at..].starts_with(number) && is_object(*at))
        .take(100)
        .any(|at| names_an_address(&pdf[at..]))
}

/// Whether an action names an address, or another action after it. It ends with its object.
fn names_an_address(action: &[u8]) -> bool {
    let action = first(action, ACTION);
    let end = action.windows(6).position(|window| window == b"endobj").unwrap_or(action.len());
    let mut rest = &action[..end];
    let mut depth = 0_u32;
    while let Some((byte, behind)) = rest.split_first() {
        match (byte, behind.first()) {
            (b'<', Some(b'<')) => depth += 1,
            (b'>', Some(b'>')) if depth <= 1 => return false,
            (b'>', Some(b'>')) => depth -= 1,
            (b'/', _) => {
                let (name, used) = pdf_name(behind);
                if matches!(&*name, b"URI" | b"Next") {
                    return true;
                }
                rest = &behind[used..];
                continue;
            }
            _ => {
                rest = behind;
                continue;
            }
        }
        rest = &behind[1..];
    }
    false
}

/// A name of a PDF, with its `#xx` spelled out: `J#61vaScript` is read as any reader would. Also how many bytes it took.
/// Names that are longer than any that matters are cut.
fn pdf_name(bytes: &[u8]) -> (Vec<u8>, usize) {
    let mut name = Vec::new();
    let mut at = 0;
    while at < bytes.len() && name.len() < 24 {
        let byte = bytes[at];
        if byte.is_ascii_whitespace() || byte == 0 || b"()<>[]{}/%".contains(&byte) {
            break;
        }
        let hex = |at: usize| bytes.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'#', Some(high), Some(low)) => {
                name.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                name.push(byte);
                at += 1;
            }
        }
    }
    (name, at)
}
