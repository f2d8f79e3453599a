//! A made-up programme and district for tests, with words as people would read them.

use std::sync::Arc;

use duixian_facts::table::{Column, Facts, Lines, NO_DATE, NO_NUMBER, NO_WORD, Origin, Table, TextColumn};
use duixian_facts::uscc::Uscc;
use duixian_rules::plan::{
    Alternative, Amount, Basis, Comparison, Condition, FactSlot, Fund, Key, Limit, LimitKind, Measure, MeasureNotes,
    Node, NodeId, NodeInfo, NodeType, Pay, Payable, Period, Plan, Procedure, Scope,
};
use duixian_rules::vocabulary::{self, ColumnType, Empty, Name, Table as Shape, TableKind, Vocabulary, WordList};

use super::operations::day_in;

const ENTERPRISES: usize = 0;
const RECOGNITIONS: usize = 1;
const ACCOUNTS: usize = 2;
const TRAININGS: usize = 3;
const STANDARDS: usize = 4;

/// Fen in 1万元.
const WAN: i64 = 1_000_000;

/// A day of a year as days since 1970-01-01.
pub fn day(year: i64, month: u32, day: u32) -> i64 {
    day_in(year, month, day)
}

/// The party whose code begins like this.
pub fn code(number: u32) -> Uscc {
    Uscc::complete(&format!("91520102MA6D{number:05}")).unwrap()
}

fn vocabulary() -> Vocabulary {
    use ColumnType::{Count, Date, Division, Industry, Money, Party, Text, Word, Year};
    use Empty::{Own, Required, Unknown};
    let shape = |zh: &str, en: &str, kind, key: &[usize], columns: &[(&str, &str, ColumnType, Empty)]| Shape {
        name: Name::new(zh, en),
        kind,
        columns: columns
            .iter()
            .map(|&(zh, en, ty, empty)| vocabulary::Column { name: Name::new(zh, en), ty, empty })
            .collect(),
        key: key.to_vec(),
    };
    let words = |zh: &str, en: &str, words: &[(&str, &str)]| WordList {
        name: Name::new(zh, en),
        words: words.iter().map(|(zh, en)| Name::new(*zh, *en)).collect(),
    };
    let tables = vec![
        shape(
            "企业",
            "enterprises",
            TableKind::Party,
            &[0],
            &[
                ("统一社会信用代码", "code", Party, Required),
                ("名称", "name", Text, Unknown),
                ("注册地区", "district", Division, Unknown),
                ("行业", "industry", Industry, Unknown),
            ],
        ),
        shape(
            "认定",
            "recognitions",
            TableKind::Event,
            &[0],
            &[
                ("编号", "id", Text, Required),
                ("企业", "code", Party, Required),
                ("类别", "kind", Word(0), Required),
                ("级别", "level", Word(1), Unknown),
                ("平台", "platform_key", Text, Own),
                ("认定日期", "recognised_on", Date, Unknown),
            ],
        ),
        shape(
            "年度账目",
            "annual_accounts",
            TableKind::Account,
            &[0, 1],
            &[
                ("企业", "code", Party, Required),
                ("年度", "year", Year, Required),
                ("销售额", "sales", Money, Unknown),
                ("贷款利息", "loan_interest_paid", Money, Unknown),
            ],
        ),
        shape(
            "培训",
            "trainings",
            TableKind::Event,
            &[0, 1],
            &[
                ("企业", "code", Party, Required),
                ("年度", "year", Year, Required),
                ("输送人数", "trainees_placed", Count, Unknown),
            ],
        ),
        shape(
            "标准",
            "standards",
            TableKind::Event,
            &[0],
            &[
                ("编号", "id", Text, Required),
                ("企业", "code", Party, Required),
                ("角色", "role", Word(2), Required),
                ("发布日期", "published_on", Date, Unknown),
            ],
        ),
    ];
    let word_lists = vec![
        Arc::new(words(
            "类别",
            "kinds",
            &[("企业技术中心", "technology_centre"), ("高新技术企业", "high_tech_enterprise")],
        )),
        Arc::new(words("级别", "levels", &[("国家级", "national"), ("省级", "provincial"), ("市级", "municipal")])),
        Arc::new(words("角色", "roles", &[("牵头", "lead"), ("参与", "participant")])),
    ];
    Vocabulary { tables, word_lists, groups: Vec::new() }
}

/// Builds the plan node by node.
struct Builder {
    nodes: Vec<NodeInfo>,
}

impl Builder {
    fn node(&mut self, node: Node, ty: NodeType) -> NodeId {
        self.nodes.push(NodeInfo { node, scope: Scope::Row, ty, may_be_absent: true });
        self.nodes.len() - 1
    }

    fn constant(&mut self, value: i64, ty: NodeType) -> NodeId {
        self.node(Node::Constant(value), ty)
    }

    fn at_least(&mut self, left: NodeId, right: i64, ty: NodeType) -> NodeId {
        let right = self.constant(right, ty);
        self.node(Node::Compare(Comparison::AtLeast, left, right), NodeType::Bool)
    }

    fn is(&mut self, column: NodeId, word: i64) -> NodeId {
        self.node(Node::OneOf(column, vec![word]), NodeType::Bool)
    }

    fn prefix(&mut self, column: NodeId, prefix: &str) -> NodeId {
        self.node(Node::HasPrefix(column, vec![prefix.to_owned()]), NodeType::Bool)
    }
}

fn measure(name: Name, clause: &str, table: usize, period: Period, pays: Name) -> Measure {
    Measure {
        name,
        clause: clause.to_owned(),
        span: Default::default(),
        basis: Basis { table, filter: None, period },
        conditions: Vec::new(),
        pay: Pay { alternatives: Vec::new(), by_rank: false, text: pays, span: Default::default() },
        limits: Vec::new(),
        payable: Payable::NotBefore(Some(day(2017, 5, 3))),
        fund: Some(0),
        procedure: 0,
        slots: Vec::new(),
        named: Vec::new(),
        notes: MeasureNotes::default(),
    }
}

fn condition(node: NodeId, clause: &str, zh: &str, en: &str) -> Condition {
    let (clause, text) = (clause.to_owned(), Name::new(zh, en));
    Condition { node, clause, text, general: None, reading_of: None, span: Default::default() }
}

fn pays(guard: Option<NodeId>, amount: Amount, clause: &str, zh: &str, en: &str) -> Alternative {
    Alternative { guard, amount, clause: clause.to_owned(), text: Name::new(zh, en), span: Default::default() }
}

fn limit(kind: LimitKind, clause: &str, zh: &str, en: &str) -> Limit {
    Limit { kind, clause: clause.to_owned(), text: Name::new(zh, en), span: Default::default() }
}

/// Platforms, loan interest, high-tech firms, training and standards.
pub fn plan() -> Plan {
    use NodeType::{Bool, Count, Date, Money, Text, Word};
    let mut build = Builder { nodes: Vec::new() };
    let b = &mut build;
    let district = b.node(Node::Column(ENTERPRISES, 2), Text);
    let here = b.prefix(district, "520102");
    let mut seated = condition(here, "总则", "注册地区 是 南明区", "district is nanming");
    seated.general = Some(Name::new("属地", "seated_here"));

    let kind = b.node(Node::Column(RECOGNITIONS, 2), Word(0));
    let level = b.node(Node::Column(RECOGNITIONS, 3), Word(1));
    let recognised_on = b.node(Node::Column(RECOGNITIONS, 5), Date);
    let dated = |year| Period::Dated { date: recognised_on, start: day(year, 1, 1) };
    let mut platform = measure(
        Name::new("研发平台奖励", "platform_grant"),
        "三(二).2",
        RECOGNITIONS,
        dated(2016),
        Name::new("按 级别", "by level"),
    );
    platform.basis.filter = Some(b.is(kind, 0));
    platform.conditions = vec![seated.clone()];
    for (word, wan, zh, en) in
        [(0, 30, "国家级", "national"), (1, 20, "省级", "provincial"), (2, 10, "市级", "municipal")]
    {
        let guard = b.is(level, word);
        let amount = Amount::Exact(b.constant(wan * WAN, Money));
        platform.pay.alternatives.push(pays(Some(guard), amount, "三(二).2", zh, en));
    }
    let top_up = LimitKind::TopUp { key: Key::Column(4) };
    platform.limits = vec![limit(top_up, "三(二).2", "同一 平台 就高补差", "per platform top up to highest")];
    platform.notes.evidence = vec!["认定文件".to_owned()];

    let industry = b.node(Node::Column(ENTERPRISES, 3), Text);
    let sales = b.node(Node::Column(ACCOUNTS, 2), Money);
    let trade = [("51", 10_000), ("52", 5_000)].map(|(division, wan)| {
        let division = b.prefix(industry, division);
        let enough = b.at_least(sales, wan * WAN, Money);
        b.node(Node::And(vec![division, enough]), Bool)
    });
    let trade = b.node(Node::Or(trade.to_vec()), Bool);
    let interest = b.node(Node::Column(ACCOUNTS, 3), Money);
    let ceiling = b.constant(20 * WAN, Money);
    let high = b.node(Node::Least(vec![ceiling, interest]), Money);
    let low = b.constant(0, Money);
    let mut loans = measure(
        Name::new("批零企业贷款贴息", "trade_loan_interest"),
        "三(四).2",
        ACCOUNTS,
        Period::Yearly { start: 2017 },
        Name::new("不超过 (20万元 与 贷款利息 的 较小者)", "up to the lesser of 200,000 yuan and loan_interest_paid"),
    );
    loans.conditions = vec![
        seated.clone(),
        condition(
            trade,
            "三(四).2",
            "批发业销售额不少于1亿元，或零售业不少于5000万元",
            "wholesale with sales of 100 million yuan, or retail with 50 million",
        ),
    ];
    let amount = Amount::Span { low, high: Some(high) };
    loans.pay.alternatives = vec![pays(None, amount, "三(四).2", "贴息", "interest subsidy")];
    loans.notes.discretion = vec!["当年贷款规模".to_owned()];

    let mut high_tech = measure(
        Name::new("高新技术企业认定", "high_tech_recognition"),
        "三(六).1",
        RECOGNITIONS,
        dated(2013),
        Name::new("5万元", "50,000 yuan"),
    );
    high_tech.basis.filter = Some(b.is(kind, 1));
    high_tech.conditions = vec![seated.clone()];
    let amount = Amount::Exact(b.constant(5 * WAN, Money));
    high_tech.pay.alternatives = vec![pays(None, amount, "三(六).1", "5万元", "50,000 yuan")];
    high_tech.limits = vec![limit(LimitKind::Once { key: Key::Party }, "三(六).1", "每家 一次", "once per party")];

    let trainees = b.node(Node::Column(TRAININGS, 2), Count);
    let [low, high] = [5, 10].map(|wan| b.constant(wan * WAN, Money));
    let mut training = measure(
        Name::new("培训机构资助", "training_institution"),
        "三(十)",
        TRAININGS,
        Period::Yearly { start: 2017 },
        Name::new("5万元 至 10万元", "50,000 to 100,000 yuan"),
    );
    let amount = Amount::Span { low, high: Some(high) };
    training.pay.alternatives = vec![pays(None, amount, "三(十)", "5万元 至 10万元", "50,000 to 100,000 yuan")];
    let top = LimitKind::Top { places: 2, key: Key::All, by: trainees, descending: true };
    training.limits = vec![limit(top, "三(十)", "每年 前2名 按 输送人数", "each year the top 2 by trainees_placed")];

    let role = b.node(Node::Column(STANDARDS, 2), Word(2));
    let published_on = b.node(Node::Column(STANDARDS, 3), Date);
    let mut standard = measure(
        Name::new("牵头制定标准", "standard_lead"),
        "三(八).1",
        STANDARDS,
        Period::Dated { date: published_on, start: day(2017, 5, 3) },
        Name::new("20万元", "200,000 yuan"),
    );
    standard.basis.filter = Some(b.is(role, 0));
    let amount = Amount::Exact(b.constant(20 * WAN, Money));
    standard.pay.alternatives = vec![pays(None, amount, "三(八).1", "20万元", "200,000 yuan")];

    let mut measures = vec![platform, loans, high_tech, training, standard];
    let vocabulary = vocabulary();
    for measure in &mut measures {
        for table in [ENTERPRISES, measure.basis.table] {
            let columns = vocabulary.tables[table].columns.iter().enumerate();
            let unknown = columns.filter(|(_, column)| column.empty == Empty::Unknown);
            measure.slots.extend(unknown.map(|(column, _)| FactSlot { table, column }));
        }
    }
    let funds = vec![Fund {
        name: Name::new("创新专项资金", "innovation_fund"),
        clause: "三(一).1".to_owned(),
        sizes: vec![(2015, duixian_money::Fen::yuan(15_000_000))],
        carries_over: None,
    }];
    let policy = Name::new("示例区科技创新政策", "example_programme");
    let mut desks = Vec::new();
    let procedures = vec![Procedure::built_in(&mut desks)];
    Plan {
        policy,
        vocabulary,
        nodes: build.nodes,
        measures,
        funds,
        desks,
        procedures,
        definitions: Vec::new(),
        english: Default::default(),
    }
}

fn texts(texts: &[&str]) -> Column {
    let mut column = TextColumn::default();
    texts.iter().for_each(|text| column.push(text));
    Column::Text(column)
}

fn days(days: &[Option<i64>]) -> Column {
    Column::Date(days.iter().map(|day| day.map_or(NO_DATE, |day| day as i32)).collect())
}

fn table(file: &str, party: &[u32], columns: Vec<Column>) -> Table {
    let origin = Origin { file: file.to_owned(), lines: Lines::CountUp(2) };
    Table { rows: party.len(), party: party.to_vec(), columns, origin }
}

/// Three parties. The first has something of everything; its name would break a page that does not escape it.
pub fn facts() -> Facts {
    let mut enterprises = table(
        "enterprises.csv",
        &[0; 3],
        vec![
            Column::Party(vec![code(1), code(2), code(3)]),
            texts(&["贵州<好>商贸有限公司", "乙公司", "丙学校"]),
            Column::Division(vec![520_102; 3]),
            Column::Industry(vec![0x5112, 0x5211, 0x83FF]),
        ],
    );
    enterprises.party.clear();
    let recognitions = table(
        "recognitions.csv",
        &[0, 0, 0, 0, 1],
        vec![
            texts(&["R-1", "R-2", "R-3", "R-4", "R-5"]),
            Column::Empty,
            Column::Word(vec![0, 1, 1, 0, 0]),
            Column::Word(vec![1, NO_WORD, NO_WORD, NO_WORD, 2]),
            texts(&["P-7", "", "", "", "P-7"]),
            days(&[
                Some(day(2017, 6, 1)),
                Some(day(2015, 3, 1)),
                Some(day(2017, 9, 9)),
                Some(day(2017, 10, 1)),
                Some(day(2016, 2, 1)),
            ]),
        ],
    );
    let accounts = table(
        "annual_accounts.csv",
        &[0, 0, 1],
        vec![
            Column::Empty,
            Column::Date(vec![2016, 2017, 2017]),
            Column::Number(vec![12_000 * WAN, 8_000 * WAN, 6_000 * WAN]),
            Column::Number(vec![NO_NUMBER, 30 * WAN, 15 * WAN]),
        ],
    );
    let trainings = table(
        "trainings.csv",
        &[0, 1, 2],
        vec![Column::Empty, Column::Date(vec![2017; 3]), Column::Number(vec![40, 90, 60])],
    );
    let standards = Table { columns: vec![Column::Empty; 4], ..Table::default() };
    Facts::new(vec![enterprises, recognitions, accounts, trainings, standards])
}
