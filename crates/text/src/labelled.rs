//! Numbers that are said to be a person's: behind the word for it no check digit is asked for.

use crate::personal::{groups, has_birthday, is_between, is_day, is_mobile, is_sign};

/// What a word says of the number behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// An identity card.
    Identity,
    /// A passport, a permit, a card of insurance.
    Passport,
    /// A paper of whatever kind, which may be a firm's too.
    Paper,
    /// Anything that has a number: an identity card's is known by its length.
    Anything,
    /// An account of a bank.
    Account,
    /// A card: a bank's is known by its length.
    Card,
    /// A number in QQ.
    Chat,
    /// A name or number in WeChat.
    WeChat,
    /// The same, by a word of those who want to be reached there.
    Chatted,
    /// A telephone. Offices tell theirs with the area's number: that is none of a person.
    Telephone,
    /// A telephone at home.
    Home,
}

/// The words, small letters where they are ours.
const WORDS: [(&str, Of); 72] = [
    ("身份证", Of::Identity),
    ("身份号码", Of::Identity),
    ("身份證", Of::Identity),
    ("id card", Of::Identity),
    ("identity card", Of::Identity),
    ("sfz", Of::Identity),
    ("id", Of::Anything),
    ("护照", Of::Passport),
    ("護照", Of::Passport),
    ("passport", Of::Passport),
    ("通行证", Of::Passport),
    ("回乡证", Of::Passport),
    ("台胞证", Of::Passport),
    ("居住证", Of::Passport),
    ("居留证", Of::Passport),
    ("驾驶证", Of::Passport),
    ("驾照", Of::Passport),
    ("军官证", Of::Passport),
    ("士兵证", Of::Passport),
    ("社保卡", Of::Passport),
    ("社保号", Of::Passport),
    ("医保卡", Of::Passport),
    ("证件", Of::Paper),
    ("證件", Of::Paper),
    ("银行卡", Of::Account),
    ("储蓄卡", Of::Account),
    ("信用卡", Of::Account),
    ("卡号", Of::Account),
    ("账号", Of::Account),
    ("帐号", Of::Account),
    ("账户", Of::Account),
    ("帐户", Of::Account),
    ("存折", Of::Account),
    ("卡", Of::Card),
    ("工行", Of::Card),
    ("农行", Of::Card),
    ("中行", Of::Card),
    ("建行", Of::Card),
    ("交行", Of::Card),
    ("招行", Of::Card),
    ("邮储", Of::Card),
    ("银行", Of::Card),
    ("开户行", Of::Card),
    ("卡上", Of::Card),
    ("卡里", Of::Card),
    ("支付宝", Of::Account),
    ("bank card", Of::Account),
    ("card no", Of::Account),
    ("account", Of::Account),
    ("qq", Of::Chat),
    ("扣扣", Of::Chat),
    ("微信", Of::WeChat),
    ("wechat", Of::WeChat),
    ("weixin", Of::WeChat),
    ("vx", Of::Chatted),
    ("wx", Of::Chatted),
    ("v信", Of::Chatted),
    ("薇信", Of::Chatted),
    ("加v", Of::Chatted),
    ("加微", Of::Chatted),
    ("电话", Of::Telephone),
    ("電話", Of::Telephone),
    ("手机", Of::Telephone),
    ("手機", Of::Telephone),
    ("座机", Of::Telephone),
    ("联系方式", Of::Telephone),
    ("tel", Of::Telephone),
    ("phone", Of::Telephone),
    ("mobile", Of::Telephone),
    ("家庭电话", Of::Home),
    ("住宅电话", Of::Home),
    ("宅电", Of::Home),
];

/// What may stand between such a word and its number.
const BETWEEN: [&str; 14] =
    ["号码", "号", "码", "编号", "群", "账号", "卡号", "电话", "是", "为", "number", "no", "id", "is"];

/// How far behind the word a number may stand that is made like an identity card's.
const NEAR: usize = 12;

/// The numbers with such a word before them, in a text in one width.
pub(crate) fn labelled(text: &str) -> Vec<String> {
    let small = text.to_ascii_lowercase();
    let is_letter = |one: char| one.is_ascii_alphabetic();
    let mut found = Vec::new();
    for (word, of) in &WORDS {
        for (from, _) in small.match_indices(word) {
            let to = from + word.len();
            let is_inside =
                word.starts_with(is_letter) && small[..from].ends_with(|one: char| one.is_ascii_alphanumeric());
            let goes_on = word.ends_with(is_letter) && small[to..].starts_with(is_letter);
            if is_inside || goes_on {
                continue;
            }
            let (rest, is_said) = behind(&text[to..]);
            let near = || matches!(of, Of::Identity | Of::Paper).then(|| identity_near(&text[to..])).flatten();
            found.extend(number(*of, rest, is_said).or_else(near));
        }
    }
    found
}

/// What follows behind a word, and whether it is said that this is it.
fn behind(mut rest: &str) -> (&str, bool) {
    let mut is_said = false;
    loop {
        rest = without_remark(rest);
        let bare = rest.trim_start_matches(|one: char| one.is_whitespace() || "()[]【】\"“”'‘’#*-_.".contains(one));
        let small = bare.to_ascii_lowercase();
        let next = bare.strip_prefix([':', '=']).or_else(|| {
            BETWEEN.iter().find_map(|word| {
                let is_whole = !word.is_ascii()
                    || !small.strip_prefix(word)?.starts_with(|one: char| one.is_ascii_alphanumeric() || one == '_');
                (small.starts_with(word) && is_whole).then(|| &bare[word.len()..])
            })
        });
        match next {
            Some(next) => (rest, is_said) = (next, true),
            None => return (bare, is_said),
        }
    }
}

/// A text without what it begins with in brackets, where that is words alone: whose number it is, or of which bank.
fn without_remark(rest: &str) -> &str {
    let remark = rest.trim_start().strip_prefix('(').and_then(|inner| inner.split_once(')'));
    match remark {
        Some((words, after)) if words.chars().count() <= NEAR && !words.contains(|one: char| one.is_ascii_digit()) => {
            after
        }
        _ => rest,
    }
}

/// The number that a text begins with, if it is what it is said to be.
fn number(of: Of, rest: &str, is_said: bool) -> Option<String> {
    match of {
        Of::WeChat | Of::Chatted => {
            name(rest, is_said || of == Of::Chatted).or_else(|| number(Of::Chat, rest, is_said))
        }
        // Whatever signs are put between its groups, behind such a word it is one; days that follow each other are none.
        Of::Identity | Of::Anything | Of::Account | Of::Card => in_groups(of, rest, is_between)
            .or_else(|| in_groups(of, rest, is_sign).filter(|run| !run.get(..8).is_some_and(is_day))),
        // Figures of a list are parted by such signs, too: a mobile's number is known by how it begins.
        Of::Telephone => {
            in_groups(of, rest, is_between).or_else(|| in_groups(of, rest, is_sign).filter(|run| is_mobile(run)))
        }
        _ => in_groups(of, rest, is_between),
    }
}

/// The same, by what may stand between its groups.
fn in_groups(of: Of, rest: &str, may_part: fn(char) -> bool) -> Option<String> {
    let groups = groups(rest, may_part);
    let digits: String =
        groups.iter().take_while(|group| group.bytes().all(|one| one.is_ascii_digit())).copied().collect();
    let run: String = groups
        .iter()
        .take_while(|group| group.bytes().any(|one| one.is_ascii_digit()) || group.len() <= 2)
        .copied()
        .collect();
    let figures = |run: &str| run.bytes().filter(u8::is_ascii_digit).count();
    let letters = run.bytes().take_while(u8::is_ascii_alphabetic).count();
    let is_counted = is_counted(rest);
    let found = match of {
        Of::Identity => figures(&run) >= 10 && !is_counted && !is_of_firm(&run),
        Of::Passport => match letters {
            0 => digits.len() >= 8 && !is_day(&digits) && !is_counted,
            1 | 2 => figures(&run) >= 6,
            _ => false,
        },
        Of::Paper => has_birthday(&run) || (run.len() == 9 && matches!(letters, 1 | 2) && figures(&run) + letters == 9),
        // The code of a firm begins with 9 where it has no letters.
        Of::Anything => run.len() == 18 && figures(&run) >= 17 && !is_of_firm(&run) && !run.starts_with('9'),
        Of::Account => digits.len() >= 9 && !is_counted,
        Of::Card => (16..=19).contains(&digits.len()) && !is_counted,
        Of::Chat | Of::WeChat | Of::Chatted => (5..=12).contains(&digits.len()) && !is_day(&digits) && !is_counted,
        Of::Telephone => is_telephone(&digits) && !is_of_office(&digits) && !is_counted,
        Of::Home => is_telephone(&digits),
    };
    let told = if matches!(of, Of::Identity | Of::Passport | Of::Paper | Of::Anything) { run } else { digits };
    found.then_some(told)
}

fn is_telephone(digits: &str) -> bool {
    digits.len() >= 7 && !is_day(digits)
}

/// A telephone with its area's number, or one that calls are taken at for a whole office.
fn is_of_office(digits: &str) -> bool {
    let is_of_area = digits.starts_with('0') && (10..=12).contains(&digits.len());
    is_of_area || (digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800")))
}

/// The code of a firm, which has letters within.
fn is_of_firm(run: &str) -> bool {
    run.len() == 18 && run.bytes().take(17).any(|one| one.is_ascii_alphabetic())
}

/// Whether what the text begins with is so much of something: money, devices, people.
fn is_counted(rest: &str) -> bool {
    const UNITS: &str = "元万亿千百台部个件套只条支块项户人次份家年月";
    let rest = rest.trim_start_matches(|one: char| one.is_ascii_digit() || matches!(one, '.' | ',' | ' '));
    rest.starts_with(|one| UNITS.contains(one))
}

/// A name in WeChat: a letter, then letters, digits and strokes; of letters alone only where it is said that this is it.
fn name(rest: &str, is_said: bool) -> Option<String> {
    let end = rest.find(|one: char| !one.is_ascii_alphanumeric() && !matches!(one, '_' | '-')).unwrap_or(rest.len());
    let name = &rest[..end];
    let has_sign = name.bytes().any(|one| !one.is_ascii_alphabetic());
    let is_name = (6..=20).contains(&name.len()) && name.starts_with(|one: char| one.is_ascii_alphabetic());
    (is_name && (has_sign || is_said)).then(|| name.to_owned())
}

/// A number made like an identity card's that stands near, in the same sentence.
fn identity_near(rest: &str) -> Option<String> {
    let between = rest.find(|one: char| one.is_ascii_digit())?;
    let is_near = rest[..between].chars().count() <= NEAR && !rest[..between].contains(['。', ';', '\n']);
    let run: String = groups(&rest[between..], is_sign).concat();
    let run: String = run.chars().take(18).collect();
    (is_near && has_birthday(&run)).then_some(run)
}

#[cfg(test)]
mod tests {
    use crate::personal_details;

    #[test]
    fn numbers_are_taken_for_what_they_are_said_to_be() {
        for (text, number) in [
            ("身份证520102199001011234", "520102199001011234"),
            ("身份证号码：520102 19900101 1234", "520102199001011234"),
            ("公民身份号码是520102199001011234", "520102199001011234"),
            ("身份证（张三）520102-19900101-1234", "520102199001011234"),
            ("身份证 520102900101123", "520102900101123"),
            ("证件号５２０１０２１９９００１０１１２３４", "520102199001011234"),
            ("证件上写的520102199001011234", "520102199001011234"),
            ("证件号码E12345678", "E12345678"),
            ("护照E12345678", "E12345678"),
            ("护照号：EA1234567", "EA1234567"),
            ("护照 E 1234 5678", "E12345678"),
            ("passport no. G12345678", "G12345678"),
            ("港澳通行证H1234567890", "H1234567890"),
            ("银行卡6222021234567890129", "6222021234567890129"),
            ("银行卡号 6222 0212 3456 7890 129", "6222021234567890129"),
            ("卡号:955880123456789", "955880123456789"),
            ("账号793088887591759580", "793088887591759580"),
            ("帐号 7930 8888 7591 7595 80", "793088887591759580"),
            ("收款账户：24020012345678901", "24020012345678901"),
            ("身份证：520102/19900101/1234", "520102199001011234"),
            ("身份证号码是520102、19900101、1234", "520102199001011234"),
            ("身份证号为（520102）（19900101）（1234）", "520102199001011234"),
            ("ID: 520102199001011234", "520102199001011234"),
            ("id：520102，19900101，1234", "520102199001011234"),
            ("sfz520102199001011234", "520102199001011234"),
            ("sfz 520102/19900101/1234", "520102199001011234"),
            ("银行账号是7930/8888/7591/7595/80", "793088887591759580"),
            ("银行账号：7930、8888、7591、7595、80", "793088887591759580"),
            ("银行账号（7930）8888（7591）7595（80）", "793088887591759580"),
            ("卡号（工商银行）6222/0212/3456/7890/129", "6222021234567890129"),
            ("工行卡6222021234567890129", "6222021234567890129"),
            ("建行卡 6222 0212 3456 7890 129", "6222021234567890129"),
            ("农行卡：6222、0212、3456、7890、129", "6222021234567890129"),
            ("钱打到我卡上6222021234567890129", "6222021234567890129"),
            ("工行卡六二二二〇二一二三四五六七八九〇一二九", "6222021234567890129"),
            ("QQ 123456789", "123456789"),
            ("QQ123456789", "123456789"),
            ("qq号：12345", "12345"),
            ("ＱＱ：１２３４５６７８９", "123456789"),
            ("QQ群 123-456-789", "123456789"),
            ("微信 abc_123", "abc_123"),
            ("微信号zhangsan", "zhangsan"),
            ("微信：zhangsan", "zhangsan"),
            ("加微信wxid_9a8b7c", "wxid_9a8b7c"),
            ("VX: abc12345", "abc12345"),
            ("V信 zhangsan", "zhangsan"),
            ("V信：abc_123", "abc_123"),
            ("加V：zhangsan88", "zhangsan88"),
            ("vx zhangsan", "zhangsan"),
            ("wx 123456789", "123456789"),
            ("WeChat ID abc_123", "abc_123"),
            ("电话88880000", "88880000"),
            ("联系电话：8888 0000", "88880000"),
            ("手机 1391 2345 678", "13912345678"),
            ("手机139，1234，5678", "13912345678"),
            ("联系电话：139~1234~5678", "13912345678"),
            ("开户行工行 2402 0001 0920 0123 456", "2402000109200123456"),
            ("农行95599801234567890", "95599801234567890"),
            ("手机号1391234-5678", "13912345678"),
            ("家庭电话0851-88880000", "085188880000"),
        ] {
            assert_eq!(personal_details(text), [number], "{text:?}");
        }
    }

    #[test]
    fn words_without_such_a_number_and_numbers_of_offices_and_things_are_none() {
        for text in [
            "身份证2019年到期",
            "身份证20190305签发",
            "法定代表人身份证或者统一社会信用代码91520102MA6D00001C",
            "身份证：91520102MA6D00001C",
            "没有提交身份证复印件，见南明兑〔2019〕000045号",
            "证件：GR201752000123",
            "身份证2009/03/05—2029/03/05有效",
            "账户2019/03/05、2019/04/06各收一笔",
            "账户：1,234,567,890,123,456元",
            "项目ID：2019000012345",
            "ID: 915201020000000000",
            "ID：91520102MA6D00001C",
            "显卡2017年1月1日购入",
            "增加Version2019",
            "加V6发动机",
            "grid 520102199013311234",
            "证件齐全，证书号ZL201710123456.7",
            "证件编号2017123456789",
            "护照2019-03-05签发",
            "账户余额1 234 567.89元",
            "账户 1 234 567.89元",
            "账户：1,234,567.89元",
            "账户于20190305开立",
            "收款账户已于2019年6月3日更正",
            "账号不符，付款号DX2019-0005-1",
            "QQ 2019年",
            "用QQ、微信联系不上",
            "微信公众号“南明工信”2019001期",
            "微信支付V3接口",
            "微信 WeChat",
            "手机1200000台",
            "手机139,1234台",
            "电话1,391,234,567户",
            "建行贷款 2019000012 笔",
            "施工许可证号520102201709130101",
            "软件著作权证号SR1234567",
            "项目合同编号HT-2018-1391-2345-678",
            "设备规格1500-1200-600",
            "手机20190305发布",
            "2018年手机产量 1 200 000 部",
            "电话0851-88880000",
            "咨询电话：0851-8888 0000",
            "服务电话400-123-4567",
            "电话12345",
            "电话会议纪要20190305001",
            "telecom 12345678",
            "accounting 2019123456",
        ] {
            assert_eq!(personal_details(text), [""; 0], "{text:?}");
        }
    }
}
