//! What a document of an office would do when opened, told from its parts: relations and pictures that fetch, fields and formulas that
//! call, links to other programs and data, macros, other files inside.

mod fields;
mod markup;

use std::io::{Cursor, Read};

use zip::ZipArchive;

use self::fields::Fields;
use self::markup::{Element, Met, walk};
use super::{MediaType, Unfit};

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// The most that a list of relations or of content types may have.
const MOST_LISTED: u64 = 1 << 20;

/// Looks through a list of relations. Links that are there to be clicked do nothing by themselves; anything else that is
/// elsewhere would be fetched, and some relations are refused wherever they lead.
pub(super) fn relations(archive: &mut Archive<'_>, index: usize) -> Result<(), Unfit> {
    let part = archive.by_index(index).map_err(|_| Unfit::Damaged)?;
    walk(listed(part)?, |met| {
        let Met::Open(element) = met else { return Ok(()) };
        if element.name != "Relationship" {
            return Ok(());
        }
        if element.is_spelled_out() {
            return Err(Unfit::Active);
        }
        let kind = element.attribute("Type").unwrap_or_default().trim().to_ascii_lowercase();
        let kind = kind.rsplit('/').next().unwrap_or_default();
        if matches!(kind, "vbaproject" | "wordvbadata" | "afchunk") {
            return Err(Unfit::Active);
        }
        let mode = element.attribute("TargetMode").unwrap_or_default();
        let is_elsewhere = mode.trim().eq_ignore_ascii_case("external");
        if is_elsewhere && kind != "hyperlink" { Err(Unfit::Reaching) } else { Ok(()) }
    })
}

/// A text document: its content types, and the fields of all its parts.
pub(super) fn word(archive: &mut Archive<'_>) -> Result<MediaType, Unfit> {
    content_types(archive, "wordprocessingml.document.main+xml")?;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| Unfit::Damaged)?;
        let Some(begun) = markup(&mut part)? else { continue };
        let (mut fields, mut shape) = (Fields::new(), Shape::default());
        walk(Cursor::new(begun).chain(part), |met| shape.meet(&met).and_then(|()| fields.meet(&met)))?;
        fields.finish()?;
    }
    Ok(MediaType::Docx)
}

/// A workbook: its content types, and whether one of its parts links to other programs or data, or has a formula that does.
pub(super) fn excel(archive: &mut Archive<'_>) -> Result<MediaType, Unfit> {
    content_types(archive, "spreadsheetml.sheet.main+xml")?;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| Unfit::Damaged)?;
        let Some(begun) = markup(&mut part)? else { continue };
        let mut shape = Shape::default();
        walk(Cursor::new(begun).chain(part), |met| {
            shape.meet(&met)?;
            let is_reaching = match met {
                Met::Open(element) => matches!(element.name.as_str(), "ddeLink" | "oleLink" | "connection" | "webPr"),
                Met::Close("f" | "formula" | "formula1" | "formula2" | "definedName", text) => fetches(text),
                Met::Close(..) => false,
            };
            if is_reaching { Err(Unfit::Reaching) } else { Ok(()) }
        })?;
    }
    Ok(MediaType::Xlsx)
}

/// Functions that fetch or call when a sheet is worked out.
const FETCHING: [&str; 5] = ["WEBSERVICE", "IMAGE", "RTD", "CALL", "REGISTER.ID"];

/// Whether a formula calls one of them: its name, whatever stands before its last dot, with a bracket behind.
fn fetches(formula: &str) -> bool {
    let plain: String = formula.chars().filter(|one| !one.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let is_word = |one: char| one.is_alphanumeric() || matches!(one, '_' | '.');
    plain.split('(').rev().skip(1).any(|before| {
        let name = before.rsplit(|one: char| !is_word(one)).next().unwrap_or_default();
        FETCHING.iter().any(|one| name.strip_suffix(one).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
    })
}

/// What every part may draw: pictures that are elsewhere, and drawings with scripts.
#[derive(Default)]
struct Shape {
    is_svg: Option<bool>,
}

impl Shape {
    fn meet(&mut self, met: &Met<'_>) -> Result<(), Unfit> {
        let Met::Open(element) = met else { return Ok(()) };
        let is_svg = *self.is_svg.get_or_insert(element.name.eq_ignore_ascii_case("svg"));
        if is_svg && has_script(element) {
            return Err(Unfit::Active);
        }
        let is_picture = is_svg || matches!(element.name.as_str(), "imagedata" | "fill" | "stroke");
        let is_fetched = |(name, value): (&str, &str)| {
            (name == "src" || is_picture && matches!(name, "href" | "althref")) && is_remote(value)
        };
        if element.attributes().any(is_fetched) { Err(Unfit::Reaching) } else { Ok(()) }
    }
}

fn has_script(element: &Element) -> bool {
    let name = element.name.to_ascii_lowercase();
    matches!(name.as_str(), "script" | "foreignobject" | "handler")
        || element.attributes().any(|(name, value)| {
            let value = value.trim_start().to_ascii_lowercase();
            name.to_ascii_lowercase().starts_with("on") || value.starts_with("javascript:")
        })
}

/// Whether an address leads to another machine.
fn is_remote(address: &str) -> bool {
    let address = address.trim_start();
    address.starts_with("\\\\")
        || address.starts_with("//")
        || address.split(['"', ' ']).next().is_some_and(|one| one.contains("://"))
}

/// The list of content types: it says what the name must say, and names no macros.
fn content_types(archive: &mut Archive<'_>, main: &str) -> Result<(), Unfit> {
    let part = archive.by_name("[Content_Types].xml").map_err(|_| Unfit::Damaged)?;
    let mut types = String::new();
    walk(listed(part)?, |met| {
        match met {
            Met::Open(element) => element.attributes().for_each(|(_, value)| types.extend([value, "\n"])),
            Met::Close(_, text) => types.extend([text, "\n"]),
        }
        Ok(())
    })?;
    let lower = types.to_ascii_lowercase();
    if lower.contains("macroenabled") || lower.contains("vbaproject") {
        return Err(Unfit::Active);
    }
    if types.contains(main) { Ok(()) } else { Err(Unfit::Unknown) }
}

/// How files begin that have no place in another, whatever they are called: programs, old office files, archives, rich text.
const FILES: [&[u8]; 5] = [b"MZ", b"\x7fELF", b"\xD0\xCF\x11\xE0", b"PK\x03\x04", b"{\\rtf"];

/// The beginning of a part, if it is markup, whatever its name says. Markup that is not in UTF-8 is refused: offices write none.
fn markup(part: &mut impl Read) -> Result<Option<Vec<u8>>, Unfit> {
    let mut begun = Vec::new();
    part.take(64).read_to_end(&mut begun).map_err(|_| Unfit::Damaged)?;
    if FILES.iter().any(|file| begun.starts_with(file)) {
        return Err(Unfit::Active);
    }
    if begun.starts_with(&[0xFF, 0xFE]) || begun.starts_with(&[0xFE, 0xFF]) || begun.starts_with(b"\0<") {
        return Err(Unfit::Damaged);
    }
    let plain = begun.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&begun);
    let first = plain.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok((first == Some(&b'<')).then_some(begun))
}

/// A list, of at most so many bytes.
fn listed(part: impl Read) -> Result<Cursor<Vec<u8>>, Unfit> {
    let mut bytes = Vec::new();
    part.take(MOST_LISTED + 1).read_to_end(&mut bytes).map_err(|_| Unfit::Damaged)?;
    if bytes.len() as u64 > MOST_LISTED { Err(Unfit::TooMuch) } else { Ok(Cursor::new(bytes)) }
}
