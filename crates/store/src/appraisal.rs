//! What the rules say of a case, and of all a party could apply for: the party's rows as the round froze them, with its
//! statements laid over them, by the pack of the round, beside what is on record of other cases.
//!
//! However large the district, only the party's rows are read, and the cases that a limit counts together with it. Where a
//! measure ranks parties, the ranks are among those who have applied: who does not apply takes no place.

use std::collections::BTreeMap;
use std::sync::Arc;

use duixian_assess::reference::{ClaimKey, ClaimRecord, PartyExplanation};
use duixian_casework::appraisal::{Appraisal, Question, counts, record_of};
use duixian_casework::case::{Assessed, Case, CaseId, CellRef, Statement};
use duixian_casework::dossier::Dossier;
use duixian_casework::people::Actor;
use duixian_casework::round::Round;
use duixian_casework::stage::Stage;
use duixian_casework::stated::all_wrong;
use duixian_facts::LoadError;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_rules::plan::FactSlot;
use duixian_rules::vocabulary::Lang;

use crate::cases::{known, rows};
use crate::db::{Queries, Row, Store, values};
use crate::error::StoreError;
use crate::facts::{FactRow, frozen_rows};
use crate::tx::Tx;
use crate::{packs, rounds};

pub(crate) mod limits;

/// What the rules say of a case, with all that a page shows of it.
#[derive(Clone, Debug)]
pub struct Appraised {
    /// The case's round.
    pub round: Round,
    /// The pack of its round.
    pub pack: Arc<Pack>,
    /// The party's rows of the registry, each with its source.
    pub rows: Vec<FactRow>,
    /// The same with what counts of the statements.
    pub dossier: Dossier,
    /// What the rules say.
    pub appraisal: Appraisal,
}

/// All that a party could apply for in a round.
#[derive(Clone, Debug)]
pub struct PartyEntitlements {
    /// The round.
    pub round: Round,
    /// Its pack.
    pub pack: Arc<Pack>,
    /// The party's rows of the registry, each with its source.
    pub rows: Vec<FactRow>,
    /// Measure by measure, as if nothing of it had been applied for yet. Where the party reads it, it is to be given
    /// [`PartyExplanation::for_audience`].
    pub explained: PartyExplanation,
    /// Bases whose rows cannot be read for want of facts: measure (index in the plan), basis, facts.
    pub unread: Vec<(usize, String, Vec<FactSlot>)>,
    /// What the party has applied for already, in this round or another, drafts among them.
    pub cases: Vec<OwnCase>,
}

/// A case of the party, beside what it could apply for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCase {
    /// Its number in the store.
    pub id: CaseId,
    /// Its number for people; none of a draft.
    pub number: Option<String>,
    /// The measure, by English name.
    pub measure: String,
    /// The basis.
    pub basis: String,
    /// The year assessed.
    pub year: i32,
    /// The round.
    pub round: i64,
    /// Where it stands.
    pub stage: Stage,
    /// What was decided.
    pub amount: Option<Fen>,
}

impl Store {
    /// What the rules say of a case at this moment, and why. Whoever calls has asked whether the actor may see it.
    pub async fn appraisal(&self, case: &Case) -> Result<Appraised, StoreError> {
        let round = self.round(case.subject.round).await?;
        look(self, case, &round).await
    }

    /// All that a party could apply for in a round, measure by measure, with why, why not, and what is missing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a party that the actor neither acts for nor may look at as an official.
    pub async fn entitlements(&self, actor: &Actor, round: i64, party: &str) -> Result<PartyEntitlements, StoreError> {
        let is_official = matches!(actor, Actor::User { roles, .. } if roles.iter().any(|role| role.is_official()));
        if !actor.acts_for(party) && !is_official && *actor != Actor::System {
            return Err(StoreError::NotFound);
        }
        let (round, pack) = rounds::round_with_pack(self, round).await?;
        let rows = frozen_rows(self, &round, party).await?;
        if rows.is_empty() {
            return Err(StoreError::NotFound);
        }
        let plan = &pack.plan;
        let dossier = Dossier::of(plan, party, rows.iter().map(FactRow::registry), &BTreeMap::new());
        let question = Question::new(Arc::clone(&pack), dossier, round.year, round.as_of).map_err(unreadable)?;
        let mut records = BTreeMap::new();
        for (measure, keys) in question.all_keys() {
            let name = plan.measures[measure].name.en.as_str();
            records.insert(measure, records_sharing(self, name, &keys, &round, None).await?);
        }
        let found = question.entitlements(&records);
        let sql =
            "SELECT id, number, measure, basis, year, round, stage, amount FROM cases WHERE party = $1 ORDER BY id";
        let cases = self.all(sql, values![party]).await?.iter().map(own_case).collect::<Result<_, _>>()?;
        let (explained, unread) = (found.explained, found.unread);
        let rows = Arc::unwrap_or_clone(rows);
        Ok(PartyEntitlements { round, pack, rows, explained, unread, cases })
    }
}

/// Asks the rules about a case that is to be sent or was looked into, and keeps what the limits will count it by: other
/// cases find it by that from now on.
pub(crate) async fn appraise(tx: &mut Tx, case: &Case, round: &Round) -> Result<Assessed, StoreError> {
    let put = put(tx, case, round).await?;
    assess(tx, case, round, &put).await
}

/// The same of a case that is to be sent, whoever asks for it: refused where something that is stated can't be, or facts that it is asked
/// for are unanswered.
pub(crate) async fn appraise_whole(tx: &mut Tx, case: &Case, round: &Round) -> Result<Assessed, StoreError> {
    let put = put(tx, case, round).await?;
    if let Some(refusal) = all_wrong(&put.question.plan().vocabulary, case, tx.now().day()) {
        return Err(refusal.into());
    }
    if let Some(refusal) = put.question.unanswered(&case.subject).map_err(unreadable)? {
        return Err(refusal.into());
    }
    assess(tx, case, round, &put).await
}

async fn assess(tx: &mut Tx, case: &Case, round: &Round, put: &Put) -> Result<Assessed, StoreError> {
    let appraisal = answer(tx, case, round, put).await?;
    tx.keep_keys(case, &put.keys);
    Ok(appraisal.assessed)
}

async fn look(link: &impl Queries, case: &Case, round: &Round) -> Result<Appraised, StoreError> {
    let pack = packs::pack(link, round.pack).await?;
    let rows = frozen_rows(link, round, &case.subject.party).await?;
    let put = put(link, case, round).await?;
    let appraisal = answer(link, case, round, &put).await?;
    let (round, dossier) = (round.clone(), put.question.dossier().clone());
    Ok(Appraised { round, pack, rows: Arc::unwrap_or_clone(rows), dossier, appraisal })
}

/// A case as it is put to the rules, and what limits count it by. Nothing of it depends on other cases.
#[derive(Debug)]
pub(crate) struct Put {
    question: Question,
    pub(crate) keys: Vec<ClaimKey>,
    /// What it was made of that may change.
    statements: BTreeMap<CellRef, Statement>,
}

impl Put {
    /// Puts a case to the rules of its round's pack, by what the round's facts say of its party.
    pub(crate) fn new(case: &Case, round: &Round, pack: Arc<Pack>, rows: &[FactRow]) -> Result<Put, StoreError> {
        let registry = rows.iter().map(FactRow::registry);
        let dossier = Dossier::of(&pack.plan, &case.subject.party, registry, &case.statements);
        let question = Question::new(pack, dossier, round.year, round.as_of).map_err(unreadable)?;
        let keys = question.keys(&case.subject);
        Ok(Put { question, keys, statements: case.statements.clone() })
    }
}

/// A case as it is put to the rules: as it was read ahead, if nothing was stated or found since.
async fn put(link: &impl Queries, case: &Case, round: &Round) -> Result<Arc<Put>, StoreError> {
    let ahead = link.known().and_then(|known| known.put(case.id));
    if let Some(put) = ahead.filter(|put| put.statements == case.statements) {
        return Ok(put);
    }
    let pack = packs::pack(link, round.pack).await?;
    let rows = frozen_rows(link, round, &case.subject.party).await?;
    Put::new(case, round, pack, &rows).map(Arc::new)
}

/// What the rules say of a case beside the others.
async fn answer(link: &impl Queries, case: &Case, round: &Round, put: &Put) -> Result<Appraisal, StoreError> {
    let records = records_sharing(link, &case.subject.measure, &put.keys, round, Some(case.id)).await?;
    let now = link.shared().clock.now();
    let appraisal = put.question.appraise(&case.subject, &records, now).ok_or_else(|| {
        StoreError::corrupt(format!("case/{}", case.id.0), format!("no measure “{}” in its pack", case.subject.measure))
    })?;
    let plan = put.question.plan();
    Ok(match rows::granted_before(link, plan, &case.subject, Some(case.id)).await? {
        Some(number) => appraisal.granted_already(&number),
        None => appraisal,
    })
}

/// What is on record of other cases of a measure that share one of the keys: what was granted in any round, what is pending
/// in this one.
async fn records_sharing(
    link: &impl Queries,
    measure: &str,
    keys: &[ClaimKey],
    round: &Round,
    but: Option<CaseId>,
) -> Result<Vec<ClaimRecord>, StoreError> {
    let cases = known::sharing(link, measure, keys).await?;
    let others = cases.iter().filter(|case| Some(case.id) != but);
    let record = |case: &Arc<Case>| record_of(case).filter(|record| counts(case, record, round.id, round.year));
    Ok(others.filter_map(record).collect())
}

fn own_case(row: &Row) -> Result<OwnCase, StoreError> {
    let stage = row.text("stage")?;
    Ok(OwnCase {
        id: CaseId(row.int("id")?),
        number: row.opt_text("number")?,
        measure: row.text("measure")?,
        basis: row.text("basis")?,
        year: i32::try_from(row.int("year")?).map_err(|error| StoreError::corrupt("cases.year", error))?,
        round: row.int("round")?,
        stage: Stage::from_word(&stage).ok_or_else(|| StoreError::corrupt("cases.stage", &stage))?,
        amount: row.opt_int("amount")?.map(Fen),
    })
}

fn unreadable(error: LoadError) -> StoreError {
    StoreError::corrupt("facts", error.message(Lang::Zh))
}
