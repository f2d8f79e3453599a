//! Commands on a portal's database: checking its journal, making its first accounts.

use duixian_casework::people::Actor;
use duixian_rules::vocabulary::Lang;
use duixian_store::people::NewUser;
use duixian_store::{Broken, Clock, Key, Progress, Store, StoreError};

use crate::arguments::{DatabaseArguments, UserAddArguments};
use crate::failure::Failure;
use crate::loading::{spinner, to_stdout};

/// `duixian audit verify`
pub fn verify(arguments: &DatabaseArguments) -> Result<(), Failure> {
    let lang = arguments.lang.get();
    on_runtime(async {
        let store = Store::open_existing(&arguments.database, Clock::Shifted).await.map_err(failure)?;
        let bar = spinner(lang, "核对流水", "checking the journal");
        let told = |progress| {
            bar.set_message(match (progress, lang) {
                (Progress::Entries(at, of), _) => format!("{at} / {of}"),
                (Progress::Files(at, of), Lang::Zh) => format!("附件 {at} / {of}"),
                (Progress::Files(at, of), Lang::En) => format!("attachments {at} / {of}"),
            });
        };
        let verified = store.verify_journal(told).await;
        bar.finish_and_clear();
        match verified {
            Ok(verified) => to_stdout(|out| {
                match lang {
                    Lang::Zh => writeln!(
                        out,
                        "流水完好：{} 条，{} 件申请和 {} 笔资金变动与之相符；链头 {}",
                        verified.rows, verified.cases, verified.transfers, verified.head
                    ),
                    Lang::En => writeln!(
                        out,
                        "the journal is whole: {} entries, in accord with {} cases and {} transfers; head {}",
                        verified.rows, verified.cases, verified.transfers, verified.head
                    ),
                }?;
                verified.held.iter().try_for_each(|held| writeln!(out, "  {}", held.text(lang)))
            }),
            Err(broken) => Err(broken_failure(broken)),
        }
    })
}

/// `duixian user add`
pub fn add_user(arguments: &UserAddArguments) -> Result<(), Failure> {
    let lang = arguments.database.lang.get();
    on_runtime(async {
        let store = Store::open(&arguments.database.database, Clock::Shifted).await.map_err(failure)?;
        let password = duixian_store::people::fresh_password().map_err(failure)?;
        let new = NewUser {
            login: arguments.login.clone(),
            name: arguments.name.clone(),
            password: password.clone(),
            roles: arguments.roles.clone(),
            desks: arguments.desks.clone(),
            must_change: true,
        };
        let key = Key::new(format!("command-{}", store.now().0)).map_err(failure)?;
        store.create_user(&Actor::System, &key, new).await.map_err(failure)?;
        to_stdout(|out| match lang {
            Lang::Zh => {
                writeln!(out, "已建立账户 {}，初始密码（只显示这一次，登录后须修改）：{password}", arguments.login)
            }
            Lang::En => writeln!(
                out,
                "made {}; the password, shown once and to be changed on signing in: {password}",
                arguments.login
            ),
        })
    })
}

/// Runs a command that waits for databases and networks.
pub fn on_runtime(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::environment(format!("启动不了运行环境：{error}"), format!("the runtime cannot be started: {error}"))
    })?;
    runtime.block_on(command)
}

/// What the store says, as a failure of the input, the call or the environment.
pub fn failure(error: StoreError) -> Failure {
    let (zh, en) = (error.text(Lang::Zh), error.text(Lang::En));
    match error {
        StoreError::Environment { source, .. } => {
            Failure::environment(format!("{zh}（{source}）"), format!("{en} ({source})"))
        }
        _ => Failure::input(zh, en),
    }
}

fn broken_failure(broken: Broken) -> Failure {
    match broken {
        Broken::Link { seq: 0, zh, en } => Failure::input(zh, en),
        Broken::Link { seq, zh, en } => {
            Failure::input(format!("流水在第 {seq} 条断开：{zh}"), format!("the journal breaks at entry {seq}: {en}"))
        }
        Broken::Unreadable(error) => failure(error),
    }
}
