CREATE SCHEMA migration_assist;
CREATE TABLE migration_assist.ledger (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL
);

CREATE TABLE migration_assist.copies (
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
CREATE TABLE migration_assist.copied_tables (
    target_schema text,
    table_name text,
    table_oid oid NOT NULL,
    failure text,
    PRIMARY KEY (target_schema, table_name)
);
CREATE TABLE migration_assist.copied_parts (
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
    first_xid bigint,
    last_xid bigint,
    PRIMARY KEY (target_schema, table_name, part)
);
CREATE TABLE migration_assist.copied_time_zones (
    target_schema text,
    table_name text,
    column_name text,
    time_zone text NOT NULL,
    ambiguous_times text NOT NULL,
    by_row boolean NOT NULL,
    PRIMARY KEY (target_schema, table_name, column_name)
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

CREATE TABLE migration_assist.source_sums (
    target_schema text,
    table_name text,
    rows bigint NOT NULL,
    sum bigint NOT NULL,
    PRIMARY KEY (target_schema, table_name)
);

CREATE TABLE migration_assist.phase_times (
    target_schema text,
    phase text,
    seconds double precision NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (target_schema, phase)
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
INSERT INTO migration_assist.ledger (version) VALUES (3);
INSERT INTO migration_assist.copies (target_schema, source, source_position, finished_at)
    VALUES ('public', 'mattermost d', 'binlog.000001:157', now());
INSERT INTO migration_assist.copied_tables VALUES ('public', 'posts', 'public.posts'::regclass, NULL);
INSERT INTO migration_assist.proofs
    (target_schema, source, proof, tables, source_rows, differences, tool_version, verified_at, started_at)
    VALUES ('public', 'mattermost d', true, 1, 1, 0, '0', now() + interval '1 s', now() + interval '1 s');
