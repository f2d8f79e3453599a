//! What whoever objects must say, and what nobody may say where others read it.

use super::*;
use duixian_casework::case::Answer;
use duixian_casework::event::{AfterAnswer, Event};

/// A case in public notice.
fn in_notice() -> Desk {
    let mut desk = Desk::new(all_steps());
    submit(&mut desk);
    review(&mut desk);
    desk.must(&decider(), decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    desk
}

fn object(grounds: &str) -> Command {
    let (name, contact) = ("甲".to_owned(), "13800000000".to_owned());
    Command::Object { name, contact, grounds: grounds.to_owned() }
}

/// A case to which two have objected, the day after.
fn twice_objected() -> Desk {
    let mut desk = in_notice();
    desk.must(&Actor::Public, object("证书系伪造"));
    desk.must(&Actor::Public, object("金额不对"));
    desk.wait(1);
    desk
}

#[test]
fn whoever_objects_can_be_reached() {
    let mut desk = in_notice();
    let object = |contact: &str| Command::Object {
        name: "甲".to_owned(),
        contact: contact.to_owned(),
        grounds: "不符".to_owned(),
    };
    for contact in ["1", "电话", "a@b", "@example.com", "139-00"] {
        assert_eq!(desk.ask(&Actor::Public, object(contact)), Err(Refusal::Unreachable), "{contact}");
    }
    for contact in ["0851-8888000", "微信同号 139 0000 0000", "someone@example.com"] {
        desk.must(&Actor::Public, object(contact));
    }
}

#[test]
fn nothing_that_others_read_holds_a_number_of_a_person() {
    let mut desk = in_notice();
    let object = |grounds: &str| Command::Object {
        name: "甲".to_owned(),
        contact: "0851-8888 0000".to_owned(),
        grounds: grounds.to_owned(),
    };
    for (grounds, number) in [
        ("不符，可问张某13912345678", "13912345678"),
        ("不符，电话 ０８５１８８８８００００", "0851-8888 0000"),
        ("不符，０８５１·8888\u{200b}0000", "0851-8888 0000"),
        ("法人520102 19900101 123X不在本市", "52010219900101123X"),
        ("钱进了6222 0212 3456 7890 128", "6222021234567890128"),
        ("法人护照E12345678", "E12345678"),
        ("可加微信 abc_123", "abc_123"),
        ("材料在wang@qq.com", "wang@qq.com"),
    ] {
        let refused = Refusal::Personal("异议的理由", "the grounds", vec![number.to_owned()]);
        assert_eq!(desk.ask(&Actor::Public, object(grounds)), Err(refused), "{grounds}");
    }
    // All of it is told at once, whoever's it is.
    let several = "张某13912345678，法人520102/19900101/123X，我0851-88880000";
    let all = ["13912345678", "52010219900101123X", "0851-8888 0000"].map(str::to_owned).to_vec();
    let refused = Refusal::Personal("异议的理由", "the grounds", all);
    let words = refused.text(Lang::Zh);
    assert!(words.ends_with("请去掉：13912345678、52010219900101123X、0851-8888 0000"), "{words}");
    assert_eq!(desk.ask(&Actor::Public, object(several)), Err(refused));
    let home = Refusal::Personal("异议的理由", "the grounds", vec!["2栋3单元501室".to_owned()]);
    assert_eq!(desk.ask(&Actor::Public, object("我住它楼下的 2 栋 3 单元 501 室，没有人上班")), Err(home));
    let by = |name: &str| Command::Object {
        name: name.to_owned(),
        contact: "0851-8888 0000".to_owned(),
        grounds: "这项专利是黔某 科技的，张三可以作证".to_owned(),
    };
    for name in ["张三", " 黔某科技 "] {
        assert_eq!(desk.ask(&Actor::Public, by(name)), Err(Refusal::OwnName(name.trim().to_owned(), vec![])));
    }
    // Whatever is given with a name, it is one by itself.
    for (given, grounds, told) in [
        ("市民张伟", "我是张伟，他们早就搬走了", "张伟"),
        ("张伟 先生", "我叫张伟，可以作证", "张伟"),
        ("贵阳恒达公司 张伟", "我叫张伟，在那里工作过", "张伟"),
        ("张伟，贵阳恒达公司", "我是贵阳恒达公司的", "贵阳恒达公司"),
        ("李 建国（居民）", "本人李建国反映", "李 建国"),
        ("南明区市民张伟", "张 伟反映", "张伟"),
    ] {
        let (name, contact) = (given.to_owned(), "0851-8888 0000".to_owned());
        let own = Command::Object { name, contact, grounds: grounds.to_owned() };
        assert_eq!(desk.ask(&Actor::Public, own), Err(Refusal::OwnName(told.to_owned(), vec![])), "{given}");
    }
    // Their own name is told with all else that is to be left out.
    let all = Command::Object {
        name: "黔某科技".to_owned(),
        contact: "0851-8888 0000".to_owned(),
        grounds: "我是黔某科技的，电话0851-88880000，可问张某13912345678".to_owned(),
    };
    let details = ["13912345678", "0851-8888 0000"].map(str::to_owned).to_vec();
    let refused = desk.ask(&Actor::Public, all).expect_err("it says who objects");
    let Refusal::OwnName(name, mut told) = refused.clone() else { panic!("{refused:?}") };
    told.sort_by_key(|one| one.contains(' '));
    assert_eq!((name.as_str(), told), ("黔某科技", details));
    for lang in [Lang::Zh, Lang::En] {
        let words = refused.text(lang);
        assert!(["黔某科技", "0851-8888 0000", "13912345678"].iter().all(|one| words.contains(one)), "{words}");
    }
    desk.must(&Actor::Public, object("专利 ZL201710123456.7 不是它的，甲级证书也不是"));
    let answer = |text: &str| Command::AnswerObjection { id: 1, upheld: false, text: text.to_owned() };
    for (text, number) in [
        ("有疑问请联系 139 1234 5678", "13912345678"),
        ("经查身份证520102 19900101 1234属实", "520102199001011234"),
        ("已付到卡号 6222-0212-3456-7890-129", "6222021234567890129"),
    ] {
        let refused = Refusal::Personal("答复", "an answer", vec![number.to_owned()]);
        assert_eq!(desk.ask(&intake(), answer(text)), Err(refused), "{text}");
    }
    let other = Command::Object {
        name: "南明区市民王小明（业主）".to_owned(),
        contact: "wang@mail.cn".to_owned(),
        grounds: "权利人不符，南明区的业主、市民都知道，建国路上没有这家".to_owned(),
    };
    desk.must(&Actor::Public, other);
    for (text, detail) in [("经核实，王 小明反映的情况不成立", "王小明"), ("已回复 0851-88880000", "0851-8888 0000")]
    {
        let refused = Refusal::Objector("答复", "the answer", detail.to_owned());
        assert_eq!(desk.ask(&intake(), answer(text)), Err(refused), "{text}");
    }
    desk.must(&intake(), answer("已核实，专利权人就是该单位，见南明兑〔2019〕000045号，咨询电话0851-85501234"));
}

/// Of several objections each is answered, whatever becomes of the others: one that is upheld sends the case back with the last, and the
/// money is kept until then.
#[test]
fn an_objection_that_is_upheld_leaves_no_other_unanswered() {
    for last_is_upheld in [false, true] {
        let mut desk = twice_objected();
        let answer = |id, upheld| Command::AnswerObjection { id, upheld, text: format!("查过第{id}项") };
        // Who has reviewed the case answers for that no more than who has decided it.
        let reviewed = user(11, &[Role::Reviewer, Role::Intake], &[]);
        let by_reviewer = Refusal::ReviewedByYou(Action::AnswerObjection);
        assert!(desk.case.acted.contains(&(Duty::Review, UserId(11))), "{:?}", desk.case.acted);
        assert_eq!(desk.ask(&reviewed, answer(1, false)), Err(by_reviewer));
        let second = user(15, &[Role::DecisionMaker], &[]);
        desk.must(&second, answer(1, true));
        assert_eq!((desk.case.stage, desk.case.granted()), (Stage::Objection, Some(Fen(4_000_000))));
        assert_eq!(desk.case.open_objections().map(|objection| objection.id).collect::<Vec<_>>(), [2]);
        assert!(desk.case.acted.contains(&(Duty::Decision, UserId(15))));
        let last = if last_is_upheld { &second } else { &intake() };
        desk.must(last, answer(2, last_is_upheld));
        assert_eq!((desk.case.stage, desk.case.granted()), (Stage::SubstantiveReview, None));
        let ground = desk.case.reopened.as_ref().expect("it came back");
        let told = if last_is_upheld { 2 } else { 1 };
        assert_eq!((ground.objection, ground.reason.as_str()), (Some(told), format!("查过第{told}项").as_str()));
        assert_eq!(desk.case.unanswered_objections().count(), 0);
    }
}

/// As it was once, one objection was upheld while another waited: the case was reviewed and published anew, and what was left of the notice
/// that came down holds that up no more.
#[test]
fn what_was_left_when_a_notice_came_down_does_not_stop_the_next() {
    let mut desk = twice_objected();
    let second = user(15, &[Role::DecisionMaker], &[]);
    let answer = Answer { upheld: true, text: "查实".to_owned(), by: UserId(15), at: desk.now };
    let then = AfterAnswer::BackToReview { stage: Stage::SubstantiveReview, due: None, by_decider: true };
    let what = What::ObjectionAnswered { id: 1, answer, then, due: None };
    desk.case.apply(&Event { at: desk.now, by: Some(UserId(15)), what });
    assert_eq!((desk.case.open_objections().count(), desk.case.unanswered_objections().count()), (0, 1));
    desk.must(&reviewer(), Command::TakeUp);
    desk.must(&reviewer(), Command::FindEvidence { id: 1, holds: true, note: "向发证机关核实".to_owned() });
    let recommends = Recommendation::Support(Fen::yuan(40_000));
    desk.must(&reviewer(), Command::Review { recommends, opinion: "属实".to_owned() });
    desk.must(&second, decide(4_000_000));
    desk.must(&intake(), Command::PublishNotice);
    // An objection to the new notice stops it, and its answer lets it go on, whatever was left of the old one.
    desk.must(&Actor::Public, object("还是不对"));
    desk.wait(1);
    let left = Command::AnswerObjection { id: 2, upheld: false, text: "不成立".to_owned() };
    let nothing = Refusal::NoSuch("条待答复的异议", "objection that waits for an answer");
    assert_eq!(desk.ask(&intake(), left), Err(nothing));
    desk.must(&agent(), Command::Reply { text: "没有这回事".to_owned() });
    let replied: Vec<bool> = desk.case.objections.iter().map(|objection| objection.reply.is_some()).collect();
    assert_eq!(replied, [false, false, true]);
    desk.must(&intake(), Command::AnswerObjection { id: 3, upheld: false, text: "不成立".to_owned() });
    assert_eq!(desk.case.stage, Stage::InNotice);
    // Where what was left had stopped it, before that counted no more, it is answered like any other.
    let mut stuck = desk.case.clone();
    stuck.stage = Stage::Objection;
    assert_eq!(stuck.open_objections().map(|objection| objection.id).collect::<Vec<_>>(), [2]);
    desk.wait(30);
    desk.must(&Actor::System, Command::EndNotice);
    assert_eq!(desk.case.stage, Stage::Payable);
}

/// Whoever objected was promised that the party does not learn it: no text that the party or the public reads tells it.
#[test]
fn no_text_for_the_party_says_who_has_objected_or_how_they_are_reached() {
    let mut desk = in_notice();
    let object = Command::Object {
        name: "王小明".to_owned(),
        contact: "王先生 0851-8888 0000，8555 1234".to_owned(),
        grounds: "权利人不符，可致电 0851-88880000 核实".to_owned(),
    };
    let own = Refusal::Personal("异议的理由", "the grounds", vec!["王先生 0851-8888 0000，8555 1234".to_owned()]);
    assert_eq!(desk.ask(&Actor::Public, object.clone()), Err(own));
    let Command::Object { name, contact, .. } = object else { unreachable!("it is an objection") };
    let contact_told = contact.clone();
    desk.must(&Actor::Public, Command::Object { name, contact, grounds: "权利人不符".to_owned() });
    let second = user(15, &[Role::DecisionMaker], &[]);
    for (text, detail) in [("经王小明反映查实", "王小明"), ("85551234 来电属实", contact_told.as_str())]
    {
        let refused = Refusal::Objector("答复", "the answer", detail.to_owned());
        let answer = Command::AnswerObjection { id: 1, upheld: true, text: text.to_owned() };
        assert_eq!(desk.ask(&second, answer), Err(refused), "{text}");
    }
    desk.must(&second, Command::AnswerObjection { id: 1, upheld: true, text: "查实".to_owned() });
    desk.must(&reviewer(), Command::TakeUp);
    let hold = |reason: &str| Command::Hold { reason: reason.to_owned() };
    let refused = |zh, en| Err(Refusal::Objector(zh, en, "王小明".to_owned()));
    assert_eq!(desk.ask(&reviewer(), hold("等王小明补充材料")), refused("暂缓的原因", "a reason"));
    desk.must(&reviewer(), Command::FindEvidence { id: 1, holds: true, note: "向王小明问过".to_owned() });
    let recommends = Recommendation::Support(Fen::yuan(40_000));
    desk.must(&reviewer(), Command::Review { recommends, opinion: "属实".to_owned() });
    let decision = |reason: &str| match decide(4_000_000) {
        Command::Decide { amount, conditions, priority, if_short, .. } => {
            Command::Decide { amount, reason: reason.to_owned(), conditions, priority, if_short }
        }
        other => other,
    };
    let told = refused("审定的理由", "the reason for the amount");
    assert_eq!(desk.ask(&second, decision("王小明异议属实，改按")), told);
    let decline = Command::Decline { reason: "王小明反映属实".to_owned() };
    assert_eq!(desk.ask(&second, decline), refused("不予支持的理由", "a reason"));
    desk.must(&second, decision("异议属实，重新核定"));
    desk.must(&intake(), Command::PublishNotice);
    let revoke = |grounds: &str, remark: &str| Command::ProposeRevocation {
        grounds: grounds.to_owned(),
        remark: remark.to_owned(),
    };
    assert_eq!(desk.ask(&second, revoke("王小明举报", "重新核定")), refused("撤销的理由", "the grounds"));
    let (zh, en) = duixian_casework::handle::REMARK;
    assert_eq!(desk.ask(&second, revoke("材料不实", "经王小明反映，材料不实")), refused(zh, en));
    desk.must(&second, revoke("材料不实", "材料不实"));
}
