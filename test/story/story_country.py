#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_country.py - a real country's team begins: its networks come from libloc's database, and
# they are what Debian's own tool `location` says of the same file. Depends on: story.
import ipaddress
import os
import random
import re
import shutil
import subprocess

import story

PACKAGED = "/usr/share/libloc-location/location.db"
KEPT = "/var/lib/location/database.db"
TEAM = ["--name", "Test team", "--mail", "cirt@cirt.example", "--language", "en",
        "--timezone", "Etc/UTC"]
COUNTRIES = ["TO", "DZ", "RW", "ID"]
SAMPLE = 120


def networks(cc):
    """The entries of a country as the other tool lists them."""
    out = []
    for family in ("ipv4", "ipv6"):
        listed = subprocess.run(["location", "--database", PACKAGED, "list-networks-by-cc",
                                 "--family=" + family, cc], capture_output=True, text=True,
                                check=True).stdout
        out += [ipaddress.ip_network(line) for line in listed.split()]
    return out


def answers(addresses):
    """Country and organisation of each address, as the other tool answers; None where none."""
    out = {}
    text = subprocess.run(["location", "--database", PACKAGED, "lookup", *map(str, addresses)],
                          capture_output=True, text=True, check=False).stdout
    for block in re.split(r"\n(?=\S)", text):
        asn = re.search(r"Autonomous System\s*: (AS\d+)(?: - (.+))?", block)
        net = re.search(r"Network\s*: (\S+)", block)
        cc = re.search(r"Country\s*: (.+)", block)
        head = block.split(":\n")[0].strip()
        if net:
            name = asn and (asn[2] or asn[1]).strip()
            out[ipaddress.ip_address(head)] = (cc and cc[1].strip(), name)
    return out


def taken(place, cc):
    """What an import would add: country prefixes, networks with their organisation, counts."""
    prefixes, nets, about = [], {}, None
    for line in place.json_lines("register", "import", "--dry-run", "--json", "--country", cc,
                                 PACKAGED):
        if "data_of" in line:
            about = line
        change = re.fullmatch(r"new (network|country's prefix) (\S+): (.+)",
                              line.get("change", ""))
        if change and change[1] == "network":
            nets[ipaddress.ip_network(change[2])] = change[3]
        elif change:
            prefixes.append(ipaddress.ip_network(change[2]))
    return prefixes, nets, about


def size(nets):
    """Addresses of disjoint networks, IPv4 and IPv6 apart."""
    return tuple(sum(n.num_addresses for n in nets if n.version == v) for v in (4, 6))


def collapse(nets):
    return [n for v in (4, 6)
            for n in ipaddress.collapse_addresses(x for x in nets if x.version == v)]


def inside(address, nets):
    return any(address in n for n in nets if n.version == address.version)


def organisation(address, nets):
    """Of the one network that the address is in; None where it is in none."""
    return next((name for n, name in nets.items()
                 if n.version == address.version and address in n), None)


def compare(place, cc):
    listed = networks(cc)
    prefixes, nets, about = taken(place, cc)
    story.same(about["entries"], len(listed), f"{cc}: as many entries ({len(listed)})")
    story.same((about["country_prefixes"], about["networks"]), (len(prefixes), len(nets)),
               f"{cc}: {len(prefixes)} prefixes and {len(nets)} networks, as announced")
    for what, some in (("prefixes", prefixes), ("networks", list(nets))):
        story.same(size(some), size(collapse(some)), f"{cc}: {what} do not overlap")
        story.same(size(collapse(some + listed)), size(collapse(listed)),
                   f"{cc}: {what} hold nothing that is not listed")
    rng = random.Random(69)
    pick = [n[rng.randrange(min(n.num_addresses, 2**64))]
            for n in rng.sample(listed, min(SAMPLE, len(listed)))]
    said = answers(pick)
    story.same(len(said), len(set(pick)), f"{cc}: the other tool answers {len(pick)} addresses")
    names = set(c for c, _ in said.values())
    own = max(names, key=[c for c, _ in said.values()].count)
    wrong = [(a, c, n) for a, (c, n) in said.items()
             if inside(a, prefixes) != (c == own) or
             organisation(a, nets) != (n if c == own else None)]
    story.same(wrong[:3], [], f"{cc}: each is inside when in {own}, with the organisation named")


def begin():
    with story.Place() as place:
        said = story.run("init", "--country", "TO", *TEAM, place.dir).stdout
        story.ok(re.search(r"Seeded [1-9]\d* networks and [1-9]\d* AS numbers of TO", said),
                 "init seeds a country")
        story.ok(re.search(r"data is of 20\d\d-\d\d-\d\d: IPFire Project, CC BY-SA 4.0", said),
                 "and says how old the data is, whose, and under which licence")
        story.ok("delegated-" in said, "and what would be newer")
        again = place.json_lines("register", "import", "--json", "--country", "TO",
                                 KEPT if os.path.exists(KEPT) else PACKAGED)[-1]
        story.same((again["added"], again["changed"]), (0, 0), "again: nothing new")
        wrong = place.tocsin("register", "import", PACKAGED, check=False)
        story.ok(wrong.returncode != 0 and "--country" in wrong.stderr,
                 "the whole world is not taken")


def broken():
    with story.Place() as place:
        story.run("init", *TEAM, place.dir)
        with open(PACKAGED, "rb") as f:
            start = f.read(100000)
        bad = place.write("location.db", start)
        said = place.tocsin("register", "import", "--country", "TO", bad, check=False)
        story.ok(said.returncode != 0 and "reach past its end" in said.stderr,
                 "a database that was cut off is refused")


def small():
    """A miniature of ours, in the same format: nothing has to be installed for it."""
    mini = os.path.join(story.SOURCE, "fuzz/corpus/loc/mini")
    with story.Place() as place:
        story.run("init", *TEAM, place.dir)
        first = place.json_lines("register", "import", "--json", "--country", "XT", mini)
        about = first[-2]
        story.same((about["vendor"], about["licence"], about["data_of"], about["entries"],
                    about["as_numbers"]), ("Test vendor", "CC BY-SA 4.0", "2022-10-29", 13, 6),
                   "a database is told by its first bytes, not its name")
        changes = [line["change"] for line in first if "change" in line]
        story.ok("new network 198.51.100.0/24: \u00c9t\u00e9 \\xFF" in changes,
                 "neighbours are one")
        story.ok("new country's prefix 203.0.113.0/24: XT" in changes, "and a country's too")
        again = place.json_lines("register", "import", "--json", "--country", "XT", mini)[-1]
        story.same((again["added"], again["changed"]), (0, 0), "taken again, nothing changes")


def without():
    """No database on the machine: it is hidden behind empty folders, where that is allowed."""
    script = ("for d in /usr/share/libloc-location /var/lib/location; do "
              "[ ! -d $d ] || mount -t tmpfs none $d || exit 77; done; exec \"$@\"")
    with story.Place() as place:
        command = ["unshare", "--mount", "sh", "-c", script, "sh"]
        hidden = subprocess.run([*command, story.TOCSIN, "init", "--country", "TO", *TEAM,
                                 place.dir], capture_output=True, text=True, check=False)
        if hidden.returncode != 0 and not os.path.exists(place.dir):
            story.skip("folders cannot be hidden here: no trial without a database")
            return
        story.ok(hidden.returncode == 0 and "apt-get install libloc-database" in hidden.stdout,
                 "without a database init says how to get one")
        story.ok("register import --country TO" in hidden.stdout, "and how to go on then")


small()
without()
if os.path.exists(PACKAGED):
    begin()
    broken()
else:
    story.skip("libloc-database is not installed")
if os.path.exists(PACKAGED) and shutil.which("location"):
    with story.Place() as data:
        story.run("init", *TEAM, data.dir)
        for country in COUNTRIES:
            compare(data, country)
else:
    story.skip("Debian's tool location, to compare with, is not installed")
story.end()
