//! The answer of a bank to a payment file, as `camt.054.001.08`.

use std::io;

use super::NAMESPACE;
use super::entry::MAX_ADDITIONAL;
use crate::order::PaymentFile;
use crate::result::{Outcome, ResultFile, ResultLine};
use crate::xml::{Xml, account, amount, document, element, leaf, parent};

/// The results as a bank would write them: one notification on the account that paid, one entry for each payment; a
/// payment that failed was rejected before the money left, and is told for information.
pub(crate) fn write(file: &PaymentFile, results: &ResultFile) -> String {
    let header = file.header();
    let made_at = format!("{}T17:00:00+08:00", header.execution_on);
    document(|xml| {
        element(xml, "Document", &[("xmlns", NAMESPACE)], |xml| {
            parent(xml, "BkToCstmrDbtCdtNtfctn", |xml| {
                parent(xml, "GrpHdr", |xml| {
                    leaf(xml, "MsgId", &results.id)?;
                    leaf(xml, "CreDtTm", &made_at)
                })?;
                parent(xml, "Ntfctn", |xml| {
                    leaf(xml, "Id", &results.id)?;
                    leaf(xml, "CreDtTm", &made_at)?;
                    account(xml, "Acct", &header.debtor_account)?;
                    results.lines.iter().try_for_each(|line| entry(xml, file, line))
                })
            })
        })
    })
}

fn entry(xml: &mut Xml, file: &PaymentFile, line: &ResultLine) -> io::Result<()> {
    let (status, family) = match &line.outcome {
        Outcome::Paid { .. } => ("BOOK", "DMCT"),
        Outcome::Failed { .. } => ("INFO", "RRTN"),
    };
    parent(xml, "Ntry", |xml| {
        amount(xml, "Amt", line.amount)?;
        leaf(xml, "CdtDbtInd", "DBIT")?;
        parent(xml, "Sts", |xml| leaf(xml, "Cd", status))?;
        if let Outcome::Paid { on, .. } = &line.outcome {
            parent(xml, "BookgDt", |xml| leaf(xml, "Dt", &on.to_string()))?;
        }
        parent(xml, "BkTxCd", |xml| {
            parent(xml, "Domn", |xml| {
                leaf(xml, "Cd", "PMNT")?;
                parent(xml, "Fmly", |xml| {
                    leaf(xml, "Cd", "ICDT")?;
                    leaf(xml, "SubFmlyCd", family)
                })
            })
        })?;
        parent(xml, "NtryDtls", |xml| parent(xml, "TxDtls", |xml| transaction(xml, file, line)))
    })
}

fn transaction(xml: &mut Xml, file: &PaymentFile, line: &ResultLine) -> io::Result<()> {
    parent(xml, "Refs", |xml| {
        if let Outcome::Paid { bank_reference, .. } = &line.outcome {
            leaf(xml, "AcctSvcrRef", bank_reference)?;
        }
        leaf(xml, "PmtInfId", &file.header().message_id)?;
        leaf(xml, "EndToEndId", &line.end_to_end_id)
    })?;
    amount(xml, "Amt", line.amount)?;
    leaf(xml, "CdtDbtInd", "DBIT")?;
    let Outcome::Failed { code, reason } = &line.outcome else { return Ok(()) };
    parent(xml, "RtrInf", |xml| {
        if let Some(code) = code {
            parent(xml, "Rsn", |xml| leaf(xml, "Cd", code))?;
        }
        let characters: Vec<char> = reason.chars().collect();
        characters.chunks(MAX_ADDITIONAL).try_for_each(|piece| leaf(xml, "AddtlInf", &piece.iter().collect::<String>()))
    })
}
