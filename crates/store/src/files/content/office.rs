//! What a document of an office would do when opened, told from its parts: relations that fetch, fields that call, links to
//! other programs, macros.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{MediaType, Unfit};

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// The most that a list of relations or of content types may have.
const MOST_LISTED: u64 = 1 << 20;
/// The most markup that a text document may have, pictures not counted.
const MOST_MARKUP: u64 = 32 << 20;

/// Looks through a list of relations. Links that are there to be clicked do nothing by themselves; anything else that is
/// elsewhere would be fetched, and some relations are refused wherever they lead.
pub(super) fn relations(archive: &mut Archive<'_>, index: usize) -> Result<(), Unfit> {
    let part = archive.by_index(index).map_err(|_| Unfit::Damaged)?;
    let text = text_of(part, MOST_LISTED)?;
    for tag in Tag::all(&text).filter(|tag| tag.name == "Relationship") {
        // Nobody who means well writes plain letters as numbers.
        if tag.inside.contains("&#") {
            return Err(Unfit::Active);
        }
        let kind = tag.attribute("Type").unwrap_or_default().trim().to_ascii_lowercase();
        let kind = kind.rsplit('/').next().unwrap_or_default();
        if matches!(kind, "vbaproject" | "wordvbadata" | "afchunk") {
            return Err(Unfit::Active);
        }
        let mode = tag.attribute("TargetMode").unwrap_or_default();
        if mode.trim().eq_ignore_ascii_case("external") && kind != "hyperlink" {
            return Err(Unfit::Reaching);
        }
    }
    Ok(())
}

/// A text document: its content types, and the fields of all its parts.
pub(super) fn word(archive: &mut Archive<'_>) -> Result<MediaType, Unfit> {
    content_types(archive, "wordprocessingml.document.main+xml")?;
    let mut left = MOST_MARKUP;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| Unfit::Damaged)?;
        let Some(begun) = markup(&mut part)? else { continue };
        let text = text_of(Cursor::new(begun).chain(part), left)?;
        left -= text.len() as u64;
        if calls_a_program(&text) {
            return Err(Unfit::Reaching);
        }
    }
    Ok(MediaType::Docx)
}

/// A workbook: its content types, and whether one of its parts links to another program. Sheets are long, so they are looked
/// through piece by piece.
pub(super) fn excel(archive: &mut Archive<'_>) -> Result<MediaType, Unfit> {
    content_types(archive, "spreadsheetml.sheet.main+xml")?;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| Unfit::Damaged)?;
        let Some(begun) = markup(&mut part)? else { continue };
        if links_to_a_program(Cursor::new(begun).chain(part))? {
            return Err(Unfit::Reaching);
        }
    }
    Ok(MediaType::Xlsx)
}

/// The list of content types: it says what the name must say, and names no macros.
fn content_types(archive: &mut Archive<'_>, main: &str) -> Result<(), Unfit> {
    let part = archive.by_name("[Content_Types].xml").map_err(|_| Unfit::Damaged)?;
    let types = unescaped(&text_of(part, MOST_LISTED)?);
    let lower = types.to_ascii_lowercase();
    if lower.contains("macroenabled") || lower.contains("vbaproject") {
        return Err(Unfit::Active);
    }
    if types.contains(main) { Ok(()) } else { Err(Unfit::Unknown) }
}

/// The beginning of a part, if it is markup, whatever its name says. Markup that is not in UTF-8 is refused: offices write none.
fn markup(part: &mut impl Read) -> Result<Option<Vec<u8>>, Unfit> {
    let mut begun = Vec::new();
    part.take(64).read_to_end(&mut begun).map_err(|_| Unfit::Damaged)?;
    if begun.starts_with(&[0xFF, 0xFE]) || begun.starts_with(&[0xFE, 0xFF]) || begun.starts_with(b"\0<") {
        return Err(Unfit::Damaged);
    }
    let plain = begun.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&begun);
    let first = plain.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok((first == Some(&b'<')).then_some(begun))
}

/// A part as text, of at most so many bytes.
fn text_of(part: impl Read, most: u64) -> Result<String, Unfit> {
    let mut text = String::new();
    part.take(most.saturating_add(1)).read_to_string(&mut text).map_err(|_| Unfit::Damaged)?;
    if text.len() as u64 > most {
        return Err(Unfit::TooMuch);
    }
    // Offices define no names of their own for characters; with them, anything could be spelled in another way.
    if text.contains('\0') || text.contains("<!DOCTYPE") || text.contains("<!ENTITY") {
        return Err(Unfit::Damaged);
    }
    Ok(text)
}

/// Whether a field has another program called: an instruction may stand in one attribute, or in several runs.
fn calls_a_program(text: &str) -> bool {
    let mut instruction = String::new();
    for tag in Tag::all(text) {
        match tag.name {
            "fldSimple" if tag.attribute("instr").is_some_and(|words| is_call(&words)) => return true,
            "instrText" | "delInstrText" => {
                let words = unescaped(tag.behind);
                let words = if instruction.is_empty() { words.trim_start_matches(before_words) } else { &words };
                // How it begins is what it does.
                let room = LONGEST_NAME.saturating_sub(instruction.len());
                instruction.extend(words.chars().take(room));
                if is_call(&instruction) {
                    return true;
                }
            }
            "fldChar" => instruction.clear(),
            _ => {}
        }
    }
    false
}

/// More than any field's name has.
const LONGEST_NAME: usize = 32;

fn before_words(one: char) -> bool {
    !one.is_alphabetic()
}

/// Whether an instruction is DDE or DDEAUTO.
fn is_call(instruction: &str) -> bool {
    let words = instruction.trim_start_matches(before_words);
    let first = words.split(|one: char| !one.is_alphanumeric()).next().unwrap_or_default();
    first.eq_ignore_ascii_case("DDE") || first.eq_ignore_ascii_case("DDEAUTO")
}

/// Elements that link a workbook to another program, as tags begin with or without a prefix.
const LINKS: [&[u8; 8]; 4] = [b"<ddeLink", b":ddeLink", b"<oleLink", b":oleLink"];

fn links_to_a_program(mut part: impl Read) -> Result<bool, Unfit> {
    let mut piece = vec![0; 64 << 10];
    let mut kept = 0;
    loop {
        let read = part.read(&mut piece[kept..]).map_err(|_| Unfit::Damaged)?;
        let there = kept + read;
        let is_link = |window: &[u8]| window[4] == b'L' && LINKS.iter().any(|link| *link == window);
        if piece[..there].windows(LINKS[0].len()).any(is_link) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        // What a piece ends with may be the beginning of a tag.
        kept = there.min(LINKS[0].len() - 1);
        piece.copy_within(there - kept..there, 0);
    }
}

/// A tag that opens, or is alone.
struct Tag<'a> {
    /// Its name without a prefix.
    name: &'a str,
    /// What stands in it behind its name.
    inside: &'a str,
    /// The text up to the next tag.
    behind: &'a str,
}

impl<'a> Tag<'a> {
    /// All of a text. Values of attributes hold no `<`, so that each begins with the next one.
    fn all(text: &'a str) -> impl Iterator<Item = Tag<'a>> {
        text.split('<').skip(1).map(|tag| {
            let end = end_of(tag);
            let (head, behind) = (&tag[..end], tag.get(end + 1..).unwrap_or_default());
            let length = head.find(|one: char| one.is_whitespace() || one == '/').unwrap_or(head.len());
            let (name, inside) = head.split_at(length);
            Tag { name: name.rsplit(':').next().unwrap_or(name), inside, behind }
        })
    }

    /// The value of an attribute, whatever its prefix, as it is meant.
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.inside;
        while let Some((name, behind)) = rest.split_once('=') {
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|one| matches!(one, '"' | '\''))?;
            let (value, next) = behind[1..].split_once(quote)?;
            let name = name.trim();
            if name.rsplit(':').next() == Some(wanted) {
                return Some(unescaped(value));
            }
            rest = next;
        }
        None
    }
}

/// Where a tag ends: at the first `>` that is in no value.
fn end_of(tag: &str) -> usize {
    let mut quote = None;
    for (at, one) in tag.char_indices() {
        match (quote, one) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(one),
            (Some(open), one) if open == one => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// A text with its characters that were written as numbers or names.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        plain.push_str(before);
        // The name ends where it ends: one that is not closed is not looked for in all that follows.
        let end = behind.find(|one: char| !one.is_ascii_alphanumeric() && one != '#').unwrap_or(behind.len());
        let (name, next) = behind.split_at(end);
        let meant = next.strip_prefix(';').and_then(|next| Some((character(name)?, next)));
        match meant {
            Some((one, next)) => {
                plain.push(one);
                rest = next;
            }
            None => {
                plain.push('&');
                rest = behind;
            }
        }
    }
    plain + rest
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        number => {
            let digits = number.strip_prefix('#')?;
            let code = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}
