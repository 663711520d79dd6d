-- Version 1 has no version row, and only the tables of the commands that were run.
DO $$
BEGIN
    -- Another session was first.
    IF to_regclass('migration_assist.ledger') IS NOT NULL THEN
        RETURN;
    END IF;
    IF to_regclass('migration_assist.copies') IS NOT NULL THEN
        ALTER TABLE migration_assist.copies
            ADD COLUMN source_time text,
            ADD COLUMN source_last_write text,
            ADD COLUMN changed_at timestamptz,
            ADD COLUMN worked_seconds double precision NOT NULL DEFAULT 0;
        UPDATE migration_assist.copies SET changed_at = coalesce(finished_at, now());
        ALTER TABLE migration_assist.copies
            ALTER COLUMN changed_at SET NOT NULL,
            ALTER COLUMN changed_at SET DEFAULT now();
    END IF;
    IF to_regclass('migration_assist.copied_chunks') IS NOT NULL THEN
        ALTER TABLE migration_assist.copied_chunks RENAME TO copied_parts;
        ALTER TABLE migration_assist.copied_parts RENAME COLUMN chunk TO part;
        IF EXISTS (SELECT FROM pg_catalog.pg_attribute
                WHERE attrelid = 'migration_assist.copied_parts'::regclass
                    AND attname = 'rows_set_aside') THEN
            ALTER TABLE migration_assist.copied_parts
                RENAME COLUMN rows_set_aside TO rows_quarantined;
        END IF;
    END IF;
    IF to_regclass('migration_assist.proofs') IS NOT NULL THEN
        ALTER TABLE migration_assist.proofs
            ADD COLUMN IF NOT EXISTS source_address text,
            ADD COLUMN IF NOT EXISTS seconds double precision,
            ADD COLUMN started_at timestamptz;
        UPDATE migration_assist.proofs
            SET started_at = verified_at - make_interval(secs => coalesce(seconds, 0));
        ALTER TABLE migration_assist.proofs
            ALTER COLUMN started_at SET NOT NULL,
            ALTER COLUMN started_at SET DEFAULT now();
    END IF;
END
$$;
