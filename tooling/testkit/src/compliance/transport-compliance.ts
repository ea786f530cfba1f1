import { beforeAll, describe } from 'vitest';
import type { ComplianceParties } from './compliance-pair.ts';
import { endCases } from './end-cases.ts';
import { flowCases } from './flow-cases.ts';
import { openingCases } from './opening-cases.ts';
import { streamCases } from './stream-cases.ts';

/**
 * Declares the tests that every transport must pass.
 *
 * @param name of the transport, for the report
 * @param makeParties makes those who meet, once for the whole suite
 */
export function transportCompliance(
  name: string,
  makeParties: () => ComplianceParties | Promise<ComplianceParties>,
): void {
  describe(name, () => {
    let made: ComplianceParties;
    beforeAll(async () => {
      made = await makeParties();
    });
    const parties = () => made;
    describe('opening', () => openingCases(parties));
    describe('stream', () => streamCases(parties));
    describe('flow', () => flowCases(parties));
    describe('end', () => endCases(parties));
  });
}
