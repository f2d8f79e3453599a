//! What is told of wrong passwords: to owners when they sign in and on their account, to administrators while a login is locked.

use duixian_casework::moment::Moment;
use duixian_store::sessions::{Locked, Meanwhile};

use crate::format;
use crate::locale::{Lang, Text};

/// As many wrong passwords as their owner may well have typed: of more they are told when they sign in.
const OWN_SLIPS: i64 = 2;

/// What is locked, until when and why, for an administrator.
pub(crate) fn locked(locked: Locked, until: Moment) -> Text {
    let (most, time) = (locked.most(), until.local().format("%H:%M"));
    let (zh, en) = match locked {
        Locked::LoginEverywhere => (
            format!("从各处一共输错 {most} 次密码，{time} 以前在没有登录过的浏览器里都不能登录"),
            format!(
                "{most} wrong passwords from all over: no signing in before {time} in a browser that it is not known in"
            ),
        ),
        Locked::LoginAtAddress => (
            format!("从一个地址输错 {most} 次密码，{time} 以前从那里不能登录，以前登录过的浏览器除外"),
            format!(
                "{most} wrong passwords from one address: no signing in from there before {time}, but in a browser that it is known in"
            ),
        ),
        Locked::KnownBrowser => (
            format!("在以前登录过的一个浏览器里输错 {most} 次密码，{time} 以前在那里不能登录"),
            format!("{most} wrong passwords in a browser that it is known in: no signing in there before {time}"),
        ),
        Locked::Address => (
            format!("从一个地址输错 {most} 次密码，{time} 以前从那里谁都不能登录"),
            format!("{most} wrong passwords from one address: nobody signs in from there before {time}"),
        ),
        Locked::OwnPassword => (
            format!("改密码时输错 {most} 次当前密码，{time} 以前不能改"),
            format!("the current password typed wrongly {most} times to change it: no change before {time}"),
        ),
    };
    Text::new(zh, en)
}

/// What became of one's own password meanwhile; nothing where nothing did.
pub(super) fn meanwhile(of: &Meanwhile) -> Option<Text> {
    if (of.wrong, of.locks) == (0, 0) {
        return None;
    }
    let moment = |lang, at: Moment| format::moment(lang, at.local());
    let since = |lang, before: &str, after: &str, never: &str| {
        of.since.map_or_else(|| never.to_owned(), |at| format!("{before}{}{after}", moment(lang, at)))
    };
    let last = |lang, before: &str, after: &str| {
        of.last.map_or_else(String::new, |at| format!("{before}{}{after}", moment(lang, at)))
    };
    let (locks_zh, locks_en) = match of.locks {
        0 => (String::new(), String::new()),
        locks => (format!("，因此锁定 {locks} 次"), format!(", and it was locked {locks} time(s) for it")),
    };
    Some(Text::new(
        format!(
            "{}有人输错您的密码 {} 次{}{locks_zh}。不是您自己输错的，请改密码，并告诉管理员。",
            since(Lang::Zh, "上一次（", "）登录以来，", "以前"),
            of.wrong,
            last(Lang::Zh, "，最近一次在", "")
        ),
        format!(
            "{}a wrong password was typed for you {} time(s){}{locks_en}. If that was not you, change your password and tell an administrator.",
            since(Lang::En, "Since you signed in before, on ", ", ", "Before, "),
            of.wrong,
            last(Lang::En, ", last on ", "")
        ),
    ))
}

/// The same where it is more than their own slips.
pub(super) fn alarm(of: &Meanwhile) -> Option<Text> {
    meanwhile(of).filter(|_| of.wrong > OWN_SLIPS || of.locks > 0)
}
