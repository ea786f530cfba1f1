import { type AmopNode, loadNodeConfig, type ReloadReport } from '@amop/node';
import type { Logger } from 'pino';
import { adviceFor } from '../output/advice.ts';

/**
 * Reads the configuration anew and gives it to the node; the log tells what came of it.
 *
 * @param path `config.ini`
 * @throws NodeError of the configuration or its files; then the node goes on as it was
 */
export function reloadConfig(node: AmopNode, path: string, log: Logger): ReloadReport {
  try {
    const config = loadNodeConfig(path);
    const report = node.reload(config);
    for (const warning of config.warnings ?? []) log.warn({ config: path }, warning);
    if (report.needsRestart.length > 0) {
      const keys = report.needsRestart.join(', ');
      log.warn({ keys }, 'these keys have changed and count only after a restart');
    }
    log.info({ ...report }, 'configuration reloaded');
    return report;
  } catch (error) {
    log.error(
      { err: error, fix: adviceFor(error) },
      'configuration not reloaded: the old one stays in use',
    );
    throw error;
  }
}
