// Drag a visit to move it, its lower edge to change how long it is. What is dropped is
// sent as the "Move" form; that form stays the way without a pointer. Esc lets go.
(() => {
  "use strict";

  const MINUTES = 5; // of a row
  const EDGE = 8; // pixels at the lower edge that change the length
  const STILL = 4; // pixels that are a click yet
  const find = (selector) => document.querySelector(selector);
  let drag = null;

  const number = (item, name) => Number(item.className.match(new RegExp(`\\b${name}-(\\d+)`))[1]);
  const stamp = (date) => `${date.toISOString().replace(/[-:]/g, "").slice(0, 13)}Z`;
  const two = (value) => String(value).padStart(2, "0");

  // The moment of a row: an instant where the columns are one day, else a wall clock,
  // since the days of a week stand level whatever the clocks do.
  const moment = (column, row) => {
    const passed = (row - 1) * MINUTES;
    if (column.dataset.day) {
      const minutes = Number(column.dataset.from) + passed;
      const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
      return { values: { day: column.dataset.day, time }, told: time };
    }
    const [, y, m, d, h, min] = column.dataset.at.match(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z/);
    const date = new Date(Date.UTC(y, m - 1, d, h, min) + passed * 60000);
    const timeZone = column.closest("[data-zone]").dataset.zone;
    const told = date.toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
    return { values: { at: stamp(date) }, told };
  };

  const begin = (visit, event) => {
    const item = visit.parentElement;
    const box = visit.getBoundingClientRect();
    const [row, rows] = [number(item, "r"), number(item, "s")];
    const home = { list: item.parentElement, next: item.nextSibling, name: item.className, row, rows };
    const resize = box.bottom - event.clientY < EDGE;
    const column = item.closest(".cal-col");
    drag = { visit, item, home, row, rows, column, resize, grab: event.clientY - box.top, x: event.clientX, y: event.clientY, on: false };
  };

  const putBack = (from) => {
    from.item.className = from.home.name;
    from.home.list.insertBefore(from.item, from.home.next);
  };

  const end = () => {
    delete document.documentElement.dataset.drag;
    if (drag) delete drag.visit.dataset.told;
    drag = null;
  };

  const follow = (event) => {
    const kind = drag.column.dataset.kind;
    const over = document.elementFromPoint(event.clientX, event.clientY);
    const column = over && over.closest(`.cal-col[data-kind="${kind}"]`);
    if (column && !drag.resize) drag.column = column;
    const list = drag.column.querySelector(".cal-items");
    const box = list.getBoundingClientRect();
    const all = Number(getComputedStyle(list).getPropertyValue("--rows"));
    const at = (y) => Math.round(((y - box.top) / box.height) * all);
    if (drag.resize) drag.rows = Math.min(Math.max(1, at(event.clientY) - drag.row + 1), all - drag.row + 1);
    else drag.row = Math.min(Math.max(1, at(event.clientY - drag.grab) + 1), all - drag.rows + 1);
    drag.item.className = `r-${drag.row} s-${drag.rows} dragged`;
    if (drag.item.parentElement !== list) list.append(drag.item);
    const [start, stop] = [drag.row, drag.row + drag.rows].map((row) => moment(drag.column, row).told);
    drag.visit.dataset.told = `${start}–${stop}`;
  };

  // Near an edge the calendar scrolls along.
  const scroll = (event) => {
    const cal = find(".cal");
    const box = cal.getBoundingClientRect();
    const pull = (at, low, high) => (at < low + 60 ? -12 : at > high - 30 ? 12 : 0);
    cal.scrollBy(pull(event.clientX, box.left, box.right), pull(event.clientY, box.top + 60, box.bottom));
  };

  const send = async (done) => {
    const values = { ...moment(done.column, done.row).values, with: done.column.dataset.with };
    values.revision = done.visit.dataset.move;
    values.csrf_token = find('[name="csrf_token"]').value;
    if (done.resize) values.minutes = done.rows * MINUTES;
    const address = `${done.visit.getAttribute("href")}/move`;
    let moved = false;
    const look = (event) => {
      if (event.detail.pathInfo.requestPath === address) moved = event.detail.xhr.status < 400;
    };
    document.addEventListener("htmx:afterRequest", look);
    await htmx.ajax("POST", address, { target: "#drawer", swap: "innerHTML", values });
    document.removeEventListener("htmx:afterRequest", look);
    // What was moved is drawn anew where it is now; what was refused goes home.
    if (!moved && document.body.contains(done.item)) putBack(done);
  };

  document.addEventListener("pointerdown", (event) => {
    const visit = event.target.closest(".visit[data-move]");
    if (visit && event.button === 0 && event.pointerType !== "touch") begin(visit, event);
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > STILL;
    if (!drag.on && !far) return;
    drag.on = true;
    document.documentElement.dataset.drag = drag.resize ? "resize" : "move";
    follow(event);
    scroll(event);
  });
  document.addEventListener("pointerup", () => {
    const done = drag;
    end();
    if (!done || !done.on) return;
    // The click that ends a drag opens nothing.
    const stop = (event) => event.preventDefault() || event.stopPropagation();
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }));
    const same = done.row === done.home.row && done.rows === done.home.rows;
    if (same && done.column === done.home.list.closest(".cal-col")) putBack(done);
    else send(done);
  });
  const letGo = () => {
    if (drag && drag.on) putBack(drag);
    end();
  };
  document.addEventListener("pointercancel", letGo);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag) return;
    event.stopPropagation();
    letGo();
  }, { capture: true });
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest && event.target.closest(".visit[data-move]")) event.preventDefault();
  });
})();
