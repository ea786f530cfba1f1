// An application that sends handshakes (0x14) as fast as it can.
import { encodeFrame, HANDSHAKE, HEARTBEAT, RawChannel } from '../raw-channel.mjs';
import { readSdk } from '../raw-tls.mjs';
import { inScene, inWords } from './scene.mjs';

const HANDSHAKES = 100_000;
const AT_ONCE = 500;
const P99_LIMIT_MS = 500;
const LONGEST_LIMIT_MS = 1_000;
const LIMIT_MIB = 300;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export function checkManyHandshakes() {
  const check = `many-handshakes: an application sends ${HANDSHAKES} 0x14 as fast as it can`;
  const limit = `p99 < ${P99_LIMIT_MS}, longest < ${LONGEST_LIMIT_MS} ms (read as fast as it takes answers: high_water_bytes), < ${LIMIT_MIB} MiB`;
  return inScene({ check, limit }, async (scene) => {
    const attacker = scene.worker(import.meta.url);
    const tookMs = await attacker.call('handshakeAgainAndAgain', scene.node);
    const times = await scene.times();
    const { peak } = scene.memory();
    return {
      measured: `${((HANDSHAKES / tookMs) * 1000).toFixed(0)} a second; ${inWords(scene, times)}; peak ${peak.toFixed(0)} MiB`,
      holds: times.failed.length === 0 && peak < LIMIT_MIB,
      inTime: times.p99 < P99_LIMIT_MS && times.longest < LONGEST_LIMIT_MS,
    };
  });
}

// In the process of the attacker

export async function handshakeAgainAndAgain({ port, sdkFolder }) {
  const channel = await RawChannel.connect(port, readSdk(sdkFolder));
  const offer = JSON.stringify({ minimumSupport: 1, maximumSupport: 3, clientType: 'hostile' });
  const frames = Buffer.concat(
    Array.from({ length: AT_ONCE }, () => encodeFrame(HANDSHAKE, offer)),
  );
  const from = performance.now();
  for (let sent = 0; sent < HANDSHAKES; sent += AT_ONCE) await channel.write(frames);
  await channel.call(HEARTBEAT, '0');
  return performance.now() - from;
}
