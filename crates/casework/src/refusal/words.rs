//! What stands in the way, and what to do, in words.

use duixian_money::Fen;
use duixian_rules::vocabulary::Lang;

use super::Refusal;
use crate::calendar::day_text as date;
use crate::command::Action;
use crate::stage::Stage;

impl Refusal {
    /// The refusal in words: what stands in the way, and what to do.
    pub fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            Refusal::WrongStage { action, stage: Stage::Accepted } if is_of_review(*action) => match zh {
                true => format!("请先领办本件，再{}", action.label(lang)),
                false => format!("take the case up first, then {}", action.label(lang)),
            },
            Refusal::WrongStage { action, stage } if zh => {
                format!("本件现在是“{}”，不能{}", stage.label(lang), action.label(lang))
            }
            Refusal::WrongStage { action, stage } => {
                format!("the case is “{}”: it cannot be asked to {}", stage.label(lang), action.label(lang))
            }
            Refusal::Unseen(what, _) if zh => format!("{what}里有看不见的字符；请清空后重新手打"),
            Refusal::Unseen(_, what) => {
                format!("the {what} has characters that can't be seen: empty the field and type it anew")
            }
            Refusal::NeedsRole(role) if zh => format!("需要“{}”角色", role.label(lang)),
            Refusal::NeedsRole(role) => format!("this takes the role “{}”", role.label(lang)),
            Refusal::NeedsDesk(desk) if zh => format!("由“{desk}”办理"),
            Refusal::NeedsDesk(desk) => format!("this is for the desk “{desk}”"),
            Refusal::TakenUpBy(name) if zh => {
                let name = if name.is_empty() { "另一位审核人员" } else { name };
                format!("已由{name}领办：要由您办理的，请先接手")
            }
            Refusal::TakenUpBy(name) => {
                let name = if name.is_empty() { "another reviewer" } else { name };
                format!("{name} has taken it up: take it over first to work on it")
            }
            Refusal::NotYourParty if zh => "您没有这家单位的经办授权".to_owned(),
            Refusal::NotYourParty => "you do not act for this party".to_owned(),
            Refusal::OwnParty if zh => "您是这家单位的经办人，应当回避".to_owned(),
            Refusal::OwnParty => "you act for this party yourself: someone else must handle its case".to_owned(),
            Refusal::Recused { did, now } if zh => {
                format!("您已参与本件的{}，不能再参与{}（回避）", did.label(lang), now.label(lang))
            }
            Refusal::Recused { did, now } => format!(
                "you have taken part in this case's {}: someone else must do its {}",
                did.label(lang),
                now.label(lang)
            ),
            Refusal::OfficialBefore(did) if zh => {
                format!("您参与过本件的{}，不能再代表这家单位办理本件，请由其他经办人办（回避）", did.label(lang))
            }
            Refusal::OfficialBefore(did) => format!(
                "you have taken part in this case's {} as an official: another agent of the party must act in it",
                did.label(lang)
            ),
            Refusal::RoundNotOpen(day) if zh => format!("本批次{}开始受理申请", date(*day, lang)),
            Refusal::RoundNotOpen(day) => format!("the round opens on {}", date(*day, lang)),
            Refusal::RoundClosed(day) if zh => format!("本批次已于{}截止", date(*day, lang)),
            Refusal::RoundClosed(day) => format!("the round closed on {}", date(*day, lang)),
            Refusal::TooLate(day) if zh => format!("补正期限{}已过", date(*day, lang)),
            Refusal::TooLate(day) => format!("the correction was due on {}", date(*day, lang)),
            Refusal::NotEntitled(zh_text, en_text) => {
                if zh {
                    format!("按规则不能支持：{zh_text}")
                } else {
                    format!("the rules give nothing: {en_text}")
                }
            }
            Refusal::FactsMissing(zh_text, en_text) => {
                if zh {
                    format!("还缺少决定结果的事实：{zh_text}")
                } else {
                    format!("facts that decide are missing: {en_text}")
                }
            }
            Refusal::FactsWrong(zh_text, _) if zh => format!("填报的内容不能用，请先改正：{zh_text}"),
            Refusal::FactsWrong(_, en_text) => format!("what is stated can't be used: correct it first. {en_text}"),
            Refusal::EvidenceMissing(kinds) if zh => format!("还缺佐证：{}", kinds.join("、")),
            Refusal::EvidenceMissing(kinds) => format!("evidence is missing: {}", kinds.join(", ")),
            Refusal::AccountMissing if zh => "还没有填写收款账户".to_owned(),
            Refusal::AccountMissing => "no bank account was given".to_owned(),
            Refusal::OutsideSpan { amount, span } => {
                let (amount, low) = (amount.to_grouped_yuan(), span.low.to_grouped_yuan());
                let high = span.high.map(Fen::to_grouped_yuan);
                match (zh, high) {
                    (true, Some(high)) => format!("金额 {amount} 元不在 {low} 元至 {high} 元之内"),
                    (true, None) => format!("金额 {amount} 元少于下限 {low} 元"),
                    (false, Some(high)) => format!("{amount} yuan is not within {low} to {high} yuan"),
                    (false, None) => format!("{amount} yuan is less than {low} yuan"),
                }
            }
            Refusal::NothingToGrant if zh => "金额必须大于零；不予支持请用“不予支持”".to_owned(),
            Refusal::NothingToGrant => "the amount must be above zero; to grant nothing, decline".to_owned(),
            Refusal::ShortForOne { free, wanted } => {
                let (free, wanted) = (free.to_grouped_yuan(), wanted.to_grouped_yuan());
                match zh {
                    true => format!(
                        "资金只有 {free} 元，不够审定的 {wanted} 元：要少给的，在轮候资金的页面按规则分配，由另一位审定人员确认"
                    ),
                    false => format!(
                        "the fund has {free} yuan, less than the {wanted} that were decided: to give less, share it out by a rule where \
                         what waits is listed; another decision maker confirms it"
                    ),
                }
            }
            Refusal::FundShort { free, waiting, wanted } => {
                // The same figures as the page shows before: what is left once those that wait have theirs, and what is lacking.
                let left = Fen(free.0.saturating_sub(waiting.0).max(0));
                let lacking = Fen(wanted.0.saturating_sub(left.0));
                let [free, rest, wanted, lacking] = [*free, left, *wanted, lacking].map(Fen::to_grouped_yuan);
                match (zh, waiting.0 > 0) {
                    (true, true) => format!(
                        "资金不足：可用 {free} 元，先给轮候的，余 {rest} 元；本件需要 {wanted} 元，还差 {lacking} 元。可以选择轮候，或等追加安排"
                    ),
                    (true, false) => format!(
                        "资金不足：可用 {free} 元，需要 {wanted} 元，还差 {lacking} 元。可以选择轮候，或等追加安排"
                    ),
                    (false, true) => format!(
                        "the fund is short: {free} yuan are free, {rest} once those that wait have theirs; {wanted} are wanted, \
                         {lacking} are lacking; let the case wait, or add money first"
                    ),
                    (false, false) => format!(
                        "the fund is short: {free} yuan are free, {wanted} are wanted, {lacking} are lacking; let the case wait, \
                         or add money first"
                    ),
                }
            }
            Refusal::OthersWait { free, waiting, wanted } if zh => format!(
                "可用 {} 元，但先审定、正在轮候的要用 {} 元，剩下的不够本件的 {} 元。请先分配轮候资金，或让本件也进入轮候",
                free.to_grouped_yuan(),
                waiting.to_grouped_yuan(),
                wanted.to_grouped_yuan()
            ),
            Refusal::OthersWait { free, waiting, wanted } => format!(
                "{} yuan are free, but {} wait that were decided before, and what is left is less than the {} of this case; share \
                 out what waits first, or let this case wait too",
                free.to_grouped_yuan(),
                waiting.to_grouped_yuan(),
                wanted.to_grouped_yuan()
            ),
            Refusal::OthersAhead { free, ahead, wanted } if zh => format!(
                "可用 {} 元，但在本件之前审定、正在轮候的要用 {} 元，剩下的不够本件的 {} 元。请到轮候页按规则分配",
                free.to_grouped_yuan(),
                ahead.to_grouped_yuan(),
                wanted.to_grouped_yuan()
            ),
            Refusal::OthersAhead { free, ahead, wanted } => format!(
                "{} yuan are free, but {} wait that were decided before this case, and what is left is less than its {}; share them \
                 out by a rule on the page of what waits",
                free.to_grouped_yuan(),
                ahead.to_grouped_yuan(),
                wanted.to_grouped_yuan()
            ),
            Refusal::GrantedElsewhere(number) if zh => {
                format!("同一编号已在另一家单位的 {number} 中审定支持；请先查清编号属于谁")
            }
            Refusal::GrantedElsewhere(number) => {
                format!("the same number was granted to another party in {number}; find out first whose it is")
            }
            Refusal::SameNumber(number) if zh => {
                format!("本件与 {number} 的编号写法相同（只差空格、全角半角或大小写），不能认定为两个编号")
            }
            Refusal::SameNumber(number) => {
                format!("the number is written as in {number}, but for spaces, width or case: they are not two")
            }
            Refusal::OfAnotherParty if zh => {
                "登记里这个编号是另一家单位的，不能由您的单位申请；登记有误的，请向窗口说明".to_owned()
            }
            Refusal::OfAnotherParty => {
                "the registry has this number as another party's, so that yours cannot apply for it; if that is wrong, tell the desk"
                    .to_owned()
            }
            Refusal::NoFund(year) if zh => format!("{year} 年还没有安排这笔资金"),
            Refusal::NoFund(year) => format!("the fund has no appropriation for {year} yet"),
            Refusal::TextMissing(zh_text, en_text) => {
                if zh {
                    format!("请填写{zh_text}")
                } else {
                    format!("{en_text} is required")
                }
            }
            Refusal::NoDefects if zh => "请至少写明一处需要补正的内容".to_owned(),
            Refusal::NoDefects => "name at least one thing to be corrected".to_owned(),
            Refusal::NoSuch(zh_text, en_text) => {
                if zh {
                    format!("没有这{zh_text}")
                } else {
                    format!("there is no such {en_text}")
                }
            }
            Refusal::SameFile(name) if zh => format!("同一份文件已经交过（{name}），不用再传；如果选错了，请换一份"),
            Refusal::SameFile(name) => format!("the same file is there already ({name}): choose another if this was not meant"),
            Refusal::AlreadyDone if zh => "已经办过，不能重复".to_owned(),
            Refusal::AlreadyDone => "this was done already".to_owned(),
            Refusal::ReturnContested if zh => "已有人提出这笔退汇记错了，等另一名财务人员核实：请先在上面确认，或者维持原记录".to_owned(),
            Refusal::ReturnContested => {
                "that this return was a mistake is put forward already and waits for another person of finance: confirm it above, or let the record \
                 stand"
                    .to_owned()
            }
            Refusal::ObjectionOpen if zh => "还有异议没有答复".to_owned(),
            Refusal::ObjectionOpen => "an objection waits for its answer".to_owned(),
            Refusal::NoticeRuns(day) if zh => format!("公示到{}为止，还没有期满", date(*day, lang)),
            Refusal::NoticeRuns(day) => format!("the notice runs until {}", date(*day, lang)),
            Refusal::NotPayableBefore(day) if zh => format!("{}以后才能拨付", date(*day, lang)),
            Refusal::NotPayableBefore(day) => format!("it can be paid from {} on", date(*day, lang)),
            Refusal::AccountMayCome(day) if zh => format!("企业可以在{}（含当天）以前更正收款账户，过期没有更正的才能终止", date(*day, lang)),
            Refusal::AccountMayCome(day) => {
                format!("the applicant can give another account until {}: it is ended only after that", date(*day, lang))
            }
            Refusal::PaidAfterAll { case, payment } if zh => format!(
                "{case} 的付款 {payment} 记为拨付失败以后，银行又说已经付了，在查清以前不能再付：已在批次里的，请移出（付款文件已有人下载的移不出，请银行止付），并向银行核实；确已付到的，再读一次那份回单，即记为已拨付（付款以后撤销过审定、重新审定的，请审定人员撤销现在的审定）；确未付到的，读入银行新出的失败回单，再由另一名财务人员确认"
            ),
            Refusal::PaidAfterAll { case, payment } => format!(
                "payment {payment} of {case} was recorded as failed, and then the bank said it was made: nothing more is paid until that \
                 is cleared up. Take the case out of its batch, if it is in one (if the file was fetched, ask the bank to stop the payment), and ask the bank; if it did arrive, read that answer once more, and it is recorded as paid (where it was decided anew since, have that decision revoked); if not, read the bank's new answer that it failed, and another person confirms it"
            ),
            Refusal::PaidTwice { payment } if zh => format!(
                "银行又说以前记为失败的付款 {payment} 也已付，本件可能付了两次，查清以前不能办结：请向银行核实；确已付两次的，追回一笔，读入退回的回单，再由另一名财务人员确认；确未付到的，读入银行新出的失败回单，再由另一名财务人员确认"
            ),
            Refusal::PaidTwice { payment } => format!(
                "the bank says that payment {payment}, which was recorded as failed, was made too, so that this case may be paid twice, and is \
                 not closed before that is cleared up: ask the bank. If it was paid twice, have one of them sent back and read the answer \
                 that says so; if it was not, read the bank's new answer that it failed; in both cases another person confirms it"
            ),
            Refusal::BankCallsItPaid { payment } if zh => format!(
                "银行说付款 {payment} 已付，维持原记录改不了银行的话，这一项不能这样了结：确已付到的，再读一次那份回单，即记为已拨付；付了两次的，追回一笔，读入退回的回单；确未付到的，请银行出失败的回单，读入以后由另一名财务人员确认。办到以后这一项自动了结"
            ),
            Refusal::BankCallsItPaid { payment } => format!(
                "the bank says that payment {payment} was made, and letting the record stand does not take that back: if it did arrive, read that \
                 answer once more, and it is recorded as paid; if it was paid twice, have one of them sent back and read the answer that says \
                 so; if it was not, read the bank's new answer that it failed, which another person confirms. Any of these ends this"
            ),
            Refusal::PaymentInDoubt if zh => {
                "银行对本件以前的一笔付款前后说法不一，财政部门正在向银行核实，查清以前不用更正收款账户".to_owned()
            }
            Refusal::PaymentInDoubt => {
                "the bank has said two things of an earlier payment of this case, which finance is clearing up: no other account is needed \
                 before that"
                    .to_owned()
            }
            Refusal::MayBePaid if zh => {
                "银行对本件以前的一笔付款前后说法不一，可能已经付到，财政部门正在向银行核实，查清以前不能撤回".to_owned()
            }
            Refusal::MayBePaid => {
                "the bank has said two things of an earlier payment of this case, which may have been made: finance is clearing that up, and \
                 until then the case can't be withdrawn"
                    .to_owned()
            }
            Refusal::PaidOtherwise { case, other } if zh => format!(
                "{case} 的同一依据在 {other} 里已经付过款，或者正在拨付，不能再付：已在批次里的，请移出（付款文件已有人下载的移不出，请银行止付），并向银行核实；{other} 确已付到的，{case} 不再拨付，由申请单位撤回；确未付到的，读入银行新出的失败回单以后再付"
            ),
            Refusal::PaidOtherwise { case, other } => format!(
                "for the basis of {case} money has left in {other} already, or is on its way: take {case} out of its batch, if it is in one (if the \
                 file was fetched, ask the bank to stop the payment), and ask the bank. If it did arrive, nothing is paid in {case}, and its party withdraws it; if not, read the bank's new answer \
                 that {other} failed, and pay it then"
            ),
            Refusal::LimitTaken { case, other } if zh => format!(
                "{case} 审定以后，银行又说 {other} 已经付到，两件合计超过本措施的限额，{case} 不能安排资金，也不能付：已在批次里的，请移出（付款文件已有人下载的移不出，请银行止付），并向银行核实 {other}；确已付到的，请审定人员撤销 {case} 的审定，按限额重新审定；确未付到的，读入银行新出的失败回单以后再办"
            ),
            Refusal::LimitTaken { case, other } => format!(
                "since {case} was decided the bank has said that {other} was paid, and both are more than the measure's limits give, so that {case} is \
                 neither funded nor paid: take it out of its batch, if it is in one (if the file was fetched, ask the bank to stop the payment), and ask \
                 the bank about {other}. If that did arrive, have the decision on {case} revoked and made anew within the limits; if not, read the \
                 bank's new answer that it failed, and go on with {case} then"
            ),
            Refusal::PaymentUnderWay if zh => "已经列入拨付批次".to_owned(),
            Refusal::PaymentUnderWay => "it is in a payment batch already".to_owned(),
            Refusal::TakeOutFirst if zh => {
                "本件在拨付批次里：付款文件还没有人下载的（放了款也一样），请财务先移出批次，再撤销审定；已有人下载的，等银行的结果".to_owned()
            }
            Refusal::TakeOutFirst => {
                "the case is in a payment batch: as long as nobody has fetched its file, released or not, have finance take it out first, \
                 then revoke the decision; if someone has, wait for what the bank says"
                    .to_owned()
            }
            Refusal::RevocationOpen if zh => "已提请撤销审定，等另一位审定人员确认或者驳回".to_owned(),
            Refusal::RevocationOpen => {
                "it was proposed to revoke the decision: a second decision maker must confirm that or let it stand first".to_owned()
            }
            Refusal::SecondDeciderNeeded if zh => "撤销审定由您提请，须由另一位审定人员确认".to_owned(),
            Refusal::SecondDeciderNeeded => "you have proposed the revocation: a second decision maker must confirm it".to_owned(),
            Refusal::SecondPayerNeeded if zh => "终止拨付由您提请，须由另一名财务人员确认".to_owned(),
            Refusal::SecondPayerNeeded => {
                "you have proposed to end the payment: another person of finance must confirm it".to_owned()
            }
            Refusal::EndingOpen if zh => "已提请终止拨付，等另一名财务人员确认或者驳回".to_owned(),
            Refusal::EndingOpen => {
                "it was proposed to end the payment: another person of finance confirms that or lets it wait".to_owned()
            }
            Refusal::SecondSharerNeeded if zh => "少于审定金额、或者越过先审定的分配，由一位审定人员写明理由提请，须由另一位确认".to_owned(),
            Refusal::SecondSharerNeeded => {
                "a sharing out that cuts a decision, or passes over one that was decided before, is put forward by one decision maker with \
                 the grounds, and another must confirm it".to_owned()
            }
            Refusal::SharingOpen if zh => {
                "这项资金已有一份轮候分配方案在等另一位审定人员确认：请先在“轮候”页由另一位确认或退回，或由提请人撤回".to_owned()
            }
            Refusal::SharingOpen => "how this fund is shared out among those that wait was put forward already: on that page, have another decision \
                                     maker confirm it or send it back, or who has put it forward take it back, first"
                .to_owned(),
            Refusal::DoubtOpen(batch) if zh => {
                format!("批次 {batch} 里银行对本件付款的说法等第二人核实：请先在批次页确认，或者核实后维持原记录")
            }
            Refusal::DoubtOpen(batch) => format!(
                "in batch {batch} a second person has yet to look into what the bank says of its payment: confirm that there, or let the record stand"
            ),
            Refusal::OtherInDoubt { other, batch } if zh => format!(
                "同一依据的 {other} 有一笔付款，银行的说法在批次 {batch} 里等第二人核实：那一笔可能已经付到，查清以前本件不能拨付，也不能办结"
            ),
            Refusal::OtherInDoubt { other, batch } => format!(
                "in batch {batch} a second person has yet to look into what the bank says of a payment of {other}, for the same basis: it may have \
                 been made, and until that is known this case is neither paid nor closed"
            ),
            Refusal::DecidedByYou(action) if zh => {
                format!("本件由您审定，须由另一人{}（谁审定的，不由谁自己复核或收回）", action.label(lang))
            }
            Refusal::DecidedByYou(action) => {
                format!("you have decided this case: another person must {} (nobody checks or takes back what they decided alone)", action.label(lang))
            }
            Refusal::ReviewedByYou(action) if zh => {
                format!("本件由您审核，须由另一人{}（谁审核的，不由谁自己答复）", action.label(lang))
            }
            Refusal::ReviewedByYou(action) => {
                format!("you have reviewed this case: another person must {} (nobody answers for what they reviewed)", action.label(lang))
            }
            Refusal::WrongBatchStage(zh_text, en_text) => if zh { *zh_text } else { *en_text }.to_owned(),
            Refusal::FileAtBank if zh => {
                "这一批的付款文件已有人下载，或者银行已有回单，可能已在银行：不能移出、作废或者重新放款。其中有现在不能付的，请立即联系银行止付那一笔；银行的回单（已付或失败）来了，照常读入".to_owned()
            }
            Refusal::FileAtBank => {
                "the file of this batch was fetched, or the bank has answered, so that it may be with the bank: nothing is taken out, \
                 cancelled or released anew. If one of its payments can't be made now, ask the bank at once to stop it, and read its \
                 answer, paid or failed, when it comes"
                    .to_owned()
            }
            Refusal::OtherFormFetched { fetched, wanted, is_answered: true } if zh => {
                format!("银行已有这一批的回单，{fetched} 已经送出，不能再下载 {wanted}；需要留底的，可以再下载 {fetched}")
            }
            Refusal::OtherFormFetched { fetched, wanted, is_answered: true } => {
                format!(
                    "the bank has answered this batch, so that the {fetched} was sent: the {wanted} can't be fetched any more; for a copy, \
                     fetch the {fetched} again"
                )
            }
            Refusal::OtherFormFetched { fetched, wanted, .. } if zh => {
                format!("{fetched} 已有人下载：请先勾选确认它没有送出，再下载 {wanted}")
            }
            Refusal::OtherFormFetched { fetched, wanted, .. } => {
                format!("the {fetched} was fetched: confirm first that it was not sent, then fetch the {wanted}")
            }
            Refusal::SecondPersonNeeded if zh => "您已经复核过这一批，须由另一人放款".to_owned(),
            Refusal::SecondPersonNeeded => "you have released this batch already: a second person must".to_owned(),
            Refusal::RecordedByYou if zh => {
                "原记录是您读入回单记的：银行现在另有说法，您可以确认银行的说法，不能自己维持原记录；要维持的，由没有读过这两份回单的财务人员办理（人手不够的，请管理员增派）".to_owned()
            }
            Refusal::RecordedByYou => {
                "you have recorded this by an answer that you read: you may confirm what the bank says now, but to let the record stand takes \
                 someone of finance who has read neither (ask an administrator for one where there is none)"
                    .to_owned()
            }
            Refusal::Personal(what, _, details) if zh => format!(
                "{what}不能写个人的手机号、证件号、账号、QQ、微信、邮箱和住址，也不能写留的联系方式（异议的理由会转给申请单位，答复和向公众的说明会公开）。请去掉：{}",
                first_of(details, "、", "等")
            ),
            Refusal::Personal(_, what, details) => format!(
                "{what} may hold no person's telephone, identity card, bank account, QQ, WeChat, e-mail or home address, nor the contact \
                 given: grounds are passed on to the applicant, answers and what is said to the public are published. Leave out: {}",
                first_of(details, ", ", " and so on")
            ),
            Refusal::OwnName(name, details) if zh && !details.is_empty() => format!(
                "异议的理由会原样转给对方，不能写您的姓名或单位名称、联系方式，也不能写个人的号码、账号、邮箱和住址。请去掉：{name}（可以写“我”“我单位”）、{}",
                first_of(details, "、", "等")
            ),
            Refusal::OwnName(name, details) if !details.is_empty() => format!(
                "the grounds are passed on as they are, and may hold neither your name, nor how to reach you, nor anyone's number, account, \
                 e-mail or home address. Leave out: {name} (write “I” or “we”), {}",
                first_of(details, ", ", " and so on")
            ),
            Refusal::OwnName(name, _) if zh => format!(
                "异议的理由会原样转给对方，里面有姓名或单位名称“{name}”（您留的，或者署名的）：请去掉再提交，可以写“我”“我单位”"
            ),
            Refusal::OwnName(name, _) => format!(
                "the grounds are passed on as they are, and hold a name, yours or one that they are signed with: write “I” or “we” in place of {name}"
            ),
            Refusal::Objector(what, _, detail) if zh => format!(
                "{what}会公开，里面有提出异议的人的姓名或联系方式“{detail}”，答应过不公开：请去掉再提交，可以写“异议人”"
            ),
            Refusal::Objector(_, what, detail) => format!(
                "{what} is published, and says who has objected or how they are reached ({detail}), which they were promised not to be: write \
                 “who objected” instead"
            ),
            Refusal::SettledByYou if zh => {
                "银行说过这笔没有付成或者已经退回，记为已付是由您读入回单或者维持原记录而来：请另一名财务人员看过银行流水，由其办结".to_owned()
            }
            Refusal::SettledByYou => {
                "the bank has said that this payment failed or came back, and it counts as made by what you have read or let stand: another person \
                 of finance looks at the account, and closes"
                    .to_owned()
            }
            Refusal::ReadByYou if zh => "这一项是您读入、提出或者确认的，须由另一名财务人员核实".to_owned(),
            Refusal::ReadByYou => "you have read this answer of the bank, or put it forward, yourself: another person of finance confirms it".to_owned(),
            Refusal::PayeesNotConfirmed(numbers) if zh => format!(
                "没有放款：有 {} 笔户名与单位不一致，或者账号也是别的单位的，没有确认已核实（{}）；请逐笔核实后勾选，没有核实的先移出批次",
                numbers.len(),
                numbers.join("、")
            ),
            Refusal::PayeesNotConfirmed(numbers) => format!(
                "not released: {} go to a holder that is not the party, or to an account that is another party's too, and were not confirmed ({}); \
                 look into each and tick it, or take it out",
                numbers.len(),
                numbers.join(", ")
            ),
            Refusal::AccountsUnwritable(numbers) if zh => format!(
                "没有放款：{} 的收款账户写不进付款文件（有看不见的字符）；请先移出批次，移出后由申请单位更正账户",
                numbers.join("、")
            ),
            Refusal::AccountsUnwritable(numbers) => format!(
                "not released: no file for the bank can hold the accounts of {} (they have characters that can't be seen); take them \
                 out, and their applicants are asked for the accounts again",
                numbers.join(", ")
            ),
            Refusal::Contradicts(number) if zh => format!(
                "同一单位的 {number} 对同一事实的填报与此矛盾，并且已经核实属实，两样不能都属实：请先查清哪一样是对的；那一件核实有误的，先更正那一件的核实结果；情况后来确有变化的，请先更新登记"
            ),
            Refusal::Contradicts(number) => format!(
                "in {number} of the same party another thing was found to hold of the same fact, and both can't be so: find out first \
                 which is. If that finding is wrong, correct it there first; if things have changed since, have the registry say so"
            ),
            Refusal::NotVerified(what) if zh => format!("还没有核实：{}", what.join("、")),
            Refusal::NotVerified(what) => format!("not verified yet: {}", what.join(", ")),
            Refusal::DisputesOpen { cells, stage } => {
                let open = cells.len();
                let (zh_then, en_then) = match stage {
                    Stage::Reviewed => {
                        ("不予支持：请退回审核，由审核人员先核实", "declined: send the case back to review, to have them looked into")
                    }
                    Stage::Queued => (
                        "不予支持：请提请撤销审定，退回审核后先核实",
                        "declined: propose to revoke the decision, which sends the case back to review, to have them looked into",
                    ),
                    _ => ("建议不予支持：请先在“事实”里逐项核实", "recommended to be declined: look into each under “Facts” first"),
                };
                match zh {
                    true => format!("申请单位说登记不对的还有 {open} 项没有核实，核实以前不能{zh_then}"),
                    false => format!(
                        "{open} value(s) of the registry that the applicant calls wrong are not verified yet, and until they are the case can't be {en_then}"
                    ),
                }
            }
            Refusal::AnsweredFirst(due) if zh => {
                let by = due.map_or_else(String::new, |day| format!("（应在{}前答复）", date(day, lang)));
                format!(
                    "公示期间有人提出异议，正在答复{by}，答复以前不能撤回：公示的结果要先有答复。答复以后，无论公示继续还是退回审核，都可以撤回"
                )
            }
            Refusal::AnsweredFirst(due) => {
                let by = due.map_or_else(String::new, |day| format!(" (by {})", date(day, lang)));
                format!(
                    "someone has objected to the public notice, and that is being answered{by}: until it is, the application can't be withdrawn. \
                     After that it can, whether the notice goes on or the case goes back to review"
                )
            }
            Refusal::BadAccount(zh_text, en_text) => if zh { *zh_text } else { *en_text }.to_owned(),
            Refusal::TooMuchEvidence(most) if zh => format!("一件最多 {most} 份佐证，请合并后再上传"),
            Refusal::TooMuchEvidence(most) => {
                format!("a case has at most {most} pieces of evidence: put some together")
            }
            Refusal::AccountCameBack if zh => "这就是没有付成的那个账户，请改正".to_owned(),
            Refusal::AccountCameBack => "this is the account that could not be paid: give another".to_owned(),
            Refusal::HolderIsNotParty(name) if zh => {
                format!(
                    "审定以后不再审核收款人：户名只能是本单位（{name}），或者与现在的收款账户相同。单位已更名的，请先到窗口更新登记"
                )
            }
            Refusal::HolderIsNotParty(name) => {
                format!(
                    "after the decision nobody looks into a payee again: the holder must be the party ({name}), or the one of the present \
                     account; if the party's name has changed, have the registry say so first"
                )
            }
            Refusal::Duplicate(number) if zh => format!("这一事项已经申请过：{number}"),
            Refusal::Duplicate(number) => format!("this was applied for already: {number}"),
            Refusal::GrantedBefore(number) if zh => {
                format!("这一事项已由 {number} 获得支持，不重复支持（按年支持的，同一年度不重复支持），不能再申请")
            }
            Refusal::GrantedBefore(number) => {
                format!("this was granted in {number}; the same is granted once (what goes by years once for a year), and cannot be applied for again")
            }
            Refusal::Unreachable if zh => "请填写能联系到您的电话（至少 7 位数字）或者邮箱".to_owned(),
            Refusal::Unreachable => "give a telephone number (at least 7 digits) or an e-mail address".to_owned(),
        }
    }
}

/// Whether an action belongs to whoever has taken a case up to review it.
fn is_of_review(action: Action) -> bool {
    matches!(action, Action::FindStatement | Action::FindEvidence | Action::AskCorrection | Action::Review)
}

/// The first few of what is to be left out.
fn first_of(details: &[String], between: &str, rest: &str) -> String {
    const TOLD: usize = 5;
    let told = details.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(between);
    format!("{told}{}", if details.len() > TOLD { rest } else { "" })
}
