import { open as openFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { Command } from 'commander';
import { documentToJson } from '@vsys/data-format/value';
import { hasCode } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { clientOf } from '../client-options.ts';
import { addDatabaseOptions } from '../database-options.ts';
import { findPages } from '../find-pages.ts';
import { say } from '../output.ts';
import { createProgress } from '../progress.ts';
import { addAtOption, FILTER_HELP, queryOf } from '../query-options.ts';
import { plural, provenAt } from '../shown.ts';

interface ExportFlags {
  readonly out?: string;
  readonly at?: number;
  readonly canonical?: boolean;
}

/** `vsys db export DATABASE COLLECTION`. */
export function addDbExport(group: Command): void {
  addAtOption(addDatabaseOptions(group.command('export').description('write all documents as of one block, one Extended JSON object on each line, proven complete')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('[filter]', FILTER_HELP, '{}')))
    .option('--out <file>', 'where to write, in place of stdout; never over a file that exists')
    .option('--canonical', 'write the kind of every number, as MongoDB\'s canonical form does')
    .action(runExport);
}

async function runExport(named: string, collection: string, filter: string, { out, at, canonical }: ExportFlags, command: Command): Promise<void> {
  using open = await clientOf(command);
  const query = await queryOf(command, open, named, collection, filter);
  const { count, block } = await open.client.count(query, { at });
  await using sink = out === undefined ? stdoutSink() : await fileSink(out);
  const progress = createProgress({ what: 'export', unit: 'documents', total: out === undefined ? 0 : Number(count) });
  let written = 0;
  for await (const { documents } of findPages(open.client, query, { at: block.height })) {
    await sink.write(documents.map(({ document }) => `${documentToJson(document, canonical === true ? 'canonical' : 'relaxed')}\n`).join(''));
    progress.update(written += documents.length);
  }
  progress.stop();
  if (BigInt(written) !== count) throw new AppError('REFUSED', `${count} documents were counted at height ${block.height} and ${written} read: the block was undone meanwhile; export again`);
  say(`${plural(written, 'document')}${out === undefined ? '' : ` in ${out}`}, all that there are; ${provenAt(block)}`);
}

interface Sink extends AsyncDisposable {
  write(text: string): Promise<void>;
}

function stdoutSink(): Sink {
  return {
    async write(text) {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function fileSink(path: string): Promise<Sink> {
  const file = await openFile(path, 'wx').catch((error: unknown) => {
    if (hasCode(error, 'EEXIST')) throw new AppError('FILE_EXISTS', `${path} exists already; it is not overwritten`);
    throw new AppError('DATA_FILE', `cannot write ${path}; check the path and its rights`, { cause: error });
  });
  return {
    write: async (text) => file.appendFile(text),
    [Symbol.asyncDispose]: async () => {
      await file.sync();
      await file.close();
    },
  };
}
