// Keys and focus for the staff's pages. Everything works without this file.
(() => {
  "use strict";

  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  // Which key does what is the user's own; without any, single keys are off.
  const keymap = JSON.parse(document.body.dataset.keys || "null");
  let opener = null;

  root.classList.add("has-js");
  // What only scripts show was hidden when the browser looked for it.
  const first = find("[autofocus]");
  if (first && document.activeElement === document.body) first.focus();

  const showKeys = () => {
    const list = find("#keys");
    if (list && !list.open) list.showModal();
    return Boolean(list);
  };

  // A word of its own may be typed anywhere a caret stands.
  const typing = (element) =>
    element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);

  const close = () => {
    const drawer = find(".cal-main #drawer");
    if (!drawer || !drawer.firstElementChild) return false;
    drawer.replaceChildren();
    const again = opener && document.body.contains(opener) ? opener : find(".cal");
    if (again) again.focus();
    return true;
  };

  // What was folded out around the focus is folded in before anything else closes.
  const fold = (element) => {
    const pop = element.closest("details.pop[open]");
    if (!pop) return false;
    pop.open = false;
    pop.querySelector("summary").focus();
    return true;
  };

  const press = (selector) => {
    const thing = find(selector);
    if (thing) thing.click();
    return Boolean(thing);
  };

  const search = () => {
    const box = find("#f-patient") || find("#arrival") || find("#q") || find("#find");
    if (box) box.focus();
    return Boolean(box);
  };

  // Every other act presses what its page marks with it.
  const does = { search, list: showKeys };
  const arrows = { ArrowLeft: "#day-before", ArrowRight: "#day-after" };
  const act = (key) => {
    if (arrows[key]) return press(arrows[key]);
    const name = keymap[key] || keymap[key.toLowerCase()];
    if (!name) return false;
    return does[name] ? does[name]() : press(`[data-key="${name}"]`);
  };

  // A double click, or a key held down, is one wish: nobody else is called by it.
  const sends = (element) => element.closest('button[type="submit"]');
  const again = (event) => {
    const button = event.detail > 1 && sends(event.target);
    if (button && button.form && button.form.method === "post") event.preventDefault();
  };
  document.addEventListener("click", again, true);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.repeat && /^(Enter|\S)$/.test(event.key) && !typing(event.target)) {
      event.preventDefault();
      return;
    }
    // The list of keys is closed by the browser; nothing behind it may move.
    if (find("#keys[open]")) return;
    if (event.key === "Escape") {
      if (fold(event.target) || close()) event.preventDefault();
      return;
    }
    // Arrows scroll a focused calendar sideways; they turn the day everywhere else.
    const scrolls = event.key.startsWith("Arrow") && event.target.closest(".cal, .drawer");
    if (typing(event.target) || scrolls || !keymap) return;
    if (act(event.key)) event.preventDefault();
  });

  // Hundreds of cells say once where they lead: all of them open in the drawer.
  const openCell = (event) => {
    const cell = event.target.closest(".cal-main .cal-items a");
    if (!cell || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = cell;
    htmx.ajax("GET", cell.getAttribute("href"), { source: cell, target: "#drawer", swap: "innerHTML" });
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) {
      window.print();
      // Whether it came out is said next.
      const after = find("[data-after-print]");
      if (after) after.focus();
    }
    if (event.target.closest("[data-keys-list]")) showKeys();
    if (event.target.closest("[data-keys-close]")) find("#keys").close();
    const out = event.target.closest("[data-close]");
    if (out && close()) event.preventDefault();
    const link = event.target.closest('a[hx-target="#drawer"]');
    if (link && !link.closest("#drawer")) opener = link;
    openCell(event);
  });

  // What was opened takes the focus, unless it says itself what should have it.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "drawer" || event.target.querySelector("[autofocus]")) return;
    const head = find("#drawer-title");
    if (head) head.focus();
  });

  // A field that somebody is in keeps what stands in it; a button says what it does now.
  if (window.Idiomorph) {
    Object.defineProperty(Idiomorph.defaults, "ignoreActiveValue", {
      enumerable: true,
      get: () => typing(document.activeElement),
    });
    // What looks after itself folds nothing in, and takes back nothing that is chosen.
    let unasked = false;
    const usual = (options) => [...options].find((each) => each.defaultSelected) || options[0];
    const chosen = (field) => {
      if (field.options) return field.selectedOptions[0] !== usual(field.options);
      return field.checked !== field.defaultChecked || field.value !== field.defaultValue;
    };
    Object.assign(Idiomorph.defaults.callbacks, {
      beforeNodeMorphed: (old) => !(unasked && old.matches?.("input, select, textarea") && chosen(old)),
      beforeAttributeUpdated: (name, old) => !(unasked && name === "open" && old.localName === "details"),
    });
    document.addEventListener("htmx:beforeSwap", (event) => {
      unasked = event.detail.requestConfig.elt.hasAttribute("data-poll");
    });
    document.addEventListener("htmx:afterSwap", () => {
      unasked = false;
    });
  }

  // What was pressed may be gone with the answer: the page says where one goes on.
  let within = false;
  const look = (event) => {
    within ||= event.target.contains(document.activeElement);
  };
  document.addEventListener("htmx:beforeRequest", look);
  document.addEventListener("htmx:beforeSwap", look);
  document.addEventListener("htmx:afterSettle", () => {
    const on = within && document.activeElement === document.body && find("[data-goes-on]");
    // Whoever touched the screen further down stays there.
    if (on) on.focus({ preventScroll: true });
    within = false;
  });

  // A refusal may be about what stands on no form here: then there is nowhere to mend it.
  const mends = () => {
    for (const link of document.querySelectorAll("a[data-mend]")) {
      link.parentElement.hidden = !document.getElementById(link.hash.slice(1));
    }
  };
  mends();
  document.addEventListener("htmx:afterSettle", mends);

  // What was changed meanwhile is asked about next: an answer from before must not undo it.
  const late = (event) => event.target.form?.querySelector("#needs")?.setAttribute("data-late", "");
  document.addEventListener("change", late, true);
  document.addEventListener("htmx:beforeRequest", (event) => event.detail.elt.removeAttribute("data-late"));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.hasAttribute("data-late")) event.detail.shouldSwap = false;
  });

  const offline = () => {
    const place = find("#problems");
    if (place) place.textContent = "Baari cannot be reached. Nothing was saved by the last click; try again.";
  };
  // What looks after itself asks without anybody: its failure is told where it stands.
  const polls = (event) => event.detail.elt.hasAttribute("data-poll");
  const stale = (is) => document.body.classList.toggle("is-stale", is);
  document.addEventListener("htmx:sendError", (event) => (polls(event) ? stale(true) : offline()));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (polls(event) && event.detail.xhr.status) stale(event.detail.xhr.status >= 500);
  });
  // Whoever answers in Baari's place while it is away must not take the form away.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if (answer.status < 500 || answer.getResponseHeader("HX-Retarget")) return;
    event.detail.shouldSwap = false;
    if (!polls({ detail: event.detail.requestConfig })) offline();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const place = find("#problems");
    if (!polls(event)) {
      if (place) place.replaceChildren();
    } else if (document.hidden || root.dataset.drag) {
      // Nobody looks, or what is held in the hand must not be drawn anew.
      event.preventDefault();
    }
  });

  // On a phone a line of tabs is wider than the screen: the present one is brought in.
  for (const each of document.querySelectorAll(".nav > [aria-current], .tabs > [aria-current]")) {
    each.scrollIntoView({ block: "nearest", inline: "center", container: "nearest" });
  }

  // Nights are shown too, but work begins further down.
  const start = find("#now") || find("#morning");
  if (start && !location.hash) start.scrollIntoView({ block: "start" });
})();
