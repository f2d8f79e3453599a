//! What must hold of the canonical form: it is stable, says the same, and comes back from the other surface unchanged.

use duixian_money::{Fen, Rounding};

use super::*;
use crate::markdown;
use crate::plan::{AggregateKind, Comparison};
use crate::source::Span;
use crate::syntax::ast::{Arithmetic, BuiltIn, ExprKind, Extreme, Ident, ItemKind, Logic, RoundingUnit};
use crate::syntax::parser::{Block, parse};

const CHINESE: &str = include_str!("testdata/sample.zh.md");
const ENGLISH: &str = include_str!("testdata/sample.en.md");

fn items(text: &str) -> Vec<Item> {
    let mut diagnostics = Vec::new();
    let items = markdown::read(0, text).blocks.iter().flat_map(|block| parse(block, &mut diagnostics)).collect();
    assert_eq!(diagnostics, [], "{text}");
    items
}

fn rewritten(text: &str, target: Option<Lang>, names: &Names) -> String {
    let mut diagnostics = Vec::new();
    let result = file(0, text, target, names, &mut diagnostics);
    assert_eq!(diagnostics, [], "{text}");
    result.expect("a file without errors is rewritten")
}

/// Writes a block of one surface anew in another.
fn translated(text: &str, from: Lang, to: Lang) -> String {
    let mut diagnostics = Vec::new();
    let source = Block { file: 0, start: 0, text: text.to_owned(), lang: from, heading: None };
    let items = parse(&source, &mut diagnostics);
    assert_eq!(diagnostics, [], "{text}");
    block(&items, to, &Names::new(&items))
}

#[test]
fn a_pack_with_every_form_goes_to_english_and_back() {
    let names = Names::new(&items(CHINESE));
    assert_eq!(rewritten(CHINESE, None, &names), CHINESE);
    assert_eq!(rewritten(CHINESE, Some(Lang::Zh), &names), CHINESE);
    assert_eq!(rewritten(CHINESE, Some(Lang::En), &names), ENGLISH);
    assert_eq!(rewritten(ENGLISH, None, &names), ENGLISH);
    assert_eq!(rewritten(ENGLISH, Some(Lang::Zh), &names), CHINESE);
}

#[test]
fn a_careless_block_is_put_in_order() {
    let careless = "措施　甲（a）
      资金 基金
      条件 金额>=10,000元；
      支付 按 （（级别））
            \"国家级\"：300000元
            省级 （（1+2）+3） ×4
      依据 三（二）．2，三(三)
      对象 每项 事
措施 b (乙)
  条件 2016-1-1<=日期
";
    let expected = "措施 甲 (a)
  依据 三(二).2、三(三)
  对象 每项 事
  条件 金额 不少于 1万元
  支付 按 级别
    “国家级”  30万元
    省级      (1 + 2 + 3) × 4
  资金 基金

措施 乙 (b)
  条件 2016年1月1日 不超过 日期
";
    assert_eq!(translated(careless, Lang::Zh, Lang::Zh), expected);
    assert_eq!(translated(expected, Lang::Zh, Lang::Zh), expected);
}

#[test]
fn a_block_that_cannot_be_read_leaves_the_file_alone() {
    let text = "```兑现\n措施 甲 (a)\n  胡说\n```\n\n```兑现\n组 乙 (b) = 1,2\n```\n";
    let mut diagnostics = Vec::new();
    assert_eq!(file(0, text, None, &Names::default(), &mut diagnostics), None);
    assert_eq!(diagnostics.iter().map(|d| d.id).collect::<Vec<_>>(), ["E207"]);
}

#[test]
fn a_meaning_that_would_change_unseen_is_reported() {
    // The word list `码` is `code` in English, where that is a type.
    let text = "```兑现\n词表 码 (code)\n  一 (one)\n\n事项 事 (event)\n  列 (column)  码\n```\n";
    let names = Names::new(&items(text));
    let mut diagnostics = Vec::new();
    assert_eq!(file(0, text, Some(Lang::En), &names, &mut diagnostics), None);
    assert_eq!(diagnostics.iter().map(|d| d.id).collect::<Vec<_>>(), ["E111"]);
    assert_eq!(rewritten(text, None, &names), text);
}

#[test]
fn prose_and_line_ends_stay() {
    let text = "前言  \r\n\r\n```兑现\r\n组  甲 (a)=1、2\r\n```\r\n后记 措施 x\r\n";
    let expected = "前言  \r\n\r\n```兑现\r\n组 甲 (a) = 1、2\r\n```\r\n后记 措施 x\r\n";
    assert_eq!(rewritten(text, None, &Names::default()), expected);
    assert_eq!(rewritten("只有正文", Some(Lang::En), &Names::default()), "只有正文");
}

#[test]
fn clauses_fit_on_one_line_for_explanations() {
    let items = items(CHINESE);
    let names = Names::new(&items);
    let measure = items
        .iter()
        .find_map(|item| match &item.kind {
            ItemKind::Measure(measure) => Some(measure),
            _ => None,
        })
        .expect("a measure");
    let lines = |lang| {
        let mut lines: Vec<String> = measure.conditions.iter().map(|part| condition(part, lang, &names)).collect();
        lines.extend(measure.pays.iter().map(|part| pay(part, lang, &names)));
        lines.extend(measure.exceptions.iter().map(|part| exception(part, lang, &names)));
        lines.extend(measure.limits.iter().map(|part| limit(part, lang, &names)));
        lines.join("\n") + "\n"
    };
    assert_eq!(lines(Lang::Zh), include_str!("testdata/clauses.zh.txt"));
    assert_eq!(lines(Lang::En), include_str!("testdata/clauses.en.txt"));
}

#[test]
fn random_expressions_come_back_from_both_surfaces() {
    let names = Names::new(&items(&format!("```兑现\n{}```\n", word_list())));
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..2_000 {
        let tree = random.expr(4);
        let chinese = expr(&tree, Lang::Zh, &names);
        let english = expr(&tree, Lang::En, &names);
        for (lang, text) in [(Lang::Zh, &chinese), (Lang::En, &english)] {
            let keyword = if lang == Lang::Zh { "定义 甲式 (a)" } else { "define a (甲式)" };
            let source = Block { file: 0, start: 0, text: format!("{keyword} = {text}"), lang, heading: None };
            let mut diagnostics = Vec::new();
            let items = parse(&source, &mut diagnostics);
            assert_eq!(diagnostics, [], "{chinese}\n{english}");
            let ItemKind::Define(again) = &items[0].kind else { panic!("{text}") };
            assert_eq!(shape(again), shape(&tree), "{chinese}\n{english}");
            assert_eq!(expr(again, Lang::Zh, &names), chinese);
            assert_eq!(expr(again, Lang::En, &names), english);
        }
    }
}

#[test]
fn random_clauses_come_back_from_both_surfaces() {
    let words = word_list();
    let names = Names::new(&items(&format!("```兑现\n{words}```\n")));
    let surface = Surface { lang: Lang::Zh, names: &names };
    let mut random = Random(42);
    for _ in 0..800 {
        let [first, second, third] = [random.expr(2), random.expr(2), random.expr(2)];
        let sum = |expr: &Expr| surface.at(expr, super::expressions::Level::Rounded);
        let (any, by) = (surface.at(&first, super::expressions::Level::Or), sum(&second));
        let (one, other) = (surface.at(&first, super::expressions::Level::Primary), sum(&third));
        let text = format!(
            "{words}\n措施 措 (m)\n  条件 {any} 自 2016年1月1日 起\n  支付 按 {by}\n    {one}: {other}\n    少于 {by}: ({other})\n  支付 {by} 至 ({other})\n  支付 不超过 {other} 依据 一\n\n参数 参 (p)\n  {by} 自 2016年1月1日 起\n"
        );
        let chinese = translated(&text, Lang::Zh, Lang::Zh);
        let english = translated(&chinese, Lang::Zh, Lang::En);
        assert_eq!(translated(&english, Lang::En, Lang::Zh), chinese, "{text}\n{english}");
        assert_eq!(translated(&english, Lang::En, Lang::En), english);
    }
}

/// The tree without places, and with names as they are in English.
fn shape(expr: &Expr) -> String {
    let text = format!("{expr:?}");
    let mut result = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("span: Span {") {
        result.push_str(&rest[..at]);
        rest = rest[at..].split_once('}').expect("a place ends").1;
    }
    result.push_str(rest);
    for (zh, en) in WORDS {
        result = result.replace(&format!("\"{zh}\""), &format!("\"{en}\""));
    }
    result
}

/// Names, most of which are also part of a word of the language in one of the surfaces.
const WORDS: &[(&str, &str)] = &[
    ("甲", "alpha"),
    ("乙", "beta"),
    ("年份", "year"),
    ("任一", "any"),
    ("按", "by"),
    ("无", "no"),
    ("较小", "lesser"),
    ("件数", "count"),
    ("合计", "sum"),
    ("上", "up"),
    ("元件", "yuan"),
    ("过渡", "transition"),
];

fn word_list() -> String {
    let words: String = WORDS.iter().map(|(zh, en)| format!("  {zh} ({en})\n")).collect();
    format!("词表 名 (names)\n{words}")
}

/// A small generator (xorshift), the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    fn number(&mut self) -> i64 {
        let scale = self.pick(&[1, 100, 10_000, 1_000_000, 100_000_000, 10_000_000_000]);
        self.below(5_000) as i64 * scale
    }

    fn ident(&mut self) -> Ident {
        let (zh, en) = self.pick(WORDS);
        let text = if self.below(2) == 0 { zh } else { en };
        Ident { text: text.into(), span: Span::default() }
    }

    fn boxed(&mut self, depth: u32) -> Box<Expr> {
        Box::new(self.expr(depth))
    }

    fn several(&mut self, depth: u32, least: u64) -> Vec<Expr> {
        (0..least + self.below(2)).map(|_| self.expr(depth)).collect()
    }

    fn expr(&mut self, depth: u32) -> Expr {
        let kind = if depth == 0 || self.below(6) == 0 { self.leaf() } else { self.branch(depth - 1) };
        Expr { kind, span: Span::default() }
    }

    fn leaf(&mut self) -> ExprKind {
        match self.below(11) {
            0 => ExprKind::Money(Fen(self.number())),
            1 => ExprKind::Percent(self.number()),
            2 => ExprKind::Decimal(self.number()),
            3 => ExprKind::Integer(self.below(600_000).to_string()),
            4 => ExprKind::Date(self.below(40_000) as i64),
            5 => ExprKind::Year(1900 + self.below(200) as i64),
            6 => ExprKind::Quoted(self.pick(&["引", "a”b", "a\"b", "甲 是 乙", ""]).into()),
            7 => ExprKind::Bool(self.below(2) == 0),
            8 => ExprKind::Qualified(self.ident(), self.ident()),
            9 => ExprKind::BuiltIn(self.pick(&[BuiltIn::BasisDate, BuiltIn::ThisYear, BuiltIn::AsOf, BuiltIn::Rank])),
            _ => ExprKind::Name(self.ident()),
        }
    }

    fn branch(&mut self, depth: u32) -> ExprKind {
        use Comparison::*;
        match self.below(15) {
            0 => ExprKind::Logic(self.pick(&[Logic::And, Logic::Or]), self.several(depth, 2)),
            1 => ExprKind::Not(self.boxed(depth)),
            2 => ExprKind::Happened(self.below(2) == 0, self.boxed(depth)),
            3 => {
                let (comparison, of_dates) = self.pick(&[
                    (Equal, false),
                    (NotEqual, false),
                    (AtLeast, false),
                    (AtMost, false),
                    (Greater, false),
                    (Less, false),
                    (AtLeast, true),
                    (AtMost, true),
                    (Greater, true),
                    (Less, true),
                ]);
                ExprKind::Compare(comparison, of_dates, self.boxed(depth), self.boxed(depth))
            }
            4 => ExprKind::In(self.below(2) == 0, self.boxed(depth), self.several(depth, 1)),
            5 => ExprKind::StartsWith(self.boxed(depth), self.several(depth, 1)),
            6 | 7 => {
                let operators = [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide];
                ExprKind::Arithmetic(self.pick(&operators), self.boxed(depth), self.boxed(depth))
            }
            8 | 9 => ExprKind::PercentOf(self.boxed(depth), self.boxed(depth)),
            10 => ExprKind::YearOf(self.boxed(depth)),
            11 => {
                let which = [Extreme::Lesser, Extreme::Greater, Extreme::Earlier, Extreme::Later];
                ExprKind::Extreme(self.pick(&which), self.several(depth, 2))
            }
            12 => {
                let units = [
                    RoundingUnit::Fen,
                    RoundingUnit::Jiao,
                    RoundingUnit::Yuan,
                    RoundingUnit::HundredYuan,
                    RoundingUnit::ThousandYuan,
                    RoundingUnit::TenThousandYuan,
                ];
                let roundings = [Rounding::HalfUp, Rounding::Down, Rounding::Up];
                ExprKind::Round(self.boxed(depth), self.pick(&roundings), self.pick(&units))
            }
            13 => {
                use AggregateKind::*;
                let filter = if self.below(2) == 0 { Some(self.boxed(depth)) } else { None };
                let kind = self.pick(&[Count, Sum, Any, Earliest, Latest, Only]);
                ExprKind::Aggregate { kind, of: self.boxed(depth), filter }
            }
            _ if self.below(2) == 0 => ExprKind::YearsBetween(self.boxed(depth), self.boxed(depth)),
            _ => ExprKind::Steps(self.boxed(depth), self.boxed(depth)),
        }
    }
}

#[test]
fn nothing_written_vanishes_unreported() {
    for (text, id) in [
        ("政策 政 (p)\n  发布 2016年1月1日\n  发布 2017年1月1日", "E206"),
        ("参数 参 (p)\n  1% 依据 一、二", "E206"),
        ("措施 甲 (a)\n  限额 每家 每年 一次", "E201"),
        ("措施 甲 (a)\n  例外 当 乙\n    不支付\n      1 30万元", "E201"),
        ("资金 基 (f)\n  规模 每年 1元 自 20160 起", "E201"),
    ] {
        let mut diagnostics = Vec::new();
        let source = Block { file: 0, start: 0, text: text.into(), lang: Lang::Zh, heading: None };
        parse(&source, &mut diagnostics);
        assert_eq!(diagnostics.iter().map(|d| d.id).collect::<Vec<_>>(), [id], "{text}");
    }
    let long = format!("定义 甲 (a) = 1{}", " + 1".repeat(100_000));
    let mut diagnostics = Vec::new();
    parse(&Block { file: 0, start: 0, text: long, lang: Lang::Zh, heading: None }, &mut diagnostics);
    assert_eq!(diagnostics.iter().map(|d| d.id).collect::<Vec<_>>(), ["E205"]);
}

#[test]
fn the_shipped_packs_go_to_english_and_back() {
    let packs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    for pack in std::fs::read_dir(packs).unwrap() {
        let mut files = Vec::new();
        for file in std::fs::read_dir(pack.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                files.push(std::fs::read_to_string(path).unwrap());
            }
        }
        let names = Names::new(&files.iter().flat_map(|text| items(text)).collect::<Vec<_>>());
        for text in files {
            let chinese = rewritten(&text, Some(Lang::Zh), &names);
            let english = rewritten(&chinese, Some(Lang::En), &names);
            assert_eq!(rewritten(&english, Some(Lang::Zh), &names), chinese);
            assert_eq!(rewritten(&english, None, &names), english);
        }
    }
}
