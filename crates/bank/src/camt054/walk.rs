//! Through an XML document, element by element, within bounds: the only place that sees the parser.

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use crate::error::{BankFileError, BankFileErrorKind as Kind};
use crate::value::shortened;

/// Elements are nested at most so deep; the messages of ISO 20022 reach about fifteen.
const MAX_DEPTH: usize = 32;
/// An element has at most so many attributes; those of ISO 20022 have one, beside namespaces.
const MAX_ATTRIBUTES: usize = 32;

/// Who is shown the elements.
pub(crate) trait Visitor {
    /// An element begins, on this line. The path has the names from the root's child on, with `/` between; `?` stands for an
    /// element of another namespace.
    fn open(&mut self, path: &str, line: usize) -> Result<(), BankFileError>;

    /// An element ends.
    fn close(&mut self, path: &str, element: Element<'_>) -> Result<(), BankFileError>;
}

/// An element at its end.
pub(crate) struct Element<'a> {
    /// The line it began on.
    pub(crate) line: usize,
    /// The text in it, after the last element in it.
    pub(crate) text: &'a str,
    /// Its attribute `Ccy`; none where there are elements in it.
    pub(crate) currency: Option<&'a str>,
}

/// Shows every element of a document whose root is `Document` of a namespace. Refuses what is not well-formed, what is
/// nested too deep, and every document type definition and entity, so that nothing is fetched or expanded.
pub(crate) fn walk(text: &str, namespace: &str, visitor: &mut impl Visitor) -> Result<(), BankFileError> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut walk =
        Walk { namespace, visitor, open: Vec::new(), path: String::new(), text: String::new(), currency: None };
    let (mut position, mut line, mut has_root) = (0, 1, false);
    loop {
        // An event is told with the line it begins on; the text before it has been consumed by then.
        line += text.as_bytes()[position..].iter().take(consumed(&reader) - position).filter(|b| **b == b'\n').count();
        position = consumed(&reader);
        let (resolved, event) = reader
            .read_resolved_event()
            .map_err(|error| BankFileError::at(line, None, Kind::Malformed(shortened(&error.to_string()))))?;
        let malformed = |what: &str| Err(BankFileError::at(line, None, Kind::Malformed(what.to_owned())));
        match event {
            Event::Start(start) if walk.open.is_empty() => {
                if has_root {
                    return malformed("more than one root element");
                }
                has_root = true;
                walk.root(&resolved, &start, line)?;
            }
            Event::Start(start) => walk.start(&resolved, &start, line)?,
            Event::End(_) => walk.end()?,
            Event::Text(part) => walk.text(&part.xml10_content(), line)?,
            Event::CData(part) => walk.text(&part.xml10_content(), line)?,
            Event::GeneralRef(reference) => {
                let character = resolve(&reference, line)?;
                walk.text(character.encode_utf8(&mut [0; 4]), line)?;
            }
            Event::DocType(_) => return Err(BankFileError::at(line, None, Kind::DocumentType)),
            Event::Eof if !has_root => return malformed("no root element"),
            Event::Eof if !walk.open.is_empty() => return malformed("it ends in the middle of an element"),
            Event::Eof => return Ok(()),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// How much of the text the reader has gone through, which is all in memory.
fn consumed(reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

struct Walk<'a, V> {
    namespace: &'a str,
    visitor: &'a mut V,
    /// Of each open element: the length of the path without it, and its line.
    open: Vec<(usize, usize)>,
    path: String,
    text: String,
    currency: Option<String>,
}

impl<V: Visitor> Walk<'_, V> {
    fn root(&mut self, resolved: &ResolveResult<'_>, start: &BytesStart<'_>, line: usize) -> Result<(), BankFileError> {
        if start.local_name().as_ref() != "Document" || !self.is_ours(resolved) {
            let found = match resolved {
                ResolveResult::Bound(Namespace(namespace)) => {
                    shortened(namespace.trim_start_matches("urn:iso:std:iso:20022:tech:xsd:"))
                }
                _ => shortened(start.local_name().as_ref()),
            };
            return Err(BankFileError::at(line, None, Kind::OtherMessage(found)));
        }
        self.open.push((0, line));
        Ok(())
    }

    fn start(
        &mut self,
        resolved: &ResolveResult<'_>,
        start: &BytesStart<'_>,
        line: usize,
    ) -> Result<(), BankFileError> {
        if self.open.len() == MAX_DEPTH {
            return Err(BankFileError::at(line, None, Kind::TooDeep(MAX_DEPTH)));
        }
        self.open.push((self.path.len(), line));
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(if self.is_ours(resolved) { start.local_name().into_inner() } else { "?" });
        self.text.clear();
        self.currency = currency(start).map_err(|what| BankFileError::at(line, None, Kind::Malformed(what)))?;
        self.visitor.open(&self.path, line)
    }

    fn end(&mut self) -> Result<(), BankFileError> {
        // The parser has seen that every end tag has its start tag.
        let Some((outer, line)) = self.open.pop() else { return Ok(()) };
        if !self.open.is_empty() {
            let element = Element { line, text: &self.text, currency: self.currency.as_deref() };
            self.visitor.close(&self.path, element)?;
        }
        self.path.truncate(outer);
        self.text.clear();
        self.currency = None;
        Ok(())
    }

    fn text(&mut self, text: &str, line: usize) -> Result<(), BankFileError> {
        if !self.open.is_empty() {
            self.text.push_str(text);
        } else if !text.trim().is_empty() {
            return Err(BankFileError::at(line, None, Kind::Malformed("text outside the root element".to_owned())));
        }
        Ok(())
    }

    fn is_ours(&self, resolved: &ResolveResult<'_>) -> bool {
        matches!(resolved, ResolveResult::Bound(Namespace(found)) if *found == self.namespace)
    }
}

/// The attribute `Ccy` of an element, whose attributes are all looked at, so that none stands there twice.
fn currency(start: &BytesStart<'_>) -> Result<Option<String>, String> {
    let mut currency = None;
    for (index, attribute) in start.attributes().enumerate() {
        if index == MAX_ATTRIBUTES {
            return Err(format!("more than {MAX_ATTRIBUTES} attributes"));
        }
        let attribute = attribute.map_err(|error| shortened(&error.to_string()))?;
        if attribute.key.as_ref() == "Ccy" {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            currency = Some(value.map_err(|error| shortened(&error.to_string()))?.into_owned());
        }
    }
    Ok(currency)
}

/// The character that one of XML's own five entities, or a character reference, stands for.
fn resolve(reference: &BytesRef<'_>, line: usize) -> Result<char, BankFileError> {
    let character = match &**reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => reference.resolve_char_ref().ok().flatten().filter(|c| !c.is_control() || c.is_whitespace()),
    };
    character.ok_or_else(|| BankFileError::at(line, None, Kind::Entity(shortened(reference))))
}
