import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The JDK's own providers that the SDK and the JDK's start need, in the JDK's order. */
const PROVIDERS = [
  'org.bouncycastle.jce.provider.BouncyCastleProvider',
  'SUN',
  'SunRsaSign',
  'SunEC',
  'SunJSSE',
  'SunJCE',
];

/**
 * Writes a file for `-Djava.security.properties` that puts Bouncy Castle first: JDK 16 and later have
 * no secp256k1, and Bouncy Castle has.
 *
 * @returns its path
 */
export function writeProviders(folder: string): string {
  const path = join(folder, 'providers.security');
  const lines = PROVIDERS.map((name, index) => `security.provider.${index + 1}=${name}\n`);
  writeFileSync(path, lines.join(''));
  return path;
}
