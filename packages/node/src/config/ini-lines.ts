import { NodeError } from '../errors.ts';

const BYTE_ORDER_MARK = '\uFEFF';
/** A section may be followed by a comment. */
const SECTION = /^\[([^[\]]*)\]\s*([;#].*)?$/;
const COMMENT = /^[;#]/;
/** What the parser reads as more than a name: a dot opens a section in a section, quotes and backslashes are taken off. */
const NO_SECTION_NAME = /[.'"\\]/;
const NO_KEY_NAME = /^['"]/;

/**
 * The text of a `config.ini` without what the parser would stumble over in silence: the mark that some editors put
 * in front, and comments behind a section. A line that the parser would give to another section, and a key that is
 * there twice, are errors as in the original: a list of node IDs must not get shorter by a typing error.
 *
 * @throws NodeError `AMOP_NODE_CONFIG_VALUE`, naming the line
 */
export function cleanIniText(path: string, text: string): string {
  const seen = new Set<string>();
  let section: string | undefined;
  const clean = text
    .replace(BYTE_ORDER_MARK, '')
    .split(/\r\n|\n|\r/)
    .map((raw, index) => {
      const line = raw.trim();
      if (line === '' || COMMENT.test(line)) return '';
      const stop = (what: string, fix: string): NodeError =>
        new NodeError('AMOP_NODE_CONFIG_VALUE', `${path}: line ${index + 1} ${what}`, {
          file: path,
          ...(section !== undefined && { section }),
          fix,
        });
      if (line.startsWith('[')) {
        section = SECTION.exec(line)?.[1]?.trim();
        if (section === undefined) {
          throw stop('is not a section', 'write [name], with nothing but a comment behind it');
        }
        if (!NO_SECTION_NAME.test(section)) return `[${section}]`;
        throw stop('is not a section', 'take dots, quotes and backslashes out of its name');
      }
      if (section === undefined) {
        throw stop(
          'comes before the first section',
          'begin with a section such as [rpc], in UTF-8',
        );
      }
      const key = line.replace(/\s*=.*/, '');
      if (NO_KEY_NAME.test(key)) {
        throw stop('sets a key in quotes', 'write the key without them');
      }
      const name = `${section}.${key}`;
      if (seen.has(name))
        throw stop(
          `sets [${section}] ${key} again`,
          'number the keys of a list, and keep one of each',
        );
      seen.add(name);
      return line;
    });
  return clean.join('\n');
}
