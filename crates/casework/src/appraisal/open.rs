//! What is asked of an application that is being filled in, and what of it nobody has answered.
//!
//! An empty cell of a row that the applicant declares says nothing. Tables take it for “it has not happened” where their column says
//! so, which is right of a registry that would know; of what someone declares it is a gap, until they say so themselves.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use duixian_assess::reference::{FactRead, Index, explain_claim};
use duixian_assess::{facts_read, words_meant};
use duixian_facts::LoadError;
use duixian_rules::plan::{FactSlot, Measure, Plan};
use duixian_rules::syntax::token::days_of;
use duixian_rules::vocabulary::{ColumnType, Empty, Lang, TableId};

use super::Question;
use crate::case::{CellRef, Statement, Subject};
use crate::dossier::{Dossier, RegistryRow};
use crate::refusal::Refusal;

/// The facts that an application is asked for, beside what the registry knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Those that the rule comes to in this case, whatever was answered so far: what it passes over need not be known.
    pub reached: Vec<FactSlot>,
    /// Those that nobody has answered and without which it can't be sent, in the order of the rule.
    pub open: Vec<FactSlot>,
}

impl Asked {
    /// What is asked of a case. `as_of`: bases dated later are not looked at.
    ///
    /// # Errors
    /// Only where the plan's own tables cannot be written as records.
    pub fn of(
        plan: &Plan,
        subject: &Subject,
        registry: &[RegistryRow],
        statements: &BTreeMap<CellRef, Statement>,
        as_of: NaiveDate,
    ) -> Result<Asked, LoadError> {
        let Some(id) = plan.measures.iter().position(|measure| measure.name.en == subject.measure) else {
            return Ok(Asked::default());
        };
        let table = plan.measures[id].basis.table;
        let key = if plan.vocabulary.party_table() == Some(table) { "" } else { subject.basis.as_str() };
        let with = |statements: &BTreeMap<CellRef, Statement>| {
            Dossier::of(plan, &subject.party, registry.iter().cloned(), statements).with_row(plan, table, key)
        };
        let missing = |dossier: &Dossier| {
            let mut missing = missing(plan, id, dossier, (table, key), (subject.year, as_of))?;
            // Also of what is refused on other grounds: nobody says for the applicant that a thing never happened.
            let silent = silent(plan, id, dossier, (table, key));
            let others: Vec<FactSlot> = silent.into_iter().filter(|slot| !missing.contains(slot)).collect();
            missing.extend(others);
            Ok(missing)
        };
        let disputes = statements.iter().filter(|(_, statement)| statement.dispute.is_some());
        let disputes = disputes.map(|(cell, statement)| (cell.clone(), statement.clone())).collect();
        let (reached, open) = (missing(&with(&disputes))?, missing(&with(statements))?);
        Ok(Asked { reached, open })
    }
}

impl Question {
    /// That an application can't be sent, whatever the rules come to without: what is asked of a thing and what nobody has answered,
    /// neither when it happened nor that it did not. What the rules miss besides leaves their own answer open. Costs nothing
    /// where the registry has the row.
    ///
    /// # Errors
    /// Only where the plan's own tables cannot be written as records.
    pub fn unanswered(&self, subject: &Subject) -> Result<Option<Refusal>, LoadError> {
        let plan = self.plan();
        let Some(id) = self.measure(subject) else { return Ok(None) };
        let table = plan.measures[id].basis.table;
        let key = if plan.vocabulary.party_table() == Some(table) { "" } else { subject.basis.as_str() };
        let silent = silent(plan, id, &self.dossier, (table, key));
        if silent.is_empty() {
            return Ok(None);
        }
        // Whoever is sent back for one gap is told of all.
        let mut open = missing(plan, id, &self.dossier, (table, key), (self.year, self.as_of))?;
        open.extend(silent.into_iter().filter(|slot| !open.contains(slot)).collect::<Vec<_>>());
        let name = |slot: &FactSlot, lang| {
            plan.vocabulary.tables[slot.table].columns[slot.column].name.in_a_sentence(lang).into_owned()
        };
        let names = |lang, between: &str| open.iter().map(|slot| name(slot, lang)).collect::<Vec<_>>().join(between);
        Ok(Some(Refusal::FactsMissing(names(Lang::Zh, "、"), names(Lang::En, ", "))))
    }
}

/// The facts that a rule reads of a row which is made of statements, and of which nobody has said when they happened or that they did not.
fn silent(plan: &Plan, id: usize, dossier: &Dossier, (table, key): (TableId, &str)) -> Vec<FactSlot> {
    let unanswered: Vec<_> = dossier.unanswered(table, key).collect();
    if unanswered.is_empty() {
        return Vec::new();
    }
    let read = facts_read(plan, &plan.measures[id]).basis;
    read.into_iter().filter(|slot| unanswered.contains(&slot.column)).collect()
}

/// The facts that are missing of a basis, with silence taken for what it is: first those without which its row can't be read, then
/// the others in the order of the rule.
fn missing(
    plan: &Plan,
    id: usize,
    dossier: &Dossier,
    (table, key): (TableId, &str),
    (year, as_of): (i32, NaiveDate),
) -> Result<Vec<FactSlot>, LoadError> {
    let measure = &plan.measures[id];
    let mut missing = dossier.missing(plan, table, key);
    // Whoever fills the gaps is to be told of all at once: what kind of thing it is, and what is asked of that kind.
    let assumed = missing.iter().fold(dossier.clone(), |dossier, slot| {
        let word = word_meant(plan, measure, *slot).unwrap_or_default();
        dossier.with_cell((table, key, slot.column), word)
    });
    let mut asked = Cow::Borrowed(plan);
    for column in dossier.unanswered(table, key) {
        asked.to_mut().vocabulary.tables[table].columns[column].empty = Empty::Unknown;
    }
    let facts = assumed.facts(&asked)?;
    let index = Index::new(&asked, &facts);
    let party = index.party(&assumed.party);
    let is_of_party = plan.vocabulary.party_table() == Some(table);
    let row = if is_of_party { party } else { party.and_then(|party| index.row_named(table, party, key)) };
    let Some(row) = row else {
        // It can't be read whatever word stands in it: all that the rule reads of it is asked.
        let is_gap = |slot: &FactSlot| {
            let is_empty = assumed.cell(table, key, slot.column).is_none_or(|(cell, _)| cell.is_empty());
            is_empty && asked.vocabulary.tables[table].columns[slot.column].empty == Empty::Unknown
        };
        missing.extend(facts_read(plan, measure).basis.into_iter().filter(is_gap));
        return Ok(missing);
    };
    if let Ok(claim) = explain_claim(&index, id, row, year.into(), days_of(as_of), &[]) {
        // In other rows of the table, which the registry has, an empty cell says what it always says.
        let is_meant = |read: &&FactRead| read.slot.table != table || read.row == row;
        let cells = claim.basis().missing.iter().filter_map(|gap| gap.cell()).filter(is_meant);
        for slot in cells.map(|read| read.slot) {
            if !missing.contains(&slot) {
                missing.push(slot);
            }
        }
    }
    Ok(missing)
}

/// A word that a measure means in a column of its table: the first in the list that it does not shut out.
fn word_meant<'p>(plan: &'p Plan, measure: &Measure, slot: FactSlot) -> Option<&'p str> {
    let column = &plan.vocabulary.tables[slot.table].columns[slot.column];
    let ColumnType::Word(list) = column.ty else { return None };
    let meant = words_meant(plan, measure).remove(&slot.column).and_then(|words| words.first().copied());
    let word = usize::try_from(meant.unwrap_or_default()).ok()?;
    plan.vocabulary.word_lists[list].words.get(word).map(|word| word.en.as_str())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use duixian_rules::pack::Pack;
    use duixian_rules::source::Sources;

    use super::*;
    use crate::case::Finding;
    use crate::moment::Moment;
    use crate::people::UserId;

    const PACK: &str = "# 试验办法

```兑现
政策 试验办法 (trial)
  发布 2018年1月1日

词表 类别表 (kinds)
  资质 (professional)
  新药 (drug)

主体 单位 (enterprises)
  信用代码 (code) 统一代码 主键
  迁入日期 (moved_in_on) 日期 空即未发生

事项 认证 (certifications)
  编号 (id) 文本 主键
  信用代码 (code) 统一代码 必填
  类别 (kind) 类别表 必填
  类号 (class) 数目
  有效期止 (valid_until) 日期
  投产日 (started_on) 日期 空即未发生
  停产日 (stopped_on) 日期 空即未发生
  备注 (remark) 文本 备查
```

## 一 奖励

新药投产后最多奖励 10 万元。

```兑现
资金 试验资金 (trial_fund)
  规模 每年 100万元 自 2018年 起

措施 新药奖励 (drug_award)
  对象 每项 认证 其中 类别 是 新药
  基准日 投产日
  条件 类号 属于 1、2、3
  条件 任一
    没有 迁入日期
    有效期止 不早于 迁入日期
  支付 不超过 10万元
  资金 试验资金
```
";

    const PARTY: &str = "91520102MA6D00001C";

    fn pack() -> Arc<Pack> {
        let mut sources = Sources::default();
        sources.add("trial.md", PACK);
        let pack = Pack::read(sources);
        assert!(!pack.has_errors(), "{:?}", pack.diagnostics);
        Arc::new(pack)
    }

    /// What is asked of an application for a drug that the registry does not have, with what was stated of it.
    fn asked(moved_in_on: &str, stated: &[(&str, &str)]) -> [Vec<String>; 2] {
        let pack = pack();
        let plan = &pack.plan;
        let cells = vec![PARTY.to_owned(), moved_in_on.to_owned()];
        let registry = [RegistryRow { table: 0, key: String::new(), cells: cells.into() }];
        let statement = |value: &str| Statement {
            value: value.to_owned(),
            dispute: None,
            by: UserId(1),
            at: Moment(0),
            finding: None,
        };
        let cell = |column: &str| CellRef {
            table: "certifications".to_owned(),
            row: "D/1".to_owned(),
            column: column.to_owned(),
        };
        let statements = stated.iter().map(|(column, value)| (cell(column), statement(value))).collect();
        let subject = Subject {
            party: PARTY.to_owned(),
            measure: "drug_award".to_owned(),
            basis: "D/1".to_owned(),
            year: 2019,
            round: 1,
            fund: "trial_fund".to_owned(),
        };
        let as_of = NaiveDate::from_ymd_opt(2019, 12, 31).expect("a day");
        let asked = Asked::of(plan, &subject, &registry, &statements, as_of).expect("the tables are sound");
        let dossier = Dossier::of(plan, PARTY, registry, &statements);
        let question = Question::new(Arc::clone(&pack), dossier, 2019, as_of).expect("the tables are sound");
        let refused = question.unanswered(&subject).expect("the tables are sound");
        let is_silent = |slot: &FactSlot| plan.vocabulary.tables[1].columns[slot.column].name.en == "started_on";
        if asked.open.iter().any(is_silent) && !stated.is_empty() {
            let Some(Refusal::FactsMissing(zh, en)) = refused else { panic!("sent with gaps: {stated:?}") };
            assert_eq!((zh.split('、').count(), zh.contains("投产日")), (asked.open.len(), true), "{zh}");
            assert!(en.contains("started on"), "{en}");
        } else {
            assert_eq!(refused, None, "nothing is silent, or there is no row to be read: {stated:?}");
        }
        let name = |slot: &FactSlot| plan.vocabulary.tables[slot.table].columns[slot.column].name.en.clone();
        [asked.reached, asked.open].map(|slots| slots.iter().map(name).collect())
    }

    #[test]
    fn silence_is_a_gap_until_it_is_said_that_a_thing_has_not_happened() {
        let all = ["kind", "started_on", "class"];
        assert_eq!(asked("", &[]), [all, all], "all at once, and nothing that no rule reads");
        let kind = ("kind", "drug");
        assert_eq!(asked("", &[kind])[1], ["started_on", "class"]);
        assert_eq!(asked("", &[kind, ("class", "3")])[1], ["started_on"]);
        assert_eq!(
            asked("", &[kind, ("class", "3"), ("started_on", "soon")])[1],
            ["started_on"],
            "no day is no answer"
        );
        let done: [&str; 0] = [];
        for day in ["", "2019-03-01", "2017-03-01"] {
            let answered = asked("", &[kind, ("class", "3"), ("started_on", day)]);
            assert_eq!(answered, [&all[..], &done], "{day:?} is an answer");
        }
        // What is not of the kind, or of no class that is meant, is refused for that, and not for what was never said.
        assert_eq!(asked("", &[("kind", "professional")])[1], ["started_on"]);
        assert_eq!(asked("", &[kind, ("class", "4")])[1], ["started_on"]);
    }

    #[test]
    fn what_the_rule_passes_over_is_not_asked() {
        let [reached, open] = asked("2019-02-01", &[("kind", "drug"), ("started_on", "2019-03-01")]);
        assert_eq!(reached, ["kind", "started_on", "class", "valid_until"]);
        assert_eq!(open, ["class", "valid_until"], "whoever moved in must have been valid then");
        assert_eq!(asked("", &[("kind", "drug"), ("started_on", "2019-03-01")])[1], ["class"]);
    }

    #[test]
    fn what_was_found_not_to_hold_was_an_answer() {
        let pack = pack();
        let finding = Finding { holds: false, note: "不符".to_owned(), by: UserId(2), at: Moment(0) };
        let said = |value: &str, finding| Statement {
            value: value.to_owned(),
            dispute: None,
            by: UserId(1),
            at: Moment(0),
            finding,
        };
        let cell = |column: &str| CellRef {
            table: "certifications".to_owned(),
            row: "D1".to_owned(),
            column: column.to_owned(),
        };
        let statements = BTreeMap::from([
            (cell("kind"), said("drug", None)),
            (cell("started_on"), said("2019-03-01", Some(finding))),
        ]);
        let dossier = Dossier::of(&pack.plan, PARTY, [], &statements);
        let left: Vec<_> = dossier.unanswered(1, "D1").collect();
        assert_eq!(left, [pack.plan.vocabulary.tables[1].column("stopped_on").expect("a column")]);
        assert_eq!(dossier.unanswered(1, "D2").count(), 0, "there is no such row");
    }
}
