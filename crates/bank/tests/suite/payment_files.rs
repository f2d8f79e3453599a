//! What goes out to the bank: the bytes, their structure, and what is refused.

use crate::support::{file, header, order};
use duixian_bank::{OrderErrorKind, OrderField, PaymentFile, PaymentHeader, PaymentOrder, csv, pain001};
use duixian_bank::{ResultFormat, sample_results};
use duixian_money::Fen;
use proptest::prelude::*;

#[test]
fn the_csv_that_is_written() {
    let text = csv::write(&file());
    assert!(text.starts_with('\u{feff}') && text.ends_with("\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    insta::assert_snapshot!(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
}

#[test]
fn the_pain_001_that_is_written() {
    insta::assert_snapshot!(pain001::write(&file()));
}

#[test]
fn both_are_the_same_whenever_they_are_written() {
    assert_eq!(csv::write(&file()), csv::write(&file()));
    assert_eq!(pain001::write(&file()), pain001::write(&file()));
}

#[test]
fn messages_have_the_structure_of_the_standard() {
    crate::structure::check(&pain001::write(&file()), crate::structure::PAIN_001);
    let failures = [("NM-2019-000002".to_owned(), "AC04 账户已销户".repeat(40))];
    crate::structure::check(&sample_results(&file(), &failures, ResultFormat::Camt054), crate::structure::CAMT_054);
}

#[test]
fn the_check_of_the_structure_can_fail() {
    let sound = pain001::write(&file());
    for (from, to) in [
        ("<BtchBookg>false</BtchBookg>\n", ""),
        ("<PmtMtd>TRF</PmtMtd>\n", ""),
        ("<Cd>CNAPS</Cd>", "<Cd>CNAPS</Cd><Cd>CNAPS</Cd>"),
        ("GrpHdr>", "GrpHead>"),
        ("<EndToEndId>NM-2019-000001</EndToEndId>", "<EndToEndId></EndToEndId>"),
    ] {
        assert!(sound.contains(from));
        let broken = sound.replace(from, to);
        let is_optional = from.contains("BtchBookg");
        assert_eq!(crate::structure::errors(&broken, crate::structure::PAIN_001).is_empty(), is_optional, "{from}");
    }
    let (debtor, account) = (sound.find("<Dbtr>").expect("a debtor"), sound.find("<DbtrAcct>").expect("its account"));
    let agent = sound.find("<DbtrAgt>").expect("its bank");
    let swapped = [&sound[..debtor], &sound[account..agent], &sound[debtor..account], &sound[agent..]].concat();
    assert!(
        !crate::structure::errors(&swapped, crate::structure::PAIN_001).is_empty(),
        "the order of elements matters"
    );
}

/// A row of the CSV as it is documented to be read back.
fn read_back(text: &str) -> Vec<Vec<String>> {
    let mut reader = ::csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let restore = |cell: &str| match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\'']) => rest.to_owned(),
        _ => cell.to_owned(),
    };
    reader.records().map(|row| row.expect("a row").iter().map(restore).collect()).collect()
}

#[test]
fn refuses_what_a_bank_would() {
    let long = "长".repeat(141);
    type Change<'a> = &'a dyn Fn(&mut PaymentOrder);
    let cases: [(Change<'_>, OrderField, OrderErrorKind); 12] = [
        (&|order| order.end_to_end_id = "编号".into(), OrderField::EndToEndId, OrderErrorKind::Reference),
        (&|order| order.end_to_end_id = "-1".into(), OrderField::EndToEndId, OrderErrorKind::Reference),
        (&|order| order.end_to_end_id = "A".repeat(36), OrderField::EndToEndId, OrderErrorKind::Reference),
        (&|order| order.amount = Fen(0), OrderField::Amount, OrderErrorKind::NotPositive),
        (&|order| order.amount = Fen(i64::MIN), OrderField::Amount, OrderErrorKind::NotPositive),
        (&|order| order.creditor_name = " \u{3000}".into(), OrderField::CreditorName, OrderErrorKind::Empty),
        (&|order| order.creditor_name = "甲\n乙".into(), OrderField::CreditorName, OrderErrorKind::Control),
        (&|order| order.creditor_account = "6201 0000".into(), OrderField::CreditorAccount, OrderErrorKind::Account),
        (&|order| order.creditor_account = "1".repeat(35), OrderField::CreditorAccount, OrderErrorKind::Account),
        (
            &|order| order.creditor_bank_code = Some("31370109801".into()),
            OrderField::CreditorBankCode,
            OrderErrorKind::BankCode,
        ),
        (&|order| order.remittance = long.clone(), OrderField::Remittance, OrderErrorKind::TooLong),
        (&|order| order.remittance = "\u{0}".into(), OrderField::Remittance, OrderErrorKind::Control),
    ];
    for (change, field, kind) in cases {
        let mut wrong = order(2, 100);
        change(&mut wrong);
        let errors = PaymentFile::new(header(), vec![order(1, 100), wrong]).expect_err("an error");
        assert_eq!(errors.iter().map(|e| (e.order, e.field, e.kind)).collect::<Vec<_>>(), [(Some(2), field, kind)]);
    }
}

#[test]
fn says_what_it_refuses() {
    let wrong_header = PaymentHeader { debtor_bank_code: "1".into(), created_at: i64::MAX, ..header() };
    let orders =
        vec![order(1, Fen::MAX.0), order(1, Fen::MAX.0), PaymentOrder { creditor_name: String::new(), ..order(3, 0) }];
    let errors = PaymentFile::new(wrong_header, orders).expect_err("errors");
    let told: Vec<String> = errors.iter().flat_map(|error| [error.message_zh(), error.message_en()]).collect();
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(PaymentFile::new(header(), vec![]).expect_err("an error")[0].kind, OrderErrorKind::Empty);
    let many = (0..10_001).map(|number| order(number, 1)).collect();
    assert_eq!(PaymentFile::new(header(), many).expect_err("an error")[0].kind, OrderErrorKind::TooMany(10_001));
}

#[test]
fn is_checked_again_when_it_is_read_from_a_record() {
    let json = serde_json::to_string(&file()).expect("JSON");
    assert_eq!(serde_json::from_str::<PaymentFile>(&json).expect("a file"), file());
    assert!(serde_json::from_str::<PaymentFile>(&json.replace("\"amount\":1,", "\"amount\":0,")).is_err());
}

#[test]
fn texts_are_trimmed_and_empty_ones_left_out() {
    let untidy = PaymentOrder {
        creditor_name: " 甲公司\u{3000}".into(),
        creditor_bank: Some("  ".into()),
        creditor_bank_code: Some(String::new()),
        ..order(1, 1)
    };
    let file = PaymentFile::new(header(), vec![untidy]).expect("a sound file");
    let order = &file.orders()[0];
    assert_eq!(
        (order.creditor_name.as_str(), &order.creditor_bank, &order.creditor_bank_code),
        ("甲公司", &None, &None)
    );
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[=+@'＝-]{1,2}[^\\p{C}\\s]{0,8}", "[^\\p{C}\\s]{1,20}", Just("<&\">'".to_owned())]
}

fn orders() -> impl Strategy<Value = Vec<PaymentOrder>> {
    let one = (1..=1_000_000_000_000_i64, texts(), texts(), proptest::option::of(texts()));
    proptest::collection::vec(one, 1..8).prop_map(|orders| {
        let make = |(number, (amount, creditor_name, remittance, creditor_bank))| PaymentOrder {
            creditor_name,
            remittance,
            creditor_bank,
            ..order(number, amount)
        };
        orders.into_iter().enumerate().map(make).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_text_comes_through_both_formats(orders in orders()) {
        let file = PaymentFile::new(header(), orders).expect("a sound file");
        let rows = read_back(&csv::write(&file));
        prop_assert_eq!(rows.len(), file.orders().len());
        for (row, order) in rows.iter().zip(file.orders()) {
            prop_assert_eq!(&row[2], &order.end_to_end_id);
            prop_assert_eq!(&row[7], &order.creditor_name);
            prop_assert_eq!(row[9].as_str(), order.creditor_bank.as_deref().unwrap_or_default());
            prop_assert_eq!(Fen::parse_yuan(&row[11]), Ok(order.amount));
            prop_assert_eq!(&row[13], &order.remittance);
        }

        let xml = pain001::write(&file);
        crate::structure::check(&xml, crate::structure::PAIN_001);
        let texts = |path: &str| crate::structure::texts(&xml, path);
        let payment = "Document/CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf";
        let names: Vec<_> = file.orders().iter().map(|order| order.creditor_name.clone()).collect();
        prop_assert_eq!(texts(&format!("{payment}/Cdtr/Nm")), names);
        let remittances: Vec<_> = file.orders().iter().map(|order| order.remittance.clone()).collect();
        prop_assert_eq!(texts(&format!("{payment}/RmtInf/Ustrd")), remittances);
        let amounts = texts(&format!("{payment}/Amt/InstdAmt"));
        let total: i64 = amounts.iter().map(|text| Fen::parse_yuan(text).expect("an amount").0).sum();
        prop_assert_eq!(Fen(total), file.total());
        for sum in ["GrpHdr", "PmtInf"] {
            let path = format!("Document/CstmrCdtTrfInitn/{sum}");
            prop_assert_eq!(texts(&format!("{path}/CtrlSum")), [file.total().to_yuan_string()]);
            prop_assert_eq!(texts(&format!("{path}/NbOfTxs")), [file.orders().len().to_string()]);
        }
    }
}
