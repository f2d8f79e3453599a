//! Whether a text names someone, whatever they have put around their name.

use std::borrow::Cow;

use duixian_text::{has_unseen, run_together};

/// What a text holds of a name that someone has given: the whole, or a person or firm within it (「市民张伟」, 「某公司 张伟（居民）」), in
/// capitals or not; or else the name that the text is signed with, whatever name was given. One character (甲, 某) names nobody, and stands
/// in many words.
pub(super) fn named<'n>(text: &str, name: &'n str) -> Option<Cow<'n, str>> {
    let whole = Cow::Borrowed(name.trim());
    let parts = parts(name).into_iter().map(Cow::Owned);
    let small = text.to_lowercase();
    let is_told =
        |name: &Cow<str>| name.chars().nth(1).is_some() && !is_anybody(name) && holds(&small, &name.to_lowercase());
    std::iter::once(whole).chain(parts).find(is_told).or_else(|| signature(text).map(Cow::Owned))
}

/// Whether a text holds another, however wide it is written and with whatever between.
pub(super) fn holds(text: &str, what: &str) -> bool {
    let what = run_together(what);
    !what.is_empty() && run_together(text).contains(&what)
}

/// Words for what someone is, and around a name: what stands between them may be one.
const AROUND: [&str; 40] = [
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
    "店主",
    "个体工商户",
    "个体户",
    "本人",
    "我叫",
    "我是",
    "匿名",
    "退休",
    "个人",
    "的",
    "等",
];

/// Whether what was given as a name is a word for anybody, by which nobody is known and which every text may have.
fn is_anybody(name: &str) -> bool {
    const WORDS: &str =
        "公司 企业 单位 机构 部门 公众 社会公众 老百姓 知情人 知情者 举报人 反映人 异议人 热心市民 热心群众";
    AROUND.contains(&name) || WORDS.split_whitespace().any(|word| word == name)
}

/// The persons and firms within what someone has given as their name.
fn parts(name: &str) -> Vec<String> {
    let apart = AROUND.iter().fold(name.to_owned(), |name, word| name.replace(word, "\n"));
    let is_within = |one: char| one.is_alphanumeric() || one == '·' || (one.is_whitespace() && one != '\n');
    let pieces = apart.split(|one| !is_within(one)).map(str::trim);
    let mut parts = Vec::new();
    for piece in pieces {
        parts.push(piece);
        let words: Vec<&str> = piece.split_whitespace().collect();
        parts.extend(words.into_iter().filter(|word| *word != piece));
    }
    let mut names: Vec<String> = parts.into_iter().flat_map(names_in).collect();
    names.dedup();
    names
}

/// What a part names: itself, who keeps the shop that it is, and the firm as it is called for short.
fn names_in(part: &str) -> Vec<String> {
    let whole = (is_person(part) || is_firm(part)).then(|| part.to_owned());
    whole.into_iter().chain(keepers(part)).chain(short_form(part)).collect()
}

/// Whether it looks like the name of a person: two to four characters, of which the first are a surname, and no place or word that begins
/// like one. What remains beside a title (公司员工, 贵阳市民) is mostly none.
fn is_person(part: &str) -> bool {
    let part = without_blanks(part);
    let is_long_enough = |own| (own + 1..=4).contains(&part.chars().count());
    surname(&part).is_some_and(is_long_enough) && !is_word(&part)
}

/// How many characters of a name are its surname: two where it is one of those, as 欧阳 is.
///
/// The surnames are common ones, and some of Guizhou: a rarer one is found where it is all that was given.
fn surname(name: &str) -> Option<usize> {
    const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖\
                            石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤穆冉令班蒙";
    const OF_TWO: &str = "欧阳 上官 司马 诸葛 司徒 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 长孙 端木 宇文 轩辕 独孤 淳于 澹台 呼延 \
                          申屠 拓跋 赫连 鲜于";
    if OF_TWO.split_whitespace().any(|two| name.starts_with(two)) {
        return Some(2);
    }
    name.starts_with(|one| SURNAMES.contains(one)).then_some(1)
}

/// Whether it is a place, or a word that only begins as a name does.
fn is_word(part: &str) -> bool {
    const BEGINNINGS: &str = "白云 周边 高新 高校 金融 江西 江苏 万达 石油 石化 常务 任何 马上 龙头 高级 高端 高层 高管 高铁 高速 高考 高中 林业 \
                              金属 金额 金银 黄金 黄酒 黄牛 黄果树 白酒 白茶 石材 石料 石板 石斛 陶瓷 陶艺 钟表 杜仲 龙洞堡 万科 万象 万元 马路 武术 \
                              毛巾 周围 常年 常规 常用 顾问 顾客 方案 方面 方便 方式 方法 程序 范围 付款 严重 董事 任务 任职 文件 文化 \
                              何人 何时 何种 何处 何以 许多 于是 向来 向窗口 向单位 向法院 向公司 向政府 向上级 向有关 向相关 向主管 向区 向市 向省 曾经 曾在 曾于 曾向 曾任 曾反映 曾举报 曾投诉 东方红 东方之 东方明珠 东方国际 \
                              东方广场 东方花园 东方科技 东方世纪 东方电 东方商";
    const ENDS: [&str; 13] = ["省", "市", "县", "区", "州", "镇", "乡", "村", "企业", "单位", "机构", "部门", "人员"];
    BEGINNINGS.split_whitespace().any(|word| part.starts_with(word)) || ENDS.iter().any(|end| part.ends_with(end))
}

/// Who a small shop is called after (「王小明工作室」, 「南明区张伟百货店」): it may be all that others call it by.
fn keepers(part: &str) -> Vec<String> {
    const SHOPS: &str = "工作室 经营部 门市部 服务部 经销部 批发部 小卖部 便利店 加工厂 商店 面馆 粉馆 餐馆 饭馆 茶馆 饭店 粉店 面店 药店 门店 \
                         店铺 商铺 商行 诊所 超市 作坊 中心 店 铺 坊";
    let part = without_blanks(part);
    let Some(before) = SHOPS.split_whitespace().find_map(|kind| part.strip_suffix(kind)) else { return Vec::new() };
    let name = without_places(before);
    // A trade may end as a name does: 王建设 is one.
    let cut = [name, without_trades(name)];
    cut.into_iter().filter(|name| is_person(name)).map(str::to_owned).collect()
}

/// Words with which somebody means any firm, or theirs, and names none.
const ANY: [&str; 8] = ["某", "本", "该", "我", "他", "这", "那", "贵公司"];

/// Whether it is the name of one firm or office, and not a word for any (本公司, 某企业), nor what a bracket has left of one (科技有限公司).
fn is_firm(part: &str) -> bool {
    const KINDS: &str = "公司 集团 厂 商行 事务所 研究院 研究所 设计院 协会 学会 学校 学院 合作社 联盟 工作室 经营部 门市部 服务部 商店";
    KINDS.split_whitespace().any(|kind| part.ends_with(kind))
        && part.chars().count() >= 5
        && !ANY.iter().any(|word| part.starts_with(word))
        && without_form(part).is_none_or(|stem| own_characters(stem) > 0)
}

/// What a firm is called for short: its name without the place before and the legal form behind. One that says no more than its trade
/// (信息技术) is a word that anyone needs, and one of three characters may be.
fn short_form(part: &str) -> Option<String> {
    let part = without_blanks(part);
    let stem = without_places(without_form(&part).filter(|_| is_firm(&part))?);
    let is_any = ANY.iter().any(|word| stem.starts_with(word));
    (!is_any && stem.chars().count() >= 4 && own_characters(stem) >= 2).then(|| stem.to_owned())
}

/// A firm's name without its legal form, and what follows it (a branch). Institutions have none.
fn without_form(name: &str) -> Option<&str> {
    const LEGAL: [&str; 7] = ["有限", "股份", "集团", "控股", "总公司", "分公司", "公司"];
    const SMALL: &str = "总厂 厂 商行 专业合作社 合作社 工作室 经营部 门市部 服务部 商店";
    let legal = LEGAL.iter().filter_map(|form| name.find(form)).min();
    let small = || SMALL.split_whitespace().find_map(|form| name.strip_suffix(form));
    legal.map(|at| &name[..at]).or_else(small)
}

/// A name without the places that it begins with.
fn without_places(name: &str) -> &str {
    let mut rest = name;
    while let Some(shorter) = without_place(rest) {
        rest = shorter;
    }
    rest
}

/// A name without one place before it: one that is known, or what is called a province, city, district or county.
fn without_place(name: &str) -> Option<&str> {
    const PLACES: &str = "中国 贵州 贵阳 贵安 遵义 六盘水 安顺 毕节 铜仁 黔东南 黔西南 黔南 黔西 凯里 都匀 兴义 仁怀 赤水 清镇 盘州 福泉 南明 云岩 \
                          花溪 乌当 白云 观山湖 开阳 息烽 修文 北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 \
                          河南 湖北 湖南 广东 广西 海南 四川 云南 陕西 甘肃 青海 内蒙古 西藏 宁夏 新疆 台湾 香港 澳门 广州 深圳 成都 杭州 \
                          武汉 长沙 昆明";
    let known = PLACES.split_whitespace().find_map(|place| name.strip_prefix(place));
    known.map(|rest| without_division(rest).unwrap_or(rest)).or_else(|| {
        let (at, _) = name.char_indices().skip(2).take(2).find(|(_, one)| "省市区县".contains(*one))?;
        without_division(&name[at..])
    })
}

/// What follows the word for what a place is. In 市政, 市场 and 区域 it is none.
fn without_division(name: &str) -> Option<&str> {
    const DIVISIONS: &str = "布依族苗族自治州 苗族侗族自治州 壮族自治区 回族自治区 维吾尔自治区 自治区 新区 经济技术开发区 经济开发区 经开区 \
                             高新区 省 市 区 县 州";
    let rest = DIVISIONS.split_whitespace().find_map(|division| name.strip_prefix(division))?;
    (!rest.starts_with(['政', '场', '域'])).then_some(rest)
}

/// A name without the trades that it ends with.
fn without_trades(name: &str) -> &str {
    let mut rest = name;
    while let Some(shorter) = TRADES.split_whitespace().find_map(|trade| rest.strip_suffix(trade)) {
        rest = shorter;
    }
    rest
}

/// How many characters of a firm's name say more than what it does.
fn own_characters(name: &str) -> usize {
    let apart = TRADES.split_whitespace().fold(name.to_owned(), |name, trade| name.replace(trade, "\n"));
    apart.chars().filter(|one| *one != '\n').count()
}

/// What firms do, and what they say of themselves, as their names have it; longer words before those within them.
const TRADES: &str = "知识产权 电子商务 人力资源 小额贷款 自来水 天然气 房地产 供应链 进出口 新能源 新材料 大数据 大健康 互联网 物联网 \
                      区块链 云计算 产业园 机器人 半导体 土特产 科技 技术 信息 网络 电子 软件 硬件 数据 数字 智能 智慧 人工 通信 通讯 移动 \
                      电信 商贸 贸易 商务 商业 工贸 经贸 外贸 实业 工业 产业 农业 林业 牧业 矿业 酒业 茶业 药业 置业 物业 建筑 建设 建材 \
                      工程 市政 公路 铁路 桥梁 隧道 轨道 交通 运输 航空 物流 仓储 快递 客运 公交 汽车 汽修 机械 设备 装备 制造 加工 生产 \
                      产品 材料 销售 经销 批发 零售 采购 供销 供应 投资 资本 资产 资源 基金 金融 证券 保险 担保 融资 贷款 租赁 拍卖 典当 \
                      银行 国有 民营 中小 小微 企业 管理 经营 运营 服务 咨询 顾问 策划 设计 规划 勘察 测绘 地质 矿产 监理 招标 造价 检测 \
                      检验 认证 评估 审计 税务 财务 会计 法律 专利 商标 代理 中介 翻译 品牌 营销 广告 传媒 媒体 文化 文旅 旅游 艺术 影视 \
                      动漫 出版 印刷 图文 教育 培训 体育 健身 健康 养老 医疗 医药 中药 生物 制药 器械 仪器 仪表 药品 食品 饮料 餐饮 小吃 \
                      酒店 宾馆 酒水 白酒 茶叶 粮油 蔬菜 水果 水产 百货 日用 用品 服装 服饰 鞋帽 家具 家居 家电 家政 装饰 装修 维修 五金 \
                      电器 电气 电力 电网 光伏 光电 电梯 能源 石油 化工 化肥 煤炭 钢铁 金属 塑料 橡胶 水泥 陶瓷 玻璃 环保 环境 节能 绿色 \
                      生态 园林 绿化 种植 养殖 畜牧 饲料 种子 农资 农机 花卉 苗木 烟草 开发 发展 研究 研发 创新 创业 孵化 现代 高新 高端 \
                      先进 综合 专业 国际 全国 区域 城市 城乡 乡村 农村 振兴 西南 公共 社会 社区 民族 工艺 礼品 珠宝 首饰 眼镜 钟表 美容 \
                      美发 理发 摄影 婚庆 保安 安保 安全 消防 劳务 人才 人寿 财产 水利 水务 燃气 供水 会展 展览 项目 系统 集成 应用 平台 \
                      中心 行业 经济 联合 总部";

/// The name that a text is signed with, whoever's it is: 「举报人：赵大明」, 「落款 小王」. Who is accused (被举报人) signs nothing, and of
/// what stands on somebody's papers (合同落款：王建国) the text may well be: a signature stands apart, at the end.
fn signature(text: &str) -> Option<String> {
    const SIGNED: [&str; 10] =
        ["举报人", "反映人", "异议人", "投诉人", "检举人", "申诉人", "提出人", "署名", "签名", "落款"];
    let is_seen = |one: &char| one.is_whitespace() || !has_unseen(one.encode_utf8(&mut [0; 4]));
    let plain: String = text.chars().filter(is_seen).collect();
    SIGNED.iter().flat_map(|word| plain.match_indices(word)).find_map(|(at, word)| {
        let before = &plain[..at];
        let behind = (!before.ends_with('被')).then(|| &plain[at + word.len()..])?;
        let (name, after) = signed_name(behind.strip_prefix("姓名").unwrap_or(behind))?;
        let is_apart =
            before.is_empty() || before.ends_with(|one: char| one.is_whitespace() || "。！？；，,;".contains(one));
        let is_end =
            after.trim_start().trim_start_matches(['。', '.']).trim_start().chars().all(|one| {
                one.is_ascii_digit() || one.is_whitespace() || "年月日-/.〇一二三四五六七八九十".contains(one)
            });
        (word.ends_with('人') || is_apart && is_end).then_some(name)
    })
}

/// The name that stands behind a sign or blank, up to the end of its characters or a word that may follow a name; and what follows. In a sentence
/// (举报人认为, 反映人数) there is no sign, and behind one (异议人：经核实) mostly no surname.
fn signed_name(behind: &str) -> Option<(String, &str)> {
    const FOLLOWING: &str = "反映 举报 投诉 检举 认为 电话 手机 联系 身份证 先生 女士 同志 于 在 等 和 与 及 称 说 二";
    let behind_sign = behind.trim_start_matches(is_before_name);
    if behind_sign.len() == behind.len() {
        return None;
    }
    let run = characters(behind_sign);
    (2..=4).find_map(|length| {
        let end = run.char_indices().nth(length).map_or(run.len(), |(at, _)| at);
        let (name, after) = run.split_at(end);
        let is_apart = after.is_empty() || FOLLOWING.split_whitespace().any(|word| after.starts_with(word));
        let mut all = behind_sign.char_indices().filter(|(_, one)| !one.is_whitespace());
        let rest = all.nth(length).map_or("", |(at, _)| &behind_sign[at..]);
        (is_apart && is_signed(name)).then(|| (name.to_owned(), rest))
    })
}

/// Blanks, colons, and what else is put between a word and the name that it announces.
fn is_before_name(one: char) -> bool {
    one.is_whitespace() || matches!(one, ':' | '：' | '(' | '（' | '“' | '"' | '-' | '—' | '_')
}

/// The Chinese characters that a text begins with; behind the first there may be blanks, which make 王　芳 as wide as others.
fn characters(text: &str) -> String {
    let mut run = String::new();
    for one in text.chars() {
        if matches!(one, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}') {
            run.push(one);
        } else if !one.is_whitespace() || run.chars().nth(1).is_some() {
            break;
        }
    }
    run
}

/// Whether somebody signs so: with surname and one or two characters, or as 小王 and 老王 do. 王某 is nobody's name.
fn is_signed(name: &str) -> bool {
    // Where a word announces a name, rarer surnames are no other words.
    const RARER: &str = "文康尤温柴欧阮兰岑敖鲍卞褚樊耿古关桂洪霍焦靳景柯匡冷凌柳娄鲁骆梅苗闵缪倪聂宁牛庞裴蒲戚齐祁乔屈瞿饶芮桑佘盛\
                         舒滕佟童涂屠翁巫伍冼萧辛邢胥晏殷游喻虞岳臧翟詹章甄庄卓宗左简吉";
    const NOT_WITHIN: &str = "某我你您他她它该这那的了是不没未已被把于在局";
    if let Some(short) = name.strip_prefix(['小', '老']) {
        return surname(short).is_some_and(|own| own == short.chars().count());
    }
    let own = surname(name).or_else(|| name.starts_with(|one| RARER.contains(one)).then_some(1));
    own.is_some_and(|own| (own + 1..=own + 2).contains(&name.chars().count()))
        && !is_word(name)
        && !name.chars().skip(1).any(|one| NOT_WITHIN.contains(one))
}

/// A name without the blanks in it.
fn without_blanks(name: &str) -> String {
    name.chars().filter(|one| !one.is_whitespace()).collect()
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
            // Surnames of two characters.
            ("居民欧阳小明", vec!["欧阳小明"]),
            ("南明区居民欧阳小明", vec!["欧阳小明"]),
            ("欧阳小明（市民）", vec!["欧阳小明"]),
            ("诸葛亮 同志", vec!["诸葛亮"]),
            ("居民东方朔", vec!["东方朔"]),
            // Who keeps a shop.
            ("王小明工作室", vec!["王小明工作室", "王小明"]),
            ("王小明店", vec!["王小明店", "王小明"]),
            ("张伟商店", vec!["张伟商店", "张伟"]),
            ("张伟服务中心", vec!["张伟服务", "张伟"]),
            ("南明区王小明百货店", vec!["王小明"]),
            ("贵州省贵阳市南明区王建设工作室", vec!["贵州省贵阳市南明区王建设工作室", "王建设"]),
            ("欧阳小明门市部", vec!["欧阳小明门市部", "欧阳小明"]),
            ("个体户王小明", vec!["王小明"]),
            ("王小明（个体工商户）", vec!["王小明"]),
            ("粉店店主王芳", vec!["王芳"]),
            // What a firm is called for short.
            ("贵阳明星科技有限公司", vec!["贵阳明星科技有限公司", "明星科技"]),
            ("王芳（贵阳明星科技有限公司）", vec!["王芳", "贵阳明星科技有限公司", "明星科技"]),
            ("贵州省贵阳市南明区明星科技股份有限公司", vec!["贵州省贵阳市南明区明星科技股份有限公司", "明星科技"]),
            (
                "杭州市西湖区明星市政工程集团有限公司南明分公司",
                vec!["杭州市西湖区明星市政工程集团有限公司南明分公司", "明星市政工程"],
            ),
            ("贵阳市明星机械厂", vec!["贵阳市明星机械厂", "明星机械"]),
            ("花溪明星种植专业合作社", vec!["花溪明星种植专业合作社", "明星种植"]),
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
            "个体户",
            "商店店主",
            "周边商店",
            "服务中心员工",
            "金融中心职工",
            "白云区服务中心",
            "高新技术服务中心",
            "林业工程师",
            "黄金首饰店员工",
            "法律顾问律师",
            "东方红居民",
            "（演示）科技有限公司",
        ] {
            assert_eq!(parts(given), [""; 0], "{given}");
        }
    }

    #[test]
    fn a_firm_that_is_called_by_its_trade_has_no_short_form() {
        for firm in [
            "贵州信息技术有限公司",
            "贵阳科技创新服务有限公司",
            "贵阳市大数据产业集团有限公司",
            "南明区城市建设投资有限责任公司",
            "贵阳知识产权服务有限公司",
            "贵州某某科技有限公司",
            "贵阳新科技有限公司",
            "贵阳恒达有限公司",
            "贵阳市软件行业协会",
        ] {
            assert_eq!(parts(firm), [firm], "{firm}");
        }
    }

    #[test]
    fn a_text_tells_a_name_however_it_is_put() {
        for (name, text, told) in [
            ("Wang Fang", "wang fang 认为不符", "Wang Fang"),
            ("Wang Fang", "WANG FANG认为不符", "Wang Fang"),
            ("wang fang", "ＷａｎｇＦａｎｇ认为不符", "wang fang"),
            ("南明区居民欧阳小明", "欧阳小明认为不符", "欧阳小明"),
            ("王小明工作室", "王小明反映不符", "王小明"),
            ("贵阳明星科技有限公司", "明星科技公司反映不符", "明星科技"),
            ("贵阳明星科技有限公司", "明星科技反映不符", "明星科技"),
            ("王芳（贵阳明星科技有限公司）", "贵阳明星科技反映不符", "明星科技"),
            ("贵阳ABC科技有限公司", "Abc科技反映不符", "ABC科技"),
        ] {
            assert_eq!(named(text, name).as_deref(), Some(told), "{name}: {text}");
        }
    }

    #[test]
    fn a_text_that_only_has_words_of_a_name_goes_through() {
        for (name, texts) in [
            (
                "贵阳明星科技有限公司",
                &["该公司的科技中心没有人", "明星企业的称号不是它的", "有限公司", "贵阳的科技公司都知道"][..],
            ),
            ("贵阳科技创新服务有限公司", &["科技创新服务不到位", "经核实，该公司从事科技创新服务"]),
            ("贵州信息技术有限公司", &["信息技术专利不是它的"]),
            ("（演示）科技有限公司", &["贵阳某某科技有限公司的材料属实"]),
            ("东方红居民", &["东方红小区没有这家", "《东方红》不是它的作品"]),
            ("王小明服务中心", &["中心城区没有这家", "向服务中心核实过"]),
            ("张伟商店", &["商店、超市都没有见过"]),
            ("金融中心职工", &["金融中心没有这家", "金融服务机构已核实"]),
            ("欧阳小明", &["本单位反映，欧阳路上没有这家"]),
            ("市民", &["市民都知道"]),
            ("企业", &["该企业没有生产"]),
        ] {
            for text in texts {
                assert_eq!(named(text, name), None, "{name}: {text}");
            }
        }
    }

    #[test]
    fn whoever_signs_is_named() {
        for (text, told) in [
            ("证书不符。举报人：赵大明", "赵大明"),
            ("证书不符\n反映人: 文小明", "文小明"),
            ("异议人：欧阳小明。证书不符", "欧阳小明"),
            ("证书不符\n落款 小王", "小王"),
            ("证书不符，署名：老欧阳", "老欧阳"),
            ("署名：王　芳", "王芳"),
            ("举报人：赵大明于2020年发现证书不符", "赵大明"),
            ("举报人：赵和平反映", "赵和平"),
            ("举报人（赵大明）反映", "赵大明"),
            ("举报人姓名：赵大明，电话不便留", "赵大明"),
            ("举报人：\u{200b}赵\u{200b}大明", "赵大明"),
            ("投诉人：\n赵大明\n2020年1月1日", "赵大明"),
        ] {
            assert_eq!(named(text, "甲").as_deref(), Some(told), "{text}");
        }
    }

    #[test]
    fn who_is_spoken_of_without_a_name_signs_nothing() {
        for text in [
            "举报人认为证书不符",
            "举报人 认为证书不符",
            "反映人数超过50人",
            "异议人：经核实，情况不属实",
            "异议人：您好，来信收悉。",
            "异议人：\n    您反映的情况已核实",
            "异议人 向我局反映的情况不属实",
            "异议人：曾于2019年提出",
            "异议人：于公示期内提出",
            "反映人：金额不对，应为3万元",
            "举报人：常与该公司联系",
            "举报人：高管等人都知道",
            "异议人（本单位）",
            "反映人：匿名",
            "举报人：王某反映的情况属实",
            "反映人：周边企业",
            "被举报人：赵大明",
            "落款日期：2019年5月1日",
            "该公司的署名与证书不符",
            "小王、老李都在落款处签过字",
            "合同落款：王建国，而当时的法定代表人是李强。",
            "产值证明上的签名：陈志强，此人2016年已经离职。",
            "检测报告署名：刘洋",
            "异议人 向窗口反映过",
            "投诉人：向法院举报",
        ] {
            assert_eq!(named(text, "甲"), None, "{text}");
        }
    }
}
