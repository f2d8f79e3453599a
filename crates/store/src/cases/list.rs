//! Lists of cases: filters, search, order, pages, counts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use duixian_casework::case::{Case, CaseId};
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_text::folded;
use sea_orm::DbBackend;

use crate::db::{Queries, Row, Store, Value};
use crate::error::StoreError;
use crate::facts::like;
use crate::page::{Page, window};
use crate::search::{holding, searched};

mod counts;
mod order;

pub use counts::{CaseCounts, Count};
use order::{Walk, order};

/// Which cases. An empty filter takes all that the actor may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// In one of these stages; in any if empty.
    pub stages: Vec<Stage>,
    /// At this desk, by English name.
    pub desk: Option<String>,
    /// Of this measure, by English name.
    pub measure: Option<String>,
    /// Of this party.
    pub party: Option<String>,
    /// With this in the case's number, the party's name or its code, or the number of its basis.
    pub text: Option<String>,
    /// Of this round.
    pub round: Option<i64>,
    /// Taken up by this reviewer.
    pub assignee: Option<UserId>,
    /// With a deadline that has passed.
    pub overdue: bool,
    /// That wait for the actor: at a stage of their roles and desks, and not taken up by someone else.
    pub mine: bool,
    /// On hold where the actor may resume them: out of a stage of their roles, at one of their desks.
    pub held: bool,
    /// That wait for the second word of this role.
    pub awaits: Option<Role>,
    /// Paid from this fund, by English name.
    pub fund: Option<String>,
    /// Of this year.
    pub year: Option<i32>,
    /// Submitted in this month.
    pub submitted_in: Option<Month>,
    /// Decided in this month.
    pub decided_in: Option<Month>,
    /// Paid in this month.
    pub paid_in: Option<Month>,
    /// Of drafts those alone that can still be sent: their round is not closed.
    pub sendable: bool,
    /// Without these.
    pub except: Vec<CaseId>,
    /// In which order.
    pub sort: Sort,
    /// The other way round.
    pub descending: bool,
    /// Which page, from 1; 0 counts as 1.
    pub page: u64,
    /// How many a page holds, at most 1000; 0 stands for 50.
    pub per_page: u64,
}

/// A calendar month in China.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// The year.
    pub year: i32,
    /// From 1 to 12.
    pub month: u32,
}

impl Month {
    /// The first day of it, and of the one after; none where there is no such month.
    pub fn days(self) -> Option<(NaiveDate, NaiveDate)> {
        let first = NaiveDate::from_ymd_opt(self.year, self.month, 1)?;
        Some((first, first.checked_add_months(chrono::Months::new(1))?))
    }
}

/// The order of a list. Ties are broken by the case's number in the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By deadline; those without one last.
    #[default]
    Due,
    /// By number.
    Number,
    /// By the time it was submitted.
    Submitted,
    /// By the time of its last change.
    Updated,
    /// By party.
    Party,
    /// By the amount decided or, before that, the most that the rules give; what has neither last.
    Amount,
    /// By stage, then deadline.
    Stage,
    /// What waits for the applicant first: what was sent back by an official or the bank or is objected to, then drafts; each by the time of its
    /// last change.
    Applicant,
}

/// One case in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// Its number in the store.
    pub id: CaseId,
    /// Its number for people; none of a draft.
    pub number: Option<String>,
    /// The party's code.
    pub party: String,
    /// The party's name.
    pub party_name: String,
    /// The measure, by English name.
    pub measure: String,
    /// The basis.
    pub basis: String,
    /// The clause that decides; empty before it was assessed.
    pub clause: String,
    /// The year assessed.
    pub year: i32,
    /// The round.
    pub round: i64,
    /// The fund, by English name.
    pub fund: String,
    /// Where it stands.
    pub stage: Stage,
    /// The desk that has it, by English name; empty where the applicant has it, or nobody.
    pub desk: String,
    /// The deadline.
    pub due: Option<NaiveDate>,
    /// Of one on hold, the working days that were left when it was put there: that count stands still.
    pub left_on_hold: Option<i64>,
    /// Who has taken it up.
    pub assignee: Option<UserId>,
    /// The amount funded, or decided where it waits for money.
    pub amount: Option<Fen>,
    /// The least the rules give.
    pub low: Option<Fen>,
    /// The most the rules give; none where there is no end.
    pub high: Option<Fen>,
    /// When it was submitted.
    pub submitted_at: Option<Moment>,
    /// When it last changed.
    pub updated_at: Moment,
    /// Whose second word it waits for.
    pub awaits: Option<Role>,
    /// The last day of its notice.
    pub notice_until: Option<NaiveDate>,
    /// Its version.
    pub version: u64,
}

const PER_PAGE: u64 = 50;
const MOST_PER_PAGE: u64 = 1000;
const COLUMNS: &str = "id, number, party, party_name, measure, basis, clause, year, round, fund, stage, desk, due, assignee, \
                       amount, low, high, submitted_at, updated_at, awaits, notice_until, version, \
                       CASE WHEN stage = 'on_hold' THEN data END AS on_hold";

impl Store {
    /// One page of the cases that a filter takes, of those that the actor may see.
    pub async fn cases(&self, actor: &Actor, filter: &CaseFilter) -> Result<Page<CaseRow>, StoreError> {
        let per_page = if filter.per_page == 0 { PER_PAGE } else { filter.per_page.min(MOST_PER_PAGE) };
        let Some(Condition { text, values }) = Condition::of(self, actor, filter) else {
            return Ok(Page::empty(per_page));
        };
        let order = order(filter);
        // Of a text every row is looked at, so that counting them and finding the first page are one reading.
        if filter.text.is_some() && filter.page <= 1 {
            let sql = format!(
                "SELECT {COLUMNS}, found FROM cases JOIN (SELECT id AS held, COUNT(*) OVER () AS found FROM cases WHERE {text} \
                 ORDER BY {order} LIMIT {per_page}) page ON id = held ORDER BY {order}"
            );
            let rows = self.all(&sql, values).await?;
            let total = rows.first().map_or(Ok(0), |row| row.int("found"))?.unsigned_abs();
            let rows = rows.iter().map(case_row).collect::<Result<_, _>>()?;
            return Ok(Page { rows, total, page: 1, per_page });
        }
        let sql = format!("SELECT COUNT(*) AS n FROM cases WHERE {text}");
        let total = self.one(&sql, values.clone()).await?.map_or(Ok(0), |row| row.int("n"))?.unsigned_abs();
        let (page, offset) = window(filter.page, per_page, total);
        // The page is found among the narrow rows of an index; only its own cases are then read.
        let sql = format!(
            "SELECT {COLUMNS} FROM cases WHERE id IN \
             (SELECT id FROM cases WHERE {text} ORDER BY {order} LIMIT {per_page} OFFSET {offset}) ORDER BY {order}"
        );
        let rows = self.all(&sql, values).await?.iter().map(case_row).collect::<Result<_, _>>()?;
        Ok(Page { rows, total, page, per_page })
    }

    /// The case that comes after another in the order of a filter, of those that it takes, and the first of them after the last: so that
    /// whoever goes from one to the next comes to all. The other need not be among them any more; none where there is no second.
    pub async fn next_case(
        &self,
        actor: &Actor,
        filter: &CaseFilter,
        after: CaseId,
    ) -> Result<Option<CaseRow>, StoreError> {
        let Some(Condition { text, values }) = Condition::of(self, actor, filter) else { return Ok(None) };
        let (id, walk) = (after.0, Walk::of(filter));
        let Some(row) = self.one(&walk.place_of(id), Vec::new()).await? else { return Ok(None) };
        let (later, place) = walk.after(&row, id, values.len())?;
        let with_place = values.iter().cloned().chain(place).collect();
        for (condition, values) in [(later, with_place), (format!("id <> {id}"), values)] {
            let order = walk.order();
            let sql = format!("SELECT {COLUMNS} FROM cases WHERE {text} AND {condition} ORDER BY {order} LIMIT 1");
            if let Some(row) = self.one(&sql, values).await? {
                return case_row(&row).map(Some);
            }
        }
        Ok(None)
    }

    /// A case, if it is one of those that a filter takes.
    pub async fn case_in(&self, actor: &Actor, filter: &CaseFilter, id: CaseId) -> Result<Option<CaseRow>, StoreError> {
        let Some(Condition { text, values }) = Condition::of(self, actor, filter) else { return Ok(None) };
        let sql = format!("SELECT {COLUMNS} FROM cases WHERE {text} AND id = {}", id.0);
        self.one(&sql, values).await?.map(|row| case_row(&row)).transpose()
    }

    /// The other cases that the actor may see in which these files are, or have been, evidence; by SHA-256, each with its
    /// number for people, drafts without one. Files of no other case are left out.
    pub async fn other_uses(
        &self,
        actor: &Actor,
        case: CaseId,
        files: &[&str],
    ) -> Result<BTreeMap<String, Vec<(CaseId, Option<String>)>>, StoreError> {
        let Some(Condition { text, mut values }) = Condition::of(self, actor, &CaseFilter::default()) else {
            return Ok(BTreeMap::new());
        };
        if files.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut place = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        let files: Vec<String> = files.iter().map(|file| place((*file).into())).collect();
        let sql = format!(
            "SELECT sha256, id, number FROM file_uses JOIN cases ON id = case_id \
             WHERE sha256 IN ({}) AND case_id <> {} AND {text} ORDER BY id",
            files.join(", "),
            place(case.0.into())
        );
        let mut uses: BTreeMap<String, Vec<(CaseId, Option<String>)>> = BTreeMap::new();
        for row in self.all(&sql, values).await? {
            let case = (CaseId(row.int("id")?), row.opt_text("number")?);
            uses.entry(row.text("sha256")?).or_default().push(case);
        }
        Ok(uses)
    }
}

/// The condition of a statement, and its values.
struct Condition {
    text: String,
    values: Vec<Value>,
}

impl Condition {
    /// None where nothing can fulfil it.
    fn of(store: &Store, actor: &Actor, filter: &CaseFilter) -> Option<Condition> {
        let mut parts = vec!["1 = 1".to_owned()];
        let mut values: Vec<Value> = Vec::new();
        let mut place = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        // What they may see, as `cases::may_see` says of one case.
        match actor {
            Actor::System => {}
            Actor::Public => return None,
            Actor::User { roles, .. } => {
                let own: Vec<String> = actor.own_parties().iter().map(|party| place(party.as_str().into())).collect();
                let own = (!own.is_empty()).then(|| format!("party IN ({})", own.join(", ")));
                let is_official = roles.iter().any(|role| role.is_official());
                match (own, is_official) {
                    _ if actor.has(Role::Auditor) => {}
                    (Some(own), true) => parts.push(format!("(number IS NOT NULL OR {own})")),
                    // Where every row is looked at for a text, SQLite is to read the index of lists, not the one of numbers and all documents.
                    (None, true) if filter.text.is_some() => parts.push("COALESCE(number, '') <> ''".to_owned()),
                    (None, true) => parts.push("number IS NOT NULL".to_owned()),
                    (Some(own), false) => parts.push(own),
                    (None, false) => return None,
                }
            }
        }
        if filter.mine {
            let Actor::User { id, desks, .. } = actor else { return None };
            let waiting = waiting_stages(actor);
            if waiting.is_empty() {
                return None;
            }
            parts.push(stages_in(&waiting));
            parts.extend(at_desks(desks, &mut place));
            // What someone has taken up who may not sign in any more waits for the others.
            parts.push(format!(
                "(assignee IS NULL OR assignee = {} OR assignee IN (SELECT id FROM users WHERE active = 0))",
                place(id.0.into())
            ));
        }
        if filter.held {
            let Actor::User { desks, .. } = actor else { return None };
            // Where a case goes on stands in its record alone, and with it whose it is; few are on hold at a time.
            let goes_on = |stage: &Stage| format!("data LIKE '%\"paused\":{{\"stage\":\"{}\"%'", stage.word());
            let goes_on: Vec<String> = waiting_stages(actor).iter().map(goes_on).collect();
            if goes_on.is_empty() {
                return None;
            }
            parts.push(format!("stage = '{}' AND ({})", Stage::OnHold.word(), goes_on.join(" OR ")));
            parts.extend(at_desks(desks, &mut place));
        }
        if !filter.stages.is_empty() {
            parts.push(stages_in(&filter.stages));
        }
        let texts =
            [("desk", &filter.desk), ("measure", &filter.measure), ("party", &filter.party), ("fund", &filter.fund)];
        for (column, wanted) in texts {
            if let Some(wanted) = wanted {
                parts.push(format!("{column} = {}", place(wanted.as_str().into())));
            }
        }
        if let Some(role) = filter.awaits {
            // Apart, and with what the index says of itself: SQLite reads all cases otherwise.
            let word = place(role.word().into());
            parts.push(format!("id IN (SELECT id FROM cases WHERE awaits <> '' AND awaits = {word})"));
        }
        let numbers = [
            ("round", filter.round),
            ("assignee", filter.assignee.map(|user| user.0)),
            ("year", filter.year.map(i64::from)),
        ];
        for (column, wanted) in numbers {
            if let Some(wanted) = wanted {
                parts.push(format!("{column} = {}", place(wanted.into())));
            }
        }
        let held = holding(filter.text.as_deref(), |way| {
            let place = place(format!("%{}%", like(&way.to_ascii_lowercase())).into());
            // SQLite makes no difference between capitals and small letters here by itself; PostgreSQL compares bytes faster than letters.
            let holds = |column| match store.shared().backend {
                DbBackend::Postgres => format!("LOWER({column} COLLATE \"C\") LIKE {place} ESCAPE '!'"),
                _ => format!("{column} LIKE {place} ESCAPE '!'"),
            };
            let columns = ["number", "party_name", "party", "basis"].map(holds).join(" OR ");
            // What is done keeps the name of then, and is found by the one of now as well.
            format!("{columns} OR party IN (SELECT code FROM parties WHERE search LIKE {place} ESCAPE '!')")
        });
        if let (Some(mut held), Some(typed)) = (held, searched(filter.text.as_deref())) {
            // A number may stand on record in another way than it is typed. Letters alone would be found in what only looks
            // like them.
            let key = folded(typed);
            if key.contains(|one: char| one.is_ascii_digit()) && typed.contains(char::is_numeric) {
                held = format!("({held} OR basis_key LIKE {})", place(format!("%{key}%").into()));
            }
            parts.push(held);
        }
        for (column, month) in [("submitted_at", filter.submitted_in), ("decided_at", filter.decided_in)] {
            if let Some(month) = month {
                let (first, next) = month.days()?;
                let (from, until) = (place(Moment::start_of(first).0.into()), place(Moment::start_of(next).0.into()));
                parts.push(format!("{column} >= {from} AND {column} < {until}"));
            }
        }
        if let Some(month) = filter.paid_in {
            let (first, next) = month.days()?;
            let (from, until) = (place(first.to_string().into()), place(next.to_string().into()));
            parts.push(format!("paid_on >= {from} AND paid_on < {until}"));
        }
        if filter.sendable {
            let now = place(store.now().0.into());
            parts.push(format!("(stage <> 'draft' OR round IN (SELECT id FROM rounds WHERE closes_at > {now}))"));
        }
        if !filter.except.is_empty() {
            let ids: Vec<String> = filter.except.iter().map(|id| place(id.0.into())).collect();
            parts.push(format!("id NOT IN ({})", ids.join(", ")));
        }
        if filter.overdue {
            parts.push(format!("due < {}", place(store.now().day().to_string().into())));
        }
        Some(Condition { text: parts.join(" AND "), values })
    }
}

/// The stages in which a case waits for someone with the actor's roles.
fn waiting_stages(actor: &Actor) -> Vec<Stage> {
    let by_role: [(Role, &[Stage]); 4] = [
        (Role::Intake, &[Stage::Submitted, Stage::Decided, Stage::Objection]),
        (Role::Reviewer, &[Stage::Accepted, Stage::FormalReview, Stage::SubstantiveReview]),
        (Role::DecisionMaker, &[Stage::Reviewed, Stage::Queued]),
        (Role::Finance, &[Stage::Payable, Stage::Paid]),
    ];
    by_role.into_iter().filter(|(role, _)| actor.has(*role)).flat_map(|(_, stages)| stages.iter().copied()).collect()
}

/// At one of these desks; at any where none is named.
fn at_desks(desks: &[String], place: &mut impl FnMut(Value) -> String) -> Option<String> {
    let desks: Vec<String> = desks.iter().map(|desk| place(desk.as_str().into())).collect();
    (!desks.is_empty()).then(|| format!("desk IN ({})", desks.join(", ")))
}

fn stages_in(stages: &[Stage]) -> String {
    let words: Vec<String> = stages.iter().map(|stage| format!("'{}'", stage.word())).collect();
    format!("stage IN ({})", words.join(", "))
}

pub(crate) fn case_row(row: &Row) -> Result<CaseRow, StoreError> {
    let day = |column: &str| {
        let text = row.opt_text(column)?;
        let day = text.map(|text| text.parse::<NaiveDate>().map_err(|error| StoreError::corrupt(column, error)));
        day.transpose()
    };
    let on_hold = row.opt_text("on_hold")?.map(|data| serde_json::from_str::<Case>(&data)).transpose();
    let on_hold = on_hold.map_err(|error| StoreError::corrupt("cases.data", error))?;
    let stage = row.text("stage")?;
    Ok(CaseRow {
        id: CaseId(row.int("id")?),
        number: row.opt_text("number")?,
        party: row.text("party")?,
        party_name: row.text("party_name")?,
        measure: row.text("measure")?,
        basis: row.text("basis")?,
        clause: row.text("clause")?,
        year: i32::try_from(row.int("year")?).map_err(|error| StoreError::corrupt("cases.year", error))?,
        round: row.int("round")?,
        fund: row.text("fund")?,
        stage: Stage::from_word(&stage).ok_or_else(|| StoreError::corrupt("cases.stage", &stage))?,
        desk: row.text("desk")?,
        due: day("due")?,
        // Few are on hold at a time; where their clock stands is in their record alone.
        left_on_hold: on_hold.and_then(|case| case.left_on_hold()),
        assignee: row.opt_int("assignee")?.map(UserId),
        amount: row.opt_int("amount")?.map(Fen),
        low: row.opt_int("low")?.map(Fen),
        high: row.opt_int("high")?.map(Fen),
        submitted_at: row.opt_int("submitted_at")?.map(Moment),
        updated_at: Moment(row.int("updated_at")?),
        awaits: Role::from_word(&row.text("awaits")?),
        notice_until: day("notice_until")?,
        version: row.int("version")?.unsigned_abs(),
    })
}
