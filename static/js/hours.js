// Painting a session with the mouse. The form does the same without this file.
(() => {
  "use strict";

  const STEP = 15;
  let painting = null;

  const two = (number) => String(number).padStart(2, "0");
  const clock = (minutes) => `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;

  const minutesAt = (column, y) => {
    const list = column.querySelector(".cal-items");
    const box = list.getBoundingClientRect();
    const first = Number(column.closest("[data-first]").dataset.first);
    const rows = getComputedStyle(list).gridTemplateRows.split(" ").length;
    const share = Math.min(1, Math.max(0, (y - box.top) / box.height));
    return first + Math.round((share * rows * 5) / STEP) * STEP;
  };

  const draw = () => {
    const { column, mark, from, to } = painting;
    const list = column.querySelector(".cal-items");
    const first = Number(column.closest("[data-first]").dataset.first);
    const row = list.getBoundingClientRect().height / getComputedStyle(list).gridTemplateRows.split(" ").length;
    const [start, end] = [Math.min(from, to), Math.max(from, to)];
    mark.style.insetBlockStart = `${list.offsetTop + ((start - first) / 5) * row}px`;
    mark.style.blockSize = `${((end - start) / 5) * row}px`;
    mark.textContent = `${clock(start)}–${clock(end)}`;
  };

  document.addEventListener("pointerdown", (event) => {
    const column = event.target.closest("[data-paint] [data-day]");
    if (!column || event.button !== 0 || event.pointerType === "touch") return;
    if (event.target.closest("button, .cal-head")) return;
    const from = minutesAt(column, event.clientY);
    const mark = document.createElement("div");
    mark.className = "painting";
    mark.setAttribute("aria-hidden", "true");
    column.append(mark);
    painting = { column, mark, from, to: from };
    draw();
    event.preventDefault();
  });

  document.addEventListener("pointermove", (event) => {
    if (!painting) return;
    painting.to = minutesAt(painting.column, event.clientY);
    draw();
  });

  const stop = () => {
    const done = painting;
    painting = null;
    if (done) done.mark.remove();
    return done;
  };

  document.addEventListener("pointerup", () => {
    const done = stop();
    if (!done || done.from === done.to) return;
    const set = (id, value) => {
      document.getElementById(id).value = value;
    };
    set("paint_day", done.column.dataset.day);
    set("paint_start", clock(Math.min(done.from, done.to)));
    set("paint_end", clock(Math.max(done.from, done.to)));
    document.getElementById("paint").click();
  });

  document.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stop();
  });
})();
