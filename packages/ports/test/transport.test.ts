import {
  type ComplianceParties,
  createMemoryNetwork,
  createTestChain,
  type MemoryNetworkOptions,
  type MemoryPartyOptions,
  SeededRandom,
  transportCompliance,
  VirtualClock,
} from '@amop/testkit';
import { createTlsTransport, systemScheduler } from '../src/system/index.ts';

function tlsParties(profile: 'p256' | 'secp256k1'): ComplianceParties {
  const clock = new VirtualClock();
  const chain = createTestChain({ profile });
  const other = createTestChain({ profile });
  const node = chain.node('bankA', 'node7');
  const sdk = chain.sdk('bankB');
  const foreign = other.sdk('bankC');
  return {
    listener: {
      transport: createTlsTransport(node, { clock }),
      identity: {
        nodeId: node.nodeId,
        commonName: 'node7',
        organizationalUnit: 'node',
        issuerCommonName: 'bankA',
      },
    },
    dialer: {
      transport: createTlsTransport(sdk, { clock }),
      identity: {
        nodeId: sdk.nodeId,
        commonName: 'sdk',
        organizationalUnit: 'sdk',
        issuerCommonName: 'bankB',
      },
    },
    stranger: createTlsTransport({ ...foreign, ca: chain.ca }, { clock }),
    distrustful: createTlsTransport({ ...sdk, ca: other.ca }, { clock }),
    clock,
    host: '127.0.0.1',
  };
}

function memoryParties(
  options: MemoryNetworkOptions,
  postOf: () => MemoryPartyOptions = () => ({}),
): ComplianceParties {
  const clock = new VirtualClock();
  const network = createMemoryNetwork({ ...options, clock });
  const trusts = ({ issuerName }: { readonly issuerName: string }) => issuerName === 'CN=agency';
  return {
    listener: {
      transport: network.transport({ commonName: 'node7' }, { trusts, ...postOf() }),
      identity: { commonName: 'node7', nodeId: '1'.padStart(128, '0') },
    },
    dialer: {
      transport: network.transport({ commonName: 'sdk', organizationalUnit: 'sdk' }, postOf()),
      identity: { commonName: 'sdk', organizationalUnit: 'sdk' },
    },
    stranger: network.transport({ issuerName: 'CN=other' }),
    distrustful: network.transport({}, { trusts: () => false }),
    clock,
    host: '127.0.0.1',
  };
}

transportCompliance('TLS with P-256', () => tlsParties('p256'));
transportCompliance('TLS with secp256k1', () => tlsParties('secp256k1'));
transportCompliance('memory', () => memoryParties({}));
transportCompliance('memory, split anywhere', () => {
  const random = new SeededRandom(3);
  return memoryParties({ chunkBytes: (available) => 1 + random.below(Math.min(available, 9_000)) });
});
transportCompliance('memory, each end in a process of its own, events late', () => {
  const random = new SeededRandom(4);
  const late = (callback: () => void, turns: number): void => {
    systemScheduler.endOfTurn(() => {
      if (turns > 0) late(callback, turns - 1);
      else callback();
    });
  };
  return memoryParties({}, () => ({ post: (callback) => late(callback, random.below(3)) }));
});
