//! Figures for those who lead, decide and pay, each with the filter that opens the cases behind it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use duixian_casework::case::CaseId;
use duixian_casework::event::What;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role};
use duixian_casework::stage::Stage;
use duixian_money::Fen;

use crate::access::needs;
use crate::cases::{CaseFilter, Month};
use crate::db::{Queries, Row, Snapshot, Store, Value, all_among, values};
use crate::error::StoreError;
use crate::funds::FundPosition;
use crate::funds::position::positions;
use crate::page::window;

/// Cases and what they come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub cases: u64,
    /// What was decided for them, or paid.
    pub amount: Fen,
    /// The cases themselves.
    pub filter: CaseFilter,
}

/// All figures at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// When.
    pub at: Moment,
    /// Of this year, or of all.
    pub year: Option<i32>,
    /// By measure, in the order of their names.
    pub by_measure: Vec<MeasureFigures>,
    /// By fund and year.
    pub by_fund: Vec<FundPosition>,
    /// Month by month, the earliest first.
    pub by_month: Vec<MonthFigures>,
    /// By desk: what waits there.
    pub by_desk: Vec<DeskFigures>,
    /// What waits for its applicant, and is at no desk; it has no name.
    pub with_applicants: DeskFigures,
    /// By stage, in the order of stages.
    pub by_stage: Vec<(Stage, Tally)>,
}

/// What has become of a measure's cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureFigures {
    /// The measure, by English name.
    pub measure: String,
    /// All that were submitted.
    pub submitted: Tally,
    /// Those that are neither decided nor at their end.
    pub open: Tally,
    /// Those decided, and not yet paid.
    pub decided: Tally,
    /// Those paid.
    pub paid: Tally,
    /// Those not accepted, declined or withdrawn.
    pub ended: Tally,
}

/// What happened in one month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthFigures {
    /// The month.
    pub month: Month,
    /// Submitted in it.
    pub submitted: Tally,
    /// Decided in it.
    pub decided: Tally,
    /// Paid in it.
    pub paid: Tally,
}

/// What waits at a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskFigures {
    /// The desk, by English name.
    pub desk: String,
    /// What waits.
    pub open: Tally,
    /// What is overdue.
    pub overdue: Tally,
    /// How many of what waits have no deadline.
    pub untimed: u64,
    /// How many cases have left it after their deadline.
    pub was_late: u64,
    /// The earliest deadline of a clock that runs.
    pub oldest_due: Option<NaiveDate>,
    /// When the one that waits longest was submitted.
    pub oldest_submitted: Option<Moment>,
}

/// A case that has left a desk after its deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateCase {
    /// The case.
    pub id: CaseId,
    /// Its number for people.
    pub number: String,
    /// The party's name.
    pub party_name: String,
    /// The measure, by English name.
    pub measure: String,
    /// The desk, by English name.
    pub desk: String,
    /// How many working days it was late there, all times together.
    pub days: u64,
    /// When it left last.
    pub left_at: Moment,
}

/// The parties that a measure supports in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportedFigures {
    /// The year.
    pub year: i32,
    /// How many parties, each once: decided with the money for it, or paid.
    pub parties: u64,
    /// Their cases.
    pub filter: CaseFilter,
}

/// What a party was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyFigures {
    /// Its code.
    pub party: String,
    /// Its name.
    pub name: String,
    /// What it was paid.
    pub paid: Tally,
}

/// The parties that were paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaidParties {
    /// How many there are.
    pub total: u64,
    /// What they were paid together.
    pub sum: Tally,
    /// One page of them, those that were paid most before others.
    pub rows: Vec<PartyFigures>,
}

const OPEN: [Stage; 8] = [
    Stage::Submitted,
    Stage::Accepted,
    Stage::FormalReview,
    Stage::SubstantiveReview,
    Stage::Reviewed,
    Stage::Queued,
    Stage::Correction,
    Stage::OnHold,
];
const DECIDED: [Stage; 5] = [Stage::Decided, Stage::InNotice, Stage::Objection, Stage::Payable, Stage::PaymentFailed];
const PAID: [Stage; 2] = [Stage::Paid, Stage::Closed];
const ENDED: [Stage; 4] = [Stage::NotAccepted, Stage::Declined, Stage::PaymentEnded, Stage::Withdrawn];
/// In these a case waits for its applicant.
const WITH_APPLICANTS: [Stage; 2] = [Stage::Correction, Stage::PaymentFailed];
/// Those whom figures are for.
pub(crate) const READING: [Role; 5] =
    [Role::Leader, Role::DecisionMaker, Role::Finance, Role::Auditor, Role::Administrator];

impl Store {
    /// The figures of a year, or of all years.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for those who neither lead, decide, pay, audit nor administer.
    pub async fn figures(&self, actor: &Actor, year: Option<i32>) -> Result<Figures, StoreError> {
        needs(actor, &READING)?;
        let at = self.now();
        let asked = Asked { snapshot: self.snapshot().await?, year, today: at.day() };
        let mut by_fund = positions(&asked.snapshot).await?;
        by_fund.retain(|position| year.is_none_or(|year| position.year == year));
        let Now { by_measure, by_stage, by_desk, with_applicants } = asked.as_it_stands().await?;
        let by_month = asked.by_month().await?;
        Ok(Figures { at, year, by_measure, by_fund, by_month, by_desk, with_applicants, by_stage })
    }

    /// One page of the parties that were paid in a year, or in all years, the largest sum first; the last page where there are fewer.
    ///
    /// # Errors
    /// [`StoreError::Denied`] as for [`Store::figures`].
    pub async fn most_paid(
        &self,
        actor: &Actor,
        year: Option<i32>,
        page: u64,
        per_page: u32,
    ) -> Result<PaidParties, StoreError> {
        needs(actor, &READING)?;
        let asked = Asked { snapshot: self.snapshot().await?, year, today: self.now().day() };
        let of = |filter| Tally { filter: CaseFilter { stages: PAID.to_vec(), ..filter }, ..Tally::default() };
        let was_paid = " AND stage IN ('paid', 'closed')";
        let mut all = PaidParties { sum: of(asked.filter()), ..PaidParties::default() };
        let (sql, given) = asked.selected(&format!("COUNT(DISTINCT party) AS parties, {SUMS}"), was_paid);
        if let Some(row) = asked.snapshot.one(&sql, given).await? {
            all.total = row.int("parties")?.unsigned_abs();
            all.sum.add(&row)?;
        }
        let (_, before) = window(page, per_page.into(), all.total);
        // What groups may be followed by how they are ordered: the sum first, the code where sums are equal.
        let group = format!("party ORDER BY amount DESC, party LIMIT {per_page} OFFSET {before}");
        for row in asked.rows(&format!("party, MIN(party_name) AS name, {SUMS}"), was_paid, &group).await? {
            let party = row.text("party")?;
            let mut paid = of(CaseFilter { party: Some(party.clone()), ..asked.filter() });
            paid.add(&row)?;
            all.rows.push(PartyFigures { party, name: row.text("name")?, paid });
        }
        Ok(all)
    }

    /// The cases of a year, or of all years, that have left a desk after their deadline, or any: those that were late longest first.
    ///
    /// # Errors
    /// [`StoreError::Denied`] as for [`Store::figures`].
    pub async fn were_late(
        &self,
        actor: &Actor,
        year: Option<i32>,
        desk: Option<&str>,
    ) -> Result<Vec<LateCase>, StoreError> {
        needs(actor, &READING)?;
        let asked = Asked { snapshot: self.snapshot().await?, year, today: self.now().day() };
        let mut left = asked.left_late().await?;
        left.retain(|(at, _), _| desk.is_none_or(|desk| at == desk));
        let known = asked.named(left.keys().map(|(_, case)| case.0).collect()).await?;
        let case = |((desk, id), (days, left_at)): ((String, CaseId), (u64, Moment))| {
            let (number, party_name, measure) = known.get(&id)?.clone();
            Some(LateCase { id, number, party_name, measure, desk, days, left_at })
        };
        let mut cases: Vec<LateCase> = left.into_iter().filter_map(case).collect();
        cases.sort_by_key(|one| (std::cmp::Reverse(one.days), one.id));
        Ok(cases)
    }

    /// How many parties a measure supports, of one year or year by year.
    ///
    /// # Errors
    /// [`StoreError::Denied`] as for [`Store::figures`].
    pub async fn supported(
        &self,
        actor: &Actor,
        measure: &str,
        year: Option<i32>,
    ) -> Result<Vec<SupportedFigures>, StoreError> {
        needs(actor, &READING)?;
        let stages = [&DECIDED[..], &PAID].concat();
        let words: Vec<String> = stages.iter().map(|stage| format!("'{}'", stage.word())).collect();
        let sql = format!(
            "SELECT year, COUNT(DISTINCT party) AS n FROM cases WHERE measure = $1 AND stage IN ({}) GROUP BY year ORDER BY year",
            words.join(", ")
        );
        let figures = |row: &Row| {
            let year = row.int("year")?;
            let year = i32::try_from(year).map_err(|error| StoreError::corrupt("cases.year", error))?;
            let (measure, stages) = (Some(measure.to_owned()), stages.clone());
            let filter = CaseFilter { measure, stages, year: Some(year), ..CaseFilter::default() };
            Ok(SupportedFigures { year, parties: row.int("n")?.unsigned_abs(), filter })
        };
        let rows = self.snapshot().await?.all(&sql, values![measure]).await?;
        let all: Result<Vec<SupportedFigures>, StoreError> = rows.iter().map(figures).collect();
        Ok(all?.into_iter().filter(|one| year.is_none_or(|year| one.year == year)).collect())
    }
}

/// What stands where at this moment.
struct Now {
    by_measure: Vec<MeasureFigures>,
    by_stage: Vec<(Stage, Tally)>,
    by_desk: Vec<DeskFigures>,
    with_applicants: DeskFigures,
}

/// Of each desk and case that has left it late: how many working days in all, and when it left last.
type Left = BTreeMap<(String, CaseId), (u64, Moment)>;

struct Asked {
    snapshot: Snapshot,
    year: Option<i32>,
    today: NaiveDate,
}

impl Asked {
    /// What is read of the cases that count: submitted ones, of the year.
    fn selected(&self, columns: &str, more: &str) -> (String, Vec<Value>) {
        let (of_year, given) = match self.year {
            Some(year) => (" AND year = $1", values![i64::from(year)]),
            None => ("", Vec::new()),
        };
        // Written so that no database takes the index of numbers for it: that of lists has all that is read.
        (format!("SELECT {columns} FROM cases WHERE COALESCE(number, '') <> ''{of_year}{more}"), given)
    }

    /// The same in groups.
    async fn rows(&self, columns: &str, more: &str, group: &str) -> Result<Vec<Row>, StoreError> {
        let (sql, given) = self.selected(columns, more);
        self.snapshot.all(&format!("{sql} GROUP BY {group}"), given).await
    }

    fn filter(&self) -> CaseFilter {
        CaseFilter { year: self.year, ..CaseFilter::default() }
    }

    /// One reading for all that is by measure, stage and desk, in the order of the index that lists read.
    async fn as_it_stands(&self) -> Result<Now, StoreError> {
        let mut by_measure: BTreeMap<String, MeasureFigures> = BTreeMap::new();
        let mut by_stage: BTreeMap<Stage, Tally> = BTreeMap::new();
        let mut by_desk: BTreeMap<String, DeskFigures> = BTreeMap::new();
        let mut with_applicants =
            waiting(String::new(), CaseFilter { stages: WITH_APPLICANTS.to_vec(), ..self.filter() });
        let today = self.today;
        let columns = format!(
            "stage, desk, measure, {SUMS}, COUNT(CASE WHEN due < '{today}' THEN 1 END) AS late, \
             CAST(COALESCE(SUM(CASE WHEN due < '{today}' THEN amount END), 0) AS BIGINT) AS late_amount, \
             COUNT(CASE WHEN due IS NULL THEN 1 END) AS untimed, \
             MIN(CASE WHEN stage <> 'on_hold' THEN due END) AS oldest_due, MIN(submitted_at) AS oldest_submitted"
        );
        for row in self.rows(&columns, "", "stage, desk, measure").await? {
            let (measure, word, desk) = (row.text("measure")?, row.text("stage")?, row.text("desk")?);
            let stage = Stage::from_word(&word).ok_or_else(|| StoreError::corrupt("cases.stage", &word))?;
            let of_stage = CaseFilter { stages: vec![stage], ..self.filter() };
            by_stage.entry(stage).or_insert_with(|| Tally { filter: of_stage, ..Tally::default() }).add(&row)?;
            let figures = by_measure.entry(measure.clone()).or_insert_with(|| self.measure(&measure));
            let group = match stage {
                stage if PAID.contains(&stage) => &mut figures.paid,
                stage if DECIDED.contains(&stage) => &mut figures.decided,
                stage if ENDED.contains(&stage) => &mut figures.ended,
                _ => &mut figures.open,
            };
            group.add(&row)?;
            figures.submitted.add(&row)?;
            if WITH_APPLICANTS.contains(&stage) {
                with_applicants.add(&row)?;
            } else if !desk.is_empty() {
                by_desk.entry(desk.clone()).or_insert_with(|| self.desk(desk)).add(&row)?;
            }
        }
        for (desk, was_late) in self.late_at().await? {
            by_desk.entry(desk.clone()).or_insert_with(|| self.desk(desk)).was_late = was_late;
        }
        Ok(Now {
            by_measure: by_measure.into_values().collect(),
            by_stage: by_stage.into_iter().collect(),
            by_desk: by_desk.into_values().collect(),
            with_applicants,
        })
    }

    /// How many cases have left each desk after their deadline.
    async fn late_at(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let left = self.left_late().await?;
        let of_year = self.among_year(left.keys().map(|(_, case)| case.0).collect()).await?;
        let mut late: BTreeMap<String, u64> = BTreeMap::new();
        for (desk, case) in left.into_keys() {
            *late.entry(desk).or_default() += u64::from(of_year.contains(&case));
        }
        Ok(late)
    }

    /// What has left a desk after its deadline.
    async fn left_late(&self) -> Result<Left, StoreError> {
        let sql = "SELECT at, subject, body FROM journal WHERE kind = 'case.ran_late' ORDER BY seq";
        let mut left = Left::new();
        for row in self.snapshot.all(sql, vec![]).await? {
            let subject = row.text("subject")?;
            let id = subject.strip_prefix("case/").and_then(|id| id.parse().ok());
            let id = id.ok_or_else(|| StoreError::corrupt("journal.subject", &subject))?;
            if let What::RanLate(one) = row.json("body")? {
                let (days, left_at) = left.entry((one.desk, CaseId(id))).or_insert((0, Moment(0)));
                *days += u64::from(one.days);
                *left_at = Moment(row.int("at")?);
            }
        }
        Ok(left)
    }

    /// Those of the cases that are of the year.
    async fn among_year(&self, cases: BTreeSet<i64>) -> Result<BTreeSet<CaseId>, StoreError> {
        match self.year {
            Some(_) => Ok(self.named(cases).await?.into_keys().collect()),
            None => Ok(cases.into_iter().map(CaseId).collect()),
        }
    }

    /// The number, the party's name and the measure of those of the cases that are of the year.
    async fn named(&self, cases: BTreeSet<i64>) -> Result<BTreeMap<CaseId, (String, String, String)>, StoreError> {
        // No case is of year 0, so that one statement serves for all years too.
        let sql = "SELECT id, COALESCE(number, '') AS number, party_name, measure FROM cases WHERE (year = $1 OR $1 = 0) AND id IN ({})";
        let ids = cases.into_iter().map(Value::from).collect();
        let rows = all_among(&self.snapshot, sql, values![self.year.map_or(0, i64::from)], ids).await?;
        let named = |row: &Row| {
            Ok((CaseId(row.int("id")?), (row.text("number")?, row.text("party_name")?, row.text("measure")?)))
        };
        rows.iter().map(named).collect()
    }

    fn desk(&self, desk: String) -> DeskFigures {
        waiting(desk.clone(), CaseFilter { desk: Some(desk), ..self.filter() })
    }

    fn measure(&self, name: &str) -> MeasureFigures {
        let tally = |stages: &[Stage]| {
            let filter = CaseFilter { measure: Some(name.to_owned()), stages: stages.to_vec(), ..self.filter() };
            Tally { filter, ..Tally::default() }
        };
        let submitted: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| *stage != Stage::Draft).collect();
        MeasureFigures {
            measure: name.to_owned(),
            submitted: tally(&submitted),
            open: tally(&OPEN),
            decided: tally(&DECIDED),
            paid: tally(&PAID),
            ended: tally(&ENDED),
        }
    }

    async fn by_month(&self) -> Result<Vec<MonthFigures>, StoreError> {
        let mut months: BTreeMap<Month, MonthFigures> = BTreeMap::new();
        // Days of Beijing's calendar since 1970, made months here: neither database need know what a month is.
        let day_of = |column: &str| format!("({column} + 28800000) / 86400000");
        let submitted = day_of("submitted_at");
        let columns = format!("{submitted} AS day, {SUMS}");
        for row in self.rows(&columns, " AND submitted_at IS NOT NULL", &submitted).await? {
            self.month(&mut months, month_of(row.int("day")?)).submitted.add(&row)?;
        }
        let decided = day_of("decided_at");
        let columns = format!("{decided} AS day, {SUMS}");
        for row in self.rows(&columns, " AND decided_at IS NOT NULL", &decided).await? {
            self.month(&mut months, month_of(row.int("day")?)).decided.add(&row)?;
        }
        let columns = format!("paid_on AS day, {SUMS}");
        for row in self.rows(&columns, " AND paid_on IS NOT NULL AND stage IN ('paid', 'closed')", "paid_on").await? {
            let day: NaiveDate =
                row.text("day")?.parse().map_err(|error| StoreError::corrupt("cases.paid_on", error))?;
            self.month(&mut months, Month { year: day.year(), month: day.month() }).paid.add(&row)?;
        }
        Ok(months.into_values().collect())
    }

    fn month<'m>(&self, months: &'m mut BTreeMap<Month, MonthFigures>, month: Month) -> &'m mut MonthFigures {
        let tally = |filter: CaseFilter| Tally { filter, ..Tally::default() };
        months.entry(month).or_insert_with(|| MonthFigures {
            month,
            submitted: tally(CaseFilter { submitted_in: Some(month), ..self.filter() }),
            decided: tally(CaseFilter { decided_in: Some(month), ..self.filter() }),
            paid: tally(CaseFilter { paid_in: Some(month), stages: PAID.to_vec(), ..self.filter() }),
        })
    }
}

/// Nothing so far of what a filter takes.
fn waiting(desk: String, filter: CaseFilter) -> DeskFigures {
    let overdue = Tally { filter: CaseFilter { overdue: true, ..filter.clone() }, ..Tally::default() };
    DeskFigures { desk, open: Tally { filter, ..Tally::default() }, overdue, ..DeskFigures::default() }
}

const SUMS: &str = "COUNT(*) AS n, CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount";

impl Tally {
    fn add(&mut self, row: &Row) -> Result<(), StoreError> {
        self.cases += row.int("n")?.unsigned_abs();
        self.amount = Fen(self.amount.0.saturating_add(row.int("amount")?));
        Ok(())
    }
}

impl DeskFigures {
    fn add(&mut self, row: &Row) -> Result<(), StoreError> {
        self.open.add(row)?;
        self.overdue.cases += row.int("late")?.unsigned_abs();
        self.overdue.amount = Fen(self.overdue.amount.0.saturating_add(row.int("late_amount")?));
        self.untimed += row.int("untimed")?.unsigned_abs();
        let due = row.opt_text("oldest_due")?.map(|day| day.parse()).transpose();
        let due: Option<NaiveDate> = due.map_err(|error| StoreError::corrupt("cases.due", error))?;
        self.oldest_due = [self.oldest_due, due].into_iter().flatten().min();
        let submitted = row.opt_int("oldest_submitted")?.map(Moment);
        self.oldest_submitted = [self.oldest_submitted, submitted].into_iter().flatten().min();
        Ok(())
    }
}

fn month_of(days: i64) -> Month {
    let day = duixian_rules::syntax::token::date_of(days);
    Month { year: day.year(), month: day.month() }
}
