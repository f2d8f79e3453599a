//! Cases against the events that the journal has of them, their rows' columns against the cases, and what stands beside them.

use std::collections::{BTreeSet, HashMap};

use duixian_casework::case::{Case, CaseId};
use duixian_casework::event::{Event, What};
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;

use super::beside::Beside;
use super::notes::Notes;
use super::numbers::Numbers;
use super::table::Table;
use super::{Broken, Held, broken, names};
use crate::cases::Scene;
use crate::cases::left::{self, Left};
use crate::cases::rows;
use crate::db::{Queries, Snapshot, values};
use crate::error::StoreError;
use crate::journal::Entry;

const CASES_TABLE: Table = Table { name: "cases", zh: "案件", en: "cases" };

/// How many cases are looked at together.
const CASES: i64 = 200;

/// Every case made anew from its events; `told` are the messages that were left about no case.
pub(super) async fn check(
    snapshot: &Snapshot,
    opened: i64,
    told: Vec<(i64, String)>,
    numbers: &mut Numbers,
    held: &mut Vec<Held>,
) -> Result<i64, Broken> {
    let columns = rows::told_columns().collect::<Vec<_>>().join(", ");
    let sql =
        format!("SELECT {columns}, updated_at, party_name, data FROM cases WHERE id > $1 ORDER BY id LIMIT {CASES}");
    let mut last = 0;
    let mut checked = 0;
    let mut beside = Beside::of(snapshot).await?;
    let mut notes = Notes::default();
    loop {
        let rows = snapshot.all(&sql, values![last]).await?;
        let Some(end) = rows.last().map(|row| row.int("id")).transpose()? else { break };
        let subjects: Vec<String> = rows
            .iter()
            .map(|row| Ok(format!("'{}'", rows::subject_of(CaseId(row.int("id")?)))))
            .collect::<Result<_, StoreError>>()?;
        let mut replayed = replay(snapshot, &subjects, &mut beside, &mut notes).await?;
        let mut ids = Vec::with_capacity(rows.len());
        let mut called = Vec::with_capacity(rows.len());
        for row in &rows {
            let case: Case = row.json("data")?;
            let subject = rows::subject_of(CaseId(row.int("id")?));
            let Some(Replayed { seq, at, case: replay }) = replayed.remove(&subject) else {
                return broken(0, format!("{subject} 没有事件"), format!("{subject} has no events"));
            };
            if replay.as_ref() != Some(&case) {
                return broken(
                    seq,
                    format!("{subject} 的记录与事件重演的结果不符"),
                    format!("the record of {subject} is not what its events make of it"),
                );
            }
            let scene = Scene::around(snapshot, &case).await?;
            if let Some(column) = rows::strange_column(row, &case, &scene)? {
                return broken(
                    seq,
                    format!("{subject} 的 {column} 栏与记录不符"),
                    format!("the column {column} of {subject} is not what its record says"),
                );
            }
            let written = row.int("updated_at")?;
            if written != at.0 {
                return CASES_TABLE.differs(seq, &subject, "updated_at", &at.0.to_string(), &written.to_string());
            }
            beside.note_end(&case);
            case.number.iter().for_each(|number| numbers.note_case(number));
            ids.push(case.id.0);
            called.push((seq, case.subject.party, row.text("party_name")?));
            checked += 1;
        }
        beside.check(snapshot, &ids).await?;
        notes.check(snapshot, &ids).await?;
        check_names(snapshot, &called).await?;
        last = end;
    }
    if checked != opened {
        return broken(
            0,
            format!("日志里有 {opened} 件，库里有 {checked} 件"),
            format!("the journal has opened {opened} cases, and there are {checked}"),
        );
    }
    beside.end(snapshot, held).await?;
    notes.check_told(snapshot, told).await?;
    notes.end(snapshot, held).await?;
    Ok(checked)
}

/// That every case has one of the names that its party ever had.
async fn check_names(snapshot: &Snapshot, called: &[(i64, String, String)]) -> Result<(), Broken> {
    let ever =
        names::ever(snapshot, &called.iter().map(|(_, party, _)| party.as_str()).collect::<BTreeSet<_>>()).await?;
    for (seq, party, name) in called {
        let names = ever.get(party);
        if !names.is_some_and(|names| names.contains(name)) {
            let told: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
            return CASES_TABLE.differs(*seq, party, "party_name", &told.join(" / "), name);
        }
    }
    Ok(())
}

/// A case as its events have made it so far.
struct Replayed {
    /// The last of them, and when it was.
    seq: i64,
    at: Moment,
    case: Option<Case>,
}

/// What the events of some cases make of them, by subject.
async fn replay(
    snapshot: &Snapshot,
    subjects: &[String],
    beside: &mut Beside,
    notes: &mut Notes,
) -> Result<HashMap<String, Replayed>, Broken> {
    let sql = format!(
        "SELECT {} FROM journal WHERE subject IN ({}) ORDER BY subject, seq",
        Entry::COLUMNS,
        subjects.join(", ")
    );
    let mut replayed = HashMap::<String, Replayed>::new();
    for row in snapshot.all(&sql, vec![]).await? {
        let entry = Entry::of(&row)?;
        let (event, left) = read(&entry)?;
        let slot = replayed.entry(entry.subject.clone()).or_insert(Replayed { seq: 0, at: entry.at, case: None });
        let case = after(slot.case.take(), &entry, &event)?;
        beside.note(&entry, &case, &left);
        notes.note(&entry, &event, &case, &left);
        *slot = Replayed { seq: entry.seq, at: entry.at, case: Some(case) };
    }
    Ok(replayed)
}

/// What an entry makes of a case.
pub(crate) fn step(case: Option<Case>, entry: &Entry) -> Result<Case, Broken> {
    let (event, _) = read(entry)?;
    after(case, entry, &event)
}

/// The event of an entry, with the hashes of what it has left.
pub(super) fn read(entry: &Entry) -> Result<(Event, Left), Broken> {
    match left::read(&entry.body) {
        Ok((what, left)) => Ok((Event { at: entry.at, by: entry.actor, what }, left)),
        Err(_) => broken(entry.seq, "事件内容无法读取", "its event can't be read"),
    }
}

/// What an event makes of a case.
pub(super) fn after(case: Option<Case>, entry: &Entry, event: &Event) -> Result<Case, Broken> {
    match (case, &event.what) {
        (None, What::Opened(subject)) => {
            let id = entry.subject.strip_prefix("case/").and_then(|id| id.parse().ok()).unwrap_or(0);
            Ok(Case::open(CaseId(id), subject.clone(), entry.actor.unwrap_or(UserId(0)), entry.at))
        }
        (Some(mut case), _) => {
            case.apply(event);
            Ok(case)
        }
        (None, _) => broken(entry.seq, "事件之前没有立件", "its case was never opened"),
    }
}
