#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_moved.py - "not theirs" was a word about one organisation: when the register gives the
# finding to another, it is open again, and new for that one. And a contact that a person took out
# stays out, whatever a table of networks says. Depends on: story.
import story

CONTACTS = ("organisation,name,role,language,email,phone,pgp\n"
            "Old,,security,en,soc@old.xt.example,,\nNew,,security,en,soc@new.xt.example,,\n"
            "Third,,security,en,soc@third.xt.example,,\n")
PLACE, OTHER = "192.0.2.1", "192.0.2.2"


def holders(place, name, owner):
    return place.write(name, "prefix,holder,sector,language,contact,inside_asn\n"
                       f"192.0.2.0/28,{owner},academia,en,,\n")


def feed(place, day, addresses):
    text = "timestamp,severity,ip,protocol,port,hostname\n" + "".join(
        f"{story.day_text(day)} 10:00:00,high,{a},tcp,23,\n" for a in addresses)
    place.now = story.day_text(day + 1) + "T06:00:00Z"
    place.import_files([place.write(f"{story.day_text(day)}-scan_telnet-test-xt.csv", text)])


def finding(place, address):
    f = next(f for f in place.findings("--limit", "10") if f["place"] == address)
    return f["state"], f["organisation"]


def told(place):
    place.tocsin("notices", "draft")
    return sorted((n["organisation"], n["new"]) for n in
                  place.json_lines("notices", "list", "--json"))


def taken_out(place):
    networks = place.write("e.csv", "prefix,holder,sector,language,contact,inside_asn\n"
                           "198.51.100.0/28,Gone,academia,en,it@gone.xt.example,\n")
    people = place.write("people.csv", "organisation,name,role,language,email,phone,pgp\n"
                         "Gone,,it,en,it@gone.xt.example,,\n")
    there = lambda: "it@gone.xt.example" in {c["email"] for c in
                                            place.json_lines("contacts", "--json")}
    place.tocsin("register", "import", networks)
    story.ok(there(), "a network's row has a contact")
    place.tocsin("register", "remove", "it@gone.xt.example")
    place.tocsin("register", "import", networks)
    story.ok(not there(), "taken out, the same table does not bring it back")
    place.tocsin("register", "import", people)
    story.ok(there(), "a table of contacts does")


with story.Place() as place:
    place.init_demo()
    place.now = story.day_text(0) + "T00:00:00Z"
    place.tocsin("register", "import", holders(place, "a.csv", "Old"),
                 holders(place, "b.csv", "Old"), place.write("contacts.csv", CONTACTS))
    feed(place, 0, [PLACE, OTHER])
    story.same(told(place), [("Old", 2)], "the first owner is told of both")
    ids = {f["place"]: str(f["id"]) for f in place.findings("--limit", "10")}
    for ident in ids.values():
        place.tocsin("finding", "mark", ident, "not-theirs")
    feed(place, 1, [PLACE])
    story.same(finding(place, PLACE), ("not-theirs", "Old"), "seen again, it stays so")
    place.tocsin("register", "import", holders(place, "c.csv", "New"))
    story.same([finding(place, a) for a in (PLACE, OTHER)], [("open", "New")] * 2,
               "with another owner both are open")
    trail = place.json_lines("audit", "list", "--json", "--limit", "10")
    story.same(sorted(t["object"] for t in trail if t["detail"].startswith("open: it got")),
               sorted(f"finding {i}" for i in ids.values()), "the trail says why")
    story.same(told(place), [("New", 2), ("Old", 2)], "who is told of them")
    place.tocsin("finding", "mark", ids[OTHER], "not-theirs")
    for day in range(2, 10):
        feed(place, day, [PLACE])
    place.tocsin("register", "import", holders(place, "d.csv", "Third"))
    story.same(finding(place, PLACE), ("open", "Third"), "it moves on")
    story.same(finding(place, OTHER), ("fixed", "Third"), "what nobody sees any more is fixed")
    before = place.findings("--limit", "10")
    figures = place.tocsin("effect", "--json").stdout
    place.tocsin("rebuild")
    story.same(place.findings("--limit", "10"), before, "rebuild changes nothing")
    story.same(place.tocsin("effect", "--json").stdout, figures, "nor in the figures")
    taken_out(place)
    story.end()
