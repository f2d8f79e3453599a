//! Packs in which nothing is wrong, in every form the language has: nothing is said of them, with either line end.

use crate::common::{files, name, pack, text};
use duixian_rules::examples::RESULTS;
use duixian_rules::vocabulary::Lang;

#[test]
fn good_packs_are_passed_without_a_word() {
    for path in files("tests/good", ".md") {
        let unix = text(&path);
        let with_carriage_returns = unix.replace('\n', "\r\n");
        let without_last_end = unix.trim_end();
        for text in [&unix, &with_carriage_returns, without_last_end] {
            let pack = pack(&[(&name(&path), text)]);
            let said: Vec<String> =
                pack.diagnostics.iter().map(|diagnostic| diagnostic.render(&pack.sources, Lang::Zh)).collect();
            assert!(said.is_empty(), "{}:\n{}", name(&path), said.join("\n"));
        }
    }
}

#[test]
fn examples_of_good_packs_are_read_in_full() {
    for path in files("tests/good", ".md") {
        let text = text(&path);
        let pack = pack(&[(&name(&path), &text)]);
        let rows: usize = pack.examples.iter().flat_map(|example| &example.cases).map(|case| case.rows.len()).sum();
        let is_result = |cell: &str| RESULTS.iter().any(|(zh, en, _)| [*zh, *en].contains(&cell.trim()));
        let expected = text.lines().filter(|line| line.starts_with('|') && line.split('|').any(is_result));
        assert_eq!(rows, expected.count(), "{}", name(&path));
    }
}
