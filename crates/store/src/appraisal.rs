//! What the rules say of a case, and of all a party could apply for: the party's rows as the round froze them, with its
//! statements laid over them, by the pack of the round, beside what is on record of other cases.
//!
//! However large the district, only the party's rows are read, and the cases that a limit counts together with it. Where a
//! measure ranks parties, the ranks are among those who have applied: who does not apply takes no place.

use std::collections::BTreeMap;
use std::sync::Arc;

use duixian_assess::reference::{ClaimKey, ClaimRecord, PartyExplanation};
use duixian_casework::appraisal::{Appraisal, Question, counts, record_of};
use duixian_casework::case::{Assessed, Case, CaseId};
use duixian_casework::dossier::{Dossier, RegistryRow};
use duixian_casework::people::Actor;
use duixian_casework::round::Round;
use duixian_casework::stage::Stage;
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
        let (appraised, _) = look(self, case, &round).await?;
        Ok(appraised)
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
        let registry: Vec<RegistryRow> = rows.iter().map(FactRow::registry).collect();
        let plan = &pack.plan;
        let dossier = Dossier::of(plan, party, &registry, &BTreeMap::new());
        let question = Question::new(plan, &dossier, round.year, round.as_of).map_err(unreadable)?;
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
    let (appraised, keys) = look(tx, case, round).await?;
    tx.keep_keys(case, &keys);
    Ok(appraised.appraisal.assessed)
}

/// What limits count a case by.
pub(crate) async fn keys_of(link: &impl Queries, case: &Case, round: &Round) -> Result<Vec<ClaimKey>, StoreError> {
    let pack = packs::pack(link, round.pack).await?;
    let rows = frozen_rows(link, round, &case.subject.party).await?;
    let registry: Vec<RegistryRow> = rows.iter().map(FactRow::registry).collect();
    let dossier = Dossier::of(&pack.plan, &case.subject.party, &registry, &case.statements);
    let question = Question::new(&pack.plan, &dossier, round.year, round.as_of).map_err(unreadable)?;
    Ok(question.keys(&case.subject))
}

async fn look(link: &impl Queries, case: &Case, round: &Round) -> Result<(Appraised, Vec<ClaimKey>), StoreError> {
    let pack = packs::pack(link, round.pack).await?;
    let rows = frozen_rows(link, round, &case.subject.party).await?;
    let registry: Vec<RegistryRow> = rows.iter().map(FactRow::registry).collect();
    let plan = &pack.plan;
    let dossier = Dossier::of(plan, &case.subject.party, &registry, &case.statements);
    let question = Question::new(plan, &dossier, round.year, round.as_of).map_err(unreadable)?;
    let keys = question.keys(&case.subject);
    let records = records_sharing(link, &case.subject.measure, &keys, round, Some(case.id)).await?;
    let now = link.shared().clock.now();
    let appraisal = question.appraise(&case.subject, &records, now).ok_or_else(|| {
        StoreError::corrupt(format!("case/{}", case.id.0), format!("no measure “{}” in its pack", case.subject.measure))
    })?;
    let appraisal = match rows::granted_before(link, case).await? {
        Some(number) => appraisal.granted_already(&number),
        None => appraisal,
    };
    let rows = Arc::unwrap_or_clone(rows);
    Ok((Appraised { round: round.clone(), rows, dossier, appraisal, pack }, keys))
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
