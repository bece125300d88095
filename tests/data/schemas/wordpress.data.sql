INSERT INTO wp_users ("ID", user_login, user_pass, user_nicename, user_email, user_registered, user_activation_key, user_status, display_name) VALUES
  (1, 'admin', '$P$BVbptZxEcZV2yeLyYeN.O4ZeG8225d.', 'admin', 'Tomas.Dvorak@example.com', '2020-01-01 00:00:00', '', 0, 'Tomáš Dvořák'),
  (2, 'maire', '$wp$2y$10$6bZ0c0hYVh1eS5oHk3P8xuGd4bQeZb0tC1Yk9Jc7U8m6vW5xYzABC', 'maire', 'maire@example.com', '2020-01-01 00:00:00', '1700000000:$P$B1234567890123456789012345678', 0, 'Máire'),
  (3, 'naomi', '5f4dcc3b5aa765d61d8327deb882cf99', 'naomi', 'naomi@example.com', '2020-01-01 00:00:00', '', 0, 'naomi');
INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES
  (1, 'nickname', 'admin'), (1, 'first_name', 'Tomáš'), (1, 'last_name', 'Dvořák'), (1, 'wp_capabilities', 'a:1:{s:13:"administrator";b:1;}'), (1, 'session_tokens', 'a:0:{}'),
  (2, 'first_name', 'Máire'), (2, 'last_name', 'O''Neill'), (2, 'wp_capabilities', 'a:2:{s:6:"editor";b:1;s:10:"translator";b:1;}'),
  (2, 'last_name', 'O''Neill'),
  (3, 'first_name', 'ナオミ'), (3, 'last_name', ''), (3, 'wp_capabilities', 'a:1:{s:10:"subscriber";b:1;}');
