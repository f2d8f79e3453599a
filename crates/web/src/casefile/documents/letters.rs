//! Receipt, notice of acceptance, correction notice, notices of non-acceptance and of lapse, of a payment and of its end.

use chrono::NaiveDate;
use duixian_casework::case::{self, DefectAbout, Evidence};
use duixian_casework::event::What;
use duixian_rules::plan::StepKind;
use duixian_rules::vocabulary::Lang;

use super::decision::sentence;
use super::issued::Issued;
use super::{Kind, Maker, gone, numbered, paid};
use crate::casefile::file::as_of_place;
use crate::casefile::grounds::{self, Grounds};
use crate::casefile::why::cell_name;
use crate::casefile::{industry, payee};
use crate::documents::{
    AcceptanceReceipt, CorrectionNotice, Defect, LapseNotice, NotAccepted, PaymentEnded, PaymentNotice,
    SubmissionReceipt,
};
use crate::problem::Problem;

impl Maker<'_> {
    pub(super) async fn submission(&self, issued: &Issued) -> Result<SubmissionReceipt, Problem> {
        // A receipt stays as it was given: what comes with a correction is told by the case, not by another text of this.
        let entry = &self.file.history[issued.place];
        let What::Submitted { due, .. } = &entry.event.what else { return Err(gone()) };
        let sent = as_of_place(self.file.case.id, &self.file.history, issued.place).ok_or_else(gone)?;
        let step = self.file.scene.procedure.step(StepKind::Accept);
        Ok(SubmissionReceipt {
            frame: self.frame(issued, entry.at.day()),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            submitted: entry.at.day(),
            materials: sent.evidence.iter().map(material).collect(),
            desk: step.map_or_else(String::new, |step| self.file.desk_name(&step.desk).get(Lang::Zh).to_owned()),
            accepted_by: *due,
        })
    }

    pub(super) async fn acceptance(&self, issued: &Issued) -> Result<AcceptanceReceipt, Problem> {
        let entry = &self.file.history[issued.place];
        let then = self.then(issued).await?;
        let day = entry.at.day();
        let procedure = &self.file.scene.procedure;
        let working_days = procedure.days_to_decide();
        let due = match &entry.event.what {
            What::Accepted { due, .. } => *due,
            _ => None,
        };
        // The page and the message name the day of the first step: the letter must not seem to say another.
        let first = procedure.review_after(StepKind::Accept).zip(due);
        Ok(AcceptanceReceipt {
            frame: self.frame(issued, day),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            clause: then.clause(),
            submitted: self.submitted(),
            materials: then.case.evidence.iter().map(material).collect(),
            due: self.calendar.add_working_days(day, working_days),
            working_days,
            first: first.map(|(step, due)| (step.kind.label(Lang::Zh).to_owned(), due)),
        })
    }

    pub(super) async fn correction(&self, issued: &Issued) -> Result<CorrectionNotice, Problem> {
        let entry = self.file.last(|what| matches!(what, What::CorrectionAsked { .. })).ok_or_else(gone)?;
        let What::CorrectionAsked { defects, due, .. } = &entry.event.what else { return Err(gone()) };
        Ok(CorrectionNotice {
            frame: self.frame(issued, entry.at.day()),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            submitted: self.submitted(),
            defects: self.defects(defects),
            due: *due,
            working_days: self.file.scene.procedure.correction_days,
            otherwise: "视为撤回申请".to_owned(),
        })
    }

    /// What an applicant is asked to mend, each with what it is about.
    fn defects(&self, asked: &[case::Defect]) -> Vec<Defect> {
        let about = |about: &DefectAbout| match about {
            DefectAbout::Fact(cell) => format!("关于“{}”：", cell_name(self.file, cell).zh),
            DefectAbout::Evidence(kind) => format!("关于佐证“{kind}”："),
            DefectAbout::Account => "关于收款账户：".to_owned(),
            DefectAbout::Other => String::new(),
        };
        asked.iter().map(|one| Defect { what: about(&one.about), remedy: sentence(&one.text) }).collect()
    }

    pub(super) async fn not_accepted(&self, issued: &Issued) -> Result<NotAccepted, Problem> {
        let entry = self.file.last(|what| matches!(what, What::NotAccepted { .. })).ok_or_else(gone)?;
        let What::NotAccepted { reason } = &entry.event.what else { return Err(gone()) };
        let day = entry.at.day();
        let then = self.then(issued).await?;
        let named = |text: &str| industry::named(then.vocabulary(), text);
        // The grounds are told apart by the words that the reason has for them; names are for what is printed.
        let (unmet, reason) = match Grounds::read(reason) {
            Some(of) => (sentence(&named(&grounds::in_sentences(&of.unmet, &grounds::all(&then)?))), named(&of.found)),
            None => (String::new(), named(reason)),
        };
        let reasons = reason.lines().map(str::trim).filter(|line| !line.is_empty()).map(sentence);
        Ok(NotAccepted {
            frame: self.frame(issued, day),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            clause: self.file.clause(),
            submitted: self.submitted(),
            unmet,
            reasons: reasons.collect(),
            remedies: self.remedies(day),
        })
    }

    pub(super) async fn lapse(&self, issued: &Issued) -> Result<LapseNotice, Problem> {
        let entry = &self.file.history[issued.place];
        let mut before = self.file.history[..issued.place].iter().rev();
        let asked = before.find(|entry| matches!(entry.event.what, What::CorrectionAsked { .. }));
        let asked = asked.ok_or_else(gone)?;
        let What::CorrectionAsked { defects, due, .. } = &asked.event.what else { return Err(gone()) };
        Ok(LapseNotice {
            frame: self.frame(issued, entry.at.day()),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            submitted: self.submitted(),
            correction_number: self.number_of(Kind::Correction),
            asked: asked.at.day(),
            defects: self.defects(defects),
            due: self.put_off(issued.place).unwrap_or(*due),
            remedies: self.remedies(entry.at.day()),
        })
    }

    /// When the applicant's period that was over at a place in the history had ended, where a change of the calendar has put that off.
    fn put_off(&self, place: usize) -> Option<NaiveDate> {
        let last = self.file.history[..place].iter().rev().find_map(|entry| match &entry.event.what {
            What::DeadlineMoved { due, .. } => Some(Some(*due)),
            What::CorrectionAsked { .. } | What::PaymentFailed { .. } | What::PaymentReturned { .. } => Some(None),
            _ => None,
        });
        last.flatten()
    }

    pub(super) async fn ending(&self, issued: &Issued) -> Result<PaymentEnded, Problem> {
        let entry = &self.file.history[issued.place];
        let What::PaymentEnded { reason } = &entry.event.what else { return Err(gone()) };
        let mut before = self.file.history[..issued.place].iter().rev();
        let failed = before.find_map(|entry| match &entry.event.what {
            What::PaymentFailed { reason, due, is_payers: false } => Some((reason, *due, false)),
            What::PaymentReturned { back, due, .. } => Some((&back.reason, *due, true)),
            _ => None,
        });
        let (said, due, came_back) = failed.ok_or_else(gone)?;
        let then = self.then(issued).await?;
        let payment = then.case.payments.last().ok_or_else(gone)?;
        let decisions = Issued::all(self.file);
        let decided = decisions.iter().filter(|one| one.kind == Kind::Decision && one.place < issued.place).count();
        Ok(PaymentEnded {
            frame: self.frame(issued, entry.at.day()),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            decision_number: numbered(self.number_of(Kind::Decision), decided),
            amount: payment.amount,
            fund: self.fund(),
            said: sentence(said),
            came_back,
            due: self.put_off(issued.place).unwrap_or(due),
            reason: sentence(reason),
            remedies: self.remedies(entry.at.day()),
        })
    }

    pub(super) async fn payment(&self, issued: &Issued) -> Result<PaymentNotice, Problem> {
        let case = &self.file.case;
        let (payment, on) = paid(case).ok_or_else(gone)?;
        let decision = case.decision.as_ref().ok_or_else(gone)?;
        let batch = self.store.batch(payment.batch).await?.number;
        let decided = Issued::all(self.file).iter().filter(|one| one.kind == Kind::Decision).count();
        let account = &payment.account;
        let digits = account.number.trim();
        let last = digits.char_indices().rev().nth(3).map_or(digits, |(at, _)| &digits[at..]);
        Ok(PaymentNotice {
            frame: self.frame(issued, on),
            case_number: self.case_number(),
            measure: self.measure(),
            item: self.item().await?,
            clause: self.file.clause(),
            decision_number: numbered(self.number_of(Kind::Decision), decided),
            amount: decision.funded,
            fund: self.fund(),
            batch,
            paid: on,
            holder: account.holder.trim().to_owned(),
            last_digits: last.to_owned(),
            is_to_another: payee::is_other(&account.holder, &self.party, &case.subject.party),
            conditions: decision.conditions.iter().map(|condition| sentence(condition)).collect(),
        })
    }
}

fn material(evidence: &Evidence) -> String {
    let mut text = evidence.kind.clone();
    if !evidence.number.is_empty() {
        text.push_str(&format!("（{}）", evidence.number));
    }
    // Two of a type are told apart by their files.
    if let Some(file) = &evidence.file {
        text.push_str(&format!("：{}", file.name));
    }
    text
}
