//! Where someone lives, as addresses are written: nothing that everyone reads, or that is passed on, may say it.

use unicode_normalization::UnicodeNormalization;

/// The addresses of homes in a text, each from its building or entrance to its room: `3单元501`, `2栋1203室`, `3栋1202`, `9号楼三单元`,
/// `住中华南路12号`.
///
/// An entrance (单元) is one of a home, with its building before it or its room behind. A room is, where its building or house number
/// stands before it and nothing there says that it is one for offices: firms may be named by where they are registered. What is no number
/// of a room (会议室, 2单元300MW, 3栋1200平方米) is none.
pub(crate) fn home_addresses(text: &str) -> Vec<String> {
    let text: Vec<char> = text.nfkc().filter(|one| !one.is_whitespace()).collect();
    let mut homes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = entrance(&text, at).or_else(|| room(&text, at)).or_else(|| strokes(&text, at));
        let end = end.or_else(|| dwelling(&text, at));
        homes.extend(end.and_then(|end| text.get(at..end)).map(|home| home.iter().collect::<String>()));
        at = end.unwrap_or(at + 1);
    }
    homes
}

/// Words of buildings in which nobody lives.
const OFFICES: [&str; 16] = [
    "大厦",
    "中心",
    "广场",
    "园区",
    "产业园",
    "工业园",
    "科技园",
    "写字楼",
    "办公",
    "大楼",
    "孵化",
    "基地",
    "厂房",
    "市场",
    "商场",
    "酒店",
];

/// How many characters before a building are looked at for what it is.
const LOOKED_AT: usize = 16;

/// An entrance that begins with the number here: `3单元501室`, and the whole of `9号楼3单元`. Where it ends.
fn entrance(text: &[char], at: usize) -> Option<usize> {
    let from = number(text, at)?;
    let (from, has_building) = match building(text, from) {
        Some(after) => (number(text, after)?, true),
        None => (from, false),
    };
    let after = word(text, from, "单元")?;
    match number(text, after).map(|end| (end, word(text, end, "室").or_else(|| word(text, end, "号")))) {
        Some((_, Some(end))) => Some(end),
        Some((end, None)) if is_room_number(text, after, end) => Some(end),
        _ => has_building.then_some(after),
    }
}

/// A room of a building whose number begins here: `2栋1203室`, `3号楼2层201室`, `12号501室`, and behind a building also `3栋1202`.
fn room(text: &[char], at: usize) -> Option<usize> {
    let house = number(text, at)?;
    let building = building(text, house);
    let mut from = building.or_else(|| word(text, house, "号"))?;
    from = word(text, from, "-").unwrap_or(from);
    if let Some(after) = number(text, from).and_then(|end| word(text, end, "层").or_else(|| word(text, end, "楼"))) {
        from = after;
    }
    let end = number(text, from)?;
    let bare = (building.is_some() && is_room_number(text, from, end)).then_some(end);
    let end = word(text, end, "室").or_else(|| word(text, end, "户")).or(bare)?;
    let before: String = text[at.saturating_sub(LOOKED_AT)..at].iter().collect();
    (!OFFICES.iter().any(|office| before.contains(office))).then_some(end)
}

/// Ends of the names of where people live.
const DWELLINGS: &str = "栋幢园苑寓庭居邸府湾舍院";

/// Building, entrance and room as they are written in short, behind the name of where people live: `翠微园5-2-301`, `5号2-3-4`. Where it ends.
fn strokes(text: &[char], at: usize) -> Option<usize> {
    let [first, last] = *text.get(at.checked_sub(2)?..at)? else { return None };
    // A number of a certificate (编号) is none of a house.
    let is_house =
        (last == '号' && first.is_ascii_digit()) || (first, last) == ('小', '区') || DWELLINGS.contains(last);
    let building = number(text, at)?;
    let entrance = number(text, word(text, building, "-")?)?;
    let room = number(text, word(text, entrance, "-")?)?;
    let goes_on = text.get(room).is_some_and(|one| one.is_ascii_alphanumeric() || "-./万年月日".contains(*one));
    let place: String = text[at.saturating_sub(LOOKED_AT)..at].iter().collect();
    let is_home = is_house && !OFFICES.iter().any(|office| place.contains(office));
    (is_home && building - at <= 2 && entrance - building <= 3 && room - entrance <= 5 && !goes_on).then_some(room)
}

/// Where someone says that they live, up to the house's number: `住南明区中华南路12号`; what moves into an office (入住) is no home. Where
/// it ends.
fn dwelling(text: &[char], at: usize) -> Option<usize> {
    let is_moving_in = at.checked_sub(1).and_then(|before| text.get(before)) == Some(&'入');
    let from = word(text, at, "住").filter(|_| !is_moving_in)?;
    let (house, end) = (from..text.len().min(from + LOOKED_AT)).find_map(|at| {
        let end = word(text, number(text, at)?, "号")?;
        Some((at, end))
    })?;
    let between: String = text[from..house].iter().collect();
    let is_street =
        ["路", "街", "巷", "道", "村", "桥", "坡", "寨", "院", "园", "苑", "坝"].iter().any(|of| between.contains(of));
    (is_street && !OFFICES.iter().any(|office| between.contains(office))).then_some(end)
}

/// A number of digits or of Chinese numerals that begins here, and is no end of a longer one. Where it ends.
fn number(text: &[char], at: usize) -> Option<usize> {
    let is_digit = |one: &&char| one.is_ascii_digit() || "零〇一二三四五六七八九十".contains(**one);
    let is_inside = at.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|one| is_digit(&one));
    let digits = text.get(at..)?.iter().take_while(is_digit).count();
    (digits > 0 && !is_inside).then_some(at + digits)
}

/// Whether the digits are those of a room: three or four, and no part of a figure or of a name with letters.
fn is_room_number(text: &[char], from: usize, end: usize) -> bool {
    let goes_on = |one: &char| one.is_ascii_alphanumeric() || ".%万千多余元台个套件人家户间层平米年吨亩".contains(*one);
    (3..=4).contains(&(end - from)) && !text.get(end).is_some_and(goes_on)
}

fn building(text: &[char], at: usize) -> Option<usize> {
    ["号楼", "栋", "幢"].iter().find_map(|of| word(text, at, of))
}

/// Where a word ends that stands here.
fn word(text: &[char], at: usize, word: &str) -> Option<usize> {
    let there = text.get(at..)?;
    let length = word.chars().count();
    (there.len() >= length && there.iter().zip(word.chars()).all(|(one, of)| *one == of)).then_some(at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_are_found_however_they_are_written() {
        for (text, home) in [
            ("住花果园 V 区 9 栋 2 单元 1203 室", "9栋2单元1203室"),
            ("中华南路12号3单元501", "3单元501"),
            ("龙福苑2栋1203室", "2栋1203室"),
            ("市府路９号楼三单元", "9号楼三单元"),
            ("甲秀小区3号楼2层201室", "3号楼2层201室"),
            ("人民路12号501室", "12号501室"),
            ("花果园A区3栋1202", "3栋1202"),
            ("花果园 A 区 3 栋 - 1202，", "3栋-1202"),
            ("龙福苑12号楼501的住户", "12号楼501"),
            ("2幢3单元6号", "2幢3单元6号"),
            ("我住贵阳市南明区中华南路12号，", "住贵阳市南明区中华南路12号"),
            ("他家住彭家桥28号", "住彭家桥28号"),
            ("家住南明区翠微园5-2-301", "5-2-301"),
            ("油榨街5号2-3-4，", "2-3-4"),
        ] {
            assert_eq!(home_addresses(text), [home], "{text}");
        }
    }

    #[test]
    fn products_rooms_without_a_number_and_addresses_of_firms_are_none() {
        for text in [
            "",
            "会议室改造",
            "3号楼实验室",
            "重点实验室2017年度",
            "储能2单元300MW",
            "3栋1200平方米",
            "新建3栋500多平",
            "厂房3栋1202",
            "3号楼2018年竣工",
            "3栋1200.5万元",
            "建成5栋120套",
            "2单元1500台",
            "4单元电池组",
            "国际中心1号楼1205室",
            "高新产业园3栋402室",
            "某某大厦A座1205室",
            "南明兑〔2019〕000083号",
            "黔科合〔2017〕12号501项",
            "第3号楼宇经济项目",
            "高新产业园5-2-301",
            "园区2019-3-15验收",
            "本区2017-5-3申报",
            "产品型号5-2-301",
            "证书编号12-3-456",
            "住宅智能化系统，软著登字第1201号",
            "入住花果园大街12号",
            "住建部门2017年道路改造",
        ] {
            assert_eq!(home_addresses(text), [""; 0], "{text}");
        }
    }
}
