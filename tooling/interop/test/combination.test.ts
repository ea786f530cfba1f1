import type { ChainProfile } from '@amop/e2e';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Consortium } from '../src/consortium.ts';
import { newTopic, text } from '../src/content.ts';
import type { Jdk } from '../src/java/jdk.ts';

const java = inject('java');
/** JDKs from this one on have no secp256k1 of their own. */
const WITHOUT_SECP256K1 = 16;
const REFUSED = /Curve not supported: secp256k1/;
/** Java hangs up with its alert still on the way, so that at times only the end is seen. */
const NODE_SAYS =
  /application does not accept this node's certificate|hung up during the TLS handshake/;

interface Combination {
  readonly name: string;
  readonly profile: ChainProfile;
  readonly bouncyCastle: boolean;
  works(jdk: Jdk): boolean;
}

const COMBINATIONS: readonly Combination[] = [
  { name: 'rsa', profile: 'rsa', bouncyCastle: false, works: () => true },
  {
    name: 'secp256k1',
    profile: 'secp256k1',
    bouncyCastle: false,
    works: ({ feature }) => feature < WITHOUT_SECP256K1,
  },
  {
    name: 'secp256k1 with Bouncy Castle first',
    profile: 'secp256k1',
    bouncyCastle: true,
    works: () => true,
  },
  { name: 'p256', profile: 'p256', bouncyCastle: false, works: () => true },
];

for (const { bouncyCastle, name, profile, works } of COMBINATIONS) {
  describe.skipIf(java === null)(name, () => {
    let consortium: Consortium;
    beforeAll(async () => {
      consortium = await Consortium.start(java, { profile });
    });
    afterAll(() => consortium?.stop());

    for (const jdk of java?.jdks ?? []) {
      if (works(jdk)) {
        test(jdk.name, async () => {
          const application = await consortium.java(['A'], { jdk, bouncyCastle });
          const ours = await consortium.ours(['B']);
          const [toJava, toOurs] = [newTopic('to-java'), newTopic('to-ours')];
          await Promise.all([application.subscribe(toJava), ours.subscribe(toOurs)]);
          await consortium.heard(toJava);
          await consortium.heard(toOurs);
          expect((await ours.request(toJava, text('x'))).code).toBe(0);
          expect((await application.request(toOurs, text('x'))).code).toBe(0);
          await application.multicast(toOurs, text('y'));
          await ours.received(toOurs, 2);
          expect(await application.errors()).toEqual([]);
        });
      } else {
        test(`${jdk.name}: the SDK cannot, and says why`, async () => {
          const { A } = consortium.nodes;
          const from = A.output.length;
          await expect(consortium.java(['A'], { jdk, bouncyCastle })).rejects.toThrow(REFUSED);
          await A.printed(NODE_SAYS, from);
        });
      }
    }
  });
}
