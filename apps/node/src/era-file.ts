import { readFile } from 'node:fs/promises';
import { eraRecordHash, type EraRecord } from '@vsys/consensus-eras';
import { fromHex, type Logger, toHex } from '@vsys/primitives';
import { AppError } from './app-error.ts';
import { consensusModule } from './modules.ts';

/**
 * Records of eras that the spec does not have, as their operators agreed: `{ "chainId", "lastHeight", "module", "params" }` each, with the parameters in
 * the module's JSON. Every node of a chain is given the same ones; the log tells the hash to compare.
 *
 * @throws AppError `ERA_FILE`
 */
export async function readEraRecords(paths: readonly string[], logger?: Logger): Promise<readonly EraRecord[]> {
  return Promise.all(paths.map(async (path) => {
    const record = readRecord(path, await readText(path));
    logger?.info('an era record is set', { file: path, hash: toHex(eraRecordHash(record)), module: record.module, lastHeight: record.lastHeight });
    return record;
  }));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('ERA_FILE', `cannot read the era record ${path}; correct chain.eras`, { cause });
  }
}

function readRecord(path: string, text: string): EraRecord {
  const wrong = (what: string): AppError => new AppError('ERA_FILE', `${path}: ${what}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError('ERA_FILE', `${path} is no JSON`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong('expected an object');
  const { chainId, lastHeight, module, params, ...others } = json as Readonly<Record<string, unknown>>;
  const [odd] = Object.keys(others);
  if (odd !== undefined) throw wrong(`${odd}: there is no such field`);
  if (typeof chainId !== 'string' || !/^[0-9a-f]{64}$/i.test(chainId)) throw wrong('chainId: expected 64 hexadecimal digits');
  if (typeof lastHeight !== 'number' || !Number.isSafeInteger(lastHeight) || lastHeight < 1) throw wrong('lastHeight: expected a height from 1 on');
  if (typeof module !== 'string') throw wrong('module: expected the name of a consensus module');
  const found = consensusModule(module);
  const read = found.paramsFromJson(params);
  if (!read.ok) throw wrong(`params: ${read.message}`);
  return { chainId: fromHex(chainId), lastHeight, module: found.id, params: read.value };
}
