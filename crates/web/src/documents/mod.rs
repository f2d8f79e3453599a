//! Official documents, laid out by GB/T 9704-2012: A4, a text block of 156 × 225 mm with 22 lines of 28 characters, the body in
//! Fangsong at 16 pt, the title centred at 22 pt, the office's name in red above a red rule, the page's number at the foot.
//!
//! A document is Chinese whatever the reader's language: it is what the office signs. Around it, [`show`] puts a bar that does
//! not print. Names of firms are public; names of persons go through [`PartyName`], and there is no field for an account, a
//! telephone of a person, or an address.

mod amount;
mod kinds;

pub use amount::in_capitals;
pub use kinds::{
    AcceptanceReceipt, Comparison, Conclusion, CorrectionNotice, DecisionLetter, Defect, LapseNotice, NotAccepted,
    NoticeExtended, Outcome, PaymentEnded, PaymentNotice, PublicNotice, PublicRow, Remedies, SubmissionReceipt,
};

use askama::Template;
use axum::response::Response;
use chrono::NaiveDate;

use crate::format;
use crate::locale::Lang;
use crate::page::Page;
use crate::problem::Problem;

/// What every document has around its text.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The office that signs: 发文机关.
    pub office: String,
    /// 发文字号: `南扶受〔2017〕42号`.
    pub number: String,
    /// 主送机关: whom it is for. Empty for a public notice.
    pub to: String,
    /// The full name of the policy, without its marks: `南明区产业扶持资金管理办法`.
    pub policy: String,
    /// 附件说明: names of what is attached.
    pub attachments: Vec<String>,
    /// 成文日期.
    pub date: NaiveDate,
    /// 抄送.
    pub copies_to: Vec<String>,
    /// Where questions are answered: the office's own desk and telephone. Empty for none.
    pub contact: String,
    /// Why the document holds no more: it stands above the rest. Empty while it does.
    pub void: String,
}

impl Frame {
    /// How large the office's name is set, so that it fits on a line.
    fn mark_class(&self) -> &'static str {
        match self.office.chars().count() {
            ..=10 => "mark large",
            11..=14 => "mark",
            _ => "mark small",
        }
    }
}

/// Whom a document or notice names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartyName {
    /// A firm or institution: public.
    Firm(String),
    /// A person, shown to the public with part of the name only.
    Person(String),
}

impl PartyName {
    /// As the public reads it: `张＊`, `欧阳＊＊` as `欧＊＊＊`: the family name's first character, the last one from three on.
    pub fn public(&self) -> String {
        match self {
            PartyName::Firm(name) => name.clone(),
            PartyName::Person(name) => {
                let characters: Vec<char> = name.chars().collect();
                match characters[..] {
                    [] => String::new(),
                    [first] | [first, _] => format!("{first}＊"),
                    [first, .., last] => format!("{first}{}{last}", "＊".repeat(characters.len() - 2)),
                }
            }
        }
    }
}

/// A document: its text as markup, and what it is called.
pub trait Document: Template {
    /// 受理通知书, 决定书 …
    fn title(&self) -> String;
}

/// The document as a page that prints.
pub fn show(page: Page, document: &impl Document) -> Result<Response, Problem> {
    let article = document.render().map_err(|error| Problem::internal(format!("a document failed: {error}")))?;
    let title = document.title();
    Page::show(&Sheet { page, title, article })
}

/// `2017年5月3日`: documents are dated in Chinese form.
fn day(date: impl std::borrow::Borrow<NaiveDate>) -> String {
    format::date(Lang::Zh, date)
}

/// `（一）`, `（二）` …
fn ordinal(index: impl std::borrow::Borrow<usize>) -> String {
    const DIGITS: [&str; 11] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    match index.borrow() + 1 {
        number @ 1..=10 => format!("（{}）", DIGITS[number]),
        number @ 11..=19 => format!("（十{}）", DIGITS[number - 10]),
        number @ 20..=99 => format!("（{}十{}）", DIGITS[number / 10], DIGITS[number % 10]),
        number => format!("（{number}）"),
    }
}

#[derive(Template)]
#[template(path = "documents/sheet.html")]
struct Sheet {
    page: Page,
    title: String,
    article: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_masked_and_firms_are_not() {
        let person = |name: &str| PartyName::Person(name.into()).public();
        assert_eq!(person("张三"), "张＊");
        assert_eq!(person("王小明"), "王＊明");
        assert_eq!(person("欧阳小明"), "欧＊＊明");
        assert_eq!(person("李"), "李＊");
        assert_eq!(PartyName::Firm("某某科技有限公司".into()).public(), "某某科技有限公司");
    }

    #[test]
    fn ordinals_are_chinese() {
        assert_eq!([0, 9, 10, 19, 20, 98].map(ordinal).join(""), "（一）（十）（十一）（二十）（二十一）（九十九）");
    }

    #[test]
    fn a_seal_ends_before_the_line_below_the_signature() {
        let css = include_str!("../../assets/document.css");
        let millimetres = |rule: &str, property: &str| -> f64 {
            let rule = css.split(&format!("\n{rule} {{")).nth(1);
            let value = rule.and_then(|rule| rule.split(&format!("{property}: ")).nth(1));
            value.and_then(|value| value.split("mm").next()?.parse().ok()).expect("a length")
        };
        let end = millimetres(".gb .seal", "top") + millimetres(".gb .seal", "height");
        assert!(end < millimetres(".gb .signature", "min-height"), "the seal ends {end} mm below the signature's top");
    }
}
