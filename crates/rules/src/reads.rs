//! Which facts a measure reads: what a reader must keep, and what a changed fact touches.

use std::collections::BTreeSet;

use crate::compile::{operands, roots};
use crate::plan::{Key, LimitKind, Measure, Node, Plan};
use crate::vocabulary::{ColumnId, TableId, TableKind};

/// The columns that these measures read, by their conditions, amounts, dates and limits. Key columns count where a rule
/// or the measure's year needs them.
pub fn columns_read<'a>(plan: &Plan, measures: impl Iterator<Item = &'a Measure>) -> BTreeSet<(TableId, ColumnId)> {
    let mut read = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for measure in measures {
        let mut pending = roots(measure);
        while let Some(id) = pending.pop() {
            if seen.insert(id) {
                if let Node::Column(table, column) = plan.nodes[id].node {
                    read.insert((table, column));
                }
                pending.extend(operands(&plan.nodes[id].node));
            }
        }
        for limit in &measure.limits {
            match limit.kind {
                LimitKind::Once { key: Key::Column(column) }
                | LimitKind::TopUp { key: Key::Column(column) }
                | LimitKind::Top { key: Key::Column(column), .. }
                | LimitKind::Cap { key: Key::Column(column), .. } => {
                    read.insert((measure.basis.table, column));
                }
                _ => {}
            }
        }
        // A measure by year on a table of accounts reads its year.
        let table = &plan.vocabulary.tables[measure.basis.table];
        if table.kind != TableKind::Party {
            read.extend(table.year_column().map(|column| (measure.basis.table, column)));
        }
    }
    read
}
