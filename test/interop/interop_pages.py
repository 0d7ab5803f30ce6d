#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# interop_pages.py - every page of the console and of the public door, in English and Arabic: the
# W3C's checker (npm's vnu-jar) reads its markup and the stylesheet, axe-core looks at it in
# Debian's Chromium, light and dark, wide and on a telephone, and the browser's own log says
# whom it asked. Depends on: Python 3, Debian's chromium-driver and python3-selenium, the program.
"""Which pages: test/web/authz.tsv, so a new room is covered by itself. A page that no link
leads to and no number opens fails the test until country.py has something for it to show."""

import collections
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse

import country
import crawl
import post
import story
import web
from story import ok, same

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service as DriverService
except ImportError:
    webdriver = None

NPM = os.path.join(os.environ.get("INTEROP_NPM", ""), "node_modules")
AXE = os.path.join(NPM, "axe-core/axe.min.js")
VNU = os.path.join(NPM, "vnu-jar/build/dist/vnu.jar")
OUT = os.path.join(os.environ.get("INTEROP_OUT") or tempfile.gettempdir(), "pages")
WHY_NPM = os.environ.get("INTEROP_NPM_WHY") or "no npm packages"
LANGUAGES = ("en", "ar")
# How a page is looked at: language, dark, width.
LOOKS = (("en", False, 1280), ("ar", True, 360))


def name_of(path, language):
    return re.sub(r"[^\w.-]+", "_", path.strip("/") or "morning")[:80] + "." + language


# ---- markup ----

class Markup:
    """Pages as files, and what the checker says of them."""

    def __init__(self):
        shutil.rmtree(OUT, ignore_errors=True)
        os.makedirs(OUT)
        self.paths = {}

    def add(self, path, language, page, ending="html"):
        file = os.path.join(OUT, f"{len(self.paths):03}_{name_of(path, language)}.{ending}")
        with open(file, "wb") as f:
            f.write(page.raw)
        self.paths[file] = f"{path} ({language})"

    def check(self, what):
        """Path -> complaints; nothing but markup and style is read, nobody is asked."""
        files = sorted(self.paths)
        done = subprocess.run(["java", "-jar", VNU, "--format", "json", "--stdout",
                               "--no-langdetect", "--also-check-css",
                               "--skip-non-css" if what == "css" else "--skip-non-html", OUT],
                              capture_output=True, text=True, timeout=240)
        found = collections.defaultdict(set)
        for m in json.loads(done.stdout or '{"messages":[]}')["messages"]:
            path = urllib.parse.unquote(urllib.parse.urlparse(m.get("url", "")).path)
            if m["type"] == "info" and m.get("subType") != "warning":
                continue
            where = m.get("extract", "").strip().replace("\n", " ")
            found[self.paths.get(path, path)].add(f"{m['message']} at {where[:160]!r}")
        return files, found


def markup(pages):
    if not os.path.exists(VNU) or shutil.which("java") is None:
        story.skip("markup: " + (WHY_NPM if shutil.which("java") else "no java"))
        return
    m = Markup()
    for (path, language), page in pages.items():
        m.add(path, language, page, "css" if page.header("Content-Type", ).startswith("text/css")
              else "html")
    for what in ("html", "css"):
        _, found = m.check(what)
        for path in sorted(v for f, v in m.paths.items() if f.endswith(what)):
            said = sorted(found.pop(path, ()))
            ok(not said, f"markup of {path}: {len(said)} complaints" if said else f"markup of {path}")
            for line in said[:8]:
                print(f"#   {line}")
        for path, said in found.items():
            ok(False, f"{path}: {sorted(said)[:3]}")


# ---- in the browser ----

class Chromium:
    """Debian's, without a window; whatever host a page names, only 127.0.0.1 is found."""

    def __init__(self, home):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or "chromium"
        for flag in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
                     "disable-background-networking", "disable-component-update", "disable-sync",
                     "disable-extensions", "disable-default-apps", "disable-dev-shm-usage",
                     "hide-scrollbars", f"user-data-dir={home}",
                     "host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"):
            options.add_argument("--" + flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        self.driver = webdriver.Chrome(
            service=DriverService(executable_path=shutil.which("chromedriver")), options=options)
        self.driver.set_page_load_timeout(60)
        self.driver.set_script_timeout(60)
        self.axe = None
        if os.path.exists(AXE):
            with open(AXE, encoding="utf-8") as f:
                self.axe = f.read()

    def end(self):
        self.driver.quit()

    def look(self, dark, width):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def be(self, origin, cookies):
        self.driver.get(origin + "/nowhere")
        self.driver.delete_all_cookies()
        for name, value in cookies.items():
            self.driver.add_cookie({"name": name, "value": value, "path": "/"})
        self.requests()

    def requests(self):
        """Addresses that were asked for since the last time."""
        found = []
        for entry in self.driver.get_log("performance"):
            m = json.loads(entry["message"])["message"]
            if m["method"] == "Network.requestWillBeSent":
                found.append(m["params"]["request"]["url"])
            if m["method"] == "Network.webSocketCreated":
                found.append(m["params"]["url"])
        return found

    def complaints(self):
        """What axe-core finds on the page that is open; None when it is not here."""
        if self.axe is None:
            return None
        self.driver.execute_script(self.axe)
        result = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']})"
            ".then(r => done(r.violations), e => done(String(e)));")
        if isinstance(result, str):
            return [result]
        return [f"{v['id']} ({v['impact']}): {v['help']}: " + "; ".join(
            n["html"][:140].replace("\n", " ") for n in v["nodes"][:2]) +
            (f" and {len(v['nodes']) - 2} more" if len(v["nodes"]) > 2 else "")
            for v in result]

    def show(self, text):
        """A page that came as the answer to a form, in the place of the one that is open."""
        frame = self.driver.execute_cdp_cmd("Page.getFrameTree", {})["frameTree"]["frame"]["id"]
        self.driver.execute_cdp_cmd("Page.setDocumentContent", {"frameId": frame, "html": text})
        self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1], wait = () => [...document.styleSheets]"
            ".length ? done() : setTimeout(wait, 20); wait();")

    def too_wide(self):
        """By how many pixels, and the innermost elements that stick out."""
        return self.driver.execute_script(
            "const e = document.documentElement, w = e.clientWidth;"
            "return [e.scrollWidth - w, [...document.querySelectorAll('body *')].filter(x => {"
            "const r = x.getBoundingClientRect(); return r.width && (r.right > w + 1 || r.left < -1);"
            "}).filter((x, i, all) => !all.some(y => y !== x && x.contains(y))).slice(0, 3)"
            ".map(x => x.outerHTML.slice(0, 200))];")


def tell(said, how):
    """A line for a page that axe-core looked at."""
    if said is not None:
        ok(not said, f"axe on {how}")
        for line in said:
            print(f"#   {line}")


def in_the_browser(service, place, visitors, replies):
    if webdriver is None or shutil.which("chromedriver") is None:
        story.skip("in the browser: no chromium-driver or python3-selenium")
        return
    if not os.path.exists(AXE):
        story.skip("axe-core: " + WHY_NPM)
    origin = "http://" + service.host
    try:
        chromium = Chromium(place.path("chromium"))
    except WebDriverException as e:
        ok(False, f"Chromium starts: {e.msg}")
        return
    foreign, asked, wide = [], 0, []
    try:
        chromium.driver.get("data:text/html,<title>x</title><img src=http://other.test/x.png>")
        ok("http://other.test/x.png" in chromium.requests(), "a request to another host is seen")
        said = chromium.complaints()
        ok(said is None or "image-alt" in str(said), "so is a picture without words")
        for visitor, paths in visitors:
            for language, dark, width in LOOKS:
                chromium.be(origin, visitor.cookies)
                chromium.look(dark, width)
                for path in paths:
                    chromium.driver.get(origin + speaking(path, language))
                    urls = chromium.requests()
                    asked += len(urls)
                    foreign += [(path, u) for u in urls
                                if not u.startswith((origin + "/", "data:", "chrome:"))]
                    how = f"{path} in {language}, {'dark' if dark else 'light'}, {width} wide"
                    tell(chromium.complaints(), how)
                    if (over := chromium.too_wide())[0] > 0:
                        wide.append(f"{how}: {over}")
        for language, dark, width in LOOKS:
            chromium.driver.get(origin + "/sign-in")
            chromium.look(dark, width)
            for (path, spoken), page in replies.items():
                if spoken == language:
                    chromium.show(page.text)
                    foreign += [(path, u) for u in chromium.requests()
                                if not u.startswith((origin + "/", "data:", "chrome:"))]
                    tell(chromium.complaints(), f"{path} in {language}")
                    if (over := chromium.too_wide())[0] > 0:
                        wide.append(f"{path} in {language}: {over}")
    except WebDriverException as e:
        ok(False, f"Chromium goes on: {e.msg}")
    finally:
        chromium.end()
    ok(asked > 0, f"the browser's log has {asked} requests")
    same(foreign, [], "no page asks another host")
    same(wide, [], "no page is wider than its window")


# ---- which pages ----

# Forms that would end what the test still needs, or that mail would follow.
LEFT_OUT = re.compile(r"/(sign-out|account/.*|people/\d+/.*|sending.*)\Z")


def answers_to_forms(b, found):
    """What a form says when it is sent as it stands: refusals, questions before a deed. Each form
    once in each language; a deed that is done leads to a page that was seen."""
    pages = {}
    for action, form in found.posts.values():
        if form["upload"] or LEFT_OUT.search(action):
            continue
        for language in LANGUAGES:
            b.get("/?lang=" + language)
            page = b.post(action, form["fields"], follow=False)
            if page.status >= 500:
                ok(False, f"form {action}: {page.status}")
            if "text/html" in (page.header("Content-Type") or "") and page.status != 303:
                pages[f"form {action}", language] = page
    print(f"# {len(found.posts)} forms, {len(pages)} pages as their answers")
    return pages


def seen(b, role, starts, words, besides):
    c = crawl.Crawl(b, role).visit(*starts)
    c.fill(words)
    same(c.missing(), besides, f"{role}: each route has a page that was seen")
    same(c.strange, [], f"{role}: each link leads somewhere")
    same({p: g.status for p, (_, g) in c.pages.items() if g.status != 200}, {}, f"{role}: all are there")
    return c


def speaking(path, language):
    """The same page by its own link for that language: the public door has its recipient's."""
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def in_languages(b, pages):
    """Each HTML page once more in each language."""
    found = {}
    for language in LANGUAGES:
        for path in pages:
            found[path, language] = b.get(speaking(path, language))
    wrong = [k for k, p in found.items() if f'lang="{k[1]}"' not in p.text[:200]]
    same(wrong, [], "pages are in the language that was asked for")
    return found


def sides(css):
    """Physical sides in a stylesheet: it must be right from both sides."""
    return re.findall(r"(?i)(?<![\w-])(?:(?:margin|padding|border|inset)-)?(?:left|right)"
                      r"(?=\s*[:;}]|-(?:width|style|color|radius)\b)|url\(|@import|https?:", css)


def main():
    with story.Place() as place, post.Sink(place.path("sink")) as sink:
        service = web.Service(place)
        links = country.play(place, sink, "http://" + service.host)
        ok(links, f"{len(links)} links to answer by went out")
        with service:
            words = {"answer": links[:1], "answer.table": [l + "/csv" for l in links[:1]]}
            if any(n == "contact" for n, *_ in crawl.spec()):
                words["contact"] = [country.contact_link(place)]
            head, keeper = service.enrol("head"), service.enrol("keeper")
            stranger = web.Browser(service)
            words["enrol"] = [service.link("new", "reader")]
            if any(n == "upload.do" for n, *_ in crawl.spec()):     # jobs are what the console asked
                form = crawl.Forms(head.get("/upload").text).forms[-1]["fields"]["form"]
                head.upload("/upload", form, "2026-06-02-scan_rdp-test-xt.csv", country.FEED)
            style = re.search(r"/style/[\w.]+", stranger.get("/sign-in").text)[0]
            words["style"] = [style]
            # Who is in needs no door.
            inside = seen(head, "head", ["/"], words, ["sign-in"])
            outside = seen(stranger, "anonymous", ["/sign-in"], words, [])
            more = crawl.Crawl(keeper, "keeper").visit("/")
            known = {n for n, _ in inside.pages.values()}
            only = [p for p, (n, _) in more.html().items() if n not in known]
            head_paths = list(inside.html()) + ["/nowhere"]
            open_paths = list(outside.html()) + ["/nowhere"]
            print(f"# {len(head_paths)} pages inside, {len(open_paths)} outside, {len(only)} more "
                  "for the keeper of the system")
            pages = {**in_languages(head, head_paths), **in_languages(keeper, only)}
            pages.update({(p + " as nobody", lang): g for (p, lang), g in
                          in_languages(stranger, open_paths).items()})
            css = stranger.get(style)
            pages[style, "css"] = css
            replies = answers_to_forms(head, inside)
            pages.update(replies)
            same(sides(css.text), [], "the stylesheet knows no left, no right and no other place")
            markup(pages)
            in_the_browser(service, place, [(head, head_paths), (stranger, open_paths)] +
                           ([(keeper, only)] if only else []), replies)
            story.ok("crash" not in service.read_log(), "the service is well")
    story.end()


main()
