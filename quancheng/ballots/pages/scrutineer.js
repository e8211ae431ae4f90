// A scrutineer's own device: four rounds of the joint key, then the whole board judged here, the sums opened once,
// and the count of the paper ballots signed. What is posted is kept first: a lost answer is asked again with the same.
const POLL = 5000, STEPS = { commit: "登记承诺", open_key: "公开系数", shares: "给出份额", confirm: "确认公钥" };

const desk = {
  hall: HallServer.here(), store: new KeyStore("scrutineer"), state: null, index: 0, drawn: "",
  events: [], reading: new BallotProtocol.Beginning(), sums: null, checked: null, checking: false, broken: "", paper: null, agreed: false, decryption: null,
};
const LOST = "丢了钥匙或者忘了口令，没有人能恢复。生成密钥的四步中少一个人要从头重来；四步完成以后，规定人数（通常五人中的三人）在，仍能计票。请在登记公钥以后马上做备份。";
const eidText = () => BallotProtocol.hex(desk.reading.eid);
const kept = () => desk.store.vote(eidText());
const of = type => desk.events.filter(event => event.type === type);
const own = type => of(type).find(event => event.body.trustee === desk.index);

// ---- following the board

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
    if (desk.index) await tidy();
    if (desk.state.state === "closed" && desk.index && of("paper").length) await askPaper();
    say("trouble", "");
  } catch (error) {
    if (error instanceof BallotProtocol.Fault) desk.broken = `表决板核对不上（${error.message}），不要继续，请告诉秘书处和其他监票人。`;
    say("trouble", desk.broken || `${error.message}，正在重试。`);
  }
  draw();
}
function take(event) {
  desk.reading.take(event);
  desk.events.push(event);
  if (event.type === "manifest") {
    desk.sums = new BallotProtocol.Sums(event.body);
    desk.index = event.body.trustees.findIndex(one => one.key === desk.store.public) + 1;
  }
  desk.sums.take(event);
}
async function tidy() {  // what stands on the board needs no second sending; once the key is made, the identity alone opens
  const { reading, store } = desk, vote = kept(), before = JSON.stringify(vote);
  for (const type of Object.keys(vote.posted || {})) if (own(type)) delete vote.posted[type];
  if (reading.joint) { delete vote.own; delete vote.posted; }
  if (JSON.stringify(vote) !== before) await store.save();
}
async function askPaper() {
  try { desk.paper = await desk.hall.json("paper-count/"); } catch (error) { if (!(error instanceof Refused)) throw error; }
}
async function send(type, body, told) {
  try {
    await desk.hall.post("events/", { type, body });
    say(told, "已登记。");
    await refresh();
  } catch (error) { say(told, `没有登记：${error.message}。${error instanceof Offline ? "可以再按一次，送出的内容不变。" : ""}`); }
}

// ---- the screen: drawn anew only when something on it has changed

function draw() {
  const { state, reading, checked, paper, broken, index } = desk;
  if (!state) return;
  const manifest = reading.manifest;
  say("status", STATES[state.state] + (state.present ? `　到会 ${state.present} 人，已收电子票 ${state.ballots} 张` : ""));
  say("title", manifest ? manifest.title : state.title);
  if (manifest) {
    say("place", `监票人　${manifest.organ}　${manifest.session}`);
    say("eid", groups(eidText()));
  }
  const shown = JSON.stringify([state.state, manifest ? eidText() : "", BallotProtocol.ROUNDS.map(type => reading.rounds[type].size), of("decryption").length, of("paper_count").length, checked, paper, broken, desk.checking]);
  if (shown === desk.drawn) return;
  desk.drawn = shown;
  const open = byId("mine") && byId("mine").open;
  if (!manifest) show("登记公钥", made("p", {}, "表决方案定稿以前，用您的账号登录，登记这台设备的公钥。"), registering(desk.hall, desk.store, "trustee"), keyPanel(desk.store, "监票人"));
  else if (!index) show("这次表决没有登记您的公钥", made("p", {}, "表决方案中的监票人公钥没有一个与这台设备的相同。请核对是不是换了浏览器或者设备；可以从备份恢复。"), keyPanel(desk.store, "监票人"));
  else show(`第 ${index} 位监票人`, ...(reading.joint ? [] : [ceremony()]), ...(reading.joint ? [closing()] : []), ...paperSection(), keyPanel(desk.store, "监票人"));
  if (open) byId("mine").open = true;
}

// ---- the four rounds

function ceremony() {
  const { reading, index } = desk, { ROUNDS } = BallotProtocol, told = made("p", { role: "status" });
  const turn = ROUNDS.find(type => !reading.complete(type)), done = reading.rounds[turn].has(index);
  const rows = reading.manifest.trustees.map((one, place) => made("tr", {}, made("td", {}, `${place + 1}　${one.name}`),
    ...ROUNDS.map(type => made("td", {}, reading.rounds[type].has(place + 1) ? "✓ 已做" : "—"))));
  const table = made("div", { class: "wide" }, made("table", {}, made("thead", {}, made("tr", {}, ...["监票人", ...Object.values(STEPS)].map(word => made("th", { scope: "col" }, word)))), made("tbody", {}, ...rows)));
  const number = ROUNDS.indexOf(turn) + 1;
  const next = done ? made("p", { class: "good" }, `第 ${number} 步您已做完，等其他监票人。`)
    : made("div", { class: "row" }, button(`第 ${number} 步：${STEPS[turn]}`, event => step(turn, told, event.target), { class: "main" }));
  return made("section", {}, made("h2", {}, "共同生成密钥"), made("p", {}, `${reading.manifest.trustees.length} 人都做完四步，密钥才能用；以后 ${reading.manifest.threshold} 人在就能计票。`), next, told, table);
}
async function step(type, told, pressed) {
  const { store, reading, index } = desk, B = BallotProtocol;
  pressed.disabled = true;
  try {
    const vote = kept();
    if (type === "commit" && !vote.own) vote.own = B.newPolynomial(reading.manifest.threshold);
    if (!vote.own && type !== "confirm") throw new B.Fault("own", "这台设备上没有这次表决的系数：备份是在登记承诺以前做的，密钥须从头重做");
    vote.posted ||= {};
    vote.posted[type] ||= B.posted(reading.eid, store.identity, type, {
      commit: () => B.commitBody(reading.eid, index, vote.own),
      open_key: () => B.openKeyBody(reading.eid, index, vote.own),
      shares: () => B.sharesBody(reading.eid, index, vote.own, reading.trustees),
      confirm: () => B.confirmBody(reading, index, store.identity).body,
    }[type]());
    await store.save();
    await send(type, vote.posted[type], told);
  } catch (error) {
    if (!(error instanceof B.Fault)) throw error;
    say(told, `${error.message}。`);
  } finally { pressed.disabled = false; }
}

// ---- after the close

function closing() {
  const { state, checked, reading } = desk, told = made("p", { role: "status", id: "told" });
  const closed = of("close").length > 0;
  if (!closed) return made("section", {}, made("h2", {}, "密钥已经生成"), made("p", { class: "good" }, "四步都已完成。截止以后，请回到本页核验表决板、解密合计。现在适合再做一次备份。"),
    made("p", {}, "公钥"), made("p", { class: "hash" }, groups(BallotProtocol.hex(reading.joint.bytes), 8)));
  if (desk.checking) return made("section", {}, made("h2", {}, "正在核验"), told);
  if (!checked) return made("section", {}, made("h2", {}, "核验表决板"), made("p", {}, "在这台设备上重新核对每个事件、每张票，再把有效票相加。五百张票约需一两分钟，不要关闭本页。"),
    made("div", { class: "row" }, button("开始核验", judge, { class: "main" })), told);
  if (checked.fault) return made("section", {}, made("h2", {}, "核验没有通过"), made("p", { class: "bad" }, `${checked.fault}。不要解密，请告诉秘书处和其他监票人。`));
  const given = of("decryption").length, need = reading.manifest.threshold;
  return made("section", {}, made("h2", {}, "核验通过"),
    made("p", { class: "good" }, `表决板共 ${checked.events} 个事件，有效电子票 ${checked.ballots} 张。两段分别写成的程序算出的合计一致。`),
    made("p", {}, "截止时的根"), made("p", { class: "proof", id: "root" }, groups(checked.root)),
    made("p", {}, "合计摘要"), made("p", { class: "proof", id: "aggregate" }, groups(checked.aggregate)),
    ...(checked.ballots ? [opening(told)] : [made("p", {}, "没有电子票，不需要解密。")]),
    ...(checked.ballots ? [made("p", {}, `已有 ${given} 人给出解密，需要 ${need} 人。`)] : []), told,
    ...(state.state === "announced" ? [made("p", { class: "good" }, "结果已经宣布。任何人都可以用核验程序核对存档。")] : []));
}
function opening(told) {
  if (own("decryption")) return made("p", { class: "good" }, "您已给出解密。同一次表决只解密一次。");
  const sure = made("input", { type: "checkbox", id: "sure", onchange: () => { desk.agreed = sure.checked; go.disabled = !desk.agreed; }, checked: desk.agreed });
  const go = button("解密合计（只此一次）", () => decrypt(told, go), { class: "main", disabled: !desk.agreed });
  return made("div", {}, made("label", { class: "option", for: "sure" }, sure, made("span", {}, "根和合计摘要已与其他监票人当场读出核对，各人一致")), made("div", { class: "row" }, go));
}
async function judge() {
  desk.checking = true;
  draw();
  try { desk.checked = await judged(); } catch (error) { desk.checked = { fault: error.message }; }
  desk.checking = false;
  draw();
}
async function judged() {  // the published verifier's verdict and our own sums, side by side
  const B = BallotProtocol, events = desk.events.slice(), close = events.find(event => event.type === "close");
  const lines = [{ events: events.length, format: "quancheng-ballot-archive/1" }, ...events.map(({ type, body, hash }) => ({ type, body, hash }))];
  const data = new TextEncoder().encode(lines.map(line => B.canonical(line) + "\n").join(""));
  const verdict = await QuanchengBallot.verify(data, "", (done, all) => say("told", `正在核验：第 ${done} 个事件，共 ${all} 个……`));
  if (verdict.bad) return { fault: verdict.bad };
  const sound = verdict.ok || (verdict.code === "unfinished" && verdict.number === events.length);
  if (!sound) return { fault: `第 ${verdict.number} 个事件（${verdict.code}）：${verdict.text}` };
  const rows = await desk.sums.added(async (q, o) => { say("told", `正在相加：第 ${q + 1} 个事项第 ${o + 1} 项……`); await wait(0); });
  const aggregate = B.hex(B.aggregateHash(desk.reading.eid, B.unhex(close.hash), rows));
  if (verdict.root !== close.hash || verdict.aggregate !== aggregate) return { fault: "两段程序算出的合计不一致" };
  desk.rows = rows;
  return { root: close.hash, aggregate, events: events.length, ballots: desk.sums.counted.size };
}
async function decrypt(told, pressed) {
  const { store, reading, index, checked, rows } = desk, B = BallotProtocol, vote = kept();
  pressed.disabled = true;
  try {
    const { root, aggregate } = vote.opened ||= { root: checked.root, aggregate: checked.aggregate };
    if (root !== checked.root || aggregate !== checked.aggregate) throw new B.Fault("decryption", "这台设备已为另一个合计给出过解密，不能再次解密");
    await store.save();  // kept before anything is sent: this device opens one sum of this vote, ever
    if (!desk.decryption) {
      const { share } = B.confirmBody(reading, index, store.identity);
      desk.decryption = B.posted(reading.eid, store.identity, "decryption", B.decryptionBody(reading.eid, B.unhex(root), rows, index, share));
    }
    await send("decryption", desk.decryption, told);
  } catch (error) {
    if (!(error instanceof B.Fault)) throw error;
    say(told, `${error.message}。`);
  } finally { pressed.disabled = false; }
}

// ---- paper

function paperSection() {
  const { paper, reading } = desk, told = made("p", { role: "status" });
  if (of("paper_count").length) return [made("section", {}, made("h2", {}, "纸票"), made("p", { class: "good" }, "纸票的计票已经登记。"))];
  const close = of("close")[0];
  if (!paper || !close) return [];
  const fits = Object.keys(paper).sort().join() === "box,questions,root" && paper.root === close.hash && paper.questions.length === reading.manifest.questions.length;
  if (!fits) return [made("section", {}, made("h2", {}, "纸票"), made("p", { class: "bad" }, "纸票的计票不属于这次表决，不要签名。"))];
  const tables = reading.manifest.questions.flatMap((question, q) => [made("h3", {}, question.title),
    made("p", {}, `有效 ${paper.questions[q].valid} 张，无效 ${paper.questions[q].void} 张`),
    made("table", {}, made("thead", {}, made("tr", {}, made("th", { scope: "col" }, "选项"), made("th", { scope: "col" }, "得票"))),
      made("tbody", {}, ...question.options.map((option, o) => made("tr", {}, made("td", {}, option.title), made("td", {}, String(paper.questions[q].marks[o]))))))]);
  const sign = async () => {
    const { sig } = BallotProtocol.posted(reading.eid, desk.store.identity, "paper_count", paper);
    try {
      await desk.hall.post("paper-signature/", { trustee: desk.index, sig });
      say(told, "已签名。");
      await refresh();
    } catch (error) { say(told, `没有签名：${error.message}。`); }
  };
  return [made("section", {}, made("h2", {}, "纸票的计票"), made("p", {}, `票箱中共 ${paper.box} 张。请与计票人当场唱票的记录逐项核对，无误再签名。`), ...tables,
    made("div", { class: "row" }, button("核对无误，签名", sign, { class: "main" })), told)];
}

function run() {
  if (!desk.hall) return show("没有指明是哪一次表决", made("p", {}, "请从会场的链接打开本页。"));
  keyScreens(desk.store, follow, { mine: "监票人的钥匙", lost: LOST });
}
run();
