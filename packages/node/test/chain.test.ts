import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRouter } from '@vsys/container';
import { type Chain, type ChainParts, createChain, createEngineHost, createHeaderChain, type EngineHost, sealMessage } from '@vsys/consensus';
import { type Block, blockId, bodyRoot, chainId } from '@vsys/data-format';
import { accept, createVirtualTime, toHex, type VirtualTime } from '@vsys/primitives';
import { type BlockLog, createMemoryBlockLog, createMemoryStore, type Store } from '@vsys/store';
import { balanceKey, createCoinContainer, numberFromRecord, transfer } from '@vsys/transaction';
import { createInlineVerifier, moduleParams, signed, signers, START_MS, type TestChain, testChain } from './support.ts';

interface Running { chain: Chain; engine: EngineHost; store: Store; log: BlockLog; memory: { bytes?: Uint8Array }; published: Block[] }

async function run(setup: TestChain, time: VirtualTime, { store = createMemoryStore(), log = createMemoryBlockLog(), memory = {}, seats = setup.seats }: Partial<Pick<Running, 'store' | 'log' | 'memory'>> & { readonly seats?: TestChain['seats'] } = {}): Promise<Running> {
  const consensus = setup.module.open(setup.spec.consensus.params, chainId(setup.spec));
  if (!consensus.ok) throw new RangeError(consensus.message);
  const chain = await createChain({ spec: setup.spec }, { consensus: consensus.value, router: createRouter([createCoinContainer()]), store, log, verifier: createInlineVerifier(), clock: time });
  const published: Block[] = [];
  const engine = createEngineHost<unknown, Omit<Block, 'seal'>>({
    engine: consensus.value.engine(seats.map(({ publicKey }) => publicKey)), view: chain.treeView,
    ...(memory.bytes === undefined ? {} : { saved: memory.bytes }),
    ports: {
      clock: time, timers: time, build: (request) => chain.build(request),
      async sign({ key, bytes }) {
        const signer = seats.find(({ publicKey }) => toHex(publicKey.bytes) === toHex(key.bytes));
        return signer === undefined ? { ok: false, code: 'NO_KEY', message: '' } : { ok: true, value: signer.sign(bytes) };
      },
      import: (block, seal) => chain.importBlock({ ...block, seal }, 'own'),
      certify: (id, seal) => chain.certify(id, seal),
      async publish(block, seal) { published.push({ ...block, seal }); },
      justify: (ref) => chain.justify(ref),
      finalise: (ref) => chain.finalise(ref),
      async persist(bytes) { memory.bytes = bytes; },
    },
  });
  chain.listen((event) => { 
    if (event.kind === 'head') engine.notify({ kind: 'head' });
    if (event.kind === 'block') engine.notify({ kind: 'block', id: event.id, stage: event.stage });
  });
  engine.start();
  await engine.idle();
  return { chain, engine, store, log, memory, published };
}

/** What it published, as it gives it to others now: with the certificates that came later, where the module has them. */
async function blocksOf({ chain, published }: Running): Promise<Block[]> {
  const blocks = await Promise.all(published.filter(({ header }) => !chain.isUncertified(blockId(header))).map(({ header }) => chain.blockById(blockId(header))));
  return blocks.filter((block) => block !== undefined);
}

/** Lets time pass in steps, each settled before the next. */
async function pass(time: VirtualTime, running: readonly Running[], ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    time.advance(250);
    for (const { engine } of running) await engine.idle();
  }
}

describe.each(['spos', 'poa', 'bft'] as const)('a chain under %s', (kind) => {
  const setup = testChain(kind, 4);
  let time: VirtualTime;
  let node: Running;
  beforeEach(async () => {
    time = createVirtualTime(START_MS + 50);
    node = await run(setup, time);
  });
  afterEach(async () => {
    await node.engine.close();
    await node.chain.close();
  });

  test('makes blocks in their time, executes transfers, and finalises by its rule', async () => {
    const [, to] = signers(2, 3);
    const verdicts = await node.chain.submit([signed(setup.spec, setup.rich, 0n, [transfer(to!.account, 500n)]), signed(setup.spec, setup.rich, 1n, [transfer(to!.account, 7n)])]);
    expect(verdicts.map((v) => v.ok)).toEqual([true, true]);
    await pass(time, [node], 10_000);
    expect(node.chain.head.height).toBeGreaterThanOrEqual(8);
    expect(node.chain.final.height).toBeGreaterThanOrEqual(node.chain.head.height - 4);
    const state = await node.chain.stateAt();
    expect(numberFromRecord(await state!.view.get(balanceKey(to!.account)))).toBe(507n);
    const id = verdicts[0]!.ok ? verdicts[0]!.value.id : new Uint8Array();
    expect(await node.chain.status(id)).toMatchObject({ kind: 'final', index: 0, receipt: { status: 'ok' } });
  });

  test('another node imports the same blocks to the same state, and refuses every one that was tampered with', async () => {
    await node.chain.submit([signed(setup.spec, setup.rich, 0n, [transfer(signers(1, 3)[0]!.account, 500n)])]);
    await pass(time, [node], 4_000);
    const other = await run(setup, time, { seats: [] });
    for (const block of await blocksOf(node)) {
      const lies: [string, Block][] = [
        ['state root', { ...block, header: { ...block.header, stateRoot: new Uint8Array(32) } }],
        ['gas', { ...block, header: { ...block.header, gasUsed: block.header.gasUsed + 1n } }],
        ['body', { ...block, transactions: [...block.transactions, Uint8Array.of(1)] }],
        ['seal', { ...block, seal: block.seal.map((byte, i) => (i === 5 ? byte ^ 1 : byte)) }],
        ['history', { ...block, header: { ...block.header, historyRoot: new Uint8Array(32) } }],
      ];
      for (const [what, lie] of lies) expect([what, (await other.chain.importBlock(lie)).ok]).toEqual([what, false]);
      expect(await other.chain.importBlock(block)).toMatchObject({ ok: true });
    }
    await other.engine.idle();
    expect(toHex(other.chain.head.id)).toBe(toHex(node.chain.head.id));
    expect(toHex(other.chain.head.header.stateRoot)).toBe(toHex(node.chain.head.header.stateRoot));
    await other.engine.close();
    await other.chain.close();
  });

  test.each([['with its store', true], ['without its store: rebuilt from the log', false]])('goes on after a crash %s', async (_, keep) => {
    await node.chain.submit([signed(setup.spec, setup.rich, 0n, [transfer(signers(1, 3)[0]!.account, 500n)])]);
    await pass(time, [node], 8_000);
    const { head, final } = node.chain;
    await node.engine.close();
    const again = await run(setup, time, { log: node.log, memory: node.memory, ...(keep ? { store: node.store } : {}) });
    expect(toHex(again.chain.head.id)).toBe(toHex(head.id));
    expect(again.chain.final.height).toBeGreaterThanOrEqual(final.height);
    await pass(time, [again], 4_000);
    expect(again.chain.head.height).toBeGreaterThan(head.height);
    node = again;
  });

  test('headers after a locator are those of the canonical chain, from disk and from memory', async () => {
    await pass(time, [node], 12_000);
    const genesis = node.chain.genesis.id;
    const headers = await node.chain.headersAfter([genesis], 512);
    expect(headers.map(({ header }) => header.height)).toEqual(Array.from({ length: node.chain.head.height }, (_, i) => i + 1));
    expect(toHex(blockId(headers.at(-1)!.header))).toBe(toHex(node.chain.head.id));
    const block = await node.chain.blockById(blockId(headers[1]!.header));
    expect(block?.header.height).toBe(2);
    expect((await node.chain.headersAfter(node.chain.locator(), 10))).toEqual([]);
  });

  test('a light client goes up by a certificate that the chain gives it, where the module has any, and follows the rest', async () => {
    await pass(time, [node], 40_000);
    const { spec, genesis, rules, final, head } = node.chain;
    const chain = createHeaderChain({ rules, spec, genesis: genesis.header });
    const jump = await node.chain.jump(genesis.id, head.height);
    expect(jump === undefined).toBe(rules.certificate === undefined);
    expect(rules.certificate === undefined).toBe(spec.consensus.module === 'poa@1');
    expect(jump === undefined || chain.jump(jump).ok).toBe(true);
    expect(chain.final.height).toBeGreaterThan(jump === undefined ? -1 : final.height - 3);
    expect(chain.extend(await node.chain.headersAfter([chain.tip.id], 512)).ok).toBe(true);
    expect(toHex(chain.tip.id)).toBe(toHex(head.id));
    expect(await node.chain.jump(chain.final.id, head.height)).toBeUndefined();
    expect(await node.chain.jump(new Uint8Array(32), head.height)).toBeUndefined();
  });
});

test('a body that was checked ahead is imported as any other, and vouches for no other body of its header', async () => {
  const setup = testChain('poa', 1);
  const time = createVirtualTime(START_MS + 50);
  const node = await run(setup, time);
  await node.chain.submit([signed(setup.spec, setup.rich, 0n, [transfer(signers(1, 3)[0]!.account, 500n)])]);
  await pass(time, [node], 3_000);
  const block = node.published.find(({ transactions }) => transactions.length > 0)!;
  const before = node.published.slice(0, node.published.indexOf(block));
  const other = await run(setup, time, { seats: [] });
  for (const one of before) await other.chain.importBlock(one);
  const forged = { ...block, transactions: block.transactions.map((bytes) => bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1)) };
  other.chain.prepare(forged);
  expect(await other.chain.importBlock(forged)).toMatchObject({ ok: false, code: 'IMPORT_BODY' });
  other.chain.prepare(block);
  expect(await other.chain.importBlock({ ...block, transactions: [] })).toMatchObject({ ok: false, code: 'IMPORT_BODY' });
  expect(await other.chain.importBlock(block)).toMatchObject({ ok: true });
  for (const one of [node, other]) {
    await one.engine.close();
    await one.chain.close();
  }
});

test('a block that its seat sealed and nobody can take is executed once, and its children not at all; bytes that are not its body say nothing of a block', async () => {
  const setup = testChain('poa', 1);
  const time = createVirtualTime(START_MS + 50);
  const node = await run(setup, time);
  await node.chain.submit([signed(setup.spec, setup.rich, 0n, [transfer(signers(1, 3)[0]!.account, 500n)])]);
  await pass(time, [node], 3_000);
  const [good, next] = node.published as [Block, Block];
  const sealed = (block: Block): Block => ({ ...block, seal: setup.seats[0]!.sign(sealMessage(blockId(block.header))) });
  const other = await run(setup, time, { seats: [] });
  const stages: string[] = [];
  other.chain.listen((event) => { if (event.kind === 'block') stages.push(event.stage); });

  // What came as its body was not: the block itself is still welcome.
  expect(await other.chain.importBlock({ ...good, transactions: [...good.transactions, Uint8Array.of(1)] })).toMatchObject({ ok: false, code: 'IMPORT_BODY' });
  const garbage = [Uint8Array.of(1, 2, 3)];
  const bad: readonly (readonly [string, Block, string])[] = [
    ['a wrong state', sealed({ ...good, header: { ...good.header, stateRoot: new Uint8Array(32).fill(9) } }), 'IMPORT_EXECUTION'],
    ['a body that is none', sealed({ ...good, header: { ...good.header, bodyRoot: bodyRoot(garbage) }, transactions: garbage }), 'IMPORT_BODY'],
  ];
  for (const [what, block, code] of bad) {
    expect([what, await other.chain.importBlock(block)]).toMatchObject([what, { ok: false, code }]);
    expect([what, await other.chain.importBlock(block)]).toMatchObject([what, { ok: false, code: 'IMPORT_INVALID' }]);
    const child = sealed({ ...next, header: { ...next.header, parent: blockId(block.header) } });
    expect([what, await other.chain.importBlock(child)]).toMatchObject([what, { ok: false, code: 'IMPORT_INVALID' }]);
  }
  expect(stages).toEqual(['invalid', 'invalid']);
  expect(await other.chain.importBlock(good)).toMatchObject({ ok: true });
  for (const one of [node, other]) {
    await one.engine.close();
    await one.chain.close();
  }
});

test('readers see every block, and the state of the final one, while it is on its way into the store', async () => {
  const setup = testChain('poa', 1);
  const time = createVirtualTime(START_MS + 50);
  const memory = createMemoryStore();
  let asked = (): void => {};
  const gate: { held?: Promise<void> } = {};
  const store: Store = { ...memory, batch: async (ops) => { asked(); await gate.held; await memory.batch(ops); } };
  const { chain, engine } = await run(setup, time, { store });
  await pass(time, [{ chain, engine } as Running], 3_000);
  const locator = chain.locator();
  const isAsked = new Promise<void>((resolve) => { asked = resolve; });
  let release = (): void => {};
  gate.held = new Promise((resolve) => { release = resolve; });
  time.advance(1_000);
  await isAsked;
  const { head, final } = chain;
  for (let height = 1; height <= head.height; height++) {
    const sealed = await chain.at(height);
    expect([height, sealed?.header.height]).toEqual([height, height]);
    expect([height, await chain.has(blockId(sealed!.header))]).toEqual([height, true]);
    expect([height, (await chain.blockById(blockId(sealed!.header)))?.header.height]).toEqual([height, height]);
  }
  expect((await chain.stateAt(final.height))?.at.height).toBe(final.height);
  for (const from of [locator, [(await chain.at(1))!.header.parent]]) {
    const headers = await chain.headersAfter(from, 100);
    expect(headers.at(-1)?.header.height).toBe(head.height);
    for (const [i, { header }] of headers.entries()) expect(header.height).toBe(headers[0]!.header.height + i);
  }
  release();
  await engine.close();
  await chain.close();
});

describe.each(['spos', 'poa', 'bft'] as const)('fees to the author, under %s', (kind) => {
  const plain = testChain(kind, 3);
  // Accounts of their own, so that what a seat earns lies apart from the key that mints.
  const earning = signers(3, 55).map(({ account }) => account);
  const module = plain.module;
  const params = module.paramsFromJson(moduleParams(kind, 1_000, plain.seats.map(({ publicKey }, seat) => ({ account: toHex(earning[seat]!), key: toHex(publicKey.bytes) }))));
  if (!params.ok) throw new RangeError(params.message);
  const setup: TestChain = { ...plain, spec: { ...plain.spec, fees: { perByte: 1n, perGas: 1n, to: 'author' }, consensus: { ...plain.spec.consensus, params: params.value } } };
  const balanceOf = async (chain: Chain, account: Uint8Array): Promise<bigint> => numberFromRecord(await (await chain.stateAt())!.view.get(balanceKey(account)));

  test('go to the account of each block\'s seat; nothing is lost, every node agrees, and a replay of the log too', async () => {
    const time = createVirtualTime(START_MS + 50);
    let node = await run(setup, time);
    const to = signers(1, 3)[0]!.account;
    const ids: Uint8Array[] = [];
    for (let sequence = 0n; sequence < 6n; sequence++) {
      // The fourth fails, and pays too.
      const [verdict] = await node.chain.submit([signed(setup.spec, setup.rich, sequence, [transfer(to, sequence === 3n ? 2n ** 62n : 5n)])]);
      if (verdict?.ok !== true) throw new Error(verdict?.code);
      ids.push(verdict.value.id);
      await pass(time, [node], 1_000);
    }
    await pass(time, [node], 2_000);
    const earned = new Map<string, bigint>();
    for (const id of ids) {
      const status = await node.chain.status(id);
      if (!('receipt' in status)) throw new Error(status.kind);
      const { header } = (await node.chain.blockById(status.blockId))!;
      const ext = new DataView(header.ext.buffer, header.ext.byteOffset);
      const position = { spos: () => ext.getUint16(8), poa: () => ext.getUint16(0), bft: () => (header.height + ext.getUint32(0)) % 3 }[kind]();
      const account = toHex(earning[position]!);
      earned.set(account, (earned.get(account) ?? 0n) + status.receipt.feePaid);
    }
    expect(earned.size).toBeGreaterThan(1);
    for (const account of earning) expect(await balanceOf(node.chain, account)).toBe(earned.get(toHex(account)) ?? 0n);
    expect((await Promise.all([setup.rich.account, to, ...earning].map((account) => balanceOf(node.chain, account)))).reduce((sum, one) => sum + one)).toBe(1_000_000_000_000n);

    const other = await run(setup, time, { seats: [] });
    for (const block of await blocksOf(node)) expect(await other.chain.importBlock(block)).toMatchObject({ ok: true });
    expect(toHex(other.chain.head.header.stateRoot)).toBe(toHex(node.chain.head.header.stateRoot));
    await other.engine.close();
    await other.chain.close();
    const { head } = node.chain;
    await node.engine.close();
    await node.chain.close();
    node = await run(setup, time, { log: node.log, memory: node.memory });
    expect(toHex(node.chain.head.id)).toBe(toHex(head.id));
    await node.engine.close();
    await node.chain.close();
  });

  test('are refused under rules that know no accounts', async () => {
    const opened = setup.module.open(setup.spec.consensus.params, chainId(setup.spec));
    if (!opened.ok) throw new RangeError(opened.message);
    const { author: _, ...rules } = opened.value.rules;
    const parts = { consensus: { ...opened.value, rules }, router: createRouter([createCoinContainer()]), store: createMemoryStore(), log: createMemoryBlockLog(), verifier: createInlineVerifier(), clock: createVirtualTime(START_MS) };
    await expect(createChain({ spec: setup.spec }, parts)).rejects.toMatchObject({ code: 'CHAIN_SPEC', message: expect.stringContaining('set it to "burn"') });
  });
});

test('runs no container that its spec does not name, whatever its nodes carry', async () => {
  const { spec, module, rich } = testChain('spos', 1);
  const consensus = module.open(spec.consensus.params, chainId(spec));
  if (!consensus.ok) throw new RangeError(consensus.message);
  const other = { ...createCoinContainer(), name: 'other' };
  const open = (named: typeof spec): Promise<Chain> => createChain({ spec: named }, { consensus: consensus.value, router: createRouter([createCoinContainer(), other]), store: createMemoryStore(), log: createMemoryBlockLog(), verifier: createInlineVerifier(), clock: createVirtualTime(START_MS) });
  const operation = { ...transfer(rich.account, 1n), container: 'other' };
  const chain = await open(spec);
  expect(await chain.submit([signed(spec, rich, 0n, [operation])])).toMatchObject([{ ok: false, code: 'TX_OPERATION', data: { reason: 'CONTAINER_UNKNOWN' } }]);
  expect(await chain.submit([signed(spec, rich, 0n, [transfer(rich.account, 1n)])])).toMatchObject([{ ok: true }]);
  await chain.close();
  const named = { ...spec, containers: [...spec.containers, { name: 'other', version: 1, params: new Uint8Array() }] };
  const wider = await open(named);
  expect(await wider.submit([signed(named, rich, 0n, [operation])])).toMatchObject([{ ok: true }]);
  await wider.close();
});

test('refuses a spec of a side chain that was given no rules of references', async () => {
  const { spec, module } = testChain('spos', 1);
  const consensus = module.open(spec.consensus.params, chainId(spec));
  if (!consensus.ok) throw new RangeError(consensus.message);
  const mainReference = { chainId: new Uint8Array(32).fill(1), height: 5, blockId: new Uint8Array(32).fill(2) };
  const parts = { consensus: consensus.value, router: createRouter([createCoinContainer()]), store: createMemoryStore(), log: createMemoryBlockLog(), verifier: createInlineVerifier(), clock: createVirtualTime(START_MS) };
  await expect(createChain({ spec: { ...spec, mainReference } }, parts)).rejects.toMatchObject({ code: 'CHAIN_SPEC', message: expect.stringContaining('references') });
  const references: ChainParts['references'] = { checkForm: () => accept(undefined), check: () => ({ kind: 'eligible' }) };
  await (await createChain({ spec: { ...spec, mainReference } }, { ...parts, references })).close();
});

test('refuses a folder of another chain, naming both and the way out', async () => {
  const time = createVirtualTime(START_MS);
  const store = createMemoryStore();
  const first = await run(testChain('poa', 1), time, { store });
  await first.engine.close();
  await expect(run(testChain('spos', 1), time, { store })).rejects.toMatchObject({ code: 'CHAIN_WRONG_DATA', message: expect.stringContaining('another data folder') });
});

test('refuses transactions with a code for each cause, and takes a repeated one without harm', async () => {
  const setup = testChain('poa', 1);
  const time = createVirtualTime(START_MS);
  const node = await run(setup, time);
  const to = signers(1, 3)[0]!.account;
  const good = signed(setup.spec, setup.rich, 0n, [transfer(to, 1n)]);
  const code = async (bytes: Uint8Array): Promise<string> => {
    const [verdict] = await node.chain.submit([bytes]);
    return verdict!.ok ? verdict!.value.status : verdict!.code;
  };
  expect(await code(good)).toBe('pooled');
  expect(await code(good)).toBe('known');
  expect(await code(good.map((byte, i) => (i === good.length - 1 ? byte ^ 1 : byte)))).toBe('known');
  expect(await code(Uint8Array.of(1, 2))).toBe('TX_MALFORMED');
  expect(await code(signed(setup.spec, setup.rich, 1n, [transfer(to, 1n)], { chainId: new Uint8Array(32) }))).toBe('TX_WRONG_CHAIN');
  expect(await code(signed(setup.spec, setup.rich, 1n, [transfer(to, 1n)], { feeMax: 0n }))).toBe('TX_FEE_TOO_LOW');
  expect(await code(signed(setup.spec, setup.rich, 1n, [transfer(to, 0n)]))).toBe('TX_OPERATION');
  expect(await code(signed(setup.spec, setup.rich, 1n, [{ container: 'nope', payload: new Uint8Array() }]))).toBe('TX_OPERATION');
  expect(await code(signed(setup.spec, setup.rich, 1n, [{ ...transfer(to, 1n), actor: to }]))).toBe('TX_NOT_AUTHORIZED');
  expect(await code(signed(setup.spec, setup.rich, 1n, [transfer(to, 1n)], { validUntil: 0 }))).toBe('TX_EXPIRED');
  expect(await code(signed(setup.spec, setup.rich, 9_999n, [transfer(to, 1n)]))).toBe('TX_SEQUENCE_AHEAD');
  expect(await code(signed(setup.spec, signers(1, 3)[0]!, 0n, [transfer(to, 1n)]))).toBe('TX_CANNOT_PAY');
  const other = signed(setup.spec, setup.rich, 1n, [transfer(to, 2n)]);
  expect(await code(other.map((byte, i) => (i === other.length - 1 ? byte ^ 1 : byte)))).toBe('TX_SIGNATURE');
  await pass(time, [node], 6_000);
  expect(await code(good)).toBe('known');
  expect(await code(signed(setup.spec, setup.rich, 0n, [transfer(to, 2n)]))).toBe('TX_SEQUENCE_USED');
  await node.engine.close();
  await node.chain.close();
});

test('takes fewer transactions into a block after one that was ready too late, and more again after those in time', async () => {
  const setup = testChain('poa', 1);
  const time = createVirtualTime(START_MS);
  const { chain, engine } = await run(setup, time, { seats: [] });
  const to = signers(1, 3)[0]!.account;
  await chain.submit(Array.from({ length: 2_500 }, (_, i) => signed(setup.spec, setup.rich, BigInt(i), [transfer(to, 1n)], { gasMax: 1_000n })));
  const sizeWith = async (deadlineMs: number): Promise<number> =>
    (await chain.build({ job: 'test', on: chain.head.id, timeMs: START_MS + 1_000, ext: new Uint8Array(2), deadlineMs }))!.block.transactions.length;
  const all = await sizeWith(START_MS - 1);
  const half = await sizeWith(START_MS - 1);
  expect(all).toBe(2_500);
  expect(half).toBeLessThan(all);
  const sizes: number[] = [];
  for (let i = 0; i < 12; i++) sizes.push(await sizeWith(START_MS + 1));
  expect(sizes[0]).toBeLessThanOrEqual(half);
  expect(sizes.at(-1)).toBe(all);
  await engine.close();
  await chain.close();
});

test('a transaction that fails keeps its fee, uses its sequence and says why', async () => {
  const setup = testChain('poa', 1);
  const time = createVirtualTime(START_MS);
  const node = await run(setup, time);
  const to = signers(1, 3)[0]!.account;
  const bytes = signed(setup.spec, setup.rich, 0n, [transfer(to, 5n), transfer(to, 2n ** 63n)]);
  const [verdict] = await node.chain.submit([bytes]);
  await pass(time, [node], 3_000);
  const status = await node.chain.status(verdict!.ok ? verdict!.value.id : new Uint8Array());
  expect(status).toMatchObject({ receipt: { status: 'failed', code: 'COIN_INSUFFICIENT' } });
  const { view } = (await node.chain.stateAt())!;
  const fee = 'receipt' in status ? status.receipt.feePaid : 0n;
  expect(fee).toBeGreaterThan(BigInt(bytes.length));
  expect(numberFromRecord(await view.get(balanceKey(setup.rich.account)))).toBe(1_000_000_000_000n - fee);
  expect(await view.get(balanceKey(to))).toBeUndefined();
  await node.engine.close();
  await node.chain.close();
});
