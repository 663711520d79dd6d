-- Mattermost migration 79: usergroups_displayname_index

CREATE INDEX idx_usergroups_displayname ON usergroups (displayname);
