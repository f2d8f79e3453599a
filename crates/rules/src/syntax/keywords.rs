//! The keywords of both surfaces. This table is the whole difference between them: one parser reads both.

use crate::vocabulary::Lang;

macro_rules! keywords {
    ($($name:ident $zh:literal $en:literal;)*) => {
        /// A keyword, whichever language it is written in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "each is documented by its two spellings in the table")]
        pub enum Keyword { $($name),* }

        impl Keyword {
            /// Every keyword.
            pub const ALL: &'static [Keyword] = &[$(Keyword::$name),*];

            /// How it is written: one or more words, separated by single spaces.
            pub fn spelling(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Keyword::$name, Lang::Zh) => $zh, (Keyword::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

keywords! {
    // Declarations.
    Policy "政策" "policy";
    WordList "词表" "words";
    PartyTable "主体" "parties";
    EventTable "事项" "events";
    AccountTable "账目" "accounts";
    Group "组" "group";
    Define "定义" "define";
    Parameter "参数" "parameter";
    General "通则" "general";
    Measure "措施" "measure";
    Fund "资金" "fund";
    Desk "岗位" "desk";
    Procedure "流程" "procedure";
    Target "指标" "target";
    Platform "平台" "platform";
    Task "任务" "task";
    Finance "金融" "finance";
    Talent "人才" "talent";
    Safeguard "保障" "safeguard";
    Reference "引用" "reference";
    Promise "承诺" "promise";
    // Columns.
    TypeMoney "金额" "money";
    TypePercent "比例" "percent";
    TypeDecimal "小数" "decimal";
    TypeDate "日期" "date";
    TypeYear "年份" "year";
    TypeCount "数目" "count";
    TypeBool "是否" "boolean";
    TypeText "文本" "text";
    TypeIndustry "行业代码" "industry";
    TypeDivision "区划代码" "division";
    TypeParty "统一代码" "code";
    IsKey "主键" "key";
    IsRequired "必填" "required";
    EmptyNotHappened "空即未发生" "empty means not happened";
    EmptyOwn "空即自成一项" "empty means its own";
    ForTheRecord "备查" "for the record";
    // Clauses of declarations.
    Cites "依据" "cites";
    Published "发布" "published";
    Covers "起算" "covers from";
    PayableNotBefore "起付" "payable not before";
    Source "来源" "source";
    Note "说明" "note";
    Lead "牵头" "lead";
    For "对象" "for";
    EachEvent "每项" "each";
    EachYear "每年" "each year of";
    EachParty "每家" "each party of";
    Where "其中" "where";
    Dated "基准日" "dated";
    From "自" "from";
    Onward "起" "on";
    Until "至" "until";
    Ended "止" "inclusive";
    Let "令" "let";
    Condition "条件" "when";
    AnyOf "任一" "any of";
    AllOf "全部" "all of";
    Except "不适用" "exempt from";
    Pays "支付" "pays";
    PaysNothing "不支付" "pays nothing";
    By "按" "by";
    Otherwise "其他" "otherwise";
    Exception "例外" "exception";
    If "当" "if";
    Limit "限额" "limit";
    Payable "可付" "payable";
    NextYear "次年1月1日 起" "from 1 january next year";
    Evidence "佐证" "evidence";
    OptionalEvidence "可附" "may attach";
    Discretion "裁量" "discretion";
    Purpose "用途" "purpose";
    StacksWith "可与" "stacks with";
    Stacked "并享" "too";
    Transition "过渡" "transition";
    ByBasisDate "按 基准日" "by basis date";
    ByAsOf "按 截止日" "by as-of date";
    AppliesTo "适用" "applies to";
    DatedMeasures "按日 措施" "dated measures";
    YearlyMeasures "按年 措施" "yearly measures";
    Size "规模" "size";
    Yearly "每年" "yearly";
    Balance "余额" "balance";
    CarriesOver "结转" "carries over";
    Lapses "收回" "lapses";
    Strength "力度" "strength";
    Must "确保" "must";
    Aim "力争" "aim";
    Unit "单位" "unit";
    Goal "目标" "goal";
    Increase "逐年 增加" "yearly increase";
    CountedBy "统计" "counted by";
    Responsible "责任" "responsible";
    // Desks and procedures.
    Department "部门" "department";
    Accept "受理" "accept";
    FormalReview "形式审查" "formal review";
    SubstantiveReview "实质审核" "substantive review";
    Decide "审定" "decide";
    Notice "公示" "notice";
    Pay "拨付" "pay";
    Correction "补正" "correction";
    Objection "异议" "objection";
    // Limits.
    PerParty "每家" "per party";
    PerKey "同一" "per";
    OverAll "全部" "over all";
    OnceOnly "一次" "once";
    TopUp "就高补差" "top up to highest";
    InTotal "累计" "in total";
    Years "年" "years";
    MostFirst "从多到少" "most first";
    FewestFirst "从少到多" "fewest first";
    // Expressions.
    OrElse "或" "or";
    AndAlso "且" "and";
    Negate "非" "not";
    Happened "有" "has";
    NotHappened "没有" "has no";
    Is "是" "is";
    IsNot "不是" "is not";
    AtLeast "不少于" "at least";
    AtMost "不超过" "at most";
    MoreThan "多于" "more than";
    LessThan "少于" "less than";
    Before "早于" "before";
    NotAfter "不晚于" "not after";
    After "晚于" "after";
    NotBefore "不早于" "not before";
    In "属于" "in";
    NotIn "不属于" "not in";
    StartsWith "开头是" "starts with";
    To "至" "to";
    UpTo "不超过" "up to";
    FloorOpen "不少于" "no less than";
    OpenAmount "不定额" "open amount";
    True "真" "true";
    False "假" "false";
    Of "的" "of";
    With "与" "with";
    YearOf "年份" "year of";
    YearLiteral "年" "year";
    Lesser "较小者" "lesser of";
    Greater "较大者" "greater of";
    Earlier "较早者" "earlier of";
    Later "较晚者" "later of";
    RoundedTo "四舍五入到" "rounded to";
    RoundedDown "舍去到" "rounded down to";
    RoundedUp "进位到" "rounded up to";
    Fen "分" "fen";
    Jiao "角" "jiao";
    Yuan "元" "yuan";
    HundredYuan "百元" "hundred_yuan";
    ThousandYuan "千元" "thousand_yuan";
    TenThousandYuan "万元" "wan_yuan";
    // Functions, recognised only before an opening parenthesis.
    Count "件数" "count";
    Sum "合计" "sum";
    Any "任一项" "any";
    Earliest "最早" "earliest";
    Latest "最晚" "latest";
    Only "取值" "only";
    YearsBetween "满年数" "years_between";
    Steps "整数倍" "steps";
    // Values that every measure has.
    BasisDate "基准日" "basis_date";
    ThisYear "本年度" "this_year";
    AsOf "截止日" "as_of";
    Rank "名次" "rank";
}

/// Words that begin or join expressions and therefore cannot be names.
pub const RESERVED: &[Keyword] = &[
    Keyword::OrElse,
    Keyword::AndAlso,
    Keyword::Negate,
    Keyword::Happened,
    Keyword::NotHappened,
    Keyword::Is,
    Keyword::IsNot,
    Keyword::AtLeast,
    Keyword::AtMost,
    Keyword::MoreThan,
    Keyword::LessThan,
    Keyword::Before,
    Keyword::NotAfter,
    Keyword::After,
    Keyword::NotBefore,
    Keyword::In,
    Keyword::NotIn,
    Keyword::StartsWith,
    Keyword::To,
    Keyword::OpenAmount,
    Keyword::True,
    Keyword::False,
    Keyword::Of,
    Keyword::With,
    Keyword::Lesser,
    Keyword::Greater,
    Keyword::Earlier,
    Keyword::Later,
    Keyword::Where,
    Keyword::From,
    Keyword::Onward,
    Keyword::Until,
    Keyword::Cites,
    Keyword::BasisDate,
    Keyword::ThisYear,
    Keyword::AsOf,
    Keyword::Rank,
    Keyword::Otherwise,
];
