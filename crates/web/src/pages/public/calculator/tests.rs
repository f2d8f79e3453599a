//! The calculator gives what an application is appraised with, says what it does not know, and leaves no trace.

mod examples;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use duixian_assess::result::Status as Outcome;
use duixian_casework::case::Standing;
use duixian_casework::people::Actor;
use duixian_money::Fen;
use duixian_rules::pack::Pack;
use duixian_rules::source::Sources;
use duixian_rules::vocabulary::{ColumnType, Empty};
use duixian_store::NewRound;

use super::answers;
use super::reckon::{Case, Missing, Reckoned};
use super::result::Answer;
use super::sheet::Sheet;
use crate::forms::{Form, Posted};
use crate::locale::Lang;
use crate::testing::{PACK, Who, World, YEAR, fresh};

/// A pack from files of the repository.
fn pack_of(path: &str) -> Arc<Pack> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let mut files: Vec<_> = if path.is_dir() {
        std::fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("a file").path()).collect()
    } else {
        vec![path]
    };
    files.sort();
    let mut sources = Sources::default();
    for file in files {
        sources.add(file.display().to_string(), std::fs::read_to_string(&file).expect("a text"));
    }
    sound(sources)
}

fn pack_from(text: &str) -> Arc<Pack> {
    let mut sources = Sources::default();
    sources.add("trial.md", text);
    sound(sources)
}

fn sound(sources: Sources) -> Arc<Pack> {
    let pack = Pack::read(sources);
    assert!(!pack.has_errors(), "{:?}", pack.diagnostics);
    Arc::new(pack)
}

/// What a measure comes to by what was typed.
struct Reckoning<'p> {
    pack: &'p Pack,
    measure: usize,
    year: i32,
}

impl Reckoning<'_> {
    fn sheet(&self) -> Sheet {
        Sheet::of(self.pack, &self.pack.plan.measures[self.measure], self.year)
    }

    /// The day after which nothing has happened.
    fn last_day(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, 12, 31).expect("a day")
    }

    fn of(&self, typed: &[(String, String)]) -> Reckoned {
        let sheet = self.sheet();
        let posted = Posted::from_pairs(typed.iter().cloned());
        // A day of the next year can be stated: that it is not of the year is the rule's to say.
        let today = self.last_day() + TimeDelta::days(400);
        let vocabulary = &self.pack.plan.vocabulary;
        let (form, given) = answers::read(&sheet, vocabulary, &posted, today, Lang::Zh, None);
        assert!(form.is_good(), "{typed:?}: {:?}", form.found());
        let (plan, measure, year, as_of) = (&self.pack.plan, self.measure, self.year, self.last_day());
        Case { plan, measure, sheet: &sheet, year, as_of }.reckon(&given).expect("an answer")
    }
}

#[test]
fn without_an_answer_every_measure_says_what_is_missing_and_where() {
    for pack in [pack_of("packs/nanming-2017"), pack_of("docs/guide/recipes.zh.md"), pack_from(PACK)] {
        for (measure, rule) in pack.plan.measures.iter().enumerate() {
            let reckoning = Reckoning { pack: &pack, measure, year: 2026 };
            let sheet = reckoning.sheet();
            let mut names: Vec<&str> = sheet.asks().map(|ask| ask.name.as_str()).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{}: two questions have one name", rule.name.zh);
            for ask in sheet.asks() {
                let column = &ask.question.column;
                assert!(column.ty != ColumnType::Party || !ask.starts.is_empty(), "{}: a code is asked", rule.name.zh);
                assert!(!["名称", "姓名", "电话", "账号"].contains(&&*column.name.zh), "{}", column.name.zh);
                assert_ne!(column.empty, Empty::Own, "{}: {} says nothing alone", rule.name.zh, column.name.zh);
            }
            let reckoned = reckoning.of(&[]);
            assert_eq!(reckoned.outcome, Some(Outcome::Unknown), "{}", rule.name.zh);
            assert!(!reckoned.missing.is_empty(), "{}", rule.name.zh);
            for one in &reckoned.missing {
                assert!(matches!(one, Missing::Answer(_)), "{}: {one:?} can't be answered", rule.name.zh);
            }
        }
    }
}

fn reckoned(pack: &Pack, measure: &str, year: i32, typed: &[(&str, &str)]) -> Reckoned {
    let measure = pack.plan.measures.iter().position(|one| one.name.en == measure).expect("the measure");
    let typed: Vec<_> = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reckoning { pack, measure, year }.of(&typed)
}

#[test]
fn what_is_open_lies_between_what_the_answers_can_be() {
    let pack = pack_of("packs/nanming-2017");
    let local = [("enterprises-district", "520102"), ("enterprises-moved_in_on-none", "yes")];
    let with = |more: &[(&'static str, &'static str)]| [&local[..], more].concat();
    let spans = |reckoned: &Reckoned| {
        let possible = reckoned.possible.expect("it can be said");
        (possible.span.map(|span| (span.low, span.high)), possible.may_be_nothing)
    };
    let level_open = with(&[("recognitions-kind", "laboratory"), ("recognitions-recognised_on", "2018-05-01")]);
    let result = reckoned(&pack, "platform_grant", 2018, &level_open);
    assert_eq!(result.missing, [Missing::Answer("recognitions-level".to_owned())]);
    assert_eq!(spans(&result), (Some((Fen::yuan(100_000), Some(Fen::yuan(300_000)))), false));

    // Of a code whose beginning is not told either may be.
    let filing = with(&[("ip_filings-filed_on", "2018-05-01"), ("ip_filings-kind", "invention")]);
    let result = reckoned(&pack, "ip_filing_fee", 2018, &filing);
    assert_eq!(result.missing, [Missing::Answer("enterprises-code".to_owned())]);
    assert_eq!(spans(&result), (Some((Fen::yuan(3_000), Some(Fen::yuan(3_000)))), true));
    assert_eq!(result.assumed, Some(0), "the reasons speak of an enterprise");

    // No day can be counted through.
    let result = reckoned(&pack, "platform_grant", 2018, &with(&[("recognitions-level", "national")]));
    assert!(result.possible.is_none() && result.outcome == Some(Outcome::Unknown));

    // What is refused whatever the rest is, is refused.
    let elsewhere = [("enterprises-district", "other"), ("recognitions-recognised_on", "2018-05-01")];
    assert_eq!(reckoned(&pack, "platform_grant", 2018, &elsewhere).outcome, Some(Outcome::NotEntitled));
}

#[test]
fn last_years_figures_can_be_filled_in_beside_this_years() {
    let pack = pack_of("docs/guide/recipes.zh.md");
    let growth = |typed: &[(&str, &str)]| reckoned(&pack, "growth_award", 2024, typed);
    let this_year = [
        ("annual_accounts-sales", "1200万"),
        ("annual_accounts-rd_spending", "60万元"),
        ("enterprises-district", "990101"),
        ("enterprises-moved_in_on-none", "yes"),
    ];
    // Nobody knows them, or there were none: with neither can anything be compared.
    for there_is_none in [&[][..], &[("annual_accounts-1-none", "yes")]] {
        let open = growth(&[&this_year[..], there_is_none].concat());
        assert_eq!(open.missing, [Missing::Answer("annual_accounts-1-sales".to_owned())]);
    }
    let grown = growth(&[&this_year[..], &[("annual_accounts-1-sales", "1000万")]].concat());
    assert_eq!(grown.span.map(|span| span.low), Some(Fen::yuan(80_000)));
    let not_enough = growth(&[&this_year[..], &[("annual_accounts-1-sales", "1000.01万")]].concat());
    assert_eq!(not_enough.outcome, Some(Outcome::NotEntitled));
}

#[test]
fn what_stands_large_is_exact() {
    let pack = pack_of("packs/nanming-2017");
    let measure = pack.plan.measures.iter().position(|one| one.name.en == "industry_support").expect("the measure");
    let sheet = Reckoning { pack: &pack, measure, year: 2018 }.sheet();
    let shown = |revenue: &str| {
        let typed = [
            ("annual_accounts-district_revenue", revenue),
            ("enterprises-registered_on", "2016-06-30"),
            ("enterprises-district", "520102"),
            ("enterprises-moved_in_on-none", "yes"),
            ("enterprises-code", "91"),
        ];
        let result = reckoned(&pack, "industry_support", 2018, &typed);
        let answer = |lang| {
            let form = Form::new(lang, Vec::new());
            Answer::of(&result, &pack, &pack.plan.measures[measure], &sheet, &form)
        };
        for lang in [Lang::Zh, Lang::En] {
            let reasons = answer(lang).reasons.expect("the reasons").to_string();
            let tells = if lang == Lang::Zh { "信用代码以91开头" } else { "code beginning with 91" };
            assert!(reasons.contains(tells) && !reasons.contains("911"), "a made-up code is shown: {reasons}");
        }
        let answer = answer(Lang::Zh);
        (answer.large.zh.to_string(), answer.exact.zh.to_string())
    };
    assert_eq!(shown("123456.78"), ("74,074.07元".to_owned(), "约合7.41万元".to_owned()));
    assert_eq!(shown("50万"), ("30.00万元".to_owned(), "300,000元".to_owned()));
    assert_eq!(shown("0.03"), ("0.02元".to_owned(), String::new()));
}

#[test]
fn an_answer_takes_no_time_however_little_is_known() {
    let pack = pack_of("packs/nanming-2017");
    for (measure, rule) in pack.plan.measures.iter().enumerate() {
        let reckoning = Reckoning { pack: &pack, measure, year: 2018 };
        let begun = Instant::now();
        reckoning.of(&[]);
        assert!(begun.elapsed() < Duration::from_secs(1), "{} took {:?}", rule.name.zh, begun.elapsed());
    }
}

#[tokio::test]
async fn anyone_reckons_and_nothing_is_left_of_it() {
    let world = World::new().await;
    let journal = world.store().journal(&Default::default()).await.expect("the journal").total;
    for who in std::iter::once(None).chain(Who::ALL.map(Some)) {
        world.get(who, "/calculator").await.is(StatusCode::OK).says("href=\"/calculator/result_award\"");
        for measure in ["result_award", "instant_award"] {
            let form = world.get(who, &format!("/calculator/{measure}")).await;
            form.is(StatusCode::OK).says("属实").says("完成日").says("不保存").says_not("试算结果");
        }
        let full = world.get(who, "/calculator/result_award?results-done_on=2019-05-01&results-genuine=true").await;
        full.is(StatusCode::OK).says("最多10.00万元").says("最多100,000元").says("不是承诺").says("2019年度第一批");
        full.says("href=\"/programme/%E4%BA%8C\"");
        assert!(full.bytes.len() < 100_000);
    }
    // Where people begin, it is at hand.
    for path in ["/", "/programme"] {
        world.get(None, path).await.says("href=\"/calculator\"");
    }
    for path in ["/measures/result_award", "/programme/%E4%BA%8C"] {
        world.get(None, path).await.says("href=\"/calculator/result_award\"");
    }
    let after = world.store().journal(&Default::default()).await.expect("the journal").total;
    assert_eq!(after, journal, "something was written");
}

#[tokio::test]
async fn it_gives_what_the_application_is_appraised_with() {
    let world = World::new().await;
    let case = world.store().case(world.cases.submitted).await.expect("the case");
    let appraised = world.store().appraisal(&case).await.expect("an appraisal").appraisal.assessed;
    let pack = pack_from(PACK);
    let typed = [("results-done_on", "2019-05-01"), ("results-genuine", "true")];
    let result = reckoned(&pack, "result_award", YEAR, &typed);
    assert_eq!((appraised.standing, appraised.span), (Standing::Conditional, result.span));
}

#[tokio::test]
async fn what_is_not_known_is_named_and_leads_to_its_field() {
    let world = World::new().await;
    let blank = world.get(None, "/calculator/result_award?results-done_on=&results-genuine=").await;
    blank.is(StatusCode::OK).says("还不能判定").says("还缺 2 项");
    blank.says("href=\"#results-done_on\"").says("href=\"#results-genuine-0\"").says("id=\"results-genuine-0\"");
    // One answer that has only two ways to be given leaves a span.
    let half = world.get(None, "/calculator/result_award?results-done_on=2019-05-01&results-genuine=").await;
    half.is(StatusCode::OK).says("最多10.00万元").says("也可能不予支持").says("href=\"#results-genuine-0\"");
    let refused = world.get(None, "/calculator/result_award?results-done_on=2019-05-01&results-genuine=false").await;
    refused.is(StatusCode::OK).says("按规则不予支持").says("怎样才能符合").says_not("登录并申请");
    let other_year = world.get(None, "/calculator/result_award?results-done_on=2018-05-01&results-genuine=true").await;
    other_year.is(StatusCode::OK).says("属于2018年度");
    let english = world.get(None, "/calculator/result_award?results-done_on=&results-genuine=&lang=en").await;
    english.is(StatusCode::OK).says("not settled").says("2 answers are open").says_not("还缺");
}

#[tokio::test]
async fn what_cannot_be_read_is_said_beside_its_field_and_kept() {
    let world = World::new().await;
    let wrong = world.get(None, "/calculator/result_award?results-done_on=2019-02-30&results-genuine=true").await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"results-done_on-error\"").says("value=\"2019-02-30\"");
    wrong.says("aria-invalid=\"true\"").says("value=\"true\" checked").says_not("试算结果");
    let ahead = world.get(None, "/calculator/result_award?results-done_on=2099-01-01").await;
    ahead.is(StatusCode::UNPROCESSABLE_ENTITY).says("不能晚于今天");
}

#[tokio::test]
async fn an_address_that_was_kept_is_reckoned_by_its_round_and_says_that_it_is_closed() {
    let world = World::new().await;
    let store = world.store();
    let blank = world.get(None, "/calculator/result_award").await;
    blank.says(&format!("type=\"hidden\" name=\"round\" value=\"{}\"", world.round));
    let answers = "results-done_on=2019-05-01&results-genuine=true";
    let kept = format!("/calculator/result_award?round={}&{answers}", world.round);
    world.get(None, &kept).await.is(StatusCode::OK).says("10.00万元").says_not("已经截止").says_not("网址里的批次");
    store.advance_clock(&world.actor(Who::Finance).await, TimeDelta::days(101)).await.expect("time moves on");
    // Where no other takes the measure, nothing has changed but that no applications are taken.
    world.get(None, &kept).await.is(StatusCode::OK).says("现在没有受理这一项的批次").says_not("网址里的批次");
    let last = store.rounds().await.expect("rounds").into_iter().find(|round| round.id == world.round).expect("it");
    let now = store.now();
    let next = NewRound {
        name: "2018年度补充批".to_owned(),
        year: YEAR - 1,
        as_of: NaiveDate::from_ymd_opt(YEAR - 1, 12, 31).expect("a day"),
        measures: Vec::new(),
        opens_at: now.plus(TimeDelta::days(-1)),
        closes_at: now.plus(TimeDelta::days(100)),
        pack: last.pack,
        facts: last.facts,
    };
    let id = store.open_round(&Actor::System, &fresh(), next).await.expect("the round opens").value;
    let closed = world.get(None, &kept).await;
    closed.is(StatusCode::OK).says("“2019年度第一批”已经截止").says("按“2019年度第一批”算").says("10.00万元");
    closed.says("2019年度第一批（已截止）").says("按现在的批次再算一次").says_not("登录并申请");
    world
        .get(None, &format!("{kept}&lang=en"))
        .await
        .says("“2019年度第一批” is closed")
        .says("Reckon by the round of now");
    let open = world.get(None, &format!("/calculator/result_award?round={id}&{answers}")).await;
    open.is(StatusCode::OK).says("2018年度，截至").says_not("已经截止").says_not("（已截止）");
    for unknown in ["99", "abc", "-1", "9999999999999999999999"] {
        let answer = world.get(None, &format!("/calculator/result_award?round={unknown}&{answers}")).await;
        answer.is(StatusCode::OK).says("网址里的批次没有找到").says("下面按“2018年度补充批”算").says("2018年度，截至");
    }
    world.get(None, &format!("/calculator/result_award?round=99&{answers}&lang=en")).await.says("is not known");
}

#[tokio::test]
async fn whatever_is_asked_it_answers() {
    let world = World::new().await;
    let journal = world.store().journal(&Default::default()).await.expect("the journal").total;
    for measure in ["nothing", "%00", "..%2f..", &"x".repeat(5_000), "%E4%B8%80"] {
        world.get(None, &format!("/calculator/{measure}")).await.is(StatusCode::NOT_FOUND);
    }
    let long = "9".repeat(50_000);
    let many: String = (0..3_000).map(|at| format!("results-done_on={at}&")).collect();
    for query in [
        "results-done_on=%00&results-genuine=%00".to_owned(),
        format!("results-done_on={long}"),
        format!("results-genuine={long}"),
        many,
        "results-genuine=%3Cscript%3Ealert(1)%3C%2Fscript%3E&results-done_on=%22%3E%3Cscript%3Ealert(2)".to_owned(),
        "results-genuine=true&results-genuine=false&results-done_on=2019-05-01".to_owned(),
        "round=999&results-done_on=2019-05-01".to_owned(),
        "round=-1%27%3B--&results-done_on=2019-05-01".to_owned(),
        "%FF%FE=%FF&=&&&".to_owned(),
        "results-done_on=9999-12-31&results-genuine=1".to_owned(),
    ] {
        let answer = world.get(None, &format!("/calculator/result_award?{query}")).await;
        assert!(matches!(answer.status.as_u16(), 200 | 422), "{}: {}", &query[..query.len().min(60)], answer.status);
        answer.says_not("<script>alert");
        assert!(answer.bytes.len() < 100_000, "{}", answer.bytes.len());
    }
    let after = world.store().journal(&Default::default()).await.expect("the journal").total;
    assert_eq!(after, journal);
}
