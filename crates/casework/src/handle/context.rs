//! What a transition may look at beside the case, and the clocks it starts and stops.

use chrono::NaiveDate;
use duixian_money::Fen;
use duixian_rules::plan::StepKind;

use crate::account::FailedElsewhere;
use crate::calendar::Calendar;
use crate::case::{Case, Objection, Paused};
use crate::contradiction::Contradiction;
use crate::moment::Moment;
use crate::people::UserId;
use crate::procedure::Procedure;
use crate::round::Round;

/// What a transition may look at beside the case.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// When the command is given.
    pub now: Moment,
    /// Working days.
    pub calendar: &'a Calendar,
    /// How the case's measure is handled.
    pub procedure: &'a Procedure,
    /// The case's round.
    pub round: &'a Round,
    /// What the case's fund has free in its year; none where it has no appropriation.
    pub free: Option<Fen>,
    /// What others were granted before that still waits for the same money: theirs comes first.
    pub waiting: Fen,
    /// What of that was decided before the case itself was, where it waits too, but for what may not be funded.
    pub ahead: Fen,
    /// Whether it was put forward how the fund is shared out among those that wait, and that waits for a second person; false where nobody has
    /// looked yet.
    pub is_sharing_open: bool,
    /// The number of another party's case that was granted for a basis of the same number, which is one party's alone.
    pub granted_elsewhere: Option<&'a str>,
    /// The number of another live case for the same basis.
    pub duplicate: Option<&'a str>,
    /// The number of another case in which the same basis was granted; where the measure goes by years, for the same year.
    pub granted: Option<&'a str>,
    /// The number of another case for the same basis for which money has left or is on its way; none where nobody has looked yet.
    pub paid_otherwise: Option<&'a str>,
    /// The number of another case that the bank has paid since it was withdrawn or revoked, beside which the measure's limits don't leave what
    /// was decided; none where nobody has looked yet.
    pub limit_taken: Option<&'a str>,
    /// The number of the batch in which something that the bank has said of a payment of the case waits for a second person; none where nobody
    /// has looked yet.
    pub doubted_in: Option<&'a str>,
    /// Who stands alone for it that its payment was made, where the bank has said otherwise; none where nobody has looked yet.
    pub settled_alone: &'a [UserId],
    /// The number of another case for the same basis and that of the batch in which the same waits of a payment of that case; none where
    /// nobody has looked yet.
    pub other_in_doubt: Option<(&'a str, &'a str)>,
    /// What other cases of the party state otherwise; nothing where nobody has looked yet.
    pub contradictions: &'a [Contradiction],
    /// The party's name in the registry; none where nobody has looked yet, or where it has none.
    pub party_name: Option<&'a str>,
    /// That the bank could not pay to the case's account in another of the party; none where nobody has looked yet.
    pub failed_elsewhere: Option<&'a FailedElsewhere>,
    /// The name of who has taken the case up; none where nobody has looked yet, or nobody has.
    pub assignee_name: Option<&'a str>,
    /// A desk's name for people.
    pub desk_name: &'a dyn Fn(&str) -> String,
}

impl Context<'_> {
    pub(super) fn due_in(&self, working_days: u32) -> NaiveDate {
        self.calendar.add_working_days(self.now.day(), working_days)
    }

    pub(super) fn due_of(&self, step: StepKind) -> Option<NaiveDate> {
        self.procedure.step(step).map(|step| self.due_in(step.working_days))
    }

    /// By when an objection is to be answered. Of one whose day was not put on record it is counted from when it came in.
    pub fn objection_due(&self, objection: &Objection) -> NaiveDate {
        let counted = || self.calendar.add_working_days(objection.at.day(), self.procedure.objection_days);
        objection.due.unwrap_or_else(counted)
    }

    /// Stops a clock.
    pub(super) fn pause(&self, case: &Case) -> Paused {
        let left = case.due.map_or(0, |due| self.calendar.working_days_between(self.now.day(), due));
        let has_run_out = case.is_overdue(self.now.day());
        Paused { stage: case.stage, left, has_run_out, was_due: case.due.filter(|_| has_run_out) }
    }

    /// Starts a clock that was stopped: the same number of working days from today, or as long ago as it was late. To stop it gives
    /// nobody new days.
    pub fn resume(&self, paused: &Paused) -> NaiveDate {
        let days = u32::try_from(paused.left.unsigned_abs()).unwrap_or(u32::MAX);
        if paused.left < 0 || paused.has_run_out {
            self.calendar.late_by(self.now.day(), days)
        } else {
            self.due_in(days)
        }
    }

    /// Starts the clock of a notice: it hangs at least until today, whenever it should have ended.
    pub(super) fn resume_notice(&self, paused: &Paused) -> NaiveDate {
        self.due_in(u32::try_from(paused.left).unwrap_or(0))
    }
}
