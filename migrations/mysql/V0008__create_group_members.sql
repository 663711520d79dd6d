-- Mattermost migration 8: create_group_members

CREATE TABLE GroupMembers (
    GroupId   varchar(26)  NOT NULL,
    UserId    varchar(26)  NOT NULL,
    CreateAt  bigint,
    DeleteAt  bigint,

    PRIMARY KEY (GroupId, UserId)
);

CREATE INDEX idx_groupmembers_create_at ON GroupMembers (CreateAt);
