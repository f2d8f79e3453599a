//! Why an application was refused: what was not met and what was found, plainly; and what its party may do now.

use chrono::NaiveDate;
use duixian_casework::case::Standing;
use duixian_casework::event::What;
use duixian_casework::moment::Moment;
use duixian_casework::round::{Round, RoundState};
use duixian_casework::stage::Stage;
use duixian_store::cases::JournalEntry;

use super::appraisal;
use super::draft::Draft;
use super::outlook::apply_href;
use super::reasons::{Reasons, Sources};
use super::standing::{day_text, last_day};
use crate::casefile::documents::reconsider_until;
use crate::casefile::grounds::{Grounds, stands_as_registered};
use crate::locale::Text;
use crate::page::Page;
use crate::portal::Portal;
use crate::problem::Problem;

/// Why not, and what can be done about it. The official's word decides: the rules may find nothing wrong with the facts.
pub struct Refused {
    pub is_declined: bool,
    /// What the office says is not met, each with its clause; empty where it gives its reason in words alone.
    pub unmet: Vec<String>,
    /// What the office found; all of its reason where it names nothing that is not met.
    pub words: String,
    /// What was found not to hold, and what was noted of it.
    pub untrue: Vec<(Text, String)>,
    /// What was stated otherwise than the registry has it, where the registry stands, and what was noted of it.
    pub as_registered: Vec<(Text, String)>,
    /// What the rules refuse it for.
    pub by_rules: Option<Reasons>,
    /// The last day to ask for reconsideration.
    pub until: NaiveDate,
    pub again: Again,
}

/// When it can be applied for again, and where.
pub struct Again {
    pub text: Text,
    pub href: Option<String>,
}

/// What a refused case shows; none of another.
pub async fn refused(
    portal: &Portal,
    draft: &Draft,
    history: &[JournalEntry],
    page: &Page,
) -> Result<Option<Refused>, Problem> {
    if !matches!(draft.case.stage, Stage::Declined | Stage::NotAccepted) {
        return Ok(None);
    }
    let is_refusal =
        |entry: &&JournalEntry| matches!(entry.event.what, What::Declined { .. } | What::NotAccepted { .. });
    let on = history.iter().rev().find(is_refusal).map_or(draft.case.opened_at, |entry| entry.at).day();
    let reason = draft.case.reason.clone().unwrap_or_default();
    let (unmet, words) = match Grounds::read(&reason) {
        Some(grounds) => (grounds.unmet.split('；').map(str::to_owned).collect(), grounds.found),
        None => (Vec::new(), reason),
    };
    Ok(Some(Refused {
        is_declined: draft.case.stage == Stage::Declined,
        unmet,
        words,
        untrue: untrue(draft),
        as_registered: as_registered(draft),
        by_rules: by_rules(portal, draft, page).await?,
        until: reconsider_until(&draft.scene.calendar, on),
        again: again(draft, AFTER_REFUSAL, &portal.store.rounds().await?, portal.store.now()),
    }))
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

/// What comes before a refused application can be sent again.
const AFTER_REFUSAL: (&str, &str) = ("上面写明的问题解决以后，", "Once what is said above is made good, you");

/// When and where a withdrawn case, be it by its party or by time, can be applied for again; none of another.
pub async fn after_withdrawal(portal: &Portal, draft: &Draft) -> Result<Option<Again>, Problem> {
    if draft.case.stage != Stage::Withdrawn || draft.case.number.is_none() {
        return Ok(None);
    }
    Ok(Some(again(draft, ("", "You"), &portal.store.rounds().await?, portal.store.now())))
}

/// The round to apply in again: its own as long as it is open, or another that is, or the next to open.
fn again(draft: &Draft, (zh, en): (&str, &str), rounds: &[Round], now: Moment) -> Again {
    let subject = &draft.case.subject;
    let of = |state: RoundState| {
        rounds.iter().filter(move |round| round.takes(&subject.measure) && round.state(now) == state)
    };
    if let Some(round) = of(RoundState::Open).max_by_key(|round| (round.id == subject.round, round.closes_at)) {
        let day = day_text(last_day(round));
        // Another round may be about other bases.
        let basis = if round.id == subject.round { subject.basis.as_str() } else { "" };
        return Again {
            text: Text::new(
                format!("{zh}可以再次申请：“{}”受理到{}。", round.name, day.zh),
                format!("{en} can apply again: “{}” takes applications until {}.", round.name, day.en),
            ),
            href: Some(apply_href(&subject.party, round.id, &subject.measure, basis)),
        };
    }
    let text = match of(RoundState::Announced).min_by_key(|round| round.opens_at) {
        Some(round) => {
            let day = day_text(round.opens_at.day());
            Text::new(
                format!("{zh}可以在“{}”再次申请，{}开始受理。", round.name, day.zh),
                format!("{en} can apply again in “{}”, from {} on.", round.name, day.en),
            )
        }
        None => Text::new(
            format!("{zh}可以在下一批次再次申请；现在没有受理申请的批次。"),
            format!("{en} can apply again in the next round; none is open now."),
        ),
    };
    Again { text, href: None }
}

/// What was stated otherwise than the registry has it, and was not shown to be so.
fn as_registered(draft: &Draft) -> Vec<(Text, String)> {
    not_found_so(draft, true).collect()
}

/// The statements that do not count: those against which the registry stands, or the others.
fn not_found_so(draft: &Draft, as_registered: bool) -> impl Iterator<Item = (Text, String)> + '_ {
    let vocabulary = &draft.scene.pack.plan.vocabulary;
    draft.questions.iter().filter_map(move |question| {
        let said = draft.case.statements.get(&question.cell)?;
        let finding = said.finding.as_ref().filter(|finding| !finding.holds)?;
        if stands_as_registered(said) != as_registered {
            return None;
        }
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
    let stated = not_found_so(draft, false);
    let handed_in = draft.case.evidence.iter().filter_map(|piece| {
        let finding = piece.finding.as_ref().filter(|finding| !finding.holds)?;
        Some((Text::new(format!("佐证：{}", piece.kind), format!("Evidence: {}", piece.kind)), finding.note.clone()))
    });
    stated.chain(handed_in).collect()
}
