//! Where a batch stands: how far it has come, and who made it, has signed it or has cancelled it.

use duixian_casework::batch::{Batch, BatchStage};
use duixian_rules::vocabulary::Lang;
use duixian_store::batches::Cancelled;

use super::batch::{People, at, person};
use super::{fund_of_year, masked};
use crate::locale::Text;
use crate::pages::work::rows::Names;
use crate::ui::{Facts, Steps};

/// How far it has come.
pub(super) fn steps(batch: &Batch) -> Steps {
    let names = [
        ("编制", "made"),
        ("第一人复核", "first release"),
        ("第二人放款", "second release"),
        ("送银行", "to the bank"),
        ("读入回单", "bank's answer"),
        ("对账完成", "settled"),
    ];
    let current = match batch.stage {
        BatchStage::Cancelled => 0,
        BatchStage::Drafted => 1,
        BatchStage::HalfReleased => 2,
        BatchStage::Released if batch.results.is_empty() => 3,
        BatchStage::Released => 4,
        // What is read waits for someone to look into it: that is not done.
        BatchStage::Settled if batch.is_doubted() => 4,
        BatchStage::Settled => 6,
    };
    Steps::at(names.into_iter().map(Text::from).collect(), current)
}

/// What it pays from, who made it, who has signed it or cancelled it, and what was read of the bank.
pub(super) fn facts(
    batch: &Batch,
    cancelled: Option<&Cancelled>,
    sees_accounts: bool,
    names: &Names,
    people: &People,
) -> Facts {
    let made = |lang| format!("{} {}", person(people, batch.created_by), at(batch.created_at, lang));
    let mut facts = Facts::default()
        .add(("资金", "Fund"), fund_of_year(names, &batch.fund, batch.year))
        .link(super::fund_href(&batch.fund, batch.year));
    if let Some(debtor) = batch.debtor.as_ref().filter(|_| batch.released_at.is_some()) {
        let number = if sees_accounts { debtor.number.clone() } else { masked(&debtor.number) };
        facts = facts.add(("付款账户", "Paid from"), Text::same(format!("{} {number} {}", debtor.holder, debtor.bank)));
    }
    facts = facts.add(("编制", "Made by"), Text::new(made(Lang::Zh), made(Lang::En)));
    // One signature is a check: nothing is released before the second, and nothing was of what is cancelled before it.
    let signed: Vec<String> = batch.released_by.iter().map(|user| person(people, *user)).collect();
    let (names, both) = (|between: &str| signed.join(between), ("放款人", "Released by"));
    facts = match (batch.stage, signed.len()) {
        (BatchStage::Cancelled, _) if batch.released_at.is_none() => facts,
        (_, 0) => facts.add(both, ("还没有人", "nobody yet")),
        (BatchStage::HalfReleased, _) => facts.add(("第一人复核", "Checked by the first"), Text::same(names(""))),
        _ => facts.add(both, Text::new(names("、"), names(", "))),
    };
    if let Some(Cancelled { by, at: moment, reason }) = cancelled {
        let who = by.map_or_else(String::new, |user| person(people, user));
        let when = |lang| format!("{who} {}", at(*moment, lang));
        facts = facts.add(("作废", "Cancelled by"), Text::new(when(Lang::Zh), when(Lang::En)));
        if !reason.is_empty() {
            facts = facts.add(("作废的理由", "Why it was cancelled"), Text::same(reason.clone()));
        }
    }
    if let Some(moment) = batch.released_at {
        facts = facts.add(("放款时间", "Released"), Text::new(at(moment, Lang::Zh), at(moment, Lang::En)));
    }
    for one in &batch.confirmed {
        let (who, count) = (person(people, one.by), one.cases.len());
        facts = facts.add(
            ("核实收款人", "Payees looked into"),
            Text::new(
                format!("{who} {}，{count} 笔", at(one.at, Lang::Zh)),
                format!("{who} {}, {count} payments", at(one.at, Lang::En)),
            ),
        );
    }
    let files = batch.results.len();
    if files > 0 {
        // The same file read again is one of those behind the link, and brings nothing new.
        let different = (format!("{files} 份不同的文件"), format!("{files} different file(s)"));
        facts = facts.add(("已读回单", "Answers read"), Text::new(different.0, different.1));
        facts = facts.link(format!("/finance/reports?batch={}", batch.id));
    }
    facts
}
