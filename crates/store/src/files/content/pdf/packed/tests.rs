//! PDFs as programs write them, and as whoever hides something in them does.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::super::super::{MediaType, Unfit, sniff};
use super::*;

fn flate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

fn hex(data: &[u8]) -> Vec<u8> {
    let digits: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}>").into_bytes()
}

fn ascii85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for group in data.chunks(4) {
        let mut four = [0; 4];
        four[..group.len()].copy_from_slice(group);
        let mut number = u32::from_be_bytes(four);
        let mut signs = [0_u8; 5];
        for sign in signs.iter_mut().rev() {
            *sign = b'!' + u8::try_from(number % 85).expect("a sign");
            number /= 85;
        }
        out.extend(&signs[..=group.len()]);
    }
    out.extend(b"~>");
    out
}

/// Objects as a stream has them: their numbers and places, and where these end.
fn objects(all: &[(u32, &str)]) -> (Vec<u8>, usize) {
    let (mut places, mut text) = (String::new(), String::new());
    for (number, object) in all {
        places += &format!("{number} {} ", text.len());
        text += &format!("{object}\n");
    }
    (format!("{places}{text}").into_bytes(), places.len())
}

/// A file with these in a stream, and with `plain` beside it.
fn file(all: &[(u32, &str)], filter: &str, pack: impl Fn(&[u8]) -> Vec<u8>, plain: &str) -> Vec<u8> {
    let (text, first) = objects(all);
    let head = format!("/Type/ObjStm/N {}/First {first} {filter}", all.len());
    with_stream(&head, &pack(&text), plain)
}

fn with_stream(head: &str, data: &[u8], plain: &str) -> Vec<u8> {
    let begin = format!("%PDF-1.5\n{plain}\n8 0 obj\n<<{head}/Length {}>>stream\r\n", data.len());
    [begin.as_bytes(), data, b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"].concat()
}

const FLATE: &str = "/Filter/FlateDecode";
const CATALOG: (u32, &str) = (1, "<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>");
const PAGES: (u32, &str) = (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
const SCRIPT: (u32, &str) = (6, "<</S/JavaScript/JS(app.alert\\(1\\))>>");

#[test]
fn what_programs_write_is_taken() {
    // As Word and scanners have it: catalog, pages and links in streams, open actions that show a page.
    let link = (5, "<</Type/Annot/Subtype/Link/A<</S/URI/URI(http://www.gov.cn)>>>>");
    let shown = [(6, "[3 0 R/XYZ 0 792 null]"), (6, "<</S/GoTo/D[3 0 R/Fit]>>"), (7, "null")];
    for shown in shown {
        let plain =
            "4 0 obj<</Length 4>>stream\nq Q\n\nendstream endobj 9 0 obj<</First 10 0 R/Count 2/Title(a\\)b)>>endobj";
        let all = [CATALOG, PAGES, shown, link];
        assert_eq!(sniff(&file(&all, FLATE, flate, plain)), Ok(MediaType::Pdf), "{shown:?}");
        assert_eq!(sniff(&file(&all, "", <[u8]>::to_vec, plain)), Ok(MediaType::Pdf), "{shown:?}");
        let parameters = "/Filter[/FlateDecode]/DecodeParms[<</Predictor 1>>]/Extends 7 0 R";
        assert_eq!(sniff(&file(&all, parameters, flate, plain)), Ok(MediaType::Pdf), "{shown:?}");
    }
    let many: Vec<(u32, &str)> = (10..5_000).map(|number| (number, "<</Type/StructElem/S/P/K 0/P 9 0 R>>")).collect();
    assert_eq!(sniff(&file(&many, FLATE, flate, "")), Ok(MediaType::Pdf), "a long document");
    // Pictures and letters are packed too, and none of this is about them.
    let picture = with_stream("/Subtype/Image/N 3/Filter[/LZWDecode/RunLengthDecode]", b"x", "");
    assert_eq!(sniff(&picture), Ok(MediaType::Pdf));
}

#[test]
fn what_does_something_is_found_however_it_is_packed() {
    type Pack = fn(&[u8]) -> Vec<u8>;
    let ways: [(&str, Pack); 8] = [
        (FLATE, flate),
        ("/F#69lter /Fl#61teDecode", flate),
        ("/Filter[/FlateDecode]", flate),
        ("/Filter%/None\n[ /Fl ]", flate),
        ("/Filter/ASCIIHexDecode", hex),
        ("/Filter/AHx", |data| hex(data).to_ascii_uppercase()),
        ("/Filter[/ASCII85Decode/FlateDecode]", |data| ascii85(&flate(data))),
        ("/Filter[/ASCIIHexDecode/ASCII85Decode/FlateDecode]", |data| hex(&ascii85(&flate(data)))),
    ];
    let launch = (6, "<</S/L#61unch/F(cmd.exe)>>");
    let carries = (6, "<</Type/Filespec/EF<</F 7 0 R>>>>");
    for (filter, pack) in ways {
        for active in [SCRIPT, launch, carries] {
            let found = sniff(&file(&[CATALOG, PAGES, active], filter, pack, ""));
            assert_eq!(found, Err(Unfit::Active), "{filter} {active:?}");
        }
        let address = (6, "<</X(>>)/S/URI/URI(http://x)>>");
        assert_eq!(sniff(&file(&[CATALOG, address], filter, pack, "")), Err(Unfit::Reaching), "{filter}");
    }
    // The action in a stream and what opens it outside, and the other way round.
    let address = (6, "<</S/URI/URI(http://x)>>");
    let catalog = format!("1 0 obj{}endobj", CATALOG.1);
    assert_eq!(sniff(&file(&[address], FLATE, flate, &catalog)), Err(Unfit::Reaching));
    let outside = format!("6 0 obj{}endobj", address.1);
    assert_eq!(sniff(&file(&[CATALOG], FLATE, flate, &outside)), Err(Unfit::Reaching));
    // A reader goes by the table, whatever lies in front: a text that never ends, a dictionary that never does, or a comment.
    for before in ["7 0 obj<</X(", "7 0 obj<</X<<", "7 0 obj<<%obj"] {
        assert_eq!(sniff(&file(&[CATALOG, SCRIPT], FLATE, flate, before)), Err(Unfit::Active), "{before}");
    }
}

#[test]
fn what_cannot_be_looked_into_is_refused_with_what_to_do() {
    let (text, first) = objects(&[CATALOG, PAGES]);
    let packed = flate(&text);
    let whole = format!("/N 2/First {first}");
    let heads = [
        format!("{whole}/Filter/LZWDecode"),
        format!("{whole}/Filter/Crypt"),
        format!("{whole}/Filter 9 0 R"),
        format!("{whole}/Filter/FlateDecode/Filter/FlateDecode"),
        format!("{whole}/Filter/FlateDecode/F(elsewhere)"),
        format!("{whole}/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>"),
        format!("{whole}/Filter/FlateDecode/DecodeParms 9 0 R"),
        format!("{whole}/Filter[/Fl/Fl/Fl/Fl/Fl]"),
        format!("{whole}/Filter/ASCIIHexDecode"),
        "/N 2/First 9 0 R/Filter/FlateDecode".to_owned(),
        "/N 3/First 4/Filter/FlateDecode".to_owned(),
        "/N 2/First 4000/Filter/FlateDecode".to_owned(),
    ];
    for head in heads {
        assert_eq!(sniff(&with_stream(&head, &packed, "")), Err(Unfit::Sealed), "{head}");
    }
    let head = format!("{whole}{FLATE}");
    assert_eq!(sniff(&with_stream(&head, &packed, "")), Ok(MediaType::Pdf));
    assert_eq!(sniff(&with_stream(&head, &packed[..20], "")), Err(Unfit::Sealed), "cut short");
    let (zh, en) = Unfit::Sealed.text("合同.pdf");
    assert!(zh.contains("“合同.pdf”没有收下") && zh.contains("请重新打印成 PDF"), "{zh}");
    assert!(en.contains("print it anew as a PDF"), "{en}");
    assert!(Unfit::Encrypted.text("合同.pdf").0.contains("重新打印成 PDF"));
}

#[test]
fn what_is_made_to_blow_up_or_to_take_long_does_neither() {
    let begun = std::time::Instant::now();
    let blown = |data: Vec<u8>, filter: &str| with_stream(&format!("/N 1/First 4{filter}"), &data, "");
    let much = [b"1 0 ".to_vec(), vec![b' '; MOST_TEXT]].concat();
    assert_eq!(sniff(&blown(flate(&much), FLATE)), Err(Unfit::TooMuch));
    assert_eq!(sniff(&blown(flate(&flate(&much)), "/Filter[/Fl/Fl]")), Err(Unfit::TooMuch));
    let places = "1 0 ".repeat(MOST_OBJECTS + 1);
    let head = format!("/N {}/First {}{FLATE}", MOST_OBJECTS + 1, places.len());
    assert_eq!(sniff(&with_stream(&head, &flate(places.as_bytes()), "")), Err(Unfit::TooMuch));
    assert_eq!(sniff(&with_stream("/N 1", b"", &"obj<<".repeat(1 << 20))), Err(Unfit::Sealed));
    assert!(begun.elapsed().as_secs() < 30, "each took long");
}

#[test]
fn letters_for_bytes_are_read_as_they_are_written() {
    for data in [&b""[..], b"a", b"ab", b"abc", b"abcd", b"\0\0\0\0", b"\xFF\xFF\xFF\xFF\xFF"] {
        assert_eq!(from_85(&ascii85(data)).as_deref(), Some(data));
        assert_eq!(from_hex(&hex(data)).as_deref(), Some(data));
    }
    assert_eq!(from_85(b"z~>"), Some(vec![0; 4]));
    assert_eq!(from_hex(b"4 1 5>"), Some(b"AP".to_vec()));
    for wrong in [&b"abc"[..], b"ab\xFFcd~>", b"uuuuu~>", b"a~>"] {
        assert_eq!(from_85(wrong), None, "{wrong:?}");
    }
    assert_eq!((from_hex(b"41"), from_hex(b"4x>")), (None, None));
}
