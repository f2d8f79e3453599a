//! The objections to what was decided: those that wait for an answer, and those that were answered, by the journal.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use duixian_casework::case::{Case, CaseId, Objection};
use duixian_casework::event::What;
use duixian_casework::people::Actor;
use duixian_casework::stage::Stage;

use crate::cases::{Scene, left, may_see, rows};
use crate::db::{Queries, Store, Value, all_among};
use crate::error::StoreError;
use crate::page::{Page, window};

/// Which objections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Objections {
    /// Those that wait for an answer.
    #[default]
    Open,
    /// Those that were answered, the last answer first.
    Answered,
    /// Both, in that order.
    All,
}

/// An objection, with the case it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objected {
    /// The case, as it stands now.
    pub case: Case,
    /// The name of its party.
    pub party_name: String,
    /// The objection, with its answer.
    pub objection: Objection,
    /// By when it is, or was, to be answered.
    pub due: NaiveDate,
    /// The name of who has answered it; none where nobody has.
    pub answered_by: Option<String>,
}

impl Store {
    /// One page of objections, those first that are due first.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for who may not look at cases at all.
    pub async fn objections(
        &self,
        actor: &Actor,
        which: Objections,
        (page, per_page): (u64, u64),
    ) -> Result<Page<Objected>, StoreError> {
        let snapshot = self.snapshot().await?;
        page_of(&snapshot, actor, which, (page, per_page)).await
    }

    /// All of them, as they are at one moment.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for who may not look at cases at all.
    pub async fn all_objections(&self, actor: &Actor, which: Objections) -> Result<Vec<Objected>, StoreError> {
        let snapshot = self.snapshot().await?;
        Ok(page_of(&snapshot, actor, which, (1, i64::MAX.unsigned_abs())).await?.rows)
    }
}

async fn page_of(
    link: &impl Queries,
    actor: &Actor,
    which: Objections,
    (page, per_page): (u64, u64),
) -> Result<Page<Objected>, StoreError> {
    let is_official = matches!(actor, Actor::User { roles, .. } if roles.iter().any(|role| role.is_official()));
    if !is_official {
        return Err(StoreError::Denied);
    }
    let open = if which == Objections::Answered { Vec::new() } else { open(link, actor).await? };
    let sql = "SELECT COUNT(*) AS n FROM journal WHERE kind = 'case.objection_answered'";
    let answered = match which {
        Objections::Open => 0,
        _ => link.one(sql, vec![]).await?.map_or(Ok(0), |row| row.int("n"))?.unsigned_abs(),
    };
    let waiting = open.len() as u64;
    let (page, offset) = window(page, per_page, waiting + answered);
    let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
    let mut rows: Vec<Objected> =
        open.into_iter().skip(skipped).take(usize::try_from(per_page).unwrap_or(usize::MAX)).collect();
    let more = per_page.saturating_sub(rows.len() as u64);
    if answered > 0 && more > 0 {
        rows.extend(answers(link, (more, offset.saturating_sub(waiting))).await?);
    }
    Ok(Page { rows, total: waiting + answered, page, per_page })
}

/// Those that wait: as few as notices are objected to at a time.
async fn open(link: &impl Queries, actor: &Actor) -> Result<Vec<Objected>, StoreError> {
    let sql = format!("SELECT data, party_name FROM cases WHERE stage = '{}'", Stage::Objection.word());
    let mut found = Vec::new();
    for row in link.all(&sql, vec![]).await? {
        let (case, party_name): (Case, String) = (row.json("data")?, row.text("party_name")?);
        if may_see(actor, &case) {
            for objection in case.open_objections() {
                found.push(Objected {
                    due: due(link, &case, objection).await?,
                    case: case.clone(),
                    party_name: party_name.clone(),
                    objection: objection.clone(),
                    answered_by: None,
                });
            }
        }
    }
    found.sort_by_key(|one| (one.due, one.case.id, one.objection.id));
    Ok(found)
}

/// By when an objection is to be answered.
async fn due(link: &impl Queries, case: &Case, objection: &Objection) -> Result<NaiveDate, StoreError> {
    if let Some(due) = objection.due {
        return Ok(due);
    }
    let scene = Scene::around(link, case).await?;
    Ok(scene.with_context(objection.at, |context| context.objection_due(objection)))
}

async fn answers(link: &impl Queries, (most, offset): (u64, u64)) -> Result<Vec<Objected>, StoreError> {
    let sql = format!(
        "SELECT j.subject, j.body, u.name FROM journal j LEFT JOIN users u ON u.id = j.actor \
         WHERE j.kind = 'case.objection_answered' ORDER BY j.seq DESC LIMIT {most} OFFSET {offset}"
    );
    let entries = link.all(&sql, vec![]).await?;
    let ids = entries.iter().filter_map(|row| row.text("subject").ok().and_then(|subject| rows::id_of(&subject)));
    let ids: BTreeSet<i64> = ids.map(|id| id.0).collect();
    let sql = "SELECT id, data, party_name FROM cases WHERE id IN ({})";
    let mut cases = BTreeMap::<CaseId, (Case, String)>::new();
    for row in all_among(link, sql, vec![], ids.into_iter().map(Value::from).collect()).await? {
        cases.insert(CaseId(row.int("id")?), (row.json("data")?, row.text("party_name")?));
    }
    let mut found = Vec::new();
    for row in entries {
        let subject = row.text("subject")?;
        let wrong = |why: &str| StoreError::corrupt(subject.clone(), why);
        let (What::ObjectionAnswered { id, .. }, _) = left::read(&row.text("body")?)? else {
            return Err(wrong("its entry answers no objection"));
        };
        let case = rows::id_of(&subject).and_then(|id| cases.get(&id)).ok_or_else(|| wrong("there is no such case"))?;
        let (case, party_name) = case.clone();
        let objection = case.objections.iter().find(|objection| objection.id == id).cloned();
        let objection = objection.ok_or_else(|| wrong("the objection that was answered is gone"))?;
        let due = due(link, &case, &objection).await?;
        found.push(Objected { case, party_name, objection, due, answered_by: row.opt_text("name")? });
    }
    Ok(found)
}
