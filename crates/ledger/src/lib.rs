//! Funds as accounts and two-phase transfers in fen: nothing is overdrawn, nothing lost.
