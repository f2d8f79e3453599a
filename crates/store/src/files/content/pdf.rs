//! What a PDF would do when opened or looked at, told from the names in it, those that stand in compressed object streams among
//! them.

use std::io::Cursor;

use zip::ZipArchive;

use self::packed::Packed;
use self::tokens::{Token, Tokens};
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
    let mut opens = 0;
    if has_active(bytes, &mut opens)? {
        return Err(Unfit::Encrypted);
    }
    let packed = Packed::of(bytes)?;
    has_active(&packed.text, &mut opens)?;
    if opens > MOST_OPEN_ACTIONS {
        return Err(Unfit::Reaching);
    }
    for text in [bytes, &packed.text] {
        let actions = names(text).filter(|(name, _)| name == b"OpenAction");
        for (_, behind) in actions {
            if opens_an_address(bytes, &packed, behind) {
                return Err(Unfit::Reaching);
            }
        }
    }
    Ok(MediaType::Pdf)
}

/// The names in a text, each with what stands behind it, wherever they are: what a reader takes for a name begins with a slash.
fn names(text: &[u8]) -> impl Iterator<Item = (Vec<u8>, &[u8])> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let slash = rest.iter().position(|byte| *byte == b'/')?;
        let (name, used) = pdf_name(&rest[slash + 1..]);
        rest = &rest[slash + 1 + used..];
        Some((name, rest))
    })
}

/// Refuses what does something; tells whether the text says that the file is encrypted, and counts its open actions.
fn has_active(text: &[u8], opens: &mut usize) -> Result<bool, Unfit> {
    let mut encrypted = false;
    for (name, behind) in names(text) {
        if ACTIVE_NAMES.contains(&name.as_slice()) && (name.len() > 2 || has_value(&name, behind)) {
            return Err(Unfit::Active);
        }
        encrypted |= name == b"Encrypt";
        *opens += usize::from(name == b"OpenAction");
    }
    Ok(encrypted)
}

/// Whether behind a name stands what any reader would take for its value. Two letters after a slash stand in the pictures of one large scan
/// in ten by chance, and what stands behind them there is none.
fn has_value(name: &[u8], behind: &[u8]) -> bool {
    let mut tokens = Tokens::new(first(behind, VALUE));
    let is_number = |word: &[u8]| word.iter().all(u8::is_ascii_digit);
    match tokens.next() {
        Some(Token::Open) => true,
        Some(Token::Text) => name == b"JS",
        Some(Token::Word(number)) if is_number(number) => match (tokens.next(), tokens.next()) {
            (Some(Token::Word(version)), Some(Token::Word(reference))) => is_number(version) && reference == b"R",
            // What goes on farther than is looked at may be one.
            (_, None) => true,
            _ => false,
        },
        None => true,
        _ => false,
    }
}

/// How many bytes a value is looked for in: comments may stand before it.
const VALUE: usize = 256;
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
fn opens_an_address(pdf: &[u8], packed: &Packed, action: &[u8]) -> bool {
    let action = first(action, ACTION);
    let mut tokens = Tokens::new(action);
    // `5 0 R`: whatever is object 5, in any of the versions that the file holds.
    let (number, version) = match (tokens.next(), tokens.next()) {
        (Some(Token::Open), _) => return names_an_address(action),
        (Some(Token::Word(number)), Some(Token::Word(version))) => (number, version),
        _ => return false,
    };
    let is_number = |word: &[u8]| word.len() <= 10 && word.iter().all(u8::is_ascii_digit);
    if !is_number(number) || !is_number(version) {
        return false;
    }
    // Where the object begins that stands at a place, if it is the one.
    let object = |at: usize| {
        let mut tokens = Tokens::new(first(&pdf[at..], OBJECT_HEAD));
        let is_one = (at == 0 || !pdf[at - 1].is_ascii_digit())
            && tokens.next() == Some(Token::Word(number))
            && tokens.next() == Some(Token::Word(version))
            && matches!(tokens.next(), Some(Token::Word(b"obj")));
        is_one.then(|| &pdf[at + tokens.at()..])
    };
    let plain = (0..pdf.len()).filter(|at| pdf[*at..].starts_with(number)).filter_map(object);
    plain.chain(packed.objects(number)).take(100).any(|found| names_an_address(first(found, ACTION)))
}

/// Whether an action names an address, or another action after it. It ends with its dictionary.
fn names_an_address(action: &[u8]) -> bool {
    let mut depth = 0_u32;
    for token in Tokens::new(action) {
        match token {
            Token::Open => depth += 1,
            Token::Close if depth > 1 => depth -= 1,
            Token::Name(name) if depth > 0 => {
                if matches!(&*name, b"URI" | b"Next") {
                    return true;
                }
            }
            // A page to be shown is a list, or a name.
            _ if depth == 0 => return false,
            Token::Close => return false,
            _ => {}
        }
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

mod packed;
mod tokens;
