//! The parts of a zipped document, opened one after the other with room for only so much in all: a few hundred kilobytes can
//! unpack to hundreds of megabytes, and every byte of markup is looked at.

use std::io::{Cursor, ErrorKind, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::super::Unfit;

/// The most markup that all parts together may unpack to.
const MOST_MARKUP: u64 = 64 << 20;
/// The most that a list of relations or of content types may have.
const MOST_LISTED: u64 = 1 << 20;
/// How many times its packed size a part of markup may unpack to, once it is larger than a mebibyte. Sheets of repeated rows reach
/// about a hundred; deflate's own ceiling is about a thousand.
const MOST_RATIO: u64 = 200;

type Source<'a> = Cursor<&'a [u8]>;

/// The parts, and how much markup may yet be read of them.
pub(in super::super) struct Parts<'a> {
    archive: ZipArchive<Source<'a>>,
    room: u64,
}

impl<'a> Parts<'a> {
    pub(in super::super) fn new(archive: ZipArchive<Source<'a>>) -> Parts<'a> {
        Parts { archive, room: MOST_MARKUP }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.archive.len()
    }

    /// A part from its beginning, if it is markup, whatever its name says. Markup that is not in UTF-8 is refused: offices write none.
    pub(super) fn markup(&mut self, index: usize) -> Result<Option<impl Read>, Unfit> {
        let part = self.archive.by_index(index).map_err(|_| Unfit::Damaged)?;
        let (size, packed) = (part.size(), part.compressed_size());
        let Some(markup) = if_markup(part)? else { return Ok(None) };
        let is_blown_up = size > 1 << 20 && size / MOST_RATIO > packed;
        take(&mut self.room, size)?;
        if is_blown_up { Err(Unfit::TooMuch) } else { Ok(Some(markup)) }
    }

    /// A list of relations.
    pub(super) fn list(&mut self, index: usize) -> Result<impl Read, Unfit> {
        let part = self.archive.by_index(index).map_err(|_| Unfit::Damaged)?;
        listed(part, &mut self.room)
    }

    /// The list of content types.
    pub(super) fn content_types(&mut self) -> Result<impl Read, Unfit> {
        let part = self.archive.by_name("[Content_Types].xml").map_err(|_| Unfit::Damaged)?;
        listed(part, &mut self.room)
    }
}

fn take(room: &mut u64, size: u64) -> Result<(), Unfit> {
    *room = room.checked_sub(size).ok_or(Unfit::TooMuch)?;
    Ok(())
}

fn listed<'p, 'a>(part: ZipFile<'p, Source<'a>>, room: &mut u64) -> Result<impl Read + use<'p, 'a>, Unfit> {
    let size = part.size();
    take(room, size)?;
    if size > MOST_LISTED { Err(Unfit::TooMuch) } else { Ok(Declared { part, left: size }) }
}

/// How files begin that have no place in another, whatever they are called: programs, old office files, archives, rich text.
const FILES: [&[u8]; 5] = [b"MZ", b"\x7fELF", b"\xD0\xCF\x11\xE0", b"PK\x03\x04", b"{\\rtf"];

fn if_markup<'p, R: Read>(part: ZipFile<'p, R>) -> Result<Option<impl Read + use<'p, R>>, Unfit> {
    let left = part.size();
    let mut part = Declared { part, left };
    let mut begun = Vec::new();
    part.by_ref().take(64).read_to_end(&mut begun).map_err(|_| Unfit::Damaged)?;
    if FILES.iter().any(|file| begun.starts_with(file)) {
        return Err(Unfit::Active);
    }
    if begun.starts_with(&[0xFF, 0xFE]) || begun.starts_with(&[0xFE, 0xFF]) || begun.starts_with(b"\0<") {
        return Err(Unfit::Damaged);
    }
    let plain = begun.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&begun);
    let first = plain.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok((first == Some(&b'<')).then_some(Cursor::new(begun).chain(part)))
}

/// A part that is an error once it is longer than it says it is: room is taken by what parts say.
struct Declared<R> {
    part: R,
    left: u64,
}

impl<R: Read> Read for Declared<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.part.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or(ErrorKind::InvalidData)?;
        Ok(read)
    }
}
