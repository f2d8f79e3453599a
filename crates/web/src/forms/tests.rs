//! Reading and checking what people type.

use proptest::prelude::*;

use super::*;

#[test]
fn amounts_as_people_type_them() {
    for (text, fen) in [
        ("300000", 30_000_000),
        ("300,000.50", 30_000_050),
        (" ３０００００ 元", 30_000_000),
        ("30万", 30_000_000),
        ("1.3亿", 13_000_000_000),
        ("1亿3000万元", 13_000_000_000),
        ("30.5万元", 30_500_000),
        ("0.000001万", 1),
        ("￥1，234.5", 123_450),
    ] {
        assert_eq!(read_money(text), Ok(Fen(fen)), "{text}");
    }
    for text in ["", "abc", "1,2", "12,34.00", "1.234", "30万5", "1e5", ".5", "万", "1..2", "99999999999999999999"] {
        assert!(read_money(text).is_err(), "{text}");
    }
}

#[test]
fn dates_as_people_type_them() {
    let day = NaiveDate::from_ymd_opt(2017, 5, 3);
    for text in ["2017-05-03", "2017/5/3", "2017.5.3", "2017年5月3日", "２０１７年５月３日", "20170503"] {
        assert_eq!(read_date(text).ok(), day, "{text}");
    }
    for text in ["", "2017-02-29", "17-5-3", "2017-5", "5/3/2017/1", "2017年13月1日", "+017-05-03"] {
        assert!(read_date(text).is_err(), "{text}");
    }
    for (text, why) in [
        ("2019-02-30", "2019年2月30日不是日历上的日期"),
        ("2017年13月1日", "2017年13月1日不是日历上的日期"),
        ("9999-12-31", "年份应在1900年至2999年之间"),
        ("17-5-3", "年份应在1900年至2999年之间"),
        ("2017-5", "请写完整的日期"),
    ] {
        let told = read_date(text).expect_err(text);
        assert!(told.zh.starts_with(why), "{text}: {told:?}");
    }
}

#[test]
fn all_errors_are_gathered_and_what_was_typed_is_kept() {
    let fields = vec![
        Field::text("name", ("企业名称", "Company name")).max_chars(4),
        Field::money("amount", ("金额", "Amount")).between(Fen::yuan(1), Fen::yuan(100)),
        Field::radios("outcome", ("结论", "Outcome"), vec![Choice::new("yes", ("支持", "Support"))]),
        Field::checkbox("agree", ("承诺属实", "It is true")),
        Field::text("note", ("备注", "Note")).optional(),
    ];
    let posted = Posted::from_pairs([("name", "太长的名称"), ("amount", "200"), ("outcome", "no"), ("evil", "1")]);
    let form = Form::new(Lang::Zh, fields).filled(&posted);
    let found: Vec<(&str, &str)> = form.found().iter().map(|(name, text)| (&**name, &*text.zh)).collect();
    assert_eq!(
        found,
        [
            ("name", "最多4个字，现在有5个。"),
            ("amount", "不能多于100元。"),
            ("outcome", "请从列出的选项中选择。"),
            ("agree", "请勾选确认后再继续。"),
        ]
    );
    assert_eq!(form.text("name"), "太长的名称");
    assert_eq!(form.text("evil"), "");
    let html = form.all().render().unwrap();
    assert!(html.contains("value=\"太长的名称\""), "{html}");
    assert!(html.contains("id=\"amount-error\""), "{html}");
    let summary = form.errors().render().unwrap();
    assert!(summary.contains("href=\"#outcome-0\""), "{summary}");
}

#[test]
fn what_is_wrong_is_told_with_its_field_in_one_sentence() {
    let fields = vec![
        Field::checkbox("agree", ("以上内容属实。", "What is stated is true.")),
        Field::text("login", ("登录名", "Login name")),
        Field::text("name", ("姓名", "Name")),
        Field::text("account", ("付款账户：账号", "Account that pays: number")).optional(),
        Field::text("bank", ("付款账户：开户行", "Account that pays: bank")).optional(),
    ];
    let mut form = Form::new(Lang::Zh, fields).filled(&Posted::from_pairs([("login", "a")]));
    form.error("account", ("账号应为 6 至 34 位。", "It has 6 to 34 digits."));
    form.error("bank", ("没有这个开户行。", "There is no such bank."));
    form.error("login", ("登录名或密码不对。", "The login name or the password is wrong."));
    let summary = form.errors().render().unwrap();
    for line in [
        ">以上内容属实：请勾选确认后再继续。<",
        ">登录名或密码不对。<",
        ">姓名：请填写姓名。<",
        ">付款账户：账号应为 6 至 34 位。<",
        ">付款账户：开户行：没有这个开户行。<",
    ] {
        assert!(summary.contains(line), "{line}: {summary}");
    }
}

#[test]
fn a_line_shows_all_that_is_in_it_and_a_year_is_asked_for_as_one() {
    let fields = || {
        vec![
            Field::text("name", ("姓名", "Name")),
            Field::text_area("note", ("说明", "Note")).optional(),
            Field::whole("year", ("评定年度", "Year")).within(2000, 2100),
            Field::whole("count", ("人数", "Number")),
        ]
    };
    let found = |pairs: &[(&str, &str)]| {
        let form = Form::new(Lang::Zh, fields()).filled(&Posted::from_pairs(pairs.iter().copied()));
        form.found().iter().map(|(name, text)| format!("{name} {}", text.zh)).collect::<Vec<_>>()
    };
    for name in ["张\u{200b}三", "\u{202e}三张", "张三\u{feff}四", "张\u{1}三", "张\u{fffd}"] {
        let pairs = [("name", name), ("note", "一\u{200b}二\n三"), ("year", "2018"), ("count", "3")];
        assert_eq!(found(&pairs), ["name 里面有看不见的字符，请清空后重新手打。"], "{name:?}");
    }
    let pairs = [("name", "张三"), ("year", "二零一八"), ("count", "三")];
    assert_eq!(found(&pairs), ["year 请只写四位数的年份，例如 2018。", "count 请只写整数，例如 120。"]);
}

#[test]
fn a_choice_that_is_shut_cannot_be_sent() {
    let choices = vec![Choice::new("a", ("甲", "A")).disabled(("资金不足", "The fund is short"))];
    let form = Form::new(Lang::En, vec![Field::select("rule", ("规则", "Rule"), choices)]);
    assert!(!form.filled(&Posted::from_pairs([("rule", "a")])).is_good());
}

#[test]
fn a_password_is_never_shown_again() {
    let form = Form::new(Lang::En, vec![Field::password("password", ("密码", "Password"))]);
    let form = form.filled(&Posted::from_pairs([("password", "correct horse")]));
    assert!(!form.all().render().unwrap().contains("horse"));
    assert!(form.kept().is_empty());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
        let _ = (read_money(&text), read_date(&text), read_whole(&text));
    }

    #[test]
    fn an_amount_shown_is_read_back(fen in 0..Fen::MAX.0) {
        prop_assert_eq!(read_money(&format::yuan(Lang::Zh, Fen(fen))), Ok(Fen(fen)));
        prop_assert_eq!(read_money(&format::yuan_exact(Fen(fen))), Ok(Fen(fen)));
    }

    #[test]
    fn wan_is_ten_thousand_times(whole in 0..1_000_000i64, fraction in 0..10_000i64) {
        prop_assert_eq!(read_money(&format!("{whole}.{fraction:04}万元")), Ok(Fen((whole * 10_000 + fraction) * 100)));
    }

    #[test]
    fn what_is_typed_cannot_become_markup(text in "\\PC{0,40}") {
        let form = Form::new(Lang::Zh, vec![Field::text_area("t", ("文", "Text"))]).with("t", text.clone() + "<script>\"'");
        let html = form.all().render().unwrap();
        prop_assert!(!html.contains("<script"));
    }
}

use crate::format;

#[test]
fn a_place_for_what_is_said_while_typing_shows_nothing_on_any_page_until_it_is() {
    // Fields come with the sheet of components; a page that had no other showed an empty warning.
    assert!(include_str!("../../assets/components.css").contains(".live:empty { display: none; }"));
}
