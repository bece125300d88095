-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: wordpress
-- ------------------------------------------------------
/*!40101 SET NAMES utf8mb4 */;

DROP TABLE IF EXISTS `wp_usermeta`;
CREATE TABLE `wp_usermeta` (
  `umeta_id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `user_id` bigint unsigned NOT NULL DEFAULT '0',
  `meta_key` varchar(255) COLLATE utf8mb4_unicode_520_ci DEFAULT NULL,
  `meta_value` longtext COLLATE utf8mb4_unicode_520_ci,
  PRIMARY KEY (`umeta_id`),
  KEY `user_id` (`user_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `wp_usermeta` WRITE;
INSERT INTO `wp_usermeta` VALUES (1,1,'first_name','Ada'),(2,1,'last_name','Byron'),(3,1,'wp_capabilities','a:1:{s:13:\"administrator\";b:1;}'),(4,2,'first_name','伟'),(5,2,'last_name','李'),(6,2,'wp_capabilities','a:1:{s:10:\"subscriber\";b:1;}'),(7,3,'first_name','Máire'),(8,3,'last_name','O\'Neill'),(9,3,'wp_capabilities','a:1:{s:6:\"editor\";b:1;}');
UNLOCK TABLES;

DROP TABLE IF EXISTS `wp_users`;
CREATE TABLE `wp_users` (
  `ID` bigint unsigned NOT NULL AUTO_INCREMENT,
  `user_login` varchar(60) COLLATE utf8mb4_unicode_520_ci NOT NULL DEFAULT '',
  `user_pass` varchar(255) NOT NULL DEFAULT '',
  `user_nicename` varchar(50) NOT NULL DEFAULT '',
  `user_email` varchar(100) NOT NULL DEFAULT '',
  `user_url` varchar(100) NOT NULL DEFAULT '',
  `user_registered` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  `user_activation_key` varchar(255) NOT NULL DEFAULT '',
  `user_status` int NOT NULL DEFAULT '0',
  `display_name` varchar(250) NOT NULL DEFAULT '',
  PRIMARY KEY (`ID`),
  KEY `user_login_key` (`user_login`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `wp_users` WRITE;
INSERT INTO `wp_users` VALUES (1,'ada','$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/','ada','ada@example.com','','2021-01-01 10:00:00','',0,'Ada Byron'),(2,'wei','$P$BVbptZxEcZV2yeLyYeN.O4ZeG8225d.','wei','wei@example.com','','2021-01-01 10:00:00','',0,'伟 李'),(3,'maire','$P$BDMJH/qCLaUc5Lj8Oiwp7XmWzrCcJ21','maire','maire@example.com','','2021-01-01 10:00:00','',0,'Máire O\'Neill');
UNLOCK TABLES;
-- Dump completed on 2024-01-01 10:00:00
