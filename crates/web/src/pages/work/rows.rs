//! What lists of cases need beside the rows: names of measures, desks, rounds and people.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::NaiveDate;
use duixian_casework::calendar::Calendar;
use duixian_casework::people::UserId;
use duixian_money::{Fen, Span};
use duixian_rules::pack::Pack;
use duixian_store::Store;
use duixian_store::cases::CaseRow;
use duixian_store::people::User;

use crate::casefile::cells;
use crate::format;
use crate::locale::Text;
use crate::problem::Problem;
use crate::ui::Deadline;

/// Names by what stands in rows.
#[derive(Default)]
pub struct Names {
    /// Measures, in the order of the newest pack.
    pub measures: Vec<(String, Text)>,
    /// Desks, in the order of the newest pack.
    pub desks: Vec<(String, Text)>,
    /// Funds.
    pub funds: Vec<(String, Text)>,
    /// Rounds, the newest first.
    pub rounds: Vec<(i64, String)>,
    people: HashMap<UserId, Text>,
}

impl Names {
    /// Of the current pack, and of all rounds and their packs.
    pub async fn load(store: &Store) -> Result<Names, Problem> {
        let mut names = Names::default();
        let mut packs: Vec<i64> = Vec::new();
        if let Some((id, pack)) = store.current_pack().await? {
            packs.push(id);
            names.learn(&pack);
        }
        for round in store.rounds().await? {
            if !packs.contains(&round.pack) {
                packs.push(round.pack);
                names.learn(&*store.pack(round.pack).await?);
            }
            names.rounds.push((round.id, round.name));
        }
        Ok(names)
    }

    fn learn(&mut self, pack: &Pack) {
        let plan = &pack.plan;
        let lists = [
            (&mut self.measures, plan.measures.iter().map(|one| &one.name).collect::<Vec<_>>()),
            (&mut self.desks, plan.desks.iter().map(|one| &one.name).collect()),
            (&mut self.funds, plan.funds.iter().map(|one| &one.name).collect()),
        ];
        for (known, fresh) in lists {
            for name in fresh {
                if !known.iter().any(|(en, _)| *en == name.en) {
                    known.push((name.en.clone(), cells::name(name)));
                }
            }
        }
    }

    /// The people who have taken up these cases.
    pub async fn meet(&mut self, store: &Store, rows: &[CaseRow]) -> Result<(), Problem> {
        for user in rows.iter().filter_map(|row| row.assignee) {
            if let Entry::Vacant(place) = self.people.entry(user) {
                place.insert(called(&store.user(user).await?));
            }
        }
        Ok(())
    }

    /// A measure's name.
    pub fn measure(&self, en: &str) -> Text {
        named(&self.measures, en)
    }

    /// A desk's name.
    pub fn desk(&self, en: &str) -> Text {
        named(&self.desks, en)
    }

    /// A fund's name.
    pub fn fund(&self, en: &str) -> Text {
        named(&self.funds, en)
    }

    /// A round's name.
    pub fn round(&self, id: i64) -> String {
        self.rounds.iter().find(|(known, _)| *known == id).map_or_else(|| id.to_string(), |(_, name)| name.clone())
    }

    /// Someone's name.
    pub fn person(&self, user: Option<UserId>) -> Text {
        let unknown = |user: UserId| Text::same(format!("#{}", user.0));
        user.map_or_else(Text::default, |user| self.people.get(&user).cloned().unwrap_or_else(|| unknown(user)))
    }
}

/// Someone's name, with a mark on whoever may not sign in any more: what they have taken up waits for the others.
pub fn called(user: &User) -> Text {
    match user.active {
        true => Text::same(user.name.clone()),
        false => Text::new(format!("{}（已停用）", user.name), format!("{} (deactivated)", user.name)),
    }
}

fn named(names: &[(String, Text)], en: &str) -> Text {
    names.iter().find(|(known, _)| known == en).map_or_else(|| Text::same(en.to_owned()), |(_, name)| name.clone())
}

/// Until when whoever has it must be done; of one on hold as it stood when it was put there.
pub fn deadline(row: &CaseRow, calendar: &Calendar, today: NaiveDate) -> Option<Deadline> {
    Some(Deadline::standing(calendar, today, row.due?, row.left_on_hold))
}

/// What a row's rules give; none before it was assessed, or where they give nothing.
pub fn span(row: &CaseRow) -> Option<Span> {
    row.low.map(|low| Span { low, high: row.high })
}

/// What the rules give as a column of figures says it, to the fen and without a unit; empty where they give nothing.
pub fn span_figures(row: &CaseRow) -> Text {
    let Some(span) = span(row) else { return Text::default() };
    let low = format::yuan_exact(span.low);
    match span.high {
        Some(high) if high == span.low => Text::same(low),
        Some(high) if span.low == Fen(0) => {
            let high = format::yuan_exact(high);
            Text::new(format!("至多 {high}"), format!("up to {high}"))
        }
        Some(high) => Text::same(format!("{low}–{}", format::yuan_exact(high))),
        None if span.low == Fen(0) => ("文件没有写明", "not in the text").into(),
        None => Text::new(format!("至少 {low}"), format!("at least {low}")),
    }
}

/// The sum of amounts.
pub fn sum(amounts: impl Iterator<Item = Fen>) -> Fen {
    Fen(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
}
