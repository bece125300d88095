-- WordPress 6 by way of PG4WP, tables prefixed `wp_`.
CREATE TABLE wp_options (option_id bigint auto_increment NOT NULL PRIMARY KEY, option_name varchar(191) NOT NULL DEFAULT '', option_value text NOT NULL, autoload varchar(20) NOT NULL DEFAULT 'yes');
CREATE TABLE wp_users ("ID" bigint auto_increment NOT NULL PRIMARY KEY, user_login varchar(60) NOT NULL DEFAULT '', user_pass varchar(255) NOT NULL DEFAULT '', user_nicename varchar(50) NOT NULL DEFAULT '', user_email varchar(100) NOT NULL DEFAULT '', user_url varchar(100) NOT NULL DEFAULT '', user_registered datetime NOT NULL DEFAULT '1970-01-01 00:00:00', user_activation_key varchar(255) NOT NULL DEFAULT '', user_status integer NOT NULL DEFAULT 0, display_name varchar(250) NOT NULL DEFAULT '');
CREATE TABLE wp_usermeta (umeta_id bigint auto_increment NOT NULL PRIMARY KEY, user_id bigint NOT NULL DEFAULT 0, meta_key varchar(255), meta_value text);
CREATE INDEX wp_usermeta_user_id ON wp_usermeta (user_id);
