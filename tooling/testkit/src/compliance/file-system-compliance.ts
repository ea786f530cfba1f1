import { describe } from 'vitest';
import { contentCases } from './file-system/content-cases.ts';
import type { FileSystemPlace } from './file-system/file-system-place.ts';
import { folderCases } from './file-system/folder-cases.ts';
import { nameCases } from './file-system/name-cases.ts';
import { openingCases } from './file-system/opening-cases.ts';

/**
 * Declares the tests that every file system must pass.
 *
 * @param name of the file system, for the report
 * @param makePlace gives an empty folder, once for each test; it may use `onTestFinished` to remove it
 */
export function fileSystemCompliance(
  name: string,
  makePlace: () => FileSystemPlace | Promise<FileSystemPlace>,
): void {
  describe(name, () => {
    describe('opening', () => openingCases(makePlace));
    describe('content', () => contentCases(makePlace));
    describe('names', () => nameCases(makePlace));
    describe('folders', () => folderCases(makePlace));
  });
}
