// Small comforts for the site; every page works without them.
(function () {
  "use strict";
  var faults = document.getElementById("faults");
  if (faults) faults.focus();

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // Words typed but not yet sent stay on this device until the form is accepted.
  var form = document.querySelector("form[data-keep]");
  if (form) {
    var box = form.querySelector("textarea[name=body]");
    var key = "kept:" + form.getAttribute("data-keep");
    try {
      var visit = performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
      if (box && !box.value && localStorage.getItem(key)) box.value = localStorage.getItem(key);
      else if (box && box.value && !(visit && visit.type === "back_forward")) localStorage.setItem(key, box.value); // typed before this file came
      if (box) box.addEventListener("input", function () { localStorage.setItem(key, box.value); });
    } catch (error) { /* storage is off: nothing to keep */ }
    var left = form.querySelector("[data-left]");
    if (box && left) {
      var say = function () {
        var room = 10000 - Array.from(box.value).length;
        left.textContent = room < 0 ? "超出 " + -room + " 字" : "还可以写 " + room + " 字";
      };
      box.addEventListener("input", say);
      say();
    }
  }
  var accepted = document.querySelector("[data-forget]");
  if (accepted) {
    try { localStorage.removeItem("kept:" + accepted.getAttribute("data-forget")); } catch (error) { /* as above */ }
  }
})();
