import { type FfgVote, ffgMessages, ffgVoteMessage } from '@vsys/finality-ffg';
import { createSposEngine, type Seat, seatOfSlot, type SposContext, standingOnTop, verifyEvidence } from '@vsys/consensus-spos';
import type { Effect, TreeView, ViewedBlock } from '@vsys/consensus';
import type { FoldedHeader } from '@vsys/consensus/rules';
import { expect, test } from '@jest/globals';
import { equalBytes } from '@vsys/primitives';
import { type Branch, createBranch } from './branch.ts';
import { paramsOf, signerOf, verifySignature } from './support.ts';

const params = paramsOf(4);
const chainId = new Uint8Array(32);
const rules = { chainId, slotMs: params.slotMs, verifySignature };
const view = (branches: readonly Branch[], head: FoldedHeader<SposContext>): TreeView<SposContext> => {
  const blocks = branches.map(({ tip, sealed }): ViewedBlock<SposContext> => ({ ...tip, parent: tip.header.parent, timeMs: tip.header.timeMs, seal: sealed.at(-1)?.seal ?? new Uint8Array(), executed: true }));
  const find = (id: Uint8Array): ViewedBlock<SposContext> | undefined => blocks.find((block) => equalBytes(block.id, id));
  const genesis = { height: 0, id: new Uint8Array(32) };
  return { head: find(head.id) as ViewedBlock<SposContext>, final: genesis, justified: genesis, get: find, isAncestor: () => false, ancestorAt: () => undefined };
};
const proofsIn = (effects: readonly Effect[]): readonly Uint8Array[] => effects.flatMap((effect) => (effect.kind === 'evidence' ? [effect.bytes] : []));

/** Two blocks of one slot and their common parent; the seat of the slot sealed both. */
async function twoFaces(): Promise<{ readonly parent: Branch; readonly one: Branch; readonly other: Branch; readonly seat: Seat }> {
  const parent = createBranch(params);
  await parent.mintAll(2, params.seats);
  const seat = seatOfSlot(params, standingOnTop(params, parent.tip.context).seats, parent.tip.context.slot + 1) as Seat;
  const [one, other] = [parent.fork(), parent.fork()];
  await one.mintAll(1, params.seats);
  await other.mint(params.seats, { change: () => ({ gasUsed: 7n }) });
  return { parent, one, other, seat };
}

test('two blocks of one seat in one slot are told as evidence that holds, once they are both here', async () => {
  const { one, other, seat } = await twoFaces();
  const seen = view([one, other], one.tip);
  const engine = createSposEngine({ params, chainId, verifySignature, keys: [] });
  let { state } = engine.init(undefined, seen, 0);
  const proofs = [one, other, one].map(({ tip }) => {
    const step = engine.step(state, { kind: 'block', id: tip.id, stage: 'executed', nowMs: 0 }, seen);
    state = step.state;
    return proofsIn(step.effects);
  });
  expect(proofs.map(({ length }) => length)).toEqual([0, 1, 0]);
  expect(verifyEvidence(rules, proofs[1]?.[0] as Uint8Array)).toEqual({ ok: true, value: { kind: 'two headers', key: seat.mintKey, slot: one.tip.context.slot } });
});

test('two votes of one seat for one height are told as evidence that holds', async () => {
  const { one, other } = await twoFaces();
  const seen = view([one, other], one.tip);
  const engine = createSposEngine({ params, chainId, verifySignature, keys: [] });
  let { state } = engine.init(undefined, seen, 0);
  const voter = params.seats[2] as Seat;
  const proofs = [one, other].map(({ tip }) => {
    const target = tip.context.finality.kind === 'ffg' ? tip.context.finality.ffg.recent.at(-1) : undefined;
    if (target === undefined) throw new RangeError('a block is a target');
    const ballot = { setId: target.voters.id, source: target.source, target: target.ref };
    const vote: FfgVote = { ...ballot, seat: 2, signature: signerOf(4)({ scheme: 'ed25519', bytes: voter.voteKey }, ffgVoteMessage(chainId, ballot)) };
    const step = engine.step(state, { kind: 'message', from: 'peer', bytes: ffgMessages([{ kind: 'vote', vote }])[0] as Uint8Array, nowMs: 0 }, seen);
    state = step.state;
    return proofsIn(step.effects);
  });
  expect(proofs.map(({ length }) => length)).toEqual([0, 1]);
  expect(verifyEvidence(rules, proofs[1]?.[0] as Uint8Array)).toEqual({ ok: true, value: { kind: 'double vote', key: voter.voteKey, height: 3 } });
});
