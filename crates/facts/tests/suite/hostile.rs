//! Files made to hurt: an error in bounded memory, never a panic.

// What fails in a helper is to fail the test.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Write};

use crate::common::Folder;
use duixian_facts::{InputProblem, LoadError, SampleFormat, SampleOptions, sample};
use duixian_rules::vocabulary::Lang;
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

const A: &str = "91110000802100433B";

fn problem(folder: &Folder) -> InputProblem {
    match folder.load() {
        Err(LoadError::Input { problem, .. }) => *problem,
        other => panic!("not an error of the input: {other:?}"),
    }
}

fn enterprises(bytes: impl AsRef<[u8]>) -> Folder {
    Folder::new().file("enterprises.csv", bytes)
}

#[test]
fn csv_beyond_the_limits() {
    let cell = format!("code,name\n{A},甲\n{A},\"{}", "x".repeat(3 << 20));
    assert_eq!(problem(&enterprises(cell)), InputProblem::TooLong { line: 3 });
    let record = format!("code,name\n{A},{}\n", "x,".repeat(10_001));
    assert_eq!(problem(&enterprises(record)), InputProblem::TooManyColumns);
    let heading = format!("code{}\n", ",c".repeat(1_000_000));
    assert_eq!(problem(&enterprises(heading)), InputProblem::TooManyColumns);
    assert_eq!(problem(&enterprises(b"\xFF\xFEc\0o\0d\0e\0")), InputProblem::Utf16);
}

#[test]
fn binary_noise_for_csv() {
    let noise: Vec<u8> = (0..100_000u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    problem(&enterprises(noise));
    problem(&enterprises(vec![0; 100_000]));
    let mut rows = format!("code,name\n{A},a\n").into_bytes();
    rows.extend([0; 1_000]);
    rows.extend(b",\n\0\xFF,\0\n");
    let loaded = enterprises(rows).load().unwrap();
    assert_eq!((loaded.facts.tables[0].rows, loaded.report.rows_in_error()), (1, 2));
}

fn parquet_sample() -> Vec<u8> {
    let folder = Folder::new();
    let options = SampleOptions { enterprises: 300, seed: 2, format: SampleFormat::Parquet, known_on: None };
    sample(&options, folder.0.path()).unwrap();
    std::fs::read(folder.0.path().join("enterprises.parquet")).unwrap()
}

#[test]
fn parquet_cut_short_or_overwritten() {
    let whole = parquet_sample();
    let load = |bytes: &[u8]| Folder::new().file("enterprises.parquet", bytes).load();
    assert_eq!(load(&whole).unwrap().facts.tables[0].rows, 300);
    for length in (0..whole.len()).step_by(whole.len() / 40) {
        assert!(matches!(load(&whole[..length]), Err(LoadError::Input { .. })), "{length}");
    }
    // The middle gone, the footer whole.
    let mut hollow = whole[..64].to_vec();
    hollow.extend(&whole[whole.len() - 3_000..]);
    assert!(matches!(load(&hollow), Err(LoadError::Input { .. })));
    // A footer that claims to be longer than any.
    let mut footer = whole.clone();
    let at = footer.len() - 8;
    footer[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(load(&footer), Err(LoadError::Input { .. })));
    // Damaged bytes anywhere: an error, or other values, but no panic and no end of memory.
    for at in (4..whole.len()).step_by(whole.len() / 150) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xFF;
        assert!(!matches!(load(&damaged), Err(LoadError::Environment { .. })), "byte {at}");
    }
}

/// An XLSX file with one sheet.
fn xlsx(sheet: impl FnOnce(&mut dyn Write), strings: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    part("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>");
    part(
        "_rels/.rels",
        &format!(
            "<Relationships xmlns=\"{relations}\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" \
             Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    part(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"rId1\"/>\
             </sheets></workbook>"
        ),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &format!(
            "<Relationships xmlns=\"{relations}\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" \
             Target=\"worksheets/sheet1.xml\"/></Relationships>"
        ),
    );
    part("xl/sharedStrings.xml", strings);
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    write!(zip, "<worksheet xmlns=\"{main}\"><sheetData>").unwrap();
    sheet(&mut zip);
    write!(zip, "</sheetData></worksheet>").unwrap();
    zip.finish().unwrap().into_inner()
}

const NO_STRINGS: &str = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>";

fn load_xlsx(bytes: &[u8]) -> Result<duixian_facts::Loaded, LoadError> {
    Folder::new().file("enterprises.xlsx", bytes).load()
}

#[test]
fn xlsx_bombs() {
    let row = format!(
        "<row><c r=\"A1\" t=\"inlineStr\"><is><t>code</t></is></c></row><row><c r=\"A2\" t=\"inlineStr\"><is><t>{A}</t></is></c></row>"
    );
    let sound = xlsx(|sheet| sheet.write_all(row.as_bytes()).unwrap(), NO_STRINGS);
    assert_eq!(load_xlsx(&sound).unwrap().facts.tables[0].rows, 1);
    // Much from little.
    let spaces = vec![b' '; 1 << 20];
    let bomb = xlsx(|sheet| (0..40).for_each(|_| sheet.write_all(&spaces).unwrap()), NO_STRINGS);
    assert!(bomb.len() < 100_000);
    let Err(LoadError::Input { problem, .. }) = load_xlsx(&bomb) else { panic!("a bomb") };
    assert!(matches!(*problem, InputProblem::TooLarge(_)));
    // Strings that are claimed but not there.
    let claim =
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" uniqueCount=\"999999999999999\"/>";
    assert!(matches!(load_xlsx(&xlsx(|_| (), claim)), Err(LoadError::Input { .. })));
    // Two cells in opposite corners of a sheet.
    let corners =
        "<row><c r=\"A1\" t=\"inlineStr\"><is><t>code</t></is></c></row><row><c r=\"XFD1048576\"><v>1</v></c></row>";
    let loaded = load_xlsx(&xlsx(|sheet| sheet.write_all(corners.as_bytes()).unwrap(), NO_STRINGS)).unwrap();
    assert_eq!(loaded.report.tables[0].rows_in_error, 1);
    // Rows that go back.
    let back =
        "<row><c r=\"A5\"><v>1</v></c></row><row><c r=\"A6\"><v>1</v></c></row><row><c r=\"A1\"><v>1</v></c></row>";
    assert!(load_xlsx(&xlsx(|sheet| sheet.write_all(back.as_bytes()).unwrap(), NO_STRINGS)).is_err());
    for length in (0..sound.len()).step_by(sound.len() / 40) {
        assert!(matches!(load_xlsx(&sound[..length]), Err(LoadError::Input { .. })), "{length}");
    }
}

#[test]
fn what_is_only_called_a_workbook_is_said_to_be_none() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("notes.txt", SimpleFileOptions::default()).unwrap();
    archive.write_all("code,name".as_bytes()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    let old = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600]].concat();
    for bytes in [archive, old, format!("code,name\n{A},甲\n").into_bytes(), Vec::new()] {
        let folder = Folder::new().file("enterprises.xlsx", bytes);
        let problem = problem(&folder);
        assert_eq!(problem, InputProblem::NoWorkbook);
        assert!(problem.message(Lang::Zh).starts_with("不是 XLSX 工作簿"));
        assert!(problem.message(Lang::En).starts_with("not an XLSX workbook"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic(
        format in prop::sample::select(vec!["csv", "parquet", "xlsx"]),
        bytes in prop::collection::vec(any::<u8>(), 0..4_000),
        framed in any::<bool>(),
    ) {
        // Noise inside the frame that each format is recognised by gets further than noise alone.
        let (before, after): (&[u8], Vec<u8>) = match (framed, format) {
            (false, _) => (b"", Vec::new()),
            (true, "csv") => (b"code,name,registered_on,scale,industry,district\n", Vec::new()),
            (true, "parquet") => (b"PAR1", [&(bytes.len() as u32).to_le_bytes()[..], b"PAR1"].concat()),
            (true, _) => (b"PK\x03\x04", b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2E\0\0\0\0\0\0\0\0\0".to_vec()),
        };
        let bytes = [before, &bytes, &after].concat();
        let result = Folder::new().file(&format!("enterprises.{format}"), bytes).load();
        let is_environment = matches!(result, Err(LoadError::Environment { .. }));
        prop_assert!(!is_environment);
    }
}
