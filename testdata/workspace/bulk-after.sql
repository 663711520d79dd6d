-- Puts back what bulk-before.sql took off. Run it after workspace.sql. The full-text indexes take
-- most of the time and no copy reads them: SET @fulltext = 0 beforehand leaves them off.

SET SESSION group_concat_max_len = 65535;
SET @fulltext = COALESCE(@fulltext, 1);

SET @statement = (SELECT CONCAT('ALTER TABLE Posts ', GROUP_CONCAT('ADD ', definition)) FROM sample_indexes WHERE fulltext_index = 0);
PREPARE change_indexes FROM @statement;
EXECUTE change_indexes;

-- One at a time: InnoDB adds no two full-text indexes in one statement.
SET @statement = (SELECT IF(@fulltext = 0, 'DO 0', CONCAT('ALTER TABLE Posts ADD ', MIN(definition))) FROM sample_indexes WHERE fulltext_index = 1);
PREPARE change_indexes FROM @statement;
EXECUTE change_indexes;

SET @statement = (SELECT IF(@fulltext = 0, 'DO 0', CONCAT('ALTER TABLE Posts ADD ', MAX(definition))) FROM sample_indexes WHERE fulltext_index = 1);
PREPARE change_indexes FROM @statement;
EXECUTE change_indexes;
DEALLOCATE PREPARE change_indexes;

DROP TABLE sample_indexes;
