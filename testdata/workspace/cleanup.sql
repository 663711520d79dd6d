-- Drops the helper tables of ids.sql, workspace.sql and bulk-before.sql. Run it last.

DROP TABLE IF EXISTS sample_numbers, sample_ids, sample_channels, sample_members, sample_posts, sample_texts, sample_indexes;
