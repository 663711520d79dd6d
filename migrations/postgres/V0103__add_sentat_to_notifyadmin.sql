-- Mattermost migration 103: add_sentat_to_notifyadmin

ALTER TABLE notifyadmin
    ADD COLUMN sentat bigint;
