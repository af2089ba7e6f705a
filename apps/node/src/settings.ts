/** Every setting of a node, once: the file, the environment, the flags and their help are made from this table. */
export interface Setting {
  /** Section and name in the file; `rpc.port` is V_RPC__PORT in the environment and --rpc-port as a flag. */
  readonly path: string;
  readonly kind: 'text' | 'number' | 'list' | 'choice';
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly fallback: string | number | readonly string[];
  readonly about: string;
}

export const settings: readonly Setting[] = [
  { path: 'chain.spec', kind: 'text', fallback: 'chain.json', about: 'chain spec; its hash is the identity of the chain' },
  { path: 'chain.eras', kind: 'list', fallback: [], about: 'files of era records, by which all who run the chain agreed to change its consensus module' },
  { path: 'consensus.modules', kind: 'list', fallback: [], about: 'packages, or files, with consensus modules beside those that the program brings' },
  { path: 'data.folder', kind: 'text', fallback: 'data', about: 'where blocks and state are kept' },
  { path: 'data.driver', kind: 'choice', choices: ['auto', 'rocksdb', 'level'], fallback: 'auto', about: 'key-value engine; auto takes RocksDB where it loads' },
  { path: 'data.retention-blocks', kind: 'number', min: 0, max: 10_000_000, fallback: 1_000, about: 'final blocks whose state can still be read' },
  { path: 'p2p.listen', kind: 'list', fallback: ['/ip4/127.0.0.1/tcp/9920'], about: 'addresses to listen on, as multiaddrs' },
  { path: 'p2p.peers', kind: 'list', fallback: [], about: 'addresses of peers to stay connected to' },
  { path: 'p2p.key', kind: 'text', fallback: 'p2p.key', about: 'key file of the peer identity' },
  { path: 'rpc.host', kind: 'text', fallback: '127.0.0.1', about: 'address of the RPC server' },
  { path: 'rpc.port', kind: 'number', min: 0, max: 65_535, fallback: 9_922, about: 'port of the RPC server; 0 takes a free one' },
  { path: 'rpc.allowed-hosts', kind: 'list', fallback: [], about: 'names of this node in the Host of a request, beside those of loopback and rpc.host' },
  { path: 'rpc.cors-origins', kind: 'list', fallback: [], about: 'origins of pages that may call, such as https://wallet.example, or *' },
  { path: 'seal.keys', kind: 'list', fallback: [], about: 'key files that seal blocks; none on a node that only follows' },
  { path: 'evidence.key', kind: 'text', fallback: '', about: 'key file whose account pays for reporting seats that sign twice; without one proofs are kept and shown by node status' },
  { path: 'client.key', kind: 'text', fallback: '', about: 'key file that commands sign with, and whose databases they mean, when none is named; may be empty' },
  { path: 'log.level', kind: 'choice', choices: ['debug', 'info', 'warn', 'error'], fallback: 'info', about: 'least level that is logged' },
];

export function environmentName(path: string): string {
  return `V_${path.replace('.', '__').replaceAll('-', '_').toUpperCase()}`;
}

export function flagName(path: string): string {
  return `--${path.replace('.', '-')}`;
}
