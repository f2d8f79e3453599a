//! Settings: the office's names, the account that pays, and what funds do with money left over.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use duixian_casework::case::BankAccount;
use duixian_ledger::CarryRule;
use duixian_store::journal::Entry;
use duixian_store::{Settings, StoreError, number_prefix};

use super::seen::{self, Whole};
use crate::casefile::cells;
use crate::forms::{Choice, Field, Form, Posted};
use crate::locale::{Lang, Text};
use crate::page::Page;
use crate::pages::enterprise::account_errors;
use crate::portal::Portal;
use crate::problem::{Problem, for_form};
use crate::shell::Flash;
use crate::ui::Facts;
use crate::viewer::Viewer;

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    page: Page,
    form: Form,
    funds: Vec<FundRule>,
    /// The same, for who reads it alone.
    read: Facts,
    /// What another has changed since the form was opened that was not taken.
    overtaken: Option<Text>,
}

/// What a fund does with money left over.
struct FundRule {
    id: String,
    name: Text,
    clause: String,
    form: Form,
    /// What the pack itself says, where it does.
    by_pack: Option<bool>,
}

/// What an account that pays has, beside the bank's code.
const ACCOUNT: [&str; 3] = ["holder", "account", "bank"];

fn form(lang: Lang) -> Form {
    let account = ("付款账户：", "Account that pays: ");
    let label = |zh: &str, en: &str| Text::new(format!("{}{zh}", account.0), format!("{}{en}", account.1));
    Form::new(
        lang,
        vec![
            Field::text("name_zh", ("单位名称", "The authority's name"))
                .max_chars(40)
                .hint(("显示在每页下方和公文上。", "At the foot of every page and on letters.")),
            Field::text("name_en", ("单位名称（英文）", "The name in English")).max_chars(80).optional(),
            Field::text("contact", ("咨询电话和地址", "Telephone and address")).max_chars(200).optional(),
            Field::text("number_prefix", ("编号字头", "Prefix of case numbers")).max_chars(10).optional().hint((
                "例如“南明兑”，申请编号即“南明兑〔2019〕000123号”，受理后就是受理号。",
                "Such as 南明兑, for 南明兑〔2019〕000123号: an application's number, and once accepted the case's.",
            )),
            Field::text("holder", label("户名", "holder")).max_chars(70).optional(),
            Field::text("account", label("账号", "number")).max_chars(34).optional(),
            Field::text("bank", label("开户行", "bank")).max_chars(70).optional(),
            Field::text("bank_code", label("行号", "bank code"))
                .max_chars(12)
                .optional()
                .hint(("十二位联行号，付款文件要用", "Twelve digits; payment files need it")),
            seen::field(),
        ],
    )
}

fn filled_from(lang: Lang, settings: &Settings) -> Form {
    let mut form = form(lang)
        .with("name_zh", settings.name_zh.clone())
        .with("name_en", settings.name_en.clone())
        .with("contact", settings.contact.clone())
        .with("number_prefix", settings.number_prefix.clone());
    if let Some(debtor) = &settings.debtor {
        form = form
            .with("holder", debtor.holder.clone())
            .with("account", debtor.number.clone())
            .with("bank", debtor.bank.clone())
            .with("bank_code", debtor.bank_code.clone().unwrap_or_default());
    }
    form
}

/// The page.
pub(super) async fn show(State(portal): State<Arc<Portal>>, page: Page) -> Result<Response, Problem> {
    let form = current(&portal, page.lang).await?;
    shown(&portal, page, form, Told::default(), StatusCode::OK).await
}

/// The form with what is set now.
async fn current(portal: &Portal, lang: Lang) -> Result<Form, Problem> {
    let seen = Whole::settings().last(portal).await?;
    let settings = portal.store.settings().await?;
    Ok(filled_from(lang, &settings).with(seen::FIELD, seen.to_string()))
}

/// What came of a form that was not taken, for the page that shows it again.
#[derive(Default)]
struct Told {
    overtaken: Option<Text>,
    /// The form of a fund's rule, with its fund.
    carry: Option<(String, Form)>,
}

async fn shown(portal: &Portal, page: Page, form: Form, told: Told, status: StatusCode) -> Result<Response, Problem> {
    let mut funds = Vec::new();
    if let Some((_, pack)) = portal.store.current_pack().await? {
        for fund in &pack.plan.funds {
            let sent = told.carry.as_ref().filter(|(sent, _)| *sent == fund.name.en);
            let form = match sent {
                Some((_, form)) => form.clone(),
                None => current_rule(portal, page.lang, &fund.name.en).await?,
            };
            funds.push(FundRule {
                id: fund.name.en.clone(),
                name: cells::name(&fund.name),
                clause: fund.clause.clone(),
                form,
                by_pack: fund.carries_over,
            });
        }
    }
    let page = super::framed(page.titled(("设置", "Settings")));
    let read = read(&form, &funds);
    Page::show_as(status, &SettingsPage { page, form, funds, read, overtaken: told.overtaken })
}

/// What is set: of the fields those that have something, of each fund what becomes of money left over.
fn read(form: &Form, funds: &[FundRule]) -> Facts {
    let set = form.fields().iter().filter(|field| field.name != seen::FIELD && !form.text(&field.name).is_empty());
    let facts = set.fold(Facts::default(), |facts, field| {
        facts.add(field.label.clone(), Text::same(form.text(&field.name).to_owned()))
    });
    funds.iter().fold(facts, |facts, fund| {
        let carries = fund.form.text(&format!("rule-{}", fund.id)) == "carry";
        let rule = if carries { ("余额结转", "it is carried over") } else { ("余额收回", "it lapses") };
        facts.add(fund.name.clone(), rule)
    })
}

/// Saves all but the funds' rules.
pub(super) async fn save(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let seen = seen::of(&posted);
    let mut form = form(page.lang).filled(&posted);
    if !form.is_good() {
        return shown(&portal, page, form, Told::default(), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let filled: Vec<String> = form
        .fields()
        .iter()
        .filter(|field| !form.text(&field.name).is_empty())
        .map(|field| field.name.clone())
        .collect();
    let is_filled = |name: &&str| filled.iter().any(|one| one == name);
    let has_account = ACCOUNT.iter().chain(&["bank_code"]).any(is_filled);
    for name in ACCOUNT.iter().filter(|name| has_account && !is_filled(name)) {
        form.error(
            name,
            (
                "付款账户要写全；不设付款账户的，四项都空着。",
                "The account that pays is written in full; where none is set, all four stay empty.",
            ),
        );
    }
    let text = |name: &str| form.text(name).to_owned();
    let debtor = has_account.then(|| BankAccount {
        holder: text("holder"),
        number: text("account"),
        bank: text("bank"),
        bank_code: Some(text("bank_code")).filter(|code| !code.is_empty()),
    });
    let new = Settings {
        name_zh: text("name_zh"),
        name_en: text("name_en"),
        contact: text("contact"),
        number_prefix: text("number_prefix"),
        debtor,
    };
    if let Err(error) = number_prefix(&new.number_prefix) {
        form.error("number_prefix", for_form(error)?);
    }
    for (field, error) in new.debtor.iter().flat_map(account_errors) {
        let field = if field == "number" { "account" } else { &field };
        // What is missing was told already.
        if is_filled(&field) {
            form.error(field, error);
        }
    }
    if !form.is_good() {
        return shown(&portal, page, form, Told::default(), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    match portal.store.set_settings_of_version(&viewer.actor, &posted.key()?, Some(seen), new).await {
        Ok(_) => {
            portal.rename().await?;
            let flash = Flash::done("设置已保存", "The settings are saved");
            Ok(flash.redirect(&page.site().key, "/admin/settings"))
        }
        Err(error) => {
            let changes = Whole::settings().since(&portal, seen).await?;
            if matches!(error, StoreError::Conflict { .. }) && !changes.is_empty() {
                return overtaken(&portal, page, form, seen, &changes).await;
            }
            let is_account = matches!(error, StoreError::Refused(_));
            form.error(if is_account { "bank_code" } else { "name_zh" }, for_form(error)?);
            shown(&portal, page, form, Told::default(), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// The page for a form from before another's change: nothing was saved, and what was typed stands over what is there now.
async fn overtaken(
    portal: &Portal,
    page: Page,
    typed: Form,
    seen: i64,
    changes: &[Entry],
) -> Result<Response, Problem> {
    let now = current(portal, page.lang).await?;
    let before = Whole::settings().change(portal, seen).await?;
    let before = before.and_then(|entry| serde_json::from_str::<Settings>(&entry.body).ok()).unwrap_or_default();
    let before = filled_from(page.lang, &before);
    let by = seen::by(portal, changes).await?;
    let is_changed = |field: &&Field| field.name != seen::FIELD && before.text(&field.name) != now.text(&field.name);
    let changed: Vec<&Text> = now.fields().iter().filter(is_changed).map(|field| &field.label).collect();
    let labels = |lang, between: &str| changed.iter().map(|label| label.get(lang)).collect::<Vec<_>>().join(between);
    let (what_zh, what_en) = match changed.is_empty() {
        true => {
            ("设置改过，又改回了原样".to_owned(), "changed since you opened this page, and changed back".to_owned())
        }
        false => (
            format!("设置已有改动：{}", labels(Lang::Zh, "、")),
            format!("changed since you opened this page: {}", labels(Lang::En, ", ")),
        ),
    };
    let text = Text::new(
        format!("您打开这一页以后，{what_zh}。改动人：{}。下面是改动后的设置和您改的内容，请核对后再保存。", by.zh),
        format!(
            "The settings were {what_en}. By: {}. Below is what they are now, with what you have changed: look at it, and save again.",
            by.en
        ),
    );
    let form = seen::merged(&typed, &before, &now);
    let told = Told { overtaken: Some(text), ..Told::default() };
    shown(portal, page, form, told, StatusCode::CONFLICT).await
}

/// The form of a fund's rule as it is now.
async fn current_rule(portal: &Portal, lang: Lang, fund: &str) -> Result<Form, Problem> {
    let seen = Whole::carry_rule(fund).last(portal).await?;
    let rule = portal.store.carry_rule(fund).await?;
    Ok(carry_form(lang, fund, rule).with(seen::FIELD, seen.to_string()))
}

/// The field has its fund in its name: several such forms stand on one page.
fn carry_form(lang: Lang, fund: &str, rule: CarryRule) -> Form {
    let name = format!("rule-{fund}");
    let choices = vec![
        Choice::new("lapse", ("收回", "It lapses")).hint(("交回财政，下一年重新安排", "Back to the treasury")),
        Choice::new("carry", ("结转", "It is carried over")).hint(("全部转入下一年", "All of it, into the next year")),
    ];
    let word = match rule {
        CarryRule::Lapse => "lapse",
        CarryRule::CarryOver => "carry",
    };
    let field = Field::radios(name.clone(), ("年末余额", "Money left at the end of a year"), choices);
    Form::new(lang, vec![field, seen::field()]).with(&name, word)
}

/// Saves what a fund does with money left over.
pub(super) async fn carry(
    State(portal): State<Arc<Portal>>,
    viewer: Viewer,
    page: Page,
    posted: Posted,
) -> Result<Response, Problem> {
    let pack = portal.store.current_pack().await?;
    let fund = posted.get("fund");
    let is_known = pack.is_some_and(|(_, pack)| pack.plan.funds.iter().any(|one| one.name.en == fund));
    let rule = match posted.get(&format!("rule-{fund}")) {
        "lapse" => CarryRule::Lapse,
        "carry" => CarryRule::CarryOver,
        _ => return Err(Problem::bad_request("no such rule")),
    };
    if !is_known {
        return Err(Problem::not_found());
    }
    let (whole, seen) = (Whole::carry_rule(fund), seen::of(&posted));
    let key = posted.key()?;
    let set = portal.store.set_carry_rule_of_version(&viewer.actor, &key, fund, Some(seen), rule).await;
    let Err(error) = set else {
        let flash = Flash::done("余额规则已保存", "The rule is saved");
        return Ok(flash.redirect(&page.site().key, "/admin/settings"));
    };
    let changes = whole.since(&portal, seen).await?;
    if !matches!(error, StoreError::Conflict { .. }) || changes.is_empty() {
        return Err(error.into());
    }
    let by = seen::by(&portal, &changes).await?;
    let now = current_rule(&portal, page.lang, fund).await?;
    let field = format!("rule-{fund}");
    let mut form = now.with(&field, posted.get(&field));
    form.error(
        &field,
        Text::new(
            format!("没有保存：您打开这一页以后，这条规则已有改动（改动人：{}）。核对后再保存。", by.zh),
            format!(
                "Not saved: the rule was changed since you opened this page, by {}. Look at it, and save again.",
                by.en
            ),
        ),
    );
    let main = current(&portal, page.lang).await?;
    let told = Told { carry: Some((fund.to_owned(), form)), ..Told::default() };
    shown(&portal, page, main, told, StatusCode::CONFLICT).await
}
