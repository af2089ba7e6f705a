import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Browser, Page } from 'playwright-core';
import { hasChromium, openChromium, openPages, type Pages, WHERE } from './chromium.ts';
import { buildPage, type Dev, guideApp, startDev } from './first-app.ts';

const STORY_MS_MAX = 180_000;
const here = hasChromium ? describe : describe.skip;

let folder: string;
let pages: Pages;
let dev: Dev;
let browser: Browser;

/** What the page's script prints, when it is through. */
async function run(page: Page, code: string): Promise<readonly string[]> {
  pages.serve(await buildPage(code));
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  page.on('pageerror', (error) => lines.push(`failed ${String(error)}`));
  await page.goto(`${pages.origin}/`);
  await isThrough(page, lines);
  return lines;
}

async function isThrough(page: Page, lines: readonly string[]): Promise<void> {
  while (!lines.some((line) => /^(through|failed)/.test(line))) await Promise.race([page.waitForEvent('console', { timeout: STORY_MS_MAX }), page.waitForEvent('pageerror', { timeout: STORY_MS_MAX })]);
}

here(`the driver in a page that Vite built, in a real Chromium ${WHERE}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vsys-first-page-'));
    pages = await openPages();
    dev = await startDev(folder, '--cors-origins', pages.origin);
    browser = await openChromium();
  }, STORY_MS_MAX);

  afterAll(async () => {
    await browser?.close();
    await dev?.[Symbol.asyncDispose]();
    await pages?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }, STORY_MS_MAX);

  test('the application of the guide runs as it stands there, and checks its proofs', async () => {
    const page = await browser.newPage();
    const lines = await run(page, `${guideApp(dev.url)}\nconsole.log('through');`);
    expect(lines[0]).toMatch(/^buy milk \d+ proven$/);
    expect(lines).toContainEqual(expect.stringMatching(/^applied \d+$/));
    expect(lines.at(-1)).toBe('through');
    await page.close();
  }, STORY_MS_MAX);

  test('the page refuses what a lying node answers', async () => {
    const liar = createServer((request, response) => {
      void text(request).then(async (body) => {
        response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', 'content-type');
        if (request.method !== 'POST') return response.end();
        let answer = await (await fetch(dev.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
        // One byte of a proof; the first letter of base64 holds no padding.
        if (body.includes('"db_find"')) answer = answer.replace(/("rangeProof":")(.)/, (_, name: string, letter: string) => `${name}${letter === 'A' ? 'B' : 'A'}`);
        return response.end(answer);
      });
    });
    await new Promise<void>((resolve) => void liar.listen(0, '127.0.0.1', resolve));
    const page = await browser.newPage();
    const lines = await run(page, `
      import { connect, Wallet } from '@vsys/client';
      const chain = await connect('http://127.0.0.1:${(liar.address() as AddressInfo).port}');
      const ada = await Wallet.test('ada');
      const notes = chain.db({ owner: ada.address, name: 'notes' }).collection('note');
      console.log(await notes.find({}).toArray().then(() => 'believed', (error) => error.code));
      console.log('through');
    `);
    expect(lines).toEqual([expect.stringMatching(/^CLIENT_(PROOF_FAILED|BAD_ANSWER)$/), 'through']);
    await page.close();
    liar.closeAllConnections();
    liar.close();
  }, STORY_MS_MAX);

  test('the browser\'s own Ed25519 has the verdicts of the one rule', async () => {
    const page = await browser.newPage();
    const lines = await run(page, `
      import { openWebVerifier, verifySignature } from '@vsys/crypto/verify';
      import { valid, invalid } from '@vsys/crypto/vectors/ed25519.json';
      const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
      const all = [...valid, ...invalid];
      const verifyMany = await openWebVerifier(verifySignature);
      const verdicts = await verifyMany?.(all.map(({ input }) => ({ publicKey: { scheme: 'ed25519', bytes: bytes(input.publicKey) }, message: bytes(input.message), signature: bytes(input.signature) })));
      console.log(verdicts === undefined ? 'none' : all.length, all.filter((_, i) => verdicts?.[i] !== i < valid.length).map(({ name }) => name).join());
      console.log('through');
    `);
    // A browser without it, or with another rule, takes the portable one: then this test has nothing to compare.
    expect(lines[0]).toMatch(/^\d+ ?$/);
    await page.close();
  }, STORY_MS_MAX);

  test('a key of the browser signs, stays over a reload, and cannot be read', async () => {
    const page = await browser.newPage();
    const code = `
      import { connect, Wallet } from '@vsys/client';
      const chain = await connect('${dev.url}');
      const mine = await Wallet.browser('mine');
      if (await chain.balance(mine) < 1_000_000n) await chain.transfer(await Wallet.test('ada'), mine.address, 10_000_000n);
      const visits = await chain.db('visits').collection('visit', { schema: { n: 'long' } }).ensure(mine);
      await visits.as(mine).insertOne({ n: BigInt(await visits.countDocuments()) });
      console.log(mine.address, await visits.countDocuments());
      const opened = indexedDB.open('vsys-keys', 1);
      await new Promise((resolve) => opened.addEventListener('success', resolve));
      const read = opened.result.transaction('keys').objectStore('keys').get('mine');
      await new Promise((resolve) => read.addEventListener('success', resolve));
      console.log(await crypto.subtle.exportKey('pkcs8', read.result.privateKey).then(() => 'stolen', (error) => error.name));
      console.log('through');
    `;
    const first = await run(page, code);
    const [, address] = /^(0x[0-9a-fA-F]{40}) 1$/.exec(first[0] ?? '') ?? [];
    expect(address).toBeDefined();
    expect(first.slice(1)).toEqual(['InvalidAccessError', 'through']);
    const again: string[] = [];
    page.on('console', (message) => again.push(message.text()));
    await page.reload();
    await isThrough(page, again);
    expect(again[0]).toBe(`${address} 2`);
    await page.close();
  }, STORY_MS_MAX);
});
