CREATE SCHEMA IF NOT EXISTS migration_assist;
CREATE TABLE IF NOT EXISTS migration_assist.copies (
    target_schema text PRIMARY KEY,
    source text NOT NULL,
    source_position text,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE TABLE IF NOT EXISTS migration_assist.copied_tables (
    target_schema text,
    table_name text,
    table_oid oid NOT NULL,
    failure text,
    PRIMARY KEY (target_schema, table_name)
);
CREATE TABLE IF NOT EXISTS migration_assist.copied_chunks (
    target_schema text,
    table_name text,
    chunk integer,
    lower_bound text,
    upper_bound text,
    finished boolean NOT NULL DEFAULT false,
    rows_read bigint NOT NULL DEFAULT 0,
    rows_written bigint NOT NULL DEFAULT 0,
    rows_quarantined bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    seconds double precision NOT NULL DEFAULT 0,
    changes jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (target_schema, table_name, chunk)
);
CREATE TABLE IF NOT EXISTS migration_assist.removed_definitions (
    target_schema text,
    table_name text,
    name text,
    stage text NOT NULL,
    statement text NOT NULL,
    removed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (target_schema, table_name, name)
);
