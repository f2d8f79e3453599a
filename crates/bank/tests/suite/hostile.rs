//! Files made to do harm, and random bytes: refused, within bounds, and never a panic.

use crate::support::file;
use duixian_bank::{
    BankFileErrorKind as Kind, MAX_BYTES, Outcome, ResultFormat, camt054, csv, reconcile, sample_results,
};
use proptest::prelude::*;

fn sample(format: ResultFormat) -> String {
    sample_results(&file(), &[("NM-2019-000002".to_owned(), "AC04 账户已销户".to_owned())], format)
}

/// The kinds of what is wrong with a notification.
fn refused(xml: &str) -> Vec<Kind> {
    let errors = camt054::read(xml.as_bytes()).expect_err("refused");
    errors.into_iter().map(|error| error.kind).collect()
}

#[test]
fn nothing_is_fetched_or_expanded() {
    let xml = sample(ResultFormat::Camt054);
    let with = |before: &str, reason: &str| {
        let declared = xml.replace("?>\n", &format!("?>\n{before}\n"));
        assert_ne!(declared, xml);
        declared.replace("账户已销户", reason)
    };
    for declaration in [
        "<!DOCTYPE Document SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE Document [<!ENTITY x SYSTEM \"http://localhost/\">]>",
        "<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>",
        "<!doctype Document>",
    ] {
        assert_eq!(refused(&with(declaration, "&x;")), [Kind::DocumentType], "{declaration}");
    }
    for entity in ["&x;", "&nbsp;", "&#0;", "&#xFFFFFFFF;", "&#27;", "&#;"] {
        assert!(matches!(refused(&with("", entity))[..], [Kind::Entity(_)]), "{entity}");
    }
    assert!(camt054::read(with("<!-- a comment --><?x y?>", "&lt;b&gt; &#x6237;<![CDATA[<i>]]>").as_bytes()).is_ok());
}

#[test]
fn size_depth_and_number_are_bounded() {
    assert_eq!(refused(""), [Kind::Empty]);
    assert_eq!(refused(&" ".repeat(MAX_BYTES + 1)), [Kind::TooLarge(MAX_BYTES + 1)]);
    let errors = csv::read_results(&vec![b'a'; MAX_BYTES + 1]).expect_err("refused");
    assert_eq!(errors[0].kind, Kind::TooLarge(MAX_BYTES + 1));

    let xml = sample(ResultFormat::Camt054);
    let deep = xml.replace("<GrpHdr>", &format!("<GrpHdr>{}", "<a>".repeat(100_000)));
    assert_eq!(refused(&deep), [Kind::TooDeep(32)]);
    let many = xml.replace("<NtryDtls>", &format!("<NtryDtls>{}", "<TxDtls/>".repeat(100_001)));
    assert_eq!(refused(&many), [Kind::TooMany(100_000)]);
    let entries = xml.replacen("<Ntry>", &format!("{}<Ntry>", "<Ntry/>".repeat(100_001)), 1);
    assert_eq!(refused(&entries), [Kind::TooMany(100_000)]);

    // However much is wrong, what is told stays within bounds, and so does each of the texts.
    let rows = format!("业务编号,金额,处理结果\n{}", format!("A,{},失败\n", "9".repeat(1000)).repeat(5000));
    let errors = csv::read_results(rows.as_bytes()).expect_err("refused");
    assert_eq!((errors.len(), &errors[100].kind), (101, &Kind::More));
    assert!(errors.iter().all(|error| error.message_zh().len() < 400 && error.message_en().len() < 400));
    let rows = format!("业务编号,金额,处理结果\n{}", "A,1,处理中\n".repeat(100_001));
    let errors = csv::read_results(rows.as_bytes()).expect_err("refused");
    assert_eq!(errors.iter().map(|error| &error.kind).collect::<Vec<_>>(), [&Kind::TooMany(100_000)]);
    let reason = format!("业务编号,金额,处理结果,原因\nA,1,失败,{}", "长".repeat(100_000));
    let results = csv::read_results(reason.as_bytes()).expect("results");
    assert!(format!("{:?}", results.lines[0].outcome).chars().count() < 600);
}

#[test]
fn broken_documents_are_refused() {
    let xml = sample(ResultFormat::Camt054);
    for broken in [
        xml[..xml.len() / 2].to_owned(),
        xml.replace("</GrpHdr>", "</GrpHead>"),
        xml.replace("</Document>", "</Document><Document/>"),
        xml.replace("</Document>", "</Document>more"),
        xml.replace("</Document>", ""),
        xml.replacen("<Amt Ccy=\"CNY\">", "<Amt Ccy=CNY>", 1),
        xml.replacen("<Amt Ccy=\"CNY\">", "<Amt Ccy=\"CNY\" Ccy=\"USD\">", 1),
        xml.replacen("<Amt Ccy", &format!("<Amt {}Ccy", (0..33).map(|n| format!("a{n}='' ")).collect::<String>()), 1),
        xml.replacen("<Amt Ccy=\"CNY\">", "<Amt Ccy=\"&x;\">", 1),
        "text".to_owned(),
        "<?xml version=\"1.0\"?>".to_owned(),
    ] {
        assert!(matches!(refused(&broken)[..], [Kind::Malformed(_)]), "{broken}");
    }
    assert_eq!(camt054::read(&[0xFF, 0xFE, b'<', 0]).expect_err("UTF-16")[0].kind, Kind::Encoding);
    assert_eq!(csv::read_results(&[0xFF, 0xFE, b'a', 0]).expect_err("UTF-16")[0].kind, Kind::Encoding);
    for workbook in [&b"PK\x03\x04\x14\0\x06\0\xff\xfe"[..], b"\xd0\xcf\x11\xe0\xa1\xb1"] {
        let refused = csv::read_results(workbook).expect_err("a workbook");
        assert_eq!(refused[0].kind, Kind::Workbook);
        assert!(refused[0].message_zh().contains("Excel 工作簿") && refused[0].message_zh().contains("另存为 CSV"));
    }
}

/// Where to cut, and what to put there.
fn mutations() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, Vec<u8>)>> {
    let pieces = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..4),
        proptest::sample::select(vec![
            "<",
            ">",
            "&",
            ";",
            "\"",
            "'",
            "]]>",
            "<!--",
            "<![CDATA[",
            "<Ntry>",
            "</Ntry>",
            "<TxDtls/>",
            "<RtrInf/>",
            "\n",
            ",",
            "\"\"",
            "xmlns=\"\"",
            "CRDT",
            "INFO",
            "-",
            "9",
            ".",
            "USD",
            "失败",
            "\u{feff}",
            "&#x20;",
            "<?xml",
            "NOTPROVIDED",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    proptest::collection::vec((any::<prop::sample::Index>(), 0..12_usize, pieces), 1..5)
}

fn mutated(text: &str, mutations: Vec<(prop::sample::Index, usize, Vec<u8>)>) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (place, length, piece) in mutations {
        let start = place.index(bytes.len() + 1);
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, piece);
    }
    bytes
}

/// Whatever is read keeps the promises of a result file, and the sums.
fn check(read: Result<duixian_bank::ResultFile, Vec<duixian_bank::BankFileError>>) -> Result<(), TestCaseError> {
    match read {
        Ok(results) => {
            // What is said of one payment is in turn that it was paid and that it was not.
            let mut said = std::collections::BTreeMap::new();
            for line in &results.lines {
                let is_paid = matches!(line.outcome, Outcome::Paid { .. });
                prop_assert_ne!(said.insert(&line.end_to_end_id, is_paid), Some(is_paid));
            }
            prop_assert!(!results.id.is_empty());
            prop_assert!(
                results.lines.iter().all(|line| line.amount.0 > 0 && line.end_to_end_id.chars().count() <= 35)
            );
            let totals = reconcile(file().orders(), &results.lines).totals;
            prop_assert_eq!(totals.sent.0, totals.paid.0 + totals.failed.0 + totals.missing.0);
        }
        Err(errors) => {
            prop_assert!(!errors.is_empty() && errors.len() <= 101);
            for error in errors {
                prop_assert!(!error.message_zh().is_empty() && !error.message_en().is_empty());
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check(csv::read_results(&bytes))?;
        check(camt054::read(&bytes))?;
    }

    #[test]
    fn mutated_csv(mutations in mutations()) {
        check(csv::read_results(&mutated(&sample(ResultFormat::Csv), mutations)))?;
    }

    #[test]
    fn mutated_camt_054(mutations in mutations()) {
        check(camt054::read(&mutated(&sample(ResultFormat::Camt054), mutations)))?;
    }

    #[test]
    fn random_tables(cells in proptest::collection::vec("[-0-9A-C,\"'=. \n成功失败]{0,12}", 0..20)) {
        check(csv::read_results(format!("业务编号,金额,处理结果,银行流水号,入账日期\n{}", cells.join(",")).as_bytes()))?;
    }
}
