-- Playbooks 0.63.0
-- Defaults of ''::text on varchar columns are what its own migrations leave, once text.

CREATE TABLE ir_category (
    id         varchar(26)   PRIMARY KEY,
    name       varchar(512)  NOT NULL,
    teamid     varchar(26)   NOT NULL,
    userid     varchar(26)   NOT NULL,
    collapsed  boolean       DEFAULT false,
    createat   bigint        NOT NULL,
    updateat   bigint        NOT NULL DEFAULT 0,
    deleteat   bigint        NOT NULL DEFAULT 0
);

CREATE INDEX ir_category_teamid_userid ON ir_category (teamid, userid);

CREATE TABLE ir_category_item (
    type        varchar(1)   NOT NULL,
    categoryid  varchar(26)  NOT NULL REFERENCES ir_category (id),
    itemid      varchar(26)  NOT NULL,

    PRIMARY KEY (categoryid, itemid, type)
);

CREATE INDEX ir_category_item_categoryid ON ir_category_item (categoryid);

CREATE TABLE ir_channelaction (
    id           varchar(26)     PRIMARY KEY,
    channelid    varchar(26),
    enabled      boolean         DEFAULT false,
    deleteat     bigint          NOT NULL DEFAULT 0,
    actiontype   varchar(65535)  NOT NULL,
    triggertype  varchar(65535)  NOT NULL,
    payload      json            NOT NULL
);

CREATE INDEX ir_channelaction_channelid ON ir_channelaction (channelid);

CREATE TABLE ir_incident (
    id                                       varchar(26)     PRIMARY KEY,
    name                                     varchar(1024)   NOT NULL,
    description                              varchar(4096)   NOT NULL,
    isactive                                 boolean         NOT NULL,
    commanderuserid                          varchar(26)     NOT NULL,
    teamid                                   varchar(26)     NOT NULL,
    channelid                                varchar(26)     NOT NULL,
    createat                                 bigint          NOT NULL,
    endat                                    bigint          NOT NULL DEFAULT 0,
    deleteat                                 bigint          NOT NULL DEFAULT 0,
    activestage                              bigint          NOT NULL,
    postid                                   varchar(26)     NOT NULL DEFAULT ''::text,
    playbookid                               varchar(26)     NOT NULL DEFAULT ''::text,
    checklistsjson                           json            NOT NULL,
    activestagetitle                         varchar(1024)   DEFAULT ''::text,
    reminderpostid                           varchar(26),
    broadcastchannelid                       varchar(26)     DEFAULT ''::text,
    previousreminder                         bigint          NOT NULL DEFAULT 0,
    remindermessagetemplate                  varchar(65535)  DEFAULT ''::text,
    currentstatus                            varchar(1024)   NOT NULL DEFAULT 'Active'::text,
    reporteruserid                           varchar(26)     NOT NULL DEFAULT ''::text,
    concatenatedinviteduserids               varchar(65535)  DEFAULT ''::text,
    defaultcommanderid                       varchar(26)     DEFAULT ''::text,
    announcementchannelid                    varchar(26)     DEFAULT ''::text,
    concatenatedwebhookoncreationurls        varchar(65535)  DEFAULT ''::text,
    concatenatedinvitedgroupids              varchar(65535)  DEFAULT ''::text,
    retrospective                            varchar(65535)  DEFAULT ''::text,
    messageonjoin                            varchar(65535)  DEFAULT ''::text,
    retrospectivepublishedat                 bigint          NOT NULL DEFAULT 0,
    retrospectivereminderintervalseconds     bigint          NOT NULL DEFAULT 0,
    retrospectivewascanceled                 boolean         DEFAULT false,
    concatenatedwebhookonstatusupdateurls    varchar(65535)  DEFAULT ''::text,
    laststatusupdateat                       bigint          DEFAULT 0,
    exportchannelonfinishedenabled           boolean         NOT NULL DEFAULT false,
    categorizechannelenabled                 boolean         DEFAULT false,
    categoryname                             varchar(65535)  DEFAULT ''::text,
    concatenatedbroadcastchannelids          varchar(65535),
    channelidtorootid                        varchar(65535)  DEFAULT ''::text,
    remindertimerdefaultseconds              bigint          NOT NULL DEFAULT 0,
    statusupdateenabled                      boolean         DEFAULT true,
    retrospectiveenabled                     boolean         DEFAULT true,
    statusupdatebroadcastchannelsenabled     boolean         DEFAULT false,
    statusupdatebroadcastwebhooksenabled     boolean         DEFAULT false,
    summarymodifiedat                        bigint          NOT NULL DEFAULT 0,
    createchannelmemberonnewparticipant      boolean         DEFAULT true,
    removechannelmemberonremovedparticipant  boolean         DEFAULT true,
    runtype                                  varchar(32)     DEFAULT 'playbook'
);

CREATE INDEX ir_incident_channelid ON ir_incident (channelid);
CREATE INDEX ir_incident_teamid ON ir_incident (teamid);
CREATE INDEX ir_incident_teamid_commanderuserid ON ir_incident (teamid, commanderuserid);

CREATE TABLE ir_playbook (
    id                                       varchar(26)     PRIMARY KEY,
    title                                    varchar(1024)   NOT NULL,
    description                              varchar(4096)   NOT NULL,
    teamid                                   varchar(26)     NOT NULL,
    createpublicincident                     boolean         NOT NULL,
    createat                                 bigint          NOT NULL,
    deleteat                                 bigint          NOT NULL DEFAULT 0,
    checklistsjson                           json            NOT NULL,
    numstages                                bigint          NOT NULL DEFAULT 0,
    numsteps                                 bigint          NOT NULL DEFAULT 0,
    broadcastchannelid                       varchar(26)     DEFAULT ''::text,
    remindermessagetemplate                  varchar(65535)  DEFAULT ''::text,
    remindertimerdefaultseconds              bigint          NOT NULL DEFAULT 0,
    concatenatedinviteduserids               varchar(65535)  DEFAULT ''::text,
    inviteusersenabled                       boolean         DEFAULT false,
    defaultcommanderid                       varchar(26)     DEFAULT ''::text,
    defaultcommanderenabled                  boolean         DEFAULT false,
    announcementchannelid                    varchar(26)     DEFAULT ''::text,
    announcementchannelenabled               boolean         DEFAULT false,
    concatenatedwebhookoncreationurls        varchar(65535)  DEFAULT ''::text,
    webhookoncreationenabled                 boolean         DEFAULT false,
    concatenatedinvitedgroupids              varchar(65535)  DEFAULT ''::text,
    messageonjoin                            varchar(65535)  DEFAULT ''::text,
    messageonjoinenabled                     boolean         DEFAULT false,
    retrospectivereminderintervalseconds     bigint          NOT NULL DEFAULT 0,
    retrospectivetemplate                    varchar(65535),
    concatenatedwebhookonstatusupdateurls    varchar(65535)  DEFAULT ''::text,
    webhookonstatusupdateenabled             boolean         DEFAULT false,
    concatenatedsignalanykeywords            varchar(65535)  DEFAULT ''::text,
    signalanykeywordsenabled                 boolean         DEFAULT false,
    updateat                                 bigint          NOT NULL DEFAULT 0,
    exportchannelonfinishedenabled           boolean         NOT NULL DEFAULT false,
    categorizechannelenabled                 boolean         DEFAULT false,
    categoryname                             varchar(65535)  DEFAULT ''::text,
    concatenatedbroadcastchannelids          varchar(65535),
    broadcastenabled                         boolean         DEFAULT false,
    runsummarytemplate                       varchar(65535)  DEFAULT ''::text,
    channelnametemplate                      varchar(65535)  DEFAULT ''::text,
    statusupdateenabled                      boolean         DEFAULT true,
    retrospectiveenabled                     boolean         DEFAULT true,
    public                                   boolean         DEFAULT false,
    runsummarytemplateenabled                boolean         DEFAULT true,
    createchannelmemberonnewparticipant      boolean         DEFAULT true,
    removechannelmemberonremovedparticipant  boolean         DEFAULT true,
    channelid                                varchar(26)     DEFAULT '',
    channelmode                              varchar(32)     DEFAULT 'create_new_channel'
);

CREATE INDEX ir_playbook_teamid ON ir_playbook (teamid);
CREATE INDEX ir_playbook_updateat ON ir_playbook (updateat);

CREATE TABLE ir_metricconfig (
    id           varchar(26)    PRIMARY KEY,
    playbookid   varchar(26)    NOT NULL REFERENCES ir_playbook (id),
    title        varchar(512)   NOT NULL,
    description  varchar(4096)  NOT NULL,
    type         varchar(32)    NOT NULL,
    target       bigint,
    ordering     smallint       NOT NULL DEFAULT 0,
    deleteat     bigint         NOT NULL DEFAULT 0
);

CREATE INDEX ir_metricconfig_playbookid ON ir_metricconfig (playbookid);

CREATE TABLE ir_metric (
    incidentid      varchar(26)  NOT NULL REFERENCES ir_incident (id),
    metricconfigid  varchar(26)  NOT NULL REFERENCES ir_metricconfig (id),
    value           bigint,
    published       boolean      NOT NULL,

    PRIMARY KEY (incidentid, metricconfigid)
);

CREATE INDEX ir_metric_incidentid ON ir_metric (incidentid);
CREATE INDEX ir_metric_metricconfigid ON ir_metric (metricconfigid);

CREATE TABLE ir_playbookautofollow (
    playbookid  varchar(26)  NOT NULL REFERENCES ir_playbook (id),
    userid      varchar(26)  NOT NULL,

    PRIMARY KEY (playbookid, userid)
);

CREATE TABLE ir_playbookmember (
    playbookid  varchar(26)  NOT NULL REFERENCES ir_playbook (id),
    memberid    varchar(26)  NOT NULL,
    roles       varchar(65535),

    PRIMARY KEY (memberid, playbookid),
    UNIQUE (playbookid, memberid)
);

CREATE INDEX ir_playbookmember_memberid ON ir_playbookmember (memberid);
CREATE INDEX ir_playbookmember_playbookid ON ir_playbookmember (playbookid);

CREATE TABLE ir_run_participants (
    userid         varchar(26)  NOT NULL,
    incidentid     varchar(26)  NOT NULL REFERENCES ir_incident (id),
    isfollower     boolean      NOT NULL DEFAULT false,
    isparticipant  boolean      DEFAULT false,

    PRIMARY KEY (incidentid, userid)
);

CREATE INDEX ir_run_participants_incidentid ON ir_run_participants (incidentid);
CREATE INDEX ir_run_participants_userid ON ir_run_participants (userid);

CREATE TABLE ir_statusposts (
    incidentid  varchar(26)  NOT NULL REFERENCES ir_incident (id),
    postid      varchar(26)  NOT NULL,

    PRIMARY KEY (incidentid, postid)
);

-- The same columns once more. On its own, since PostgreSQL merges equal constraints of one CREATE TABLE.
ALTER TABLE ir_statusposts
    ADD UNIQUE (incidentid, postid);

CREATE INDEX ir_statusposts_incidentid ON ir_statusposts (incidentid);
CREATE INDEX ir_statusposts_postid ON ir_statusposts (postid);

CREATE TABLE ir_system (
    skey    varchar(64)  PRIMARY KEY,
    svalue  varchar(1024)
);

CREATE TABLE ir_timelineevent (
    id             varchar(26)    PRIMARY KEY,
    incidentid     varchar(26)    NOT NULL REFERENCES ir_incident (id),
    createat       bigint         NOT NULL,
    deleteat       bigint         NOT NULL DEFAULT 0,
    eventat        bigint         NOT NULL,
    eventtype      varchar(32)    NOT NULL DEFAULT ''::text,
    summary        varchar(256)   NOT NULL DEFAULT ''::text,
    details        varchar(4096)  NOT NULL DEFAULT ''::text,
    postid         varchar(26)    NOT NULL DEFAULT ''::text,
    subjectuserid  varchar(26)    NOT NULL DEFAULT ''::text,
    creatoruserid  varchar(26)    NOT NULL DEFAULT ''::text
);

CREATE INDEX ir_timelineevent_id ON ir_timelineevent (id);
CREATE INDEX ir_timelineevent_incidentid ON ir_timelineevent (incidentid);

CREATE TABLE ir_userinfo (
    id                              varchar(26)  PRIMARY KEY,
    lastdailytododmat               bigint,
    digestnotificationsettingsjson  json
);

CREATE TABLE ir_viewedchannel (
    channelid  varchar(26)  NOT NULL,
    userid     varchar(26)  NOT NULL,

    PRIMARY KEY (channelid, userid)
);

INSERT INTO ir_system (skey, svalue) VALUES
    ('DatabaseVersion', '0.63.0');
