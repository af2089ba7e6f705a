import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { blockId, sealedHeaderFromBytes } from '@vsys/data-format';
import { collectionOps, createDatabase, databaseId } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { createCaller, createClient } from '@vsys/rpc/client';
import { COLLECTION, DATABASE, INDEXES, readCities } from '../src/cities.ts';
import { openDevnet } from '../src/devnet.ts';
import { fromBase64 } from '../src/from-base64.ts';
import { type NodeProcess, startNodeProcess } from '../src/node-process.ts';
import { pause } from '../src/pause.ts';
import { createSender } from '../src/send-operations.ts';
import { trustOf } from '../src/trust.ts';
import { createTestFolder, type TestFolder } from './support.ts';

const NODES_ARGV = ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning'];
/** Of the spec that a new network has: authorities up to the first, seats up to the second, validators from then on. */
const [POA_LAST, SPOS_LAST] = [8, 16] as const;
const END = SPOS_LAST + 4;
const ROWS = 25;

let folder: TestFolder;
beforeEach(async () => { folder = await createTestFolder(); });
afterEach(() => folder.remove());

test('four processes go from poa over spos to bft under load, one of them killed on the way, and light clients that began in the first era follow to the last', async () => {
  await using devnet = await openDevnet(folder.path, 'eras', { fresh: true });
  await using life = new AsyncDisposableStack();
  const start = (i: number): NodeProcess => startNodeProcess({ ...(devnet.nodes[i] as (typeof devnet.nodes)[number]), execArgv: NODES_ARGV, readyMsMax: 120_000 });
  const processes = devnet.nodes.map((_, i) => start(i));
  life.defer(async () => void (await Promise.all(processes.map((one) => one.stop()))));
  await Promise.all(processes.map((one) => one.ready()));
  const trust = await trustOf(devnet.spec);
  const urls = devnet.nodes.map(({ rpcUrl }) => rpcUrl);
  // One stays connected to a node, the other keeps a checkpoint of the first era and is gone until the last.
  using follower = createClient({ url: urls[3] as string, trust });
  using writer = createClient({ url: urls[0] as string, trust });

  const sender = await createSender({ client: writer, spec: devnet.spec, signer: devnet.ada });
  const collection = collectionOps(databaseId(devnet.ada.account, DATABASE), COLLECTION);
  await (await sender.send([createDatabase(DATABASE), collection.create(INDEXES)])).included();
  const cities = readCities(5_000);
  let sent = 0;
  let early: Uint8Array | undefined;
  let killed: 'not yet' | 'away' | 'back' = 'not yet';
  for (let height = 0; height <= END;) {
    await (await sender.send([collection.insert(cities.slice(sent, sent + ROWS))])).included();
    sent += ROWS;
    const { tip, final } = await follower.follow();
    height = final.height;
    if (early === undefined && final.height > 0) {
      expect(tip.height).toBeLessThanOrEqual(POA_LAST);
      early = follower.checkpoint();
    }
    if (killed === 'not yet' && height >= POA_LAST - 2) {
      killed = 'away';
      await processes[2]?.kill();
    }
    if (killed === 'away' && height > POA_LAST) {
      killed = 'back';
      processes[2] = start(2);
    }
  }
  await sender.idle();
  expect([killed, sent > 8 * ROWS, early !== undefined]).toEqual(['back', true, true]);

  using later = createClient({ url: urls[1] as string, trust: { ...trust, checkpoint: early } });
  const query = { database: databaseId(devnet.ada.account, DATABASE), collection: COLLECTION, filter: new Map() };
  for (const client of [follower, later, writer]) expect((await client.count(query)).count).toBe(BigInt(sent));
  expect((await later.follow()).final.height).toBeGreaterThan(END);

  // Each header says by its form which module it is of, and blocks of the last era are final at once.
  const { headers } = await createCaller({ url: urls[1] as string })('chain_headers', { locator: [toHex(blockId(trust.genesis))], max: 64 });
  const exts = headers.map((bytes) => sealedHeaderFromBytes(fromBase64(bytes))).map((one) => (one.ok ? one.value.header : undefined)).map((header) => [header?.height, header?.ext] as const);
  for (const [height, ext] of exts) {
    const era = (height as number) > SPOS_LAST ? 2 : (height as number) > POA_LAST ? 1 : 0;
    if (height === POA_LAST + 1 || height === SPOS_LAST + 1) expect(ext?.[0]).toBe(1);
    else if (era === 1) expect(ext?.length).toBeGreaterThanOrEqual(10);
    else expect(ext?.length).toBe(era === 0 ? 2 : 4);
  }
  // The one that was killed is with the others again.
  await processes[2]?.ready();
  const infoOf = (url: string) => createCaller({ url })('chain_info', {});
  for (const endMs = Date.now() + 60_000; ;) {
    const heads = await Promise.all(urls.map(infoOf));
    if (new Set(heads.map(({ head }) => head.id)).size === 1) break;
    if (Date.now() > endMs) expect(heads.map(({ head }) => head.height)).toBe('all the same');
    await pause(50);
  }
}, 300_000);
