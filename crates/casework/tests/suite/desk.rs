//! A measure, a round and people to play a case's life with.

use chrono::{NaiveDate, TimeDelta};
use duixian_casework::calendar::Calendar;
use duixian_casework::case::{Assessed, BankAccount, Case, CaseId, FileRef, Standing, Subject};
use duixian_casework::command::{Command, NewEvidence};
use duixian_casework::event::{Event, MoneyMove};
use duixian_casework::handle::{Context, handle};
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::procedure::{Procedure, Step};
use duixian_casework::refusal::Refusal;
use duixian_casework::round::Round;
use duixian_money::{Fen, Span};
use duixian_rules::plan::StepKind;

pub const PARTY: &str = "91520102MA6DJ12345";

/// A case, the world around it, and what it has done to money.
pub struct Desk {
    pub case: Case,
    pub opened: Case,
    pub now: Moment,
    pub calendar: Calendar,
    pub procedure: Procedure,
    pub round: Round,
    pub free: Fen,
    pub waiting: Fen,
    pub granted_elsewhere: Option<String>,
    pub duplicate: Option<String>,
    pub doubted_in: Option<String>,
    pub reserved: Fen,
    pub paid: Fen,
    /// What is booked beside reservations, as the store settles it.
    pub beside: Fen,
    pub events: Vec<Event>,
}

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

pub fn user(id: i64, roles: &[Role], parties: &[&str]) -> Actor {
    Actor::User {
        id: UserId(id),
        roles: roles.to_vec(),
        desks: Vec::new(),
        parties: parties.iter().map(|party| (*party).to_owned()).collect(),
    }
}

pub fn agent() -> Actor {
    user(1, &[Role::Agent], &[PARTY])
}

pub fn account() -> BankAccount {
    BankAccount {
        holder: "贵阳甲科技有限公司".to_owned(),
        number: "622848 0402564890018".to_owned(),
        bank: "贵阳银行".to_owned(),
        bank_code: None,
    }
}

pub fn assessed(standing: Standing, low: i64, high: Option<i64>) -> Assessed {
    Assessed {
        standing,
        span: matches!(standing, Standing::Entitled | Standing::Conditional)
            .then_some(Span { low: Fen(low), high: high.map(Fen) }),
        clause: "三(六).1".to_owned(),
        reason: ("缺少：认定.认定日".to_owned(), "missing: recognitions.recognised_on".to_owned()),
        payable_from: None,
        claim: None,
        at: Moment(0),
    }
}

pub fn evidence(kind: &str) -> NewEvidence {
    NewEvidence {
        kind: kind.to_owned(),
        number: "GR201852000123".to_owned(),
        issuer: "贵州省科学技术厅".to_owned(),
        issued_on: Some(day(2018, 9, 1)),
        file: Some(FileRef {
            sha256: "ab".repeat(32),
            name: "证书.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 1024,
        }),
    }
}

pub fn all_steps() -> Procedure {
    let steps = StepKind::ALL.into_iter().zip([5, 5, 10, 5, 5, 10]);
    Procedure {
        steps: steps.map(|(kind, working_days)| Step { kind, desk: kind.word().to_owned(), working_days }).collect(),
        correction_days: 10,
        objection_days: 5,
        required_evidence: vec!["认定证书".to_owned()],
        optional_evidence: Vec::new(),
        purpose: Vec::new(),
    }
}

impl Desk {
    pub fn new(procedure: Procedure) -> Desk {
        let now = Moment::at(day(2019, 3, 11), 9, 0);
        let subject = Subject {
            party: PARTY.to_owned(),
            measure: "high_tech_recognition".to_owned(),
            basis: "R1".to_owned(),
            year: 2018,
            round: 1,
            fund: "innovation_fund".to_owned(),
        };
        let case = Case::open(CaseId(1), subject, UserId(1), now);
        Desk {
            opened: case.clone(),
            case,
            now,
            calendar: Calendar::shipped().clone(),
            procedure,
            round: Round {
                id: 1,
                name: "2018年度第一批".to_owned(),
                year: 2018,
                as_of: day(2018, 12, 31),
                measures: Vec::new(),
                opens_at: Moment::start_of(day(2019, 3, 1)),
                closes_at: Moment::start_of(day(2019, 4, 1)),
                pack: 1,
                facts: 1,
                is_withdrawn: false,
            },
            free: Fen::yuan(100_000),
            waiting: Fen(0),
            granted_elsewhere: None,
            duplicate: None,
            doubted_in: None,
            reserved: Fen(0),
            paid: Fen(0),
            beside: Fen(0),
            events: Vec::new(),
        }
    }

    pub fn with_context<T>(&self, ask: impl FnOnce(&Context) -> T) -> T {
        ask(&Context {
            now: self.now,
            calendar: &self.calendar,
            procedure: &self.procedure,
            round: &self.round,
            free: Some(self.free),
            waiting: self.waiting,
            ahead: self.waiting,
            granted_elsewhere: self.granted_elsewhere.as_deref(),
            duplicate: self.duplicate.as_deref(),
            granted: None,
            paid_otherwise: None,
            limit_taken: None,
            doubted_in: self.doubted_in.as_deref(),
            is_sharing_open: false,
            settled_alone: &[],
            other_in_doubt: None,
            contradictions: &[],
            party_name: Some("甲公司"),
            failed_elsewhere: None,
            assignee_name: self.case.assignee.map(|_| "王芳"),
            desk_name: &|desk| desk.to_owned(),
        })
    }

    /// Gives a command and keeps what comes of it.
    pub fn ask(&mut self, actor: &Actor, command: Command) -> Result<(), Refusal> {
        let events = self.with_context(|context| handle(&self.case, command, actor, context))?;
        for event in events {
            let (money, was_doubted) = (event.what.money(self.case.stage), self.case.has_been_doubted());
            match money {
                Some(MoneyMove::Reserve(amount)) => {
                    self.free = Fen(self.free.0 - amount.0);
                    self.reserved = Fen(self.reserved.0 + amount.0);
                }
                Some(MoneyMove::Release) => {
                    self.free = Fen(self.free.0 + self.reserved.0);
                    self.reserved = Fen(0);
                }
                Some(MoneyMove::Pay) => {
                    self.paid = Fen(self.paid.0 + self.reserved.0);
                    self.reserved = Fen(0);
                }
                Some(MoneyMove::TakeBack) => {
                    self.reserved = self.paid;
                    self.paid = Fen(0);
                }
                Some(MoneyMove::Late) | None => {}
            }
            self.case.apply(&event);
            if money.is_some() && (was_doubted || self.case.has_been_doubted()) {
                self.beside = self.case.left_beside(self.paid, self.reserved);
            }
            self.events.push(event);
        }
        Ok(())
    }

    /// Gives a command that must be taken.
    pub fn must(&mut self, actor: &Actor, command: Command) {
        let name = command.action();
        if let Err(refusal) = self.ask(actor, command) {
            panic!("{name:?} at {:?}: {refusal:?}", self.case.stage);
        }
    }

    pub fn wait(&mut self, days: i64) {
        self.now = self.now.plus(TimeDelta::days(days));
    }
}
