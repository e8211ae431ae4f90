// What the three pages share: asking the hall's server, reading the board, making and changing what stands on the screen.
class Offline extends Error {}  // no answer: nothing is known, the same may be asked again
class Refused extends Error {  // an answer that says no
  constructor(code, text, status) { super(text); this.code = code; this.status = status; }
}

class HallServer {
  constructor(vote) { this.base = `/hall/votes/${vote}/`; }
  static here() {  // the server of the vote that stands in the page's own address, or null
    const vote = new URLSearchParams(location.search).get("vote") || "";
    return /^[\w-]{1,64}$/.test(vote) ? new HallServer(vote) : null;
  }
  async ask(path, options = {}) {
    let response;
    try {
      response = await fetch(this.base + path, { cache: "no-store", credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(20000), ...options });
    } catch { throw new Offline("连不上会场服务器"); }
    if (response.ok) return response;
    if (response.type === "opaqueredirect") throw new Refused("sign-in", "请先用您的账号登录，再回到本页");
    if (response.status >= 500) throw new Offline("会场服务器暂时没有应答");
    const said = await response.json().catch(() => ({}));
    if (!said.fault && [401, 403].includes(response.status)) throw new Refused("sign-in", "请先用您的账号登录，再回到本页", response.status);
    throw new Refused(said.fault || "status", said.message || `会场服务器没有接受（${response.status}）`, response.status);
  }
  async json(path, options) {
    const response = await this.ask(path, options);
    try { return await response.json(); } catch { throw new Offline("会场服务器的应答没有收全"); }
  }
  state() { return this.json("state/"); }
  post(path, body) { return this.json(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }); }
  // Hands each event from number `from` on to `take`; stops as soon as `take` says true.
  async board(from, take) {
    const response = await this.ask(`board/?from=${from}`, { signal: AbortSignal.timeout(600000) });
    const reader = response.body.getReader(), decoder = new TextDecoder();
    let rest = "";
    try {
      for (;;) {
        const { done, value } = await reader.read().catch(() => { throw new Offline("表决板没有收全"); });
        const lines = (rest + (done ? "" : decoder.decode(value, { stream: true }))).split("\n");
        rest = lines.pop();
        for (const line of lines) if (await take(JSON.parse(line))) return;
        if (done && rest) throw new Offline("表决板没有收全");
        if (done) return;
      }
    } finally { reader.cancel().catch(() => {}); }
  }
}

const byId = id => document.getElementById(id);
function made(name, given, ...inside) {  // an element; `given` are attributes and handlers (on…)
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) one.addEventListener(key.slice(2), value);
    else if (value === true) one.setAttribute(key, "");
    else if (value !== false && value !== undefined) one.setAttribute(key, value);
  }
  one.append(...inside);
  return one;
}
const say = (place, words) => { const node = typeof place === "string" ? byId(place) : place; if (node.textContent !== words) node.textContent = words; };
const button = (words, press, given = {}) => made("button", { type: "button", onclick: press, ...given }, words);
const groups = (text, size = 4) => text.match(new RegExp(`.{1,${size}}`, "g")).join(" ");
const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
function show(title, ...inside) {  // a new screen, its heading first for those who listen
  const heading = made("h1", { tabindex: "-1" }, title);
  byId("screen").replaceChildren(heading, ...inside);
  scrollTo(0, 0);
  heading.focus();
  return heading;
}
const STATES = {
  prepared: "表决方案正在准备", keys: "监票人正在生成密钥", ready: "尚未开始，请等主持人宣布", open: "正在表决",
  closed: "已经截止，正在计票", announced: "结果已经宣布",
};
