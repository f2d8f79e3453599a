//! Wrong packs, each as small as a mistake allows, and what is said of them in both languages.
//!
//! `diagnostics/_prelude.md` stands before every case whose first line is not `<!-- whole pack -->`. A case whose first
//! line holds `fmt en` is also translated. `UPDATE_EXPECT=1 cargo test -p duixian-rules` writes what is said anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{files, name, pack, text};
use duixian_rules::diagnostic::Diagnostic;
use duixian_rules::fmt;
use duixian_rules::source::Sources;
use duixian_rules::vocabulary::Lang;

const FOLDER: &str = "tests/diagnostics";
const PRELUDE: &str = "_prelude.md";
const EXPECTED: &str = ".expected.txt";

/// The cases, without the prelude.
fn cases() -> Vec<PathBuf> {
    files(FOLDER, ".md").into_iter().filter(|path| name(path) != PRELUDE).collect()
}

fn prelude() -> String {
    text(&Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(PRELUDE))
}

/// All that is said of a case, in Chinese and in English.
fn said(path: &Path) -> String {
    let (prelude, case, name) = (prelude(), text(path), name(path));
    let first = case.lines().next().unwrap_or("");
    let pack = if first.starts_with("<!-- whole pack") {
        pack(&[(&name, &case)])
    } else {
        pack(&[(PRELUDE, &prelude), (&name, &case)])
    };
    let mut diagnostics = pack.diagnostics.clone();
    if first.contains("fmt en") {
        let names = fmt::Names::new(&pack.items);
        fmt::file(0, &case, Some(Lang::En), &names, &mut diagnostics);
    }
    format!("{}\n{}", rendered(&diagnostics, &pack.sources, Lang::Zh), rendered(&diagnostics, &pack.sources, Lang::En))
}

fn rendered(diagnostics: &[Diagnostic], sources: &Sources, lang: Lang) -> String {
    let all: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.render(sources, lang)).collect();
    all.join("\n")
}

#[test]
fn the_prelude_is_clean() {
    let pack = pack(&[(PRELUDE, &prelude())]);
    assert!(pack.diagnostics.is_empty(), "{}", rendered(&pack.diagnostics, &pack.sources, Lang::En));
}

#[test]
fn every_case_is_told_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1");
    let mut wrong = Vec::new();
    for path in cases() {
        let said = said(&path);
        let expected = path.with_extension("expected.txt");
        if update {
            fs::write(&expected, &said).expect("the expected text is written");
        } else if !expected.exists() {
            wrong.push(format!("{} has no {EXPECTED} beside it", name(&path)));
        } else if text(&expected) != said {
            wrong.push(format!("{} is told otherwise:\n{said}", name(&path)));
        }
    }
    assert!(wrong.is_empty(), "{}\nUPDATE_EXPECT=1 writes them anew", wrong.join("\n"));
}

#[test]
fn every_case_is_about_its_id_alone() {
    let mut noise = Vec::new();
    for path in cases() {
        let (name, said) = (name(&path), said(&path));
        let told: BTreeSet<&str> = said.lines().filter(|line| is_heading(line)).filter_map(ids_of).collect();
        if told.into_iter().ne([&name[..4]]) {
            noise.push(format!("{name}:\n{said}"));
        }
    }
    assert!(noise.is_empty(), "{}", noise.join("\n"));
}

fn is_heading(line: &str) -> bool {
    ["错误[", "提醒[", "error[", "warning["].iter().any(|word| line.starts_with(word))
}

fn ids_of(line: &str) -> Option<&str> {
    line.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(id, _)| id)
}

#[test]
fn no_expected_text_is_left_without_its_case() {
    let cases: BTreeSet<String> = cases().iter().map(|path| name(path).replace(".md", EXPECTED)).collect();
    for path in files(FOLDER, EXPECTED) {
        assert!(cases.contains(&name(&path)), "{} has no case", name(&path));
    }
}

#[test]
fn every_id_has_a_case() {
    let said: Vec<String> = files(FOLDER, EXPECTED).iter().map(|path| text(path)).collect();
    let told: BTreeSet<&str> =
        said.iter().flat_map(|said| said.lines()).filter(|line| is_heading(line)).filter_map(ids_of).collect();
    for id in ids_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        assert!(told.contains(id.as_str()), "no case shows {id}");
    }
}

#[test]
fn every_id_is_in_the_reference() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = text(&root.join("docs/reference/diagnostics.md"));
    let crates = fs::read_dir(root.join("crates")).expect("the crates");
    let known: BTreeSet<String> =
        crates.flat_map(|entry| ids_in(&entry.expect("a crate").path().join("src"))).collect();
    for id in &known {
        assert!(page.contains(&format!("| {id} |")), "docs/reference/diagnostics.md does not list {id}");
    }
    for line in page.lines() {
        if let Some(id) = line.strip_prefix("| ").and_then(|rest| rest.get(..4)).filter(|id| is_id(id)) {
            assert!(known.contains(id), "docs/reference/diagnostics.md lists {id}, which is no more");
        }
    }
}

/// The ids that stand as literals in the sources under a folder.
fn ids_in(folder: &Path) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            ids.extend(ids_in(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            ids.extend(text(&path).split('"').filter(|part| is_id(part)).map(str::to_owned));
        }
    }
    ids
}

fn is_id(text: &str) -> bool {
    text.len() == 4 && text.starts_with(['E', 'W']) && text[1..].bytes().all(|byte| byte.is_ascii_digit())
}
