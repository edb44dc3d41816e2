// Numbers from a seed, the same in oracle and probe (probe.cpp, class dice).
'use strict';

// FNV-1a of the text's UTF-8 bytes.
function hash_of(text) {
  let h = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) h = Math.imul(h ^ byte, 0x01000193) >>> 0;
  return h;
}

// xorshift32 (Marsaglia 2003).
class dice {
  constructor(seed) {
    this.state = seed >>> 0 || 1;
    for (let i = 0; i < 4; ++i) this.next();
  }
  next() {
    let x = this.state;
    x = (x ^ (x << 13)) >>> 0;
    x = (x ^ (x >>> 17)) >>> 0;
    x = (x ^ (x << 5)) >>> 0;
    return (this.state = x);
  }
  below(n) {
    return this.next() % n;
  }
  percent(n) {
    return this.below(100) < n;
  }
  one_of(list) {
    return list[this.below(list.length)];
  }
}

module.exports = { dice, hash_of };
