import type { Command } from 'commander';
import type { Signer } from '@vsys/crypto';
import type { Operation } from '@vsys/data-format';
import { type BlockRefJson, rpcLimits } from '@vsys/rpc';
import type { Client, Included } from '@vsys/rpc/client';
import { exitCodeOf } from './app-error.ts';
import { clientOf, type OpenClient } from './client-options.ts';
import { printJson, printRows } from './output.ts';
import { createSender, TransactionFailed } from './send-operations.ts';
import { provenAt } from './shown.ts';
import { signerOf, type WaitFor } from './signer-options.ts';

export interface Write {
  readonly operations: readonly Operation[];
  /** What is so when it is done, for people. */
  readonly done: string;
  /** The same for programs. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Keys of state that show it; none is asked for when there are none. */
  readonly keys?: readonly Uint8Array[];
  /** Tells of the values of these keys. */
  readonly shows?: (values: readonly (Uint8Array | undefined)[]) => string;
  /** Where a transaction can do what it says and not bring what was asked for: whether these values show that it did. Told to scripts by the exit code. */
  readonly isAchieved?: (values: readonly (Uint8Array | undefined)[]) => boolean;
  /** Why these values refuse it, more precisely than the code of a receipt does; undefined when they do not. */
  readonly refusedBy?: (values: readonly (Uint8Array | undefined)[]) => string | undefined;
}

export interface WriteContext extends OpenClient {
  readonly signer: Signer;
}

/** Signs, sends and waits as a command line says, and looks up with proofs what came of it. */
export async function runWrite(command: Command, prepare: (context: WriteContext) => Promise<Write>): Promise<void> {
  const wait = command.getOptionValue('wait') as WaitFor;
  const signer = await signerOf(command);
  using open = await clientOf(command);
  const { client, trust: { spec } } = open;
  const { operations, done, fields = {}, keys = [], shows, isAchieved, refusedBy } = await prepare({ ...open, signer });
  const sender = await createSender({ client, spec, signer });
  const sent = await sender.send(operations);
  if (wait === 'pooled') {
    show(command, [['sent', `${done}, once a block takes it`], ['transaction', sent.id]], { ...fields, transaction: sent.id, status: 'pooled' });
    return;
  }
  const first = await sent.included().catch(async (error: unknown) => { throw error instanceof TransactionFailed && refusedBy !== undefined ? await explained(client, error, keys, refusedBy) : error; });
  const included = wait === 'safe' || wait === 'final' ? await client.waitFor(sent.id, wait) : first;
  const proof = keys.length === 0 ? undefined : await valuesOf(client, keys);
  const where = `${included.height}${included.kind === 'included' ? '' : `, which is ${included.kind}`}, as the node says; the fee was ${included.receipt.feePaid}`;
  if (proof !== undefined && isAchieved?.(proof.values) === false) process.exitCode = exitCodeOf('REFUSED');
  show(command, [
    ['done', done], ['transaction', sent.id], ['block', where],
    ...(proof === undefined ? [] : [['state', `${provenAt(proof.block)}${shows === undefined ? '' : `: ${shows(proof.values)}`}`]]),
  ], { ...fields, transaction: sent.id, ...jsonOf(included), ...(proof === undefined ? {} : { proven: { block: proof.block, there: proof.values.filter((value) => value !== undefined).length, of: keys.length } }) });
}

/** A receipt has no room for words: what the document says after that block, proven, tells which part of the operation it refused. */
async function explained(client: Client, error: TransactionFailed, keys: readonly Uint8Array[], refusedBy: NonNullable<Write['refusedBy']>): Promise<TransactionFailed> {
  try {
    const { block, values } = await client.values(keys, { at: Number(error.data.height) });
    const why = refusedBy(values);
    return why === undefined ? error : new TransactionFailed(error.code, `${error.message}; ${provenAt(block)}: ${why}`, error.data);
  } catch {
    // Without the document there is still the code.
    return error;
  }
}

/** All of the values at one block. */
async function valuesOf(client: Client, keys: readonly Uint8Array[]): Promise<{ block: BlockRefJson; values: readonly (Uint8Array | undefined)[] }> {
  const { keysMax } = rpcLimits;
  const first = await client.values(keys.slice(0, keysMax));
  const values = [...first.values];
  for (let at = keysMax; at < keys.length; at += keysMax) values.push(...(await client.values(keys.slice(at, at + keysMax), { at: first.block.height })).values);
  return { block: first.block, values };
}

export function jsonOf({ kind, height, blockId, receipt }: Included): Readonly<Record<string, unknown>> {
  return { status: kind, height, blockId, receipt };
}

function show(command: Command, rows: readonly (readonly string[])[], json: Readonly<Record<string, unknown>>): void {
  if (command.getOptionValue('json') === true) printJson(json);
  else printRows(rows);
}
