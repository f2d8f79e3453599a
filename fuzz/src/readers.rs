//! What must hold of a reader, whatever it is given.

use std::fs;
use std::sync::Once;

use duixian_facts::{LoadError, LoadOptions, load};
use duixian_rules::vocabulary::Vocabulary;
use tempfile::TempDir;

/// A party for tables of events to belong to.
const PARTY: &str = "code,name\n91110000802100433B,甲\n";

/// A folder that a reader is pointed at, time and again.
pub struct Folder {
    dir: TempDir,
    vocabulary: Vocabulary,
    format: &'static str,
}

impl Folder {
    /// A folder for files of this format.
    pub fn new(format: &'static str) -> Folder {
        only_our_panics_count();
        Folder { dir: tempfile::tempdir().expect("a folder can be made"), vocabulary: crate::vocabulary(), format }
    }

    /// Reads a table of these bytes: the first chooses which.
    pub fn read(&self, input: &[u8]) {
        let Some((choice, bytes)) = input.split_first() else { return };
        self.read_as(usize::from(*choice), bytes);
    }

    /// Reads these bytes as one of the tables.
    pub fn read_as(&self, choice: usize, bytes: &[u8]) {
        let table = &self.vocabulary.tables[choice % self.vocabulary.tables.len()];
        let is_party_table = self.vocabulary.party_table() == self.vocabulary.table(&table.name.en);
        let path = |name: &str| self.dir.path().join(name);
        let file = path(&format!("{}.{}", table.name.en, self.format));
        let parties = path("enterprises.csv");
        let write = |path, bytes: &[u8]| fs::write(path, bytes).expect("a file can be written");
        if !is_party_table {
            write(&parties, PARTY.as_bytes());
        }
        write(&file, bytes);
        let strict = LoadOptions { strict: true, ..LoadOptions::default() };
        let strict = load(&self.vocabulary, self.dir.path(), &strict);
        let lenient = load(&self.vocabulary, self.dir.path(), &LoadOptions::default());
        match &lenient {
            Ok(loaded) => {
                let errors: u64 = loaded.report.tables.iter().map(|table| table.rows_in_error).sum();
                assert_eq!(strict.is_ok(), errors == 0, "strict and lenient loads differ");
                for (table, report) in loaded.facts.tables.iter().zip(&loaded.report.tables) {
                    assert_eq!(table.rows as u64, report.rows_valid());
                    for row in 0..table.rows {
                        (0..table.columns.len()).for_each(|column| drop(table.cell(column, row)));
                    }
                }
            }
            Err(LoadError::Input { .. }) => assert!(strict.is_err()),
            Err(LoadError::Environment { source, .. }) => panic!("the environment is blamed for the input: {source}"),
        }
        for file in [file, parties] {
            // The next input may be of another table.
            let _ = fs::remove_file(file);
        }
    }
}

/// A panic in a parser of others ends as an error of the file, as it should; one of our own ends the run.
fn only_our_panics_count() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let file = info.location().map_or("", |location| location.file());
            // Files of other crates lie in the registry, those of the standard library in its sources.
            let is_ours = !file.contains("registry") && !file.starts_with("/rustc/");
            if is_ours {
                eprintln!("{info}");
                std::process::abort();
            }
        }));
    });
}
