import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { hasCode, toHex } from '@vsys/primitives';
import { createSigner } from '@vsys/crypto';
import { chainId, chainSpecToJson } from '@vsys/data-format';
import type { DatabaseParams } from '@vsys/database';
import { AppError } from '../app-error.ts';
import { modulesOfEnvironment } from '../carry-modules.ts';
import { writeConfigText } from '../config.ts';
import { createKeyFile, newSecret } from '../key-file.ts';
import { wholeBigint } from '../read-value.ts';
import { consensusNames } from '../modules.ts';
import { printRows, say } from '../output.ts';
import { createSpec } from '../spec-file.ts';

const SLOT_MS = 1_000;
/** Atomic units, all on the account of the seal key, so that the new chain has somebody who can pay. */
const COINS = 1_000_000_000_000_000n;

/** `vsys init`: a chain of one seat in a folder. */
export function addInitCommand(program: Command): void {
  program.command('init').description('write a new chain with one seat: its spec, the keys, and the config of a node')
    .argument('[folder]', 'where to write', '.')
    .addOption(new Option('--consensus <module>', 'how blocks are agreed on').choices(consensusNames()).default('spos'))
    .option('--name <name>', 'name of the chain', 'my-chain')
    .addOption(new Option('--deposit-per-byte <units>', 'coins held for each byte that a document and its index entries take, given back when it goes').argParser(wholeBigint).default(0n, '0'))
    .addOption(new Option('--deposit-per-key <units>', 'and for each key').argParser(wholeBigint).default(0n, '0'))
    .addOption(new Option('--window-blocks <number>', 'blocks in which an account may write so many bytes of documents; 0: without such a bound').argParser(wholeBigint).default(0n, '0'))
    .addOption(new Option('--window-bytes <number>', 'how many').argParser(wholeBigint).default(0n, '0'))
    .action(init);
}

async function init(folder: string, { consensus, name, ...database }: { consensus: string; name: string } & DatabaseParams): Promise<void> {
  const files = { spec: join(folder, 'chain.json'), seal: join(folder, 'seal.key'), p2p: join(folder, 'p2p.key'), config: join(folder, 'node.toml') };
  const there = Object.values(files).filter((file) => existsSync(file));
  if (there.length > 0) throw new AppError('FILE_EXISTS', `${there.join(', ')} ${there.length === 1 ? 'exists' : 'exist'} already and nothing was written; choose another folder: vsys init FOLDER`);
  // The spec is made and checked before anything is written: a bad name must not leave keys behind.
  const secret = newSecret();
  const seat = createSigner('ed25519', secret);
  const genesisTimeMs = Math.floor(Date.now() / SLOT_MS) * SLOT_MS;
  const spec = createSpec({ name, consensus, slotMs: SLOT_MS, genesisTimeMs, seats: [seat], database, balances: [{ account: seat.account, amount: COINS }] });
  await mkdir(folder, { recursive: true });
  await createKeyFile(files.seal, 'ed25519', secret);
  await createKeyFile(files.p2p);
  await writeNew(files.config, writeConfigText({ 'seal.keys': ['seal.key'], 'consensus.modules': modulesOfEnvironment() }));
  await writeNew(files.spec, chainSpecToJson(spec));
  printRows([
    [files.spec, `the chain "${name}" under ${spec.consensus.module}; its id is ${toHex(chainId(spec))}`],
    [files.config, 'settings of the node, each with its default'],
    [files.seal, 'seals blocks and holds all coins: keep it secret, and keep a copy'],
    [files.p2p, 'identity of the node among its peers'],
  ]);
  say(`Next: vsys node start --config ${files.config}`);
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw new AppError('FILE_EXISTS', `${path} exists already; it is not overwritten`);
    throw error;
  }
}
