//! The divisions (大类) of GB/T 4754-2017: a code of four digits says little to whoever reads it, and a pack names only the
//! industries that it is about.

use duixian_assess::explain::{BasisReport, Report};
use duixian_rules::vocabulary::{ColumnType, Vocabulary};

use super::cells;
use crate::locale::{Lang, Text};

/// A text in which an industry stands as its code alone, with the name of its division: `行业为7484，不属于批发业（51）` as
/// `行业为专业技术服务业（7484），不属于批发业（51）`, as a pack's own groups are written. What has a name beside it stays.
pub fn named(vocabulary: &Vocabulary, text: &str) -> String {
    let columns = vocabulary.tables.iter().flat_map(|table| &table.columns);
    let of_industry = columns.filter(|column| column.ty == ColumnType::Industry);
    of_industry.fold(text.to_owned(), |text, column| {
        let name = |lang| column.name.in_a_sentence(lang);
        let text = after(&text, &format!("{}为", name(Lang::Zh)), |code, of| format!("{}（{code}）", of.zh));
        after(&text, &format!("{} is ", name(Lang::En)), |code, of| format!("{} ({code})", of.en))
    })
}

/// The same in both languages.
pub fn named_text(vocabulary: &Vocabulary, text: &Text) -> Text {
    Text::new(named(vocabulary, &text.zh), named(vocabulary, &text.en))
}

/// The same of all that an explanation says.
pub fn name_in(report: &mut Report, vocabulary: &Vocabulary) {
    let lang = report.lang;
    for basis in report.measures.iter_mut().flat_map(|measure| &mut measure.bases) {
        name_in_basis(basis, vocabulary, lang);
    }
}

fn name_in_basis(basis: &mut BasisReport, vocabulary: &Vocabulary, lang: Lang) {
    let name = |text: &mut String| *text = named(vocabulary, text);
    name(&mut basis.outcome);
    name(&mut basis.decision);
    for condition in &mut basis.conditions {
        name(&mut condition.sentence);
        condition.tests.iter_mut().for_each(|test| name(&mut test.text));
    }
    basis.calculations.iter_mut().for_each(name);
    basis.pays.iter_mut().for_each(name);
    for fact in &mut basis.facts {
        let (table, column) = (fact.slot.table, fact.slot.column);
        let is_industry = vocabulary.tables[table].columns[column].ty == ColumnType::Industry;
        if is_industry && !fact.is_empty && division(&fact.value).is_some() && !fact.value.contains(' ') {
            fact.value = cells::value(vocabulary, table, column, &fact.value).get(lang).to_owned();
        }
    }
}

/// Writes the codes that follow some words otherwise.
fn after(text: &str, words: &str, written: impl Fn(&str, &Text) -> String) -> String {
    let mut parts = text.split(words);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        told.push_str(words);
        let end = part.find(|one: char| !one.is_ascii_alphanumeric()).unwrap_or(part.len());
        let (code, rest) = part.split_at(end);
        match division(code).filter(|_| code.len() <= LONGEST_CODE && ends_there(rest)) {
            Some(division) => told.push_str(&written(code, &division)),
            None => told.push_str(code),
        }
        told.push_str(rest);
    }
    told
}

/// Whether a code is over where this follows it: a name of the pack's own follows after a space, what counts years or firms is no
/// code, and people write of numbers too.
fn ends_there(rest: &str) -> bool {
    let mut ahead = rest.chars();
    match ahead.next() {
        None => true,
        Some('.' | ',') => !ahead.next().is_some_and(|one| one.is_ascii_digit()),
        Some(one) => ENDS.contains(one) || [" and ", " or "].iter().any(|joint| rest.starts_with(joint)),
    }
}

/// What ends a part of a sentence, with what explanations join its parts by.
const ENDS: &str = "，。；、：！？;:!?()（）“”‘’\"'《》【】[]\n且或";

/// A letter for the section and four digits.
const LONGEST_CODE: usize = 5;

/// What an industry's division is called: `6513` and `I6513` are of `软件和信息技术服务业`. None of what is no such code.
pub fn division(code: &str) -> Option<Text> {
    let digits = code.trim_start_matches(|one: char| one.is_ascii_uppercase());
    let number: usize = digits.get(..2)?.parse().ok()?;
    let (zh, en) = DIVISIONS.get(number.checked_sub(1)?)?;
    Some((*zh, *en).into())
}

/// From 01 to 97, without a gap.
const DIVISIONS: [(&str, &str); 97] = [
    ("农业", "farming"),
    ("林业", "forestry"),
    ("畜牧业", "animal husbandry"),
    ("渔业", "fishery"),
    ("农、林、牧、渔专业及辅助性活动", "services for farming, forestry, animal husbandry and fishery"),
    ("煤炭开采和洗选业", "coal mining and washing"),
    ("石油和天然气开采业", "oil and gas extraction"),
    ("黑色金属矿采选业", "ferrous metal mining"),
    ("有色金属矿采选业", "non-ferrous metal mining"),
    ("非金属矿采选业", "non-metal mining"),
    ("开采专业及辅助性活动", "services for mining"),
    ("其他采矿业", "other mining"),
    ("农副食品加工业", "processing of farm products"),
    ("食品制造业", "food"),
    ("酒、饮料和精制茶制造业", "liquor, beverages and refined tea"),
    ("烟草制品业", "tobacco"),
    ("纺织业", "textiles"),
    ("纺织服装、服饰业", "garments and apparel"),
    ("皮革、毛皮、羽毛及其制品和制鞋业", "leather, fur, feathers and footwear"),
    ("木材加工和木、竹、藤、棕、草制品业", "wood, bamboo, rattan, palm and straw products"),
    ("家具制造业", "furniture"),
    ("造纸和纸制品业", "paper"),
    ("印刷和记录媒介复制业", "printing and copying of recorded media"),
    ("文教、工美、体育和娱乐用品制造业", "articles for culture, crafts, sport and entertainment"),
    ("石油、煤炭及其他燃料加工业", "processing of oil, coal and other fuels"),
    ("化学原料和化学制品制造业", "chemicals"),
    ("医药制造业", "medicines"),
    ("化学纤维制造业", "chemical fibres"),
    ("橡胶和塑料制品业", "rubber and plastics"),
    ("非金属矿物制品业", "non-metallic mineral products"),
    ("黑色金属冶炼和压延加工业", "smelting and pressing of ferrous metals"),
    ("有色金属冶炼和压延加工业", "smelting and pressing of non-ferrous metals"),
    ("金属制品业", "metal products"),
    ("通用设备制造业", "general machinery"),
    ("专用设备制造业", "special machinery"),
    ("汽车制造业", "motor vehicles"),
    ("铁路、船舶、航空航天和其他运输设备制造业", "railway, ship, aerospace and other transport equipment"),
    ("电气机械和器材制造业", "electrical machinery"),
    ("计算机、通信和其他电子设备制造业", "computers, communication and other electronic equipment"),
    ("仪器仪表制造业", "instruments"),
    ("其他制造业", "other manufacturing"),
    ("废弃资源综合利用业", "use of waste"),
    ("金属制品、机械和设备修理业", "repair of metal products and machinery"),
    ("电力、热力生产和供应业", "electricity and heat"),
    ("燃气生产和供应业", "gas"),
    ("水的生产和供应业", "water"),
    ("房屋建筑业", "building construction"),
    ("土木工程建筑业", "civil engineering"),
    ("建筑安装业", "building installation"),
    ("建筑装饰、装修和其他建筑业", "building decoration and other construction"),
    ("批发业", "wholesale"),
    ("零售业", "retail"),
    ("铁路运输业", "rail transport"),
    ("道路运输业", "road transport"),
    ("水上运输业", "water transport"),
    ("航空运输业", "air transport"),
    ("管道运输业", "pipeline transport"),
    ("多式联运和运输代理业", "multimodal transport and forwarding"),
    ("装卸搬运和仓储业", "handling and storage"),
    ("邮政业", "post"),
    ("住宿业", "accommodation"),
    ("餐饮业", "catering"),
    ("电信、广播电视和卫星传输服务", "telecommunications, broadcasting and satellite transmission"),
    ("互联网和相关服务", "internet services"),
    ("软件和信息技术服务业", "software and information technology"),
    ("货币金融服务", "monetary services"),
    ("资本市场服务", "capital market services"),
    ("保险业", "insurance"),
    ("其他金融业", "other finance"),
    ("房地产业", "real estate"),
    ("租赁业", "leasing"),
    ("商务服务业", "business services"),
    ("研究和试验发展", "research and development"),
    ("专业技术服务业", "professional and technical services"),
    ("科技推广和应用服务业", "promotion and application of technology"),
    ("水利管理业", "water conservancy"),
    ("生态保护和环境治理业", "protection of nature and environment"),
    ("公共设施管理业", "public facilities"),
    ("土地管理业", "land management"),
    ("居民服务业", "services to households"),
    ("机动车、电子产品和日用产品修理业", "repair of vehicles, electronics and household goods"),
    ("其他服务业", "other services"),
    ("教育", "education"),
    ("卫生", "health"),
    ("社会工作", "social work"),
    ("新闻和出版业", "press and publishing"),
    ("广播、电视、电影和录音制作业", "radio, television, film and sound recording"),
    ("文化艺术业", "culture and arts"),
    ("体育", "sport"),
    ("娱乐业", "entertainment"),
    ("中国共产党机关", "organs of the Communist Party of China"),
    ("国家机构", "state organs"),
    ("人民政协、民主党派", "the People's Political Consultative Conference and democratic parties"),
    ("社会保障", "social security"),
    ("群众团体、社会团体和其他成员组织", "mass, social and other membership organisations"),
    ("基层群众自治组织及其他组织", "grass-roots self-governing and other organisations"),
    ("国际组织", "international organisations"),
];

#[cfg(test)]
mod tests {
    use duixian_rules::vocabulary::{Column, Empty, Name, Table, TableKind};

    use super::*;

    #[test]
    fn every_code_has_the_name_of_its_division() {
        for (code, zh) in [
            ("0111", "农业"),
            ("C2710", "医药制造业"),
            ("47", "房屋建筑业"),
            ("5211", "零售业"),
            ("I6513", "软件和信息技术服务业"),
            ("8391", "教育"),
            ("97", "国际组织"),
        ] {
            assert_eq!(division(code).map(|text| text.zh.to_string()).as_deref(), Some(zh), "{code}");
        }
        for code in ["", "6", "00", "98", "行业"] {
            assert_eq!(division(code), None, "{code}");
        }
    }

    #[test]
    fn a_code_in_a_sentence_has_its_name_beside_it_once() {
        let column = |zh: &str, en: &str, ty| Column { name: Name::new(zh, en), ty, empty: Empty::Unknown };
        let columns = vec![column("行业", "industry", ColumnType::Industry), column("级别", "level", ColumnType::Text)];
        let table = Table { name: Name::new("单位", "parties"), kind: TableKind::Party, columns, key: vec![0] };
        let vocabulary = Vocabulary { tables: vec![table], ..Vocabulary::default() };
        for (said, told) in [
            ("行业为7484，不属于批发业（51）", "行业为专业技术服务业（7484），不属于批发业（51）"),
            (
                "（1）行业为I6513，不属于51；（2）行业为I6513，不属于52",
                "（1）行业为软件和信息技术服务业（I6513），不属于51；（2）行业为软件和信息技术服务业（I6513），不属于52",
            ),
            ("industry is 8391, not in retail (52)", "industry is education (8391), not in retail (52)"),
            ("行业为5136", "行业为批发业（5136）"),
            ("行业为5136（二）", "行业为批发业（5136）（二）"),
            ("行业为5136且销售额不少于1亿元", "行业为批发业（5136）且销售额不少于1亿元"),
            ("industry is 5136 and sales are high.", "industry is wholesale (5136) and sales are high."),
            ("Its industry is 5136.", "Its industry is wholesale (5136)."),
        ] {
            assert_eq!(named(&vocabulary, said), told);
            assert_eq!(named(&vocabulary, told), told, "what is named already");
        }
        let others = [
            "行业为5211 零售业，属于",
            "行业为2018年所定",
            "行业为12家企业所共有",
            "行业为12.5%",
            "行业为51,200户",
            "industry is 12 firms",
            "级别为7484",
            "行业为“制造”",
            "行业为",
            "industry is missing",
            "",
        ];
        for text in others {
            assert_eq!(named(&vocabulary, text), text);
        }
    }
}
