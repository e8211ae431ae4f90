// The station's tablet: opinions taken without a network, sealed on the device, handed over exactly once.
//
// An opinion is sealed with AES-GCM under a key that only the PIN opens, and stored (strictly durable) before its
// slip is shown. Its own random key makes handing over idempotent: the server stores one key once, however often
// it is sent. Words leave the device only when the server has said "stored", and only then are they deleted here.
(function () {
  "use strict";
  var root = document.getElementById("tablet");
  if (!root) return;
  var words = root.dataset;
  var ROUNDS = 600000, BATCH = 20, BATCH_BYTES = 1500000, IDLE = 5 * 60 * 1000, AGAIN = 30 * 1000, STORED_KEPT = 200;
  var SIDE = 1280, PICTURES = 3, PICTURE_BYTES = 400000;
  var TYPED = ["body", "legal_wording", "name", "phone", "visibility", "consent_how"];
  var ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  var text = new TextEncoder(), untext = new TextDecoder();
  var base = null, secret = null, idle = null, busy = false, mending = "", held = [], typing = null;

  // --- the store -------------------------------------------------------------------------------------------
  function opened() {
    if (base) return Promise.resolve(base);
    return new Promise(function (done, failed) {
      var request = indexedDB.open("quancheng-tablet", 1);
      request.onupgradeneeded = function () {
        request.result.createObjectStore("meta");
        request.result.createObjectStore("items", { keyPath: "key" });
      };
      request.onsuccess = function () { base = request.result; done(base); };
      request.onerror = function () { failed(request.error); };
    });
  }

  function change(store, work) {
    return opened().then(function (db) {
      return new Promise(function (done, failed) {
        var turn = db.transaction(store, "readwrite", { durability: "strict" });
        work(turn.objectStore(store));
        turn.oncomplete = function () { done(); };
        turn.onerror = turn.onabort = function () { failed(turn.error); };
      });
    });
  }

  function read(store, work) {
    return opened().then(function (db) {
      return new Promise(function (done, failed) {
        var request = work(db.transaction(store).objectStore(store));
        request.onsuccess = function () { done(request.result); };
        request.onerror = function () { failed(request.error); };
      });
    });
  }

  // --- the PIN ---------------------------------------------------------------------------------------------
  function lockOf(pin, salt) {
    return crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]).then(function (raw) {
      return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt: salt, iterations: ROUNDS }, raw,
        { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
    });
  }

  function setPin(pin, label) {
    var salt = crypto.getRandomValues(new Uint8Array(16)), iv = crypto.getRandomValues(new Uint8Array(12)), made;
    return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]).then(function (key) {
      made = key;
      return lockOf(pin, salt);
    }).then(function (lock) {
      return crypto.subtle.wrapKey("raw", made, lock, { name: "AES-GCM", iv: iv });
    }).then(function (wrapped) {
      return change("meta", function (meta) { meta.put({ salt: salt, iv: iv, wrapped: wrapped }, "lock"); });
    }).then(function () { return unlock(pin); }).then(function () {
      return sealed({ key: hex(32), label: label }, "device");
    }).then(function (device) { return change("meta", function (meta) { meta.put(device, "device"); }); });
  }

  function hex(bytes) {
    return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), function (b) {
      return b.toString(16).padStart(2, "0");
    }).join("");
  }

  function unlock(pin) {
    return read("meta", function (meta) { return meta.get("lock"); }).then(function (kept) {
      return lockOf(pin, kept.salt).then(function (lock) {
        return crypto.subtle.unwrapKey("raw", kept.wrapped, lock, { name: "AES-GCM", iv: kept.iv },
          { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      });
    }).then(function (key) { secret = key; awake(); });
  }

  function awake() {
    clearTimeout(idle);
    idle = setTimeout(lock, IDLE);
  }

  // Locking takes what is half written with it, sealed; opening brings it back.
  function lock() {
    if (!secret) return home();
    return keepDraft().then(function () {
      secret = null;
      root.querySelector("form[data-form='entry']").reset();
      return home();
    });
  }

  function sealed(value, bound) {
    var iv = crypto.getRandomValues(new Uint8Array(12));
    return crypto.subtle.encrypt({ name: "AES-GCM", iv: iv, additionalData: text.encode(bound) }, secret,
      text.encode(JSON.stringify(value))).then(function (box) { return { iv: iv, box: box }; });
  }

  function unsealed(kept, bound) {
    return crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv, additionalData: text.encode(bound) }, secret,
      kept.box).then(function (plain) { return JSON.parse(untext.decode(plain)); });
  }

  function written() {
    var fields = root.querySelector("form[data-form='entry']").elements, said = {};
    TYPED.forEach(function (name) { said[name] = fields[name].value; });
    return said;
  }

  function fillIn(said) {
    var fields = root.querySelector("form[data-form='entry']").elements;
    TYPED.forEach(function (name) { fields[name].value = said[name] || (name === "visibility" ? "shown" : ""); });
  }

  function keepDraft() {
    var said = written();
    clearTimeout(typing);
    if (!secret) return Promise.resolve();
    if (!said.body && !said.legal_wording) return change("meta", function (meta) { meta.delete("draft"); });
    return sealed({ said: said, mending: mending, held: held }, "draft").then(function (kept) {
      return change("meta", function (meta) { meta.put(kept, "draft"); });
    });
  }

  function bringBack() {
    return read("meta", function (meta) { return meta.get("draft"); }).then(function (kept) {
      if (!kept) return home();
      return unsealed(kept, "draft").then(function (draft) {
        mending = draft.mending;
        held = draft.held;
        fillIn(draft.said);
        say(words.broughtBack);
        show("entry");
      });
    });
  }

  // --- one opinion -----------------------------------------------------------------------------------------
  function codeOf(key) {
    return crypto.subtle.digest("SHA-256", text.encode("quancheng:slip:" + key)).then(function (digest) {
      var bytes = new Uint8Array(digest), code = "";
      for (var i = 0; i < 12; i += 1) code += ALPHABET[bytes[i] & 31];
      return code;
    });
  }

  // A form that the server refused is mended under the key it had: its slip is in somebody's hands already.
  function keep(said) {
    var key = mending || hex(16), made = new Date().toISOString(), code;
    return codeOf(key).then(function (found) {
      code = found;
      said.said_at = made;
      return sealed(said, key);
    }).then(function (kept) {
      return change("items", function (items) {
        items.put({ key: key, code: code, made: made, state: "waiting", iv: kept.iv, box: kept.box, reason: "" });
      });
    }).then(function () {
      mending = "";
      held = [];
      return change("meta", function (meta) { meta.delete("draft"); });
    }).then(function () { return { key: key, code: code, made: made }; });
  }

  function opening(item) {
    return unsealed(item, item.key).then(function (said) {
      said.key = item.key;
      return said;
    });
  }

  function mark(key, state, reason, code) {
    return read("items", function (items) { return items.get(key); }).then(function (item) {
      if (!item || item.state === "stored") return null;
      item.state = state;
      item.reason = reason || "";
      if (state === "stored") { item.box = null; item.iv = null; item.code = code; }
      return change("items", function (items) { items.put(item); });
    });
  }

  // --- handing over ----------------------------------------------------------------------------------------
  function state() {
    return fetch(words.state, { credentials: "same-origin", cache: "no-store", redirect: "manual" })
      .then(function (answer) {
        if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Error("sign-in");
        if (!answer.ok) throw new Error("network");
        return answer.json();
      });
  }

  function answered(answer) {
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Error("sign-in");
    if (answer.status === 400 || answer.status === 409) {
      return answer.json().then(function (told) { throw new Error("told:" + told.reason); });
    }
    if (!answer.ok) throw new Error("network");
    return answer.json();
  }

  function post(address, csrf, content) {
    return fetch(address, {
      method: "POST", credentials: "same-origin", redirect: "manual", body: JSON.stringify(content),
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }
    }).then(answered);
  }

  function deviceOf() {
    return read("meta", function (meta) { return meta.get("device"); }).then(function (kept) {
      return unsealed(kept, "device");
    });
  }

  function enrolled(csrf) {
    return deviceOf().then(function (device) {
      return post(words.enrol, csrf, { site: words.site, device: device.key, label: device.label })
        .then(function () { return device; });
    });
  }

  function handOver() {
    if (busy || !secret) return Promise.resolve();
    busy = true;
    say(words.handing);
    return state().then(function (now) {
      return enrolled(now.csrf).then(function (device) { return nextBatch(now.csrf, device.key); });
    }).then(function () { return forgetOld(); }).then(function () { say(words.handed); }).catch(function (fault) {
      var reason = String(fault.message);
      if (reason === "sign-in") say(words.signIn);
      else if (reason.indexOf("told:") === 0) say(reason.slice(5));
      else say(words.offline);
    }).then(function () {
      busy = false;
      return root.querySelector("[data-screen='home']").hidden ? null : home();
    });
  }

  function nextBatch(csrf, device) {
    return waiting().then(function (items) {
      if (!items.length) return null;
      var batch = [], size = 0, full = false;
      return items.slice(0, BATCH).reduce(function (before, item) {
        return before.then(function () {
          size += item.box.byteLength * 1.1;
          full = full || (batch.length > 0 && size > BATCH_BYTES);
          if (full) return null;
          return opening(item).then(function (said) { batch.push(said); }, function () {
            return mark(item.key, "refused", words.broken);
          });
        });
      }, Promise.resolve()).then(function () {
        if (!batch.length) return null;
        return post(words.handOver, csrf, { device: device, now: new Date().toISOString(), items: batch });
      }).then(function (answer) {
        return answer && Promise.all(answer.results.map(function (result) {
          return mark(result.key, result.state, result.reason, result.code);
        }));
      }).then(function () { return nextBatch(csrf, device); });
    });
  }

  // Of those handed over only the codes stay, and only of the last.
  function forgetOld() {
    return read("items", function (items) { return items.getAll(); }).then(function (all) {
      var old = all.filter(function (item) { return item.state === "stored"; })
        .sort(function (a, b) { return a.made < b.made ? 1 : -1; }).slice(STORED_KEPT);
      return old.length ? change("items", function (items) { old.forEach(function (item) { items.delete(item.key); }); }) : null;
    });
  }

  function waiting() {
    return read("items", function (items) { return items.getAll(); }).then(function (all) {
      return all.filter(function (item) { return item.state === "waiting"; })
        .sort(function (a, b) { return a.made < b.made ? -1 : 1; });
    });
  }

  // --- pictures --------------------------------------------------------------------------------------------
  function picture(file) {
    return createImageBitmap(file).then(function (image) {
      var scale = Math.min(1, SIDE / Math.max(image.width, image.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      var quality = 0.8, data = canvas.toDataURL("image/jpeg", quality);
      while (data.length * 0.75 > PICTURE_BYTES && quality > 0.3) {
        quality -= 0.1;
        data = canvas.toDataURL("image/jpeg", quality);
      }
      return data.slice(data.indexOf(",") + 1);
    });
  }

  // --- the screens -----------------------------------------------------------------------------------------
  function show(name) {
    root.querySelectorAll("[data-screen]").forEach(function (screen) { screen.hidden = screen.dataset.screen !== name; });
    var heading = root.querySelector("[data-screen='" + name + "'] h2");
    if (heading) heading.focus();
  }

  function say(sentence) { root.querySelector("[data-say]").textContent = sentence; }

  function groups(code) { return code.replace(/(.{4})(?=.)/g, "$1 "); }

  function home() {
    return read("meta", function (meta) { return meta.get("lock"); }).then(function (kept) {
      if (!kept) { show("set"); return null; }
      if (!secret) { show("locked"); return null; }
      return read("items", function (items) { return items.getAll(); }).then(function (all) {
        var list = root.querySelector("[data-list]");
        list.textContent = "";
        all.sort(function (a, b) { return a.made < b.made ? 1 : -1; }).forEach(function (item) {
          var line = document.createElement("li"), code = document.createElement("code"), badge = document.createElement("span");
          code.textContent = groups(item.code);
          badge.className = "badge " + (item.state === "stored" ? "done" : "soon");
          badge.textContent = words[item.state] || item.state;
          line.append(code, " ", badge, " ", new Date(item.made).toLocaleString("zh-CN"), item.reason ? "　" + item.reason : "");
          if (item.state === "refused" && item.box) {
            var button = document.createElement("button");
            button.className = "quiet-button";
            button.dataset.mend = item.key;
            button.textContent = words.mend;
            line.append(" ", button);
          }
          list.append(line);
        });
        var left = all.filter(function (item) { return item.state === "waiting"; }).length;
        root.querySelector("[data-left]").textContent = String(left);
        show("home");
        return null;
      });
    });
  }

  function slip(kept) {
    root.querySelector("[data-slip-code]").textContent = groups(kept.code);
    root.querySelector("[data-slip-time]").textContent = new Date(kept.made).toLocaleString("zh-CN");
    root.querySelector("[data-slip-address]").textContent = words.receipts + kept.code + "/";
    show("slip");
  }

  function form(name, work) {
    var found = root.querySelector("form[data-form='" + name + "']");
    found.addEventListener("submit", function (event) {
      event.preventDefault();
      awake();
      var button = found.querySelector("button");
      if (button.disabled) return;
      button.disabled = true;
      Promise.resolve().then(function () { return work(found); })
        .catch(function (fault) { say(fault.message || String(fault)); })
        .then(function () { button.disabled = false; });
    });
  }

  form("set", function (found) {
    var pin = found.elements.pin.value, again = found.elements.again.value;
    if (!/^\d{6,12}$/.test(pin)) throw new Error(words.pinShort);
    if (pin !== again) throw new Error(words.pinDiffers);
    return setPin(pin, found.elements.label.value.trim() || words.label)
      .then(function () { found.reset(); say(""); return home(); }).then(function () { return handOver(); });
  });
  form("locked", function (found) {
    return unlock(found.elements.pin.value).then(function () { found.reset(); say(""); return bringBack(); }, function () {
      found.reset();
      throw new Error(words.pinWrong);
    }).then(function () { return handOver(); });
  });
  form("entry", function (found) {
    var fields = found.elements, files = Array.from(fields.pictures.files).slice(0, PICTURES);
    if (!secret) { show("locked"); throw new Error(words.lockedAgain); }
    if (!fields.body.value.trim()) throw new Error(words.empty);
    if (!fields.consent_how.value) throw new Error(words.noConsent);
    return Promise.all(files.map(picture)).catch(function () { throw new Error(words.badPicture); }).then(function (pictures) {
      var said = written();
      said.pictures = pictures.length ? pictures : held;
      return keep(said);
    }).then(function (kept) { found.reset(); say(""); slip(kept); });
  });
  root.querySelector("form[data-form='entry']").addEventListener("input", function () {
    awake();
    clearTimeout(typing);
    typing = setTimeout(keepDraft, 400);
  });
  root.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-go], button[data-mend]");  // the root has data-mend as well: a word
    if (!button) return;
    awake();
    if (button.dataset.mend) {
      read("items", function (items) { return items.get(button.dataset.mend); }).then(opening).then(function (said) {
        mending = said.key;
        held = said.pictures;
        fillIn(said);
        say("");
        show("entry");
      }, function () { say(words.broken); });
    } else if (button.dataset.go === "entry") { say(""); show("entry"); }
    else if (button.dataset.go === "hand-over") handOver();
    else if (button.dataset.go === "print") window.print();
    else if (button.dataset.go === "lock") lock();
    else keepDraft().then(home);
  });
  document.addEventListener("visibilitychange", function () { if (document.hidden) keepDraft(); });
  window.addEventListener("online", function () { handOver(); });
  setInterval(function () {
    if (secret && !busy) waiting().then(function (items) { if (items.length) handOver(); });
  }, AGAIN);
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(words.worker, { scope: words.scope });
  root.hidden = false;
  home();
})();
