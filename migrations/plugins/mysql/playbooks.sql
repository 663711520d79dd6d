-- Playbooks 0.63.0
-- No foreign keys: MySQL up to 8 reads those that Playbooks declares and forgets them.

CREATE TABLE IR_Category (
    ID         varchar(26)   PRIMARY KEY,
    Name       varchar(512)  NOT NULL,
    TeamID     varchar(26)   NOT NULL,
    UserID     varchar(26)   NOT NULL,
    Collapsed  tinyint(1)    DEFAULT 0,
    CreateAt   bigint        NOT NULL,
    UpdateAt   bigint        NOT NULL DEFAULT 0,
    DeleteAt   bigint        NOT NULL DEFAULT 0
);

CREATE INDEX IR_Category_TeamID_UserID ON IR_Category (TeamID, UserID);

CREATE TABLE IR_Category_Item (
    Type        varchar(1)   NOT NULL,
    CategoryID  varchar(26)  NOT NULL,
    ItemID      varchar(26)  NOT NULL,

    PRIMARY KEY (CategoryID, ItemID, Type)
);

CREATE INDEX IR_Category_Item_CategoryID ON IR_Category_Item (CategoryID);

CREATE TABLE IR_ChannelAction (
    ID           varchar(26)  PRIMARY KEY,
    ChannelID    varchar(26),
    Enabled      tinyint(1)   DEFAULT 0,
    DeleteAt     bigint       NOT NULL DEFAULT 0,
    ActionType   text         NOT NULL,
    TriggerType  text         NOT NULL,
    Payload      json         NOT NULL
);

CREATE INDEX IR_ChannelAction_ChannelID ON IR_ChannelAction (ChannelID);

CREATE TABLE IR_Incident (
    ID                                       varchar(26)    PRIMARY KEY,
    Name                                     varchar(1024)  NOT NULL,
    Description                              varchar(4096)  NOT NULL,
    IsActive                                 tinyint(1)     NOT NULL,
    CommanderUserID                          varchar(26)    NOT NULL,
    TeamID                                   varchar(26)    NOT NULL,
    ChannelID                                varchar(26)    NOT NULL,
    CreateAt                                 bigint         NOT NULL,
    EndAt                                    bigint         NOT NULL DEFAULT 0,
    DeleteAt                                 bigint         NOT NULL DEFAULT 0,
    ActiveStage                              bigint         NOT NULL,
    PostID                                   varchar(26)    NOT NULL DEFAULT '',
    PlaybookID                               varchar(26)    NOT NULL DEFAULT '',
    ChecklistsJSON                           text           NOT NULL,
    ActiveStageTitle                         varchar(1024)  DEFAULT '',
    ReminderPostID                           varchar(26),
    BroadcastChannelID                       varchar(26)    DEFAULT '',
    PreviousReminder                         bigint         NOT NULL DEFAULT 0,
    ReminderMessageTemplate                  text,
    CurrentStatus                            varchar(1024)  NOT NULL DEFAULT 'Active',
    ReporterUserID                           varchar(26)    NOT NULL DEFAULT '',
    ConcatenatedInvitedUserIDs               text,
    DefaultCommanderID                       varchar(26)    DEFAULT '',
    AnnouncementChannelID                    varchar(26)    DEFAULT '',
    ConcatenatedWebhookOnCreationURLs        text,
    ConcatenatedInvitedGroupIDs              text,
    Retrospective                            text,
    MessageOnJoin                            text,
    RetrospectivePublishedAt                 bigint         NOT NULL DEFAULT 0,
    RetrospectiveReminderIntervalSeconds     bigint         NOT NULL DEFAULT 0,
    RetrospectiveWasCanceled                 tinyint(1)     DEFAULT 0,
    ConcatenatedWebhookOnStatusUpdateURLs    text,
    LastStatusUpdateAt                       bigint         DEFAULT 0,
    ExportChannelOnFinishedEnabled           tinyint(1)     NOT NULL DEFAULT 0,
    CategorizeChannelEnabled                 tinyint(1)     DEFAULT 0,
    CategoryName                             text,
    ConcatenatedBroadcastChannelIds          text,
    ChannelIDToRootID                        text,
    ReminderTimerDefaultSeconds              bigint         NOT NULL DEFAULT 0,
    StatusUpdateEnabled                      tinyint(1)     DEFAULT 1,
    RetrospectiveEnabled                     tinyint(1)     DEFAULT 1,
    StatusUpdateBroadcastChannelsEnabled     tinyint(1)     DEFAULT 0,
    StatusUpdateBroadcastWebhooksEnabled     tinyint(1)     DEFAULT 0,
    SummaryModifiedAt                        bigint         NOT NULL DEFAULT 0,
    CreateChannelMemberOnNewParticipant      tinyint(1)     DEFAULT 1,
    RemoveChannelMemberOnRemovedParticipant  tinyint(1)     DEFAULT 1,
    RunType                                  varchar(32)    DEFAULT 'playbook'
);

CREATE INDEX IR_Incident_ChannelID ON IR_Incident (ChannelID);
CREATE INDEX IR_Incident_TeamID ON IR_Incident (TeamID);
CREATE INDEX IR_Incident_TeamID_CommanderUserID ON IR_Incident (TeamID, CommanderUserID);

CREATE TABLE IR_Metric (
    IncidentID      varchar(26)  NOT NULL,
    MetricConfigID  varchar(26)  NOT NULL,
    Value           bigint,
    Published       tinyint(1)   NOT NULL,

    PRIMARY KEY (IncidentID, MetricConfigID)
);

CREATE INDEX IR_Metric_IncidentID ON IR_Metric (IncidentID);
CREATE INDEX IR_Metric_MetricConfigID ON IR_Metric (MetricConfigID);

CREATE TABLE IR_MetricConfig (
    ID           varchar(26)    PRIMARY KEY,
    PlaybookID   varchar(26)    NOT NULL,
    Title        varchar(512)   NOT NULL,
    Description  varchar(4096)  NOT NULL,
    Type         varchar(32)    NOT NULL,
    Target       bigint,
    Ordering     tinyint        NOT NULL DEFAULT 0,
    DeleteAt     bigint         NOT NULL DEFAULT 0
);

CREATE INDEX IR_MetricConfig_PlaybookID ON IR_MetricConfig (PlaybookID);

CREATE TABLE IR_Playbook (
    ID                                       varchar(26)    PRIMARY KEY,
    Title                                    varchar(1024)  NOT NULL,
    Description                              varchar(4096)  NOT NULL,
    TeamID                                   varchar(26)    NOT NULL,
    CreatePublicIncident                     tinyint(1)     NOT NULL,
    CreateAt                                 bigint         NOT NULL,
    DeleteAt                                 bigint         NOT NULL DEFAULT 0,
    ChecklistsJSON                           text           NOT NULL,
    NumStages                                bigint         NOT NULL DEFAULT 0,
    NumSteps                                 bigint         NOT NULL DEFAULT 0,
    BroadcastChannelID                       varchar(26)    DEFAULT '',
    ReminderMessageTemplate                  text,
    ReminderTimerDefaultSeconds              bigint         NOT NULL DEFAULT 0,
    ConcatenatedInvitedUserIDs               text,
    InviteUsersEnabled                       tinyint(1)     DEFAULT 0,
    DefaultCommanderID                       varchar(26)    DEFAULT '',
    DefaultCommanderEnabled                  tinyint(1)     DEFAULT 0,
    AnnouncementChannelID                    varchar(26)    DEFAULT '',
    AnnouncementChannelEnabled               tinyint(1)     DEFAULT 0,
    ConcatenatedWebhookOnCreationURLs        text,
    WebhookOnCreationEnabled                 tinyint(1)     DEFAULT 0,
    ConcatenatedInvitedGroupIDs              text,
    MessageOnJoin                            text,
    MessageOnJoinEnabled                     tinyint(1)     DEFAULT 0,
    RetrospectiveReminderIntervalSeconds     bigint         NOT NULL DEFAULT 0,
    RetrospectiveTemplate                    text,
    ConcatenatedWebhookOnStatusUpdateURLs    text,
    WebhookOnStatusUpdateEnabled             tinyint(1)     DEFAULT 0,
    ConcatenatedSignalAnyKeywords            text,
    SignalAnyKeywordsEnabled                 tinyint(1)     DEFAULT 0,
    UpdateAt                                 bigint         NOT NULL DEFAULT 0,
    ExportChannelOnFinishedEnabled           tinyint(1)     NOT NULL DEFAULT 0,
    CategorizeChannelEnabled                 tinyint(1)     DEFAULT 0,
    CategoryName                             text,
    ConcatenatedBroadcastChannelIds          text,
    BroadcastEnabled                         tinyint(1)     DEFAULT 0,
    RunSummaryTemplate                       text,
    ChannelNameTemplate                      text,
    StatusUpdateEnabled                      tinyint(1)     DEFAULT 1,
    RetrospectiveEnabled                     tinyint(1)     DEFAULT 1,
    Public                                   tinyint(1)     DEFAULT 0,
    RunSummaryTemplateEnabled                tinyint(1)     DEFAULT 1,
    CreateChannelMemberOnNewParticipant      tinyint(1)     DEFAULT 1,
    RemoveChannelMemberOnRemovedParticipant  tinyint(1)     DEFAULT 1,
    ChannelID                                varchar(26)    DEFAULT '',
    ChannelMode                              varchar(32)    DEFAULT 'create_new_channel'
);

CREATE INDEX IR_Playbook_TeamID ON IR_Playbook (TeamID);
CREATE INDEX IR_Playbook_UpdateAt ON IR_Playbook (UpdateAt);
-- Named for the other table, and yet on this one.
CREATE INDEX IR_PlaybookMember_PlaybookID ON IR_Playbook (ID);

CREATE TABLE IR_PlaybookAutoFollow (
    PlaybookID  varchar(26)  NOT NULL,
    UserID      varchar(26)  NOT NULL,

    PRIMARY KEY (PlaybookID, UserID)
);

CREATE TABLE IR_PlaybookMember (
    PlaybookID  varchar(26)  NOT NULL,
    MemberID    varchar(26)  NOT NULL,
    Roles       text,

    PRIMARY KEY (MemberID, PlaybookID)
);

CREATE INDEX IR_PlaybookMember_MemberID ON IR_PlaybookMember (MemberID);
CREATE INDEX IR_PlaybookMember_PlaybookID ON IR_PlaybookMember (PlaybookID);

CREATE TABLE IR_Run_Participants (
    IncidentID     varchar(26)  NOT NULL,
    UserID         varchar(26)  NOT NULL,
    IsFollower     tinyint(1)   NOT NULL DEFAULT 0,
    IsParticipant  tinyint(1)   DEFAULT 0,

    PRIMARY KEY (IncidentID, UserID)
);

CREATE INDEX IR_Run_Participants_IncidentID ON IR_Run_Participants (IncidentID);
CREATE INDEX IR_Run_Participants_UserID ON IR_Run_Participants (UserID);

CREATE TABLE IR_StatusPosts (
    IncidentID  varchar(26)  NOT NULL,
    PostID      varchar(26)  NOT NULL,

    PRIMARY KEY (IncidentID, PostID)
);

CREATE INDEX IR_StatusPosts_IncidentID ON IR_StatusPosts (IncidentID);
CREATE INDEX IR_StatusPosts_PostID ON IR_StatusPosts (PostID);

CREATE TABLE IR_System (
    SKey    varchar(64)  PRIMARY KEY,
    SValue  varchar(1024)
);

CREATE TABLE IR_TimelineEvent (
    ID             varchar(26)    PRIMARY KEY,
    IncidentID     varchar(26)    NOT NULL,
    CreateAt       bigint         NOT NULL,
    DeleteAt       bigint         NOT NULL DEFAULT 0,
    EventAt        bigint         NOT NULL,
    EventType      varchar(32)    NOT NULL DEFAULT '',
    Summary        varchar(256)   NOT NULL DEFAULT '',
    Details        varchar(4096)  NOT NULL DEFAULT '',
    PostID         varchar(26)    NOT NULL DEFAULT '',
    SubjectUserID  varchar(26)    NOT NULL DEFAULT '',
    CreatorUserID  varchar(26)    NOT NULL DEFAULT ''
);

CREATE INDEX IR_TimelineEvent_ID ON IR_TimelineEvent (ID);
CREATE INDEX IR_TimelineEvent_IncidentID ON IR_TimelineEvent (IncidentID);

CREATE TABLE IR_UserInfo (
    ID                              varchar(26)  PRIMARY KEY,
    LastDailyTodoDMAt               bigint,
    DigestNotificationSettingsJSON  json
);

CREATE TABLE IR_ViewedChannel (
    ChannelID  varchar(26)  NOT NULL,
    UserID     varchar(26)  NOT NULL,

    PRIMARY KEY (ChannelID, UserID)
);

INSERT INTO IR_System (SKey, SValue) VALUES
    ('DatabaseVersion', '0.63.0');
