//! The official documents of a case: which there are, and each made from what is on record.

mod decision;
mod issued;
mod letters;
mod notice;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use duixian_casework::calendar::Calendar;
use duixian_casework::case::{Case, CaseId, Payment, PaymentOutcome};
use duixian_casework::people::Role;
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;
use duixian_store::{Settings, Store};

use self::issued::{Issued, void_on_paper};
use super::basis::Bases;
use super::file::{CaseFile, as_of_place};
use crate::documents::{self, Frame, Remedies};
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
    /// 逾期未补正告知书
    Lapse,
    /// 决定书
    Decision,
    /// 公示
    Notice,
    /// 公示期顺延公告
    Extension,
    /// 拨付通知书
    Payment,
    /// 终止拨付告知书
    Ending,
}

impl Kind {
    /// All kinds, in the order of a case's life.
    pub const ALL: [Kind; 10] = [
        Kind::Submission,
        Kind::Acceptance,
        Kind::Correction,
        Kind::NotAccepted,
        Kind::Lapse,
        Kind::Decision,
        Kind::Notice,
        Kind::Extension,
        Kind::Payment,
        Kind::Ending,
    ];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Submission => "submission",
            Kind::Acceptance => "receipt",
            Kind::Correction => "correction",
            Kind::NotAccepted => "not_accepted",
            Kind::Lapse => "lapse",
            Kind::Decision => "decision",
            Kind::Notice => "notice",
            Kind::Extension => "extension",
            Kind::Payment => "payment",
            Kind::Ending => "ending",
        }
    }

    /// What it is called.
    pub fn name(self) -> Text {
        let (zh, en) = match self {
            Kind::Submission => ("回执", "receipt"),
            Kind::Acceptance => ("受理通知书", "notice of acceptance"),
            Kind::Correction => ("补正通知书", "correction notice"),
            Kind::NotAccepted => ("不予受理通知书", "notice of non-acceptance"),
            Kind::Lapse => ("逾期未补正告知书", "notice of lapse"),
            Kind::Decision => ("决定书", "decision letter"),
            Kind::Notice => ("公示", "public notice"),
            Kind::Extension => ("公示期顺延公告", "extension of the notice"),
            Kind::Payment => ("拨付通知书", "payment notice"),
            Kind::Ending => ("终止拨付告知书", "notice that the payment was ended"),
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
            Kind::Lapse => "撤",
            Kind::Decision => "决",
            Kind::Notice => "示",
            Kind::Extension => "延",
            Kind::Payment => "拨",
            Kind::Ending => "终",
        }
    }
}

/// The documents that a case has, for links: address and name.
pub fn links(file: &CaseFile) -> Vec<(String, Text)> {
    let id = file.case.id.0;
    Issued::all(file).iter().map(|one| (format!("/cases/{id}/documents/{}", one.word()), one.name())).collect()
}

/// The letter by which a case was refused, as it stands among [`links`]; none of a case that was not.
pub fn refusal_link(file: &CaseFile) -> Option<(String, Text)> {
    let kind = match file.case.stage {
        Stage::Declined => Kind::Decision,
        Stage::NotAccepted => Kind::NotAccepted,
        Stage::PaymentEnded => Kind::Ending,
        _ => return None,
    };
    let id = file.case.id.0;
    let letter = Issued::all(file).into_iter().rfind(|one| one.kind == kind)?;
    Some((format!("/cases/{id}/documents/{}", letter.word()), letter.name()))
}

/// `GET /cases/{id}/documents/{kind}`
pub async fn page(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    Path((id, kind)): Path<(i64, String)>,
) -> Result<Response, Problem> {
    let file = CaseFile::load(&portal.store, &viewer.actor, CaseId(id)).await?;
    let issued = Issued::named(&file, &kind).ok_or_else(Problem::not_found)?;
    let is_official = viewer.roles().iter().any(|role| *role != Role::Agent);
    let back = if is_official { format!("/work/cases/{id}") } else { format!("/cases/{id}") };
    let page = page.under(back, ("返回案件", "Back to the case"));
    let maker = Maker::of(&portal.store, &file, &issued).await?;
    match issued.kind {
        Kind::Submission => documents::show(page, &maker.submission(&issued).await?),
        Kind::Acceptance => documents::show(page, &maker.acceptance(&issued).await?),
        Kind::Correction => documents::show(page, &maker.correction(&issued).await?),
        Kind::NotAccepted => documents::show(page, &maker.not_accepted(&issued).await?),
        Kind::Lapse => documents::show(page, &maker.lapse(&issued).await?),
        Kind::Decision => documents::show(page, &maker.decision(&issued).await?),
        Kind::Notice => documents::show(page, &maker.notice(&issued).await?),
        Kind::Extension => documents::show(page, &maker.extension(&issued).await?),
        Kind::Payment => documents::show(page, &maker.payment(&issued).await?),
        Kind::Ending => documents::show(page, &maker.ending(&issued).await?),
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

/// Within how many months after it was made known an act can be brought before a court (行政诉讼法, article 46).
const MONTHS_TO_SUE: u32 = 6;

/// Until when what was made known on a day can be brought before a court. A last day of rest gives way to the next working day
/// (民事诉讼法, article 85, which 行政诉讼法, article 101, refers to).
pub fn sue_until(calendar: &Calendar, told: NaiveDate) -> NaiveDate {
    let last = told.checked_add_months(chrono::Months::new(MONTHS_TO_SUE)).unwrap_or(told);
    calendar.working_day_on_or_after(last)
}

/// Makes one document of a case.
struct Maker<'a> {
    /// As they were when it was given: a document keeps the name of whoever has given it.
    settings: Settings,
    /// Working days as they were known then.
    calendar: Calendar,
    /// What the party was called then.
    party: String,
    file: &'a CaseFile,
    store: &'a Store,
}

impl<'a> Maker<'a> {
    async fn of(store: &'a Store, file: &'a CaseFile, issued: &Issued) -> Result<Maker<'a>, Problem> {
        let at = file.history.get(issued.place).ok_or_else(gone)?.at;
        let named = store.party_name_at(&file.case.subject.party, at).await?;
        let party = named.unwrap_or_else(|| file.party.clone());
        Ok(Maker { settings: store.settings_at(at).await?, calendar: store.calendar_at(at).await?, party, file, store })
    }
    fn frame(&self, issued: &Issued, date: NaiveDate) -> Frame {
        let kind = issued.kind;
        let is_public = matches!(kind, Kind::Notice | Kind::Extension);
        let to = if is_public { String::new() } else { self.party.clone() };
        Frame {
            office: self.office(),
            number: numbered(self.number_of(kind), issued.turn),
            to,
            policy: self.file.pack().plan.policy.zh.clone(),
            attachments: Vec::new(),
            date,
            copies_to: Vec::new(),
            contact: self.settings.contact.clone(),
            void: issued.void.as_ref().map_or_else(String::new, |void| void_on_paper(void, kind, &self.case_number())),
        }
    }

    /// The file as it was when a document was given: what came later changes nothing in it.
    async fn then(&self, issued: &Issued) -> Result<CaseFile, Problem> {
        let then = as_of_place(self.file.case.id, &self.file.history, issued.place).ok_or_else(gone)?;
        CaseFile::of(self.store, then).await
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

    /// What of the party's it is for, in brackets after the measure: an enterprise that has applied for several must be able to
    /// tell their letters apart. Empty where it is the party itself.
    async fn item(&self) -> Result<String, Problem> {
        let subject = &self.file.case.subject;
        if subject.basis.is_empty() {
            return Ok(String::new());
        }
        let name = Bases::new(self.store).name(subject.round, &subject.party, &subject.measure, &subject.basis).await?;
        Ok(format!("（{}）", name.get(Lang::Zh)))
    }

    fn fund(&self) -> String {
        self.file.fund_name().get(Lang::Zh).to_owned()
    }

    fn submitted(&self) -> NaiveDate {
        self.file.case.submitted_at.map_or_else(|| self.file.today(), |at| at.day())
    }

    fn remedies(&self, told: NaiveDate) -> Remedies {
        let (reconsider_until, sue_until) = (reconsider_until(&self.calendar, told), sue_until(&self.calendar, told));
        Remedies { reconsider_until, sue_until }
    }
}

/// A document's own number: a case's, with the character of its series before the year.
fn series_number(kind: Kind, case: &str) -> String {
    match case.split_once('〔') {
        Some((prefix, rest)) => format!("{prefix}{}〔{rest}", kind.series()),
        None => format!("{case}{}", kind.series()),
    }
}

/// A case that is decided or put up again has its earlier number with a mark: `……号之二`.
fn numbered(number: String, turn: usize) -> String {
    const TURNS: [&str; 8] = ["之二", "之三", "之四", "之五", "之六", "之七", "之八", "之九"];
    match turn.checked_sub(2) {
        None => number,
        Some(later) => {
            let mark = TURNS.get(later).map_or_else(|| format!("之{turn}"), |mark| (*mark).to_owned());
            format!("{number}{mark}")
        }
    }
}

/// The event a document rests on has gone from the journal, which cannot be.
fn gone() -> Problem {
    Problem::internal("a document was asked for whose event is not on the journal")
}
