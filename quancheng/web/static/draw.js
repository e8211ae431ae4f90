// Recomputes a draw (quancheng-draw/1) in the visitor's browser. SHA-256 is written out, so that old browsers and
// pages opened without encryption can do it too.
(function () {
  "use strict";
  var FORMAT = "quancheng-draw/1";

  function utf8(text) {
    var raw = unescape(encodeURIComponent(text)), bytes = [];
    for (var i = 0; i < raw.length; i++) bytes.push(raw.charCodeAt(i));
    return bytes;
  }

  var K = [], START = [];
  (function () { // the first 32 bits of the fractional parts of cube and square roots of the first primes
    for (var n = 2; K.length < 64; n++) {
      var prime = true;
      for (var d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
      if (!prime) continue;
      if (START.length < 8) START.push((Math.pow(n, 1 / 2) * 4294967296) | 0);
      K.push((Math.pow(n, 1 / 3) * 4294967296) | 0);
    }
  })();

  function rotate(word, count) { return (word >>> count) | (word << (32 - count)); }

  function sha256(bytes) {
    var padded = bytes.slice(), h = START.slice(), w = [], length = bytes.length * 8;
    padded.push(128);
    while (padded.length % 64 !== 56) padded.push(0);
    for (var shift = 7; shift >= 0; shift--) padded.push(Math.floor(length / Math.pow(256, shift)) & 255);
    for (var start = 0; start < padded.length; start += 64) {
      var v = h.slice(), i;
      for (i = 0; i < 64; i++) {
        if (i < 16) {
          var p = start + 4 * i;
          w[i] = (padded[p] << 24) | (padded[p + 1] << 16) | (padded[p + 2] << 8) | padded[p + 3];
        } else {
          var a = w[i - 15], b = w[i - 2];
          w[i] = (w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10))) | 0;
        }
        var one = (v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[i] + w[i]) | 0;
        var two = ((rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]))) | 0;
        v = [(one + two) | 0, v[0], v[1], v[2], (v[3] + one) | 0, v[4], v[5], v[6]];
      }
      for (i = 0; i < 8; i++) h[i] = (h[i] + v[i]) | 0;
    }
    var out = [];
    h.forEach(function (word) { out.push((word >>> 24) & 255, (word >>> 16) & 255, (word >>> 8) & 255, word & 255); });
    return out;
  }

  function hex(bytes) { return bytes.map(function (b) { return (b < 16 ? "0" : "") + b.toString(16); }).join(""); }
  function sha(lines) { return hex(sha256(utf8(lines.join("\n")))); }

  function hmac(key, text) { // a key of 32 bytes, as the method has it
    var inner = [], outer = [];
    for (var i = 0; i < 64; i++) { inner.push((key[i] || 0) ^ 54); outer.push((key[i] || 0) ^ 92); }
    return hex(sha256(outer.concat(sha256(inner.concat(utf8(text))))));
  }

  function unhex(text) { return text.match(/../g).map(function (pair) { return parseInt(pair, 16); }); }
  function same(a, b) { return JSON.stringify(a) === JSON.stringify(b); }

  function check(r) {
    if (!r || r.format !== FORMAT || !Array.isArray(r.codes) || !Array.isArray(r.order) || !/^[0-9a-f]{64}$/.test(r.seed)) return null;
    var sorted = r.codes.slice().sort(), list = sha(sorted), key = unhex(sha([FORMAT, r.seed, list, r.public_value]));
    var distinct = sorted.every(function (code, i) { return /^[0-9A-Z]{4,20}$/.test(code) && code !== sorted[i - 1]; });
    var order = sorted.map(function (code) { return [hmac(key, code), code]; }).sort(function (a, b) { return a[0] < b[0] ? -1 : 1; })
      .map(function (pair) { return pair[1]; });
    return [
      [sha([FORMAT, r.id, String(r.seats), r.source, r.seed]) === r.commitment, "种子、席位和公开数来源与报名前的承诺一致", "种子、席位或者公开数来源与报名前的承诺不一致"],
      [distinct && list === r.list_hash, "名单（" + sorted.length + "个号）与截止时固定的摘要一致", "名单与截止时固定的摘要不一致"],
      [same(order, r.order), "重算的名次完全一致", "重算的名次不一致"],
      [same(order.slice(0, r.seats), r.drawn) && same(order.slice(r.seats), r.waiting), "入选和候补与名次一致", "入选或者候补与名次不符"]
    ];
  }

  function show(text) {
    var found = null, told = document.getElementById("told"), lines = document.getElementById("lines");
    try { found = check(JSON.parse(text)); } catch (error) { /* said below */ }
    told.hidden = false;
    lines.textContent = "";
    var good = found && found.every(function (line) { return line[0]; });
    document.getElementById("verdict").textContent = !found ? "这不是抽签记录，或者已经损坏" : good ? "✓ 核对通过" : "✗ 核对未通过";
    (found || []).forEach(function (line) {
      var item = document.createElement("li");
      item.textContent = (line[0] ? "✓ " + line[1] : "✗ " + line[2]) + "。";
      lines.appendChild(item);
    });
  }

  var box = document.getElementById("f-file");
  if (!box) return;
  box.addEventListener("change", function () {
    var reader = new FileReader();
    reader.onload = function () { show(String(reader.result)); };
    if (box.files[0]) reader.readAsText(box.files[0]);
  });
  var asked = /[?&]file=(\/meetings\/\d+\/draw\.json)(?:&|$)/.exec(decodeURIComponent(location.search));
  if (asked) {
    fetch(asked[1]).then(function (answer) { return answer.text(); }).then(show);
  }
})();
