-- Mattermost migration 47: create_file_info

CREATE TABLE FileInfo (
    Id               varchar(26)  PRIMARY KEY,
    CreatorId        varchar(26),
    PostId           varchar(26),
    CreateAt         bigint,
    UpdateAt         bigint,
    DeleteAt         bigint,
    Path             text,
    ThumbnailPath    text,
    PreviewPath      text,
    Name             text,
    Extension        varchar(64),
    Size             bigint,
    MimeType         text,
    Width            int,
    Height           int,
    HasPreviewImage  tinyint(1),
    MiniPreview      mediumblob,
    Content          longtext,
    RemoteId         varchar(26),

    FULLTEXT KEY idx_fileinfo_content_txt (Content),
    FULLTEXT KEY idx_fileinfo_name_txt (Name)
);

CREATE INDEX idx_fileinfo_create_at ON FileInfo (CreateAt);
CREATE INDEX idx_fileinfo_delete_at ON FileInfo (DeleteAt);
CREATE INDEX idx_fileinfo_extension_at ON FileInfo (Extension);
CREATE INDEX idx_fileinfo_postid_at ON FileInfo (PostId);
CREATE INDEX idx_fileinfo_update_at ON FileInfo (UpdateAt);
