import type { RevocationList } from '@amop/crypto';
import type { NodeLimits } from '../limits.ts';
import type { PermissionRules } from '../permission/permissions.ts';

/** PEM texts of one TLS identity. */
export interface Credentials {
  /** Trusted certificates: the chain's CA. */
  readonly ca: string;
  /** Leaf first, then agency and CA. */
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string;
  /** Where the three were read from, for messages. */
  readonly files?: { readonly ca: string; readonly certificate: string; readonly key: string };
}

/** Where to connect or listen. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Everything a node needs to know; made by {@link loadNodeConfig} or by hand. */
export interface NodeConfig {
  /** The channel port: applications connect here. */
  readonly channel: HostPort & {
    readonly credentials: Credentials;
    /** Only applications whose certificate has the same issuer as the node's own (spec 15.3). */
    readonly checkIssuer: boolean;
    /** Which applications may use which topics; left out: all of them, all topics. */
    readonly permissions?: PermissionRules;
    /**
     * Whether subscribers of a private topic prove their key also to publishers of this node. Left out:
     * yes. Otherwise they receive unasked, as behind an original node.
     */
    readonly verifiesOwnNode?: boolean;
    /** SHA-256 fingerprints, 64 lower-case hex digits, of certificates that are refused; wins over the whitelist. */
    readonly blacklist?: readonly string[];
    /** Fingerprints of the only certificates that are allowed; empty or left out: all. */
    readonly whitelist?: readonly string[];
  };
  /** The p2p port: nodes connect here. */
  readonly p2p: HostPort & {
    readonly credentials: Credentials;
    /** Nodes to connect to; its own address may be among them. */
    readonly peers: readonly HostPort[];
    /** Compress payloads above 1 024 bytes with snappy. Compressed frames are always understood. */
    readonly compress: boolean;
    /** Bytes per second to all other nodes together, above which new messages get 103; left out: no limit. */
    readonly outgoingBytesPerS?: number;
    /** Node IDs that are refused; wins over the whitelist. */
    readonly blacklist: readonly string[];
    /** Node IDs that are allowed; empty means all. */
    readonly whitelist: readonly string[];
  };
  /** Reported to SDKs; three numeric parts, 2.1.0 or above. */
  readonly supportedVersion: string;
  /** Reported to SDKs as `Chain Id`. */
  readonly chainId: string;
  /** Reported to SDKs by getGroupList; the node has no ledger. */
  readonly groups: readonly number[];
  readonly limits?: Partial<NodeLimits>;
  /** Certificates that were taken back: applications and nodes that show one, or one issued by one, are refused. */
  readonly revocationLists?: readonly RevocationList[];
  /** Where the program around the node lets its operator look at it; the node itself opens nothing there. */
  readonly admin?: HostPort;
  /** File for the audit log, which the program around the node writes. */
  readonly auditLog?: string;
  /** Whether the node remembers what happened to the last messages. */
  readonly trace?: boolean;
  /** Names of the sections of the file; a reload refuses a file in which one of them is missing. */
  readonly sections?: readonly string[];
  /** What was odd in the configuration but does not stop the start; one line each. */
  readonly warnings?: readonly string[];
}
