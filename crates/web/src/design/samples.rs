//! Made-up content for the design page. No person or firm of this name is meant.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use duixian_money::Fen;

use crate::charts::{Chart, Kind, Series, Unit};
use crate::forms::{Choice, Field, Form};
use crate::list::{Cell, Column, List, Row, RowState};
use crate::locale::{Lang, Text};
use crate::ui::*;

pub(super) fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2017, month, day).unwrap_or_default()
}

fn at(month: u32, date: u32, hour: u32, minute: u32) -> NaiveDateTime {
    day(month, date).and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default())
}

pub(super) fn form(lang: Lang) -> Form {
    Form::new(
        lang,
        vec![
            Field::text("name", ("企业名称", "Company name"))
                .source((
                    "市场监管登记，2017年5月1日；如有不符可提出异议",
                    "business registry, 1 May 2017; tell us if it is wrong",
                ))
                .read_only(),
            Field::money("interest", ("2016年实付贷款利息", "Loan interest paid in 2016"))
                .hint(("以银行利息单为准，可写 300000 或 30万。", "As on the bank's statements, in yuan."))
                .between(Fen(1), Fen::yuan(50_000_000)),
            Field::date("paid_on", ("最后一次付息日期", "Date of the last payment"))
                .days(Some(day(1, 1)), Some(day(12, 31))),
            Field::radios(
                "use",
                ("贷款用途", "Use of the loan"),
                vec![
                    Choice::new("goods", ("购进商品", "Buying goods")),
                    Choice::new("shop", ("经营场所改造", "Improving premises"))
                        .hint(("须附施工合同。", "A building contract is needed.")),
                    Choice::new("other", ("其他", "Other"))
                        .disabled(("本措施只支持前两项", "this measure supports the first two only")),
                ],
            ),
            Field::checkboxes(
                "proofs",
                ("随申请提交的材料", "Proofs handed in"),
                vec![
                    Choice::new("contract", ("借款合同", "Loan contract")),
                    Choice::new("slips", ("利息单", "Interest statements")),
                ],
            ),
            Field::select(
                "industry",
                ("行业", "Industry"),
                vec![
                    Choice::new("51", ("批发业", "Wholesale")),
                    Choice::new("52", ("零售业", "Retail")),
                    Choice::new("61", ("住宿业", "Accommodation")).disabled(("不在支持范围", "not supported")),
                ],
            ),
            Field::whole("staff", ("年末从业人数", "Staff at year's end")).within(1, 100_000).optional(),
            Field::text_area("note", ("补充说明", "Remarks")).max_chars(300).optional(),
            Field::file("contract", ("借款合同", "Loan contract"), "image/*,.pdf", 10 * 1024 * 1024)
                .hint(("手机拍照即可，字迹清楚、四角完整。", "A photo is fine if it is sharp and whole."))
                .optional(),
            Field::checkbox("truth", ("以上内容真实，愿意接受核查", "This is true and may be checked")),
        ],
    )
    .with("name", "黔灵商贸有限公司")
    .with("interest", "456789.12")
    .with("industry", "51")
}

pub(super) fn filters(lang: Lang) -> Form {
    Form::new(
        lang,
        vec![
            Field::text("q", ("编号或企业", "Number or company")).optional(),
            Field::select(
                "state",
                ("状态", "Status"),
                vec![Choice::new("review", ("实质审核", "Review")), Choice::new("hold", ("暂缓", "On hold"))],
            )
            .optional(),
            Field::date("until", ("到期不晚于", "Due by")).optional(),
        ],
    )
}

pub(super) fn list() -> List {
    let columns = vec![
        Column::text("number", ("编号", "Number")).sortable(),
        Column::text("party", ("企业", "Company")).sortable(),
        Column::text("measure", ("措施", "Measure")),
        Column::money("amount", ("测算金额（元）", "Assessed (yuan)")).sortable(),
        Column::status("state", ("状态", "Status")),
        Column::date("due", ("办理期限", "Due")).sortable(),
    ];
    let mut list = List::new(("待办案件", "Cases to do"), columns).cards();
    let rows = [
        (
            "NM2017-0042",
            "黔灵商贸有限公司",
            ("批零企业贷款贴息", "Loan interest subsidy"),
            20_000_000,
            RowState::Late,
            -2,
            Status::active("实质审核", "Review"),
        ),
        (
            "NM2017-0057",
            "甲秀科技股份有限公司",
            ("研发平台奖励", "R&D platform award"),
            30_000_000,
            RowState::Soon,
            1,
            Status::active("形式审查", "Formal review"),
        ),
        (
            "NM2017-0063",
            "=云岩某某餐饮店",
            ("产业扶持", "Industry support"),
            1_234_567,
            RowState::Plain,
            9,
            Status::hold("补正", "Correction"),
        ),
        (
            "NM2017-0011",
            "花溪软件有限公司",
            ("人才培训资助", "Training support"),
            5_000_000,
            RowState::Done,
            12,
            Status::good("已拨付", "Paid"),
        ),
    ];
    for (number, party, measure, amount, state, left, status) in rows {
        let deadline = Deadline {
            last_day: day(5, (5 + left) as u32),
            days_left: left,
            working_days_left: left,
            is_certain: true,
        };
        let cells = vec![
            Cell::text(number).link(format!("/design?case={number}")),
            Cell::text(party),
            Cell::pair(measure),
            Cell::money(Fen(amount)),
            Cell::status(status),
            Cell::deadline(deadline),
        ];
        list.push(Row::new(cells).in_state(state).pick(number, number));
    }
    list.totals = vec![
        Cell::pair(("合计", "Sum")),
        Cell::empty(),
        Cell::empty(),
        Cell::money(Fen(56_234_567)),
        Cell::empty(),
        Cell::empty(),
    ];
    list
}

pub(super) fn plain_list() -> List {
    let title = |year: &'static str| Column::number("y", Text::same(year));
    let columns = vec![
        Column::text("fund", ("资金", "Fund")),
        title("2013"),
        title("2014"),
        title("2015"),
        title("2016"),
        title("2017"),
    ];
    let mut list = List::new(("历年拨付（元）", "Paid by year (yuan)"), columns);
    for (fund, base) in [(("创新专项资金", "Innovation fund"), 4_321), (("产业扶持资金", "Industry fund"), 12_345)]
    {
        let mut cells = vec![Cell::pair(fund)];
        cells.extend((1..=5).map(|year| Cell::money(Fen(base * year * 100_003))));
        list.push(Row::new(cells));
    }
    list
}

pub(super) fn statuses() -> Vec<Status> {
    vec![
        Status::quiet("草稿", "Draft"),
        Status::active("已提交", "Submitted"),
        Status::active("已受理", "Accepted"),
        Status::active("实质审核", "Review"),
        Status::active("公示中", "In notice"),
        Status::hold("补正", "Correction"),
        Status::hold("暂缓", "On hold"),
        Status::hold("异议处理", "Objection"),
        Status::good("审定", "Decided"),
        Status::good("已拨付", "Paid"),
        Status::bad("不予支持", "Declined"),
        Status::bad("拨付失败", "Payment failed"),
        Status::quiet("撤回", "Withdrawn"),
    ]
}

pub(super) fn deadlines() -> Vec<Deadline> {
    [-3, 0, 2, 8]
        .map(|left| Deadline {
            last_day: day(5, (8 + left) as u32),
            days_left: left,
            working_days_left: left,
            is_certain: true,
        })
        .to_vec()
}

pub(super) fn actions() -> Vec<Action> {
    vec![
        Action::main("pass", ("审核通过", "Pass the review"), "/design?do=pass"),
        Action::second("correct", ("通知补正", "Ask for correction"), "/design?do=correct"),
        Action::grave("decline", ("不予支持", "Decline"), "/design?do=decline"),
        Action::main("pay", ("拨付", "Pay"), "").unless(Some(Text::new(
            "公示期到2017年5月12日，期满无异议才能拨付。",
            "The notice runs until 12 May 2017; payment follows if nobody objects.",
        ))),
    ]
}

pub(super) fn steps() -> Steps {
    let names = [
        ("提交", "Submitted"),
        ("受理", "Accepted"),
        ("形式审查", "Formal review"),
        ("实质审核", "Review"),
        ("审定", "Decision"),
        ("公示", "Notice"),
        ("拨付", "Payment"),
        ("办结", "Closed"),
    ];
    Steps::at(names.map(Text::from).to_vec(), 3)
}

pub(super) fn timeline() -> Timeline {
    Timeline(vec![
        Event::new(("提交申请", "Application submitted"), at(4, 18, 21, 14)).by(("李＊（经办人）", "Li (agent)")),
        Event::new(("通知补正：2处", "Correction asked for: 2 defects"), at(4, 20, 9, 30))
            .by(("受理岗", "Intake"))
            .kind(EventKind::Bad)
            .more("/design/documents/correction", ("看补正通知书", "Read the notice")),
        Event::new(("补正完成", "Corrected"), at(4, 21, 10, 2))
            .by(("李＊（经办人）", "Li (agent)"))
            .note(("补交第三季度利息单。", "Interest statements of the third quarter added.")),
        Event::new(("受理", "Accepted"), at(4, 21, 15, 47)).by(("受理岗", "Intake")).kind(EventKind::Good),
        Event::next(("实质审核，5月10日前", "Review, by 10 May")).by(("商务科", "Commerce desk")),
    ])
}

pub(super) fn facts() -> Facts {
    Facts::default()
        .add(("企业名称", "Company"), Text::same("黔灵商贸有限公司"))
        .from(("市场监管登记，2017年5月1日", "business registry, 1 May 2017"))
        .add(("2016年销售额", "Sales in 2016"), ("1.32亿元", "CNY 132 million"))
        .from(("税务机关，2017年4月", "tax office, April 2017"))
        .add(("申请依据", "Clause"), ("三（四）.2", "III (4) 2"))
        .link("/design?clause")
}

pub(super) fn tiles() -> FundTiles {
    FundTiles {
        paid: Fen(1_245_678_912),
        reserved: Fen(380_000_000),
        free: Fen(374_321_088),
        lapsed: Fen(0),
        hrefs: ["", "/design?paid", "/design?reserved", ""].map(str::to_owned),
    }
}

pub(super) fn tabs() -> Tabs {
    let tab = |href: &str, text: (&'static str, &'static str), count, is_current| Tab {
        href: href.to_owned(),
        text: text.into(),
        count,
        is_current,
    };
    Tabs {
        label: ("待办分类", "Work lists").into(),
        tabs: vec![
            tab("/design", ("今天到期", "Due today"), Some(4), true),
            tab("/design?tab=week", ("本周", "This week"), Some(17), false),
            tab("/design?tab=all", ("全部", "All"), None, false),
        ],
    }
}

pub(super) fn charts() -> Vec<Chart> {
    let funds = vec![
        Text::new("产业扶持资金", "Industry fund"),
        Text::new("创新专项资金", "Innovation fund"),
        Text::new("人才资金", "Talent fund"),
    ];
    let months: Vec<Text> = (1..=12).map(|month| Text::new(format!("{month}月"), format!("{month}"))).collect();
    vec![
        Chart {
            title: ("2017年各资金使用情况", "Funds in 2017").into(),
            kind: Kind::Stacked,
            unit: Unit::Money,
            categories: funds,
            series: vec![
                Series::new(("已拨付", "Paid"), vec![1_245_678_912, 456_000_000, 90_000_000]),
                Series::new(("已预留", "Reserved"), vec![380_000_000, 210_000_000, 40_000_000]),
                Series::new(("可用", "Free"), vec![374_321_088, 834_000_000, 170_000_000]),
            ],
        },
        Chart {
            title: ("各环节在办案件", "Cases by step").into(),
            kind: Kind::Bars,
            unit: Unit::Count,
            categories: [
                ("受理", "Intake"),
                ("形式审查", "Formal review"),
                ("实质审核", "Review"),
                ("审定", "Decision"),
            ]
            .map(Text::from)
            .to_vec(),
            series: vec![Series::new(("案件", "Cases"), vec![12, 31, 58, 7])],
        },
        Chart {
            title: ("每月拨付", "Paid by month").into(),
            kind: Kind::Line,
            unit: Unit::Money,
            categories: months,
            series: vec![
                Series::new(("2016年", "2016"), (1..=12).map(|month| month * month * 9_000_000).collect()),
                Series::new(
                    ("2017年", "2017"),
                    (1..=12).map(|month| 1_400_000_000 - (month - 7) * (month - 7) * 30_000_000).collect(),
                ),
            ],
        },
    ]
}
