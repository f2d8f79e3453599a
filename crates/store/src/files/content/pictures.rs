//! Pictures: whether they are what they say, piece by piece, without unpacking them.

use super::{MediaType, Unfit, contains, has_markup};

/// The most pixels of a side, and of a picture: what a scanner for the largest sheets of paper gives, with room.
const MOST_SIDE: u32 = 30_000;
const MOST_PIXELS: u64 = 600_000_000;
/// How much smaller the data of a picture can be packed at most.
const MOST_PACKED: u64 = 1_032;

pub(super) fn jpeg(bytes: &[u8]) -> Result<MediaType, Unfit> {
    // Marker by marker to the picture itself; what cameras put behind the picture is let be, unless it is a document.
    let mut at = 2;
    let mut frame = None;
    loop {
        while bytes.get(at) == Some(&0xFF) && bytes.get(at + 1) == Some(&0xFF) {
            at += 1;
        }
        let (Some(0xFF), Some(marker)) = (bytes.get(at), bytes.get(at + 1)) else { return Err(Unfit::Damaged) };
        if *marker == 0xDA {
            break;
        }
        let (Some(high), Some(low)) = (bytes.get(at + 2), bytes.get(at + 3)) else { return Err(Unfit::Damaged) };
        let length = usize::from(*high) << 8 | usize::from(*low);
        if length < 2 || matches!(marker, 0xD8 | 0xD9 | 0x00) {
            return Err(Unfit::Damaged);
        }
        if is_frame(*marker) {
            frame = Some(Frame::of(*marker, bytes.get(at + 5..at + 9).ok_or(Unfit::Damaged)?)?);
        }
        at += 2 + length;
    }
    let Some(end) = bytes[at..].windows(2).rposition(|window| window == [0xFF, 0xD9]) else {
        return Err(Unfit::Damaged);
    };
    let behind = &bytes[at + end + 2..];
    if has_markup(bytes) || contains(behind, b"PK\x03\x04") || contains(behind, b"%PDF-") {
        return Err(Unfit::Damaged);
    }
    match frame {
        Some(frame) if frame.least() <= end as u64 => Ok(MediaType::Jpeg),
        _ => Err(Unfit::Damaged),
    }
}

/// What a photo says of itself: how large it is, and whether every block of it has bits of its own.
struct Frame {
    pixels: u64,
    is_sequential: bool,
}

/// Whether a marker begins what a photo says of itself; others of its range are tables.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

impl Frame {
    /// From its marker and what comes after the number of bits: height, then width.
    fn of(marker: u8, size: &[u8]) -> Result<Frame, Unfit> {
        let side = |at: usize| u32::from(size[at]) << 8 | u32::from(size[at + 1]);
        Ok(Frame { pixels: pixels(side(2), side(0))?, is_sequential: matches!(marker, 0xC0 | 0xC1) })
    }

    /// The bytes that its data has at least: of each block of 64 pixels two bits, but where runs of empty ones are told in one.
    fn least(&self) -> u64 {
        if self.is_sequential { self.pixels / 256 } else { 0 }
    }
}

pub(super) const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) fn png(bytes: &[u8]) -> Result<MediaType, Unfit> {
    // Chunk by chunk: it begins with its header and ends with its end, with nothing behind.
    let mut at = PNG_SIGNATURE.len();
    let mut is_first = true;
    let (mut least, mut data) = (0, 0);
    loop {
        let Some(head) = bytes.get(at..at + 8) else { return Err(Unfit::Damaged) };
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = &head[4..];
        if is_first != (kind == b"IHDR") || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Unfit::Damaged);
        }
        is_first = false;
        let start = at.saturating_add(8);
        at = at.saturating_add(12).saturating_add(length);
        if at > bytes.len() {
            return Err(Unfit::Damaged);
        }
        match kind {
            b"IHDR" => least = least_data(&bytes[start..at])?,
            b"IDAT" => data += length as u64,
            b"IEND" => break,
            _ => {}
        }
    }
    if data < least {
        return Err(Unfit::Damaged);
    }
    if at != bytes.len() || has_markup(bytes) { Err(Unfit::Damaged) } else { Ok(MediaType::Png) }
}

/// The bytes that the data of a picture has at least, by its header: what it packs is as large as it says, and nothing packs more than
/// a thousandfold.
fn least_data(header: &[u8]) -> Result<u64, Unfit> {
    let &[a, b, c, d, e, f, g, h, depth, colour, ..] = header else { return Err(Unfit::Damaged) };
    let (width, height) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
    let channels = match colour {
        0 | 3 => 1,
        4 => 2,
        2 => 3,
        6 => 4,
        _ => return Err(Unfit::Damaged),
    };
    let bits = pixels(width, height)?.saturating_mul(channels).saturating_mul(u64::from(depth));
    Ok((bits / 8 / MOST_PACKED).max(1))
}

/// How many pixels a picture has.
fn pixels(width: u32, height: u32) -> Result<u64, Unfit> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        Err(Unfit::Damaged)
    } else if width.max(height) > MOST_SIDE || pixels > MOST_PIXELS {
        Err(Unfit::Vast(width, height))
    } else {
        Ok(pixels)
    }
}
