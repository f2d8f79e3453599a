//! A new round: filled in, looked at once more, opened.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use duixian_casework::moment::Moment;
use duixian_casework::round::{Round, RoundState};
use duixian_rules::pack::Pack;
use duixian_store::NewRound;

use super::FormPage;
use super::rounds::{self, end_of, unfit};
use crate::casefile::cells;
use crate::format;
use crate::forms::{Choice, Field, Form, Posted};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::check::{Check, carried};
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::viewer::Viewer;

fn measure_choices(pack: &Pack) -> Vec<Choice> {
    let choice = |measure: &duixian_rules::plan::Measure| {
        Choice::new(measure.name.en.clone(), cells::name(&measure.name)).hint(Text::same(measure.clause.clone()))
    };
    pack.plan.measures.iter().map(choice).collect()
}

/// The form for a new round; `Err` says what must be there first.
async fn new_form(portal: &Portal, lang: Lang) -> Result<Result<Form, Text>, Problem> {
    let Some((current, pack)) = portal.store.current_pack().await? else {
        return Ok(Err(("请先安装规则包。", "Install a pack first.").into()));
    };
    let versions = portal.store.fact_versions().await?;
    if versions.is_empty() {
        return Ok(Err(("请先导入企业数据。", "Import the facts first.").into()));
    }
    let packs = portal.store.packs().await?;
    let pack_choice = |one: &duixian_store::PackVersion| {
        let day = one.created_at.day();
        Choice::new(
            one.id.to_string(),
            Text::new(
                format!("第 {} 版：{}（{day}）", one.id, one.name.zh),
                format!("{}: {} ({day})", one.id, one.name.in_english()),
            ),
        )
    };
    let facts_choice = |one: &duixian_store::facts::FactVersion| {
        let day = one.created_at.day();
        Choice::new(
            one.id.to_string(),
            Text::new(
                format!("第 {} 版：{}（{day}，{} 行）", one.id, one.source.zh, one.rows),
                format!("{}: {} ({day}, {} rows)", one.id, one.source.en, one.rows),
            ),
        )
    };
    let today = portal.store.now().day();
    let fields = vec![
        Field::text("name", ("批次名称", "Name"))
            .max_chars(60)
            .hint(("例如：2019年度第一批", "Such as: first round of 2019")),
        Field::whole("year", ("评定年度", "Year assessed")).within(2000, 2100),
        Field::date("as_of", ("依据截至", "Bases up to")).optional().hint((
            "这一天以后的依据不看。空着就是评定年度的最后一天。",
            "Bases dated later are not looked at. Left empty it is the last day of the year assessed.",
        )),
        Field::date("opens", ("开始受理", "Opens")),
        Field::date("closes", ("截止受理", "Closes"))
            .hint(("当天仍可提交。以后可以改。", "That day included. It can be moved later.")),
        Field::checkboxes("measures", ("可申请的措施", "Measures"), measure_choices(&pack))
            .optional()
            .hint(("不选即全部。", "None chosen means all.")),
        Field::select("pack", ("规则包", "Pack"), packs.iter().take(50).map(pack_choice).collect())
            .hint(("开始受理以后不再变。", "It stays with the round once that takes applications.")),
        Field::select("facts", ("企业数据", "Facts"), versions.iter().take(50).map(facts_choice).collect()).hint((
            "开始受理以后不再变：这一批的件永远按这一版解释。",
            "Frozen with the round: its cases are explained by them for ever.",
        )),
    ];
    let newest = versions[0].id;
    let form = Form::new(lang, fields)
        .with("year", today.year().to_string())
        .with("opens", today.to_string())
        .with("pack", current.to_string())
        .with("facts", newest.to_string());
    Ok(Ok(form))
}

/// The form.
pub(super) async fn new(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    match new_form(&portal, page.lang).await? {
        Ok(form) => new_page(page, form).show(StatusCode::OK),
        Err(text) => {
            let flash = Flash { good: false, text };
            Ok(flash.redirect(&page.site().key, "/admin/rounds"))
        }
    }
}

fn framed(page: Page) -> Page {
    page.under("/admin", ("管理", "Administration")).under("/admin/rounds", ("申报批次", "Rounds")).narrow()
}

fn new_page(page: Page, form: Form) -> FormPage {
    let page = framed(page).titled(("开一个申报批次", "Open a round"));
    let button = ("下一步：核对", "Next: check it").into();
    FormPage { page, form, action: "/admin/rounds/new".to_owned(), button, back: "/admin/rounds".to_owned() }
}

/// `POST /admin/rounds/new`: shows what is about to be opened; with `confirmed`, opens it.
pub(super) async fn open(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let form = new_form(&portal, page.lang).await?.map_err(Problem::conflict)?;
    let mut form = form.filled(&posted);
    let year = form.whole("year").and_then(|year| i32::try_from(year).ok());
    let (Some(opens), Some(closes), Some(year), true) = (form.date("opens"), form.date("closes"), year, form.is_good())
    else {
        return new_page(page, form).show(StatusCode::UNPROCESSABLE_ENTITY);
    };
    if let Some(text) = unfit(opens, closes, portal.store.now()) {
        form.error("closes", text);
        return new_page(page, form).show(StatusCode::UNPROCESSABLE_ENTITY);
    }
    if portal.store.rounds().await?.iter().any(|other| other.name == form.text("name")) && !posted.has("confirmed") {
        let taken = ("已有一个批次叫这个名称，请换一个。", "A round of this name is there already: take another.");
        form.error("name", taken);
        return new_page(page, form).show(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let as_of = form.date("as_of").or(NaiveDate::from_ymd_opt(year, 12, 31)).unwrap_or(closes);
    if as_of.year() < year {
        form.error("as_of", ("不能早于评定年度。", "It must not lie before the year assessed."));
        return new_page(page, form).show(StatusCode::UNPROCESSABLE_ENTITY);
    }
    if posted.has("change") {
        return new_page(page, form).show(StatusCode::OK);
    }
    let new = NewRound {
        name: form.text("name").to_owned(),
        year,
        as_of,
        measures: form.texts("measures").into_iter().map(str::to_owned).collect(),
        opens_at: Moment::start_of(opens),
        closes_at: end_of(closes),
        pack: form.whole("pack").unwrap_or(0),
        facts: form.whole("facts").unwrap_or(0),
    };
    if !posted.has("confirmed") {
        return check(&portal, page, form, new).await;
    }
    match portal.store.open_round(&viewer.actor, &posted.key()?, new).await {
        Ok(done) => {
            let flash = Flash::done("批次已开", "The round is open");
            Ok(flash.redirect(&page.site().key, &format!("/admin/rounds/{}", done.value)))
        }
        Err(error) => {
            form.error("name", for_form(error)?);
            new_page(page, form).show(StatusCode::UNPROCESSABLE_ENTITY)
        }
    }
}

async fn check(portal: &Portal, page: Page, form: Form, new: NewRound) -> Result<Response, Problem> {
    let NewRound { name, year, as_of, measures, opens_at, closes_at, pack, facts } = new;
    let round = Round { id: 0, name, year, as_of, measures, opens_at, closes_at, pack, facts, is_withdrawn: false };
    let warnings = warnings(portal, &round).await?;
    let title =
        Text::new(format!("请核对后开批：{}", round.name), format!("Check before it is opened: {}", round.name));
    let page = framed(page).titled(title);
    let fields = carried(&form, &["name", "year", "as_of", "opens", "closes", "pack", "facts"]);
    let measures = form.texts("measures").into_iter().map(|measure| ("measures", measure.to_owned()));
    let note = (
        "开批以后，名称、年度和措施不能再改，请核对；截止日期可以改，开始受理以前还可以改开始日期；还没有人申请的可以撤销。规则和数据从开始受理那天起不再变。",
        "Name, year and measures can't be changed any more: check them. Its closing can be moved, and its opening until it has begun; as long as nobody has begun to apply it can be withdrawn. Its rules and facts stay from the day on which it takes applications.",
    );
    Page::show(&Check {
        page,
        action: "/admin/rounds/new",
        warnings,
        facts: rounds::facts(portal, &round).await?,
        carried: fields.into_iter().chain(measures).collect(),
        note: note.into(),
        button: ("确认开批", "Open the round").into(),
        back: "/admin/rounds",
    })
}

/// What may be a slip of the pen: another round of the same year takes the same measures; it opens in the past; bases count
/// that are dated after it closes; newer rules or facts are there.
async fn warnings(portal: &Portal, round: &Round) -> Result<Vec<Text>, Problem> {
    let store = &portal.store;
    let now = store.now();
    let mut warnings = Vec::new();
    let shares = |other: &Round| {
        let is_all = round.measures.is_empty() || other.measures.is_empty();
        is_all || other.measures.iter().any(|measure| round.measures.contains(measure))
    };
    let others = store.rounds().await?;
    for other in &others {
        if other.year == round.year && other.state(now) != RoundState::Closed && shares(other) {
            warnings.push(Text::new(
                format!("“{}”也是{}年度的，还没有截止，可申请的措施有重合。", other.name, other.year),
                format!(
                    "“{}” is of {} too, has not closed, and takes some of the same measures.",
                    other.name, other.year
                ),
            ));
        }
    }
    if round.opens_at.day() < now.day() {
        warnings.push(
            (
                "开始受理的日子已经过了：开批以后马上受理，规则和数据随即不再变。",
                "The day it opens is gone by: it takes applications at once, and its rules and facts stay from then on.",
            )
                .into(),
        );
    }
    if round.as_of >= round.closes_at.day() {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| format::date(lang, round.as_of));
        warnings.push(Text::new(
            format!("依据截至 {zh}，在截止受理以后：到那时才有的依据，这一批来不及申请。"),
            format!("Bases count up to {en}, after it closes: what comes into being then can't be applied for in this round."),
        ));
    }
    let newest_pack = store.packs().await?.first().map(|one| one.id);
    let newest_facts = store.fact_versions().await?.first().map(|one| one.id);
    if newest_pack.is_some_and(|id| id != round.pack) || newest_facts.is_some_and(|id| id != round.facts) {
        warnings.push(
            ("选的规则包或者企业数据不是最新的一版。", "The pack or the facts chosen are not the newest version.")
                .into(),
        );
    }
    Ok(warnings)
}
