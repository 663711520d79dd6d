CREATE SCHEMA migration_assist;
CREATE TABLE migration_assist.copies (
    target_schema text PRIMARY KEY,
    source text NOT NULL,
    source_position text,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE TABLE migration_assist.copied_tables (
    target_schema text,
    table_name text,
    table_oid oid NOT NULL,
    failure text,
    PRIMARY KEY (target_schema, table_name)
);
CREATE TABLE migration_assist.copied_chunks (
    target_schema text,
    table_name text,
    chunk integer,
    lower_bound text,
    upper_bound text,
    finished boolean NOT NULL DEFAULT false,
    rows_read bigint NOT NULL DEFAULT 0,
    rows_written bigint NOT NULL DEFAULT 0,
    rows_set_aside bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    seconds double precision NOT NULL DEFAULT 0,
    changes jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (target_schema, table_name, chunk)
);
CREATE TABLE migration_assist.removed_definitions (
    target_schema text,
    table_name text,
    name text,
    stage text NOT NULL,
    statement text NOT NULL,
    removed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (target_schema, table_name, name)
);
CREATE TABLE migration_assist.proofs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    verified_at timestamptz NOT NULL DEFAULT now(),
    target_schema text NOT NULL,
    source text NOT NULL,
    source_position text,
    proof boolean NOT NULL,
    sample double precision,
    tables bigint NOT NULL,
    source_rows bigint NOT NULL,
    differences bigint NOT NULL,
    tool_version text NOT NULL,
    source_address text,
    seconds double precision
);
CREATE TABLE migration_assist.freezes (
    source text PRIMARY KEY,
    read_only boolean NOT NULL,
    super_read_only boolean NOT NULL,
    frozen_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE migration_assist.config_switches (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target_schema text NOT NULL,
    kept text NOT NULL,
    active text NOT NULL,
    switched_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO migration_assist.copies
    VALUES ('public', 'mattermost abcdefghijklmnopqrstuvwxy1', NULL, now() - interval '2 h', now() - interval '1 h');
INSERT INTO migration_assist.copied_tables VALUES ('public', 'posts', 'public.posts'::regclass);
INSERT INTO migration_assist.copied_chunks
    VALUES ('public', 'posts', 0, NULL, NULL, true, 3, 2, 1, 10, 0.1, '{}');
INSERT INTO migration_assist.removed_definitions (target_schema, table_name, name, stage, statement)
    VALUES ('public', 'posts', 'idx', 'full-text', 'CREATE INDEX idx ON posts (id)');
INSERT INTO migration_assist.proofs (target_schema, source, proof, tables, source_rows, differences,
        tool_version, seconds)
    VALUES ('public', 'mattermost abcdefghijklmnopqrstuvwxy1', true, 1, 3, 0, '0.1.0', 8);
INSERT INTO migration_assist.freezes VALUES ('tcp(db:3306)', false, false);
INSERT INTO migration_assist.config_switches (target_schema, kept, active)
    VALUES ('public', 'old', 'new');
