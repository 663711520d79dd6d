-- Mattermost migration 29: create_bots

CREATE TABLE bots (
    userid          varchar(26)  PRIMARY KEY,
    description     varchar(1024),
    ownerid         varchar(190),
    createat        bigint,
    updateat        bigint,
    deleteat        bigint,
    lasticonupdate  bigint
);
