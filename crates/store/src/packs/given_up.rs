//! What a new version of the rules would lose of earlier cases. They are found by English names: a measure under another one has no
//! cases, so that what was granted under the old one counts for nothing, and could be granted again.

use std::collections::{BTreeMap, BTreeSet};

use duixian_rules::plan::{Key, Plan};
use duixian_rules::vocabulary::{Lang, Name};

use crate::db::{Queries, values};
use crate::error::StoreError;
use crate::{packs, rounds};

/// A measure that has cases, or a column that its limits have counted them by, which a pack has no more under that English name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// The measure, as an earlier pack names it.
    pub measure: Name,
    /// The column, where it is only that.
    pub column: Option<Name>,
    /// How many cases the measure has.
    pub cases: u64,
}

impl GivenUp {
    /// By what it is confirmed: the English names.
    pub fn id(&self) -> String {
        match &self.column {
            Some(column) => format!("{}.{}", self.measure.en, column.en),
            None => self.measure.en.clone(),
        }
    }

    /// What it is, with its English name, and how many cases go by it.
    pub fn text(&self, lang: Lang) -> String {
        let (id, cases, measure) = (self.id(), self.cases, self.measure.in_lang(lang));
        match (&self.column, lang) {
            (None, Lang::Zh) => format!("措施“{measure}”（{id}），已有 {cases} 件"),
            (None, Lang::En) => format!("the measure “{measure}” ({id}), of {cases} cases"),
            (Some(column), Lang::Zh) => format!("措施“{measure}”限额所依的“{}”（{id}），已有 {cases} 件", column.zh),
            (Some(column), Lang::En) => {
                format!("“{}”, which the limits of “{measure}” count by ({id}), of {cases} cases", column.en)
            }
        }
    }
}

/// What a plan gives up, held against the packs by which the cases there are were judged. Within a transaction, what it keeps of
/// cases must be put down before.
pub(super) async fn given_up(link: &impl Queries, plan: &Plan) -> Result<Vec<GivenUp>, StoreError> {
    let sql = "SELECT measure, round, COUNT(*) AS n FROM cases WHERE number IS NOT NULL GROUP BY measure, round ORDER BY round";
    let (mut cases, mut rounds_of): (BTreeMap<String, u64>, BTreeMap<String, BTreeSet<i64>>) = Default::default();
    for row in link.all(sql, values![]).await? {
        let measure = row.text("measure")?;
        *cases.entry(measure.clone()).or_default() += row.int("n")?.unsigned_abs();
        rounds_of.entry(measure).or_default().insert(rounds::round(link, row.int("round")?).await?.pack);
    }
    let mut found = BTreeMap::new();
    for (measure, packs) in rounds_of {
        let new = plan.measures.iter().find(|one| one.name.en == measure);
        for pack in packs {
            let pack = packs::pack(link, pack).await?;
            let Some(old) = pack.plan.measures.iter().find(|one| one.name.en == measure) else { continue };
            let cases = cases.get(&measure).copied().unwrap_or(0);
            let Some(new) = new else {
                found.insert(measure.clone(), GivenUp { measure: old.name.clone(), column: None, cases });
                continue;
            };
            let columns = &pack.plan.vocabulary.tables[old.basis.table].columns;
            let there = &plan.vocabulary.tables[new.basis.table];
            for limit in &old.limits {
                let Some(Key::Column(column)) = limit.kind.key() else { continue };
                let column = columns[column].name.clone();
                if there.column(&column.en).is_none() {
                    let gone = GivenUp { measure: old.name.clone(), column: Some(column), cases };
                    found.insert(gone.id(), gone);
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

/// That a pack gives up what was not confirmed.
pub(super) fn unconfirmed(given_up: &[GivenUp]) -> StoreError {
    let told = |lang| given_up.iter().map(|one| one.text(lang)).collect::<Vec<_>>().join("\n");
    StoreError::bad_input(
        format!(
            "新规则包里没有了以前的这些英文名，按它们已经支持过的就查不到，可能重复支持：\n{}\n请保留英文名（中文名可以改）；确实不再要的，逐项确认后再安装",
            told(Lang::Zh)
        ),
        format!(
            "the new pack has these English names no more; what was granted under them would not be found, and could be granted \
             again:\n{}\nkeep the English names (the Chinese ones may change); what is really given up is confirmed one by one, and \
             then it is installed",
            told(Lang::En)
        ),
    )
}
