//! That the account of a case is another party's too: officials are told beside it, since one of the two is hardly its owner. No party
//! learns of another's accounts.

use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;
use duixian_store::cases::SharedAccount;

use crate::locale::{Lang, Text};
use crate::page::Page;

/// How many other cases are named.
const MOST: usize = 5;

/// The other cases whose account it is, with links.
#[derive(Template)]
#[template(path = "casefile/shared.html")]
pub struct Told<'a> {
    page: &'a Page,
    others: &'a [SharedAccount],
    all: usize,
}

impl HtmlSafe for Told<'_> {}

/// The mark of an account as a page shows it.
pub fn told<'a>(page: &'a Page, others: &'a [SharedAccount]) -> Told<'a> {
    Told { page, others: &others[..others.len().min(MOST)], all: others.len() }
}

/// The same beside an account in a list.
pub fn mark(others: &[SharedAccount]) -> Text {
    let named = names(others);
    Text::new(format!("▲ 这个账号也是 {}", named.zh), format!("▲ This account is also that of {}", named.en))
}

/// Whose account it is too.
pub fn names(others: &[SharedAccount]) -> Text {
    let named = |lang| {
        let mut text = String::new();
        for (place, SharedAccount { number, party_name, .. }) in others.iter().take(MOST).enumerate() {
            // Writing to a string can't fail.
            let _ = match (lang, place) {
                (Lang::Zh, 0) => write!(text, "{party_name} 的收款账户（{number}）"),
                (Lang::Zh, _) => write!(text, "、{party_name} 的收款账户（{number}）"),
                (Lang::En, 0) => write!(text, "{party_name} ({number})"),
                (Lang::En, _) => write!(text, ", {party_name} ({number})"),
            };
        }
        let _ = match (lang, others.len().checked_sub(MOST)) {
            (_, None | Some(0)) => Ok(()),
            (Lang::Zh, Some(_)) => write!(text, "等 {} 件", others.len()),
            (Lang::En, Some(more)) => write!(text, " and {more} more"),
        };
        text
    };
    Text::new(named(Lang::Zh), named(Lang::En))
}

#[cfg(test)]
mod tests {
    use duixian_casework::case::CaseId;

    use super::*;

    #[test]
    fn a_few_are_named_and_the_others_counted() {
        let one = |id: i64| SharedAccount {
            party: format!("P{id}"),
            case: CaseId(id),
            number: format!("兑〔2019〕{id}"),
            party_name: format!("企业{id}"),
        };
        let two = mark(&[one(1), one(2)]);
        assert_eq!(two.zh, "▲ 这个账号也是 企业1 的收款账户（兑〔2019〕1）、企业2 的收款账户（兑〔2019〕2）");
        assert_eq!(two.en, "▲ This account is also that of 企业1 (兑〔2019〕1), 企业2 (兑〔2019〕2)");
        let many: Vec<SharedAccount> = (1..=7).map(one).collect();
        assert!(mark(&many).zh.ends_with("（兑〔2019〕5）等 7 件") && mark(&many).en.ends_with(" and 2 more"));
    }
}
