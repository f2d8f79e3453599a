//! UTF-8 or GB18030: found out, and turned into UTF-8.

use std::io::{self, Read};

use encoding_rs::{Decoder, GB18030};

/// The encodings that CSV files come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Gb18030,
    /// Recognised only to be refused with a reason.
    Utf16,
}

/// After so many characters that are sound UTF-8 of more than one byte, a text is UTF-8. Chinese text in GB18030 passes
/// for UTF-8 over a few characters by chance, hardly over more.
const CERTAIN: usize = 64;

/// Finds a text's encoding. A text that is all ASCII is read to its end, any other only until its encoding is certain.
/// `buffer_bytes` are read at once.
pub(crate) fn detect(mut source: impl Read, buffer_bytes: usize) -> io::Result<Encoding> {
    // Never so few that what was left of a character that is cut would fill it.
    let mut buffer = vec![0; buffer_bytes.max(16)];
    let (mut filled, mut start, mut wide) = (0, true, 0);
    loop {
        let read = source.read(&mut buffer[filled..])?;
        filled += read;
        // A byte order mark needs three bytes, and a text so short has no second read to wait for.
        if start && (filled >= 3 || read == 0) {
            start = false;
            match buffer[..filled] {
                [0xEF, 0xBB, 0xBF, ..] => return Ok(Encoding::Utf8),
                [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Ok(Encoding::Utf16),
                _ => {}
            }
        }
        let (valid, is_cut) = match std::str::from_utf8(&buffer[..filled]) {
            Ok(_) => (filled, true),
            Err(error) => (error.valid_up_to(), error.error_len().is_none()),
        };
        wide += buffer[..valid].iter().filter(|byte| **byte >= 0xC0).count();
        if wide >= CERTAIN {
            return Ok(Encoding::Utf8);
        }
        if !is_cut || (read == 0 && valid < filled) {
            return Ok(Encoding::Gb18030);
        }
        if read == 0 {
            return Ok(Encoding::Utf8);
        }
        buffer.copy_within(valid..filled, 0);
        filled -= valid;
    }
}

/// A whole text in one of the encodings that CSV files come in; none of bytes that are no text in either.
pub fn decoded(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    match detect(bytes, 1 << 16).ok()? {
        Encoding::Utf8 => text.push_str(std::str::from_utf8(bytes).ok()?),
        Encoding::Gb18030 => drop(Gb18030Reader::new(bytes).read_to_string(&mut text).ok()?),
        Encoding::Utf16 => return None,
    }
    (!text.contains('\u{fffd}')).then_some(text)
}

/// GB18030 read as UTF-8; what is no character becomes U+FFFD.
pub(crate) struct Gb18030Reader<R> {
    source: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// The part of `input` not yet decoded.
    undecoded: std::ops::Range<usize>,
    /// Decoded text. It goes through here because the decoder writes whole characters only, however little the reader
    /// asks for.
    output: Vec<u8>,
    /// The part of `output` not yet handed out.
    pending: std::ops::Range<usize>,
    at_end: bool,
}

impl<R: Read> Gb18030Reader<R> {
    pub(crate) fn new(source: R) -> Gb18030Reader<R> {
        Gb18030Reader {
            source,
            decoder: GB18030.new_decoder_without_bom_handling(),
            input: vec![0; 1 << 16],
            undecoded: 0..0,
            output: vec![0; 1 << 16],
            pending: 0..0,
            at_end: false,
        }
    }
}

impl<R: Read> Read for Gb18030Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.pending.is_empty() && !(self.at_end && self.undecoded.is_empty()) {
            if self.undecoded.is_empty() {
                let read = self.source.read(&mut self.input)?;
                self.undecoded = 0..read;
                self.at_end = read == 0;
            }
            let input = &self.input[self.undecoded.clone()];
            let (_, read, written, _) = self.decoder.decode_to_utf8(input, &mut self.output, self.at_end);
            self.undecoded.start += read;
            self.pending = 0..written;
        }
        let handed = self.pending.len().min(buffer.len());
        buffer[..handed].copy_from_slice(&self.output[self.pending.start..self.pending.start + handed]);
        self.pending.start += handed;
        Ok(handed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_encodings_apart() {
        let gb = GB18030.encode("名称,南明区").0;
        for (bytes, encoding) in [
            (&b"code,name"[..], Encoding::Utf8),
            (b"", Encoding::Utf8),
            ("名称,南明区".as_bytes(), Encoding::Utf8),
            (b"\xEF\xBB\xBFcode", Encoding::Utf8),
            (b"\xFF\xFEc\0", Encoding::Utf16),
            (&gb, Encoding::Gb18030),
            // Cut in the middle of a character.
            ("名称".as_bytes().split_last().unwrap().1, Encoding::Gb18030),
        ] {
            assert_eq!(detect(bytes, 1 << 16).unwrap(), encoding, "{bytes:?}");
        }
        let mut damaged = "南明区".repeat(40).into_bytes();
        damaged.push(0xFF);
        assert_eq!(detect(&damaged[..], 1 << 16).unwrap(), Encoding::Utf8, "a long sound text before one bad byte");
    }

    #[test]
    fn a_short_text_is_read_whole_or_not_at_all() {
        let text = "日期,类别,名称\r\n2027-10-01,放假,国庆节\r\n";
        assert_eq!(decoded(text.as_bytes()).as_deref(), Some(text));
        assert_eq!(decoded(&GB18030.encode(text).0).as_deref(), Some(text));
        assert_eq!(decoded(b"\xFF\xFEc\0"), None);
        assert_eq!(decoded(b"a\xFF\xFF"), None);
    }

    #[test]
    fn decodes_in_pieces() {
        let text = "贵阳市南明区𠀀".repeat(20_000);
        let bytes = GB18030.encode(&text).0;
        let mut decoded = String::new();
        Gb18030Reader::new(&bytes[..]).read_to_string(&mut decoded).unwrap();
        assert!(decoded == text);
    }
}
