-- The list of objections has those that were answered too, by these entries: whatever has become of their cases.
CREATE INDEX IF NOT EXISTS journal_answered ON journal (seq) WHERE kind = 'case.objection_answered';
