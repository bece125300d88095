INSERT INTO users (id, name, email, email_verified_at, password, remember_token, created_at, updated_at) VALUES
  (1, 'Tomáš Dvořák', 'Tomas.Dvorak@example.com', '2024-01-01 00:00:00', '$2y$12$vi8yKCKGyFqIWYEKMHaEnOIR8jeB8wWhYp5qgPzcvRcFNHLV9G0Vy', 'X1', '2024-01-01 00:00:00', '2024-01-01 00:00:00'),
  (2, 'Máire O''Neill', 'maire@example.com', NULL, '$2y$12$vi8yKCKGyFqIWYEKMHaEnOIR8jeB8wWhYp5qgPzcvRcFNHLV9G0Vy', NULL, '2024-01-01 00:00:00', '2024-01-01 00:00:00'),
  (3, 'Anna van der Berg', 'anna@example.com', NULL, '$2y$12$vi8yKCKGyFqIWYEKMHaEnOIR8jeB8wWhYp5qgPzcvRcFNHLV9G0Vy', NULL, '2024-01-01 00:00:00', '2024-01-01 00:00:00'),
  (4, '李伟', 'li.wei@example.com', NULL, '$2y$12$vi8yKCKGyFqIWYEKMHaEnOIR8jeB8wWhYp5qgPzcvRcFNHLV9G0Vy', NULL, '2024-01-01 00:00:00', '2024-01-01 00:00:00');
INSERT INTO password_reset_tokens (email, token, created_at) VALUES ('anna@example.com', '$2y$12$vi8yKCKGyFqIWYEKMHaEnOIR8jeB8wWhYp5qgPzcvRcFNHLV9G0Vy', '2024-01-01 00:00:00');
