// A wall board: asks for news, says each call aloud, and tells when it is not live.
(() => {
  "use strict";

  const EVERY_MS = 800; // with copies that live a second, news is here within two
  const PATIENCE_MS = 4000;
  const TURN_MS = 8000;
  const LONGEST_MS = 15000;
  const ROUNDS = 2; // each call is said, and repeated once

  const wall = document.getElementById("wall");
  const off = document.getElementById("off");
  const button = document.getElementById("sound");
  const spoken = JSON.parse(wall.dataset.spoken);
  const clips = JSON.parse(wall.dataset.clips);
  const board = () => document.getElementById("board");
  const calls = () => [...board().querySelectorAll("[data-call]")];

  // --- The clock of the server, whatever that of the screen says.
  const skew = () => Number(board().dataset.now) - loaded;
  let loaded = Date.now();
  const clockAt = (moment) =>
    new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: board().dataset.zone,
    }).format(moment);
  const tick = () => {
    board().querySelector(".clock").textContent = clockAt(Date.now() + skew());
  };

  // --- Lists that are longer than the screen turn their pages.
  let turn = 0;
  const page = () => {
    for (const list of board().querySelectorAll("[data-rows]")) {
      const rows = [...list.children];
      const many = Number(list.dataset.rows);
      const shown = turn % Math.max(1, Math.ceil(rows.length / many));
      rows.forEach((row, at) => (row.hidden = Math.floor(at / many) !== shown));
    }
  };

  // --- Sound: a chime, then each language by voice, else by recorded clips.
  const Audible = window.AudioContext || window.webkitAudioContext;
  const audio = Audible ? new Audible() : null;
  const wanted = () => board().hasAttribute("data-sound");
  const audible = () => wanted() && audio !== null && audio.state === "running";
  const offer = () => (button.hidden = !wanted() || audible());

  const within = (begin) =>
    new Promise((done) => {
      const late = setTimeout(done, LONGEST_MS);
      begin(() => {
        clearTimeout(late);
        done();
      });
    });

  const tone = (pitch, from) => {
    const sound = audio.createOscillator();
    const loud = audio.createGain();
    const start = audio.currentTime + from;
    sound.frequency.value = pitch;
    loud.gain.setValueAtTime(0.0001, start);
    loud.gain.exponentialRampToValueAtTime(0.5, start + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, start + 0.7);
    sound.connect(loud).connect(audio.destination);
    sound.start(start);
    sound.stop(start + 0.75);
    return sound;
  };
  const chime = () =>
    within((done) => {
      tone(880, 0);
      tone(660, 0.45).onended = done;
    });

  const voiceOf = (language) => {
    const voices = window.speechSynthesis ? window.speechSynthesis.getVoices() : [];
    const short = language.code;
    return (
      voices.find((voice) => voice.lang === language.voice) ||
      voices.find((voice) => voice.lang.toLowerCase().startsWith(short))
    );
  };
  const utter = async (text, voice) => {
    await within((done) => {
      const words = new SpeechSynthesisUtterance(text);
      words.voice = voice;
      words.lang = voice.lang;
      words.rate = 0.9;
      words.onend = done;
      words.onerror = done;
      window.speechSynthesis.speak(words);
    });
    // A voice that hangs must not speak into the next call.
    window.speechSynthesis.cancel();
  };

  // "A-14" is a, 14, or a, 1, 4: the longest pieces there are recordings of.
  const pieces = (text, known) =>
    (text.toLowerCase().match(/\p{L}+|\d+/gu) || [])
      .flatMap((word) => (word in known || !/^\d+$/.test(word) ? [word] : [...word]))
      .filter((word) => word in known);
  const play = (address) =>
    within((done) => {
      const clip = new Audio(address);
      clip.onended = done;
      clip.onerror = done;
      clip.play().catch(done);
    });
  const playAll = async (language, call) => {
    const known = clips[language.code] || {};
    const said = ["token", ...pieces(call.token, known), "go", ...pieces(call.place, known)];
    for (const piece of said.filter((each) => each in known)) {
      await play(`/board-clips/${language.code}/${known[piece]}`);
    }
  };

  const say = async (call) => {
    await chime();
    for (const language of spoken) {
      const voice = voiceOf(language);
      const words = { token: call.token.replace("-", " "), place: call.place };
      const text = language.call.replace(/\{(\w+)\}/g, (all, name) => words[name] ?? all);
      if (voice) await utter(text, voice);
      else await playAll(language, call);
    }
  };

  // --- One announcement after the other, never two at once.
  const waiting = [];
  let speaking = false;
  const still = (call) => calls().some((each) => each.dataset.call === call.key);
  const announce = async (call) => {
    waiting.push(call);
    if (speaking) return;
    speaking = true;
    while (waiting.length) {
      const next = waiting.shift();
      for (let round = 0; round < ROUNDS && audible() && still(next); round += 1) {
        await say(next).catch(() => {});
      }
    }
    speaking = false;
  };

  const seen = new Set(calls().map((each) => each.dataset.call));
  const hear = () => {
    for (const each of calls().reverse()) {
      const { call, token, place } = each.dataset;
      if (seen.has(call)) continue;
      seen.add(call);
      each.classList.add("fresh");
      // What was called while there was no sound is not made up for later.
      if (audible()) announce({ key: call, token, place });
    }
  };

  // --- News, for ever: whatever fails is asked again.
  let failures = 0;
  let lastNews = Date.now();
  const live = (is) => {
    failures = is ? 0 : failures + 1;
    if (is) lastNews = Date.now();
    const stale = failures > 1;
    document.body.classList.toggle("is-stale", stale);
    if (stale === !off.hidden) return;
    const since = clockAt(lastNews + skew());
    for (const each of off.querySelectorAll("[data-say]")) {
      each.textContent = stale ? each.dataset.say.replace("{time}", since) : "";
    }
    off.hidden = !stale;
  };

  const put = (html) => {
    const next = new DOMParser().parseFromString(html, "text/html").getElementById("board");
    // Somebody else may answer in Baari's place while it is away.
    if (!next) return false;
    if (next.dataset.build !== board().dataset.build) location.reload();
    board().replaceWith(next);
    loaded = Date.now();
    page();
    tick();
    offer();
    hear();
    return true;
  };

  const ask = async () => {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      const seenVersion = encodeURIComponent(board().dataset.v);
      const answer = await fetch(`${location.pathname}?v=${seenVersion}`, {
        headers: { "HX-Request": "true" },
        cache: "no-store",
        signal: stop.signal,
      });
      live(answer.status === 204 || (answer.ok && put(await answer.text())));
    } catch {
      live(false);
    } finally {
      clearTimeout(late);
      setTimeout(ask, EVERY_MS);
    }
  };

  if (audio) {
    audio.addEventListener("statechange", offer);
    button.addEventListener("click", () => audio.resume());
  }
  page();
  tick();
  offer();
  setInterval(tick, 1000);
  setInterval(() => {
    turn += 1;
    page();
  }, TURN_MS);
  setTimeout(ask, EVERY_MS);
})();
