import { describe, expect, test } from '@jest/globals';
import { createSposRules, type Seat, seatListRoot, type SposContext, sposExtToBytes, type SposParams } from '@vsys/consensus-spos';
import { type BlockRef, createHeaderChain, type HeaderChain, type HeaderJump, sealMessage, type VerifySignature } from '@vsys/consensus/rules';
import { sha256 } from '@vsys/crypto/hash';
import { type FfgCertificate, ffgVoteMessage } from '@vsys/finality-ffg';
import { blockId, type Header, headerFromBytes, headerToBytes, type SealedHeader } from '@vsys/data-format';
import { concatBytes, equalBytes } from '@vsys/primitives';
import { type Branch, createBranch, type Signatures, START_MS } from './branch.ts';
import { byDepth, genesisAt, paramsOf, seatOf, specOf, verifySignature } from './support.ts';

/** Signatures that cost nothing, for many headers. */
const cheap: Signatures = {
  sign: (key, message) => concatBytes(sha256(key.bytes, message), new Uint8Array(32)),
  verify: (key, message, signature) => equalBytes(signature, concatBytes(sha256(key.bytes, message), new Uint8Array(32))),
};
const GENESIS = genesisAt(START_MS);
const shape = { slots: 6, epochBlocks: 50 };
const four = paramsOf(4, shape);
const six = paramsOf(6, shape);
/** Seat `index` of six held by another key in each epoch, so that each announces a list. */
const wantedIn = (epoch: number): readonly Seat[] => six.seats.map((seat) => (seat.index === 1 ? seatOf(6 + (epoch % 5), 1) : seat));

const client = (params: SposParams, verify: VerifySignature = verifySignature): HeaderChain<SposContext> => createHeaderChain({ rules: createSposRules(params, verify), spec: specOf('spos@1', new Uint8Array(), START_MS), genesis: genesisAt(START_MS) });
const reader = ({ sealed }: Branch) => (height: number): Promise<SealedHeader | undefined> => Promise.resolve(sealed[height - 1]);
const proveIn = (params: SposParams, branch: Branch, from: number, to: number) => createSposRules(params, cheap.verify).prove?.(from, to, reader(branch));

/** Goes up as a client does, by certificates as long as there are any. */
async function climb(params: SposParams, branch: Branch, chain: HeaderChain<SposContext>): Promise<readonly number[]> {
  const way: number[] = [];
  for (;;) {
    const jump = await proveIn(params, branch, chain.final.height, branch.tip.height);
    if (jump === undefined) return way;
    const jumped = chain.jump(jump);
    if (!jumped.ok) throw new Error(`${jumped.code}: ${jumped.message}`);
    way.push(jump.header.height);
  }
}

/** What following says at the height of a header that was jumped to. */
function expectSame(params: SposParams, branch: Branch, chain: HeaderChain<SposContext>): void {
  const { rules, walker } = { rules: createSposRules(params, cheap.verify), walker: client(params, cheap.verify) };
  expect(walker.extend(branch.sealed.slice(0, chain.tip.height)).ok).toBe(true);
  expect([chain.tip.id, chain.tip.rank, rules.encode(chain.tip.context)]).toEqual([walker.tip.id, walker.tip.rank, rules.encode(walker.tip.context)]);
}

/** Headers of a chain whose seats never change and whose votes all come in time, made without folding them: that is for who follows them. */
function steadyHeaders(count: number): readonly SealedHeader[] {
  const { slotMs, slots, seats } = four;
  const sealed: SealedHeader[] = [];
  const refs = [GENESIS, GENESIS].map((header) => ({ height: header.height, id: blockId(header) }));
  let parent = GENESIS;
  for (let slot = START_MS / slotMs + 1; sealed.length < count; slot++) {
    const seat = seats.find(({ index }) => index === slot % slots);
    if (seat === undefined) continue;
    const [source, target] = refs.slice(-2) as [BlockRef, BlockRef];
    const ballot = { setId: seatListRoot(seats), source, target };
    const signers = [0, 1, 2].map((position) => ({ seat: position, signature: cheap.sign({ scheme: 'ed25519', bytes: (seats[position] as Seat).voteKey }, ffgVoteMessage(GENESIS.chainId, ballot)) }));
    const certificates: readonly FfgCertificate[] = target.height === 0 ? [] : [{ ...ballot, setIds: [ballot.setId], voters: seats.length, signers }];
    const header: Header = { ...GENESIS, height: parent.height + 1, parent: blockId(parent), timeMs: slot * slotMs, ext: sposExtToBytes({ slot, seat: seat.index, certificates }) };
    const id = blockId(header);
    sealed.push({ header, seal: cheap.sign({ scheme: 'ed25519', bytes: seat.mintKey }, sealMessage(id)) });
    refs.push({ height: header.height, id });
    parent = header;
  }
  return sealed;
}

describe('a light client of spos@1 with votes', () => {
  test('goes over 10,000 headers of the same seats at once, and on from there as if it had followed', async () => {
    const sealed = steadyHeaders(10_000);
    const chain = client(four, cheap.verify);
    const jump = await createSposRules(four, cheap.verify).prove?.(0, 9_488, (height) => Promise.resolve(sealed[height - 1])) as HeaderJump;
    expect([jump.header.height, chain.jump(jump).ok]).toEqual([9_488, true]);
    expect(chain.extend(sealed.slice(9_488)).ok).toBe(true);
    expect([chain.tip.height, chain.final.height]).toEqual([10_000, 9_998]);
  }, 60_000);

  test('has the context that following gives', async () => {
    const branch = createBranch(four, undefined, cheap);
    await branch.mintAll(120, four.seats);
    const chain = client(four, cheap.verify);
    await climb(four, branch, chain);
    expectSame(four, branch, chain);
  });

  test('goes over changes of seats by the header that announces them, epoch after epoch', async () => {
    const branch = createBranch(six, undefined, cheap);
    for (let epoch = 0; epoch < 8; epoch++) await branch.mintAll(50, wantedIn(epoch));
    const chain = client(six, cheap.verify);
    const way = await climb(six, branch, chain);
    // The block at height 50 is the first of the second epoch, and so on; then as near to the head as votes go.
    expect(way).toEqual([50, 100, 150, 200, 250, 300, 350, 398].slice(0, way.length));
    expect(way.length).toBeGreaterThanOrEqual(7);
    expectSame(six, branch, chain);
    expect(chain.extend(branch.sealed.slice(chain.tip.height)).ok).toBe(true);
    expect(chain.tip.context.standing.seats).toEqual(branch.tip.context.standing.seats);
  }, 60_000);

  test('follows where nothing shows a header, and jumps again behind it', async () => {
    const branch = createBranch(four, undefined, cheap);
    await branch.mintAll(60, four.seats);
    // Too few vote, so that no header there tells all.
    for (let i = 0; i < 90; i++) await branch.mint(four.seats, { voters: [0, 1] });
    expect(await proveIn(four, branch, 0, 150)).toBeUndefined();
    const chain = client(four, cheap.verify);
    const early = await proveIn(four, branch, 0, 60) as HeaderJump;
    expect([early.header.height, chain.jump(early).ok]).toEqual([58, true]);
    expect(await proveIn(four, branch, chain.final.height, 150)).toBeUndefined();
    expect(chain.extend(branch.sealed.slice(chain.tip.height)).ok).toBe(true);
    await branch.mintAll(60, four.seats);
    const late = await proveIn(four, branch, chain.final.height, 210) as HeaderJump;
    expect([late.header.height, chain.jump(late).ok]).toEqual([208, true]);
    expectSame(four, branch, chain);
  });

  test('takes no header of which a byte was changed, in header or certificate', async () => {
    const branch = createBranch(four);
    await branch.mintAll(40, four.seats);
    const jump = await proveIn(four, branch, 0, 40) as HeaderJump;
    const change = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] as number) ^ 1);
    expect(client(four).jump(jump).ok).toBe(true);
    const bytes = headerToBytes(jump.header);
    for (let at = 0; at < bytes.length; at++) {
      const header = headerFromBytes(change(bytes, at));
      if (header.ok) expect([at, client(four).jump({ ...jump, header: header.value }).ok]).toEqual([at, false]);
    }
    for (let at = 0; at < jump.certificate.length; at++) expect([at, client(four).jump({ ...jump, certificate: change(jump.certificate, at) }).ok]).toEqual([at, false]);
  }, 60_000);

  test('takes no header by seats that the known one does not vouch for, and stays where it is', async () => {
    const branch = createBranch(six, undefined, cheap);
    for (let epoch = 0; epoch < 4; epoch++) await branch.mintAll(50, wantedIn(epoch));
    const far = await proveIn(six, branch, 100, 200) as HeaderJump;
    expect(far.header.height).toBeGreaterThan(100);
    const chain = client(six, cheap.verify);
    expect(chain.jump(far)).toMatchObject({ ok: false, code: 'SPOS_JUMP' });
    expect(chain.tip.height).toBe(0);
  }, 60_000);

  test('takes no certificate of another link than from the header to its child', async () => {
    const branch = createBranch(four, undefined, cheap);
    await branch.mintAll(40, four.seats);
    const at = reader(branch);
    const [one, other] = [await proveIn(four, branch, 0, 40), await proveIn(four, branch, 0, 30)] as [HeaderJump, HeaderJump];
    expect(client(four, cheap.verify).jump({ ...one, certificate: other.certificate })).toMatchObject({ ok: false, code: 'SPOS_JUMP' });
    const parent = (await at(one.header.height - 1))?.header;
    expect(parent === undefined || client(four, cheap.verify).jump({ header: parent, certificate: one.certificate }).ok).toBe(false);
  });

  test('by depth there are no certificates', () => {
    expect(createSposRules(paramsOf(4, { ...shape, ...byDepth(4) }), verifySignature).certificate).toBeUndefined();
  });
});
