//! What the cases of a list come to, by stage and by desk: each figure with the list that it opens.

use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_store::cases::{CaseCounts, CaseFilter, Count};

use crate::casefile::stages;
use crate::locale::Text;
use crate::page::Page;

use super::rows::{Names, sum};

/// A count that is a filter.
pub struct Chip {
    /// The list that it opens; of the one that is chosen the list without it.
    pub href: String,
    /// Which stage or desk.
    pub text: Text,
    /// How many cases that list has.
    pub cases: u64,
    /// How many of them are overdue.
    pub overdue: u64,
    /// What was decided of them.
    pub amount: Fen,
    /// Whether it is chosen.
    pub is_current: bool,
}

/// What the cases of the list come to.
pub struct Headline {
    /// How many.
    pub cases: u64,
    /// How many of them are overdue.
    pub overdue: u64,
    /// What was decided of them, and has its money.
    pub decided: Fen,
    /// Decided, but without the money so far.
    pub queued: Fen,
}

impl Headline {
    /// Of what a filter takes.
    pub fn of(taken: &CaseCounts) -> Headline {
        let all = &taken.by_stage;
        Headline {
            cases: all.iter().map(|count| count.cases).sum(),
            overdue: all.iter().map(|count| count.overdue).sum(),
            decided: sum(all.iter().filter(|count| count.of != Stage::Queued).map(|count| count.amount)),
            queued: sum(all.iter().filter(|count| count.of == Stage::Queued).map(|count| count.amount)),
        }
    }
}

/// The stages beside a list.
pub fn of_stages(page: &Page, beside: &CaseCounts, filter: &CaseFilter) -> Vec<Chip> {
    let mut counts = beside.by_stage.clone();
    if let [stage] = filter.stages[..] {
        keep(&mut counts, stage);
    }
    let chip = |count: &Count<Stage>| {
        let is_current = filter.stages == [count.of];
        chip(page, ("stage", count.of.word()), stages::label(count.of), count, is_current)
    };
    counts.iter().map(chip).collect()
}

/// The desks beside a list; none where there is nothing to choose.
pub fn of_desks(page: &Page, beside: &CaseCounts, filter: &CaseFilter, names: &Names) -> Vec<Chip> {
    let mut counts: Vec<Count<String>> = beside.by_desk.iter().filter(|count| !count.of.is_empty()).cloned().collect();
    match &filter.desk {
        Some(desk) => keep(&mut counts, desk.clone()),
        None if counts.len() < 2 => return Vec::new(),
        None => {}
    }
    let chip = |count: &Count<String>| {
        let is_current = filter.desk.as_ref() == Some(&count.of);
        chip(page, ("desk", &count.of), names.desk(&count.of), count, is_current)
    };
    counts.iter().map(chip).collect()
}

/// What is chosen stays in sight, to be let go of again, where it takes no case.
fn keep<T: PartialEq>(counts: &mut Vec<Count<T>>, of: T) {
    if !counts.iter().any(|count| count.of == of) {
        counts.push(Count { of, cases: 0, overdue: 0, amount: Fen(0) });
    }
}

fn chip<T>(page: &Page, (key, word): (&str, &str), text: Text, count: &Count<T>, is_current: bool) -> Chip {
    let word = if is_current { "" } else { word };
    Chip {
        href: page.href_with(&[(key, word), ("page", "")]),
        text,
        cases: count.cases,
        overdue: count.overdue,
        amount: count.amount,
        is_current,
    }
}
