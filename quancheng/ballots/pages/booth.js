// The booth (表决器): card, choice, review, cast or audit, receipt. The card's secret and the choice never leave this
// script; they are dropped when the person has finished, after 20 seconds on the receipt, or when nobody is there.
const FORGET_AFTER = 20, IDLE_AFTER = 180, IDLE_GRACE = 30, POLL = 10000, RETRY = 3000;

const booth = {
  hall: HallServer.here(), state: null, vote: null,  // vote: {manifest, eid, joint} once the key on the board is judged
  card: null,  // {secret, credential, standing}
  marks: null, prepared: null,  // the choice; the ballot made from it
  screen: "start", turn: 0,  // `turn` changes whenever the card does: late answers are not shown to the next person
  touched: Date.now(), left: 0, board: { head: new Uint8Array(32), number: 0, ballots: new Map(), current: new Map() },
};

// ---- who is there, what stands at the top

function forget() {
  booth.turn++;
  Object.assign(booth, { card: null, marks: null, prepared: null, left: 0 });
  say("idle", "");
  trouble("");
  start();
}
const trouble = words => say("trouble", words);

async function poll() {
  for (;;) {
    await refresh();
    await wait(POLL * (0.75 + Math.random() / 2));
  }
}
async function refresh() {
  try {
    const before = booth.state && booth.state.state;
    booth.state = await booth.hall.state();
    if (!booth.vote && booth.state.joint) await begin();
    trouble("");
    headline();
    if (before !== booth.state.state) changed();
  } catch (error) { failed(error); }
}
function failed(error) {
  if (error instanceof Offline) trouble(`${error.message}，正在重试。${booth.marks ? "所选内容都在，没有丢失。" : ""}`);
  else if (error instanceof BallotProtocol.Fault) trouble(`表决板上的公钥核对不上（${error.message}），不能在这台设备上表决，请告诉监票人。`);
  else if (error instanceof Refused) trouble(`${error.message}。`);
  else trouble(`本页出错（${error.message}），请告诉工作人员。`);
}
async function begin() {  // read the board as far as the confirmed key; every signature is judged here
  const reading = new BallotProtocol.Beginning();
  await booth.hall.board(0, event => { reading.take(event); return reading.joint; });
  if (!reading.joint) return;
  if (BallotProtocol.hex(reading.eid) !== booth.state.eid) throw new BallotProtocol.Fault("eid", "表决编号不一致");
  booth.vote = { manifest: reading.manifest, eid: reading.eid, joint: reading.joint.prepare() };
}
function headline() {
  const { state, vote } = booth;
  say("status", STATES[state.state] + (state.present ? `　到会 ${state.present} 人，已收电子票 ${state.ballots} 张` : ""));
  say("title", vote ? vote.manifest.title : state.title);
  if (!vote) return;
  const { manifest } = vote;
  say("place", `无记名表决器　${manifest.organ}　${manifest.session}`);
  say("eid", groups(BallotProtocol.hex(vote.eid)));
  say("threshold", `少于 ${manifest.threshold} 名（共 ${manifest.trustees.length} 名）的监票人`);
}
function changed() {
  const closed = ["closed", "announced"].includes(booth.state.state);
  if (booth.screen === "start") start();
  else if (closed && ["choose", "review"].includes(booth.screen)) notCounted("表决已经截止。");
}

// ---- the card

function start(words = "") {
  booth.screen = "start";
  const open = booth.state && booth.state.state === "open" && booth.vote;
  const field = made("input", { id: "card", type: "password", autocomplete: "one-time-code", autocapitalize: "off", spellcheck: "false", "aria-describedby": "card-help card-fault" });
  const fault = made("p", { id: "card-fault", class: "bad", role: "alert" }, words);
  const form = made("form", { onsubmit: event => { event.preventDefault(); put(field.value, fault); } },
    made("label", { for: "card" }, "表决卡"), field,
    made("p", { id: "card-help", class: "note" }, "把卡上的二维码对准扫码枪；也可以键入卡上的 32 个字母和数字。卡上的内容只留在这台设备上，用完即忘。"), fault,
    made("div", { class: "row" }, made("button", { class: "main" }, "读卡")));
  show(open ? "请出示表决卡" : heading(), ...(open ? [form] : []), lookup());
  if (open) field.focus();
}
const TITLES = { prepared: "表决还没有开始", keys: "表决还没有开始", ready: "表决还没有开始", closed: "表决已经截止", announced: "结果已经宣布" };
const heading = () => TITLES[booth.state && booth.state.state] || "正在准备";

async function put(text, fault) {
  let secret;
  if (!text.trim()) return say(fault, "请先扫卡，或者键入卡上的字符。");
  try { secret = BallotProtocol.readCard(text); } catch (error) { return say(fault, `${error.message}。`); }
  byId("card").value = "";
  say(fault, "");
  const turn = ++booth.turn, credential = BallotProtocol.publicOf(secret);
  try {
    const standing = await booth.hall.json(`standing/?credential=${credential}`);
    if (turn !== booth.turn) return;
    booth.card = { secret, credential, standing };
    trouble("");
    if (standing.state === "paper") return stop("这张卡已经领取纸票", "请把纸票投入票箱。领取纸票以后，不能再用表决器。");
    choose();
  } catch (error) {
    if (turn !== booth.turn) return;
    if (error.code === "credential") start("这张卡不在这次表决的登记名册中，请到签到处询问。");
    else say(fault, `${error.message}。请再扫一次卡。`);
  }
}
function stop(title, words) {
  booth.screen = "stop";
  show(title, made("p", {}, words), done());
}

// ---- the choice

const single = question => question.min === 1 && question.max === 1;
function asked(question) {
  if (single(question)) return "选一项";
  if (question.min === question.max) return `选 ${question.max} 项`;
  return question.min ? `选 ${question.min} 至 ${question.max} 项` : `最多选 ${question.max} 项，可以一项都不选`;
}
const chosen = q => booth.marks[q].reduce((sum, mark) => sum + mark, 0);
const lacking = q => chosen(q) < booth.vote.manifest.questions[q].min;

function choose() {
  booth.screen = "choose";
  const { questions } = booth.vote.manifest, { standing } = booth.card;
  booth.marks = booth.marks || questions.map(question => question.options.map(() => 0));
  booth.prepared = null;
  const notes = standing.state === "electronic" ? [again(standing)] : [];
  show(questions.length > 1 ? `请选择（共 ${questions.length} 个事项）` : "请选择", ...notes, ...questions.map(asking), bar());
  questions.forEach((_, q) => counted(q));
}
function again(standing) {
  return made("div", { class: "care" },
    made("p", {}, `这张卡已经按过，查询码 ${groups(standing.code)}。可以重新按，最后一次有效，直到截止。`),
    made("details", {}, made("summary", {}, "要改用纸票"),
      made("p", {}, "先在这里撤回电子票，再到签到处领取纸票。撤回以后，原来的电子票不再计入。"),
      button("撤回电子票", withdraw)));
}
function asking(question, q) {
  const kind = single(question) ? "radio" : "checkbox";
  const options = question.options.map((option, o) => made("label", { class: "option" },
    made("input", { type: kind, name: `q${q}`, value: o, checked: booth.marks[q][o] === 1, onchange: event => mark(q, o, event.target) }),
    made("span", {}, option.title)));
  const number = booth.vote.manifest.questions.length > 1 ? `${q + 1}．` : "";
  return made("fieldset", { id: `q${q}`, "aria-describedby": `count${q}` }, made("legend", {}, number + question.title),
    made("div", { class: "head" },
    made("p", { id: `count${q}`, class: "count", role: "status" }), made("p", { id: `fault${q}`, class: "bad", role: "alert" })), ...options);
}
function mark(q, o, input) {
  const question = booth.vote.manifest.questions[q];
  say(`fault${q}`, "");
  if (single(question)) booth.marks[q] = question.options.map((_, i) => Number(i === o));
  else if (input.checked && chosen(q) >= question.max) {
    input.checked = false;
    say(`fault${q}`, `最多选 ${question.max} 项，已经选满。要选“${question.options[o].title}”，请先取消已选的一项。`);
  } else booth.marks[q][o] = Number(input.checked);
  counted(q);
}
function counted(q) {
  const question = booth.vote.manifest.questions[q], number = chosen(q), line = byId(`count${q}`);
  say(line, `${asked(question)}　已选 ${number} 项`);
  line.classList.toggle("full", number > 0 && !lacking(q));
  const open = booth.marks.filter((_, at) => lacking(at)).length;
  say("open", open ? `还有 ${open} 个事项没有选好` : "可以核对了");
}
function bar() {
  return made("div", { id: "bar" }, made("p", { id: "open", role: "status" }),
    made("div", { class: "row" }, button("不投了", forget), button("核对", check, { class: "main" })));
}
function check() {
  const missing = booth.marks.findIndex((_, q) => lacking(q));
  if (missing < 0) return review();
  const question = booth.vote.manifest.questions[missing];
  say(`fault${missing}`, single(question) ? "请选一项。" : `至少选 ${question.min} 项。`);
  byId(`q${missing}`).scrollIntoView();
  byId(`q${missing}`).querySelector("input").focus();
}

// ---- review, cast, audit

function prepare() {
  const { vote, card, marks } = booth;
  booth.prepared = BallotProtocol.makeBallot(vote, card.secret, card.standing.seq + 1, marks);
}
async function review() {
  const turn = booth.turn;
  if (byId("open")) say("open", "正在加密……");
  await wait(20);  // so that the words are seen before the arithmetic begins
  if (turn !== booth.turn || !booth.marks) return;
  booth.screen = "review";
  prepare();
  const lists = booth.vote.manifest.questions.flatMap((question, q) => {
    const titles = question.options.filter((_, o) => booth.marks[q][o]).map(option => made("li", {}, option.title));
    const left = question.options.length - titles.length;
    return [made("h2", {}, question.title), titles.length ? made("ul", { class: "review" }, ...titles) : made("p", { class: "review" }, "一项都没有选"),
      ...(single(question) || !titles.length ? [] : [made("p", { class: "note" }, `选了 ${titles.length} 项，其余 ${left} 项没有选`)])];
  });
  show("请核对", ...lists, made("p", {}, "票已经加密，查询码是"), made("p", { class: "code" }, groups(booth.prepared.code)),
    made("div", { class: "row" }, button("投票", cast, { class: "main" }), button("返回修改", choose)), auditing());
}
function auditing() {
  const sure = made("input", { type: "checkbox", id: "sure", onchange: () => { go.disabled = !sure.checked; } });
  const go = button("抽查：公开这张票并作废", audit, { disabled: true });
  return made("details", {}, made("summary", {}, "监票人抽查这台设备"),
    made("p", {}, "先抄下上面的查询码，再按抽查。这张票的内容和加密用的随机数会在表决板上公开，供人核对设备加密的是否就是屏幕上所选的；这张票作废，不计入。"),
    made("label", { class: "option", for: "sure" }, sure, made("span", {}, "我是抽查设备的工作人员，所选内容不是任何人的真实意愿")), go);
}

const CLOSED = ["closed", "order"], AGAIN = ["sequence", "clash"];
async function cast() {
  const turn = booth.turn;
  booth.screen = "wait";
  const line = made("p", { role: "status" }, "正在送出……");
  show("请稍候", line, made("p", {}, "没有收到回执以前，不算投票完成。"), made("div", { class: "row" }, button("返回修改", () => { booth.turn++; choose(); })));
  for (let tries = 1, remade = 0; ; tries++) {
    try {
      if (tries > 1 && await stands(turn)) return;
      if (turn !== booth.turn) return;
      const receipt = await booth.hall.post("press/", { ballot: booth.prepared.ballot });
      return turn === booth.turn && receipted(receipt);
    } catch (error) {
      if (turn !== booth.turn) return;
      if (error instanceof Offline) {
        say(line, `${error.message}，正在重试（第 ${tries} 次）。所选内容都在这台设备上，没有丢失。`);
        await wait(RETRY);
      } else if (AGAIN.includes(error.code) && remade++ < 3) {
        if (await renewed(turn)) return;
      } else return refused(error);
      if (turn !== booth.turn) return;
    }
  }
}
async function stands(turn) {  // after a lost answer: is the ballot on the board already?
  booth.card.standing = await booth.hall.json(`standing/?credential=${booth.card.credential}`);
  const { standing } = booth.card, { ballot, tracker, code } = booth.prepared;
  if (standing.seq < ballot.seq) return false;
  if (turn !== booth.turn) return true;
  if (standing.code === code && (await follow()).get(code)?.tracker === tracker) return receipted(null);
  prepare();  // another device used this card meanwhile: the choice is encrypted anew for the next press
  return false;
}
async function renewed(turn) {
  try { if (await stands(turn)) return true; } catch (error) { if (!(error instanceof Offline)) throw error; }
  if (turn === booth.turn) prepare();
  return false;
}
function receipted(receipt) {
  const { vote, prepared } = booth;
  if (receipt && !BallotProtocol.holdsReceipt(vote, receipt, prepared.tracker)) {
    stop("回执核对不上", "会场服务器给出的回执没有通过这台设备的核对。请不要离开，叫监票人来看。");
    return true;
  }
  booth.screen = "receipt";
  booth.card.secret = booth.marks = booth.prepared = null;
  const clock = made("p", { class: "note", id: "left" });
  show("已收到您的票", made("p", {}, "查询码"), made("p", { class: "code" }, groups(prepared.code)),
    made("p", {}, "凭查询码可以查这张票在不在，它不透露您选了什么。"),
    made("p", { class: "good" }, "可以重新按，最后一次有效，直到截止。"),
    ...(receipt ? [] : [made("p", { class: "note" }, "回执在路上丢失，已经从表决板上核对：这张票在。")]), done(), clock);
  booth.left = FORGET_AFTER;
  return true;
}
const done = () => made("div", { class: "row" }, button("完成", forget, { class: "main" }));

function refused(error) {
  if (CLOSED.includes(error.code)) return notCounted("表决已经截止。");
  booth.screen = "refused";
  show("没有计入", made("p", { class: "bad" }, `会场服务器没有接受这张票：${error.message}。`),
    made("p", {}, "所选内容还在。可以再试一次；仍然不行，请叫工作人员，或者改用纸票。"),
    made("div", { class: "row" }, button("返回核对", review, { class: "main" }), button("完成", forget)));
}
async function notCounted(words) {
  const turn = booth.turn, { credential } = booth.card;
  booth.screen = "stop";
  booth.card.secret = booth.marks = booth.prepared = null;
  const earlier = made("p", { role: "status" }, "正在查这张卡先前有没有按过……");
  show("没有计入", made("p", { class: "bad" }, `${words}您刚才的选择没有计入。`), earlier, done());
  for (; turn === booth.turn; await wait(RETRY)) {
    try {
      const { state, code } = await booth.hall.json(`standing/?credential=${credential}`);
      if (turn === booth.turn) say(earlier, state === "electronic" ? `先前按的一次（查询码 ${groups(code)}）仍然有效。` : "这张卡没有电子票计入。");
      return;
    } catch (error) { if (turn === booth.turn) say(earlier, `还查不到先前有没有按过：${error.message}。`); }
  }
}

async function audit() {
  const turn = booth.turn, { prepared } = booth;
  try {
    const { number } = await booth.hall.post("audit/", { ballot: prepared.ballot, openings: prepared.openings });
    if (turn === booth.turn) audited(number);
  } catch (error) {
    if (turn !== booth.turn) return;
    if (CLOSED.includes(error.code)) return notCounted("表决已经截止。");
    if (!AGAIN.includes(error.code)) return trouble(`抽查没有完成：${error.message}。可以再按一次。`);
    await unanswered(turn, prepared).catch(failed);
  }
}
async function unanswered(turn, prepared) {  // the audit is on the board already, or the card was used elsewhere
  const found = (await follow()).get(prepared.code);
  if (turn !== booth.turn) return;
  if (found && found.audit) return audited(found.number);
  booth.card.standing = await booth.hall.json(`standing/?credential=${booth.card.credential}`);
  if (turn !== booth.turn) return;
  await review();
  trouble("这张卡刚在别处用过，票已经重新加密，查询码变了。");
}
function audited(number) {
  const { prepared, marks, vote } = booth;
  booth.screen = "audited";
  booth.card.secret = booth.marks = booth.prepared = null;
  trouble("");
  const tables = vote.manifest.questions.flatMap((question, q) => [made("h2", {}, question.title), made("div", { class: "wide" }, made("table", {},
    made("thead", {}, made("tr", {}, ...["选项", "设备所称", "随机数"].map(word => made("th", { scope: "col" }, word)))),
    made("tbody", {}, ...question.options.map((option, o) => made("tr", {}, made("td", {}, option.title), made("td", {}, marks[q][o] ? "选" : "不选"),
      made("td", { class: "hash" }, groups(prepared.openings[q][o].r, 8)))))))]);
  show("抽查票，已经作废", made("p", { class: "good" }, `这张票没有计入，已在表决板第 ${number} 号公开。这张卡还可以投票，须重新读卡。`),
    made("p", {}, "查询码"), made("p", { class: "code" }, groups(prepared.code)),
    made("p", {}, "请核对：查询码与抽查前抄下的一致，“设备所称”与刚才所选的一致。表决板上的密文是否真由这些数字得出，由另一台设备用核验程序核对。"), ...tables, done());
}

async function withdraw() {
  const turn = booth.turn, { vote, card } = booth;
  try {
    const index = await follow(), standing = await booth.hall.json(`standing/?credential=${card.credential}`);
    const found = index.get(standing.code);
    if (turn !== booth.turn) return;
    if (!found) throw new Refused("withdraw", "表决板上没有找到这张票");
    await booth.hall.post("withdraw/", BallotProtocol.withdrawal(vote, card.secret, found.tracker));
    if (turn === booth.turn) stop("电子票已经撤回", "请带着表决卡到签到处领取纸票。");
  } catch (error) {
    if (turn === booth.turn) trouble(`没有撤回：${error.message}。`);
  }
}

// ---- is my ballot there?

async function follow() {  // the board as far as it goes now, chained on this device: code → {number, tracker, kind}
  const { board } = booth;
  await booth.hall.board(board.number, event => {
    const hash = BallotProtocol.chained(board.head, event.type, event.body);
    if (BallotProtocol.hex(hash) !== event.hash || event.number !== board.number) throw new Refused("chain", "表决板前后对不上，请告诉监票人");
    if (event.type === "manifest") board.eid = BallotProtocol.eidOf(event.body);
    if (event.type === "cast" || event.type === "audit") {
      const { ballot } = event.body, tracker = BallotProtocol.trackerOf(board.eid, ballot), code = BallotProtocol.short(tracker);
      board.ballots.set(code, { number: event.number, tracker, credential: ballot.credential, audit: event.type === "audit" });
      if (event.type === "cast") board.current.set(ballot.credential, code);
    }
    if (event.type === "withdraw") board.current.set(event.body.credential, "");
    board.head = hash;
    board.number++;
  });
  return board.ballots;
}
function fate(code) {
  const found = booth.board.ballots.get(code);
  if (!found) return ["bad", "表决板上没有这个查询码。请再核对一次八个字符；仍然没有，请告诉监票人。"];
  const current = booth.board.current.get(found.credential), where = `在表决板第 ${found.number} 号`;
  if (found.audit) return ["care", `${where}。这是一张抽查票，已经作废，不计入。`];
  if (current === code) return ["good", `在。${where}，计入。`];
  return ["care", current ? `${where}，但同一张卡后来又按过，以最后一次为准，这一张不计入。` : `${where}，后来由本人撤回，改用纸票，不计入。`];
}
function lookup() {
  const field = made("input", { id: "code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", "aria-describedby": "fate" });
  const answer = made("p", { id: "fate", role: "status" });
  const put = async event => {
    event.preventDefault();
    const code = field.value.toUpperCase().replace(/[\s-]/g, "").replace(/0/g, "O").replace(/1/g, "I").replace(/8/g, "B");
    answer.className = "care";
    if (!/^[A-Z2-7]{8}$/.test(code)) return say(answer, "查询码是八个字母或者数字。");
    say(answer, "正在查表决板……");
    try {
      await follow();
      const [kind, words] = fate(code);
      answer.className = kind;
      say(answer, words);
    } catch (error) { say(answer, `${error.message}。`); }
  };
  return made("details", {}, made("summary", {}, "我的票在不在"), made("form", { onsubmit: put },
    made("label", { for: "code" }, "查询码（八个字符）"), field, made("div", { class: "row" }, made("button", {}, "查")), answer));
}

// ---- nobody there, time over

function tick() {
  if (booth.screen === "receipt") {
    if (booth.left <= 0) return forget();
    say("left", `${booth.left} 秒后清除这张卡，回到开始。`);
    booth.left--;
    return;
  }
  if (["start", "wait"].includes(booth.screen)) return;
  const away = Math.floor((Date.now() - booth.touched) / 1000) - IDLE_AFTER;
  if (away >= IDLE_GRACE) forget();
  else say("idle", away >= 0 ? `很久没有操作。${IDLE_GRACE - away} 秒后清除所选内容，回到开始；要继续，请点一下屏幕。` : "");
}
function fromAddress() {  // #card=…: taken out of the address at once
  const given = new URLSearchParams(location.hash.slice(1)).get("card");
  if (!given) return "";
  history.replaceState(null, "", location.pathname + location.search);
  return given;
}
async function run() {
  if (!booth.hall) return show("没有指明是哪一次表决", made("p", {}, "请从会场的链接打开本页。"));
  for (const name of ["pointerdown", "keydown", "change"]) addEventListener(name, () => { booth.touched = Date.now(); say("idle", ""); }, true);
  addEventListener("hashchange", () => { const given = fromAddress(); if (given && booth.screen === "start" && byId("card")) put(given, byId("card-fault")); });
  addEventListener("keydown", event => {  // a scanner types wherever the focus is
    if (booth.screen === "start" && byId("card") && event.target === document.body || event.target.tagName === "H1") byId("card")?.focus();
  });
  setInterval(tick, 1000);
  const given = fromAddress();
  start();
  await refresh();
  if (given && byId("card")) put(given, byId("card-fault"));
  await wait(POLL);
  poll();
}
run();
