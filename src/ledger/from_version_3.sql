-- Version 3 has the identity of a source as one text, `DATABASE ID (dump of CONTENT)`, in which the last two
-- parts may be absent. The id of a workspace has 26 characters. This changes nothing if another session was first.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['copies', 'proofs'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_attribute
            WHERE attrelid = to_regclass('migration_assist.' || name) AND attname = 'source');
        EXECUTE format('ALTER TABLE migration_assist.%1$I
            ADD COLUMN source_kind text, ADD COLUMN source_server text,
            ADD COLUMN source_content text, ADD COLUMN source_database text,
            ADD COLUMN source_diagnostic_id text,
            ADD COLUMN IF NOT EXISTS source_address text;
        UPDATE migration_assist.%1$I SET
            source_content = substring(source from '' \(dump of (.*)\)$''),
            source_database = regexp_replace(
                regexp_replace(source, '' \(dump of .*\)$'', ''''), '' [a-z0-9]{26}$'', ''''),
            source_diagnostic_id = substring(
                regexp_replace(source, '' \(dump of .*\)$'', '''') from '' ([a-z0-9]{26})$'');
        UPDATE migration_assist.%1$I SET
            source_kind = ''dump'', source_content = coalesce(source_content,
                substring(source_address from ''^dump\([^,]*, ([^,]*, [0-9a-f]+)'')),
            source_address = substring(source_address from ''^dump\(([^,]*), '')
            WHERE source_content IS NOT NULL OR source_address LIKE ''dump(%%'';
        UPDATE migration_assist.%1$I SET source_kind = coalesce(source_kind, ''server''),
            source_address = coalesce(source_address, '''');
        ALTER TABLE migration_assist.%1$I DROP COLUMN source,
            ALTER COLUMN source_kind SET NOT NULL, ALTER COLUMN source_database SET NOT NULL,
            ALTER COLUMN source_address SET NOT NULL', name);
    END LOOP;
END
$$;
ALTER TABLE IF EXISTS migration_assist.proofs
    ADD COLUMN IF NOT EXISTS source_doubts text[] NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS log_file text, ADD COLUMN IF NOT EXISTS log_offset bigint,
    ADD COLUMN IF NOT EXISTS applied_changes bigint,
    ADD COLUMN IF NOT EXISTS left_out bigint NOT NULL DEFAULT 0;
ALTER TABLE IF EXISTS migration_assist.copies
    ADD COLUMN IF NOT EXISTS start_file text, ADD COLUMN IF NOT EXISTS start_offset bigint,
    ADD COLUMN IF NOT EXISTS visible_file text, ADD COLUMN IF NOT EXISTS visible_offset bigint;
ALTER TABLE IF EXISTS migration_assist.copied_parts
    ADD COLUMN IF NOT EXISTS rows_left_out bigint NOT NULL DEFAULT 0;
