//! What an entry has written down, as lines that people read: names for its fields, yuan, days and people for its numbers.

use std::collections::HashMap;

use duixian_casework::moment::Moment;
use duixian_casework::people::{Role, UserId};
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::syntax::token::date_of;
use duixian_rules::vocabulary::Lang;
use serde_json::Value as Json;

use super::words::last_four;
use crate::format;
use crate::locale::Text;

/// One line: a field and its value, or the heading of those below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// How far it is inside of others, from 0.
    pub depth: usize,
    pub label: Text,
    /// Empty for a heading.
    pub value: Text,
}

/// What the number or the text of a field is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    /// As it stands.
    Plain,
    /// An amount in fen.
    Money,
    /// A moment, in milliseconds.
    Moment,
    /// A day, counted from 1970.
    Day,
    /// A user's number.
    User,
    /// The word of a stage.
    Stage,
    /// The word of a role.
    Role,
}

/// The names of fields. One that is not here stands under its own name.
const FIELDS: [(&str, Is, &str, &str); 128] = [
    ("about", Is::Plain, "关于", "about"),
    ("account", Is::Plain, "收款账户", "account"),
    ("added", Is::Plain, "新增（行）", "rows added"),
    ("amount", Is::Money, "金额", "amount"),
    ("answer", Is::Plain, "答复", "answer"),
    ("as_of", Is::Plain, "依据截至", "bases up to"),
    ("assessed", Is::Plain, "按规则评定", "as assessed"),
    ("at", Is::Moment, "时间", "at"),
    ("bank", Is::Plain, "开户行", "bank"),
    ("bank_code", Is::Plain, "联行号", "bank code"),
    ("basis", Is::Plain, "依据编号", "basis"),
    ("batch", Is::Plain, "批次", "batch"),
    ("by", Is::User, "办理人", "by"),
    ("by_decider", Is::Plain, "由审定人员答复", "answered by a decision maker"),
    ("case", Is::Plain, "案件", "case"),
    ("cell", Is::Plain, "填报的一项", "fact"),
    ("changed", Is::Plain, "变化（行）", "rows changed"),
    ("claim", Is::Plain, "计入", "claim"),
    ("clause", Is::Plain, "条款", "clause"),
    ("closes_at", Is::Moment, "截止", "closes"),
    ("column", Is::Plain, "栏目", "column"),
    ("conditions", Is::Plain, "使用要求", "conditions of use"),
    ("confirmed", Is::Plain, "核实过的户名", "holders looked into"),
    ("contact", Is::Plain, "联系方式", "contact"),
    ("credit", Is::Plain, "入账账户", "credited account"),
    ("date", Is::Plain, "日期", "date"),
    ("day", Is::Day, "依据日期", "day of the basis"),
    ("days", Is::Plain, "工作日", "working days"),
    ("debit", Is::Plain, "出账账户", "debited account"),
    ("debtor", Is::Plain, "付款账户", "account that pays"),
    ("decision", Is::Plain, "决定", "decision"),
    ("defects", Is::Plain, "要补正的", "defects"),
    ("desk", Is::Plain, "岗位", "desk"),
    ("desks", Is::Plain, "岗位", "desks"),
    ("digest", Is::Plain, "文件校验值", "digest of the file"),
    ("dispute", Is::Plain, "对登记内容的异议", "what is disputed"),
    ("due", Is::Plain, "期限", "due"),
    ("end_to_end_id", Is::Plain, "付款号", "payment number"),
    ("ended", Is::Plain, "不再有的（行）", "rows that ended"),
    ("expires_on", Is::Plain, "预留到", "reserved until"),
    ("fact", Is::Plain, "事实", "fact"),
    ("facts", Is::Plain, "企业数据版本", "version of the facts"),
    ("failed", Is::Money, "失败", "failed"),
    ("file", Is::Plain, "文件", "file"),
    ("finding", Is::Plain, "核实结果", "finding"),
    ("full", Is::Money, "限额前金额", "before limits"),
    ("fund", Is::Plain, "资金", "fund"),
    ("funded", Is::Money, "安排金额", "funded"),
    ("given_up", Is::Plain, "确认不再要的英文名", "English names given up"),
    ("granted", Is::Money, "已享受", "granted before"),
    ("grounds", Is::Plain, "事实和理由", "grounds"),
    ("hash", Is::Plain, "校验值", "hash"),
    ("high", Is::Money, "最高", "at most"),
    ("holder", Is::Plain, "户名", "holder"),
    ("holds", Is::Plain, "属实", "holds"),
    ("id", Is::Plain, "编号", "number"),
    ("in_error", Is::Plain, "有错的（行）", "rows in error"),
    ("issued_on", Is::Plain, "签发日期", "issued on"),
    ("issuer", Is::Plain, "签发单位", "issuer"),
    ("keys", Is::Plain, "计入的限额", "counted together by"),
    ("kind", Is::Plain, "种类", "kind"),
    ("left", Is::Plain, "剩余工作日", "working days left"),
    ("limit", Is::Plain, "账户规则", "rule of the account"),
    ("lines", Is::Plain, "付款", "payments"),
    ("login", Is::Plain, "登录名", "login"),
    ("low", Is::Money, "最低", "at least"),
    ("measure", Is::Plain, "措施", "measure"),
    ("measures", Is::Plain, "措施", "measures"),
    ("media_type", Is::Plain, "文件类型", "type of the file"),
    ("memo", Is::Plain, "摘要", "memo"),
    ("name", Is::Plain, "名称", "name"),
    ("name_en", Is::Plain, "英文名称", "English name"),
    ("name_zh", Is::Plain, "中文名称", "Chinese name"),
    ("news", Is::Plain, "新记的付款", "payments recorded"),
    ("note", Is::Plain, "说明", "note"),
    ("notice_goes_on", Is::Plain, "公示继续到", "notice goes on until"),
    ("number", Is::Plain, "编号", "number"),
    ("number_prefix", Is::Plain, "文号字头", "prefix of numbers"),
    ("on", Is::Plain, "付款日", "paid on"),
    ("open", Is::Money, "未回", "open"),
    ("opens_at", Is::Moment, "开始", "opens"),
    ("opinion", Is::Plain, "意见", "opinion"),
    ("outcome", Is::Plain, "结果", "outcome"),
    ("pack", Is::Plain, "规则包版本", "version of the pack"),
    ("paid", Is::Money, "已付", "paid"),
    ("party", Is::Plain, "单位", "party"),
    ("paused", Is::Plain, "暂停的环节", "what is paused"),
    ("payable_from", Is::Plain, "可拨付之日", "payable from"),
    ("pending", Is::Plain, "所结的预留", "reservation"),
    ("priority", Is::Plain, "优先次序", "priority"),
    ("proposal", Is::Plain, "提请的内容", "proposal"),
    ("proposed_by", Is::User, "提请人", "proposed by"),
    ("purpose", Is::Plain, "用途", "purpose"),
    ("read", Is::Plain, "读到（行）", "rows read"),
    ("reason", Is::Plain, "理由", "reason"),
    ("recommends", Is::Plain, "建议", "recommends"),
    ("reference", Is::Plain, "银行流水", "bank's reference"),
    ("registered", Is::Plain, "登记的事实", "registered facts"),
    ("remark", Is::Plain, "公开说明", "remark for the public"),
    ("roles", Is::Role, "角色", "roles"),
    ("round", Is::Plain, "批次", "round"),
    ("rows", Is::Plain, "行数", "rows"),
    ("rule", Is::Plain, "分配方式", "rule"),
    ("second", Is::Plain, "第二人", "the second person"),
    ("sha256", Is::Plain, "文件校验值", "digest of the file"),
    ("shares", Is::Plain, "各件分多少", "shares"),
    ("sharing", Is::Plain, "资金分配", "sharing out"),
    ("short", Is::Money, "少给", "short by"),
    ("size", Is::Plain, "大小（字节）", "size in bytes"),
    ("source", Is::Plain, "来源", "source"),
    ("span", Is::Plain, "应得幅度", "span"),
    ("stage", Is::Stage, "环节", "stage"),
    ("standing", Is::Plain, "评定结果", "standing"),
    ("statements", Is::Plain, "填报内容", "statements"),
    ("step", Is::Plain, "环节", "step"),
    ("subject", Is::Plain, "对象", "subject"),
    ("support", Is::Money, "建议支持", "support of"),
    ("table", Is::Plain, "数据表", "table"),
    ("tables", Is::Plain, "各表", "tables"),
    ("text", Is::Plain, "内容", "text"),
    ("total", Is::Money, "合计", "total"),
    ("transfer", Is::Plain, "划转号", "transfer"),
    ("until", Is::Plain, "到", "until"),
    ("upheld", Is::Plain, "异议成立", "upheld"),
    ("user", Is::User, "用户", "user"),
    ("value", Is::Plain, "值", "value"),
    ("values", Is::Plain, "用到的数据", "values"),
    ("void", Is::Plain, "失效的复核", "release that counts no more"),
];

/// Words that stand in records, as people read them.
const WORDS: [(&str, &str, &str); 25] = [
    ("Appropriation", "安排", "appropriation"),
    ("CarryOver", "结转", "carry over"),
    ("DebitsWithinCredits", "支出不超过收入", "debits within credits"),
    ("FirstDecided", "先审定先保障", "first decided"),
    ("Fund", "资金", "fund"),
    ("Lapse", "收回", "lapse"),
    ("Lapsed", "已收回", "lapsed"),
    ("Paid", "已拨付", "paid"),
    ("Pending", "预留", "reservation"),
    ("Post", "拨付", "payment"),
    ("Priority", "按优先级", "by priority"),
    ("ProRata", "按比例", "pro rata"),
    ("Single", "一次划转", "single transfer"),
    ("Treasury", "财政", "treasury"),
    ("Unlimited", "不限", "unlimited"),
    ("Void", "释放预留", "release"),
    ("account", "收款账户", "account"),
    ("back_to_review", "退回审核", "back to review"),
    ("conditional", "在幅度内", "within a span"),
    ("decline", "不予支持", "decline"),
    ("entitled", "应得", "entitled"),
    ("go_on", "转下一步", "go on"),
    ("other", "其他", "other"),
    ("pending", "待定", "pending"),
    ("support", "建议支持", "support"),
];

/// The lines of a document. Of accounts the last four digits are told. A word alone says no more than the entry's kind, and has none.
pub(super) fn lines(body: &str, people: &HashMap<UserId, String>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut told = Told { people, lines: &mut lines };
    match serde_json::from_str::<Json>(body) {
        Ok(Json::Array(items)) => {
            for (place, item) in items.iter().enumerate() {
                if items.len() > 1 {
                    let label = Text::new(format!("第 {} 项", place + 1), format!("item {}", place + 1));
                    told.lines.push(Line { depth: 0, label, value: Text::default() });
                }
                told.inside("", item, usize::from(items.len() > 1), false);
            }
        }
        Ok(document @ Json::Object(_)) => told.inside("", &document, 0, false),
        _ => {}
    }
    lines
}

/// The same on one line, for an export: a heading stands right before what is below it.
pub(super) fn in_one(body: &str, people: &HashMap<UserId, String>) -> Text {
    let in_lang = |lang: Lang, colon: &str, between: &str| {
        let (mut told, mut is_below) = (String::new(), true);
        for line in lines(body, people) {
            let value = line.value.get(lang);
            let mark = if is_below { "" } else { between };
            told = format!("{told}{mark}{}{colon}{value}", line.label.get(lang));
            is_below = value.is_empty();
        }
        told
    };
    Text::new(in_lang(Lang::Zh, "：", "；"), in_lang(Lang::En, ": ", "; "))
}

struct Told<'l> {
    people: &'l HashMap<UserId, String>,
    lines: &'l mut Vec<Line>,
}

impl Told<'_> {
    fn inside(&mut self, name: &str, value: &Json, depth: usize, is_account: bool) {
        match value {
            Json::Object(fields) => {
                let is_account = fields.contains_key("holder") && fields.contains_key("bank");
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
        let is_empty = match value {
            Json::Null => true,
            Json::String(text) => text.is_empty(),
            Json::Array(items) => items.is_empty(),
            Json::Object(fields) => fields.is_empty(),
            _ => false,
        };
        if is_empty {
            return;
        }
        let (is, label) = self.label(name);
        match value {
            Json::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
                let told: Vec<Text> = items.iter().map(|item| self.scalar(is, item)).collect();
                let joined =
                    |part: fn(&Text) -> &str, between: &str| told.iter().map(part).collect::<Vec<_>>().join(between);
                let value = Text::new(joined(|text| &text.zh, "、"), joined(|text| &text.en, ", "));
                self.lines.push(Line { depth, label, value });
            }
            Json::Array(items) => {
                for item in items {
                    self.field(name, item, depth, is_account);
                }
            }
            Json::Object(_) => {
                self.lines.push(Line { depth, label, value: Text::default() });
                self.inside(name, value, depth + 1, is_account);
            }
            Json::String(text) if is_account && name == "number" => {
                self.lines
                    .push(Line { depth, label: ("账号", "account").into(), value: Text::same(last_four(text)) });
            }
            scalar => {
                let value = self.scalar(is, scalar);
                self.lines.push(Line { depth, label, value });
            }
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
                Text::same(self.people.get(&UserId(id)).cloned().unwrap_or_else(|| format!("#{id}")))
            }
            (Is::Stage, Json::String(text), _) => Stage::from_word(text).map_or_else(
                || Text::same(text.clone()),
                |stage| Text::new(stage.label(Lang::Zh), stage.label(Lang::En)),
            ),
            (Is::Role, Json::String(text), _) => Role::from_word(text)
                .map_or_else(|| Text::same(text.clone()), |role| Text::new(role.label(Lang::Zh), role.label(Lang::En))),
            (_, Json::String(text), _) => word(text).unwrap_or_else(|| Text::same(text.clone())),
            (_, other, _) => Text::same(other.to_string()),
        }
    }
}

fn word(text: &str) -> Option<Text> {
    WORDS.iter().find(|(known, _, _)| *known == text).map(|(_, zh, en)| (*zh, *en).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Vec<String> {
        let people = HashMap::from([(UserId(7), "赵一".to_owned())]);
        let one = |line: &Line| format!("{}{}：{}", "　".repeat(line.depth), line.label.zh, line.value.zh);
        lines(body, &people).iter().map(one).collect()
    }

    #[test]
    fn a_decision_is_told_in_yuan_and_names() {
        let body = r#"{"decided":{"decision":{"amount":300000,"by":7,"reason":"同意","reservation":null}}}"#;
        assert_eq!(told(body), ["审定：", "　决定：", "　　金额：3,000元", "　　办理人：赵一", "　　理由：同意"]);
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
            (r#"[{"date":"2019-06-03","kind":"off","name":"停电"}]"#, "日期：2019-06-03；种类：off；名称：停电"),
            (r#"[{"name":"甲"},{"name":"乙"}]"#, "第 1 项：名称：甲；第 2 项：名称：乙"),
            (r#"{"decided":{"decision":{"amount":300000,"by":7}}}"#, "审定：决定：金额：3,000元；办理人：赵一"),
        ];
        let people = HashMap::from([(UserId(7), "赵一".to_owned())]);
        for (body, expected) in cases {
            assert_eq!(in_one(body, &people).zh, expected, "{body}");
        }
    }

    #[test]
    fn the_names_of_fields_are_in_order_and_none_stands_twice() {
        assert!(FIELDS.windows(2).all(|two| two[0].0 < two[1].0));
        assert!(WORDS.windows(2).all(|two| two[0].0 < two[1].0));
    }
}
