// QR codes (ISO/IEC 18004), error correction M, versions 1 to 40, capital letters and digits or bytes; no library.
const QrCode = (() => {
  const PER_BLOCK = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, ...Array(19).fill(28)];
  const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49];
  const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

  const exp = new Uint8Array(512), log = new Uint8Array(256);  // powers of 2 in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1
  for (let i = 0, x = 1; i < 255; i++, x = x << 1 ^ (x & 128 ? 0x11d : 0)) { exp[i] = exp[i + 255] = x; log[x] = i; }
  const times = (a, b) => a && b ? exp[log[a] + log[b]] : 0;

  function remainder(data, degree) {  // of data · x^degree divided by (x - 1)(x - 2)(x - 4)…
    let divisor = [1];
    for (let i = 0; i < degree; i++) divisor = [...divisor, 0].map((one, at) => one ^ times(at ? divisor[at - 1] : 0, exp[i]));
    const rest = new Uint8Array(degree);
    for (const one of data) {
      const factor = one ^ rest[0];
      rest.copyWithin(0, 1);
      rest[degree - 1] = 0;
      for (let i = 0; i < degree; i++) rest[i] ^= times(divisor[i + 1], factor);
    }
    return rest;
  }

  const sizeOf = version => 17 + 4 * version;
  function places(version) {  // centres of the small squares
    if (version === 1) return [];
    const count = Math.floor(version / 7) + 2, last = sizeOf(version) - 7;
    const step = version === 32 ? 26 : Math.ceil((last - 6) / (count - 1) / 2) * 2;
    return [6, ...Array.from({ length: count - 1 }, (_, i) => last - (count - 2 - i) * step)];
  }
  function room(version) {  // bytes for data and correction
    const size = sizeOf(version), count = places(version).length;
    const fixed = 3 * 64 + 2 * 15 + 1 + 2 * (size - 16) + (count ? 25 * (count * count - 3) - 10 * (count - 2) : 0) + (version >= 7 ? 36 : 0);
    return Math.floor((size * size - fixed) / 8);
  }
  const dataRoom = version => room(version) - PER_BLOCK[version - 1] * BLOCKS[version - 1];

  function bitsOf(text, version) {
    const bits = [], put = (value, count) => { for (let i = count - 1; i >= 0; i--) bits.push(value >>> i & 1); };
    const group = version < 10 ? 0 : version < 27 ? 1 : 2;
    if ([...text].every(one => LETTERS.includes(one))) {
      put(2, 4);
      put(text.length, [9, 11, 13][group]);
      for (let i = 0; i < text.length; i += 2) {
        const first = LETTERS.indexOf(text[i]);
        if (i + 1 < text.length) put(45 * first + LETTERS.indexOf(text[i + 1]), 11);
        else put(first, 6);
      }
    } else {
      const bytes = new TextEncoder().encode(text);
      put(4, 4);
      put(bytes.length, [8, 16, 16][group]);
      for (const one of bytes) put(one, 8);
    }
    return bits;
  }
  function codewords(text, version) {  // null when there is no room
    const bits = bitsOf(text, version), most = 8 * dataRoom(version);
    if (bits.length > most) return null;
    bits.push(...Array(Math.min(4, most - bits.length)).fill(0));
    while (bits.length % 8) bits.push(0);
    const data = [];
    for (let i = 0; i < bits.length; i += 8) data.push(parseInt(bits.slice(i, i + 8).join(""), 2));
    for (let pad = 0xec; data.length < most / 8; pad ^= 0xec ^ 0x11) data.push(pad);
    const count = BLOCKS[version - 1], degree = PER_BLOCK[version - 1], short = count - data.length % count, blocks = [];
    for (let i = 0, at = 0; i < count; i++) {
      const length = Math.floor(data.length / count) + (i < short ? 0 : 1);
      blocks.push(data.slice(at, at + length));
      at += length;
    }
    const corrections = blocks.map(block => remainder(block, degree)), whole = [];
    for (let i = 0; i <= blocks[0].length; i++) for (const block of blocks) if (i < block.length) whole.push(block[i]);
    for (let i = 0; i < degree; i++) for (const one of corrections) whole.push(one[i]);
    return whole;
  }

  const MASKS = [
    (x, y) => (x + y) % 2, (x, y) => y % 2, x => x % 3, (x, y) => (x + y) % 3, (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
    (x, y) => x * y % 2 + x * y % 3, (x, y) => (x * y % 2 + x * y % 3) % 2, (x, y) => ((x + y) % 2 + x * y % 3) % 2,
  ];
  function checked(value, shift, divisor, top) {  // value with the remainder of its division by a polynomial behind it
    let rest = value << shift;
    for (let bit = top; bit >= shift; bit--) if (rest >>> bit & 1) rest ^= divisor << (bit - shift);
    return value << shift | rest;
  }

  function drawn(version, whole, mask) {
    const size = sizeOf(version), dark = Array.from({ length: size }, () => new Uint8Array(size)), fixed = Array.from({ length: size }, () => new Uint8Array(size));
    const set = (x, y, value) => { if (x >= 0 && y >= 0 && x < size && y < size) { dark[y][x] = value ? 1 : 0; fixed[y][x] = 1; } };
    for (let i = 0; i < size; i++) { set(6, i, i % 2 === 0); set(i, 6, i % 2 === 0); }
    for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
      for (let dy = -4; dy <= 4; dy++) for (let dx = -4; dx <= 4; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        set(cx + dx, cy + dy, ring !== 2 && ring !== 4);
      }
    }
    const centres = places(version), last = centres.length - 1;
    centres.forEach((cx, i) => centres.forEach((cy, j) => {
      if (i === 0 && j === 0 || i === 0 && j === last || i === last && j === 0) return;
      for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
    }));
    const format = checked(mask, 10, 0x537, 14) ^ 0x5412, bit = i => format >>> i & 1;  // level M is written 00
    for (let i = 0; i < 15; i++) {
      if (i < 8) set(size - 1 - i, 8, bit(i)); else set(8, size - 15 + i, bit(i));
      if (i < 6) set(8, i, bit(i)); else if (i < 8) set(8, i + 1, bit(i)); else if (i === 8) set(7, 8, bit(i)); else set(14 - i, 8, bit(i));
    }
    set(8, size - 8, 1);
    if (version >= 7) {
      const written = checked(version, 12, 0x1f25, 17);
      for (let i = 0; i < 18; i++) {
        const a = size - 11 + i % 3, b = Math.floor(i / 3);
        set(a, b, written >>> i & 1);
        set(b, a, written >>> i & 1);
      }
    }
    let at = 0;
    for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
      if (right === 6) right = 5;
      for (let step = 0; step < size; step++) {
        const y = up ? size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (fixed[y][x]) continue;
          const value = at < 8 * whole.length ? whole[at >> 3] >>> (7 - (at & 7)) & 1 : 0;
          dark[y][x] = value ^ (MASKS[mask](x, y) === 0 ? 1 : 0);
          at++;
        }
      }
    }
    return dark;
  }

  function penalty(dark) {
    const size = dark.length, columns = Array.from({ length: size }, (_, x) => dark.map(row => row[x]));
    let sum = 0, black = 0;
    for (const line of [...dark, ...columns]) {
      const text = Array.from(line).join("");
      for (const run of text.match(/0+|1+/g)) if (run.length >= 5) sum += run.length - 2;
      for (const pattern of [/(?=10111010000)/g, /(?=00001011101)/g]) sum += 40 * (text.match(pattern) || []).length;
    }
    for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
      black += dark[y][x];
      if (x && y && dark[y][x] === dark[y - 1][x] && dark[y][x] === dark[y][x - 1] && dark[y][x] === dark[y - 1][x - 1]) sum += 3;
    }
    return sum + 10 * Math.floor(Math.abs(20 * black - 10 * size * size) / (size * size));
  }

  function make(text, wanted = -1) {  // {version, mask, dark: rows of 0 and 1}
    for (let version = 1; version <= 40; version++) {
      const whole = codewords(text, version);
      if (!whole) continue;
      const tried = MASKS.map((_, mask) => mask).filter(mask => wanted < 0 || mask === wanted).map(mask => ({ version, mask, dark: drawn(version, whole, mask) }));
      return tried.reduce((best, one) => penalty(one.dark) < penalty(best.dark) ? one : best);
    }
    throw new Error("文字太长，放不进一个二维码");
  }
  function svg(text, label) {  // a picture with the quiet border of four
    const { dark } = make(text), size = dark.length + 8, name = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(name, "svg"), path = document.createElementNS(name, "path");
    picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
    picture.setAttribute("class", "qr");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", label);
    picture.setAttribute("shape-rendering", "crispEdges");
    path.setAttribute("d", dark.flatMap((row, y) => Array.from(row, (one, x) => one ? `M${x + 4} ${y + 4}h1v1h-1z` : "")).join(""));
    picture.append(path);
    return picture;
  }
  return { make, svg };
})();
