import { expect, it } from 'vitest';
import { ChallengeSigner, isSignedBy } from '../src/private/signer.ts';
import { readVectors } from '../src/replay/recording.ts';

interface Vector {
  readonly name: string;
  readonly fields: {
    readonly private_key_hex?: string;
    readonly public_key_64_hex?: string;
    readonly random_hex?: string;
    readonly verify_java_style?: boolean;
  };
  readonly hex: string;
}

const vectors = readVectors('private-topic.json') as readonly Vector[];
const bytes = (hex: string | undefined): Buffer => Buffer.from(hex ?? '', 'hex');

const signatures = vectors.filter(({ name }) => name.startsWith('signature-'));
it.each(signatures)('the raw tools sign as $name', ({ fields, hex }) => {
  const signer = new ChallengeSigner(bytes(fields.private_key_hex));
  expect(signer.publicKey).toBe(fields.public_key_64_hex);
  expect(signer.sign(bytes(fields.random_hex)).toString('hex')).toBe(hex);
});

const judged = vectors.filter(({ fields }) => fields.verify_java_style !== undefined);
it.each(judged)('the raw tools judge $name as the Java SDK does', ({ fields, hex }) => {
  const answer = bytes(hex);
  const isSigned = isSignedBy(fields.public_key_64_hex ?? '', bytes(fields.random_hex), answer);
  expect(isSigned).toBe(fields.verify_java_style);
});
