//! Which documents a case has been given. Each rests on an event, and stays whatever comes after: what holds no more is marked.

use chrono::NaiveDate;
use duixian_casework::event::{AfterAnswer, Event, What};
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Lang;
use duixian_store::notices::Ended;

use super::Kind;
use crate::casefile::CaseFile;
use crate::casefile::queue::plain;
use crate::format;
use crate::locale::Text;

/// A document that was given.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Of which kind.
    pub kind: Kind,
    /// The place in the case's history of what it rests on: the last such event, of kinds that are brought up to date.
    pub place: usize,
    /// The how-manieth of its kind it is, from 1.
    pub turn: usize,
    /// Whether it is a decision that waits for money.
    pub waits: bool,
    /// Whether no other of its kind came after it.
    pub is_last: bool,
    /// Why it holds no more.
    pub void: Option<Ended>,
}

/// The word beside the name of what holds no more.
fn word(void: &Ended) -> Text {
    match void {
        Ended::Upheld(_) | Ended::Revoked(..) | Ended::SentBack(_) | Ended::Declined(_) => ("已撤销", "revoked").into(),
        Ended::Withdrawn(_) | Ended::Stopped(_) | Ended::CameBack(_) => ("已失效", "void").into(),
    }
}

/// Since when what holds no more does so, and why: `已撤销：2019年5月6日，异议经核实成立，退回审核`.
pub fn void_reason(void: &Ended) -> String {
    let (day, why) = match void {
        Ended::Upheld(day) => (day, "异议经核实成立，退回审核".to_owned()),
        Ended::Revoked(day, proposal) => {
            // What was never made public is told by its letters alone.
            let why = if proposal.remark.is_empty() { &proposal.grounds } else { &proposal.remark };
            (day, format!("决定已撤销，退回审核（{}）", plain(why)))
        }
        Ended::Withdrawn(day) => (day, "申请已撤回".to_owned()),
        Ended::SentBack(day) => (day, "退回重新审核".to_owned()),
        Ended::Declined(day) => (day, "已另行作出决定".to_owned()),
        Ended::Stopped(day) => (day, "款项无法拨付，已终止".to_owned()),
        Ended::CameBack(day) => (day, "款项付出以后被退回".to_owned()),
    };
    format!("{}：{}，{why}", word(void).zh, format::date(Lang::Zh, *day))
}

/// What stands on the document itself.
pub fn void_on_paper(void: &Ended, kind: Kind, case: &str) -> String {
    let reason = void_reason(void);
    match kind {
        Kind::Notice | Kind::Extension => format!("{case}{reason}；本公示中该项不再有效。"),
        _ => format!("本文书{reason}。"),
    }
}

impl Issued {
    /// All documents of a case, kind by kind, each kind in order.
    pub fn all(file: &CaseFile) -> Vec<Issued> {
        Kind::ALL.into_iter().flat_map(|kind| of_kind(file, kind)).collect()
    }

    /// The one that an address names; none where there is no such document.
    pub fn named(file: &CaseFile, word: &str) -> Option<Issued> {
        Issued::all(file).into_iter().find(|one| one.word() == word)
    }

    /// The word in its address: the last of a kind has that of the kind alone.
    pub fn word(&self) -> String {
        if self.is_last { self.kind.word().to_owned() } else { format!("{}-{}", self.kind.word(), self.turn) }
    }

    /// What it is called in lists.
    pub fn name(&self) -> Text {
        let name: Text = match self.waits {
            true => ("决定书（轮候）", "decision letter (waits for money)").into(),
            false => self.kind.name(),
        };
        let Some(word) = self.void.as_ref().map(word) else { return name };
        Text::new(format!("{}（{}）", name.zh, word.zh), format!("{} ({})", name.en, word.en))
    }
}

fn of_kind(file: &CaseFile, kind: Kind) -> Vec<Issued> {
    let is_base = |event: &Event| match (kind, &event.what) {
        (Kind::Submission, What::Submitted { .. }) => true,
        (Kind::Acceptance, What::Accepted { .. }) => true,
        (Kind::Correction, What::CorrectionAsked { .. }) => true,
        (Kind::NotAccepted, What::NotAccepted { .. }) => true,
        // What time has taken back, nobody has.
        (Kind::Lapse, What::Withdrawn { .. }) => event.by.is_none(),
        // That a decision waits for money is decided too: the letter on the money follows as one of its own.
        (Kind::Decision, What::Decided { .. } | What::Queued(_) | What::Funded { .. } | What::Declined { .. }) => true,
        (Kind::Notice, What::NoticePublished(_)) => true,
        (Kind::Extension, What::ObjectionAnswered { then: AfterAnswer::NoticeGoesOn(_), .. }) => true,
        // What could not be paid was granted: to end it is no refusal of what was applied for, and has a letter of its own.
        (Kind::Payment, What::Paid { .. }) | (Kind::Ending, What::PaymentEnded { .. }) => true,
        _ => false,
    };
    let history = &file.history;
    let mut places: Vec<usize> = (0..history.len()).filter(|place| is_base(&history[*place].event)).collect();
    if kind == Kind::Extension {
        // An objection that was answered on the day it came costs no day, and there is nothing to make known.
        places.retain(|place| {
            let before = history[..*place].iter().rev().find_map(|entry| last_day(&entry.event.what));
            before != last_day(&history[*place].event.what)
        });
    }
    let binds = matches!(kind, Kind::Decision | Kind::Notice | Kind::Extension | Kind::Ending);
    if !binds {
        // What is to be mended is said by the last notice of it, and an account that was paid by the last payment.
        places.drain(..places.len().saturating_sub(1));
    }
    let count = places.len();
    let issued = |(index, place): (usize, usize)| Issued {
        kind,
        place,
        turn: index + 1,
        waits: matches!(history[place].event.what, What::Queued(_)),
        is_last: index + 1 == count,
        void: match kind {
            Kind::Payment => came_back(file, place),
            _ if binds => void(file, place),
            _ => None,
        },
    };
    places.into_iter().enumerate().map(issued).collect()
}

/// Until when a notice hangs from then on.
fn last_day(what: &What) -> Option<NaiveDate> {
    match what {
        What::NoticePublished(notice) => Some(notice.until),
        What::DeadlineMoved { stage: Stage::InNotice, due, .. } => Some(*due),
        What::ObjectionAnswered { then: AfterAnswer::NoticeGoesOn(until), .. } => Some(*until),
        _ => None,
    }
}

/// That a payment which was made known came back since.
fn came_back(file: &CaseFile, place: usize) -> Option<Ended> {
    file.history[place + 1..].iter().find_map(|entry| match &entry.event.what {
        What::PaymentReturned { back, .. } => Some(Ended::CameBack(back.on)),
        _ => None,
    })
}

/// What ended the force of what was decided or published at a place in the history.
fn void(file: &CaseFile, place: usize) -> Option<Ended> {
    file.history[place + 1..].iter().find_map(|entry| Ended::by(&entry.event.what, entry.at.day()))
}
