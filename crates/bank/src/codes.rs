//! What the codes mean by which banks say why a payment failed.

/// The codes of ISO 20022 (external return and status reasons) that a transfer within China can meet, in our own words.
const MEANINGS: [(&str, &str, &str); 16] = [
    ("AC01", "收款账号有误", "the payee's account number is wrong"),
    ("AC03", "收款账号无效", "the payee's account number is not valid"),
    ("AC04", "收款账户已销户", "the payee's account is closed"),
    ("AC06", "收款账户被冻结", "the payee's account is blocked"),
    ("AC07", "收款账户已销户", "the payee's account is closed"),
    ("AG01", "该账户不允许此类交易", "the account does not allow this kind of payment"),
    ("AM02", "金额超出允许的上限", "the amount exceeds what is allowed"),
    ("AM04", "付款账户余额不足", "the paying account lacks the money"),
    ("AM05", "银行认为重复支付", "the bank takes it for a duplicate"),
    ("AM09", "金额与收款方约定不符", "the amount is not what was agreed"),
    ("BE01", "收款户名与账号不符", "the payee's name does not match the account"),
    ("BE04", "收款人信息不完整", "the payee's details are incomplete"),
    ("CUST", "应客户要求退回", "returned at a customer's request"),
    ("MS02", "收款人拒收，未说明原因", "refused by the payee, who gave no reason"),
    ("RC01", "收款行行号有误", "the payee's bank code is wrong"),
    ("TM01", "超过银行受理时间", "received after the bank's closing time"),
];

/// What a code of ISO 20022 means, in Chinese and English; nothing for one that is rare, or the bank's own.
pub fn meaning_of(code: &str) -> Option<(&'static str, &'static str)> {
    MEANINGS.iter().find(|(known, ..)| *known == code).map(|(_, zh, en)| (*zh, *en))
}

/// The reason for a failure from what the bank gave: its words, else what the code means, else that it gave none.
pub(crate) fn reason_of(words: &str, code: Option<&str>) -> String {
    if !words.is_empty() {
        return words.to_owned();
    }
    code.and_then(meaning_of).map_or("银行未说明原因", |(zh, _)| zh).to_owned()
}
