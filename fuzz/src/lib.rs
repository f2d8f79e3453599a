//! What the fuzz targets share: packs from text, mutations that keep a text a text, and folders to read tables from.

use std::fs;
use std::path::PathBuf;

use duixian_rules::pack::Pack;
use duixian_rules::plan::Plan;
use duixian_rules::source::Sources;
use duixian_rules::vocabulary::Vocabulary;

pub mod mutate;
pub mod readers;

#[path = "../../crates/assess/tests/suite/compare.rs"]
pub mod compare;
#[path = "../../crates/assess/tests/suite/dice.rs"]
pub mod dice;
#[path = "../../crates/assess/tests/suite/district.rs"]
pub mod district;
#[path = "../../crates/assess/tests/suite/palette.rs"]
pub mod palette;

/// A folder of the project, by its path from the root.
pub fn project(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path)
}

/// The Markdown files of a folder, in order.
pub fn markdown(folder: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(project(folder)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    files
}

/// A pack of one file.
pub fn pack(text: &str) -> Pack {
    let mut sources = Sources::default();
    sources.add("fuzz.md", text);
    Pack::read(sources)
}

/// The shipped programme.
pub fn nanming() -> Plan {
    let texts: Vec<String> = markdown("packs/nanming-2017").iter().flat_map(fs::read_to_string).collect();
    let pack = pack(&texts.join("\n\n"));
    assert!(!pack.has_errors(), "the shipped pack is sound");
    pack.plan
}

/// Its vocabulary.
pub fn vocabulary() -> Vocabulary {
    nanming().vocabulary
}
