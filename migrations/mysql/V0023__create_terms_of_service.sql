-- Mattermost migration 23: create_terms_of_service

CREATE TABLE TermsOfService (
    Id        varchar(26)  PRIMARY KEY,
    CreateAt  bigint,
    UserId    varchar(26),
    Text      text
);
