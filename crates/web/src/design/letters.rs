//! Made-up letters for the design page. No person or firm of this name is meant.

use duixian_money::Fen;

use super::samples::day;
use crate::documents::*;

pub(super) fn names() -> Vec<(&'static str, String)> {
    vec![
        ("submission", submission().title()),
        ("acceptance", acceptance().title()),
        ("correction", correction().title()),
        ("not-accepted", not_accepted().title()),
        ("lapse", lapse().title()),
        ("supported", supported().title()),
        ("declined", declined().title()),
        ("notice", notice().title()),
        ("payment", payment().title()),
        ("ending", ending().title()),
    ]
}

fn frame(kind: &str) -> Frame {
    Frame {
        office: "南明区产业扶持资金办公室".to_owned(),
        number: format!("南扶{kind}〔2017〕42号"),
        to: "黔灵商贸有限公司".to_owned(),
        policy: "南明区产业扶持办法（示例）".to_owned(),
        attachments: Vec::new(),
        date: day(5, 3),
        copies_to: Vec::new(),
        contact: "政务服务大厅3号窗口，0851-00000000".to_owned(),
        void: String::new(),
    }
}

const CASE: &str = "NM2017-0042";
const MEASURE: &str = "批零企业贷款贴息";
const CLAUSE: &str = "三（四）.2";

pub(super) fn submission() -> SubmissionReceipt {
    SubmissionReceipt {
        frame: frame("收"),
        case_number: CASE.to_owned(),
        measure: MEASURE.to_owned(),
        item: "（2016年）".to_owned(),
        submitted: day(4, 18),
        materials: ["借款合同复印件", "2016年银行利息单", "2016年度纳税证明"].map(str::to_owned).to_vec(),
        desk: "政务服务大厅综合窗口".to_owned(),
        accepted_by: Some(day(4, 25)),
    }
}

pub(super) fn acceptance() -> AcceptanceReceipt {
    AcceptanceReceipt {
        frame: frame("受"),
        case_number: CASE.to_owned(),
        measure: MEASURE.to_owned(),
        item: "（2016年）".to_owned(),
        clause: CLAUSE.to_owned(),
        submitted: day(4, 18),
        materials: ["借款合同复印件", "2016年银行利息单", "2016年度纳税证明"].map(str::to_owned).to_vec(),
        due: day(5, 24),
        working_days: 15,
        first: Some(("形式审查".to_owned(), day(5, 8))),
    }
}

pub(super) fn correction() -> CorrectionNotice {
    let defect = |what: &str, remedy: &str| Defect { what: what.to_owned(), remedy: remedy.to_owned() };
    CorrectionNotice {
        frame: frame("补"),
        case_number: CASE.to_owned(),
        measure: MEASURE.to_owned(),
        item: "（2016年）".to_owned(),
        submitted: day(4, 18),
        defects: vec![
            defect("缺少第三季度利息单。", "请补交2016年7月至9月的银行利息单，须有银行业务章。"),
            defect("借款合同第2页不清晰。", "请重新拍照或者扫描，四角完整、字迹可辨。"),
        ],
        due: day(5, 10),
        working_days: 5,
        otherwise: "视为撤回申请".to_owned(),
    }
}

pub(super) fn not_accepted() -> NotAccepted {
    NotAccepted {
        frame: frame("不受"),
        case_number: CASE.to_owned(),
        measure: MEASURE.to_owned(),
        item: "（2016年）".to_owned(),
        clause: CLAUSE.to_owned(),
        submitted: day(4, 18),
        unmet: String::new(),
        reasons: vec!["你单位登记注册地不在南明区，不属于本措施的支持对象。".to_owned()],
        remedies: Remedies { reconsider_until: day(7, 3), sue_until: day(11, 3) },
    }
}

pub(super) fn lapse() -> LapseNotice {
    LapseNotice {
        frame: frame("撤"),
        case_number: CASE.to_owned(),
        measure: MEASURE.to_owned(),
        item: "（2016年）".to_owned(),
        submitted: day(4, 18),
        correction_number: "南扶补〔2017〕42号".to_owned(),
        asked: day(5, 3),
        defects: correction().defects,
        due: day(5, 10),
        remedies: Remedies { reconsider_until: day(7, 10), sue_until: day(11, 13) },
    }
}

pub(super) fn ending() -> PaymentEnded {
    PaymentEnded {
        frame: frame("终"),
        case_number: CASE.to_owned(),
        measure: MEASURE.to_owned(),
        item: "（2016年）".to_owned(),
        decision_number: "南扶决〔2017〕42号".to_owned(),
        amount: Fen::yuan(50_000),
        fund: "科技创新资金".to_owned(),
        said: "账户已销户。".to_owned(),
        came_back: false,
        due: day(6, 9),
        reason: "收款账户逾期没有更正，款项无法拨付。".to_owned(),
        remedies: Remedies { reconsider_until: day(8, 14), sue_until: day(12, 15) },
    }
}

fn decision(kind: &str, outcome: Outcome, comparisons: Vec<Comparison>) -> DecisionLetter {
    DecisionLetter {
        frame: Frame {
            attachments: vec!["测算明细".to_owned(), "佐证材料清单".to_owned()],
            copies_to: vec!["南明区财政局".to_owned(), "南明区审计局".to_owned()],
            ..frame(kind)
        },
        case_number: CASE.to_owned(),
        measure: MEASURE.to_owned(),
        item: "（2016年）".to_owned(),
        clause: CLAUSE.to_owned(),
        submitted: day(4, 18),
        outcome,
        reckoning: Vec::new(),
        disputes: Vec::new(),
        comparisons,
        remedies: Remedies { reconsider_until: day(7, 3), sue_until: day(11, 3) },
    }
}

fn comparison(fact: &str, required: &str, found: &str, source: &str, is_met: bool) -> Comparison {
    let conclusion = if is_met { Conclusion::Met } else { Conclusion::Unmet };
    let own = str::to_owned;
    Comparison { fact: own(fact), required: own(required), found: own(found), source: own(source), conclusion }
}

pub(super) fn supported() -> DecisionLetter {
    let letter = decision(
        "定",
        Outcome::Supported {
            amount: Fen(20_000_000),
            is_waiting: false,
            cut: String::new(),
            fund: "创新专项资金".to_owned(),
            reason: "贷款利息45.68万元，按条款上限20万元确定。".to_owned(),
            conditions: vec![
                "资金用于企业经营，不得用于投资理财。".to_owned(),
                "资金单独核算，票据保存五年。".to_owned(),
            ],
        },
        vec![
            comparison("行业", "批发业", "批发业（5136）", "市场监管登记", true),
            comparison("2016年销售额", "不少于1亿元", "1.32亿元", "税务机关", true),
        ],
    );
    let reckoned = "金额按条款计算：20万元，为贷款利息（45.68万元），不超过20万元。";
    let dispute = "2016年销售额：登记为1.21亿元（税务机关，2017年4月3日），申请单位称应为1.32亿元，理由：登记少算了十二月。处理：2017年4月26日核实，认可，按所报的计：与纳税申报表一致。";
    DecisionLetter { reckoning: vec![reckoned.to_owned()], disputes: vec![dispute.to_owned()], ..letter }
}

pub(super) fn declined() -> DecisionLetter {
    decision(
        "定",
        Outcome::Declined { unmet: String::new(), reason: "你单位2016年销售额低于条款要求。".to_owned() },
        vec![
            comparison("行业", "批发业", "批发业（5136）", "市场监管登记", true),
            comparison("2016年销售额", "不少于1亿元", "8,420.00万元", "税务机关", false),
        ],
    )
}

pub(super) fn notice() -> PublicNotice {
    let row = |party, measure: &str, what: &str, clause: &str, amount| PublicRow {
        party,
        measure: measure.to_owned(),
        what: what.to_owned(),
        clause: clause.to_owned(),
        amount: Fen(amount),
        void: String::new(),
    };
    PublicNotice {
        frame: Frame { to: String::new(), ..frame("示") },
        round: "2017年第一批".to_owned(),
        rows: vec![
            row(PartyName::Firm("黔灵商贸有限公司".to_owned()), MEASURE, "2016年", CLAUSE, 20_000_000),
            row(
                PartyName::Firm("甲秀科技股份有限公司".to_owned()),
                "研发平台奖励",
                "筑科平〔2016〕12号",
                "三（二）.2",
                30_000_000,
            ),
            row(PartyName::Person("王小明".to_owned()), "人才安家补助", "", "三（六）.1", 5_000_050),
        ],
        from: day(5, 4),
        until: day(5, 10),
        working_days: 5,
        put_off_to: None,
        objections_to: "南明区政务服务中心（0851-00000000）".to_owned(),
    }
}

pub(super) fn payment() -> PaymentNotice {
    PaymentNotice {
        frame: frame("拨"),
        case_number: CASE.to_owned(),
        measure: MEASURE.to_owned(),
        item: "（2016年）".to_owned(),
        clause: CLAUSE.to_owned(),
        decision_number: "南扶定〔2017〕42号".to_owned(),
        amount: Fen(20_000_000),
        fund: "创新专项资金".to_owned(),
        batch: "2017-B03".to_owned(),
        paid: day(5, 16),
        holder: "黔灵商贸有限公司".to_owned(),
        last_digits: "0002".to_owned(),
        is_to_another: false,
        conditions: Vec::new(),
    }
}
