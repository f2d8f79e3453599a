//! What a document of an office would do when opened, told from its parts: relations and pictures that fetch, fields and formulas that
//! call, links to other programs and data, macros, other files inside.

mod fields;
mod markup;
mod parts;

use self::fields::Fields;
use self::markup::{Element, Met, walk};
pub(super) use self::parts::Parts;
use super::{MediaType, Unfit};

/// Looks through a list of relations. Links that are there to be clicked do nothing by themselves; anything else that is
/// elsewhere would be fetched, and some relations are refused wherever they lead.
pub(super) fn relations(parts: &mut Parts<'_>, index: usize) -> Result<(), Unfit> {
    walk(parts.list(index)?, |met| {
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
pub(super) fn word(parts: &mut Parts<'_>) -> Result<MediaType, Unfit> {
    content_types(parts, "wordprocessingml.document.main+xml")?;
    for index in 0..parts.count() {
        let Some(part) = parts.markup(index)? else { continue };
        let (mut fields, mut shape) = (Fields::new(), Shape::default());
        walk(part, |met| shape.meet(&met).and_then(|()| fields.meet(&met)))?;
        fields.finish()?;
    }
    Ok(MediaType::Docx)
}

/// A workbook: its content types, and whether one of its parts links to other programs or data, or has a formula that does.
pub(super) fn excel(parts: &mut Parts<'_>) -> Result<MediaType, Unfit> {
    content_types(parts, "spreadsheetml.sheet.main+xml")?;
    for index in 0..parts.count() {
        let Some(part) = parts.markup(index)? else { continue };
        let mut shape = Shape::default();
        walk(part, |met| {
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
fn content_types(parts: &mut Parts<'_>, main: &str) -> Result<(), Unfit> {
    let mut types = String::new();
    walk(parts.content_types()?, |met| {
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
