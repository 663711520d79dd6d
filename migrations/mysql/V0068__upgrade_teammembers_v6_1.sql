-- Mattermost migration 68: upgrade_teammembers_v6.1

ALTER TABLE TeamMembers
    MODIFY COLUMN Roles text;
