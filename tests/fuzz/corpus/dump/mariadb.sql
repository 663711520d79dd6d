/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: mattermost
-- ------------------------------------------------------
-- Server version	10.11.6-MariaDB

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;

DROP TABLE IF EXISTS `Posts`;
CREATE TABLE `Posts` (
  `Id` varchar(26) NOT NULL COMMENT 'it''s; (odd)',
  `Message` text DEFAULT NULL,
  `Raw` blob DEFAULT NULL,
  PRIMARY KEY (`Id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES `Posts` WRITE;
INSERT INTO `Posts` VALUES ('a','it\'s; \\ -- no /* comment */','\0x'),
('b',NULL,_binary 'x''y'),('c','',0x00ff);
UNLOCK TABLES;
DELIMITER ;;
CREATE TRIGGER t BEFORE INSERT ON Posts FOR EACH ROW BEGIN SET NEW.Id = ';;'; END ;;
DELIMITER ;
-- Dump completed on 2024-01-01  0:00:00
