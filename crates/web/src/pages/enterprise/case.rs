//! One application on its way: where it stands, who has it, until when; what happened; what was decided, and why.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::account::is_open_to_correction;
use duixian_casework::case::{CaseId, DefectAbout, PaymentOutcome};
use duixian_casework::stage::Stage;
use duixian_money::Span;
use duixian_store::StoreError;

use super::amounts::span_text;
use super::appraisal;
use super::check::{self, Gap};
use super::correction::{Mend, mends};
use super::draft::{Draft, gone};
use super::evidence::{Piece, listed};
use super::journey::timeline;
use super::refused::{Again, Refused, after_its_end, refused};
use super::standing::{Standing, bank_words, standing};
use super::typed_account::masked;
use super::withdraw;
use crate::casefile::failed::{self, FailedAccount};
use crate::casefile::queue::{Queue, cut};
use crate::casefile::said::use_condition;
use crate::casefile::{CaseFile, documents, industry, payee, stages};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::shell::redirect;
use crate::ui::{Action, Timeline};
use crate::viewer::Viewer;

/// What was decided.
struct Decided {
    amount: Text,
    cut: Option<Text>,
    reason: String,
    conditions: Vec<Text>,
    on: NaiveDate,
    fund: Text,
}

#[derive(Template)]
#[template(path = "enterprise/case.html")]
struct CasePage {
    page: Page,
    number_label: Text,
    draft: Draft,
    standing: Standing,
    act: Option<(String, Text)>,
    withdraw: Option<Action>,
    gaps: Vec<Gap>,
    mends: Vec<Mend>,
    paid: Option<(Text, NaiveDate, String)>,
    decided: Option<Decided>,
    /// Where it stands among those that wait for the same money.
    queue: Option<Text>,
    /// That the bank could not pay to its account in another of their cases.
    failed_account: Option<FailedAccount>,
    refused: Option<Refused>,
    /// When and where what was withdrawn, or was not sent in time, can be applied for again.
    again: Option<Again>,
    timeline: Timeline,
    facts: Vec<check::Line>,
    pieces: Vec<Piece>,
    account: Option<(String, String, Text)>,
    documents: Vec<(String, Text)>,
    /// The letter that says why it was refused, which is what its applicant comes for.
    letter: Option<(String, Text)>,
    result: Option<Text>,
}

impl CasePage {
    /// Whether the main path still says something: not of a case that has left it for good.
    fn has_steps(&self) -> bool {
        !matches!(self.draft.case.stage, Stage::Declined | Stage::PaymentEnded | Stage::NotAccepted | Stage::Withdrawn)
    }

    /// Whether a fact was doubted: that may be shown instead of changed.
    fn has_facts_to_mend(&self) -> bool {
        self.draft.case.defects.iter().any(|defect| matches!(defect.about, DefectAbout::Fact(_)))
    }
}

/// `GET /cases/{id}`: the applicant's view; officials are led to theirs.
pub async fn show(
    State(portal): State<Arc<Portal>>,
    page: Page,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let case = match portal.store.case_for(&viewer.actor, CaseId(id)).await {
        Ok(case) => case,
        Err(StoreError::NotFound) => return Err(gone(&portal, &viewer, id).await?),
        Err(error) => return Err(error.into()),
    };
    if !viewer.actor.acts_for(&case.subject.party) {
        return Ok(redirect(&format!("/work/cases/{id}")));
    }
    let draft = Draft::around(&portal, case).await?;
    let today = portal.store.now().day();
    let file = CaseFile::of(&portal.store, draft.case.clone()).await?;
    let history = &file.history;
    let standing = standing(&draft, today);
    let gaps = if draft.case.stage == Stage::Draft && !draft.is_over {
        check::gaps(&draft, &appraisal::previews(&portal, &draft).await?)
    } else {
        Vec::new()
    };
    let title = draft.title();
    let page = page.titled(title).under("/cases", ("我的案件", "My cases"));
    let refused = refused(&portal, &draft, &file, &page).await?;
    // Whoever had a say in it as an official does nothing in it for its party.
    let has_been_official = draft.case.acted.iter().any(|(_, who)| Some(*who) == viewer.actor.user());
    let shown = CasePage {
        act: act(&draft).filter(|_| !has_been_official),
        withdraw: take_back(&portal, &viewer, &draft),
        gaps,
        mends: mends(&draft, history),
        paid: paid(&draft),
        decided: decided(&draft),
        queue: Queue::of(&portal.store, &draft.case).await?.map(|queue| queue.text()),
        again: after_its_end(&portal, &draft).await?,
        timeline: timeline(&draft, history, &file.findings),
        facts: check::lines(&draft),
        pieces: draft.case.evidence.iter().map(|piece| listed(&draft, piece)).collect(),
        account: draft.case.account.as_ref().map(|of| (of.holder.clone(), masked(&of.number), payee::bank(of))),
        documents: documents::links(&file),
        letter: documents::refusal_link(&file),
        result: result(&draft, refused.as_ref()),
        refused,
        failed_account: failed_account(&draft),
        standing,
        number_label: stages::number_label(history),
        draft,
        page,
    };
    Page::show(&shown)
}

/// That the bank could not pay to its account in another of their cases, without the code by which officials look that up.
fn failed_account(draft: &Draft) -> Option<FailedAccount> {
    let failed = failed::told(&draft.scene, "/cases")?;
    Some(FailedAccount { reason: bank_words(&failed.reason).to_owned(), ..failed })
}

/// The one thing that the applicant is to do now.
fn act(draft: &Draft) -> Option<(String, Text)> {
    let id = draft.case.id.0;
    match draft.case.stage {
        // What can no more be sent is not gone on with.
        Stage::Draft if draft.is_over => None,
        Stage::Draft => Some((format!("/cases/{id}/edit"), ("接着填写", "Go on").into())),
        Stage::Correction => Some((format!("/cases/{id}/edit/check"), ("去补正", "Correct it").into())),
        Stage::Objection => Some((format!("/cases/{id}/reply"), ("陈述意见", "Reply to it").into())),
        _ if is_open_to_correction(&draft.case, draft.scene.failed_elsewhere.as_ref())
            && draft.scene.doubted_in.is_none() =>
        {
            Some((format!("/cases/{id}/account"), ("更正收款账户", "Correct the account").into()))
        }
        _ => None,
    }
}

/// Taking it back, or why that can't be done; nothing where it is over.
fn take_back(portal: &Portal, viewer: &Viewer, draft: &Draft) -> Option<Action> {
    if draft.case.stage.is_final() || draft.case.stage == Stage::Paid {
        return None;
    }
    let text = if draft.case.stage == Stage::Draft {
        ("放弃草稿", "Give the draft up")
    } else {
        ("撤回申请", "Take it back")
    };
    let action = Action::second("withdraw", text, format!("/cases/{}/withdraw", draft.case.id.0));
    Some(action.unless(withdraw::refusal(portal, viewer, draft)))
}

/// What the rules said when it was sent. Why they give nothing stands with the refusal, where there is one.
fn result(draft: &Draft, refused: Option<&Refused>) -> Option<Text> {
    let assessed = draft.case.assessed.as_ref()?;
    Some(match assessed.span {
        Some(span) => span_text(span),
        None if refused.is_some_and(|refused| refused.by_rules.is_some()) => {
            ("不予支持，原因见上面", "nothing; why stands above").into()
        }
        None => {
            let reason = Text::new(assessed.reason.0.clone(), assessed.reason.1.clone());
            industry::named_text(&draft.scene.pack.plan.vocabulary, &reason)
        }
    })
}

fn paid(draft: &Draft) -> Option<(Text, NaiveDate, String)> {
    draft.case.payments.iter().rev().find_map(|payment| match &payment.outcome {
        Some(PaymentOutcome::Paid { on, .. }) => {
            Some((span_text(Span::exact(payment.amount)), *on, masked(&payment.account.number)))
        }
        _ => None,
    })
}

fn decided(draft: &Draft) -> Option<Decided> {
    let decision = draft.case.standing_decision()?;
    Some(Decided {
        amount: span_text(Span::exact(if decision.funded.0 > 0 { decision.funded } else { decision.amount })),
        cut: cut(decision),
        reason: industry::named(&draft.scene.pack.plan.vocabulary, &decision.reason),
        conditions: decision
            .conditions
            .iter()
            .map(|text| use_condition(&draft.scene.pack.plan.english, &draft.scene.procedure, text))
            .collect(),
        on: decision.at.day(),
        fund: draft.fund_name(),
    })
}
