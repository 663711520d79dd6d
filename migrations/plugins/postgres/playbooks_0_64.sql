-- Playbooks 0.64.0: what it adds to playbooks.sql (0.63.0)

ALTER TABLE ir_incident
    ADD COLUMN updateat bigint NOT NULL DEFAULT 0;

UPDATE ir_system
SET svalue = '0.64.0'
WHERE skey = 'DatabaseVersion';
