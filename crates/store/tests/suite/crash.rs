//! What a crash leaves: all that was acknowledged, nothing by half.
//!
//! The process that writes is `examples/hammer.rs`. It is killed after a number of acknowledgements that a seed gives, not
//! after a time, so that slow machines test the same.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::common::Schema;

/// The example beside the test's own binary.
fn hammer() -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    let debug = own.parent().and_then(Path::parent).expect("the folder of the build");
    let path = debug.join("examples").join(format!("hammer{}", std::env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is missing: build it with cargo build -p duixian-store --examples", path.display());
    path
}

fn setup(url: &str) -> String {
    let made = Command::new(hammer()).args(["setup", url]).output().expect("hammer runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).expect("text").trim().to_owned()
}

fn load(url: &str, round: &str, seed: usize) -> Child {
    let words = ["load", url, round, &seed.to_string(), "8", "100"];
    Command::new(hammer()).args(words).stdout(Stdio::piped()).spawn().expect("hammer runs")
}

/// Reads acknowledged keys until there are `enough`; the errors told are returned beside.
fn read(child: &mut Child, enough: usize, keys: &mut BTreeSet<String>) -> Vec<String> {
    let out = child.stdout.take().expect("its output");
    let mut errors = Vec::new();
    let mut lines = BufReader::new(out);
    let mut acknowledged = 0;
    let mut line = String::new();
    let mut killed = false;
    loop {
        line.clear();
        // A line without its end was cut off by the kill: nobody has been told.
        if !lines.read_line(&mut line).is_ok_and(|_| line.ends_with('\n')) {
            break;
        }
        match line.trim().strip_prefix("E ") {
            Some(error) => errors.push(error.to_owned()),
            None => {
                acknowledged += 1;
                keys.insert(line.trim().to_owned());
            }
        }
        if acknowledged >= enough && !killed {
            killed = true;
            child.kill().expect("it can be killed");
        }
    }
    child.wait().expect("it ends");
    errors
}

fn check(url: &str, keys: &BTreeSet<String>) {
    let mut checking = Command::new(hammer())
        .args(["check", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("hammer runs");
    let mut input = checking.stdin.take().expect("its input");
    for key in keys {
        writeln!(input, "{key}").expect("it reads");
    }
    drop(input);
    let done = checking.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

/// Kills the writer again and again; the numbers look random and are the same at every run.
fn kill_again_and_again(url: &str) {
    let round = setup(url);
    let mut keys = BTreeSet::new();
    for seed in 0..4 {
        let enough = 1 + seed * 7919 % 173;
        let mut child = load(url, &round, seed);
        read(&mut child, enough, &mut keys);
        check(url, &keys);
    }
    assert!(keys.len() > 100);
}

#[test]
fn a_killed_writer_loses_nothing_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    kill_again_and_again(&folder.path().join("store.db").display().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_writer_loses_nothing_on_postgresql() {
    let Ok(server) = std::env::var("DUIXIAN_TEST_POSTGRES") else {
        eprintln!("SKIPPED: DUIXIAN_TEST_POSTGRES is not set");
        return;
    };
    let schema = Schema::new(&server).await;
    let url = schema.url.clone();
    tokio::task::spawn_blocking(move || kill_again_and_again(&url)).await.expect("it holds");
    schema.drop().await;
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_told_and_does_no_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = folder.path().join("store.db").display().to_string();
    let round = setup(&url);
    // No file may grow beyond so many blocks of 512 bytes; the signal that goes with it is ignored, as on a full disk.
    let script = "trap '' XFSZ; ulimit -f 2500; exec \"$@\"";
    let hammer = hammer();
    let words = ["-c", script, "sh", hammer.to_str().expect("text"), "load", &url, &round, "1", "8", "100"];
    let mut child = Command::new("sh").args(words).stdout(Stdio::piped()).spawn().expect("a shell");
    let mut keys = BTreeSet::new();
    let errors = read(&mut child, usize::MAX, &mut keys);
    assert!(!errors.is_empty(), "the limit was met");
    assert!(errors.iter().all(|error| error.contains("disk")), "{errors:?}");
    check(&url, &keys);
    // With room again, work goes on.
    let before = keys.len();
    let mut child = load(&url, &round, 2);
    let errors = read(&mut child, 50, &mut keys);
    assert_eq!((errors.len(), keys.len() > before), (0, true), "{errors:?}");
    check(&url, &keys);
}

/// A PostgreSQL of our own, that can be stopped hard.
struct Server {
    bin: PathBuf,
    data: PathBuf,
    port: u16,
    as_user: Vec<&'static str>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// None where there is no PostgreSQL, or nobody but root to run it.
    fn start() -> Option<Server> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let bin = versions.filter_map(Result::ok).map(|version| version.path().join("bin"));
        let bin = bin.filter(|bin| bin.join("initdb").is_file()).max()?;
        let folder = tempfile::tempdir().ok()?;
        let is_root = Command::new("id").arg("-u").output().ok()?.stdout.starts_with(b"0\n");
        let mut as_user = Vec::new();
        if is_root {
            as_user = vec!["runuser", "-u", "postgres", "--"];
            let given = Command::new("chown").arg("postgres").arg(folder.path()).status().ok()?;
            given.success().then_some(())?;
        }
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let server = Server { bin, data: folder.path().join("data"), port, as_user, _folder: folder };
        let data = server.data.display().to_string();
        server.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8"])?;
        server.go()?;
        Some(server)
    }

    fn run(&self, tool: &str, words: &[&str]) -> Option<()> {
        let tool = self.bin.join(tool).display().to_string();
        let mut all = self.as_user.iter().map(|word| (*word).to_owned()).chain([tool]);
        let mut command = Command::new(all.next()?);
        let folder = self.data.parent()?;
        command.args(all).args(words).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().ok()?.success().then_some(())
    }

    fn go(&self) -> Option<()> {
        let (data, log) = (self.data.display().to_string(), self.data.with_file_name("log").display().to_string());
        let socket = self.data.parent()?.display().to_string();
        let options = format!("-p {} -k {socket} -c listen_addresses=127.0.0.1 -c fsync=on", self.port);
        self.run("pg_ctl", &["-D", &data, "-l", &log, "-o", &options, "-w", "start"])
    }

    /// Stops it as a crash would: it recovers from its log when it starts again.
    fn crash(&self) -> Option<()> {
        self.run("pg_ctl", &["-D", &self.data.display().to_string(), "-m", "immediate", "-w", "stop"])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.crash();
    }
}

#[test]
fn postgresql_is_stopped_and_started_under_load() {
    let Some(server) = Server::start() else {
        eprintln!("SKIPPED: no PostgreSQL can be started here");
        return;
    };
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port);
    let round = setup(&url);
    let mut child = load(&url, &round, 3);
    let mut keys = BTreeSet::new();
    let mut errors = Vec::new();
    let mut acknowledged = 0;
    let mut stops = 0;
    for line in BufReader::new(child.stdout.take().expect("its output")).lines() {
        let line = line.expect("text");
        match line.strip_prefix("E ") {
            Some(error) => errors.push(error.to_owned()),
            None => {
                acknowledged += 1;
                keys.insert(line);
            }
        }
        if stops < 2 && acknowledged > 100 * (stops + 1) {
            stops += 1;
            server.crash().expect("it stops");
            server.go().expect("it starts");
        }
        if stops == 2 && acknowledged > 400 {
            child.kill().expect("it can be killed");
            break;
        }
    }
    child.wait().expect("it ends");
    assert_eq!(stops, 2);
    assert!(acknowledged > 400, "the writer has found its way back: {errors:?}");
    check(&url, &keys);
}
