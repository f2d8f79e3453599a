//! Whether a text names someone, whatever they have put around their name.

use std::borrow::Cow;

use duixian_text::run_together;

/// What a text holds of a name that someone has given: the whole, or a person or firm within it (「市民张伟」, 「某公司 张伟（居民）」). One
/// character (甲, 某) names nobody, and stands in many words.
pub(super) fn named<'n>(text: &str, name: &'n str) -> Option<Cow<'n, str>> {
    let whole = Cow::Borrowed(name.trim());
    let parts = parts(name).into_iter().map(Cow::Owned);
    std::iter::once(whole).chain(parts).find(|name| name.chars().nth(1).is_some() && holds(text, name))
}

/// Whether a text holds another, however wide it is written and with whatever between.
pub(super) fn holds(text: &str, what: &str) -> bool {
    let what = run_together(what);
    !what.is_empty() && run_together(text).contains(&what)
}

/// Words for what someone is, and around a name: what stands between them may be one.
const AROUND: [&str; 37] = [
    "先生",
    "女士",
    "小姐",
    "同志",
    "老师",
    "教师",
    "医生",
    "律师",
    "会计",
    "出纳",
    "工程师",
    "经理",
    "董事长",
    "股东",
    "市民",
    "居民",
    "村民",
    "农民",
    "群众",
    "网友",
    "员工",
    "职工",
    "职员",
    "业主",
    "住户",
    "学生",
    "负责人",
    "经办人",
    "法人",
    "本人",
    "我叫",
    "我是",
    "匿名",
    "退休",
    "个人",
    "的",
    "等",
];

/// The persons and firms within what someone has given as their name.
fn parts(name: &str) -> Vec<String> {
    let apart = AROUND.iter().fold(name.to_owned(), |name, word| name.replace(word, "\n"));
    let is_within = |one: char| one.is_alphanumeric() || one == '·' || (one.is_whitespace() && one != '\n');
    let pieces = apart.split(|one| !is_within(one)).map(str::trim);
    let is_name = |part: &&str| is_person(part) || is_firm(part);
    let mut parts = Vec::new();
    for piece in pieces {
        parts.push(piece);
        let words: Vec<&str> = piece.split_whitespace().collect();
        parts.extend(words.into_iter().filter(|word| *word != piece));
    }
    parts.into_iter().filter(is_name).map(str::to_owned).collect()
}

/// Whether it looks like the name of a person: two to four characters, of which the first is a surname, and no place or word that begins
/// like one. What remains beside a title (公司员工, 贵阳市民) is mostly none.
///
/// The surnames are common ones, and some of Guizhou: a rarer one is found where it is all that was given.
fn is_person(part: &str) -> bool {
    const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖\
                            石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤穆冉令班蒙";
    const WORDS: [&str; 15] = [
        "白云", "周边", "高新", "高校", "金融", "江西", "江苏", "万达", "石油", "石化", "常务", "任何", "马上", "龙头",
        "高级",
    ];
    let part: String = part.chars().filter(|one| !one.is_whitespace()).collect();
    (2..=4).contains(&part.chars().count())
        && part.starts_with(|one| SURNAMES.contains(one))
        && !WORDS.iter().any(|word| part.starts_with(word))
        && !["省", "市", "县", "区", "州", "镇", "乡", "村", "企业", "单位", "机构", "部门", "人员"]
            .iter()
            .any(|place| part.ends_with(place))
}

/// Whether it is the name of one firm or office, and not a word for any (本公司, 某企业).
fn is_firm(part: &str) -> bool {
    const KINDS: [&str; 14] = [
        "公司",
        "集团",
        "厂",
        "商行",
        "事务所",
        "研究院",
        "研究所",
        "设计院",
        "协会",
        "学会",
        "学校",
        "学院",
        "合作社",
        "联盟",
    ];
    const ANY: [&str; 8] = ["某", "本", "该", "我", "他", "这", "那", "贵公司"];
    let is_of_kind = KINDS.iter().any(|kind| part.ends_with(kind));
    is_of_kind && part.chars().count() >= 5 && !ANY.iter().any(|word| part.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_and_firms_are_found_in_what_stands_around_them() {
        for (given, names) in [
            ("市民张伟", vec!["张伟"]),
            ("张伟 先生", vec!["张伟"]),
            ("贵阳恒达公司 张伟", vec!["贵阳恒达公司", "张伟"]),
            ("张伟，贵阳恒达公司", vec!["张伟", "贵阳恒达公司"]),
            ("李 建国（居民）", vec!["李 建国"]),
            ("南明区市民张伟", vec!["张伟"]),
            ("张伟等三人", vec!["张伟"]),
            ("退休教师张伟", vec!["张伟"]),
            ("南明区的张伟", vec!["张伟"]),
            ("我叫张伟", vec!["张伟"]),
            ("项目经理王芳", vec!["王芳"]),
        ] {
            assert_eq!(parts(given), names, "{given}");
        }
    }

    #[test]
    fn words_beside_a_name_are_none() {
        for given in [
            "公司员工",
            "企业负责人",
            "企业法人",
            "项目经理",
            "贵阳市民",
            "贵阳业主",
            "南明居民",
            "财务经理",
            "技术负责人",
            "退休职工",
            "本公司职工",
            "某公司",
            "花果园居民",
            "白云居民",
            "白云区居民",
            "高新区企业",
            "周边企业",
            "（演示）周边企业",
            "知情人",
            "匿名",
        ] {
            assert_eq!(parts(given), [""; 0], "{given}");
        }
    }
}
