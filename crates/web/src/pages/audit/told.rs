//! What an entry has written down, as lines that people read: names for its fields, yuan, days and people for its numbers.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Role, UserId};
use duixian_casework::stage::Stage;
use duixian_ledger::AccountId;
use duixian_money::Fen;
use duixian_rules::plan::StepKind;
use duixian_rules::syntax::token::date_of;
use duixian_rules::vocabulary::Lang;
use serde_json::Value as Json;

use super::labels::{FIELDS, Is, WORDS};
use super::refs::{Accounts, Met};
use super::words::last_four;
use crate::format;
use crate::locale::Text;
use crate::pages::finance;
use crate::pages::work::rows::Names;

/// Whose names entries are told with.
pub(super) struct Known<'k> {
    /// People.
    pub people: &'k HashMap<UserId, String>,
    /// Measures, desks and funds.
    pub names: &'k Names,
    /// The accounts of the ledger.
    pub accounts: &'k Accounts,
    /// Cases, batches and transfers.
    pub met: &'k Met,
}

/// One line: a field and its value, or the heading of those below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// How far it is inside of others, from 0.
    pub depth: usize,
    pub label: Text,
    /// Empty for a heading.
    pub value: Text,
    /// Where that which it names is shown.
    pub href: Option<String>,
}

impl Line {
    fn new(depth: usize, label: Text, value: Text) -> Line {
        Line { depth, label, value, href: None }
    }
}

/// The lines of a document. Of accounts the last four digits are told. A word alone says no more than the entry's kind, and has none.
pub(super) fn lines(body: &str, known: &Known) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut told = Told { known, lines: &mut lines };
    match serde_json::from_str::<Json>(body) {
        Ok(Json::Array(items)) => {
            for (place, item) in items.iter().enumerate() {
                if items.len() > 1 {
                    let label = Text::new(format!("第 {} 项", place + 1), format!("item {}", place + 1));
                    told.lines.push(Line::new(0, label, Text::default()));
                }
                told.inside("", item, usize::from(items.len() > 1), false);
            }
        }
        Ok(document @ Json::Object(_)) => told.inside("", &document, 0, false),
        _ => {}
    }
    lines
}

/// The same on one line, for an export: a heading leads to what is below it.
pub(super) fn in_one(body: &str, known: &Known) -> Text {
    let in_lang = |lang: Lang, colon: &str, between: &str| {
        let (mut told, mut is_below) = (String::new(), true);
        for line in lines(body, known) {
            let (label, value) = (line.label.get(lang), line.value.get(lang));
            let mark = if is_below { "" } else { between };
            is_below = value.is_empty();
            told += &if is_below { format!("{mark}{label} › ") } else { format!("{mark}{label}{colon}{value}") };
        }
        told
    };
    Text::new(in_lang(Lang::Zh, "：", "；"), in_lang(Lang::En, ": ", "; "))
}

/// What differs between two documents of one kind, each with what it was and what it is.
pub(super) fn changes(before: &str, after: &str, known: &Known) -> Vec<Line> {
    let mut lines = Vec::new();
    let read = |body: &str| serde_json::from_str::<Json>(body).unwrap_or_default();
    let mut told = Told { known, lines: &mut lines };
    told.differences((&read(before), &read(after)), 0);
    lines
}

/// Whether nothing is said by a value.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// Whether it is an account of a bank, whose number is told by its last digits.
fn is_account(value: &Json) -> bool {
    value.get("holder").is_some() && value.get("bank").is_some()
}

struct Told<'l> {
    known: &'l Known<'l>,
    lines: &'l mut Vec<Line>,
}

impl Told<'_> {
    fn inside(&mut self, name: &str, value: &Json, depth: usize, is_account: bool) {
        match value {
            Json::Object(fields) => {
                let is_account = self::is_account(value);
                for (name, value) in fields {
                    self.field(name, value, depth, is_account);
                }
            }
            Json::Array(items) => {
                for item in items {
                    self.field(name, item, depth, is_account);
                }
            }
            _ => self.field(name, value, depth, is_account),
        }
    }

    fn field(&mut self, name: &str, value: &Json, depth: usize, is_account: bool) {
        if is_empty(value) {
            return;
        }
        let (is, label) = self.label(name);
        match value {
            Json::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
                let told: Vec<Text> = items.iter().map(|item| self.scalar(is, item)).collect();
                let joined =
                    |part: fn(&Text) -> &str, between: &str| told.iter().map(part).collect::<Vec<_>>().join(between);
                let value = Text::new(joined(|text| &text.zh, "、"), joined(|text| &text.en, ", "));
                self.lines.push(Line::new(depth, label, value));
            }
            Json::Array(items) => {
                for item in items {
                    self.field(name, item, depth, is_account);
                }
            }
            Json::Object(_) => {
                self.lines.push(Line::new(depth, label, Text::default()));
                self.inside(name, value, depth + 1, is_account);
            }
            Json::String(text) if is_account && name == "number" => {
                self.lines.push(Line::new(depth, ("账号", "account").into(), Text::same(last_four(text))));
            }
            scalar => {
                let met = scalar.as_i64().and_then(|id| self.known.met.get(&(is, id))?.as_ref());
                let line = Line::new(depth, label, self.scalar(is, scalar));
                self.lines.push(match met {
                    Some(shown) => Line { value: shown.text.clone(), href: shown.href.clone(), ..line },
                    None => line,
                });
            }
        }
    }

    /// The fields in which one document differs from another, inside of each other.
    fn differences(&mut self, (before, after): (&Json, &Json), depth: usize) {
        let fields = |value: &Json| value.as_object().into_iter().flat_map(|fields| fields.keys().cloned()).collect();
        let names: BTreeSet<String> = <BTreeSet<String>>::union(&fields(before), &fields(after)).cloned().collect();
        let has_account = is_account(before) || is_account(after);
        for name in names {
            let (was, is) = (before.get(&name).unwrap_or(&Json::Null), after.get(&name).unwrap_or(&Json::Null));
            if was == is || (is_empty(was) && is_empty(is)) {
                continue;
            }
            let (sort, label) = match name.as_str() {
                "number" if has_account => (Is::Plain, ("账号", "account").into()),
                name => self.label(name),
            };
            if was.is_object() || is.is_object() {
                self.lines.push(Line::new(depth, label, Text::default()));
                self.differences((was, is), depth + 1);
                continue;
            }
            let value = |value: &Json| match value {
                value if is_empty(value) => ("（空）", "(nothing)").into(),
                Json::String(text) if has_account && name == "number" => Text::same(last_four(text)),
                value => self.scalar(sort, value),
            };
            let (was, is) = (value(was), value(is));
            let changed = Text::new(format!("{} → {}", was.zh, is.zh), format!("{} → {}", was.en, is.en));
            self.lines.push(Line::new(depth, label, changed));
        }
    }

    fn label(&self, name: &str) -> (Is, Text) {
        if let Some((_, is, zh, en)) = FIELDS.iter().find(|(known, ..)| *known == name) {
            return (*is, (*zh, *en).into());
        }
        let event = super::words::event(name);
        (Is::Plain, event.or_else(|| word(name)).unwrap_or_else(|| Text::same(name.to_owned())))
    }

    fn scalar(&self, is: Is, value: &Json) -> Text {
        let number = value.as_i64();
        let dated = |day| Text::new(format::date(Lang::Zh, day), format::date(Lang::En, day));
        match (is, value, number) {
            (_, Json::Bool(true), _) => ("是", "yes").into(),
            (_, Json::Bool(false), _) => ("否", "no").into(),
            (Is::Money, _, Some(fen)) => Text::new(format::yuan(Lang::Zh, Fen(fen)), format::yuan(Lang::En, Fen(fen))),
            (Is::Moment, _, Some(at)) => {
                let at = Moment(at).local();
                Text::new(format::moment(Lang::Zh, at), format::moment(Lang::En, at))
            }
            (Is::Day, _, Some(days)) => dated(date_of(days)),
            (Is::User, _, Some(id)) => {
                Text::same(self.known.people.get(&UserId(id)).cloned().unwrap_or_else(|| format!("#{id}")))
            }
            (Is::Stage, Json::String(text), _) => Stage::from_word(text).map_or_else(
                || Text::same(text.clone()),
                |stage| Text::new(stage.label(Lang::Zh), stage.label(Lang::En)),
            ),
            (Is::Step, Json::String(text), _) => StepKind::ALL
                .into_iter()
                .find(|step| step.word() == text)
                .map_or_else(|| Text::same(text.clone()), |step| Text::new(step.label(Lang::Zh), step.label(Lang::En))),
            (Is::Role, Json::String(text), _) => role(text).unwrap_or_else(|| Text::same(text.clone())),
            (Is::Measure, Json::String(text), _) => self.known.names.measure(text),
            (Is::Desk, Json::String(text), _) => self.known.names.desk(text),
            (Is::Fund, Json::String(text), _) => self.known.names.fund(text),
            (Is::Account, _, Some(id)) => self
                .known
                .accounts
                .get(&AccountId(id))
                .map_or_else(|| Text::same(format!("#{id}")), |purpose| finance::purpose(purpose, self.known.names)),
            (_, Json::String(text), _) => match text.parse::<NaiveDate>() {
                Ok(day) => dated(day),
                // What was changed from and to is a moment of a round, and the roles of a user.
                Err(_) => word(text).or_else(|| role(text)).unwrap_or_else(|| Text::same(text.clone())),
            },
            (_, other, _) => Text::same(other.to_string()),
        }
    }
}

/// A word that stands in records, as people read it; none for another.
pub(super) fn word(text: &str) -> Option<Text> {
    WORDS.iter().find(|(known, _, _)| *known == text).map(|(_, zh, en)| (*zh, *en).into())
}

fn role(word: &str) -> Option<Text> {
    Role::from_word(word).map(|role| Text::new(role.label(Lang::Zh), role.label(Lang::En)))
}

#[cfg(test)]
mod tests {
    use duixian_ledger::Purpose;

    use super::*;
    use crate::pages::audit::refs::Shown;

    fn told(body: &str) -> Vec<String> {
        let people = HashMap::from([(UserId(7), "赵一".to_owned())]);
        let one = |line: &Line| {
            let href = line.href.as_ref().map_or_else(String::new, |href| format!(" → {href}"));
            format!("{}{}：{}{href}", "　".repeat(line.depth), line.label.zh, line.value.zh)
        };
        let fund = Purpose::Fund { fund: "创新资金".to_owned(), year: 2019 };
        let accounts = Accounts::from([(AccountId(3), fund)]);
        let case = Shown { text: Text::same("兑〔2019〕000023号"), href: Some("/work/cases/23".to_owned()) };
        let met = Met::from([((Is::Case, 23), Some(case)), ((Is::Case, 24), None)]);
        let known = Known { people: &people, names: &Names::default(), accounts: &accounts, met: &met };
        lines(body, &known).iter().map(one).collect()
    }

    #[test]
    fn a_case_is_told_by_its_number_and_leads_to_its_page() {
        let told = told(r#"{"subject":{"case":23,"memo":"年底"},"transfer":37}"#);
        assert_eq!(told, ["对象：", "　案件：兑〔2019〕000023号 → /work/cases/23", "　摘要：年底", "划转号：37"]);
    }

    #[test]
    fn a_decision_is_told_in_yuan_and_names() {
        let body = r#"{"decided":{"decision":{"amount":300000,"by":7,"reason":"同意","reservation":null}}}"#;
        assert_eq!(told(body), ["审定：", "　决定：", "　　金额：3,000元", "　　办理人：赵一", "　　理由：同意"]);
    }

    #[test]
    fn a_transfer_names_its_accounts() {
        let told = told(r#"{"debit":3,"credit":4,"amount":100}"#);
        assert_eq!(told, ["金额：1元", "入账账户：#4", "出账账户：创新资金 2019年度"]);
    }

    /// What the bank says that does not fit, what is put forward of a fund, and what is kept with an entry read as well as a decision.
    #[test]
    fn what_is_seldom_written_is_told_in_words() {
        let bodies = [
            r#"{"doubt":{"failed_again":{"end_to_end_id":"7-1","reason":"账户已销户","reference":"F9"}},"read_by":7,"grounds":"查对明细"}"#,
            r#"{"doubt":{"returned":{"end_to_end_id":"7-1","on":"2019-06-18","reason":"户名不符","reference":null}},"read_by":7}"#,
            r#"{"news":["7-1"],"open":300000,"doubts":[{"odd":{"amount":{"end_to_end_id":"7-1","sent":1,"said":2}}},{"odd":{"paid_after_all":"7-2"}}]}"#,
            r#"{"proposal":{"id":1,"what":{"share_out":"pro_rata"},"year":2019,"amount":300000,"by":7},"grounds":"年底"}"#,
            r#"{"proposal":{"id":2,"what":"take_back","year":2019,"amount":300000,"by":7},"grounds":"年底"}"#,
            r#"{"held":{"reason":"等核实","paused":{"stage":"formal_review","left":-1,"has_run_out":true,"was_due":"2019-03-21"}}}"#,
            r#"{"corrected":{"answers":["已上传"]},"kept":"0"}"#,
            r#"{"correction_asked":{"defects":[{"about":{"evidence":"贷款合同"},"text":"请补"}]},"hung":"0"}"#,
            r#"{"everywhere":true}"#,
            r#"{"name":"甲","must_change":true,"password":"0"}"#,
            r#"{"report":"bulk","kept":"0"}"#,
            r#"{"report":"settled","kept":"0"}"#,
            r#"{"row":"1","record":"2"}"#,
            r#"{"from":["finance"],"to":["intake","leader"]}"#,
            r#"{"from":1551659400000,"to":1551659500000}"#,
            r#"{"proposal":{"id":3,"what":{"close":"carry_over"},"year":2019,"amount":300000,"by":7},"grounds":"年底"}"#,
        ];
        for body in bodies {
            let told = told(body).join("\n");
            assert!(!told.contains(|one: char| one.is_ascii_lowercase() || one == '_'), "{told}");
        }
    }

    #[test]
    fn of_two_documents_what_changed_is_told_and_of_accounts_no_more_than_their_end() {
        let before = r#"{"name_zh":"甲局","name_en":"","contact":"0851-1","debtor":{"holder":"甲局","number":"6222000000000002","bank":"某银行"}}"#;
        let after = r#"{"name_zh":"甲局","name_en":null,"contact":"","debtor":{"holder":"甲局","number":"6222000000010002","bank":"另一银行"},"number_prefix":"甲兑"}"#;
        let (people, accounts, met) = (HashMap::new(), Accounts::new(), Met::new());
        let known = Known { people: &people, names: &Names::default(), accounts: &accounts, met: &met };
        let told = |before, after| {
            let lines = changes(before, after, &known);
            lines.iter().map(|line| format!("{} {}：{}", line.depth, line.label.zh, line.value.zh)).collect::<Vec<_>>()
        };
        let expected = [
            "0 联系方式：0851-1 → （空）",
            "0 付款账户：",
            "1 开户行：某银行 → 另一银行",
            "1 账号：**** 0002 → **** 0002",
            "0 文号字头：（空） → 甲兑",
        ];
        assert_eq!(told(before, after), expected);
        assert_eq!(told(before, before), [""; 0]);
        // An account that is set for the first time.
        assert!(told("{}", before).contains(&"1 账号：（空） → **** 0002".to_owned()));
    }

    #[test]
    fn accounts_are_masked_and_lists_told_in_one_line() {
        let body = r#"{"saved":{"account":{"holder":"甲","number":"6222000000000002","bank":"某银行"}},"roles":["finance","auditor"],"at":1551659400000}"#;
        let told = told(body).join("\n");
        assert!(told.contains("账号：**** 0002") && !told.contains("6222000000000002"), "{told}");
        assert!(told.contains("角色：财务、审计") && told.contains("2019年3月4日"), "{told}");
    }

    #[test]
    fn nothing_of_an_export_stands_without_its_label() {
        let cases = [
            (r#""closed""#, ""),
            (r#"[{"date":"2019-06-03","kind":"off","name":"停电"}]"#, "日期：2019年6月3日；种类：放假；名称：停电"),
            (r#"[{"name":"甲"},{"name":"乙"}]"#, "第 1 项 › 名称：甲；第 2 项 › 名称：乙"),
            (r#"{"decided":{"decision":{"amount":300000,"by":7}}}"#, "审定 › 决定 › 金额：3,000元；办理人：赵一"),
            (
                r#"{"odd":{"amount":{"end_to_end_id":"DX2019-0005-1","said":100000,"sent":10000000}}}"#,
                "对不上的 › 金额 › 付款号：DX2019-0005-1；银行所说：1,000元；发出金额：100,000元",
            ),
        ];
        let people = HashMap::from([(UserId(7), "赵一".to_owned())]);
        for (body, expected) in cases {
            let (accounts, met) = (Accounts::new(), Met::new());
            let known = Known { people: &people, names: &Names::default(), accounts: &accounts, met: &met };
            assert_eq!(in_one(body, &known).zh, expected, "{body}");
        }
    }
}
