import { describe, expect, it } from 'vitest';
import { IniFile } from '../../src/config/ini-file.ts';
import { readPermissions } from '../../src/config/read-permissions.ts';
import { NodeError } from '../../src/index.ts';

const FINGERPRINT = 'ab'.repeat(32);

function read(...lines: string[]): ReturnType<typeof readPermissions> {
  return readPermissions(new IniFile('config.ini', ['[amop_permissions]', ...lines].join('\n')));
}

describe('readPermissions', () => {
  it('is nothing without the section, or with an empty one', () => {
    expect(readPermissions(new IniFile('config.ini', '[rpc]'))).toBeUndefined();
    expect(read()).toBeUndefined();
  });

  it('reads defaults, agencies and certificates', () => {
    const colons = FINGERPRINT.toUpperCase().replace(/..(?=.)/g, '$&:');
    const rules = read(
      '    default.subscribe = *',
      '    default.publish = ',
      '    agency:Bank A. Inc..publish = payments.*, rates ; what it sells',
      `    certificate:${colons}.publish=*`,
      `    certificate:${FINGERPRINT}.subscribe=链上*`,
    );
    expect(rules).toEqual({
      default: { subscribe: ['*'], publish: [] },
      agencies: new Map([['Bank A. Inc.', { publish: ['payments.*', 'rates'] }]]),
      certificates: new Map([[FINGERPRINT, { publish: ['*'], subscribe: ['链上*'] }]]),
    });
  });

  it.each([
    ['defaults.publish=*', 'default.publish'],
    ['default=*', 'default.publish'],
    ['default.send=*', 'default.publish'],
    ['agency:.publish=*', 'default.publish'],
    ['bankA.publish=*', 'default.publish'],
    ['certificate:abcd.publish=*', '64 hex digits'],
    [`certificate:${FINGERPRINT}00.publish=*`, '64 hex digits'],
    ['default.publish=a*b', "'*' only at their end"],
    ['default.publish=*.eur', "'*' only at their end"],
  ])('a rule with a typing error stops the start: %s', (line, allowed) => {
    let error: unknown;
    try {
      read(line);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(NodeError);
    expect(error).toMatchObject({
      code: 'AMOP_NODE_CONFIG_VALUE',
      message: expect.stringContaining(allowed),
      details: { section: 'amop_permissions' },
    });
  });
});
