-- Mattermost migration 90: create_enums

ALTER TABLE Channels
    MODIFY COLUMN Type enum('D', 'O', 'G', 'P');

ALTER TABLE Teams
    MODIFY COLUMN Type enum('I', 'O');

ALTER TABLE UploadSessions
    MODIFY COLUMN Type enum('attachment', 'import');
