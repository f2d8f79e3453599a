//! Payment orders as ISO 20022 `pain.001.001.09`, the customer's credit transfer initiation.
//!
//! One group, one payment instruction, one transaction for each order; the elements are those of the schema, in its
//! order. The same file gives the same bytes.

use std::io;

use crate::order::{PaymentFile, PaymentHeader, PaymentOrder};
use crate::xml::{Xml, account, amount, beijing_time, document, element, leaf, parent};

/// The namespace of the message, which names its version.
pub const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// China's clearing system in ISO's list of external codes.
const CLEARING_SYSTEM: &str = "CNAPS";

/// The file as XML in UTF-8, indented by two spaces.
pub fn write(file: &PaymentFile) -> String {
    document(|xml| {
        element(xml, "Document", &[("xmlns", NAMESPACE)], |xml| {
            parent(xml, "CstmrCdtTrfInitn", |xml| {
                group_header(xml, file)?;
                payment_information(xml, file)
            })
        })
    })
}

fn group_header(xml: &mut Xml, file: &PaymentFile) -> io::Result<()> {
    let header = file.header();
    parent(xml, "GrpHdr", |xml| {
        leaf(xml, "MsgId", &header.message_id)?;
        leaf(xml, "CreDtTm", &beijing_time(header.created_at))?;
        leaf(xml, "NbOfTxs", &file.orders().len().to_string())?;
        leaf(xml, "CtrlSum", &file.total().to_yuan_string())?;
        parent(xml, "InitgPty", |xml| leaf(xml, "Nm", &header.debtor_name))
    })
}

fn payment_information(xml: &mut Xml, file: &PaymentFile) -> io::Result<()> {
    let header = file.header();
    parent(xml, "PmtInf", |xml| {
        leaf(xml, "PmtInfId", &header.message_id)?;
        leaf(xml, "PmtMtd", "TRF")?;
        // Each payment is booked by itself, so that the bank's answer tells of each by itself.
        leaf(xml, "BtchBookg", "false")?;
        leaf(xml, "NbOfTxs", &file.orders().len().to_string())?;
        leaf(xml, "CtrlSum", &file.total().to_yuan_string())?;
        parent(xml, "ReqdExctnDt", |xml| leaf(xml, "Dt", &header.execution_on.to_string()))?;
        debtor(xml, header)?;
        file.orders().iter().try_for_each(|order| transaction(xml, order))
    })
}

fn debtor(xml: &mut Xml, header: &PaymentHeader) -> io::Result<()> {
    parent(xml, "Dbtr", |xml| leaf(xml, "Nm", &header.debtor_name))?;
    account(xml, "DbtrAcct", &header.debtor_account)?;
    agent(xml, "DbtrAgt", Some(&header.debtor_bank_code), None)
}

fn transaction(xml: &mut Xml, order: &PaymentOrder) -> io::Result<()> {
    parent(xml, "CdtTrfTxInf", |xml| {
        parent(xml, "PmtId", |xml| leaf(xml, "EndToEndId", &order.end_to_end_id))?;
        parent(xml, "Amt", |xml| amount(xml, "InstdAmt", order.amount))?;
        agent(xml, "CdtrAgt", order.creditor_bank_code.as_deref(), order.creditor_bank.as_deref())?;
        parent(xml, "Cdtr", |xml| leaf(xml, "Nm", &order.creditor_name))?;
        account(xml, "CdtrAcct", &order.creditor_account)?;
        match order.remittance.as_str() {
            "" => Ok(()),
            text => parent(xml, "RmtInf", |xml| leaf(xml, "Ustrd", text)),
        }
    })
}

/// A bank by its CNAPS code, its name, or both; nothing where neither is known.
fn agent(xml: &mut Xml, name: &str, code: Option<&str>, bank: Option<&str>) -> io::Result<()> {
    if code.is_none() && bank.is_none() {
        return Ok(());
    }
    parent(xml, name, |xml| {
        parent(xml, "FinInstnId", |xml| {
            if let Some(code) = code {
                parent(xml, "ClrSysMmbId", |xml| {
                    parent(xml, "ClrSysId", |xml| leaf(xml, "Cd", CLEARING_SYSTEM))?;
                    leaf(xml, "MmbId", code)
                })?;
            }
            bank.map_or(Ok(()), |bank| leaf(xml, "Nm", bank))
        })
    })
}
