import { createSpos, createSposRules, type Seat, seatOfSlot, type SposContext, type SposParams, sposExtToBytes, sposParamsFromBytes, sposParamsFromJson, sposParamsToBytes, sposParamsToJson, sposQuorum } from '@vsys/consensus-spos';
import type { EngineInput, Step, TreeView } from '@vsys/consensus';
import { createBench } from '@vsys/consensus/compliance';
import type { Header } from '@vsys/data-format';
import { sealMessage } from '@vsys/consensus/rules';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { finalByDepth } from '../src/depth.ts';
import { genesisFinality } from '../src/finality.ts';
import { createMinter, type MinterState } from '../src/minter.ts';
import { blockId, byDepth, paramsOf, signerOf, subjectOf, verifySignature } from './support.ts';

const holderOf = (params: SposParams, slot: number): Seat => seatOfSlot(params, params.seats, slot) as Seat;

describe('parameters of spos@1', () => {
  test('survive bytes and JSON', () => {
    const params = paramsOf(5);
    const bytes = sposParamsToBytes(params);
    expect(sposParamsFromBytes(bytes)).toEqual({ ok: true, value: params });
    expect(sposParamsFromJson(sposParamsToJson(params))).toEqual({ ok: true, value: params });
    const module = createSpos({ verifySignature });
    const json = module.paramsToJson(bytes);
    expect(json.ok && module.paramsFromJson(json.value)).toEqual({ ok: true, value: bytes });
  });

  test('the quorum is two thirds and one, by default', () => {
    expect([1, 2, 3, 4, 15, 60].map(sposQuorum)).toEqual([1, 2, 3, 3, 11, 41]);
    const { finalityDepth: _, ...json } = sposParamsToJson(paramsOf(4, byDepth(4))) as Record<string, unknown>;
    expect(sposParamsFromJson(json)).toMatchObject({ value: { finality: 'depth', finalityDepth: 3 } });
    const { finality: _voting, ...rest } = sposParamsToJson(paramsOf(4)) as Record<string, unknown>;
    expect(sposParamsFromJson(rest)).toMatchObject({ value: { finality: 'ffg', finalityDepth: 0 } });
  });

  test.each([
    ['no seats', { seats: [] }],
    ['a slot of no length', { slotMs: 0 }],
    ['a gap that does not divide', { gap: 3 }],
    ['more slots than a header can tell seats of', { slots: 61 }],
    ['an epoch of no blocks', { epochBlocks: 0 }],
    ['a depth below one', { ...byDepth(4), finalityDepth: 0 }],
    ['a depth of half', { ...byDepth(4), finalityDepth: 2 }],
    ['a depth above the seats', { ...byDepth(4), finalityDepth: 5 }],
    ['a depth beside votes', { finalityDepth: 3 }],
    ['one key in two seats', { seats: paramsOf(4).seats.map((seat) => ({ ...seat, mintKey: new Uint8Array(32) })) }],
    ['one voting key in two seats', { seats: paramsOf(4).seats.map((seat) => ({ ...seat, voteKey: new Uint8Array(32) })) }],
    ['one account in two seats', { seats: paramsOf(4).seats.map((seat) => ({ ...seat, account: new Uint8Array(20) })) }],
    ['a seat off the gap', { slots: 16, gap: 4, seats: paramsOf(4).seats.map((seat) => ({ ...seat, index: 4 * seat.index + 1 })) }],
    ['seats out of order', { seats: [...paramsOf(4).seats].reverse() }],
  ])('refuse %s', (_, wrong) => {
    expect(sposParamsFromBytes(sposParamsToBytes(paramsOf(4, wrong)))).toMatchObject({ ok: false, code: 'SPOS_PARAMS' });
  });

  test('bytes that are damaged are refused or mean other parameters, and never throw', () => {
    const bytes = sposParamsToBytes(paramsOf(3));
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(bytes.length), (at, flip, length) => {
      const damaged = bytes.map((byte, i) => (i === at ? byte ^ flip : byte));
      const verdict = sposParamsFromBytes(damaged);
      if (verdict.ok) expect(sposParamsToBytes(verdict.value)).toEqual(damaged);
      if (length < bytes.length) expect(sposParamsFromBytes(bytes.subarray(0, length)).ok).toBe(false);
    }));
  });

  test('JSON names the field that is wrong', () => {
    expect(sposParamsFromJson({ seats: [{ seat: 0, account: 'zz', mintKey: '' }] })).toMatchObject({ message: expect.stringContaining('seats[0].account') });
    expect(sposParamsFromJson({ seats: [], slotLength: 3 })).toMatchObject({ message: expect.stringContaining('slotLength') });
    expect(sposParamsFromJson(null).ok).toBe(false);
  });
});

describe('headers of spos@1', () => {
  test('each refusal has its own code', async () => {
    const subject = subjectOf(4);
    const bench = createBench(subject);
    await bench.run(3);
    await bench.close();
    const block = bench.blocks[2]!;
    const params = paramsOf(4);
    const rules = createSposRules(params, verifySignature);
    const sign = signerOf(4);
    const slot = block.header.timeMs / 1000;
    const code = (change: object): string => {
      const header = { ...block.header, ...change };
      const id = blockId(header);
      const verdict = rules.step(block.parentContext, { id, header, seal: sign({ scheme: 'ed25519', bytes: holderOf(params, slot).mintKey }, sealMessage(id)) });
      return verdict.ok ? 'ok' : verdict.code;
    };
    expect(code({})).toBe('ok');
    expect(code({ timeMs: block.header.timeMs + 1 })).toBe('SPOS_TIME');
    expect(code({ timeMs: block.header.timeMs - 1000 })).toBe('SPOS_SLOT');
    expect(code({ ext: new Uint8Array(3) })).toBe('SPOS_EXT');
    expect(code({ ext: sposExtToBytes({ slot: slot + 1, seat: holderOf(params, slot).index }) })).toBe('SPOS_SLOT');
    expect(code({ ext: sposExtToBytes({ slot, seat: 8 + holderOf(params, slot).index }) })).toBe('SPOS_SEAT');
    expect(code({ nextSeatSetRoot: new Uint8Array(32).fill(1) })).toBe('SPOS_SEAT_SET');
    const later = slot + 1;
    expect(code({ timeMs: later * 1000, ext: sposExtToBytes({ slot: later, seat: holderOf(params, later).index }) })).toBe('SPOS_SEAL');
  });

  test('a block is final when a quorum of distinct seats built on it, and not before', () => {
    const params = paramsOf(4, byDepth(4));
    expect(finalByDepth(params, [3, 2, 0, 0])).toBe(-1);
    expect(finalByDepth(params, [3, 2, 1, 0])).toBe(0);
    // Two seats alone may build for ever: nothing more becomes final.
    expect(finalByDepth(params, [400, 399, 1, 0])).toBe(0);
    expect(finalByDepth(params, [400, 399, 401, 0])).toBe(398);
  });

  test('the final height by last heights is the one counted along the branch', () => {
    fc.assert(fc.property(fc.array(fc.nat(4), { maxLength: 60 }), (sealers) => {
      const params = paramsOf(5, byDepth(5));
      const lastHeights = [0, 0, 0, 0, 0];
      sealers.forEach((seat, i) => { lastHeights[seat] = i + 1; });
      let counted = -1;
      for (let height = 0; height <= sealers.length; height++) if (new Set(sealers.slice(height)).size >= params.finalityDepth) counted = height;
      expect(finalByDepth(params, lastHeights)).toBe(counted);
    }));
  });
});

describe('what operators are told', () => {
  const numbers = (seats: number, more = {}): Readonly<Record<string, number>> => subjectOf(seats, more).consensus.describe();

  test('is how many seats it takes to do harm', () => {
    expect(numbers(4)).toEqual({ seats: 4, slotMs: 1_000, epochBlocks: 10, seatsThatRuleProduction: 3, quorum: 3, seatsThatStopFinality: 2, equivocatorsThatBreakSafety: 2 });
    expect(numbers(15)).toMatchObject({ seatsThatRuleProduction: 8, seatsThatStopFinality: 5, equivocatorsThatBreakSafety: 7 });
    expect(numbers(4, byDepth(4))).toMatchObject({ finalityDepth: 3, safeDepth: 2, seatsThatStopFinality: 2 });
  });

  test('is of the seats that stand at a block, and names few of them for what they are', () => {
    const { consensus: { describe: tell, rules }, spec } = subjectOf(4);
    const { context } = rules.genesis(spec, { height: 0, id: new Uint8Array(32), timeMs: 0 });
    expect(tell({ ...context, standing: { seats: context.standing.seats.slice(1), since: 9 } })).toMatchObject({ seats: 3, trustedOperators: 3, quorum: 3, seatsThatStopFinality: 1, equivocatorsThatBreakSafety: 3 });
  });
});

describe('a block that is built', () => {
  const params = paramsOf(4);
  const slot = 1_700_000_001;
  const [old, next] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const viewOn = (id: Uint8Array, headSlot: number): TreeView<SposContext> => {
    const context: SposContext = { slot: headSlot, height: 9, standing: { seats: params.seats, since: 0 }, finality: genesisFinality(params, { height: 0, id }) };
    return { head: { id, context }, final: { height: 8 }, get: () => ({ context }) } as unknown as TreeView<SposContext>;
  };
  const minter = createMinter(params, [{ scheme: 'ed25519', bytes: holderOf(params, slot).mintKey }]);
  const help = { certificates: () => [], memory: (lastSlot: number) => Uint8Array.of(lastSlot % 256) };
  const startMs = slot * 1_000;
  const step = (state: MinterState, input: EngineInput, view: TreeView<SposContext>): Step<MinterState> => minter.step(state, input, view, help);
  const minting = step({ lastSlot: -1, tried: -1, next: undefined }, { kind: 'timer', id: 'slot', nowMs: startMs }, viewOn(old, slot - 2));
  const builtOn = (parent: Uint8Array): EngineInput => ({ kind: 'built', job: `slot ${slot}`, id: new Uint8Array(32), header: { parent, timeMs: startMs } as Header, nowMs: startMs + 100 });

  test('on a head that has moved is built again on the new one, and signed there', () => {
    expect(minting.effects.find(({ kind }) => kind === 'build')).toMatchObject({ on: old });
    const again = step(minting.state, builtOn(old), viewOn(next, slot - 1));
    expect(again.effects).toMatchObject([{ kind: 'build', job: `slot ${slot}`, on: next, timeMs: startMs }]);
    expect(step(again.state, builtOn(next), viewOn(next, slot - 1)).effects).toMatchObject([{ kind: 'sign' }]);
  });

  test('is built again too when it was given up because the head has moved, once for each head, and not when its time is nearly over', () => {
    const unbuilt: EngineInput = { kind: 'unbuilt', job: `slot ${slot}`, nowMs: startMs + 100 };
    const again = step(minting.state, unbuilt, viewOn(next, slot - 1));
    expect(again.effects).toMatchObject([{ kind: 'build', on: next }]);
    expect(step(again.state, unbuilt, viewOn(next, slot - 1)).effects).toEqual([]);
    expect(step(minting.state, { ...unbuilt, nowMs: startMs + 800 }, viewOn(next, slot - 1)).effects).toEqual([]);
  });

  test('is signed where the new head is of the same slot or later: the rule decides between them', () => {
    expect(step(minting.state, builtOn(old), viewOn(next, slot)).effects).toMatchObject([{ kind: 'sign' }]);
  });
});

describe('production of spos@1', () => {
  test('one seat alone makes a block per slot and finalises each with the next', async () => {
    const bench = createBench(subjectOf(1));
    await bench.run(5);
    await bench.close();
    expect(bench.blocks.map(({ header }) => header.timeMs - 1_700_000_000_000)).toEqual([1000, 2000, 3000, 4000, 5000]);
    expect(bench.tree.final.height).toBe(4);
  });

  test('absent seats leave their slots empty; below a quorum nothing becomes final', async () => {
    const subject = subjectOf(4);
    const bench = createBench(subject, { nodes: [[subject.keys[0]!], [subject.keys[1]!]] });
    await bench.run(20);
    await bench.close();
    expect(bench.tree.head.height).toBe(20);
    expect(bench.tree.final.height).toBe(0);
    expect(new Set(bench.blocks.map(({ header }) => (header.timeMs / 1000) % 4)).size).toBe(2);
  });

  test('a timer that comes too late does not mint', async () => {
    const bench = createBench(subjectOf(1));
    await bench.settle();
    const { consensus, keys, spec } = subjectOf(1);
    const engine = consensus.engine(keys);
    const id = new Uint8Array(32);
    const head = { height: 0, id, timeMs: 0, executed: true, context: consensus.rules.genesis(spec, { height: 0, id, timeMs: 0 }).context };
    const view = { head, justified: head, final: head, get: () => head } as never;
    const { state } = engine.init(undefined, view, 0);
    const kinds = (nowMs: number): string[] => engine.step(state, { kind: 'timer', id: 'slot', nowMs }, view).effects.map(({ kind }) => kind);
    expect(kinds(5_000)).toEqual(['persist', 'build', 'timer']);
    expect(kinds(5_900)).toEqual(['timer']);
    await bench.close();
  });
});
