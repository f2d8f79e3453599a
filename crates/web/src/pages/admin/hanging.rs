//! What would be left to nobody if a user could not sign in any more, or had other roles and desks.

use std::collections::BTreeSet;

use duixian_casework::people::{Actor, Role};
use duixian_casework::permit::role_of;
use duixian_casework::stage::Stage;
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::CaseFilter;
use duixian_store::people::User;

use crate::locale::Text;
use crate::pages::shared;
use crate::portal::Portal;
use crate::problem::Problem;

/// What hangs on a user who would be barred: the cases they have taken up, and what [`left`] says of roles and desks.
pub(super) async fn on(portal: &Portal, user: &User) -> Result<Vec<Text>, Problem> {
    let count = async |stages: Vec<Stage>| {
        let taken_up = CaseFilter { stages, assignee: Some(user.id), per_page: 1, ..CaseFilter::default() };
        portal.store.cases(&Actor::System, &taken_up).await.map(|found| found.total)
    };
    let rests = |stage: &Stage| matches!(stage, Stage::OnHold | Stage::Correction);
    let is_open = |stage: &Stage| *stage != Stage::Draft && !stage.is_final();
    let (resting, open): (Vec<Stage>, Vec<Stage>) = Stage::ALL.into_iter().filter(is_open).partition(rests);
    let (resting, taken_up) = (count(resting).await?, count(open).await?);
    let mut hangs = Vec::new();
    if resting > 0 {
        hangs.push(Text::new(
            format!("领办的 {resting} 件正在暂缓或补正，恢复以后由同岗位其他人接着办"),
            format!("{resting} cases taken up are on hold or being corrected: the others at the desk go on with them after that"),
        ));
    }
    if taken_up > 0 {
        hangs.push(Text::new(
            format!("领办的 {taken_up} 件还没有办完，回到同岗位其他人的“待我办理”"),
            format!("{taken_up} cases taken up are not done: they wait for the others at the desk"),
        ));
    }
    hangs.extend(left(portal, user, &[], &[]).await?);
    Ok(hangs)
}

/// The roles and desks that nobody would have any more if a user had only these.
pub(super) async fn left(portal: &Portal, user: &User, roles: &[Role], desks: &[String]) -> Result<Vec<Text>, Problem> {
    let users = portal.store.users().await?;
    let others: Vec<User> = users.into_iter().filter(|one| one.active && one.id != user.id).collect();
    let pack = portal.store.current_pack().await?;
    let pack = pack.as_ref().map(|(_, pack)| &**pack);
    let mut left = Vec::new();
    for role in [Role::Intake, Role::Reviewer, Role::DecisionMaker, Role::Finance] {
        if !user.roles.contains(&role) {
            continue;
        }
        let (keeps, before) = (roles.contains(&role), left.len());
        let peers: Vec<&User> = others.iter().filter(|one| one.roles.contains(&role)).collect();
        let (label_zh, label_en) = (role.label(Lang::Zh), role.label(Lang::En));
        if !keeps && peers.is_empty() {
            left.push(Text::new(format!("没有别的{label_zh}人员"), format!("nobody else is {label_en}")));
        } else if !keeps && role == Role::Finance && peers.len() < 2 {
            left.push(Text::new(
                format!("财务只剩 {} 人，放款要两个人，拨付办不下去", peers.len()),
                format!("finance is left with {}: a release takes two, and nothing can be paid", peers.len()),
            ));
        } else if !keeps && role == Role::DecisionMaker && peers.len() < 2 {
            left.push(Text::new(
                format!("审定只剩 {} 人，撤销决定、少给或者越过先审定的分配、本人审定的异议都要另一人办，办不下去", peers.len()),
                format!(
                    "decision makers are left with {}: a revocation, a sharing out and an objection to one's own decision take another",
                    peers.len()
                ),
            ));
        }
        let is_told = peers.is_empty() && left.len() > before;
        // Whoever has no desk given is at all desks of their roles.
        let is_at = |given: &[String], desk: &String| given.is_empty() || given.contains(desk);
        let goes_from = |desk: &String| is_at(&user.desks, desk) && !(keeps && is_at(desks, desk));
        let has_none = |desk: &String| !peers.iter().any(|one| is_at(&one.desks, desk));
        for desk in desks_of(pack, role).into_iter().filter(|desk| goes_from(desk) && has_none(desk)) {
            let waiting = waiting_at(portal, role, &desk).await?;
            let (zh, en) = match waiting {
                // That nobody has the role says it of its desks too.
                0 if is_told => continue,
                0 => Default::default(),
                _ => (format!("，那里等办的 {waiting} 件没有人办"), format!(", where {waiting} cases wait")),
            };
            let name = |lang| shared::desk_names(pack, std::slice::from_ref(&desk), lang);
            left.push(Text::new(
                format!("{}没有别的{label_zh}人员{zh}", name(Lang::Zh)),
                format!("nobody else is {label_en} at {}{en}", name(Lang::En)),
            ));
        }
    }
    Ok(left)
}

/// The desks at which a role works.
fn desks_of(pack: Option<&Pack>, role: Role) -> BTreeSet<String> {
    let steps = pack.into_iter().flat_map(|pack| &pack.plan.procedures).flat_map(|procedure| &procedure.steps);
    let desks = steps
        .filter(|step| role_of(step.step) == role)
        .filter_map(|step| pack.and_then(|pack| pack.plan.desks.get(step.desk)));
    desks.map(|desk| desk.name.en.clone()).collect()
}

/// How many open cases wait at a desk for whoever has a role.
async fn waiting_at(portal: &Portal, role: Role, desk: &str) -> Result<u64, Problem> {
    let is_of_role = |stage: &Stage| match stage {
        Stage::Accepted => role == Role::Reviewer,
        stage => !stage.is_final() && stage.step().is_some_and(|step| role_of(step) == role),
    };
    let stages: Vec<Stage> = Stage::ALL.into_iter().filter(is_of_role).collect();
    let filter = CaseFilter { stages, desk: Some(desk.to_owned()), per_page: 1, ..CaseFilter::default() };
    Ok(portal.store.cases(&Actor::System, &filter).await?.total)
}
