//! What the calculator answers: the amount and why, what is missing, and what was not reckoned in.

use duixian_assess::explain::{ClauseText, Report, limits_in_words};
use duixian_assess::reference::Audience;
use duixian_assess::result::Status as Outcome;
use duixian_money::{Fen, Span};
use duixian_rules::pack::Pack;
use duixian_rules::plan::{LimitKind, Measure, Plan};

use super::reckon::{Missing, Possible, Reckoned};
use super::sheet::Sheet;
use crate::casefile::cells;
use crate::casefile::industry;
use crate::casefile::reasons::{Reasons, Sources};
use crate::casefile::span::{span_in_wan, span_text};
use crate::forms::Form;
use crate::locale::{Lang, Text};
use crate::pages::public::measure::amount_text;
use crate::ui::{Status, Tone};

/// The answer as it is shown, in one language.
pub(super) struct Answer {
    /// The word for it.
    pub(super) status: Status,
    /// The one line that matters: an amount in ten thousands, or that there is none.
    pub(super) large: Text,
    /// The same in yuan, where that says more.
    pub(super) exact: Text,
    /// What it means, in a sentence.
    pub(super) sentence: Text,
    /// Whether nothing is paid by what was answered.
    pub(super) is_refused: bool,
    /// From when it can be paid.
    pub(super) payable_from: Option<String>,
    /// What the reasons take for granted.
    pub(super) assumed: Text,
    /// What is missing, each with the field that it belongs to.
    pub(super) missing: Vec<(Option<String>, Text)>,
    /// Why.
    pub(super) reasons: Option<Reasons>,
    /// What was not reckoned in.
    pub(super) caveats: Vec<Text>,
}

impl Answer {
    /// Of what was reckoned.
    pub(super) fn of(reckoned: &Reckoned, pack: &Pack, measure: &Measure, sheet: &Sheet, form: &Form) -> Answer {
        let told = Told::of(reckoned, pack, measure, sheet, form.lang);
        let (large, exact) = amounts(reckoned, &pack.plan, measure, form.lang);
        Answer {
            status: status(reckoned.outcome),
            large,
            exact,
            sentence: sentence(reckoned, &told.outcome),
            is_refused: matches!(reckoned.outcome, None | Some(Outcome::NotEntitled)),
            payable_from: told.payable_from,
            assumed: assumed(reckoned, sheet),
            missing: reckoned.missing.iter().filter_map(|one| missing(one, sheet, form, &told.missing)).collect(),
            reasons: told.reasons,
            caveats: caveats(pack, measure, sheet),
        }
    }
}

/// What the explanation says, in one language.
#[derive(Default)]
struct Told {
    outcome: String,
    payable_from: Option<String>,
    missing: Vec<String>,
    reasons: Option<Reasons>,
}

impl Told {
    fn of(reckoned: &Reckoned, pack: &Pack, measure: &Measure, sheet: &Sheet, lang: Lang) -> Told {
        let trial = &reckoned.trial;
        let claim = match &trial.claim {
            Ok(claim) => claim,
            Err(why) => return Told { outcome: why.in_lang(lang).to_owned(), ..Told::default() },
        };
        let explained = claim.explained.clone().for_audience(Audience::Party);
        let vocabulary = &trial.plan.vocabulary;
        let clauses = |number: &str| ClauseText::of(pack, number);
        let mut report = Report::new(&explained, &trial.plan, lang, &clauses);
        industry::name_in(&mut report, vocabulary);
        without_made_up_codes(&mut report, sheet);
        let Some(of) = report.measures.first_mut() else { return Told::default() };
        let Some(mut basis) = of.bases.pop() else { return Told::default() };
        // Beside nobody else every limit lets everyone through, and says nothing. A cap cuts also what one alone would get.
        let is_cap = |place: usize| {
            let limit = claim.basis().limits.get(place).and_then(|trace| measure.limits.get(trace.limit));
            limit.is_some_and(|limit| matches!(limit.kind, LimitKind::Cap { .. }))
        };
        let limits = std::mem::take(&mut basis.limits).into_iter().enumerate();
        basis.limits = limits.filter(|(place, _)| is_cap(*place)).map(|(_, limit)| limit).collect();
        let missing = basis.missing.iter().map(|one| one.text.clone()).collect();
        // Both stand on the page already: what was typed in the form, what is missing above.
        basis.facts.clear();
        basis.missing.clear();
        // How an amount comes about that nobody knows explains nothing.
        basis.pays = basis.pays.filter(|_| basis.status != Outcome::Unknown);
        let reasons = Reasons::of(of, &basis, Sources { vocabulary, rows: &[], case: None }, lang);
        Told { outcome: basis.outcome, payable_from: basis.payable_from, missing, reasons: Some(reasons) }
    }
}

/// Takes codes that were made up out of an explanation: how they begin is all that was said of them.
fn without_made_up_codes(report: &mut Report, sheet: &Sheet) {
    let made: Vec<(String, String)> = sheet
        .asks()
        .filter(|ask| ask.is_choice_of_starts())
        .flat_map(|ask| {
            let label = ask.question.label();
            ask.starts.iter().flat_map(move |start| {
                let (zh, en) = (format!("{}为{}，", label.zh, start.code), format!("{} is {}, ", label.en, start.code));
                [(zh, label.zh.to_string()), (en, format!("{} ", label.en))]
            })
        })
        .collect();
    let clean = |text: &mut String| {
        for (said, plain) in made.iter().filter(|(said, _)| text.contains(said.as_str())).collect::<Vec<_>>() {
            *text = text.replace(said.as_str(), plain);
        }
    };
    for basis in report.measures.iter_mut().flat_map(|measure| &mut measure.bases) {
        clean(&mut basis.outcome);
        clean(&mut basis.decision);
        basis.calculations.iter_mut().for_each(clean);
        for condition in &mut basis.conditions {
            clean(&mut condition.sentence);
            condition.tests.iter_mut().for_each(|test| clean(&mut test.text));
        }
    }
}

fn status(outcome: Option<Outcome>) -> Status {
    match outcome {
        Some(Outcome::Entitled) => Status::new(Tone::Good, ("应得", "entitled")),
        Some(Outcome::Conditional) => Status::new(Tone::Good, ("符合条件", "eligible")),
        Some(Outcome::Unknown) => Status::new(Tone::Hold, ("还不能判定", "not settled")),
        Some(Outcome::NotEntitled) => Status::new(Tone::Bad, ("不予支持", "not supported")),
        None => Status::new(Tone::Bad, ("不在范围内", "not covered")),
    }
}

/// A hundredth of ten thousand yuan, in fen: finer amounts are rounded where they stand in ten thousands.
const ONE_HUNDREDTH: i64 = 10_000;

/// The amount in ten thousands and in yuan. Where the one says no more than the other, it stands once.
fn amounts(reckoned: &Reckoned, plan: &Plan, measure: &Measure, lang: Lang) -> (Text, Text) {
    let both = |span: Span| {
        let (wan, yuan) = (span_in_wan(span), span_text(span));
        let is_whole = |amount: Fen| amount.0 % ONE_HUNDREDTH == 0;
        match (wan.get(lang) == yuan.get(lang), is_whole(span.low) && span.high.is_none_or(is_whole)) {
            (true, _) => (yuan, Text::default()),
            (false, true) => (wan, yuan),
            // What stands large is exact.
            (false, false) => (yuan, Text::new(format!("约合{}", wan.zh), format!("about {}", wan.en))),
        }
    };
    let nothing = || (Text::new("0元", "CNY 0"), Text::default());
    match (reckoned.outcome, reckoned.span, reckoned.possible) {
        (Some(Outcome::Entitled | Outcome::Conditional), Some(span), _) => both(span),
        (Some(Outcome::Unknown), _, Some(Possible { span: Some(span), .. })) => both(span),
        (Some(Outcome::Unknown), _, Some(Possible { span: None, .. })) => nothing(),
        (Some(Outcome::Unknown), ..) => {
            let rule = amount_text(plan, measure);
            let rule = Text::new(format!("规则给的是：{}", rule.zh), format!("The rule gives: {}", rule.en));
            (("还算不出来", "Not settled yet").into(), rule)
        }
        _ => nothing(),
    }
}

/// The answer in a sentence.
fn sentence(reckoned: &Reckoned, outcome: &str) -> Text {
    let because = |zh: &str, en: &str| {
        let end = |text: &str, stop: &str| {
            if text.ends_with(['。', '.']) { text.to_owned() } else { format!("{text}{stop}") }
        };
        Text::new(end(&format!("{zh}{outcome}"), "。"), end(&format!("{en}{outcome}"), "."))
    };
    let open = reckoned.missing.len();
    match (reckoned.outcome, reckoned.possible) {
        (Some(Outcome::Entitled), _) => {
            ("按您填的，规则给的就是这个数。", "By what you have filled in, this is what the rule gives.").into()
        }
        (Some(Outcome::Conditional), _) if reckoned.span.is_some_and(|span| span.high.is_none()) => (
            "按您填的，符合条件；规则没有写最多给多少，由主管部门审定。",
            "By what you have filled in the conditions are met; the rule names no most, and the office decides how much.",
        )
            .into(),
        (Some(Outcome::Conditional), _) => (
            "按您填的，符合条件；给多少，由主管部门在这个范围里审定。",
            "By what you have filled in the conditions are met; the office decides how much within this span.",
        )
            .into(),
        (Some(Outcome::Unknown), Some(Possible { span: Some(_), may_be_nothing })) if open == 0 => Text::new(
            if may_be_nothing {
                "符合条件的按名次给，给不给、给多少要和别的申请比。"
            } else {
                "符合条件的按名次给。"
            },
            "What meets the conditions is ranked: whether it is paid, and how much, goes by the others.",
        ),
        (Some(Outcome::Unknown), Some(Possible { span: Some(_), may_be_nothing: true })) => Text::new(
            format!("还有 {open} 项不知道。知道以后，可能是上面的数，也可能不予支持。"),
            format!("{}. With what is missing it may come to the above, or to nothing.", open_in_english(open)),
        ),
        (Some(Outcome::Unknown), Some(Possible { span: Some(_), .. })) => Text::new(
            format!("还有 {open} 项不知道；无论是哪一种，都在这个范围里。"),
            format!("{}; whichever way it turns out, it lies within this span.", open_in_english(open)),
        ),
        (Some(Outcome::Unknown), Some(Possible { span: None, .. })) => (
            "还有不知道的，不过无论是哪一种，都不予支持。",
            "Some answers are open, but with none of them anything is paid.",
        )
            .into(),
        (Some(Outcome::Unknown), None) => Text::new(
            format!("还缺 {open} 项，填了才能算。"),
            format!("{}: fill in what is missing and reckon again.", open_in_english(open)),
        ),
        (Some(Outcome::NotEntitled), _) => because("按规则不予支持：", "Not supported by the rule: "),
        (None, _) => because("不在这次试算的范围内：", "It is not within what is reckoned here: "),
    }
}

fn open_in_english(open: usize) -> String {
    if open == 1 { "One answer is open".to_owned() } else { format!("{open} answers are open") }
}

/// That the reasons take a beginning of the code for granted that nobody has given.
fn assumed(reckoned: &Reckoned, sheet: &Sheet) -> Text {
    let start = reckoned.assumed.zip(sheet.code()).and_then(|(place, code)| Some((code, code.starts.get(place)?)));
    start.map_or_else(Text::default, |(code, start)| {
        let (label, text) = (code.question.label(), &start.text);
        Text::new(
            format!("没有填{}的开头，下面的理由先按“{}”写。", label.zh, text.zh),
            format!("How the {} begins was not filled in; the reasons below take it that it {}.", label.en, text.en),
        )
    })
}

fn missing(one: &Missing, sheet: &Sheet, form: &Form, named: &[String]) -> Option<(Option<String>, Text)> {
    match one {
        Missing::Named(place) => Some((None, Text::same(named.get(*place)?.clone()))),
        Missing::Answer(name) => {
            let (group, ask) = sheet
                .groups
                .iter()
                .find_map(|group| group.asks.iter().find(|ask| ask.name == *name).map(|ask| (group, ask)))?;
            let label = ask.label();
            let label = if ask.is_of_other_row {
                Text::new(format!("{}：{}", group.title.zh, label.zh), format!("{}: {}", group.title.en, label.en))
            } else {
                label
            };
            Some((Some(format!("#{}", form.first_id(name))), label))
        }
    }
}

/// What was not reckoned in: what nobody can know who asks no registry and looks at no other application.
fn caveats(pack: &Pack, measure: &Measure, sheet: &Sheet) -> Vec<Text> {
    let mut caveats: Vec<Text> = vec![
        (
            "这是试算，不是承诺：填的都按真的算，没有人核实；给不给、给多少，以主管部门核实以后的审定为准。",
            "This is a trial, and no promise: what you fill in is taken for true, and nobody has verified it. What counts is the \
             decision of the office.",
        )
            .into(),
    ];
    let (zh, en) = (limits_in_words(&pack.plan, measure, Lang::Zh), limits_in_words(&pack.plan, measure, Lang::En));
    if !zh.is_empty() {
        caveats.push(Text::new(
            format!(
                "限额没有算进去，实际可能比上面少，也可能得不到：要看以前得过什么、别人申请了什么，这里都不知道。这项的限额是：{}。",
                zh.join("；")
            ),
            format!(
                "Limits are not reckoned in, so that it may be less than above, or nothing: they look at what was paid before and at \
                 what others apply for, and neither is known here. The limits are: {}.",
                en.join("; ")
            ),
        ));
    }
    caveats.push(if measure.basis.period.is_dated() {
        ("同一项已经得过这项支持的，不再支持。", "What has been paid for once by this measure is not paid for again.")
            .into()
    } else {
        (
            "同一年度已经得过这项支持的，不再支持。",
            "What has been paid for once for a year is not paid for again for that year.",
        )
            .into()
    });
    if let Some(fund) = measure.fund {
        let name = cells::name(&pack.plan.funds[fund].name);
        caveats.push(Text::new(
            format!("{}够不够没有算进去；审定时不够的，可能要轮候。", name.zh),
            format!(
                "Whether the {} suffices is not reckoned in: where it does not, what is decided may have to wait.",
                name.en
            ),
        ));
    }
    let discretion = &measure.notes.discretion;
    let in_english = |notes: &[String]| {
        notes.iter().map(|text| pack.plan.english.in_lang(text, Lang::En)).collect::<Vec<_>>().join("; ")
    };
    if !discretion.is_empty() {
        caveats.push(Text::new(
            format!("审定时还要看：{}。", discretion.join("；")),
            format!("The decision also weighs: {}.", in_english(discretion)),
        ));
    }
    if sheet.asks().any(|ask| ask.is_of_other_row) {
        caveats.push(
            (
                "同类的其他记录，只算了这里填的。",
                "Of other records of the kind, only those filled in here are reckoned.",
            )
                .into(),
        );
    }
    for table in &sheet.uncounted {
        caveats.push(Text::new(
            format!("规则还要数有几项{}，这里没有问，按没有别的算。", table.zh),
            format!("The rule also counts {}: that is not asked here, and taken as if there were no others.", table.en),
        ));
    }
    caveats
}
