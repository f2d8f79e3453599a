//! Who acts: users and their roles.

use std::sync::Arc;

use duixian_rules::vocabulary::Lang;
use serde::{Deserialize, Serialize};

/// A user's number in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub i64);

/// What a user may be. One user can be several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 经办人: applies for the parties that have delegated it.
    Agent,
    /// 受理: takes applications in, publishes notices, answers objections.
    Intake,
    /// 审核: examines, at the desks given to the user.
    Reviewer,
    /// 审定: fixes amounts.
    DecisionMaker,
    /// 财务: makes and releases payment batches.
    Finance,
    /// 审计: reads everything, changes nothing.
    Auditor,
    /// 领导: reads the figures and the cases behind them.
    Leader,
    /// 管理员: users, calendar, rounds, funds' rules.
    Administrator,
}

impl Role {
    /// All roles, in the order of declaration.
    pub const ALL: [Role; 8] = [
        Role::Agent,
        Role::Intake,
        Role::Reviewer,
        Role::DecisionMaker,
        Role::Finance,
        Role::Auditor,
        Role::Leader,
        Role::Administrator,
    ];

    /// The word that stands in records.
    pub fn word(self) -> &'static str {
        match self {
            Role::Agent => "agent",
            Role::Intake => "intake",
            Role::Reviewer => "reviewer",
            Role::DecisionMaker => "decision_maker",
            Role::Finance => "finance",
            Role::Auditor => "auditor",
            Role::Leader => "leader",
            Role::Administrator => "administrator",
        }
    }

    /// The role with this word.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The role as people read it.
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Role::Agent, Lang::Zh) => "经办人",
            (Role::Agent, Lang::En) => "agent",
            (Role::Intake, Lang::Zh) => "受理",
            (Role::Intake, Lang::En) => "intake",
            (Role::Reviewer, Lang::Zh) => "审核",
            (Role::Reviewer, Lang::En) => "reviewer",
            (Role::DecisionMaker, Lang::Zh) => "审定",
            (Role::DecisionMaker, Lang::En) => "decision maker",
            (Role::Finance, Lang::Zh) => "财务",
            (Role::Finance, Lang::En) => "finance",
            (Role::Auditor, Lang::Zh) => "审计",
            (Role::Auditor, Lang::En) => "auditor",
            (Role::Leader, Lang::Zh) => "领导",
            (Role::Leader, Lang::En) => "leader",
            (Role::Administrator, Lang::Zh) => "管理员",
            (Role::Administrator, Lang::En) => "administrator",
        }
    }

    /// Whether the role works for the government and may open cases of any party.
    pub fn is_official(self) -> bool {
        self != Role::Agent
    }
}

/// Who gives a command, with what they may do at that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Someone signed in.
    User {
        /// Who.
        id: UserId,
        /// As what.
        roles: Vec<Role>,
        /// The desks at which they sit, by English name; an empty list sits at every desk of their roles.
        desks: Vec<String>,
        /// The codes of the parties that have delegated it to them: they act for these as agents, and handle none of their
        /// cases whatever else they are. Shared, since an actor goes along with whatever it asks for, and may act for hundreds.
        parties: Arc<[String]>,
    },
    /// Anyone, not signed in: may object to what is in notice.
    Public,
    /// The passing of time.
    System,
}

impl Actor {
    /// The user's number; none of the public and of time.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Actor::User { id, .. } => Some(*id),
            Actor::Public | Actor::System => None,
        }
    }

    /// Whether they have a role.
    pub fn has(&self, role: Role) -> bool {
        matches!(self, Actor::User { roles, .. } if roles.contains(&role))
    }

    /// Whether they sit at a desk.
    pub fn sits_at(&self, desk: &str) -> bool {
        matches!(self, Actor::User { desks, .. } if desks.is_empty() || desks.iter().any(|one| one == desk))
    }

    /// The codes of the parties they act for now.
    pub fn own_parties(&self) -> &[String] {
        match self {
            Actor::User { roles, parties, .. } if roles.contains(&Role::Agent) => parties,
            _ => &[],
        }
    }

    /// Whether they act for a party now.
    pub fn acts_for(&self, party: &str) -> bool {
        self.own_parties().iter().any(|one| one == party)
    }

    /// Whether a party has delegated anything to them, in whatever role they are here.
    pub fn is_tied_to(&self, party: &str) -> bool {
        matches!(self, Actor::User { parties, .. } if parties.iter().any(|one| one == party))
    }
}
