//! The life of an application: states, desks, deadlines, recusal, notices, payments.
