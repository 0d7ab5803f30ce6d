#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration, walked through with a real browser: what demo.py serves is opened with
Debian's Chromium, without a screen. Each page must come whole, fit its window, ask no other
host and run no script; pictures of them are kept.

    demo_smoke.py PROGRAM [--days N] [--place DIR] [--screenshots DIR] [--pictures DIR]

Depends on Debian's python3-selenium, chromium-driver and chromium, and on demo.py."""

import argparse
import base64
import json
import os
import re
import shutil
import signal
import socket
import sys
import urllib.parse

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

import demo

PASSWORD = "the bell calls the town together"
DESK, PHONE = (1280, 800), (360, 740)
LANGUAGES = ("en", "ar", "zh", "ru")
# Pages that no menu names and no table leads to.
BESIDE = [("Contacts in doubt", "/contacts"),
          ("A rule played", "/settings/rule?name=remind-high&value=3"),
          ("Upload", "/upload")]


class Walk:
    """One browser. pictures: the folder for what it sees."""

    def __init__(self, host, pictures, language="en"):
        options = webdriver.ChromeOptions()
        for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                     "--disable-background-networking", "--disable-component-update",
                     "--no-first-run", f"--accept-lang={language}"):
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.browser = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.browser.set_page_load_timeout(30)
        self.pictures, self.faults, self.host, self.pages = pictures, [], host, 0
        os.makedirs(pictures, exist_ok=True)

    def close(self):
        self.browser.quit()

    def fault(self, text):
        self.faults.append(text)
        print(f"  FAULT {text}", flush=True)

    # ---- moving ----

    def window(self, size):
        """The room of the page itself, as a screen has it."""
        width, height = size
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1 if width > 500 else 2,
            "mobile": width <= 500})

    def dark(self, on):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if on else "light"}]})

    def open(self, url, name, heading=None, expect=200):
        self.browser.get(url)
        return self.look(name, heading, expect)

    def look(self, name, heading=None, expect=200):
        """Is the page that is open whole?"""
        self.pages += 1
        js = self.browser.execute_script
        title = self.browser.title
        top = [e.text for e in self.browser.find_elements(By.TAG_NAME, "h1")]
        if not title or not top:
            self.fault(f"{name}: no title or no heading: {self.browser.page_source[:300]}")
        if heading and not any(re.search(heading, t) for t in top):
            self.fault(f"{name}: its heading is {top}, not {heading}")
        wide, room = js("let d = document.documentElement; return [d.scrollWidth, d.clientWidth]")
        if wide > room:
            self.fault(f"{name}: {wide} wide in a window of {room}")
        if js("return document.scripts.length") > 0:
            self.fault(f"{name}: has a script")
        for entry in self.browser.get_log("browser"):
            if entry["level"] == "SEVERE" and "status of" not in entry["message"]:
                self.fault(f"{name}: {entry['message'][:300]}")
        here = self.browser.current_url.split("#")[0]
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.asked(name, message["params"]["request"]["url"])
            if message["method"] == "Network.responseReceived":
                answer = message["params"]["response"]
                want = expect if answer["url"] == here else 200
                if answer["url"].startswith("http") and answer["status"] != want:
                    self.fault(f"{name}: {answer['status']} for {answer['url']}")
        return self

    def asked(self, name, url):
        host = urllib.parse.urlsplit(url).netloc
        if url.startswith("http") and host != self.host:
            self.fault(f"{name}: asks {host}")

    def click(self, by, what):
        self.browser.find_element(by, what).click()

    def fill(self, **values):
        for name, value in values.items():
            self.browser.find_element(By.NAME, name).send_keys(value)

    def submit(self, within="main"):
        self.browser.find_element(By.CSS_SELECTOR, f"{within} form button").click()

    # ---- pictures ----

    def picture(self, name):
        shot = self.browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
        with open(os.path.join(self.pictures, f"{name}.png"), "wb") as f:
            f.write(base64.b64decode(shot["data"]))

    # ---- the team's door ----

    def enrol(self, link):
        """As a visitor of the demonstration does it: the page shows the code of the moment."""
        self.open(link, "enrol")
        self.picture("enrol")
        code = re.search(r"\b\d{6}\b", self.browser.find_element(By.CSS_SELECTOR, ".note").text)[0]
        self.fill(password=PASSWORD, again=PASSWORD, code=code)
        self.submit()
        self.look("recovery codes")
        if len(self.browser.find_elements(By.CSS_SELECTOR, "ol.codes li")) < 4:
            self.fault("no recovery codes")
        self.click(By.CSS_SELECTOR, "a.button")
        return self.look("morning")

    # ---- the rooms ----

    def rooms(self):
        """[(word, path)] of the menu."""
        links = self.browser.find_elements(By.CSS_SELECTOR, "nav.rooms a")
        return [(a.text, a.get_dom_attribute("href")) for a in links]

    def first_row(self, room):
        """Where a table of that room leads: to one of its own things if it can; or None."""
        links = self.browser.find_elements(By.CSS_SELECTOR, "main a[href^='/']")
        to = [a.get_dom_attribute("href") for a in links]
        own = [t for t in to if re.fullmatch(re.escape(room) + r"/\d+(\?.*)?", t)]
        tables = self.browser.find_elements(By.CSS_SELECTOR, "main table a[href^='/']")
        other = [t for t in (a.get_dom_attribute("href") for a in tables)
                 if t.split("?")[0] != room]
        return (own + other + [None])[0]

    def tour(self, base, lang, size, pictures):
        """Each room, and the first thing in its table."""
        shade = "-dark" if pictures == "dark" else ""
        self.window(size)
        self.open(f"{base}/?lang={lang}", f"morning {lang}")
        for word, path in self.rooms() + BESIDE:
            name = path.split("?")[0].strip("/").replace("/", "-") or "morning"
            self.open(with_lang(base, path, lang), f"{word} ({lang}, {size[0]})")
            if pictures:
                self.picture(f"{name}-{lang}-{size[0]}{shade}")
            inside = self.first_row(path)
            if inside:
                self.open(with_lang(base, inside, lang), f"{inside} ({lang}, {size[0]})")
                if pictures:
                    self.picture(f"{name}-one-{lang}-{size[0]}{shade}")


def with_lang(base, path, lang):
    return f"{base}{path}{'&' if '?' in path else '?'}lang={lang}"


# ---- who walks ----

def team(walk, base, enrol):
    """The team's rooms, in each language, at a desk and on a telephone."""
    walk.window(DESK)
    walk.enrol(enrol)
    for lang in LANGUAGES:
        for size in (DESK, PHONE):
            walk.tour(base, lang, size, pictures=lang in ("en", "ar") or size == PHONE)
    walk.dark(True)
    walk.tour(base, "en", DESK, pictures="dark")
    walk.dark(False)


def constituent(walk, link):
    """A reader of a notice, on a telephone: looks, answers, and sees that it was taken."""
    walk.window(PHONE)
    for lang in LANGUAGES:
        walk.open(f"{link}?lang={lang}", f"answer ({lang})")
        walk.picture(f"answer-{lang}-{PHONE[0]}")
    walk.open(link, "answer")
    choice = Select(walk.browser.find_element(By.CSS_SELECTOR, "select[name='answer']"))
    choice.select_by_value("working")
    walk.picture(f"answer-choosing-{PHONE[0]}")
    walk.browser.find_element(By.CSS_SELECTOR, "textarea[name='comment']").send_keys(
        "The supplier comes on Thursday.")
    walk.submit()
    walk.look("answered")
    if not walk.browser.find_elements(By.CSS_SELECTOR, ".done"):
        walk.fault("the answer was not taken")
    walk.picture(f"answered-{PHONE[0]}")
    walk.open(link[:-4] + "aaaa", "a wrong link", expect=404)
    walk.picture(f"answer-wrong-{PHONE[0]}")


def renew(folder, screenshots):
    """The README's pictures: each that is there, as it looks now."""
    for name in sorted(os.listdir(folder)):
        shutil.copyfile(os.path.join(screenshots, name), os.path.join(folder, name))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def main():
    p = argparse.ArgumentParser(description="Walks through the demonstration with a browser.")
    p.add_argument("program")
    p.add_argument("--days", type=int, choices=range(3, 1000), default=28, metavar="N")
    p.add_argument("--place", default="build/smoke")
    p.add_argument("--screenshots", default="build/screenshots")
    p.add_argument("--pictures", help="a folder whose pictures are made anew")
    o = p.parse_args()
    for folder in (o.place, o.screenshots):
        shutil.rmtree(folder, ignore_errors=True)
    player, walk = demo.Player(o.program, o.place, free_port()), None
    signal.signal(signal.SIGTERM, demo.on_term)
    try:
        demo.play(player, o.days)
        enrol, answer = demo.open_doors(player)
        demo.title("A browser walks through it")
        walk = Walk(f"127.0.0.1:{player.port}", o.screenshots)
        team(walk, player.url, enrol)
        constituent(walk, answer)
    except KeyboardInterrupt:
        raise SystemExit("Stopped.") from None
    finally:
        if walk:
            walk.close()
        player.end()
    if o.pictures:
        renew(o.pictures, o.screenshots)
    print(f"{walk.pages} pages looked at, {len(walk.faults)} faults. Pictures: {o.screenshots}/")
    sys.exit(1 if walk.faults else 0)


if __name__ == "__main__":
    main()
