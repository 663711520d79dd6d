-- Mattermost migration 44: create_user_terms_of_service

CREATE TABLE usertermsofservice (
    userid            varchar(26)  PRIMARY KEY,
    termsofserviceid  varchar(26),
    createat          bigint
);
