//! The packs that both executions are run on.

use std::fs;
use std::path::{Path, PathBuf};

use duixian_rules::diagnostic::Severity;
use duixian_rules::pack::Pack;
use duixian_rules::source::Sources;
use duixian_rules::vocabulary::Lang;

/// A pack and its name.
pub struct TestPack {
    pub name: String,
    pub pack: Pack,
    /// Whether a run must reach every part of it: so of the shipped programme and of the packs made for this test, not of
    /// those of the language's own tests.
    pub is_ours: bool,
}

/// The programme that is shipped, as one pack.
pub fn nanming() -> Pack {
    sound("nanming-2017", read(&markdown("../../packs/nanming-2017")))
}

/// All packs. Whether those of the language's own tests are sound is for those tests to say; here they are taken if they are.
pub fn all() -> Vec<TestPack> {
    let mut packs = vec![TestPack { name: "nanming-2017".to_owned(), pack: nanming(), is_ours: true }];
    for (folder, is_ours) in [("tests/packs", true), ("../rules/tests/good", false)] {
        for file in markdown(folder) {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let pack = read(&[file]);
            if is_ours || !pack.has_errors() {
                packs.push(TestPack { pack: sound(&name, pack), name, is_ours });
            }
        }
    }
    packs
}

fn markdown(folder: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    files
}

fn read(files: &[PathBuf]) -> Pack {
    let mut sources = Sources::default();
    for file in files {
        let text = fs::read_to_string(file).expect("a pack beside the tests can be read");
        sources.add(file.display().to_string(), text);
    }
    Pack::read(sources)
}

fn sound(name: &str, pack: Pack) -> Pack {
    let errors = pack.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|error| error.render(&pack.sources, Lang::En)).collect();
    assert!(errors.is_empty(), "{name}: {}", errors.join("\n"));
    pack
}
