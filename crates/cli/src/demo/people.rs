//! Who works in the demonstration, and what can be tried with each account.

use duixian_casework::people::{Actor, Role, UserId};
use duixian_store::people::NewUser;
use duixian_store::{Key, Store, StoreError};

/// The password of every account: a demonstration's, and public.
pub const PASSWORD: &str = "duixian-2019";

/// One account.
pub struct Account {
    /// What is signed in with.
    pub login: &'static str,
    /// Whose it is.
    pub name: &'static str,
    /// As what.
    pub role: Role,
    /// At which desks.
    pub desks: &'static [&'static str],
    /// What can be tried with it, in Chinese and English.
    pub what: (&'static str, &'static str),
}

const fn account(
    login: &'static str,
    name: &'static str,
    role: Role,
    desks: &'static [&'static str],
    what: (&'static str, &'static str),
) -> Account {
    Account { login, name, role, desks, what }
}

const ACCOUNTS: [Account; 15] = [
    account(
        "zhangxiao",
        "张晓",
        Role::Agent,
        &[],
        ("企业经办人，办一家企业的申请", "an enterprise's agent, for one party"),
    ),
    account("liping", "李萍", Role::Agent, &[], ("代理记账，经办三家企业", "a bookkeeper, for three parties")),
    account(
        "daiban",
        "何忠",
        Role::Agent,
        &[],
        ("园区代办员，经办园区里的企业", "an incubator's agent, for many parties"),
    ),
    account(
        "zhoumin",
        "周敏",
        Role::Intake,
        &["st_window"],
        ("窗口：受理、公示、答复异议", "intake: acceptance, notices, objections"),
    ),
    account(
        "chenke",
        "陈珂",
        Role::Reviewer,
        &["st_desk"],
        ("科技业务科：形式审查和实质审核", "reviewer at the S&T desk"),
    ),
    account(
        "wanglei",
        "王磊",
        Role::Reviewer,
        &["industry_desk"],
        ("工信业务科：核实生产和销售", "reviewer at the industry desk"),
    ),
    account(
        "liufang",
        "刘芳",
        Role::Reviewer,
        &["tax_desk"],
        ("税务核实岗：核实销售额和税收", "reviewer at the tax desk"),
    ),
    account("zhaoyi", "赵毅", Role::DecisionMaker, &["bureau_meeting"], ("审定金额", "decision maker")),
    account(
        "huangli",
        "黄莉",
        Role::DecisionMaker,
        &["bureau_meeting"],
        ("审定金额（第二人）", "a second decision maker"),
    ),
    account("qianwei", "钱伟", Role::Finance, &["treasury"], ("财政：编制批次、放款", "finance: payment batches")),
    account(
        "sunhong",
        "孙虹",
        Role::Finance,
        &["treasury"],
        ("财政：第二人放款、对账", "finance: second release, reconciliation"),
    ),
    account("wusheng", "吴笙", Role::Auditor, &[], ("审计：看全部，不改动", "auditor: reads all, changes nothing")),
    account("zhengyun", "郑云", Role::Leader, &[], ("领导：看资金和进度", "leader: figures and progress")),
    account(
        "guanli",
        "管立",
        Role::Administrator,
        &[],
        ("管理：人员、批次、日历、数据", "administrator: people, rounds, calendar, facts"),
    ),
    account(
        "mengjie",
        "孟洁",
        Role::Reviewer,
        &["st_desk"],
        ("科技业务科（第二人）", "a second reviewer at the S&T desk"),
    ),
];

/// All accounts, in the order they are listed.
pub fn accounts() -> &'static [Account] {
    &ACCOUNTS
}

/// Who is there to act.
pub struct Office {
    /// For one enterprise.
    pub zhang: UserId,
    /// For three.
    pub li: UserId,
    /// For the rest.
    pub agent: UserId,
    /// At the window.
    pub intake: Actor,
    /// At all reviewing desks.
    pub reviewers: Vec<Actor>,
    /// Who decides.
    pub decider: Actor,
    /// Who pays: two of them.
    pub finance: [Actor; 2],
}

/// Makes the accounts.
pub async fn invite(store: &Store) -> Result<Office, StoreError> {
    let mut ids = Vec::new();
    for account in accounts() {
        let new = NewUser {
            login: account.login.to_owned(),
            name: account.name.to_owned(),
            password: PASSWORD.to_owned(),
            roles: vec![account.role],
            desks: account.desks.iter().map(|desk| (*desk).to_owned()).collect(),
            must_change: false,
        };
        let key = Key::new(format!("demo-user-{}", account.login))?;
        ids.push(store.create_user(&Actor::System, &key, new).await?.value);
    }
    let of = |login: &str| {
        let place = accounts().iter().position(|account| account.login == login);
        place.map(|place| ids[place]).ok_or(StoreError::NotFound)
    };
    let mut reviewers = Vec::new();
    for (account, id) in accounts().iter().zip(&ids) {
        if account.role == Role::Reviewer {
            reviewers.push(store.actor_of(*id).await?);
        }
    }
    Ok(Office {
        zhang: of("zhangxiao")?,
        li: of("liping")?,
        agent: of("daiban")?,
        intake: store.actor_of(of("zhoumin")?).await?,
        reviewers,
        decider: store.actor_of(of("zhaoyi")?).await?,
        finance: [store.actor_of(of("qianwei")?).await?, store.actor_of(of("sunhong")?).await?],
    })
}
