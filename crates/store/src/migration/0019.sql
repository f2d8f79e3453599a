-- Which accounts were made, and what administrators have changed of them: whoever audits reads the latest of it at once.
CREATE INDEX IF NOT EXISTS journal_accounts ON journal (seq)
    WHERE kind IN ('user.created', 'user.roles', 'user.password', 'user.activated', 'user.deactivated');
