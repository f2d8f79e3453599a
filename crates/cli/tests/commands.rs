//! The binary as people and programs call it: exit codes, what goes where, and nothing half-written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs the binary from the repository's root.
fn duixian(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duixian"))
        .args(arguments)
        .current_dir(root())
        .env_remove("DUIXIAN_LANG")
        .output()
        .expect("the binary that cargo built runs")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const PACK: &str = "packs/nanming-2017";

/// A district with one firm of Nanming, registered in 2017, and what it filed.
fn district() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a small file is written");
    write(
        "enterprises.csv",
        "code,name,registered_on,district,moved_in_on\n914403001922038216,甲公司,2017-03-01,520102,\n",
    );
    write("annual_accounts.csv", "code,year,district_revenue\n914403001922038216,2018,10000.01\n");
    write("ip_filings.csv", "id,code,kind,filed_on\nF1,914403001922038216,invention,2018-05-03\n");
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

#[test]
fn check_and_test_pass_on_the_shipped_pack() {
    let check = duixian(&["check", PACK]);
    assert_eq!((check.status.code(), stdout(&check).as_str()), (Some(0), ""), "{}", stderr(&check));
    let test = duixian(&["test", PACK, "--lang", "en"]);
    assert_eq!(test.status.code(), Some(0), "{}", stderr(&test));
    assert!(stderr(&test).contains(" 0 not; 0 conditions"), "{}", stderr(&test));
}

#[test]
fn assess_writes_the_contracts_columns() {
    let district = district();
    let output = duixian(&["assess", PACK, "--data", text(district.path()), "--year", "2018"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        stdout(&output),
        "measure,code,basis,year,status,low,high,payable_from,clause,reason\n\
         trade_loan_interest,914403001922038216,2018,2018,unknown,,,,三(四).2,缺少：单位.行业、年度账目.销售额、年度账目.贷款利息\n\
         industry_support,914403001922038216,2018,2018,entitled,8000.01,8000.01,2019-01-01,三(四).3,\n\
         ip_filing_fee,914403001922038216,F1,2018,entitled,3000.00,3000.00,,三(五).1,\n"
    );
    let summary = stderr(&output);
    assert!(summary.contains("知识产权申请资助") && summary.contains("创新专项资金"), "{summary}");
}

#[test]
fn assess_keeps_refusals_of_accounts_for_those_who_ask() {
    let district = district();
    let call = ["assess", PACK, "--data", text(district.path()), "--year", "2018", "--measure", "trade_loan_interest"];
    let rows = |output: &Output| stdout(output).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let without = duixian(&call);
    let with = duixian(&[&call[..], &["--all"]].concat());
    assert_eq!(rows(&without).len(), 1, "unknown stays: {}", stdout(&without));
    assert_eq!(rows(&with), rows(&without));
    assert!(rows(&with)[0].contains(",unknown,,,,三(四).2,缺少："), "{}", rows(&with)[0]);
}

#[test]
fn a_bad_row_is_reported_and_the_run_goes_on_unless_strict() {
    let district = district();
    let bad = "code,name,registered_on,district\n914403001922038216,甲公司,2017-03-01,520102\n914403001922038217,乙公司,2017-02-30,5201\n";
    fs::write(district.path().join("enterprises.csv"), bad).expect("a small file is written");
    let call = ["assess", PACK, "--data", text(district.path()), "--year", "2018"];
    let output = duixian(&call);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for part in ["enterprises.csv 第 3 行", "914403001922038217", "2017-02-30", "“district”列“5201”"] {
        assert!(stderr(&output).contains(part), "{part} is missing in:\n{}", stderr(&output));
    }
    let strict = duixian(&[&call[..], &["--strict"]].concat());
    assert_eq!((strict.status.code(), stdout(&strict).as_str()), (Some(1), ""));
}

#[test]
fn calls_at_fault_exit_2_inputs_1_the_environment_3() {
    let district = district();
    let data = text(district.path());
    let cases: &[(&[&str], i32)] = &[
        (&["assess", PACK, "--data", data], 2),
        (&["assess", PACK, "--data", data, "--year", "2018", "--measure", "nothing"], 2),
        (&["assess", PACK, "--data", data, "--year", "2018", "--out", "result.doc"], 2),
        (&["assess", PACK, "--data", data, "--year", "2018", "--as-of", "2018-02-30"], 2),
        (&["explain", PACK, "--data", data, "--year", "2018", "--code", "914403001922038217"], 2),
        (&["explain", PACK, "--data", data, "--year", "2018", "--code", "91110000802100433B"], 1),
        (&["check", "no/such/pack"], 1),
        (&["assess", PACK, "--data", "no/such/folder", "--year", "2018"], 3),
        (&["assess", PACK, "--data", data, "--year", "2018", "--out", "/proc/no/such/place.csv"], 3),
    ];
    for (arguments, code) in cases {
        let output = duixian(arguments);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {}", stderr(&output));
        assert!(!stderr(&output).is_empty(), "{arguments:?} says nothing");
    }
}

#[test]
fn every_format_appears_whole() {
    let district = district();
    for extension in ["csv", "parquet", "xlsx"] {
        let out = district.path().join(format!("result.{extension}"));
        let call = ["assess", PACK, "--data", text(district.path()), "--year", "2018", "--out", text(&out)];
        let output = duixian(&call);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(fs::metadata(&out).is_ok_and(|file| file.len() > 0), "{extension}");
    }
    let left: Vec<_> = fs::read_dir(district.path())
        .expect("the folder is there")
        .filter_map(|entry| entry.ok())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "temporary files are left: {left:?}");
}

#[test]
fn explain_speaks_both_languages_and_three_formats() {
    let district = district();
    let call = ["explain", PACK, "--data", text(district.path()), "--year", "2018", "--code", "914403001922038216"];
    let zh = stdout(&duixian(&call));
    assert!(zh.contains("8,000.01元") && zh.contains("区级留成（10,000.01元）的80%"), "{zh}");
    let en = stdout(&duixian(&[&call[..], &["--lang", "en"]].concat()));
    assert!(en.contains("8,000.01 yuan") && en.contains("80% of taxes retained by the district"), "{en}");
    let json = stdout(&duixian(&[&call[..], &["--format", "json"]].concat()));
    assert!(json.contains("\"8000.01\""), "{json}");
    let html = stdout(&duixian(&[&call[..], &["--format", "html"]].concat()));
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("lang=\"zh-CN\""), "{html}");
}

#[test]
fn fmt_translates_there_and_back() {
    let folder = TempDir::new().expect("a temporary folder");
    let pack = root().join(PACK);
    for entry in fs::read_dir(pack).expect("the shipped pack is there").filter_map(|entry| entry.ok()) {
        fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a small file is copied");
    }
    let read = || -> Vec<String> {
        let mut files: Vec<_> = fs::read_dir(folder.path()).expect("there").filter_map(|entry| entry.ok()).collect();
        files.sort_by_key(|entry| entry.file_name());
        files.iter().map(|entry| fs::read_to_string(entry.path()).expect("UTF-8")).collect()
    };
    let before = read();
    assert_eq!(duixian(&["fmt", text(folder.path()), "--check"]).status.code(), Some(0));
    assert_eq!(duixian(&["fmt", text(folder.path()), "--lang", "en"]).status.code(), Some(0));
    assert_ne!(read(), before);
    let test = duixian(&["test", text(folder.path())]);
    assert_eq!(test.status.code(), Some(0), "the English pack runs: {}", stderr(&test));
    assert_eq!(duixian(&["fmt", text(folder.path()), "--check"]).status.code(), Some(0), "canonical in English");
    assert_eq!(duixian(&["fmt", text(folder.path()), "--lang", "zh"]).status.code(), Some(0));
    assert_eq!(read(), before);
}

#[test]
fn the_same_seed_makes_the_same_district() {
    let folder = TempDir::new().expect("a temporary folder");
    let make = |name: &str| {
        let out = folder.path().join(name);
        let output = duixian(&["sample", "--enterprises", "300", "--seed", "5", "--out", text(&out)]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let mut files: Vec<_> = fs::read_dir(out).expect("made").filter_map(|entry| entry.ok()).collect();
        files.sort_by_key(|entry| entry.file_name());
        files.iter().map(|entry| fs::read(entry.path()).expect("readable")).collect::<Vec<_>>()
    };
    let first = make("first");
    assert_eq!(first.len(), 10);
    assert_eq!(first, make("second"));
}

#[test]
fn the_real_registry_loads_and_stays_unknown_where_it_is_silent() {
    let registry = root().join("../shared/data/registry-guiyang/enterprises.csv");
    let Ok(enterprises) = fs::read_to_string(&registry) else {
        eprintln!("SKIPPED: the registry of Guiyang is not beside the repository");
        return;
    };
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("enterprises.csv"), &enterprises).expect("written");
    let mut accounts = String::from("code,year,district_revenue\n");
    for code in enterprises.lines().skip(1).filter_map(|line| line.split(',').next()) {
        accounts.push_str(&format!("{code},2018,100.00\n"));
    }
    fs::write(folder.path().join("annual_accounts.csv"), accounts).expect("written");
    let output = duixian(&["assess", PACK, "--data", text(folder.path()), "--year", "2018", "--all"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("25175 行"), "{}", stderr(&output));
    let result = stdout(&output);
    let count = |part: &str| result.lines().filter(|line| line.contains(part)).count();
    // 7,676 firms of Nanming and 2,062 of an unknown district have no industry on record: nobody can tell whether they trade.
    assert_eq!(count(",unknown,,,,三(四).2,缺少："), 7_676 + 2_062);
    assert_eq!(count("trade_loan_interest"), 25_175);
    assert!(count("缺少：单位.登记区划") > 0, "an empty district is unknown");
}

/// A check of a database that is not there says so, and makes none.
#[test]
fn what_is_not_there_is_not_called_whole() {
    let folder = TempDir::new().expect("a temporary folder");
    let (missing, foreign) = (folder.path().join("no.db"), folder.path().join("other.db"));
    fs::write(&foreign, "").expect("an empty file");
    for (path, words) in [(&missing, "there is no database file"), (&foreign, "has no journal")] {
        let verified = duixian(&["audit", "verify", "--database", text(path), "--lang", "en"]);
        assert_eq!(verified.status.code(), Some(1), "{}", stdout(&verified));
        assert!(stderr(&verified).contains(words), "{}", stderr(&verified));
    }
    assert!(!missing.exists());
}
