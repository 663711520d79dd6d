-- Mattermost migration 46: create_users

CREATE TABLE users (
    id                  varchar(26)   PRIMARY KEY,
    createat            bigint,
    updateat            bigint,
    deleteat            bigint,
    username            varchar(64)   UNIQUE,
    password            varchar(128),
    authdata            varchar(128)  UNIQUE,
    authservice         varchar(32),
    email               varchar(128)  UNIQUE,
    emailverified       boolean,
    nickname            varchar(64),
    firstname           varchar(64),
    lastname            varchar(64),
    roles               varchar(256),
    allowmarketing      boolean,
    props               varchar(4000),
    notifyprops         varchar(2000),
    lastpasswordupdate  bigint,
    lastpictureupdate   bigint,
    failedattempts      integer,
    locale              varchar(5),
    mfaactive           boolean,
    mfasecret           varchar(128),
    position            varchar(128),
    timezone            varchar(256)  DEFAULT '{"automaticTimezone":"","manualTimezone":"","useAutomaticTimezone":"true"}',
    remoteid            varchar(26)
);

CREATE INDEX idx_users_all_no_full_name_txt
    ON users USING gin (to_tsvector('english', username || ' ' || nickname || ' ' || email));
CREATE INDEX idx_users_all_txt
    ON users USING gin (to_tsvector('english', username || ' ' || firstname || ' ' || lastname || ' ' || nickname || ' ' || email));
CREATE INDEX idx_users_create_at ON users (createat);
CREATE INDEX idx_users_delete_at ON users (deleteat);
CREATE INDEX idx_users_email_lower_textpattern ON users (lower(email) text_pattern_ops);
CREATE INDEX idx_users_firstname_lower_textpattern ON users (lower(firstname) text_pattern_ops);
CREATE INDEX idx_users_lastname_lower_textpattern ON users (lower(lastname) text_pattern_ops);
CREATE INDEX idx_users_names_no_full_name_txt
    ON users USING gin (to_tsvector('english', username || ' ' || nickname));
CREATE INDEX idx_users_names_txt
    ON users USING gin (to_tsvector('english', username || ' ' || firstname || ' ' || lastname || ' ' || nickname));
CREATE INDEX idx_users_nickname_lower_textpattern ON users (lower(nickname) text_pattern_ops);
CREATE INDEX idx_users_update_at ON users (updateat);
CREATE INDEX idx_users_username_lower_textpattern ON users (lower(username) text_pattern_ops);
