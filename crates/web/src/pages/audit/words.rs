//! The kinds of the journal in words, what entries are about, and documents with accounts masked.

use std::collections::HashMap;

use duixian_casework::people::UserId;
use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;
use duixian_store::batches::REPORT as SETTLED;
use duixian_store::journal::Entry;
use serde_json::Value as Json;

use super::refs::{self, Accounts, Met, Shown};
use crate::format;
use crate::forms::Choice;
use crate::locale::Text;
use crate::pages::work::report::KIND as BULK;
use crate::pages::work::rows::Names;
use crate::portal::Portal;
use crate::problem::Problem;

/// The areas of the journal: the beginning of their kinds, and what they are called.
const AREAS: [(&str, &str, &str); 15] = [
    ("case.", "案件", "cases"),
    ("transfer", "资金划转", "transfers"),
    ("batch.", "拨付批次", "payment batches"),
    ("account.", "资金账户", "accounts of funds"),
    ("fund.", "资金变动和分配", "changes of funds"),
    ("user.", "用户和登录", "users and sessions"),
    ("delegation.", "经办授权", "delegations"),
    ("round.", "申报批次", "rounds"),
    ("pack.", "规则包", "packs"),
    ("facts.", "企业数据", "facts"),
    ("calendar.", "工作日历", "calendar"),
    ("file.", "附件", "files"),
    ("report.", "办理结果", "results of forms"),
    ("settings.", "设置", "settings"),
    ("clock.", "演示时钟", "demonstration clock"),
];

/// Who does what nobody who has signed in does.
pub(super) fn nobody(kind: &str) -> Text {
    match kind {
        "case.objected" => ("公众", "the public").into(),
        _ => ("系统", "the system").into(),
    }
}

/// Kinds in words; what is not here stands under its area's name.
const KINDS: [(&str, &str, &str); 98] = [
    ("case.opened", "开始填写", "begun"),
    ("case.saved", "保存草稿", "saved"),
    ("case.evidence_added", "提交佐证", "evidence added"),
    ("case.evidence_removed", "删除佐证", "evidence removed"),
    ("case.draft_reminded", "提醒提交草稿", "reminded of the draft"),
    ("case.draft_missed", "告知草稿没有赶上批次", "told that the draft missed its round"),
    ("case.submitted", "提交申请", "submitted"),
    ("case.accepted", "受理", "accepted"),
    ("case.not_accepted", "不予受理", "not accepted"),
    ("case.correction_asked", "通知补正", "correction asked"),
    ("case.correction_reminded", "提醒补正期限", "reminded of the correction"),
    ("case.deadline_moved", "期限顺延", "put off"),
    ("case.corrected", "提交补正", "corrected"),
    ("case.taken_up", "领办", "taken up"),
    ("case.statement_found", "核实填报", "statement examined"),
    ("case.facts_confirmed", "确认登记事实", "registered facts confirmed"),
    ("case.evidence_found", "核验佐证", "evidence examined"),
    ("case.number_distinguished", "认定编号不同", "numbers found to be two"),
    ("case.reassessed", "重新评定", "assessed again"),
    ("case.reviewed", "审核意见", "reviewed"),
    ("case.sent_back", "退回审核", "sent back"),
    ("case.ran_late", "超期离开岗位", "left the desk late"),
    ("case.held", "暂缓", "held"),
    ("case.resumed", "恢复办理", "resumed"),
    ("case.decided", "审定", "decided"),
    ("case.queued", "轮候", "queued"),
    ("case.funded", "安排资金", "funded"),
    ("case.declined", "不予支持", "declined"),
    ("case.payment_ended", "终止拨付", "payment ended"),
    ("case.revocation_proposed", "提请撤销审定", "proposed to revoke the decision"),
    ("case.revocation_dropped", "不撤销审定", "the decision stands"),
    ("case.revoked", "撤销审定", "decision revoked"),
    ("case.notice_published", "公示", "published"),
    ("case.objected", "收到异议", "objection"),
    ("case.replied", "申请单位陈述意见", "the party's reply"),
    ("case.objection_answered", "答复异议", "objection answered"),
    ("case.notice_ended", "公示结束", "notice ended"),
    ("case.put_in_batch", "列入批次", "put in a batch"),
    ("case.taken_out_of_batch", "移出批次", "taken out of a batch"),
    ("case.reserved", "预留资金", "money reserved"),
    ("case.half_released", "第一人复核", "released by the first of two"),
    ("case.payment_released", "放款", "payment released"),
    ("case.paid", "到账", "paid"),
    ("case.paid_after_all", "银行称以前失败的一笔已付", "paid after all, by what the bank says"),
    ("case.failed_after_all", "银行再次称该笔未付", "failed after all, by what the bank says"),
    ("case.reference_corrected", "更正银行流水", "the bank's number corrected"),
    ("case.payment_returned", "已付款项退汇", "a payment came back"),
    ("case.payment_failed", "拨付失败", "payment failed"),
    ("case.account_reminded", "提醒更正收款账户", "reminded of the account"),
    ("case.ending_proposed", "提请终止拨付", "proposed to end the payment"),
    ("case.ending_dropped", "不终止拨付", "the payment is not ended"),
    ("case.account_corrected", "更正账户", "account corrected"),
    ("case.closed", "办结", "closed"),
    ("case.withdrawn", "撤回", "withdrawn"),
    ("transfer", "资金划转", "transfer"),
    ("account.opened", "设立账户", "account opened"),
    ("batch.made", "编制批次", "batch made"),
    ("batch.released", "放款", "batch released"),
    ("batch.cancelled", "作废批次", "batch cancelled"),
    ("batch.results_read", "读入银行回单", "the bank's answer read"),
    ("batch.case_taken_out", "移出案件", "a case taken out"),
    ("batch.file_fetched", "下载付款文件", "the file for the bank fetched"),
    ("batch.doubt_confirmed", "第二人确认回单", "the bank's answer confirmed by a second person"),
    ("batch.doubt_raised", "提出退汇记录有误", "put forward that a return was recorded wrongly"),
    ("batch.doubt_dismissed", "核实回单，维持原记录", "the bank's answer looked into; the record stands"),
    ("batch.told_of_payment", "批次注明前一笔付款的情况", "told of the payment before"),
    ("user.created", "建立用户", "user made"),
    ("user.roles", "改角色和岗位", "roles changed"),
    ("user.password", "改密码", "password changed"),
    ("user.activated", "恢复使用", "activated"),
    ("user.deactivated", "停用", "deactivated"),
    ("user.locked", "多次输错密码，锁定", "locked after wrong passwords"),
    ("user.signed_in", "登录", "signed in"),
    ("user.signed_out", "退出", "signed out"),
    ("delegation.granted", "登记授权", "delegation granted"),
    ("delegation.revoked", "撤销授权", "delegation revoked"),
    ("round.opened", "开批", "round opened"),
    ("round.renewed", "换用最新规则和数据", "round put on the newest rules and facts"),
    ("round.closing_changed", "改截止日期", "closing moved"),
    ("round.opening_changed", "改开始日期", "opening moved"),
    ("round.withdrawn", "撤销批次", "round withdrawn"),
    ("pack.installed", "安装规则包", "pack installed"),
    ("facts.imported", "导入数据", "facts imported"),
    ("facts.changed", "更正数据", "fact corrected"),
    ("calendar.set", "录入日历", "calendar entered"),
    ("calendar.removed", "取消日历", "calendar day taken out"),
    ("file.kept", "保存附件", "file kept"),
    ("file.dropped", "清除无主附件", "file dropped that nothing uses"),
    ("settings.changed", "改设置", "settings changed"),
    ("settings.demo", "设为演示", "made a demonstration"),
    (
        "fund.proposed",
        "登记资金变动或者提请分配，待第二人确认",
        "a change of a fund, or how it is shared out, put forward",
    ),
    ("fund.confirmed", "第二人确认资金变动或者分配", "a change of a fund confirmed by a second person"),
    ("fund.rejected", "退回资金变动或者分配", "a change of a fund rejected"),
    ("fund.carry_rule", "改余额规则", "carry rule changed"),
    ("report.kept", "留存办理结果", "result of a form kept"),
    ("clock.advanced", "演示时钟向前", "clock moved"),
    ("batch.half_released", "第一人复核", "released by the first of two"),
    ("batch.settled", "对账完成", "settled"),
];

/// An entry in words. The first of the two who release a payment moves no money: that is told from the release itself; so is who
/// sends a proposal back from who takes their own back, and a transfer by what it does.
pub(super) fn entry(entry: &Entry, accounts: &Accounts) -> Text {
    let body = || serde_json::from_str::<Json>(&entry.body).unwrap_or_default();
    let word = match entry.kind.as_str() {
        "batch.settled" => return settled(&body()),
        "fund.proposed" | "fund.confirmed" | "fund.rejected" => return of_proposal(entry, &body()),
        "transfer" => {
            let told = self::kind("transfer");
            return match refs::kind_of_transfer(&entry.body, accounts) {
                Some(kind) => Text::new(format!("{}：{}", told.zh, kind.zh), format!("{}: {}", told.en, kind.en)),
                None => told,
            };
        }
        "batch.released" if body()["second"] == Json::Bool(false) => "batch.half_released",
        "case.payment_released" if releasers(&body()) == Some(1) => "case.half_released",
        kind => kind,
    };
    self::kind(word)
}

/// What came of an answer of the bank: a batch is settled once an answer leaves nothing of it open, and brings up nothing that is to be
/// looked into.
fn settled(body: &Json) -> Text {
    let many = |name: &str| body[name].as_array().map(Vec::len);
    let (has_no_news, doubts) = (many("news") == Some(0), many("doubts").unwrap_or(0));
    let told = match body["open"].as_i64() {
        Some(0) if !has_no_news && doubts == 0 => kind("batch.settled"),
        _ => kind("batch.results_read"),
    };
    let (mut zh, mut en) = (vec![told.zh.into_owned()], vec![told.en.into_owned()]);
    let mut add = |in_zh: String, in_en: String| {
        zh.push(in_zh);
        en.push(in_en);
    };
    // A file that says two things of a payment has an entry for each: what the second brings up is not all that came of the file.
    if has_no_news && doubts == 0 {
        add("没有新记的付款".to_owned(), "no payment recorded by it".to_owned());
    }
    if let Some(open @ 1..) = body["open"].as_i64() {
        let open = |lang| format::yuan(lang, Fen(open));
        add(format!("还有 {}未回", open(Lang::Zh)), format!("{} still open", open(Lang::En)));
    }
    if doubts > 0 {
        add(format!("提出 {doubts} 项待核实"), format!("{doubts} to be looked into"));
    }
    Text::new(zh.join("，"), en.join(", "))
}

/// What was put forward of a fund, and what became of it.
fn of_proposal(entry: &Entry, body: &Json) -> Text {
    let proposal = if entry.kind == "fund.proposed" { body } else { &body["proposal"] };
    let what = &proposal["what"];
    let word = what.as_str().or_else(|| what.as_object()?.keys().next().map(String::as_str));
    let Some(named) = word.and_then(super::told::word) else { return kind(&entry.kind) };
    let is_own = entry.actor.is_some_and(|actor| proposal["by"].as_i64() == Some(actor.0));
    let (zh, en) = match entry.kind.as_str() {
        "fund.proposed" => ("登记或提请，待第二人确认", "put forward, for a second person"),
        "fund.confirmed" => ("第二人确认", "confirmed by a second person"),
        _ if is_own => ("提请人撤回", "taken back by who put it forward"),
        _ => ("退回", "rejected"),
    };
    Text::new(format!("{}：{zh}", named.zh), format!("{}: {en}", named.en))
}

/// How many people a case's release names.
fn releasers(body: &Json) -> Option<usize> {
    match body {
        Json::Object(fields) => match fields.get("by") {
            Some(Json::Array(by)) => Some(by.len()),
            _ => fields.values().find_map(releasers),
        },
        _ => None,
    }
}

/// The area of a kind in words.
pub(super) fn area(kind: &str) -> Text {
    let found = AREAS.iter().find(|(start, _, _)| kind.starts_with(start));
    found.map_or_else(|| Text::same(kind.to_owned()), |(_, zh, en)| (*zh, *en).into())
}

/// A kind in words.
fn kind(kind: &str) -> Text {
    if let Some((_, zh, en)) = KINDS.iter().find(|(known, _, _)| *known == kind) {
        return (*zh, *en).into();
    }
    match AREAS.iter().find(|(start, _, _)| kind.starts_with(start)) {
        Some((start, zh, en)) => {
            let rest = kind.strip_prefix(start).unwrap_or("").replace('_', " ");
            Text::new(format!("{zh}：{rest}"), format!("{en}: {rest}"))
        }
        None => Text::same(kind.to_owned()),
    }
}

/// What an event of a case is called; none for another word.
pub(super) fn event(word: &str) -> Option<Text> {
    let found = KINDS.iter().find(|(known, _, _)| known.strip_prefix("case.") == Some(word));
    found.map(|(_, zh, en)| (*zh, *en).into())
}

/// The areas, as choices of a filter.
pub(super) fn areas() -> Vec<Choice> {
    AREAS.iter().map(|(start, zh, en)| Choice::new(*start, (*zh, *en))).collect()
}

/// What an entry is about, in words, and where that is shown. What it looks up is kept for the entries that follow.
pub(super) async fn subject(
    portal: &Portal,
    people: &HashMap<UserId, String>,
    (names, accounts): (&Names, &Accounts),
    entry: &Entry,
    met: &mut Met,
) -> Result<(Text, Option<String>), Problem> {
    let (sort, number) = entry.subject.split_once('/').unwrap_or((&entry.subject, ""));
    let id = number.parse::<i64>().ok();
    let numbered = |zh: &str, en: &str| Text::new(format!("{zh} {number}"), format!("{en} {number}"));
    let shown = |shown: Option<Shown>, otherwise: Text| match shown {
        Some(shown) => (shown.text, shown.href),
        None => (otherwise, None),
    };
    Ok(match (sort, id) {
        ("case", Some(id)) => shown(refs::case(portal, id, met).await?, numbered("案件", "case")),
        ("batch", Some(id)) => shown(refs::batch(portal, id, met).await?, numbered("批次", "batch")),
        ("transfer", _) => {
            let found = refs::of_transfer(portal, names, accounts, &entry.body, met).await?;
            shown(found, numbered("划转", "transfer"))
        }
        ("user", Some(id)) => {
            let name = people.get(&UserId(id)).cloned();
            (name.map_or_else(|| numbered("用户", "user"), Text::same), None)
        }
        ("account", _) => (numbered("资金账户", "account"), None),
        ("delegation", _) => (numbered("授权", "delegation"), None),
        ("round", Some(id)) => (Text::same(portal.store.round(id).await?.name), None),
        ("pack", _) => (numbered("规则包", "pack"), None),
        ("facts", _) => (numbered("数据版本", "facts, version"), None),
        ("file", _) => {
            let start: String = number.chars().take(12).collect();
            (Text::new(format!("附件 {start}…"), format!("file {start}…")), None)
        }
        ("fund", _) => (names.fund(number), Some("/finance".to_owned())),
        ("calendar", _) => (("工作日历", "calendar").into(), None),
        ("report", Some(id)) => (numbered("办理结果", "result of a form"), address_of_report(&entry.body, id)),
        ("sign-in", _) => (("登录页", "the sign-in page").into(), None),
        ("settings", _) => (("设置", "settings").into(), None),
        ("clock", _) => (("演示时钟", "clock").into(), None),
        _ => (Text::same(entry.subject.clone()), None),
    })
}

/// Where a report is shown, by its kind.
fn address_of_report(body: &str, id: i64) -> Option<String> {
    let body = serde_json::from_str::<Json>(body).ok()?;
    match body["report"].as_str()? {
        SETTLED => Some(format!("/finance/results/{id}")),
        BULK => Some(format!("/work/reports/{id}")),
        _ => None,
    }
}

/// A document for reading: with accounts masked but for their last four digits, whatever they are inside of.
pub(super) fn masked(body: &str) -> String {
    match serde_json::from_str::<Json>(body) {
        Ok(mut document) => {
            mask(&mut document);
            serde_json::to_string_pretty(&document).unwrap_or_default()
        }
        Err(_) => body.to_owned(),
    }
}

fn mask(document: &mut Json) {
    match document {
        Json::Object(fields) => {
            let is_account = fields.contains_key("holder") && fields.contains_key("bank");
            for (name, value) in fields.iter_mut() {
                match value {
                    Json::String(text) if is_account && name == "number" => *text = last_four(text),
                    other => mask(other),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

/// The last four digits of an account.
pub(super) fn last_four(number: &str) -> String {
    let count = number.chars().count();
    let shown: String = number.chars().skip(count.saturating_sub(4)).collect();
    format!("**** {shown}")
}

#[cfg(test)]
mod tests {
    use duixian_casework::event::WORDS;
    use duixian_casework::moment::Moment;

    use super::*;

    #[test]
    fn accounts_are_masked_wherever_they_are() {
        let body =
            r#"{"saved":{"account":{"holder":"甲","number":"6222000000000002","bank":"某银行"},"number":"12345"}}"#;
        let text = masked(body);
        assert!(!text.contains("6222000000000002") && text.contains("**** 0002") && text.contains("12345"), "{text}");
    }

    #[test]
    fn every_kind_has_words() {
        let of_cases = WORDS.iter().map(|word| format!("case.{word}"));
        for word in of_cases.chain(duixian_store::journal::KINDS.map(str::to_owned)) {
            assert!(KINDS.iter().any(|(known, _, _)| *known == word), "{word} has no words of its own");
        }
        // One that a later version has written stands under its area's name.
        for word in ["case.something_new", "nothing"] {
            assert!(!kind(word).is_empty());
        }
        assert_eq!(kind("case.decided").zh, "审定");
    }

    fn told(kind: &str, body: &str) -> String {
        let (kind, body, subject) = (kind.to_owned(), body.to_owned(), String::new());
        let (prev, hash) = (String::new(), String::new());
        let one = Entry { seq: 1, at: Moment(0), actor: Some(UserId(8)), kind, subject, body, prev, hash };
        entry(&one, &Accounts::new()).zh.into_owned()
    }

    #[test]
    fn a_batch_is_settled_once_nothing_of_it_is_open() {
        let read = |news: &str, open: i64, doubts: &str| {
            let body = format!(r#"{{"news":[{news}],"paid":5,"failed":0,"open":{open},"doubts":[{doubts}]}}"#);
            told("batch.settled", &body)
        };
        assert_eq!(read(r#""7-1""#, 0, ""), "对账完成");
        assert_eq!(read(r#""7-1""#, 1_100_000, ""), "读入银行回单，还有 11,000元未回");
        // Doubts settle nothing, though nothing is open.
        assert_eq!(read(r#""7-1""#, 0, r#"{"odd":{}}"#), "读入银行回单，提出 1 项待核实");
        assert_eq!(read("", 0, r#"{"odd":{}},{"odd":{}}"#), "读入银行回单，提出 2 项待核实");
        assert_eq!(read("", 1_100_000, r#"{"odd":{}}"#), "读入银行回单，还有 11,000元未回，提出 1 项待核实");
        assert_eq!(read("", 0, ""), "读入银行回单，没有新记的付款");
    }

    #[test]
    fn who_takes_their_own_proposal_back_sends_nothing_back() {
        let ended = |by: i64| {
            let body = format!(r#"{{"proposal":{{"id":1,"what":"appropriate","by":{by}}},"grounds":"金额写错"}}"#);
            told("fund.rejected", &body)
        };
        assert_eq!((ended(8), ended(9)), ("安排：提请人撤回".to_owned(), "安排：退回".to_owned()));
        assert_eq!(told("fund.proposed", r#"{"what":"take_back","by":8}"#), "收回安排：登记或提请，待第二人确认");
    }

    #[test]
    fn the_first_release_is_told_from_the_second() {
        assert_eq!(told("batch.released", r#"{"by":8,"second":false,"total":1}"#), "第一人复核");
        assert_eq!(told("batch.released", r#"{"by":9,"second":true,"total":1}"#), "放款");
        assert_eq!(told("case.payment_released", r#"{"what":{"payment_released":{"by":[8]}}}"#), "第一人复核");
        assert_eq!(told("case.payment_released", r#"{"what":{"payment_released":{"by":[8,9]}}}"#), "放款");
        assert_eq!(area("user.signed_in").zh, "用户和登录");
    }
}
