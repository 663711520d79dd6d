CREATE TABLE IF NOT EXISTS migration_assist.ledger (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL
);

-- The copy into each schema of this database. The columns `source_kind` (server or dump) to `source_address`
-- identify the source: `source_server` is the server whatever its address, `source_content` the text of a dump,
-- and `source_address` the server's address or the name of the dump's file. `changed_at` is when a copy last changed rows there;
-- `worked_seconds` leaves out the time between interrupted runs.
CREATE TABLE IF NOT EXISTS migration_assist.copies (
    target_schema text PRIMARY KEY,
    source_kind text NOT NULL,
    source_server text,
    source_content text,
    source_database text NOT NULL,
    source_diagnostic_id text,
    source_address text NOT NULL,
    source_position text,
    source_time text,
    source_last_write text,
    -- Of a copy that can be followed: all that was committed up to `start` was visible to every reader,
    -- and nothing behind `visible` was visible to any.
    start_file text,
    start_offset bigint,
    visible_file text,
    visible_offset bigint,
    -- Transactions behind `start` that were visible to every reader, too: a set of MySQL's GTIDs.
    start_gtid text,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now(),
    worked_seconds double precision NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS migration_assist.copied_tables (
    target_schema text,
    table_name text,
    table_oid oid NOT NULL,
    failure text,
    PRIMARY KEY (target_schema, table_name)
);
CREATE TABLE IF NOT EXISTS migration_assist.copied_parts (
    target_schema text,
    table_name text,
    part integer,
    lower_bound text,
    upper_bound text,
    finished boolean NOT NULL DEFAULT false,
    rows_read bigint NOT NULL DEFAULT 0,
    rows_written bigint NOT NULL DEFAULT 0,
    rows_quarantined bigint NOT NULL DEFAULT 0,
    -- Rows that a decision leaves out; they are in the quarantine, too.
    rows_left_out bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    seconds double precision NOT NULL DEFAULT 0,
    changes jsonb NOT NULL DEFAULT '{}',
    -- The transaction that wrote the rows; with savepoints, the range of numbers that they are in.
    first_xid bigint,
    last_xid bigint,
    PRIMARY KEY (target_schema, table_name, part)
);
-- The time zone by which a copy converts the local times of a column, named as in the source.
-- `ambiguous_times` is the choice for repeated and skipped times: earlier, later, or fail.
CREATE TABLE IF NOT EXISTS migration_assist.copied_time_zones (
    target_schema text,
    table_name text,
    column_name text,
    time_zone text NOT NULL,
    ambiguous_times text NOT NULL,
    by_row boolean NOT NULL,
    PRIMARY KEY (target_schema, table_name, column_name)
);
-- What the user decided about values, rows and tables that do not fit, as in the flag `--KIND PLACE=ACTION`.
CREATE TABLE IF NOT EXISTS migration_assist.decisions (
    target_schema text,
    kind text,
    place text,
    action text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (target_schema, kind, place)
);
-- Indexes and constraints that a copy removed and has not built again.
CREATE TABLE IF NOT EXISTS migration_assist.removed_definitions (
    target_schema text,
    table_name text,
    name text,
    stage text NOT NULL,
    statement text NOT NULL,
    removed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (target_schema, table_name, name)
);

-- `started_at` is when the comparison began to read the target. One that covers the rows that were changed
-- since another, its `base`, completes that one; `source_rows` counts those rows then.
CREATE TABLE IF NOT EXISTS migration_assist.proofs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    verified_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz NOT NULL DEFAULT now(),
    target_schema text NOT NULL,
    source_kind text NOT NULL,
    source_server text,
    source_content text,
    source_database text NOT NULL,
    source_diagnostic_id text,
    source_address text NOT NULL,
    source_doubts text[] NOT NULL DEFAULT '{}',
    source_position text,
    proof boolean NOT NULL,
    sample double precision,
    tables bigint NOT NULL,
    source_rows bigint NOT NULL,
    differences bigint NOT NULL,
    -- Rows that decisions leave out; a proof is about all others.
    left_out bigint NOT NULL DEFAULT 0,
    seconds double precision,
    tool_version text NOT NULL,
    -- How far the source's log was applied when the comparison began.
    log_file text,
    log_offset bigint,
    applied_changes bigint,
    covers text NOT NULL DEFAULT 'all' CHECK (covers IN ('all', 'touched')),
    base bigint
);

-- The rows of each table of the source when the last comparison began, and the sum of their checksums.
CREATE TABLE IF NOT EXISTS migration_assist.source_sums (
    target_schema text,
    table_name text,
    rows bigint NOT NULL,
    sum bigint NOT NULL,
    PRIMARY KEY (target_schema, table_name)
);

-- The worked time of the last complete run of each phase of a migration.
CREATE TABLE IF NOT EXISTS migration_assist.phase_times (
    target_schema text,
    phase text,
    seconds double precision NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (target_schema, phase)
);

-- How each server was set before it was frozen.
CREATE TABLE IF NOT EXISTS migration_assist.freezes (
    source text PRIMARY KEY,
    read_only boolean NOT NULL,
    super_read_only boolean NOT NULL,
    frozen_at timestamptz NOT NULL DEFAULT now()
);

-- Which row of `configurations` each cutover replaced.
CREATE TABLE IF NOT EXISTS migration_assist.config_switches (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target_schema text NOT NULL,
    kept text NOT NULL,
    active text NOT NULL,
    switched_at timestamptz NOT NULL DEFAULT now()
);

-- How far the source's binary log is applied to each schema: whole transactions up to `log_file` and
-- `log_offset`, which are written in the transaction that applies them. While the position is before the
-- overlap's, rows may be ahead of it. `stopped_by` is a kind of statement and a table, never a value.
CREATE TABLE IF NOT EXISTS migration_assist.following (
    target_schema text PRIMARY KEY,
    server_identity text NOT NULL,
    replica_id bigint NOT NULL,
    log_file text NOT NULL,
    log_offset bigint NOT NULL,
    overlap_file text,
    overlap_offset bigint,
    source_time timestamptz,
    applied_at timestamptz,
    transactions bigint NOT NULL DEFAULT 0,
    changes bigint NOT NULL DEFAULT 0,
    net_changes bigint NOT NULL DEFAULT 0,
    stopped_by text,
    handover boolean NOT NULL DEFAULT false,
    generation integer NOT NULL DEFAULT 1,
    -- When the server created `log_file`: a log that was reset has a file of that name with another time.
    log_created bigint,
    -- Until the first transaction is applied: transactions behind the position that need not be.
    start_gtid text
);
-- The numbers of the transactions that followed the source into a schema, as ranges.
CREATE TABLE IF NOT EXISTS migration_assist.followed_transactions (
    target_schema text,
    first_xid bigint,
    last_xid bigint NOT NULL,
    PRIMARY KEY (target_schema, first_xid)
);
-- `fingerprint` is a hash of the definition of the source's table. A table that cannot be followed by key is
-- copied whole when nothing writes any more. `prove_whole`: not all of its touched keys are on record.
CREATE TABLE IF NOT EXISTS migration_assist.followed_tables (
    target_schema text,
    table_name text,
    table_oid oid NOT NULL,
    fingerprint text NOT NULL,
    copy_whole boolean NOT NULL,
    prove_whole boolean NOT NULL DEFAULT false,
    PRIMARY KEY (target_schema, table_name)
);
-- Tables that appeared in the source after the copy: nothing follows them.
CREATE TABLE IF NOT EXISTS migration_assist.appeared_tables (
    target_schema text,
    table_name text,
    PRIMARY KEY (target_schema, table_name)
);
-- The keys of the rows that were written or deleted since the proof of that generation.
CREATE TABLE IF NOT EXISTS migration_assist.touched_keys (
    target_schema text,
    table_name text,
    generation integer,
    key_hash bytea,
    target_key text NOT NULL,
    source_key text NOT NULL,
    PRIMARY KEY (target_schema, table_name, generation, key_hash)
);
-- Rows with a value that the log does not determine: absent from the target, and to be read again when
-- nothing writes.
CREATE TABLE IF NOT EXISTS migration_assist.refetch_keys (
    target_schema text,
    table_name text,
    key_hash bytea,
    source_key text NOT NULL,
    PRIMARY KEY (target_schema, table_name, key_hash)
);
-- Rows whose latest version does not fit; they are absent from the target.
CREATE TABLE IF NOT EXISTS migration_assist.rejected_rows (
    target_schema text,
    table_name text,
    key_hash bytea,
    source_key text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (target_schema, table_name, key_hash)
);
