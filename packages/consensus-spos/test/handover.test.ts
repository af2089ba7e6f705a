import { type Seat, seatListRoot, sposExtFromBytes, sposExtToBytes, type SposParams } from '@vsys/consensus-spos';
import { createHeaderChain } from '@vsys/consensus/rules';
import { createSposRules } from '@vsys/consensus-spos';
import type { Header } from '@vsys/data-format';
import { describe, expect, test } from '@jest/globals';
import { recordedFinal } from '../src/context.ts';
import { type Branch, createBranch, START_MS } from './branch.ts';
import { blockId, byDepth, genesisAt, paramsOf, seatOf, specOf, verifySignature } from './support.ts';

const shape = { slots: 6, epochBlocks: 8 };
const params: SposParams = paramsOf(4, shape);
const old = params.seats;
/** Too few to make anything final: two seats who build, or vote, alone. */
const pair = async (branch: Branch, wanted: readonly Seat[]): Promise<void> => {
  const minted = await branch.mint(wanted, { skip: branch.tip.context.slot % 6 === 0 ? 0 : 3, voters: [0, 1] });
  if (!minted.ok) throw new Error(`${minted.code}: ${minted.message}`);
};
/** Seat 1 has another holder. */
const wanted: readonly Seat[] = old.map((seat) => (seat.index === 1 ? seatOf(8, 1) : seat));
const announcedIn = (header: Header | undefined): readonly Seat[] | undefined => {
  const ext = header === undefined ? undefined : sposExtFromBytes(header.ext);
  return ext?.ok === true ? ext.value.announces : undefined;
};

describe.each([['by voting', params], ['by depth', paramsOf(4, { ...shape, ...byDepth(4) })]])('with finality %s, seats', (_, params) => {
  test('are announced with the first block of an epoch, take over with the next, and no sooner', async () => {
    const branch = createBranch(params);
    await branch.mintAll(7, wanted);
    expect(branch.sealed.every(({ header }) => announcedIn(header) === undefined)).toBe(true);
    await branch.mintAll(1, wanted);
    expect(announcedIn(branch.tip.header)).toEqual(wanted);
    expect(branch.tip.header.nextSeatSetRoot).toEqual(seatListRoot(wanted));
    await branch.mintAll(7, wanted);
    expect(branch.tip.context.standing.seats).toEqual(old);
    await branch.mintAll(1, wanted);
    expect(branch.tip.context.standing).toMatchObject({ seats: wanted, since: 16 });
    expect(branch.tip.context.standing.announced).toBeUndefined();
    expect(branch.sealed.filter(({ header }) => announcedIn(header) !== undefined)).toHaveLength(1);
  });

  test('go on when the header that announced others is not final, and hand over an epoch later', async () => {
    const branch = createBranch(params);
    await branch.mintAll(8, wanted);
    while (branch.tip.height < 16) await pair(branch, wanted);
    expect(recordedFinal(branch.tip.context)).toBeLessThan(8);
    expect(branch.tip.context.standing).toMatchObject({ seats: old, announced: { height: 8, seats: wanted } });
    await branch.mintAll(8, wanted);
    expect(branch.tip.context.standing).toMatchObject({ seats: wanted, since: 24 });
  });

  test('that were announced and are not wanted any more are called off', async () => {
    const branch = createBranch(params);
    await branch.mintAll(8, wanted);
    while (branch.tip.height < 16) await pair(branch, old);
    expect(announcedIn(branch.tip.header)).toEqual(old);
    await branch.mintAll(8, old);
    expect(branch.tip.context.standing).toEqual({ seats: old, since: 0 });
  });

  test('of a branch on which the announcement is not final stay, though it is on another', async () => {
    const one = createBranch(params);
    await one.mintAll(8, wanted);
    const other = one.fork();
    await one.mintAll(8, wanted);
    while (other.tip.height < 16) await pair(other, wanted);
    expect(one.tip.context.standing.seats).toEqual(wanted);
    expect(other.tip.context.standing.seats).toEqual(old);
  });

  test('that the state names without end come in turns of less than a third', async () => {
    const six = paramsOf(6, { ...params, slots: 6, epochBlocks: 12, ...(params.finality === 'ffg' ? {} : byDepth(6)), seats: paramsOf(6).seats });
    const all = six.seats.map(({ index }) => seatOf(6 + index, index));
    const branch = createBranch(six);
    for (let epoch = 1; epoch <= 6; epoch++) {
      await branch.mintAll(12, all);
      expect(announcedIn(branch.tip.header)?.filter((seat, i) => seat.mintKey === all[i]?.mintKey || seat.account[0] === all[i]?.account[0])).toHaveLength(epoch);
    }
    await branch.mintAll(12, all);
    expect(branch.tip.context.standing.seats).toEqual(all);
  }, 30_000);
});

describe('while the votes of new seats are not enough', () => {
  const branchOfNew = async (): Promise<Branch> => {
    const branch = createBranch(params);
    await branch.mintAll(16, wanted);
    expect(branch.tip.context.standing).toMatchObject({ seats: wanted, since: 16 });
    return branch;
  };
  const votersOf = ({ tip }: Branch): number => (tip.context.finality.kind === 'ffg' ? tip.context.finality.ffg.voters.sets.length : 0);

  test('both sets vote, from their first block until one of theirs is final', async () => {
    const branch = await branchOfNew();
    const sets = [votersOf(branch)];
    for (let i = 0; i < 4; i++) {
      await branch.mintAll(1, wanted);
      sets.push(votersOf(branch));
    }
    expect(sets).toEqual([2, 2, 1, 1, 1]);
    expect(recordedFinal(branch.tip.context)).toBe(18);
  });

  test('a quorum of the new ones alone makes nothing final, and neither does one of the old', async () => {
    for (const voters of [[0, 2, 8], [0, 1, 2]]) {
      const branch = await branchOfNew();
      const before = recordedFinal(branch.tip.context);
      for (let i = 0; i < 5; i++) expect(await branch.mint(wanted, { voters })).toMatchObject({ ok: true });
      expect(recordedFinal(branch.tip.context)).toBe(before);
    }
  });
});

describe('a light client', () => {
  test('follows the seats by headers alone', async () => {
    const branch = createBranch(params);
    await branch.mintAll(40, wanted);
    const rules = createSposRules(params, verifySignature);
    const client = createHeaderChain({ rules, spec: specOf('spos@1', new Uint8Array(), START_MS), genesis: genesisAt(START_MS), blockId });
    expect(client.extend(branch.sealed)).toMatchObject({ ok: true });
    expect(client.tip.context.standing.seats).toEqual(wanted);
  });

  test.each<[string, (header: Header) => Partial<Header>, string]>([
    ['seats in the middle of an epoch', () => ({}), 'SPOS_SEAT_SET'],
    ['a root without seats', (header) => ({ ext: withoutSeats(header) }), 'SPOS_SEAT_SET'],
    ['seats under another root', () => ({ nextSeatSetRoot: new Uint8Array(32).fill(1) }), 'SPOS_SEAT_SET'],
    ['more new seats than an epoch may have', (header) => announce(header, old.map(({ index }) => (index < 2 ? seatOf(8 + index, index) : seatOf(index, index)))), 'SPOS_SEAT_SET'],
    ['a holder with two seats', (header) => announce(header, [...old, { ...seatOf(0, 5) }]), 'SPOS_SEAT_SET'],
    ['a seat beyond the slots', (header) => announce(header, [...old, seatOf(9, 6)]), 'SPOS_SEAT_SET'],
    ['the seats that stand', (header) => announce(header, old), 'SPOS_SEAT_SET'],
    ['no seats', (header) => announce(header, []), 'SPOS_SEAT_SET'],
    ['a list with a byte too many', (header) => ({ ext: Uint8Array.of(...header.ext, 0) }), 'SPOS_EXT'],
  ])('refuses %s', async (what, change, code) => {
    const branch = createBranch(params);
    const isLate = what.includes('middle');
    await branch.mintAll(isLate ? 8 : 7, isLate ? old : wanted);
    const forged = await branch.mint(wanted, { change: isLate ? (header) => announce(header, wanted) : change });
    expect(forged).toMatchObject({ ok: false, code });
    expect(await branch.mint(wanted)).toMatchObject({ ok: true });
  });
});

describe('a slot of an empty seat', () => {
  test('has no producer: a header in it is refused, whoever seals it', async () => {
    const branch = createBranch(params);
    await branch.mintAll(1, old);
    const slot = branch.tip.context.slot + (10 - branch.tip.context.slot % 6) % 6;
    expect(slot % 6).toBe(4);
    const forged = await branch.mint(old, { change: () => ({ timeMs: slot * 1_000, ext: sposExtToBytes({ slot, seat: 4 }) }) });
    expect(forged).toMatchObject({ ok: false, code: 'SPOS_SEAT' });
  });
});

function withoutSeats(header: Header): Uint8Array {
  const ext = sposExtFromBytes(header.ext);
  if (!ext.ok) throw new Error(ext.message);
  const { announces: _, ...rest } = ext.value;
  return sposExtToBytes(rest);
}

function announce(header: Header, announces: readonly Seat[]): Partial<Header> {
  const ext = sposExtFromBytes(header.ext);
  if (!ext.ok) throw new Error(ext.message);
  return { ext: sposExtToBytes({ ...ext.value, announces }), nextSeatSetRoot: seatListRoot(announces) };
}
