//! What a PDF keeps in object streams (PDF 1.5): objects that are compressed together, so that no name of theirs stands in the
//! file itself. What can't be unpacked here, a reader may be able to: it is refused.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::Unfit;
use super::tokens::{Token, Tokens, is_space};

/// The most that all object streams of a file may unpack to.
const MOST_TEXT: usize = 64 << 20;
/// The most objects that are looked at.
const MOST_OBJECTS: usize = 500_000;
/// How many filters one stream may go through: writers use one, or a second one that keeps it to plain letters.
const MOST_FILTERS: usize = 4;
/// How many times the length of a file the dictionaries in it may have together. They lie one behind the other, but in a file that
/// is made to take long.
const READ_AGAIN: usize = 4;

/// The objects of all object streams of a file.
#[derive(Default)]
pub(super) struct Packed {
    /// The streams, unpacked, one behind the other.
    pub(super) text: Vec<u8>,
    /// The numbers of objects, and where in the text each begins.
    objects: Vec<(usize, usize)>,
}

/// What the dictionary of a stream says of how to read it.
#[derive(Default)]
struct Head<'a> {
    /// The values of [`KEYS`].
    values: [Option<Vec<Token<'a>>>; 4],
    /// Whether it says something twice, at length, or that its data are elsewhere: readers differ in what they make of that.
    is_unclear: bool,
}

/// The keys that matter: only streams of objects have the first two.
const KEYS: [&[u8]; 4] = [b"N", b"First", b"Filter", b"DecodeParms"];
/// Keys that put the data, or how to read them, elsewhere.
const ELSEWHERE: [&[u8]; 4] = [b"F", b"DP", b"FFilter", b"FDecodeParms"];
/// The most words that the value of a key that matters may have.
const MOST_WORDS: usize = 64;

impl Packed {
    /// Unpacks all object streams of a file.
    ///
    /// # Errors
    /// [`Unfit::Sealed`] for what can't be unpacked, [`Unfit::TooMuch`] for what unpacks to too much.
    pub(super) fn of(pdf: &[u8]) -> Result<Packed, Unfit> {
        let mut packed = Packed::default();
        let mut left = pdf.len().saturating_mul(READ_AGAIN);
        // Objects are found by their keyword and not by the file's table, which may be compressed too, or lie.
        for at in (0..pdf.len()).filter(|at| pdf[*at..].starts_with(b"obj")) {
            let mut tokens = Tokens::new(&pdf[at + 3..]);
            if !tokens.rest().starts_with(b"<<") {
                continue;
            }
            let head = Head::read(&mut tokens);
            left = left.checked_sub(tokens.at()).ok_or(Unfit::Sealed)?;
            let rest = tokens.rest();
            if let (Some(head), Some(data)) = (head, rest.strip_prefix(b"stream"))
                && head.values[..2].iter().all(Option::is_some)
            {
                packed.add(&head, data)?;
            }
        }
        Ok(packed)
    }

    /// What the objects of a number are.
    pub(super) fn objects(&self, number: &[u8]) -> impl Iterator<Item = &[u8]> {
        let number = std::str::from_utf8(number).ok().and_then(|digits| digits.parse::<usize>().ok());
        let of_number = self.objects.iter().filter(move |(one, _)| Some(*one) == number);
        of_number.filter_map(|(_, start)| self.text.get(*start..))
    }

    fn add(&mut self, head: &Head, data: &[u8]) -> Result<(), Unfit> {
        let number = |at: usize| match head.value(at) {
            [Token::Word(digits)] => whole(digits),
            _ => None,
        };
        let (Some(count), Some(first), false) = (number(0), number(1), head.is_unclear) else {
            return Err(Unfit::Sealed);
        };
        let data = match data {
            [b'\r', b'\n', data @ ..] | [b'\n' | b'\r', data @ ..] => data,
            _ => return Err(Unfit::Sealed),
        };
        let mut unpacked: Option<Vec<u8>> = None;
        for filter in head.filters()? {
            unpacked = Some(decoded(&filter, unpacked.as_deref().unwrap_or(data), MOST_TEXT - self.text.len())?);
        }
        // What is not packed was read with the file.
        let Some(unpacked) = unpacked else { return Ok(()) };
        if count > MOST_OBJECTS - self.objects.len() {
            return Err(Unfit::TooMuch);
        }
        let mut places = Tokens::new(unpacked.get(..first).ok_or(Unfit::Sealed)?).map(|token| match token {
            Token::Word(digits) => whole(digits),
            _ => None,
        });
        let base = self.text.len();
        for _ in 0..count {
            let (Some(Some(number)), Some(Some(offset))) = (places.next(), places.next()) else {
                return Err(Unfit::Sealed);
            };
            let start = first.checked_add(offset).filter(|start| *start <= unpacked.len()).ok_or(Unfit::Sealed)?;
            self.objects.push((number, base + start));
        }
        self.text.extend(unpacked);
        Ok(())
    }
}

/// A whole number.
fn whole(digits: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

impl<'a> Head<'a> {
    /// Reads a dictionary to its end; none where it has none.
    fn read(tokens: &mut Tokens<'a>) -> Option<Head<'a>> {
        let mut head = Head::default();
        // A value is what follows its key: one name, or all up to the next name that stands in no list or dictionary.
        let (mut depth, mut is_key_next, mut key) = (0_u32, true, None);
        for token in tokens {
            match &token {
                Token::Open | Token::OpenList => depth += 1,
                Token::Close | Token::CloseList => depth = depth.checked_sub(1)?,
                _ => {}
            }
            match token {
                Token::Close if depth == 0 => return Some(head),
                Token::Open if depth == 1 => {}
                Token::Name(name) if depth == 1 && is_key_next => {
                    is_key_next = false;
                    key = KEYS.iter().position(|one| *one == name);
                    head.is_unclear |= ELSEWHERE.contains(&name.as_slice());
                    head.is_unclear |= key.is_some_and(|key| head.values[key].replace(Vec::new()).is_some());
                }
                token => {
                    is_key_next = depth == 1;
                    if let Some(words) = key.and_then(|key| head.values[key].as_mut()) {
                        head.is_unclear |= words.len() == MOST_WORDS;
                        words.truncate(MOST_WORDS);
                        words.push(token);
                    }
                }
            }
        }
        None
    }

    fn value(&self, key: usize) -> &[Token<'a>] {
        self.values[key].as_deref().unwrap_or_default()
    }

    /// The filters that its data have gone through, the last first.
    fn filters(&self) -> Result<Vec<Vec<u8>>, Unfit> {
        let parameters = self.value(3);
        // Parameters that stand elsewhere, or that are more than none, change what comes out.
        let plain = |pair: &[Token]| pair[0] != Token::Name(b"Predictor".to_vec()) || pair[1] == Token::Word(b"1");
        if parameters.contains(&Token::Word(b"R")) || !parameters.windows(2).all(plain) {
            return Err(Unfit::Sealed);
        }
        let names = match self.value(2) {
            [] | [Token::Word(b"null")] => return Ok(Vec::new()),
            [Token::OpenList, names @ .., Token::CloseList] => names,
            names => names,
        };
        let name = |token: &Token| match token {
            Token::Name(name) => Ok(name.clone()),
            _ => Err(Unfit::Sealed),
        };
        if names.len() > MOST_FILTERS { Err(Unfit::Sealed) } else { names.iter().map(name).collect() }
    }
}

/// What a filter makes of data, which end where it says so.
fn decoded(filter: &[u8], data: &[u8], most: usize) -> Result<Vec<u8>, Unfit> {
    let out = match filter {
        b"FlateDecode" | b"Fl" => {
            let mut out = Vec::new();
            let read = ZlibDecoder::new(data).take(most as u64 + 1).read_to_end(&mut out);
            read.map_err(|_| Unfit::Sealed)?;
            out
        }
        b"ASCIIHexDecode" | b"AHx" => from_hex(data).ok_or(Unfit::Sealed)?,
        b"ASCII85Decode" | b"A85" => from_85(data).ok_or(Unfit::Sealed)?,
        _ => return Err(Unfit::Sealed),
    };
    if out.len() > most { Err(Unfit::TooMuch) } else { Ok(out) }
}

/// Bytes that are written as two digits each, up to `>`.
fn from_hex(data: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut half) = (Vec::new(), None);
    for byte in data.iter().copied().filter(|byte| !is_space(*byte)) {
        if byte == b'>' {
            out.extend(half.map(|high: u8| high << 4));
            return Some(out);
        }
        let digit = u8::try_from(char::from(byte).to_digit(16)?).ok()?;
        match half.take() {
            Some(high) => out.push(high << 4 | digit),
            None => half = Some(digit),
        }
    }
    None
}

/// Bytes that are written as five signs for four, up to `~>`.
fn from_85(data: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut group) = (Vec::new(), Vec::with_capacity(5));
    for byte in data.iter().copied().filter(|byte| !is_space(*byte)) {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => {
                group.push(byte - b'!');
                if group.len() == 5 {
                    out.extend(of_85(&group)?);
                    group.clear();
                }
            }
            b'~' => {
                // What is left stands for one byte fewer than it has signs.
                let kept = match group.len() {
                    0 => return Some(out),
                    signs => signs.checked_sub(1).filter(|kept| *kept > 0)?,
                };
                group.resize(5, 84);
                out.extend(&of_85(&group)?[..kept]);
                return Some(out);
            }
            _ => return None,
        }
    }
    None
}

fn of_85(group: &[u8]) -> Option<[u8; 4]> {
    let add = |sum: u32, sign: &u8| sum.checked_mul(85)?.checked_add(u32::from(*sign));
    group.iter().try_fold(0, add).map(u32::to_be_bytes)
}

#[cfg(test)]
mod tests;
