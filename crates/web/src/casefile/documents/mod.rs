//! The official documents of a case: which there are, and each made from what is on record.

mod decision;
mod letters;
mod notice;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::calendar::Calendar;
use duixian_casework::case::{Case, CaseId, Payment, PaymentOutcome};
use duixian_casework::event::What;
use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;
use duixian_store::{Settings, Store};

use super::file::CaseFile;
use crate::documents::{self, Frame};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 回执
    Submission,
    /// 受理通知书
    Acceptance,
    /// 补正通知书
    Correction,
    /// 不予受理通知书
    NotAccepted,
    /// 决定书
    Decision,
    /// 公示
    Notice,
    /// 拨付通知书
    Payment,
}

impl Kind {
    /// All kinds, in the order of a case's life.
    pub const ALL: [Kind; 7] = [
        Kind::Submission,
        Kind::Acceptance,
        Kind::Correction,
        Kind::NotAccepted,
        Kind::Decision,
        Kind::Notice,
        Kind::Payment,
    ];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Submission => "submission",
            Kind::Acceptance => "receipt",
            Kind::Correction => "correction",
            Kind::NotAccepted => "not_accepted",
            Kind::Decision => "decision",
            Kind::Notice => "notice",
            Kind::Payment => "payment",
        }
    }

    /// What it is called.
    pub fn name(self) -> Text {
        let (zh, en) = match self {
            Kind::Submission => ("回执", "receipt"),
            Kind::Acceptance => ("受理通知书", "notice of acceptance"),
            Kind::Correction => ("补正通知书", "correction notice"),
            Kind::NotAccepted => ("不予受理通知书", "notice of non-acceptance"),
            Kind::Decision => ("决定书", "decision letter"),
            Kind::Notice => ("公示", "public notice"),
            Kind::Payment => ("拨付通知书", "payment notice"),
        };
        (zh, en).into()
    }

    /// The character that tells the series of its numbers apart.
    fn series(self) -> &'static str {
        match self {
            Kind::Submission => "收",
            Kind::Acceptance => "受",
            Kind::Correction => "补",
            Kind::NotAccepted => "不受",
            Kind::Decision => "决",
            Kind::Notice => "示",
            Kind::Payment => "拨",
        }
    }
}

/// The documents that a case has, for links: address and name.
pub fn links(file: &CaseFile) -> Vec<(String, Text)> {
    let id = file.case.id.0;
    let there = Kind::ALL.into_iter().filter(|kind| is_there(file, *kind));
    there.map(|kind| (format!("/cases/{id}/documents/{}", kind.word()), kind.name())).collect()
}

/// `GET /cases/{id}/documents/{kind}`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((id, kind)): Path<(i64, String)>,
) -> Result<Response, Problem> {
    let kind = Kind::ALL.into_iter().find(|one| one.word() == kind).ok_or_else(Problem::not_found)?;
    let file = CaseFile::load(&portal.store, &viewer.actor, CaseId(id)).await?;
    if !is_there(&file, kind) {
        return Err(Problem::not_found());
    }
    let is_official = viewer.roles().iter().any(|role| *role != Role::Agent);
    let back = if is_official { format!("/work/cases/{id}") } else { format!("/cases/{id}") };
    let page = page.under(back, ("返回案件", "Back to the case"));
    let maker = Maker { settings: portal.store.settings().await?, file: &file, store: &portal.store };
    match kind {
        Kind::Submission => documents::show(page, &maker.submission()?),
        Kind::Acceptance => documents::show(page, &maker.acceptance()?),
        Kind::Correction => documents::show(page, &maker.correction()?),
        Kind::NotAccepted => documents::show(page, &maker.not_accepted()?),
        Kind::Decision => documents::show(page, &maker.decision()?),
        Kind::Notice => documents::show(page, &maker.notice().await?),
        Kind::Payment => documents::show(page, &maker.payment().await?),
    }
}

fn is_there(file: &CaseFile, kind: Kind) -> bool {
    let case = &file.case;
    let has = |is_meant: fn(&What) -> bool| file.last(is_meant).is_some();
    match kind {
        Kind::Submission => has(|what| matches!(what, What::Submitted { .. })),
        Kind::Acceptance => has(|what| matches!(what, What::Accepted { .. })),
        Kind::Correction => has(|what| matches!(what, What::CorrectionAsked { .. })),
        Kind::NotAccepted => case.stage == Stage::NotAccepted,
        // A decision that waits for money binds nobody yet.
        Kind::Decision => case.stage == Stage::Declined || case.decision.is_some() && case.stage != Stage::Queued,
        Kind::Notice => case.notice.is_some(),
        Kind::Payment => paid(case).is_some(),
    }
}

/// The batch and day of the payment that arrived.
fn paid(case: &Case) -> Option<(&Payment, NaiveDate)> {
    case.payments.iter().rev().find_map(|payment| match &payment.outcome {
        Some(PaymentOutcome::Paid { on, .. }) => Some((payment, *on)),
        _ => None,
    })
}

/// Calendar days within which administrative reconsideration of a decision can be asked for (行政复议法: sixty days from the
/// day it is known; article 9 as in force until 2023, article 20 since).
const RECONSIDERATION_DAYS: u64 = 60;

/// Until when reconsideration of what was made known on a day can be asked for. Letters and pages name the same day.
pub fn reconsider_until(calendar: &Calendar, told: NaiveDate) -> NaiveDate {
    let last = told.checked_add_days(chrono::Days::new(RECONSIDERATION_DAYS)).unwrap_or(told);
    calendar.working_day_on_or_after(last)
}

/// Makes the documents of one case.
struct Maker<'a> {
    settings: Settings,
    file: &'a CaseFile,
    store: &'a Store,
}

impl Maker<'_> {
    fn frame(&self, kind: Kind, date: NaiveDate) -> Frame {
        let to = if kind == Kind::Notice { String::new() } else { self.file.party.clone() };
        Frame {
            office: self.office(),
            number: self.number_of(kind),
            to,
            policy: self.file.pack().plan.policy.zh.clone(),
            attachments: Vec::new(),
            date,
            copies_to: Vec::new(),
            contact: self.settings.contact.clone(),
        }
    }

    fn office(&self) -> String {
        let name = self.settings.name_zh.clone();
        if name.is_empty() { "产业扶持资金主管部门".to_owned() } else { name }
    }

    fn number_of(&self, kind: Kind) -> String {
        series_number(kind, &self.case_number())
    }

    fn case_number(&self) -> String {
        self.file.case.number.clone().unwrap_or_default()
    }

    fn measure(&self) -> String {
        self.file.measure_name().get(Lang::Zh).to_owned()
    }

    fn fund(&self) -> String {
        self.file.fund_name().get(Lang::Zh).to_owned()
    }

    fn submitted(&self) -> NaiveDate {
        self.file.case.submitted_at.map_or_else(|| self.file.today(), |at| at.day())
    }

    fn reconsider_until(&self, told: NaiveDate) -> NaiveDate {
        reconsider_until(&self.file.scene.calendar, told)
    }
}

/// A document's own number: a case's, with the character of its series before the year.
fn series_number(kind: Kind, case: &str) -> String {
    match case.split_once('〔') {
        Some((prefix, rest)) => format!("{prefix}{}〔{rest}", kind.series()),
        None => format!("{case}{}", kind.series()),
    }
}

/// The event a document rests on has gone from the journal, which cannot be.
fn gone() -> Problem {
    Problem::internal("a document was asked for whose event is not on the journal")
}
