//! How a command ends when it cannot do what was asked.

use duixian_rules::diagnostic::Message;

/// A failure, with the exit code it means.
#[derive(Debug)]
pub struct Failure {
    /// 1 the input is at fault; 2 the call is; 3 the environment is.
    pub code: u8,
    /// What was wrong, where, and what to do. Empty where that was printed already.
    pub message: Option<Message>,
}

impl Failure {
    /// The input is at fault.
    pub fn input(zh: impl Into<String>, en: impl Into<String>) -> Failure {
        Failure { code: 1, message: Some(Message::new(zh, en)) }
    }

    /// The call is at fault.
    pub fn call(zh: impl Into<String>, en: impl Into<String>) -> Failure {
        Failure { code: 2, message: Some(Message::new(zh, en)) }
    }

    /// The environment is at fault: disk, permissions.
    pub fn environment(zh: impl Into<String>, en: impl Into<String>) -> Failure {
        Failure { code: 3, message: Some(Message::new(zh, en)) }
    }

    /// The input is at fault, and what is wrong with it has been printed.
    pub fn reported() -> Failure {
        Failure { code: 1, message: None }
    }
}
