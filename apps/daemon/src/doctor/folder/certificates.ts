import { dirname, join } from 'node:path';
import {
  type Credentials,
  type InspectedConfig,
  NodeError,
  nodeIdOf,
  transportOf,
} from '@amop/node';
import { checkLeaf } from '../../certs/check/check-certificates.ts';
import type { Finding, FindingCode } from '../../certs/check/finding.ts';
import { type LeafPaths, readLeaf } from '../../certs/check/read-material.ts';
import { errorCode } from '../../exit-code.ts';
import { type Checked, ofCertificates, ofNodeError } from '../finding.ts';

/** Certificate, key and authority of one port of a node. */
interface PortFiles {
  readonly port: 'channel' | 'p2p';
  readonly files: LeafPaths;
  /** Left out when the configuration does not tell. */
  readonly credentials?: Credentials;
}

/** What was found, and whether the node can show its certificate to other nodes. */
export interface CheckedCertificates extends Checked {
  readonly isUsable: boolean;
}

/** What is wrong with the certificates and keys of a node, those of both ports. */
export function checkNodeCertificates(
  path: string,
  inspected: InspectedConfig,
  nowMs: number,
): CheckedCertificates {
  const unreadable = new Set(inspected.errors.map(({ details }) => details.file));
  const ports = portFilesOf(path, inspected);
  const [p2p, channel] = ports.map((each) => checkPort(each, unreadable, nowMs));
  return {
    findings: [...(p2p?.findings ?? []), ...(channel?.findings ?? [])],
    isUsable: p2p?.isUsable === true,
    looked: `${ports.length} ${ports.length === 1 ? 'certificate' : 'certificates'}`,
  };
}

function portFilesOf(path: string, { config }: InspectedConfig): PortFiles[] {
  const p2p = config?.p2p.credentials;
  const channel = config?.channel.credentials;
  if (p2p?.files === undefined || channel?.files === undefined) {
    const inConf = (name: string): string => join(dirname(path), 'conf', name);
    const files = {
      ca: inConf('ca.crt'),
      certificate: inConf('node.crt'),
      key: inConf('node.key'),
    };
    return [{ port: 'p2p', files }];
  }
  const first: PortFiles = { port: 'p2p', files: p2p.files, credentials: p2p };
  if (channel.files.certificate === p2p.files.certificate) return [first];
  return [first, { port: 'channel', files: channel.files, credentials: channel }];
}

function checkPort(
  { credentials, files, port }: PortFiles,
  unreadable: ReadonlySet<string | undefined>,
  nowMs: number,
): CheckedCertificates {
  // What cannot be read was told with the configuration.
  const told: FindingCode[] = [];
  if (unreadable.has(files.ca)) told.push('no-ca');
  if (unreadable.has(files.key)) told.push('no-key');
  const found = lookAt(files, credentials?.passphrase, nowMs).filter(
    ({ code }) => !told.includes(code),
  );
  const { ca, certificate, key } = files;
  const isWhole = ![ca, certificate, key].some((file) => unreadable.has(file));
  const refusal = isWhole && credentials ? startRefusal(credentials, port, nowMs) : undefined;
  const isTold = found.some(({ severity }) => severity === 'error');
  if (refusal === undefined) {
    const isUsable = isWhole && !isTold && credentials !== undefined;
    return { findings: found.map(ofCertificates), isUsable };
  }
  // The node has no --passphrase-file: what is to be done is in its own error.
  const kept = found.filter(({ code }) => code !== 'locked-key');
  const own = isTold ? [] : [ofNodeError(refusal, certificate)];
  return { findings: [...kept.map(ofCertificates), ...own], isUsable: false };
}

function lookAt(files: LeafPaths, passphrase: string | undefined, nowMs: number): Finding[] {
  try {
    const material = readLeaf('node', files, passphrase);
    return material === undefined ? [] : checkLeaf(material, nowMs);
  } catch (error) {
    // The node's own words for it follow.
    if (errorCode(error) === 'AMOP_DAEMON_CERTS_READ') return [];
    throw error;
  }
}

/** What the node would say to these credentials at its start. */
function startRefusal(
  credentials: Credentials,
  port: PortFiles['port'],
  nowMs: number,
): NodeError | undefined {
  try {
    transportOf(credentials, port, nowMs);
    if (port === 'p2p') nodeIdOf(credentials);
    return undefined;
  } catch (error) {
    if (error instanceof NodeError) return error;
    throw error;
  }
}
