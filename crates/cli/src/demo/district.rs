//! The made-up district, and who in it is entitled to what.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use duixian_assess::names::BasisText;
use duixian_assess::{AssessOptions, Row, Status, assess_batch};
use duixian_facts::table::{Cell, Facts};
use duixian_facts::{LoadOptions, SampleFormat, SampleOptions, load, sample};
use duixian_money::{Fen, Span};
use duixian_rules::plan::Plan;
use duixian_rules::vocabulary::Lang;
use duixian_store::StoreError;
use tempfile::TempDir;

/// The district.
pub struct District {
    /// Its tables as files; they go with it.
    pub folder: TempDir,
    /// What can be applied for: of each measure some bases, the entitled and the conditional ones first, no party twice.
    pub offers: Vec<Offer>,
    /// A party with more to apply for than others: code and name.
    pub richest: Vec<String>,
}

/// Something that can be applied for.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The measure, by English name.
    pub measure: String,
    /// The party's code.
    pub party: String,
    /// The party's name.
    pub name: String,
    /// The basis.
    pub basis: String,
    /// What the rules give.
    pub span: Span,
}

/// How many offers of a measure are kept.
const OF_EACH: usize = 12;
/// How many of the richest parties are kept.
const RICHEST: usize = 4;

/// Makes the district's tables, as they are drawn up on a day, and assesses them.
pub async fn make(
    plan: &Plan,
    enterprises: u64,
    seed: u64,
    year: i32,
    known_on: NaiveDate,
) -> Result<District, StoreError> {
    let (plan, known_on) = (plan.clone(), Some(known_on.to_epoch_days().into()));
    let made = tokio::task::spawn_blocking(move || make_blocking(&plan, enterprises, seed, year, known_on));
    made.await.map_err(|error| no_district(error.to_string()))?
}

fn make_blocking(
    plan: &Plan,
    enterprises: u64,
    seed: u64,
    year: i32,
    known_on: Option<i64>,
) -> Result<District, StoreError> {
    let folder = tempfile::tempdir().map_err(|error| no_district(error.to_string()))?;
    sample(&SampleOptions { enterprises, seed, format: SampleFormat::Parquet, known_on }, folder.path())
        .map_err(|error| no_district(error.message(Lang::Zh)))?;
    let facts = load(&plan.vocabulary, folder.path(), &LoadOptions::default())
        .map_err(|error| no_district(error.message(Lang::Zh)))?
        .facts;
    let as_of = NaiveDate::from_ymd_opt(year, 12, 31).map_or(0, |day| i64::from(day.to_epoch_days()));
    let options = AssessOptions { year: year.into(), as_of, measures: None, all: false };
    let assessment = assess_batch(plan, &facts, &options);

    let mut worth: BTreeMap<u32, usize> = BTreeMap::new();
    let grants = |row: &Row| matches!(row.status(), Status::Entitled | Status::Conditional);
    for row in assessment.measures.iter().flat_map(|measure| measure.rows.iter().filter(grants)) {
        *worth.entry(row.party).or_default() += 1;
    }
    let mut by_worth: Vec<(u32, usize)> = worth.into_iter().collect();
    by_worth.sort_by_key(|(party, many)| (std::cmp::Reverse(*many), *party));
    let richest: Vec<u32> = by_worth.into_iter().take(RICHEST).map(|(party, _)| party).collect();

    let mut taken: HashSet<u32> = richest.iter().copied().collect();
    let mut offers = Vec::new();
    for of_measure in &assessment.measures {
        let measure = &plan.measures[of_measure.measure];
        let bases = BasisText::of(plan, &facts, measure.basis.table);
        // Offers worth the trouble come first: nobody would learn much from an application for a few yuan.
        let (worthy, small): (Vec<Row>, Vec<Row>) = of_measure.rows.iter().filter(grants).partition(is_worthy);
        let fresh = worthy.into_iter().chain(small).filter(|row| taken.insert(row.party)).take(OF_EACH);
        offers.extend(fresh.filter_map(|row| {
            Some(Offer {
                measure: measure.name.en.clone(),
                party: party(plan, &facts, row.party, "code")?,
                name: party(plan, &facts, row.party, "name").unwrap_or_default(),
                basis: bases.text(row.basis),
                span: row.amount()?,
            })
        }));
    }
    let richest = richest.into_iter().filter_map(|row| party(plan, &facts, row, "code")).collect();
    Ok(District { folder, offers, richest })
}

/// Whether a row may come to a thousand yuan.
fn is_worthy(row: &Row) -> bool {
    row.amount().is_some_and(|span| span.high.is_none_or(|high| high >= Fen::yuan(1_000)))
}

fn no_district(why: String) -> StoreError {
    let (zh, en) = ("造不了样例辖区".to_owned(), "the sample district cannot be made".to_owned());
    StoreError::Environment { zh, en, source: why.into() }
}

/// A text of a party's own row.
fn party(plan: &Plan, facts: &Facts, row: u32, column: &str) -> Option<String> {
    let table = plan.vocabulary.party_table()?;
    let column = plan.vocabulary.tables[table].column(column)?;
    match facts.table(table).cell(column, row as usize) {
        Cell::Text(text) => Some(text.into_owned()),
        Cell::Number(_) | Cell::Empty => None,
    }
}
