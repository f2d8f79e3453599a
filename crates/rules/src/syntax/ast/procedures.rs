//! Desks and procedures as written.

use crate::plan::StepKind;
use crate::source::Span;

use super::Ident;

/// 岗位
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    /// 部门
    pub department: Option<String>,
}

/// 流程
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Procedure {
    /// Its steps, in the order written, no step twice.
    pub steps: Vec<StepDecl>,
    /// 补正
    pub correction: Option<WorkingDays>,
    /// 异议
    pub objection: Option<WorkingDays>,
}

/// A step's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDecl {
    /// Which step.
    pub step: StepKind,
    /// At which desk.
    pub desk: Ident,
    /// Within how many working days.
    pub within: WorkingDays,
    /// The whole line.
    pub span: Span,
}

/// `5个工作日`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDays {
    /// How many, as written.
    pub days: i64,
    /// Where.
    pub span: Span,
}
