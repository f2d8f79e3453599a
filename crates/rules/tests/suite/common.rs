//! Files beside the tests, and packs made of them.

use std::fs;
use std::path::{Path, PathBuf};

use duixian_rules::pack::Pack;
use duixian_rules::source::Sources;

/// The files of a folder beside the tests whose names end so, in order.
pub fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(ending));
    paths.sort();
    paths
}

/// A file's name.
pub fn name(path: &Path) -> String {
    path.file_name().expect("a file").to_string_lossy().into_owned()
}

/// A file's text.
pub fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a pack of these files.
pub fn pack(files: &[(&str, &str)]) -> Pack {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(*path, *text);
    }
    Pack::read(sources)
}
