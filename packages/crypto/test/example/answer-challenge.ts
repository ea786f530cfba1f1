import { formatPublicKeyPem, generateKeyPair, parsePublicKey, sign, verify } from '@amop/crypto';

const subscriber = generateKeyPair('secp256k1');
const publishedKey = formatPublicKeyPem(subscriber.publicKey);

const challenge = new TextEncoder().encode('fedcba9876543210fedcba9876543210');
const answer = sign(challenge, subscriber.privateKey); // 65 bytes: r, s, v
process.stdout.write(`${verify(answer, challenge, parsePublicKey(publishedKey))}\n`);
