// The speaker's clock at the chair's table runs on between two loads of the page. Every act works without this file.
(function () {
  "use strict";
  var box = document.querySelector("[data-speech]");
  if (!box || box.dataset.running !== "1") return;
  var spent = Number(box.dataset.spent);
  var limit = Number(box.dataset.limit);
  var began = performance.now();
  var clock = box.querySelector("[data-clock]");
  function show() {
    var now = spent + Math.floor((performance.now() - began) / 1000);
    var words = Math.floor(now / 60) + ":" + String(now % 60).padStart(2, "0");
    if (clock.textContent !== words) clock.textContent = words;
    box.classList.toggle("over", limit > 0 && now > limit);
  }
  setInterval(show, 250);
  show();
})();
