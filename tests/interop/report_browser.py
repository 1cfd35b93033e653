"""Open a report in Chromium and use it: report_browser.py PAGE"""
import os
import sys

sys.path.insert(0, os.path.join(os.environ["SRCDIR"], "tests/support"))
from browser import Browser  # noqa: E402

URL = "file://" + sys.argv[1]
SHOTS = os.environ.get("KEEP") and os.path.dirname(sys.argv[1])


def same(what, got, expected):
    if got != expected:
        sys.exit("%s: %r, expected %r" % (what, got, expected))


def true(what, got):
    if not got:
        sys.exit("%s: %r" % (what, got))


def quiet(b, where):
    same("requests, " + where, b.requests, [URL])
    same("complaints, " + where, b.complaints[:5], [])


def shot(b, name):
    if SHOTS:
        b.shot(os.path.join(SHOTS, name + ".png"))


STRUCTURE = """(() => {
    const all = [...document.querySelectorAll('[id]')].map((e) => e.id), wrong = [];
    if (new Set(all).size !== all.length) wrong.push('an id is there twice');
    for (const a of document.querySelectorAll('a'))
        if (!a.hash || !document.getElementById(a.hash.slice(1))) wrong.push('link to nowhere: ' + a.outerHTML);
    for (const t of document.querySelectorAll('table'))
        if (!t.caption && !t.getAttribute('aria-labelledby')) wrong.push('a table has no caption');
    for (const s of document.querySelectorAll('svg[role]'))
        if (!s.querySelector('title')) wrong.push('a picture has no title');
    for (const e of document.querySelectorAll('[aria-labelledby]'))
        for (const id of e.getAttribute('aria-labelledby').split(' '))
            if (!document.getElementById(id)) wrong.push('no label ' + id);
    let level = 1;
    for (const h of document.querySelectorAll('h1, h2, h3, h4')) {
        if (+h.tagName[1] > level + 1) wrong.push('a heading is skipped before ' + h.textContent);
        level = +h.tagName[1];
    }
    for (const [name, n] of [['main', 1], ['nav', 1], ['h1', 1], ['script', 1], ['img', 0], ['iframe', 0]])
        if (document.querySelectorAll(name).length !== n) wrong.push('not ' + n + ' of ' + name);
    return wrong.join('; ');
})()"""

# Text against what lies behind it: WCAG 2.1, 1.4.3, 4.5 to 1.
CONTRAST = """(() => {
    const rgb = (s) => (s.match(/[\\d.]+/g) || []).map(Number);
    const light = (c) => { const f = c.slice(0, 3).map((v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
        return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
    const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
        if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
    const low = new Set();
    for (const e of document.querySelectorAll('main *, nav a, footer, h1, .top p')) {
        if (!e.getClientRects().length || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
        const style = getComputedStyle(e), svg = e.closest('svg');
        if (e.closest('title, desc')) continue;
        const a = light(rgb(svg ? style.fill : style.color)), b = light(behind(svg ? svg.parentElement : e));
        if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) low.add(e.tagName + '.' + e.className.toString());
    }
    return [...low].join(' ');
})()"""


def with_scripts():
    with Browser(1280, 900) as b:
        true("the page is slow", b.open(URL) < 30)
        shot(b, "desk")
        same("structure", b.js(STRUCTURE), "")
        same("contrast", b.js(CONTRAST), "")
        same("wider than the window", b.js("document.documentElement.scrollWidth > innerWidth"), False)
        zoom(b)
        find_and_sort(b)
        names(b)
        b.key("Tab")
        quiet(b, "with scripts")
        policy(b)


def first_screen():
    """All five questions can be seen begun where nobody has scrolled yet, on a small desk."""
    with Browser(1280, 800) as b:
        b.open(URL)
        shot(b, "first")
        tops = b.js("[...document.querySelectorAll('.five th')].map((e) => e.getBoundingClientRect().bottom)")
        true("a question is below the first screen: %r" % tops, len(tops) == 5 and max(tops) < 800)


def zoom(b):
    rows = "[...document.querySelectorAll('#events tbody tr')].filter((r) => !r.hidden).length"
    marks = "[...document.querySelectorAll('#time .marks rect')].filter((m) => m.getAttribute('display') !== 'none').length"
    all_rows, all_marks = b.js(rows), b.js(marks)
    true("no event", all_rows > 10 and all_marks > 10)
    b.click("#zoom [data-do=in]")
    b.click("#zoom [data-do=in]")
    true("zoom hides nothing", b.js(rows) < all_rows and b.js(marks) < all_marks)
    true("zoom says nothing", "events in the table" in b.js("document.getElementById('shown').textContent"))
    b.js("document.getElementById('time').parentNode.focus()")
    before = b.js("document.getElementById('shown').textContent")
    b.key("ArrowLeft")
    true("a key moves nothing", b.js("document.getElementById('shown').textContent") != before)
    b.click("#zoom [data-do=all]")
    same("events again", b.js(rows), all_rows)


def find_and_sort(b):
    shown = "[...document.querySelectorAll('.rule')].filter((r) => !r.hidden).length"
    count = b.js(shown)
    b.click("#find")
    b.call("Input.insertText", text="port 6667")
    true("find hides nothing", 0 < b.js(shown) < count)
    b.js("(() => { const f = document.getElementById('find'); f.value = ''; f.dispatchEvent(new Event('input')); })()")
    same("rules again", b.js(shown), count)
    b.click("#asked th:nth-child(3) button")
    first = b.js("+document.querySelector('#asked tbody tr td:nth-child(3)').textContent")
    b.click("#asked th:nth-child(3) button")
    true("sort", b.js("+document.querySelector('#asked tbody tr td:nth-child(3)').textContent") > first)
    same("sort is told", b.js("document.querySelector('#asked th:nth-child(3)').getAttribute('aria-sort')"), "descending")


def names(b):
    b.js("document.querySelector('#map .node').focus()")
    b.key("Enter", text="\r")
    true("the map points at nothing", b.js("document.querySelectorAll('#map path.on').length") > 0)
    b.js("location.hash = document.querySelectorAll('.rule details li')[0].id")
    b.js("new Promise((r) => setTimeout(r, 100))")
    true("a link opens no fold", b.js("document.querySelector('.rule details').open"))


def policy(b):
    """What got in all the same would not run."""
    b.js("(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
         " const i = document.createElement('img'); i.src = 'https://192.0.2.1/x'; document.body.append(i); })()")
    b.js("document.body.insertAdjacentHTML('beforeend', '<p onclick=\"window.ran = 1\" id=bait>x</p>'); bait.click()")
    same("the policy let a script run", b.js("window.ran === undefined"), True)
    true("the policy says nothing", any("Content Security Policy" in c for c in b.complaints))


def without_scripts():
    with Browser(390, 844, scripts=False) as b:
        b.open(URL)
        shot(b, "telephone")
        same("wider than a telephone", b.js("document.documentElement.scrollWidth > 390"), False)
        text = b.js("document.body.innerText")
        for word in "COMPLETE", "Fingerprint", "What is missing", "Entry point", "Why it is listed", "<img src=x":
            true("not to be read without scripts: " + word, word in text)
        same("buttons that do nothing", b.js("document.getElementById('zoom').getClientRects().length"), 0)
        quiet(b, "without scripts")


def dark_and_paper():
    with Browser(1280, 900, dark=True) as b:
        b.open(URL)
        shot(b, "dark")
        same("contrast, dark", b.js(CONTRAST), "")
        b.pdf(sys.argv[1] + ".pdf")
        true("no paper", os.path.getsize(sys.argv[1] + ".pdf") > 10000)
        quiet(b, "on paper")


first_screen()
with_scripts()
without_scripts()
dark_and_paper()
