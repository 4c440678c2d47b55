#!/usr/bin/env python3
"""The page of a study, read and looked at: valid HTML, an accessibility check, and what a browser makes
of it on a screen, on a phone, in the dark and on paper.

page_probe writes the pages of results that were built by hand: full, empty, of one sample, of 500
weeks, with gaps, with names that are markup. html5lib parses them as a browser would and tells every
error; Chromium (Debian's, driven by Playwright) lays them out, and scripts of this test measure there
what an eye would see: nothing blank, nothing wider than the screen, no text over text, every plot
there, contrast of at least 4.5 in light and dark; axe-core looks for what a screen reader would miss.
Each of these checks is shown to fail on a planted defect.

The packages are put into build/venv once; without a network before that first time, or without
Chromium, the parts that need them are skipped, and that is said.

BUILD=DIR names the build (default build/release), KEYWARDEN=PROGRAM the program.
SHOTS=DIR keeps the screenshots.
"""

import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(TREE, "tests", "support"))
import packages  # noqa: E402

HAS_PACKAGES = packages.want("html5lib", "playwright", "axe-playwright-python", "pillow")
if HAS_PACKAGES:
    import html5lib
    from axe_playwright_python.sync_playwright import Axe
    from PIL import Image
    from playwright.sync_api import sync_playwright

BUILD = os.environ.get("BUILD") or os.path.join(TREE, "build", "release")
PROBE = os.path.join(BUILD, "tests", "page_page_probe")
KEYWARDEN = os.path.realpath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
CHROMIUM = shutil.which("chromium")

# Width of the window, colour scheme, medium. Paper is A4 less its margins.
LOOKS = {
    "light": (1200, "light", "screen"),
    "dark": (1200, "dark", "screen"),
    "tablet": (820, "light", "screen"),
    "phone": (400, "light", "screen"),
    "paper": (718, "light", "print"),
}

# The pages that are looked at in every way; and those at least on a phone too, where axe, which
# takes seconds for 500 weeks of tables, would find what it finds in the others.
FULLY = ("both", "hostile")
NARROW = ("long", "gaps", "alone", "iam", "quiet", "trail")

# What is wrong with the layout, as a list of sentences.
MEASURE = r"""
() => {
  const wrong = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > window.innerWidth)
    wrong.push(`the page is ${root.scrollWidth} wide in a window of ${window.innerWidth}`);
  const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
  for (const pair of document.querySelectorAll('.on-wide')) {
    const count = [pair, pair.nextElementSibling].filter(shown).length;
    if (count !== 1) wrong.push(`${count} of a wide and a narrow drawing are shown`);
  }
  for (const figure of document.querySelectorAll('figure')) {
    const all = figure.querySelectorAll('svg').length;
    const visible = [...figure.querySelectorAll('svg')].filter(shown).length;
    if (all > 0 && visible === 0) wrong.push('a figure shows no plot: ' + figure.innerText.slice(0, 60));
  }
  const light = colour => {
    const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map(c => c / 255)
      .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const svg of document.querySelectorAll('svg')) {
    if (!shown(svg)) continue;
    const name = svg.querySelector('title').textContent;
    const box = svg.getBoundingClientRect();
    const frame = svg.closest('.card').getBoundingClientRect();
    if (box.width < 120 || box.height < 40) wrong.push(`${name}: ${box.width} x ${box.height}`);
    if (svg.querySelectorAll('path, rect').length === 0 && !svg.classList.contains('bars'))
      wrong.push(`${name}: nothing is drawn`);
    const texts = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
    texts.forEach(([t, a], i) => {
      if (a.left < frame.left || a.right > frame.right)
        wrong.push(`${name}: "${t.textContent}" leaves its card`);
      const back = getComputedStyle(svg.closest('.card')).backgroundColor;
      const [dim, bright] = [light(getComputedStyle(t).fill), light(back)].sort((x, y) => x - y);
      if ((bright + 0.05) / (dim + 0.05) < 4.5)
        wrong.push(`${name}: "${t.textContent}" has too little contrast`);
      for (const [u, b] of texts.slice(i + 1))
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
          wrong.push(`${name}: "${t.textContent}" over "${u.textContent}"`);
    });
  }
  return wrong;
}
"""

passed = 0
failed = 0


def check(what, got, expected):
    global passed, failed
    if got == expected:
        passed += 1
        return
    failed += 1
    print("not ok %s\n# expected %s\n# got      %s" % (what, repr(expected)[:2000], repr(got)[:2000]))


def probe(*words):
    done = subprocess.run([PROBE, *words], capture_output=True, timeout=120, check=True)
    return done.stdout.decode()


def parse_errors(page):
    """What a browser's parser would mend in silence, and references that lead nowhere."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    wrong = ["%s at %s" % (code, where) for where, code, _ in parser.errors]
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    wrong += ["id %s stands twice" % i for i in set(ids) if ids.count(i) > 1]
    for element in tree.iter():
        for target in (element.get("aria-labelledby"), (element.get("href") or "#")[1:]):
            if target and target not in ids:
                wrong.append("nothing has the id %s" % target)
        if element.tag in ("script", "img", "link", "iframe", "object", "i", "b") and (
                element.tag != "b" or element.get("class") not in (None, "zero")):
            wrong.append("a <%s>" % element.tag)
        if any(name in element.attrib for name in ("src", "onload", "onerror")):
            wrong.append("<%s> loads something or runs something" % element.tag)
        if element.get("href") and not element.get("href").startswith("#"):
            wrong.append("an address: %s" % element.get("href"))
    for svg in tree.iter("{http://www.w3.org/2000/svg}svg"):
        named = [(svg.find("{http://www.w3.org/2000/svg}" + part) is not None
                  and svg.find("{http://www.w3.org/2000/svg}" + part).text) for part in ("title", "desc")]
        if svg.get("role") != "img" or not all(named):
            wrong.append("a drawing without role, title or description")
    for figure in tree.iter("figure"):
        if list(figure.iter("{http://www.w3.org/2000/svg}svg")) and not list(figure.iter("table")):
            wrong.append("a plot without its table")
    return wrong


def test_text(name, page):
    check("%s parses" % name, parse_errors(page), [])
    check("%s is the same again" % name, probe(name) == page, True)
    words = re.findall(r"(?<![\w-])(nan|inf|-nan|null|\(null\))(?![\w-])", re.sub(r"<[^>]*>", " ", page), re.I)
    check("%s has no number that is none" % name, words, [])


class Browser:
    def __init__(self, playwright):
        self.chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        self.axe = Axe()
        self.folder = tempfile.mkdtemp(prefix="keywarden-page-")

    def open(self, page, look):
        width, scheme, medium = LOOKS[look]
        context = self.chromium.new_context(viewport={"width": width, "height": 900},
                                            color_scheme=scheme)
        tab = context.new_page()
        path = os.path.join(self.folder, "page.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write(page)
        said = []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("request", lambda request: request.url.startswith("file:") or said.append(request.url))
        tab.goto("file://" + path)
        tab.emulate_media(media=medium, color_scheme=scheme)
        return tab, said

    def colours(self, tab, name, look):
        shot = tab.screenshot()
        if os.environ.get("SHOTS"):
            os.makedirs(os.environ["SHOTS"], exist_ok=True)
            tab.screenshot(path=os.path.join(os.environ["SHOTS"], "%s-%s.png" % (name, look)),
                           full_page=True)
        return len(Image.open(io.BytesIO(shot)).convert("RGB").getcolors(1 << 24))

    def violations(self, tab):
        found = self.axe.run(tab, options={"resultTypes": ["violations"]}).response["violations"]
        return ["%s: %s" % (v["id"], n["html"][:120]) for v in found for n in v["nodes"][:3]]

    def close(self):
        self.chromium.close()
        shutil.rmtree(self.folder)


def test_look(browser, name, page, look):
    tab, said = browser.open(page, look)
    check("%s, %s: measured" % (name, look), tab.evaluate(MEASURE), [])
    check("%s, %s: not blank" % (name, look), browser.colours(tab, name, look) > 40, True)
    check("%s, %s: asks for nothing, complains of nothing" % (name, look), said, [])
    if look in ("light", "dark") and name not in NARROW:
        check("%s, %s: axe" % (name, look), browser.violations(tab), [])
    # Folded tables too, opened.
    tab.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true })")
    wide = tab.evaluate("() => document.scrollingElement.scrollWidth <= window.innerWidth")
    check("%s, %s: fits with its tables open" % (name, look), wide, True)
    tab.context.close()


def test_planted(browser, page):
    """Each check sees what it is there for."""
    def measured(defect, look="light"):
        tab, _ = browser.open(defect, look)
        wrong = tab.evaluate(MEASURE)
        tab.context.close()
        return wrong

    def styled(rules):
        return page.replace("</style>", rules + "</style>", 1)

    text = re.search(r"<text [^>]*>[^<]+</text>", page).group(0)
    plants = {
        "overflow": (page.replace("</main>", '<div style="width:900px">wide</div></main>', 1), "phone"),
        "text over text": (page.replace(text, text + text), "light"),
        "hidden plots": (styled("figure svg{display:none}"), "light"),
        "both drawings": (styled(".on-phone{display:block}"), "light"),
        "faint text": (styled("svg .tick{fill:#999}"), "light"),
        "faint text in the dark": (styled("svg .tick{fill:#666}"), "dark"),
        "text outside": (page.replace(text, text.replace(' x="', ' x="-9')), "light"),
    }
    for what, (defect, look) in plants.items():
        check("planted: %s changes the page" % what, defect != page, True)
        check("planted: %s" % what, measured(defect, look) != [], True)
    tab, _ = browser.open(styled("body{display:none}"), "light")
    check("planted: a blank page", browser.colours(tab, "planted", "light") > 40, False)
    tab.context.close()
    for what, defect in (("no language", page.replace('<html lang="en">', "<html>")),
                         ("a drawing without a name", re.sub("<title>[^<]*</title>\n<desc>", "<desc>", page)),
                         ("faint words", styled(".soft{color:#aaa}"))):
        tab, _ = browser.open(defect, "light")
        check("planted for axe: %s" % what, browser.violations(tab) != [], True)
        tab.context.close()
    for what, defect in (("an open element", page.replace("</figure>", "", 1)),
                         ("markup in a name", page.replace("&lt;script&gt;", "<script>").replace(
                             "organization-001", "<img src=x>")),
                         ("a plot without its table", re.sub(r"(?s)<details.*?</details>", "", page)),
                         ("a lost target", page.replace(' id="use"', ""))):
        check("planted for the parser: %s" % what, parse_errors(defect) != [], True)


def test_audit_page(browser):
    """The audit's page shares the style sheet, and passes the same accessibility check."""
    done = subprocess.run([KEYWARDEN, "audit", "--quiet", "--fail-on", "never", "--format", "html",
                           "--as-of", "2026-11-01", os.path.join(TREE, "examples", "organization")],
                          capture_output=True, timeout=120, check=True)
    for look in ("light", "dark", "phone"):
        tab, _ = browser.open(done.stdout.decode(), look)
        check("audit, %s: axe" % look, browser.violations(tab), [])
        fits = tab.evaluate("() => document.scrollingElement.scrollWidth <= window.innerWidth")
        check("audit, %s: fits" % look, fits, True)
        tab.context.close()


def main():
    if not HAS_PACKAGES:
        print("skipped: html5lib and Playwright cannot be installed here")
    pages = {name: probe(name) for name in probe().split()}
    check("there are pages", len(pages) > 8, True)
    if HAS_PACKAGES:
        for name, page in pages.items():
            test_text(name, page)
    if HAS_PACKAGES and CHROMIUM is None:
        print("skipped: there is no chromium here (scripts/deps test)")
    if HAS_PACKAGES and CHROMIUM is not None:
        with sync_playwright() as playwright:
            browser = Browser(playwright)
            try:
                for name, look in itertools.product(pages, LOOKS):
                    if name in FULLY or look == "light" or (look == "phone" and name in NARROW):
                        test_look(browser, name, pages[name], look)
                test_planted(browser, pages["both"])
                test_audit_page(browser)
            finally:
                browser.close()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
