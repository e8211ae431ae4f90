// Speed for those who work here all day. Every act works without this file.
(function () {
  "use strict";
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-rows] tbody tr"));
  var at = rows.findIndex(function (row) { return row.hasAttribute("aria-current"); });

  function move(step) {
    if (!rows.length) return;
    if (at >= 0) rows[at].classList.remove("here");
    at = Math.max(0, Math.min(rows.length - 1, at + step));
    rows[at].classList.add("here");
    rows[at].scrollIntoView({ block: "nearest" });
    var link = rows[at].querySelector("a");
    if (link) link.focus({ preventScroll: true });
  }

  function count() {
    var chosen = document.querySelectorAll("[data-rows] input[type=checkbox]:checked").length;
    document.querySelectorAll("[data-selected]").forEach(function (box) { box.textContent = String(chosen); });
  }

  function select() {
    var box = at >= 0 && rows[at].querySelector("input[type=checkbox]");
    if (box) { box.checked = !box.checked; count(); }
  }

  function decide(value) {
    var form = document.getElementById("decide");
    if (!form) return;
    form.querySelector("[data-decision]").value = value;
    form.querySelector("textarea").focus();
    form.scrollIntoView({ block: "nearest" });
  }

  function help() {
    var shown = document.querySelector(".keys");
    if (shown) { shown.remove(); return; }
    var box = document.createElement("div");
    box.className = "keys";
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", "快捷键");
    [["j k", "下一条、上一条"], ["x", "选择或者取消"], ["Enter", "在旁边打开"], ["Esc", "关上"], ["a", "填写决定：采纳"],
      ["n", "填写决定：未采纳"], ["/", "查找"], ["?", "显示或者关上这张表"]].forEach(function (pair) {
      var line = document.createElement("p");
      var key = document.createElement("kbd");
      key.textContent = pair[0];
      line.append(key, " " + pair[1]);
      box.append(line);
    });
    document.body.append(box);
  }

  function escape() {
    var shown = document.querySelector(".keys");
    var close = document.querySelector("[data-close]");
    if (shown) shown.remove(); else if (close) close.click();
  }

  var keys = {
    j: function () { move(1); },
    k: function () { move(-1); },
    x: select,
    a: function () { decide("adopted"); },
    n: function () { decide("not_adopted"); },
    "/": function () { var box = document.querySelector("[data-search]"); if (box) { box.focus(); box.select(); } },
    "?": help,
    Escape: escape
  };
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox" && event.target.type !== "radio";
    if (typing) { if (event.key === "Escape") event.target.blur(); return; }
    if (event.key === "Enter" && at >= 0 && event.target === document.body) {
      var link = rows[at].querySelector("a");
      if (link) link.click();
      return;
    }
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  document.addEventListener("change", function (event) {
    count();
    var fill = event.target.getAttribute("data-fill");
    if (!fill) return;
    var chosen = event.target.selectedOptions[0];
    var box = document.getElementById(fill);
    var words = chosen && chosen.getAttribute("data-text");
    if (box && words) box.value = words;
  });
  count();

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  var faults = document.getElementById("faults");
  var panel = document.getElementById("panel");
  if (faults) faults.focus(); else if (panel) panel.focus({ preventScroll: true });

  // A deputy's tabs on a telephone: a touch beside them, or Escape, closes what is open.
  function shut(event) {
    document.querySelectorAll(".thumb-tabs details[open]").forEach(function (one) { if (!one.contains(event.target) || event.key) one.open = false; });
  }
  document.addEventListener("click", shut);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") shut(event); });

  // A running job: fetch this page and put its newest state in place, faster than the page's own reload.
  var job = document.getElementById("job");
  function poll() {
    if (!job || !/^(ready|running)$/.test(job.getAttribute("data-state"))) return;
    setTimeout(function () {
      fetch(location.href, { credentials: "same-origin" }).then(function (answer) { return answer.text(); }).then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("job");
        if (fresh) { job.replaceWith(fresh); job = fresh; }
        poll();
      }).catch(poll);
    }, 1000);
  }
  poll();
})();
