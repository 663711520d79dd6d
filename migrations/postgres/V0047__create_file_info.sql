-- Mattermost migration 47: create_file_info

CREATE TABLE fileinfo (
    id               varchar(26)  PRIMARY KEY,
    creatorid        varchar(26),
    postid           varchar(26),
    createat         bigint,
    updateat         bigint,
    deleteat         bigint,
    path             varchar(512),
    thumbnailpath    varchar(512),
    previewpath      varchar(512),
    name             varchar(256),
    extension        varchar(64),
    size             bigint,
    mimetype         varchar(256),
    width            integer,
    height           integer,
    haspreviewimage  boolean,
    minipreview      bytea,
    content          text,
    remoteid         varchar(26)
);

CREATE INDEX idx_fileinfo_content_txt ON fileinfo USING gin (to_tsvector('english', content));
CREATE INDEX idx_fileinfo_create_at ON fileinfo (createat);
CREATE INDEX idx_fileinfo_delete_at ON fileinfo (deleteat);
CREATE INDEX idx_fileinfo_extension_at ON fileinfo (extension);
CREATE INDEX idx_fileinfo_name_splitted
    ON fileinfo USING gin (to_tsvector('english', translate(name, '.,-', '   ')));
CREATE INDEX idx_fileinfo_name_txt ON fileinfo USING gin (to_tsvector('english', name));
CREATE INDEX idx_fileinfo_postid_at ON fileinfo (postid);
CREATE INDEX idx_fileinfo_update_at ON fileinfo (updateat);
