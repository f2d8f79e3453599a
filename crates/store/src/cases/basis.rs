//! What an application is for, as it may be named: asked by the form and by whoever opens a draft, whatever the way in.

use chrono::{Datelike, NaiveDate};
use duixian_rules::vocabulary::{ColumnType, Table, TableKind};
use duixian_text::{has_unseen, is_plain, personal_details};

use crate::error::StoreError;

/// The longest number of a basis that someone types, in characters.
pub const LONGEST_NUMBER: usize = 100;

/// The name of a basis in its table, as it was typed: nothing for the party itself, a year that has begun, or a number. What the
/// registry has is named as the registry has it, and need not be asked about here.
///
/// # Errors
/// [`StoreError::BadInput`] with what is wrong and what to do.
pub fn basis_name(table: &Table, typed: &str, today: NaiveDate) -> Result<String, StoreError> {
    let typed = typed.trim();
    let refused = |zh: &str, en: &str| Err(StoreError::bad_input(zh, en));
    if table.kind == TableKind::Party {
        return match typed {
            "" => Ok(String::new()),
            _ => refused(
                "这项措施按单位申请，不用编号",
                "this measure is applied for by the party itself, without a number",
            ),
        };
    }
    if typed.is_empty() {
        return refused("请写明申请的是哪一项", "say what the application is for");
    }
    let mut own = table.key.iter().map(|column| table.columns[*column].ty).filter(|ty| *ty != ColumnType::Party);
    if (own.next(), own.next()) == (Some(ColumnType::Year), None) {
        let year = typed.parse().ok().filter(|year: &i32| (1900..=2999).contains(year) && year.to_string() == typed);
        return match year {
            None => refused("请写四位数字的年份，例如 2018", "write the year with four digits, such as 2018"),
            Some(year) if year > today.year() => refused("这一年还没有到", "that year has not come"),
            Some(_) => Ok(typed.to_owned()),
        };
    }
    if typed.chars().count() > LONGEST_NUMBER {
        return Err(StoreError::bad_input(
            format!("编号最多 {LONGEST_NUMBER} 个字，请缩短"),
            format!("a number has at most {LONGEST_NUMBER} characters: shorten it"),
        ));
    }
    if has_unseen(typed) {
        return refused(
            "编号里有看不见的字符，请清空后照着证书重新手打",
            "the number has characters that can't be seen: empty the field and type it anew from the certificate",
        );
    }
    if !is_plain(typed) {
        return refused(
            "编号只能用汉字、英文字母、数字和常用符号；里面有别的文字的字母，请照着证书重新手打",
            "a number is written with Chinese characters, Latin letters, digits and signs: it has letters of another script, \
             type it anew from the certificate",
        );
    }
    let details = personal_details(typed);
    if !details.is_empty() {
        return Err(StoreError::bad_input(
            format!(
                "编号会写进公示、对外公开，不能有手机号、身份证号、银行卡号、QQ、微信、邮箱或者住址门牌：请去掉：{}",
                details.join("、")
            ),
            format!(
                "the number stands in public notices: it can't hold a mobile, identity card, bank card, QQ or WeChat \
                 number, an e-mail address, nor where someone lives; \
                 leave out: {}",
                details.join(", ")
            ),
        ));
    }
    // Most standards of the country have a stroke in their number. The other one joins the cells by which rows of several are named.
    if typed.contains(['|', '｜']) {
        return refused("编号里不能有“|”，请换成别的字符", "a number can't hold “|”: put something else in its place");
    }
    if !typed.contains(char::is_alphanumeric) {
        return refused("编号里至少要有一个字、字母或数字", "a number has a letter or digit at least");
    }
    Ok(typed.to_owned())
}
