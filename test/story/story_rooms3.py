#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# story_rooms3.py - the effect page and the morning, as people see them: the same figures as the
# commands', in six languages, on one sheet, as CSV and JSON; what needs hands comes first; and
# nothing of cases for who may not see them. Depends on: Python 3, the built program, Chromium
# for the printed sheet (skipped without it).
import csv
import gzip
import html
import io
import json
import os
import re
import shutil
import subprocess
import urllib.parse

import post
import story
import web
from story import ok, same

LANGS = ("en", "fr", "es", "ar", "ru", "zh")
DAYS = 10


def play(place, sink):
    """Ten days; what one day's notices found is sent, answered, and partly fixed."""
    place.init_demo()
    post.configure(place.dir, mail_relay=sink.url)
    post.switch_on(place)
    for day in range(DAYS):
        folder, files = place.feeds("D", day)
        if day == 0:
            place.register(folder)
        place.now = f"{story.day_text(day + 1)}T07:00:00Z"
        if day == DAYS - 1:  # one report does not come any more
            files = [f for f in files if "-scan_rdp-" not in f]
        place.import_files(files)
        if day == 2:
            send(place, sink)
    place.import_files([place.write("2026-06-09-scan_telnet-broken-xt.csv", b"\x00\x01\x02")],
                       check=False)
    place.tocsin("notices", "draft")


def send(place, sink):
    began = place.now
    place.tocsin("notices", "draft")
    place.tocsin("notices", "approve", "--run", "1", "--held")
    place.tocsin("notices", "send")
    place.now = began.replace("T07:", "T08:")
    place.tocsin("notices", "deliver")
    place.json_lines("mail", "--json", *sink.files("dsn"))
    told = place.json_lines("notices", "list", "--json", "--limit", "1000")
    for n in told[:3]:
        place.tocsin("answer", str(n["id"]), "--answer", "fixed")
    place.tocsin("answer", str(told[3]["id"]), "--answer", "need-help")


def numbers(page):
    """The numbers of the tiles, without what stands between thousands."""
    return [re.sub(r"[,.\s\u202f\u00a0]", "", html.unescape(t)) for t in
            re.findall(r'<li class="tile"><b>([^<]*)</b>', page.text)]


def effect(place, head):
    page = head.get("/effect?period=28")
    same((page.status, page.bad), (200, []), "the effect page is whole")
    f = place.json_lines("effect", "--json")[0]
    fixed = f["fixed_by_claim"] + f["fixed_by_silence"]
    ok(f["sent"] > 20 and f["answered"] == 4, f"something to show: {f['sent']} sent")
    want = [f"{round(100 * f['answered'] / f['sent'])}%", f"{round(100 * fixed / f['there'])}%",
            f"{f['critical_in_time_percent']}%" if f["critical"] else "–",
            str(f["median_days_open"] or "-"), str(f["open"])]
    same(numbers(page), want, f"its tiles are the command's figures: {want}")
    ok(f"Of every 100 notices that were sent, {want[0][:-1]} were answered." in page.words,
       "in a sentence that a minister understands")
    same(page.text.count(' class="pic"'), 4, "four pictures")
    same(len(re.findall(r"<table", page.text)), 5, "each with its table, and the organisations")
    ok("What these figures do not see" in page.words and "Mail scanners" in page.words,
       "it says what it does not see")
    ok("script" not in page.text and "style=" not in page.text, "no script, no style of its own")
    packed = head.get("/effect?period=28", Accept_Encoding="gzip")
    ok(len(packed.raw) <= 12 * 1024 and len(gzip.decompress(packed.raw)) <= 80 * 1024,
       f"{len(packed.raw)} bytes compressed, {len(page.raw)} plain")


def groups(place, head):
    for by in ("organisation", "sector", "network", "type"):
        rows = place.json_lines("effect", "--json", "--by", by)
        page = head.get(f"/effect?by={by}")
        ok(page.status == 200 and str(rows[0]["open"]) in page.words.replace(",", ""),
           f"by {by}: {len(rows)} rows")
        answer = head.get(f"/effect/json?by={by}")
        same([json.loads(line) for line in answer.text.splitlines()], rows,
             f"the JSON of the page is the command's, by {by}")
        table = list(csv.DictReader(io.StringIO(head.get(f"/effect/csv?by={by}").text)))
        same([(r["name"], r["open"], r["sent"], r["median_days_open"]) for r in table],
             [(r["name"] or "", str(r["open"]), "" if r["sent"] is None else str(r["sent"]),
               str(r["median_days_open"] or "")) for r in rows], "and so is its CSV")
    same(answer.header("Content-Disposition"), 'attachment; filename="effect-TLP-AMBER.jsonl"',
         "to be kept as a file, whose name says the TLP")
    first = head.get("/effect")
    more = [urllib.parse.urldefrag(l)[0] for l in first.links if l and "row=20" in l]
    ok(len(more) == 1 and head.get(more[0]).status == 200 and
       head.get(more[0]).words != first.words, "more rows stand on the next page")


def periods(place, head):
    since = story.day_text(4)
    page, f = head.get(f"/effect?since={since}"), place.json_lines(
        "effect", "--json", "--since", story.day_text(4))[0]
    ok(page.status == 200 and numbers(page)[-1] == str(f["open"]) and
       f"From {since} to" in page.words, "since a day")
    ok(all(f"since={since}" in (l or "") for l in page.links if l and "/effect" in l and
           "period" not in l and l not in ("/effect", "/effect?by=organisation")),
       "links keep it, other languages too")
    for bad in ("since=2026-13-01", "since=2990-01-01", "since=0001-01-01", "period=7",
                "by=colour", "row=-1", "nothing=1", "since=2026-06-01&since=2026-06-02"):
        same(head.get("/effect?" + bad).status, 400, f"refused: {bad}")


def languages(head):
    for path in ("/effect", "/effect/print", "/"):
        seen = set()
        for lang in LANGS:
            page = head.get(f"{path}?lang={lang}")
            right = f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">'
            ok(page.status == 200 and not page.bad and right in page.text, f"{path} in {lang}")
            seen.add(page.words)
        same(len(seen), len(LANGS), f"{path}: other languages, other texts")
    head.get("/?lang=en")


def sheet(place, head, service):
    """Chromium prints it: one page of A4, also in the language with the longest words."""
    chromium = shutil.which("chromium")
    if not chromium:
        story.skip("no Chromium")
        return
    style = re.search(r'/style/[^"]+', head.get("/effect/print").text)[0]
    css = head.get(style).text
    for lang in ("en", "ar", "fr", "ru"):
        text = head.get(f"/effect/print?lang={lang}").text
        text = re.sub(r"<link[^>]*>", lambda _: f"<style>{css}</style>", text)
        source, pdf = place.write(f"sheet-{lang}.html", text), place.path(f"sheet-{lang}.pdf")
        subprocess.run([chromium, "--headless=new", "--no-sandbox", "--disable-gpu",
                        f"--user-data-dir={place.path('chromium')}", "--no-pdf-header-footer",
                        f"--print-to-pdf={pdf}", "file://" + source], capture_output=True,
                       timeout=120, check=False)
        with open(pdf, "rb") as f:
            pages = len(re.findall(rb"/Type\s*/Page\b", f.read()))
        same(pages, 1, f"the sheet in {lang} is one page")
    head.get("/?lang=en")


def morning(place, head):
    page = head.get("/")
    m = place.json_lines("morning", "--json")[0]
    same((page.status, page.bad), (200, []), "the morning is a whole page")
    critical = [f for f in place.findings("--severity", "critical", "--state", "live")]
    ok(m["critical"] > 0 and len(critical) >= m["critical"], f"{m['critical']} are critical")
    ok(f"{m['critical']} critical finding" in page.words and
       all(f"/findings/{f['id']}" in page.links for f in m["worst"]), "the worst are linked")
    states = post.states(place)
    same((m["drafts"], m["held"]), (states.get("draft", 0), states.get("held", 0)),
         "what waits for approval is what the list holds")
    ok(f"{m['drafts'] + m['held']} notices wait for approval" in page.words, "and it says so")
    ok(m["held"] > 0 and "One of the first runs" in page.words, "and why they are held")
    same((m["bounced"], m["sending"], m["approved"]), (states.get("bounced", 0), True, 0),
         "what came back")
    tasks = place.json_lines("tasks", "--json")
    same(m["tasks"].get("need-help"), sum(t["kind"] == "need-help" for t in tasks),
         "tasks by kind")
    ok("Somebody asks for help" in page.words, "in words")
    same(m["contacts_in_doubt"], len(place.json_lines("contacts", "--in-doubt", "--json")),
         "contacts in doubt")
    late = {r["type"]: r for r in m["reports_missing"]}
    ok("scan_rdp" in late and not late["scan_rdp"]["silent"] and "scan_rdp" in page.words,
       f"the report that did not come: {sorted(late)}")
    same(m["files_failed"], sum(f["state"] == "failed" for f in place.json_lines(
        "files", "--json")), "files that could not be read")
    ok(m["backup"] is None and m["disk_free"] > 0, "no backup; room on the disk")
    ok(page.words.index("Notices to approve") < page.words.index("What is fine"),
       "what needs hands comes first")
    text = place.tocsin("morning", "--language", "en").stdout
    ok("New and critical" in text and "What is fine" in text and
       text.index("Tasks") < text.index("What is fine"), "the terminal says the same")
    done = place.tocsin("morning", "--language", "tlh", check=False)
    ok(done.returncode == 2 and "tlh" in done.stderr, "no such language: refused")


def links(head):
    """Nothing on these pages leads nowhere."""
    for path in ("/", "/effect", "/effect/print"):
        for link in sorted({l for l in head.get(path).links if l and l.startswith("/")}):
            link = urllib.parse.urldefrag(link)[0]
            same(head.get(link).status, 200, f"{path} leads to {link}")
    head.get("/?lang=en")


def silence(place):
    """A week later nothing came: all is late, and then silent."""
    now = place.now
    place.now = f"{story.day_text(DAYS + 3)}T07:00:00Z"
    m = place.json_lines("morning", "--json")[0]
    ok(len(m["reports_missing"]) > 20 and m["reports_on_time"] < 5 and
       m["since"] == story.day_text(DAYS - 1), "three days later: all are missed")
    place.now = f"{story.day_text(DAYS + 12)}T07:00:00Z"
    m = place.json_lines("morning", "--json")[0]
    ok(sum(r["silent"] for r in m["reports_missing"]) > 20, "later: they fell silent")
    place.now = f"{story.day_text(DAYS + 90)}T07:00:00Z"
    same(place.json_lines("morning", "--json")[0]["reports_missing"], [],
         "and in the end nobody waits for them")
    place.now = now


def who(place, service, head):
    """The keeper's morning knows no case; only who handles cases sees figures."""
    names = {n["organisation"] for n in place.json_lines("notices", "list", "--json")}
    addresses = {f["place"] for f in place.json_lines("morning", "--json")[0]["worst"]}
    ok(names and addresses, "there is something that must not be seen")
    keeper, reader = service.enrol("keeper"), service.enrol("reader")
    page = keeper.get("/")
    ok(page.status == 200 and not page.bad and "scan_rdp" in page.words,
       "the keeper sees which reports did not come")
    ok(not any(n in page.words for n in names | addresses) and
       "critical" not in page.words and "approval" not in page.words, "and nothing of cases")
    for path in ("/effect", "/effect/print", "/effect/csv", "/effect/json"):
        same(keeper.get(path).status, 404, f"{path} is not there for the keeper")
        same(reader.get(path).status, 200, f"{path} is there for a reader")
        same(web.Browser(service).get(path).status, 303, f"a stranger is led to the door: {path}")
        same(head.post(path, {}).status, 405, f"nothing is posted to {path}")


with story.Place() as place, post.Sink(place.path("sink")) as sink:
    play(place, sink)
    with web.Service(place) as service:
        head = service.enrol("head")
        effect(place, head)
        groups(place, head)
        periods(place, head)
        languages(head)
        sheet(place, head, service)
        morning(place, head)
        links(head)
        who(place, service, head)
        ok("failed" not in service.read_log(), "the log has no failure")
    silence(place)
story.end()
