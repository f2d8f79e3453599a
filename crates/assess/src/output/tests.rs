use std::fs::{self, File};

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow::array::{Array, AsArray, Decimal128Array};
use arrow::datatypes::{DataType, Date32Type, Int32Type};
use calamine::{Data, Reader};
use duixian_rules::plan::{Amount, Comparison, Node, Payable};

use super::*;
use crate::batch::{AssessOptions, assess_batch};
use crate::testing::*;

/// One measure, and a row of each status and each kind of text.
fn world() -> World {
    let mut world = World::new();
    let party = world.any_party();
    let amount = world.column(EVENTS, E_AMOUNT);
    let level = world.column(EVENTS, E_LEVEL);
    let zero = world.constant(0);
    let positive = world.node(Node::Compare(Comparison::AtLeast, amount, zero));
    let [high, low] = [0, 1].map(|word| world.node(Node::OneOf(level, vec![word])));
    let tiers = [(Some(high), Amount::Exact(amount)), (Some(low), Amount::Span { low: zero, high: None })];
    let measure = world.measure(EVENTS, &[positive], &tiers);
    world.plan.measures[measure].payable = Payable::NextYear;
    world.plan.measures[measure].conditions[0].text.zh = "金额 \"不少于\" 0".to_owned();
    world.plan.measures[measure].pay.alternatives[1].clause = "三,1".to_owned();
    let on = Some(day(2017, 6, 1));
    world.event(Event { id: "a", party, on, amount: Some(1_234_567), level: Some(0), ..Event::default() });
    world.event(Event { id: "b,c", party, on, amount: Some(0), level: Some(1), ..Event::default() });
    world.event(Event { id: "d", party, on, level: Some(1), ..Event::default() });
    world.event(Event { id: "e", party, on, amount: Some(-1), ..Event::default() });
    world
}

fn assess(world: &World) -> Assessment {
    let options = AssessOptions { year: 2017, as_of: day(2017, 12, 31), measures: None, all: true };
    assess_batch(&world.plan, &world.facts, &options)
}

#[test]
fn csv_is_as_the_contract_has_it() {
    let world = world();
    let code = names::party_codes(&world.plan, &world.facts)[0];
    let assessment = assess(&world);
    let mut out = Vec::new();
    Entitlements::new(&world.plan, &world.facts, &assessment, Lang::Zh).write_csv(&mut out).unwrap();
    let expected = "measure,code,basis,year,status,low,high,payable_from,clause,reason\n\
        measure_0,CODE,a,2017,entitled,12345.67,12345.67,2018-01-01,三.0,\n\
        measure_0,CODE,\"b,c\",2017,conditional,0.00,,2018-01-01,\"三,1\",\n\
        measure_0,CODE,d,2017,unknown,,,2018-01-01,一,缺少：events中.amount中\n\
        measure_0,CODE,e,2017,not_entitled,0.00,0.00,,二.0,\"条件不成立：金额 \"\"不少于\"\" 0\"\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected.replace("CODE", &code.to_string()));
}

#[test]
fn parquet_has_the_types_of_the_contract_and_reads_back() {
    let world = world();
    let assessment = assess(&world);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("entitlements.parquet");
    Entitlements::new(&world.plan, &world.facts, &assessment, Lang::En).save(&path).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
    let physical: Vec<_> =
        builder.parquet_schema().columns().iter().map(|column| column.physical_type().to_string()).collect();
    assert_eq!((&physical[3][..], &physical[5][..], &physical[7][..]), ("INT32", "INT64", "INT32"));
    let batch = builder.build().unwrap().next().unwrap().unwrap();
    let names: Vec<_> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, COLUMNS);
    let texts = |column: usize| batch.column(column).as_string::<i32>().iter().flatten().collect::<Vec<_>>();
    assert_eq!(texts(0), ["measure_0"; 4]);
    assert_eq!(texts(2), ["a", "b,c", "d", "e"]);
    assert_eq!(texts(4), ["entitled", "conditional", "unknown", "not_entitled"]);
    assert_eq!(texts(8), ["三.0", "三,1", "一", "二.0"]);
    assert_eq!(texts(9), ["", "", "missing: events.amount", "condition not met: condition 0"]);
    assert_eq!(batch.column(3).as_primitive::<Int32Type>().values(), &[2017; 4]);
    assert_eq!(batch.column(5).data_type(), &DataType::Decimal128(18, 2));
    let money = |column: usize| {
        let column: &Decimal128Array = batch.column(column).as_primitive();
        column.iter().collect::<Vec<_>>()
    };
    assert_eq!(money(5), [Some(1_234_567), Some(0), None, Some(0)]);
    assert_eq!(money(6), [Some(1_234_567), None, None, Some(0)]);
    let payable = batch.column(7).as_primitive::<Date32Type>();
    assert_eq!((payable.value(0), payable.null_count()), (day(2018, 1, 1) as i32, 1));
}

#[test]
fn xlsx_holds_numbers_dates_and_text() {
    let world = world();
    let assessment = assess(&world);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("结果.xlsx");
    Entitlements::new(&world.plan, &world.facts, &assessment, Lang::Zh).save(&path).unwrap();
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(&path).unwrap();
    let range = workbook.worksheet_range("兑现结果").unwrap();
    assert_eq!(range.get_size(), (5, 10));
    let cell = |row, column| range.get_value((row, column)).unwrap().clone();
    assert_eq!(cell(1, 5), Data::Float(12345.67));
    assert_eq!(cell(1, 3), Data::Float(2017.0));
    assert!(matches!(cell(1, 7), Data::DateTime(date) if date.as_f64() == 43_101.0));
    assert_eq!(cell(2, 2), Data::String("b,c".to_owned()));
    assert_eq!(cell(2, 6), Data::Empty);
    assert_eq!(cell(3, 9), Data::String("缺少：events中.amount中".to_owned()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no intermediate file is left");
}

#[test]
fn an_empty_result_is_a_table_without_rows() {
    let world = World::new();
    let assessment = assess(&world);
    let folder = tempfile::tempdir().unwrap();
    let table = Entitlements::new(&world.plan, &world.facts, &assessment, Lang::Zh);
    for name in ["a.csv", "a.parquet", "a.XLSX"] {
        table.save(&folder.path().join(name)).unwrap();
    }
    let text = fs::read_to_string(folder.path().join("a.csv")).unwrap();
    assert_eq!(text, format!("{}\n", COLUMNS.join(",")));
    let file = File::open(folder.path().join("a.parquet")).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(builder.metadata().file_metadata().num_rows(), 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join("a.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o600, 0o600);
    }
}

#[test]
fn errors_say_whose_fault_it_is_and_leave_nothing() {
    let world = world();
    let mut assessment = assess(&world);
    let folder = tempfile::tempdir().unwrap();
    let save = |assessment: &Assessment, name: &str| {
        let table = Entitlements::new(&world.plan, &world.facts, assessment, Lang::Zh);
        table.save(&folder.path().join(name)).unwrap_err()
    };
    for name in ["result", "result.txt", ".csv"] {
        assert!(!save(&assessment, name).is_environment());
    }
    let missing_folder = save(&assessment, "nowhere/result.csv");
    assert!(missing_folder.is_environment());
    assert!(missing_folder.message(Lang::Zh).contains("nowhere"));
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    assert!(save(&assessment, "folder.csv").is_environment());
    let row = assessment.measures[0].rows.get(0).unwrap();
    assessment.measures[0].rows = vec![row; xlsx::MOST_ROWS + 1].into();
    let too_many = save(&assessment, "result.xlsx");
    assert!(!too_many.is_environment());
    assert!(too_many.message(Lang::En).contains("1048576 rows") && too_many.message(Lang::Zh).contains(".parquet"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the folder made above");
}

/// Several blocks and row groups, whose order must be kept whatever finishes first.
#[test]
fn large_results_keep_their_order() {
    let world = world();
    let mut assessment = assess(&world);
    let rows = &mut assessment.measures[0].rows;
    *rows = rows.iter().collect::<Vec<_>>().into_iter().cycle().take(300_001).collect();
    let table = Entitlements::new(&world.plan, &world.facts, &assessment, Lang::Zh);
    let mut out = Vec::new();
    table.write_csv(&mut out).unwrap();
    let lines: Vec<&[u8]> = out.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines.len(), 300_001 + 2);
    assert!(lines[1..300_001].windows(5).all(|window| window[0] == window[4]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.parquet");
    table.save(&path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
    assert_eq!(reader.metadata().num_row_groups(), 3);
    let mut bases = Vec::new();
    for batch in reader.build().unwrap() {
        bases.extend(batch.unwrap().column(2).as_string::<i32>().iter().flatten().map(str::to_owned));
    }
    assert!(bases.iter().zip(["a", "b,c", "d", "e"].iter().cycle()).all(|(one, other)| one == other));
    assert_eq!(bases.len(), 300_001);
}
