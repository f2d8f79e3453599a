//! The words that say how something compares, and how names of what is or is not so are told: one table for each language.

use duixian_rules::plan::{Comparison, NodeType};
use duixian_rules::vocabulary::Lang;

/// What is said where a comparison holds, and where it does not; the bound follows.
pub fn comparing(comparison: Comparison, ty: NodeType, lang: Lang) -> (&'static str, &'static str) {
    let of_time = matches!(ty, NodeType::Date | NodeType::Year);
    match (lang, comparison, of_time) {
        (Lang::Zh, Comparison::Equal, _) => ("为", "不是"),
        (Lang::Zh, Comparison::NotEqual, _) => ("不是", "就是"),
        (Lang::Zh, Comparison::Less, true) => ("早于", "不早于"),
        (Lang::Zh, Comparison::AtMost, true) => ("不晚于", "晚于"),
        (Lang::Zh, Comparison::Greater, true) => ("晚于", "不晚于"),
        (Lang::Zh, Comparison::AtLeast, true) => ("不早于", "早于"),
        (Lang::Zh, Comparison::Less, false) => ("低于", "不低于"),
        (Lang::Zh, Comparison::AtMost, false) => ("不超过", "超过"),
        (Lang::Zh, Comparison::Greater, false) => ("超过", "未超过"),
        (Lang::Zh, Comparison::AtLeast, false) => ("达到", "未达到"),
        (Lang::En, Comparison::Equal, _) => ("", "not "),
        (Lang::En, Comparison::NotEqual, _) => ("not ", ""),
        (Lang::En, Comparison::Less, true) => ("before ", "not before "),
        (Lang::En, Comparison::AtMost, true) => ("not after ", "after "),
        (Lang::En, Comparison::Greater, true) => ("after ", "not after "),
        (Lang::En, Comparison::AtLeast, true) => ("not before ", "before "),
        (Lang::En, Comparison::Less, false) => ("less than ", "not less than "),
        (Lang::En, Comparison::AtMost, false) => ("not more than ", "more than "),
        (Lang::En, Comparison::Greater, false) => ("more than ", "not more than "),
        (Lang::En, Comparison::AtLeast, false) => ("at least ", "less than "),
    }
}

/// The same comparison with its sides changed over.
pub fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal | Comparison::NotEqual => comparison,
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
    }
}

/// Chinese beginnings of names that are statements, and what stands in their place where they hold and where they do not.
const BEGINNINGS: [(&str, &str, &str); 14] = [
    ("不是", "不是", "是"),
    ("没有", "没有", "有"),
    ("是否", "", "不"),
    ("是", "是", "不是"),
    ("有", "有", "没有"),
    ("无", "无", "有"),
    ("已", "已", "未"),
    ("未", "未", "已"),
    ("在", "在", "不在"),
    ("属于", "属于", "不属于"),
    ("符合", "符合", "不符合"),
    ("具备", "具备", "不具备"),
    ("能", "能", "不能"),
    ("由", "由", "不是由"),
];

/// Chinese verbs with which names begin of what has or has not been done.
const DONE: [&str; 24] = [
    "完成", "取得", "通过", "获得", "获", "达到", "列入", "纳入", "签订", "建立", "缴纳", "参加", "设立", "开展",
    "形成", "实现", "投产", "备案", "登记", "注册", "承诺", "享受", "入驻", "上市",
];

/// Chinese endings of names of things that a party or a row may be.
const THINGS: [&str; 14] =
    ["企业", "机构", "单位", "公司", "组织", "院校", "园区", "基地", "平台", "产品", "专利", "项目", "人员", "用户"];

/// English endings of names of things, which take an article.
const ENGLISH_THINGS: [&str; 8] =
    ["ise", "firm", "company", "institution", "organisation", "business", "branch", "patent"];

/// What a name that is yes or no says of a row, where it is so and where it is not; none where it is neither a statement nor a
/// thing.
pub fn polar(name: &str, lang: Lang) -> Option<(String, String)> {
    match lang {
        Lang::Zh => {
            for (beginning, yes, no) in BEGINNINGS {
                if let Some(rest) = name.strip_prefix(beginning) {
                    return Some((format!("{yes}{rest}"), format!("{no}{rest}")));
                }
            }
            if DONE.iter().any(|verb| name.starts_with(verb)) {
                return Some((format!("已{name}"), format!("未{name}")));
            }
            if THINGS.iter().any(|thing| name.ends_with(thing)) {
                return Some((format!("是{name}"), format!("不是{name}")));
            }
            None
        }
        Lang::En => {
            if let Some(rest) = name.strip_prefix("is ") {
                let what = with_article(rest);
                return Some((format!("the party is {what}"), format!("the party is not {what}")));
            }
            if let Some(rest) = name.strip_prefix("has ") {
                return Some((format!("the party has {rest}"), format!("the party has no {rest}")));
            }
            if ENGLISH_THINGS.iter().any(|thing| name.ends_with(thing)) {
                let what = with_article(name);
                return Some((format!("it is {what}"), format!("it is not {what}")));
            }
            None
        }
    }
}

fn with_article(what: &str) -> String {
    if !ENGLISH_THINGS.iter().any(|thing| what.ends_with(thing)) {
        return what.to_owned();
    }
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {what}")
}
