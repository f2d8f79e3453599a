//! What is put forward of funds and waits for a second person, against the journal.

use serde::Deserialize;

use super::{Broken, Held, body, broken};
use crate::db::Snapshot;
use crate::funds::{Proposal, Returned, proposed};
use crate::journal::Entry;

/// What the journal has left open so far, each with its entry.
#[derive(Default)]
pub(super) struct Proposals {
    last: i64,
    open: Vec<(i64, Proposal)>,
    rejected: Vec<Returned>,
}

#[derive(Deserialize)]
struct Ended {
    proposal: Proposal,
    grounds: String,
}

impl Proposals {
    /// Takes note of an entry.
    pub(super) fn note(&mut self, entry: &Entry) -> Result<(), Broken> {
        match entry.kind.as_str() {
            "fund.proposed" => {
                let proposal: Proposal = body(entry)?;
                self.last = self.last.max(proposal.id);
                self.open.push((entry.seq, proposal));
            }
            "fund.confirmed" | "fund.rejected" => {
                let Ended { proposal, grounds } = body(entry)?;
                let Some(place) = self.open.iter().position(|(_, open)| *open == proposal) else {
                    return broken(
                        entry.seq,
                        "它所确认或退回的资金变动没有登记过",
                        "the change of a fund that it ends was never put forward",
                    );
                };
                self.open.remove(place);
                if let Some(by) = entry.actor.filter(|_| entry.kind == "fund.rejected") {
                    self.rejected.push(Returned { proposal, by, at: entry.at, grounds });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Holds what waits against it.
    pub(super) async fn check(&self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        let proposed::Proposals { last, open: there, returned } = proposed::proposals(snapshot).await?;
        held.push(Held::of("待第二人确认的资金变动", "changes of funds that wait", there.len()));
        for (seq, told) in &self.open {
            if !there.contains(told) {
                return broken(
                    *seq,
                    "它所登记的资金变动不在待确认的里面，或者内容不符",
                    "the change of a fund that it puts forward does not wait, or is another",
                );
            }
        }
        if let Some(one) = returned.iter().find(|one| !self.rejected.contains(one)) {
            return broken(
                0,
                format!("编号 {} 的资金变动没有这样退回过", one.proposal.id),
                format!("change {} of a fund was not sent back like this", one.proposal.id),
            );
        }
        if there.len() != self.open.len() || last != self.last {
            return broken(
                0,
                "待第二人确认的资金变动里有日志没有登记的",
                "a change of a fund waits that the journal has not put forward",
            );
        }
        Ok(())
    }
}
