// Keys and focus for the staff's pages. Everything works without this file.
(() => {
  "use strict";

  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  let opener = null;

  root.classList.add("has-js");

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
    t: () => press("today"),
    b: () => press("book"),
    ArrowLeft: () => press("day-before"),
    ArrowRight: () => press("day-after"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
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
    const out = event.target.closest("[data-close]");
    if (out && close()) event.preventDefault();
    const link = event.target.closest('a[hx-target="#drawer"]');
    if (link && !link.closest("#drawer")) opener = link;
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
  document.addEventListener("htmx:beforeRequest", () => {
    const place = find("#problems");
    if (place) place.replaceChildren();
  });

  const now = document.getElementById("now");
  if (now && !location.hash) now.scrollIntoView({ block: "start" });
})();
