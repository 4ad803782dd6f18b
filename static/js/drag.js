// Drag a visit to move it, its lower edge to change how long it is: the browser's own
// drag, which scrolls at edges and is let go by Esc. What is dropped is sent as the
// "Move" form; that form stays the way without a pointer.
(() => {
  "use strict";

  const MINUTES = 5; // of a row
  const EDGE = 10; // pixels before its end that change the length
  let drag = null;

  const number = (item, name) => Number(item.className.match(new RegExp(`\\b${name}-(\\d+)`))[1]);
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
    return { values: { at: `${date.toISOString().replace(/[-:]/g, "").slice(0, 13)}Z` }, told };
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

  document.addEventListener("dragstart", (event) => {
    const visit = event.target.closest?.(".visit[data-move]");
    if (!visit) return;
    const item = visit.parentElement;
    const box = item.getBoundingClientRect();
    const [row, rows] = [number(item, "r"), number(item, "s")];
    const home = { list: item.parentElement, next: item.nextSibling, name: item.className, row, rows };
    const resize = box.bottom - event.clientY < EDGE;
    drag = { visit, item, home, row, rows, column: item.closest(".cal-col"), resize };
    drag.grab = event.clientY - (resize ? box.bottom : box.top);
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
