//! What a person is reached, named, found or robbed by: nothing that everyone reads, or that is passed on, may hold one.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::address::home_addresses;
use crate::labelled::labelled;
use crate::numerals::with_digits;
use crate::without_unseen_in_lines;

/// The numbers of people, addresses of theirs to write to, and addresses of homes in a text, each once.
pub fn personal_details(text: &str) -> Vec<String> {
    let plain = plain(text);
    let mut details: Vec<String> = Vec::new();
    let found = personal_numbers(&plain).into_iter().chain(labelled(&plain)).chain(mail(&plain));
    for one in found.chain(home_addresses(text)) {
        // What is found in two ways may be longer in one of them, by the country before it.
        if !details.iter().any(|other| other.contains(&one) || one.contains(other.as_str())) {
            details.push(one);
        }
    }
    details
}

/// A text with nothing between its letters and digits, however wide they are: to find in it what was written in groups.
pub fn run_together(text: &str) -> String {
    plain(text).chars().filter(|one| !is_between(*one)).collect()
}

/// A text as its numbers are looked for: in one width, in plain digits, and without what nobody sees.
fn plain(text: &str) -> String {
    with_digits(&without_unseen_in_lines(&text.nfkc().collect::<String>()))
}

/// What may stand between the groups of one number: blanks, strokes and dots. Amounts have commas, numbers of cases brackets.
pub(crate) fn is_between(one: char) -> bool {
    one.is_whitespace() || matches!(one, '-' | '_' | '.' | '·' | '•' | '・' | '\u{2010}'..='\u{2015}' | '−')
}

/// The same and what keeps telephones apart from their area, which groups of other things seldom are.
fn is_between_or_bracket(one: char) -> bool {
    is_between(one) || matches!(one, '/' | '(' | ')')
}

/// Any sign that people put between the groups of a number so that it is not found: asked only of numbers that are known by more than
/// their length.
pub(crate) fn is_sign(one: char) -> bool {
    is_between(one) || one.is_ascii_punctuation() || matches!(one, '、' | '。' | '【' | '】' | '「' | '」')
}

/// The groups of letters and digits that a text begins with, with nothing but what may stand between them.
pub(crate) fn groups(text: &str, may_part: fn(char) -> bool) -> Vec<&str> {
    let end = text.find(|one: char| !one.is_ascii_alphanumeric() && !may_part(one)).unwrap_or(text.len());
    text[..end].split(may_part).filter(|group| !group.is_empty()).collect()
}

/// The numbers of mobile telephones, identity cards and bank cards in a text, in plain digits. Cards are meant where their check
/// digit is right, so that numbers of certificates and firms seldom are; telephones in one run of digits, or in groups as they are spoken.
///
/// Sources: 电信网编号计划 (mobile numbers), GB 11643-1999 (identity cards), GB/T 19584-2010 and ISO/IEC 7812-1 (bank cards).
fn personal_numbers(text: &str) -> Vec<String> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices(|one: char| one.is_ascii_alphanumeric()) {
        match words.last_mut() {
            Some(word) if word.end == at => word.end += 1,
            _ => words.push(at..at + 1),
        }
    }
    let mut found = Vec::new();
    let mut rest = &words[..];
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let mut runs = text[first.clone()].split(|one: char| !one.is_ascii_digit()).map(without_country);
        if let Some(mobile) = runs.find(|run| is_mobile(run) && !is_amount(text, first)) {
            found.push(mobile.to_owned());
        } else if let Some((number, others)) = in_groups(text, first, after) {
            found.push(number);
            rest = &after[others..];
        }
    }
    found
}

/// One that begins with the first of several groups, which may have a word before it; and how many of the others it takes.
fn in_groups(text: &str, first: &Range<usize>, others: &[Range<usize>]) -> Option<(String, usize)> {
    const LONGEST: usize = 19;
    let mut run =
        without_country(text[first.clone()].trim_start_matches(|one: char| one.is_ascii_alphabetic())).to_owned();
    if is_card(&run) {
        return Some((run, 0));
    }
    let mut lengths = vec![run.len()];
    let mut signs = String::new();
    let mut end = first.end;
    for (place, group) in others.iter().enumerate() {
        signs.push_str(&text[end..group.start]);
        run.push_str(&text[group.clone()]);
        lengths.push(group.len());
        end = group.end;
        if run.len() > LONGEST || !signs.chars().all(is_sign) {
            break;
        }
        // Commas and the like part the numbers of a list, too: they are one's groups only where these are of four.
        let (last, whole) = lengths.split_last()?;
        let is_apart = signs.chars().all(is_between);
        let is_of_fours = *last <= 4 && whole.iter().all(|length| *length == 4);
        // A number of three digits before a day (158 20190305) is no telephone.
        let is_spoken = match lengths[..] {
            [3, 4, 4] => signs.chars().all(is_between_or_bracket),
            // As nobody speaks them, and as they are written to be overlooked. Sizes and contracts have strokes between.
            [4, 4, 3] | [3, 4, 2, 2] => signs.chars().all(char::is_whitespace),
            [3, 8] => signs.chars().all(is_between_or_bracket) && !is_day(&text[group.clone()]),
            _ => is_apart && lengths.iter().all(|length| *length == 1),
        };
        if is_identity_card(&run)
            || (is_bank_card(&run) && (is_apart || is_of_fours))
            || (is_spoken && is_mobile(&run) && !is_amount(text, &(first.start..end)))
        {
            return Some((run, place + 1));
        }
    }
    None
}

/// Whether a number is so much money: by the unit behind it, or the word before it.
fn is_amount(text: &str, number: &Range<usize>) -> bool {
    const UNITS: [&str; 4] = ["元", "万元", "亿元", "万亿元"];
    const WORDS: [&str; 17] = [
        "收入",
        "产值",
        "金额",
        "营收",
        "利润",
        "税额",
        "税款",
        "纳税",
        "资产",
        "投资",
        "投入",
        "销售额",
        "费用",
        "总额",
        "余额",
        "价款",
        "¥",
    ];
    let behind = &text[number.end..];
    let decimals = behind.strip_prefix('.').map(|rest| rest.trim_start_matches(|one: char| one.is_ascii_digit()));
    let unit = decimals.unwrap_or(behind).trim_start();
    let before = text[..number.start]
        .trim_end_matches(|one: char| {
            one.is_whitespace() || matches!(one, '为' | '是' | '达' | '约' | '共' | ':' | '=')
        })
        .trim_end_matches(['(', ')', '元']);
    UNITS.iter().any(|one| unit.starts_with(one)) || WORDS.iter().any(|word| before.ends_with(word))
}

fn without_country(run: &str) -> &str {
    let rest = run.strip_prefix("0086").or_else(|| run.strip_prefix("86"));
    rest.filter(|rest| matches!(rest.len(), 3 | 11)).unwrap_or(run)
}

pub(crate) fn is_mobile(run: &str) -> bool {
    let digits = run.as_bytes();
    digits.len() == 11 && digits.iter().all(u8::is_ascii_digit) && digits[0] == b'1' && digits[1] >= b'3'
}

fn is_card(word: &str) -> bool {
    is_identity_card(word) || is_bank_card(word)
}

fn is_identity_card(word: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum =
        word.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum::<u32>();
    has_birthday(word)
        && word.bytes().last().map(|check| check.to_ascii_uppercase()) == b"10X98765432".get(sum as usize % 11).copied()
}

/// Whether it is made like the number of an identity card, whatever its check digit: eighteen places, of which the seventh to the
/// fourteenth are a day, or fifteen as they were up to 2013.
pub(crate) fn has_birthday(word: &str) -> bool {
    let (number, century) = match word.len() {
        15 => (word, "19"),
        18 => (word.trim_end_matches(['x', 'X']), ""),
        _ => return false,
    };
    let day = if century.is_empty() { word.get(6..14) } else { word.get(6..12) };
    number.len() + 1 >= word.len()
        && number.bytes().all(|digit| digit.is_ascii_digit())
        && day.is_some_and(|day| is_day(&format!("{century}{day}")))
}

/// Whether eight digits are a day of the last or of this century.
pub(crate) fn is_day(run: &str) -> bool {
    let part = |from: usize, to: usize| run.get(from..to).and_then(|part| part.parse::<u32>().ok());
    run.len() == 8
        && part(0, 4).is_some_and(|year| (1900..2100).contains(&year))
        && part(4, 6).is_some_and(|month| (1..=12).contains(&month))
        && part(6, 8).is_some_and(|day| (1..=31).contains(&day))
}

/// A card of a Chinese bank, by the digit that Luhn's sum asks for.
fn is_bank_card(word: &str) -> bool {
    // Those of UnionPay, and what the great banks gave out before it.
    const ISSUED: [&str; 7] = ["62", "9558", "9559", "4367", "4563", "6013", "5218"];
    let is_long_enough = (16..=19).contains(&word.len()) && ISSUED.iter().any(|first| word.starts_with(first));
    let doubled = |(place, digit): (usize, u8)| {
        let digit = u32::from(digit - b'0');
        match (place % 2, digit) {
            (1, 5..) => digit * 2 - 9,
            (1, _) => digit * 2,
            _ => digit,
        }
    };
    is_long_enough
        && word.bytes().all(|digit| digit.is_ascii_digit())
        && word.bytes().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

/// The addresses of electronic letters, also with the sign spelt out.
fn mail(text: &str) -> Vec<String> {
    const SPELT: [(&str, &str); 12] = [
        ("(at)", "@"),
        ("[at]", "@"),
        ("【at】", "@"),
        ("{at}", "@"),
        ("(dot)", "."),
        ("[dot]", "."),
        ("【dot】", "."),
        ("{dot}", "."),
        ("艾特", "@"),
        ("点com", ".com"),
        ("点cn", ".cn"),
        ("点net", ".net"),
    ];
    let mut text = text.to_owned();
    for (spelt, sign) in SPELT {
        text = text.replace(spelt, sign).replace(&spelt.to_ascii_uppercase(), sign);
    }
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '_' | '-' | '+' | '%');
    let found = text.match_indices('@').filter_map(|(at, _)| {
        let (before, after) = (text[..at].trim_end(), text[at + 1..].trim_start().replace('。', "."));
        let name = &before[before
            .rfind(|one| !is_of_name(one))
            .map_or(0, |one| one + before[one..].chars().next().map_or(0, char::len_utf8))..];
        let after = after.replace(" .", ".").replace(". ", ".");
        let end =
            after.find(|one: char| !one.is_ascii_alphanumeric() && !matches!(one, '.' | '-')).unwrap_or(after.len());
        let host = after[..end].trim_end_matches(['.', '-']);
        let (_, top) = host.rsplit_once('.')?;
        let is_top = top.len() >= 2 && top.bytes().all(|one| one.is_ascii_alphabetic());
        (is_top && !name.is_empty()).then(|| format!("{name}@{host}"))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is to be found, each with what is told of it.
    #[test]
    fn numbers_of_people_are_found_however_they_are_written() {
        for (text, number) in [
            // Mobile telephones.
            ("请联系张晓13912345678", "13912345678"),
            ("电话：１３９１２３４５６７８。", "13912345678"),
            ("139 1234 5678", "13912345678"),
            ("139.1234.5678", "13912345678"),
            ("139·1234·5678", "13912345678"),
            ("139—1234—5678", "13912345678"),
            ("139_1234_5678", "13912345678"),
            ("139 12345678", "13912345678"),
            ("1 3 9 1 2 3 4 5 6 7 8", "13912345678"),
            ("139\u{200b}1234\u{ad}5678", "13912345678"),
            ("139　1234　5678", "13912345678"),
            ("+86-139-1234-5678", "13912345678"),
            ("+86139 1234 5678", "13912345678"),
            ("微信8613912345678同号", "13912345678"),
            ("139（0851）1235", "13908511235"),
            ("（139）1234 5678", "13912345678"),
            ("139/1234/5678", "13912345678"),
            ("（139）12345678", "13912345678"),
            ("一三九一二三四五六七八", "13912345678"),
            ("一三九 一二三四 五六七八", "13912345678"),
            ("投入不实，13912345678可以作证", "13912345678"),
            // Identity cards.
            ("身份证11010519491231002X", "11010519491231002X"),
            ("11010519491231002x", "11010519491231002x"),
            ("110105 19491231 002X", "11010519491231002X"),
            ("110105-19491231-002x", "11010519491231002x"),
            ("110105.1949.1231.002X", "11010519491231002X"),
            ("110105 1949 12 31 002 X", "11010519491231002X"),
            ("110105　１９４９１２３１　００２Ｘ", "11010519491231002X"),
            ("110105－19491231－002Ｘ", "11010519491231002X"),
            ("110105\u{200b}19491231\u{2060}002X", "11010519491231002X"),
            ("11010519491231002\u{feff}X", "11010519491231002X"),
            ("经办人520102 19900101 123X的社保", "52010219900101123X"),
            ("520102/19900101/123X", "52010219900101123X"),
            ("520102、19900101、123X", "52010219900101123X"),
            ("520102，1990，0101，123X", "52010219900101123X"),
            ("520102,19900101,123X", "52010219900101123X"),
            ("520102（19900101）123X", "52010219900101123X"),
            ("（520102）（19900101）（123X）", "52010219900101123X"),
            ("520102;19900101|123x", "52010219900101123x"),
            ("No52010219900101123X", "52010219900101123X"),
            ("五二〇一〇二一九九〇〇一〇一一二三X", "52010219900101123X"),
            ("No110105 19491231 002X", "11010519491231002X"),
            // Bank cards.
            ("卡号 6222021234567890128", "6222021234567890128"),
            ("6222 0212 3456 7890 128", "6222021234567890128"),
            ("6222-0212-3456-7890-128", "6222021234567890128"),
            ("6222.0212.3456.7890.128", "6222021234567890128"),
            ("622202 1234567890128", "6222021234567890128"),
            ("6222  0212\t3456\n7890 128", "6222021234567890128"),
            ("６２２２　０２１２　３４５６　７８９０　１２８", "6222021234567890128"),
            ("6222\u{200d}0212\u{200d}3456\u{200d}7890\u{200d}128", "6222021234567890128"),
            ("6222/0212/3456/7890/128", "6222021234567890128"),
            ("6222、0212、3456、7890、128", "6222021234567890128"),
            ("（6222）（0212）（3456）（7890）128", "6222021234567890128"),
            ("六二二二〇二一二三四五六七八九〇一二八", "6222021234567890128"),
            ("XYZ6222021234567890128", "6222021234567890128"),
            // Letters.
            ("lisi(at)example.com", "lisi@example.com"),
            ("lisi[at]example.com", "lisi@example.com"),
            ("lisi（AT）example（dot）com", "lisi@example.com"),
            ("lisi [at] example [dot] com", "lisi@example.com"),
            ("邮箱wang@qq.com", "wang@qq.com"),
            ("wang@qq.com", "wang@qq.com"),
            ("ｗａｎｇ＠ｑｑ．ｃｏｍ", "wang@qq.com"),
            ("请发wang.li-2@mail.example.com.cn。", "wang.li-2@mail.example.com.cn"),
            ("wang @ qq.com", "wang@qq.com"),
            ("wang@qq。com", "wang@qq.com"),
        ] {
            assert_eq!(personal_details(text), [number], "{text:?}");
        }
    }

    /// What everyone may read.
    #[test]
    fn numbers_of_certificates_firms_and_offices_amounts_and_days_are_none() {
        for text in [
            "",
            "ZL201710123456.7",
            "ZL 2017 1 0123456.7",
            "201710123456",
            "2018SR1391234",
            "软著登字第1234567号",
            "GB/T 19584-2010",
            "GR201752000123",
            "91520102MA6D00001C",
            "9152 0102 MA6D 0000 1C",
            "统一社会信用代码：915201020000000000",
            "营业执照91520102MA6D00001C与身份证明不符",
            "520102199913320011",
            "520102199001011234",
            "南明兑〔2019〕000083号",
            "南明兑〔2019〕000045号、南明兑〔2019〕000046号",
            "南明兑[2019]000045号",
            "黔科合〔2017〕12号",
            "付款号 DX2019-0005-1",
            "0851-88880000",
            "咨询请拨打12345",
            "12912345678",
            "139123456789",
            "营业收入13800000000元",
            "营业收入13800000000.00元",
            "营业收入13800000000",
            "营业收入（元）：13800000000",
            "研发投入 138 0000 0000 元",
            "收入¥13800000000",
            "产值由13500000000元增至13800000000元",
            "三年分别为180、1200、3000万元",
            "编号150、1200、1300",
            "证书62012345、62012346、62012347",
            "专利ZL201710123456.7、ZL201710123457.1，ZL201710123458.6",
            "合同HT2017-0001/0002/0003",
            "发票号码01234567、01234568（代码5200171130）",
            "二〇一七年、二〇一八年和二〇一九年",
            "一、二、三、四、五、六、七、八、九、一、二",
            "6,222,021,234,567,890,128",
            "2019-1391-2345",
            "6222021234567890129",
            "6222 0212 3456 7890 129",
            "1 234 567.89元",
            "补助1,234,567.89元，另付1500000元",
            "1500000 2019年度",
            "编号 158 20190305",
            "2019-01-01 2019-12-31 18",
            "2019.01.01—2019.12.31",
            "2019年6月3日14时30分",
            "三(八).1、三(八).2",
            "第3.2.1条、第12条第（一）款",
            "规格 5mm@25.5mm",
            "@某某公司",
            "比例 3@2.5",
        ] {
            assert_eq!(personal_details(text), [""; 0], "{text:?}");
        }
    }

    #[test]
    fn all_that_a_text_holds_is_told_each_once() {
        let text = "张某13912345678、身份证520102/19900101/123X，再打13912345678或者13812345678；wang@qq.com，住2栋1203室，3栋501室";
        let all = ["13912345678", "52010219900101123X", "13812345678", "wang@qq.com", "2栋1203室", "3栋501室"];
        assert_eq!(personal_details(text), all);
    }

    #[test]
    fn a_text_is_found_in_another_whatever_stands_between() {
        assert_eq!(run_together("张 三．０８５１—8888\u{200b}0000"), "张三085188880000");
    }
}
