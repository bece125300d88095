#!/usr/bin/env python3
"""Vectors for formats that move and that no public vector shows.

Computed with Python's hashlib alone, each from the format's description, so that they check the room's parsers and
conversions from the outside. The salts are fixed: the file comes out the same every time.

    python3 scripts/own-vectors.py > tests/data/password-vectors-own.jsonl
"""

import base64
import hashlib
import hmac
import json

PASSWORD = "Pässword 1!"
PW = PASSWORD.encode()
b64 = lambda data: base64.b64encode(data).decode()
bare = lambda data: b64(data).rstrip("=")
salt = lambda label, size: hashlib.sha512(b"salt of " + label.encode()).digest()[:size]
text_salt = lambda label, size: b64(salt(label, 48)).replace("/", "x").replace("+", "y")[:size]
h = lambda name, data: hashlib.new(name, data).digest()
OKTA = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha512": "SHA-512"}


def digest(name, value, order=None, salted=b""):
    okta = {"algorithm": OKTA[name], "value": b64(value)}
    return okta | {"saltOrder": order, "salt": b64(salted)} if salted else okta


def pbkdf2(name, salted, rounds, size):
    key = hashlib.pbkdf2_hmac(name, PW, salted, rounds, size)
    return key, {
        "algorithm": "PBKDF2",
        "digestAlgorithm": name.upper() + "_HMAC",
        "iterationCount": rounds,
        "keySize": size,
        "salt": b64(salted),
        "value": b64(key),
    }


def row(scheme, stored, okta, context=None, column=None, stated=True, number=1, decision="import"):
    # The right password, and a wrong one: the value converts all the same.
    for case, password in (("plain", PASSWORD), ("wrong", PASSWORD + "x")):
        print(json.dumps({
            "id": f"own-{scheme}-{number}-{case}",
            "scheme": scheme,
            "stored": stored,
            "salt_column": column,
            "context": context or {},
            "password": password,
            "verifies": case == "plain",
            "malformed": False,
            "okta_decision": decision,
            "okta_expected": okta,
            "detect": "needs_hint" if stated else "certain",
            "case": case,
            "generator": "scripts/own-vectors.py (hashlib)",
        }, ensure_ascii=False))


certain = lambda *args, **named: row(*args, stated=False, **named)

# PBKDF2.
for name, label in (("sha256", "PBKDF2-HMAC-SHA256"), ("sha512", "PBKDF2-HMAC-SHA512")):
    for number, size in ((1, 16), (2, 8)):
        s = salt("opendj" + name, size)
        key, okta = pbkdf2(name, s, 10000, hashlib.new(name).digest_size)
        certain("opendj-pbkdf2-" + name, f"{{{label}}}10000:{b64(key + s)}", okta, number=number)
s = salt("macos", 32)
for number, size in ((1, 128), (2, 64)):
    key, okta = pbkdf2("sha512", s, 38461, size)
    certain("macos-pbkdf2", f"$ml$38461${s.hex()}${key.hex()}", okta, number=number)
s = salt("mattermost", 16)
key, okta = pbkdf2("sha256", s, 60000, 32)
certain("mattermost-pbkdf2", f"$pbkdf2$f=SHA256,w=60000,l=32${bare(s)}${bare(key)}", okta)
column = text_salt("grafana", 10)
key, okta = pbkdf2("sha256", column.encode(), 10000, 50)
row("grafana-pbkdf2", key.hex(), okta, column=column)
s = salt("tomcat", 32)
key, okta = pbkdf2("sha256", s, 20000, 32)
row("tomcat-pbkdf2-sha256", f"{s.hex()}$20000${key.hex()}", okta, {"kdf": "pbkdf2"})
s = salt("spring", 16)
key, okta = pbkdf2("sha256", s, 310000, 32)
row("spring-pbkdf2-bare-v5_8", (s + key).hex(), okta)
key, okta = pbkdf2("sha256", s, 150000, 32)
row("spring-pbkdf2-base64", b64(s + key), okta, {"digest": "sha256", "iterations": 150000, "salt_bytes": 16})
# Behind its label too, the encoder's secret stands behind the salt.
key, okta = pbkdf2("sha256", s + b"s1te-secret", 310000, 32)
certain("spring-pbkdf2-v5_8", "{pbkdf2@SpringSecurity_v5_8}" + (s + key).hex(), okta, {"secret": "s1te-secret"})
s = salt("any", 20)
key, okta = pbkdf2("sha512", s, 100000, 64)
context = {"digest": "sha512", "iterations": 100000, "encoding": "hex", "salt_encoding": "hex"}
row("pbkdf2", key.hex(), okta, context, s.hex())

# One round of a digest.
for name in ("md5", "sha256", "sha512"):
    row("hex-upper-" + name, h(name, PW).hex().upper(), digest(name, h(name, PW)))
for name in ("sha1", "sha512"):
    certain("ldap-hex-" + name.replace("sha1", "sha"), f"{{{name.replace('sha1', 'sha').upper()}}}{h(name, PW).hex()}", digest(name, h(name, PW)))
row("ldap-hex-sha256", "{SHA256}" + h("sha256", PW).hex(), digest("sha256", h("sha256", PW)))
certain("dovecot-plain-md5", "{PLAIN-MD5}" + h("md5", PW).hex(), digest("md5", h("md5", PW)))
for scheme, size in (("389ds-ssha", 8), ("apacheds-ssha", 8), ("dovecot-ssha", 4)):
    s = salt(scheme, size)
    value = h("sha1", PW + s)
    certain(scheme, "{SSHA}" + b64(value + s), digest("sha1", value, "POSTFIX", s))
s = salt("lower", 8)
value = h("sha1", PW + s)
certain("spring-ldap-ssha-lower", "{ldap}{ssha}" + b64(value + s), digest("sha1", value, "POSTFIX", s))
for label, name in (("SSHA", "sha1"), ("SMD5", "md5"), ("SSHA256", "sha256"), ("SSHA512", "sha512")):
    s = salt("hex" + label, 4)
    value = h(name, PW + s)
    certain(f"dovecot-{label.lower()}-hex", f"{{{label}.HEX}}{(value + s).hex()}", digest(name, value, "POSTFIX", s))
braced = "{" + text_salt("spring", 24) + "}"
value = h("sha512", PW + braced.encode())
certain("spring-SHA-512", "{SHA-512}" + braced + value.hex(), digest("sha512", value, "POSTFIX", braced.encode()))
value = h("sha256", PW + braced.encode())
row("spring-SHA-256-base64", braced + b64(value), digest("sha256", value, "POSTFIX", braced.encode()))
column = text_salt("text", 16)
value = h("sha1", PW + column.encode())
row("web2py-sha1", f"sha1${column}${value.hex()}", digest("sha1", value, "POSTFIX", column.encode()))
value = h("sha256", PW + column.encode())
row("joomla-sha256-bare", f"{value.hex()}:{column}", digest("sha256", value, "POSTFIX", column.encode()))
value = h("sha256", column.encode() + PW)
row("magento1-sha256", f"{value.hex()}:{column}", digest("sha256", value, "PREFIX", column.encode()))
s = salt("shiro", 16)
for label, name in (("MD5", "md5"), ("SHA-1", "sha1")):
    value = h(name, s + PW)
    certain(f"shiro1-{name}-1", f"$shiro1${label}$1${b64(s)}${b64(value)}", digest(name, value, "PREFIX", s))
for name in ("md5", "sha1", "sha512"):
    value = h(name, s + PW)
    row(f"tomcat-{name}-1", f"{s.hex()}$1${value.hex()}", digest(name, value, "PREFIX", s), {"kdf": "digest"})
for number, (name, size) in enumerate((("md5", 8), ("sha256", 8), ("sha256", 16)), 1):
    s = salt("jasypt", size)
    value = h(name, s + PW)
    row("jasypt-1-iteration", b64(s + value), digest(name, value, "PREFIX", s), {"salt_bytes": size}, number=number)
site = text_salt("site", 40)
for name in ("md5", "sha256", "sha512"):
    value = h(name, site.encode() + PW)
    context = {"digest": name, "encoding": "hex", "salt_order": "prefix", "site_salt": site}
    row("site-salt-" + name, value.hex(), digest(name, value, "PREFIX", site.encode()), context)
# Described piece by piece: H(salt ‖ pepper ‖ password).
value = h("sha256", column.encode() + b"p3pper" + PW)
context = {"digest": "sha256", "encoding": "hex", "salt_order": "prefix", "salt_encoding": "text", "pepper": "p3pper"}
certain("stated-digest", value.hex(), digest("sha256", value, "PREFIX", column.encode() + b"p3pper"), context, column)

# Ory Kratos and Zitadel: what the template puts beside the password is the salt.
s = salt("kratos", 12)
for name in ("md5", "sha1", "sha256", "sha512"):
    templates = ("{SALT}$${PASSWORD}", "{PASSWORD}:{SALT}", "pre{SALT}{PASSWORD}", "{PASSWORD}")
    for number, template in enumerate(templates, 1):
        before, after = (part.encode().replace(b"{SALT}", s) for part in template.split("{PASSWORD}"))
        value = h(name, before + PW + after)
        order = "PREFIX" if before else "POSTFIX" if after else None
        stored = f"${name}$pf={b64(template.encode())}${b64(s)}${b64(value)}"
        certain("kratos-" + name, stored, digest(name, value, order, before or after), number=number)
value = h("md5", PW)
certain("kratos-md5", f"$md5${b64(value)}", digest("md5", value), number=5)
for number, side in ((1, "prefix"), (2, "suffix")):
    # The characters as they stand, though they are Base64 of something.
    text = b64(salt("zitadel" + side, 9))
    value = h("md5", text.encode() + PW if side == "prefix" else PW + text.encode())
    okta = digest("md5", value, "PREFIX" if side == "prefix" else "POSTFIX", text.encode())
    certain("zitadel-md5salted", f"$md5salted-{side}${text}${b64(value)}", okta, number=number)

# For the hook: the template on both sides, HMACs, digests of digests, PBKDF2 over an older digest.
hook = lambda scheme, stored, **named: row(scheme, stored, None, decision="hook", **named)
template = "{SALT}:{PASSWORD}:{SALT}"
value = h("sha512", s + b":" + PW + b":" + s)
hook("kratos-template", f"$sha512$pf={b64(template.encode())}${b64(s)}${b64(value)}", stated=False)
for name in ("md5", "sha1", "sha256", "sha512"):
    mac = hmac.new(s, PW, name).hexdigest()
    hook("kratos-hmac", f"$hmac-{name}${b64(mac.encode())}${b64(s)}", stated=False, number=name)
column = text_salt("redmine", 32)
hook("redmine-sha1", h("sha1", column.encode() + h("sha1", PW).hex().encode()).hex(), column=column)
inner = h("sha256", h("sha256", PW).hex().encode() + column.encode()).hex()
php = lambda **pairs: f"a:{len(pairs)}:{{" + "".join(
    f's:{len(k)}:"{k}";s:{len(v)}:"{v}";' for k, v in pairs.items()) + "}"
hook("xenforo1-sha256", php(hash=inner, salt=column, hashFunc="sha256"), stated=False, number="data")
inner = h("sha1", h("sha1", PW).hex().encode() + column.encode()).hex()
hook("xenforo1-sha1", php(hash=inner, salt=column, hashFunc="sha1"), stated=False, number="data")
hook("authme-sha256", f"$SHA${column[:16]}${h('sha256', h('sha256', PW).hex().encode() + column[:16].encode()).hex()}",
     stated=False)
for name in ("md5", "sha1"):
    for number, first in ((1, column.encode()), (2, b"")):
        old = h(name, first + PW).hex().encode()
        key = hashlib.pbkdf2_hmac("sha256", old, column.encode(), 20000)
        hook("django-pbkdf2-wrapped", f"pbkdf2_wrapped_{name}$20000${column}${b64(key)}", stated=False,
             number=f"{name}-{number}")
