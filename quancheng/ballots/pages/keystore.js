// A person's own key on his own device: encrypted behind a passphrase, kept in this browser, saved to a file or a code.
class KeyStore {
  static FORMAT = "quancheng-key/1";
  static ROUNDS = 600000;  // of PBKDF2 over SHA-256
  constructor(role) { this.role = role; this.slot = `quancheng-${role}`; this.data = null; this.lock = null; this.salt = null; }

  static usable() { return Boolean(globalThis.isSecureContext && crypto.subtle && globalThis.localStorage); }
  stored() { return localStorage.getItem(this.slot); }
  get identity() { return BallotProtocol.scalar(this.data.identity); }
  get public() { return BallotProtocol.publicOf(this.identity); }
  vote(eid) { return this.data.votes[eid] ||= {}; }  // what this device keeps of one vote

  async lockFor(passphrase, salt, rounds) {
    const words = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
    return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, words, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }
  about() { return new TextEncoder().encode(`${KeyStore.FORMAT} ${this.role}`); }
  async create(passphrase) {
    this.salt = BallotProtocol.randomBytes(16);
    this.lock = await this.lockFor(passphrase, this.salt, KeyStore.ROUNDS);
    this.data = { identity: BallotProtocol.written(BallotProtocol.draw()), votes: {} };
    await this.save();
  }
  async save() {
    const iv = BallotProtocol.randomBytes(12), { hex } = BallotProtocol, plain = new TextEncoder().encode(JSON.stringify(this.data));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: this.about() }, this.lock, plain);
    const kept = { format: KeyStore.FORMAT, role: this.role, rounds: KeyStore.ROUNDS, salt: hex(this.salt), iv: hex(iv), data: btoa(Array.from(new Uint8Array(sealed), one => String.fromCharCode(one)).join("")) };
    localStorage.setItem(this.slot, JSON.stringify(kept));
  }
  async open(passphrase, text = this.stored()) {  // Fault("passphrase"), Fault("backup")
    const bad = () => { throw new BallotProtocol.Fault("backup", "这不是本页做出的钥匙备份，或者没有复制完整"); };
    let kept;
    try { kept = JSON.parse(text); } catch { bad(); }
    if (!kept || kept.format !== KeyStore.FORMAT || kept.role !== this.role || kept.rounds !== KeyStore.ROUNDS) bad();
    if (!/^[0-9a-f]{32}$/.test(kept.salt) || !/^[0-9a-f]{24}$/.test(kept.iv)) bad();
    const salt = BallotProtocol.unhex(kept.salt), lock = await this.lockFor(passphrase, salt, kept.rounds);
    let plain;
    try {
      const sealed = Uint8Array.from(atob(kept.data), one => one.charCodeAt(0));
      plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: BallotProtocol.unhex(kept.iv), additionalData: this.about() }, lock, sealed);
    } catch { throw new BallotProtocol.Fault("passphrase", "口令不对，或者备份有损坏"); }
    Object.assign(this, { data: JSON.parse(new TextDecoder().decode(plain)), lock, salt });
  }
  async restore(text, passphrase) {
    await this.open(passphrase, text.trim());
    await this.save();
  }
  close() { this.data = this.lock = null; }
}

// The screens of a key: make, restore, unlock; then `ready` is called.
function keyScreens(store, ready, words) {
  const SHORTEST = 10;
  const secret = (id, label) => [made("label", { for: id }, label), made("input", { id, type: "password", autocomplete: "off" })];
  const fault = () => made("p", { class: "bad", role: "alert" });
  function form(place, submit, ...inside) {
    const go = inside.find(one => one.tagName === "BUTTON");
    return made("form", { onsubmit: async event => {
      event.preventDefault();
      say(place, "");
      go.disabled = true;
      try { await submit(); } catch (error) {
        if (!(error instanceof BallotProtocol.Fault)) throw error;
        say(place, `${error.message}。`);
      } finally { go.disabled = false; }
    } }, ...inside.filter(one => one !== go), place, made("div", { class: "row" }, go));
  }
  function restoring() {
    const bad = fault(), text = made("textarea", { id: "backup", rows: "4", spellcheck: "false" }), file = made("input", { id: "file", type: "file" });
    file.addEventListener("change", async () => { if (file.files[0]) text.value = await file.files[0].text(); });
    return made("details", {}, made("summary", {}, "从备份恢复"), form(bad, async () => {
      await store.restore(text.value, byId("old").value);
      ready();
    }, made("label", { for: "file" }, "备份文件"), file, made("label", { for: "backup" }, "或者粘贴备份文字"), text, ...secret("old", "做备份时的口令"), made("button", {}, "恢复")));
  }
  if (!KeyStore.usable()) return show("这个浏览器不能保管钥匙", made("p", { class: "bad" }, "请用 https 地址打开本页，并且不要用无痕窗口。"));
  if (store.stored()) {
    const bad = fault();
    return show(`打开${words.mine}`, form(bad, async () => { await store.open(byId("pass").value); ready(); }, ...secret("pass", "口令"), made("button", { class: "main" }, "打开")),
      made("p", { class: "note" }, "口令没有人能找回。"), restoring());
  }
  const bad = fault();
  show(`建立${words.mine}`, made("p", {}, `${words.mine}在这台设备上生成，用口令加密后存在这个浏览器里，不发给任何人。只有公钥要登记。`),
    made("p", { class: "care" }, words.lost),
    form(bad, async () => {
      const pass = byId("pass").value;
      if ([...pass].length < SHORTEST) throw new BallotProtocol.Fault("short", `口令至少 ${SHORTEST} 个字符，可以是一句话的拼音`);
      if (pass !== byId("twice").value) throw new BallotProtocol.Fault("twice", "两次口令不一样");
      await store.create(pass);
      navigator.storage?.persist?.().catch(() => {});
      ready();
    }, ...secret("pass", `口令（至少 ${SHORTEST} 个字符）`), ...secret("twice", "再输一次口令"), made("button", { class: "main" }, "生成")), restoring());
}

// What stands on every screen of an open key: the public key, its backup, locking.
function keyPanel(store, role) {
  const told = made("p", { role: "status" }), code = made("div", {}), written = made("p", { class: "hash", id: "backup-text" });
  const fill = () => {
    const text = store.stored();
    say(written, text);
    code.replaceChildren(text.length <= 1400 ? QrCode.svg(text, "备份的二维码") : made("p", { class: "note" }, "备份太长，放不进二维码，请保存为文件。"));
  };
  const save = () => {
    const url = URL.createObjectURL(new Blob([store.stored()], { type: "text/plain" })), link = made("a", { href: url, download: `${role}-备份.txt` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    say(told, "备份文件已经交给浏览器保存。请放在另一处，与口令分开。");
  };
  return made("details", { id: "mine", ontoggle: fill }, made("summary", {}, `${role}的钥匙：公钥、备份、锁上`),
    made("p", {}, "公钥"), made("p", { class: "hash", id: "public" }, groups(store.public, 8)),
    made("p", {}, "备份是加密的，恢复时要用现在的口令。保存为文件，或者打印、拍下这个二维码："), code,
    made("details", {}, made("summary", {}, "备份文字"), written),
    made("div", { class: "row" }, button("保存备份文件", save), button("锁上", () => location.reload())), told);
}

// Registers a key before the manifest is frozen; who is the how-manyeth, the server knows from the account.
function registering(hall, store, role) {
  const told = made("p", { role: "status" });
  const send = async () => {
    try {
      const { number } = await hall.post("keys/", { role, number: 0, key: store.public });
      say(told, `公钥已经登记${role === "trustee" ? `为第 ${number} 位监票人` : ""}。定稿后请与公布的表决方案中的公钥核对。`);
    } catch (error) { say(told, `没有登记：${error.message}。`); }
  };
  return made("div", {}, made("div", { class: "row" }, button("登记公钥", send, { class: "main" })), told);
}
