//! What single commands must come with, and where they lead.

use std::borrow::Cow;

use chrono::NaiveDate;
use duixian_money::Fen;
use duixian_rules::plan::{Duty, StepKind};
use duixian_text::{has_unseen, personal_details, run_together};

use super::Context;
use super::naming::{holds, named};
use crate::account::sound;
use crate::case::{Assessed, Case, CellRef, Evidence, Finding, Objection, Opinion, Recommendation, Standing};
use crate::command::NewEvidence;
use crate::event::What;
use crate::moment::Moment;
use crate::people::UserId;
use crate::procedure::Procedure;
use crate::refusal::Refusal;
use crate::stage::Stage;

/// What frees money to be paid again is read by one person and confirmed by another.
pub(super) fn two_people(by: Option<UserId>, reported_by: UserId) -> Result<(), Refusal> {
    if by == Some(reported_by) { Err(Refusal::ReadByYou) } else { Ok(()) }
}

/// What gives several cases less than was decided, or passes over those that were decided before, is put forward by one decision maker and
/// confirmed by another, and neither has done another duty of theirs.
pub(super) fn shared_by_two(case: &Case, by: Option<UserId>, proposed_by: Option<UserId>) -> Result<(), Refusal> {
    if proposed_by.is_none() || by == proposed_by {
        return Err(Refusal::SecondSharerNeeded);
    }
    match case.acted.iter().find(|(did, who)| Some(*who) == proposed_by && *did != Duty::Decision) {
        Some((did, _)) => Err(Refusal::Recused { did: *did, now: Duty::Decision }),
        None => Ok(()),
    }
}

/// What an application must have to be sent: the facts that decide, the evidence, the account.
///
/// One that the rules refuse may be sent all the same: its party has a right to a decision in writing.
pub fn complete(case: &Case, assessed: &Assessed, procedure: &Procedure) -> Result<(), Refusal> {
    if assessed.standing == Standing::Unknown {
        return Err(Refusal::FactsMissing(assessed.reason.0.clone(), assessed.reason.1.clone()));
    }
    let is_missing = |kind: &&String| !case.evidence.iter().any(|evidence| evidence.kind == **kind);
    let missing: Vec<String> = procedure.required_evidence.iter().filter(is_missing).cloned().collect();
    if !missing.is_empty() {
        return Err(Refusal::EvidenceMissing(missing));
    }
    let account = case.account.clone().ok_or(Refusal::AccountMissing)?;
    sound(account).map(|_| ())
}

/// The most pieces of evidence that a case has: more than anyone verifies.
const MOST_EVIDENCE: usize = 60;

pub(super) fn add_evidence(case: &Case, evidence: NewEvidence, by: UserId, at: Moment) -> Result<What, Refusal> {
    let kind = text(evidence.kind, "佐证的类型", "the type of evidence")?;
    let (number, issuer) = (evidence.number.trim().to_owned(), evidence.issuer.trim().to_owned());
    for (given, zh, en) in [(&kind, "佐证的类型", "type"), (&number, "文号", "number"), (&issuer, "出具单位", "issuer")]
    {
        if has_unseen(given) {
            return Err(Refusal::Unseen(zh, en));
        }
    }
    if evidence.file.is_none() && number.is_empty() {
        return Err(Refusal::TextMissing("文号，或上传文件", "the document's number, or a file"));
    }
    if case.evidence.len() >= MOST_EVIDENCE {
        return Err(Refusal::TooMuchEvidence(MOST_EVIDENCE));
    }
    if let Some(file) = &evidence.file {
        let is_same = |piece: &&Evidence| {
            piece.kind == kind && piece.file.as_ref().is_some_and(|other| other.sha256 == file.sha256)
        };
        if let Some(there) = case.evidence.iter().find(is_same) {
            let name = there.file.as_ref().map_or_else(String::new, |file| file.name.clone());
            return Err(Refusal::SameFile(name));
        }
    }
    Ok(What::EvidenceAdded(Evidence {
        id: case.next_evidence,
        kind,
        number,
        issuer,
        issued_on: evidence.issued_on,
        file: evidence.file,
        by,
        at,
        finding: None,
    }))
}

pub(super) fn review(
    case: &Case,
    recommends: Recommendation,
    opinion: String,
    by: UserId,
    context: &Context,
) -> Result<What, Refusal> {
    let text = text(opinion, "审核意见", "an opinion")?;
    let step = case.stage.step().unwrap_or(StepKind::FormalReview);
    let next = context.procedure.review_after(step).map(|step| step.kind);
    match (recommends, next) {
        (Recommendation::Support(amount), _) => grantable(case, amount)?,
        (Recommendation::GoOn, None) => {
            return Err(Refusal::TextMissing(
                "建议的金额，或建议不予支持",
                "the amount recommended, or that it be declined",
            ));
        }
        _ => {}
    }
    if recommends == Recommendation::Decline {
        disputes_found(case, context)?;
    } else if next.is_none() {
        let unverified = unverified(case);
        if !unverified.is_empty() {
            return Err(Refusal::NotVerified(unverified));
        }
    }
    let opinion = Opinion { stage: case.stage, recommends, text, by, at: context.now };
    // Whoever is for declining sends it to the decision at once: no later review can help.
    let stage = if recommends == Recommendation::Decline { Stage::Reviewed } else { review_stage(next) };
    let due = context.due_of(stage.step().unwrap_or(StepKind::Decide));
    Ok(What::Reviewed { opinion, stage, due })
}

/// What a reviewer has yet to look at: statements and evidence without a finding that counts.
pub fn unverified(case: &Case) -> Vec<String> {
    let statements = case.statements.iter().filter(|(_, statement)| is_open(case, &statement.finding));
    let evidence = case.evidence.iter().filter(|evidence| is_open(case, &evidence.finding));
    statements.map(|(cell, _)| cell.column.clone()).chain(evidence.map(|evidence| evidence.kind.clone())).collect()
}

fn is_open(case: &Case, finding: &Option<Finding>) -> bool {
    !finding.as_ref().is_some_and(|finding| case.is_current(finding))
}

/// Keeps support from being refused before all is looked into that the applicant says the registry has wrong: the refusal may rest on
/// just that. Where no step reviews, nobody can look into it, and the registry stands.
///
/// # Errors
/// [`Refusal::DisputesOpen`].
pub fn disputes_found(case: &Case, context: &Context) -> Result<(), Refusal> {
    let is_reviewed = context.procedure.review_after(StepKind::Accept).is_some();
    let open = case.statements.iter().filter(|(_, one)| one.dispute.is_some() && is_open(case, &one.finding));
    let cells: Vec<CellRef> = open.map(|(cell, _)| cell.clone()).collect();
    if is_reviewed && !cells.is_empty() {
        return Err(Refusal::DisputesOpen { cells, stage: case.stage });
    }
    Ok(())
}

/// Whether an amount may be granted: the rules give something, and the amount lies inside their span.
pub(super) fn grantable(case: &Case, amount: Fen) -> Result<(), Refusal> {
    let assessed = case.assessed.as_ref().ok_or(Refusal::NoSuch("项评定", "assessment"))?;
    let (zh, en) = assessed.reason.clone();
    let span = match (assessed.standing, assessed.span) {
        (Standing::NotEntitled, _) => return Err(Refusal::NotEntitled(zh, en)),
        (Standing::Entitled | Standing::Conditional, Some(span)) => span,
        _ => return Err(Refusal::FactsMissing(zh, en)),
    };
    if amount <= Fen(0) {
        return Err(Refusal::NothingToGrant);
    }
    if !span.contains(amount) {
        return Err(Refusal::OutsideSpan { amount, span });
    }
    Ok(())
}

/// Whether no other case has been granted the same: since this one was judged, one that had come to nothing may have been paid.
pub(super) fn granted_once(context: &Context) -> Result<(), Refusal> {
    if let Some(number) = context.granted_elsewhere {
        return Err(Refusal::GrantedElsewhere(number.to_owned()));
    }
    context.granted.map_or(Ok(()), |number| Err(Refusal::GrantedBefore(number.to_owned())))
}

pub(super) fn review_stage(step: Option<StepKind>) -> Stage {
    match step {
        Some(StepKind::FormalReview) => Stage::FormalReview,
        Some(StepKind::SubstantiveReview) => Stage::SubstantiveReview,
        _ => Stage::Reviewed,
    }
}

/// The last review there is, where what was decided or recommended is looked at again.
pub(super) fn back_to_review(context: &Context) -> (Stage, Option<NaiveDate>) {
    let reviews = [StepKind::SubstantiveReview, StepKind::FormalReview];
    let last = reviews.into_iter().find(|kind| context.procedure.step(*kind).is_some());
    (review_stage(last), context.due_of(last.unwrap_or(StepKind::Decide)))
}

pub(super) fn after_decision(context: &Context) -> (Stage, Option<NaiveDate>) {
    match context.procedure.step(StepKind::Notice) {
        // It is put up within as many days as it hangs.
        Some(step) => (Stage::Decided, Some(context.due_in(step.working_days))),
        None => (Stage::Payable, context.due_of(StepKind::Pay)),
    }
}

/// The conditions on the use of the money: first what the pack sets, whatever whoever decides has written, then what they add.
pub fn use_conditions(written: &[String], procedure: &Procedure) -> Vec<String> {
    let plain = |text: &str| text.trim().trim_end_matches(['。', '；']).to_owned();
    let set = procedure.use_condition();
    let written = written.iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty());
    let added = written.filter(|one| set.as_ref().is_none_or(|set| plain(set) != plain(one))).collect::<Vec<_>>();
    set.iter().cloned().chain(added).collect()
}

pub(super) fn finding(holds: bool, note: String, by: UserId, at: Moment) -> Result<Finding, Refusal> {
    let note = note.trim().to_owned();
    if !holds && note.is_empty() {
        return Err(Refusal::TextMissing("不属实的理由", "why it does not hold"));
    }
    Ok(Finding { holds, note, by, at })
}

/// Whether the same person has found the same already, and it still counts: said once more it is no news.
pub(super) fn is_found(case: &Case, there: Option<&Finding>, found: &Finding) -> bool {
    there.is_some_and(|there| case.is_current(there) && Finding { at: there.at, ..found.clone() } == *there)
}

/// A telephone number or an e-mail address: an answer must be able to reach someone.
pub(super) fn reachable(contact: String) -> Result<String, Refusal> {
    let digits = contact.chars().filter(char::is_ascii_digit).count();
    let is_telephone = digits >= 7;
    let is_email = contact.split_once('@').is_some_and(|(who, host)| {
        let host = host.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
        !who.trim().is_empty()
            && host.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty())
    });
    if is_telephone || is_email { Ok(contact) } else { Err(Refusal::Unreachable) }
}

/// What is said to each of what was to be mended; nothing where all of it is empty.
pub(super) fn answered(case: &Case, answers: Vec<String>) -> Vec<String> {
    let answers: Vec<String> =
        answers.into_iter().take(case.defects.len()).map(|answer| answer.trim().to_owned()).collect();
    if answers.iter().all(String::is_empty) { Vec::new() } else { answers }
}

/// A text that must be given, trimmed.
pub(super) fn text(given: String, zh: &'static str, en: &'static str) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() { Err(Refusal::TextMissing(zh, en)) } else { Ok(given.to_owned()) }
}

/// A text that must be given and that not officials alone read, trimmed: it holds no number of a person, nor where one lives.
pub(super) fn for_all(given: String, zh: &'static str, en: &'static str) -> Result<String, Refusal> {
    let given = text(given, zh, en)?;
    let details = personal_details(&given);
    if details.is_empty() { Ok(given) } else { Err(Refusal::Personal(zh, en, details)) }
}

/// The grounds of an objection, which its party reads: they do not say who objects, nor how they are reached.
///
/// # Errors
/// What is to be left out, all of it at once.
pub fn objection_grounds(given: String, name: &str, contact: &str) -> Result<String, Refusal> {
    let (zh, en) = ("异议的理由", "the grounds");
    let given = text(given, zh, en)?;
    let mut details = personal_details(&given);
    let own = run_together(contact);
    if tells_contact(&given, contact) && !details.iter().any(|detail| own.contains(&run_together(detail))) {
        details.push(contact.to_owned());
    }
    match named(&given, name) {
        Some(found) => Err(Refusal::OwnName(found.into_owned(), details)),
        None if !details.is_empty() => Err(Refusal::Personal(zh, en, details)),
        None => Ok(given),
    }
}

/// A text that the public or the party reads: it does not say who has objected, nor how they are reached, as they were promised.
pub(super) fn silent_about(
    given: String,
    (zh, en): (&'static str, &'static str),
    objections: &[Objection],
) -> Result<String, Refusal> {
    let by_name = objections.iter().find_map(|one| named(&given, &one.name)).map(Cow::into_owned);
    let contact = || objections.iter().map(|one| one.contact.trim()).find(|contact| tells_contact(&given, contact));
    match by_name.or_else(|| contact().map(str::to_owned)) {
        Some(detail) => Err(Refusal::Objector(zh, en, detail)),
        None => Ok(given),
    }
}

/// Digits of a number by which someone is reached, at the least: a telephone's without the area code.
const CONTACT_DIGITS: usize = 7;

/// Whether a text holds a way to reach someone, or a number in it: 「王先生 0851-85550000」 is told by the number alone.
fn tells_contact(text: &str, contact: &str) -> bool {
    let together = run_together(contact);
    let runs = |text: &str| -> Vec<String> {
        let runs = text.split(|one: char| !one.is_ascii_digit()).filter(|run| run.len() >= CONTACT_DIGITS);
        runs.map(str::to_owned).collect()
    };
    // Of two numbers side by side each is one, too, and so is what stands behind an area code: 「0851-85550000」 is 85550000 to whoever calls.
    let by_blanks = contact.split(char::is_whitespace);
    let by_signs = contact.split(|one: char| !one.is_alphanumeric());
    let apart = by_blanks.chain(by_signs).flat_map(|part| runs(&run_together(part)));
    holds(text, contact) || runs(&together).into_iter().chain(apart).any(|number| holds(text, &number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_told_by_each_number_in_it() {
        for (contact, text) in [
            ("0851-85501234", "请致电85501234核实"),
            ("0851-85501234", "请致电０８５１－８５５０１２３４"),
            ("０８５１－８５５０１２３４", "请致电8550 1234"),
            ("(0851)85501234转801", "请致电85501234"),
            ("+86-851-85501234", "请致电85501234"),
            ("85501234、85505678", "请致电8550-5678"),
            ("8550-1234 8550-5678", "请致电85505678"),
            ("王先生 0851-8888 0000，8555 1234", "85551234 来电属实"),
        ] {
            assert!(tells_contact(text, contact), "{contact}: {text}");
        }
    }

    #[test]
    fn what_is_too_short_to_reach_anyone_tells_no_contact() {
        for (contact, text) in [
            ("0851-85501234", "见南明兑〔2019〕0851号，窗口电话0851-85505678"),
            ("8550-1234", "证书8550号、1234号不是它的"),
            ("王先生 0851-85501234", "王先生不在那里上班"),
            ("user_2019@example.com", "2019年没有投入"),
            ("", "请致电85501234核实"),
        ] {
            assert!(!tells_contact(text, contact), "{contact}: {text}");
        }
    }
}
