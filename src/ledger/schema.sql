CREATE TABLE IF NOT EXISTS migration_assist.ledger (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL
);

-- The copy into each schema of this database. `changed_at` is when a copy last changed rows there;
-- `worked_seconds` leaves out the time between interrupted runs.
CREATE TABLE IF NOT EXISTS migration_assist.copies (
    target_schema text PRIMARY KEY,
    source text NOT NULL,
    source_position text,
    source_time text,
    source_last_write text,
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

-- `started_at` is when the comparison began to read the target.
CREATE TABLE IF NOT EXISTS migration_assist.proofs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    verified_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz NOT NULL DEFAULT now(),
    target_schema text NOT NULL,
    source text NOT NULL,
    source_address text,
    source_position text,
    proof boolean NOT NULL,
    sample double precision,
    tables bigint NOT NULL,
    source_rows bigint NOT NULL,
    differences bigint NOT NULL,
    seconds double precision,
    tool_version text NOT NULL
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
