//! Grounds put together, taken apart, and told in sentences.

use super::*;

#[test]
fn a_letter_says_of_each_part_what_it_is() {
    let ground = |words: &str, letter: &str| Ground {
        value: String::new(),
        about: About::Limit,
        text: Text::default(),
        now: Text::default(),
        words: words.to_owned(),
        former: Vec::new(),
        letter: letter.to_owned(),
        is_unmet: true,
        is_true: false,
    };
    let all = [
        ground("是企业（三(八).1）", "不符合“是企业”这一条件（三(八).1）"),
        ground("大；小（二）", "不符合“大；小”这一条件（二）"),
        ground("（甲且乙）或（丙）（三）", "不符合“（甲且乙）或（丙）”这一条件（三）"),
        ground("佐证“公告”（三(八).1）", "佐证“公告”没有提交（三(八).1）"),
    ];
    for (unmet, told) in [
        (
            "是企业（三(八).1）；佐证“公告”（三(八).1）",
            "不符合“是企业”这一条件（三(八).1）；佐证“公告”没有提交（三(八).1）",
        ),
        ("大；小（二）；其他要求（第九条）", "不符合“大；小”这一条件（二）；不符合第九条的规定"),
        ("其他要求（第三条（二））", "不符合第三条（二）的规定"),
        ("其他要求（第三条（二）；第五条）", "不符合第三条（二）；第五条的规定"),
        ("佐证应当真实有效；是企业", "不符合“佐证应当真实有效”这一要求；不符合“是企业”这一要求"),
        // As it was written before the brackets of a condition were wide.
        ("(甲且乙)或(丙)（三）；其他要求（第九条）", "不符合“（甲且乙）或（丙）”这一条件（三）；不符合第九条的规定"),
    ] {
        assert_eq!(in_sentences(unmet, &all), told);
        assert_eq!(all[2].is_named_in(unmet), unmet.starts_with("(甲"), "{unmet}");
    }
}

#[test]
fn what_the_pack_reads_is_cited_where_it_stands_and_known_again_as_it_was_cited_before() {
    let cited = |is_reading| cited("三", is_reading).zh.into_owned();
    assert_eq!((cited(false).as_str(), cited(true).as_str()), ("三", "三，办理口径"));
    let condition = |is_reading| Condition {
        truth: Truth::False,
        sentence: String::new(),
        asked: "登记在本区".to_owned(),
        text: String::new(),
        clause: "三".to_owned(),
        is_reading,
        of_measure: "三(八).1".to_owned(),
        general: None,
        tests: Vec::new(),
        read: Vec::new(),
    };
    assert_eq!(formerly(&condition(false)), Vec::<String>::new());
    let here = Ground {
        value: String::new(),
        about: About::Condition(0),
        text: Text::default(),
        now: Text::default(),
        words: "登记在本区（三，办理口径）".to_owned(),
        former: formerly(&condition(true)),
        letter: "不符合“登记在本区”这一条件（三，办理口径）".to_owned(),
        is_unmet: true,
        is_true: false,
    };
    assert!(!here.is_named_in("登记在本区（二）"));
    let all = [here];
    for named in ["登记在本区（三，办理口径）", "登记在本区（三，本规则包的读法）", "登记在本区（三(八).1）"]
    {
        assert!(all[0].is_named_in(named) && all[0].is_named_in(&format!("{named}；属实（二）")), "{named}");
        assert_eq!(in_sentences(named, &all), "不符合“登记在本区”这一条件（三，办理口径）");
    }
    assert_eq!(
        in_official_words("条件不成立（依据本规则包的读法）：登记在本区"),
        "条件不成立（依据办理口径）：登记在本区"
    );
}

#[test]
fn of_several_pieces_of_evidence_it_is_said_how_many_do_not_hold() {
    let all: [(&[Option<bool>], &str, &str); 5] = [
        (&[], "（没有提交）", "没有提交"),
        (&[Some(false)], "（核验为不属实）", "经核验不属实"),
        (&[Some(false), Some(true)], "（2 份中有 1 份核验为不属实）", "2份中有1份经核验不属实"),
        (&[Some(true), Some(true)], "（核验为属实）", "不足以证明"),
        (&[Some(true), None], "（没有核验）", "没有达到要求"),
    ];
    for (holds, now, is_wrong) in all {
        let (found, letter) = found_of(holds);
        assert_eq!((found.zh.as_ref(), letter.as_str()), (now, is_wrong));
    }
}

#[test]
fn a_clause_that_was_typed_comes_out_as_it_was_meant() {
    let other = Ground {
        value: OTHER.to_owned(),
        about: About::Other,
        text: Text::default(),
        now: Text::default(),
        words: OTHER_WORDS.to_owned(),
        former: Vec::new(),
        letter: String::new(),
        is_unmet: false,
        is_true: false,
    };
    for (typed, clause) in [
        ("第九条", "第九条"),
        ("第三条（二）", "第三条（二）"),
        ("第三条（二）第（1）项", "第三条（二）第（1）项"),
        ("（二）。", "（二）"),
        ("第三条（二）；第五条", "第三条（二）、第五条"),
    ] {
        let grounds = Grounds::of(&["属实（二）".to_owned(), other.words(typed)], "查无此号");
        let read = Grounds::read(&grounds.reason()).expect("grounds");
        let parts = parts(&read.unmet);
        assert_eq!(parts.len(), 2, "{parts:?}");
        assert_eq!((parts[0], clause_of_other(parts[1])), ("属实（二）", Some(clause)));
    }
    // Earlier versions kept a clause as it was typed.
    assert_eq!(parts("属实（二）；其他要求（第三条；第五条）"), ["属实（二）", "其他要求（第三条；第五条）"]);
    assert_eq!(clause_of_other("佐证“证书”（二）"), None);
}

#[test]
fn a_reason_is_put_together_and_taken_apart() {
    let unmet = ["属实（二）。".to_owned(), "佐证“证书”（二）".to_owned()];
    let grounds = Grounds::of(&unmet, " 证书编号查无此号。查明：两次都是。 ");
    let reason = "不符合：属实（二）；佐证“证书”（二）。查明：证书编号查无此号。查明：两次都是。";
    assert_eq!(grounds.reason(), reason);
    assert_eq!(Grounds::read(reason), Some(grounds));
    for again in ["查明：证书查无此号", " 查明: 证书查无此号 "] {
        assert_eq!(Grounds::of(&unmet, again).found, "证书查无此号", "the word stands before it anyway");
    }
    for text in ["成果与主业无关", "不符合：条件", "查明：没有"] {
        assert_eq!(Grounds::read(text), None, "{text}");
    }
}
