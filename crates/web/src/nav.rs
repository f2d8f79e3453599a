//! The navigation: what stands at the top, for whom.

use duixian_casework::people::Role;

use crate::access::OFFICIALS;
use crate::page::NavItem;
use crate::viewer::Viewer;

/// What visitors find before they sign in.
pub fn public() -> Vec<NavItem> {
    vec![
        NavItem::new("/", "首页", "Home"),
        NavItem::new("/programme", "政策与规则", "Programme"),
        NavItem::new("/calculator", "试算", "Calculator"),
        NavItem::new("/notices", "公示", "Notices"),
        NavItem::new("/paid", "已拨付", "Paid"),
    ]
}

/// The areas a viewer may enter, their own work first.
pub(crate) fn of(viewer: &Viewer, has_demo_clock: bool) -> Vec<NavItem> {
    let areas: [(&str, &'static str, &'static str, &[Role]); 7] = [
        ("/my", "我能申请的", "What I can get", &[Role::Agent]),
        ("/cases", "我的案件", "My cases", &[Role::Agent]),
        ("/work", "办件", "Cases", &OFFICIALS),
        ("/finance", "资金", "Funds", &[Role::Finance, Role::DecisionMaker, Role::Auditor, Role::Leader]),
        ("/figures", "总览", "Figures", &[Role::Leader, Role::Auditor]),
        ("/audit", "审计", "Audit", &[Role::Auditor]),
        ("/admin", "管理", "Administration", &[Role::Administrator]),
    ];
    let mut items: Vec<NavItem> = areas
        .into_iter()
        .filter(|(_, _, _, roles)| viewer.has_any(roles))
        .map(|(href, zh, en, _)| NavItem::new(href, zh, en))
        .collect();
    if viewer.has(Role::Agent) {
        items.push(NavItem::new("/messages", "消息", "Messages"));
    }
    if viewer.has(Role::Intake) && !viewer.has(Role::Administrator) {
        items.push(NavItem::new("/admin/delegations", "经办授权", "Delegations"));
    }
    items.push(NavItem::new("/programme", "政策与规则", "Programme"));
    items.push(NavItem::new("/notices", "公示", "Notices"));
    if has_demo_clock {
        items.push(NavItem::new("/demo/clock", "演示时钟", "Demo clock"));
    }
    items
}

/// Where someone's work begins, after signing in.
pub(crate) fn landing(roles: &[Role]) -> &'static str {
    let first: [(Role, &str); 8] = [
        (Role::Intake, "/work"),
        (Role::Reviewer, "/work"),
        (Role::DecisionMaker, "/work"),
        (Role::Finance, "/finance"),
        (Role::Leader, "/figures"),
        (Role::Auditor, "/audit"),
        (Role::Administrator, "/admin"),
        (Role::Agent, "/my"),
    ];
    first.iter().find(|(role, _)| roles.contains(role)).map_or("/account", |(_, href)| href)
}
