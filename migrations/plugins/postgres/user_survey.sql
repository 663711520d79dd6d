-- User Survey, schema migrations 1-14

CREATE TABLE user_survey_schema_migrations (
    version  bigint   PRIMARY KEY,
    name     varchar  NOT NULL
);

CREATE TABLE user_survey_survey (
    id                varchar(26)   PRIMARY KEY,
    filter_team_ids   jsonb         DEFAULT '[]',
    create_at         bigint        NOT NULL,
    updated_at        bigint        NOT NULL,
    start_time        bigint        NOT NULL,
    duration          integer       NOT NULL,
    questions         jsonb         DEFAULT '[]',
    status            varchar(64),
    receipt_count     bigint        DEFAULT 0,
    response_count    bigint        DEFAULT 0,
    detractors_count  bigint        DEFAULT 0,
    passives_count    bigint        DEFAULT 0,
    promoters_count   bigint        DEFAULT 0,
    team_filter_type  varchar(128)  NOT NULL
);

CREATE INDEX idx_survey_status ON user_survey_survey (status);

CREATE TABLE user_survey_survey_responses (
    id             varchar(26)  PRIMARY KEY,
    user_id        varchar(26)  NOT NULL,
    survey_id      varchar(26)  NOT NULL,
    response       jsonb        DEFAULT '{}',
    create_at      bigint       NOT NULL,
    response_type  varchar(64)  NOT NULL,

    CONSTRAINT single_user_response_per_survey UNIQUE (user_id, survey_id)
);

-- The same columns once more. On its own, since PostgreSQL merges equal constraints of one CREATE TABLE.
ALTER TABLE user_survey_survey_responses
    ADD CONSTRAINT unique_user_survey_response UNIQUE (user_id, survey_id);

CREATE INDEX idx_survey_responses_survey_id ON user_survey_survey_responses (survey_id);

INSERT INTO user_survey_schema_migrations (version, name) VALUES
    ( 1, 'create_survey_table'),
    ( 2, 'create_survey_response_table'),
    ( 3, 'add_survey_fields'),
    ( 4, 'add_survey_response_creation_timestamp'),
    ( 5, 'add_unique_constraint_on_user_responses'),
    ( 6, 'add_survey_response_response_type_column'),
    ( 7, 'add_survey_receipt_count'),
    ( 8, 'add_survey_response_count'),
    ( 9, 'add_survey_detractors_count'),
    (10, 'add_survey_passives_count'),
    (11, 'add_survey_promoters_count'),
    (12, 'survey_table_constraints_and_indexes'),
    (13, 'survey_table_rename_team_filter_column'),
    (14, 'survey_table_add_team_filter_type_column');
