// ../work/main/tooling/testkit/src/seeded-random.ts
const TWO_TO_32 = 4294967296;
/** Random numbers that are the same for the same seed. Never for keys. */
var SeededRandom = class {
	#a;
	#b;
	#c;
	#counter = 1;
	/** @param seed any integer; print it with a failing test */
	constructor(seed = 1) {
		this.#a = seed >>> 0;
		this.#b = Math.floor(seed / TWO_TO_32) >>> 0;
		this.#c = 2654435769;
		for (let round = 0; round < 12; round += 1) this.#next();
	}
	bytes(count) {
		const bytes = new Uint8Array(count);
		for (let index = 0; index < count; index += 1) bytes[index] = this.#next() >>> 24;
		return bytes;
	}
	below(limit) {
		if (!Number.isInteger(limit) || limit < 1 || limit > TWO_TO_32) throw new RangeError(`limit must be an integer from 1 to 2^32, not ${limit}`);
		const usable = TWO_TO_32 - TWO_TO_32 % limit;
		for (;;) {
			const drawn = this.#next();
			if (drawn < usable) return drawn % limit;
		}
	}
	/** One step of sfc32 (C. Doty-Humphrey, PractRand): small, fast and without visible patterns. */
	#next() {
		const sum = this.#a + this.#b + this.#counter >>> 0;
		this.#counter = this.#counter + 1 >>> 0;
		this.#a = (this.#b ^ this.#b >>> 9) >>> 0;
		this.#b = this.#c + (this.#c << 3) >>> 0;
		this.#c = (this.#c << 21 | this.#c >>> 11) + sum >>> 0;
		return sum;
	}
};
export { SeededRandom as t };

//# sourceMappingURL=chunk-CSPn91B0.mjs.map