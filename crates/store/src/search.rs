//! Looking things up: the journal by subject, kind, person and time; batches by number; cases and what funds were given and gave back
//! by an amount; delegations by user, party and whether they hold.

use duixian_casework::account::number_key;
use duixian_casework::batch::Batch;
use duixian_casework::case::CaseId;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_ledger::Transfer;
use duixian_money::Fen;
use duixian_text::half_width;

use crate::access::needs;
use crate::db::{Queries, Store, Value, values};
use crate::error::StoreError;
use crate::facts::like;
use crate::figures::READING;
use crate::funds::book;
use crate::journal::Entry;
use crate::numbers::{batch_number_meant, case_number_meant};
use crate::page::{Page, window};
use crate::people::{DELEGATION, DELEGATIONS, Delegation, delegation};

/// Which entries of the journal. An empty filter takes all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// About one of these: `case/12`, `transfer/7`; about anything if empty. At most five hundred are looked at.
    pub subjects: Vec<String>,
    /// Of this kind (`case.decided`), or of all kinds that begin so (`case.`).
    pub kind: Option<String>,
    /// All but signing in and out, which are most entries of a quiet day.
    pub without_sessions: bool,
    /// By this user.
    pub actor: Option<UserId>,
    /// By nobody who is signed in: the public, time, the system.
    pub by_nobody: bool,
    /// From this moment on.
    pub from: Option<Moment>,
    /// Before this moment.
    pub before: Option<Moment>,
    /// Which page, from 1; 0 counts as 1.
    pub page: u64,
    /// How many a page holds, at most 1000; 0 stands for 50.
    pub per_page: u64,
}

/// Which delegations. An empty filter takes all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DelegationFilter {
    /// With this in the user's name or login, the party's code or name.
    pub text: Option<String>,
    /// Only those that hold now.
    pub holding: bool,
    /// Which page, from 1; 0 counts as 1.
    pub page: u64,
    /// How many a page holds, at most 1000; 0 stands for 50.
    pub per_page: u64,
}

/// A condition that grows, with the values of its placeholders.
#[derive(Default)]
struct Condition {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Condition {
    fn place(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn add(&mut self, part: String) {
        self.parts.push(part);
    }

    fn sql(&self) -> String {
        if self.parts.is_empty() { "1 = 1".to_owned() } else { self.parts.join(" AND ") }
    }
}

/// How many rows a page has.
fn rows_on_a_page(asked: u64) -> u64 {
    if asked == 0 { 50 } else { asked.min(1000) }
}

/// The longest text that is searched for, in characters: longer than any name. What is more is cut, as databases take no
/// pattern of any length.
pub const LONGEST_SEARCHED: usize = 200;

/// A text as it is searched for; none where there is nothing in it.
pub(crate) fn searched(text: Option<&str>) -> Option<&str> {
    let text = text?.trim();
    let end = text.char_indices().nth(LONGEST_SEARCHED).map_or(text.len(), |(end, _)| end);
    Some(text[..end].trim_end()).filter(|text| !text.is_empty())
}

/// The ways in which a text that is searched for may stand on record: as it was typed, with half-width letters and digits, as
/// numbers are written, and with their brackets. None where there is nothing in it.
pub(crate) fn ways(text: Option<&str>) -> Vec<String> {
    let mut ways: Vec<String> = Vec::new();
    if let Some(text) = searched(text) {
        for way in [text.to_owned(), half_width(text), in_brackets(text)].into_iter().chain(case_number_meant(text)) {
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    }
    ways
}

/// How many words of a text are searched for one by one; the rest is looked at as part of the whole alone.
const MOST_WORDS: usize = 8;

/// The condition that a text is held, in whichever way it may stand on record: as a whole or, of several words, each of them
/// somewhere. `holds` says where one way of it is looked for. None where there is nothing in it.
pub(crate) fn holding(text: Option<&str>, mut holds: impl FnMut(&str) -> String) -> Option<String> {
    let whole = searched(text)?;
    let mut somewhere = |part: &str| {
        let held: Vec<String> = ways(Some(part)).iter().map(|way| holds(way)).collect();
        format!("({})", held.join(" OR "))
    };
    let held = somewhere(whole);
    let words: Vec<&str> = whole.split_whitespace().take(MOST_WORDS).collect();
    if words.len() < 2 {
        return Some(held);
    }
    let each: Vec<String> = words.into_iter().map(somewhere).collect();
    Some(format!("({held} OR ({}))", each.join(" AND ")))
}

/// The same with the brackets of official numbers, which few keyboards have, in place of others: `兑[2019]000008号`.
fn in_brackets(text: &str) -> String {
    let bracket = |one: char| match one {
        '[' | '(' | '（' | '【' => '〔',
        ']' | ')' | '）' | '】' => '〕',
        other => other,
    };
    half_width(text).chars().map(bracket).collect()
}

impl Store {
    /// The cases that money goes to an account for, or was to, by its number in whatever groups: auditors follow it there.
    ///
    /// # Errors
    /// [`StoreError::Denied`] to whoever is no auditor.
    pub async fn cases_by_account(&self, actor: &Actor, number: &str) -> Result<Vec<CaseId>, StoreError> {
        needs(actor, &[Role::Auditor])?;
        let sql = "SELECT u.case_id FROM account_uses u JOIN cases c ON c.id = u.case_id \
                   WHERE u.number = $1 AND c.number IS NOT NULL ORDER BY u.case_id";
        let rows = self.all(sql, values![number_key(number)]).await?;
        rows.iter().map(|row| row.int("case_id").map(CaseId)).collect()
    }

    /// The payment batch of a number, however that is written; none where no batch has it.
    pub async fn batch_by_number(&self, text: &str) -> Result<Option<Batch>, StoreError> {
        let Some(number) = batch_number_meant(text) else { return Ok(None) };
        let row = self.one("SELECT data FROM batches WHERE number = $1", values![number]).await?;
        row.map(|row| row.json("data")).transpose()
    }

    /// Entries of the journal, the newest first.
    pub async fn journal(&self, filter: &JournalFilter) -> Result<Page<Entry>, StoreError> {
        let mut condition = Condition::default();
        if !filter.subjects.is_empty() {
            let places: Vec<String> =
                filter.subjects.iter().take(500).map(|subject| condition.place(subject.as_str())).collect();
            condition.add(format!("subject IN ({})", places.join(", ")));
        }
        if let Some(kind) = searched(filter.kind.as_deref()) {
            let place = condition.place(if kind.ends_with('.') { format!("{}%", like(kind)) } else { like(kind) });
            condition.add(format!("kind LIKE {place} ESCAPE '!'"));
        }
        if filter.without_sessions {
            condition.add("kind NOT IN ('user.signed_in', 'user.signed_out')".to_owned());
        }
        if let Some(actor) = filter.actor {
            let place = condition.place(actor.0);
            condition.add(format!("actor = {place}"));
        }
        if filter.by_nobody {
            condition.add("actor IS NULL".to_owned());
        }
        for (moment, comparison) in [(filter.from, ">="), (filter.before, "<")] {
            if let Some(moment) = moment {
                let place = condition.place(moment.0);
                condition.add(format!("at {comparison} {place}"));
            }
        }
        let per_page = rows_on_a_page(filter.per_page);
        let which = condition.sql();
        let sql = format!("SELECT COUNT(*) AS n FROM journal WHERE {which}");
        let total = self.one(&sql, condition.values.clone()).await?.map_or(Ok(0), |row| row.int("n"))?.unsigned_abs();
        let (page, offset) = window(filter.page, per_page, total);
        let columns = Entry::COLUMNS;
        let sql =
            format!("SELECT {columns} FROM journal WHERE {which} ORDER BY seq DESC LIMIT {per_page} OFFSET {offset}");
        let rows = self.all(&sql, condition.values).await?.iter().map(Entry::of).collect::<Result<_, _>>()?;
        Ok(Page { rows, total, page, per_page })
    }

    /// One entry of the journal.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a number that none has.
    pub async fn journal_entry(&self, seq: i64) -> Result<Entry, StoreError> {
        let sql = format!("SELECT {} FROM journal WHERE seq = $1", Entry::COLUMNS);
        Entry::of(&self.one(&sql, values![seq]).await?.ok_or(StoreError::NotFound)?)
    }

    /// The cases for which just this amount left a fund, is set aside in one, or was decided and waits for money: those paid first, then
    /// the newest. What was set aside and let go again is none of these.
    ///
    /// # Errors
    /// [`StoreError::Denied`] as for [`Store::figures`].
    pub async fn cases_of_amount(&self, actor: &Actor, amount: Fen) -> Result<Vec<CaseId>, StoreError> {
        needs(actor, &READING)?;
        let sql = "SELECT case_id, MAX(is_gone) AS has_left FROM \
                   (SELECT case_id, CASE WHEN kind = 'reserve' THEN 0 ELSE 1 END AS is_gone FROM transfers \
                   WHERE amount = $1 AND case_id IS NOT NULL \
                   AND (kind IN ('post', 'correction') OR kind = 'reserve' AND outcome = 'open') \
                   UNION ALL SELECT id AS case_id, 0 AS is_gone FROM cases WHERE stage = 'queued' AND amount = $1) found \
                   GROUP BY case_id ORDER BY has_left DESC, case_id DESC";
        let rows = self.all(sql, values![amount.0]).await?;
        rows.iter().map(|row| row.int("case_id").map(CaseId)).collect()
    }

    /// The transfers of just this amount that are of no case, the newest first: what funds were given, carried over, gave back or were
    /// advanced.
    ///
    /// # Errors
    /// [`StoreError::Denied`] as for [`Store::figures`].
    pub async fn fund_transfers_of_amount(&self, actor: &Actor, amount: Fen) -> Result<Vec<Transfer>, StoreError> {
        needs(actor, &READING)?;
        let columns = book::TRANSFER;
        let sql = format!("SELECT {columns} FROM transfers WHERE amount = $1 AND case_id IS NULL ORDER BY id DESC");
        self.all(&sql, values![amount.0]).await?.iter().map(book::transfer_of).collect()
    }

    /// Delegations, the newest first.
    pub async fn delegations(&self, filter: &DelegationFilter) -> Result<Page<Delegation>, StoreError> {
        let mut condition = Condition::default();
        let held = holding(filter.text.as_deref(), |way| {
            let place = condition.place(format!("%{}%", like(&way.to_lowercase())));
            format!(
                "LOWER(u.name) LIKE {place} ESCAPE '!' OR u.login LIKE {place} ESCAPE '!' \
                 OR d.party IN (SELECT code FROM parties WHERE search LIKE {place} ESCAPE '!')"
            )
        });
        if let Some(held) = held {
            condition.add(held);
        }
        if filter.holding {
            let now = condition.place(self.now().0);
            condition
                .add(format!("d.revoked_at IS NULL AND d.since <= {now} AND (d.until IS NULL OR d.until > {now})"));
        }
        let per_page = rows_on_a_page(filter.per_page);
        let from = format!("FROM {DELEGATIONS} WHERE {}", condition.sql());
        // To count them nobody need know who took which back.
        let counted = format!("FROM delegations d JOIN users u ON u.id = d.user_id WHERE {}", condition.sql());
        let total = self.one(&format!("SELECT COUNT(*) AS n {counted}"), condition.values.clone()).await?;
        let total = total.map_or(Ok(0), |row| row.int("n"))?.unsigned_abs();
        let (page, offset) = window(filter.page, per_page, total);
        let sql = format!("SELECT {DELEGATION} {from} ORDER BY d.id DESC LIMIT {per_page} OFFSET {offset}");
        let rows = self.all(&sql, condition.values).await?.iter().map(delegation).collect::<Result<_, _>>()?;
        Ok(Page { rows, total, page, per_page })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_words_each_is_looked_for() {
        let held = |text| holding(Some(text), |way| format!("x={way}"));
        assert_eq!(held(" "), None);
        assert_eq!(held("南明"), Some("(x=南明)".to_owned()));
        assert_eq!(held("南明 科技"), Some("((x=南明 科技) OR ((x=南明) AND (x=科技)))".to_owned()));
    }

    #[test]
    fn what_is_searched_for_is_cut_between_characters() {
        assert_eq!(searched(Some("  南明 ")), Some("南明"));
        assert_eq!(searched(Some("  ")), None);
        assert_eq!(searched(None), None);
        assert_eq!(
            ways(Some(" 南明ＺＬ２０１７（甲） ")),
            ["南明ＺＬ２０１７（甲）", "南明ZL2017（甲）", "南明ZL2017〔甲〕"]
        );
        assert_eq!(ways(Some("兑[2019]000008号")).last().map(String::as_str), Some("兑〔2019〕000008号"));
        assert_eq!((ways(Some("ZL2017")), ways(Some(" "))), (vec!["ZL2017".to_owned()], Vec::new()));
        assert_eq!(searched(Some(&"长".repeat(60_000))).map(|text| text.chars().count()), Some(LONGEST_SEARCHED));
    }
}
