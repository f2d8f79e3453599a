//! What the rules say of one case beside the claims on record, and of all that a party could apply for.
//!
//! Only the party's own rows are needed: which places others have taken is told by the records of their cases
//! (`docs/design/claims-by-record.md`), also where a measure ranks parties.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use duixian_assess::explain::reason_in_words;
use duixian_assess::reference::{
    BasisExplanation, Claim, ClaimKey, ClaimRecord, Index, MeasureExplanation, Outside, OutsideRow, PartyExplanation,
    Standing as RecordStanding, explain_claim,
};
use duixian_assess::result::{Reason, Status};
use duixian_facts::LoadError;
use duixian_facts::table::Facts;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_rules::plan::{FactSlot, Limit, LimitKind, Measure, Period, Plan};
use duixian_rules::syntax::token::{date_of, days_of};
use duixian_rules::vocabulary::{Lang, Name};

use crate::case::{Assessed, Case, Standing, Subject};
use crate::dossier::Dossier;
use crate::moment::Moment;
use crate::stage::Stage;

mod open;
mod trial;

pub use open::Asked;
pub use trial::Trial;

/// What the rules say of one case, and how they come to it.
#[derive(Clone, Debug)]
pub struct Appraisal {
    /// What is kept with the case.
    pub assessed: Assessed,
    /// How it came about, fact by fact; none where the basis cannot be looked at at all.
    pub claim: Option<Claim>,
    /// The facts without which its rows cannot even be read.
    pub unread: Vec<FactSlot>,
}

/// A party's facts, ready to be asked by any measure of a plan.
#[derive(Debug)]
pub struct Question {
    pack: Arc<Pack>,
    dossier: Dossier,
    facts: Facts,
    year: i32,
    as_of: NaiveDate,
}

/// All that a party could apply for in a round.
#[derive(Clone, Debug)]
pub struct Entitlements {
    /// Measure by measure, in the plan's order, as an explanation that can be laid out for reading.
    pub explained: PartyExplanation,
    /// Bases whose rows cannot be read for want of these facts: measure, basis, facts.
    pub unread: Vec<(usize, String, Vec<FactSlot>)>,
}

impl Appraisal {
    /// The same where this very basis has been granted already, in the case of that number: nothing is paid for twice, also
    /// by a measure that sets no limit. It takes no place from others, so that nothing is left to count.
    pub fn granted_already(mut self, number: &str) -> Appraisal {
        self.assessed.standing = Standing::NotEntitled;
        self.assessed.span = None;
        self.assessed.claim = None;
        self.assessed.reason =
            (format!("这一依据已由 {number} 获得支持"), format!("this basis was granted already in case {number}"));
        self
    }
}

impl Question {
    /// Puts a dossier into columns. `as_of`: bases dated later are not looked at.
    ///
    /// # Errors
    /// Only where the plan's own tables cannot be written as records.
    pub fn new(pack: Arc<Pack>, dossier: Dossier, year: i32, as_of: NaiveDate) -> Result<Question, LoadError> {
        let facts = dossier.facts(&pack.plan)?;
        Ok(Question { pack, dossier, facts, year, as_of })
    }

    /// The dossier.
    pub fn dossier(&self) -> &Dossier {
        &self.dossier
    }

    /// The rules it is put to.
    pub fn plan(&self) -> &Plan {
        &self.pack.plan
    }

    /// What limits count a case by; empty where there is nothing that could be counted. With it the records are found that
    /// [`Question::appraise`] needs.
    pub fn keys(&self, subject: &Subject) -> Vec<ClaimKey> {
        let Some(measure) = self.measure(subject).filter(|id| looks_at_others(&self.plan().measures[*id])) else {
            return Vec::new();
        };
        let index = Index::new(self.plan(), &self.facts);
        match self.claim(&index, measure, &subject.basis, &[]) {
            Ok(Ok(claim)) => self.keys_of(measure, claim.keys),
            _ => Vec::new(),
        }
    }

    /// What limits count any of the party's bases by, measure by measure, for [`Question::entitlements`].
    pub fn all_keys(&self) -> BTreeMap<usize, Vec<ClaimKey>> {
        let index = Index::new(self.plan(), &self.facts);
        let mut keys = BTreeMap::new();
        for (id, measure) in self.plan().measures.iter().enumerate().filter(|(_, measure)| looks_at_others(measure)) {
            let claims =
                self.bases(measure).into_iter().filter_map(|basis| self.claim(&index, id, &basis, &[]).ok()?.ok());
            let of_measure = self.keys_of(id, claims.flat_map(|claim| claim.keys).collect());
            if !of_measure.is_empty() {
                keys.insert(id, of_measure);
            }
        }
        keys
    }

    /// What the rules say of a case beside the records of others; none where the plan has no such measure.
    pub fn appraise(&self, subject: &Subject, records: &[ClaimRecord], at: Moment) -> Option<Appraisal> {
        let id = self.measure(subject)?;
        let measure = &self.plan().measures[id];
        let index = Index::new(self.plan(), &self.facts);
        let refused = |standing, reason: Name| Assessed {
            standing,
            span: None,
            clause: measure.clause.clone(),
            reason: (reason.zh, reason.en),
            payable_from: None,
            claim: None,
            at,
        };
        Some(match self.claim(&index, id, &subject.basis, records) {
            Err(unread) => {
                let assessed = refused(Standing::Unknown, self.wanting(measure, &subject.basis, &unread));
                Appraisal { assessed, claim: None, unread }
            }
            Ok(Err(outside)) => {
                let assessed = refused(Standing::NotEntitled, why_outside(outside, measure));
                Appraisal { assessed, claim: None, unread: Vec::new() }
            }
            Ok(Ok(claim)) => Appraisal {
                assessed: assessed(self.plan(), measure, &claim, at),
                claim: Some(claim),
                unread: Vec::new(),
            },
        })
    }

    /// All that the party could apply for: every basis the dossier has, of every measure. A basis is looked at as if it had
    /// not been claimed: what became of a claim of its own stands beside it, and takes no place from it. `records` are those
    /// of each measure.
    pub fn entitlements(&self, records: &BTreeMap<usize, Vec<ClaimRecord>>) -> Entitlements {
        let index = Index::new(self.plan(), &self.facts);
        let mut unread = Vec::new();
        let mut measures = Vec::new();
        for (id, measure) in self.plan().measures.iter().enumerate() {
            let mut explained = MeasureExplanation { measure: id, bases: Vec::new(), outside: Vec::new() };
            for basis in self.bases(measure) {
                match self.claim(&index, id, &basis, &[]) {
                    Err(facts) => unread.push((id, basis, facts)),
                    Ok(Err(why)) => explained.outside.push(OutsideRow { basis, line: 0, why }),
                    Ok(Ok(alone)) => {
                        let records = records.get(&id).map_or(&[][..], Vec::as_slice);
                        explained.bases.extend(self.beside(&index, id, &basis, alone, records));
                    }
                }
            }
            measures.push(explained);
        }
        let party = index.party(&self.dossier.party).unwrap_or_default();
        let name = self.plan().vocabulary.party_table().and_then(|table| {
            let column = self.plan().vocabulary.tables[table].column("name")?;
            self.dossier.cell(table, "", column).map(|(name, _)| name.to_owned()).filter(|name| !name.is_empty())
        });
        let explained = PartyExplanation {
            party,
            code: self.dossier.party.clone(),
            name,
            year: self.year.into(),
            as_of: days_of(self.as_of),
            measures,
            files: self.facts.tables.iter().map(|table| table.origin.file.clone()).collect(),
        };
        Entitlements { explained, unread }
    }

    /// The bases of a measure that the dossier has, by name.
    fn bases(&self, measure: &Measure) -> Vec<String> {
        self.dossier.keys(measure.basis.table).map(str::to_owned).collect()
    }

    /// A basis beside the records of others, and of other bases.
    fn beside(
        &self,
        index: &Index,
        measure: usize,
        basis: &str,
        alone: Claim,
        records: &[ClaimRecord],
    ) -> Option<BasisExplanation> {
        // What was granted of it in other years counts, where it goes by years.
        let is_dated = self.plan().measures[measure].basis.period.is_dated();
        let is_own = |record: &&ClaimRecord| {
            record.party == self.dossier.party
                && record.basis == alone.basis().basis
                && (is_dated || record.year == i64::from(self.year))
        };
        let others: Vec<ClaimRecord> = records.iter().filter(|record| !is_own(record)).cloned().collect();
        let claim = if others.is_empty() { alone } else { self.claim(index, measure, basis, &others).ok()?.ok()? };
        claim.explained.measures.into_iter().next()?.bases.into_iter().next()
    }

    fn measure(&self, subject: &Subject) -> Option<usize> {
        self.plan().measures.iter().position(|measure| measure.name.en == subject.measure)
    }

    /// A basis by its name: what it comes to, why it is none, or what is wanting to read it.
    fn claim(
        &self,
        index: &Index,
        measure: usize,
        basis: &str,
        records: &[ClaimRecord],
    ) -> Result<Result<Claim, Outside>, Vec<FactSlot>> {
        let table = self.plan().measures[measure].basis.table;
        let party_table = self.plan().vocabulary.party_table();
        let row = index.party(&self.dossier.party).and_then(|party| {
            // The party's own row has no name.
            if party_table == Some(table) { Some(party) } else { index.row_named(table, party, basis) }
        });
        let Some(row) = row else {
            let own = party_table.map(|table| self.dossier.missing(self.plan(), table, "")).unwrap_or_default();
            let missing = self.dossier.missing(self.plan(), table, basis);
            return Err(own.into_iter().chain(missing).collect());
        };
        Ok(explain_claim(index, measure, row, self.year.into(), days_of(self.as_of), records))
    }

    /// The keys that others can share. Years are counted over the cases of one basis, which are among its party's.
    fn keys_of(&self, measure: usize, mut keys: Vec<ClaimKey>) -> Vec<ClaimKey> {
        keys.retain(|key| !matches!(key, ClaimKey::Alone { .. }));
        let counts_years = |limit: &Limit| matches!(limit.kind, LimitKind::Years { .. });
        if self.plan().measures[measure].limits.iter().any(counts_years) {
            keys.push(ClaimKey::Party(self.dossier.party.clone()));
        }
        keys.sort();
        keys.dedup();
        keys
    }

    /// Why a row cannot be read.
    fn wanting(&self, measure: &Measure, basis: &str, unread: &[FactSlot]) -> Name {
        let vocabulary = &self.plan().vocabulary;
        if unread.is_empty() {
            let name = &vocabulary.tables[measure.basis.table].name;
            return Name::new(
                format!("没有名为“{basis}”的{}", name.zh),
                format!("“{basis}” is not among the {}", name.in_a_sentence(Lang::En)),
            );
        }
        let named = |lang: Lang| {
            let name = |slot: &FactSlot| {
                let table = &vocabulary.tables[slot.table];
                let between = if lang == Lang::Zh { "·" } else { ": " };
                let column = &table.columns[slot.column];
                format!("{}{between}{}", table.name.in_a_sentence(lang), column.name.in_a_sentence(lang))
            };
            unread.iter().map(name).collect::<Vec<_>>()
        };
        Name::new(format!("缺少：{}", named(Lang::Zh).join("、")), format!("missing: {}", named(Lang::En).join(", ")))
    }
}

fn assessed(plan: &Plan, measure: &Measure, claim: &Claim, at: Moment) -> Assessed {
    let row = &claim.basis().row;
    let standing = match row.status() {
        Status::Entitled => Standing::Entitled,
        Status::Conditional => Standing::Conditional,
        Status::Unknown => Standing::Unknown,
        Status::NotEntitled => Standing::NotEntitled,
    };
    let gives = matches!(standing, Standing::Entitled | Standing::Conditional);
    let text = |lang| reason_in_words(plan, measure, claim.basis(), lang);
    let (mut zh, mut en) = (text(Lang::Zh), text(Lang::En));
    if let Reason::Limit(limit) = row.reason()
        && let Some(other) = claim.basis().limits.iter().find(|trace| trace.limit == usize::from(limit))
        && let Some(own) = other.other.as_ref().filter(|other| other.code == claim.explained.code)
        && let Some(case) = own.case.as_deref()
    {
        // The party reads this too: of others' cases it learns nothing.
        zh.push_str(&format!("（{case}）"));
        en.push_str(&format!(" ({case})"));
    }
    Assessed {
        standing,
        span: row.amount().filter(|_| gives),
        clause: row.clause(measure).to_owned(),
        reason: (zh, en),
        payable_from: row.payable_from().map(|day| date_of(day.into())),
        claim: Some(claim.record("", RecordStanding::Pending, Fen(0))),
        at,
    }
}

fn why_outside(why: Outside, measure: &Measure) -> Name {
    let zh_day = |day: NaiveDate| format!("{}年{}月{}日", day.year(), day.month(), day.day());
    let (zh_start, en_start) = match measure.basis.period {
        Period::Dated { start, .. } => (zh_day(date_of(start)), date_of(start).to_string()),
        Period::Yearly { start } => (format!("{start}年"), start.to_string()),
    };
    match why {
        Outside::NotMeant => Name::new("不属于本措施所指", "not of the kind the measure means"),
        Outside::NotDated => Name::new("依据的事项尚未发生", "what it goes by has not happened yet"),
        Outside::AfterAsOf(day, as_of) => {
            let (day, as_of) = (date_of(day), date_of(as_of));
            Name::new(
                format!("日期{}在本批次的截至日期{}之后", zh_day(day), zh_day(as_of)),
                format!("dated {day}, after the as-of date {as_of}"),
            )
        }
        Outside::BeforeStart(day) => {
            let day = date_of(day);
            let zh = format!("日期{}早于政策起算的{zh_start}", zh_day(day));
            Name::new(zh, format!("dated {day}, before the start on {en_start}"))
        }
        Outside::OtherYear(year) => Name::new(format!("属于{year}年度"), format!("belongs to {year}")),
        Outside::YearBeforeStart(year) => {
            Name::new(format!("{year}年早于政策起算的{zh_start}"), format!("{year}, before the start in {en_start}"))
        }
    }
}

/// What limits see of a case: nothing of one that was never assessed, or has come to an end without money.
pub fn record_of(case: &Case) -> Option<ClaimRecord> {
    let mut record = case.assessed.as_ref()?.claim.clone()?;
    record.case = case.number.clone()?;
    match case.stage {
        Stage::Draft | Stage::NotAccepted => return None,
        // What was withdrawn or ended counts where the bank has paid it all the same.
        Stage::Declined | Stage::PaymentEnded | Stage::Withdrawn if case.binding_decision().is_none() => return None,
        _ => {}
    }
    if let Some(decision) = case.decision.as_ref().or_else(|| case.binding_decision()) {
        record.standing = RecordStanding::Granted;
        // A decision that waits for money has its place already.
        record.granted = if decision.funded > Fen(0) { decision.funded } else { decision.amount };
    }
    Some(record)
}

/// Whether a case counts beside one of a round and year: what was granted always, what is pending only in the same round.
pub fn counts(case: &Case, record: &ClaimRecord, round: i64, year: i32) -> bool {
    record.standing == RecordStanding::Granted || (case.subject.round == round && case.subject.year == year)
}

/// Whether any limit of a measure looks at other cases: all do, since what was granted of one basis in other years counts, too.
fn looks_at_others(measure: &Measure) -> bool {
    !measure.limits.is_empty()
}
