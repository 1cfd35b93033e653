/* What the page does beyond being read: find, sort, zoom, point. It makes no element out of
 * text, asks for nothing and keeps nothing. */
"use strict";
(function () {
	const $ = (id) => document.getElementById(id);

	/* Show only what holds a word. */
	const find = $("find");
	if (find) {
		const items = [...document.querySelectorAll(".seen > li, #events tbody tr, .tree li, #met tbody tr")];
		find.closest(".find").hidden = false;
		find.addEventListener("input", () => {
			const word = find.value.trim().toLowerCase();
			let n = 0;
			for (const it of items) {
				const hit = !word || it.textContent.toLowerCase().includes(word);
				it.classList.toggle("away", !hit);
				it.hidden = !hit;
				n += hit;
			}
			for (const rule of document.querySelectorAll(".rule"))
				rule.hidden = word !== "" && !rule.querySelector(".seen > li:not([hidden])");
			if (word)
				for (const d of document.querySelectorAll(".rule details"))
					d.open = !!d.querySelector("li:not([hidden])");
			$("found").textContent = word ? n + " of " + items.length : "";
		});
	}

	/* Sort a table by a column. */
	const key = (row, at) => {
		const cell = row.cells[at];
		const text = cell ? cell.textContent.trim() : "";
		const number = cell && cell.classList.contains("n") ? Number(text) : NaN;
		return Number.isNaN(number) ? text : number;
	};
	const order = (a, b) => typeof a === "number" && typeof b === "number" ? a - b :
		String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
	for (const th of document.querySelectorAll("table.sort th")) {
		const button = document.createElement("button");
		button.type = "button";
		while (th.firstChild)
			button.appendChild(th.firstChild);
		th.appendChild(button);
		button.addEventListener("click", () => {
			const at = th.cellIndex, body = th.closest("table").tBodies[0];
			const down = th.getAttribute("aria-sort") === "ascending";
			for (const other of th.parentNode.cells)
				other.removeAttribute("aria-sort");
			th.setAttribute("aria-sort", down ? "descending" : "ascending");
			const rows = [...body.rows].map((r) => [key(r, at), r]);
			rows.sort((a, b) => down ? order(b[0], a[0]) : order(a[0], b[0]));
			body.append(...rows.map((r) => r[1]));
		});
	}

	/* The timeline: look at a part of it. */
	const time = $("time");
	if (time) {
		const d = time.dataset, left = +d.left, width = +d.width, slices = +d.slices;
		const from = +d.from, to = +d.to;
		const marks = [...time.querySelectorAll(".marks rect")];
		const ticks = [...time.querySelectorAll(".axis text")];
		const rows = [...document.querySelectorAll("#events tbody tr")];
		let lo = 0, hi = 1;
		const text = (share) => new Date(from + (to - from) * share).toISOString().slice(0, 16).replace("T", " ");
		const draw = () => {
			for (const m of marks) {
				const x = (+m.dataset.s / slices - lo) / (hi - lo);
				const w = Math.max(2, width / slices / (hi - lo) - 1);
				m.setAttribute("display", x < 0 || x > 1 ? "none" : "inline");
				if (x < 0 || x > 1)
					continue;
				m.setAttribute("x", left + x * width);
				m.setAttribute("width", Math.min(w, width - x * width + 2));
			}
			ticks.forEach((t, i) => { t.textContent = text(lo + (hi - lo) * i / (ticks.length - 1)); });
			let n = 0;
			for (const r of rows) {
				const s = (+r.dataset.t - from) / (to - from);
				const hit = s >= lo && s <= hi;
				r.hidden = !hit;
				n += hit;
			}
			$("shown").textContent = text(lo) + " to " + text(hi) + ", " + n + " events in the table";
		};
		const move = (a, b) => {
			const w = Math.min(1, Math.max(b - a, 1 / 240));
			lo = Math.min(Math.max(0, a), 1 - w);
			hi = lo + w;
			draw();
		};
		const zoom = (factor, at) => {
			const w = (hi - lo) * factor, c = at === undefined ? (lo + hi) / 2 : lo + (hi - lo) * at;
			move(c - w * (at === undefined ? .5 : at), c + w * (at === undefined ? .5 : 1 - at));
		};
		const steps = { in: () => zoom(.5), out: () => zoom(2), left: () => move(lo - (hi - lo) / 3, hi - (hi - lo) / 3),
			right: () => move(lo + (hi - lo) / 3, hi + (hi - lo) / 3), all: () => move(0, 1) };
		const keys = { "+": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", "0": "all" };
		$("zoom").hidden = false;
		for (const b of $("zoom").querySelectorAll("button"))
			b.addEventListener("click", steps[b.dataset.do]);
		time.parentNode.addEventListener("keydown", (e) => {
			if (keys[e.key]) {
				steps[keys[e.key]]();
				e.preventDefault();
			}
		});
		const share = (e) => {
			const box = time.getBoundingClientRect(), unit = box.width / time.viewBox.baseVal.width;
			return Math.min(1, Math.max(0, ((e.clientX - box.left) / unit - left) / width));
		};
		time.addEventListener("dblclick", (e) => zoom(.4, share(e)));
		let start = null;
		time.addEventListener("pointerdown", (e) => { start = share(e); });
		time.addEventListener("pointerup", (e) => {
			const end = share(e);
			if (start !== null && Math.abs(end - start) > .02)
				move(lo + (hi - lo) * Math.min(start, end), lo + (hi - lo) * Math.max(start, end));
			start = null;
		});
	}

	/* The map: what belongs to one name. */
	const map = $("map");
	if (map) {
		const nodes = [...map.querySelectorAll(".node")], paths = [...map.querySelectorAll("path")];
		let chosen = null;
		const choose = (node) => {
			chosen = node === chosen ? null : node;
			map.classList.toggle("chosen", !!chosen);
			const side = chosen && ("a" in chosen.dataset ? "a" : "b"), other = side === "a" ? "b" : "a";
			const met = new Set();
			for (const p of paths) {
				const on = !!chosen && p.dataset[side] === chosen.dataset[side];
				p.classList.toggle("on", on);
				if (on)
					met.add(other + p.dataset[other]);
			}
			for (const n of nodes) {
				const on = n === chosen || met.has(("a" in n.dataset ? "a" : "b") + ("a" in n.dataset ? n.dataset.a : n.dataset.b));
				n.classList.toggle("on", on);
				n.setAttribute("aria-pressed", n === chosen);
			}
		};
		for (const n of nodes) {
			n.setAttribute("tabindex", "0");
			n.setAttribute("role", "button");
			n.addEventListener("click", () => choose(n));
			n.addEventListener("keydown", (e) => {
				if (e.key === "Enter" || e.key === " ") {
					choose(n);
					e.preventDefault();
				}
			});
		}
		map.setAttribute("role", "group");
	}

	/* A link to something folded opens it; paper has no folds. */
	const open = () => {
		let at = location.hash.length > 1 ? $(location.hash.slice(1)) : null;
		for (let d = at; d; d = d.parentElement)
			if (d.tagName === "DETAILS")
				d.open = true;
		if (at)
			at.scrollIntoView();
	};
	window.addEventListener("hashchange", open);
	open();
	window.addEventListener("beforeprint", () => {
		for (const d of document.querySelectorAll(".rule details, .words"))
			d.open = true;
	});
})();
