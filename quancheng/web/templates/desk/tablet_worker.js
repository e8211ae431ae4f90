// Keeps the tablet page at hand without a network. Only the page and its own files; never words that people said.
var SHELF = "quancheng-tablet-{{ version }}";
var FILES = {{ files|tojson }};
var PAGE = "{{ page_address }}";

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(SHELF).then(function (shelf) { return shelf.addAll(FILES.concat(PAGE)); }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name !== SHELF && name.indexOf("quancheng-tablet-") === 0; })
      .map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

function pageFirst(request) {
  return fetch(request).then(function (answer) {
    if (answer.ok && !answer.redirected && answer.type !== "opaqueredirect") {
      var copy = answer.clone();
      caches.open(SHELF).then(function (shelf) { shelf.put(PAGE, copy); });
      return answer;
    }
    return caches.match(PAGE).then(function (kept) { return kept && answer.status >= 500 ? kept : answer; });
  }, function () { return caches.match(PAGE); });
}

self.addEventListener("fetch", function (event) {
  var path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET") return;
  if (path === PAGE) event.respondWith(pageFirst(event.request));
  else if (FILES.indexOf(path) >= 0) {
    event.respondWith(caches.match(path).then(function (kept) { return kept || fetch(event.request); }));
  }
});
