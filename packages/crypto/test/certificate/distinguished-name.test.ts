import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AttributeTypeAndValue,
  AttributeValue,
  Name,
  RelativeDistinguishedName,
} from '@peculiar/asn1-x509';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createName,
  findNameAttribute,
  formatName,
  NameAttribute,
} from '../../src/certificate/distinguished-name.ts';

function nameOf(...levels: [type: string, value: Partial<AttributeValue>][][]): Name {
  const name = new Name(
    levels.map(
      (level) =>
        new RelativeDistinguishedName(
          level.map(
            ([type, value]) =>
              new AttributeTypeAndValue({ type, value: new AttributeValue(value) }),
          ),
        ),
    ),
  );
  // Through bytes, as names of certificates come.
  return AsnConvert.parse(AsnConvert.serialize(name), Name);
}

test('a name reads as one line in the order of the certificate', () => {
  const name = createName([
    [NameAttribute.commonName, 'chain'],
    [NameAttribute.organization, 'fisco-bcos'],
    [NameAttribute.organizationalUnit, 'chain'],
    [NameAttribute.serialNumber, '00ff'],
  ]);
  expect(formatName(name)).toBe('CN=chain, O=fisco-bcos, OU=chain, serialNumber=00ff');
});

test('the serial number is a PrintableString, the rest UTF8String', () => {
  const name = createName([
    [NameAttribute.commonName, '银行'],
    [NameAttribute.serialNumber, '00ff'],
  ]);
  const values = Array.from(
    nameOf(
      ...Array.from(name, (level) =>
        Array.from(level, ({ type, value }): [string, AttributeValue] => [type, value]),
      ),
    ),
    (level) => level[0]?.value,
  );
  expect(values[0]?.utf8String).toBe('银行');
  expect(values[1]?.printableString).toBe('00ff');
});

test('the first of several equal attributes is found, a missing one is undefined', () => {
  const name = nameOf(
    [['2.5.4.10', { utf8String: 'fisco-bcos' }]],
    [['2.5.4.3', { printableString: 'first' }]],
    [['2.5.4.3', { utf8String: 'second' }]],
  );
  expect(findNameAttribute(name, NameAttribute.commonName)).toBe('first');
  expect(findNameAttribute(name, NameAttribute.organizationalUnit)).toBeUndefined();
});

test('special characters are escaped, unknown attributes show their identifier', () => {
  const text = (value: string) => formatName(nameOf([['2.5.4.3', { utf8String: value }]]));
  expect(text('a,b+c="d"\\<e>;')).toBe('CN=a\\,b\\+c\\=\\"d\\"\\\\\\<e\\>\\;');
  expect(text('#x')).toBe('CN=\\#x');
  expect(text(' x ')).toBe('CN=\\ x\\ ');
  expect(text('a\nb\u0000')).toBe('CN=a\\0ab\\00');
  expect(formatName(nameOf([['1.2.3.4', { utf8String: 'x' }]]))).toBe('1.2.3.4=x');
});

test('a value that is no text shows its DER bytes', () => {
  const numericString = Uint8Array.of(0x12, 2, 0x34, 0x32);
  const name = nameOf([['2.5.4.3', { anyValue: numericString.buffer }]]);
  expect(formatName(name)).toBe('CN=#12023432');
});

test('several attributes of one level are joined by a plus', () => {
  const name = nameOf([
    ['2.5.4.3', { utf8String: 'a' }],
    ['2.5.4.11', { utf8String: 'b' }],
  ]);
  expect(formatName(name)).toBe('CN=a+OU=b');
});

test('two names with one text have equal attributes', () => {
  const part = fc.string({ unit: fc.constantFrom('a', ',', ' ', '+', '=', '\\', '#', '\n', '0') });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), fc.array(part, { maxLength: 3 }), (one, two) => {
      const format = (values: string[]) =>
        formatName(createName(values.map((value) => [NameAttribute.commonName, value])));
      expect(format(one) === format(two)).toBe(JSON.stringify(one) === JSON.stringify(two));
    }),
    { seed: 20261123, numRuns: 500 },
  );
});

test('a value that is none of the texts is told as its bytes, NULL too', () => {
  const names = [Uint8Array.of(0x05, 0x00), Uint8Array.of(0x02, 0x01, 0x07)].map((bytes) =>
    formatName(nameOf([[NameAttribute.commonName, { anyValue: bytes.buffer }]])),
  );
  expect(names).toEqual(['CN=#0500', 'CN=#020107']);
});
