// Drag a visit to move it, its lower edge to change how long it is: the browser's own
// drag, which scrolls at edges and is let go by Esc. What is dropped is sent as the
// "Move" form; that form stays the way without a pointer.
(() => {
  "use strict";

  const MINUTES = 5; // of a row
  const EDGE = 10; // pixels before its end that change the length
  let drag = null;

  const number = (item, name) => Number(item.className.match(new RegExp(`\\b${name}-(\\d+)`))[1]);

  // The moment of a row: an instant where the columns are one day, else a wall clock,
  // which says its zone is UTC: the days of a week stand level whatever the clocks do.
  const moment = (column, row) => {
    const { zone: timeZone, wall } = column.closest("[data-zone]").dataset;
    const date = new Date(Date.parse(column.dataset.at) + (row - 1) * MINUTES * 60000);
    const iso = date.toISOString();
    const told = date.toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
    const at = `${iso.replace(/[-:]/g, "").slice(0, 13)}Z`;
    return { values: wall ? { day: iso.slice(0, 10), time: told } : { at }, told };
  };

  const putBack = ({ item, home }) => {
    item.className = home.name;
    home.list.insertBefore(item, home.next);
  };

  const send = async (done) => {
    const values = { ...moment(done.column, done.row).values, with: done.column.dataset.with };
    values.revision = done.visit.dataset.move;
    values.csrf_token = document.querySelector('[name="csrf_token"]').value;
    if (done.resize) values.minutes = done.rows * MINUTES;
    document.addEventListener("calendar-changed", () => (done.moved = true), { once: true });
    await htmx.ajax("POST", `${done.visit.getAttribute("href")}/move`, { target: "#drawer", swap: "innerHTML", values });
    // What was moved is drawn anew where it is now; what was refused goes home.
    if (!done.moved && document.body.contains(done.item)) putBack(done);
  };

  document.addEventListener("dragstart", (event) => {
    const visit = event.target.closest?.(".visit[data-move]");
    if (!visit) return;
    const item = visit.parentElement;
    const box = item.getBoundingClientRect();
    const [row, rows] = [number(item, "r"), number(item, "s")];
    const home = { list: item.parentElement, next: item.nextSibling, name: item.className, row, rows };
    const resize = box.bottom - event.clientY < EDGE;
    const grab = event.clientY - (resize ? box.bottom : box.top);
    drag = { visit, item, home, row, rows, column: item.closest(".cal-col"), resize, grab };
    document.documentElement.dataset.drag = "on";
    event.dataTransfer.effectAllowed = "move";
    // The visit itself moves, so the browser draws no picture of it.
    event.dataTransfer.setDragImage(new Image(), 0, 0);
  });

  const follow = (event) => {
    const column = drag && event.target.closest?.(`.cal-col[data-kind="${drag.column.dataset.kind}"]`);
    if (!column) return;
    event.preventDefault();
    if (!drag.resize) drag.column = column;
    const list = drag.column.querySelector(".cal-items");
    const box = list.getBoundingClientRect();
    const all = Number(getComputedStyle(list).getPropertyValue("--rows"));
    const at = Math.round(((event.clientY - drag.grab - box.top) / box.height) * all) + 1;
    if (drag.resize) drag.rows = Math.min(Math.max(1, at - drag.row), all - drag.row + 1);
    else drag.row = Math.min(Math.max(1, at), all - drag.rows + 1);
    drag.item.className = `r-${drag.row} s-${drag.rows} dragged`;
    if (drag.item.parentElement !== list) list.append(drag.item);
    drag.visit.dataset.told = [drag.row, drag.row + drag.rows].map((row) => moment(drag.column, row).told).join("–");
  };

  document.addEventListener("dragover", follow);
  document.addEventListener("drop", (event) => {
    if (!drag) return;
    follow(event); // The last dragover may be some time ago.
    const { row, rows, column, home } = drag;
    drag.sent = row !== home.row || rows !== home.rows || column !== home.list.closest(".cal-col");
    if (drag.sent) send(drag);
  });
  document.addEventListener("dragend", () => {
    if (!drag) return;
    if (!drag.sent) putBack(drag);
    delete document.documentElement.dataset.drag;
    delete drag.visit.dataset.told;
    drag = null;
  });
})();
