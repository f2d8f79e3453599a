//! One application for one basis of one measure, and all that is known of it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use duixian_assess::reference::ClaimRecord;
use duixian_money::{Fen, Span};
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
pub use crate::decision::{Decision, Reopened, Revocation, Sharing};
use crate::moment::Moment;
pub use crate::payment::{Cleared, Ending, Payment, PaymentOutcome};
use crate::people::{Actor, Role, UserId};
use crate::stage::Stage;
use duixian_rules::plan::{Duty, StepKind};
use duixian_rules::vocabulary::Lang;

/// A case's number in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub i64);

/// One application (件). It is what its events made of it: [`Case::apply`](crate::event) is the only way it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its number in the store.
    pub id: CaseId,
    /// What is applied for.
    pub subject: Subject,
    /// Where it stands.
    pub stage: Stage,
    /// 申请编号, given on submission; from acceptance on the same is its 受理号.
    pub number: Option<String>,
    /// Who opened the draft.
    pub opened_by: UserId,
    /// When.
    pub opened_at: Moment,
    /// Who has worked on it for the party since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applicants: Vec<UserId>,
    /// When it was first submitted.
    pub submitted_at: Option<Moment>,
    /// What the applicant states beside the registry.
    pub statements: BTreeMap<CellRef, Statement>,
    /// Facts of the registry that nobody disputes, and that an official has confirmed all the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub confirmed: BTreeMap<CellRef, Confirmed>,
    /// Other parties' cases whose number only looks like its own, as officials have found out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub distinct: BTreeMap<CaseId, Finding>,
    /// Where the money is to go.
    pub account: Option<BankAccount>,
    /// What was handed in, withdrawn pieces left out.
    pub evidence: Vec<Evidence>,
    /// The number the next piece of evidence gets.
    pub next_evidence: u32,
    /// What the rules say, as of the last submission.
    pub assessed: Option<Assessed>,
    /// The deadline of whoever has it.
    pub due: Option<NaiveDate>,
    /// The deadline of which the applicant was reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<NaiveDate>,
    /// The last day of its round after which the applicant was told that the draft had not been sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<NaiveDate>,
    /// Where it was late, in order: a new deadline does not make that undone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<Late>,
    /// What a stopped clock still had, in working days, and where the case goes back to.
    pub paused: Option<Paused>,
    /// The reviewer who has taken it up.
    pub assignee: Option<UserId>,
    /// What the applicant is to mend.
    pub defects: Vec<Defect>,
    /// The reviewers' opinions, in order.
    pub opinions: Vec<Opinion>,
    /// Why the case was sent back, held, declined, not accepted or withdrawn, last.
    pub reason: Option<String>,
    /// What was decided; of a case that was withdrawn or whose payment was ended since, what holds no more.
    pub decision: Option<Decision>,
    /// Amounts that were decided and revoked since, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<Decision>,
    /// That what was decided is to be revoked, until a second decision maker has confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<Revocation>,
    /// That it came back to review after that, and why, until it is decided anew.
    #[serde(default)]
    pub reopened: Option<Reopened>,
    /// Its notice.
    pub notice: Option<Notice>,
    /// When its notice was taken down before its days were over, as what was decided holds no more; until it is put up anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_down: Option<NaiveDate>,
    /// Objections to it, in order.
    pub objections: Vec<Objection>,
    /// Its payments, in order; at most one is open.
    pub payments: Vec<Payment>,
    /// That its payment is to be ended, until a second person of finance has confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Who has done which duty.
    pub acted: Vec<(Duty, UserId)>,
    /// How many events it has had.
    pub version: u64,
}

/// What a case is about. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The party's unified social credit code.
    pub party: String,
    /// The measure, by English name.
    pub measure: String,
    /// The basis's name in the measure's table: its id, its year as digits, or nothing for the party itself.
    pub basis: String,
    /// The year assessed.
    pub year: i32,
    /// The round it belongs to.
    pub round: i64,
    /// The fund that pays, by English name.
    pub fund: String,
}

/// One cell of a table of facts: table and column by English name, the row by its key (empty for the party's own row).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CellRef {
    /// The table.
    pub table: String,
    /// The row's key: its id, its year, or nothing.
    pub row: String,
    /// The column.
    pub column: String,
}

impl From<CellRef> for String {
    fn from(cell: CellRef) -> String {
        format!("{}/{}/{}", cell.table, cell.column, cell.row)
    }
}

impl TryFrom<String> for CellRef {
    type Error = String;

    fn try_from(text: String) -> Result<CellRef, String> {
        let mut parts = text.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(table), Some(column), Some(row)) => {
                Ok(CellRef { table: table.to_owned(), column: column.to_owned(), row: row.to_owned() })
            }
            _ => Err(format!("`{text}` is not table/column/row")),
        }
    }
}

/// What an applicant states of one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The value in the canonical form of tables; empty says that it has not happened.
    pub value: String,
    /// Why the registry is wrong, where it says otherwise.
    pub dispute: Option<String>,
    /// Who stated it.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// What an official found.
    pub finding: Option<Finding>,
}

/// A fact of the registry as an official confirmed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The value that was confirmed, in the canonical form of tables.
    pub value: String,
    /// Who, when, and in its note by what source.
    pub finding: Finding,
}

/// What an official found of a statement or a piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Whether it is right.
    pub holds: bool,
    /// In words.
    pub note: String,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

/// An account at a bank. Never shown in public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    /// 户名
    pub holder: String,
    /// 账号, digits.
    pub number: String,
    /// 开户行
    pub bank: String,
    /// 联行号, twelve digits.
    pub bank_code: Option<String>,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its number within the case.
    pub id: u32,
    /// Its type, in the measure's words.
    pub kind: String,
    /// The document's own number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// When it was issued.
    pub issued_on: Option<NaiveDate>,
    /// The file, if one was uploaded.
    pub file: Option<FileRef>,
    /// Who handed it in.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// Who verified it, and what they found.
    pub finding: Option<Finding>,
}

/// A file kept under the hash of its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// SHA-256 of the content, in lower-case hexadecimal.
    pub sha256: String,
    /// The name it was uploaded under.
    pub name: String,
    /// Its media type, as found from its content.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
}

/// What the rules say of a case, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessed {
    /// Whether it is entitled, and how surely.
    pub standing: Standing,
    /// The interval a decision lies within; none where it is unknown or refused.
    pub span: Option<Span>,
    /// The clause that decides.
    pub clause: String,
    /// Why it is not simply paid: condition, limit or missing facts, in both languages.
    pub reason: (String, String),
    /// The first day of payment.
    pub payable_from: Option<NaiveDate>,
    /// What limits will see of it, once it counts ([`crate::appraisal::record_of`]); none where there is nothing to count.
    pub claim: Option<ClaimRecord>,
    /// When it was assessed.
    pub at: Moment,
}

/// The status of an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// One amount.
    Entitled,
    /// An interval.
    Conditional,
    /// Facts are missing.
    Unknown,
    /// Nothing.
    NotEntitled,
}

/// A clock that stands still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// Where the case goes back to.
    pub stage: Stage,
    /// Working days that were left; negative if it was overdue.
    pub left: i64,
    /// Whether it had run out: on the weekend after the last day none is left, and none is lacking.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_run_out: bool,
    /// The last day, where it had run out: what was late is late while it is on hold, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was_due: Option<NaiveDate>,
}

/// That a case left a desk after its deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// The step that was late.
    pub step: StepKind,
    /// Whose it was, by English name.
    pub desk: String,
    /// By how many working days.
    pub days: u32,
    /// Whether it was late with the answer to an objection, and not with the notice itself: both are the same step's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_of_objections: bool,
}

impl Late {
    /// What was late, as people read it.
    pub fn label(&self, lang: Lang) -> &'static str {
        if self.is_of_objections { Stage::Objection.label(lang) } else { self.step.label(lang) }
    }
}

/// Something the applicant is to mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// What it is about.
    pub about: DefectAbout,
    /// What is wrong, and what to do.
    pub text: String,
}

/// What a defect is about, so that the page can lead to its field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefectAbout {
    /// A stated fact.
    Fact(CellRef),
    /// A type of evidence.
    Evidence(String),
    /// The bank account.
    Account,
    /// Something else.
    Other,
}

/// A reviewer's opinion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// At which stage.
    pub stage: Stage,
    /// Whether to support, and with how much where the reviewer says.
    pub recommends: Recommendation,
    /// In words.
    pub text: String,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

/// What a reviewer recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recommendation {
    /// To go on to the next step.
    GoOn,
    /// This amount.
    Support(Fen),
    /// Nothing.
    Decline,
}

/// A public notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// When it was put up.
    pub at: Moment,
    /// By whom.
    pub by: UserId,
    /// The last day it hangs; later where an objection stopped the clock, or days that were to be worked became days off.
    pub until: NaiveDate,
    /// The last day that it had before the calendar was first changed, where it hangs longer for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_off_from: Option<NaiveDate>,
}

impl Notice {
    /// The first of its days. That on which it is put up counts for nothing.
    pub fn first_day(&self, calendar: &Calendar) -> NaiveDate {
        calendar.add_working_days(self.at.day(), 1).min(self.until)
    }
}

/// An objection to what is in notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// Its number within the case, from 1.
    pub id: u32,
    /// Who objects. Never shown in public.
    pub name: String,
    /// How to reach them. Never shown in public.
    pub contact: String,
    /// On what grounds.
    pub grounds: String,
    /// When.
    pub at: Moment,
    /// By when it is to be answered; none of one that was taken in before each had its own days on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// What the party says to it; the last of what it has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// The answer.
    pub answer: Option<Answer>,
}

/// What a party says to the objections against what it is to get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// In words.
    pub text: String,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// To which objections, by their numbers; from before that was kept to all that were not answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<u32>,
}

/// The answer to an objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether the objection is right: then the case goes back to review.
    pub upheld: bool,
    /// In words.
    pub text: String,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

impl Case {
    /// Whether someone stands on the applicant's side of it, and so handles nothing of it: the party has delegated to them, or they
    /// have worked on this application.
    pub fn is_of(&self, actor: &Actor) -> bool {
        let has_worked = |user| self.opened_by == user || self.applicants.contains(&user);
        actor.is_tied_to(&self.subject.party) || actor.user().is_some_and(has_worked)
    }

    /// The decision that keeps its basis from being granted again: that which stands, and of a case that was withdrawn or whose
    /// decision was revoked the last one, where the bank has said since that it was paid all the same.
    pub fn binding_decision(&self) -> Option<&Decision> {
        let last = || self.decision.as_ref().or(self.revoked.last());
        self.standing_decision().or_else(|| self.doubtful_payment().and_then(|_| last()))
    }

    /// The payment that is under way.
    pub fn open_payment(&self) -> Option<&Payment> {
        self.payments.last().filter(|payment| payment.outcome.is_none())
    }

    /// The objections that wait for an answer: those to the notice that hangs. When one was upheld, the others were left once, before they
    /// all had to be answered first; what is on record as left so is answered no more.
    pub fn open_objections(&self) -> impl Iterator<Item = &Objection> {
        let since = self.notice.as_ref().map(|notice| notice.at);
        let is_new = move |objection: &&Objection| since.is_some_and(|since| objection.at >= since);
        // Where nothing else waits, a case that is at this stage all the same got there when what was left still counted.
        let is_stuck = self.stage == Stage::Objection && !self.unanswered_objections().any(|one| is_new(&one));
        self.unanswered_objections().filter(move |objection| is_stuck || is_new(objection))
    }

    /// The objection to the notice that hangs which was upheld, and will send the case back once the others are answered.
    pub fn upheld_objection(&self) -> Option<&Objection> {
        let since = self.notice.as_ref().filter(|_| self.stage == Stage::Objection)?.at;
        let is_upheld = |one: &&Objection| one.answer.as_ref().is_some_and(|answer| answer.upheld);
        self.objections.iter().filter(|objection| objection.at >= since).find(is_upheld)
    }

    /// The objections that nobody has answered, to whichever notice.
    pub fn unanswered_objections(&self) -> impl Iterator<Item = &Objection> {
        self.objections.iter().filter(|objection| objection.answer.is_none())
    }

    /// The decision that holds: what was granted to a case that was withdrawn since is granted no more.
    pub fn standing_decision(&self) -> Option<&Decision> {
        self.decision.as_ref().filter(|_| self.stage.is_granted())
    }

    /// The amount that is or will be paid; none before a decision, nor after a withdrawal.
    pub fn granted(&self) -> Option<Fen> {
        self.standing_decision().map(|decision| decision.funded)
    }

    /// Whether a finding counts: what was found before the case came back to review is to be confirmed.
    pub fn is_current(&self, finding: &Finding) -> bool {
        self.reopened.as_ref().is_none_or(|reopened| finding.at >= reopened.at)
    }

    /// By when whoever has it is to be done; of what was put on hold after its deadline, that deadline.
    pub fn last_day(&self) -> Option<NaiveDate> {
        let held = self.paused.as_ref().filter(|_| self.stage == Stage::OnHold);
        self.due.or_else(|| held.and_then(|paused| paused.was_due))
    }

    /// The working days that were left when it was put on hold, negative where it was late: as long as it is they stay.
    pub fn left_on_hold(&self) -> Option<i64> {
        self.paused.as_ref().filter(|_| self.stage == Stage::OnHold).map(|paused| paused.left)
    }

    /// Whose second word it waits for: another decision maker's on a revocation, or another's of finance on the end of a payment.
    pub fn awaits_second(&self) -> Option<Role> {
        let revocation = self.revocation.as_ref().map(|_| Role::DecisionMaker);
        revocation.or(self.ending.as_ref().map(|_| Role::Finance))
    }

    /// Whether its deadline has passed.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.due.is_some_and(|due| due < today)
    }
}
