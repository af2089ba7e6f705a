import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chainId as chainIdOf } from '@vsys/data-format';
import { accountToHex } from '@vsys/crypto';
import { toHex } from '@vsys/primitives';
import type { BenchRun } from '../bench.ts';
import { benchSigner } from '../bench-chain.ts';
import { keepChain } from '../build-chain.ts';
import { CHAINS_FOLDER } from '../chains-folder.ts';
import { launchChromium, NO_CHROMIUM } from '../chromium.ts';
import { documentsThenEmpty } from '../documents-chain.ts';
import { lightRead, type LightRead, type LightShown } from '../light-page.ts';
import { median } from '../median.ts';
import { freePorts, writeNodeFolder } from '../node-folder.ts';
import { startNodeProcess } from '../node-process.ts';
import { BenchError, numberOption } from '../options.ts';
import { pageScript } from '../page-script.ts';

const DOCUMENTS = 1_000;
const GOAL_BLOCKS = 10_000;

/** One document of a long chain by the driver, cold each time: in this process, and in a new page of a real Chromium. */
export const runLight: BenchRun = async (options, print) => {
  const blocks = numberOption(options, 'blocks');
  const rounds = numberOption(options, 'rounds');
  const owner = benchSigner('owner');
  const chain = await keepChain({
    name: `checkpoint-${blocks}`, funded: ['owner'], keptIn: options['chains'] ?? CHAINS_FOLDER, print,
    blocks: (id) => documentsThenEmpty(id, owner, DOCUMENTS, blocks),
  });
  await using undo = new AsyncDisposableStack();
  const script = await pageScript('./light-page.ts');
  const pages = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html').end(isScript ? script : '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => void pages.listen(0, '127.0.0.1', resolve));
  undo.defer(() => void pages.close());
  const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  const [p2pPort, rpcPort] = (await freePorts(2)) as [number, number];
  const folder = await writeNodeFolder(join(chain.folder, 'node'), { specFile: '../chain.json', name: 'light', p2pPort, rpcPort, peers: [], corsOrigins: [origin] });
  const node = undo.adopt(await startNodeProcess(folder), (one) => one.stop());
  const asked: LightRead = { url: node.url, chainId: toHex(chainIdOf(chain.spec)), owner: accountToHex(owner.account), id: DOCUMENTS - 1 };

  const inNode: number[] = [];
  for (let round = 0; round < rounds; round++) {
    inNode.push(checked(await lightRead(asked), blocks).readMs);
    print(`in Node ${Math.round(inNode.at(-1) as number)} ms`);
  }
  const read: number[] = [];
  const page: number[] = [];
  const browser = await launchChromium();
  if (browser !== undefined) {
    undo.adopt(browser, (one) => one.close());
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext();
      const one = await context.newPage();
      await one.goto(`${origin}/`);
      const shown = checked(await one.evaluate((of) => (globalThis as unknown as { lightRead(of: LightRead): Promise<LightShown> }).lightRead(of), asked), blocks);
      read.push(shown.readMs);
      page.push(shown.pageMs);
      print(`in a page ${Math.round(shown.readMs)} ms, ${Math.round(shown.pageMs)} ms since it was asked for`);
      await context.close();
    }
  } else print(NO_CHROMIUM);
  const rows = [{ what: 'blocks', value: blocks, unit: '' }, { what: 'in Node, cold', value: median(inNode), unit: 'ms' }, { what: 'script of the page', value: script.length / 1_024, unit: 'KiB' }];
  if (page.length === 0) return { rows, goals: [] };
  return {
    rows: [...rows, { what: 'in a page, cold', value: median(read), unit: 'ms' }, { what: 'since the page was asked for', value: median(page), unit: 'ms' }, { what: 'for each header, in a page', value: (median(read) * 1_000) / blocks, unit: 'µs' }],
    // What is promised is promised of a long chain.
    goals: blocks < GOAL_BLOCKS ? [] : [{ metric: 'page', figure: median(page) / 1_000, unit: 's', goal: { most: 2 } }],
  };
};

function checked(shown: LightShown, blocks: number): LightShown {
  // The head is of long ago, so the answer is proven and says that it is old.
  if (shown.height < blocks || (shown.proof !== 'proven' && shown.proof !== 'stale')) throw new BenchError('BENCH_FAILED', `the document is not shown: ${JSON.stringify(shown)}`);
  return shown;
}
