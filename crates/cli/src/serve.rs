//! `duixian serve`: the portal.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use duixian_casework::people::Actor;
use duixian_rules::vocabulary::Lang;
use duixian_store::{Clock, Key, Store};
use duixian_web::portal::{Options, Portal};
use duixian_web::serve;
use tokio::net::TcpListener;

use crate::arguments::ServeArguments;
use crate::database::{failure, on_runtime};
use crate::demo;
use crate::failure::Failure;
use crate::files::read_texts;

/// The pack of the demonstration, where the call names none.
const DEMO_PACK: &str = "packs/nanming-2017";

/// Runs the command until it is asked to stop.
pub fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    let lang = arguments.database.lang.get();
    let pack = match (&arguments.pack, arguments.demo) {
        (Some(pack), _) => Some(pack.clone()),
        (None, true) => Some(PathBuf::from(DEMO_PACK)),
        (None, false) => None,
    };
    let files = pack.as_deref().map(read_texts).transpose()?;
    on_runtime(serve(arguments, files, lang))
}

async fn serve(arguments: &ServeArguments, files: Option<Vec<(String, String)>>, lang: Lang) -> Result<(), Failure> {
    // The address first: a portal that cannot be reached should not fill a database.
    let listener =
        TcpListener::bind(arguments.listen).await.map_err(|error| cannot_listen(arguments.listen, &error))?;
    let clock = if arguments.demo { Clock::Shifted } else { Clock::System };
    let store = Store::open(&arguments.database.database, clock).await.map_err(failure)?;
    if !arguments.demo && store.is_demo().await.map_err(failure)? {
        return Err(Failure::call(
            "这是演示用的数据库：请加上 --demo，或另指一个 --database",
            "this database is a demonstration: add --demo, or name another --database",
        ));
    }
    match (files, arguments.demo) {
        (Some(files), true) => fill(&store, files, lang).await?,
        (Some(files), false) => install(&store, files).await?,
        (None, _) => {}
    }
    let options = Options {
        https: arguments.behind_proxy,
        behind_proxy: arguments.behind_proxy,
        demo_accounts: demo::listed(),
        ..Options::default()
    };
    let portal = Portal::open(store.clone(), options).await.map_err(failure)?;
    let address = listener.local_addr().unwrap_or(arguments.listen);
    match lang {
        Lang::Zh => eprintln!("门户已启动：http://{address}  （按 Ctrl-C 停止）"),
        Lang::En => eprintln!("the portal is at http://{address}  (Ctrl-C stops it)"),
    }
    serve::serve(portal, listener).await.map_err(|error| cannot_listen(address, &error))?;
    store.settle().await.map_err(failure)
}

async fn fill(store: &Store, files: Vec<(String, String)>, lang: Lang) -> Result<(), Failure> {
    let told = move |zh: &str, en: &str| eprintln!("== {}", if lang == Lang::Zh { zh } else { en });
    let Some(made) = demo::fill(store, files, told).await.map_err(failure)? else { return Ok(()) };
    match lang {
        Lang::Zh => eprintln!(
            "演示已备好：{} 家单位，{} 件申请，今天算作 {}；账户列在登录页，密码都是 {}",
            made.parties,
            made.cases,
            made.today,
            demo::PASSWORD
        ),
        Lang::En => eprintln!(
            "the demonstration is ready: {} parties, {} cases, today counts as {}; accounts are listed on the sign-in page, \
             all with the password {}",
            made.parties,
            made.cases,
            made.today,
            demo::PASSWORD
        ),
    }
    Ok(())
}

/// Installs a pack; the same text again changes nothing.
async fn install(store: &Store, files: Vec<(String, String)>) -> Result<(), Failure> {
    let named = |(path, text): (String, String)| {
        let name = Path::new(&path).file_name().map_or(path.clone(), |name| name.to_string_lossy().into_owned());
        (name, text)
    };
    let files: Vec<(String, String)> = files.into_iter().map(named).collect();
    // Each start asks anew; that the same pack is kept once is the store's own doing.
    let key = Key::new(format!("start-{}", store.now().0)).map_err(failure)?;
    store.install_pack(&Actor::System, &key, files).await.map_err(failure).map(drop)
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::environment(
        format!("不能在 {address} 上监听：{error}；可用 --listen 换一个地址"),
        format!("cannot listen on {address}: {error}; choose another with --listen"),
    )
}
