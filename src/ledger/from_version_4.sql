ALTER TABLE IF EXISTS migration_assist.copies ADD COLUMN IF NOT EXISTS start_gtid text;
ALTER TABLE IF EXISTS migration_assist.following
    ADD COLUMN IF NOT EXISTS log_created bigint, ADD COLUMN IF NOT EXISTS start_gtid text;
ALTER TABLE IF EXISTS migration_assist.followed_tables
    ADD COLUMN IF NOT EXISTS prove_whole boolean NOT NULL DEFAULT false;
ALTER TABLE IF EXISTS migration_assist.proofs
    ADD COLUMN IF NOT EXISTS covers text NOT NULL DEFAULT 'all' CHECK (covers IN ('all', 'touched')),
    ADD COLUMN IF NOT EXISTS base bigint;
