#!/usr/bin/env python3
"""Writes the sample company: company.sql (an SQLite database as text) and passwords.csv (who signs in with what).

Deterministic: the same file comes out each time. Needs: pip install bcrypt argon2-cffi
The program carries the two files in itself; nobody who uses it runs this.
"""

import base64
import csv
import hashlib
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import bcrypt
from argon2.low_level import Type, hash_secret

HERE = Path(__file__).parent
rng = random.Random(20261)
# The day the dates are as of. The program moves them all on to the day it writes the company out: change it there too.
AS_OF = date(2026, 6, 1)
# Who has not signed in for more than a year, and how many days ago they did.
LONG_UNUSED = {17: 402, 41: 455, 66: 520, 89: 611, 112: 700, 138: 848, 160: 933, 187: 1010, 203: 1188, 214: 1277}

# ── Names: first, last, the same in Latin letters for the login, country ──
SCRIPTS = [
    ("李伟", "王", "wei.wang", "CN"), ("محمد", "الحسن", "mohammed.alhassan", "AE"), ("Дмитрий", "Иванов", "dmitri.ivanov", "RU"),
    ("ナオミ", "佐藤", "naomi.sato", "JP"), ("Tomáš", "Dvořák", "tomas.dvorak", "CZ"), ("Máire", "O'Neill", "maire.oneill", "IE"),
    ("Íñigo", "Núñez", "inigo.nunez", "ES"), ("Søren", "Ærøskøbing", "soren.aeroskobing", "DK"), ("Łukasz", "Żółkiewski", "lukasz.zolkiewski", "PL"),
    ("Ελένη", "Παπαδοπούλου", "eleni.papadopoulou", "GR"), ("נועה", "כהן", "noa.cohen", "IL"), ("अनन्या", "शर्मा", "ananya.sharma", "IN"),
    ("สมชาย", "ใจดี", "somchai.jaidee", "TH"), ("김", "민준", "minjun.kim", "KR"), ("Nguyễn", "Thị Hương", "huong.nguyen", "VN"),
    ("Ólafur", "Þórsson", "olafur.thorsson", "IS"), ("Jürgen", "Weiß", "juergen.weiss", "DE"), ("Şule", "Yıldız", "sule.yildiz", "TR"),
    ("Мария", "Коваленко", "maria.kovalenko", "UA"), ("Zoë", "van der Berg-de Vries", "zoe.vanderberg", "NL"), ("Chloé", "L'Hôpital", "chloe.lhopital", "FR"),
    ("Ana María", "García Márquez", "anamaria.garcia", "MX"), ("João", "Conceição", "joao.conceicao", "BR"), ("გიორგი", "ბერიძე", "giorgi.beridze", "GE"),
    ("Արմեն", "Սարգսյան", "armen.sargsyan", "AM"), ("Sinéad", "Ní Bhriain", "sinead.nibhriain", "IE"), ("Ōtani", "Shōhei", "shohei.otani", "JP"),
    ("Đorđe", "Đokić", "djordje.djokic", "RS"), ("فاطمة", "الزهراء", "fatima.alzahra", "MA"), ("陳", "美玲", "meiling.chen", "TW"),
]
FIRST = """Alice Bruno Carla David Elena Felix Grace Hugo Ines Jonas Karen Liam Mona Nils Olga Peter Quinn Rosa Simon Tara
Uwe Vera Walter Xenia Yusuf Zara Anton Bella Cyril Doris Emil Fiona Georg Hanna Ivan Julia Kilian Lena Marco Nadia""".split()
LAST = """Adler Brown Castro Dietrich Evans Fischer Green Hoffmann Ivanova Jensen Keller Larsen Moreau Novak Olsen Petrov
Quist Rossi Schmidt Taylor Ulrich Vogel Weber Young Zimmer Baker Carter Dubois Engel Ferrari""".split()
DEPARTMENTS = ["Engineering", "Sales", "Finance", "People", "Support", "Operations", "Legal", "Marketing"]
TITLES = ["Engineer", "Account manager", "Accountant", "Recruiter", "Specialist", "Coordinator", "Analyst", "Head of team"]
PLACES = [("Prague", "CZ", "+420"), ("Dublin", "IE", "+353"), ("Berlin", "DE", "+49"), ("Madrid", "ES", "+34"), ("London", "GB", "+44"), ("New York", "US", "+1")]
TEAMS = ["Everyone in Prague", "VPN users", "Developers", "Sales EMEA", "Finance approvers", "Support L1", "Support L2", "Managers",
         "On call", "Data protection", "Canteen", "Chess club", "Läufer", "Отдел продаж", "東京チーム", "Releases", "Design guild", "Security champions",
         "Travel", "Car park", "Gym", "Board", "Interns", "Library", "Choir"]
WORDS = "harbour lantern copper meadow violet anchor maple thunder pepper walnut orbit saffron glacier cinder bramble falcon".split()


def b64(raw):
    return base64.b64encode(raw).decode()


def random_bytes(count):
    return bytes(rng.randrange(256) for _ in range(count))


# ── Password families. Each takes a password and gives what the store keeps, and its salt column. ──
BCRYPT = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def bcrypt_of(cost, letter):
    def make(password):
        salt = base64.b64encode(random_bytes(16)).rstrip(b"=").translate(bytes.maketrans(STANDARD, BCRYPT))
        made = bcrypt.hashpw(password.encode()[:72], b"$2b$%02d$" % cost + salt).decode()
        return made.replace("$2b$", f"${letter}$", 1), None
    return make


def spring_bcrypt(password):
    return "{bcrypt}" + bcrypt_of(4, "2a")(password)[0], None


def spring_scrypt(password):
    # log2 N, r and p packed as Spring Security's SCryptPasswordEncoder writes them: N 2^10, r 8, p 1.
    salt = random_bytes(64)
    key = hashlib.scrypt(password.encode(), salt=salt, n=1 << 10, r=8, p=1, dklen=32)
    return "{scrypt}$a0801$" + b64(salt) + "$" + b64(key), None


def django(rounds):
    def make(password):
        salt = "".join(rng.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") for _ in range(22))
        key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), rounds)
        return f"pbkdf2_sha256${rounds}${salt}${b64(key)}", None
    return make


def argon2id(password):
    return hash_secret(password.encode(), random_bytes(16), 1, 64, 1, 32, Type.ID).decode(), None


def hex_of(name):
    return lambda password: (hashlib.new(name, password.encode()).hexdigest(), None)


def base64_of(name):
    return lambda password: (b64(hashlib.new(name, password.encode()).digest()), None)


def ldap_ssha(name, digest):
    def make(password):
        salt = random_bytes(8)
        return "{" + name + "}" + b64(hashlib.new(digest, password.encode() + salt).digest() + salt), None
    return make


def ldap_sha(password):
    return "{SHA}" + b64(hashlib.sha1(password.encode()).digest()), None


def salted_sha256(password):
    salt = "".join(rng.choice("ghkmnpqrstvwxyzGHKMNPQRSTVWXYZ!#%+") for _ in range(12))
    return hashlib.sha256((salt + password).encode()).hexdigest(), salt


def noop(password):
    return "{noop}" + password, None


FAMILIES = (
    [bcrypt_of(4, "2a")] * 34 + [bcrypt_of(5, "2b")] * 34 + [bcrypt_of(4, "2y")] * 24 + [bcrypt_of(6, "2b")] * 8 + [bcrypt_of(10, "2a")] * 3
    + [spring_bcrypt] * 24 + [spring_scrypt] * 12 + [django(5000)] * 14 + [django(12000)] * 4 + [django(1000)] * 1 + [argon2id] * 12
    + [hex_of("md5")] * 6 + [hex_of("sha1")] * 6 + [hex_of("sha256")] * 6 + [hex_of("sha512")] * 3
    + [base64_of("sha1")] * 2 + [base64_of("sha256")] * 2 + [ldap_ssha("SSHA", "sha1")] * 4 + [ldap_ssha("SSHA512", "sha512")] * 2
    + [ldap_sha] * 2 + [salted_sha256] * 6 + [noop] * 2
)

people, passwords, taken = [], [], set()


def phone_of(prefix):
    """A number that nobody has: of the ranges that regulators keep for films and examples, and valid by the plan. Where a country keeps
    none, the office has one of another office's country."""
    _, second, third = rng.randrange(200, 799), rng.randrange(100, 999), rng.randrange(100, 999)
    return {
        "+1": f"+1 212 555 {100 + third % 100:04}",  # North American plan: 555-0100 to 555-0199
        "+44": f"+44 20 7946 0{third}",  # Ofcom: London
        "+353": f"+1 646 555 {100 + third % 100:04}",
        "+49": f"+49 30 23125 {third}",  # Bundesnetzagentur: Berlin
        "+420": f"+49 30 23125 {second}",
        "+34": f"+1 312 555 {100 + third % 100:04}",
    }[prefix]


def add(first, last, login, country=None, *, make=None, password=None, email=None, phone=None, enabled=1, last_login=True, keep=None, **over):
    number = len(people) + 1
    city, home, prefix = PLACES[number % len(PLACES)]
    stored, salt = (None, None)
    if make:
        if password is None:
            password = f"{rng.choice(WORDS).title()}-{rng.choice(WORDS)}-{rng.randrange(10, 99)}"
        stored, salt = make(password)
    if keep is not None:
        stored = keep
    # Nearly everyone signed in within the last ten months. The dice below are still thrown for it: without, everyone after would
    # get another password.
    ago = LONG_UNUSED.get(number, number * number * 7 % 300)
    hours, minutes = 7 + number * 5 % 12, number * 37 % 60
    signed_in = datetime(AS_OF.year, AS_OF.month, AS_OF.day, hours, minutes) - timedelta(days=ago + 1)
    day = lambda start: f"{start + rng.randrange(4)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02} {rng.randrange(7, 19):02}:{rng.randrange(60):02}:00"
    row = {
        "id": number, "username": login, "email": email if email is not None else login, "first_name": first, "last_name": last,
        "phone": phone if phone is not None else phone_of(prefix),
        "department": DEPARTMENTS[number % len(DEPARTMENTS)], "title": TITLES[rng.randrange(len(TITLES))], "city": city,
        "country": country or home, "employee_no": f"N{1000 + number}", "enabled": enabled, "password_hash": stored, "salt": salt,
        "last_login": str(signed_in) if last_login and day(2022) else None, "created_at": day(2016),
    }
    row.update(over)
    people.append(row)
    if make:
        passwords.append((login.strip(), password))
    return row


def at(name):
    name = name if name not in taken else f"{name}{len(people)}"
    taken.add(name)
    return f"{name}@northwind.example"


# ── The orderly majority ──
makers = list(FAMILIES)
rng.shuffle(makers)
for first, last, latin, country in SCRIPTS:
    add(first, last, at(latin), country, make=makers.pop())
pairs = [(first, last) for first in FIRST for last in LAST]
rng.shuffle(pairs)
while makers:
    first, last = pairs.pop()
    add(first, last, at(f"{first}.{last}".lower()), make=makers.pop())
# Passwords beyond plain letters.
for password in ["пароль-2019", "密码安全123", "pâsswörd €9", " leading and trailing ", "emoji 🗝 key", "x" * 72]:
    first, last = pairs.pop()
    add(first, last, at(f"{first}.{last}".lower()), make=bcrypt_of(4, "2b") if password[0] != "p" else django(5000), password=password)

# ── The messy rest: one of each thing a review has to know ──
quick = bcrypt_of(4, "2b")
add("Missing", None, at("missing.lastname"), make=quick)
add("", "Unnamed", at("empty.firstname"), make=quick)
add("No", "Mail", at("no.mail"), make=quick, email="")
add("Login", "Plain", "lplain", make=quick, email="login.plain@northwind.example")
add("Login", "Blank", "login blank@northwind.example", make=quick)
add("Login", "Slash", "login/slash@northwind.example", make=quick)
add("Mail", "Broken", at("mail.broken"), make=quick, email="mail.broken(at)northwind")
add("Mail", "Twice", at("mail.twice"), make=quick, email="mail..twice@@northwind.example")
add("Isaac", "Brock", "isaac.brock@northwind.example", make=quick)
add("Ísáac", "Brock", "ísáac.brock@northwind.example", make=quick)
add("Case", "Lower", "case.twin@northwind.example", make=quick)
add("Case", "Upper", "Case.Twin@Northwind.Example", make=quick)
add("Shared", "Desk One", at("shared.one"), make=quick, email="frontdesk@northwind.example")
add("Shared", "Desk Two", at("shared.two"), make=quick, email="frontdesk@northwind.example")
add("Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren", "Long", at("long.first"), make=quick)
add("Long", "Hubert-Blaine-Wolfeschlegelsteinhausenbergerdorff-Senior", at("long.last"), make=quick)
add("Long", "Login", "l" * 120 + "@northwind.example", make=quick)
add("Tab\tin", "Name", at("tab.name"), make=quick)
add("Null", "Byte\u0001", at("control.byte"), make=quick)
add("  Padded  ", " Spaces ", "  padded.spaces@northwind.example ", make=quick, email=" padded.spaces@northwind.example")
add("Disabled", "Leaver", at("disabled.leaver"), make=quick, enabled=0)
add("Disabled", "Contractor", at("disabled.contractor"), make=quick, enabled=0, last_login=False)
add("Never", "Arrived", at("never.arrived"), make=quick, last_login=False)
add("Never", "Started", at("never.started"), make=quick, last_login=False)
add("Phone", "Letters", at("phone.letters"), make=quick, phone="call reception")
add("Phone", "Short", at("phone.short"), make=quick, phone="12")
add("Phone", "National", at("phone.national"), make=quick, phone="(0)30 123 456", country="DE")
add("Country", "Word", at("country.word"), make=quick, country="Ireland")
add("Country", "Wrong", at("country.wrong"), make=quick, country="XX")
joiner = add("Joins", "Everything", at("joins.everything"), make=quick)
add("Null", "Password", at("null.password"))
add("Empty", "Password", at("empty.password"), keep="")
add("Locked", "Password", at("locked.password"), keep="!")
add("Junk", "Password", at("junk.password"), keep="see HR, file 12")
add("Odd", "Password", at("odd.password"), keep="$9z$unknown$c29tZXRoaW5nIGVsc2U")
add("Cut", "Password", at("cut.password"), keep="$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7")
# Kept in the clear and too weak for Okta's password policy, which only Okta knows: the one person who fails at the import.
add("Weak", "Password", at("weak.password"), make=noop, password="sunshine")
add("Everything", "Null", at("everything.null"), phone="", department=None, title=None, city=None, country="", last_login=False)

# ── Teams ──
members = []
for person in people:
    for team in sorted(rng.sample(range(1, len(TEAMS) + 1), rng.choice([0, 1, 1, 2, 2, 3]))):
        members.append((team, person["id"]))
members = [pair for pair in members if pair[1] != joiner["id"]] + [(team, joiner["id"]) for team in range(1, len(TEAMS) + 1)]
members.sort()


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    if any(ord(letter) < 32 for letter in value):
        # SQL text literals would carry the control character as it is; spelled out it survives every editor.
        return "CAST(X'" + value.encode().hex().upper() + "' AS TEXT)"
    return "'" + value.replace("'", "''") + "'"


out = ["""-- The sample company. Made by make.py: change that, not this.
-- Every person, address and number is invented; northwind.example exists nowhere.
PRAGMA foreign_keys = ON;
CREATE TABLE staff (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL,
    email TEXT,
    first_name TEXT,
    last_name TEXT,
    phone TEXT,
    department TEXT,
    title TEXT,
    city TEXT,
    country TEXT,
    employee_no TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    password_hash TEXT,
    salt TEXT,
    last_login TEXT,
    created_at TEXT NOT NULL
);
CREATE TABLE teams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE team_members (
    team_id INTEGER NOT NULL REFERENCES teams (id),
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    PRIMARY KEY (team_id, staff_id)
);
CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    discontinued INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE sessions (
    token TEXT PRIMARY KEY,
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    ip_address TEXT,
    expires_at TEXT NOT NULL
);
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    staff_id INTEGER,
    action TEXT NOT NULL,
    detail TEXT
);"""]


def insert(table, columns, rows):
    for start in range(0, len(rows), 50):
        values = ",\n".join("(" + ", ".join(literal(value) for value in row) + ")" for row in rows[start:start + 50])
        out.append(f"INSERT INTO {table} ({', '.join(columns)}) VALUES\n{values};")


columns = list(people[0])
insert("staff", columns, [[person[column] for column in columns] for person in people])
insert("teams", ["id", "name"], list(enumerate(TEAMS, 1)))
insert("team_members", ["team_id", "staff_id"], members)
insert("products", ["id", "name", "price_cents", "discontinued"],
       [(number, f"{rng.choice(WORDS).title()} {kind}", rng.randrange(500, 90000), int(number % 7 == 0))
        for number, kind in enumerate(["lamp", "chair", "desk", "shelf", "rug", "clock", "mirror", "stool"] * 3, 1)])
insert("sessions", ["token", "staff_id", "ip_address", "expires_at"],
       [(random_bytes(16).hex(), rng.randrange(1, len(people) + 1), f"10.0.{rng.randrange(256)}.{rng.randrange(1, 255)}", f"2026-06-{rng.randrange(1, 29):02} 12:00:00")
        for _ in range(40)])
insert("audit_log", ["id", "at", "staff_id", "action", "detail"],
       [(number, f"2026-05-{rng.randrange(1, 29):02} {rng.randrange(24):02}:00:00", rng.randrange(1, len(people) + 1),
         rng.choice(["login", "logout", "password_change", "export"]), None) for number in range(1, 121)])

(HERE / "company.sql").write_text("\n".join(out) + "\n", encoding="utf-8", newline="\n")
with open(HERE / "passwords.csv", "w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["login", "password"])
    writer.writerows(passwords)
print(len(people), "people,", len(passwords), "known passwords")
