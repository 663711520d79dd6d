-- For a large workspace (100,000 posts and more): takes the secondary indexes off Posts, so that
-- filling it does not take minutes. Run it between ids.sql and workspace.sql.
-- What to drop and to restore is read from the catalog; sample_indexes keeps it for bulk-after.sql.

SET SESSION group_concat_max_len = 65535;

DROP TABLE IF EXISTS sample_indexes;

CREATE TABLE sample_indexes (name VARCHAR(64) NOT NULL PRIMARY KEY, fulltext_index INT NOT NULL, definition TEXT NOT NULL);

INSERT INTO sample_indexes
SELECT INDEX_NAME, MAX(INDEX_TYPE = 'FULLTEXT'),
  CONCAT(IF(MAX(INDEX_TYPE) = 'FULLTEXT', 'FULLTEXT ', IF(MAX(NON_UNIQUE) = 0, 'UNIQUE ', '')), 'INDEX `', INDEX_NAME, '` (',
    GROUP_CONCAT('`', COLUMN_NAME, '`', IF(SUB_PART IS NULL OR INDEX_TYPE = 'FULLTEXT', '', CONCAT('(', SUB_PART, ')')) ORDER BY SEQ_IN_INDEX), ')')
FROM INFORMATION_SCHEMA.STATISTICS
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'Posts' AND INDEX_NAME <> 'PRIMARY'
GROUP BY INDEX_NAME;

SET @statement = (SELECT CONCAT('ALTER TABLE Posts ', GROUP_CONCAT('DROP INDEX `', name, '`')) FROM sample_indexes);
PREPARE change_indexes FROM @statement;
EXECUTE change_indexes;
DEALLOCATE PREPARE change_indexes;
