//! What a transaction knows of cases: what the tables had when it began, and beside it what its jobs have written.
//!
//! A job's cases are written to the tables at the transaction's end, together with those of the others. Until then the
//! tables stay as they were, so that what was read of them once holds for all of the transaction, whether it was read
//! ahead or when a job first asked. What a job sees is that with what was written since laid over it; a refused job's part is
//! cut off again, and nothing else remembers it.
//!
//! The next transaction goes on from there, as long as nobody else has moved the journal's head: who drafts a case and sends it is
//! at the same case all the time, and a measure that ranks all who apply looks at all of them each time.
//!
//! Whoever asks the tables about cases by a statement of their own, within a transaction, must have what was written put
//! there first ([`Tx::put_down`](crate::tx::Tx::put_down)).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use duixian_assess::reference::ClaimKey;
use duixian_casework::case::{Case, CaseId, Subject};
use duixian_casework::stage::Stage;
use duixian_text::folded;
use sha2::{Digest, Sha256};

use crate::appraisal::Put;
use crate::cases::rows;
use crate::db::{Queries, Row, Value, all_among, among, values};
use crate::error::StoreError;
use crate::late::{Insert, Target};
use crate::link::Link;
use crate::once::hex;
use crate::together::{Question, ask};

/// See the module.
#[derive(Default)]
pub(crate) struct Known {
    tables: Mutex<Tables>,
    /// Cases as they were written, the oldest first.
    written: Vec<Written>,
    /// By what limits count cases together, as it was written.
    keyed: Vec<Keyed>,
    /// How much of both has been put down in the tables already.
    down: Length,
    /// Cases as they were put to the rules ahead.
    put: HashMap<CaseId, Arc<Put>>,
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Length {
    written: usize,
    keyed: usize,
}

/// What the tables have, as far as it was asked for.
#[derive(Default)]
struct Tables {
    cases: HashMap<CaseId, Option<Arc<Case>>>,
    siblings: HashMap<Basis, BTreeMap<CaseId, Sibling>>,
    sharing: HashMap<Sharing, BTreeSet<CaseId>>,
}

impl Tables {
    /// Takes note that a case counts by a key, where it is known which do.
    fn count(&mut self, measure: String, key: ClaimKey, case: CaseId) {
        if let Some(sharing) = self.sharing.get_mut(&(measure, key)) {
            sharing.insert(case);
        }
    }
}

/// The most that is remembered of each from one transaction to the next. A case takes some kilobytes.
const MOST: usize = 4096;

/// What is applied for, in whatever round: the number by the key that all ways of writing it have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Basis {
    pub(crate) party: String,
    pub(crate) measure: String,
    pub(crate) basis: String,
}

/// A measure and what its limits count by.
pub(crate) type Sharing = (String, ClaimKey);

struct Written {
    case: Arc<Case>,
    row: Vec<Value>,
}

struct Keyed {
    case: CaseId,
    measure: String,
    keys: Vec<ClaimKey>,
    /// Whether there may be others in the table.
    is_anew: bool,
}

/// One of the cases about the same basis, in whatever round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sibling {
    pub(crate) id: CaseId,
    pub(crate) number: Option<String>,
    pub(crate) stage: Stage,
    pub(crate) year: i32,
    pub(crate) round: i64,
    pub(crate) is_decided: bool,
}

/// What is to be put down in the tables.
pub(crate) struct Pending {
    /// Rows of `cases`, one of each case.
    pub(crate) cases: Vec<Vec<Value>>,
    /// Rows of `case_keys`, and the cases whose others go.
    pub(crate) keys: Vec<Vec<Value>>,
    pub(crate) anew: Vec<Value>,
}

impl Known {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known once all that was written is in the tables: a case, and wherever it is found.
    pub(crate) fn committed(self) -> Known {
        let mut tables = self.tables.into_inner().unwrap_or_else(PoisonError::into_inner);
        for Written { case, .. } in self.written {
            let (measure, party) = (case.subject.measure.clone(), case.subject.party.clone());
            if let Some(siblings) = tables.siblings.get_mut(&Basis::of(&case.subject)) {
                siblings.insert(case.id, Sibling::of(&case));
            }
            for key in [ClaimKey::All, ClaimKey::Party(party)] {
                tables.count(measure.clone(), key, case.id);
            }
            tables.cases.insert(case.id, Some(case));
        }
        for Keyed { case, measure, keys, is_anew } in self.keyed {
            if is_anew {
                let is_text = |key: &ClaimKey| matches!(key, ClaimKey::Text { .. });
                let others = tables.sharing.iter_mut().filter(|((of, key), _)| *of == measure && is_text(key));
                for (_, sharing) in others {
                    sharing.remove(&case);
                }
            }
            for key in keys {
                tables.count(measure.clone(), key, case);
            }
        }
        if tables.cases.len().max(tables.siblings.len()).max(tables.sharing.len()) > MOST {
            tables = Tables::default();
        }
        Known { tables: Mutex::new(tables), ..Known::default() }
    }

    /// Keeps cases as they are put to the rules.
    pub(crate) fn keep_put(&mut self, put: impl IntoIterator<Item = (CaseId, Arc<Put>)>) {
        self.put.extend(put);
    }

    /// A case as it was put to the rules; what was stated of it may have changed since.
    pub(crate) fn put(&self, id: CaseId) -> Option<Arc<Put>> {
        self.put.get(&id).cloned()
    }

    /// How much was written so far.
    pub(crate) fn length(&self) -> Length {
        Length { written: self.written.len(), keyed: self.keyed.len() }
    }

    /// How much of it is in the tables.
    pub(crate) fn down(&self) -> Length {
        self.down
    }

    /// Takes note that everything is in the tables.
    pub(crate) fn put_down(&mut self) {
        self.down = self.length();
    }

    /// Forgets what was written after there was so much of it and so much of that in the tables.
    pub(crate) fn cut(&mut self, length: Length, down: Length) {
        self.written.truncate(length.written);
        self.keyed.truncate(length.keyed);
        if self.down != down {
            self.down = down;
            // They may have been read since, and have gone back.
            *self.tables() = Tables::default();
        }
    }

    /// Writes what a case has become: its row has its number first.
    pub(crate) fn write(&mut self, case: &Case, row: Vec<Value>) {
        self.written.push(Written { case: Arc::new(case.clone()), row });
    }

    /// Writes by what the limits of its measure count a case, in place of what they did before.
    pub(crate) fn write_keys(&mut self, case: &Case, keys: &[ClaimKey]) {
        let (measure, is_anew) = (case.subject.measure.clone(), case.assessed.is_some());
        self.keyed.push(Keyed { case: case.id, measure, keys: keys.to_vec(), is_anew });
    }

    /// What was written and is not in the tables yet: the last of each case.
    pub(crate) fn pending(&self) -> Pending {
        let mut pending = Pending { cases: Vec::new(), keys: Vec::new(), anew: Vec::new() };
        let mut seen = HashSet::new();
        for written in self.written[self.down.written..].iter().rev() {
            if seen.insert(written.case.id) {
                pending.cases.push(written.row.clone());
            }
        }
        seen.clear();
        for keyed in self.keyed[self.down.keyed..].iter().rev() {
            if seen.insert(keyed.case) {
                let row = |key: String| values![keyed.measure.as_str(), key, keyed.case.0];
                pending.keys.extend(keyed.keys.iter().filter_map(key_text).map(row));
                pending.anew.extend(keyed.is_anew.then_some(Value::from(keyed.case.0)));
            }
        }
        pending
    }

    /// A case as it is now; none where nobody has asked for it yet.
    fn case(&self, id: CaseId) -> Option<Option<Arc<Case>>> {
        let written = self.written.iter().rev().find(|written| written.case.id == id);
        written.map(|written| Some(Arc::clone(&written.case))).or_else(|| self.tables().cases.get(&id).cloned())
    }

    fn siblings(&self, of: &Basis) -> Option<Vec<Sibling>> {
        let mut all = self.tables().siblings.get(of).cloned()?;
        for written in self.written.iter().filter(|written| of.is_of(&written.case.subject)) {
            all.insert(written.case.id, Sibling::of(&written.case));
        }
        Some(all.into_values().collect())
    }

    fn sharing(&self, of: &Sharing) -> Option<BTreeSet<CaseId>> {
        let mut all = self.tables().sharing.get(of).cloned()?;
        let (measure, key) = of;
        if matches!(key, ClaimKey::Text { .. }) {
            for keyed in self.keyed.iter().filter(|keyed| keyed.measure == *measure) {
                if keyed.keys.contains(key) {
                    all.insert(keyed.case);
                } else {
                    all.remove(&keyed.case);
                }
            }
        } else {
            let is_of = |case: &Case| {
                let is_party = matches!(key, ClaimKey::Party(party) if *party == case.subject.party);
                case.subject.measure == *measure && (is_party || *key == ClaimKey::All)
            };
            all.extend(self.written.iter().filter(|written| is_of(&written.case)).map(|written| written.case.id));
        }
        Some(all)
    }
}

impl Sibling {
    /// Whether it keeps its basis from being granted again. What was withdrawn or revoked has a decision only where the bank has
    /// paid it.
    pub(crate) fn is_granted(&self) -> bool {
        self.is_decided
            && (self.stage.is_granted()
                || matches!(self.stage, Stage::Withdrawn | Stage::Declined | Stage::PaymentEnded))
    }

    fn of(case: &Case) -> Sibling {
        let Subject { year, round, .. } = case.subject;
        let is_decided = case.binding_decision().is_some();
        Sibling { id: case.id, number: case.number.clone(), stage: case.stage, year, round, is_decided }
    }
}

impl Basis {
    pub(crate) fn of(subject: &Subject) -> Basis {
        let Subject { party, measure, .. } = subject.clone();
        Basis { party, measure, basis: folded(&subject.basis) }
    }

    fn is_of(&self, subject: &Subject) -> bool {
        (&self.party, &self.measure) == (&subject.party, &subject.measure) && self.basis == folded(&subject.basis)
    }
}

/// A key as the table has it: of one length, whatever stands in the cell. Keys of parties need none, the cases have it.
pub(crate) fn key_text(key: &ClaimKey) -> Option<String> {
    let ClaimKey::Text { column, text } = key else { return None };
    Some(hex(&Sha256::digest(format!("{column}\n{text}"))))
}

/// Takes away of the tables what goes, and gives what is to be written there.
pub(crate) async fn make_room_on(link: &Link, pending: Pending) -> Result<[Insert; 2], StoreError> {
    for (sql, values) in among("DELETE FROM case_keys WHERE case_id IN ({})", &[], &pending.anew) {
        link.execute(&sql, values).await?;
    }
    let keys = Target::new("case_keys", "measure, key, case_id");
    Ok([Insert::new(rows::target(), pending.cases), Insert::new(keys, pending.keys)])
}

/// A case by its number in the store.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub(crate) async fn case(link: &impl Queries, id: CaseId) -> Result<Arc<Case>, StoreError> {
    if let Some(case) = link.known().and_then(|known| known.case(id)) {
        return case.ok_or(StoreError::NotFound);
    }
    read_cases(link, &[id]).await?.pop().ok_or(StoreError::NotFound)
}

/// Several cases; those that are not there are left out.
pub(crate) async fn cases(link: &impl Queries, ids: &[CaseId]) -> Result<Vec<Arc<Case>>, StoreError> {
    let known: Vec<_> = ids.iter().map(|id| link.known().and_then(|known| known.case(*id))).collect();
    let read = read_cases(link, &unknown(link, ids)).await?;
    Ok(known.into_iter().flatten().flatten().chain(read).collect())
}

/// Those cases of which nobody has asked the tables yet.
pub(crate) fn unknown(link: &impl Queries, ids: &[CaseId]) -> Vec<CaseId> {
    let is_known = |id: &CaseId| link.known().is_some_and(|known| known.case(*id).is_some());
    ids.iter().copied().filter(|id| !is_known(id)).collect()
}

/// Reads cases off the table.
async fn read_cases(link: &impl Queries, ids: &[CaseId]) -> Result<Vec<Arc<Case>>, StoreError> {
    let [rows] = ask(link, [ask_cases(ids)]).await?;
    take_cases(link, ids, &rows)
}

/// Asks the table for cases.
pub(crate) fn ask_cases(ids: &[CaseId]) -> Question {
    let of = ids.iter().map(|id| Value::from(id.0)).collect();
    Question { columns: &["id", "data"], from: "FROM cases WHERE id IN ({})", before: None, of }
}

/// Makes cases of rows, and has a transaction know them.
pub(crate) fn take_cases(link: &impl Queries, ids: &[CaseId], rows: &[Row]) -> Result<Vec<Arc<Case>>, StoreError> {
    let cases = rows.iter().map(case_of).collect::<Result<Vec<_>, _>>()?;
    if let Some(known) = link.known() {
        let mut tables = known.tables();
        tables.cases.extend(ids.iter().map(|id| (*id, None)));
        tables.cases.extend(cases.iter().map(|case| (case.id, Some(Arc::clone(case)))));
    }
    Ok(cases)
}

fn case_of(row: &Row) -> Result<Arc<Case>, StoreError> {
    Ok(Arc::new(row.json("data")?))
}

/// All cases about the same basis, by number.
pub(crate) async fn siblings(link: &impl Queries, subject: &Subject) -> Result<Vec<Sibling>, StoreError> {
    let of = Basis::of(subject);
    if let Some(there) = link.known().and_then(|known| known.siblings(&of)) {
        return Ok(there);
    }
    let mut read = read_siblings(link, std::slice::from_ref(&of)).await?;
    // What was written since is laid over what was read off the tables.
    let known = link.known().and_then(|known| known.siblings(&of));
    Ok(known.or_else(|| Some(read.remove(&of)?.into_values().collect())).unwrap_or_default())
}

/// Those bases of which nobody has asked the tables yet which cases are about them.
pub(crate) fn without_siblings(tx: &impl Queries, of: impl Iterator<Item = Basis>) -> Vec<Basis> {
    let is_known = |one: &Basis| tx.known().is_none_or(|known| known.tables().siblings.contains_key(one));
    of.filter(|one| !is_known(one)).collect()
}

/// Reads off the tables which cases are about some bases.
async fn read_siblings(
    link: &impl Queries,
    of: &[Basis],
) -> Result<HashMap<Basis, BTreeMap<CaseId, Sibling>>, StoreError> {
    let [rows] = ask(link, [ask_siblings(of)]).await?;
    take_siblings(link, of, &rows)
}

/// Asks the tables which cases are about some bases: for all cases of their parties, which are few.
pub(crate) fn ask_siblings(of: &[Basis]) -> Question {
    let parties: BTreeSet<&str> = of.iter().map(|one| one.party.as_str()).collect();
    Question {
        columns: &["id", "party", "measure", "basis_key", "number", "stage", "year", "round", "decided_at"],
        from: "FROM cases WHERE party IN ({})",
        before: None,
        of: parties.into_iter().map(Value::from).collect(),
    }
}

/// Makes of rows which cases are about some bases, and has a transaction know it.
pub(crate) fn take_siblings(
    link: &impl Queries,
    of: &[Basis],
    rows: &[Row],
) -> Result<HashMap<Basis, BTreeMap<CaseId, Sibling>>, StoreError> {
    let mut found: HashMap<Basis, BTreeMap<CaseId, Sibling>> =
        of.iter().map(|one| (one.clone(), BTreeMap::new())).collect();
    for row in rows {
        let (party, measure, basis) = (row.text("party")?, row.text("measure")?, row.text("basis_key")?);
        let basis = Basis { party, measure, basis };
        let Some(siblings) = found.get_mut(&basis) else { continue };
        let (id, stage) = (CaseId(row.int("id")?), row.text("stage")?);
        let sibling = Sibling {
            id,
            number: row.opt_text("number")?,
            stage: Stage::from_word(&stage).ok_or_else(|| StoreError::corrupt("cases.stage", &stage))?,
            year: i32::try_from(row.int("year")?).map_err(|error| StoreError::corrupt("cases.year", error))?,
            round: row.int("round")?,
            is_decided: row.opt_int("decided_at")?.is_some(),
        };
        siblings.insert(id, sibling);
    }
    if let Some(known) = link.known() {
        known.tables().siblings.extend(found.clone());
    }
    Ok(found)
}

/// The cases of a measure that its limits count together by one of some keys, by number. Drafts, and what has come to an
/// end without money, may be among them or not: nothing of them counts.
pub(crate) async fn sharing(
    link: &impl Queries,
    measure: &str,
    keys: &[ClaimKey],
) -> Result<Vec<Arc<Case>>, StoreError> {
    let asked: Vec<Sharing> = keys.iter().map(|key| (measure.to_owned(), key.clone())).collect();
    let Some(known) = link.known() else {
        let found = read_sharing(link, &asked).await?.into_values().flatten();
        return Ok(found.map(|case| (case.id, case)).collect::<BTreeMap<_, _>>().into_values().collect());
    };
    learn_sharing(link, asked.iter().cloned()).await?;
    let ids: BTreeSet<CaseId> = asked.iter().filter_map(|one| known.sharing(one)).flatten().collect();
    let mut cases = Vec::with_capacity(ids.len());
    for id in ids {
        cases.push(case(link, id).await?);
    }
    Ok(cases)
}

/// Of those at these stages nothing is on record, but where the bank has paid it all the same: then it has a day of decision.
pub(crate) const ON_RECORD: &str = "c.number IS NOT NULL AND (c.decided_at IS NOT NULL OR c.stage NOT IN ('not_accepted', 'declined', 'payment_ended', 'withdrawn'))";

/// Has a transaction know which cases are counted together by some measures and keys.
pub(crate) async fn learn_sharing(tx: &impl Queries, of: impl Iterator<Item = Sharing>) -> Result<(), StoreError> {
    let Some(known) = tx.known() else { return Ok(()) };
    let missing: Vec<Sharing> = of.filter(|one| !known.tables().sharing.contains_key(one)).collect();
    read_sharing(tx, &missing).await.map(drop)
}

/// Reads of some measures and keys which cases they count together.
async fn read_sharing(link: &impl Queries, asked: &[Sharing]) -> Result<HashMap<Sharing, Vec<Arc<Case>>>, StoreError> {
    let mut found: HashMap<Sharing, Vec<Arc<Case>>> = asked.iter().map(|one| (one.clone(), Vec::new())).collect();
    let texts: HashMap<String, Vec<&Sharing>> = asked.iter().fold(HashMap::new(), |mut texts, one| {
        if let Some(text) = key_text(&one.1) {
            texts.entry(text).or_insert_with(Vec::new).push(one);
        }
        texts
    });
    // Whatever their stage: a case may come back to one at which it counts, by something that is not in the tables yet.
    let sql =
        "SELECT k.measure, k.key, c.id, c.data FROM case_keys k JOIN cases c ON c.id = k.case_id WHERE k.key IN ({})";
    for row in all_among(link, sql, vec![], texts.keys().map(|text| Value::from(text.as_str())).collect()).await? {
        let measure = row.text("measure")?;
        let of = texts.get(&row.text("key")?).into_iter().flatten().find(|(of, _)| *of == measure);
        if let Some(cases) = of.and_then(|of| found.get_mut(*of)) {
            cases.push(case_of(&row)?);
        }
    }
    let mut by_party: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (measure, key) in asked {
        match key {
            ClaimKey::All => {
                let sql = format!("SELECT c.id, c.data FROM cases c WHERE c.measure = $1 AND {ON_RECORD}");
                let rows = link.all(&sql, values![measure.as_str()]).await?;
                let cases = rows.iter().map(case_of).collect::<Result<Vec<_>, _>>()?;
                found.insert((measure.clone(), ClaimKey::All), cases);
            }
            ClaimKey::Party(party) => {
                by_party.entry(measure).or_default().insert(party);
            }
            ClaimKey::Text { .. } | ClaimKey::Alone { .. } => {}
        }
    }
    for (measure, parties) in by_party {
        let sql =
            format!("SELECT c.id, c.data FROM cases c WHERE c.measure = $1 AND c.party IN ({{}}) AND {ON_RECORD}");
        let among = parties.into_iter().map(Value::from).collect();
        for row in all_among(link, &sql, values![measure], among).await? {
            let case = case_of(&row)?;
            let key = ClaimKey::Party(case.subject.party.clone());
            found.entry((measure.to_owned(), key)).or_default().push(case);
        }
    }
    if let Some(known) = link.known() {
        let mut tables = known.tables();
        for (sharing, cases) in &found {
            tables.sharing.insert(sharing.clone(), cases.iter().map(|case| case.id).collect());
            for case in cases {
                tables.cases.entry(case.id).or_insert_with(|| Some(Arc::clone(case)));
            }
        }
    }
    Ok(found)
}
