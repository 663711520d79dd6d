-- Mattermost migration 103: add_sentat_to_notifyadmin

ALTER TABLE NotifyAdmin
    ADD COLUMN SentAt bigint;
