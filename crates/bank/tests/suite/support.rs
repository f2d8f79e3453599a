//! Payment files for the tests.

use duixian_bank::{PaymentFile, PaymentHeader, PaymentOrder};
use duixian_money::Fen;

/// 2019-06-18 09:30 in China.
const CREATED_AT: i64 = 1_560_821_400_000;

pub fn header() -> PaymentHeader {
    PaymentHeader {
        message_id: "NM-2019-B0007".into(),
        created_at: CREATED_AT,
        execution_on: "2019-06-19".parse().expect("a day"),
        debtor_name: "南明区财政局".into(),
        debtor_account: "52001234500012345678".into(),
        debtor_bank_code: "105701000018".into(),
    }
}

pub fn order(number: usize, amount: i64) -> PaymentOrder {
    PaymentOrder {
        end_to_end_id: format!("NM-2019-{number:06}"),
        amount: Fen(amount),
        creditor_name: format!("贵阳某某科技有限公司{number}"),
        creditor_account: format!("620100{number:010}"),
        creditor_bank: Some("贵阳银行南明支行".into()),
        creditor_bank_code: Some("313701098010".into()),
        remittance: "研发平台奖励".into(),
    }
}

/// Three orders: a plain one, one that is hostile to spreadsheets and markup, one without what may be left out.
pub fn file() -> PaymentFile {
    let hostile = PaymentOrder {
        creditor_name: "=HYPERLINK(\"http://x\",\"甲\")&<乙>, 丙 ]]>".into(),
        remittance: "@SUM(A1:A9) <script>alert('1')</script>".into(),
        ..order(2, 1)
    };
    let bare = PaymentOrder {
        creditor_bank: None,
        creditor_bank_code: None,
        remittance: String::new(),
        ..order(3, 12_345_678_901)
    };
    PaymentFile::new(header(), vec![order(1, 30_000_000), hostile, bare]).expect("a sound file")
}
