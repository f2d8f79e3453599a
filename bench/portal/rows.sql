-- For pgbench: an INSERT for the newest row of each table that a submission leaves a new row in, with :id wherever rows may not
-- share a value. A colon within a text is escaped, since pgbench would take it for the beginning of a variable.
SELECT format('INSERT INTO %I (%s) VALUES (%s);', tbl, string_agg(quote_ident(key), ', '), string_agg(CASE
    WHEN key IN ('id', 'seq') THEN ':id'
    WHEN key IN ('key', 'number') THEN $$'plain-' || :id$$
    WHEN value IS NULL THEN 'NULL'
    ELSE 'E''' || replace(replace(replace(value, '\', '\\'), '''', ''''''), ':', '\x3a') || ''''
END, ', '))
FROM (
    SELECT 'commands' AS tbl, (SELECT to_json(t) FROM commands t ORDER BY at DESC LIMIT 1) AS newest
    UNION ALL SELECT 'cases', (SELECT to_json(t) FROM cases t WHERE stage = 'submitted' ORDER BY id DESC LIMIT 1)
    UNION ALL SELECT 'messages', (SELECT to_json(t) FROM messages t ORDER BY id DESC LIMIT 1)
    UNION ALL SELECT 'journal', (SELECT to_json(t) FROM journal t ORDER BY seq DESC LIMIT 1)
) rows, json_each_text(newest) GROUP BY tbl;
