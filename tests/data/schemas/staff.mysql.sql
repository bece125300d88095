-- A company's own tables: German names, a status in words, groups by way of foreign keys, and columns nobody should move.
CREATE TABLE abteilungen (id integer PRIMARY KEY, bezeichnung text NOT NULL);
CREATE TABLE gruppen (id integer PRIMARY KEY, bezeichnung text NOT NULL);
CREATE TABLE mitarbeiter (
  mitarbeiter_id integer PRIMARY KEY, benutzername text, e_mail text, vorname text, nachname text, telefon text, handy text,
  abteilung_id integer, stelle text, ort text, plz text, land text, sprache text, status text,
  kennwort_hash text, kennwort_salt text, sicherheitsfrage_antwort text, pin text, geburtsdatum text, geloescht_am text,
  letzte_anmeldung text, FOREIGN KEY (abteilung_id) REFERENCES abteilungen(id));
CREATE TABLE mitarbeiter_gruppen (mitarbeiter_id integer, gruppe_id integer, FOREIGN KEY (mitarbeiter_id) REFERENCES mitarbeiter(mitarbeiter_id), FOREIGN KEY (gruppe_id) REFERENCES gruppen(id));
CREATE TABLE mitarbeiter_log (id integer PRIMARY KEY, benutzername text, e_mail text, vorname text, nachname text, aktion text);
