-- Mattermost migration 44: create_user_terms_of_service

CREATE TABLE UserTermsOfService (
    UserId            varchar(26)  PRIMARY KEY,
    TermsOfServiceId  varchar(26),
    CreateAt          bigint
);
