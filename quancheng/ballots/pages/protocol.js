"use strict";
// The prover's side of docs/ballots.md: what a voter, a scrutineer or a registrar computes on a device of his own.
// Written apart from verifier.html and from the Python code; one file, no library, arithmetic in BigInt, whose time
// depends on its numbers: secrets are handled only on devices that belong to their owners.
const BallotProtocol = (() => {
  const VERSION = "quancheng-ballot/1";

  class Fault extends Error {
    constructor(code, text) { super(text); this.code = code; }
  }
  const demand = (good, code, text) => { if (!good) throw new Fault(code, text); };

  // ---- bytes
  const encoder = new TextEncoder();
  const HEX_PAIR = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));
  const hex = bytes => { let text = ""; for (const one of bytes) text += HEX_PAIR[one]; return text; };
  function unhex(text) {
    const bytes = new Uint8Array(text.length / 2);
    for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
    return bytes;
  }
  const reversed = text => text.match(/../g).reverse().join("");
  const fromLittle = bytes => BigInt("0x" + reversed(hex(bytes)));
  const toLittle = number => unhex(reversed(number.toString(16).padStart(64, "0")));
  const written = scalar => hex(toLittle(scalar));

  function packed(parts) {  // bytes, text, whole numbers: each behind its length
    const pieces = parts.map(part => {
      if (typeof part === "string") return encoder.encode(part);
      if (typeof part !== "number") return part;
      const made = new DataView(new ArrayBuffer(8));
      made.setUint32(0, Math.floor(part / 0x100000000));
      made.setUint32(4, part % 0x100000000);
      return new Uint8Array(made.buffer);
    });
    const whole = new Uint8Array(pieces.reduce((sum, one) => sum + 4 + one.length, 0)), view = new DataView(whole.buffer);
    let at = 0;
    for (const one of pieces) {
      view.setUint32(at, one.length);
      whole.set(one, at + 4);
      at += 4 + one.length;
    }
    return whole;
  }

  const KEY = /^[a-z][a-z0-9_]{0,31}$/;
  function canonical(value, depth = 8) {  // one way to write a value, as text
    demand(depth >= 0, "canonical", "嵌套过深");
    if (Array.isArray(value)) return `[${value.map(one => canonical(one, depth - 1)).join(",")}]`;
    switch (typeof value) {
      case "boolean": return String(value);
      case "number":
        demand(Number.isSafeInteger(value), "canonical", "数字不合规范");
        return JSON.stringify(value);
      case "string":
        demand(!/\p{Surrogate}/u.test(value), "canonical", "文字编码有误");
        return JSON.stringify(value);
      case "object":
        if (value !== null) {
          const keys = Object.keys(value).sort();
          demand(keys.every(key => KEY.test(key)), "canonical", "键名不合规范");
          return `{${keys.map(key => `"${key}":${canonical(value[key], depth - 1)}`).join(",")}}`;
        }
    }
    throw new Fault("canonical", "含有不允许的值");
  }
  const canonicalBytes = value => encoder.encode(canonical(value));

  // ---- SHA-256 and SHA-512: their constants are the first bits of roots of the first primes
  function constants() {
    const primes = [];
    for (let n = 2n; primes.length < 80; n++) if (primes.every(p => n % p)) primes.push(n);
    const bits = (prime, power) => {  // 64 bits after the point of the root, found bit by bit
      const wanted = prime << (64n * power);
      let found = 0n;
      for (let bit = 1n << 75n; bit; bit >>= 1n) if ((found + bit) ** power <= wanted) found += bit;
      return found;
    };
    const halves = list => list.map(n => [Number((n >> 32n) & 0xffffffffn), Number(n & 0xffffffffn)]);
    return [halves(primes.map(p => bits(p, 3n))), halves(primes.slice(0, 8).map(p => bits(p, 2n)))];
  }
  const [ROUND, FIRST] = constants();
  const ROUND_HIGH = Uint32Array.from(ROUND, n => n[0]), ROUND_LOW = Uint32Array.from(ROUND, n => n[1]);

  function blocks(data, size) {  // padded with a one, zeros and the length
    const whole = new Uint8Array(Math.ceil((data.length + 1 + size / 8) / size) * size), view = new DataView(whole.buffer);
    whole.set(data);
    whole[data.length] = 0x80;
    view.setUint32(whole.length - 8, Math.floor(data.length / 0x20000000));
    view.setUint32(whole.length - 4, (data.length << 3) >>> 0);
    return view;
  }

  function sha256(data) {
    const view = blocks(data, 64), w = new Int32Array(64), state = Int32Array.from(FIRST, n => n[0]);
    for (let at = 0; at < view.byteLength; at += 64) {
      for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
      for (let i = 16; i < 64; i++) {
        const p = w[i - 15], q = w[i - 2];
        const s0 = (p >>> 7 | p << 25) ^ (p >>> 18 | p << 14) ^ p >>> 3;
        const s1 = (q >>> 17 | q << 15) ^ (q >>> 19 | q << 13) ^ q >>> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
      }
      let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
      for (let i = 0; i < 64; i++) {
        const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
        const t1 = h + s1 + (g ^ e & (f ^ g)) + ROUND_HIGH[i] + w[i] | 0;
        const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
        const t2 = s0 + (a & b | c & (a | b)) | 0;
        h = g; g = f; f = e; e = d + t1 | 0; d = c; c = b; b = a; a = t1 + t2 | 0;
      }
      state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
    }
    const made = new DataView(new ArrayBuffer(32));
    state.forEach((one, i) => made.setInt32(4 * i, one));
    return new Uint8Array(made.buffer);
  }

  function sha512(data) {  // 64-bit words as pairs of halves; sums of low halves stay exact in a double
    const view = blocks(data, 128), wh = new Uint32Array(80), wl = new Uint32Array(80), BIT32 = 0x100000000;
    const sh = Uint32Array.from(FIRST, n => n[0]), sl = Uint32Array.from(FIRST, n => n[1]);
    const vh = new Uint32Array(8), vl = new Uint32Array(8);
    for (let at = 0; at < view.byteLength; at += 128) {
      for (let i = 0; i < 16; i++) { wh[i] = view.getUint32(at + 8 * i); wl[i] = view.getUint32(at + 8 * i + 4); }
      for (let i = 16; i < 80; i++) {
        const ph = wh[i - 15], pl = wl[i - 15], qh = wh[i - 2], ql = wl[i - 2];
        const low = wl[i - 16] + wl[i - 7]
          + (((pl >>> 1 | ph << 31) ^ (pl >>> 8 | ph << 24) ^ (pl >>> 7 | ph << 25)) >>> 0)
          + (((ql >>> 19 | qh << 13) ^ (qh >>> 29 | ql << 3) ^ (ql >>> 6 | qh << 26)) >>> 0);
        wh[i] = wh[i - 16] + wh[i - 7] + Math.floor(low / BIT32)
          + ((ph >>> 1 | pl << 31) ^ (ph >>> 8 | pl << 24) ^ ph >>> 7)
          + ((qh >>> 19 | ql << 13) ^ (ql >>> 29 | qh << 3) ^ qh >>> 6);
        wl[i] = low;
      }
      vh.set(sh);
      vl.set(sl);
      for (let i = 0; i < 80; i++) {
        const eh = vh[4], el = vl[4], ah = vh[0], al = vl[0];
        const low1 = vl[7] + ROUND_LOW[i] + wl[i] + ((vl[6] ^ el & (vl[5] ^ vl[6])) >>> 0)
          + (((el >>> 14 | eh << 18) ^ (el >>> 18 | eh << 14) ^ (eh >>> 9 | el << 23)) >>> 0);
        const high1 = vh[7] + ROUND_HIGH[i] + wh[i] + Math.floor(low1 / BIT32) + (vh[6] ^ eh & (vh[5] ^ vh[6]))
          + ((eh >>> 14 | el << 18) ^ (eh >>> 18 | el << 14) ^ (el >>> 9 | eh << 23));
        const low2 = ((al & vl[1] | vl[2] & (al | vl[1])) >>> 0)
          + (((al >>> 28 | ah << 4) ^ (ah >>> 2 | al << 30) ^ (ah >>> 7 | al << 25)) >>> 0);
        const high2 = (ah & vh[1] | vh[2] & (ah | vh[1])) + Math.floor(low2 / BIT32)
          + ((ah >>> 28 | al << 4) ^ (al >>> 2 | ah << 30) ^ (al >>> 7 | ah << 25));
        vh.copyWithin(1, 0, 7);
        vl.copyWithin(1, 0, 7);
        const lowE = vl[4] + (low1 >>> 0), lowA = (low1 >>> 0) + (low2 >>> 0);
        vh[4] = vh[4] + high1 + Math.floor(lowE / BIT32);
        vl[4] = lowE;
        vh[0] = high1 + high2 + Math.floor(lowA / BIT32);
        vl[0] = lowA;
      }
      for (let i = 0; i < 8; i++) {
        const low = sl[i] + vl[i];
        sh[i] = sh[i] + vh[i] + Math.floor(low / BIT32);
        sl[i] = low;
      }
    }
    const made = new DataView(new ArrayBuffer(64));
    sh.forEach((one, i) => { made.setUint32(8 * i, one); made.setUint32(8 * i + 4, sl[i]); });
    return new Uint8Array(made.buffer);
  }

  // ---- the field of 2^255 - 19: products below 2^255 + 2^10, differences made positive by adding a multiple of P
  const P = (1n << 255n) - 19n, P2 = 2n * P, P4 = 4n * P, LOW255 = (1n << 255n) - 1n;
  function times(a, b) {
    const product = a * b, once = (product & LOW255) + 19n * (product >> 255n);
    return (once & LOW255) + 19n * (once >> 255n);
  }
  const square = a => times(a, a);
  const reduced = a => { const rest = a % P; return rest < 0n ? rest + P : rest; };
  const isOdd = a => (reduced(a) & 1n) === 1n;
  const even = a => { const rest = reduced(a); return rest & 1n ? P - rest : rest; };  // the "absolute value" of the RFC
  function squares(a, count) { for (let i = 0; i < count; i++) a = times(a, a); return a; }
  function ladder(x) {  // x^(2^250 - 1) and x^11, from which both exponents below are made
    const x2 = square(x), x9 = times(squares(x2, 2), x), x11 = times(x9, x2), p5 = times(square(x11), x9);
    const p10 = times(squares(p5, 5), p5), p20 = times(squares(p10, 10), p10), p40 = times(squares(p20, 20), p20);
    const p50 = times(squares(p40, 10), p10), p100 = times(squares(p50, 50), p50);
    const p200 = times(squares(p100, 100), p100);
    return [times(squares(p200, 50), p50), x11];
  }
  const inverse = x => { const [p250, x11] = ladder(x); return times(squares(p250, 5), x11); };  // x^(P - 2)
  const rootPower = x => times(squares(ladder(x)[0], 2), x);  // x^((P - 5) / 8)
  const D = reduced(-121665n * inverse(121666n)), D2 = reduced(2n * D);
  const I = reduced(squares(rootPower(2n), 1) * 2n);  // 2^((P - 1) / 4), a root of -1
  function inverseRoot(v) {  // whether v is a square, and its inverse root (or that of I·v), the even one
    const v3 = times(square(v), v);
    const root = times(v3, rootPower(times(square(v3), v))), check = reduced(times(v, square(root)));
    const straight = check === 1n, flipped = check === P - 1n;
    return [straight || flipped, even(flipped || check === P - I ? times(root, I) : root)];
  }

  // ---- points of the curve in extended coordinates, and ristretto255 (RFC 9496) over them
  const NEUTRAL = { x: 0n, y: 1n, z: 1n, t: 0n };
  function plus(p, q) {
    const a = times(p.y - p.x + P2, q.y - q.x + P2), b = times(p.y + p.x, q.y + q.x);
    const c = times(times(p.t, q.t), D2), d = 2n * times(p.z, q.z);
    const e = b - a + P4, f = d - c + P4, g = d + c, h = b + a;
    return { x: times(e, f), y: times(g, h), z: times(f, g), t: times(e, h) };
  }
  function twice(p) {
    const a = square(p.x), b = square(p.y), c = 2n * square(p.z);
    const h = a + b, e = h - square(p.x + p.y) + P4, g = a - b + P4, f = c + g;
    return { x: times(e, f), y: times(g, h), z: times(f, g), t: times(e, h) };
  }
  const negated = p => ({ x: P2 - reduced(p.x), y: p.y, z: p.z, t: P2 - reduced(p.t) });
  const minus = (p, q) => plus(p, negated(q));
  const INVERSE_ROOT_A_D = inverseRoot(reduced(-1n - D))[1];

  function encoded(p) {
    const u1 = times(p.z + p.y, p.z - p.y + P2), u2 = times(p.x, p.y);
    const root = inverseRoot(times(u1, square(u2)))[1], one = times(root, u1), two = times(root, u2);
    const zInverse = times(times(one, two), p.t), turned = isOdd(times(p.t, zInverse));
    const x = turned ? times(p.y, I) : p.x, y = turned ? times(p.x, I) : p.y;
    const by = turned ? times(one, INVERSE_ROOT_A_D) : two;
    return toLittle(even(times(by, isOdd(times(x, zInverse)) ? p.z + y : p.z - y + P2)));
  }
  function decoded(bytes) {  // null for what is not the one encoding of an element
    const s = fromLittle(bytes);
    if (s >= P || s & 1n) return null;
    const ss = square(s), u1 = reduced(1n - ss), u2 = 1n + ss, u22 = square(u2);
    const v = reduced(-times(D, square(u1)) - u22), [isSquare, root] = inverseRoot(times(v, u22));
    const dx = times(root, u2), dy = times(times(root, dx), v);
    const x = even(times(2n * s, dx)), y = reduced(times(u1, dy)), t = reduced(times(x, y));
    return isSquare && !(t & 1n) && y !== 0n ? { x, y, z: 1n, t } : null;
  }

  const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
  const modulo = n => { const rest = n % ORDER; return rest < 0n ? rest + ORDER : rest; };
  function scaled(n, p) {  // n·p for any point, four bits at a time
    const table = [NEUTRAL, p];
    for (let i = 2; i < 16; i++) table.push(plus(table[i - 1], p));
    let sum = NEUTRAL;
    for (const digit of modulo(n).toString(16)) {
      sum = plus(twice(twice(twice(twice(sum)))), table[parseInt(digit, 16)]);
    }
    return sum;
  }

  const WINDOW = 6, HALF = 1 << (WINDOW - 1), WINDOWS = Math.ceil(254 / WINDOW);
  class Base {  // a point that is multiplied often: 43 rows of 1 … 32 times 64^i·p, ready for adding
    constructor(point, bytes = encoded(point)) { this.point = point; this.bytes = bytes; this.rows = null; }
    prepare() {
      const points = [];
      for (let row = 0, start = this.point; row < WINDOWS; row++) {
        for (let i = 0, sum = start; i < HALF; i++, sum = plus(sum, start)) points.push(sum);
        start = twice(points[points.length - 1]);
      }
      const before = [1n];  // one inversion for all: products up to each, then backwards
      for (const one of points) before.push(times(before[before.length - 1], one.z));
      let rest = inverse(before[points.length]);
      for (let i = points.length - 1; i >= 0; i--) {
        const zi = times(rest, before[i]), x = times(points[i].x, zi), y = times(points[i].y, zi);
        rest = times(rest, points[i].z);
        points[i] = { sum: reduced(y + x), difference: reduced(y - x), product: times(times(x, y), D2) };
      }
      this.rows = points;
      return this;
    }
    times(n) {
      if (!this.rows) this.prepare();
      const bytes = toLittle(modulo(n));
      let x = 0n, y = 1n, z = 1n, t = 0n, carry = 0;
      for (let row = 0; row < WINDOWS; row++) {
        const bit = row * WINDOW, at = bit >> 3;
        let digit = (((bytes[at] | (bytes[at + 1] || 0) << 8) >> (bit & 7)) & (2 * HALF - 1)) + carry;
        carry = digit > HALF ? 1 : 0;
        if (carry) digit -= 2 * HALF;
        if (digit === 0) continue;
        const entry = this.rows[row * HALF + Math.abs(digit) - 1], swap = digit < 0;
        const a = times(y - x + P2, swap ? entry.sum : entry.difference);
        const b = times(y + x, swap ? entry.difference : entry.sum), c = times(t, entry.product), d = 2n * z;
        const e = b - a + P4, f = swap ? d + c : d - c + P4, g = swap ? d - c + P4 : d + c, h = b + a;
        x = times(e, f); y = times(g, h); z = times(f, g); t = times(e, h);
      }
      return { x, y, z, t };
    }
  }

  const HEX32 = /^[0-9a-f]{64}$/;
  function element(text) {  // a point with its bytes; the neutral element is refused
    const point = typeof text === "string" && HEX32.test(text) && !/^0+$/.test(text) ? decoded(unhex(text)) : null;
    demand(point, "point", "不是群中的元素");
    return new Base(point, unhex(text));
  }
  function scalar(text) {
    demand(typeof text === "string" && HEX32.test(text), "scalar", "标量的写法不对");
    const number = fromLittle(unhex(text));
    demand(number < ORDER, "scalar", "标量不是最简写法");
    return number;
  }
  const GENERATOR = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
  const G = element(GENERATOR);
  const DESCRIPTION = `ristretto255 RFC 9496; order ${ORDER}; generator ${GENERATOR}; SHA-512`;
  const sumOf = points => points.reduce(plus, NEUTRAL);
  const isNeutral = point => encoded(point).every(one => one === 0);

  // ---- hashes, randomness, signatures
  const digest = (label, ...parts) => sha256(packed([VERSION, label, ...parts]));
  const challenge = (label, ...parts) => fromLittle(sha512(packed([VERSION, DESCRIPTION, label, ...parts]))) % ORDER;
  const randomBytes = count => crypto.getRandomValues(new Uint8Array(count));
  function draw() {  // uniform over 1 … order - 1 up to 2^-259: 512 random bits reduced; zero is drawn again
    for (;;) {
      const number = fromLittle(randomBytes(64)) % ORDER;
      if (number) return number;
    }
  }
  const publicOf = secret => hex(encoded(G.times(secret)));
  function sign(secret, label, context, from = draw) {
    const w = from(), c = challenge(label, encoded(G.times(secret)), ...context, encoded(G.times(w)));
    return [written(c), written(modulo(w + c * secret))];
  }
  function signs(key, signature, label, context) {  // key: what element() gave
    demand(Array.isArray(signature) && signature.length === 2, "scalar", "标量个数不对");
    const [c, z] = signature.map(scalar);
    return c === challenge(label, key.bytes, ...context, encoded(minus(G.times(z), scaled(c, key.point))));
  }
  const without = (body, field) => { const rest = { ...body }; delete rest[field]; return canonicalBytes(rest); };
  function posted(eid, secret, type, body, from = draw) {  // the body with the signature of whoever posts it
    return { ...body, sig: sign(secret, "posted", [eid, type, canonicalBytes(body)], from) };
  }
  const wasPosted = (eid, key, type, body) => signs(key, body.sig, "posted", [eid, type, without(body, "sig")]);
  const chained = (before, type, body) => digest("event", before, type, canonicalBytes(body));
  const eidOf = manifest => sha256(canonicalBytes(manifest));

  // ---- ballots
  // All multiplications are by G or by the joint key Y: whoever knows r can make the simulated branches from them too.
  function proveOneOf(key, cipher, number, r, values, label, context, from) {
    const challenges = values.map(() => from()), answers = values.map(() => from()), w = from();
    const at = values.indexOf(number), commitments = [];
    values.forEach((value, i) => {
      const s = i === at ? w : modulo(answers[i] - challenges[i] * r);
      let second = key.times(s);  // z·Y - c·(b - v·G) = (z - c·r)·Y + c·(v - m)·G
      if (i !== at) second = plus(second, G.times(challenges[i] * BigInt(value - number)));
      commitments.push(encoded(G.times(s)), encoded(second));
    });
    const whole = challenge(label, ...context, key.bytes, cipher.a, cipher.b, values.length, ...values, ...commitments);
    challenges[at] = modulo(whole - challenges.reduce((sum, c) => sum + c, 0n) + challenges[at]);
    answers[at] = modulo(w + challenges[at] * r);
    return [...challenges, ...answers].map(written);
  }
  function encrypt(key, number, r) {
    const hidden = key.times(r);
    return { a: G.times(r), b: number ? plus(G.times(BigInt(number)), hidden) : hidden };
  }
  const asBytes = cipher => ({ a: encoded(cipher.a), b: encoded(cipher.b) });

  // `vote` is {manifest, eid, joint}: joint a Base. Marks: for each question a 0 or 1 for each option.
  function makeBallot(vote, secret, seq, marks, from = draw) {
    const { manifest, eid, joint } = vote, credential = encoded(G.times(secret)), answers = [], openings = [];
    demand(marks.length === manifest.questions.length, "marks", "事项数目不对");
    manifest.questions.forEach((question, q) => {
      const given = marks[q], chosen = given.reduce((sum, mark) => sum + mark, 0), choices = [], opened = [], ciphers = [];
      demand(given.length === question.options.length && given.every(mark => mark === 0 || mark === 1), "marks", "选项数目不对");
      demand(chosen >= question.min && chosen <= question.max, "marks", "所选数目不合规定");
      let whole = 0n;
      given.forEach((mark, o) => {
        const r = from(), cipher = encrypt(joint, mark, r), bytes = asBytes(cipher);
        const proof = proveOneOf(joint, bytes, mark, r, [0, 1], "mark", [eid, credential, q, o], from);
        choices.push({ a: hex(bytes.a), b: hex(bytes.b), proof });
        opened.push({ number: mark, r: written(r) });
        ciphers.push(cipher);
        whole += r;
      });
      const sums = asBytes({ a: sumOf(ciphers.map(one => one.a)), b: sumOf(ciphers.map(one => one.b)) });
      const values = Array.from({ length: question.max - question.min + 1 }, (_, i) => question.min + i);
      const sum = proveOneOf(joint, sums, chosen, modulo(whole), values, "number of marks", [eid, credential, q], from);
      answers.push({ choices, sum });
      openings.push(opened);
    });
    const body = { credential: hex(credential), seq, answers };
    body.sig = sign(secret, "ballot", [eid, canonicalBytes(body)], from);
    const tracker = trackerOf(eid, body);
    return { ballot: body, openings, tracker, code: short(tracker) };
  }
  const trackerOf = (eid, ballot) => hex(digest("tracker", eid, canonicalBytes(ballot)));
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  function base32(bytes) {  // whole groups of five bytes
    let text = "";
    for (let i = 0; i < bytes.length; i += 5) {
      let group = 0n;
      for (const one of bytes.subarray(i, i + 5)) group = group << 8n | BigInt(one);
      for (let shift = 35n; shift >= 0n; shift -= 5n) text += LETTERS[Number(group >> shift & 31n)];
    }
    return text;
  }
  const short = tracker => base32(unhex(tracker.slice(0, 10)));
  function withdrawal(vote, secret, tracker, from = draw) {
    return { credential: publicOf(secret), tracker, sig: sign(secret, "withdraw", [vote.eid, tracker], from) };
  }
  function holdsReceipt(vote, receipt, tracker) {  // that the board signed to have this ballot at this place
    try {
      const context = [vote.eid, receipt.number, unhex(receipt.hash), tracker];
      return receipt.tracker === tracker && receipt.code === short(tracker)
        && signs(element(vote.manifest.board), receipt.sig, "receipt", context);
    } catch { return false; }
  }

  // ---- cards: 16 random bytes and a check, 32 letters and digits; the secret is hashed from the bytes
  const CARD_MARK = "QC1", check = seed => digest("card check", seed).subarray(0, 4);
  const cardText = seed => CARD_MARK + base32(Uint8Array.of(...seed, ...check(seed)));
  function readCard(text) {  // the secret, or Fault("card")
    const plain = text.normalize("NFKC").toUpperCase().replace(/[^A-Z0-9]/g, "").replace(/0/g, "O").replace(/1/g, "I").replace(/8/g, "B");
    const body = plain.startsWith("QCI") ? plain.slice(3) : plain, places = [...body].map(one => LETTERS.indexOf(one));
    demand(places.length === 32 && !places.includes(-1), "card", "卡上的字符没有读全，或者这不是表决卡");
    const number = places.reduce((sum, five) => sum << 5n | BigInt(five), 0n);
    const bytes = unhex(number.toString(16).padStart(40, "0")), seed = bytes.subarray(0, 16);
    demand(hex(check(seed)) === hex(bytes.subarray(16)), "card", "卡上的字符读错了，请再扫一次或者逐个核对");
    return cardSecret(seed);
  }
  const cardSecret = seed => challenge("card", seed);

  // ---- the board as far as the confirmed key, judged on this device
  const ROUNDS = ["commit", "open_key", "shares", "confirm"];
  class Beginning {
    constructor() {
      this.head = new Uint8Array(32); this.number = 0; this.manifest = null; this.eid = null; this.joint = null;
      this.rounds = { commit: new Map(), open_key: new Map(), shares: new Map(), confirm: new Map() };
      this.points = new Map();
    }
    take(event) {  // {number, type, body, hash}
      const hash = chained(this.head, event.type, event.body);
      demand(hex(hash) === event.hash && event.number === this.number, "chain", "与前一事件的哈希对不上");
      if (event.type === "manifest") this.begin(event.body);
      else if (ROUNDS.includes(event.type)) this.round(event.type, event.body);
      this.head = hash;
      this.number++;
    }
    begin(manifest) {
      demand(!this.manifest && manifest.version === VERSION && manifest.suite === "ristretto255" && manifest.group === DESCRIPTION, "manifest", "版本或者密码参数不是本软件规定的");
      const keys = [...manifest.trustees.map(one => one.key), manifest.registrar, manifest.board], n = manifest.trustees.length;
      demand(manifest.threshold >= 2 && manifest.threshold <= n && n <= 9, "manifest", "监票人人数或者门限不对");
      demand(new Set(keys).size === keys.length, "manifest", "两个角色用了同一把钥匙");
      this.trustees = manifest.trustees.map(one => element(one.key));
      this.manifest = manifest;
      this.eid = eidOf(manifest);
    }
    complete(type) { return this.manifest && this.rounds[type].size === this.trustees.length; }
    round(type, body) {
      const place = ROUNDS.indexOf(type), index = body.trustee;
      demand(this.manifest && (!place || this.complete(ROUNDS[place - 1])), "keys", "前一轮还有监票人没有登记");
      demand(this.trustees[index - 1] && !this.rounds[type].has(index), "keys", "监票人的序号不对或者重复");
      demand(wasPosted(this.eid, this.trustees[index - 1], type, body), "signature", `第 ${index} 位监票人的签名不对`);
      if (type === "open_key") this.open(index, body);
      if (type === "confirm") this.confirm(index, body);
      this.rounds[type].set(index, body);
    }
    open(index, body) {
      const points = body.points.map(element), all = points.map(one => one.bytes);
      const sealed = digest("key commitment", this.eid, index, unhex(body.nonce), all.length, ...all);
      demand(points.length === this.manifest.threshold && hex(sealed) === this.rounds.commit.get(index).commitment, "keys", "公开的系数与先前的承诺不符");
      demand(signs(points[0], body.proof, "key", [this.eid, index, ...all]), "keys", "不能证明持有密钥");
      this.points.set(index, points.map(one => one.point));
    }
    sum() {
      const joint = sumOf([...this.points.values()].map(points => points[0]));
      demand(!isNeutral(joint), "keys", "合成的公钥无效");
      return joint;
    }
    share(index) { return sumOf([...this.points.values()].map(points => evaluated(points, index))); }
    confirm(index, body) {
      if (!this.whole) this.whole = new Base(this.sum());
      const own = hex(encoded(this.share(index)));
      demand(body.joint === hex(this.whole.bytes) && body.own === own, "keys", "监票人确认的公钥与各人公开的系数不符");
      if (this.rounds.confirm.size === this.trustees.length - 1) this.joint = this.whole;
    }
  }
  const evaluated = (points, x) => points.reduceRight((sum, point) => plus(scaled(BigInt(x), sum), point), NEUTRAL);

  // ---- scrutineers: a polynomial each, shares for the others, opening the sums once
  const newPolynomial = (threshold, from = draw) => ({
    coefficients: Array.from({ length: threshold }, () => written(from())), nonce: hex(randomBytes(32)),
  });
  const pointsOf = own => own.coefficients.map(one => encoded(G.times(scalar(one))));
  function commitBody(eid, index, own) {
    const points = pointsOf(own);
    return { trustee: index, commitment: hex(digest("key commitment", eid, index, unhex(own.nonce), points.length, ...points)) };
  }
  function openKeyBody(eid, index, own, from = draw) {
    const points = pointsOf(own), proof = sign(scalar(own.coefficients[0]), "key", [eid, index, ...points], from);
    return { trustee: index, points: points.map(hex), nonce: own.nonce, proof };
  }
  const mask = (eid, sender, receiver, point, shared) => challenge("share", eid, sender, receiver, point, encoded(shared));
  function sharesBody(eid, index, own, trustees, from = draw) {  // trustees: what element() gave for each key
    const coefficients = own.coefficients.map(scalar);
    const shares = trustees.map((key, place) => {
      const receiver = place + 1, r = from(), point = encoded(G.times(r));
      const value = coefficients.reduceRight((sum, one) => modulo(sum * BigInt(receiver) + one), 0n);
      return { point: hex(point), masked: written(modulo(value + mask(eid, index, receiver, point, scaled(r, key.point)))) };
    });
    return { trustee: index, shares };
  }
  function confirmBody(beginning, index, identity) {  // checks every share; gives the body and the secret share
    let secret = 0n;
    for (const [sender, body] of beginning.rounds.shares) {
      const given = body.shares[index - 1], point = element(given.point);
      const value = modulo(scalar(given.masked) - mask(beginning.eid, sender, index, point.bytes, scaled(identity, point.point)));
      const good = hex(encoded(G.times(value))) === hex(encoded(evaluated(beginning.points.get(sender), index)));
      demand(good, "share", `第 ${sender} 位监票人给出的份额与其公开的系数不符，须重新生成密钥`);
      secret += value;
    }
    const body = { trustee: index, joint: hex(encoded(beginning.sum())), own: hex(encoded(beginning.share(index))) };
    return { body, share: written(modulo(secret)) };
  }
  class Sums {  // what stands in the count: for each credential its last ballot, added up option by option
    constructor(manifest) { this.manifest = manifest; this.counted = new Map(); }
    take(event) {
      if (event.type === "cast") this.counted.set(event.body.ballot.credential, event.body.ballot.answers);
      if (event.type === "withdraw") this.counted.delete(event.body.credential);
    }
    async added(progress = async () => {}) {  // [[{a, b}, …], …] as hex; empty without ballots
      const rows = [];
      for (const [q, question] of this.manifest.questions.entries()) {
        const row = [];
        for (const o of question.options.keys()) {
          let a = NEUTRAL, b = NEUTRAL;
          for (const answers of this.counted.values()) {
            const choice = answers[q].choices[o];
            a = plus(a, element(choice.a).point);
            b = plus(b, element(choice.b).point);
          }
          row.push({ a: hex(encoded(a)), b: hex(encoded(b)) });
          await progress(q, o);
        }
        rows.push(row);
      }
      return this.counted.size ? rows : [];
    }
  }
  const aggregateHash = (eid, root, rows) => digest("aggregate", eid, root, canonicalBytes(rows));
  function proveSame(secret, other, label, context, from = draw) {  // other: what element() gave
    const raised = encoded(scaled(secret, other.point)), w = from();
    const c = challenge(label, ...context, encoded(G.times(secret)), other.bytes, raised, encoded(G.times(w)), encoded(scaled(w, other.point)));
    return { value: hex(raised), proof: [written(c), written(modulo(w + c * secret))] };
  }
  function decryptionBody(eid, root, rows, index, share, from = draw) {
    const secret = scalar(share), aggregate = hex(aggregateHash(eid, root, rows));
    const partials = rows.map((row, q) => row.map(({ a }, o) => proveSame(secret, element(a), "decryption", [eid, root, index, q, o], from)));
    return { trustee: index, root: hex(root), aggregate, partials };
  }

  return {
    Fault, Beginning, Sums, ROUNDS, VERSION, DESCRIPTION, ORDER, G, Base,
    hex, unhex, written, packed, canonical, sha256, sha512, digest, challenge, randomBytes, draw, element, scalar, encoded, scaled, plus,
    publicOf, sign, signs, posted, wasPosted, chained, eidOf, makeBallot, trackerOf, short, withdrawal, holdsReceipt,
    cardText, readCard, cardSecret, newPolynomial, commitBody, openKeyBody, sharesBody, confirmBody, aggregateHash, decryptionBody,
  };
})();
