// Drag a visit to move it, its lower edge to change how long it is: the browser's own
// drag, which scrolls at edges and is let go by Esc. What is dropped is sent as the
// "Move" form; that form stays the way without a pointer.
(() => {
  "use strict";

  const MINUTES = 5; // of a row
  const EDGE = 10; // pixels before its end that change the length
  const within = (row, last) => Math.min(Math.max(1, row), last);
  let drag = null;

  // When a row begins; the days of a week stand level, by the clock on the wall.
  const begins = (column, row) => {
    const { zone: timeZone, wall } = column.closest("[data-zone]").dataset;
    const date = new Date(Date.parse(column.dataset.at) + (row - 1) * MINUTES * 60000);
    const time = date.toLocaleTimeString("en-GB", { timeZone, timeStyle: "short" });
    const iso = date.toISOString().slice(0, 16);
    return { time, sent: wall ? { day: iso.slice(0, 10), time } : { at: `${iso.replace(/[-:]/g, "")}Z` } };
  };

  const putBack = ({ visit, item, home }) => {
    delete visit.dataset.told;
    item.className = home.name;
    home.list.insertBefore(item, home.next);
  };

  const send = async (done) => {
    const values = { ...begins(done.column, done.row).sent, with: done.column.dataset.with, revision: done.visit.dataset.move };
    if (done.resize) values.minutes = done.rows * MINUTES;
    values.csrf_token = document.querySelector('[name="csrf_token"]').value;
    document.addEventListener("calendar-changed", () => (done.moved = true), { once: true });
    await htmx.ajax("POST", `${done.visit.getAttribute("href")}/move`, { target: "#drawer", swap: "innerHTML", values });
    // What was moved is drawn anew where it is now; what was refused goes home.
    if (!done.moved && document.body.contains(done.item)) putBack(done);
  };

  const follow = (event) => {
    const column = drag && event.target.closest?.(`.cal-col[data-kind="${drag.column.dataset.kind}"]`);
    if (!column) return;
    event.preventDefault();
    if (!drag.resize) drag.column = column;
    const list = drag.column.querySelector(".cal-items");
    const { top, height } = list.getBoundingClientRect();
    const all = Number(getComputedStyle(list).getPropertyValue("--rows"));
    const at = Math.round(((event.clientY - drag.grab - top) / height) * all) + 1;
    if (drag.resize) drag.rows = within(at - drag.row, all - drag.row + 1);
    else drag.row = within(at, all - drag.rows + 1);
    drag.item.className = `r-${drag.row} s-${drag.rows} dragged`;
    if (drag.item.parentElement !== list) list.append(drag.item);
    drag.visit.dataset.told = [drag.row, drag.row + drag.rows].map((row) => begins(drag.column, row).time).join("–");
  };

  document.addEventListener("dragstart", (event) => {
    const visit = event.target.closest?.(".visit[data-move]");
    if (!visit) return;
    const item = visit.parentElement;
    const { top, bottom } = item.getBoundingClientRect();
    const [row, rows] = item.className.match(/\d+/g).map(Number); // r-12 s-6
    const resize = bottom - event.clientY < EDGE;
    const home = { list: item.parentElement, next: item.nextSibling, name: item.className, row, rows };
    drag = { visit, item, home, row, rows, column: item.closest(".cal-col"), resize, grab: event.clientY - (resize ? bottom : top) };
    document.documentElement.dataset.drag = "on";
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setDragImage(new Image(), 0, 0); // The visit itself moves.
  });
  document.addEventListener("dragover", follow);
  document.addEventListener("drop", (event) => {
    if (!drag) return;
    follow(event); // The last dragover may be some time ago.
    const { row, rows, item, home } = drag;
    drag.sent = row !== home.row || rows !== home.rows || item.parentElement !== home.list;
    if (drag.sent) send(drag);
  });
  document.addEventListener("dragend", () => {
    if (drag && !drag.sent) putBack(drag);
    delete document.documentElement.dataset.drag;
    drag = null;
  });
})();
