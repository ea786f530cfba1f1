import { t as SeededRandom } from "./chunk-CSPn91B0.mjs";
// ../work/main/tooling/simulation/src/plan/draw.ts
/** One of the items. */
function pick(random, items) {
	const item = items[random.below(items.length)];
	if (item === void 0) throw new RangeError("nothing to pick from");
	return item;
}
/** One or more of the items, in a drawn order. */
function some(random, items) {
	return shuffled(random, items.length).slice(0, 1 + random.below(items.length)).flatMap((index) => items[index] ?? []);
}
/** The numbers from 0 to `count - 1` in a drawn order. */
function shuffled(random, count) {
	const order = Array.from({ length: count }, (_, index) => index);
	for (let left = count - 1; left > 0; left -= 1) {
		const other = random.below(left + 1);
		[order[left], order[other]] = [order[other] ?? 0, order[left] ?? 0];
	}
	return order;
}
// ../work/main/tooling/simulation/src/plan/draw-files.ts
/** So many runs of a hundred have transfers, where there are two clients for them: one in four of all. */
const PERCENT = 40;
const EARLY_MS$2 = 600;
/** Bytes of the chunks: the least there are, so that small files have many. */
const CHUNK_BYTES = 1024;
const SIZES$2 = [
	60,
	700,
	1024,
	1025,
	4e3,
	12e3,
	20480,
	4e4
];
const SMALL_SIZES = [
	60,
	700,
	1024,
	3e3
];
const EMPTY_ONE_IN = 8;
const JOIN_MS = [
	2e3,
	5e3,
	2e4
];
const STALL_MS = [
	2e4,
	6e4,
	3e5
];
const RECEIVERS = [
	"takes",
	"takes",
	"takes",
	"renames",
	"decides"
];
const CHANGES = [
	"other",
	"shorter",
	"longer",
	"same"
];
const INTRUDERS = [
	"answers",
	"silent",
	"replays",
	"replays",
	"rubbish"
];
const STRIKES = [
	"crash",
	"crash",
	"crash",
	"power",
	"power",
	"restart",
	"freeze",
	"node",
	"reset",
	"reset",
	"part",
	"full",
	"fails",
	"fails",
	"change",
	"abort",
	"revoke"
];
/** Those that need a file of its sender. */
const AT_SENDER = /* @__PURE__ */ new Set([
	"change",
	"abort",
	"revoke"
]);
const MAX_STRIKES = 6;
const MAX_OPERATIONS = 90;
const MAX_DOWN_MS = 6e3;
const MAX_DECIDE_MS = 4e3;
const MAX_CLOCK_MS = 5e7;
/** Salt of the random source: what plans of other topics draw does not change. */
const SALT$1 = 987621;
/** Transfers, their receivers and what goes wrong with them; in most runs there are none. */
function drawFiles(seed, cast) {
	const random = new SeededRandom(seed ^ SALT$1);
	const nothing = {
		fileTopics: [],
		intruders: [],
		clients: cast.clients,
		steps: []
	};
	if (random.below(100) >= PERCENT) return nothing;
	const drawn = drawUsers(random, cast);
	if (drawn === void 0) return nothing;
	const { clients, users } = drawn;
	const isPrivate = random.below(3) === 0;
	const fileTopics = [{
		name: isPrivate ? "vault" : "drop",
		isPrivate
	}];
	if (random.below(4) === 0) fileTopics.push({
		name: "attic",
		isPrivate: false
	});
	const intruders = Array.from({ length: random.below(3) === 0 ? 1 + random.below(2) : 0 }, (_, index) => ({
		name: `y${index}`,
		node: pick(random, cast.nodes).name,
		manner: pick(random, INTRUDERS)
	}));
	return {
		fileTopics,
		intruders,
		clients,
		steps: fileTopics.flatMap((topic, index) => drawSteps$2(random, cast, {
			...topic,
			isFirst: index === 0
		}, users, intruders))
	};
}
/** Clients that can all reach each other at any of their nodes; rules name the topics that others may use. */
function drawUsers(random, cast) {
	const able = cast.clients.filter(({ forbidden }) => forbidden.length === 0);
	const free = shuffled(random, able.length).flatMap((index) => able[index] ?? []);
	if (free.length < 2) return void 0;
	const base = free.find(({ nodes }) => areTogether(cast, nodes));
	if (base === void 0) return void 0;
	const users = [base];
	for (const client of free) {
		if (client === base) continue;
		if (areTogether(cast, [...users.flatMap((user) => user.nodes), ...client.nodes])) users.push(client);
	}
	const moved = users.length > 1 ? void 0 : free.find((client) => client !== base);
	if (moved !== void 0) users.push(moved);
	return {
		clients: cast.clients.map((client) => client === moved ? {
			...client,
			nodes: base.nodes
		} : client),
		users: users.map(({ name }) => name)
	};
}
/** Nodes of ours, each linked with all others, without a limit of their own. */
function areTogether({ nodes }, names) {
	const dials = (one, other) => nodes.find(({ name }) => name === one)?.dials.includes(other) === true;
	return names.every((one) => {
		const node = nodes.find(({ name }) => name === one);
		if (node === void 0 || node.outgoingBytesPerS !== void 0) return false;
		return names.every((other) => one === other || dials(one, other) || dials(other, one));
	});
}
function drawSteps$2(random, { lengthMs, weather }, { isFirst, isPrivate, name: topic }, users, intruders) {
	const steps = [];
	const add = (atMs, step) => {
		steps.push({
			...step,
			atMs
		});
	};
	const sizes = weather.windowBytes < 1e3 ? SMALL_SIZES : SIZES$2;
	const files = [];
	const count = 1 + random.below(3);
	for (let index = 0; index < count; index += 1) {
		const client = pick(random, users);
		const file = `${topic}${index}`;
		const atMs = random.below(Math.min(lengthMs, 1e4));
		files.push({
			file,
			client,
			atMs
		});
		if (random.below(4) === 0) add(random.below(atMs + 1), {
			kind: "clock",
			who: client,
			byMs: random.below(MAX_CLOCK_MS)
		});
		add(atMs, {
			kind: "file-send",
			client,
			topic,
			file,
			to: random.below(2) === 0 ? "one" : "all",
			bytes: isFirst && index === 0 && random.below(EMPTY_ONE_IN) === 0 ? 0 : pick(random, sizes),
			chunkBytes: CHUNK_BYTES,
			joinMs: pick(random, JOIN_MS),
			stallMs: pick(random, STALL_MS)
		});
	}
	const receivers = some(random, users);
	const senders = new Set(files.map(({ client }) => client));
	if (receivers.length === 1 && receivers.some((name) => senders.has(name))) {
		const other = users.find((name) => !receivers.includes(name));
		if (other !== void 0) receivers.push(other);
	}
	receivers.forEach((client, index) => {
		const isLate = random.below(4) === 0;
		const manner = index > 0 && random.below(6) === 0 ? "refuses" : pick(random, RECEIVERS);
		if (manner === "decides" && random.below(2) === 0) {
			const atMs = pick(random, files).atMs + random.below(MAX_DECIDE_MS);
			add(Math.min(lengthMs - 1, atMs), {
				kind: "file-unreceive",
				client,
				topic
			});
		}
		add(random.below(isLate ? lengthMs : EARLY_MS$2), {
			kind: "file-receive",
			client,
			topic,
			manner,
			maxTransfers: intruders.length === 0 && random.below(4) === 0 ? 1 : 8,
			laid: random.below(3) === 0 ? pick(random, files).file : void 0
		});
	});
	for (let acts = random.below(4); acts > 0; acts -= 1) {
		const { atMs, client, file } = pick(random, files);
		const aroundMs = Math.min(lengthMs - 1, atMs + random.below(3e3));
		const drawn = random.below(8);
		if (drawn < 3) add(aroundMs, {
			kind: "file-change",
			client,
			topic,
			file,
			change: pick(random, CHANGES)
		});
		else if (drawn < 4) add(aroundMs, {
			kind: "file-anew",
			client,
			topic,
			file
		});
		else if (drawn < 5) add(aroundMs, {
			kind: "file-abort",
			client,
			topic,
			file
		});
		else if (drawn < 6) add(aroundMs, {
			kind: "file-unreceive",
			client: pick(random, receivers),
			topic
		});
		else if (isPrivate) {
			const key = Number(pick(random, receivers).slice(1));
			add(aroundMs, {
				kind: "file-revoke",
				client,
				topic,
				key
			});
			if (random.below(2) === 0) add(Math.min(lengthMs - 1, aroundMs + random.below(5e3)), {
				kind: "file-allow",
				client,
				topic,
				key
			});
		}
	}
	const strikes = random.below(3) === 0 ? 0 : 1 + random.below(MAX_STRIKES);
	for (let strike = 0; strike < strikes; strike += 1) {
		const { atMs, client, file } = pick(random, files);
		const manner = pick(random, STRIKES);
		const isAtSender = AT_SENDER.has(manner) || random.below(3) === 0;
		const shiftMs = random.below(4) === 0 ? random.below(5e3) : random.below(150) - 100;
		add(Math.min(lengthMs - 1, Math.max(0, atMs + shiftMs)), {
			kind: "strike",
			who: isAtSender ? client : pick(random, receivers),
			manner,
			afterOperations: random.below(random.below(3) === 0 ? 12 : MAX_OPERATIONS),
			file: isAtSender ? file : void 0,
			change: pick(random, CHANGES),
			forMs: random.below(MAX_DOWN_MS)
		});
	}
	return steps;
}
// ../work/main/tooling/simulation/src/plan/draw-secrets.ts
/** One run in so many has private topics: proofs cost more time than all the rest of a run. */
const ONE_IN = 3;
/** The first is how the second begins: one must not stand for the other (D-10). */
const NAMES = ["deal", "deal_2"];
const PROOFS = [
	"bound",
	"bound",
	"bound",
	"either",
	"original"
];
const BEHAVIOURS$1 = [
	"prompt",
	"prompt",
	"prompt",
	"slow",
	"throws",
	"iterates"
];
const MANNERS$1 = [
	"listens",
	"routed",
	"imitates",
	"relays",
	"unasked",
	"publishes",
	"replays"
];
const SIZES$1 = [
	0,
	60,
	200,
	900,
	9e3
];
const TIMEOUTS_MS$1 = [
	300,
	3e3,
	3e3,
	8e3
];
const EARLY_MS$1 = 600;
const MAX_ACTS$1 = 24;
/** Salt of the random source: what plans of other topics draw does not change. */
const SALT = 6211559;
/** Private topics, who uses them and what happens on them; in most runs there are none. */
function drawSecrets(seed, cast) {
	const random = new SeededRandom(seed ^ SALT);
	if (random.below(ONE_IN) > 0) return {
		secrets: [],
		spies: [],
		sdks: cast.sdks,
		clients: cast.clients,
		steps: []
	};
	const secrets = NAMES.slice(0, 1 + random.below(NAMES.length));
	const clients = isCrowded(random, cast) ? everywhere(cast) : cast.clients;
	const users = clients.filter(({ forbidden }) => forbidden.length === 0);
	const sdks = cast.sdks.map((sdk, index) => {
		if (sdk.sharesWith !== void 0 || random.below(2) > 0) return sdk;
		const secret = {
			topic: pick(random, secrets),
			role: random.below(2) === 0 ? "publishes" : "subscribes",
			key: clients.length + index,
			allows: drawKeys(random, clients.length + cast.sdks.length),
			changesRoutes: random.below(2) === 0
		};
		return {
			...sdk,
			secret
		};
	});
	const spies = Array.from({ length: random.below(4) }, (_, index) => {
		const node = pick(random, cast.nodes).name;
		return {
			name: `x${index}`,
			node,
			topic: pick(random, secrets),
			manner: pick(random, MANNERS$1)
		};
	});
	const keys = clients.length + cast.sdks.length;
	const steps = users.length === 0 ? [] : drawSteps$1(random, {
		...cast,
		clients: users
	}, secrets, keys);
	steps.push(...drawSdkSteps(random, sdks, cast.lengthMs));
	return {
		secrets,
		spies,
		sdks,
		clients,
		steps
	};
}
/** With more than eight subscribers, multicasts have a key for all: each client then has all nodes. */
function isCrowded(random, { nodes }) {
	return random.below(3) === 0 && nodes.length > 2;
}
function everywhere({ clients, nodes, originals }) {
	const names = nodes.map(({ name }) => name).slice(0, 3);
	return clients.map((client) => {
		return originals.some(({ name }) => client.nodes.includes(name)) ? client : {
			...client,
			nodes: [.../* @__PURE__ */ new Set([...client.nodes, ...names])]
		};
	});
}
function drawSteps$1(random, { clients, lengthMs }, secrets, keys) {
	const steps = [];
	const add = (atMs, step) => {
		steps.push({
			...step,
			atMs
		});
	};
	const subscribe = (client, topic) => ({
		kind: "secret-subscribe",
		client,
		topic,
		behaviour: pick(random, BEHAVIOURS$1),
		trusts: random.below(3) === 0 ? drawKeys(random, keys) : void 0
	});
	const open = (client, topic) => ({
		kind: "secret-open",
		client,
		topic,
		proof: pick(random, PROOFS),
		allows: drawKeys(random, keys)
	});
	for (const topic of secrets) {
		add(random.below(EARLY_MS$1), open(pick(random, clients).name, topic));
		for (const { name } of clients) {
			if (random.below(4) > 0) add(random.below(EARLY_MS$1), subscribe(name, topic));
			if (random.below(4) === 0) add(random.below(EARLY_MS$1), open(name, topic));
		}
	}
	const acts = 6 + random.below(MAX_ACTS$1);
	for (let count = 0; count < acts; count += 1) {
		const client = pick(random, clients).name;
		const topic = pick(random, secrets);
		const of = {
			client,
			topic
		};
		const atMs = random.below(lengthMs);
		const drawn = random.below(20);
		if (drawn < 7) {
			const timeoutMs = pick(random, TIMEOUTS_MS$1);
			add(atMs, {
				kind: "secret-request",
				...of,
				bytes: pick(random, SIZES$1),
				timeoutMs
			});
		} else if (drawn < 12) add(atMs, {
			kind: "secret-publish",
			...of,
			bytes: pick(random, SIZES$1)
		});
		else if (drawn < 14) add(atMs, {
			kind: "secret-revoke",
			...of,
			key: random.below(keys)
		});
		else if (drawn < 16) add(atMs, {
			kind: "secret-allow",
			...of,
			key: random.below(keys)
		});
		else if (drawn < 17) add(atMs, {
			kind: "secret-unsubscribe",
			...of
		});
		else if (drawn < 18) add(atMs, subscribe(client, topic));
		else if (drawn < 19) add(atMs, open(client, topic));
		else add(atMs, {
			kind: "secret-close",
			...of
		});
	}
	return steps;
}
function drawSdkSteps(random, sdks, lengthMs) {
	return sdks.flatMap(({ name: client, secret }) => {
		if (secret === void 0) return [];
		const of = {
			client,
			topic: secret.topic
		};
		return Array.from({ length: 1 + random.below(5) }, () => {
			const atMs = random.below(lengthMs);
			if (secret.role === "subscribes") return {
				kind: "secret-touch",
				...of,
				atMs
			};
			const bytes = pick(random, SIZES$1);
			return random.below(2) === 0 ? {
				kind: "secret-request",
				...of,
				bytes,
				timeoutMs: 5e3,
				atMs
			} : {
				kind: "secret-publish",
				...of,
				bytes,
				atMs
			};
		});
	});
}
/** Most keys, all of them in one case of two. */
function drawKeys(random, keys) {
	const all = Array.from({ length: keys }, (_, key) => key);
	return (random.below(2) === 0 ? all : some(random, all)).sort((one, other) => one - other);
}
// ../work/main/tooling/simulation/src/plan/draw-steps.ts
const BEHAVIOURS = [
	"prompt",
	"prompt",
	"prompt",
	"slow",
	"silent",
	"throws",
	"iterates",
	"declines"
];
const MANNERS = [
	"garbage",
	"mutated",
	"half-frame",
	"liar",
	"deaf",
	"flood"
];
const SIZES = [
	0,
	60,
	60,
	200,
	200,
	900,
	2e3,
	9e3,
	7e4
];
const TIMEOUTS_MS = [
	50,
	300,
	1e3,
	3e3,
	3e3,
	8e3,
	4e4
];
const MAX_ACTS = 90;
const MAX_FAULTS = 9;
const MAX_FAULT_MS = 12e3;
/** Subscriptions of the beginning come within this time, in ms. */
const EARLY_MS = 400;
/** What happens in a plan, in the order of time. */
function drawSteps(random, cast) {
	const steps = [];
	let id = 0;
	const add = (atMs, step) => {
		steps.push({
			id,
			atMs,
			...step
		});
		id += 1;
	};
	for (const { name: client } of cast.clients) for (const topic of cast.topics) {
		if (random.below(2) === 0) continue;
		add(random.below(EARLY_MS), {
			kind: "subscribe",
			client,
			topic,
			behaviour: pick(random, BEHAVIOURS)
		});
	}
	const acts = 5 + random.below(MAX_ACTS);
	for (let count = 0; count < acts; count += 1) add(random.below(cast.lengthMs), drawAct(random, cast));
	const faults = random.below(8) === 0 ? 0 : 1 + random.below(MAX_FAULTS);
	for (let count = 0; count < faults; count += 1) {
		const fault = drawFault(random, cast);
		if (fault !== void 0) add(random.below(cast.lengthMs), fault);
	}
	return steps.sort((one, other) => one.atMs - other.atMs || one.id - other.id);
}
function drawAct(random, { clients, originals, sdks, topics }) {
	const subscribers = clients.map(({ name }) => name);
	const senders = [
		...subscribers,
		...subscribers,
		...sdks.map(nameOf),
		...originals.map(nameOf)
	];
	const topic = pick(random, topics);
	const client = pick(random, senders);
	const drawn = random.below(20);
	if (drawn < 9) {
		const isAborted = random.below(12) === 0;
		return {
			kind: "request",
			client,
			topic,
			bytes: pick(random, SIZES),
			timeoutMs: pick(random, TIMEOUTS_MS),
			abortAfterMs: isAborted ? random.below(200) : void 0
		};
	}
	if (drawn < 13) return {
		kind: "publish",
		client,
		topic,
		bytes: pick(random, SIZES)
	};
	if (drawn < 15) {
		const form = random.below(2) === 0 ? "request" : "publish";
		const [count, bytes] = random.below(4) === 0 ? [10 + random.below(40), 9e3] : [2 + random.below(12), 150];
		return {
			kind: "burst",
			client,
			topic,
			isMixed: random.below(3) === 0,
			count,
			bytes,
			form
		};
	}
	const subscriber = pick(random, subscribers);
	if (drawn < 18) return {
		kind: "subscribe",
		client: subscriber,
		topic,
		behaviour: pick(random, BEHAVIOURS)
	};
	return {
		kind: "unsubscribe",
		client: subscriber,
		topic
	};
}
function drawFault(random, cast) {
	const { clients, nodes, originals, sdks } = cast;
	const machines = [...nodes, ...originals].map(nameOf);
	const own = [...nodes, ...clients].map(nameOf);
	const between = pick(random, [
		...pairsOf(machines),
		...clients.flatMap(({ name, nodes: at }) => at.map((node) => [name, node])),
		...sdks.map(({ name, node }) => [name, node])
	]);
	const forMs = random.below(MAX_FAULT_MS);
	const who = pick(random, own);
	switch (random.below(11)) {
		case 0:
		case 1: return {
			kind: "reset",
			between
		};
		case 2: {
			const [from, to] = random.below(2) === 0 ? between : [between[1], between[0]];
			return {
				kind: "cut",
				from,
				to,
				forMs
			};
		}
		case 3: return {
			kind: "part",
			between,
			forMs: random.below(3) === 0 ? 3 * forMs : forMs
		};
		case 4: return {
			kind: "freeze",
			who,
			forMs
		};
		case 5:
		case 6: return {
			kind: "crash",
			who,
			forMs,
			silent: random.below(3) === 0
		};
		case 7: return {
			kind: "restart",
			who,
			forMs
		};
		case 8: return random.below(2) === 0 ? {
			kind: "clock",
			who,
			byMs: (random.below(2) === 0 ? 1 : -1) * random.below(1e8)
		} : {
			kind: "reload",
			who: pick(random, nodes).name
		};
		case 9: return {
			kind: "slow",
			factor: 2 + random.below(30),
			forMs
		};
		default: return {
			kind: "hostile",
			at: pick(random, nodes).name,
			port: random.below(2) === 0 ? "channel" : "p2p",
			manner: pick(random, MANNERS),
			seed: random.below(1e6)
		};
	}
}
function pairsOf(names) {
	const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other]));
	const [first = ""] = names;
	return pairs.length > 0 ? pairs : [[first, first]];
}
function nameOf({ name }) {
	return name;
}
// ../work/main/tooling/simulation/src/plan/generate-plan.ts
const TOPICS = [
	"prices",
	"orders",
	"结算",
	"news"
];
const MIN_LENGTH_MS = 3e3;
const QUIET_MS = 9e4;
/** The plan that follows from a seed. */
function generatePlan(seed) {
	const random = new SeededRandom(seed);
	const topics = TOPICS.slice(0, 1 + random.below(TOPICS.length));
	const nodeNames = names("n", 1 + random.below(4));
	const originalNames = random.below(4) === 0 ? names("o", 1 + random.below(2)) : [];
	const ranks = shuffled(random, nodeNames.length + originalNames.length);
	const rankOf = (index) => ranks[index] ?? 0;
	const dials = drawDials(random, [...nodeNames, ...originalNames]);
	const nodes = nodeNames.map((name, index) => ({
		name,
		dials: dials.get(name) ?? [],
		compress: random.below(4) === 0,
		rank: rankOf(index),
		tight: random.below(4) === 0,
		outgoingBytesPerS: random.below(12) === 0 ? 2e4 : void 0
	}));
	const originals = originalNames.map((name, index) => ({
		name,
		dials: dials.get(name) ?? [],
		rank: rankOf(nodeNames.length + index),
		topics: some(random, topics),
		behaviour: pick(random, [
			"prompt",
			"prompt",
			"slow",
			"silent"
		])
	}));
	const clients = names("c", 1 + random.below(5)).map((name) => {
		const at = some(random, [...nodeNames, ...originalNames]).slice(0, random.below(3) === 0 ? 3 : 1);
		return {
			name,
			nodes: at,
			forbidden: at.every((node) => nodeNames.includes(node)) && random.below(8) === 0 ? some(random, topics) : [],
			tight: random.below(4) === 0
		};
	});
	const lengthMs = MIN_LENGTH_MS + random.below(22e3);
	const cast = {
		seed,
		topics,
		nodes,
		originals,
		clients,
		sdks: drawSdks(random, topics, nodeNames),
		weather: drawWeather(random),
		lengthMs,
		quietMs: random.below(4) === 0 ? QUIET_MS : 0,
		firstToEnd: pick(random, ["clients", "nodes"])
	};
	const { steps: secretSteps, ...drawn } = drawSecrets(seed, cast);
	const { steps: fileSteps, ...withFiles } = drawFiles(seed, {
		...cast,
		...drawn
	});
	const whole = {
		...cast,
		...drawn,
		...withFiles
	};
	const steps = drawSteps(random, whole);
	const firstId = steps.length;
	const added = [...secretSteps, ...fileSteps];
	const all = [...steps, ...added.map((step, index) => ({
		id: firstId + index,
		...step
	}))];
	return {
		...whole,
		steps: all.sort((one, other) => one.atMs - other.atMs || one.id - other.id)
	};
}
/** Who dials whom: every two nodes as a rule, sometimes a chain; from one side or from both. */
function drawDials(random, all) {
	const dials = new Map(all.map((name) => [name, []]));
	const isChain = random.below(5) === 0;
	const isMutual = random.below(2) === 0;
	all.forEach((one, index) => {
		const others = isChain ? all.slice(index + 1, index + 2) : all.slice(index + 1);
		for (const other of others) {
			const [dialler, dialled] = random.below(2) === 0 ? [one, other] : [other, one];
			dials.get(dialler)?.push(dialled);
			if (isMutual) dials.get(dialled)?.push(dialler);
		}
	});
	return dials;
}
function drawSdks(random, topics, nodes) {
	if (random.below(3) > 0) return [];
	return names("s", 1 + random.below(4)).map((name, index) => ({
		name,
		node: pick(random, nodes),
		topics: some(random, topics),
		behaviour: pick(random, [
			"prompt",
			"prompt",
			"prompt",
			"slow",
			"silent"
		]),
		sharesWith: index > 0 && random.below(4) === 0 ? "s0" : void 0
	}));
}
function drawWeather(random) {
	const minDelayMs = pick(random, [
		0,
		0,
		1,
		5,
		20
	]);
	const maxDelayMs = minDelayMs + pick(random, [
		0,
		1,
		10,
		60
	]);
	const isFar = maxDelayMs > 5;
	return {
		minDelayMs,
		maxDelayMs,
		drainDelayMs: pick(random, isFar ? [
			0,
			0,
			2,
			30
		] : [
			0,
			0,
			1,
			2
		]),
		windowBytes: pick(random, isFar ? [
			65536,
			65536,
			16384
		] : [
			65536,
			65536,
			4096,
			300
		]),
		split: pick(random, [
			"whole",
			"random",
			"random",
			"bytes"
		])
	};
}
function names(letter, count) {
	return Array.from({ length: count }, (_, index) => `${letter}${index}`);
}
export { generatePlan };

//# sourceMappingURL=plan.mjs.map