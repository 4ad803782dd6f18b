// Keys and focus for the staff's pages. Everything works without this file.
(() => {
  "use strict";

  const KEYS = "baari.keys";
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  let opener = null;

  root.classList.add("has-js");

  // A browser that keeps nothing (private windows, say) has the keys on.
  const kept = (value) => {
    try {
      if (value) localStorage.setItem(KEYS, value);
      return localStorage.getItem(KEYS);
    } catch {
      return value;
    }
  };
  const switchKeys = (value) => {
    if (value === "off") root.dataset.keys = value;
    else delete root.dataset.keys;
  };
  switchKeys(kept());

  const showKeys = () => {
    const list = find("#keys");
    if (list && !list.open) {
      find("#keys-on").checked = root.dataset.keys !== "off";
      list.showModal();
    }
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

  const press = (id) => {
    const link = document.getElementById(id);
    if (link) link.click();
    return Boolean(link);
  };

  const keys = {
    "/": () => {
      const box = find("#f-patient") || find("#q") || find("#find");
      if (box) box.focus();
      return Boolean(box);
    },
    "?": showKeys,
    t: () => press("today"),
    b: () => press("book"),
    ArrowLeft: () => press("day-before"),
    ArrowRight: () => press("day-after"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // The list of keys is closed by the browser; nothing behind it may move.
    if (find("#keys[open]")) return;
    if (event.key === "Escape") {
      if (close()) event.preventDefault();
      return;
    }
    // Arrows scroll a focused calendar sideways; they turn the day everywhere else.
    const scrolls = event.key.startsWith("Arrow") && event.target.closest(".cal, .drawer");
    if (typing(event.target) || scrolls || root.dataset.keys === "off") return;
    const act = keys[event.key] || keys[event.key.toLowerCase()];
    if (act && act()) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-keys-list]")) showKeys();
    if (event.target.closest("[data-keys-close]")) find("#keys").close();
    const out = event.target.closest("[data-close]");
    if (out && close()) event.preventDefault();
    const link = event.target.closest('a[hx-target="#drawer"]');
    if (link && !link.closest("#drawer")) opener = link;
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "keys-on") switchKeys(kept(event.target.checked ? "on" : "off"));
  });

  // What was opened takes the focus, unless it says itself what should have it.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "drawer" || event.target.querySelector("[autofocus]")) return;
    const head = find("#drawer-title");
    if (head) head.focus();
  });

  const offline = () => {
    const place = find("#problems");
    if (place) place.textContent = "Baari cannot be reached. Nothing was saved by the last click; try again.";
  };
  document.addEventListener("htmx:sendError", offline);
  // Whoever answers in Baari's place while it is away must not take the form away.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if (answer.status < 500 || answer.getResponseHeader("HX-Retarget")) return;
    event.detail.shouldSwap = false;
    offline();
  });
  document.addEventListener("htmx:beforeRequest", () => {
    const place = find("#problems");
    if (place) place.replaceChildren();
  });

  // Nights are shown too, but work begins further down.
  const start = find("#now") || find("#morning");
  if (start && !location.hash) start.scrollIntoView({ block: "start" });
})();
