//! Cases against the events that the journal has of them, their rows' columns against the cases, and what stands beside them.

use std::collections::HashMap;

use duixian_casework::case::{Case, CaseId};
use duixian_casework::event::{Event, What};
use duixian_casework::people::UserId;

use super::beside::Beside;
use super::{Broken, Held, broken};
use crate::cases::Scene;
use crate::cases::rows;
use crate::db::{Queries, Snapshot, values};
use crate::error::StoreError;
use crate::journal::Entry;

/// How many cases are looked at together.
const CASES: i64 = 200;

/// Every case made anew from its events.
pub(super) async fn check(snapshot: &Snapshot, opened: i64, held: &mut Vec<Held>) -> Result<i64, Broken> {
    let columns = rows::told_columns().collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT {columns}, data FROM cases WHERE id > $1 ORDER BY id LIMIT {CASES}");
    let mut last = 0;
    let mut checked = 0;
    let mut beside = Beside::of(snapshot).await?;
    loop {
        let rows = snapshot.all(&sql, values![last]).await?;
        let Some(end) = rows.last().map(|row| row.int("id")).transpose()? else { break };
        let subjects: Vec<String> = rows
            .iter()
            .map(|row| Ok(format!("'{}'", rows::subject_of(CaseId(row.int("id")?)))))
            .collect::<Result<_, StoreError>>()?;
        let mut replayed = replay(snapshot, &subjects, &mut beside).await?;
        let mut ids = Vec::with_capacity(rows.len());
        for row in &rows {
            let case: Case = row.json("data")?;
            let subject = rows::subject_of(CaseId(row.int("id")?));
            let Some((seq, replay)) = replayed.remove(&subject) else {
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
            beside.note_end(&case);
            ids.push(case.id.0);
            checked += 1;
        }
        beside.check(snapshot, &ids).await?;
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
    Ok(checked)
}

/// What the events of some cases make of them, by subject, with the number of the last.
async fn replay(
    snapshot: &Snapshot,
    subjects: &[String],
    beside: &mut Beside,
) -> Result<HashMap<String, (i64, Option<Case>)>, Broken> {
    let sql = format!(
        "SELECT {} FROM journal WHERE subject IN ({}) ORDER BY subject, seq",
        Entry::COLUMNS,
        subjects.join(", ")
    );
    let mut replayed = HashMap::<String, (i64, Option<Case>)>::new();
    for row in snapshot.all(&sql, vec![]).await? {
        let entry = Entry::of(&row)?;
        let slot = replayed.entry(entry.subject.clone()).or_insert((entry.seq, None));
        let case = step(slot.1.take(), &entry)?;
        beside.note(&entry, &case);
        slot.1 = Some(case);
        slot.0 = entry.seq;
    }
    Ok(replayed)
}

/// What an entry makes of a case.
pub(crate) fn step(case: Option<Case>, entry: &Entry) -> Result<Case, Broken> {
    let Ok(what) = serde_json::from_str::<What>(&entry.body) else {
        return broken(entry.seq, "事件内容无法读取", "its event can't be read");
    };
    match (case, what) {
        (None, What::Opened(subject)) => {
            let id = entry.subject.strip_prefix("case/").and_then(|id| id.parse().ok()).unwrap_or(0);
            Ok(Case::open(CaseId(id), subject, entry.actor.unwrap_or(UserId(0)), entry.at))
        }
        (Some(mut case), what) => {
            case.apply(&Event { at: entry.at, by: entry.actor, what });
            Ok(case)
        }
        (None, _) => broken(entry.seq, "事件之前没有立件", "its case was never opened"),
    }
}
