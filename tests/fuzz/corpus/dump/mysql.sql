-- MySQL dump 10.13  Distrib 9.7.4, for Linux (x86_64)
--
-- Host: 127.0.0.1    Database: mattermost
-- ------------------------------------------------------
-- Server version	9.7.4
/*!50503 SET NAMES utf8mb4 */;
CREATE DATABASE /*!32312 IF NOT EXISTS*/ `mattermost` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;
USE `mattermost`;
CREATE TABLE `db_migrations` (
  `Version` bigint NOT NULL,
  `Name` varchar(64) NOT NULL,
  PRIMARY KEY (`Version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `db_migrations` VALUES (1,'create_teams'),(2,'create_team_members');
CREATE TABLE `Numbers` (`a` decimal(65,30), `b` double, `c` bit(64), `d` json, `e` datetime(6)) ENGINE=InnoDB;
INSERT INTO `Numbers` (`a`, `b`, `d`) VALUES (-1.5,1e308,'{\"a\": \"\\\\u0000\"}'),(NULL,-0,NULL);
REPLACE INTO `Numbers` SET a=1;
/*!50001 CREATE VIEW `v` AS SELECT 
 1 AS `a`*/;
-- Dump completed on 2026-01-01  0:00:00
