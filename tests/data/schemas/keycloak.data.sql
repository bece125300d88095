INSERT INTO realm (id, name, enabled) VALUES ('r1', 'company', true);
INSERT INTO user_entity (id, email, email_constraint, email_verified, enabled, first_name, last_name, realm_id, username, created_timestamp, service_account_client_link, not_before) VALUES
  ('11111111-1111-4111-8111-111111111111', 'tomas.dvorak@example.com', 'tomas.dvorak@example.com', true, true, 'Tomáš', 'Dvořák', 'r1', 'tomas', 1700000000000, NULL, 0),
  ('22222222-2222-4222-8222-222222222222', 'dmitri@example.com', 'dmitri@example.com', true, false, 'Дмитрий', 'Соколов', 'r1', 'dmitri', 1700000000000, NULL, 0),
  ('33333333-3333-4333-8333-333333333333', 'maire@example.com', 'maire@example.com', false, true, 'Máire', 'O''Neill', 'r1', 'maire', 1700000000000, NULL, 0),
  ('44444444-4444-4444-8444-444444444444', NULL, 'x', false, true, NULL, NULL, 'r1', 'service-account-web', 1700000000000, 'c1', 0);
INSERT INTO credential (id, salt, type, user_id, created_date, user_label, secret_data, credential_data, priority) VALUES
  ('c1', NULL, 'password', '11111111-1111-4111-8111-111111111111', 1700000000000, NULL, '{"value":"v/Q4nGNsJvLcLPZ0M3dkpQ==","salt":"aSalt+/==","additionalParameters":{}}', '{"hashIterations":210000,"algorithm":"pbkdf2-sha512","additionalParameters":{}}', 10),
  ('c2', NULL, 'otp', '11111111-1111-4111-8111-111111111111', 1700000000000, 'phone', '{"value":"otpsecret"}', '{"subType":"totp"}', 20),
  ('c3', NULL, 'password', '22222222-2222-4222-8222-222222222222', 1700000000000, NULL, '{"value":"AAAA","salt":"BBBB","additionalParameters":{}}', '{"hashIterations":27500,"algorithm":"pbkdf2-sha256","additionalParameters":{}}', 10);
INSERT INTO keycloak_group (id, name, parent_group, realm_id) VALUES ('g1', 'Sales', ' ', 'r1'), ('g2', 'Praha', 'g1', 'r1');
INSERT INTO user_group_membership (group_id, user_id) VALUES ('g1', '11111111-1111-4111-8111-111111111111'), ('g2', '11111111-1111-4111-8111-111111111111'), ('g1', '33333333-3333-4333-8333-333333333333');
INSERT INTO keycloak_role (id, name, realm_id) VALUES ('ro1', 'default-roles-company', 'r1');
INSERT INTO user_role_mapping (role_id, user_id) VALUES ('ro1', '11111111-1111-4111-8111-111111111111');
