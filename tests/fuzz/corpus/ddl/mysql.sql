CREATE TABLE `Posts` (
  `Id` varchar(26) NOT NULL COMMENT 'it''s; (odd)',
  `CreateAt` bigint(20) DEFAULT NULL,
  `Message` text DEFAULT NULL,
  `Props` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`Props`)),
  `Kind` enum('a','b''c') DEFAULT 'a',
  PRIMARY KEY (`Id`),
  KEY `idx_posts_create_at` (`CreateAt`,`Id`(10) DESC),
  FULLTEXT KEY `idx_posts_message_txt` (`Message`),
  CONSTRAINT `fk` FOREIGN KEY (`Id`) REFERENCES `Other` (`Id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
ALTER TABLE `Posts` ADD COLUMN `At` datetime(6) DEFAULT CURRENT_TIMESTAMP(6), DROP KEY `idx_posts_create_at`;
