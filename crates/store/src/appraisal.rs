//! What the rules say of a case: its party's rows as its round froze them, with its statements laid over them, by the pack of
//! its round.

use chrono::{Days, NaiveDate};
use duixian_assess::names::BasisText;
use duixian_assess::{AssessOptions, Status, assess_batch};
use duixian_casework::case::{Assessed, Case, Standing};
use duixian_casework::dossier::Dossier;
use duixian_casework::round::Round;
use duixian_rules::vocabulary::Lang;

use crate::db::Queries;
use crate::error::StoreError;
use crate::facts::party_rows;
use crate::packs;

/// Asks the rules about a case.
pub(crate) async fn appraise(link: &impl Queries, case: &Case, round: &Round) -> Result<Assessed, StoreError> {
    let pack = packs::pack(link, round.pack).await?;
    let rows = party_rows(link, round.facts, round.pack, &case.subject.party).await?;
    let registry: Vec<_> = rows.iter().map(crate::facts::FactRow::registry).collect();
    let plan = &pack.plan;
    let at = case_time(link);
    let dossier = Dossier::of(plan, &case.subject.party, &registry, &case.statements);
    let facts = dossier.facts(plan).map_err(|error| StoreError::corrupt("facts", format!("{error:?}")))?;
    let index = plan.measures.iter().position(|measure| measure.name.en == case.subject.measure);
    let index = index.ok_or(StoreError::NotFound)?;
    let measure = &plan.measures[index];
    let days = |day: NaiveDate| (day - NaiveDate::default()).num_days();
    let options =
        AssessOptions { year: i64::from(round.year), as_of: days(round.as_of), measures: Some(vec![index]), all: true };
    let assessment = assess_batch(plan, &facts, &options);
    let basis = BasisText::of(plan, &facts, measure.basis.table);
    let rows = assessment.measures.iter().flat_map(|of| &of.rows);
    let row = rows.filter(|row| basis.text(row.basis) == case.subject.basis).next();
    let Some(row) = row else {
        let reason = ("没有这项依据".to_owned(), "there is no such basis".to_owned());
        let (standing, clause) = (Standing::NotEntitled, measure.clause.clone());
        return Ok(Assessed { standing, span: None, clause, reason, payable_from: None, at });
    };
    let standing = match row.status() {
        Status::Entitled => Standing::Entitled,
        Status::Conditional => Standing::Conditional,
        Status::Unknown => Standing::Unknown,
        Status::NotEntitled => Standing::NotEntitled,
    };
    let gives = matches!(standing, Standing::Entitled | Standing::Conditional);
    let reason = row.reason();
    let from = row.payable_from().and_then(|days| NaiveDate::default().checked_add_days(Days::new(days.max(0) as u64)));
    Ok(Assessed {
        standing,
        span: row.amount().filter(|_| gives),
        clause: row.clause(measure).to_owned(),
        reason: (reason.text(plan, measure, Lang::Zh), reason.text(plan, measure, Lang::En)),
        payable_from: from,
        at,
    })
}

fn case_time(link: &impl Queries) -> duixian_casework::moment::Moment {
    link.shared().clock.now()
}
