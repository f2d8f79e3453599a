//! Cells that no spreadsheet takes for a formula, and back.
//!
//! A text that begins with one of `= + - @`, their full-width forms, a tab or a carriage return would be computed when
//! the file is opened in a spreadsheet. It gets an apostrophe in front, which spreadsheets show as text. So does a text
//! that begins with an apostrophe, so that reading back is exact: one apostrophe is taken off in front of any of these.

use std::borrow::Cow;

/// The text as a cell.
pub(crate) fn neutralise(text: &str) -> Cow<'_, str> {
    if is_marked(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text of a cell, whether or not it was neutralised.
pub(crate) fn restore(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_marked(rest)).unwrap_or(cell)
}

fn is_marked(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\''])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_formulas_and_nothing_else() {
        for (text, cell) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1", "'-1"),
            ("＝1+1", "'＝1+1"),
            ("'quoted", "''quoted"),
            ("贵阳南明某公司", "贵阳南明某公司"),
            ("1=1", "1=1"),
            ("", ""),
        ] {
            assert_eq!(neutralise(text), cell);
        }
        assert_eq!(restore("'twas"), "'twas", "an apostrophe of the bank's own stays");
    }

    proptest! {
        #[test]
        fn comes_back_unchanged(text in "['=+@＝-]{0,3}.{0,5}") {
            let cell = neutralise(&text);
            prop_assert_eq!(restore(&cell), text.as_str());
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r']));
        }
    }
}
