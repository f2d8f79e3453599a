//! The commands and their options.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use duixian_casework::people::Role;
use duixian_facts::SampleFormat;
use duixian_rules::vocabulary;

/// 兑现 duìxiàn：把政策条文写成规则，算出谁该得什么，并说明为什么。
/// From a policy's text to who is entitled to what, and why.
#[derive(Debug, Parser)]
#[command(name = "duixian", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// 检查规则包：语法、类型、分析 | parse, type-check and analyse a pack
    Check(PackArguments),
    /// 运行规则包里的示例 | run the pack's own examples
    Test(PackArguments),
    /// 排成规范格式，或译成另一种语言 | canonical form, or translate
    Fmt(FmtArguments),
    /// 评定：谁该得什么 | who is entitled to what
    Assess(AssessArguments),
    /// 说明一家：为什么得、为什么不得、缺什么 | why, fact by fact and clause by clause
    Explain(ExplainArguments),
    /// 造一个样例辖区 | make a sample district
    Sample(SampleArguments),
    /// 启动门户：申请、审核、公示、拨付 | start the portal
    Serve(ServeArguments),
    /// 核对流水 | check the journal
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// 建立账户 | make accounts
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// 从头核对流水的哈希链、案件和资金账 | walk the journal's chain, and hold cases and accounts against it
    Verify(DatabaseArguments),
}

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// 建立一个账户，密码显示一次 | make an account; its password is shown once
    Add(UserAddArguments),
}

impl Command {
    /// The language of messages.
    pub fn lang(&self) -> vocabulary::Lang {
        match self {
            Command::Check(arguments) | Command::Test(arguments) => arguments.lang.get(),
            Command::Assess(arguments) => arguments.lang.get(),
            Command::Explain(arguments) => arguments.lang.get(),
            Command::Sample(arguments) => arguments.lang.get(),
            Command::Serve(arguments) => arguments.database.lang.get(),
            Command::Audit { command: AuditCommand::Verify(arguments) } => arguments.lang.get(),
            Command::User { command: UserCommand::Add(arguments) } => arguments.database.lang.get(),
            // Here --lang says what to translate into; messages keep to the person's language.
            Command::Fmt(_) => default_lang(),
        }
    }
}

/// The language of a person: `DUIXIAN_LANG=en` (or `en_US` and the like) for English; Chinese otherwise.
pub fn default_lang() -> vocabulary::Lang {
    let wanted = std::env::var("DUIXIAN_LANG").unwrap_or_default().to_ascii_lowercase();
    if wanted.starts_with("en") { vocabulary::Lang::En } else { vocabulary::Lang::Zh }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    Zh,
    En,
}

impl From<Lang> for vocabulary::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => vocabulary::Lang::Zh,
            Lang::En => vocabulary::Lang::En,
        }
    }
}

#[derive(Debug, Args)]
pub struct LangArgument {
    /// 信息用的语言（也可设 DUIXIAN_LANG）| language of messages (or set DUIXIAN_LANG)
    #[arg(long)]
    lang: Option<Lang>,
}

impl LangArgument {
    /// What was asked for, or the person's default.
    pub fn get(&self) -> vocabulary::Lang {
        self.lang.map_or_else(default_lang, Into::into)
    }
}

#[derive(Debug, Args)]
pub struct PackArguments {
    /// 规则包：Markdown 文件或其文件夹 | the pack: a Markdown file or a folder of them
    pub pack: PathBuf,
    #[command(flatten)]
    pub lang: LangArgument,
}

#[derive(Debug, Args)]
pub struct FmtArguments {
    /// 规则包 | the pack
    pub pack: PathBuf,
    /// 只检查，不改写 | only say what would change
    #[arg(long)]
    pub check: bool,
    /// 译成这种语言 | translate into this language
    #[arg(long)]
    pub lang: Option<Lang>,
}

#[derive(Debug, Args)]
pub struct AssessArguments {
    /// 规则包 | the pack
    pub pack: PathBuf,
    /// 事实表所在文件夹 | the folder of tables
    #[arg(long)]
    pub data: PathBuf,
    /// 评定年度 | the year assessed
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=9999))]
    pub year: i64,
    /// 截止日，之后的依据不计；缺省为该年 12 月 31 日 | bases dated later do not count; by default the year's last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<NaiveDate>,
    /// 只评定这项措施，可多次 | only this measure; may be repeated
    #[arg(long = "measure", value_name = "ID")]
    pub measures: Vec<String>,
    /// 连同主体和账目类措施中不予支持的行 | include refused rows of measures on parties and accounts
    #[arg(long)]
    pub all: bool,
    /// 写到文件：.csv、.parquet 或 .xlsx；缺省为标准输出 | write to a file; by default CSV on standard output
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// 线程数 | number of threads
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// 遇到第一个有误的行就停 | stop at the first row in error
    #[arg(long)]
    pub strict: bool,
    /// 把所有有误的行写到这个 CSV 文件 | write every row error to this CSV file
    #[arg(long, value_name = "FILE.csv")]
    pub errors: Option<PathBuf>,
    #[command(flatten)]
    pub lang: LangArgument,
}

#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// 规则包 | the pack
    pub pack: PathBuf,
    /// 事实表所在文件夹 | the folder of tables
    #[arg(long)]
    pub data: PathBuf,
    /// 评定年度 | the year assessed
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=9999))]
    pub year: i64,
    /// 截止日 | bases dated later do not count; by default the year's last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<NaiveDate>,
    /// 统一社会信用代码 | the party's unified social credit code
    #[arg(long, value_name = "USCC")]
    pub code: String,
    /// 只说明这项措施，可多次 | only this measure; may be repeated
    #[arg(long = "measure", value_name = "ID")]
    pub measures: Vec<String>,
    /// 格式 | the format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    pub lang: LangArgument,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Html,
}

#[derive(Debug, Args)]
pub struct DatabaseArguments {
    /// 数据库：SQLite 文件，或 postgres://… | the database: a SQLite file, or postgres://…
    #[arg(long, value_name = "URL", default_value = "duixian.db")]
    pub database: String,
    #[command(flatten)]
    pub lang: LangArgument,
}

#[derive(Debug, Args)]
pub struct ServeArguments {
    /// 监听地址 | where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub database: DatabaseArguments,
    /// 演示：空库里造样例辖区、账户和案件，时间可以往前调 | fill an empty database with a sample district, accounts and cases
    #[arg(long)]
    pub demo: bool,
    /// 启动时装入这个规则包（内容没变就不动）| install this pack at the start, unless it is there already
    #[arg(long, value_name = "PACK")]
    pub pack: Option<PathBuf>,
    /// 前面有 HTTPS 代理：来源地址以它的 X-Forwarded-For 为准 | behind a proxy that ends HTTPS
    #[arg(long)]
    pub behind_proxy: bool,
}

#[derive(Debug, Args)]
pub struct UserAddArguments {
    /// 登录名 | what is signed in with
    pub login: String,
    /// 姓名 | the name
    #[arg(long)]
    pub name: String,
    /// 角色，可多次 | a role; may be repeated
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = role)]
    pub roles: Vec<Role>,
    /// 岗位（英文名），可多次 | a desk by its English name; may be repeated
    #[arg(long = "desk", value_name = "DESK")]
    pub desks: Vec<String>,
    #[command(flatten)]
    pub database: DatabaseArguments,
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        format!("可用的角色 | roles: {}", words.join(", "))
    })
}

#[derive(Debug, Args)]
pub struct SampleArguments {
    /// 多少家 | how many enterprises
    #[arg(long)]
    pub enterprises: u64,
    /// 种子：相同的种子得到相同的文件 | the same seed gives the same bytes
    #[arg(long)]
    pub seed: u64,
    /// 写到哪个文件夹 | the folder to write
    #[arg(long)]
    pub out: PathBuf,
    /// 格式 | the format
    #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
    pub format: TableFormat,
    #[command(flatten)]
    pub lang: LangArgument,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    Csv,
    Parquet,
}

impl From<TableFormat> for SampleFormat {
    fn from(format: TableFormat) -> Self {
        match format {
            TableFormat::Csv => SampleFormat::Csv,
            TableFormat::Parquet => SampleFormat::Parquet,
        }
    }
}
