//! What a bank's file says of payments that are not ours, as its report keeps it.

use duixian_bank::ResultLine;
use serde::{Deserialize, Serialize};

/// A result for a payment that is not ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Unknown {
    /// What the file says of it.
    Line(ResultLine),
    /// Its number alone, as older reports have it.
    Number(String),
}

impl Unknown {
    /// Its number in the file.
    pub fn end_to_end_id(&self) -> &str {
        match self {
            Unknown::Line(line) => &line.end_to_end_id,
            Unknown::Number(id) => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use duixian_bank::{Origin, Outcome};
    use duixian_money::Fen;

    use super::*;

    #[test]
    fn what_is_not_ours_is_read_as_older_reports_have_it_too() {
        let line = ResultLine {
            line: 3,
            end_to_end_id: "OTHER1".to_owned(),
            amount: Fen(1230),
            outcome: Outcome::Paid { bank_reference: "T7".to_owned(), on: chrono::NaiveDate::MIN },
            origin: Origin::default(),
        };
        let kept = serde_json::to_string(&[Unknown::Line(line.clone())]).expect("JSON");
        assert_eq!(serde_json::from_str::<Vec<Unknown>>(&kept).expect("read"), [Unknown::Line(line)]);
        let before = serde_json::from_str::<Vec<Unknown>>(r#"["OTHER1"]"#).expect("read");
        assert_eq!(before, [Unknown::Number("OTHER1".to_owned())]);
    }
}
