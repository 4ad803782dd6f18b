"use strict";
// Keeps the page of a visit fresh: an unchanged one is answered by 204, and left alone.
// Prints it, and the page that says it is booked.

const EVERY = 15000;

function printable() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
  }
}

async function look() {
  const visit = document.getElementById("visit");
  if (document.hidden || !visit?.dataset.poll) {
    return;
  }
  try {
    const answer = await fetch(visit.dataset.poll, { cache: "no-store" });
    if (answer.status === 200) {
      const told = new DOMParser().parseFromString(await answer.text(), "text/html");
      visit.replaceWith(told.getElementById("visit"));
      printable();
    }
  } catch {
    // Offline: what is shown stays, with the time at which it was seen.
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) {
    window.print();
  }
});
document.addEventListener("visibilitychange", look);
setInterval(look, EVERY);
printable();
