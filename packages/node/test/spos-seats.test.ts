/** A seat's whole life on a network: leases, a contest, the handover, rewards and interest, evidence, and the end of it. */
import { expect, test } from '@jest/globals';
import type { ConsensusModule } from '@vsys/consensus';
import { createSpos, headerEvidence, SEAT_LIST_KEY, seatListFromBytes } from '@vsys/consensus-spos';
import { claim, contend, evidence, lease, setShare, stakeKey, stakeRecordFromBytes } from '@vsys/consensus-spos/ops';
import { sealMessage } from '@vsys/consensus/rules';
import { createInlineVerifier, type Signer, verifySignature } from '@vsys/crypto';
import { blockId, type Header, type Operation } from '@vsys/data-format';
import { createMemoryNetwork } from '@vsys/p2p';
import { compareBytes, createVirtualTime, toHex } from '@vsys/primitives';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { balanceKey, numberFromRecord } from '@vsys/transaction';
import { createNode, type Node } from '../src/index.ts';
import { moduleParams, signed, signers, START_MS, testChain } from './support.ts';

const SLOTS = 5;
const EPOCH = 10;
const REWARD = 1_000n;
const stake = { window: 4, reward: String(REWARD), contendFee: '50', contendMinimum: '1000000', bond: '100', interestSpread: 5, seatsFloor: 4, rebar: 1 };

test('a fifth account takes leases and a seat, seals blocks from the epoch after next, pays its lessor, and loses the seat on evidence', async () => {
  const { spec: plain, seats, rich } = testChain('spos', 4);
  const [fifth] = signers(1, 5) as [Signer];
  const module = createSpos({ verifySignature }) as ConsensusModule;
  const params = module.paramsFromJson({
    ...(moduleParams('spos', 1_000, seats.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) }))) as object), slots: SLOTS, epochBlocks: EPOCH, stake,
  });
  if (!params.ok) throw new RangeError(params.message);
  const balances = [...plain.balances, { account: fifth.account, amount: 1_000_000n }].toSorted((a, b) => compareBytes(a.account, b.account));
  const spec = { ...plain, consensus: { module: module.id, params: params.value }, fees: { perByte: 0n, perGas: 0n, to: 'burn' as const }, balances };

  const time = createVirtualTime(START_MS + 10);
  const net = createMemoryNetwork({ seed: 1, time, delayMs: [1, 20] });
  const nodes: Node[] = [];
  const rest = async (): Promise<void> => { for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve)); };
  const during = async <T>(promise: Promise<T>): Promise<T> => {
    let open = true;
    void promise.finally(() => { open = false; });
    while (open) { time.advance(5); await new Promise((resolve) => setImmediate(resolve)); }
    return promise;
  };
  for (const [i, signer] of [...seats, fifth].entries()) {
    const records = new Map<string, Uint8Array>();
    const node = await createNode({ spec }, {
      consensus: module, containers: [], store: createMemoryStore(), log: createMemoryBlockLog(), network: net.createHost(`n${i}`), verifier: createInlineVerifier(), signers: [signer],
      durable: { load: async (name) => records.get(name), save: async (name, bytes) => void records.set(name, bytes) }, clock: time, timers: time,
    });
    await node.start();
    for (let other = 0; other < i; other++) await during(node.network.dial(`/memory/n${other}`));
    nodes.push(node);
  }
  const { chain } = nodes[0]!;
  const until = async (height: number): Promise<void> => {
    for (let steps = 0; chain.head.height < height; steps++) {
      if (steps > 40_000) throw new RangeError(`the chain stands at height ${chain.head.height}, not at ${height}`);
      time.advance(25);
      await rest();
    }
  };
  const valueOf = async (key: Uint8Array): Promise<Uint8Array | undefined> => (await chain.stateAt())!.view.get(key);
  const seatsNow = async (): Promise<readonly number[]> => {
    const list = seatListFromBytes((await valueOf(SEAT_LIST_KEY)) ?? new Uint8Array());
    return list.ok ? list.value.map(({ index }) => index) : [];
  };
  const sequences = new Map<Signer, bigint>();
  const send = async (signer: Signer, ...operations: Operation[]): Promise<void> => {
    const sequence = sequences.get(signer) ?? 0n;
    sequences.set(signer, sequence + 1n);
    const [verdict] = await nodes[4]!.chain.submit([signed(spec, signer, sequence, operations)]);
    if (!verdict!.ok) throw new RangeError(verdict!.message);
    const { id } = verdict!.value;
    const from = chain.head.height;
    for (;;) {
      await until(chain.head.height + 1);
      const status = await chain.status(id);
      if (status.kind === 'included' || status.kind === 'safe' || status.kind === 'final') {
        expect([status.receipt.status, status.receipt.code]).toEqual(['ok', '']);
        return;
      }
      if (chain.head.height > from + 20) throw new RangeError(`transaction ${toHex(id)} is ${status.kind}`);
    }
  };
  /** Heights at which the fifth seat sealed, of blocks from one height on. */
  const sealedByFifth = async (from: number): Promise<readonly number[]> => {
    const heights: number[] = [];
    for (let height = from; height <= chain.head.height; height++) if (slotOf((await chain.at(height))!.header) === 4) heights.push(height);
    return heights;
  };

  await send(rich, lease(fifth.account, 3_000_000n));
  await send(fifth, setShare(500));
  await until(EPOCH - 5);
  await send(fifth, contend(4, fifth.publicKey.bytes));
  expect(await seatsNow()).toEqual([0, 1, 2, 3, 4]);
  const contested = chain.head.height;
  expect(contested).toBeLessThan(EPOCH);
  // Announced by the first block of the next epoch, in force with the one after.
  await until(2 * EPOCH + 12);
  const sealed = await sealedByFifth(1);
  expect(sealed[0]).toBeGreaterThanOrEqual(2 * EPOCH);
  expect(sealed[0]).toBeLessThan(2 * EPOCH + SLOTS);
  expect(sealed.length).toBeGreaterThanOrEqual(2);
  const earned = await valueOf(balanceKey(fifth.account));
  expect(numberFromRecord(earned)).toBe(1_000_000n - 50n - 100n + BigInt(sealed.length) * (REWARD / 2n));
  const before = numberFromRecord(await valueOf(balanceKey(rich.account)));
  await send(rich, claim(0));
  const paid = numberFromRecord(await valueOf(balanceKey(rich.account))) - before;
  expect(paid > 0n && paid <= BigInt((await sealedByFifth(1)).length) * (REWARD / 2n)).toBe(true);

  // Its key seals two headers of one slot.
  const one = (await chain.at(sealed[0] as number))!.header;
  const twice = [one, { ...one, gasUsed: one.gasUsed + 1n }].map((header) => ({ header, seal: fifth.sign(sealMessage(blockId(header))) }));
  await send(rich, evidence(headerEvidence(fifth.publicKey.bytes, twice[0]!, twice[1]!)));
  const convicted = chain.head.height;
  expect(await seatsNow()).toEqual([0, 1, 2, 3]);
  const record = stakeRecordFromBytes((await valueOf(stakeKey(fifth.account)))!);
  expect(record).toMatchObject({ convicted: true, bond: 0n, leasedIn: 3_000_000n });
  const end = (Math.ceil(convicted / EPOCH) + 1) * EPOCH;
  await until(end + 8);
  expect(await sealedByFifth(end)).toEqual([]);

  const final = Math.min(...nodes.map((node) => node.chain.final.height));
  expect(final).toBeGreaterThan(end);
  const roots = await Promise.all(nodes.map(async (node) => toHex((await node.chain.at(final))!.header.stateRoot)));
  expect(new Set(roots).size).toBe(1);
  for (const node of nodes) await during(node.stop());
}, 120_000);

function slotOf({ timeMs }: Header): number {
  return (timeMs / 1_000) % SLOTS;
}
