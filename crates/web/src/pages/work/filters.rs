//! Which cases a list shows: read off the address, so that a list can be bookmarked and sent to a colleague.

use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_store::cases::{CaseFilter, Month, Sort};
use duixian_store::search::LONGEST_SEARCHED;

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
    /// What is on hold and this official may resume.
    Held,
    /// Everything.
    All,
}

impl View {
    /// All views, in the order of the tabs.
    pub const ALL: [View; 4] = [View::Mine, View::Taken, View::Held, View::All];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            View::Mine => "mine",
            View::Taken => "taken",
            View::Held => "held",
            View::All => "all",
        }
    }

    /// What the tab is called.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            View::Mine => ("待我办理", "To do"),
            View::Taken => ("我领办的", "Taken up by me"),
            View::Held => ("暂缓的", "On hold"),
            View::All => ("全部", "All"),
        }
    }

    /// The views that make sense for someone.
    pub fn of(viewer: &Viewer) -> Vec<View> {
        let acts = viewer.has_any(&[Role::Intake, Role::Reviewer, Role::DecisionMaker, Role::Finance]);
        let is_offered = |view: &View| match view {
            View::Mine => acts,
            View::Taken => viewer.has(Role::Reviewer),
            View::Held => viewer.has_any(&[Role::Intake, Role::Reviewer, Role::DecisionMaker]),
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
            held: self == View::Held,
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
        stages: stages(page),
        desk: value("desk"),
        measure: value("measure"),
        party: value("party"),
        text: value("q").map(|text| text.chars().take(LONGEST_SEARCHED).collect()),
        round: number("round"),
        fund: value("fund"),
        year: number("year").and_then(|year| i32::try_from(year).ok()),
        submitted_in: value("submitted").as_deref().and_then(month),
        decided_in: value("decided").as_deref().and_then(month),
        paid_in: value("paid").as_deref().and_then(month),
        overdue: value("overdue").is_some(),
        awaits: value("awaits").as_deref().and_then(Role::from_word),
        sort: known.unwrap_or_default(),
        descending: known.is_some() && sort.is_some_and(|sort| sort.descending),
        page: number("page").and_then(|page| u64::try_from(page).ok()).unwrap_or(1).max(1),
        per_page: PER_PAGE,
        ..View::asked(page, viewer).filter(viewer)
    }
}

/// The stages of the address: one as the form sends it, or several as a figure links to them or the form keeps them.
fn stages(page: &Page) -> Vec<Stage> {
    let pairs = form_urlencoded::parse(page.query().unwrap_or("").as_bytes()).filter(|(key, _)| key == "stage");
    pairs.flat_map(|(_, words)| words.split(',').filter_map(Stage::from_word).collect::<Vec<_>>()).collect()
}

/// Several stages as the form of the list sends them back: in one value.
pub fn stages_word(stages: &[Stage]) -> String {
    stages.iter().map(|stage| stage.word()).collect::<Vec<_>>().join(",")
}

/// `2019-03`
fn month(text: &str) -> Option<Month> {
    let (year, month) = text.split_once('-')?;
    let month = Month { year: year.parse().ok()?, month: month.parse().ok()? };
    month.days().map(|_| month)
}

/// The address of the list that a filter takes, out of all cases: what figures link to. The other way round of [`asked`].
pub fn href(filter: &CaseFilter) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("view", View::All.word());
    for stage in &filter.stages {
        pairs.append_pair("stage", stage.word());
    }
    for (name, value) in carried(filter) {
        pairs.append_pair(name, &value);
    }
    for (name, value) in [("desk", &filter.desk), ("measure", &filter.measure), ("q", &filter.text)] {
        if let Some(value) = value {
            pairs.append_pair(name, value);
        }
    }
    if let Some(round) = filter.round {
        pairs.append_pair("round", &round.to_string());
    }
    if filter.overdue {
        pairs.append_pair("overdue", "1");
    }
    format!("/work?{}", pairs.finish())
}

/// What waits for the second word of someone: of the role in which they may give it.
pub fn for_second(viewer: &Viewer) -> Option<CaseFilter> {
    let role = [Role::DecisionMaker, Role::Finance].into_iter().find(|role| viewer.has(*role))?;
    Some(CaseFilter { awaits: Some(role), ..CaseFilter::default() })
}

/// What of a filter has no field in the form of the list, by its name in the address.
pub fn carried(filter: &CaseFilter) -> Vec<(&'static str, String)> {
    let month = |month: Option<Month>| month.map(|Month { year, month }| format!("{year}-{month:02}"));
    let all = [
        ("party", filter.party.clone()),
        ("awaits", filter.awaits.map(|role| role.word().to_owned())),
        ("fund", filter.fund.clone()),
        ("year", filter.year.map(|year| year.to_string())),
        ("submitted", month(filter.submitted_in)),
        ("decided", month(filter.decided_in)),
        ("paid", month(filter.paid_in)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
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
        || !carried(filter).is_empty()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use duixian_casework::people::{Actor, Role, UserId};

    use super::*;
    use crate::csrf::Key;
    use crate::locale::{Lang, Text};
    use crate::page::Site;
    use crate::shell::Shell;

    fn page(query: &str) -> Page {
        let site = Site {
            programme: Text::default(),
            office: Text::default(),
            contact: String::new(),
            demo_today: None,
            https: false,
            key: Key::new([0; 32]),
            log: |_| {},
            public_nav: Vec::new(),
        };
        let mut shell = Shell::sample(Lang::Zh, "/work");
        shell.query = Some(query.to_owned());
        Page::new(Arc::new(site), Arc::new(shell))
    }

    #[test]
    fn a_figure_opens_the_cases_that_it_counts() {
        let actor = Actor::User { id: UserId(1), roles: vec![Role::Leader], desks: vec![], parties: [].into() };
        let viewer = Viewer {
            user: UserId(1),
            name: String::new(),
            login: String::new(),
            actor,
            unread: 0,
            must_change: false,
            token: String::new(),
        };
        let filter = CaseFilter {
            stages: vec![Stage::Paid, Stage::Closed],
            measure: Some("new_firm".to_owned()),
            desk: Some("intake & more".to_owned()),
            party: Some("91520102MA00000001".to_owned()),
            fund: Some("industry_fund".to_owned()),
            year: Some(2019),
            paid_in: Some(Month { year: 2019, month: 3 }),
            submitted_in: Some(Month { year: 2018, month: 12 }),
            overdue: true,
            awaits: Some(Role::Finance),
            ..CaseFilter::default()
        };
        let href = href(&filter);
        let (_, query) = href.split_once('?').expect("a query");
        let read = asked(&page(query), &viewer);
        assert_eq!(CaseFilter { page: 0, per_page: 0, ..read }, filter);
        // The form sends several stages back in one value.
        let kept = format!("view=all&stage={}", stages_word(&filter.stages));
        assert_eq!(asked(&page(&kept), &viewer).stages, filter.stages);
        for query in ["submitted=2019-13", "paid=2019", "decided=x-1", "stage=nothing", "year=9999999999"] {
            assert_eq!(
                CaseFilter { page: 0, per_page: 0, ..asked(&page(query), &viewer) },
                CaseFilter::default(),
                "{query}"
            );
        }
    }
}
