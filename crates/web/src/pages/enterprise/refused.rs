//! Why an application was refused: what was not met and what was found, plainly; and what its party may do now.

use chrono::NaiveDate;
use duixian_assess::result::{Reason, Status};
use duixian_casework::appraisal::Appraisal;
use duixian_casework::case::{Case, Standing, Subject};
use duixian_casework::moment::Moment;
use duixian_casework::round::{Round, RoundState};
use duixian_casework::stage::Stage;
use duixian_rules::vocabulary::Vocabulary;

use super::appraisal;
use super::draft::Draft;
use super::journey::is_refusal;
use super::outlook::{apply_href, is_refused};
use super::standing::{day_text, last_day};
use crate::casefile::disputed::Disputed;
use crate::casefile::documents::{reconsider_until, sue_until};
use crate::casefile::grounds::{Grounds, stands_as_registered};
use crate::casefile::queue::plain;
use crate::casefile::reasons::{Reasons, Sources};
use crate::casefile::{CaseFile, industry};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;

/// Why not, and what can be done about it. The official's word decides: the rules may find nothing wrong with the facts.
pub struct Refused {
    pub is_declined: bool,
    /// Whether it was granted, and the payment ended.
    pub is_ended: bool,
    /// What the office says is not met, each with its clause; empty where it gives its reason in words alone.
    pub unmet: Vec<String>,
    /// What the office found; all of its reason where it names nothing that is not met. Empty where that is what the rules say.
    pub words: String,
    /// What was found not to hold, and what was noted of it.
    pub untrue: Vec<(Text, String)>,
    /// What was said that the registry has wrong, each with what became of it.
    pub disputes: Vec<Disputed>,
    /// What the rules refuse it for.
    pub by_rules: Option<Reasons>,
    /// The last day to ask for reconsideration.
    pub until: NaiveDate,
    /// The last day to go to court.
    pub sue_until: NaiveDate,
    /// The day on which the page is read: what can be asked for until a day can't be any more after it.
    pub today: NaiveDate,
    pub again: Again,
}

impl Refused {
    /// Whether reconsideration can still be asked for.
    pub fn can_be_reconsidered(&self) -> bool {
        self.today <= self.until
    }

    /// Whether it can still be taken to court.
    pub fn can_be_sued(&self) -> bool {
        self.today <= self.sue_until
    }
}

/// When it can be applied for again, and where.
pub struct Again {
    pub text: Text,
    pub href: Option<String>,
}

/// What a refused case shows; none of another.
pub async fn refused(portal: &Portal, draft: &Draft, file: &CaseFile, page: &Page) -> Result<Option<Refused>, Problem> {
    if !is_refused(draft.case.stage) {
        return Ok(None);
    }
    let last = file.history.iter().rev().find(|entry| is_refusal(&entry.event.what));
    let on = last.map_or(draft.case.opened_at, |entry| entry.at).day();
    let reason = industry::named(&draft.scene.pack.plan.vocabulary, draft.case.reason.as_deref().unwrap_or_default());
    let (unmet, words) = match Grounds::read(&reason) {
        Some(grounds) => (grounds.unmet.split('；').map(str::to_owned).collect(), grounds.found),
        None => (Vec::<String>::new(), reason),
    };
    let by_rules = by_rules(portal, draft, page).await?;
    // What an official has taken over from the rules is said by the rules.
    let is_said = unmet.is_empty() && by_rules.as_ref().is_some_and(|rules| rules.says(&words));
    let words = if is_said { String::new() } else { words };
    Ok(Some(Refused {
        is_declined: draft.case.stage == Stage::Declined,
        is_ended: draft.case.stage == Stage::PaymentEnded,
        untrue: once(untrue(draft), &words),
        disputes: Disputed::all(file),
        unmet,
        words,
        by_rules,
        until: reconsider_until(&draft.scene.calendar, on),
        sue_until: sue_until(&draft.scene.calendar, on),
        today: draft.today,
        again: match barred(&file.appraisal, file.vocabulary()) {
            Some(text) => Again { text, href: None },
            None => again(portal, draft, AFTER_REFUSAL).await?,
        },
    }))
}

/// What was found, with each note said once: things that have the same stand together, and what the reason says is not said again.
fn once(found: Vec<(Text, String)>, reason: &str) -> Vec<(Text, String)> {
    let mut told: Vec<(Text, String)> = Vec::new();
    for (what, note) in found {
        let note = if reason.contains(plain(&note)) { String::new() } else { note };
        match told.iter_mut().find(|(_, other)| !note.is_empty() && *other == note) {
            Some((others, _)) => {
                *others = Text::new(format!("{}；{}", others.zh, what.zh), format!("{}; {}", others.en, what.en));
            }
            None => told.push((what, note)),
        }
    }
    told
}

/// What the rules refuse it for. Where they do not, that all conditions are met explains nothing.
async fn by_rules(portal: &Portal, draft: &Draft, page: &Page) -> Result<Option<Reasons>, Problem> {
    let standing = draft.case.assessed.as_ref().map(|assessed| assessed.standing);
    if standing != Some(Standing::NotEntitled) {
        return Ok(None);
    }
    let now = appraisal::previews(portal, draft).await?.now;
    let sources = Sources { vocabulary: &draft.scene.pack.plan.vocabulary, rows: &draft.rows, case: Some(&draft.case) };
    let reasons = now.explained.as_ref().and_then(|explained| {
        appraisal::read(explained, &draft.scene.pack, page.lang, |report| {
            appraisal::only(report).map(|(measure, basis)| Reasons::of(measure, basis, sources, page.lang))
        })
    });
    Ok(reasons.and_then(Reasons::unmet))
}

/// That nothing would come of another application, whatever is made good: what was granted already, to the party or to others, has
/// taken the place. Nothing where that is not so.
fn barred(appraisal: &Appraisal, vocabulary: &Vocabulary) -> Option<Text> {
    let assessed = &appraisal.assessed;
    let claim = appraisal.claim.as_ref().filter(|_| assessed.standing == Standing::NotEntitled)?;
    let row = &claim.basis().row;
    let is_taken = matches!(row.reason(), Reason::Limit(_)) || row.status() != Status::NotEntitled;
    let named = |text: &str| industry::named(vocabulary, text);
    let (zh, en) = (named(&assessed.reason.0), named(&assessed.reason.1));
    is_taken.then(|| {
        Text::new(
            format!("按现在的记录，再申请也不能得到支持：{zh}。"),
            format!("As records stand now, another application would come to nothing: {en}."),
        )
    })
}

/// What comes before a refused application can be sent again.
const AFTER_REFUSAL: (&str, &str) = ("上面写明的问题解决以后，", "Once what is said above is made good, you");

/// When and where a case can be applied for again that was withdrawn, by its party or by time, or was not sent before its
/// round closed; none of another.
pub async fn after_its_end(portal: &Portal, draft: &Draft) -> Result<Option<Again>, Problem> {
    let is_over = match draft.case.stage {
        Stage::Withdrawn => draft.case.number.is_some(),
        Stage::Draft => draft.is_over,
        _ => false,
    };
    Ok(if is_over { Some(again(portal, draft, ("", "You")).await?) } else { None })
}

/// When and where what is about to be given up can be applied for again: whoever gives it up is to know that before.
pub async fn after_giving_up(portal: &Portal, draft: &Draft) -> Result<Text, Problem> {
    let again = again(portal, draft, ("以后", "Then you")).await?.text;
    Ok(match draft.scene.round.state(portal.store.now()) {
        RoundState::Closed => Text::new(
            format!("本批次已截止，不能再在本批次申请。{}", again.zh),
            format!("This round is closed: it can't be applied for in it again. {}", again.en),
        ),
        RoundState::Announced | RoundState::Open => again,
    })
}

/// The round to apply in again: its own as long as it is open, or another that is, or the next to open.
async fn again(portal: &Portal, draft: &Draft, (zh, en): (&str, &str)) -> Result<Again, Problem> {
    let (subject, now) = (&draft.case.subject, portal.store.now());
    let rounds = taking(portal, draft, now).await?;
    let of = |state: RoundState| rounds.iter().filter(move |round| round.state(now) == state);
    if let Some(round) = of(RoundState::Open).max_by_key(|round| (round.id == subject.round, round.closes_at)) {
        let day = day_text(last_day(round));
        return Ok(Again {
            text: Text::new(
                format!("{zh}可以再次申请：“{}”受理到{}。", round.name, day.zh),
                format!("{en} can apply again: “{}” takes applications until {}.", round.name, day.en),
            ),
            href: Some(apply_href(&subject.party, round.id, &subject.measure, &subject.basis)),
        });
    }
    let text = match of(RoundState::Announced).min_by_key(|round| round.opens_at) {
        Some(round) => {
            let day = day_text(round.opens_at.day());
            Text::new(
                format!("{zh}可以在“{}”再次申请，{}开始受理。", round.name, day.zh),
                format!("{en} can apply again in “{}”, from {} on.", round.name, day.en),
            )
        }
        None => {
            let (year, round) = (draft.scene.round.year, &draft.scene.round.name);
            Text::new(
                format!("{year}年度的这一项已随“{round}”截止，现在没有批次受理它。"),
                format!("This item of {year} closed with “{round}”; no round takes it now."),
            )
        }
    };
    Ok(Again { text, href: None })
}

/// The rounds, open or announced, in which the case's basis can be applied for. That a round takes the measure is not
/// enough: what belongs to another year is outside of it, which only its rules can tell.
async fn taking(portal: &Portal, draft: &Draft, now: Moment) -> Result<Vec<Round>, Problem> {
    let subject = &draft.case.subject;
    let mut taking = Vec::new();
    for round in portal.store.rounds().await? {
        if round.state(now) == RoundState::Closed || !round.takes(&subject.measure) {
            continue;
        }
        if round.id != subject.round {
            let (_, pack) = portal.store.round_with_pack(round.id).await?;
            if !pack.plan.measures.iter().any(|rule| rule.name.en == subject.measure) {
                continue;
            }
            let there = Subject { round: round.id, year: round.year, ..subject.clone() };
            let asked = Case { subject: there, ..draft.case.clone() };
            let appraisal = portal.store.appraisal(&asked).await?.appraisal;
            if appraisal.claim.is_none() && appraisal.unread.is_empty() {
                continue;
            }
        }
        taking.push(round);
    }
    Ok(taking)
}

/// The statements that do not count, but for those against which the registry stands: nobody said an untruth there.
fn stated_untrue(draft: &Draft) -> impl Iterator<Item = (Text, String)> + '_ {
    let vocabulary = &draft.scene.pack.plan.vocabulary;
    draft.questions.iter().filter_map(move |question| {
        let said = draft.case.statements.get(&question.cell).filter(|said| !stands_as_registered(said))?;
        let finding = said.finding.as_ref().filter(|finding| !finding.holds)?;
        let (label, value) = (question.full_label(), question.value_text(vocabulary, &said.value));
        let what = Text::new(
            format!("{}：您填报的是“{}”", label.zh, value.zh),
            format!("{}: you stated “{}”", label.en, value.en),
        );
        Some((what, finding.note.clone()))
    })
}

/// What was looked into and found not to hold: statements, then evidence.
fn untrue(draft: &Draft) -> Vec<(Text, String)> {
    let stated = stated_untrue(draft);
    let handed_in = draft.case.evidence.iter().filter_map(|piece| {
        let finding = piece.finding.as_ref().filter(|finding| !finding.holds)?;
        Some((
            Text::new(format!("佐证：{}", piece.kind), format!("Evidence: {}", draft.evidence_name(&piece.kind).en)),
            finding.note.clone(),
        ))
    });
    stated.chain(handed_in).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_said_once() {
        let found = |what: &str, note: &str| (Text::same(what.to_owned()), note.to_owned());
        let all = vec![
            found("佐证：批文", "名单上没有。"),
            found("佐证：凭证", "名单上没有。"),
            found("佐证：合同", "审计报告不符"),
            found("佐证：照片", ""),
        ];
        let told = once(all, "经查，审计报告不符。");
        let told: Vec<(&str, &str)> = told.iter().map(|(what, note)| (&*what.zh, note.as_str())).collect();
        assert_eq!(told, [("佐证：批文；佐证：凭证", "名单上没有。"), ("佐证：合同", ""), ("佐证：照片", "")]);
    }
}
