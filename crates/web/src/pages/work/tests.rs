//! The officials' pages over a small district.
