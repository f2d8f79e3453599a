//! Writing XML in UTF-8, indented by two spaces, escaped throughout.

use std::io;

use chrono::{DateTime, FixedOffset};
use duixian_money::Fen;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

/// Where the elements go.
pub(crate) type Xml = Writer<Vec<u8>>;

/// The currency of every payment.
pub(crate) const CURRENCY: &str = "CNY";

/// A whole document, with its declaration and a line break at the end.
pub(crate) fn document(content: impl FnOnce(&mut Xml) -> io::Result<()>) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .and_then(|()| content(&mut xml))
        .expect("writing to memory does not fail");
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("only texts were written")
}

/// An element with attributes and elements in it.
pub(crate) fn element(
    xml: &mut Xml,
    name: &str,
    attributes: &[(&str, &str)],
    content: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element(name).with_attributes(attributes.iter().copied()).write_inner_content(content).map(drop)
}

/// An element with elements in it.
pub(crate) fn parent(xml: &mut Xml, name: &str, content: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    element(xml, name, &[], content)
}

/// An element with a text in it, escaped.
pub(crate) fn leaf(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(text)).map(drop)
}

/// An amount in yuan with two decimals.
pub(crate) fn amount(xml: &mut Xml, name: &str, amount: Fen) -> io::Result<()> {
    xml.create_element(name)
        .with_attribute(("Ccy", CURRENCY))
        .write_text_content(BytesText::new(&amount.to_yuan_string()))
        .map(drop)
}

/// An account by its number, which in China is no IBAN.
pub(crate) fn account(xml: &mut Xml, name: &str, number: &str) -> io::Result<()> {
    parent(xml, name, |xml| parent(xml, "Id", |xml| parent(xml, "Othr", |xml| leaf(xml, "Id", number))))
}

/// A moment in milliseconds as China's clocks show it, with its distance from UTC.
pub(crate) fn beijing_time(milliseconds: i64) -> String {
    let beijing = FixedOffset::east_opt(8 * 3600).expect("eight hours are within a day");
    let time = DateTime::from_timestamp_millis(milliseconds).unwrap_or_default();
    time.with_timezone(&beijing).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
