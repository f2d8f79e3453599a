//! The application, one thing at a time: shown, saved, kept as it is typed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use duixian_casework::case::{Defect, DefectAbout};
use duixian_casework::stage::Stage;
use duixian_rules::plan::Measure;
use duixian_store::Key;

use super::appraisal::{self, Previews};
use super::bank_code;
use super::draft::{Draft, Step};
use super::facts::{self, Typed};
use super::keeping::{self, Outcome, Taken};
use super::remembered::{LastAccount, last_account};
use super::standing::says_no;
use super::{check, evidence};
use crate::casefile::corrected::in_words;
use crate::casefile::question::Question;
use crate::forms::{Form, Posted};
use crate::locale::{Lang, Speak, Text};
use crate::once::Once;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::{Flash, redirect};
use crate::ui::Deadline;
use crate::viewer::Viewer;

/// What is around every step.
pub struct Frame {
    /// The case's page.
    pub case: String,
    /// What is applied for.
    pub what: Text,
    /// The party's name.
    pub party: String,
    /// Which step, from 1.
    pub number: usize,
    /// How many there are.
    pub count: usize,
    /// Where the form goes.
    pub action: String,
    /// Where it is kept as it is typed; empty where it is not.
    pub autosave: String,
    /// The fingerprint of what is kept of the step.
    pub seen: String,
    /// Whether something else was saved elsewhere since what was sent had been opened.
    pub is_overtaken: bool,
    /// Whether there is a step before.
    pub has_back: bool,
    /// Whether it was come to from the last page, and leads back there.
    pub from_check: bool,
    /// What an official wants mended here.
    pub defects: Vec<Text>,
    /// Until when it can be sent.
    pub deadline: Option<Deadline>,
    /// What is kept here and can't be used as it is; empty where all of it can.
    pub unusable: Text,
    /// What the rules say as it stands.
    pub previews: Previews,
    /// That the fund is empty, or short of what the rules give.
    pub short: Option<Text>,
}

impl Frame {
    /// Around a step.
    pub async fn of(portal: &Portal, page: &Page, draft: &Draft, step: Step) -> Result<Frame, Problem> {
        let (place, count) = draft.place(step);
        let from_check = page.query_value("from").is_some_and(|from| from == "check");
        let query = if from_check { "?from=check" } else { "" };
        let (action, autosave) = match step {
            Step::Evidence(_) | Step::More => {
                (format!("/cases/{}/evidence/{}{query}", draft.case.id.0, step.word()), String::new())
            }
            Step::Check => (format!("/cases/{}/submit", draft.case.id.0), String::new()),
            _ => (format!("{}{query}", draft.href(step)), format!("{}/autosave", draft.href(step))),
        };
        let is_here = |about| draft.place_of(about).0 == step;
        let defects = draft.case.defects.iter().filter(|defect| is_here(&defect.about));
        let previews = draft.previews(portal).await?;
        let left = if previews.now.may_be_due() { draft.left(portal).await? } else { None };
        let short = left.and_then(|left| left.short(&draft.fund_name(), previews.now.span));
        Ok(Frame {
            case: format!("/cases/{}", draft.case.id.0),
            what: draft.title(),
            party: draft.party.name.clone(),
            number: place + 1,
            count,
            action,
            autosave,
            seen: keeping::fingerprint(draft, step),
            is_overtaken: false,
            has_back: draft.before(step).is_some(),
            from_check,
            defects: defects.map(|defect| in_words(&draft.scene.pack.plan, &defect.about, &defect.text)).collect(),
            deadline: deadline(portal, draft),
            unusable: facts::unusable(draft, step),
            previews,
            short,
        })
    }
}

/// Until when an application, or its correction, can be sent.
pub fn deadline(portal: &Portal, draft: &Draft) -> Option<Deadline> {
    let last_day = match draft.case.stage {
        Stage::Draft => super::standing::last_day(&draft.scene.round),
        _ => draft.case.due?,
    };
    let today = portal.store.now().day();
    Some(Deadline::seen(&draft.scene.calendar, today, last_day))
}

/// A fact that the registry knows, as it is shown to be looked through.
pub struct KnownRow {
    number: usize,
    label: Text,
    value: Text,
    source: Text,
    is_open: bool,
    /// What an official wants mended of it, in their words.
    defects: Vec<String>,
    found: Option<(bool, String)>,
    /// Whether the registry has nothing there: then what is said counts until it is looked into.
    is_empty: bool,
}

#[derive(Template)]
#[template(path = "enterprise/known.html")]
struct KnownPage {
    page: Page,
    frame: Frame,
    form: Form,
    rows: Vec<KnownRow>,
    is_correction: bool,
}

#[derive(Template)]
#[template(path = "enterprise/fact.html")]
struct FactPage {
    page: Page,
    frame: Frame,
    form: Form,
    /// The row that is to be filled in as a whole; none where a single fact is asked.
    row: Option<Text>,
    why: Vec<Text>,
    clause: String,
}

#[derive(Template)]
#[template(path = "enterprise/account_step.html")]
struct AccountPage {
    page: Page,
    frame: Frame,
    form: Form,
    /// Where the account comes from that nobody typed here.
    remembered: Option<Text>,
}

/// `GET /cases/{id}/edit`: where something is still missing.
pub async fn resume(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    let to = if draft.is_open() { draft.href(draft.next_open()) } else { format!("/cases/{id}") };
    Ok(redirect(&to))
}

/// `GET /cases/{id}/edit/{step}`.
pub async fn show(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path((id, word)): Path<(i64, String)>,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    if !draft.is_open() {
        return Ok(closed(&page, &draft));
    }
    let step = draft.step(&word)?;
    let form = facts::form(&draft, step, page.lang);
    step_page(&portal, &viewer, page, (&draft, step), form, None).await
}

/// A step's page with a form that may hold errors, or that was sent after something else was saved elsewhere: then with what it
/// would change.
async fn step_page(
    portal: &Portal,
    viewer: &Viewer,
    page: Page,
    (draft, step): (&Draft, Step),
    form: Form,
    overtaken: Option<&Typed>,
) -> Result<Response, Problem> {
    if step == Step::Check {
        let form = check::form(draft, page.lang);
        return check::show(portal, viewer, page, draft, form, StatusCode::OK).await;
    }
    let status = match overtaken {
        Some(_) => StatusCode::CONFLICT,
        None if form.is_good() => StatusCode::OK,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    if matches!(step, Step::Evidence(_) | Step::More) {
        return evidence::show(portal, page, draft, step, None).await;
    }
    let mut frame = Frame::of(portal, &page, draft, step).await?;
    if !form.is_good() {
        // Each field says it already.
        frame.unusable = Text::default();
    }
    if overtaken.is_some() {
        // Only whoever has read both, and says so by the button, puts one in the other's place.
        (frame.is_overtaken, frame.autosave) = (true, String::new());
    }
    let told = |form| match overtaken {
        Some(typed) => keeping::told(draft, step, form, typed),
        None => form,
    };
    let page = page.narrow().titled(title(draft, step));
    match step {
        Step::Fact(_) | Step::Row(_) => {
            let (why, clause) = why_asked(draft, step);
            let row = if let Step::Row(first) = step { Some(draft.questions[first].row_label()) } else { None };
            let form = told(form);
            Page::show_as(status, &FactPage { page, frame, form, row, why, clause })
        }
        Step::Account => {
            let is_untouched = overtaken.is_none() && form.is_good() && draft.case.account.is_none();
            let last = if is_untouched { last_account(portal, viewer, &draft.party).await? } else { None };
            let form = match &last {
                Some(last) => facts::account_form(Some(&last.account), &draft.party, page.lang),
                None => told(facts::warned_of_failure(facts::warned(form, &draft.party), draft)),
            };
            let remembered = last.as_ref().map(LastAccount::text);
            Page::show_as(status, &AccountPage { page, frame, form, remembered })
        }
        _ => {
            let form = told(form);
            let rows = known_rows(draft, &form);
            let is_correction = draft.case.stage == Stage::Correction;
            Page::show_as(status, &KnownPage { page, frame, form, rows, is_correction })
        }
    }
}

/// What a step is called.
pub fn title(draft: &Draft, step: Step) -> Text {
    match step {
        Step::Known => ("登记的信息对吗？", "Is what the registry says right?").into(),
        Step::Fact(index) => {
            let question = &draft.questions[index];
            if draft.questions.iter().filter(|other| other.column.name == question.column.name).count() > 1 {
                question.full_label()
            } else {
                question.label()
            }
        }
        Step::Row(first) => draft.questions[first].row_label(),
        Step::Evidence(index) => draft.evidence_name(&draft.scene.procedure.required_evidence[index]),
        Step::More => ("其他材料", "Other evidence").into(),
        Step::Account => ("钱打到哪个账户？", "Which account should it go to?").into(),
        Step::Check => match draft.case.stage {
            Stage::Correction => ("核对并提交补正", "Check and send the correction").into(),
            _ => ("核对并提交", "Check and send").into(),
        },
    }
}

fn known_rows(draft: &Draft, form: &Form) -> Vec<KnownRow> {
    let vocabulary = &draft.scene.pack.plan.vocabulary;
    let row = |question: &Question| {
        let known = question.known.as_ref()?;
        let said = draft.case.statements.get(&question.cell);
        let fields = [question.field(), format!("w{}", question.number)];
        let has_error = form.found().iter().any(|(name, _)| fields.contains(name));
        let is_disputed = fields.iter().any(|name| !form.text(name).is_empty());
        let is_told = form.fields().iter().any(|field| fields.contains(&field.name) && !field.warning.is_empty());
        let is_its = |defect: &&Defect| matches!(&defect.about, DefectAbout::Fact(cell) if *cell == question.cell);
        Some(KnownRow {
            defects: draft.case.defects.iter().filter(is_its).map(|defect| defect.text.clone()).collect(),
            number: question.number,
            label: question.full_label().headed(),
            value: question.value_text(vocabulary, &known.value),
            source: question.source(),
            is_open: has_error || is_disputed || is_told,
            is_empty: known.value.is_empty(),
            found: said.and_then(|said| said.finding.as_ref()).map(|finding| (finding.holds, finding.note.clone())),
        })
    };
    draft.questions.iter().filter_map(row).collect()
}

/// The parts of the rule in which the facts of a step are named: why they are asked.
fn why_asked(draft: &Draft, step: Step) -> (Vec<Text>, String) {
    let asked = draft.questions_of(step);
    let rule: &Measure = draft.rule();
    let conditions = rule.conditions.iter().map(|condition| &condition.text);
    let limits = rule.limits.iter().map(|limit| &limit.text);
    let parts = conditions.chain([&rule.pay.text]).chain(limits);
    let parts = parts.filter(|text| asked.iter().any(|question| text.zh.contains(&question.column.name.zh)));
    (parts.map(|text| Text::new(text.zh.clone(), text.en.clone())).collect(), rule.clause.clone())
}

/// `POST /cases/{id}/edit/{step}`: keeps what was typed, and goes where the button says.
pub async fn save(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path((id, word)): Path<(i64, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    if !draft.is_open() {
        return Ok(closed(&page, &draft));
    }
    let Taken { draft, step, typed, outcome, .. } = keeping::take(&portal, &viewer, draft, &word, &posted).await?;
    let form = || facts::form(&draft, step, page.lang).drafted(&posted);
    if outcome == Outcome::Overtaken {
        let form = form();
        return step_page(&portal, &viewer, page, (&draft, step), form, Some(&typed)).await;
    }
    let is_going_on = outcome == Outcome::LeftAlone || matches!(posted.get("go"), "back" | "leave");
    if !is_going_on && !typed.errors.is_empty() {
        let mut form = if typed.is_without_code { bank_code::emptied(form()) } else { form() };
        typed.errors.into_iter().for_each(|(field, error)| form.error(&field, error));
        return step_page(&portal, &viewer, page, (&draft, step), form, None).await;
    }
    if typed.is_without_code && facts::unusable(&draft, step).is_empty() {
        let flash = Flash { good: false, text: bank_code::taken_out() };
        return Ok(flash.redirect(&page.site().key, &goal(&page, &draft, step, posted.get("go"))));
    }
    Ok(go_on(&page, &draft, step, posted.get("go")))
}

/// Where a step's button leads. Who leaves it with something that can't be used is told so: nothing of it is lost, but it is not done.
pub fn go_on(page: &Page, draft: &Draft, step: Step, go: &str) -> Response {
    let to = goal(page, draft, step, go);
    let unusable = if matches!(go, "back" | "leave") { facts::unusable(draft, step) } else { Text::default() };
    match go {
        _ if !unusable.is_empty() => Flash { good: false, text: unusable }.redirect(&page.site().key, &to),
        "leave" => Flash::done("草稿已经保存，随时可以接着填", "The draft is saved; go on whenever you like")
            .redirect(&page.site().key, &to),
        _ => redirect(&to),
    }
}

/// The page to which a step's button leads.
pub fn goal(page: &Page, draft: &Draft, step: Step, go: &str) -> String {
    let from_check = page.query_value("from").is_some_and(|from| from == "check");
    match go {
        "back" => draft.href(draft.before(step).unwrap_or(step)),
        "leave" => format!("/cases/{}", draft.case.id.0),
        _ if from_check => draft.href(Step::Check),
        _ => draft.href(draft.after(step)),
    }
}

/// `POST /cases/{id}/edit/{step}/autosave`: keeps what was typed so far, and says what the rules make of it.
pub async fn autosave(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path((id, word)): Path<(i64, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let draft = Draft::of(&portal, &viewer, id).await?;
    if !draft.is_open() {
        return Ok(not_kept(says_no(&draft).get(page.lang)));
    }
    let Taken { draft, step, typed, outcome, seen } = keeping::take(&portal, &viewer, draft, &word, &posted).await?;
    if outcome != Outcome::Kept {
        return Ok(not_kept(page.t(
            "这一步在别处改过，没有保存：请重新打开这一步",
            "Not saved: this step was changed elsewhere. Open it anew",
        )));
    }
    let previews = draft.previews(&portal).await?;
    let errors: serde_json::Map<String, serde_json::Value> =
        typed.errors.iter().map(|(field, error)| (field.clone(), error.get(page.lang).into())).collect();
    let other_holder = facts::other_holder(&draft.party, posted.get("holder"));
    let mut answer = serde_json::json!({
        "saved": true,
        "at": portal.store.now().local().format("%H:%M").to_string(),
        "seen": seen,
        "errors": errors,
        "live": {
            "result": previews.now.sentence.get(page.lang),
            "if-right": previews.if_right.as_ref().map_or_else(String::new, |other| if_right(other, page.lang)),
            "other-holder": other_holder.map_or_else(String::new, |text| text.get(page.lang).to_owned()),
            "failed-account": facts::failed_account(&draft).get(page.lang),
            "unusable": facts::unusable(&draft, step).get(page.lang),
        },
    });
    for (slot, doubt) in facts::live_doubts(&draft, &posted) {
        answer["live"][slot] = doubt.get(page.lang).into();
    }
    Ok(json(StatusCode::OK, &answer))
}

/// What a dispute would change.
pub fn if_right(other: &appraisal::Preview, lang: Lang) -> String {
    format!("{}{}", lang.t("异议核实后：", "If your dispute is found right: "), other.sentence.get(lang))
}

impl Previews {
    /// What the disputes would change; empty where nothing.
    pub fn if_right_text(&self, lang: impl std::borrow::Borrow<Lang>) -> String {
        self.if_right.as_ref().map_or_else(String::new, |other| if_right(other, *lang.borrow()))
    }
}

/// What a script is told that need not try again.
fn not_kept(why: &str) -> Response {
    json(StatusCode::CONFLICT, &serde_json::json!({ "saved": false, "error": why }))
}

fn json(status: StatusCode, body: &serde_json::Value) -> Response {
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    (status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
}

/// A key that was never used.
pub fn fresh_key() -> Result<Key, Problem> {
    let once = Once::fresh().map_err(|error| Problem::internal(format!("no randomness: {error}")))?;
    Ok(Key::new(once.to_string())?)
}

/// The key of a form, which tells a second click from something else sent from the same page.
pub fn form_key(posted: &Posted, content: &str) -> Result<Key, Problem> {
    use sha2::{Digest, Sha256};
    let once = posted.once()?;
    let digest = Sha256::digest(format!("{once}\n{content}"));
    Ok(Key::new(crate::csrf::hex(&digest[..16]))?)
}

/// A fresh number for a form.
pub fn once() -> Result<String, Problem> {
    let once = Once::fresh().map_err(|error| Problem::internal(format!("no randomness: {error}")))?;
    Ok(once.to_string())
}

/// The answer where a case can't be written on any more: its own page, which says where it stands.
fn closed(page: &Page, draft: &Draft) -> Response {
    let to = format!("/cases/{}", draft.case.id.0);
    // Who comes back to the form after sending it has done nothing wrong.
    let flash = match (draft.case.stage, &draft.case.number) {
        (Stage::Submitted, Some(number)) => Flash::done(
            format!("这件申请已经提交成功（{number}），现在不能修改；要改的，等窗口通知补正，或者先撤回"),
            format!(
                "This was sent ({number}) and can't be changed now: wait to be asked for a correction, or withdraw it"
            ),
        ),
        _ => Flash { good: false, text: says_no(draft) },
    };
    flash.redirect(&page.site().key, &to)
}
