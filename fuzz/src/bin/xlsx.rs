//! Any bytes as a workbook; or as the sheet and the shared texts of one that is otherwise sound, since few changes to a
//! compressed file get past its checksums.

#![no_main]

use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;

use duixian_fuzz::readers::Folder;
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

static FOLDER: LazyLock<Folder> = LazyLock::new(|| Folder::new("xlsx"));

/// A sound workbook, part by part.
static PARTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write(0, 0, "code").expect("a cell is written");
    let bytes = book.save_to_buffer().expect("a workbook is made");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a workbook is an archive");
    let parts = (0..archive.len()).map(|index| {
        let mut part = archive.by_index(index).expect("its parts can be found");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("its parts can be read");
        let name = part.name().expect("its parts have names").into_owned();
        (name, bytes)
    });
    parts.collect()
});

fuzz_target!(|input: &[u8]| {
    let Some((choice, bytes)) = input.split_first() else { return };
    if bytes.starts_with(b"PK") {
        return FOLDER.read(input);
    }
    let (sheet, texts) = match bytes.iter().position(|byte| *byte == 0xFF) {
        Some(at) => (&bytes[..at], Some(&bytes[at + 1..])),
        None => (bytes, None),
    };
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, original) in PARTS.iter() {
        let content = match name.as_str() {
            "xl/worksheets/sheet1.xml" => sheet,
            "xl/sharedStrings.xml" => texts.unwrap_or(original),
            _ => original,
        };
        writer.start_file(name.as_str(), options).expect("an archive in memory can be written");
        writer.write_all(content).expect("an archive in memory can be written");
    }
    let archive = writer.finish().expect("an archive in memory can be written");
    FOLDER.read_as(usize::from(*choice), archive.get_ref());
});
