//! What came of one action on many cases, told case by case.

use askama::Template;
use duixian_casework::command::Action;
use duixian_money::Fen;

use crate::format;
use crate::locale::Text;
use crate::page::Page;
use crate::ui::Status;

use super::rows::sum;

/// What came of one case.
pub struct Outcome {
    pub id: i64,
    pub number: Text,
    pub party: String,
    pub measure: Text,
    /// As its people know it: what tells one party's cases apart.
    pub basis: Text,
    pub amount: Option<Fen>,
    /// What was done, and where it stands since.
    pub done: Option<(Text, Status)>,
    pub why: Option<Text>,
}

#[derive(Template)]
#[template(path = "work/bulk_done.html")]
pub struct Report {
    pub page: Page,
    pub action: Action,
    pub results: Vec<Outcome>,
}

impl Report {
    fn good(&self) -> usize {
        self.results.iter().filter(|one| one.done.is_some()).count()
    }

    fn bad(&self) -> usize {
        self.results.len() - self.good()
    }

    fn total(&self) -> Fen {
        sum(self.results.iter().filter(|one| one.done.is_some()).filter_map(|one| one.amount))
    }

    fn has_amounts(&self) -> bool {
        self.results.iter().any(|one| one.amount.is_some())
    }

    /// The cases that were not done, to be looked at again as they are now.
    fn again_href(&self) -> String {
        let rest = self.results.iter().filter(|one| one.done.is_none()).map(|one| format!("case={}", one.id));
        format!("/work/bulk/{}?{}", self.action.word(), rest.collect::<Vec<_>>().join("&"))
    }
}
