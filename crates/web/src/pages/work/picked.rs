//! The cases of a bulk action: which of them can be done, and which should be looked at one by one first.

use duixian_casework::case::{CaseId, Recommendation};
use duixian_casework::command::Action;
use duixian_casework::handle::unverified;
use duixian_casework::permit::obstacles;
use duixian_casework::refusal::Refusal;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;

use crate::casefile::CaseFile;
use crate::casefile::corrected::Corrected;
use crate::casefile::file::span_text;
use crate::casefile::payee;
use crate::format;
use crate::locale::Text;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::viewer::Viewer;

use super::{contradicted, deciding, panels, refusing, same_number, untrue};

/// A case among those that were picked.
pub struct Picked {
    /// The case.
    pub file: CaseFile,
    /// Why the action is not open; empty where it is.
    pub refused: Text,
    /// That it would go against its recommendation, or against the rules; empty where it would not.
    pub against: Text,
    /// Why else it should not go with the others unseen, such as evidence that was found not to hold.
    pub marks: Vec<Text>,
    /// Whether its box is set.
    pub is_set: bool,
}

impl Picked {
    /// Its number in the store.
    pub fn id(&self) -> i64 {
        self.file.case.id.0
    }

    /// The name of the field with its amount.
    pub fn amount_field(&self) -> String {
        format!("amount-{}", self.file.case.id.0)
    }

    /// What its box sends: the case and the version of it that is seen.
    pub fn value(&self) -> String {
        format!("{}:{}", self.file.case.id.0, self.file.case.version)
    }

    /// What the rules allow.
    pub fn span(&self) -> Text {
        self.file.span().map_or_else(|| ("没有可支持的金额", "no amount").into(), span_text)
    }

    fn last(&self) -> Option<Recommendation> {
        self.file.case.opinions.last().map(|opinion| opinion.recommends)
    }

    /// Whether the last reviewer is against any support.
    pub fn is_to_decline(&self) -> bool {
        self.last() == Some(Recommendation::Decline)
    }

    /// The amount that the last reviewer recommends.
    pub fn recommended(&self) -> Option<Fen> {
        match self.last() {
            Some(Recommendation::Support(amount)) => Some(amount),
            _ => None,
        }
    }

    /// How the amount recommended lies in what the rules allow, where it is not just that.
    pub fn beside_span(&self) -> Text {
        let (Some(amount), Some(span)) = (self.recommended(), self.file.span()) else { return Text::default() };
        match span.high {
            _ if !span.contains(amount) => ("不在规则范围内", "outside what the rules allow").into(),
            Some(high) if amount < high => {
                let less = Fen(high.0.saturating_sub(amount.0));
                Text::new(
                    format!("比规则上限少 {}", format::yuan(Lang::Zh, less)),
                    format!("{} less than the rules allow at most", format::yuan(Lang::En, less)),
                )
            }
            _ => Text::default(),
        }
    }

    /// Whether it has an amount of its own in an action: the one decided, or the one that its last review recommends.
    pub fn has_amount(&self, action: Action) -> bool {
        self.refused.is_empty()
            && match action {
                Action::Decide => true,
                Action::Review => self.file.is_last_review(),
                _ => false,
            }
    }

    /// The amount that stands in its field at first. A case with a warning has none: somebody must think of one.
    pub fn suggested(&self, action: Action) -> Option<Fen> {
        let amount = match action {
            Action::Review => panels::exact(self.file.span()).filter(|_| self.file.case.reopened.is_none()),
            _ => deciding::suggested(&self.file),
        };
        amount.filter(|_| self.may_go_unseen())
    }

    /// That its account is under another name than the party's; empty where it is not.
    pub fn payee(&self) -> Text {
        let case = &self.file.case;
        payee::mark_of(case.account.as_ref(), &self.file.party, &case.subject.party).unwrap_or_default()
    }

    /// What it was granted.
    pub fn granted(&self) -> Option<Fen> {
        self.file.case.granted()
    }

    /// What the last reviewer says.
    pub fn opinion(&self) -> &str {
        self.file.case.opinions.last().map_or("", |opinion| &opinion.text)
    }

    /// That it came back from a correction with something that was to be mended as it was; empty where it did not.
    fn untouched(&self) -> Text {
        let asked = Corrected::of(&self.file).map(|corrected| corrected.asked).unwrap_or_default();
        match asked.iter().filter(|asked| asked.answer.is_untouched()).count() {
            0 => Text::default(),
            open => Text::new(
                format!("补正后交回，有 {open} 处未改"),
                format!("came back from correction with {open} item(s) not changed"),
            ),
        }
    }

    /// Whether it may go with the others without a look of its own.
    pub fn may_go_unseen(&self) -> bool {
        self.against.is_empty() && self.marks.is_empty()
    }

    /// That an action goes against what is recommended, or against the rules.
    fn against(&self, action: Action) -> Text {
        match action {
            Action::Decide if self.is_to_decline() => ("建议不予支持", "recommended to decline").into(),
            Action::Decide => match (self.recommended(), self.file.span()) {
                (Some(amount), Some(span)) if !span.contains(amount) => {
                    ("建议金额不在规则范围内", "the amount recommended is outside what the rules allow").into()
                }
                _ => Text::default(),
            },
            Action::Decline if self.recommended().is_some() => ("建议支持", "recommended for support").into(),
            Action::Decline if !self.is_to_decline() && refusing::is_against_the_rules(&self.file, action) => {
                refusing::by_the_rules(&self.file)
            }
            _ => Text::default(),
        }
    }

    /// What else is to be seen first.
    fn marks(&self, action: Action) -> Result<Vec<Text>, Problem> {
        let mut marks = Vec::new();
        if let (Action::TakeUp, Some(other)) = (action, self.file.case.assignee) {
            let who = self.file.who(other);
            marks.push(Text::new(
                format!("现由{who}办理，选中即接手"),
                format!("{who} has it: to pick it takes it over"),
            ));
        }
        if matches!(action, Action::Accept | Action::Review) {
            marks.push(self.untouched());
        }
        let open = unverified(&self.file.case).len();
        if action == Action::Review && open > 0 {
            marks.push(Text::new(format!("还有 {open} 项没有核实"), format!("{open} not verified yet")));
        }
        if matches!(action, Action::Review | Action::Decide) {
            marks.extend(untrue::told(&self.file)?);
        }
        marks.retain(|mark| !mark.is_empty());
        Ok(marks)
    }
}

/// The cases with these numbers, each once.
pub async fn load(portal: &Portal, viewer: &Viewer, action: Action, ids: &[CaseId]) -> Result<Vec<Picked>, Problem> {
    let mut picked: Vec<Picked> = Vec::new();
    for id in ids {
        if picked.iter().any(|one| one.file.case.id == *id) {
            continue;
        }
        let file = CaseFile::load(&portal.store, &viewer.actor, *id).await?;
        let all = file.scene.with_context(file.now, |context| obstacles(&file.case, action, &viewer.actor, context));
        let mut why: Vec<Text> = all.iter().map(|refusal| panels::words_of(&file, refusal)).collect();
        // What else this page asks would be said of another stage.
        if !matches!(all[..], [Refusal::WrongStage { .. }]) {
            why.extend(beyond_permission(&file, action, viewer));
        }
        let refused = panels::joined(&why);
        let mut one = Picked { file, refused, against: Text::default(), marks: Vec::new(), is_set: false };
        (one.against, one.marks) = (one.against(action), one.marks(action)?);
        let is_judged = matches!(action, Action::Review | Action::Decide);
        let contradicted = if is_judged { contradicted::of(portal, &one.file).await? } else { Vec::new() };
        if let Some(other) = contradicted.first() {
            one.marks.push(Text::new(
                format!("同一事实与本单位的 {} 不一样，请打开本件核实", other.number),
                format!("the same fact is otherwise in {} of the same party: open the case", other.number),
            ));
        }
        if is_judged {
            one.marks.extend(same_number::told(portal, &one.file).await?);
        }
        // What goes against a recommendation, or was not looked at, is picked by hand.
        one.is_set = one.refused.is_empty() && one.may_go_unseen();
        picked.push(one);
    }
    Ok(picked)
}

/// What keeps an action from being done with the others, though it may be permitted.
fn beyond_permission(file: &CaseFile, action: Action, viewer: &Viewer) -> Vec<Text> {
    let is_own = action == Action::TakeUp && file.case.assignee == viewer.actor.user();
    let is_substantive = action == Action::Review && file.case.stage != Stage::FormalReview;
    let has_no_amount = action == Action::Decide && file.span().is_none();
    let found: [(bool, Text); 4] = [
        (is_own, ("已经是您领办的", "you have taken it up already").into()),
        (
            is_substantive,
            ("实质审核要逐件提出金额和意见", "the substantive review takes an amount and an opinion of its own").into(),
        ),
        (has_no_amount, ("按规则没有可支持的金额", "the rules give no amount").into()),
        (action == Action::Review && !is_substantive && file.is_last_review(), unrecommendable(file)),
    ];
    found.into_iter().filter(|(holds, why)| *holds && !why.is_empty()).map(|(_, why)| why).collect()
}

/// Why the last review of a case cannot recommend support with the others; empty where it can.
fn unrecommendable(file: &CaseFile) -> Text {
    match (unverified(&file.case).len(), file.span()) {
        (0, Some(_)) => Text::default(),
        (0, None) => {
            ("按规则没有可支持的金额，请逐件提出意见", "the rules give no amount: it takes an opinion of its own")
                .into()
        }
        (open, _) => Text::new(
            format!("还有 {open} 项没有核实，核实完才能建议支持"),
            format!("{open} not verified yet: support can be recommended once they are"),
        ),
    }
}
