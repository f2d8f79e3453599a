//! Rounds: opened on a pack and a version of the facts, which stay as they are; only the closing can be moved.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use duixian_casework::round::{Round, RoundState};
use duixian_casework::stage::Stage;
use duixian_store::StoreError;
use duixian_store::cases::CaseFilter;
use duixian_store::journal::Entry;
use serde::Deserialize;

use super::seen::{self, Whole};
use crate::export;
use crate::format;
use crate::forms::{Field, Form, Posted};
use crate::list::{Cell, Column, List, Row};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::check::{Check, carried};
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::ui::{Facts, Status};
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "admin/rounds.html")]
struct RoundsPage {
    page: Page,
    list: List,
}

pub(crate) fn status_of(round: &Round, now: Moment) -> Status {
    match round.state(now) {
        _ if round.is_withdrawn => Status::quiet("已撤销", "Withdrawn"),
        RoundState::Announced => Status::hold("尚未开始", "Announced"),
        RoundState::Open => Status::good("正在受理", "Open"),
        RoundState::Closed => Status::quiet("已截止", "Closed"),
    }
}

/// The last day on which applications are taken.
pub(crate) fn last_day(round: &Round) -> NaiveDate {
    last_day_before(round.closes_at)
}

fn last_day_before(closes_at: Moment) -> NaiveDate {
    Moment(closes_at.0 - 1).day()
}

/// All rounds.
pub(super) async fn list(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let now = portal.store.now();
    let mut list = List::new(
        ("申报批次", "Rounds"),
        vec![
            Column::text("name", ("批次", "Round")),
            Column::number("year", ("年度", "Year")),
            Column::date("opens", ("开始", "Opens")),
            Column::date("closes", ("截止（当天）", "Closes (that day)")),
            Column::status("state", ("状态", "State")),
            Column::text("pack", ("规则包", "Pack")),
            Column::text("facts", ("数据", "Facts")),
        ],
    )
    .cards();
    for round in portal.store.rounds().await? {
        list.push(Row::new(vec![
            Cell::text(round.name.clone()).link(format!("/admin/rounds/{}", round.id)),
            Cell::text(round.year.to_string()),
            Cell::date(round.opens_at.day()),
            Cell::date(last_day(&round)),
            Cell::status(status_of(&round, now)),
            Cell::pair(version(round.pack)).link(format!("/admin/pack/{}", round.pack)),
            Cell::pair(version(round.facts)),
        ]));
    }
    if let Some(format) = export::Format::asked(&page) {
        return export::answer(&list, page.lang, format, "rounds");
    }
    let page = super::framed(page.titled(("申报批次", "Rounds")));
    Page::show(&RoundsPage { page, list })
}

pub(super) fn version(number: i64) -> Text {
    Text::new(format!("第 {number} 版"), format!("version {number}"))
}

/// How many years ahead a round closes at most: a later day is a slip of the keyboard.
const MOST_YEARS: i32 = 5;

/// Why a round that opens on a day cannot close on another: it is over, so that the applicants who are still writing would be shut out
/// unseen; it has not begun; or it lies so far ahead that nobody means it.
pub(super) fn unfit(opens: NaiveDate, closes: NaiveDate, now: Moment) -> Option<Text> {
    let day = |day| [Lang::Zh, Lang::En].map(|lang| format::date(lang, day));
    if closes < opens {
        let [zh, en] = day(opens);
        return Some(Text::new(
            format!("截止不能早于开始（{zh}）。"),
            format!("It must not close before it opens ({en})."),
        ));
    }
    if closes < now.day() {
        let [zh, en] = day(now.day());
        return Some(Text::new(
            format!("不能早于今天（{zh}）；要马上截止，请填今天，当天仍可提交。"),
            format!("Not before today ({en}); today at the earliest, that day included."),
        ));
    }
    let last = now.day().year() + MOST_YEARS;
    (closes.year() > last).then(|| {
        Text::new(
            format!("不能晚于{last}年，请核对年份；以后还可以再改晚。"),
            format!("Not after {last}: check the year. It can be moved to a later day again."),
        )
    })
}

/// The end of a day.
pub(super) fn end_of(day: NaiveDate) -> Moment {
    Moment::start_of(day.succ_opt().unwrap_or(day))
}

#[derive(Template)]
#[template(path = "admin/round.html")]
struct RoundPage {
    page: Page,
    facts: Facts,
    status: Status,
    form: Form,
    /// When it is to open, as long as it has not begun.
    opening: Option<Form>,
    /// Whether its dates can be changed: not once it is withdrawn.
    is_alive: bool,
    /// Whether it can be withdrawn, since nobody has begun to apply.
    is_unused: bool,
    /// Why one that has not closed can't be withdrawn.
    kept: Option<Text>,
    id: i64,
    /// The newest pack and facts, where the round has not begun and is not on them.
    newest: Option<Text>,
    /// Who has moved its closing, when, and from which day to which, the last first.
    moved: Vec<Text>,
}

/// One round.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    page: Page,
) -> Result<Response, Problem> {
    let seen = Whole::closing(id).last(&portal).await?;
    let round = portal.store.round(id).await?;
    let form = closing_form(page.lang).with("closes", last_day(&round).to_string()).with(seen::FIELD, seen.to_string());
    shown(&portal, page, round, form, StatusCode::OK).await
}

fn opening_form(lang: Lang, round: &Round) -> Form {
    let opens = Field::date("opens", ("开始受理", "Opens")).hint((
        "还没有开始受理，可以改；改为今天的，马上开始，规则和数据从此不变。",
        "It has not begun, and can be moved; to today, it opens at once, and its rules and facts stay from then on.",
    ));
    Form::new(lang, vec![opens]).with("opens", round.opens_at.day().to_string())
}

/// Moves the opening of a round that has not begun.
pub(super) async fn change_opening(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let round = portal.store.round(id).await?;
    let form = opening_form(page.lang, &round).filled(&posted);
    let told = match form.date("opens").filter(|_| form.is_good()) {
        None => Some(("没有改：请填写开始日期", "Not moved: give the day on which it opens").into()),
        Some(opens) if opens == round.opens_at.day() => None,
        Some(opens) => {
            let moved = portal.store.change_opening(&viewer.actor, &posted.key()?, id, Moment::start_of(opens)).await;
            moved.err().map(for_form).transpose()?
        }
    };
    let flash = match told {
        Some(text) => Flash { good: false, text },
        None => Flash::done("开始日期已改", "The opening is moved"),
    };
    Ok(flash.redirect(&page.site().key, &format!("/admin/rounds/{id}")))
}

fn closing_form(lang: Lang) -> Form {
    let closes = Field::date("closes", ("截止受理", "Closes")).hint(("当天仍可提交。", "That day included."));
    Form::new(lang, vec![closes, seen::field()])
}

/// What a round is, as a page shows it.
pub(super) async fn facts(portal: &Portal, round: &Round) -> Result<Facts, Problem> {
    let pack = portal.store.pack(round.pack).await?;
    let name = |measure: &String, lang: Lang| {
        let known = pack.plan.measures.iter().find(|one| one.name.en == *measure);
        known.map_or_else(
            || measure.clone(),
            |known| match lang {
                Lang::Zh => known.name.zh.clone(),
                Lang::En => known.name.in_english().into_owned(),
            },
        )
    };
    let measures = |lang: Lang, all: &str, between: &str| {
        let names: Vec<String> = round.measures.iter().map(|measure| name(measure, lang)).collect();
        if names.is_empty() { all.to_owned() } else { names.join(between) }
    };
    let day = |lang, day| format::date(lang, day);
    let days = |at: NaiveDate| Text::new(day(Lang::Zh, at), day(Lang::En, at));
    Ok(Facts::default()
        .add(("评定年度", "Year assessed"), Text::same(round.year.to_string()))
        .add(("依据截至", "Bases up to"), days(round.as_of))
        .add(("开始受理", "Opens"), days(round.opens_at.day()))
        .add(("截止受理", "Closes"), days(last_day(round)))
        .add(("措施", "Measures"), Text::new(measures(Lang::Zh, "全部", "、"), measures(Lang::En, "all", ", ")))
        .add(("规则包", "Pack"), version(round.pack))
        .link(format!("/admin/pack/{}", round.pack))
        .add(("企业数据", "Facts"), version(round.facts))
        .link("/admin/facts"))
}

async fn shown(portal: &Portal, page: Page, round: Round, form: Form, status: StatusCode) -> Result<Response, Problem> {
    let facts = facts(portal, &round).await?;
    let drafts = drafts(portal, &round).await?;
    let facts = facts.add(
        ("还没有提交的草稿", "Drafts not submitted"),
        Text::new(format!("{drafts} 件，截止后不能提交"), format!("{drafts}; after the closing they cannot be")),
    );
    let page = framed(page).titled(Text::same(round.name.clone()));
    let state = status_of(&round, portal.store.now());
    let (newest, moved) = (newest(portal, &round).await?, moved(portal, &round).await?);
    let stands = round.state(portal.store.now());
    let opening = (stands == RoundState::Announced).then(|| opening_form(page.lang, &round));
    let is_unused = stands != RoundState::Closed && is_unused(portal, &round).await?;
    let kept = (stands != RoundState::Closed && !is_unused).then(|| {
        Text::new(
            "已经有人开始申请（含草稿），这一批不能撤销；要停止受理，把截止日期改为今天。",
            "Someone has begun to apply, if only a draft: the round can't be withdrawn; to stop it, let it close today.",
        )
    });
    let (id, is_alive) = (round.id, !round.is_withdrawn);
    Page::show_as(
        status,
        &RoundPage { page, facts, status: state, form, opening, is_alive, is_unused, kept, id, newest, moved },
    )
}

fn framed(page: Page) -> Page {
    super::framed(page).under("/admin/rounds", ("申报批次", "Rounds"))
}

/// How many drafts of a round were not submitted.
async fn drafts(portal: &Portal, round: &Round) -> Result<u64, Problem> {
    let unsent = CaseFilter { round: Some(round.id), stages: vec![Stage::Draft], per_page: 1, ..CaseFilter::default() };
    Ok(portal.store.cases(&Actor::System, &unsent).await?.total)
}

/// Whether nobody has begun to apply in it.
async fn is_unused(portal: &Portal, round: &Round) -> Result<bool, Problem> {
    let all = CaseFilter { round: Some(round.id), per_page: 1, ..CaseFilter::default() };
    Ok(portal.store.cases(&Actor::System, &all).await?.total == 0)
}

/// Who has moved its closing, and when, as the journal has it.
async fn moved(portal: &Portal, round: &Round) -> Result<Vec<Text>, Problem> {
    let mut lines = Vec::new();
    for change in Whole::closing(round.id).changes(portal).await? {
        let Ok(Moved { from, to }) = serde_json::from_str(&change.body) else { continue };
        let by = seen::by(portal, std::slice::from_ref(&change)).await?;
        let day = |lang, at| format::date(lang, last_day_before(at));
        lines.push(Text::new(
            format!("{}：{} 改为 {}", by.zh, day(Lang::Zh, from), day(Lang::Zh, to)),
            format!("{}: from {} to {}", by.en, day(Lang::En, from), day(Lang::En, to)),
        ));
    }
    Ok(lines)
}

/// What an earlier closing does to those who are still writing, to be looked at once more.
async fn earlier(
    portal: &Portal,
    page: Page,
    round: &Round,
    closes: NaiveDate,
    form: &Form,
) -> Result<Response, Problem> {
    let (was, drafts) = (last_day(round), drafts(portal, round).await?);
    let day = |day| Text::new(format::date(Lang::Zh, day), format::date(Lang::En, day));
    let (closing, path) = (day(closes), format!("/admin/rounds/{}", round.id));
    let warning = Text::new(
        format!("还没有提交的草稿 {drafts} 件，过了 {} 就不能提交。", closing.zh),
        format!("Drafts not submitted: {drafts}. After {} they cannot be.", closing.en),
    );
    let title = Text::new(
        format!("请核对后提前截止：{}", round.name),
        format!("Check before it closes earlier: {}", round.name),
    );
    Page::show(&Check {
        page: framed(page).narrow().titled(title),
        action: &path,
        warnings: if drafts > 0 { vec![warning] } else { Vec::new() },
        facts: Facts::default()
            .add(("现在的截止", "Closes now"), day(was))
            .add(("改为", "To close"), closing)
            .add(("还没有提交的草稿", "Drafts not submitted"), Text::new(format!("{drafts} 件"), drafts.to_string())),
        carried: carried(form, &["closes", seen::FIELD]),
        note: ("截止当天仍可提交；改早以后还可以再改晚。", "That day included. It can be moved to a later day again.")
            .into(),
        button: ("确认提前截止", "Close it earlier").into(),
        back: &path,
    })
}

async fn newest(portal: &Portal, round: &Round) -> Result<Option<Text>, Problem> {
    let store = &portal.store;
    let pack = store.packs().await?.first().map(|one| one.id);
    let facts = store.fact_versions().await?.first().map(|one| one.id);
    let (Some(pack), Some(facts)) = (pack, facts) else { return Ok(None) };
    if round.state(store.now()) != RoundState::Announced || (pack, facts) == (round.pack, round.facts) {
        return Ok(None);
    }
    let (pack, facts) = (version(pack), version(facts));
    Ok(Some(Text::new(
        format!("规则包{}，企业数据{}", pack.zh, facts.zh),
        format!("pack {}, facts {}", pack.en, facts.en),
    )))
}

/// Puts a round that has not begun on the newest rules and facts.
pub(super) async fn renew(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let flash = match portal.store.renew_round(&viewer.actor, &posted.key()?, id).await {
        Ok(_) => Flash::done("已换用最新的规则和数据", "The round is on the newest rules and facts"),
        Err(error) => Flash { good: false, text: for_form(error)? },
    };
    Ok(flash.redirect(&page.site().key, &format!("/admin/rounds/{id}")))
}

/// Withdraws a round that nobody has begun to apply in, after a last look at it.
pub(super) async fn withdraw(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let path = format!("/admin/rounds/{id}");
    let round = portal.store.round(id).await?;
    // Where someone has begun to apply meanwhile, there is nothing to look at: the store says so.
    if !posted.has("confirmed") && is_unused(&portal, &round).await? {
        let title =
            Text::new(format!("请核对后撤销：{}", round.name), format!("Check before it is withdrawn: {}", round.name));
        return Page::show(&Check {
            page: framed(page).narrow().titled(title),
            action: &format!("{path}/withdraw"),
            warnings: Vec::new(),
            facts: facts(&portal, &round).await?,
            carried: Vec::new(),
            note: (
                "还没有人申请。撤销以后，公众和企业不再看到这一批，也不能恢复；需要时另开一批，可以用同一名称。",
                "Nobody has begun to apply. Once withdrawn it is no longer shown to anybody, and does not come back; another can be opened, by the same name.",
            )
                .into(),
            button: ("确认撤销", "Withdraw it").into(),
            back: &path,
        });
    }
    let flash = match portal.store.withdraw_round(&viewer.actor, &posted.key()?, id).await {
        Ok(_) => Flash::done("这一批已撤销", "The round is withdrawn"),
        Err(error) => Flash { good: false, text: for_form(error)? },
    };
    Ok(flash.redirect(&page.site().key, &path))
}

/// Moves the closing.
pub(super) async fn change_closing(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<i64>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let (whole, seen) = (Whole::closing(id), seen::of(&posted));
    let round = portal.store.round(id).await?;
    let mut form = closing_form(page.lang).filled(&posted);
    let (Some(closes), true) = (form.date("closes"), form.is_good()) else {
        return shown(&portal, page, round, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if let Some(text) = unfit(round.opens_at.day(), closes, portal.store.now()) {
        form.error("closes", text);
        return shown(&portal, page, round, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if posted.has("change") {
        return shown(&portal, page, round, form, StatusCode::OK).await;
    }
    // What another has moved meanwhile is refused, and needs no look at what would follow.
    let is_as_seen = whole.since(&portal, seen).await?.is_empty();
    if closes == last_day(&round) && is_as_seen {
        let flash = Flash::done("截止日期和原来一样，没有改动", "The closing is as it was; nothing was changed");
        return Ok(flash.redirect(&page.site().key, &format!("/admin/rounds/{id}")));
    }
    if closes < last_day(&round) && is_as_seen && !posted.has("confirmed") {
        return earlier(&portal, page, &round, closes, &form).await;
    }
    let key = posted.key()?;
    let moved = portal.store.change_closing_of_version(&viewer.actor, &key, id, Some(seen), end_of(closes)).await;
    let Err(error) = moved else {
        let flash = Flash::done("截止日期已改", "The closing is moved");
        return Ok(flash.redirect(&page.site().key, &format!("/admin/rounds/{id}")));
    };
    let last = whole.last(&portal).await?;
    let changes = whole.since(&portal, seen).await?;
    if !matches!(error, StoreError::Conflict { .. }) || changes.is_empty() {
        form.error("closes", for_form(error)?);
        return shown(&portal, page, round, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let round = portal.store.round(id).await?;
    let mut form = form.with(seen::FIELD, last.to_string());
    form.error("closes", overtaken(&portal, &round, &changes).await?);
    shown(&portal, page, round, form, StatusCode::CONFLICT).await
}

/// What the journal says of a closing that was moved.
#[derive(Deserialize)]
struct Moved {
    from: Moment,
    to: Moment,
}

/// That others have moved the closing, the newest change first, since the form was opened.
async fn overtaken(portal: &Portal, round: &Round, changes: &[Entry]) -> Result<Text, Problem> {
    let by = seen::by(portal, changes).await?;
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| format::date(lang, last_day(round)));
    let first = changes.last().and_then(|change| serde_json::from_str::<Moved>(&change.body).ok());
    let (moved_zh, moved_en) = match first.is_some_and(|first| first.from == round.closes_at) {
        true => ("截止改过又改回", "was moved, and then back to"),
        false => ("截止已改为", "was moved to"),
    };
    Ok(Text::new(
        format!("没有改：您打开这一页以后，{moved_zh} {zh}（改动人：{}）。核对后再保存。", by.zh),
        format!(
            "Not moved: since you opened this page the closing {moved_en} {en}, by {}. Look at it, and save again.",
            by.en
        ),
    ))
}
