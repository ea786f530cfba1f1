import { describe, expect, test } from 'vitest';
import { barLine } from '../../src/transfer/bar-line.ts';
import { percent, progressText } from '../../src/transfer/shown-transfer.ts';

const REPORT = { name: 'report.pdf', bytes: 540_000_000, totalBytes: 1_200_000_000 };
const bar = (columns: number): string => '='.repeat(columns);

describe('progressText', () => {
  test('percents, rate and time left', () => {
    expect(progressText(REPORT, 98_000_000)).toBe('45 % of 1.2 GB, 98 MB/s, 7 s left');
  });

  test('no rate as long as it is not known, no time left when nothing moves or all is there', () => {
    expect(progressText(REPORT, undefined)).toBe('45 % of 1.2 GB');
    expect(progressText(REPORT, 0)).toBe('45 % of 1.2 GB, 0 bytes/s');
    const all = { ...REPORT, bytes: REPORT.totalBytes };
    expect(progressText(all, 98_000_000)).toBe('100 % of 1.2 GB, 98 MB/s');
  });

  test('of a stream only what has come is known; an offer has no bytes', () => {
    const stream = { name: 'x', doing: 'reading', bytes: 12_000_000, totalBytes: 0 };
    expect(progressText(stream, 3_000_000)).toBe('reading, 12 MB, 3.0 MB/s');
    expect(progressText({ ...stream, doing: 'offered', bytes: 0 }, undefined)).toBe('offered');
  });

  test('100 % is only said when all is done', () => {
    expect(percent({ name: '', bytes: 999_999, totalBytes: 1_000_000 })).toBe(99);
    expect(percent({ name: '', bytes: 0, totalBytes: 0 })).toBe(0);
  });
});

describe('barLine', () => {
  test('name, bar, numbers', () => {
    expect(barLine(REPORT, 98_000_000, { columns: 80, bar })).toBe(
      `report.pdf  [${'='.repeat(30)}]  45 % of 1.2 GB, 98 MB/s, 7 s left`,
    );
  });

  test('a narrow terminal has a short bar, then none, then less of the name', () => {
    const line = (columns: number): string => barLine(REPORT, undefined, { columns, bar });
    expect(line(60)).toBe(`report.pdf  [${'='.repeat(20)}]  45 % of 1.2 GB`);
    expect(line(45)).toBe(`report.pdf  [${'='.repeat(10)}]  45 % of 1.2 GB`);
    expect(line(35)).toBe('report.pdf  45 % of 1.2 GB');
    expect(line(20)).toBe('report.pdf  45 % …');
  });

  test('never wider than the terminal, whatever the name', () => {
    const names = ['漢'.repeat(100), 'x'.repeat(300), '🎉'.repeat(50), '', `${'é'.repeat(90)}.pdf`];
    for (const name of names) {
      for (let columns = 10; columns < 140; columns += 7) {
        const text = barLine({ ...REPORT, name }, 98_000_000, { columns, bar });
        const wide = [...text].filter((each) => (each.codePointAt(0) ?? 0) >= 0x2e80).length;
        expect([...text].length + wide).toBeLessThan(columns);
      }
    }
  });

  test('a hostile name is shown, not obeyed', () => {
    const text = barLine({ ...REPORT, name: '\u001b[2J\nrm\u202e' }, undefined, {
      columns: 100,
      bar,
    });
    expect(text).toMatch(/^\\x1b\[2J\\nrm\\u202e {2}\[=/);
  });
});
