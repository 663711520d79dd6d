USE `one`;
CREATE TABLE `Systems` (`Name` varchar(64) NOT NULL, `Value` text);
USE `two`;
CREATE TABLE `Systems` (`Name` varchar(64) NOT NULL, `Value` text);
