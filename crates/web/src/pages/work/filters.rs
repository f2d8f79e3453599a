//! Which cases a list shows: read off the address, so that a list can be bookmarked and sent to a colleague.

use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_store::cases::{CaseFilter, Sort};

use crate::list;
use crate::page::Page;
use crate::viewer::Viewer;

/// Which part of the cases is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// What waits for the roles and desks of this official.
    Mine,
    /// What this official has taken up.
    Taken,
    /// Everything.
    All,
}

impl View {
    /// All views, in the order of the tabs.
    pub const ALL: [View; 3] = [View::Mine, View::Taken, View::All];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            View::Mine => "mine",
            View::Taken => "taken",
            View::All => "all",
        }
    }

    /// What the tab is called.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            View::Mine => ("待我办理", "To do"),
            View::Taken => ("我领办的", "Taken up by me"),
            View::All => ("全部", "All"),
        }
    }

    /// The views that make sense for someone.
    pub fn of(viewer: &Viewer) -> Vec<View> {
        let acts = viewer.has_any(&[Role::Intake, Role::Reviewer, Role::DecisionMaker, Role::Finance]);
        let is_offered = |view: &View| match view {
            View::Mine => acts,
            View::Taken => viewer.has(Role::Reviewer),
            View::All => true,
        };
        View::ALL.into_iter().filter(is_offered).collect()
    }

    /// The view that an address asks for, or the first one there is.
    pub fn asked(page: &Page, viewer: &Viewer) -> View {
        let views = View::of(viewer);
        let asked = page.query_value("view");
        let found = views.iter().find(|view| Some(view.word()) == asked.as_deref());
        found.or(views.first()).copied().unwrap_or(View::All)
    }

    /// The filter of the view alone.
    pub fn filter(self, viewer: &Viewer) -> CaseFilter {
        CaseFilter {
            mine: self == View::Mine,
            assignee: viewer.actor.user().filter(|_| self == View::Taken),
            ..CaseFilter::default()
        }
    }
}

/// How many rows a page has.
pub const PER_PAGE: u64 = 50;

/// What the address asks for.
pub fn asked(page: &Page, viewer: &Viewer) -> CaseFilter {
    let value = |name: &str| page.query_value(name);
    let number = |name: &str| value(name).and_then(|text| text.parse::<i64>().ok());
    let sort = list::Sort::asked(page.query());
    let known = sort.as_ref().and_then(|sort| order(&sort.key));
    CaseFilter {
        stages: value("stage").and_then(|word| Stage::from_word(&word)).into_iter().collect(),
        desk: value("desk"),
        measure: value("measure"),
        text: value("q"),
        round: number("round"),
        overdue: value("overdue").is_some(),
        sort: known.unwrap_or_default(),
        descending: known.is_some() && sort.is_some_and(|sort| sort.descending),
        page: number("page").and_then(|page| u64::try_from(page).ok()).unwrap_or(1).max(1),
        per_page: PER_PAGE,
        ..View::asked(page, viewer).filter(viewer)
    }
}

fn order(key: &str) -> Option<Sort> {
    Some(match key {
        "due" => Sort::Due,
        "number" => Sort::Number,
        "submitted" => Sort::Submitted,
        "party" => Sort::Party,
        "amount" => Sort::Amount,
        "stage" => Sort::Stage,
        _ => return None,
    })
}

/// Whether anything but the view narrows the list.
pub fn is_narrowed(filter: &CaseFilter) -> bool {
    !filter.stages.is_empty()
        || filter.desk.is_some()
        || filter.measure.is_some()
        || filter.text.is_some()
        || filter.round.is_some()
        || filter.overdue
}
