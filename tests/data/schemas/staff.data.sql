INSERT INTO abteilungen VALUES (1, 'Vertrieb');
INSERT INTO gruppen VALUES (1, 'Vertrieb'), (2, 'Prag');
INSERT INTO mitarbeiter VALUES
  (1, 'dvorak', 'Tomas.Dvorak@firma.de', 'TOMÁŠ', 'DVOŘÁK', '089 1234567', '0171 2345678', 1, 'Buchhalter', 'München', '80331', 'DE', 'de_DE', 'aktiv', '5f4dcc3b5aa765d61d8327deb882cf99', 'x9', 'Rex', '1234', '01.02.1980', NULL, '01.03.2026 08:15'),
  (2, 'oneill', 'maire@firma.de', 'MÁIRE', 'O''NEILL', '+353 1 234 5678', NULL, 1, 'Leiterin', 'Dublin', 'D02', 'IE', 'en_IE', 'gesperrt', 'e99a18c428cb38d5f260853678922e03', 'y7', 'Tom', '0000', '03.04.1975', NULL, NULL),
  (3, 'sokolov', 'dmitri@firma.de', 'ДМИТРИЙ', 'СОКОЛОВ', '030/123456', '0160 1234567', 1, 'Fahrer', 'Berlin', '10115', 'DE', 'de_DE', 'aktiv', 'd8578edf8458ce06fbc5bb76a58c5ca4', 'z1', 'Ivan', '9999', '05.06.1990', '2025-01-01 00:00:00', '2024-12-24 10:00');
INSERT INTO mitarbeiter_gruppen VALUES (1, 1), (1, 2), (2, 2);
