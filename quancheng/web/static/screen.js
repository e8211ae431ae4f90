// The hall's screen asks once a second and changes only the words that are new, so that nothing jumps.
(function () {
  "use strict";
  var root = document.querySelector("[data-screen]");
  var lost = document.querySelector("[data-lost]");
  var speech = null;

  function put(name, words) {
    var box = root.querySelector("[data-key='" + name + "']");
    if (box && box.textContent !== words) box.textContent = words;
    var row = root.querySelector("[data-row='" + name + "']");
    if (row) row.hidden = !words;
  }

  function tick() {
    if (!speech) return;
    var left = speech.left - (speech.running ? Math.floor((performance.now() - speech.at) / 1000) : 0);
    var over = left < 0;
    var size = Math.abs(left);
    put("left", speech.limited ? Math.floor(size / 60) + ":" + String(size % 60).padStart(2, "0") : "");
    put("left_label", !speech.limited ? "" : over ? root.dataset.over : root.dataset.remaining);
    root.classList.toggle("over", over && speech.limited);
  }

  function show(told) {
    Object.keys(told.words).forEach(function (name) { put(name, told.words[name]); });
    root.classList.toggle("short", !told.enough);
    root.querySelector("[data-block]").replaceChildren.apply(root.querySelector("[data-block]"), told.block.map(function (line) {
      var row = document.createElement("p");
      row.textContent = line;
      return row;
    }));
    if (!told.speech) { speech = null; put("left", ""); put("left_label", ""); root.classList.remove("over"); return; }
    var fresh = { left: told.speech.left, running: told.speech.running, limited: told.speech.limited, at: performance.now() };
    var shown = speech && speech.running === fresh.running && speech.limited === fresh.limited
      ? speech.left - (speech.running ? (performance.now() - speech.at) / 1000 : 0) : null;
    if (shown === null || Math.abs(shown - fresh.left) > 1.5) speech = fresh;  // else the clock runs on by itself
    tick();
  }

  function ask() {
    fetch(root.dataset.screen, { credentials: "same-origin", cache: "no-store" })
      .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
      .then(function (told) { lost.hidden = true; show(told); })
      .catch(function () { lost.hidden = false; })
      .finally(function () { setTimeout(ask, 1000); });
  }
  setInterval(tick, 250);
  ask();
})();
