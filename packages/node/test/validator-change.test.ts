import { describe, expect, test } from '@jest/globals';
import { approveAuthorityChange, type AuthorityChange, createHeaderChain } from '@vsys/consensus';
import { BFT_CONTAINER } from '@vsys/consensus-bft';
import type { Signer } from '@vsys/crypto';
import { chainId, createTransaction, type Operation, transactionToBytes } from '@vsys/data-format';
import { equalBytes } from '@vsys/primitives';
import { addPlace, expectOneHistory, finals, pass, type Place, reached, running, start, stop, world, type World } from './bft-world.ts';
import { signers } from './support.ts';

/** One transaction, which the rich account pays and these act in. */
function order({ setup: { spec, rich } }: World, sequence: bigint, operations: readonly Operation[], actors: readonly Signer[] = []): Uint8Array {
  return transactionToBytes(createTransaction({ chainId: chainId(spec), payer: rich.account, lane: 0, sequence, validUntil: 1_000_000, feeMax: 2_000_000n, gasMax: 200_000n, operations }, [rich, ...actors]));
}

async function change(w: World, sequence: bigint, what: AuthorityChange, actors: readonly Signer[]): Promise<void> {
  const operations = actors.map(({ account }) => ({ ...approveAuthorityChange(BFT_CONTAINER, what), actor: account }));
  const before = validators(w);
  for (const { chain } of running(w)) await chain.submit([order(w, sequence, operations, actors)]);
  await pass(w.time, 60_000, () => running(w).every((node) => node.consensusNumbers['validators'] !== before));
}
const validators = (w: World): number => running(w)[0]!.consensusNumbers['validators']!;
const goesOn = async (w: World, blocks = 3): Promise<boolean> => {
  const from = Math.max(...finals(w));
  await pass(w.time, 60_000, reached(w, from + blocks));
  return reached(w, from + blocks)();
};
const stands = async (w: World): Promise<boolean> => {
  await pass(w.time, 3_000);
  const from = Math.max(...finals(w));
  await pass(w.time, 15_000);
  return Math.max(...finals(w)) === from;
};
const stopAll = async (w: World): Promise<void> => {
  for (const place of w.places) await stop(w, place);
};

describe('validators of bft@1 that change while the chain runs', () => {
  test('an added one catches up and votes, a removed one counts no more, and below four all must vote', async () => {
    const w = world(11);
    const [fifth] = signers(1, 55) as [Signer];
    const { seats } = w.setup;
    const places: Place[] = [];
    for (let seat = 0; seat < 4; seat++) places.push(await addPlace(w, seat));
    expect(await goesOn(w)).toBe(true);
    await change(w, 0n, { kind: 'add', account: fifth.account, key: fifth.publicKey.bytes }, seats.slice(0, 3));
    expect(running(w).map(({ consensusNumbers }) => [consensusNumbers['validators'], consensusNumbers['quorum']])).toEqual(Array.from({ length: 4 }, () => [5, 4]));
    expect(await goesOn(w)).toBe(true);
    // It starts from nothing, many blocks later; then its vote is needed.
    const added = await addPlace(w, undefined, { signers: [fifth] });
    expect(await goesOn(w)).toBe(true);
    await stop(w, places[0]!);
    expect(await goesOn(w, 6)).toBe(true);
    await stop(w, added);
    expect(await stands(w)).toBe(true);
    await start(w, added);
    expect(await goesOn(w)).toBe(true);
    // Four, of whom 0 is away: 1, which is here and removed, could not stand in for it.
    await change(w, 1n, { kind: 'remove', account: seats[1]!.account }, [seats[1]!, seats[2]!, seats[3]!, fifth]);
    expect(await goesOn(w)).toBe(true);
    await stop(w, places[2]!);
    expect(await stands(w)).toBe(true);
    await start(w, places[2]!);
    expect(await goesOn(w)).toBe(true);
    await change(w, 2n, { kind: 'remove', account: seats[0]!.account }, [seats[2]!, seats[3]!, fifth]);
    expect([validators(w), running(w)[0]!.consensusNumbers['quorum']]).toEqual([3, 3]);
    await stop(w, places[3]!);
    expect(await stands(w)).toBe(true);
    await start(w, places[3]!);
    expect(await goesOn(w)).toBe(true);
    // The one that was away follows the headers of all these sets, and so does a light client.
    await start(w, places[0]!);
    await pass(w.time, 30_000, reached(w, Math.max(...finals(w))));
    await expectOneHistory(w);
    const { chain } = places[0]!.node!;
    const opened = w.setup.module.open(w.setup.spec.consensus.params, chain.chainId);
    const light = createHeaderChain({ rules: opened.ok ? opened.value.rules : undefined!, spec: w.setup.spec, genesis: chain.genesis.header });
    const headers = [];
    for (let height = 1; height <= chain.final.height; height++) headers.push((await chain.at(height))!);
    expect(light.extend(headers)).toMatchObject({ ok: true });
    expect(equalBytes(light.tip.id, chain.final.id)).toBe(true);
    await stopAll(w);
  });

  test('one key on two nodes is reported and removed, once, and the chain goes on without it', async () => {
    const w = world(12);
    for (const seat of [0, 1, 2]) await addPlace(w, seat, seat === 0 ? { reporter: w.setup.rich } : {});
    for (const aheadMs of [0, 37]) await addPlace(w, 3, { aheadMs });
    await pass(w.time, 120_000, () => running(w).every(({ consensusNumbers }) => consensusNumbers['validators'] === 3));
    expect(validators(w)).toBe(3);
    const { node } = w.places[0]!;
    await pass(w.time, 60_000, () => node!.evidence.every(({ state }) => state === 'done' || state === 'refused'));
    expect(node!.evidence.filter(({ state }) => state === 'done')).toHaveLength(1);
    expect(node!.evidence.filter(({ state }) => state === 'refused').every(({ code }) => code === 'AUTHORITY_EVIDENCE')).toBe(true);
    expect(await goesOn(w)).toBe(true);
    await expectOneHistory(w);
    await stopAll(w);
  });

  test('without a reporter a proof is kept, and anybody may send what it shows', async () => {
    const w = world(13);
    for (const seat of [0, 1, 2]) await addPlace(w, seat);
    for (const aheadMs of [0, 37]) await addPlace(w, 3, { aheadMs });
    await pass(w.time, 120_000, () => running(w).some(({ evidence }) => evidence.length > 0));
    const finder = running(w).find(({ evidence }) => evidence.length > 0)!;
    const [first] = finder.evidence;
    expect([first!.state, first!.operation!.container, validators(w)]).toEqual(['kept', BFT_CONTAINER, 4]);
    await finder.chain.submit([order(w, 0n, [first!.operation!])]);
    await pass(w.time, 60_000, () => running(w).every(({ consensusNumbers }) => consensusNumbers['validators'] === 3));
    expect(validators(w)).toBe(3);
    await stopAll(w);
  });
});
