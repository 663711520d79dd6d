-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: mattermost
-- ------------------------------------------------------
-- Server version	8.0.36
/*!50503 SET NAMES utf8mb4 */;

DROP TABLE IF EXISTS `Systems`;
CREATE TABLE `Systems` (
  `Name` varchar(64) NOT NULL,
  `Value` text,
  PRIMARY KEY (`Name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `Systems` VALUES ('Version','5.37.0'),('Diagnos