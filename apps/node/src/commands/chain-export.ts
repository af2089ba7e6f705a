import { once } from 'node:events';
import type { Command } from 'commander';
import { toHex } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { type BlockFile, openBlockFile } from '../block-file.ts';
import { addClientOptions, clientOf } from '../client-options.ts';
import { fetchBlock } from '../fetch-block.ts';
import { type FinalHeader, finalHeaders } from '../final-headers.ts';
import { toBase64 } from '../from-base64.ts';
import { say } from '../output.ts';
import { createProgress } from '../progress.ts';
import { wholeNumber } from '../read-value.ts';
import { plural } from '../shown.ts';
import type { Client } from '@vsys/rpc/client';

interface ExportOptions {
  readonly from?: number;
  readonly to?: number;
  readonly out?: string;
}

/** Blocks that are asked for at a time. */
const UNDER_WAY_MAX = 8;

/** `vsys chain export`. */
export function addChainExport(group: Command): void {
  addClientOptions(group.command('export').description('write final blocks, one JSON object on each line, each checked against its verified header'))
    .option('--from <height>', 'first block; 0 unless told', wholeNumber(0))
    .option('--to <height>', 'last block; the newest final one unless told', wholeNumber(0))
    .option('--out <file>', 'where to write, in place of stdout; a file of an earlier export is gone on with')
    .action(runExport);
}

async function runExport({ from, to, out }: ExportOptions, command: Command): Promise<void> {
  if (from !== undefined && to !== undefined && from > to) throw new AppError('USAGE', `--from ${from} is above --to ${to}`);
  using open = await clientOf(command);
  const { client } = open;
  // Before the file: a node of another chain must leave it as it is.
  const { final } = await client.follow();
  if (to !== undefined && to > final.height) throw new AppError('NOT_FOUND', `height ${to} is not final yet; the newest final block is at ${final.height}`);
  await using file = out === undefined ? stdoutFile() : await openBlockFile(out);
  if (from !== undefined && file.first !== undefined && file.first !== from) throw new AppError('DATA_FILE', `${out} begins at height ${file.first} and not at ${from}; leave --from out, or name another file`);
  const begin = file.last === undefined ? from ?? 0 : file.last.height + 1;
  const end = to ?? final.height;
  if (file.last !== undefined && out !== undefined) say(`${out} ends with height ${file.last.height}; going on behind it`);
  const progress = createProgress({ what: 'export', unit: 'blocks', total: out === undefined ? 0 : Math.max(0, end - begin + 1) });
  let blocks = 0;
  let transactions = 0;
  for await (const done of linesOf(client, checked(finalHeaders(client, open.trust), file, out, end), begin)) {
    await file.append(done.line);
    transactions += done.transactions;
    progress.update(++blocks);
  }
  progress.stop();
  const heights = blocks === 0 ? 'nothing was missing' : `heights ${begin} to ${begin + blocks - 1}`;
  say(`${plural(blocks, 'block')} with ${plural(transactions, 'transaction')}${out === undefined ? '' : ` written to ${out}`}: ${heights}, all final, every body the one of its verified header`);
}

/** Headers up to the end; the one that the file ends with must be among them. */
async function* checked(headers: AsyncIterable<FinalHeader>, { last }: BlockFile, out: string | undefined, end: number): AsyncGenerator<FinalHeader, void, void> {
  for await (const one of headers) {
    const { height } = one.sealed.header;
    if (height > end) return;
    if (height === last?.height && toHex(one.id) !== last.id) throw new AppError('DATA_FILE', `${out} ends with another block at height ${height} than this chain; name another file`);
    yield one;
  }
}

/** Blocks from a height on in order, a few of them asked for ahead. */
async function* linesOf(client: Client, headers: AsyncIterable<FinalHeader>, begin: number): AsyncGenerator<Line, void, void> {
  const underWay: Promise<Line>[] = [];
  for await (const one of headers) {
    if (one.sealed.header.height < begin) continue;
    const asked = lineOf(client, one);
    // Whoever waits for it hears of it; until then it is no unheard failure.
    asked.catch(() => {});
    underWay.push(asked);
    if (underWay.length >= UNDER_WAY_MAX) yield await (underWay.shift() as Promise<Line>);
  }
  for (const one of underWay) yield await one;
}

interface Line {
  readonly line: string;
  readonly transactions: number;
}

async function lineOf(client: Client, { id, sealed: { header, seal } }: FinalHeader): Promise<Line> {
  const block = await fetchBlock(client, id);
  const fields = { height: header.height, id: toHex(id), header: toBase64(block.headerBytes), ...(seal.length === 0 ? {} : { seal: toBase64(seal) }), transactions: block.transactions.map(toBase64) };
  return { line: `${JSON.stringify(fields)}\n`, transactions: block.transactions.length };
}

function stdoutFile(): BlockFile {
  return {
    async append(text) {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
