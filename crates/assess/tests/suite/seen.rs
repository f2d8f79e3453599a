//! What has occurred over a run, so that agreement about nothing does not pass for agreement.

use std::collections::BTreeSet;

use duixian_assess::reference::Coverage;
use duixian_assess::{Assessment, Reason, Status};
use duixian_rules::plan::{LimitKind, Plan};

/// What has occurred with any pack.
#[derive(Default)]
pub struct Seen(BTreeSet<String>);

impl Seen {
    pub fn note(&mut self, plan: &Plan, assessment: &Assessment, coverage: &Coverage) {
        for row in assessment.measures.iter().flat_map(|measure| measure.rows.iter()) {
            self.see(row.status().word());
            self.see(match row.reason() {
                Reason::None => "paid",
                Reason::ConditionFailed(_) => "a condition failed",
                Reason::NoTier => "no tier",
                Reason::PaysNothing(_) => "pays nothing",
                Reason::Limit(_) => "a limit",
                Reason::Missing(_) => "facts missing",
                Reason::Contradiction(..) => "a contradiction",
            });
            if row.amount().is_some_and(|amount| amount.high.is_none()) {
                self.see("open above");
            }
        }
        for (measure, seen) in plan.measures.iter().zip(&coverage.measures) {
            for (limit, seen) in measure.limits.iter().zip(&seen.limits) {
                let name = limit_name(&limit.kind);
                if seen.let_through {
                    self.see(&format!("{name} lets through"));
                }
                if seen.turned_away {
                    self.see(&format!("{name} turns away"));
                }
            }
        }
    }

    fn see(&mut self, what: &str) {
        if !self.0.contains(what) {
            self.0.insert(what.to_owned());
        }
    }

    /// What should have occurred with all packs together and has not.
    pub fn unseen(&self) -> Vec<String> {
        let others = [
            "paid",
            "a condition failed",
            "no tier",
            "pays nothing",
            "a limit",
            "facts missing",
            "a contradiction",
            "open above",
        ];
        let limits = ["once", "years", "top", "top-up", "cap"]
            .into_iter()
            .flat_map(|limit| [format!("{limit} lets through"), format!("{limit} turns away")]);
        let statuses = Status::ALL.iter().map(|status| status.word().to_owned());
        let all = statuses.chain(others.map(str::to_owned)).chain(limits);
        all.filter(|what| !self.0.contains(what)).collect()
    }
}

fn limit_name(limit: &LimitKind) -> &'static str {
    match limit {
        LimitKind::Once { .. } => "once",
        LimitKind::Years { .. } => "years",
        LimitKind::Top { .. } => "top",
        LimitKind::TopUp { .. } => "top-up",
        LimitKind::Cap { .. } => "cap",
    }
}

/// Which parts of one pack's measures have not been put to use: each alternative should have decided a row, and each
/// condition and limit should have gone both ways.
pub fn untouched(plan: &Plan, coverage: &Coverage) -> Vec<String> {
    let mut untouched = Vec::new();
    for (measure, seen) in plan.measures.iter().zip(&coverage.measures) {
        let mut check = |what: &str, index: usize, did: bool| {
            if !did {
                untouched.push(format!("{}: {what} {}", measure.name.en, index + 1));
            }
        };
        for (index, condition) in seen.conditions.iter().enumerate() {
            check("never holds: condition", index, condition.seen_true);
            check("never fails: condition", index, condition.seen_false);
        }
        for (index, alternative) in seen.alternatives.iter().enumerate() {
            check("never decides: alternative", index, *alternative);
        }
        for (index, limit) in seen.limits.iter().enumerate() {
            check("never lets through: limit", index, limit.let_through);
            check("never turns away: limit", index, limit.turned_away);
        }
    }
    untouched
}
