-- Mattermost migration 72: upgrade_schemes_v6.3

ALTER TABLE schemes
    ADD COLUMN defaultplaybookadminrole   varchar(64)  DEFAULT '',
    ADD COLUMN defaultplaybookmemberrole  varchar(64)  DEFAULT '',
    ADD COLUMN defaultrunadminrole        varchar(64)  DEFAULT '',
    ADD COLUMN defaultrunmemberrole       varchar(64)  DEFAULT '';
