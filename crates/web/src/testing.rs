//! A small district for the tests of pages: parties, users of every role, a few cases.
