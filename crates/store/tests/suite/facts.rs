//! Facts: imports, versions, corrections, and the way back into columns.

use std::collections::BTreeMap;
use std::path::Path;

use crate::common::{PACK, World, YEAR, fresh, on_both, party};
use duixian_assess::reference;
use duixian_rules::pack::Pack;
use duixian_rules::source::{SourceFile, Sources};
use duixian_rules::vocabulary::Name;
use duixian_store::StoreError;
use duixian_store::cases::{Ask, CaseFilter};
use duixian_store::facts::{ImportReport, RowChange, TableImport};

fn trial() -> Name {
    Name::new("试验", "trial")
}

/// Writes tables: parties by place and name, results as id, party's place, day and whether genuine.
fn tables(folder: &Path, parties: &[(usize, &str)], results: Option<&[(&str, usize, &str, &str)]>) {
    let lines = parties.iter().map(|(place, name)| format!("{},{name}\n", party(*place)));
    let text = format!("code,name\n{}", lines.collect::<String>());
    std::fs::write(folder.join("enterprises.csv"), text).expect("the table is written");
    let path = folder.join("results.csv");
    let Some(results) = results else {
        if path.exists() {
            std::fs::remove_file(path).expect("the table goes");
        }
        return;
    };
    let lines = results.iter().map(|(id, place, day, genuine)| format!("{id},{},{day},{genuine}\n", party(*place)));
    std::fs::write(path, format!("id,code,done_on,genuine\n{}", lines.collect::<String>()))
        .expect("the table is written");
}

async fn import(world: &World, folder: &Path) -> ImportReport {
    let done = world.store.import_folder(&world.admin, &fresh(), 1, folder, trial(), |_| {}).await;
    done.unwrap_or_else(|error| panic!("{error}")).value
}

fn counts(report: &ImportReport) -> Vec<(&str, [u64; 6])> {
    let of =
        |table: &TableImport| [table.read, table.in_error, table.added, table.changed, table.unchanged, table.ended];
    report.tables.iter().map(|table| (table.table.as_str(), of(table))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_writes_what_is_new_and_a_version_keeps_what_it_had() {
    on_both(async |world: World| {
        let folder = tempfile::tempdir().expect("a folder");
        let first = world.store.newest_facts().await.expect("a version").expect("one").id;
        let rows = [("A1", 0, "2019-05-01", "true"), ("A2", 0, "2019-06-01", ""), ("A3", 1, "2019-07-01", "false")];
        tables(folder.path(), &[(0, "甲"), (1, "乙")], Some(&rows));
        let second = import(&world, folder.path()).await;
        let new = ["enterprises", "results"].map(|table| table.to_owned());
        assert_eq!(second.tables.iter().map(|table| table.table.clone()).collect::<Vec<_>>(), new);
        assert_eq!(counts(&second)[1], ("results", [3, 0, 3, 0, 0, 800]));

        // Who is in the registry no more is found there no more, and keeps its name where it is known already.
        let gone = world.store.party(&party(5)).await.expect("read").expect("it had a name").name;
        assert_eq!(gone, "企业5");
        assert!(world.store.find_parties("企业5", 10).await.expect("parties").is_empty());

        // The same again costs nothing; a row in error ends, and is told.
        let third = import(&world, folder.path()).await;
        assert_eq!(counts(&third), [("enterprises", [2, 0, 0, 0, 2, 0]), ("results", [3, 0, 0, 0, 3, 0])]);
        let rows = [("A1", 0, "2019-05-02", "true"), ("A2", 0, "2019-06-31", ""), ("A4", 9, "2019-07-01", "")];
        tables(folder.path(), &[(0, "甲"), (1, "乙，改名")], Some(&rows));
        let fourth = import(&world, folder.path()).await;
        assert_eq!(counts(&fourth), [("enterprises", [2, 0, 0, 1, 1, 0]), ("results", [3, 2, 0, 1, 0, 2])]);
        assert_eq!(fourth.problems.len(), 2);
        assert!(fourth.problems[0].text.0.contains("第 3 行"), "{:?}", fourth.problems);

        // A table without a file stays as it is; without the party table nothing is taken in.
        tables(folder.path(), &[(0, "甲"), (1, "乙")], None);
        let fifth = import(&world, folder.path()).await;
        assert_eq!(counts(&fifth), [("enterprises", [2, 0, 0, 1, 1, 0])]);
        let empty = tempfile::tempdir().expect("a folder");
        let refused = world.store.import_folder(&world.admin, &fresh(), 1, empty.path(), trial(), |_| {}).await;
        assert!(matches!(refused, Err(StoreError::BadInput { .. })));

        // Every version still says what it said.
        let cells = async |version: i64, table: usize| -> Vec<Vec<String>> {
            let rows = world.store.party_rows(version, 1, &party(0)).await.expect("rows");
            rows.into_iter().filter(|row| row.table == table).map(|row| row.cells[2..].to_vec()).collect()
        };
        assert_eq!(cells(first, 1).await.len(), crate::common::RESULTS);
        assert_eq!(cells(second.version, 1).await, [["2019-05-01", "true"], ["2019-06-01", ""]]);
        assert_eq!(cells(third.version, 1).await, cells(second.version, 1).await);
        assert_eq!(cells(fourth.version, 1).await, [["2019-05-02", "true"]]);
        assert_eq!(cells(fifth.version, 1).await, [["2019-05-02", "true"]]);
        let row = &world.store.party_rows(third.version, 1, &party(0)).await.expect("rows")[0];
        assert_eq!((row.version, row.source.clone()), (second.version, trial()));

        let found = world.store.find_parties("乙", 10).await.expect("parties");
        assert_eq!(found.iter().map(|party| party.name.as_str()).collect::<Vec<_>>(), ["乙"]);
        assert_eq!(world.store.find_parties("%", 10).await.expect("parties"), []);
        assert_eq!(world.store.find_parties("", 1).await.expect("parties").len(), 1);
        let versions = world.store.fact_versions().await.expect("versions");
        assert_eq!(versions.iter().map(|version| version.rows).collect::<Vec<_>>(), [3, 3, 5, 5, 808]);
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_come_back_into_columns_as_they_were_at_their_version() {
    on_both(async |world: World| {
        let folder = tempfile::tempdir().expect("a folder");
        // Not in the order of parties, which is the order in which they come back.
        let rows = [("B9", 2, "2019-05-01", "true"), ("B1", 0, "2019-06-01", "false"), ("B5", 0, "2018-06-01", "")];
        tables(folder.path(), &[(2, "丙"), (0, "\"甲, \"\"引号\"\"\"")], Some(&rows));
        let version = import(&world, folder.path()).await.version;
        let late =
            world.store.put_fact(&world.intake, &fresh(), change("B0", Some(&[("done_on", "2019年5月3日")]))).await;
        let late = late.expect("a version").value;

        let pack = Pack::read(Sources { files: vec![SourceFile { path: "pack.md".to_owned(), text: PACK.into() }] });
        let told = std::sync::Mutex::new(0);
        let facts = world.store.load_facts(version, 1, |rows| *told.lock().expect("one thread") = rows).await;
        let facts = facts.expect("the facts load");
        assert_eq!(*told.lock().expect("one thread"), 5);
        let names = |table: usize, column: usize, facts: &duixian_facts::table::Facts| -> Vec<String> {
            let cells = |row| duixian_facts::record::cells_of(&pack.plan.vocabulary, facts, table, row)[column].clone();
            (0..facts.table(table).rows).map(cells).collect()
        };
        assert_eq!(names(0, 1, &facts), ["甲, \"引号\"", "丙"]);
        assert_eq!(names(1, 0, &facts), ["B1", "B5", "B9"]);
        let corrected = world.store.load_facts(late, 1, |_| {}).await.expect("the facts load");
        assert_eq!(names(1, 0, &corrected), ["B0", "B1", "B5", "B9"]);
        assert_eq!(names(1, 2, &corrected)[0], "2019-05-03");

        let as_of = i64::from(chrono::NaiveDate::from_ymd_opt(YEAR, 12, 31).expect("a day").to_epoch_days());
        let assessed = reference::assess(&pack.plan, &facts, YEAR.into(), as_of, Some(&[0]), true);
        assert_eq!(assessed.assessment.rows(), 2, "B5 belongs to another year");
        let again = world.store.load_facts(version, 1, |_| panic!("it is kept")).await.expect("kept");
        assert!(std::sync::Arc::ptr_eq(&facts, &again));
        assert!(matches!(world.store.load_facts(99, 1, |_| {}).await, Err(StoreError::NotFound)));
    })
    .await;
}

fn change(row: &str, cells: Option<&[(&str, &str)]>) -> RowChange {
    let cells = cells.map(|cells| cells.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
    let (table, source) = ("results".to_owned(), Name::new("科技局更正", "corrected by the bureau"));
    RowChange { pack: 1, party: party(0), table, row: row.to_owned(), cells, source, note: "证书复核".to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_official_corrects_one_row_and_rounds_keep_theirs() {
    on_both(async |world: World| {
        let put = async |change: RowChange| world.store.put_fact(&world.intake, &fresh(), change).await;
        let frozen = world.store.round(world.round).await.expect("the round").facts;
        let version = put(change("R0-0", Some(&[("genuine", "否")]))).await.expect("a version").value;
        let cell = async |version: i64| {
            let rows = world.store.party_rows(version, 1, &party(0)).await.expect("rows");
            rows.into_iter().find(|row| row.key == "R0-0").map(|row| (row.cells[3].clone(), row.source.zh))
        };
        assert_eq!(cell(frozen).await, Some(("true".to_owned(), "试验".to_owned())));
        assert_eq!(cell(version).await, Some(("false".to_owned(), "科技局更正".to_owned())));
        let gone = put(change("R0-0", None)).await.expect("a version").value;
        assert_eq!((cell(gone).await, cell(version).await.is_some()), (None, true));

        let refused: [(RowChange, &str); 5] = [
            (change("R0-1", Some(&[("done_on", "2019-02-30")])), "日期"),
            (change("R0-1", Some(&[("nothing", "1")])), "没有这个列"),
            (change("R0-1", Some(&[("id", "R0-2")])), "主键"),
            (change("R1-1", Some(&[("genuine", "true")])), "别的单位"),
            (RowChange { table: "elsewhere".to_owned(), ..change("R0-1", None) }, "没有这个表"),
        ];
        for (change, why) in refused {
            match put(change.clone()).await {
                Err(StoreError::BadInput { zh, .. }) => assert!(zh.contains(why), "{zh}"),
                other => panic!("{change:?}: {other:?}"),
            }
        }
        assert!(matches!(put(change("R0-0", None)).await, Err(StoreError::NotFound)));
        let by_agent = world.store.put_fact(&world.applicant, &fresh(), change("R0-1", None)).await;
        assert!(matches!(by_agent, Err(StoreError::Denied)));
        // A party's own row, and its name with it.
        let row = RowChange { table: "enterprises".to_owned(), row: String::new(), ..change("", None) };
        let renamed = RowChange { cells: Some(BTreeMap::from([("name".to_owned(), "新名".to_owned())])), ..row };
        // Cases under way follow it; what is done keeps the name of then, and is found by both.
        let open = world.submitted("result_award", 0, 2).await;
        let ended = world.submitted("result_award", 0, 3).await;
        let of_other = world.submitted("result_award", 1, 0).await;
        world.ask(&world.intake, ended, Ask::NotAccept { reason: "不属于本措施".to_owned() }).await;
        put(renamed).await.expect("a version");
        let named = async |text: &str| {
            let filter = CaseFilter { text: Some(text.to_owned()), ..CaseFilter::default() };
            let rows = world.store.cases(&world.intake, &filter).await.expect("cases").rows;
            let mut found: Vec<_> = rows.into_iter().map(|row| (row.id, row.party_name)).collect();
            found.sort_unstable_by_key(|(id, _)| *id);
            found
        };
        let (new, was) = ("新名".to_owned(), "企业0".to_owned());
        assert_eq!(named("新名").await, [(open, new), (ended, was.clone())]);
        assert_eq!(named("企业0").await, [(ended, was)]);
        assert_eq!(named("企业1").await, [(of_other, "企业1".to_owned())]);
        assert_eq!(
            world.store.party(&party(0)).await.expect("a party").map(|party| party.name),
            Some("新名".to_owned())
        );
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_written_in_an_older_vocabulary_are_read_in_the_new_one() {
    on_both(async |world: World| {
        let wider = PACK.replace("  属实 (genuine) 是否\n", "  机关 (issuer) 文本 备查\n  属实 (genuine) 是否\n");
        let pack = world.store.install_pack(&world.admin, &fresh(), vec![("pack.md".to_owned(), wider)]).await;
        let pack = pack.expect("the pack is sound").value;
        let version = world.store.newest_facts().await.expect("a version").expect("one").id;
        let rows = world.store.party_rows(version, pack, &party(0)).await.expect("rows");
        let result = rows.iter().find(|row| row.key == "R0-0").expect("the row");
        assert_eq!(result.cells[2..], ["2019-05-01", "", "true"]);
        let facts = world.store.load_facts(version, pack, |_| {}).await.expect("the facts load");
        assert_eq!((facts.table(1).rows, facts.table(1).columns.len()), (800, 5));
        // Taken in anew they are written anew, since their columns differ.
        let folder = tempfile::tempdir().expect("a folder");
        tables(folder.path(), &[(0, "企业0")], Some(&[("R0-0", 0, "2019-05-01", "true")]));
        let done = world.store.import_folder(&world.admin, &fresh(), pack, folder.path(), trial(), |_| {}).await;
        let report = done.expect("taken in").value;
        assert_eq!(counts(&report), [("enterprises", [1, 0, 0, 0, 1, 7]), ("results", [1, 0, 0, 1, 0, 799])]);
    })
    .await;
}
