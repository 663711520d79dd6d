-- Playbooks 0.64.0: what it adds to playbooks.sql (0.63.0)

ALTER TABLE IR_Incident
    ADD COLUMN UpdateAt bigint NOT NULL DEFAULT 0;

UPDATE IR_System
SET SValue = '0.64.0'
WHERE SKey = 'DatabaseVersion';
