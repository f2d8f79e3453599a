//! Plays cases, day by day, until each stands where it is wanted.

use std::collections::{BTreeMap, VecDeque};

use chrono::{NaiveDate, TimeDelta};
use duixian_casework::case::{BankAccount, Case, CaseId, CellRef, Defect, DefectAbout, Recommendation};
use duixian_casework::command::{IfShort, NewEvidence, Stated};
use duixian_casework::people::{Actor, UserId};
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::{Fen, Span};
use duixian_store::cases::{Ask, NewCase};
use duixian_store::{Key, Store, StoreError};

use super::district::{District, Offer};
use super::people::Office;
use super::{YEAR, pay};

/// How far cases are to go, and how many of each. The first ones are played to their end, but for those that are left lying
/// until their deadlines pass; then the others set out.
const FAR: [(Goal, usize); 9] = [
    (Goal::At(Stage::Payable), 4),
    (Goal::At(Stage::Submitted), 2),
    (Goal::At(Stage::Accepted), 1),
    (Goal::At(Stage::FormalReview), 1),
    (Goal::At(Stage::Closed), 6),
    (Goal::At(Stage::Paid), 5),
    (Goal::PaidAfterObjection, 2),
    (Goal::PaidAfterFailure, 2),
    (Goal::At(Stage::PaymentFailed), 2),
];
const NEAR: [(Goal, usize); 17] = [
    (Goal::Disputed, 2),
    (Goal::At(Stage::Correction), 3),
    (Goal::Contested, 2),
    (Goal::At(Stage::Withdrawn), 2),
    (Goal::At(Stage::NotAccepted), 2),
    (Goal::At(Stage::Declined), 3),
    (Goal::At(Stage::OnHold), 2),
    (Goal::At(Stage::Objection), 2),
    (Goal::At(Stage::InNotice), 5),
    (Goal::At(Stage::Decided), 3),
    (Goal::At(Stage::Queued), 2),
    (Goal::At(Stage::Reviewed), 5),
    (Goal::At(Stage::SubstantiveReview), 4),
    (Goal::At(Stage::FormalReview), 4),
    (Goal::At(Stage::Accepted), 3),
    (Goal::At(Stage::Submitted), 6),
    (Goal::At(Stage::Draft), 3),
];
/// The measure whose fund runs out.
const SHORT: &str = "industry_support";
const SHORT_FUND: &str = "industry_fund";
/// The longest a play may take: far more than notices and payments need.
const MOST_DAYS: usize = 60;

/// Where a case is to get to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    /// To this stage.
    At(Stage),
    /// To be paid, after an objection that was answered.
    PaidAfterObjection,
    /// To be paid, after the bank sent a first payment back.
    PaidAfterFailure,
    /// To the decision, on a fund that is too short for it.
    Contested,
    /// To the desk that is to find out whether the registry or the applicant is right.
    Disputed,
}

/// One case of the play.
struct Part {
    id: CaseId,
    goal: Goal,
    span: Span,
    party: String,
    name: String,
}

/// The play.
pub struct Play<'a> {
    pub(super) store: &'a Store,
    pub(super) office: &'a Office,
    round: i64,
    offers: VecDeque<Offer>,
    parts: Vec<Part>,
    asked: u64,
}

impl<'a> Play<'a> {
    /// Gives agents their parties, and waits for the first day.
    pub async fn begin(
        store: &'a Store,
        office: &'a Office,
        round: i64,
        district: &District,
    ) -> Result<Play<'a>, StoreError> {
        let mut play = Play { store, office, round, offers: in_turn(&district.offers), parts: Vec::new(), asked: 0 };
        let mut richest = district.richest.iter();
        for party in richest.by_ref().take(1) {
            play.delegate(office.zhang, party).await?;
        }
        for party in richest {
            play.delegate(office.li, party).await?;
        }
        Ok(play)
    }

    /// Plays all cases, and gives how many there are.
    pub async fn play_out(mut self) -> Result<usize, StoreError> {
        self.set_out(&FAR).await?;
        self.fund_what_is_not_to_wait().await?;
        self.play_on(MOST_DAYS).await?;
        self.set_out(&NEAR).await?;
        // What comes last is played last, so that notices still hang and few deadlines have passed.
        self.play_on(2).await?;
        // Offices are open when the demonstration begins.
        while !self.store.calendar().await?.is_working_day(self.store.now().day()) {
            self.store.advance_clock(&Actor::System, TimeDelta::days(1)).await?;
        }
        self.store.tick().await?;
        Ok(self.parts.len())
    }

    async fn delegate(&mut self, user: UserId, party: &str) -> Result<(), StoreError> {
        let key = self.key()?;
        let note = "授权委托书（演示）".to_owned();
        self.store.delegate(&Actor::System, &key, user, party, None, &note).await.map(drop)
    }

    fn key(&mut self) -> Result<Key, StoreError> {
        self.asked += 1;
        Key::new(format!("demo-play-{}", self.asked))
    }

    /// Opens a draft for each case that is wanted.
    async fn set_out(&mut self, goals: &[(Goal, usize)]) -> Result<(), StoreError> {
        for (goal, many) in goals {
            for _ in 0..*many {
                let of_short = matches!(goal, Goal::At(Stage::Queued) | Goal::Contested | Goal::Disputed);
                let fits = |offer: &Offer| !of_short || offer.measure == SHORT;
                let Some(place) = self.offers.iter().position(fits) else { break };
                let Some(offer) = self.offers.remove(place) else { break };
                self.delegate(self.office.agent, &offer.party).await?;
                let agent = self.store.actor_of(self.office.agent).await?;
                let key = self.key()?;
                let new = NewCase {
                    round: self.round,
                    party: offer.party.clone(),
                    measure: offer.measure,
                    basis: offer.basis,
                };
                let opened = self.store.open_draft(&agent, &key, new).await?.value;
                let (party, name) = (offer.party, offer.name);
                self.parts.push(Part { id: opened.id, goal: *goal, span: offer.span, party, name });
            }
        }
        Ok(())
    }

    /// Gives the fund that is to run out just what its first cases take, and a little that helps nobody.
    async fn fund_what_is_not_to_wait(&mut self) -> Result<(), StoreError> {
        let mut needed = Fen::yuan(10);
        for part in &self.parts {
            let is_left_lying = matches!(part.goal, Goal::At(Stage::Submitted | Stage::Accepted | Stage::FormalReview));
            if !is_left_lying && self.store.case(part.id).await?.subject.fund == SHORT_FUND {
                needed = Fen(needed.0 + amount(part.span).0);
            }
        }
        let key = self.key()?;
        let memo = "按已受理事项预拨";
        self.store.appropriate(&Actor::System, &key, SHORT_FUND, YEAR, needed, memo).await.map(drop)
    }

    /// Lets days pass until every case stands where it is wanted.
    async fn play_on(&mut self, most_days: usize) -> Result<(), StoreError> {
        for _ in 0..most_days {
            let mut is_done = true;
            for place in 0..self.parts.len() {
                is_done &= self.go_as_far_as_today(place).await?;
            }
            is_done &= pay::a_days_payments(self).await?;
            if is_done {
                break;
            }
            self.store.advance_clock(&Actor::System, TimeDelta::days(1)).await?;
            self.store.tick().await?;
        }
        Ok(())
    }

    /// Takes a case as far as it gets today; whether it needs no further day.
    async fn go_as_far_as_today(&mut self, place: usize) -> Result<bool, StoreError> {
        loop {
            let case = self.store.case(self.parts[place].id).await?;
            let part = &self.parts[place];
            let next = match next(&case, part, self.store.now().day()) {
                Next::Done => return Ok(true),
                Next::Wait => return Ok(false),
                Next::Ask(who, ask) => (who, ask),
            };
            let (who, ask) = next;
            if let Ask::AddEvidence(evidence) = &ask {
                self.hand_in(&case, evidence).await?;
            } else {
                self.ask(&case, who, ask).await?;
            }
        }
    }

    /// Hands in every piece of evidence that the measure requires, each with a file.
    async fn hand_in(&mut self, case: &Case, like: &NewEvidence) -> Result<(), StoreError> {
        let required = self.store.context_of(case).await?.procedure.required_evidence;
        let agent = self.store.actor_of(self.office.agent).await?;
        for kind in required {
            // Nobody hands in everything at once.
            self.store.advance_clock(&Actor::System, TimeDelta::minutes(1)).await?;
            let number = format!("（演示）{}-{}", case.subject.basis, case.id.0);
            let file = self.store.put_file(&agent, "证明材料.pdf", page(&case.subject.basis)).await?;
            let evidence = NewEvidence { kind, number, file: Some(file), ..like.clone() };
            self.ask(case, Who::Agent, Ask::AddEvidence(evidence)).await?;
        }
        Ok(())
    }

    async fn ask(&mut self, case: &Case, who: Who, ask: Ask) -> Result<(), StoreError> {
        let agent = self.store.actor_of(self.office.agent).await?;
        let people: Vec<&Actor> = match who {
            Who::Agent => vec![&agent],
            Who::Intake => vec![&self.office.intake],
            Who::Reviewer => self.office.reviewers.iter().collect(),
            Who::Decider => vec![&self.office.decider],
            Who::Finance => vec![&self.office.finance[0]],
            Who::Public => vec![&Actor::Public],
        };
        let mut refused = None;
        for one in people {
            self.asked += 1;
            let key = Key::new(format!("demo-play-{}", self.asked))?;
            match self.store.ask(one, &key, case.id, ask.clone()).await {
                Ok(_) => return Ok(()),
                // The case is on another reviewer's desk.
                Err(StoreError::Refused(Refusal::NeedsDesk(desk))) => refused = Some(Refusal::NeedsDesk(desk)),
                Err(error) => return Err(error),
            }
        }
        refused.map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// The cases that are to be paid today, and whether the bank is to send each back.
    pub(super) async fn to_be_paid(&self) -> Result<Vec<(Case, bool)>, StoreError> {
        let mut cases = Vec::new();
        for part in &self.parts {
            let case = self.store.case(part.id).await?;
            let goes_on = part.goal != Goal::At(Stage::Payable);
            if case.stage == Stage::Payable && case.open_payment().is_none() && goes_on {
                let is_to_fail = matches!(part.goal, Goal::PaidAfterFailure | Goal::At(Stage::PaymentFailed));
                let fails = is_to_fail && case.payments.is_empty();
                cases.push((case, fails));
            }
        }
        Ok(cases)
    }

    pub(super) fn next_key(&mut self) -> Result<Key, StoreError> {
        self.key()
    }
}

/// Who is asked.
#[derive(Clone, Copy, Debug)]
enum Who {
    Agent,
    Intake,
    Reviewer,
    Decider,
    Finance,
    Public,
}

/// What brings a case nearer to its goal.
enum Next {
    /// Nothing: it is there.
    Done,
    /// Another day.
    Wait,
    /// This, by one of these.
    Ask(Who, Ask),
}

fn next(case: &Case, part: &Part, today: NaiveDate) -> Next {
    use Next::{Ask as Asks, Done, Wait};
    let wanted = match part.goal {
        Goal::At(stage) => stage,
        Goal::PaidAfterObjection | Goal::PaidAfterFailure => Stage::Paid,
        Goal::Contested => Stage::Reviewed,
        Goal::Disputed => Stage::FormalReview,
    };
    if case.stage == wanted && (wanted != Stage::Draft || case.account.is_some()) {
        return Done;
    }
    let text = |text: &str| text.to_owned();
    match case.stage {
        Stage::Draft if case.account.is_none() => {
            Asks(Who::Agent, Ask::Save { statements: disputed(case, part), account: Some(account(part)) })
        }
        Stage::Draft if case.evidence.is_empty() => {
            let issued_on = Some(today - TimeDelta::days(90));
            let (kind, number, issuer) = (String::new(), String::new(), text("贵州省科学技术厅"));
            Asks(Who::Agent, Ask::AddEvidence(NewEvidence { kind, number, issuer, issued_on, file: None }))
        }
        Stage::Draft => Asks(Who::Agent, Ask::Submit),
        Stage::Submitted if wanted == Stage::Correction => {
            let defect = |about, words: &str| Defect { about, text: text(words) };
            let of_evidence = case.evidence.first().map(|piece| DefectAbout::Evidence(piece.kind.clone()));
            let mut defects = vec![defect(DefectAbout::Account, "所填不是单位的基本存款账户，请改填基本存款账户")];
            defects.extend(of_evidence.map(|about| defect(about, "公章看不清，请重新扫描上传")));
            Asks(Who::Intake, Ask::AskCorrection { defects })
        }
        Stage::Submitted if wanted == Stage::NotAccepted => Asks(
            Who::Intake,
            Ask::NotAccept { reason: text("同一事项已由上级部门支持，不属于本办法受理范围") },
        ),
        Stage::Submitted if wanted == Stage::Withdrawn => {
            Asks(Who::Agent, Ask::Withdraw { reason: text("材料准备不齐，下一批次再申请") })
        }
        Stage::Submitted => Asks(Who::Intake, Ask::Accept),
        Stage::Accepted => Asks(Who::Reviewer, Ask::TakeUp),
        Stage::FormalReview | Stage::SubstantiveReview => review(case, part, wanted),
        Stage::Reviewed if wanted == Stage::Declined => Asks(
            Who::Decider,
            Ask::Decline {
                reason: text(
                    "不符合：佐证应当真实有效。查明：发证部门公布的名单上没有申请人所交材料的编号，材料不能证明所报事项。",
                ),
            },
        ),
        Stage::Reviewed => Asks(
            Who::Decider,
            Ask::Decide {
                amount: amount(part.span),
                reason: text("经局长办公会研究，按条款和审核意见核定"),
                conditions: vec![text("年度终了报送资金使用情况")],
                priority: 1,
                if_short: if wanted == Stage::Queued { IfShort::Queue } else { IfShort::Refuse },
            },
        ),
        Stage::Decided => Asks(Who::Intake, Ask::PublishNotice),
        Stage::InNotice if objected(case, part, wanted) => Asks(
            Who::Public,
            Ask::Object {
                name: text("（演示）周边企业"),
                contact: text("0851-00000000（演示）"),
                grounds: text("请核实该单位所交的材料是否真实有效"),
            },
        ),
        Stage::Objection => match case.open_objections().next() {
            Some(open) => {
                let words = text("经向出具材料的部门核实，材料真实有效，异议不成立");
                Asks(Who::Intake, Ask::AnswerObjection { id: open.id, upheld: false, text: words })
            }
            None => Wait,
        },
        Stage::PaymentFailed => Asks(Who::Agent, Ask::CorrectAccount(other_account(case, part))),
        Stage::Paid => Asks(Who::Finance, Ask::Close),
        _ => Wait,
    }
}

/// Whether somebody is to object now.
fn objected(case: &Case, part: &Part, wanted: Stage) -> bool {
    let never = case.objections.is_empty();
    never && (wanted == Stage::Objection || part.goal == Goal::PaidAfterObjection)
}

fn review(case: &Case, part: &Part, wanted: Stage) -> Next {
    let text = |text: &str| text.to_owned();
    if wanted == Stage::OnHold {
        return Next::Ask(Who::Reviewer, Ask::Hold { reason: text("等待市级部门复函") });
    }
    if case.assignee.is_none() {
        return Next::Ask(Who::Reviewer, Ask::TakeUp);
    }
    if let Some(evidence) = case.evidence.iter().find(|evidence| evidence.finding.is_none()) {
        let holds = wanted != Stage::Declined;
        let note = text(if holds {
            "与发证部门公布的名单一致"
        } else {
            "发证部门公布的名单上没有这份材料的编号"
        });
        return Next::Ask(Who::Reviewer, Ask::FindEvidence { id: evidence.id, holds, note });
    }
    let (recommends, opinion) = match wanted {
        Stage::Declined => (Recommendation::Decline, "名单上查无所交材料的编号，建议不予支持"),
        _ => (Recommendation::Support(amount(part.span)), "材料齐全、属实，建议按条款支持"),
    };
    Next::Ask(Who::Reviewer, Ask::Review { recommends, opinion: text(opinion) })
}

/// What is decided: the amount, or the middle of the span to the hundred yuan; of one without an end a plain figure.
fn amount(span: Span) -> Fen {
    let hundred = Fen::yuan(100).0;
    match span.high {
        Some(high) if high == span.low => high,
        Some(high) => {
            let middle = (span.low.0 + high.0) / 2 / hundred * hundred;
            Fen(middle.max(span.low.0).max(1).min(high.0))
        }
        None => span.low.max(Fen::yuan(100_000)),
    }
}

/// What the applicant says of a revenue that the registry knows otherwise: twice as much.
fn disputed(case: &Case, part: &Part) -> BTreeMap<CellRef, Option<Stated>> {
    if part.goal != Goal::Disputed {
        return BTreeMap::new();
    }
    let cell = CellRef {
        table: "annual_accounts".to_owned(),
        row: case.subject.basis.clone(),
        column: "district_revenue".to_owned(),
    };
    let twice = amount(part.span).0 * 2;
    let stated = Stated {
        value: format!("{}.{:02}", twice / 100, twice % 100),
        dispute: Some("登记库只算了一个税种，完税证明附后".to_owned()),
    };
    BTreeMap::from([(cell, Some(stated))])
}

fn account(part: &Part) -> BankAccount {
    let digits: String = part.party.bytes().map(|byte| char::from(b'0' + byte % 10)).collect();
    let holder = if part.name.is_empty() { part.party.clone() } else { part.name.clone() };
    BankAccount {
        holder,
        number: digits,
        bank: "贵阳银行南明支行".to_owned(),
        bank_code: Some("313701099012".to_owned()),
    }
}

/// Another account than those from which the bank has sent the case's payments back: those are taken no more.
fn other_account(case: &Case, part: &Part) -> BankAccount {
    let before = account(part);
    BankAccount { number: format!("{}{}", before.number, case.payments.len()), ..before }
}

/// The offers, one of each measure in turn, so that every goal has cases of many measures.
fn in_turn(offers: &[Offer]) -> VecDeque<Offer> {
    let mut left: VecDeque<VecDeque<Offer>> = VecDeque::new();
    for offer in offers {
        match left.back_mut() {
            Some(same) if same[0].measure == offer.measure => same.push_back(offer.clone()),
            _ => left.push_back(VecDeque::from([offer.clone()])),
        }
    }
    let mut turns = VecDeque::new();
    while let Some(mut same) = left.pop_front() {
        turns.extend(same.pop_front());
        if !same.is_empty() {
            left.push_back(same);
        }
    }
    turns
}

/// A PDF of one empty page, told apart by its title.
fn page(title: &str) -> Vec<u8> {
    let title: String = title.chars().filter(|character| character.is_ascii_alphanumeric()).collect();
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".to_owned(),
        format!("<< /Title ({title}) >>"),
    ];
    let mut text = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(text.len());
        text.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = text.len();
    text.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    places.iter().for_each(|place| text.push_str(&format!("{place:010} 00000 n \n")));
    text.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    text.into_bytes()
}
