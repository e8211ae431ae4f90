// The registrar's own device: draws the cards, prints and forgets them, signs roll, presence and paper hand-outs.
// Only public keys are kept. Cards leave the printer in random order and are drawn blind: nowhere stands who has which.
const POLL = 5000, MOST_CARDS = 5000;

const desk = {
  hall: HallServer.here(), store: new KeyStore("registrar"), state: null, reading: new BallotProtocol.Beginning(), drawn: "",
  roll: null, present: 0, opened: false, closed: false, papers: 0, fresh: null, broken: "",  // fresh: cards made but not yet put away
};
const LOST = "丢了钥匙或者忘了口令，没有人能恢复。请在登记公钥以后马上做备份。";

async function follow() {
  for (;;) {
    await refresh();
    await wait(POLL * (0.75 + Math.random() / 2));
  }
}
let last = Promise.resolve();
const refresh = () => { last = last.then(look); return last; };  // one after the other: two at once would take events twice
async function look() {
  if (desk.broken) return;
  try {
    desk.state = await desk.hall.state();
    if (desk.state.length > desk.reading.number) await desk.hall.board(desk.reading.number, take);
    say("trouble", "");
  } catch (error) {
    if (error instanceof BallotProtocol.Fault) desk.broken = `表决板核对不上（${error.message}），不要继续，请告诉秘书处和监票人。`;
    say("trouble", desk.broken || `${error.message}，正在重试。`);
  }
  draw();
}
function take(event) {
  desk.reading.take(event);
  const { type, body } = event;
  if (type === "roll") desk.roll = body.credentials;
  if (type === "presence") desk.present = body.present;
  if (type === "open") desk.opened = true;
  if (type === "close") desk.closed = true;
  if (type === "paper") desk.papers++;
}
async function send(type, body, told, done) {
  const { reading, store } = desk;
  try {
    await desk.hall.post("events/", { type, body: BallotProtocol.posted(reading.eid, store.identity, type, body) });
    say(told, done);
    await refresh();
    return true;
  } catch (error) {
    say(told, `没有登记：${error.message}。${error instanceof Offline ? "先看一看是否已经登记，再按一次。" : ""}`);
    return false;
  }
}

function draw() {
  const { state, reading, store, roll, present, opened, closed, papers, fresh, broken } = desk, manifest = reading.manifest;
  if (!state) return;
  say("status", STATES[state.state] + (present ? `　到会 ${present} 人` : "") + (papers ? `　发出纸票 ${papers} 张` : ""));
  say("title", manifest ? manifest.title : state.title);
  if (manifest) {
    say("place", `签到组（资格审查）　${manifest.organ}　${manifest.session}`);
    say("eid", groups(BallotProtocol.hex(reading.eid)));
  }
  const kept = (store.data.cards || []).length;
  const shown = JSON.stringify([state.state, Boolean(manifest), Boolean(reading.joint), roll && roll.length, present, opened, closed, fresh && fresh.length, kept, broken]);
  if (shown === desk.drawn) return;
  desk.drawn = shown;
  const open = byId("mine") && byId("mine").open, panel = keyPanel(store, "签到组");
  if (!manifest) show("登记公钥", made("p", {}, "表决方案定稿以前，登记签到组的公钥。登记须用您的账号登录。"), registering(desk.hall, store, "registrar"), drawing(), panel);
  else if (manifest.registrar !== store.public) show("这次表决没有登记您的公钥", made("p", {}, "表决方案中签到组的公钥与这台设备的不同。请核对是不是换了浏览器或者设备；可以从备份恢复。"), panel);
  else show("签到组", ...(roll ? [presence(), handing()] : [drawing(), enrolling()]), panel);
  if (open) byId("mine").open = true;
}

// ---- cards

function drawing() {
  const { store, fresh, reading } = desk, told = made("p", { role: "status", id: "told" }), kept = (store.data.cards || []).length;
  if (fresh) return made("section", {}, made("h2", {}, "打印表决卡"),
    made("p", {}, `${fresh.length} 张卡已经生成，只在打印的纸上，屏幕上不显示。打印后逐张剪开，背面朝上洗匀，代表随意抽一张；不登记谁抽到哪张。`),
    made("div", { class: "row" }, button("打印", () => print(), { class: "main" }), button("都打印好了，忘掉这些卡", putAway)),
    made("p", { class: "note" }, "忘掉以后不能补印；没打印好，就重新生成。"), told);
  const number = made("input", { id: "number", type: "number", min: "1", max: String(MOST_CARDS), inputmode: "numeric", value: reading.manifest ? String(reading.manifest.base) : undefined });
  return made("section", {}, made("h2", {}, "表决卡"),
    made("p", { class: kept ? "good" : "" }, kept ? `这台设备记着 ${kept} 张已打印的卡的公钥。同一次会议的几次表决可以用同一套卡。` : "每位应到的代表一张，在这台设备上生成，用纸打印。"),
    made("label", { for: "number" }, kept ? "重新生成的张数（原来的卡作废）" : "张数"), number,
    made("div", { class: "row" }, button(kept ? "重新生成" : "生成", event => make(Number(number.value), told, event.target))), told);
}
async function make(count, told, pressed) {
  if (!Number.isInteger(count) || count < 1 || count > MOST_CARDS) return say(told, `张数须在 1 至 ${MOST_CARDS} 之间。`);
  pressed.disabled = true;
  const sheet = byId("cards"), { manifest } = desk.reading, made_ = [];
  sheet.replaceChildren();
  for (let i = 0; i < count; i++) {
    const seed = BallotProtocol.randomBytes(16), text = BallotProtocol.cardText(seed);
    made_.push(BallotProtocol.publicOf(BallotProtocol.cardSecret(seed)));
    sheet.append(made("div", { class: "card" }, QrCode.svg(text, "表决卡"), made("div", {},
      made("p", { class: "name" }, "表决卡"), made("p", {}, manifest ? `${manifest.organ}　${manifest.session}` : ""), made("p", { class: "text" }, groups(text.slice(3))),
      made("p", {}, "谁拿着这张卡，谁就能按键。只供本人当场使用，不要拍照，不要给别人看。"))));
    if (i % 20 === 19) { say(told, `正在生成：${i + 1} / ${count}`); await wait(0); }
  }
  desk.fresh = made_;
  sheet.hidden = false;
  draw();
}
async function putAway() {
  const { store, fresh } = desk;
  byId("cards").replaceChildren();
  byId("cards").hidden = true;
  store.data.cards = fresh.slice().sort();  // sorted: nothing is left of the order in which they were printed
  desk.fresh = null;
  await store.save();
  draw();
}

// ---- roll, presence, paper

function enrolling() {
  const { store, reading, fresh } = desk, cards = store.data.cards || [], told = made("p", { role: "status" }), base = reading.manifest.base;
  const inside = [];
  if (!reading.joint) inside.push(made("p", {}, "监票人生成密钥以后，才能提交名册。"));
  else if (fresh || !cards.length) inside.push(made("p", {}, "先生成、打印表决卡。"));
  else if (cards.length > base) inside.push(made("p", { class: "bad" }, `卡有 ${cards.length} 张，多于应到 ${base} 人，请重新生成。`));
  else inside.push(made("p", {}, `提交 ${cards.length} 张卡的公钥（应到 ${base} 人）。提交以后不能增减。`),
    made("div", { class: "row" }, button("签名并提交名册", () => send("roll", { credentials: cards }, told, "名册已经登记。"), { class: "main" })));
  return made("section", {}, made("h2", {}, "名册"), ...inside, told);
}
function presence() {
  const { roll, present, closed, reading, state } = desk, told = made("p", { role: "status" }), ours = (desk.store.data.cards || []).join() === roll.join();
  const head = [made("h2", {}, "到会人数"), made("p", {}, `名册 ${roll.length} 张卡，法定人数 ${reading.manifest.quorum} 人。${present ? `已登记到会 ${present} 人。` : "还没有登记到会人数。"}须与会议签到的人数一致。`),
    ...(ours ? [] : [made("p", { class: "care" }, "表决板上的名册与这台设备记着的卡不一样。")])];
  if (closed) return made("section", {}, ...head);
  const field = made("input", { id: "present", type: "number", min: "1", max: String(roll.length), inputmode: "numeric", value: String(present || state.present || "") });
  const put = () => {
    const number = Number(field.value);
    if (!Number.isInteger(number) || number < Math.max(1, present) || number > roll.length) return say(told, `到会人数须在 ${Math.max(1, present)} 至 ${roll.length} 之间；只能增加，不能减少。`);
    return send("presence", { present: number }, told, "到会人数已经登记。");
  };
  return made("section", {}, ...head, made("label", { for: "present" }, "实到人数"), field, made("div", { class: "row" }, button("签名并登记", put)), told);
}
function handing() {
  const { opened, closed } = desk, told = made("p", { role: "status", id: "handed" });
  if (!opened || closed) return made("section", {}, made("h2", {}, "发纸票"), made("p", {}, closed ? "表决已经截止，不能再发纸票。" : "宣布开始表决以后，才能发纸票。"));
  const field = made("input", { id: "card", type: "password", autocomplete: "one-time-code" }), next = made("div", { id: "next" });
  const put = async event => {
    event.preventDefault();
    say(told, "");
    next.replaceChildren();
    let credential;
    try { credential = BallotProtocol.publicOf(BallotProtocol.readCard(field.value)); } catch (error) { return say(told, `${error.message}。`); }
    field.value = "";
    try {
      const { state, code } = await desk.hall.json(`standing/?credential=${credential}`);
      if (state === "paper") return say(told, "这张卡已经领过纸票。");
      if (state === "electronic") return say(told, `这张卡已有电子票（查询码 ${groups(code)}）。请本人先在表决器上撤回，再来领纸票。`);
    } catch (error) { return say(told, `${error.message}。`); }
    const go = button("发出纸票", async () => {
      go.disabled = true;
      if (await send("paper", { credential }, told, "已登记发出一张纸票，这张卡不能再按表决器。")) next.replaceChildren();
      go.disabled = false;
    }, { class: "main" });
    next.replaceChildren(made("p", {}, "这张卡还没有投票，可以发给一张纸票。发出以后，这张卡不能再按表决器。"), made("div", { class: "row" }, go));
    go.focus();
  };
  return made("section", {}, made("h2", {}, "发纸票"), made("form", { onsubmit: put }, made("label", { for: "card" }, "表决卡"), field,
    made("p", { class: "note" }, "把卡上的二维码对准扫码枪，或者键入 32 个字母和数字。卡上的内容不离开这台设备。"), made("div", { class: "row" }, made("button", {}, "读卡"))), next, told);
}

function run() {
  if (!desk.hall) return show("没有指明是哪一次表决", made("p", {}, "请从会场的链接打开本页。"));
  addEventListener("beforeunload", event => { if (desk.fresh) event.preventDefault(); });
  keyScreens(desk.store, follow, { mine: "签到组的钥匙", lost: LOST });
}
run();
