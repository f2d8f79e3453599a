//! What comes back from the bank: read exactly, or refused with a reason.

use crate::support::file;
use duixian_bank::{BankFileError, IgnoredReason, Outcome, ResultFile, ResultFormat, camt054, csv, sample_results};
use duixian_money::Fen;
use encoding_rs::GB18030;

fn paid(reference: &str, on: &str) -> Outcome {
    Outcome::Paid { bank_reference: reference.into(), on: on.parse().expect("a day") }
}

fn failed(code: Option<&str>, reason: &str) -> Outcome {
    Outcome::Failed { code: code.map(str::to_owned), reason: reason.into() }
}

/// Number, amount in fen and outcome of each line.
fn lines(file: &ResultFile) -> Vec<(&str, i64, Outcome)> {
    file.lines.iter().map(|line| (line.end_to_end_id.as_str(), line.amount.0, line.outcome.clone())).collect()
}

fn told(errors: &[BankFileError]) -> String {
    errors.iter().map(|error| format!("{}\n{}\n", error.message_zh(), error.message_en())).collect()
}

#[test]
fn samples_come_back_in_both_formats() {
    let long = "账户状态异常，".repeat(40);
    let failures =
        [("NM-2019-000002".to_owned(), "AC04 账户已销户".to_owned()), ("NM-2019-000003".to_owned(), long.clone())];
    for format in [ResultFormat::Csv, ResultFormat::Camt054] {
        let text = sample_results(&file(), &failures, format);
        assert_eq!(text, sample_results(&file(), &failures, format));
        let results = match format {
            ResultFormat::Csv => csv::read_results(text.as_bytes()),
            ResultFormat::Camt054 => camt054::read(text.as_bytes()),
        }
        .unwrap_or_else(|errors| panic!("{}", told(&errors)));
        assert_eq!(results.id, "R-NM-2019-B0007");
        assert_eq!(
            lines(&results),
            [
                ("NM-2019-000001", 30_000_000, paid("20190619NM-2019-B0007000001", "2019-06-19")),
                ("NM-2019-000002", 1, failed(Some("AC04"), "账户已销户")),
                ("NM-2019-000003", 12_345_678_901, failed(Some("NARR"), &long)),
            ]
        );
        assert!(results.ignored.is_empty());
    }
}

#[test]
fn the_samples_that_are_written() {
    let failures = [("NM-2019-000002".to_owned(), "=收款户名与账号不符".to_owned())];
    let text = sample_results(&file(), &failures, ResultFormat::Csv);
    insta::assert_snapshot!("sample_csv", text.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
    insta::assert_snapshot!("sample_camt_054", sample_results(&file(), &failures, ResultFormat::Camt054));
}

const CSV: &str = "\
序号,交易时间,客户流水号,交易金额（元）,状态,交易流水号,日期,失败原因\r\n\
1,x,NM-1,\"300,000.00\",交易成功,B0001,2019/6/19,\r\n\
\r\n\
2,x,NM-2,0.01,退汇,,,账号  不符\r\n\
3,x,NM-3,1.5,处理中,,,\r\n\
4,x,NM-4,2,失败,,,,,\r\n";

#[test]
fn a_bank_s_own_csv_in_both_encodings() {
    let gb = GB18030.encode(CSV).0;
    for bytes in [CSV.as_bytes(), &gb, format!("\u{feff}{CSV}").as_bytes()] {
        let results = csv::read_results(bytes).unwrap_or_else(|errors| panic!("{}", told(&errors)));
        assert_eq!(
            lines(&results),
            [
                ("NM-1", 30_000_000, paid("B0001", "2019-06-19")),
                ("NM-2", 1, failed(None, "账号 不符")),
                ("NM-4", 200, failed(None, "银行未说明原因")),
            ]
        );
        assert_eq!(results.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [2, 4, 6]);
        assert_eq!((results.ignored[0].line, results.ignored[0].reason), (5, IgnoredReason::Pending));
        assert!(results.id.starts_with("sha256:") && results.id.len() == 71, "{}", results.id);
    }
    let english = "status,amount,end_to_end_id,bank_reference,date,reason_code,reason,currency,file_id\n\
                   SUCCESS,1,A,B,20190619,,,CNY,R1\nReturned,1,B,,,AC04,,RMB,R1\n";
    let results = csv::read_results(english.as_bytes()).expect("results");
    assert_eq!(results.id, "R1");
    assert_eq!(lines(&results)[1], ("B", 100, failed(Some("AC04"), "收款账户已销户")));
}

#[test]
fn a_sum_below_the_payments_is_none() {
    let text = "回单编号,业务编号,金额,处理结果,银行流水号,入账日期\nR1,A,1,成功,S1,2019-06-19\n合计,,1,,,\n,合计：1笔,1.00,1笔,,\n,,1.00,合计,,\n";
    let results = csv::read_results(text.as_bytes()).unwrap_or_else(|errors| panic!("{}", told(&errors)));
    assert_eq!((results.id.as_str(), lines(&results)), ("R1", vec![("A", 100, paid("S1", "2019-06-19"))]));
    assert_eq!((results.ignored[0].line, results.ignored[0].reason), (3, IgnoredReason::NoReference));
}

#[test]
fn what_is_wrong_with_a_csv_is_told() {
    let headings = "业务编号,金额,币种,处理结果,银行流水号,入账日期,原因,回单编号\n";
    let cases = [
        "业务编号,金额,金额\nA,1,1\n".to_owned(),
        "编号\n".to_owned(),
        headings.to_owned(),
        format!(
            "{headings}{}",
            [
                "A,1.005,CNY,成功,B1,2019-06-19,,R1",
                "B,1,USD,成功,B2,2019-06-19,,R1",
                "C,1,CNY,成功,,2019-06-19,,R1",
                "D,1,CNY,成功,B4,2019-06-31,,R1",
                "E,1,CNY,也许,B5,2019-06-19,,R1",
                "F,-1,CNY,失败,,,,R1",
                ",1,CNY,失败,,,,R1",
                "G,1,CNY,失败,,,,R1",
                "G,1,CNY,失败,,,,R1",
                "H,1,CNY,失败,,,,R2",
                "I,1,CNY",
                "123456789012345678901234567890123456,1,CNY,失败,,,,R1",
                "J,9999999999999999999,CNY,失败,,,,R1",
                "K,1,CNY,失败,,,\"未闭合,R1\nL,1,CNY,失败,,,,R1",
            ]
            .join("\n")
        ),
    ];
    let reports: Vec<String> =
        cases.iter().map(|text| told(&csv::read_results(text.as_bytes()).expect_err(text))).collect();
    insta::assert_snapshot!(reports.join("---\n"));
}

fn camt(entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<b:Document xmlns:b=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">\n<b:BkToCstmrDbtCdtNtfctn>\n\
         <b:GrpHdr><b:MsgId>R1</b:MsgId></b:GrpHdr>\n<b:Ntfctn>{}</b:Ntfctn>\n</b:BkToCstmrDbtCdtNtfctn></b:Document>",
        entries
            .replace("</", "</b:")
            .replace('<', "<b:")
            .replace("<b:/b:", "</b:")
            .replace("<b:!", "<!")
            .replace("<b:o:", "<o:")
    )
}

fn entry(amount: &str, direction: &str, status: &str, more: &str, transactions: &str) -> String {
    format!(
        "\n<Ntry><Amt Ccy=\"CNY\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{}<Sts><Cd>{status}</Cd></Sts>\
         <BookgDt><Dt>2019-06-19</Dt></BookgDt><AcctSvcrRef>S1</AcctSvcrRef>{}<NtryDtls>{transactions}</NtryDtls></Ntry>",
        if more == "reversal" { "<RvslInd>true</RvslInd>" } else { "" },
        if more == "reversal" { "" } else { more },
    )
}

fn transaction(id: &str, more: &str) -> String {
    format!("<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs>{more}</TxDtls>")
}

fn read(xml: &str) -> ResultFile {
    camt054::read(xml.as_bytes()).unwrap_or_else(|errors| panic!("{}\n{xml}", told(&errors)))
}

#[test]
fn entries_of_a_notification_and_what_they_mean() {
    let returned = "<RtrInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>账号</AddtlInf><AddtlInf> 有误</AddtlInf></RtrInf>";
    let cases = [
        (entry("1.00", "DBIT", "BOOK", "", &transaction("A", "")), Ok(paid("S1", "2019-06-19"))),
        (entry("1.00", "CRDT", "BOOK", "", &transaction("A", returned)), Ok(failed(Some("AC01"), "账号 有误"))),
        (entry("1.00", "DBIT", "INFO", "", &transaction("A", returned)), Ok(failed(Some("AC01"), "账号 有误"))),
        (
            entry("1.00", "CRDT", "BOOK", "", &transaction("A", "<RtrInf><Rsn><Prtry>E77</Prtry></Rsn></RtrInf>")),
            Ok(failed(Some("E77"), "银行未说明原因")),
        ),
        (
            entry("1.00", "CRDT", "BOOK", "", &transaction("A", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")),
            Ok(failed(Some("AC04"), "收款账户已销户")),
        ),
        (
            entry("1.00", "CRDT", "BOOK", "reversal", &transaction("A", "<AddtlTxInf>冲正</AddtlTxInf>")),
            Ok(failed(None, "冲正")),
        ),
        (
            entry(
                "1.00",
                "DBIT",
                "BOOK",
                "<AddtlNtryInf>忽略</AddtlNtryInf>",
                &transaction("A", "<Amt Ccy=\"CNY\">1.00000</Amt>"),
            ),
            Ok(paid("S1", "2019-06-19")),
        ),
        // A rejection that is not booked yet is not known yet.
        (entry("1.00", "DBIT", "PDNG", "", &transaction("A", returned)), Err(IgnoredReason::Pending)),
        (entry("1.00", "DBIT", "INFO", "", &transaction("A", "")), Err(IgnoredReason::Pending)),
        (entry("1.00", "CRDT", "BOOK", "", &transaction("A", "")), Err(IgnoredReason::Credit)),
        (entry("1.00", "DBIT", "BOOK", "reversal", &transaction("A", "")), Err(IgnoredReason::Credit)),
        (entry("1.00", "DBIT", "BOOK", "", &transaction("NOTPROVIDED", "")), Err(IgnoredReason::NoReference)),
        (entry("1.00", "DBIT", "BOOK", "", ""), Err(IgnoredReason::NoReference)),
    ];
    for (xml, expected) in cases {
        let results = read(&camt(&xml));
        match expected {
            Ok(outcome) => {
                assert_eq!(lines(&results), [("A", 100, outcome)], "{xml}");
                assert_eq!(results.lines[0].line, 6);
            }
            Err(reason) => {
                assert!(results.lines.is_empty());
                assert_eq!(results.ignored.iter().map(|ignored| ignored.reason).collect::<Vec<_>>(), [reason], "{xml}");
            }
        }
    }
}

#[test]
fn one_entry_may_hold_many_payments() {
    let amount = |text: &str| format!("<Amt Ccy=\"CNY\">{text}</Amt>");
    let transactions = [
        transaction("A", &amount("1.00")),
        transaction("B", &format!("<AmtDtls><InstdAmt>{}</InstdAmt></AmtDtls>", amount("2.00"))),
        transaction("C", &format!("{}<RtrInf></RtrInf>", amount("3.00"))),
    ];
    let results = read(&camt(&entry("6.00", "DBIT", "BOOK", "", &transactions.concat())));
    let found: Vec<_> = lines(&results).into_iter().map(|(id, amount, _)| (id.to_owned(), amount)).collect();
    assert_eq!(found, [("A".to_owned(), 100), ("B".to_owned(), 200), ("C".to_owned(), 300)]);
}

#[test]
fn a_payment_and_its_return_stand_in_the_order_of_their_days() {
    let debit = entry("1.00", "DBIT", "BOOK", "", &transaction("A", ""));
    let credit = entry("1.00", "CRDT", "BOOK", "", &transaction("A", "<RtrInf><AddtlInf>退汇</AddtlInf></RtrInf>"));
    for pair in [[&debit, &credit], [&credit, &debit]] {
        let results = read(&camt(&pair.map(String::as_str).concat()));
        // Of one day the payment comes first, wherever it stands.
        assert_eq!(lines(&results), [("A", 100, paid("S1", "2019-06-19")), ("A", 100, failed(None, "退汇"))]);
        let origin = &results.lines[1].origin;
        assert_eq!((origin.failed_on, origin.failed_by.as_deref()), ("2019-06-19".parse().ok(), Some("S1")));
        assert!(origin.came_back);
    }
    // A bank that has tried once more says so by the days; what has no day comes last. Other payments keep their places.
    let head = "业务编号,金额,处理结果,银行流水号,入账日期\n";
    let row = |word: &str, number: &str, day: &str| format!("A,1,{word},{number},{day}\n");
    let other = "B,2,成功,S9,2019-06-19\n";
    let (left, back) = (row("成功", "S3", "2019-06-21"), row("失败", "S1", "2019-06-20"));
    let again = row("退汇", "S4", "");
    let text = format!("{head}{again}{left}{other}{back}");
    let results = csv::read_results(text.as_bytes()).unwrap_or_else(|errors| panic!("{}", told(&errors)));
    let said: Vec<_> = results.lines.iter().map(|line| (line.end_to_end_id.as_str(), line.line)).collect();
    assert_eq!(said, [("A", 5), ("A", 3), ("B", 4), ("A", 2)]);
    assert_eq!(results.lines.iter().map(|line| line.origin.came_back).collect::<Vec<_>>(), [false, false, false, true]);
    // More often than a bank does it is a mistake.
    let day = |day: usize| format!("2019-06-{day:02}");
    let rows = |often: usize| (1..=often).map(|at| row(["退汇", "成功"][at % 2], "S1", &day(at))).collect::<String>();
    assert_eq!(csv::read_results(format!("{head}{}", rows(16)).as_bytes()).expect("a statement").lines.len(), 16);
    assert!(csv::read_results(format!("{head}{}", rows(17)).as_bytes()).is_err());
    // A table says the day of a return where it has one; what is no day is as if it were not there.
    for (on, failed_on) in [("2019-06-20", "2019-06-20".parse().ok()), ("", None), ("无", None)] {
        let text = format!("业务编号,金额,处理结果,银行流水号,入账日期\nA,1,退汇,S2,{on}\n");
        let results = csv::read_results(text.as_bytes()).unwrap_or_else(|errors| panic!("{}", told(&errors)));
        let origin = &results.lines[0].origin;
        assert_eq!((origin.failed_on, origin.failed_by.as_deref()), (failed_on, Some("S2")));
    }
    for (entries, line) in [(vec![&debit, &debit], 7), (vec![&debit, &credit, &debit], 8)] {
        let text: String = entries.into_iter().map(String::as_str).collect();
        let errors = camt054::read(camt(&text).as_bytes()).expect_err("the same payment twice");
        assert_eq!((errors.len(), errors[0].line), (1, Some(line)), "{}", told(&errors));
    }
}

#[test]
fn a_time_is_a_day_in_china() {
    let xml = entry("1.00", "DBIT", "BOOK", "", &transaction("A", ""));
    for (time, day) in [
        ("2019-06-19T20:00:00Z", "2019-06-20"),
        ("2019-06-19T20:00:00+08:00", "2019-06-19"),
        ("2019-06-19T23:59:59", "2019-06-19"),
    ] {
        let xml = xml.replace("<Dt>2019-06-19</Dt>", &format!("<DtTm>{time}</DtTm>"));
        assert_eq!(lines(&read(&camt(&xml)))[0].2, paid("S1", day), "{time}");
    }
}

#[test]
fn what_is_wrong_with_a_notification_is_told() {
    let sound = entry("1.00", "DBIT", "BOOK", "", &transaction("A", ""));
    let change = |from: &str, to: &str| {
        assert!(sound.contains(from), "{from}");
        camt(&sound.replace(from, to))
    };
    let cases = [
        change("CNY", "USD"),
        change(" Ccy=\"CNY\"", ""),
        change("1.00", "1.001"),
        change("1.00", "1e2"),
        change("1.00", "0"),
        change("<Amt Ccy=\"CNY\">1.00</Amt>", ""),
        change("BOOK", "DONE"),
        change("DBIT", "OUT"),
        change("2019-06-19", "19.6.2019"),
        change("<BookgDt><Dt>2019-06-19</Dt></BookgDt>", ""),
        change("<AcctSvcrRef>S1</AcctSvcrRef>", ""),
        change("<EndToEndId>A</EndToEndId>", "<EndToEndId>A</EndToEndId><EndToEndId>B</EndToEndId>"),
        change("<EndToEndId>A</EndToEndId>", &format!("<EndToEndId>{}</EndToEndId>", "A".repeat(36))),
        camt(""),
        camt(&sound).replace("<b:MsgId>R1</b:MsgId>", ""),
        camt(&sound).replace("camt.054.001.08", "camt.054.001.02"),
        camt(&sound).replace("camt.054.001.08", "pain.001.001.09"),
        "<html></html>".to_owned(),
    ];
    let reports: Vec<String> = cases.iter().map(|xml| told(&camt054::read(xml.as_bytes()).expect_err(xml))).collect();
    insta::assert_snapshot!(reports.join("---\n"));
}

#[test]
fn elements_of_another_namespace_say_nothing() {
    let xml = camt(&entry("1.00", "DBIT", "BOOK", "", &transaction("A", "")));
    let foreign = xml.replace("<b:Refs>", "<b:Refs xmlns:o=\"urn:other\"><o:EndToEndId>B</o:EndToEndId>");
    assert_ne!(foreign, xml);
    assert_eq!(lines(&read(&foreign)), lines(&read(&xml)));
}

#[test]
fn gb18030_is_read_where_it_is_declared() {
    let xml =
        camt(&entry("1.00", "CRDT", "BOOK", "", &transaction("A", "<RtrInf><AddtlInf>账号有误</AddtlInf></RtrInf>")));
    let declared = xml.replace("version=\"1.0\"", "version=\"1.0\" encoding='GB18030'");
    let results = camt054::read(&GB18030.encode(&declared).0).expect("results");
    assert_eq!(lines(&results), [("A", 100, failed(None, "账号有误"))]);
    assert!(camt054::read(&GB18030.encode(&xml).0).is_err(), "not declared");
    assert_eq!(results.lines[0].amount, Fen(100));
}

#[test]
fn a_notification_is_held_to_its_own_sums() {
    let amount = |text: &str| format!("<Amt Ccy=\"CNY\">{text}</Amt>");
    let pair =
        |first: &str, second: &str| [transaction("A", &amount(first)), transaction("B", &amount(second))].concat();
    let summed = |sum: &str, count: &str| {
        format!("<TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries><Sum>{sum}</Sum></TtlNtries></TxsSummry>")
    };
    let single = entry("1.00", "DBIT", "BOOK", "", &transaction("C", ""));
    let sound = entry("3.00", "DBIT", "BOOK", "", &pair("1.00", "2.00"));
    let against = format!("{}<CdtDbtInd>CRDT</CdtDbtInd>", amount("2.00"));
    for xml in [sound.clone(), format!("{}{sound}{single}", summed("4.00", "2"))] {
        read(&camt(&xml));
    }
    let cases = [
        entry("200000", "DBIT", "BOOK", "", &transaction("A", &amount("100000.00"))),
        entry("3.00", "DBIT", "BOOK", "", &pair("1.00", "1.99")),
        entry("3.00", "DBIT", "BOOK", "", &[transaction("A", &amount("1.00")), transaction("B", &against)].concat()),
        format!("{}{sound}{single}", summed("5.00", "2")),
        format!("{}{sound}{single}", summed("4.00", "3")),
    ];
    for xml in cases {
        let errors = camt054::read(camt(&xml).as_bytes()).expect_err(&xml);
        assert_eq!(errors.len(), 1, "{}", told(&errors));
        assert!(told(&errors).contains("合计却是") && told(&errors).contains("comes to"), "{}", told(&errors));
    }
}

#[test]
fn a_result_says_which_account_and_file_it_belongs_to() {
    let of = |account: &str, file: &str| {
        let xml = entry("1.00", "DBIT", "BOOK", "", &transaction("A", ""))
            .replace("<EndToEndId>", &format!("<PmtInfId>{file}</PmtInfId><EndToEndId>"));
        let origin = read(&camt(&format!("{account}{xml}"))).lines.remove(0).origin;
        (origin.account, origin.message_id)
    };
    let some = |text: &str| Some(text.to_owned());
    let other = "<Acct><Id><Othr><Id>6222000000000001</Id></Othr></Id></Acct>";
    assert_eq!(of(other, "DXB7"), (some("6222000000000001"), some("DXB7")));
    assert_eq!(of("<Acct><Id><IBAN>CN01</IBAN></Id></Acct>", "NOTPROVIDED"), (some("CN01"), None));
    assert_eq!(of(&other.replace("000000", "******"), ""), (None, None), "masked");
}
