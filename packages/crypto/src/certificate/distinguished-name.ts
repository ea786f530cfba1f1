import { Buffer } from 'node:buffer';
import {
  AttributeTypeAndValue,
  AttributeValue,
  Name,
  RelativeDistinguishedName,
} from '@peculiar/asn1-x509';

/** Object identifiers of the name attributes that AMOP uses. Source: X.520. */
export const NameAttribute = {
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
} as const;

/** An ASN.1 NULL in DER. */
const NULL_VALUE: Uint8Array = Uint8Array.of(0x05, 0x00);

/** Object identifier of a name attribute that AMOP uses. */
export type NameAttribute = (typeof NameAttribute)[keyof typeof NameAttribute];

/** Short names that OpenSSL and RFC 4514 print; other attributes show their object identifier. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  [NameAttribute.commonName, 'CN'],
  [NameAttribute.serialNumber, 'serialNumber'],
  [NameAttribute.organization, 'O'],
  [NameAttribute.organizationalUnit, 'OU'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
]);

/**
 * Builds a name with one attribute a level, in the order given.
 *
 * The serial number is a PrintableString as X.520 demands, the rest is UTF8String as OpenSSL writes.
 */
export function createName(attributes: readonly (readonly [NameAttribute, string])[]): Name {
  return new Name(
    attributes.map(([type, text]) => {
      const value = new AttributeValue(
        type === NameAttribute.serialNumber ? { printableString: text } : { utf8String: text },
      );
      return new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value })]);
    }),
  );
}

/** Gives back the first value of an attribute in the name, or `undefined` when it has none. */
export function findNameAttribute(name: Name, type: NameAttribute): string | undefined {
  for (const level of name) {
    for (const attribute of level) {
      if (attribute.type === type) return attribute.value.toString();
    }
  }
  return undefined;
}

/**
 * Gives back the whole name as one line, `CN=chain, O=fisco-bcos, OU=chain`: the levels in the order
 * of the certificate, special characters escaped as in RFC 4514, so that two names with one text
 * have equal attributes.
 */
export function formatName(name: Name): string {
  return Array.from(name, (level) => Array.from(level, formatAttribute).join('+')).join(', ');
}

function formatAttribute({ type, value }: AttributeTypeAndValue): string {
  // The reader gives null, against its type, for an ASN.1 NULL.
  const other: ArrayBuffer | null | undefined = value.anyValue;
  const text =
    other === undefined
      ? escapeValue(value.toString())
      : `#${Buffer.from(other ?? NULL_VALUE).toString('hex')}`;
  return `${SHORT_NAMES.get(type) ?? type}=${text}`;
}

function escapeValue(text: string): string {
  return text
    .replace(/["+,;<=>\\]|^[ #]| $/g, (character) => `\\${character}`)
    .replace(/\p{Cc}/gu, (control) =>
      Buffer.from(control)
        .toString('hex')
        .replace(/../g, (byte) => `\\${byte}`),
    );
}
