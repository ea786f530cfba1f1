import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CONFIGURATION = `[req]
distinguished_name = name
prompt = no
[name]
CN = unused
[agency]
basicConstraints = CA:TRUE
[leaf]
basicConstraints = CA:FALSE
`;

const DAYS = '36500';

/** True when an `openssl` that knows secp256k1 is on the PATH. */
export function hasOpenssl(): boolean {
  try {
    const curves = execFileSync('openssl', ['ecparam', '-list_curves'], { stdio: 'pipe' });
    return curves.toString().includes('secp256k1');
  } catch {
    return false;
  }
}

/**
 * Writes a chain of certificates as build_chain.sh does with ECDSA channel certificates (spec 15.4):
 * a root without extensions, one agency below it for each name, `nodes` nodes and one SDK for each
 * agency, all secp256k1 with PKCS#8 keys.
 *
 * Shape: `cert/ca.crt`, `cert/<agency>/agency.crt`, `<agency>/nodeN/conf/`, `<agency>/sdk/`.
 *
 * @throws Error when openssl fails
 */
export function writeOpensslChain(
  directory: string,
  agencies: readonly string[],
  nodes: number,
): void {
  const root = join(directory, 'cert');
  mkdirSync(root, { recursive: true });
  const configuration = join(root, 'cert.cnf');
  writeFileSync(configuration, CONFIGURATION);

  const key = (file: string): void => {
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1', '-out', file);
  };
  const name = (commonName: string, unit: string): string[] => [
    '-config',
    configuration,
    '-subj',
    `/CN=${commonName}/O=fisco-bcos/OU=${unit}`,
  ];
  const signed = (file: string, subject: string[], signer: string, extensions: string): void => {
    key(`${file}.key`);
    openssl('req', '-new', '-sha256', ...subject, '-key', `${file}.key`, '-out', `${file}.csr`);
    const ca = ['-CA', `${signer}.crt`, '-CAkey', `${signer}.key`, '-CAcreateserial'];
    const extras = ['-extfile', configuration, '-extensions', extensions];
    const files = ['-in', `${file}.csr`, '-out', `${file}.crt`];
    openssl('x509', '-req', '-sha256', '-days', DAYS, ...ca, ...extras, ...files);
  };

  const ca = join(root, 'ca');
  key(`${ca}.key`);
  const chain = name('chain', 'chain');
  const files = ['-key', `${ca}.key`, '-out', `${ca}.crt`];
  openssl('req', '-new', '-x509', '-sha256', '-days', DAYS, ...chain, ...files);

  for (const agency of agencies) {
    mkdirSync(join(root, agency), { recursive: true });
    const issuer = join(root, agency, 'agency');
    signed(issuer, name(agency, 'agency'), ca, 'agency');
    const leaf = (folder: string, file: string, subject: string[]): void => {
      mkdirSync(folder, { recursive: true });
      const path = join(folder, file);
      signed(path, subject, issuer, 'leaf');
      const links = [path, issuer, ca].map((link) => readFileSync(`${link}.crt`, 'utf8'));
      writeFileSync(`${path}.crt`, links.join(''));
      copyFileSync(`${ca}.crt`, join(folder, 'ca.crt'));
    };
    for (let i = 0; i < nodes; i++) {
      leaf(join(directory, agency, `node${i}`, 'conf'), 'node', name(`node${i}`, 'node'));
    }
    leaf(join(directory, agency, 'sdk'), 'sdk', name('sdk', 'sdk'));
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
