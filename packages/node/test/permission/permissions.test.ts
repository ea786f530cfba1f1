import { describe, expect, it } from 'vitest';
import { type PermissionRules, rightsOf } from '../../src/permission/permissions.ts';

const holder = { issuerCommonName: 'bankA', fingerprint256: 'ab'.repeat(32) };

function may(rules: PermissionRules | undefined): string {
  const { publish, subscribe } = rightsOf(rules, holder);
  const topics = ['default', 'agency', 'certificate'];
  const named = (set: typeof publish): string => topics.filter((topic) => set.has(topic)).join();
  return `${named(publish)} / ${named(subscribe)}`;
}

describe('rightsOf', () => {
  it('allows everything where nothing is ruled', () => {
    expect(may(undefined)).toBe('default,agency,certificate / default,agency,certificate');
    expect(may({})).toBe('default,agency,certificate / default,agency,certificate');
  });

  it('takes the rule of the certificate, then that of the agency, then the default', () => {
    const certificates = new Map([[holder.fingerprint256, { publish: ['certificate'] }]]);
    const agencies = new Map([['bankA', { publish: ['agency'], subscribe: ['agency'] }]]);
    const rules = { default: { publish: ['default'], subscribe: ['default'] } };
    expect(may(rules)).toBe('default / default');
    expect(may({ ...rules, agencies })).toBe('agency / agency');
    expect(may({ ...rules, agencies, certificates })).toBe('certificate / agency');
  });

  it('an empty rule allows nothing', () => {
    const agencies = new Map([['bankA', { subscribe: [] }]]);
    expect(may({ agencies })).toBe('default,agency,certificate / ');
  });

  it('rules for others do not count', () => {
    const agencies = new Map([['bankB', { publish: [] }]]);
    const certificates = new Map([['cd'.repeat(32), { publish: [] }]]);
    expect(may({ agencies, certificates })).toBe(may(undefined));
  });
});
