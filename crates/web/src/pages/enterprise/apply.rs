//! The beginning of an application: what it is for, and a warning before a second one for the same thing.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_assess::explain::limits_in_words;
use duixian_assess::result::Status as Outcome;
use duixian_assess::words_meant;
use duixian_casework::round::{Round, RoundState};
use duixian_casework::stage::Stage;
use duixian_rules::plan::{Key, LimitKind, Measure, Plan};
use duixian_rules::vocabulary::{ColumnType, Lang, Table, TableKind};
use duixian_store::cases::{CaseFilter, CaseRow, LONGEST_NUMBER, NewCase, basis_name};
use duixian_store::facts::FactRow;
use duixian_text::folded;

use super::amounts::{Left, span_text};
use super::appraisal::SharedPack;
use super::draft::title;
use super::edit::{form_key, once};
use super::outlook::{Outlook, apply_href, counts};
use super::standing::{last_day, status};
use super::taken_over::{closed_rounds, is_left, take_over};
use super::{appraisal, parties};
use crate::casefile::cells;
use crate::casefile::said::all_said;
use crate::forms::{Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::shell::Flash;
use crate::ui::Status;
use crate::viewer::Viewer;

/// The path of an application that is to be begun.
type Place = (String, i64, String, Option<String>);

/// An application for the same basis, or for one that counts together with it.
struct Earlier {
    href: String,
    number: Option<String>,
    basis: String,
    status: Status,
    amount: Option<Text>,
    since: Option<chrono::NaiveDate>,
    is_draft: bool,
}

#[derive(Template)]
#[template(path = "enterprise/apply.html")]
struct Apply {
    page: Page,
    action: String,
    once: String,
    form: Form,
    asks_basis: bool,
    table: Text,
    rows: Vec<(String, Text)>,
    earlier: Vec<Earlier>,
    /// Whether one of those was granted for the year: then no other can be.
    is_granted: bool,
    /// Whether one of those is under way: then no other can be sent before it has come to nothing.
    is_barred: bool,
    /// The party's applications that a limit counts together with this one, and what it asks.
    beside: Vec<Earlier>,
    asked: Text,
    /// Whether one of those was granted, so that nothing is left for this one.
    is_taken: bool,
    reason: String,
    evidence: Vec<Text>,
    round: String,
    closes: chrono::NaiveDate,
    closed: Option<Text>,
    /// That the fund has nothing left.
    short: Option<Text>,
    /// Whether what was filled in for a round that is closed is taken over.
    is_taken_over: bool,
}

/// What an application is begun from.
struct Start {
    party: duixian_store::facts::Party,
    round: Round,
    pack: SharedPack,
    measure: usize,
    basis: String,
}

impl Start {
    async fn at(portal: &Portal, viewer: &Viewer, place: Place) -> Result<Start, Problem> {
        let (code, round, measure, basis) = place;
        let party = parties::own(portal, viewer, &code).await?;
        let (round, pack) = portal.store.round_with_pack(round).await?;
        let measure =
            pack.plan.measures.iter().position(|rule| rule.name.en == measure).ok_or_else(Problem::not_found)?;
        Ok(Start { party, round, pack, measure, basis: basis.unwrap_or_default() })
    }

    fn rule(&self) -> &Measure {
        &self.pack.plan.measures[self.measure]
    }

    fn table(&self) -> &Table {
        &self.pack.plan.vocabulary.tables[self.rule().basis.table]
    }

    /// Whether the row must be named first: that of the party itself has no name.
    fn asks_basis(&self) -> bool {
        self.basis.is_empty() && self.table().kind != TableKind::Party
    }

    /// What is wrong with the name of the row in the address; nothing of one that the registry has, whatever it is called there.
    async fn misnamed(&self, portal: &Portal) -> Result<Option<Text>, Problem> {
        if self.basis.is_empty() {
            return Ok(None);
        }
        let Err(error) = basis_name(self.table(), &self.basis, portal.store.now().day()) else { return Ok(None) };
        let words = problem::for_form(error)?;
        let rows = portal.store.party_rows(self.round.facts, self.round.pack, &self.party.code).await?;
        let is_known = rows.iter().any(|row| row.table == self.rule().basis.table && row.key == self.basis);
        Ok(Some(words).filter(|_| !is_known))
    }

    /// The party's cases for the measure.
    async fn of_measure(&self, portal: &Portal, viewer: &Viewer) -> Result<Vec<CaseRow>, Problem> {
        let filter = CaseFilter {
            party: Some(self.party.code.clone()),
            measure: Some(self.rule().name.en.clone()),
            per_page: 1000,
            ..CaseFilter::default()
        };
        Ok(portal.store.cases(&viewer.actor, &filter).await?.rows)
    }

    /// Whether a case of the measure is for the basis: in any year of what happens once, in the round's year of what goes by years.
    fn is_meant(&self, row: &CaseRow) -> bool {
        let is_once = self.rule().basis.period.is_dated();
        !self.asks_basis() && folded(&row.basis) == folded(&self.basis) && (is_once || row.year == self.round.year)
    }

    /// Where the measure supports a party once, what its limit asks: whatever other basis it applies with counts, too.
    fn once(&self) -> Option<Text> {
        once_for_all(&self.pack.plan, self.rule())
    }

    /// What the party has applied for with another basis and that counts together with this one.
    fn beside<'r>(&self, rows: &'r [CaseRow]) -> Vec<&'r CaseRow> {
        let is_counted = |row: &&CaseRow| row.number.is_some() && counts(row.stage) && !self.is_meant(row);
        if self.once().is_some() { rows.iter().filter(is_counted).collect() } else { Vec::new() }
    }
}

/// `GET /my/{code}/apply/…`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<ApplyPath>,
) -> Result<Response, Problem> {
    let start = Start::at(&portal, &viewer, place.into()).await?;
    if let Some(text) = start.misnamed(&portal).await? {
        return Ok(Flash { good: false, text }.redirect(&page.site().key, &format!("/my/{}", start.party.code)));
    }
    let form = form(&start, page.lang);
    show(&portal, &viewer, page, start, form).await
}

/// The path's parts; the basis may be missing.
#[derive(serde::Deserialize)]
pub struct ApplyPath {
    code: String,
    round: i64,
    measure: String,
    basis: Option<String>,
}

impl From<ApplyPath> for Place {
    fn from(path: ApplyPath) -> Place {
        (path.code, path.round, path.measure, path.basis)
    }
}

/// The question for the row's name, in its table's words.
fn form(start: &Start, lang: Lang) -> Form {
    let table = start.table();
    let field = match table.year_column() {
        Some(_) => Field::whole("basis", ("哪一年的", "Of which year")).within(1900, 2999),
        None => {
            let label =
                Text::new(format!("{}的编号", table.name.zh), format!("The number in “{}”", table.name.in_english()));
            Field::text("basis", label).max_chars(LONGEST_NUMBER).hint((
                "证书、批文或受理通知书上的编号；没有编号的，自己起一个好认的名字。",
                "As it stands on the certificate or notice; a name of your own where there is none.",
            ))
        }
    };
    let form = Form::new(lang, vec![field]);
    if table.year_column().is_some() { form.with("basis", start.round.year.to_string()) } else { form }
}

async fn show(portal: &Portal, viewer: &Viewer, page: Page, start: Start, form: Form) -> Result<Response, Problem> {
    let code = start.party.code.clone();
    let measure = start.rule().name.en.clone();
    let of_measure = start.of_measure(portal, viewer).await?;
    let beside = start.beside(&of_measure);
    let is_taken = beside.iter().any(|row| is_granted(row));
    let beside = beside.into_iter().map(earlier).collect();
    let cases: Vec<&CaseRow> = of_measure.iter().filter(|row| start.is_meant(row)).collect();
    let is_granted = cases.iter().any(|row| is_granted(row));
    let is_barred = cases.iter().any(|row| is_under_way(row));
    let over = closed_rounds(portal).await?;
    let (left, cases): (Vec<&CaseRow>, Vec<&CaseRow>) = cases.into_iter().partition(|row| is_left(row, &over));
    let (drafts, sent): (Vec<&CaseRow>, Vec<&CaseRow>) =
        cases.into_iter().filter(|row| counts(row.stage)).partition(|row| row.stage == Stage::Draft);
    let earlier = sent.into_iter().chain(drafts).map(earlier).collect();
    let overview = Outlook::load_round(portal, &viewer.actor, start.party.clone(), start.round.clone()).await?;
    let closed = overview.takes(&measure);
    // Of what can't be sent it is beside the point what it would come to.
    let is_over = is_granted || is_barred;
    let told = if is_over { None } else { told(&overview, &start, page.lang) };
    // Where nothing is due, or all was granted, nothing can be short.
    let may_be_due = !is_over && told.as_ref().is_none_or(|(outcome, _)| *outcome != Outcome::NotEntitled);
    let short = if may_be_due { short_of(portal, &start).await? } else { None };
    let rows = if start.asks_basis() { known_rows(portal, &start).await? } else { Vec::new() };
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page.narrow().titled(title(start.rule(), &start.basis));
    let page = page.under(format!("/my/{code}"), Text::same(start.party.name.clone()));
    let shown = Apply {
        page,
        action: apply_href(&code, start.round.id, &measure, &start.basis),
        once: once()?,
        form,
        asks_basis: start.asks_basis(),
        table: cells::name(&start.table().name),
        rows,
        earlier,
        is_granted,
        is_barred,
        beside,
        asked: start.once().unwrap_or_default(),
        is_taken,
        reason: told.map(|(_, decision)| decision).unwrap_or_default(),
        evidence: all_said(&start.pack.plan.english, &start.rule().notes.evidence),
        round: start.round.name.clone(),
        closes: last_day(&start.round),
        closed,
        short,
        is_taken_over: !left.is_empty(),
    };
    Page::show_as(status, &shown)
}

/// That the fund of the measure has nothing left in the round's year.
async fn short_of(portal: &Portal, start: &Start) -> Result<Option<Text>, Problem> {
    let Some(fund) = start.rule().fund.map(|fund| &start.pack.plan.funds[fund]) else { return Ok(None) };
    let left = Left::of(portal, &fund.name.en, start.round.year).await?;
    Ok(left.and_then(|left| left.short(&cells::name(&fund.name), None)))
}

/// Where of all that a party applies for only one can be granted, what the limit asks: per party, by a column that has nothing but the
/// party, which is counted the same, or once among everyone.
pub fn once_for_all(plan: &Plan, measure: &Measure) -> Option<Text> {
    let columns = &plan.vocabulary.tables[measure.basis.table].columns;
    let is_meant = |kind: &LimitKind| match kind {
        LimitKind::Once { key: Key::Party | Key::All } => true,
        LimitKind::Once { key: Key::Column(column) } => columns[*column].ty == ColumnType::Party,
        _ => false,
    };
    let once = measure.limits.iter().position(|limit| is_meant(&limit.kind))?;
    let asked = |lang| limits_in_words(plan, measure, lang).swap_remove(once);
    Some(Text::new(asked(Lang::Zh), asked(Lang::En)))
}

/// Whether an earlier application was granted: the same is granted once.
fn is_granted(row: &CaseRow) -> bool {
    row.stage.is_granted() && row.amount.is_some()
}

/// Whether an earlier application was sent and has not come to its end: two for the same are never under way.
fn is_under_way(row: &CaseRow) -> bool {
    row.number.is_some() && !row.stage.is_final()
}

fn earlier(row: &CaseRow) -> Earlier {
    let is_draft = row.stage == Stage::Draft;
    Earlier {
        href: if is_draft { format!("/cases/{}/edit", row.id.0) } else { format!("/cases/{}", row.id.0) },
        number: row.number.clone(),
        basis: row.basis.clone(),
        status: status(row.stage),
        amount: row.amount.map(|amount| span_text(duixian_money::Span::exact(amount))),
        since: row.submitted_at.map(|at| at.day()),
        is_draft,
    }
}

/// What the rules say of the basis by the registry alone; none where they know no such row.
fn told(overview: &Outlook, start: &Start, lang: Lang) -> Option<(Outcome, String)> {
    let given = overview.given.as_ref()?;
    let measure = &start.rule().name.en;
    appraisal::read(&given.explained, &given.pack, lang, |report| {
        let of = report.measures.iter().find(|one| one.id == *measure);
        let basis = of.and_then(|of| of.bases.iter().find(|basis| basis.id == start.basis));
        basis.map(|basis| (basis.status, basis.decision.clone()))
    })
}

/// The registry's rows that the measure may mean, to choose from: their names and what can be said of them shortly.
async fn known_rows(portal: &Portal, start: &Start) -> Result<Vec<(String, Text)>, Problem> {
    let rows = portal.store.party_rows(start.round.facts, start.round.pack, &start.party.code).await?;
    let table = start.rule().basis.table;
    let code = &start.party.code;
    let href = |key: &str| apply_href(code, start.round.id, &start.rule().name.en, key);
    let named = |row: &FactRow| cells::row_name(&start.pack.plan.vocabulary, table, &row.key, &row.cells);
    let rows = rows.iter().filter(|row| row.table == table && may_be_meant(&start.pack.plan, start.rule(), row));
    Ok(rows.map(|row| (href(&row.key), named(row))).collect())
}

/// Whether a measure means a row of its table, as far as the words in it say.
fn may_be_meant(plan: &Plan, measure: &Measure, row: &FactRow) -> bool {
    let columns = &plan.vocabulary.tables[measure.basis.table].columns;
    words_meant(plan, measure).into_iter().all(|(column, words)| {
        let ColumnType::Word(list) = columns[column].ty else { return true };
        let stands =
            plan.vocabulary.word_lists[list].words.iter().position(|word| Some(&word.en) == row.cells.get(column));
        stands.is_none_or(|word| words.contains(&(word as i64)))
    })
}

/// `POST /my/{code}/apply/…`: opens a draft.
pub async fn begin(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(place): Path<ApplyPath>,
    posted: Posted,
) -> Result<Response, Problem> {
    let mut start = Start::at(&portal, &viewer, place.into()).await?;
    let is_typed = start.asks_basis();
    if is_typed {
        let mut form = form(&start, page.lang).filled(&posted);
        let typed = form.text("basis").to_owned();
        let typed = match start.table().year_column() {
            Some(_) => form.whole("basis").map_or(typed, |year| year.to_string()),
            None => typed,
        };
        if form.is_good() {
            match basis_name(start.table(), &typed, portal.store.now().day()) {
                Ok(basis) => start.basis = basis,
                Err(error) => form.error("basis", problem::for_form(error)?),
            }
        }
        if !form.is_good() {
            return show(&portal, &viewer, page, start, form).await;
        }
    }
    let of_measure = start.of_measure(&portal, &viewer).await?;
    let cases: Vec<&CaseRow> = of_measure.iter().filter(|row| start.is_meant(row)).collect();
    let in_round = cases.iter().find(|row| row.round == start.round.id && row.stage == Stage::Draft);
    if let Some(draft) = in_round {
        return Ok(Flash::done("这一项已有草稿，请接着填", "There is a draft for this already: go on with it")
            .redirect(&page.site().key, &format!("/cases/{}/edit", draft.id.0)));
    }
    // A second click on the button that begins is told from a second application by its key.
    let key = form_key(&posted, &format!("{} {} {}", start.round.id, start.measure, start.basis))?;
    // Whoever was warned before they had named the basis was not warned of another application for it.
    let warned = posted.get("anyway");
    let is_granted = cases.iter().any(|row| is_granted(row));
    let over = closed_rounds(&portal).await?;
    let is_again = cases.iter().any(|row| counts(row.stage) && !is_left(row, &over)) && warned != "yes";
    let is_beside = !start.beside(&of_measure).is_empty() && warned.is_empty();
    if is_granted || is_again || is_beside {
        let form = form(&start, page.lang);
        return show(&portal, &viewer, page, start, form).await;
    }
    let new = NewCase {
        round: start.round.id,
        party: start.party.code.clone(),
        measure: start.rule().name.en.clone(),
        basis: start.basis.clone(),
    };
    match portal.store.open_draft(&viewer.actor, &key, new).await {
        Ok(opened) => {
            let left = cases.iter().filter(|row| is_left(row, &over)).max_by_key(|row| row.id);
            let is_taken_over = match left {
                Some(left) => take_over(&portal, &viewer, &key, (left.id, opened.value.id)).await?,
                None => false,
            };
            let flash = match start.round.state(portal.store.now()) {
                RoundState::Announced => Flash::done(
                    "草稿已经开始；批次开放后才能提交",
                    "The draft is begun; it can be sent when the round opens",
                ),
                _ if is_taken_over => Flash::done(
                    "草稿已经开始；上一批没有提交的草稿里填过的内容和佐证已经带过来，请逐项核对",
                    "The draft is begun with what you had filled in and handed in for the closed round: please check each",
                ),
                _ => {
                    Flash::done("草稿已经开始，填的内容随时保存", "The draft is begun; what you type is kept as you go")
                }
            };
            Ok(flash.redirect(&page.site().key, &format!("/cases/{}/edit", opened.value.id.0)))
        }
        Err(error) => {
            let words = problem::for_form(error)?;
            if is_typed {
                // Beside the field, with what was typed: a slip of one digit is no reason to begin again.
                start.basis = String::new();
                let mut form = form(&start, page.lang).drafted(&posted);
                form.error("basis", words);
                return show(&portal, &viewer, page, start, form).await;
            }
            Ok(Flash { good: false, text: words }.redirect(&page.site().key, &format!("/my/{}", start.party.code)))
        }
    }
}
