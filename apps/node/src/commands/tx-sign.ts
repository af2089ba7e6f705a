import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { chainId, transactionId, transactionToBytes } from '@vsys/data-format';
import { hasCode, toHex } from '@vsys/primitives';
import { transfer } from '@vsys/transaction';
import { AppError } from '../app-error.ts';
import { specFileOf } from '../client-options.ts';
import { printJson, printRows, say } from '../output.ts';
import { readAddress } from '../read-address.ts';
import { wholeBigint, wholeNumber } from '../read-value.ts';
import { signOperations } from '../sign-operations.ts';
import { addKeyOption, signerOf } from '../signer-options.ts';
import { readSpecFile } from '../spec-file.ts';

interface SignOptions {
  readonly to: string;
  readonly amount: bigint;
  readonly sequence: bigint;
  readonly lane: number;
  readonly validUntil: number;
  readonly json?: boolean;
}

/** `vsys tx sign FILE`: on a machine that need not have a network. */
export function addTxSign(group: Command): void {
  addKeyOption(group.command('sign').description('sign a payment without asking a node, and write it to a file for vsys tx send').argument('<file>', 'where to write; never over a file that exists'))
    .option('-c, --config <file>', 'config file that names the chain spec and the key')
    .addOption(new Option('--spec <file>', 'chain spec, in place of that of the config'))
    .requiredOption('--to <address>', 'who receives: a V SYSTEMS address, or 0x and 40 digits')
    .requiredOption('--amount <units>', 'atomic units, a whole number', wholeBigint)
    .requiredOption('--sequence <number>', 'next sequence of the lane; 0 for the first transaction of an account', sequenceNumber)
    .requiredOption('--valid-until <height>', 'last block that may take it', wholeNumber(1))
    .option('--lane <number>', 'lane of the sequence', wholeNumber(0, 0xffff_ffff), 0)
    .option('--json', 'as JSON')
    .action(async (file: string, { to, amount, sequence, lane, validUntil, json }: SignOptions, command: Command) => {
      const signer = await signerOf(command);
      const spec = await readSpecFile(specFileOf(command));
      const receiver = readAddress(to, spec.network, '--to');
      const transaction = signOperations(spec, signer, { chainId: chainId(spec), lane, sequence, validUntil, operations: [transfer(receiver, amount)] });
      const id = toHex(transactionId(transaction.bodyBytes));
      await writeFile(file, transactionToBytes(transaction), { flag: 'wx' }).catch((error: unknown) => {
        if (hasCode(error, 'EEXIST')) throw new AppError('FILE_EXISTS', `${file} exists already; it is not overwritten`);
        throw new AppError('DATA_FILE', `cannot write ${file}; check the path and its rights`, { cause: error });
      });
      if (json) printJson({ transaction: id, file });
      else printRows([['transaction', id], ['file', file]]);
      say(`Send it with: vsys tx send ${file}`);
    });
}

function sequenceNumber(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return BigInt(text);
}
