//! One basis beside the claims on record: the same rule, but its limits look at what was decided and paid, in any round, and
//! not at what the facts alone would give others (`docs/design/claims-by-record.md`).

use std::collections::BTreeSet;

use duixian_money::{Fen, Span};
use duixian_rules::plan::{LimitKind, Measure};
use duixian_text::folded;
use serde::{Deserialize, Deserializer, Serialize};

use super::evaluate::Evaluator;
use super::index::Index;
use super::judge::{Moment, Outside, Verdict, examine};
use super::limits::{Candidate, Effect, Group, Place, Settled, compare_ranks, group, is_yearly, places_given};
use super::trace::{BasisExplanation, MeasureExplanation, OtherRow, PartyExplanation, Step};
use super::{explain_basis, party_explanation};

/// An earlier claim of the same measure, as limits see it: what [`Claim::record`] made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRecord {
    /// What people know the case by.
    pub case: String,
    /// The party's code.
    pub party: String,
    /// The basis's name: its id, its year, or nothing.
    pub basis: String,
    /// The basis date in days since 1970-01-01, of a measure that goes by date.
    pub day: Option<i64>,
    /// The year the basis belongs to.
    pub year: i64,
    /// What the measure's limits count it by. Keys name their column, so that records stay good where a later version of the
    /// pack has its limits in another order.
    pub keys: Vec<ClaimKey>,
    /// For each limit the value it goes by, if any: what is ranked by.
    pub values: Vec<Option<i64>>,
    /// The amount before it was topped up or capped, in fen: the tier that was reached.
    #[serde(with = "fen")]
    pub full: Fen,
    /// What was granted, in fen; of no account while the claim is pending.
    #[serde(with = "fen")]
    pub granted: Fen,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a claim on record stands. One that was declined or withdrawn takes no place and needs no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Made, and not decided yet.
    Pending,
    /// Decided in its favour, paid or still to be paid.
    Granted,
}

/// What a limit counts claims together by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKey {
    /// All claims of the measure.
    All,
    /// Those of the party with this code.
    Party(String),
    /// Those with the same text in a column of the basis table, whoever the party is.
    Text {
        /// The column's English name.
        column: String,
        /// What stands there, without what makes no other number of it ([`folded`]): people write it by hand.
        #[serde(deserialize_with = "fold")]
        text: String,
    },
    /// This basis alone, whose key is empty or which the limit looks at by itself.
    Alone {
        /// The party's code.
        party: String,
        /// The basis's name.
        basis: String,
    },
}

/// What a claim comes to beside those on record, and what must be put on record of it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Why, laid out as an explanation of the party with this one measure and this one basis.
    pub explained: PartyExplanation,
    /// One for each limit of the measure.
    pub keys: Vec<ClaimKey>,
    /// One for each limit: the value it goes by, if any.
    pub values: Vec<Option<i64>>,
    /// The amount before it is topped up or capped; none where it is unknown or the conditions do not hold.
    pub full: Option<Span>,
}

impl Claim {
    /// The basis: what it comes to, and how.
    pub fn basis(&self) -> &BasisExplanation {
        &self.explained.measures[0].bases[0]
    }

    /// What limits will see of this claim. `granted` is what was decided, and 0 while it is pending.
    pub fn record(&self, case: impl Into<String>, standing: Standing, granted: Fen) -> ClaimRecord {
        let basis = self.basis();
        ClaimRecord {
            case: case.into(),
            party: self.explained.code.clone(),
            basis: basis.basis.clone(),
            day: basis.day,
            year: basis.year.unwrap_or(self.explained.year),
            keys: self.keys.clone(),
            values: self.values.clone(),
            full: self.full.map_or(Fen(0), |full| full.high.unwrap_or(full.low)),
            granted,
            standing,
        }
    }
}

/// Explains what a basis comes to if it is claimed beside the `records` of the same measure. `measure` is an index in the
/// plan, `basis` a row of its table ([`Index::row_named`] finds it), `as_of` in days since 1970-01-01. The facts need hold no
/// rows but the party's own. A pending record of this very basis is taken to be this claim. Fails where the row is no basis of
/// the measure in the year.
///
/// Of limits that go by order, only granted records take a place; pending ones that might are told of
/// ([`super::LimitTrace::pending`]). In a ranking granted records come first; this claim and the pending ones are ranked
/// after them.
pub fn explain_claim(
    index: &Index,
    measure: usize,
    basis: u32,
    year: i64,
    as_of: i64,
    records: &[ClaimRecord],
) -> Result<Claim, Outside> {
    let evaluator = Evaluator { index, as_of };
    let rule = &index.plan.measures[measure];
    let examined = examine::<Step>(evaluator, rule, basis, year)?;
    if let Some(Moment { year: other, .. }) = examined.moment.filter(|moment| moment.year != year) {
        return Err(Outside::OtherYear(other));
    }
    let party = examined.party;
    let candidate = Candidate::of(index, rule, &examined);
    let keys: Vec<ClaimKey> = rule.limits.iter().map(|limit| claim_key(index, rule, &limit.kind, &candidate)).collect();
    let values = candidate.settled.values.clone();
    let before = (!rule.pay.by_rank).then(|| paid(&candidate.settled.verdict)).flatten();
    let beside = Beside::new(records, &candidate);
    let settled = beside.settle(rule, &keys, candidate);
    let full = full_amount(&settled, before);

    let other_row = |place: u32| records.get(place as usize).map(ClaimRecord::as_other_row);
    let mut basis = explain_basis(evaluator, rule, examined, (&settled, &[]), year, &other_row);
    for trace in &mut basis.limits {
        let kind = &rule.limits[trace.limit].kind;
        if matches!(kind, LimitKind::Once { .. } | LimitKind::TopUp { .. } | LimitKind::Cap { .. }) {
            let pending = beside.sharing(Standing::Pending, kind, &keys[trace.limit], settled.moment);
            trace.pending = pending.map(|(_, record)| record.as_other_row()).collect();
        }
    }
    let measures = vec![MeasureExplanation { measure, bases: vec![basis], outside: Vec::new() }];
    Ok(Claim { explained: party_explanation(evaluator, party, year, measures), keys, values, full })
}

/// Records of old have the text as it was written.
fn fold<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|text| folded(&text))
}

fn claim_key(index: &Index, measure: &Measure, kind: &LimitKind, row: &Candidate) -> ClaimKey {
    let column = match kind.key() {
        Some(duixian_rules::plan::Key::Column(column)) => {
            index.plan.vocabulary.tables[measure.basis.table].columns[column].name.en.clone()
        }
        _ => String::new(),
    };
    match group(index, measure, kind, (row.settled.party, row.settled.basis)) {
        Group::All => ClaimKey::All,
        Group::Party(_) => ClaimKey::Party(row.code.clone()),
        Group::Text(text) => ClaimKey::Text { column, text: folded(&text) },
        Group::Alone(_) => ClaimKey::Alone { party: row.code.clone(), basis: row.text.clone() },
    }
}

/// The amount a top-up compares with what was reached; failing a top-up, the one a cap cuts, or else the whole.
fn full_amount(settled: &Settled, before: Option<Span>) -> Option<Span> {
    let topped_up = settled.passes.iter().find_map(|pass| match pass.effect {
        Effect::TopUp { full, .. } => Some(full),
        _ => None,
    });
    let capped = settled.passes.iter().find_map(|pass| match pass.effect {
        Effect::Cap { full, .. } => Some(full),
        _ => None,
    });
    topped_up.or(capped).or_else(|| paid(&settled.verdict)).or(before)
}

fn paid(verdict: &Verdict) -> Option<Span> {
    match verdict {
        Verdict::Paid { amount, .. } => Some(*amount),
        _ => None,
    }
}

/// The records that a claim stands beside, each with its place among those given.
struct Beside<'r> {
    records: Vec<(u32, &'r ClaimRecord)>,
}

/// The place of the claim itself, which is not among the records.
const THIS_CLAIM: u32 = u32::MAX;

impl<'r> Beside<'r> {
    /// In the order in which limits take them.
    fn new(records: &'r [ClaimRecord], claim: &Candidate) -> Beside<'r> {
        let is_itself = |record: &ClaimRecord| {
            record.standing == Standing::Pending && record.party == claim.code && record.basis == claim.text
        };
        let mut records: Vec<_> = (0..THIS_CLAIM).zip(records).filter(|(_, record)| !is_itself(record)).collect();
        let order = |record: &'r ClaimRecord| (record.day, record.year, &record.basis, &record.party);
        records.sort_by(|(_, one), (_, other)| order(one).cmp(&order(other)));
        Beside { records }
    }

    /// Those of one standing that a limit counts together with the claim.
    fn sharing(
        &self,
        standing: Standing,
        kind: &LimitKind,
        key: &ClaimKey,
        moment: Option<Moment>,
    ) -> impl Iterator<Item = (u32, &'r ClaimRecord)> {
        let year = moment.map(|moment| moment.year).filter(|_| is_yearly(kind));
        let is_meant = move |record: &ClaimRecord| {
            record.standing == standing
                && year.is_none_or(|year| record.year == year)
                && (*key == ClaimKey::All || record.keys.contains(key) || record.is_party(key))
        };
        self.records.iter().copied().filter(move |(_, record)| is_meant(record))
    }

    /// The other years in which the claim's own basis was granted, whatever its dates were taken to be then.
    fn years_granted(&self, claim: &Candidate) -> BTreeSet<i64> {
        let name = folded(&claim.text);
        let is_own = |record: &ClaimRecord| {
            record.standing == Standing::Granted && record.party == claim.code && folded(&record.basis) == name
        };
        let own = self.records.iter().filter(|(_, record)| is_own(record)).map(|(_, record)| record.year);
        own.filter(|year| claim.settled.moment.is_none_or(|moment| moment.year != *year)).collect()
    }

    /// Puts the claim to the limits, one after the other, as [`super::limits::settle`] does with the rows of a district.
    fn settle(&self, measure: &Measure, keys: &[ClaimKey], mut claim: Candidate) -> Settled {
        for (limit, rule) in measure.limits.iter().enumerate() {
            let moment = claim.settled.moment;
            if moment.is_none() || !matches!(claim.settled.verdict, Verdict::Paid { .. }) {
                break;
            }
            let sharing = |standing| self.sharing(standing, &rule.kind, &keys[limit], moment);
            match &rule.kind {
                LimitKind::Once { .. } => {
                    claim.once(limit, sharing(Standing::Granted).next().map(|(place, _)| place));
                }
                LimitKind::Years { at_most, .. } => {
                    let granted = self.years_granted(&claim);
                    claim.years(limit, *at_most, &granted);
                }
                LimitKind::Top { places, descending, .. } => {
                    let granted: Vec<_> = sharing(Standing::Granted).collect();
                    let pending: Vec<_> = sharing(Standing::Pending).collect();
                    let place = place(&claim, limit, (*places, *descending), &granted, &pending);
                    claim.top(limit, measure.pay.by_rank, place);
                }
                LimitKind::TopUp { .. } => {
                    let (mut reached, mut reached_by) = (Fen(0), None);
                    for (place, record) in sharing(Standing::Granted) {
                        if record.full > reached {
                            (reached, reached_by) = (record.full, Some(place));
                        }
                    }
                    claim.top_up(limit, reached, reached_by);
                }
                LimitKind::Cap { at_most, .. } => {
                    let granted = sharing(Standing::Granted).map(|(_, record)| record.granted.0);
                    let taken = granted.fold(0i64, |sum, granted| sum.saturating_add(granted.max(0)));
                    claim.cap(limit, *at_most, Span::exact(Fen(taken)));
                }
            }
        }
        claim.settled
    }
}

/// The claim's place in a ranking: behind what was granted, among what is pending.
fn place(
    claim: &Candidate,
    limit: usize,
    (places, descending): (i64, bool),
    granted: &[(u32, &ClaimRecord)],
    pending: &[(u32, &ClaimRecord)],
) -> Place {
    let mut first: Vec<_> = granted.iter().map(|(place, record)| (*place, record.ranked_by(limit))).collect();
    let mut behind: Vec<_> = pending.iter().map(|(place, record)| (*place, record.ranked_by(limit))).collect();
    behind.push((THIS_CLAIM, claim.ranked_by(limit)));
    for group in [&mut first, &mut behind] {
        group.sort_by(|(_, one), (_, other)| compare_ranks(descending, *one, *other));
    }
    first.append(&mut behind);
    let position = first.iter().position(|(place, _)| *place == THIS_CLAIM);
    let position = position.expect("the claim itself was put among them");
    let last = places_given(places, first.len()).checked_sub(1).map(|last| (first[last].0, first[last].1.0));
    Place { position, ranked: first.len(), places, last }
}

impl ClaimRecord {
    /// Whether the key means this record's party, which needs no key of its own on record.
    fn is_party(&self, key: &ClaimKey) -> bool {
        matches!(key, ClaimKey::Party(code) if *code == self.party)
    }

    fn ranked_by(&self, limit: usize) -> (i64, &str, &str) {
        (self.values.get(limit).copied().flatten().unwrap_or_default(), &self.party, &self.basis)
    }

    fn as_other_row(&self) -> OtherRow {
        OtherRow {
            code: self.party.clone(),
            basis: self.basis.clone(),
            case: Some(self.case.clone()),
            is_withheld: false,
            day: self.day,
            year: self.year,
        }
    }
}

/// Amounts as whole fen.
mod fen {
    use duixian_money::Fen;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(fen: &Fen, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(fen.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fen, D::Error> {
        i64::deserialize(deserializer).map(Fen)
    }
}
