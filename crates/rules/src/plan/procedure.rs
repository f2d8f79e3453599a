//! Procedures (流程): which steps a case takes, at which desks, within how many working days.

use serde::{Deserialize, Serialize};

use crate::vocabulary::{Lang, Name};

/// Working days an applicant has for corrections (补正) where the pack says nothing.
pub const CORRECTION_DAYS: u16 = 10;
/// Working days within which an objection (异议) is answered where the pack says nothing.
pub const OBJECTION_DAYS: u16 = 5;
/// The most working days a pack can give to anything.
pub const MAX_WORKING_DAYS: u16 = 365;

/// A desk (岗位): where a step of a case is worked on. Who sits there is no matter of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Its names; the English one is its id.
    pub name: Name,
    /// The department it belongs to, as written.
    pub department: Option<String>,
}

/// A procedure (流程). [`StepKind::Accept`], [`StepKind::Decide`] and [`StepKind::Pay`] are always among its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Its names; the English one is its id.
    pub name: Name,
    /// The clause it carries; empty for the built-in one.
    pub clause: String,
    /// The steps it takes, in the order of [`StepKind`], each once. A step that is not here is not taken.
    pub steps: Vec<StepRule>,
    /// Working days an applicant has for corrections, 1 to [`MAX_WORKING_DAYS`].
    pub correction_days: u16,
    /// Working days within which an objection is answered, 1 to [`MAX_WORKING_DAYS`].
    pub objection_days: u16,
}

/// One step of a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRule {
    /// Which step.
    pub step: StepKind,
    /// Whose it is: index in [`super::Plan::desks`].
    pub desk: usize,
    /// Within how many working days it is done (for [`StepKind::Notice`]: how many the notice stands), 1 to
    /// [`MAX_WORKING_DAYS`].
    pub working_days: u16,
}

/// The steps a case can take, in the order they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// 受理: the application is complete, or the defects are named.
    Accept,
    /// 形式审查: the papers say what they should.
    FormalReview,
    /// 实质审核: what the papers say is so.
    SubstantiveReview,
    /// 审定: the amount is fixed.
    Decide,
    /// 公示: anyone can object.
    Notice,
    /// 拨付: the money is sent.
    Pay,
}

/// The duties of which nobody takes two in one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// 审核: formal and substantive review.
    Review,
    /// 审定: the decision.
    Decision,
    /// 拨付: the payment.
    Payment,
}

impl StepKind {
    /// Every step, in order.
    pub const ALL: [StepKind; 6] = [
        StepKind::Accept,
        StepKind::FormalReview,
        StepKind::SubstantiveReview,
        StepKind::Decide,
        StepKind::Notice,
        StepKind::Pay,
    ];

    /// Its stable id in files and addresses.
    pub fn word(self) -> &'static str {
        match self {
            StepKind::Accept => "accept",
            StepKind::FormalReview => "formal_review",
            StepKind::SubstantiveReview => "substantive_review",
            StepKind::Decide => "decide",
            StepKind::Notice => "notice",
            StepKind::Pay => "pay",
        }
    }

    /// What people call it, as a noun; in English without a capital, as inside a sentence.
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            StepKind::Accept => ("受理", "acceptance"),
            StepKind::FormalReview => ("形式审查", "formal review"),
            StepKind::SubstantiveReview => ("实质审核", "substantive review"),
            StepKind::Decide => ("审定", "decision"),
            StepKind::Notice => ("公示", "public notice"),
            StepKind::Pay => ("拨付", "payment"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Whether every procedure takes it.
    pub fn is_required(self) -> bool {
        matches!(self, StepKind::Accept | StepKind::Decide | StepKind::Pay)
    }

    /// The duty it belongs to, if it is one of those that are kept apart.
    pub fn duty(self) -> Option<Duty> {
        match self {
            StepKind::Accept | StepKind::Notice => None,
            StepKind::FormalReview | StepKind::SubstantiveReview => Some(Duty::Review),
            StepKind::Decide => Some(Duty::Decision),
            StepKind::Pay => Some(Duty::Payment),
        }
    }

    /// The built-in desk and working days of this step.
    fn built_in(self) -> (BuiltInDesk, u16) {
        match self {
            StepKind::Accept => (BuiltInDesk::Intake, 5),
            StepKind::FormalReview => (BuiltInDesk::Review, 5),
            StepKind::SubstantiveReview => (BuiltInDesk::Review, 10),
            StepKind::Decide => (BuiltInDesk::Decision, 5),
            StepKind::Notice => (BuiltInDesk::Intake, 5),
            StepKind::Pay => (BuiltInDesk::Finance, 10),
        }
    }
}

impl Duty {
    /// What people call it; in English without a capital.
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Duty::Review => ("审核", "review"),
            Duty::Decision => ("审定", "decision"),
            Duty::Payment => ("拨付", "payment"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

impl Procedure {
    /// The rule of a step, if the procedure takes it.
    pub fn step(&self, step: StepKind) -> Option<&StepRule> {
        self.steps.iter().find(|rule| rule.step == step)
    }

    /// The step taken after this one; none after the last.
    pub fn after(&self, step: StepKind) -> Option<&StepRule> {
        self.steps.iter().find(|rule| rule.step > step)
    }

    /// The procedure of packs that declare none: every step, at the built-in desks, which are added to `desks` where
    /// they are not yet.
    pub fn built_in(desks: &mut Vec<Desk>) -> Procedure {
        Procedure {
            name: Name::new("默认流程", "default").called("usual procedure"),
            clause: String::new(),
            steps: StepKind::ALL.into_iter().map(|step| StepRule::built_in(step, desks)).collect(),
            correction_days: CORRECTION_DAYS,
            objection_days: OBJECTION_DAYS,
        }
    }
}

impl StepRule {
    /// A step at its built-in desk, which is added to `desks` where it is not yet.
    pub(crate) fn built_in(step: StepKind, desks: &mut Vec<Desk>) -> StepRule {
        let (desk, working_days) = step.built_in();
        let (zh, en, english) = desk.names();
        let desk = desks.iter().position(|desk| desk.name.en == en).unwrap_or_else(|| {
            desks.push(Desk { name: Name::new(zh, en).called(english), department: None });
            desks.len() - 1
        });
        StepRule { step, desk, working_days }
    }
}

/// The desks of the built-in procedure.
#[derive(Clone, Copy)]
enum BuiltInDesk {
    Intake,
    Review,
    Decision,
    Finance,
}

impl BuiltInDesk {
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            BuiltInDesk::Intake => ("受理窗口", "intake", "intake counter"),
            BuiltInDesk::Review => ("审核岗", "review", "review desk"),
            BuiltInDesk::Decision => ("审定岗", "decision", "decision desk"),
            BuiltInDesk::Finance => ("财务岗", "finance", "finance desk"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_listed_in_their_order() {
        assert!(StepKind::ALL.is_sorted());
    }

    #[test]
    fn the_built_in_procedure_takes_every_step_and_keeps_duties_apart() {
        let mut desks = vec![Desk { name: Name::new("别处", "elsewhere"), department: None }];
        let procedure = Procedure::built_in(&mut desks);
        assert_eq!(procedure.steps.iter().map(|rule| rule.step).collect::<Vec<_>>(), StepKind::ALL);
        let names: Vec<&str> = desks.iter().map(|desk| desk.name.en.as_str()).collect();
        assert_eq!(names, ["elsewhere", "intake", "review", "decision", "finance"]);
        for one in &procedure.steps {
            for other in &procedure.steps {
                let (duty, second) = (one.step.duty(), other.step.duty());
                assert!(one.desk != other.desk || duty == second || duty.is_none() || second.is_none());
            }
        }
        assert_eq!(procedure.after(StepKind::Decide).map(|rule| rule.step), Some(StepKind::Notice));
        assert_eq!(procedure.after(StepKind::Pay), None);
        let again = Procedure::built_in(&mut desks);
        assert_eq!((again, desks.len()), (procedure, 5));
    }
}
