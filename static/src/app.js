/* What JavaScript adds to pages that work without it: dialogs and side panels made of other
 * pages, copying, passwords shown and measured, selections, menus by arrow keys.  Lists are
 * swapped by htmx, as their attributes say. */
(() => {
	"use strict";

	const all = (selector, root = document) => [...root.querySelectorAll(selector)];
	const one = (selector, root = document) => root.querySelector(selector);

	/* ------------------------------------------------------------ pages in pages */

	const here = () => {
		const url = new URL(location.href);

		url.searchParams.delete("said");
		return url.pathname + url.search;
	};

	const ask = async (url, options = {}) => {
		const response = await fetch(url, {
			credentials: "same-origin",
			...options,
			headers: { "HX-Request": "true", "HX-Request-Type": "full", Accept: "text/html" },
		});
		const elsewhere = response.headers.get("HX-Redirect");

		if (elsewhere) {
			location.assign(elsewhere);
			return null;
		}
		const text = await response.text();

		return {
			url: response.url,
			moved: response.redirected,
			posted: options.method === "POST" && !response.redirected,
			text,
			page: new DOMParser().parseFromString(text, "text/html"),
		};
	};

	/* Puts the main part of another page in place of this one's. */
	const turnTo = ({ url, posted, text, page }) => {
		const main = one("#main");
		const next = one("#main", page);

		/* The answer to a form cannot be asked for again: the sign-in page that carries it. */
		if (posted && page.body.className !== document.body.className) {
			document.open();
			document.write(text);
			document.close();
			return;
		}

		/* One that shows itself anew after some seconds does so only when it was opened. */
		if (!next || page.body.className !== document.body.className ||
			one('meta[http-equiv="refresh"]', page)) {
			location.assign(url);
			return;
		}
		document.title = page.title;
		main.replaceChildren(...next.childNodes);
		for (const id of [".side-menu", ".foot"]) {
			const part = one(id, page);

			if (part)
				one(id)?.replaceChildren(...part.childNodes);
		}
		history.pushState({ htmx: true }, "", page.body.dataset.address || url);
		tidyAddress();
		window.htmx?.process(main);
		prepare(main);
		main.focus({ preventScroll: true });
		window.scrollTo(0, 0);
	};

	/* A page that was shown in answer to the sign-in form is a page of its own when loaded anew. */
	const tidyAddress = () => {
		if (document.body.dataset.address) {
			history.replaceState(history.state, "", document.body.dataset.address);
			delete document.body.dataset.address;
		}
		if (new URL(location.href).searchParams.has("said"))
			history.replaceState(history.state, "", here() + location.hash);
	};

	/* ------------------------------------------------------------ dialogs */

	const icon = (name) => {
		const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
		const use = document.createElementNS("http://www.w3.org/2000/svg", "use");

		svg.setAttribute("class", "icon");
		svg.setAttribute("aria-hidden", "true");
		use.setAttribute("href", document.body.dataset.icons + "#" + name);
		svg.append(use);
		return svg;
	};

	const iconButton = (kind, name, label) => {
		const button = document.createElement("button");

		button.type = "button";
		button.className = kind;
		button.setAttribute("aria-label", label);
		button.append(icon(name));
		return button;
	};

	const closeButton = () => iconButton("icon-button close", "x", document.body.dataset.textClose);

	const fill = (dialog, panel) => {
		const close = closeButton();

		dialog.replaceChildren(panel, close);
		close.addEventListener("click", () => dialog.close());
		prepare(dialog);
		window.htmx?.process(dialog);
		(one('[aria-invalid="true"]', dialog) || one("[autofocus]", dialog) ||
			one("input[type=search]", panel) || one("input:checked:enabled", dialog) ||
			one(".panel-body :is(input:not([type=hidden]), select, textarea):enabled", dialog) ||
			close).focus();
	};

	const openDialog = (panel, sheet, opener) => {
		const dialog = document.createElement("dialog");

		dialog.setAttribute("aria-labelledby", "panel-title");
		dialog.className = sheet ? "side-sheet" : "";
		document.body.append(dialog);
		dialog.addEventListener("close", () => {
			dialog.remove();
			if (opener?.isConnected)
				opener.focus();
		});
		/* A press beside the dialog closes it, unless something was typed. */
		dialog.addEventListener("pointerdown", (event) => {
			if (event.target === dialog && !dialog.dataset.changed)
				dialog.close();
		});
		dialog.addEventListener("input", () => { dialog.dataset.changed = "1"; });
		dialog.showModal();
		fill(dialog, panel);
	};

	const show = async (url, options, sheet, opener) => {
		const found = await ask(url, options);
		const panel = found && one("[data-panel]", found.page);

		if (!found)
			return;
		if (panel && !found.moved)
			openDialog(document.adoptNode(panel), sheet, opener);
		else
			turnTo(found);
	};

	/* What had been pressed: for an entry of a menu, the button that opened it. */
	const buttonOf = (menu) => menu.rowButton || one(`[popovertarget="${menu.id}"]`);
	const openerOf = (element) => {
		const menu = element.closest("[popover]");
		const button = menu && buttonOf(menu);

		menu?.hidePopover?.();
		return button || element;
	};

	document.addEventListener("click", (event) => {
		const link = event.target.closest("a[data-dialog], a[data-sheet]");
		const close = event.target.closest("dialog [data-close]");

		if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey)
			return;
		if (close) {
			event.preventDefault();
			close.closest("dialog").close();
		} else if (link && !link.closest("dialog")) {
			event.preventDefault();
			show(link.href, {}, link.hasAttribute("data-sheet"), openerOf(link))
				.catch(() => location.assign(link.href));
		}
	});

	const bodyOf = (form, submitter) => new URLSearchParams(new FormData(form, submitter));

	const sendFrom = async (dialog, form, submitter) => {
		const found = await ask(
			submitter?.getAttribute("formaction") || form.getAttribute("action"),
			{ method: "POST", body: bodyOf(form, submitter) });
		const panel = found && one("[data-panel]", found.page);

		if (!found)
			return;
		if (panel && !found.moved) {
			delete dialog.dataset.changed;
			fill(dialog, document.adoptNode(panel));
		} else {
			dialog.close();
			turnTo(found);
		}
	};

	/* ------------------------------------------------------------ cells edited in place */

	const restoreCell = (cell) => {
		if (!cell.stood)
			return;
		cell.replaceChildren(...cell.stood);
		delete cell.stood;
		one("[data-cell]", cell)?.focus();
	};

	const fillCell = (cell, form) => {
		cell.stood ||= [...cell.childNodes];
		cell.replaceChildren(document.adoptNode(form));
		form.elements.value.focus();
		form.elements.value.select?.();
	};

	const openCell = async (link) => {
		const found = await ask(link.href);
		const form = found && one("[data-cell-form]", found.page);

		all(".cell, td").forEach(restoreCell);
		if (form)
			fillCell(link.closest(".cell, td"), form);
		else if (found)
			turnTo(found);
	};

	/* What was sent is shown by the list as it is now, where it was. */
	const sendCell = async (form) => {
		const cell = form.closest(".cell, td");
		const action = form.getAttribute("action");
		const found = await ask(action, { method: "POST", body: bodyOf(form) });
		const again = found && one("[data-cell-form]", found.page);
		const top = window.scrollY;

		if (again && !found.moved) {
			fillCell(cell, again);
		} else if (found) {
			turnTo(found);
			if (found.moved) {
				window.scrollTo(0, top);
				one(`[data-cell][href="${action}"]`)?.focus({ preventScroll: true });
			}
		}
	};

	document.addEventListener("click", (event) => {
		const link = event.target.closest("a[data-cell]");
		const cancel = event.target.closest("td [data-close]");

		if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey)
			return;
		if (cancel) {
			event.preventDefault();
			restoreCell(cancel.closest(".cell, td"));
		} else if (link) {
			event.preventDefault();
			openCell(link).catch(() => location.assign(link.href));
		}
	});
	document.addEventListener("keydown", (event) => {
		const cell = event.target.closest?.("td [data-cell-form]")?.closest(".cell, td");

		if (cell && event.key === "Escape")
			restoreCell(cell);
	});
	/* One of a list is chosen at once, but for keys, which go through what is in between. */
	const CHOICE = "td [data-cell-form] select";
	let byKeys = false;

	document.addEventListener("keydown", () => { byKeys = true; });
	document.addEventListener("pointerdown", () => { byKeys = false; });
	document.addEventListener("change", (event) => {
		if (event.target.matches(CHOICE) && !byKeys)
			event.target.form.requestSubmit();
	});

	/* ------------------------------------------------------------ forms */

	const withHere = (form) => {
		if (form.elements.back || !form.matches("[data-back], dialog form, td form"))
			return;
		const field = document.createElement("input");

		field.type = "hidden";
		field.name = "back";
		field.value = here();
		form.append(field);
	};

	/* One sending at a time; a page that comes back by the Back button is usable again. */
	const busy = new WeakSet();
	const release = (form) => {
		busy.delete(form);
		for (const button of form.elements)
			if (button.type === "submit")
				button.removeAttribute("aria-disabled");
	};

	document.addEventListener("submit", (event) => {
		const form = event.target;
		const submitter = event.submitter;
		const dialog = form.closest("dialog");

		/* Enter presses the first button, which searches in the form where nothing else does. */
		if (submitter?.matches("[data-find][hidden]")) {
			event.preventDefault();
			if (document.activeElement?.type !== "search")
				form.requestSubmit(one("[type=submit]:not([data-find])", form));
			return;
		}
		if (form.method === "get" || form.hasAttribute("data-download") || event.defaultPrevented)
			return;
		if (busy.has(form) || submitter?.getAttribute("aria-disabled") === "true") {
			event.preventDefault();
			return;
		}
		withHere(form);
		busy.add(form);
		submitter?.setAttribute("aria-disabled", "true");
		if (form.closest("td [data-cell-form]")) {
			event.preventDefault();
			sendCell(form).catch(() => form.submit()).finally(() => release(form));
		} else if (dialog) {
			event.preventDefault();
			sendFrom(dialog, form, submitter).catch(() => form.submit()).finally(() => release(form));
		} else if (submitter?.hasAttribute("data-dialog")) {
			event.preventDefault();
			show(submitter.formAction, { method: "POST", body: bodyOf(form, submitter) }, false,
				openerOf(submitter)).finally(() => release(form));
		}
	});
	window.addEventListener("pageshow", (event) => {
		if (event.persisted)
			all("form").forEach(release);
	});

	/* A button that works after the word was typed, or after some seconds. */
	const needWord = (button) => {
		const field = button.form?.elements.typed;
		/* A number may have marks between its thousands. */
		const number = /^\d[\d\s.,'’]*$/.test(button.dataset.word);
		const plain = (text) => number ? text.replace(/[\s.,'’]/g, "") : text.trim();
		const word = plain(button.dataset.word);
		const check = () => { button.disabled = plain(field.value) !== word; };

		if (field) {
			field.addEventListener("input", check);
			check();
		}
	};

	const needTime = (button) => {
		const text = button.textContent;
		const until = Date.now() + Number(button.dataset.wait) * 1000;
		const tick = () => {
			const left = Math.ceil((until - Date.now()) / 1000);

			button.disabled = left > 0;
			button.textContent = left > 0 ? `${text} (${left})` : text;
			if (left > 0)
				setTimeout(tick, 1000);
		};

		tick();
	};

	/* The address of a new account follows its name until it is written by hand. */
	const slugFrom = (source) => {
		const slug = one("[data-slug]", source.form);
		let own = slug.value !== "";

		slug.addEventListener("input", () => { own = slug.value !== ""; });
		source.addEventListener("input", () => {
			if (!own)
				slug.value = source.value.normalize("NFKD").toLowerCase().replace(/[^\x20-\x7e]/g, "")
					.replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "");
		});
	};

	/* ------------------------------------------------------------ passwords */

	const common = /pass ?word|passwor[td]|qwert|asdf|letmein|welcome|admin|abc|iloveyou|monkey|dragon|(19|20)\d\d|123|(.)\2\2/gi;

	/* A rough guess, 0 to 4; the server decides. */
	const score = (value, avoid, least) => {
		let rest = value.toLowerCase();

		for (const word of avoid)
			if (word.length > 2)
				rest = rest.replaceAll(word, "·");
		rest = rest.replace(common, "·");
		const bits = new Set(rest).size * 2.2 + [...rest].length * 1.6;

		if ([...value].length < least)
			return Math.min(1, Math.floor(bits / 24));
		return bits < 28 ? 0 : bits < 38 ? 1 : bits < 50 ? 2 : bits < 64 ? 3 : 4;
	};

	const preparePassword = (box) => {
		const input = one("input", box);
		const button = one("[data-show]", box);
		const meter = box.parentNode.querySelector(".strength");

		button.hidden = false;
		button.addEventListener("click", () => {
			const shown = input.type === "text";

			input.type = shown ? "password" : "text";
			button.setAttribute("aria-pressed", String(!shown));
			one("use", button).setAttribute("href", document.body.dataset.icons + (shown ? "#eye" : "#eye-off"));
			input.focus();
		});
		input.form?.addEventListener("submit", () => { input.type = "password"; });
		if (!box.hasAttribute("data-meter"))
			return;
		const words = meter.dataset.words.split("|");
		const avoid = (box.dataset.avoid || "").toLowerCase().split(/[^\p{L}\p{N}]+/u);

		input.addEventListener("input", () => {
			const n = score(input.value, avoid, Number(input.minLength));

			meter.hidden = input.value === "";
			meter.dataset.score = n;
			one("span", meter).textContent = words[n];
		});
	};

	/* ------------------------------------------------------------ copying */

	const copyButton = (row) => {
		const text = one("bdi", row).textContent;
		const button = iconButton("copy", "copy", document.body.dataset.textCopy + " " + text);

		button.dataset.copy = text;
		row.append(button);
	};

	document.addEventListener("click", async (event) => {
		const button = event.target.closest("[data-copy], [data-copy-from]");

		if (!button)
			return;
		const from = button.dataset.copyFrom;

		try {
			await navigator.clipboard.writeText(from ? one("#" + from).value : button.dataset.copy);
		} catch {
			one("#" + from)?.select();
			return;
		}
		const use = one("use", button);

		say(document.body.dataset.textCopied);
		if (!use) {
			button.textContent = document.body.dataset.textCopied;
			return;
		}
		use.setAttribute("href", document.body.dataset.icons + "#check");
		button.classList.add("copied");
		setTimeout(() => {
			use.setAttribute("href", document.body.dataset.icons + "#copy");
			button.classList.remove("copied");
		}, 1500);
	});

	/* Says something to who hears the page. */
	const say = (text) => {
		let live = one("#said");

		if (!live) {
			live = document.createElement("div");
			live.id = "said";
			live.className = "unseen";
			live.setAttribute("role", "status");
		}
		(one("dialog[open]") || document.body).append(live);
		live.textContent = "";
		setTimeout(() => { live.textContent = text; }, 50);
	};

	/* ------------------------------------------------------------ selections */

	const prepareBulk = (form) => {
		const boxes = () => all('td input[name="id"]', form);
		const every = one("[data-all]", form);
		const everybody = one('input[name="all"]', form);
		const words = one("[data-chosen]", form);
		let last = null;
		const count = () => {
			const n = boxes().filter((box) => box.checked).length;

			every.checked = n > 0 && n === boxes().length;
			every.indeterminate = n > 0 && !every.checked;
			if (everybody && n < boxes().length)
				everybody.checked = false;
			words.textContent = words.dataset.chosen.replace("[n]", n);
			words.hidden = everybody?.checked === true;
		};

		if (!every)
			return;
		every.hidden = false;
		every.addEventListener("change", () => {
			for (const box of boxes())
				box.checked = every.checked;
			count();
		});
		form.addEventListener("click", (event) => {
			const box = event.target.closest('td input[name="id"]');
			const list = boxes();

			if (!box)
				return;
			if (event.shiftKey && last && list.includes(last)) {
				const ends = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b);

				for (const other of list.slice(ends[0], ends[1] + 1))
					other.checked = box.checked;
			}
			last = box;
		});
		form.addEventListener("change", count);
		count();
	};

	/* ------------------------------------------------------------ keys and menus */

	const place = (menu) => {
		const button = buttonOf(menu);

		if (!button || !menu.matches(".menu") || CSS.supports("position-area: block-end"))
			return;
		const at = button.getBoundingClientRect();
		const box = menu.getBoundingClientRect();
		const below = at.bottom + 4 + box.height < innerHeight;
		const wide = at.right - box.width >= 8 && button.matches(":not(.side *)");

		menu.style.margin = "0";
		menu.style.inset = "auto";
		menu.style.top = (below ? at.bottom + 4 : Math.max(8, at.top - box.height - 4)) + "px";
		menu.style.left = Math.min(wide ? at.right - box.width : at.left, innerWidth - box.width - 8) + "px";
	};

	/* One menu serves all rows: it is filled with what the row's kind can do, for that row. */
	const fillRowMenu = (button) => {
		const menu = one("#row-menu");
		const kind = one(`template[data-menu-kind="${button.dataset.menu}"]`);

		menu.rowButton = button;
		menu.replaceChildren(kind.content.cloneNode(true));
		for (const name of all(".menu-note bdi", menu))
			name.textContent = button.dataset.name;
		for (const link of all("a", menu))
			link.setAttribute("href", button.dataset.base + link.getAttribute("href"));
		for (const act of all("button", menu))
			act.setAttribute("formaction", button.dataset.base + act.getAttribute("formaction"));
	};

	/* The link to where the acts stand becomes the button of the menu. */
	const menuButton = (link) => {
		const button = iconButton(link.className, "dots", link.getAttribute("aria-label"));

		button.dataset.menu = link.dataset.menu;
		button.dataset.base = link.getAttribute("href") + "/";
		button.dataset.name = one("td.name bdi", link.closest("tr"))?.textContent || "";
		button.setAttribute("popovertarget", "row-menu");
		button.addEventListener("click", () => fillRowMenu(button));
		link.replaceWith(button);
	};

	document.addEventListener("toggle", (event) => {
		if (event.newState === "open" && event.target.matches?.("[popover]"))
			place(event.target);
	}, true);

	document.addEventListener("keydown", (event) => {
		const menu = event.target.closest?.(".menu");
		const typing = event.target.matches?.("input, textarea, select, [contenteditable]");

		if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !one("dialog[open]")) {
			const field = one("[data-search]");

			if (field) {
				event.preventDefault();
				field.focus();
				field.select();
			}
		} else if (event.key === "ArrowDown" && event.target.matches?.("[popovertarget]")) {
			const target = document.getElementById(event.target.getAttribute("popovertarget"));

			if (target?.matches(".menu")) {
				event.preventDefault();
				if (event.target.dataset.menu)
					fillRowMenu(event.target);
				target.showPopover({ source: event.target });
				one("a, button", target)?.focus();
			}
		} else if (menu && ["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
			const entries = all("a, button", menu);
			const at = entries.indexOf(document.activeElement);
			const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];

			event.preventDefault();
			entries.at(to % entries.length)?.focus();
		} else if (event.key === "Escape") {
			const open = event.target.closest?.("details.filter[open]");

			if (open) {
				open.open = false;
				one("summary", open).focus();
			}
		}
	});

	/* Results stand below the search box as long as one is at it; the arrows lead through them. */
	const found = one("#found-box");

	if (found) {
		const form = found.closest("form");
		const field = one("[data-search]", form);

		form.addEventListener("keydown", (event) => {
			const hits = [field, ...all("a", found)];
			const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];

			if (event.key === "Escape" && found.firstChild) {
				event.preventDefault();
				found.replaceChildren();
				field.focus();
			} else if (step && found.firstChild) {
				event.preventDefault();
				hits.at((hits.indexOf(document.activeElement) + step) % hits.length).focus();
			}
		});
		form.addEventListener("focusout", (event) => {
			if (!form.contains(event.relatedTarget))
				found.replaceChildren();
		});
		found.addEventListener("mousedown", (event) => event.preventDefault());
	}

	document.addEventListener("pointerdown", (event) => {
		for (const open of all("details.filter[open]"))
			if (!open.contains(event.target))
				open.open = false;
	});

	/* ------------------------------------------------------------ lists swapped by htmx */

	let focused = "";

	document.addEventListener("htmx:before:request", () => {
		focused = document.activeElement?.closest("#list a")?.textContent || "";
	});
	document.addEventListener("htmx:after:swap", () => {
		const again = focused && document.activeElement === document.body &&
			all("#list .segments a, #list th a, #list .pager a").find((a) => a.textContent === focused);

		if (again)
			again.focus({ preventScroll: true });
		focused = "";
		prepare(document);
	});
	/* The program says itself where a page is that cannot be shown in part; nginx does not. */
	document.addEventListener("htmx:response:error", (event) => {
		const ctx = event.detail?.ctx;

		if (ctx && ctx.request.method === "GET" && !ctx.response.headers.get("HX-Redirect")) {
			ctx.swap = "none";
			location.assign(ctx.request.action);
		}
	});
	/* Fields left empty need not stand in the address, nor does what was looked for in a form. */
	document.addEventListener("formdata", (event) => {
		event.formData.delete("find");
		if (event.target.matches(".toolbar"))
			for (const name of new Set(event.formData.keys()))
				if (event.formData.getAll(name).join("") === "")
					event.formData.delete(name);
	});

	/* ------------------------------------------------------------ each page */

	const prepared = new WeakSet();
	const once = (selector, root, make) => {
		for (const element of all(selector, root))
			if (!prepared.has(element)) {
				prepared.add(element);
				make(element);
			}
	};

	/* ------------------------------------------------------------ permissions */

	/* What a permission brings along is ticked with it, and does not go alone. */
	const prepareGrants = (set) => {
		const boxes = all('input[type="checkbox"]', set);
		const lock = () => {
			const along = new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.implies));

			for (const box of boxes) {
				const locked = along.has(box.value);

				box.checked ||= locked;
				box.toggleAttribute("data-locked", locked);
				box.setAttribute("aria-disabled", String(locked));
			}
		};

		set.addEventListener("click", (event) => {
			if (event.target.hasAttribute("data-locked"))
				event.preventDefault();
		});
		set.addEventListener("change", lock);
		lock();
	};

	const narrow = (box) => {
		const input = one("input", box);
		const set = box.closest("fieldset");

		box.hidden = false;
		input.addEventListener("keydown", (event) => {
			if (event.key === "Enter")
				event.preventDefault();
		});
		input.addEventListener("input", () => {
			const words = input.value.trim().toLowerCase();

			for (const line of all("li", set))
				line.hidden = !line.textContent.toLowerCase().includes(words);
			for (const section of all("section", set))
				section.hidden = !one("li:not([hidden])", section);
		});
	};

	const foldable = (heading) => {
		const button = document.createElement("button");

		button.type = "button";
		button.setAttribute("aria-expanded", "true");
		button.append(icon("chevron-down"), heading.textContent);
		button.addEventListener("click", () => {
			const open = button.getAttribute("aria-expanded") === "false";

			button.setAttribute("aria-expanded", String(open));
			for (const row of all("tr:not(.area)", button.closest("tbody")))
				row.hidden = !open;
		});
		heading.replaceWith(button);
	};

	const dismissable = (flash) => {
		const close = closeButton();

		close.addEventListener("click", () => flash.remove());
		flash.append(close);
	};

	/* In a row that is wider than the page, the current entry is brought into sight. */
	const CURRENT = ".tabs [aria-current], .segments [aria-current]";
	const intoSight = (current) => {
		const row = current.closest("ul").getBoundingClientRect();
		const box = current.getBoundingClientRect();

		if (box.left < row.left || box.right > row.right)
			current.closest("ul").scrollLeft += box.left + box.width / 2 - row.left - row.width / 2;
	};

	const prepare = (root) => {
		once(".no-js", root, (element) => { element.hidden = true; });
		once(".copy[hidden], [data-copy-from][hidden]", root, (element) => { element.hidden = false; });
		once("[data-copyable]", root, copyButton);
		once("a[data-menu]", root, menuButton);
		once("[data-password]", root, preparePassword);
		once("[data-print]", root, (button) => {
			button.hidden = false;
			button.addEventListener("click", () => window.print());
		});
		once("[data-copy-all]", root, (button) => { button.hidden = false; });
		once("[data-word]", root, needWord);
		once("[data-wait]", root, needTime);
		once("[data-slug-source]", root, slugFrom);
		once(CURRENT, root, intoSight);
		once("[data-bulk]", root, prepareBulk);
		once("[data-grants]", root, prepareGrants);
		once("[data-narrow]", root, narrow);
		once("[data-fold]", root, foldable);
		once("[data-select]", root, (input) => input.addEventListener("focus", () => input.select()));
		once("main > .flash[data-said]", root, dismissable);
	};

	tidyAddress();
	prepare(document);
	window.addEventListener("resize", () => all(CURRENT).forEach(intoSight));
})();
