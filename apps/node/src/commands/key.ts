import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { accountToAddress, accountToHex, keySchemes, type KeyScheme, type Signer, vsysSecretFromSeed } from '@vsys/crypto';
import { toHex } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { createKeyFile, readKeyFile } from '../key-file.ts';
import { printJson, printRows, say } from '../output.ts';

interface ShowOptions {
  readonly network: string;
  readonly json?: boolean;
  readonly secret?: boolean;
}

/** `vsys key …`: key files. A secret is only ever printed when asked for by `--secret`. */
export function addKeyCommands(program: Command): void {
  const group = program.command('key').description('make, look at and import keys');
  group.command('new').description('make a key and write it to a file that only you can read')
    .argument('<file>', 'where to write; never over a file that exists')
    .addOption(new Option('--scheme <scheme>', 'kind of key').choices(Object.keys(keySchemes)).default('ed25519'))
    .addOption(networkOption()).option('--json', 'as JSON')
    .action(async (file: string, options: ShowOptions & { scheme: KeyScheme }) => {
      show(file, await createKeyFile(file, options.scheme), options);
      say('Keep a copy of the file in a safe place: who has it can sign, and without it nobody can.');
    });
  group.command('show').description('show the public key, account and address of a key file')
    .argument('<file>', 'a key file')
    .addOption(networkOption()).option('--json', 'as JSON').option('--secret', 'show the secret too')
    .action(async (file: string, options: ShowOptions) => {
      const { signer, secret } = await readKeyFile(file);
      show(file, signer, options, options.secret === true ? secret : undefined);
    });
  group.command('import').description('write a key file from the seed of a V SYSTEMS wallet; it keeps its address')
    .argument('<file>', 'where to write; never over a file that exists')
    .requiredOption('--vsys-seed-file <file>', 'text file with the seed; a seed on the command line would stay in the history of the shell')
    .option('--nonce <number>', 'which address of the wallet, from 0', wholeNumber, 0)
    .addOption(networkOption()).option('--json', 'as JSON')
    .action(async (file: string, options: ShowOptions & { vsysSeedFile: string; nonce: number }) => {
      show(file, await createKeyFile(file, 'vsys', vsysSecretFromSeed(await readSeed(options.vsysSeedFile), options.nonce)), options);
    });
}

const networkOption = (): Option => new Option('--network <letter>', 'network of the address: M main, T test').choices(['M', 'T']).default('T');

function show(file: string, { publicKey, account }: Signer, { network, json }: ShowOptions, secret?: Uint8Array): void {
  const fields = {
    file, scheme: publicKey.scheme, publicKey: toHex(publicKey.bytes), account: accountToHex(account), address: accountToAddress(account, network),
    ...(secret === undefined ? {} : { secret: toHex(secret) }),
  };
  if (json) printJson(fields);
  else printRows(Object.entries(fields));
}

async function readSeed(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('KEY_FILE', `cannot read the seed file ${path}`, { cause });
  }
  // Editors end a file with a line break, which is not part of the seed; blanks inside are.
  const seed = text.replace(/\r?\n$/, '');
  if (seed === '' || seed.includes('\n')) throw new AppError('KEY_FILE', `${path} must hold the seed in one line and nothing else`);
  return seed;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return Number(text);
}
