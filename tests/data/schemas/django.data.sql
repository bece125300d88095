INSERT INTO auth_group (id, name) VALUES (1, 'Editors'), (2, 'Büro Praha');
INSERT INTO auth_permission (id, name, content_type_id, codename) VALUES (1, 'Can add log entry', 1, 'add_logentry');
INSERT INTO auth_user (id, password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined) VALUES
  (1, 'pbkdf2_sha256$600000$6Lo5UnKOCB7RSAKvTDmBhz$JvZ3KBmJXPqD0KYGnW1K7ZzL2dUyYhQZyx6pH0Gm9Sw=', '2026-03-01 08:15:00+00:00', true, 'tomas', 'Tomáš', 'Dvořák', 'Tomas.Dvorak@example.com', true, true, '2020-01-01 00:00:00+00:00'),
  (2, 'pbkdf2_sha256$600000$bYbRzJ0mI1wW5yD8jvQyCr$0VYxJ3iDqS1hQk3Zg2aPzHk9T3vQ0dY1u5nWcZf7aRk=', NULL, false, 'mohamed', 'محمد', 'الفاسي', 'mohamed@example.com', false, false, '2020-01-01 00:00:00+00:00'),
  (3, '!vQw2x0s8Kq9d', NULL, false, 'liwei', '伟', '李', 'li.wei@example.com', false, true, '2020-01-01 00:00:00+00:00');
INSERT INTO auth_user_groups (id, user_id, group_id) VALUES (1, 1, 1), (2, 1, 2), (3, 3, 2);
INSERT INTO auth_user_user_permissions (id, user_id, permission_id) VALUES (1, 1, 1);
