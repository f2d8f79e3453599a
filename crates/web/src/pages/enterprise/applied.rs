//! The applications of a party as they stand on its first screen.

use duixian_casework::stage::Stage;
use duixian_money::Span;
use duixian_store::cases::CaseRow;

use super::amounts::span_text;
use super::draft::title;
use super::outlook::{Outlook, is_refused};
use super::standing::status;
use crate::locale::Text;
use crate::ui::{Deadline, Status};

/// An application on its way.
pub struct Applied {
    /// Its page.
    pub href: String,
    /// Its round.
    pub round: i64,
    /// What it is for.
    pub title: Text,
    /// Where it stands.
    pub status: Status,
    /// Its number.
    pub number: Option<String>,
    /// What was decided, or what the rules give.
    pub amount: Option<Text>,
    /// Until when whoever has it is to be done.
    pub deadline: Option<Deadline>,
    /// Whether it waits for the applicant.
    pub is_yours: bool,
}

/// The applications that are under way, or came to something: those that wait for the applicant first.
pub fn applied(overview: &Outlook) -> Vec<Applied> {
    let is_yours = |row: &CaseRow| matches!(row.stage, Stage::Correction | Stage::PaymentFailed);
    let mut rows: Vec<&CaseRow> =
        overview.cases.iter().filter(|row| !matches!(row.stage, Stage::Draft | Stage::Withdrawn)).collect();
    rows.sort_by_key(|row| (!is_yours(row), row.stage.is_final(), std::cmp::Reverse(row.updated_at)));
    let plan = overview.given.as_ref().map(|given| &given.pack.plan);
    let applied = |row: &CaseRow| {
        let rule = plan.and_then(|plan| plan.measures.iter().find(|rule| rule.name.en == row.measure));
        let deadline = row.due.filter(|_| !row.stage.is_final()).map(|last_day| overview.deadline(last_day));
        let span = row.low.map(|low| Span { low, high: row.high });
        Applied {
            href: format!("/cases/{}", row.id.0),
            round: row.round,
            title: rule.map_or_else(|| Text::same(row.measure.clone()), |rule| title(rule, &row.basis)),
            status: status(row.stage),
            number: row.number.clone(),
            amount: row.amount.map(Span::exact).or(span.filter(|_| !is_refused(row.stage))).map(span_text),
            deadline,
            is_yours: is_yours(row),
        }
    };
    rows.into_iter().map(applied).collect()
}
