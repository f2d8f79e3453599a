//! Writes what the targets begin from: a folder of inputs for each, and the language's words as a dictionary. It is built
//! like a target, so that nothing is built twice, and does its work before the first input.

#![no_main]

use std::path::Path;
use std::{fs, io};

use duixian_facts::{SampleFormat, SampleOptions, sample};
use duixian_fuzz::{markdown, project, vocabulary};
use duixian_rules::syntax::keywords::Keyword;
use duixian_rules::vocabulary::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: write_seeds(&project("fuzz/corpus/seeds")).expect("the seeds can be written"), |_input: &[u8]| {});

fn write_seeds(folder: &Path) -> io::Result<()> {
    let write = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(folder.join(target))?;
        fs::write(folder.join(target).join(name), bytes)
    };
    let good = ["crates/assess/tests/packs", "crates/rules/tests/good"];
    let diagnosed = ["crates/rules/tests/diagnostics", "packs/nanming-2017"];
    for file in good.into_iter().chain(diagnosed).flat_map(markdown) {
        let text = fs::read(&file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        write("pack", &name, &text)?;
        if good.iter().any(|folder| file.parent().is_some_and(|parent| parent.ends_with(folder))) {
            write("evaluate", &name, &[&[0; 8][..], &text].concat())?;
        }
    }
    for (target, format) in [("csv", SampleFormat::Csv), ("parquet", SampleFormat::Parquet)] {
        let made = tempfile::tempdir()?;
        let options = SampleOptions { enterprises: 3, seed: 1, format, known_on: None };
        sample(&options, made.path()).map_err(|error| io::Error::other(error.message(Lang::En)))?;
        for (table, declared) in vocabulary().tables.iter().enumerate() {
            let name = format!("{}.{target}", declared.name.en);
            let bytes = fs::read(made.path().join(&name))?;
            write(target, &name, &[&[table as u8][..], &bytes].concat())?;
        }
    }
    for (table, declared) in vocabulary().tables.iter().enumerate() {
        let headings = declared.columns.iter().map(|column| column.name.en.as_str());
        write("xlsx", &declared.name.en, &[&[table as u8][..], sheet(headings).as_bytes()].concat())?;
    }
    let spellings = Keyword::ALL.iter().flat_map(|keyword| [Lang::Zh, Lang::En].map(|lang| keyword.spelling(lang)));
    let quoted = spellings.map(|word| {
        let escaped: String = word.bytes().map(|byte| format!("\\x{byte:02X}")).collect();
        format!("\"{escaped}\"\n")
    });
    fs::write(folder.join("pack.dictionary"), quoted.collect::<String>())
}

/// A sheet with a heading, a row of texts and a row of numbers, all in place.
fn sheet<'a>(headings: impl Iterator<Item = &'a str> + Clone) -> String {
    let texts = |row: usize, values: &[&str]| {
        let cells = headings.clone().enumerate().map(|(column, heading)| {
            let letter = char::from(b'A' + column as u8);
            let value = if row == 1 { heading } else { values[column % values.len()] };
            format!("<c r=\"{letter}{row}\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
        });
        format!("<row r=\"{row}\">{}</row>", cells.collect::<String>())
    };
    let numbers = headings.clone().enumerate().map(|(column, _)| {
        let letter = char::from(b'A' + column as u8);
        format!("<c r=\"{letter}3\" s=\"1\"><v>{}</v></c>", 42_000 + column)
    });
    let rows = [texts(1, &[]), texts(2, &["91110000802100433B", "2017", "true", "x"])].concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <dimension ref=\"A1:J3\"/><sheetData>{rows}<row r=\"3\">{}</row></sheetData></worksheet>",
        numbers.collect::<String>()
    )
}
