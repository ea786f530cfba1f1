import { type HostPort, parseHostPort } from '@amop/node';
import { expect, test } from 'vitest';
import type { DoctorFinding } from '../../src/doctor/finding.ts';
import { checkNodeList, othersOf } from '../../src/doctor/folder/node-list.ts';
import { checkOpenFiles, parseOpenFiles } from '../../src/doctor/folder/open-files.ts';
import {
  closingLine,
  findingsAsText,
  refuseErrors,
  sortFindings,
} from '../../src/doctor/report.ts';

const credentials = { ca: '', certificate: '', key: '' };

function p2p(listens: string, ...names: string[]) {
  const at = (text: string): HostPort => parseHostPort(text) ?? { host: '', port: 0 };
  const lists = { blacklist: [], whitelist: [], compress: false, credentials };
  return { p2p: { ...at(listens), peers: names.map(at), ...lists } };
}

function codes(listens: string, ...names: string[]): string[] {
  return checkNodeList('config.ini', p2p(listens, ...names)).map(({ code }) => code);
}

test('which of node.N are other nodes', () => {
  const others = (listens: string, ...names: string[]) => othersOf(p2p(listens, ...names)).length;
  expect(others('0.0.0.0:30300', '127.0.0.1:30300', '127.0.0.1:30301')).toBe(1);
  expect(others('127.0.0.1:30300', 'localhost:30300', '127.0.0.2:30300')).toBe(1);
  expect(others('10.0.0.1:30300', '10.0.0.2:30300', '10.0.0.2:30300')).toBe(1);
});

test('what is odd in the list', () => {
  expect(codes('127.0.0.1:30300', '127.0.0.2:30300')).toEqual([]);
  expect(codes('127.0.0.1:30300', '10.0.0.2:30300')).toEqual(['loopback-only']);
  expect(codes('0.0.0.0:30300', '127.0.0.1:30300')).toEqual(['only-own-address']);
  expect(codes('0.0.0.0:30300', '10.0.0.2:30300', '10.0.0.2:30300')).toEqual(['duplicate-peer']);
});

test('open files: enough, too few, not known', () => {
  const text =
    'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024   4096     files\n';
  expect(parseOpenFiles(text)).toBe(4096);
  expect(parseOpenFiles(text.replace('4096', 'unlimited'))).toBeUndefined();
  const few = checkOpenFiles('config.ini', {}, 4096);
  expect(few).toMatchObject([{ severity: 'warning', code: 'open-files' }]);
  expect(few[0]?.fix).toContain('LimitNOFILE of the service (or ulimit -n) to 10164');
  expect(checkOpenFiles('config.ini', { limits: { maxSessions: 100 } }, 4096)).toEqual([]);
  expect(checkOpenFiles('config.ini', {}, undefined)).toEqual([]);
});

const finding = { code: 'c', subject: 's', message: 'm' };
const error: DoctorFinding = { ...finding, severity: 'error', fix: 'f' };
const warning: DoctorFinding = { ...finding, severity: 'warning', fix: 'f' };
const note: DoctorFinding = { ...finding, severity: 'note' };

test('findings for a person: errors first, what to do below', () => {
  const sorted = sortFindings([{ findings: [note, warning] }, { findings: [error] }]);
  expect(findingsAsText(sorted)).toBe(
    's: error: m (c)\n    f\ns: warning: m (c)\n    f\ns: note: m (c)\n',
  );
});

test('the line at the end', () => {
  const looked = [
    { findings: [], looked: 'configuration' },
    { findings: [], looked: 'ports' },
  ];
  expect(closingLine([note], looked)).toBe('nothing wrong found; checked: configuration, ports\n');
  expect(closingLine([warning, note], looked)).toBe('1 warning\n');
  refuseErrors([warning]);
  expect(() => refuseErrors([error, error, error, warning])).toThrow('3 errors, 1 warning');
});
