import type { NodeState, PeerState, SessionState } from '@amop/node';
import { formatTable } from '../output/table.ts';
import { formatTime, printableLine } from '../output/text.ts';
import { ratesBetween, type TopRates, type TopReading } from './sample.ts';

const SHOWN_DIGITS = 16;
/** Applications, the busiest first, and refusals, the newest first. */
const SHOWN_SESSIONS = 15;
const SHOWN_REFUSALS = 5;
const DAY_MS = 86_400_000;
const WARN_DAYS = 30;

/** The screen of `amop top`: a node between two readings. */
export function renderTop(before: TopReading, after: TopReading): string {
  const { counters, state } = after;
  const rates = ratesBetween(before, after);
  const sections = [
    headOf(state),
    trafficOf(rates, counters.pendingRequests, counters.topics),
    peersOf(before.state.peers, state, secondsBetween(before, after)),
    sessionsOf(before.state.sessions, state.sessions, secondsBetween(before, after)),
    warningsOf(state),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function headOf(state: NodeState): string {
  const { agency, channel, isStopping, name, nodeId, p2p, startedAtMs } = state;
  const up = formatSpan(Date.now() - startedAtMs);
  const condition = isStopping ? 'STOPPING' : `up ${up}`;
  return `${printableLine(
    `${agency}/${name}  ${nodeId.slice(0, SHOWN_DIGITS)}...  ${condition}  channel ${channel}  p2p ${p2p}`,
  )}\n`;
}

function trafficOf(rates: TopRates, pending: number, topics: number): string {
  const { answeredShare, p50Ms, p99Ms } = rates;
  const answered =
    answeredShare === undefined
      ? '-'
      : `${(answeredShare * 100).toFixed(answeredShare < 1 ? 1 : 0)} %`;
  const rows = [
    [
      'REQUESTS/S',
      'ANSWERED',
      'P50',
      'P99',
      'MULTICASTS/S',
      'COPIES/S',
      'IN/S',
      'OUT/S',
      'PENDING',
      'TOPICS',
    ],
    [
      formatRate(rates.requests),
      answered,
      formatBound(p50Ms),
      formatBound(p99Ms),
      formatRate(rates.multicasts),
      formatRate(rates.deliveries),
      formatSize(rates.bytesIn),
      formatSize(rates.bytesOut),
      String(pending),
      String(topics),
    ],
  ];
  return formatTable(rows);
}

function peersOf(
  before: readonly PeerState[],
  { peers, unreached }: NodeState,
  seconds: number,
): string {
  const old = new Map(before.map((peer) => [peer.nodeId, peer]));
  const rows = peers.map((peer) => [
    peer.agency,
    peer.name,
    `${peer.nodeId.slice(0, SHOWN_DIGITS)}...`,
    `${peer.direction} ${peer.remoteHost}:${peer.remotePort}`,
    peer.isExtended ? 'ours' : 'original',
    String(peer.topics),
    ...trafficCells(old.get(peer.nodeId), peer, seconds),
  ]);
  const header = [
    'AGENCY',
    'NODE',
    'NODE ID',
    'CONNECTION',
    'KIND',
    'TOPICS',
    'IN/S',
    'OUT/S',
    'QUEUED',
  ];
  const missing = unreached.map(
    ({ endpoint, failure, fix }) =>
      `${endpoint}: ${failure ?? 'not tried yet'}${fix === undefined ? '' : ` - ${fix}`}`,
  );
  const table = peers.length === 0 ? 'no node is connected\n' : formatTable([header, ...rows]);
  return `${table}${missing.map((line) => `not reached: ${printableLine(line)}\n`).join('')}`;
}

function sessionsOf(
  before: readonly SessionState[],
  sessions: readonly SessionState[],
  seconds: number,
): string {
  if (sessions.length === 0) return 'no application is connected\n';
  const old = new Map(before.map((session) => [session.session, session]));
  const busy = ({ bytesIn, bytesOut, session }: SessionState): number =>
    bytesIn + bytesOut - (old.get(session)?.bytesIn ?? 0) - (old.get(session)?.bytesOut ?? 0);
  const shown = [...sessions]
    .sort((one, other) => busy(other) - busy(one))
    .slice(0, SHOWN_SESSIONS);
  const rows = shown.map((session) => [
    String(session.session),
    `${session.agency}/${session.name}`,
    `${session.remoteHost}:${session.remotePort}`,
    session.client === '' ? '-' : session.client,
    String(session.topics),
    `${session.asking}/${session.asked}`,
    ...trafficCells(old.get(session.session), session, seconds),
  ]);
  const header = [
    'SESSION',
    'APPLICATION',
    'FROM',
    'CLIENT',
    'TOPICS',
    'ASKING/ASKED',
    'IN/S',
    'OUT/S',
    'QUEUED',
  ];
  const more = sessions.length - shown.length;
  return `${formatTable([header, ...rows])}${more > 0 ? `and ${more} more applications\n` : ''}`;
}

function warningsOf({ certificates, refusals }: NodeState): string {
  const ending = certificates.filter(
    ({ validToMs }) => validToMs - Date.now() < WARN_DAYS * DAY_MS,
  );
  const lines = [
    ...ending.map(({ subject, validToMs }) => {
      const days = Math.floor((validToMs - Date.now()) / DAY_MS);
      return `certificate ${subject} ${days < 0 ? 'has expired' : `ends in ${days} days`}`;
    }),
    ...refusals
      .slice(-SHOWN_REFUSALS)
      .reverse()
      .map(({ atMs, commonName, kind, message, remoteHost }) => {
        const who = commonName === undefined ? remoteHost : `${commonName} from ${remoteHost}`;
        return `${formatTime(new Date(atMs))} ${kind} refused: ${who}: ${message}`;
      }),
  ];
  return lines.map((line) => `${printableLine(line)}\n`).join('');
}

interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly queuedBytes: number;
}

function trafficCells(before: Traffic | undefined, now: Traffic, seconds: number): string[] {
  return [
    formatSize((now.bytesIn - (before?.bytesIn ?? 0)) / seconds),
    formatSize((now.bytesOut - (before?.bytesOut ?? 0)) / seconds),
    formatSize(now.queuedBytes),
  ];
}

function secondsBetween(before: TopReading, after: TopReading): number {
  return Math.max(1, after.atMs - before.atMs) / 1_000;
}

function formatRate(rate: number): string {
  return rate < 10 && rate > 0 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en-US');
}

function formatBound(ms: number | undefined): string {
  if (ms === undefined) return '-';
  return Number.isFinite(ms) ? `<= ${ms} ms` : '> 30 s';
}

/** Bytes in the largest unit that leaves at least one digit before the point. */
function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function formatSpan(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1_000)} s`;
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
