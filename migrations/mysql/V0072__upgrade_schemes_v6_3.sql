-- Mattermost migration 72: upgrade_schemes_v6.3

ALTER TABLE Schemes
    ADD COLUMN DefaultPlaybookAdminRole   varchar(64)  DEFAULT '',
    ADD COLUMN DefaultPlaybookMemberRole  varchar(64)  DEFAULT '',
    ADD COLUMN DefaultRunAdminRole        varchar(64)  DEFAULT '',
    ADD COLUMN DefaultRunMemberRole       varchar(64)  DEFAULT '';
