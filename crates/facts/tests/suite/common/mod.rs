//! The vocabulary of `docs/reference/data.md`, as the pack will declare it, and small helpers.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::Arc;

use duixian_facts::{LoadError, LoadOptions, Loaded, load};
use duixian_rules::vocabulary::{Column, ColumnType, Empty, Name, Table, TableKind, Vocabulary, WordList};

/// Chinese and English.
type Pair = (&'static str, &'static str);

/// The words of the lists, by the list's name.
const WORDS: [(Pair, &[Pair]); 8] = [
    (("规模", "scale"), &[("大型", "large"), ("中型", "medium"), ("小型", "small"), ("微型", "micro")]),
    (
        ("知识产权类别", "ip_kind"),
        &[
            ("软件著作权", "software_copyright"),
            ("发明专利", "invention"),
            ("实用新型", "utility_model"),
            ("外观设计", "design"),
        ],
    ),
    (
        ("认定类别", "recognition_kind"),
        &[
            ("技术中心", "technology_centre"),
            ("工程中心", "engineering_centre"),
            ("实验室", "laboratory"),
            ("院士工作站", "academician_workstation"),
            ("博士后工作站", "postdoc_workstation"),
            ("高新技术企业", "high_tech_enterprise"),
            ("软件企业", "software_enterprise"),
        ],
    ),
    (("级别", "level"), &[("国家级", "national"), ("省级", "provincial"), ("市级", "municipal")]),
    (("认证类别", "certification_kind"), &[("专业资质", "professional"), ("医疗器械", "device"), ("药品", "drug")]),
    (("项目类别", "project_kind"), &[("项目", "project"), ("奖励", "award")]),
    (("标准级别", "standard_level"), &[("国际", "international"), ("国家", "national"), ("行业", "industry")]),
    (("角色", "role"), &[("主导", "lead"), ("参与", "participant")]),
];

/// Each table: Chinese name, English name, kind, and its columns as `中文 english type`, with the marks of
/// `docs/reference/data.md`, "Empty cells".
const TABLES: [(&str, &str, TableKind, &str); 10] = [
    (
        "企业",
        "enterprises",
        TableKind::Party,
        "统一社会信用代码 code! party, 名称 name text, 注册日期 registered_on date, 区划 district division, \
         迁入日期 moved_in_on° date, 行业 industry industry, 规模 scale scale, 孵化空间 incubated_in° text, \
         毕业日期 graduated_on° date, 上规日期 above_quota_since° date",
    ),
    (
        "年度账目",
        "annual_accounts",
        TableKind::Account,
        "统一社会信用代码 code! party, 年度 year! year, 销售额 sales money, 区级留成 district_revenue money, \
         贷款利息 loan_interest_paid money, 有研发机构 has_rd_institution bool, 研发支出 rd_spending money",
    ),
    (
        "知识产权申请",
        "ip_filings",
        TableKind::Event,
        "编号 id! text, 统一社会信用代码 code! party, 类别 kind! ip_kind, 申请日期 filed_on date, 名称 title text",
    ),
    (
        "知识产权产品",
        "ip_products",
        TableKind::Event,
        "编号 id! text, 统一社会信用代码 code! party, 产品 product text, 自有发明专利 own_invention_patent bool, \
         产值 output_value money, 达标日期 threshold_reached_on° date",
    ),
    (
        "认定",
        "recognitions",
        TableKind::Event,
        "编号 id! text, 统一社会信用代码 code! party, 类别 kind! recognition_kind, 级别 level level, \
         平台 platform_key~ text, 认定日期 recognised_on date, 有效期至 valid_until date",
    ),
    (
        "认证",
        "certifications",
        TableKind::Event,
        "编号 id! text, 统一社会信用代码 code! party, 类别 kind! certification_kind, 类 class count, 费用 cost money, \
         认证日期 certified_on date, 投产日期 production_started_on° date",
    ),
    (
        "科技项目",
        "projects",
        TableKind::Event,
        "编号 id! text, 统一社会信用代码 code! party, 类别 kind! project_kind, 级别 level level, 名称 title text, \
         摘要 summary text, 项目 project_key~ text, 批准日期 granted_on date",
    ),
    (
        "联盟",
        "alliances",
        TableKind::Event,
        "编号 id! text, 统一社会信用代码 code! party, 名称 name text, 区属机构牵头 led_by_district_agency bool, \
         成立日期 founded_on date",
    ),
    (
        "标准",
        "standards",
        TableKind::Event,
        "编号 id! text, 统一社会信用代码 code! party, 级别 level standard_level, 角色 role! role, 发布日期 published_on date",
    ),
    (
        "培训",
        "trainings",
        TableKind::Event,
        "统一社会信用代码 code! party, 年度 year! year, 输送人数 trainees_placed count",
    ),
];

/// The vocabulary.
pub fn vocabulary() -> Vocabulary {
    let word_lists = WORDS.iter().map(|((zh, en), words)| {
        let words = words.iter().map(|(zh, en)| Name::new(*zh, *en)).collect();
        Arc::new(WordList { name: Name::new(*zh, *en), words })
    });
    let tables = TABLES.iter().map(|(zh, en, kind, columns)| {
        let columns: Vec<Column> = columns.split(',').map(column).collect();
        let is_key = |column: &Column| match kind {
            TableKind::Party => column.ty == ColumnType::Party,
            _ => column.name.en == "id" || (column.ty == ColumnType::Year),
        };
        let is_yearly = columns.iter().any(|column| column.ty == ColumnType::Year);
        let key = (0..columns.len()).filter(|&id| is_key(&columns[id]) || (is_yearly && columns[id].name.en == "code"));
        Table { name: Name::new(*zh, *en), kind: *kind, key: key.collect(), columns }
    });
    Vocabulary { tables: tables.collect(), word_lists: word_lists.collect(), groups: Vec::new() }
}

fn column(text: &str) -> Column {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [zh, en, ty] = parts[..] else { panic!("a column is written `中文 english type`: {text}") };
    let (en, empty) = match en.chars().last() {
        Some('!') => (en.trim_end_matches('!'), Empty::Required),
        Some('°') => (en.trim_end_matches('°'), Empty::NotHappened),
        Some('~') => (en.trim_end_matches('~'), Empty::Own),
        _ => (en, Empty::Unknown),
    };
    let ty = match ty {
        "party" => ColumnType::Party,
        "text" => ColumnType::Text,
        "date" => ColumnType::Date,
        "year" => ColumnType::Year,
        "count" => ColumnType::Count,
        "money" => ColumnType::Money,
        "bool" => ColumnType::Bool,
        "division" => ColumnType::Division,
        "industry" => ColumnType::Industry,
        list => ColumnType::Word(WORDS.iter().position(|((_, en), _)| *en == list).expect("a list above")),
    };
    Column { name: Name::new(zh, en), ty, empty }
}

/// A folder of files for one test.
pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Folder {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
        self
    }

    pub fn load(&self) -> Result<Loaded, LoadError> {
        load(&vocabulary(), self.0.path(), &LoadOptions::default())
    }

    pub fn load_strictly(&self) -> Result<Loaded, LoadError> {
        load(&vocabulary(), self.0.path(), &LoadOptions { strict: true, ..LoadOptions::default() })
    }
}

/// Where the real data lies beside the project, if it is there.
pub fn shared_data(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there", path.display());
    None
}
