//! The last page of an application: all of it once more, what the rules say, what is missing; then it is sent.

pub mod beside;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use duixian_assess::result::Status as Outcome;
use duixian_casework::case::Defect;
use duixian_casework::command::Action;
use duixian_casework::permit::permit;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;
use duixian_store::StoreError;
use duixian_store::cases::Ask;

use self::beside::Beside;
use super::amounts::span_text;
use super::appraisal;
use super::correction::{Mend, mends};
use super::draft::{Draft, Step};
use super::edit::{Frame, form_key, once, title};
use super::evidence::{Piece, listed};
use super::facts::{failed_account, gap, other_holder, wrong_grounds};
use super::typed_account::{account_errors, grouped};
use crate::casefile::corrected::in_words;
use crate::casefile::payee;
use crate::casefile::question::Question;
use crate::casefile::reasons::{Reasons, Sources};
use crate::forms::{Field, Form, Posted};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::{self, Problem};
use crate::shell::Flash;
use crate::ui::Status;
use crate::viewer::Viewer;

/// Something that is missing or wrong, with the page where it is mended.
pub struct Gap {
    /// What.
    pub text: Text,
    /// Where; none where no page of the form mends it.
    pub href: Option<String>,
}

impl Gap {
    /// The same with the name of the application that it is about, where it stands among those of others.
    pub fn of(self, name: &Text) -> Gap {
        let text = Text::new(format!("{}：{}", name.zh, self.text.zh), format!("{}: {}", name.en, self.text.en));
        Gap { text, ..self }
    }
}

/// A fact as it will be, or was, sent.
pub struct Line {
    /// Its name.
    pub label: Text,
    /// Its value.
    pub value: Text,
    /// Where that comes from.
    pub source: Text,
    /// What the applicant says against it, and why.
    pub dispute: Option<(Text, String)>,
    /// Whether an official has found that right, and what was noted.
    pub found: Option<(bool, String)>,
    /// Where it is changed.
    pub href: String,
}

#[derive(Template)]
#[template(path = "enterprise/check.html")]
struct CheckPage {
    page: Page,
    frame: Frame,
    form: Form,
    once: String,
    /// The version of the case that is shown: it alone is sent.
    version: u64,
    gaps: Vec<Gap>,
    /// The application for the same that keeps this one from being sent.
    barring: Option<Beside>,
    /// What limits say of other applications.
    beside: Vec<Beside>,
    /// What is to be looked at twice.
    doubts: Vec<Gap>,
    closed: Option<Text>,
    result: Status,
    amount: Option<Text>,
    refused: bool,
    reasons: Option<Reasons>,
    lines: Vec<Line>,
    pieces: Vec<Piece>,
    evidence_href: String,
    account: Option<(String, String, Text)>,
    account_href: String,
    other_holder: Option<Text>,
    mends: Vec<Mend>,
    is_correction: bool,
    /// Whether the case was accepted before it was sent back: then no desk of intake has it, and it can't be refused acceptance.
    is_accepted: bool,
}

impl CheckPage {
    /// By whom, and for which correction, what is written and not sent is kept.
    fn keeper(&self) -> String {
        let due = self.frame.deadline.map_or_else(String::new, |deadline| deadline.last_day.to_string());
        format!("{} {} {due}", self.page.viewer().map_or("", |viewer| &viewer.name), self.frame.case)
    }

    /// How many of the things to mend nobody has touched.
    fn unchanged(&self) -> usize {
        self.mends.iter().filter(|mend| mend.answer.is_untouched()).count()
    }
}

/// What is still missing, in the order of the form.
pub fn gaps(draft: &Draft, previews: &appraisal::Previews) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let vocabulary = &draft.scene.pack.plan.vocabulary;
    let link = |step: Step, anchor: &str| {
        let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
        Some(format!("{}?from=check{anchor}", draft.href(step)))
    };
    for question in &draft.questions {
        let Some((step, anchor)) = draft.place_of_cell(&question.cell) else { continue };
        let label = question.full_label();
        let said = draft.case.statements.get(&question.cell);
        let mut wrong = said.and_then(|said| question.wrong(vocabulary, &said.value, draft.today));
        if let (Some(said), Some(_)) = (said, &question.known) {
            wrong = wrong.or_else(|| gap(question, &said.value));
            if said.dispute.as_ref().is_some_and(|why| why.trim().is_empty()) {
                wrong =
                    wrong.or(Some(("没有写为什么登记的不对。", "It does not say why the registry is wrong.").into()));
            }
            let grounds = said.dispute.as_deref().and_then(|why| wrong_grounds(question, why));
            let of_grounds = |error: Text| Text::new(format!("为什么：{}", error.zh), format!("why: {}", error.en));
            wrong = wrong.or_else(|| grounds.map(of_grounds));
        }
        if let Some(wrong) = wrong {
            let text = Text::new(format!("{}：{}", label.zh, wrong.zh), format!("{}: {}", label.en, wrong.en));
            gaps.push(Gap { text, href: link(step, &anchor) });
        } else if draft.open.contains(&question.cell) {
            let mut text = Text::new(format!("请填写{}", label.zh), format!("Fill in: {}", label.en));
            if question.may_not_have_happened() {
                text = Text::new(
                    format!("{}；没有发生的，勾选“没有发生”", text.zh),
                    format!("{}, or say that it has not happened", text.en),
                );
            }
            gaps.push(Gap { text, href: link(step, &anchor) });
        }
    }
    // What no field of the form answers, such as a row of another table that the registry should have.
    if previews.now.outcome == Some(Outcome::Unknown) && gaps.is_empty() {
        let sentence = &previews.now.sentence;
        let text =
            Text::new(sentence.zh.trim_end_matches('。').to_owned(), sentence.en.trim_end_matches('.').to_owned());
        gaps.push(Gap { text, href: None });
    }
    for (index, kind) in draft.scene.procedure.required_evidence.iter().enumerate() {
        if !draft.has_evidence(kind) {
            let name = draft.evidence_name(kind);
            let text = Text::new(format!("请上传{}", name.zh), format!("Hand in: {}", name.en));
            gaps.push(Gap { text, href: link(Step::Evidence(index), "file") });
        }
    }
    let account = link(Step::Account, "holder");
    match &draft.case.account {
        None => gaps.push(Gap { text: ("请填写收款账户", "Give the account").into(), href: account }),
        Some(given) => {
            for (field, error) in account_errors(given) {
                gaps.push(Gap {
                    text: Text::new(format!("收款账户：{}", error.zh), format!("Account: {}", error.en)),
                    href: link(Step::Account, &field),
                });
            }
        }
    }
    gaps
}

/// What is to be looked at twice, each with its field.
pub fn doubts(draft: &Draft) -> Vec<Gap> {
    let doubt = |(question, text): (&Question, Text)| {
        let place = draft.place_of_cell(&question.cell);
        Gap { text, href: place.map(|(step, anchor)| format!("{}?from=check#{anchor}", draft.href(step))) }
    };
    let mut doubts: Vec<Gap> = draft.doubts().into_iter().map(doubt).collect();
    let failed = failed_account(draft);
    if !failed.is_empty() {
        let text = Text::new(format!("收款账户：{}", failed.zh), format!("Account: {}", failed.en));
        doubts.push(Gap { text, href: Some(format!("{}?from=check#number", draft.href(Step::Account))) });
    }
    doubts
}

/// The fields of the page: what is said to each of what was to be mended, and that what is sent is true.
pub fn form(draft: &Draft, lang: Lang) -> Form {
    let plan = &draft.scene.pack.plan;
    let answer = |(place, defect): (usize, &Defect)| {
        let (number, words) = (place + 1, in_words(plan, &defect.about, &defect.text));
        let label = Text::new(
            format!("对第{number}处的说明（{}）", words.zh),
            format!("What you say to no. {number} ({})", words.en),
        );
        Field::text_area(answer_field(place), label).max_chars(MOST_OF_AN_ANSWER).optional()
    };
    let mut fields: Vec<Field> = draft.case.defects.iter().enumerate().map(answer).collect();
    let label = ("以上内容属实，佐证与原件一致。", "What is stated is true, and the evidence is as the originals.");
    fields.push(Field::checkbox("agree", label));
    Form::new(lang, fields)
}

/// How long an answer to one thing that was to be mended may be.
const MOST_OF_AN_ANSWER: usize = 300;

/// The name of the field in which it is answered.
fn answer_field(place: usize) -> String {
    format!("answer-{place}")
}

/// The page; `form` holds errors of a sending that was refused.
pub async fn show(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    draft: &Draft,
    form: Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let lang = page.lang;
    let frame = Frame::of(portal, &page, draft, Step::Check).await?;
    let is_correction = draft.case.stage == Stage::Correction;
    let action = if is_correction { Action::Resubmit } else { Action::Submit };
    let closed =
        draft.scene.with_context(portal.store.now(), |context| permit(&draft.case, action, &viewer.actor, context));
    let closed = closed.err().map(|refusal| Text::new(refusal.text(Lang::Zh), refusal.text(Lang::En)));
    let barring = Beside::barring(portal, viewer, draft).await?;
    let closed = closed.or(barring.as_ref().map(|barring| barring.text.clone()));
    let now = &frame.previews.now;
    let beside = Beside::limiting(portal, viewer, draft, now).await?;
    let sources = Sources { vocabulary: &draft.scene.pack.plan.vocabulary, rows: &draft.rows, case: Some(&draft.case) };
    let reasons = now.explained.as_ref().and_then(|explained| {
        appraisal::read(explained, &draft.scene.pack, lang, |report| {
            appraisal::only(report).map(|(measure, basis)| Reasons::of(measure, basis, sources, lang))
        })
    });
    let is_given = matches!(now.outcome, Some(Outcome::Entitled | Outcome::Conditional));
    let history = if is_correction { portal.store.history(draft.case.id).await? } else { Vec::new() };
    let first_evidence = draft.steps().into_iter().find(|step| matches!(step, Step::Evidence(_) | Step::More));
    let page = page.narrow().titled(title(draft, Step::Check));
    let shown = CheckPage {
        form,
        once: once()?,
        version: draft.case.version,
        gaps: gaps(draft, &frame.previews),
        barring,
        beside,
        doubts: doubts(draft),
        closed,
        result: appraisal::status(now.outcome),
        amount: now.span.filter(|_| is_given).map(span_text),
        refused: matches!(now.outcome, Some(Outcome::NotEntitled) | None),
        reasons,
        lines: lines(draft),
        pieces: draft.case.evidence.iter().map(|piece| listed(draft, piece)).collect(),
        evidence_href: first_evidence.map_or_else(String::new, |step| format!("{}?from=check", draft.href(step))),
        account: draft
            .case
            .account
            .as_ref()
            .map(|account| (account.holder.clone(), grouped(&account.number), payee::bank(account))),
        account_href: format!("{}?from=check", draft.href(Step::Account)),
        other_holder: draft.case.account.as_ref().and_then(|account| other_holder(&draft.party, &account.holder)),
        mends: mends(draft, &history),
        is_correction,
        is_accepted: draft.case.paused.as_ref().is_some_and(|paused| paused.stage != Stage::Submitted),
        frame,
        page,
    };
    Page::show_as(status, &shown)
}

/// The facts of a case, in the order of its form.
pub fn lines(draft: &Draft) -> Vec<Line> {
    let vocabulary = &draft.scene.pack.plan.vocabulary;
    let line = |question: &Question| {
        let said = draft.case.statements.get(&question.cell);
        let (step, anchor) = draft.place_of_cell(&question.cell)?;
        let href = format!("{}?from=check#{anchor}", draft.href(step));
        let label = question.full_label().headed();
        Some(match (&question.known, said) {
            (Some(known), said) => Line {
                label,
                value: question.value_text(vocabulary, &known.value),
                source: question.source(),
                dispute: said.map(|said| {
                    (question.value_text(vocabulary, &said.value), said.dispute.clone().unwrap_or_default())
                }),
                found: said
                    .and_then(|said| said.finding.as_ref())
                    .filter(|finding| draft.case.is_current(finding))
                    .map(|finding| (finding.holds, finding.note.clone())),
                href,
            },
            (None, Some(said)) => Line {
                label,
                value: question.value_text(vocabulary, &said.value),
                source: ("您填报", "stated by you").into(),
                dispute: None,
                found: None,
                href,
            },
            (None, None) => Line {
                label,
                value: ("没有填", "not filled in").into(),
                source: Text::default(),
                dispute: None,
                found: None,
                href,
            },
        })
    };
    draft.questions.iter().filter_map(line).collect()
}

/// `POST /cases/{id}/submit`.
pub async fn submit(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, Problem> {
    if posted.get("go") == "back" {
        let draft = Draft::of(&portal, &viewer, id).await?;
        return Ok(super::edit::go_on(&page, &draft, Step::Check, "back"));
    }
    let draft = Draft::of(&portal, &viewer, id).await?;
    let seen: u64 = posted.get("version").parse().map_err(|_| Problem::bad_request("the form names no version"))?;
    let is_correction = draft.case.stage == Stage::Correction;
    let mut form = form(&draft, page.lang).filled(&posted);
    if draft.is_open() {
        if draft.case.version != seen {
            return changed(&portal, &viewer, page, &draft).await;
        }
        let previews = draft.previews(&portal).await?;
        let missing = gaps(&draft, &previews).len();
        if missing > 0 {
            form.error(
                "gaps",
                Text::new(format!("还缺{missing}项，请先补齐。"), format!("{missing} thing(s) are still missing.")),
            );
        }
        if !form.is_good() {
            return show(&portal, &viewer, page, &draft, form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    }
    // The answer to a second click is that to the first, whatever the case has become meanwhile.
    let answers = (0..draft.case.defects.len()).map(|place| form.text(&answer_field(place)).to_owned()).collect();
    let ask = if posted.get("what") == "resubmit" { Ask::Resubmit { answers } } else { Ask::Submit };
    let key = form_key(&posted, posted.get("what"))?;
    match portal.store.ask_of_version(&viewer.actor, &key, draft.case.id, Some(seen), ask).await {
        Ok(done) => {
            let number = done.value.number.unwrap_or_default();
            let flash = if is_correction || posted.get("what") == "resubmit" {
                Flash::done(format!("补正已经提交（{number}）"), format!("The correction was sent ({number})"))
            } else {
                Flash::done(format!("已经提交，申请编号 {number}"), format!("Sent; its application number is {number}"))
            };
            Ok(flash.redirect(&page.site().key, &format!("/cases/{id}")))
        }
        Err(error) => {
            let is_late = matches!(error, StoreError::Conflict { .. });
            let words = problem::for_form(error)?;
            let draft = if is_late { Draft::of(&portal, &viewer, id).await? } else { draft };
            if !draft.is_open() {
                // Of a draft that was told to be late nothing was changed: its round is over, and that alone is the reason.
                let over = StoreError::Refused(Refusal::RoundClosed(draft.scene.round.last_day()));
                let text = if draft.is_over { problem::words(&over) } else { words };
                return Ok(Flash { good: false, text }.redirect(&page.site().key, &format!("/cases/{id}")));
            }
            if is_late {
                return changed(&portal, &viewer, page, &draft).await;
            }
            form.error("gaps", words);
            show(&portal, &viewer, page, &draft, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// The page as it is now, for whoever sent one that was shown before something of it changed: nobody vouches for what they have
/// not seen.
async fn changed(portal: &Portal, viewer: &Viewer, page: Page, draft: &Draft) -> Result<Response, Problem> {
    let mut form = form(draft, page.lang);
    form.error(
        "agree",
        (
            "没有提交：您打开核对页之后，这件申请又有改动（收款账户、填报或材料）。请把本页重新看一遍，再确认提交。",
            "Not sent: something of this application (account, facts or evidence) was changed after you opened this page. \
             Read it once more, then confirm and send it.",
        ),
    );
    show(portal, viewer, page, draft, form, StatusCode::CONFLICT).await
}
