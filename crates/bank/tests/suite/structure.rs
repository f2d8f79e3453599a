//! The structure of the messages as the standard has it, and a check against it that shares no code with the writers.
//!
//! For each element that we write: what may stand in it, in order, all optional elements of the schema included, with how
//! often. Elements that we do not write are named so that their order is right, but have no entry of their own. An entry is
//! found by the element's name and its parent's where names mean different things.

use std::collections::HashMap;

use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// An element (`parent/name` or `name`) and the elements in it: `!` once, `?` at most once, `+` once or more, `*` any number;
/// `|` before those of which one may stand there. An element without elements in it has a text of at most so many
/// characters.
pub type Structure = &'static [(&'static str, Content)];

pub enum Content {
    Elements(&'static str),
    Text(usize),
}

use Content::{Elements, Text};

pub const PAIN_001: Structure = &[
    ("Document", Elements("CstmrCdtTrfInitn!")),
    ("CstmrCdtTrfInitn", Elements("GrpHdr! PmtInf+ SplmtryData*")),
    ("GrpHdr", Elements("MsgId! CreDtTm! Authstn* NbOfTxs! CtrlSum? InitgPty! FwdgAgt? InitnSrc?")),
    ("InitgPty", Elements("Nm? PstlAdr? Id? CtryOfRes? CtctDtls?")),
    (
        "PmtInf",
        Elements(
            "PmtInfId! PmtMtd! BtchBookg? NbOfTxs? CtrlSum? PmtTpInf? ReqdExctnDt! PoolgAdjstmntDt? Dbtr! DbtrAcct! DbtrAgt! \
             DbtrAgtAcct? InstrForDbtrAgt? UltmtDbtr? ChrgBr? ChrgsAcct? ChrgsAcctAgt? CdtTrfTxInf+",
        ),
    ),
    ("ReqdExctnDt", Elements("|Dt |DtTm")),
    ("Dbtr", Elements("Nm? PstlAdr? Id? CtryOfRes? CtctDtls?")),
    ("Cdtr", Elements("Nm? PstlAdr? Id? CtryOfRes? CtctDtls?")),
    ("DbtrAcct", Elements("Id! Tp? Ccy? Nm? Prxy?")),
    ("CdtrAcct", Elements("Id! Tp? Ccy? Nm? Prxy?")),
    ("DbtrAcct/Id", Elements("|IBAN |Othr")),
    ("CdtrAcct/Id", Elements("|IBAN |Othr")),
    ("Othr", Elements("Id! SchmeNm? Issr?")),
    ("DbtrAgt", Elements("FinInstnId! BrnchId?")),
    ("CdtrAgt", Elements("FinInstnId! BrnchId?")),
    ("FinInstnId", Elements("BICFI? ClrSysMmbId? LEI? Nm? PstlAdr? Othr?")),
    ("ClrSysMmbId", Elements("ClrSysId? MmbId!")),
    ("ClrSysId", Elements("|Cd |Prtry")),
    (
        "CdtTrfTxInf",
        Elements(
            "PmtId! PmtTpInf? Amt! XchgRateInf? ChrgBr? ChqInstr? UltmtDbtr? IntrmyAgt1? IntrmyAgt1Acct? IntrmyAgt2? \
             IntrmyAgt2Acct? IntrmyAgt3? IntrmyAgt3Acct? CdtrAgt? CdtrAgtAcct? Cdtr? CdtrAcct? UltmtCdtr? InstrForCdtrAgt* \
             InstrForDbtrAgt? Purp? RgltryRptg* Tax? RltdRmtInf* RmtInf? SplmtryData*",
        ),
    ),
    ("PmtId", Elements("InstrId? EndToEndId! UETR?")),
    ("Amt", Elements("|InstdAmt |EqvtAmt")),
    ("RmtInf", Elements("Ustrd* Strd*")),
    ("MsgId", Text(35)),
    ("CreDtTm", Text(25)),
    ("NbOfTxs", Text(15)),
    ("CtrlSum", Text(19)),
    ("Nm", Text(140)),
    ("PmtInfId", Text(35)),
    ("PmtMtd", Text(3)),
    ("BtchBookg", Text(5)),
    ("ReqdExctnDt/Dt", Text(10)),
    ("Othr/Id", Text(34)),
    ("ClrSysId/Cd", Text(5)),
    ("MmbId", Text(35)),
    ("EndToEndId", Text(35)),
    ("InstdAmt", Text(19)),
    ("Ustrd", Text(140)),
];

pub const CAMT_054: Structure = &[
    ("Document", Elements("BkToCstmrDbtCdtNtfctn!")),
    ("BkToCstmrDbtCdtNtfctn", Elements("GrpHdr! Ntfctn+ SplmtryData*")),
    ("GrpHdr", Elements("MsgId! CreDtTm! MsgRcpt? MsgPgntn? OrgnlBizQry? AddtlInf?")),
    (
        "Ntfctn",
        Elements(
            "Id! NtfctnPgntn? ElctrncSeqNb? RptgSeq? LglSeqNb? CreDtTm? FrToDt? CpyDplctInd? RptgSrc? Acct! RltdAcct? Intrst* \
             TxsSummry? Ntry* AddtlNtfctnInf?",
        ),
    ),
    ("Acct", Elements("Id! Tp? Ccy? Nm? Prxy? Ownr? Svcr?")),
    ("Acct/Id", Elements("|IBAN |Othr")),
    ("Othr", Elements("Id! SchmeNm? Issr?")),
    (
        "Ntry",
        Elements(
            "NtryRef? Amt! CdtDbtInd! RvslInd? Sts! BookgDt? ValDt? AcctSvcrRef? Avlbty* BkTxCd! ComssnWvrInd? AddtlInfInd? \
             AmtDtls? Chrgs? TechInptChanl? Intrst? CardTx? NtryDtls* AddtlNtryInf?",
        ),
    ),
    ("Sts", Elements("|Cd |Prtry")),
    ("BookgDt", Elements("|Dt |DtTm")),
    ("BkTxCd", Elements("Domn? Prtry?")),
    ("Domn", Elements("Cd! Fmly!")),
    ("Fmly", Elements("Cd! SubFmlyCd!")),
    ("NtryDtls", Elements("Btch? TxDtls*")),
    (
        "TxDtls",
        Elements(
            "Refs? Amt? CdtDbtInd? AmtDtls? Avlbty* BkTxCd? Chrgs? Intrst? RltdPties? RltdAgts? LclInstrm? Purp? RltdRmtInf* \
             RmtInf? RltdDts? RltdPric? RltdQties* FinInstrmId? Tax? RtrInf? CorpActn? SfkpgAcct? CshDpst* CardTx? \
             AddtlTxInf? SplmtryData*",
        ),
    ),
    (
        "Refs",
        Elements(
            "MsgId? AcctSvcrRef? PmtInfId? InstrId? EndToEndId? UETR? TxId? MndtId? ChqNb? ClrSysRef? AcctOwnrTxId? \
             AcctSvcrTxId? MktInfrstrctrTxId? PrcgId? Prtry*",
        ),
    ),
    ("RtrInf", Elements("OrgnlBkTxCd? Orgtr? Rsn? AddtlInf*")),
    ("Rsn", Elements("|Cd |Prtry")),
    ("MsgId", Text(35)),
    ("CreDtTm", Text(25)),
    ("Ntfctn/Id", Text(35)),
    ("Othr/Id", Text(34)),
    ("Amt", Text(19)),
    ("CdtDbtInd", Text(4)),
    ("Cd", Text(4)),
    ("SubFmlyCd", Text(4)),
    ("Dt", Text(10)),
    ("AcctSvcrRef", Text(35)),
    ("PmtInfId", Text(35)),
    ("EndToEndId", Text(35)),
    ("AddtlInf", Text(105)),
];

/// Panics with everything that is wrong.
pub fn check(xml: &str, structure: Structure) {
    let errors = errors(xml, structure);
    assert!(errors.is_empty(), "{}\n{xml}", errors.join("\n"));
}

/// What is wrong with a message.
pub fn errors(xml: &str, structure: Structure) -> Vec<String> {
    let structure: HashMap<&str, &Content> = structure.iter().map(|(name, content)| (*name, content)).collect();
    let mut errors = Vec::new();
    for element in elements(xml) {
        let Some(content) = structure.get(element.qualified()).or_else(|| structure.get(element.name())) else {
            errors.push(format!("{} does not belong there", element.path));
            continue;
        };
        match content {
            Elements(expected) => {
                errors.extend(
                    wrong_children(expected, &element.children).map(|what| format!("{}: {what}", element.path)),
                );
            }
            Text(max) => {
                let length = element.text.chars().count();
                if length == 0 || length > *max || !element.children.is_empty() {
                    errors.push(format!("{}: {length} characters, 1 to {max} allowed", element.path));
                }
            }
        }
    }
    errors
}

/// The texts of all elements of a path, in order; of an element of the same place that lacks the last of the path, nothing.
pub fn texts(xml: &str, path: &str) -> Vec<String> {
    elements(xml).into_iter().filter(|element| element.path == path).map(|element| element.text).collect()
}

fn wrong_children(expected: &str, found: &[String]) -> Option<String> {
    if expected.starts_with('|') {
        let is_choice = found.len() == 1 && expected.split_whitespace().any(|choice| choice[1..] == found[0]);
        return (!is_choice).then(|| format!("{found:?} is not one of {expected}"));
    }
    let mut rest = found;
    for expected in expected.split_whitespace() {
        let (name, times) = expected.split_at(expected.len() - 1);
        let count = rest.iter().take_while(|found| *found == name).count();
        rest = &rest[count..];
        let is_allowed = match times {
            "!" => count == 1,
            "?" => count <= 1,
            "+" => count >= 1,
            _ => true,
        };
        if !is_allowed {
            return Some(format!("{name} stands there {count} times"));
        }
    }
    rest.first().map(|name| format!("{name} does not belong there, or not in this order"))
}

struct Element {
    path: String,
    text: String,
    children: Vec<String>,
}

impl Element {
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The name with the parent's in front.
    fn qualified(&self) -> &str {
        let parent = self.path.rfind('/').and_then(|at| self.path[..at].rfind('/'));
        parent.map_or(self.path.as_str(), |at| &self.path[at + 1..])
    }
}

/// All elements in the order of their ends.
fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let (mut open, mut closed): (Vec<Element>, _) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(start) => {
                let name = start.name().into_inner().to_owned();
                let path = match open.last_mut() {
                    Some(parent) => {
                        parent.children.push(name.clone());
                        format!("{}/{name}", parent.path)
                    }
                    None => name,
                };
                open.push(Element { path, text: String::new(), children: Vec::new() });
            }
            Event::End(_) => closed.push(open.pop().expect("an open element")),
            Event::Text(text) => open.iter_mut().last().into_iter().for_each(|element| element.text.push_str(&text)),
            Event::GeneralRef(entity) => {
                let entity = format!("&{};", &*entity);
                let text = quick_xml::escape::unescape(&entity).expect("a known entity").into_owned();
                open.iter_mut().last().into_iter().for_each(|element| element.text.push_str(&text));
            }
            Event::Empty(start) => panic!("{} is empty", start.name().into_inner()),
            Event::Decl(_) => {}
            Event::Eof => return closed,
            other => panic!("{other:?} is not expected"),
        }
    }
}
