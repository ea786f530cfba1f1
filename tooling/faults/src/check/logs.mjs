import { readFileSync } from 'node:fs';

const ERROR_LEVEL = 50;

/** What a reload of a broken file is to say. */
const EXPECTED = 'configuration not reloaded: the old one stays in use';

/**
 * Lines of the log on which a person would have to act, and lines that are none of a log.
 *
 * @param {string} path
 * @returns {string[]}
 */
export function alarmsIn(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && isAlarm(line));
}

function isAlarm(line) {
  try {
    const { level, msg } = JSON.parse(line);
    return level >= ERROR_LEVEL && msg !== EXPECTED;
  } catch {
    // A kill may have cut off the last line in its middle; anything else that is no JSON is worth a look.
    return !line.startsWith('{"level"');
  }
}
