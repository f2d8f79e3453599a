//! The bytes of a bank's file as text: UTF-8 or GB18030.

use encoding_rs::GB18030;

use crate::MAX_BYTES;
use crate::error::{BankFileError, BankFileErrorKind};

/// The text of a CSV file. Nearly all Chinese text in GB18030 is no sound UTF-8, so what is sound UTF-8 is that; a file so
/// short that it passes for both by chance has no readable headings, and is refused for them.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, BankFileError> {
    check(bytes)?;
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
        Err(_) => decode_gb18030(bytes),
    }
}

/// The text of an XML file, in the encoding that its declaration names.
pub(crate) fn decode_xml(bytes: &[u8]) -> Result<String, BankFileError> {
    check(bytes)?;
    let is_gb = declared_encoding(bytes)
        .is_some_and(|name| ["gb18030", "gbk", "gb2312"].iter().any(|gb| name.eq_ignore_ascii_case(gb.as_bytes())));
    if is_gb {
        return decode_gb18030(bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
        Err(_) => Err(BankFileError::of_file(BankFileErrorKind::Encoding)),
    }
}

/// How a workbook of Excel begins: a zip archive, and the container of before 2007.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];

fn check(bytes: &[u8]) -> Result<(), BankFileError> {
    if WORKBOOKS.iter().any(|start| bytes.starts_with(start)) {
        return Err(BankFileError::of_file(BankFileErrorKind::Workbook));
    }
    match bytes.len() {
        0 => Err(BankFileError::of_file(BankFileErrorKind::Empty)),
        size if size > MAX_BYTES => Err(BankFileError::of_file(BankFileErrorKind::TooLarge(size))),
        _ => Ok(()),
    }
}

fn decode_gb18030(bytes: &[u8]) -> Result<String, BankFileError> {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(|text| text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
        .ok_or_else(|| BankFileError::of_file(BankFileErrorKind::Encoding))
}

/// The encoding named in an XML declaration, which is ASCII in every encoding that is read here.
fn declared_encoding(bytes: &[u8]) -> Option<&[u8]> {
    let declaration = &bytes[..bytes.len().min(200)];
    let end = declaration.windows(2).position(|pair| pair == b"?>")?;
    let declaration = &declaration[..end];
    let start = declaration.windows(8).position(|name| name == b"encoding")? + 8;
    let mut parts = declaration[start..].split(|byte| matches!(byte, b'"' | b'\''));
    parts.nth(1)
}
