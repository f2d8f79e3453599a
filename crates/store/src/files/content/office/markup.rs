//! The markup of a part, read as the office reads it: what stands in marked sections, is cut by comments or written by numbers is one
//! text.

use std::io::{BufReader, Read};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::Unfit;

/// What stands in markup, in its order. Names are without their prefixes.
pub(super) enum Met<'a> {
    /// An element begins.
    Open(&'a Element),
    /// An element ends, and this is the text since it, or the last element in it, began.
    Close(&'a str, &'a str),
}

/// An element with its attributes.
pub(super) struct Element {
    pub(super) name: String,
    /// Name and value of each, and whether characters of it were written as numbers.
    attributes: Vec<(String, String, bool)>,
}

impl Element {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, ..)| own == name).map(|(_, value, _)| value.as_str())
    }

    /// All attributes by name and value.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value, _)| (name.as_str(), value.as_str()))
    }

    /// Whether something in it is written as numbers. Nobody who means well writes plain letters so.
    pub(super) fn is_spelled_out(&self) -> bool {
        self.attributes.iter().any(|(.., is_spelled)| *is_spelled)
    }

    fn of(start: &BytesStart<'_>) -> Result<Element, Unfit> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| Unfit::Damaged)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Unfit::Damaged)?;
            let name = attribute.key.local_name().into_inner().to_owned();
            attributes.push((name, value.into_owned(), attribute.value.contains("&#")));
        }
        Ok(Element { name: start.local_name().into_inner().to_owned(), attributes })
    }
}

/// Elements whose text does something, and that hold nothing else: an element in one would cut it in two.
const LEAVES: [&str; 7] = ["instrText", "delInstrText", "f", "formula", "formula1", "formula2", "definedName"];

/// Shows all of a part. What is not well-formed, not in UTF-8 or defines names of its own is refused: offices write none of it.
pub(super) fn walk(part: impl Read, mut shown: impl FnMut(Met<'_>) -> Result<(), Unfit>) -> Result<(), Unfit> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    reader.config_mut().expand_empty_elements = true;
    let (mut buffer, mut text, mut is_in_leaf) = (Vec::new(), String::new(), false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| Unfit::Damaged)? {
            Event::Start(start) => {
                let element = Element::of(&start)?;
                if is_in_leaf {
                    return Err(Unfit::Damaged);
                }
                is_in_leaf = LEAVES.contains(&element.name.as_str());
                text.clear();
                shown(Met::Open(&element))?;
            }
            Event::End(end) => {
                shown(Met::Close(end.local_name().into_inner(), &text))?;
                text.clear();
                is_in_leaf = false;
            }
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => text.push(match &*reference {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => reference.resolve_char_ref().ok().flatten().ok_or(Unfit::Damaged)?,
            }),
            Event::Decl(declared) => {
                let encoding = declared.encoding().transpose().map_err(|_| Unfit::Damaged)?;
                if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("utf-8")) {
                    return Err(Unfit::Damaged);
                }
            }
            Event::DocType(_) => return Err(Unfit::Damaged),
            Event::Eof => return Ok(()),
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
}
